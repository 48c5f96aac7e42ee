"""Written sentences let through only when the articles say the same.

A user may have a language model write the summary. It gets the chosen sentences and answers with sentences of its own,
each citing the ones it rests on. A sentence passes when every name, number, date and identifier in it stands in the
cited sentences and its words are theirs to a high degree; if one fails, the whole text falls back to the articles' own
sentences. The call to the model is an argument: nothing here opens a connection.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.summarise.candidates import content_words
from pipeline.summarise.said import Embedder
from pipeline.text.identifiers import find_identifiers
from pipeline.text.names import find_names, name_key, same_name
from pipeline.text.normalise import clean_text
from pipeline.text.quantities import find_quantities

#: Share of a written sentence's words that must stand in its sources, when both are in one language.
LEAST_WORDS = 0.6
#: Nearness in meaning that must hold where an embedder is given; it alone decides across languages.
LEAST_MEANING = 0.75
_LONGEST = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """A sentence of an article that the writer may rest on."""

    text: str
    language: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A sentence the writer wrote, and the numbers of the sentences it cites (from 0)."""

    text: str
    cites: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """Why a written sentence passes or not; no problem means it passes."""

    sentence: Written
    problems: tuple[str, ...] = ()

    @property
    def passes(self) -> bool:
        """Whether the sentence may be shown."""
        return not self.problems


Writer = Callable[[Sequence[Cited], str], Sequence[Written]]


def write(
    sources: Sequence[Cited], *, writer: Writer, language: str, embedder: Embedder | None = None
) -> tuple[Sequence[Written], Sequence[Verdict]]:
    """Ask the writer and judge what it wrote.

    Args:
        sources: The sentences chosen from the articles.
        writer: Called once with the sources and the language wanted; whatever it raises means "nothing written".
        language: BCP 47 tag to write in.
        embedder: Judges meaning; required when a source is in another language.
    Returns:
        The written sentences, or none at all when one fails (the caller then shows the sources), and every verdict.
    """
    try:
        written = list(writer(sources, language))
    except Exception as error:  # noqa: BLE001 - a user's endpoint may fail in any way; the edition must not
        failed = Written(text="", cites=())
        return (), (Verdict(sentence=failed, problems=(f"writer failed: {error or type(error).__name__}",)),)
    verdicts = [judge(sentence, sources, language=language, embedder=embedder) for sentence in written]
    return (written if verdicts and all(v.passes for v in verdicts) else ()), verdicts


def judge(sentence: Written, sources: Sequence[Cited], *, language: str, embedder: Embedder | None = None) -> Verdict:
    """Judge one written sentence against the sentences it cites."""
    text = clean_text(sentence.text)
    cited = [sources[i] for i in dict.fromkeys(sentence.cites) if 0 <= i < len(sources)]
    if not text or len(text) > _LONGEST:
        return Verdict(sentence=sentence, problems=("empty or too long",))
    if not cited or len(cited) != len(set(sentence.cites)):
        return Verdict(sentence=sentence, problems=("cites no given sentence",))
    problems = [*_identifiers(text, cited), *_numbers(text, language, cited), *_names(text, language, cited)]
    problems += _support(text, language, cited, embedder)
    return Verdict(sentence=sentence, problems=tuple(problems))


def unsupported(text: str, language: str, cited: Sequence[Cited]) -> list[str]:
    """What a text says that none of the sources does: identifiers, numbers and dates, names.

    Names are compared only when a source is in the text's own language: across languages they change.
    """
    is_same_language = any(source.language == language for source in cited)
    found = [*_identifiers(text, cited), *_numbers(text, language, cited)]
    return list(dict.fromkeys([*found, *(_names(text, language, cited) if is_same_language else [])]))


def _identifiers(text: str, cited: Sequence[Cited]) -> list[str]:
    known = {item.value for source in cited for item in find_identifiers(source.text)}
    return [f"identifier not in sources: {i.value}" for i in find_identifiers(text) if i.value not in known]


def _numbers(text: str, language: str, cited: Sequence[Cited]) -> list[str]:
    known = {q.key for source in cited for q in find_quantities(source.text, source.language)}
    bare = {key.split(":")[1] for key in known}
    return [
        f"number or date not in sources: {text[quantity.start : quantity.end]}"
        for quantity in find_quantities(text, language)
        if quantity.key not in known and not (quantity.kind == "number" and quantity.key.split(":")[1] in bare)
    ]


def _names(text: str, language: str, cited: Sequence[Cited]) -> list[str]:
    known = [n.text for source in cited for n in find_names(source.text, source.language)]
    words = " ".join(f" {name_key(source.text)} " for source in cited)
    problems = []
    for name in find_names(text, language):
        key = name_key(name.text)
        if f" {key} " not in words and not any(same_name(name.text, other) for other in known):
            problems.append(f"name not in sources: {name.text}")
    return problems


def _support(text: str, language: str, cited: Sequence[Cited], embedder: Embedder | None) -> list[str]:
    joined = " ".join(source.text for source in cited)
    is_same_language = all(source.language == language for source in cited)
    words = content_words(text)
    share = len(words & content_words(joined)) / max(1, len(words))
    if is_same_language and share < LEAST_WORDS:
        return [f"too few words of the sources: {share:.2f}"]
    if embedder is not None:
        vectors = embedder.embed([text, joined])
        meaning = float(vectors[0] @ vectors[1])
        if meaning < LEAST_MEANING:
            return [f"too far from the sources: {meaning:.2f}"]
    elif not is_same_language:
        return ["sources in another language and nothing to compare meaning with"]
    if _NEGATION.search(text) and not any(_NEGATION.search(source.text) for source in cited):
        return ["denies what the sources do not deny"]
    return []


_NEGATION = re.compile(
    r"\b(?:not|no|never|none|without|pas|jamais|aucune?|sans|nicht|kein\w*|nie|ohne|sin|nunca|ningun\w*|non|senza"
    r"|nessun\w*|não|sem|niet|geen|zonder|bez|не|нет|без)\b|没有|未|不|ない",
    re.IGNORECASE,
)
