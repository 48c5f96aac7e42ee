"""What shows that a measure hits somebody, or that it does not: where he stands, among which words, what he is called.

A clue is a few words ("behind noun form"), and most say so of one dress: a name, a name with its legal form, what
somebody is, words without capitals. Its weight is learned (bench/train_targets.py).
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator, Sequence
from functools import lru_cache

from pipeline.facts.described import PERSON_TAIL, clause_start, is_description
from pipeline.facts.forms import has_form
from pipeline.facts.hittable import NO_NAMES, OF_SOMEBODY
from pipeline.facts.parties import ANYBODY, without_kind
from pipeline.facts.patterns import load
from pipeline.facts.scene import Scene, Surroundings
from pipeline.facts.target_candidates import Candidate
from pipeline.text.names import Name
from pipeline.text.names.words import is_common, is_listed
from pipeline.text.normalise import FIRST_IDEOGRAPH, fold

#: Clues are told apart by numbers below this.
SIZE = 8192
_WORDS = load("target_clues")
_BEFORE = ("onto", "by", "of", "place", "other", "called")
_BEHIND = ("suffers", "says", "of", "place", "by")
#: Languages whose words are not told by spaces, or hang on others.
_BY_LETTERS = frozenset({"zh", "ja", "ko", "yue", "ar"})
_QUOTES = " „“«\"'‘「"
#: Ways of finding somebody that give no name.
_OF_ROLES = frozenset({"role", "role+", "word"})


def clue_numbers(scene: Scene, found: Sequence[Candidate]) -> list[list[int]]:
    """The numbers of the clues of each candidate, ascending."""
    around = Surroundings(scene, found)
    return [sorted({zlib.crc32(clue.encode()) % SIZE for clue in clues(around, c)}) for c in found]


def clues(around: Surroundings, c: Candidate) -> Iterator[str]:
    """The clues of one candidate."""
    dress = _dress(c)
    place = "title" if c.index == 0 else f"lead{min(c.index, 3)}"
    yield "bias"
    yield dress
    yield f"{dress} {place}"
    yield from (f"way {way}" for way in c.found)
    yield from _of_name(around, c, dress)
    yield from _of_place(around, c, dress, place)
    yield from _of_words(around, c, dress)
    yield from _of_measure(around, c, dress)
    yield from _of_sum(around, c)
    yield from _of_authorities(around, c)
    yield from _of_mentions(around, c, dress)
    yield from _of_forms(around, c, dress)
    yield from _of_rules(around, c, dress)
    yield from _of_list(around, c, dress)
    yield from _of_roles(around, c, dress)


def _dress(c: Candidate) -> str:
    name = c.name.text
    if has_form(name):
        return "form"
    if ord(name[0]) >= FIRST_IDEOGRAPH:
        return "cjk role" if is_description(name) else "cjk"
    if c.found <= _OF_ROLES or not any(word[:1].isupper() for word in name.split()):
        return "word" if "word" in c.found else "role"
    return "role name" if c.found & {"role", "role+"} else "name"


@lru_cache(maxsize=1)
def _places() -> frozenset[str]:
    return frozenset(map(fold, load("places")["names"]))


def _of_name(around: Surroundings, c: Candidate, dress: str) -> Iterator[str]:
    """Of its words and letters, and of what lists know of it."""
    name, words = c.name.text, c.name.text.split()
    yield f"words {min(len(words), 6)} {dress}"
    yield f"letters {min(len(name) // 4, 8)} {'cjk' if dress.startswith('cjk') else ''}"
    known = {
        "place": fold(name) in _places(),
        "nobody": name.casefold() in NO_NAMES,
        "anybody": ANYBODY.match(name),
        "known organisation": around.is_known(c, around.organisations),
        "known product": around.is_known(c, around.products),
        f"digits {dress}": any(letter.isdecimal() for letter in name),
        "number first": name[0].isdecimal(),
        "person tail": PERSON_TAIL.search(name),
        "capitals": name.isupper() and len(name) > 1,
        f"mixed {words[0].islower()}": words[0].islower() != words[-1].islower(),
    }
    yield from (clue for clue, holds in known.items() if holds)
    yield from _of_commonness(around, words)


def _of_commonness(around: Surroundings, words: Sequence[str]) -> Iterator[str]:
    """Whether a word is one of the language, whether two or three look like the name of a person."""
    tag = around.tag
    if len(words) == 1 and words[0][0].isupper():
        listed, common = is_listed(words[0], tag), is_common(words[0], tag)
        yield "common word" if listed else "common ending" if common else "uncommon word"
    if len(words) in (2, 3) and all(word[:1].isupper() and word.isalpha() for word in words):
        yield "full name"
        if not any(is_listed(word, tag) for word in words):
            yield f"full name of uncommon words {around.measure}"


def _of_place(around: Surroundings, c: Candidate, dress: str, place: str) -> Iterator[str]:
    """Of its place in the sentence: whether it, or the list it is one of, opens it, of colons and quotation marks."""
    text, name = c.passage.text, c.name
    before = _in_front(around, c)
    if len(before) < 5 and (not before or before.isalpha()):
        opens = "opens behind article" if before else "opens"
        yield f"{opens} {dress}"
        yield f"{opens} {place} {bool(around.measures[c.passage.place])}"
    if before.endswith(":"):
        yield f"behind colon {place}"
    if text[name.end :].lstrip()[:1] == ":":
        yield f"before colon {place}"
    yield f"sixth {6 * name.start // max(1, len(text))} {place}"
    if not text[name.end :].strip(' .»”"!'):
        yield f"closes {dress}"
    if name.start and text[name.start - 1] in "„“«\"'‘「『《":
        yield f"quoted {dress} {place}"


def _in_front(around: Surroundings, c: Candidate) -> str:
    """What stands in front of somebody, or of the list that he is one of."""
    first = around.group_of(c)[0]
    return c.passage.text[: min(first.start, c.name.start)].strip(_QUOTES)


def _of_words(around: Surroundings, c: Candidate, dress: str) -> Iterator[str]:
    """Of the words before and behind him, or the list he is one of: by what they mean, and each by itself."""
    text, group = c.passage.text, around.group_of(c)
    start, end = (group[0].start, group[-1].end) if len(group) > 1 else (c.name.start, c.name.end)
    if around.tag in _BY_LETTERS:
        yield from _of_letters(text, start, end, around.tag, dress)
        return
    tag = around.tag
    before, behind = _words_before(text, start), _words_behind(text, end)
    meant = [f"b {kind}" for kind in _BEFORE if before[-1] in _listed(kind, tag)] or [f"b {_shape(before[-1])}"]
    ends = [f"a {kind}" for kind in _BEHIND if behind[0] in _listed(kind, tag)] or [f"a {_shape(behind[0])}"]
    for clue in (*meant, *ends):
        yield clue
        yield f"{clue} {dress}"
    yield from (f"{one} & {other}" for one in meant for other in ends)
    yield f"{tag} b={before[-1]}"
    yield f"{tag} b={before[-1]} {dress}"
    yield f"{tag} bb={before[-2]} {before[-1]}"
    yield f"{tag} a={behind[0]}"
    yield f"{tag} aa={behind[0]} {behind[1]}"
    if len(before[-1]) < 5:  # an article
        yield from (f"b2 {kind}" for kind in _BEFORE if before[-2] in _listed(kind, tag))
    if OF_SOMEBODY.search(text[max(0, c.name.start - 48) : c.name.start]):
        yield f"of somebody {dress}"
    if without_kind(text, c.name.start, around.scene.language) < c.name.start:
        yield f"behind kind {dress}"


def _of_letters(text: str, start: int, end: int, tag: str, dress: str) -> Iterator[str]:
    """The same where no space parts the words."""
    before, behind = text[max(0, start - 6) : start], text[end : end + 6]
    told = [f"b {kind}" for kind in _BEFORE if before.rstrip().endswith(tuple(_listed(kind, tag)))]
    told += [f"a {kind}" for kind in _BEHIND if behind.lstrip().startswith(tuple(_listed(kind, tag)))]
    for clue in told:
        yield clue
        yield f"{clue} {dress}"
    for count in (1, 2, 3):
        yield f"{tag} b={before[-count:]}"
        yield f"{tag} a={behind[:count]}"
    yield f"{tag} b={before[-1:]} a={behind[:1]}"
    yield f"{tag} b={before[-2:]} a={behind[:2]}"


@lru_cache(maxsize=512)
def _listed(kind: str, tag: str) -> frozenset[str]:
    return frozenset(_WORDS[kind].get(tag, "").split())


_WORD_BEFORE, _WORD_BEHIND = re.compile(r"[^\W_][\w-]*['’]?|[^\w\s]"), re.compile(r"[^\W_][\w'’-]*|[^\w\s]")
#: So far around a name its words are looked at, in code points.
_WINDOW = 40


def _words_before(text: str, start: int) -> list[str]:
    return ["^", "^", *_WORD_BEFORE.findall(text[max(0, start - _WINDOW) : start].casefold())][-2:]


def _words_behind(text: str, end: int) -> list[str]:
    return [*_WORD_BEHIND.findall(text[end : end + _WINDOW].casefold()), "$", "$"][:2]


def _shape(word: str) -> str:
    if not word[0].isalnum():
        return word
    return "number" if word[0].isdecimal() else "short" if len(word) < 5 else "long"


_CLAUSE = re.compile(r"[;:|。；]|[,，、]|\s[-–—]\s|[«»“”„\"]")
#: Measures that hit other people than most.
_TELLING = frozenset({"designation", "asset_freeze", "ban", "fine"})


def _of_measure(around: Surroundings, c: Candidate, dress: str) -> Iterator[str]:
    """Of the side of the measure's words that he stands on, the way to them, and the order with who decides."""
    text, name, found = c.passage.text, c.name, around.measures[c.passage.place]
    if not found:
        place = next((i for i, p in enumerate(around.scene.read) if p is c.passage), 0)
        yield f"no measure {dress} {max(-2, min(2, place - around.first))}"
        return
    best = min(found, key=lambda f: _gap(name, *f.span))
    (start, end), form = best.span, best.trigger.form
    side = "before" if name.end <= start + 2 else "behind" if name.start >= end - 1 else "across"
    between = text[name.end : start] if side == "before" else text[end : name.start] if side == "behind" else ""
    way = _length(len(between) // 2 if dress.startswith("cjk") else len(between.split()))
    measure = best.trigger.measure
    kind = "personal" if measure in ("sentence", "conviction") else measure if measure in _TELLING else "-"
    yield f"measure here {dress}"
    yield f"{side} {form}"
    yield f"{side} {form} {way}"
    yield f"{side} {form} cuts {min(2, len(_CLAUSE.findall(between)))}"
    yield f"{side} {form} {dress}"
    yield f"{side} {way} {dress}"
    yield f"{kind} {dress}"
    yield f"{kind} {side} {form}"
    yield f"{around.tag} {side} {form}"
    if side == "across":
        yield f"across {form} {name.start >= start and name.end <= end}"
    if side == "before" and name.start >= clause_start(text, start):
        yield f"last clause {form}"
    yield from _of_order(around, c, dress, start, f"{side} {form}", form)


def _of_order(around: Surroundings, c: Candidate, dress: str, measure: int, side: str, form: str) -> Iterator[str]:
    """In which order he, the measure and who may have decided it stand."""
    name = c.name
    theirs = [a for a in around.actors[c.passage.place] if a.id in around.deciding or a.level in ("court", "regulator")]
    if not theirs:
        yield f"no actor {side}"
        return
    actor = min(theirs, key=lambda a: _gap(name, a.start, a.end))
    order = "".join(who for _, who in sorted(((name.start, "T"), (measure, "M"), (actor.start, "A"))))
    yield f"order {order} {form}"
    yield f"order {order} {dress}"
    yield f"{around.tag} order {order} {form}"


def _of_sum(around: Surroundings, c: Candidate) -> Iterator[str]:
    sums = [q for q in around.scene.numbers.get(c.passage.place, ()) if q.kind == "amount"]
    if sums:
        near = min(sums, key=lambda q: _gap(c.name, q.start, q.end))
        side = "before" if near.start < c.name.start else "behind"
        yield f"sum {side} {min(4, _gap(c.name, near.start, near.end) // 8)}"


def _length(words: int) -> str:
    """How long a way is, in steps."""
    return next(str(step) for step in (8, 4, 2, 1, 0) if words >= step)


def _gap(name: Name, start: int, end: int) -> int:
    return max(start - name.end, name.start - end, 0)


def _of_authorities(around: Surroundings, c: Candidate) -> Iterator[str]:
    name = c.name
    for actor in around.actors[c.passage.place]:
        if actor.start < name.end and name.start < actor.end:
            which = "deciding" if actor.id in around.deciding else actor.level
            yield f"actor {which} {name.start >= actor.start and name.end <= actor.end}"


def _of_mentions(around: Surroundings, c: Candidate, dress: str) -> Iterator[str]:
    """How often he is named, in how many sentences, in the title too, elsewhere in short."""
    folded = fold(c.name.text)
    here, words = around.whole.count(folded), folded.split()
    yield f"times {min(here, 4)} {dress}"
    yield f"sentences {min(sum(folded in text for text in around.texts), 3)} {dress}"
    if c.index and folded in around.texts[0]:
        yield f"in title too {dress}"
    if len(words) > 1 and len(words[0]) > 3 and around.whole.count(words[0]) > here:
        yield f"short form elsewhere {dress}"


def _of_forms(around: Surroundings, c: Candidate, dress: str) -> Iterator[str]:
    """What names with a legal form there are beside him."""
    if dress == "form":
        yield f"one of {min(3, len({f.name.text for f in around.forms}))} forms"
    elif around.forms:
        part = any(fold(c.name.text) in fold(f.name.text) for f in around.forms)
        yield "part of form" if part else f"forms elsewhere {dress}"


def _of_rules(around: Surroundings, c: Candidate, dress: str) -> Iterator[str]:
    """Whether the rules name him, somebody else or nobody."""
    if around.scene.told is None:
        return
    folded = fold(c.name.text)
    if not around.told:
        yield f"rules silent {dress}"
        yield f"rules silent {around.tag}"
    elif (c.passage.place, c.name.start, c.name.end) in around.told_spans:
        yield from _told_by_rules(around, c, dress)
    elif folded in around.told:
        yield f"rule elsewhere {dress}"
    elif any(folded in told for told in around.told):
        yield f"within rule {dress}"
    elif any(told in folded for told in around.told):
        yield f"around rule {dress}"
    else:
        other = f"rule names a {'role' if around.is_role_told else 'name'}, this {dress}"
        yield f"not rule {dress}"
        yield other
        if c.index == 1 and not _in_front(around, c):
            yield f"{other} opens lead"


def _told_by_rules(around: Surroundings, c: Candidate, dress: str) -> Iterator[str]:
    yield "rule"
    yield f"rule {dress}"
    yield f"rule {around.tag}"
    yield f"rule {'title' if c.index == 0 else 'lead'} {dress}"
    yield f"rule of {len(around.told)}"
    yield f"rule, forms {bool(around.forms)} {dress}"
    if around.roles_ending_in(c):
        yield f"rule within role {dress}"
    if fold(c.name.text) in _places():
        yield "rule place"
    if not c.passage.text[: c.name.start].strip(_QUOTES):
        yield f"rule opens {dress} {len(c.name.text.split()) > 1}"


def _of_list(around: Surroundings, c: Candidate, dress: str) -> Iterator[str]:
    """Of the list of names that he is one of."""
    group = around.group_of(c)
    if len(group) > 1:
        where = "first" if group[0].start == c.name.start else "last" if group[-1].end == c.name.end else "middle"
        yield f"list {where} {dress}"
        yield f"list {min(4, len(group))}"
        yield f"list {any((n.start, n.end) == (c.name.start, c.name.end) for n in group)}"


def _of_roles(around: Surroundings, c: Candidate, dress: str) -> Iterator[str]:
    """Whether he is only part of who somebody is said to be."""
    name = c.name
    if inside := around.roles_ending_in(c):
        yield f"within role {dress}"
        yield f"within role {dress} {name.text[:1].isupper()} {any(r.name.end == name.end for r in inside)}"
    longer = [
        r for r in around.roles if r.passage is c.passage and r.name.start == name.start and name.end < r.name.end
    ]
    if longer:
        yield f"goes on {dress}"
        yield f"goes on to a name {any(r.name.text.split()[-1][:1].isupper() for r in longer)} {dress}"
