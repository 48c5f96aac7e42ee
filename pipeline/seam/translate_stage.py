"""The stage that translates what is asked of each record; all records' sentences go to the engine together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.compose import Style, Translates
from pipeline.model import Fact, Translation
from pipeline.seam.options import StageOptions
from pipeline.seam.records import Record, facts_of, sentences_of
from pipeline.text.sentences import missing_stop

_FIELDS = ("title", "summary", "text")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """One text to translate: a title, a sentence of a summary, or an article."""

    field: str
    text: str
    language: str | None
    facts: tuple[Fact, ...]

    @property
    def style(self) -> Style:
        """Titles are translated as headlines."""
        return "headline" if self.field == "title" else "text"


def translate_fields(records: list[Record], options: StageOptions) -> list[Record]:
    """Add `translation`: the fields in the target language, the routes taken, the checks failed.

    Raises:
        ValueError: The options name no translator.
    """
    if options.translator is None:
        raise ValueError("translate needs a translator")
    pieces = [list(_pieces(record, options.fields)) for record in records]
    asked = [piece for of_record in pieces for piece in of_record]
    done = iter(_translations(asked, options.translator(), options.target))
    return [
        {**record, "translation": _translation([(piece.field, next(done)) for piece in of_record], options.target)}
        for record, of_record in zip(records, pieces, strict=True)
    ]


def _pieces(record: Record, fields: Sequence[str]) -> Iterator[_Piece]:
    """What is asked of one record; summary sentences one by one, each in its own language."""
    language = record["language"] if isinstance(record.get("language"), str) else None
    facts = facts_of(record)
    title, summary, text = (record.get(name) for name in _FIELDS)
    if "title" in fields and isinstance(title, str):
        yield _Piece(field="title", text=title, language=language, facts=facts)
    if "summary" in fields and isinstance(summary, str):
        yield _Piece(field="summary", text=summary, language=language, facts=facts)
    if "summary" in fields:
        for sentence in sentences_of(record):
            own = sentence.get("language")
            spoken = own if own and isinstance(own, str) else language
            if words := sentence.get("text"):
                yield _Piece(field="summary", text=str(words), language=spoken, facts=facts)
    if "text" in fields and isinstance(text, str):
        yield _Piece(field="text", text=text, language=language, facts=facts)


def _translations(pieces: Sequence[_Piece], translator: Translates, target: str) -> list[Translation]:
    """One translation a piece, in order; one call for each style."""
    done: dict[int, Translation] = {}
    styles: tuple[Style, ...] = ("text", "headline")
    for style in styles:
        places = [place for place, piece in enumerate(pieces) if piece.style == style]
        texts = [(pieces[place].text, pieces[place].language) for place in places]
        facts = [pieces[place].facts for place in places]
        done |= zip(places, translator.translate(texts, target, style=style, facts=facts), strict=True)
    return [done[place] for place in range(len(pieces))]


def _translation(parts: Sequence[tuple[str, Translation]], target: str) -> Record:
    """The value of `translation` from (field, translation) of one record's pieces."""
    found: Record = {"language": target}
    for name in _FIELDS:
        texts = [result for field, result in parts if field == name]
        if texts:
            found[name] = _joined(texts)
    routes = sorted({result.route for _, result in parts if result.route})
    found["route"] = "; ".join(routes) if routes else None
    found["problems"] = [
        {"kind": problem.kind, "detail": problem.detail, "field": field}
        for field, result in parts
        for problem in result.problems
    ]
    return found


def _joined(results: Sequence[Translation]) -> str:
    """Sentences in one line; among others a line of a list needs a full stop."""
    if len(results) == 1:
        return results[0].text
    spoken = [(result.text, result.target if result.is_translated else result.source) for result in results]
    return " ".join(text + missing_stop(text, language) for text, language in spoken)
