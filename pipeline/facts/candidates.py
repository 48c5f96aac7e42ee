"""Every name of a title and a lead that may be a product, gathered with all the places where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import permutations

from pipeline.facts.patterns import load
from pipeline.facts.product_names import cut_name, is_inside, shown_names
from pipeline.facts.product_places import Span
from pipeline.facts.spans import Passage
from pipeline.facts.titled import with_number
from pipeline.facts.trim import with_device
from pipeline.facts.unlisted import are_joined
from pipeline.model import Article, Fact
from pipeline.text.gazetteer import Gazetteer
from pipeline.text.names import find_names, name_key, organisations, products

#: Sentences that are read: the title and the first two; more taught nothing and cost time.
_READ = 3
#: Names of so many code points are none.
_SHORTEST, _LONGEST = 2, 60
#: Code points between two names of a list.
_JOINT = 14
#: "Argus | Found a Hole": where a headline in capitals goes on with what somebody does.
_VERB = re.compile(r"\s(?:Found|Finds?|Discover\w*|Uncover\w*|Spots?|Spotted|Reveals?|Denies|Uses|Used|Prepares?)\b")
#: "libssh2", "pickle-scan", "zc.buildout", "vSwitch": names without a capital in front.
_TECHNICAL = re.compile(
    r"(?<![\w.@/-])(?:[a-z][a-z0-9]*(?:[-_.][a-z0-9]+)+|[a-z]{2,}\d+[a-z]*|[a-z][a-z]+[A-Z]\w+)(?![\w/@-]|\.\w)"
)
#: "开源库 fastgrid 修复": letters between Chinese or Japanese ones.
_LATIN = re.compile(
    r"(?<=[\u3000-\u9fff，。：、；！？）（《》“”])\s?(?P<name>[a-z][a-z0-9_.+-]{2,})(?=\s?[\u3000-\u9fff\d])"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """One place where a name stands."""

    passage: Passage
    #: Number of the sentence among those that name something: title, first, second, later.
    place: str
    start: int
    end: int
    #: What found it: list, organisation, device, heard, quoted, name, technical, rule.
    finders: frozenset[str]

    @property
    def name(self) -> str:
        """As it stands there."""
        return self.passage.text[self.start : self.end]


@dataclass(slots=True)
class Candidate:
    """A name that may be a product."""

    #: Under which its spellings are one.
    key: str
    #: What a fact would say: the list's name, else the words.
    value: str
    #: A product of the list of names.
    is_listed: bool
    mentions: list[Mention] = field(default_factory=list)
    #: The fact that the rules made of it.
    fact: Fact | None = None
    #: Keys of the names that stand in one list with it.
    mates: set[str] = field(default_factory=set)


def lead_of(passages: Sequence[Passage]) -> list[Passage]:
    """The sentences that candidates are looked for in."""
    return [passage for passage in passages if passage.is_lead][:_READ]


def candidates(read: Sequence[Passage], article: Article, facts: Sequence[Fact]) -> list[Candidate]:
    """All names of the sentences, and those of the rules' facts, in order of their first mention."""
    found: dict[str, Candidate] = {}
    sentences = 0
    for passage in read:
        place = "title" if passage.is_title else ("first", "second", "later")[min(sentences, 2)]
        sentences += not passage.is_title
        ruled = {_span_within(passage, fact): fact for fact in facts if _stands_in(passage, fact)}
        for span, finders in _spans(passage, article.language, ruled).items():
            fact = ruled.get(span)
            name = passage.text[slice(*span)]
            listed = _listed_as(name)
            value = str(fact.value) if fact else listed or name
            key = name_key(value)
            if not key:
                continue
            candidate = found.setdefault(key, Candidate(key, value, listed is not None))
            candidate.mentions.append(Mention(passage, place, *span, frozenset(finders)))
            candidate.fact = candidate.fact or fact
        _join(passage, found.values())
    return list(found.values())


def _join(passage: Passage, found: Iterable[Candidate]) -> None:
    """Tell the names of a sentence that stand in one list of each other."""
    named = [(m, candidate) for candidate in found for m in candidate.mentions if m.passage is passage]
    for (first, one), (then, other) in permutations(named, 2):
        is_near = 0 <= then.start - first.end < _JOINT and one is not other
        if is_near and are_joined(passage.text, first.end, then.start):
            one.mates.add(other.key)
            other.mates.add(one.key)


def _stands_in(passage: Passage, fact: Fact) -> bool:
    shown = fact.evidence
    return (
        shown is not None
        and shown.field == passage.field
        and passage.offset <= shown.start
        and shown.end <= passage.offset + len(passage.text)
    )


def _span_within(passage: Passage, fact: Fact) -> Span:
    assert fact.evidence is not None
    return fact.evidence.start - passage.offset, fact.evidence.end - passage.offset


def _listed_as(name: str) -> str | None:
    """The list's name of a product that is nothing else."""
    hit = next(iter(products().find(name)), None)
    return hit.id if hit and (hit.start, hit.end) == (0, len(name)) else None


def _spans(passage: Passage, language: str | None, ruled: Mapping[Span, Fact]) -> dict[Span, set[str]]:
    """Spans of a sentence, each with what found it."""
    spans: dict[Span, set[str]] = {}
    for finder, span in _found(passage.text, language):
        if _SHORTEST <= span[1] - span[0] <= _LONGEST:
            spans.setdefault(span, set()).add(finder)
    for span in ruled:
        spans.setdefault(span, set()).add("rule")
    return spans


def _found(text: str, language: str | None) -> Iterator[tuple[str, Span]]:
    yield from _known(text)
    yield from _named(text, language)
    for match in _TECHNICAL.finditer(text):
        yield "technical", match.span()
    for match in _LATIN.finditer(text):
        yield "technical", match.span("name")


def _known(text: str) -> Iterator[tuple[str, Span]]:
    listed = products().find(text)
    for hit in listed:
        if not any(other.start <= hit.start and hit.end < other.end for other in listed):
            yield "list", (hit.start, hit.end)
    for hit in organisations().find(text):
        yield "organisation", (hit.start, hit.end)
        made = with_device(text, hit.start, hit.end)
        if made[1] > hit.end:
            yield "device", made
    for hit in heard().find(text):
        yield "heard", (hit.start, hit.end)


def _named(text: str, language: str | None) -> Iterator[tuple[str, Span]]:
    shown = shown_names(text, language)
    for name in shown:
        yield "quoted", (name.start, name.end)
    for name in find_names(text, language):
        span = None if is_inside(name, shown) else cut_name(text, name, language)
        if span is not None:
            verb = _VERB.search(text, *span)
            yield "name", (span[0], verb.start() if verb else with_number(text, span[1]))


@lru_cache(maxsize=1)
def heard() -> Gazetteer:
    """Names that people of the field have heard of (data/heard.toml)."""
    return Gazetteer({name: [name] for name in sorted(_heard_names())})


@lru_cache(maxsize=1)
def heard_keys() -> frozenset[str]:
    """Their keys."""
    return frozenset(map(name_key, _heard_names()))


def _heard_names() -> set[str]:
    return {name.strip() for names in load("heard").values() for name in names.split(",")}
