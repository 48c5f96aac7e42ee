"""The editor's desk: what is changed is kept, shown as changed, can be taken back, and is closed once mailed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from asgi import request
from deliver_cases import readers
from hypothesis import given, settings
from hypothesis import strategies as st
from sample_edition import sample
from test_browser import look

from pipeline.cli import main
from pipeline.compose import edits
from pipeline.deliver.ledger import plan_deliveries
from pipeline.errors import BusyError, InputError
from pipeline.model import Article, Card, Edition, Evidence, Fact
from pipeline.render import FORMATS, render
from pipeline.render.json import from_dict, to_dict
from pipeline.render.wording import wording
from pipeline.run.desk import Desk
from pipeline.store import Store
from pipeline.web.desk import FactRow, facts_of
from pipeline.web.guard import LocalApp
from pipeline.web.preview import create_app

NOW = datetime(2026, 11, 23, 7, 0, tzinfo=UTC)
EDITION = sample("en")
STORIES = [card.story for card in EDITION.cards]
TRANSLATED = next(card for card in EDITION.cards if card.headline.translation and card.headline.translation.route)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "cyberdigest.sqlite") as store:
        store.freeze(EDITION, {}, now=NOW)
        yield store


@pytest.fixture
def desk(store: Store) -> Desk:
    return Desk(store, now=lambda: NOW)


def headline(edition: Edition, story: str) -> str:
    return edits.card_of(edition, story).headline.text


def mail(store: Store) -> None:
    people = readers(store, 1)
    planned = plan_deliveries(EDITION, people, set(), now=NOW, domain="example.org")
    store.freeze_recipients(EDITION.id, [(planned[0], people[0])], now=NOW)


# What can be done to an edition.


def test_rewritten_words_say_so_and_keep_where_they_came_from() -> None:
    """In every rendering that people read."""
    texts = ["Rewritten by hand.", *("" for _ in TRANSLATED.summary[1:])]
    made = edits.rewrite(
        EDITION, TRANSLATED.story, editor="Ada", headline="A better headline", summary=texts, note="Ours.\n\nTwice."
    )
    card = edits.card_of(made, TRANSLATED.story)

    assert (card.headline.text, card.headline.editor, card.headline.language) == ("A better headline", "Ada", "en")
    assert card.headline.original == TRANSLATED.headline.original
    assert [sentence.text for sentence in card.summary] == ["Rewritten by hand."]
    assert card.note == "Ours.\n\nTwice."
    for kind in ("html", "mail", "text", "markdown"):
        text = re.sub(r"\s+", " ", render(made, kind))
        assert "A better headline" in text
        assert "Edited by hand" in text
        assert "Ours." in text
        assert "Twice." in text
    web = render(made, "html")
    assert TRANSLATED.headline.original.text in web
    assert TRANSLATED.summary[0].original.text in web


def test_words_that_stay_the_same_are_nobodys() -> None:
    """A form that comes back unchanged changes nothing."""
    card = TRANSLATED
    made = edits.rewrite(
        EDITION, card.story, editor="Ada", headline=card.headline.text,
        summary=[sentence.text for sentence in card.summary], note=card.note or "",
    )  # fmt: skip

    assert made == EDITION


def test_every_field_survives_the_store_and_the_json(desk: Desk, store: Store) -> None:
    """Notes and hands too."""
    made = edits.annotate(
        edits.rewrite(EDITION, STORIES[0], editor="Ada", headline="New", note="A note"), "Good morning.\r\n\r\nBye."
    )
    desk.change(EDITION.id, lambda _: made, after=0, editor="Ada", what="all")

    assert store.edition(EDITION.id) == made
    assert from_dict(to_dict(made)) == made
    assert made.note == "Good morning.\n\nBye."


def test_stories_move_within_their_section() -> None:
    """And stop at its ends."""
    section = next(item for item in EDITION.sections if len(item.cards) > 1)
    first, second = section.cards[0].story, section.cards[1].story

    assert [c.story for c in edits.move(EDITION, first, 1).cards if c.story in (first, second)] == [second, first]
    assert edits.move(EDITION, first, -5) == EDITION
    assert len(edits.move(EDITION, first, 99).cards) == len(EDITION.cards)


def test_left_out_and_put_back() -> None:
    """At the end of its section; twice is an error."""
    story = EDITION.sections[0].cards[0].story
    without = edits.leave_out(EDITION, story)
    again = edits.put_back(without, EDITION, story)

    assert story not in {card.story for card in without.cards}
    assert again.sections[0].cards[-1].story == story
    with pytest.raises(InputError, match="is already in edition"):
        edits.put_back(again, EDITION, story)
    with pytest.raises(InputError, match="not a story"):
        edits.leave_out(without, story)


def test_joined_stories_bring_their_sources_and_facts_once() -> None:
    """The words are those of the story that stays."""
    gone, kept = EDITION.cards[0], EDITION.cards[1]
    card = edits.card_of(edits.join(EDITION, gone.story, kept.story), kept.story)

    assert card.headline == kept.headline
    assert {source.article for source in card.sources} == {s.article for c in (gone, kept) for s in c.sources}
    assert len({(f.type, f.value, f.unit) for f in card.facts}) == len(card.facts)
    assert set(kept.facts) <= set(card.facts)
    with pytest.raises(InputError, match="with itself"):
        edits.join(EDITION, kept.story, kept.story)


def test_another_section() -> None:
    """Its topic becomes the first label."""
    story, topic = EDITION.sections[0].cards[0].story, EDITION.sections[1].topic
    made = edits.to_section(EDITION, story, topic)

    assert made.sections[1].cards[-1].story == story
    assert made.sections[1].cards[-1].labels[0] == topic
    with pytest.raises(InputError, match="not a section"):
        edits.to_section(EDITION, story, "weather")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"headline": "  "}, "must not be empty"), ({"headline": "x" * 1001}, "at most 1000"),
        ({"summary": ["one too many"] * 99}, "sentences"), ({"note": "x" * 4001}, "at most 4000"),
    ],
)  # fmt: skip
def test_what_cannot_be(change: dict[str, Any], message: str) -> None:
    """With the field named."""
    with pytest.raises(InputError, match=message):
        edits.rewrite(EDITION, STORIES[0], editor="Ada", **change)


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(STORIES))
def test_any_words_render(words: str, note: str, story: str) -> None:
    """Whatever an editor pastes: no markup comes alive, nothing fails."""
    try:
        made = edits.annotate(edits.rewrite(EDITION, story, editor="Ada", headline=words, note=note), note)
    except InputError:
        return
    for kind in FORMATS:
        text = render(made, kind)
        text.encode()
        if kind in ("html", "mail"):
            assert "<script" not in text.lower()


# What is kept.


def test_every_change_is_a_revision_and_can_be_taken_back(desk: Desk, store: Store) -> None:
    """The edition as frozen stays for ever."""
    desk.change(EDITION.id, lambda e: edits.annotate(e, "One"), after=0, editor="Ada", what="opening words")
    two = desk.change(EDITION.id, lambda e: edits.leave_out(e, STORIES[0]), after=1, editor="Bo", what="left out")
    assert (two.revision, two.edition.note, len(two.edition.cards)) == (2, "One", len(EDITION.cards) - 1)

    assert desk.revert(EDITION.id, 1, after=2, editor="Ada").edition.note == "One"
    back = desk.revert(EDITION.id, 0, after=3, editor="Ada")

    assert back.edition == EDITION
    assert [(r.number, r.editor, r.change) for r in desk.history(EDITION.id)] == [
        (1, "Ada", "opening words"), (2, "Bo", "left out"), (3, "Ada", "back to revision 1"),
        (4, "Ada", "back to revision 0"),
    ]  # fmt: skip
    assert store.freeze(EDITION, {}, now=NOW) == EDITION
    assert desk.frozen(EDITION.id) == EDITION
    with pytest.raises(InputError, match="revision 9"):
        desk.revert(EDITION.id, 9, after=4, editor="Ada")


def test_a_run_keeps_what_the_editor_did(desk: Desk, store: Store) -> None:
    """Freezing the day again gives the edition as it stands, and so do lists."""
    desk.change(EDITION.id, lambda e: edits.annotate(e, "One"), after=0, editor="Ada", what="opening words")

    assert store.freeze(EDITION, {}, now=NOW + timedelta(hours=1)).note == "One"
    assert [edition.note for edition in store.editions()] == ["One"]


def test_two_editors_cannot_overwrite_each_other(desk: Desk) -> None:
    """Who looked at an older revision is told."""
    desk.change(EDITION.id, lambda e: edits.annotate(e, "One"), after=0, editor="Ada", what="opening words")

    with pytest.raises(BusyError, match="changed by somebody else"):
        desk.change(EDITION.id, lambda e: edits.annotate(e, "Two"), after=0, editor="Bo", what="opening words")
    with pytest.raises(BusyError, match="changed by somebody else"):
        desk.approve(EDITION.id, revision=0, editor="Bo")


def test_a_change_that_changes_nothing_leaves_no_trace(desk: Desk) -> None:
    """No revision, and an approval stays."""
    desk.approve(EDITION.id, revision=0, editor="Ada")

    after = desk.change(EDITION.id, lambda e: e, after=0, editor="Ada", what="nothing")

    assert (after.revision, desk.history(EDITION.id)) == (0, [])
    assert after.approval is not None


def test_an_approval_is_for_one_revision(desk: Desk) -> None:
    """Any change needs a new word."""
    assert desk.approve(EDITION.id, revision=0, editor="Ada").approval is not None
    changed = desk.change(EDITION.id, lambda e: edits.annotate(e, "One"), after=0, editor="Bo", what="opening words")
    assert changed.approval is None

    assert desk.approve(EDITION.id, revision=1, editor="Ada").approval is not None
    assert desk.withdraw(EDITION.id).approval is None


def test_what_was_mailed_is_closed(desk: Desk, store: Store) -> None:
    """What readers hold is not changed behind them."""
    mail(store)

    assert desk.standing(EDITION.id).mailed == NOW
    with pytest.raises(InputError, match="has been mailed"):
        desk.change(EDITION.id, lambda e: edits.annotate(e, "Late"), after=0, editor="Ada", what="opening words")
    with pytest.raises(InputError, match="has been mailed"):
        desk.approve(EDITION.id, revision=0, editor="Ada")


def test_recipients_are_frozen_only_for_what_will_be_sent(desk: Desk, store: Store) -> None:
    """An edit between reading and freezing stops the sending, not the edit."""
    people = readers(store, 1)
    planned = plan_deliveries(EDITION, people, set(), now=NOW, domain="example.org")
    desk.change(EDITION.id, lambda e: edits.annotate(e, "One"), after=0, editor="Ada", what="opening words")

    with pytest.raises(BusyError, match="was edited"):
        store.freeze_recipients(EDITION.id, [(planned[0], people[0])], now=NOW, revision=0)
    assert store.mailing_frozen(EDITION.id) is None
    assert store.freeze_recipients(EDITION.id, [(planned[0], people[0])], now=NOW, revision=1) == 1


def test_corrections_win_over_machines(desk: Desk, store: Store) -> None:
    """The editor's words for a translated sentence come back when it is to be translated again."""
    from pipeline.run.memory import StoreMemory
    from pipeline.translate import corrected

    after = edits.rewrite(EDITION, TRANSLATED.story, editor="Ada", headline="A better headline")
    count = desk.remember(TRANSLATED, edits.card_of(after, TRANSLATED.story), "en")
    original = TRANSLATED.headline.original
    assert original.language is not None
    key = corrected(original.text, original.language, "en")

    assert count == 1
    assert StoreMemory(store, now=NOW).get_many([key])[key].text == "A better headline"


def test_words_that_no_article_supports_are_named(desk: Desk, store: Store) -> None:
    """An identifier, a number; what the articles say passes."""
    card = EDITION.cards[0]
    source = card.sources[0]
    store.save_articles(
        [Article(id=source.article, feed="https://a.example.org/f", url=None, title="CVE-2026-1 is fixed in 3 products",
                 language="en", first_seen=NOW)]
    )  # fmt: skip
    made = edits.rewrite(EDITION, card.story, editor="Ada", headline="CVE-2026-1 and CVE-2026-2 hit 7 products")

    found = [doubt.what for doubt in desk.doubts(made, card.story) if doubt.where == "headline"]

    assert sum("CVE-2026-2" in what for what in found) == 1
    assert any("7" in what for what in found)
    assert not any("CVE-2026-1:" in what or what.endswith("CVE-2026-1") for what in found)
    assert desk.doubts(EDITION, card.story) == []


def test_files_are_written_again(store: Store, tmp_path: Path) -> None:
    """Where a folder is given."""
    desk = Desk(store, now=lambda: NOW, output=tmp_path / "out")
    desk.change(EDITION.id, lambda e: edits.annotate(e, "One line"), after=0, editor="Ada", what="opening words")

    assert "One line" in (tmp_path / "out" / f"{EDITION.id}.txt").read_text(encoding="utf-8")


def test_unknown_editions(desk: Desk) -> None:
    """Named in the error."""
    for deed in (desk.standing, desk.withdraw, desk.frozen):
        with pytest.raises(InputError, match="1999-01-01-en"):
            deed("1999-01-01-en")
    assert desk.history("1999-01-01-en") == []


# The pages.


class Browser:
    """A browser without script that keeps the page it last saw."""

    def __init__(self, desk: Desk, store: Store) -> None:
        self.app = create_app(store, desk=desk)
        self.status, self.headers, self.text = 0, {}, ""  # type: tuple[int, dict[str, str], str]
        self.path, self.query = f"/edition/{EDITION.id}/desk", ""

    def get(self, path: str | None = None) -> Browser:
        self.path, _, self.query = (path or self.path).partition("?")
        return self._ask("GET", b"", {})

    def post(self, action: str, *, headers: dict[str, str] | None = None, **fields: object) -> Browser:
        hidden = dict(re.findall(r'name="(word|revision)" value="([^"]*)"', self.text))
        form = {**hidden, "action": action, **{key.replace("_", "-"): value for key, value in fields.items()}}
        body = urlencode(form, doseq=True).encode()
        return self._ask("POST", body, {"origin": "http://127.0.0.1:8000"} | (headers or {}))

    def follow(self) -> Browser:
        assert self.status == 303, self.text
        return self.get(self.headers["location"].partition("#")[0])

    def _ask(self, method: str, body: bytes, headers: dict[str, str]) -> Browser:
        given = {"host": "127.0.0.1:8000", "content-type": "application/x-www-form-urlencoded", **headers}
        address = f"{self.path}?{self.query}"
        self.status, self.headers, self.text = request(
            self.app, address, method=method, headers=given.items(), body=body
        )
        return self


@pytest.fixture
def browser(desk: Desk, store: Store) -> Browser:
    return Browser(desk, store).get()


def form_of(card: Card) -> dict[str, Any]:
    """What the card's form holds when it is opened."""
    sentences = {f"sentence_{number}": sentence.text for number, sentence in enumerate(card.summary)}
    return {"headline": card.headline.text, **sentences, "note": "", "fact": list(range(len(card.facts)))}


def test_an_editor_touches_an_edition_up(browser: Browser, store: Store) -> None:
    """Opening words, a headline, a fact, the order, a story out and back, approval: all by forms."""
    card = next(card for card in EDITION.cards if card.facts and card.summary)
    desk_page = browser.path
    browser.post("note", note="Good morning.", editor="Ada").follow()
    browser.get(f"{desk_page}/{card.story}")
    assert 'value="Ada"' in browser.text
    form = form_of(card) | {"headline": "Mine", "fact": list(range(1, len(card.facts)))}
    browser.post("save", **form).follow()
    assert browser.status == 200

    made = store.edition(EDITION.id)
    assert made is not None
    assert (made.note, headline(made, card.story)) == ("Good morning.", "Mine")
    assert edits.card_of(made, card.story).facts == card.facts[1:]

    browser.get(desk_page).post("out", story=card.story).follow()
    assert "Put back" in browser.text
    browser.post("back", story=card.story).follow()
    assert "Put back" not in browser.text
    browser.post("approve").follow()
    assert "<b>Approved</b> by <bdi>Ada</bdi>" in browser.text
    assert {revision.editor for revision in store.revisions(EDITION.id)} == {"Ada"}


def test_the_desk_says_what_became_of_a_form(browser: Browser) -> None:
    """Saved, or nothing to save; and which story comes next."""
    first, second = EDITION.cards[:2]
    story = f"{browser.path}/{first.story}"
    assert 'role="status"' not in browser.get(story).text
    assert f'href="{story.rpartition("/")[0]}/{second.story}" rel="next"' in browser.text

    browser.post("save", **form_of(first) | {"headline": "Mine"}).follow()
    assert "Saved." in browser.text
    assert "Next:" in browser.text
    browser.get(story).post("save", **form_of(first) | {"headline": "Mine"}).follow()
    assert "Nothing was changed" in browser.text


@pytest.mark.parametrize("ticked", [{}, {"remember": "1"}])
def test_words_are_remembered_when_that_is_asked_for(browser: Browser, store: Store, ticked: dict[str, str]) -> None:
    """The box below the form: the translation memory keeps the editor's words for every later edition, or not."""
    browser.get(f"{browser.path}/{TRANSLATED.story}")
    browser.post("save", **form_of(TRANSLATED) | {"headline": "A better headline"} | ticked).follow()
    assert [item.translation for item in store.memory_items()] == (["A better headline"] if ticked else [])


def test_facts_that_no_card_shows_stay_where_they_are(browser: Browser, store: Store) -> None:
    """Dates are folded away on the form; saving other words loses none of them."""
    card = EDITION.cards[0]
    day = Fact(type="date", value="2026-11-20")
    sections = tuple(
        replace(section, cards=tuple(replace(c, facts=(day, *c.facts)) if c.story == card.story else c
                                     for c in section.cards))
        for section in EDITION.sections
    )  # fmt: skip
    store.revise(replace(EDITION, sections=sections), after=0, editor="Ada", change="a date", now=NOW)
    browser.get(f"{browser.path}/{card.story}")
    ticked = re.findall(r'name="fact" value="(\d+)" checked', browser.text)
    assert "Not shown on the card" in browser.text
    browser.post("save", **form_of(card) | {"headline": "Mine", "fact": ticked}).follow()

    made = store.edition(EDITION.id)
    assert made is not None
    assert day in edits.card_of(made, card.story).facts


def test_places_of_facts_that_are_none_are_passed_over(browser: Browser, store: Store) -> None:
    """A number of any length, in whatever digits, ticks nothing and breaks nothing."""
    card = EDITION.cards[0]
    browser.get(f"{browser.path}/{card.story}")
    answer = browser.post("save", **form_of(card) | {"headline": "Mine", "fact": ["9" * 5000, "٣", "-1"]})

    assert answer.status == 303
    made = store.edition(EDITION.id)
    assert made is not None
    assert edits.card_of(made, card.story).facts == ()


def test_a_button_that_would_do_nothing_cannot_be_pressed(browser: Browser) -> None:
    """The first story of a section does not go up, the last not down."""
    last = [len(section.cards) for section in EDITION.sections if section.cards]
    idle = re.findall(r'value="(up|down|top)"[^>]* disabled', browser.text)

    assert sorted(idle) == sorted(["up", "down", "top"] * len(last))


def test_the_list_says_how_far_each_edition_is(browser: Browser, desk: Desk, store: Store) -> None:
    """Which one waits for a word, with a way to its desk."""
    told = [browser.get("/").text]
    desk.change(EDITION.id, lambda e: edits.annotate(e, "One"), after=0, editor="Ada", what="opening words")
    told.append(browser.get("/").text)
    desk.approve(EDITION.id, revision=1, editor="Ada")
    told.append(browser.get("/").text)
    mail(store)
    told.append(browser.get("/").text)

    assert [re.findall(r'count">([^·]+) ·', text) for text in told] == [
        ["not approved"], ["changed, not approved"], ["approved"], ["mailed"],
    ]  # fmt: skip
    assert f'href="/edition/{EDITION.id}/desk"' in told[0]


def test_join_section_and_revert_by_forms(browser: Browser, store: Store) -> None:
    """A joined story leads back to the overview; the decision is kept for later runs."""
    first, second = STORIES[0], STORIES[1]
    desk_page = browser.path
    browser.get(f"{desk_page}/{first}").post("join", into=second, always="1").follow()
    assert browser.path == desk_page
    assert re.search(rf'joined with <bdi lang="..">{re.escape(headline(EDITION, second))}', browser.text)
    assert "Put back" not in browser.text
    assert all(headline(EDITION, story)[:40] in store.revisions(EDITION.id)[0].change for story in (first, second))
    assert [decision.kind for decision in store.decisions()] == ["merge"]

    browser.get(f"{desk_page}/{second}").post("section", section=EDITION.sections[-1].topic).follow()
    assert browser.status == 200
    browser.get(desk_page).post("revert", to=0).follow()
    assert store.edition(EDITION.id) == EDITION


@pytest.mark.parametrize(
    ("fields", "headers", "status"),
    [
        ({"word": "guessed"}, {}, 403), ({}, {"origin": "https://evil.example.org"}, 403),
        ({}, {"origin": "null"}, 403), ({}, {"sec-fetch-site": "cross-site"}, 403),
        ({}, {"host": "evil.example.org"}, 421), ({"revision": "7"}, {}, 400),
        ({"revision": "x"}, {}, 400), ({"note": "x" * 5000}, {}, 400), ({"note": "x" * 600_000}, {}, 413),
    ],
)  # fmt: skip
def test_forms_that_are_refused(
    browser: Browser, store: Store, fields: dict[str, str], headers: dict[str, str], status: int
) -> None:
    """Another page's, a guess, too much, an old one: nothing is changed."""
    answer = browser.post("note", headers=headers, **{"note": "Evil", **fields})

    assert answer.status == status
    assert store.edition(EDITION.id) == EDITION


def test_a_form_filled_in_for_an_older_revision(browser: Browser, desk: Desk) -> None:
    """409, and the way back."""
    desk.change(EDITION.id, lambda e: edits.annotate(e, "One"), after=0, editor="Bo", what="opening words")

    assert browser.post("note", note="Two").status == 409
    assert "changed by somebody else" in browser.text
    assert f"/edition/{EDITION.id}/desk" in browser.text


@pytest.mark.parametrize("stale", [{"revision": "0"}, {"word": "of the preview before"}])
def test_words_that_are_refused_come_back(browser: Browser, desk: Desk, stale: dict[str, str]) -> None:
    """Another editor was faster, or the preview was started anew: what was written can be copied."""
    desk.change(EDITION.id, lambda e: edits.annotate(e, "One"), after=0, editor="Bo", what="opening words")
    browser.get(f"/edition/{EDITION.id}/desk/{TRANSLATED.story}")

    fields = {"headline": "My <b>words</b>", "sentence-0": "A sentence.", "note": "", "sentence-" + "9" * 5000: "x"}
    answer = browser.post("save", **{**fields, **stale})

    assert answer.status in {403, 409}
    told = re.findall(r"<label[^>]*>(.*?)</label>\s*<textarea[^>]* readonly[^>]*>(.*?)</textarea>", browser.text)
    assert told[:2] == [("Headline", "My &lt;b&gt;words&lt;/b&gt;"), ("Sentence 1", "A sentence.")]
    assert f'href="/edition/{EDITION.id}/desk/{TRANSLATED.story}"' in browser.text


def test_what_is_seen_of_a_button_is_heard(browser: Browser, desk: Desk) -> None:
    """Who speaks to the machine says the words on the button (WCAG 2.5.3); no two buttons are called alike."""
    desk.change(EDITION.id, lambda e: edits.leave_out(e, STORIES[0]), after=0, editor="Bo", what="left out")

    buttons = re.findall(r'<button[^>]*aria-label="([^"]*)"[^>]*>(.*?)</button>', browser.get().text)

    assert all(name.startswith(seen) or not seen.isascii() for name, seen in buttons)
    assert len({name for name, _ in buttons}) == len(buttons) > 8


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("width", [375, 1280])
def test_nothing_sticks_out_of_the_desk(browser: Browser, tmp_path: Path, width: int) -> None:
    """The overview and a story, on a phone and on a desktop."""
    for path in (browser.path, f"{browser.path}/{TRANSLATED.story}"):
        seen = look(tmp_path, browser.get(path).text, width)
        assert (seen["scroll"], seen["loaded"]) == (width, 0), seen["wide"]
        browser.path = f"/edition/{EDITION.id}/desk"


def test_unknown_deeds_and_stories(browser: Browser) -> None:
    """400 and 404, in words."""
    assert browser.post("explode").status == 400
    assert "not an action of this page" in browser.text
    assert browser.get(f"/edition/{EDITION.id}/desk/nobody").status == 404
    assert browser.get("/edition/1999-01-01-en/desk").status == 404


def test_a_mailed_edition_is_shown_closed(browser: Browser, store: Store) -> None:
    """To look at, not to touch; a form that was open before is refused."""
    mail(store)

    assert browser.post("note", note="Late").status == 400
    assert "has been mailed" in browser.text
    assert "the desk is closed" in browser.get(f"/edition/{EDITION.id}/desk").text


def test_pages_send_forms_to_themselves_only(browser: Browser) -> None:
    """And without a desk there is none."""
    assert "form-action 'self'" in browser.headers["content-security-policy"]
    assert browser.headers["referrer-policy"] == "same-origin"
    assert "script-src" not in browser.headers["content-security-policy"]


@pytest.mark.parametrize(("option", "status"), [([], 200), (["--read-only"], 404)])
def test_without_a_desk_nothing_can_be_changed(
    store: Store, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, option: list[str], status: int
) -> None:
    """`serve --read-only`."""
    browser = Browser(desk, store)

    def served(app: LocalApp, *_: object, **__: object) -> None:
        browser.app = app
        assert browser.get().status == status
        assert ("Desk" in browser.get(f"/edition/{EDITION.id}").text) == (status == 200)

    monkeypatch.setattr("pipeline.cli.editions.serve_app", served)
    assert main(["serve", "--data", str(tmp_path), *option]) == 0
    assert browser.status == 200


# The command line.


def test_the_desk_without_a_browser(store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Leave out, approve, revert, and the history of it."""
    folder = ["--data", str(tmp_path)]
    assert main(["edition", "leave-out", EDITION.id, "1", "--by", "Ada", *folder]) == 0
    assert main(["edition", "approve", EDITION.id, *folder]) == 0
    assert main(["edition", "history", EDITION.id, *folder]) == 0
    assert "revision 1, approved by editor" in capsys.readouterr().out
    assert main(["edition", "approve", EDITION.id, "--withdraw", *folder]) == 0
    assert main(["edition", "revert", EDITION.id, "0", *folder]) == 0
    assert main(["edition", "leave-out", EDITION.id, str(len(STORIES) + 1), *folder]) == 65
    assert main(["edition", "history", "1999-01-01-en", *folder]) == 65
    assert store.edition(EDITION.id) == EDITION
    assert main(["edition", "leave-out", EDITION.id, str(len(STORIES)), *folder]) == 0
    left = store.edition(EDITION.id)
    assert left is not None
    assert [card.story for card in left.cards] == STORIES[:-1]


def test_nothing_is_sent_without_the_word_that_was_asked_for(
    store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """`mail.approval`: exit 75 until somebody has approved what stands."""
    readers(store, 1)
    config = tmp_path / "feeds.yaml"
    config.write_text(
        "mail: {sender: press@example.org, unsubscribe_mailto: leave@example.org, approval: true}\n"
        "feeds: ['https://a.example.org/feed']\n",
        encoding="utf-8",
    )
    command = ["send", "--edition", EDITION.id, "--config", str(config), "--data", str(tmp_path), "--force"]

    assert main(command) == 75
    assert f"cyberdigest edition approve {EDITION.id}" in capsys.readouterr().err
    assert store.mailing_frozen(EDITION.id) is None
    assert main([*command, "--dry-run"]) == 0


def test_the_desk_names_facts_as_the_card_does() -> None:
    """With the list that answers for a fact, and with a word on what the card leaves out."""
    edition = sample("en")
    article = edition.cards[0].sources[0].article
    said = Evidence(article=article, field="text", start=0, end=1, sentence="CVE-2026-0001 is a flaw since May.")
    facts = (
        Fact(type="kev", value=True, name="CVE-2026-0001", status="2026-11-22", evidence=said),
        Fact(type="date", value="2026-05-01", evidence=said),
    )
    told = facts_of(edition, replace(edition.cards[0], facts=facts))

    assert told == [
        FactRow(place=0, words="CISA KEV: known exploited (list of 22 November 2026)",
                proof=wording("en")("facts.kev_source"), language="en", is_shown=True),
        FactRow(
            place=1, words="Date: 2026-05-01", proof="CVE-2026-0001 is a flaw since May.", language="en",
            is_shown=False,
        ),
    ]  # fmt: skip
