"""What a name looks like to the judge of products: its words, what stands around it, and what else the article names.

Marks are short texts, "right near: flaw", that the weights are kept under (data/products.npz).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from pipeline.facts.actors import actors
from pipeline.facts.at_flaw import tells_of_flaw
from pipeline.facts.candidates import Candidate, Mention, heard_keys
from pipeline.facts.nicknames import nicknames
from pipeline.facts.patterns import load
from pipeline.facts.product import is_platform, surroundings
from pipeline.facts.product_names import doubts
from pipeline.facts.product_places import signs
from pipeline.facts.spans import Passage
from pipeline.facts.unlisted import is_namesake
from pipeline.model import Article
from pipeline.text.cues import CueClasses
from pipeline.text.names import maker, name_key, organisations
from pipeline.text.names.words import is_common
from pipeline.text.scripts import UNSPACED_LETTER
from pipeline.text.tags import primary

#: Code points and words on each side that are read.
_AROUND, _WORDS = 60, 7
#: "next", "near", "far" by how many words away.
_DISTANCES = ("next", "near", "near+", "near+", "far", "far", "far")
#: Mentions of one name that are looked at.
_MENTIONS = 3
_SIGNS = {
    sign: name
    for name, signs_ in {
        "colon": ":：", "dash": "-–—|‑", "quote": "\"“”«»„「」『』‘’'", "bracket": "(（)）", "comma": ",，、;；/",
        "stop": ".。!?！？…",
    }.items()
    for sign in signs_
}  # fmt: skip
_OWNS = re.compile(r"['’]s?\b")
_VERSION = re.compile(r"\s?(?:<|≤|v?\d+(?:\.[\dx]+)+)")
_CAMEL = re.compile(r"[a-z][A-Z]")
_SMALL_WORD = re.compile(r"(?<![\w'’-])[a-zà-ÿа-я][\w'’-]*")
_WORD = re.compile(r"[^\W\d_][\w'’-]*")
_SHORT_WORD, _ACRONYM = 2, 5


def all_marks(found: Sequence[Candidate], read: Sequence[Passage], article: Article) -> list[set[str]]:
    """Marks of each candidate, in the same order; those that do not ask what the rules made of it."""
    flaws = frozenset(nicknames(read))
    sentences = {id(passage): _Sentence(passage, article) for passage in read}
    small = {word for passage in read for word in _SMALL_WORD.findall(passage.text)}
    marked = []
    for candidate in found:
        marks = {"any", f"times {min(4, len(candidate.mentions))}"}
        for mention in candidate.mentions[:_MENTIONS]:
            sentence = sentences[id(mention.passage)]
            marks.update(sentence.classes)
            marks.update(_marks_of(mention, sentence, flaws, article.language))
        marks.update(_in_small_letters(candidate.value, small))
        marks.update(_beside_others(candidate, found))
        marks.add(f"names {min(4, len(found) // 3)}")
        marked.append(marks)
    return marked


class _Sentence:
    """What the mentions of one sentence share."""

    def __init__(self, passage: Passage, article: Article) -> None:
        self.countries = [(actor.start, actor.end) for actor in actors(passage.text, article.language)]
        classes = {name for word in _cues().words(passage.text) for name in _classes(word.mask)}
        self.classes = {f"says: {name}" for name in classes}
        if tells_of_flaw(passage, article):
            self.classes.add("tells of a flaw")


def _marks_of(mention: Mention, sentence: _Sentence, flaws: frozenset[str], language: str | None) -> Iterator[str]:
    text, start, end = mention.passage.text, mention.start, mention.end
    where = "title" if mention.passage.is_title else "text"
    yield f"in {mention.place}"
    yield from _neighbours(text, start, end, where)
    yield from _shape(mention.name, language)
    yield from _known(mention.name, where)
    if start == 0:
        yield f"opens {where}"
    yield f"{where} quarter {min(3, 4 * start // max(1, len(text)))}"
    for finder in sorted(mention.finders - {"rule"}):
        yield f"found: {finder}"
        yield f"{where} found: {finder}"
    yield from (f"against: {doubt}" for doubt in doubts(text, start, end, flaws))
    yield from (f"for: {sign}" for sign in signs(text, start, end, language))
    yield from (f"around: {word}" for word in surroundings(text, start, end))
    if any(begin < end and start < stop for begin, stop in sentence.countries):
        yield "against: actor"


def _neighbours(text: str, start: int, end: int, where: str) -> Iterator[str]:
    """Signs and classes of words on both sides."""
    before, after = text[max(0, start - _AROUND) : start], text[end : end + _AROUND]
    if _OWNS.match(after):
        yield "owns"
    if _VERSION.match(after):
        yield "version"
    last, first = before.rstrip(" ")[-1:], after.lstrip(" ")[:1]
    for side, sign in (("left", _sign(last)), ("right", _sign(first))):
        yield f"{side} {sign}"
        yield f"{where} {side} {sign}"
    for side, words in (("left", _cues().words(before)[: -_WORDS - 1 : -1]), ("right", _cues().words(after)[:_WORDS])):
        seen: set[str] = set()
        for number, word in enumerate(words):
            for name in _classes(word.mask):
                if name in seen and number:
                    continue
                seen.add(name)
                yield f"{side} {_DISTANCES[number]}: {name}"
                if number <= 1:
                    yield f"{where} {side}: {name}"
        if words and not words[0].mask:
            yield f"{side} next: other"


def _sign(sign: str) -> str:
    if not sign:
        return "end"
    if sign in _SIGNS:
        return _SIGNS[sign]
    return "space" if sign.isspace() else "ideograph" if UNSPACED_LETTER.match(sign) else "letter"


def _shape(name: str, language: str | None) -> Iterator[str]:
    words = name.split(" ")
    yield f"words {min(len(words), 4)}"
    if name.isupper():
        yield "acronym" if len(name) <= _ACRONYM else "shouted"
    told = {
        "small": name.islower(),
        "digit": any(c.isdigit() for c in name),
        "camel": _CAMEL.search(name),
        "hyphen": "-" in name,
        "ideographs": UNSPACED_LETTER.search(name),
    }
    yield from (f"shape: {shape}" for shape, holds in told.items() if holds)
    tag = primary(language, "en")
    common = sum(is_common(word, tag) or is_common(word, "en") for word in words)
    yield f"common words: {_how_many(common, len(words))}"


def _known(name: str, where: str) -> Iterator[str]:
    """Whether people of the field have heard of the name, alone, behind its maker or in a part."""
    words, keys = name.split(" "), heard_keys()
    owner = next((hit for hit in organisations().find(name) if hit.start == 0), None)
    made = name_key(name[owner.end :].strip()) if owner and owner.end < len(name) else ""
    if name_key(name) in keys:
        yield from ("heard", f"{where} heard")
        if is_common(name, "en"):
            yield "heard: a word"
    elif made and made in keys:
        yield from ("heard", "heard: behind its maker")
    elif any(name_key(" ".join(words[:count])) in keys for count in range(1, len(words))):
        yield "heard: its beginning"
    elif len(words) > 1 and name_key(words[-1]) in keys:
        yield "heard: its end"
    else:
        yield from ("unheard", f"{where} unheard")


def _in_small_letters(name: str, small: set[str]) -> Iterator[str]:
    """Whether the text has the words of a name without capitals, too: "Stable Channel" for "the stable channel"."""
    words = [word.lower() for word in _WORD.findall(name) if len(word) > _SHORT_WORD and not word.islower()]
    told = [word in small or f"{word}s" in small or word.rstrip("s") in small for word in words]
    if words:
        last = words[-1] in small and not all(told)
        yield f"in small letters: {'last' if last else _how_many(sum(told), len(words))}"


def _how_many(count: int, of: int) -> str:
    return "all" if count == of else "some" if count else "none"


def _beside_others(candidate: Candidate, found: Sequence[Candidate]) -> Iterator[str]:
    """What else the article names."""
    places = {mention.place for mention in candidate.mentions}
    where = "both" if "title" in places and len(places) > 1 else "title" if "title" in places else "text"
    yield f"stands in {where}"
    others = [other for other in found if other is not candidate]
    if candidate.mates:
        yield "mate"
        yield "mate heard" if any(is_heard(o) for o in others if o.key in candidate.mates) else "mates unheard"
    yield from _heard_beside(candidate, others, where)
    if any(is_within(candidate.key, other.key) for other in others):
        yield "within a longer one"
    shorter = [other for other in others if is_within(other.key, candidate.key)]
    if shorter:
        yield "holds a shorter one"
    if any(other.is_listed for other in shorter):
        yield "holds a listed one"
    if candidate.is_listed:
        yield "listed"
        yield "listed: platform" if is_platform(candidate.value) else "listed: program"
    yield from _is_organisation(candidate, others)


def _heard_beside(candidate: Candidate, others: Sequence[Candidate], where: str) -> Iterator[str]:
    """Whether another name that people have heard of stands in the title, or anywhere."""
    known = [o for o in others if is_heard(o) and not is_within(o.key, candidate.key)]
    mine = f"{'heard' if is_heard(candidate) else 'unheard'} in {'text' if where == 'text' else 'title'}"
    for place, there in (
        ("title", [o for o in known if any(m.passage.is_title for m in o.mentions)]),
        ("text", known),
    ):
        if there:
            yield f"another heard in {place}"
            yield f"another heard in {place}, {mine}"
            return
    yield "alone heard" if is_heard(candidate) else "none heard"


def _is_organisation(candidate: Candidate, others: Sequence[Candidate]) -> Iterator[str]:
    hit = next(iter(organisations().find(candidate.value)), None)
    if hit is None or hit.start:
        return
    if hit.end < len(candidate.value):
        yield "begins with a maker"
        return
    yield "organisation"
    yield "organisation: namesake" if is_namesake(hit.id) else "organisation: maker"
    if any(maker(other.value) == hit.id for other in others):
        yield "organisation: its product is named"


def is_heard(candidate: Candidate) -> bool:
    """Whether a list has the name, or people have heard of it."""
    return candidate.is_listed or candidate.key in heard_keys()


def is_within(shorter: str, longer: str) -> bool:
    """Whether a key stands in another, word by word; no key stands in itself."""
    return shorter != longer and f" {shorter} " in f" {longer} "


@lru_cache(maxsize=1)
def _cues() -> CueClasses:
    """Classes of words around names (data/product_cues.toml)."""
    return CueClasses(load("product_cues"))


@lru_cache(maxsize=4096)
def _classes(mask: int) -> tuple[str, ...]:
    return tuple(name for number, name in enumerate(_cues().names) if mask >> number & 1)
