"""What an editor may do to an edition, as functions from edition to edition.

Words can be written by hand, facts hidden, stories moved, joined and left out. Where a sentence came from stays with
it: readers see that a hand changed it, and the original.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace

from pipeline.errors import InputError
from pipeline.model import Card, CardSentence, Edition, Section
from pipeline.text.normalise import clean_block, clean_text

#: Characters of a headline or sentence, and of a note: more is a mistake or an attack.
LONGEST = 1000
LONGEST_NOTE = 4000


def card_of(edition: Edition, story: str) -> Card:
    """The card of a story.

    Raises:
        InputError: The edition shows no such story.
    """
    for card in edition.cards:
        if card.story == story:
            return card
    raise InputError(story, f"is not a story of edition {edition.id}")


def rewrite(
    edition: Edition,
    story: str,
    *,
    editor: str,
    headline: str | None = None,
    summary: Sequence[str] | None = None,
    note: str | None = None,
    hidden: Collection[int] = (),
) -> Edition:
    """Change the words of one card.

    Args:
        edition: The edition as it stands.
        story: Whose card.
        editor: Whose words they are.
        headline: The new headline; None leaves it.
        summary: One text for each sentence of the summary, "" to leave that sentence out; None leaves all.
        note: The editor's words below the summary, "" for none; None leaves it.
        hidden: Places of facts to take off the card, from 0.
    Raises:
        InputError: No such story, an empty headline, a text that is too long, or another number of sentences.
    """
    card = card_of(edition, story)
    changed = card
    if headline is not None:
        words = _words(headline, "headline")
        if not words:
            raise InputError("headline", "must not be empty; leave the story out instead")
        changed = replace(changed, headline=_said(card.headline, words, edition.language, editor))
    if summary is not None:
        changed = replace(changed, summary=_summary(card, summary, edition.language, editor))
    if note is not None:
        changed = replace(changed, note=_block(note, "note"))
    if hidden:
        facts = tuple(fact for place, fact in enumerate(card.facts) if place not in set(hidden))
        changed = replace(changed, facts=facts)
    return _with_cards(edition, lambda cards: tuple(changed if item is card else item for item in cards))


def annotate(edition: Edition, note: str) -> Edition:
    """Set the opening words of the edition; "" for none.

    Raises:
        InputError: Too long.
    """
    return replace(edition, note=_block(note, "opening words"))


def leave_out(edition: Edition, story: str) -> Edition:
    """Take a story off the edition.

    Raises:
        InputError: No such story.
    """
    card = card_of(edition, story)
    return _with_cards(edition, lambda cards: tuple(item for item in cards if item is not card))


def put_back(edition: Edition, frozen: Edition, story: str) -> Edition:
    """Show a story again, as it was frozen, at the end of its section.

    Args:
        edition: The edition as it stands.
        frozen: The edition as it was first made.
        story: Which one.
    Raises:
        InputError: It is on show, or never was.
    """
    if any(card.story == story for card in edition.cards):
        raise InputError(story, f"is already in edition {edition.id}")
    card = card_of(frozen, story)
    topic = next(section.topic for section in frozen.sections if card in section.cards)
    sections = list(edition.sections)
    places = [place for place, section in enumerate(sections) if section.topic == topic]
    if not places:
        sections.append(next(replace(section, cards=()) for section in frozen.sections if section.topic == topic))
        places = [len(sections) - 1]
    sections[places[0]] = replace(sections[places[0]], cards=(*sections[places[0]].cards, card))
    return replace(edition, sections=tuple(sections))


def move(edition: Edition, story: str, by: int) -> Edition:
    """Move a story up (negative) or down within its section; it stops at the ends.

    Raises:
        InputError: No such story.
    """
    card = card_of(edition, story)

    def moved(cards: tuple[Card, ...]) -> tuple[Card, ...]:
        if card not in cards:
            return cards
        rest = [item for item in cards if item is not card]
        rest.insert(max(0, cards.index(card) + by), card)
        return tuple(rest)

    return _with_cards(edition, moved)


def to_section(edition: Edition, story: str, topic: str) -> Edition:
    """Move a story to the end of another section.

    Raises:
        InputError: No such story or section.
    """
    card = card_of(edition, story)
    if all(section.topic != topic for section in edition.sections):
        raise InputError(topic, f"is not a section of edition {edition.id}")
    without = leave_out(edition, story)
    labels = (topic, *(label for label in card.labels if label != topic))
    sections = (
        replace(section, cards=(*section.cards, replace(card, labels=labels))) if section.topic == topic else section
        for section in without.sections
    )
    return replace(without, sections=tuple(sections))


def join(edition: Edition, story: str, into: str) -> Edition:
    """Make one card of two: sources and facts go over to the second story's, the first story's words go.

    Raises:
        InputError: No such story, or the same one twice.
    """
    if story == into:
        raise InputError(story, "cannot be joined with itself")
    gone, kept = card_of(edition, story), card_of(edition, into)
    known = {source.article for source in kept.sources}
    told = {(fact.type, fact.value, fact.unit) for fact in kept.facts}
    one_of_each = {fact.type for fact in kept.facts if fact.type in _SINGLE}
    joined = replace(
        kept,
        sources=kept.sources + tuple(source for source in gone.sources if source.article not in known),
        facts=kept.facts
        + tuple(f for f in gone.facts if (f.type, f.value, f.unit) not in told and f.type not in one_of_each),
        labels=tuple(dict.fromkeys((*kept.labels, *gone.labels))),
    )
    without = leave_out(edition, story)
    return _with_cards(without, lambda cards: tuple(joined if item is kept else item for item in cards))


#: Two answers to these on one card would contradict each other; the story that stays has the word.
_SINGLE = frozenset({"exploited", "patched", "cvss", "epss", "kev", "duration"})


def _summary(card: Card, texts: Sequence[str], language: str, editor: str) -> tuple[CardSentence, ...]:
    if len(texts) != len(card.summary):
        raise InputError("summary", f"has {len(card.summary)} sentences, {len(texts)} were given")
    said = (
        (sentence, _words(text, f"sentence {number}"))
        for number, (sentence, text) in enumerate(zip(card.summary, texts, strict=True), 1)
    )
    return tuple(_said(sentence, words, language, editor) for sentence, words in said if words)


def _said(sentence: CardSentence, words: str, language: str, editor: str) -> CardSentence:
    """The sentence in the editor's words; what a machine said of its translation no longer holds."""
    if words == clean_text(sentence.text):
        return sentence
    return replace(sentence, text=words, language=language, editor=editor, translation=None)


def _words(text: str, what: str) -> str:
    words = clean_text(text)
    if len(words) > LONGEST:
        raise InputError(what, f"has {len(words)} characters; at most {LONGEST} are allowed")
    return words


def _block(text: str, what: str) -> str | None:
    paragraphs = [clean_text(part) for part in clean_block(text.replace("\r\n", "\n")).split("\n")]
    block = "\n\n".join(part for part in paragraphs if part)
    if len(block) > LONGEST_NOTE:
        raise InputError(what, f"has {len(block)} characters; at most {LONGEST_NOTE} are allowed")
    return block or None


def _with_cards(edition: Edition, change: Callable[[tuple[Card, ...]], tuple[Card, ...]]) -> Edition:
    sections: list[Section] = [replace(section, cards=change(section.cards)) for section in edition.sections]
    return replace(edition, sections=tuple(sections))
