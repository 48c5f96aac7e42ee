"""The editor's desk: every change of an edition is checked, recorded, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.compose.edits import card_of
from pipeline.errors import InputError, NoEditionError
from pipeline.model import Card, CardSentence, Edition
from pipeline.run.memory import StoreMemory
from pipeline.run.output import write_edition

if TYPE_CHECKING:
    from pipeline.store import Revision, Standing, Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something in an editor's words that no article of the story says."""

    #: "headline", or the number of the sentence from 1.
    where: str
    #: One line, e.g. "identifier not in sources: CVE-2021-44229".
    what: str


class Desk:
    """Changes editions in the store. Usable from several threads."""

    def __init__(
        self, store: Store, *, now: Callable[[], datetime], output: Path | None = None, templates: Path | None = None
    ) -> None:
        """Sit down.

        Args:
            store: Where the editions are.
            now: The clock.
            output: Folder that the renderings are written to again after each change; None writes none.
            templates: Folder whose templates go before ours.
        """
        self._store, self._now, self._output, self._templates = store, now, output, templates

    def standing(self, edition: str) -> Standing:
        """An edition, its revision, whether it is approved or mailed.

        Raises:
            NoEditionError: There is none.
        """
        found = self._store.standing(edition)
        if found is None:
            raise NoEditionError(edition)
        return found

    def history(self, edition: str) -> list[Revision]:
        """The changes so far, oldest first."""
        return self._store.revisions(edition)

    def frozen(self, edition: str) -> Edition:
        """The edition as it was made."""
        return self.as_of(edition, 0)

    def as_of(self, edition: str, revision: int) -> Edition:
        """The edition as it was after a change.

        Raises:
            InputError: There is no such revision.
        """
        found = self._store.revision(edition, revision)
        if found is None:
            raise InputError(f"{edition}, revision {revision}", "there is no such revision")
        return found

    def change(
        self, edition: str, how: Callable[[Edition], Edition], *, after: int, editor: str, what: str
    ) -> Standing:
        """Keep a changed edition as the next revision; a change that changes nothing leaves no trace.

        Args:
            edition: Its id.
            how: Makes the new edition of the one that stands.
            after: The revision the editor was looking at.
            editor: Who it is.
            what: What was done, in words.
        Raises:
            InputError: The change is not possible, or the edition has been mailed.
            BusyError: Somebody else was faster.
            OutputError: It is recorded, but the files could not be written.
        """
        before = self.as_of(edition, after)
        made = how(before)
        if made != before:
            self._store.revise(made, after=after, editor=editor, change=what, now=self._now())
            self._publish(made)
        return self.standing(edition)

    def revert(self, edition: str, to: int, *, after: int, editor: str) -> Standing:
        """Make the edition again what it was after change `to`, 0 for as frozen; what came later stays in the history.

        Raises:
            InputError: No such revision, or mailed.
            BusyError: Somebody else was faster.
        """
        old = self.as_of(edition, to)
        return self.change(edition, lambda _: old, after=after, editor=editor, what=f"back to revision {to}")

    def approve(self, edition: str, *, revision: int, editor: str) -> Standing:
        """Say that the edition may be sent as it stands.

        Raises:
            InputError: No such edition, or mailed.
            BusyError: It is not what stands.
        """
        self._store.approve(edition, revision=revision, editor=editor, now=self._now())
        return self.standing(edition)

    def withdraw(self, edition: str) -> Standing:
        """Take the approval back.

        Raises:
            InputError: No such edition, or mailed.
        """
        self._store.withdraw_approval(edition)
        return self.standing(edition)

    def remember(self, before: Card, after: Card, language: str) -> int:
        """Keep an editor's words for translated sentences: they win over any machine from now on. How many there were.

        A sentence counts when a translation of it was wanted, and the words are the editor's now.
        """
        from pipeline.translate import EDITOR, Remembered, corrected

        old = {_place(item): item for item in (before.headline, *before.summary)}
        entries = {}
        for sentence in (after.headline, *after.summary):
            was = old.get(_place(sentence))
            source = sentence.original.language
            if was is None or was.translation is None or sentence.editor is None or was == sentence or not source:
                continue
            key = corrected(sentence.original.text, source, language)
            entries[key] = Remembered(text=sentence.text, route=EDITOR)
        StoreMemory(self._store, now=self._now()).put_many(entries)
        return len(entries)

    def doubts(self, edition: Edition, story: str) -> list[Doubt]:
        """What an editor's words on a card say that no article of the story does: identifiers, numbers, names."""
        from pipeline.summarise.gate import Cited, unsupported

        card = card_of(edition, story)
        parts = [("headline", card.headline), *((str(n), item) for n, item in enumerate(card.summary, 1))]
        written = [(where, sentence) for where, sentence in parts if sentence.editor is not None]
        if not written:
            return []
        articles = [self._store.article(source.article) for source in card.sources]
        cited = [Cited(text=f"{a.title}. {a.text}", language=a.language) for a in articles if a is not None]
        return [
            Doubt(where=where, what=problem)
            for where, sentence in written
            for problem in _each_once(unsupported(sentence.text, edition.language, cited))
        ]

    def merge(self, stories: Sequence[str], *, editor: str) -> None:
        """Record that stories are one, for every later run."""
        from pipeline.cluster import Decision
        from pipeline.run.decisions import add_decision

        moment = self._now()
        add_decision(self._store, Decision(kind="merge", stories=tuple(stories), when=moment, by=editor), now=moment)

    def _publish(self, edition: Edition) -> None:
        if self._output is not None:
            write_edition(edition, self._output, templates=self._templates)


def _each_once(problems: Sequence[str]) -> list[str]:
    """What is no identifier of the sources is no name of theirs either; the first word on it will do."""
    return list({problem.partition(": ")[2] or problem: problem for problem in reversed(problems)}.values())[::-1]


def _place(sentence: CardSentence) -> tuple[str, str, int]:
    return sentence.original.article, sentence.original.field, sentence.original.start
