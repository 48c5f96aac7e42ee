"""Bodies of several lands with one name: whose Datatilsynet, whose federal court a report speaks of."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from urllib.parse import urlsplit

from pipeline.facts.actors import actors, entry
from pipeline.facts.patterns import load
from pipeline.facts.roles import Actor
from pipeline.facts.spans import Passage
from pipeline.model import Article
from pipeline.text.gazetteer import Gazetteer
from pipeline.text.lands import find_lands
from pipeline.text.tags import primary

#: "Denmark's | Datatilsynet", "die Wiener | FMA": as far as a land says whose it is, in code points.
_BEFORE, _PARTED = 28, re.compile(r"[,.;!?()«»“”。，；]")
#: "Conseil d'État | belge", "High Court | of Kenya", "FMA | (Liechtenstein)": the next word, or what it belongs to.
_BEHIND = re.compile(
    r" \((?P<bracket>[^()]{2,24})\)| (?:(?:of|in|de|du|della?|von|des|i|av|van|у|в) )?(?P<word>[^\W\d_]+)"
)
#: Top-level domains that are no code of ISO 3166.
_NATIONAL = {"UK": "GB"}


@dataclass(frozen=True, slots=True)
class _Homonym:
    #: Id of each land's body, the usual one first; "" where the words as they stand say most.
    bodies: Mapping[str, str]
    #: Known by this name the world over, so that lands a report merely speaks of make it no other's.
    is_firm: bool


def whose(actor: Actor, who: Passage, read: Sequence[Passage], article: Article) -> Actor:
    """The body of the land that is meant, of those that share its name; the same where nothing tells.

    In this order: a land right beside the name, that of other bodies named there, that of the outlet by its address,
    the only land that the report speaks of, the land where its language is at home, the only one of theirs among those
    it speaks of.
    """
    surface = who.text[actor.start : actor.end]
    homonym = _homonym(surface)
    if homonym is None:
        return actor
    told = frozenset[str]() if homonym.is_firm else _spoken_of(read, surface)
    theirs = told & homonym.bodies.keys()
    land = (
        _only(_beside(who.text, actor) & homonym.bodies.keys())
        or _only(_of_others(read, article.language) & homonym.bodies.keys())
        or _land_of_outlet(homonym, article)
        or (_only(theirs) if theirs == told else None)
        or _home(homonym, article.language)
        or _only(theirs)
    )
    if land is None:
        return actor
    name = homonym.bodies[land]
    return replace(actor, id=name or surface, listed=bool(name))


def body_of(name: str, land: str) -> str | None:
    """Id of the body that has this name in a land (ISO 3166); None where no other land has a body of that name."""
    homonym = _homonym(name)
    return None if homonym is None else homonym.bodies.get(land)


def _only(lands: set[str] | frozenset[str]) -> str | None:
    return next(iter(lands)) if len(lands) == 1 else None


def _beside(text: str, actor: Actor) -> frozenset[str]:
    before = _PARTED.split(text[max(0, actor.start - _BEFORE) : actor.start])[-1]
    behind = _BEHIND.match(text, actor.end)
    return find_lands(before) or find_lands((behind["bracket"] or behind["word"]) if behind else "")


def _of_others(read: Sequence[Passage], language: str | None) -> frozenset[str]:
    """Lands whose bodies are named otherwise; a land's own name may be that of whom the measure hits."""
    named = (
        entry(actor.id)
        for passage in read
        for actor in actors(passage.text, language)
        if actor.listed and _homonym(passage.text[actor.start : actor.end]) is None
    )
    governments = load("homonyms")["governments"]
    return frozenset(body.country for body in named if body and (body.level != "government" or body.id in governments))


def _spoken_of(read: Sequence[Passage], surface: str) -> frozenset[str]:
    """Lands that the report names, not counting what the body's name says of itself."""
    return find_lands(" ".join(passage.text.replace(surface, " ") for passage in read))


def _land_of_outlet(homonym: _Homonym, article: Article) -> str | None:
    host = urlsplit(article.url or article.feed).hostname or ""
    code = host.rpartition(".")[2].upper()
    code = _NATIONAL.get(code, code)
    return code if code in homonym.bodies else None


def _home(homonym: _Homonym, language: str | None) -> str | None:
    land: str | None = load("homonyms")["home"].get(primary(language))
    return land if land in homonym.bodies else None


def _homonym(surface: str) -> _Homonym | None:
    gazetteer, homonyms = _table()
    hits = gazetteer.find(surface)
    is_whole = len(hits) == 1 and hits[0].end - hits[0].start == len(surface)
    return homonyms[hits[0].id] if is_whole else None


@lru_cache(maxsize=1)
def _table() -> tuple[Gazetteer, dict[str, _Homonym]]:
    rows = {row["spellings"][0]: row for row in load("homonyms")["homonym"]}
    homonyms = {name: _Homonym(row["bodies"], row.get("firm", False)) for name, row in rows.items()}
    return Gazetteer({name: row["spellings"] for name, row in rows.items()}), homonyms
