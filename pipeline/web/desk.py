"""The editor's desk in the preview: touch an edition up, look at it, let it go.

Plain forms without script. A form names the revision it was filled in for, so two editors cannot overwrite each other,
and carries a word that only our own pages know, so no other page can send one.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from pipeline.compose.edits import annotate, card_of, join, leave_out, move, put_back, rewrite, to_section
from pipeline.errors import BusyError, DigestError, InputError
from pipeline.model import Card, Edition
from pipeline.render.facts import fact_lines
from pipeline.render.view import view
from pipeline.render.wording import wording
from pipeline.run.desk import Desk
from pipeline.text.normalise import clean_text
from pipeline.web.page import page

if TYPE_CHECKING:
    from pipeline.store import Standing

#: Bytes of a form: forty sentences and a note, percent-encoded in the widest script.
_LARGEST_FORM = 500_000
_STATUS: Mapping[type[DigestError], int] = {InputError: 400, BusyError: 409}

Fields = Mapping[str, Sequence[str]]
#: (edition's id, form, revision looked at, who) -> what stands then.
_Deed = Callable[[str, Fields, int, str], "Standing"]


def desk_routes(desk: Desk, *, has_articles: bool = False) -> list[BaseRoute]:
    """The pages of the desk, all under /edition/ID/desk.

    Args:
        desk: Where editions are changed.
        has_articles: Whether the preview beside it shows whole articles.
    """
    pages = _Desk(desk, word=secrets.token_urlsafe(24), has_articles=has_articles)
    return [
        Route("/edition/{id}/desk", pages.overview, methods=["GET"]),
        Route("/edition/{id}/desk", pages.change_edition, methods=["POST"]),
        Route("/edition/{id}/desk/{story}", pages.card, methods=["GET"]),
        Route("/edition/{id}/desk/{story}", pages.change_card, methods=["POST"]),
    ]


class _Desk:
    def __init__(self, desk: Desk, *, word: str, has_articles: bool) -> None:
        self._desk, self._word, self._has_articles = desk, word, has_articles
        #: Who sat here last: one person works at one machine, and gives the name once.
        self._editor = ""

    async def overview(self, request: Request) -> Response:
        """All stories of an edition, and what can be done with the whole."""
        return await run_in_threadpool(self._overview, request.path_params["id"])

    async def card(self, request: Request) -> Response:
        """One story, every word of it in a form."""
        id, story = request.path_params["id"], request.path_params["story"]
        return await run_in_threadpool(self._card, id, story, request.query_params.get("after"))

    async def change_edition(self, request: Request) -> Response:
        """Do what a form of the overview asks for, and show the overview again."""
        fields = await self._form(request)
        edition = request.path_params["id"]
        story = _one(fields, "story")
        deed = partial(self._edition_deed, story=story)
        return await run_in_threadpool(self._do, edition, fields, deed, f"#s-{quote(story)}" if story else "")

    async def change_card(self, request: Request) -> Response:
        """Do what the form of a story asks for, and show the story again (the overview, when it is gone)."""
        fields = await self._form(request)
        edition, story = request.path_params["id"], request.path_params["story"]
        deed = partial(self._card_deed, story=story)
        return await run_in_threadpool(self._do, edition, fields, deed, f"/{quote(story)}")

    def _do(self, edition: str, fields: Fields, deed: _Deed, back: str) -> Response:
        address = f"/edition/{quote(edition)}/desk{back}"
        if not hmac.compare_digest(_one(fields, "word").encode(), self._word.encode()):
            problem = "This form is not of this preview, or the preview was started anew. Nothing was changed."
            return page("refused.html", status=403, problem=problem, back=address, words=_words(fields))
        self._editor = clean_text(_one(fields, "editor"))[:80] or self._editor
        editor = self._editor or "editor"
        try:
            standing = deed(edition, fields, _number(fields, "revision"), editor)
        except DigestError as error:
            status = next((code for kind, code in _STATUS.items() if isinstance(error, kind)), 500)
            return page("refused.html", status=status, problem=str(error), back=address, words=_words(fields))
        if back.startswith("/"):
            there = back[1:] in {quote(card.story) for card in standing.edition.cards}
            # The story's page says what became of the form; a story that is gone leads to the overview.
            back = f"{back}?after={_number(fields, 'revision')}" if there else ""
        return RedirectResponse(f"/edition/{quote(edition)}/desk{back}", status_code=303)

    def _edition_deed(self, edition: str, fields: Fields, after: int, editor: str, *, story: str) -> Standing:
        action = _one(fields, "action")
        if action == "approve":
            return self._desk.approve(edition, revision=after, editor=editor)
        if action == "withdraw":
            return self._desk.withdraw(edition)
        if action == "revert":
            return self._desk.revert(edition, _number(fields, "to"), after=after, editor=editor)
        changes: dict[str, tuple[Callable[[Edition], Edition], str]] = {
            "note": (lambda e: annotate(e, _one(fields, "note")), "opening words"),
            "up": (lambda e: move(e, story, -1), f"{story} up"),
            "down": (lambda e: move(e, story, 1), f"{story} down"),
            "top": (lambda e: move(e, story, -len(e.cards)), f"{story} to the top"),
            "out": (lambda e: leave_out(e, story), f"{story} left out"),
            "back": (lambda e: put_back(e, self._desk.frozen(edition), story), f"{story} put back"),
        }
        if action not in changes:
            raise InputError("action", f'"{action}" is not an action of this page')
        how, what = changes[action]
        return self._desk.change(edition, how, after=after, editor=editor, what=self._named(edition, story, what))

    def _card_deed(self, edition: str, fields: Fields, after: int, editor: str, *, story: str) -> Standing:
        action = _one(fields, "action")
        if action == "save":
            return self._save(edition, fields, after, editor, story)
        other = _one(fields, "into")
        changes: dict[str, tuple[Callable[[Edition], Edition], str]] = {
            "join": (lambda e: join(e, story, other), f"{story} joined with {other}"),
            "section": (lambda e: to_section(e, story, _one(fields, "section")), f"{story} to another section"),
            "out": (lambda e: leave_out(e, story), f"{story} left out"),
        }
        if action not in changes:
            raise InputError("action", f'"{action}" is not an action of this page')
        how, what = changes[action]
        named = self._named(edition, story, what, other)
        standing = self._desk.change(edition, how, after=after, editor=editor, what=named)
        if action == "join" and _one(fields, "always"):
            self._desk.merge([other, story], editor=editor)
        return standing

    def _save(self, edition: str, fields: Fields, after: int, editor: str, story: str) -> Standing:
        before = self._desk.as_of(edition, after)
        summary = [_one(fields, f"sentence-{number}") for number in range(len(card_of(before, story).summary))]
        ticked = set(fields.get("fact", ()))
        hidden = {place for place in range(len(card_of(before, story).facts)) if str(place) not in ticked}

        def how(standing: Edition) -> Edition:
            return rewrite(
                standing, story, editor=editor, headline=_one(fields, "headline"), summary=summary,
                note=_one(fields, "note"), hidden=hidden,
            )  # fmt: skip

        what = self._named(edition, story, f"{story} rewritten")
        standing = self._desk.change(edition, how, after=after, editor=editor, what=what)
        if _one(fields, "remember"):
            changed = card_of(standing.edition, story)
            self._desk.remember(card_of(before, story), changed, standing.edition.language)
        return standing

    def _named(self, edition: str, story: str, what: str, other: str = "") -> str:
        """The change in words a person recognises: stories by their headlines."""
        cards = (*self._desk.standing(edition).edition.cards, *self._desk.frozen(edition).cards)
        for id in filter(None, (story, other)):
            headline = next((card.headline.text for card in cards if card.story == id), id)
            words = headline if len(headline) <= 60 else f"{headline[:60].rstrip()}…"
            what = what.replace(id, f"“{words}”", 1)
        return what

    def _overview(self, id: str) -> Response:
        standing = self._standing(id)
        edition, frozen = standing.edition, self._desk.frozen(id)
        there = {card.story for card in edition.cards}
        told = {source.article: card for card in edition.cards for source in card.sources}
        gone = [card for card in frozen.cards if card.story not in there]
        seen = view(edition)
        return page(
            "desk.html",
            has_forms=True,
            has_articles=self._has_articles,
            standing=standing,
            edition=edition,
            sections=seen.sections,
            ui_lang=seen.ui_lang,
            stories=[card.story for section in edition.sections for card in section.cards],
            doubts={card.story: self._desk.doubts(edition, card.story) for card in edition.cards},
            gone=gone,
            joined={card.story: into for card in gone if (into := _joined(card, told))},
            history=self._desk.history(id),
            word=self._word,
            editor=self._editor,
        )

    def _card(self, id: str, story: str, after: str | None) -> Response:
        standing = self._standing(id)
        try:
            card = card_of(standing.edition, story)
        except InputError as error:
            raise HTTPException(404) from error
        cards = standing.edition.cards
        place = next(number for number, item in enumerate(cards) if item is card)
        seen = view(standing.edition)
        return page(
            "desk-card.html",
            has_forms=True,
            has_articles=self._has_articles,
            standing=standing,
            edition=standing.edition,
            card=card,
            shown=seen.cards[place],
            ui_lang=seen.ui_lang,
            before=cards[place - 1] if place else None,
            following=cards[place + 1] if place + 1 < len(cards) else None,
            answer=_answer(after, standing.revision),
            facts=facts_of(standing.edition, card),
            others=[other for other in cards if other.story != story],
            doubts=self._desk.doubts(standing.edition, story),
            was_translated=any(item.translation is not None for item in (card.headline, *card.summary)),
            word=self._word,
            editor=self._editor,
        )

    def _standing(self, id: str) -> Standing:
        try:
            return self._desk.standing(id)
        except InputError as error:
            raise HTTPException(404) from error

    async def _form(self, request: Request) -> Fields:
        """The fields of a form; whether it is one of ours, `_do` asks."""
        body = b""
        async for piece in request.stream():
            body += piece
            if len(body) > _LARGEST_FORM:
                raise HTTPException(413)
        try:
            pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=1000, errors="replace")
        except ValueError as error:
            raise HTTPException(400) from error
        fields: dict[str, list[str]] = {}
        for name, value in pairs:
            fields.setdefault(name, []).append(value)
        return fields


def _joined(card: Card, told: Mapping[str, Card]) -> Card | None:
    """The card that a story's reports were joined to; None when they stand nowhere."""
    into = {told[source.article].story for source in card.sources if source.article in told}
    return told[card.sources[0].article] if len(into) == 1 and card.sources[0].article in told else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FactRow:
    """A fact of a card as the desk lists it."""

    #: Place among the card's facts, from 0.
    place: int
    words: str
    #: The sentence or the list that shows it, "" when there is none.
    proof: str
    #: Of the proof; "" where it is not known.
    language: str
    is_shown: bool


def facts_of(edition: Edition, card: Card) -> list[FactRow]:
    """Each fact of a card in the reader's words, with its evidence."""
    told, say = [], wording(edition.language)
    spoken = {source.article: source.language for source in card.sources}
    for place, fact in enumerate(card.facts):
        sentence = fact.evidence.sentence if fact.evidence else ""
        language = (spoken.get(fact.evidence.article) if fact.evidence else None) or ""
        shown = [(line.label, value) for line in fact_lines((fact,), {}, say) for value in line.values]
        for label, value in shown:
            words = f"{label}{say('colon')} {value.text}"
            # What a list says, it says in the words of the edition.
            own = language if value.evidence == sentence else say.language
            told.append(FactRow(place=place, words=words, proof=value.evidence, language=own, is_shown=True))
        if not shown:
            words = f"{say(f'facts.{fact.type}')}{say('colon')} {fact.value}"
            told.append(FactRow(place=place, words=words, proof=sentence, language=language, is_shown=False))
    return told


def _answer(after: str | None, revision: int) -> str:
    """What became of the form that led here, in words; "" when none did."""
    if after is None or not after.isdecimal():
        return ""
    return "Saved." if after != str(revision) else "Nothing was changed: the form shows what is already there."


def _words(fields: Fields) -> list[tuple[str, str]]:
    """(name, text) of what an editor wrote into a form that is refused: not every browser keeps it behind the page."""
    sent = [
        (name, _one(fields, name)) for name in fields if name in {"headline", "note"} or name.startswith("sentence-")
    ]
    return [(_called(name), text) for name, text in sent if text.strip()]


def _called(name: str) -> str:
    kind, _, number = name.partition("-")
    return f"Sentence {int(number) + 1}" if number.isdecimal() and len(number) < 4 else kind.capitalize()


def _one(fields: Fields, name: str) -> str:
    values = fields.get(name) or [""]
    return values[0]


def _number(fields: Fields, name: str) -> int:
    value = _one(fields, name)
    if not value.isdecimal() or len(value) > 9:
        raise InputError(name, f'"{value[:20]}" is not a number')
    return int(value)
