"""The authorities that a sentence names: listed ones, and those that say by their words what they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from pipeline.facts.patterns import Authority, authorities, capacities, load, spoken
from pipeline.facts.roles import ANNOUNCED, BY, Actor, is_subject, words_before
from pipeline.text.normalise import fold

_VERB_IN_NAME = re.compile(r"(?<!\w)(?!King|Beijing|Nanjing|Reading)[A-Z]\w+ing\s|\b(?:Accuses|Asks|Tells|Sues)\s")
#: Capacities without a name, which the name of the body replaces where the lead has it.
_BARE = frozenset(load("deciding")["bare"])
_ORIGINS = frozenset(load("people")["origin"])
_ARTICLE = re.compile(
    r"(?:The|Le|La|El|Il|De|Het|Der|Die|Das|O|A|At|In|By|From|Before|Under|On|And|But|When|After|While)\s(?=\w)"
)
#: Levels whose listed names win over a pattern around them.
_NAMED = frozenset({"regulator", "ministry", "international", "prosecutor"})
#: "上海市 | 网信办": the office of a city or a province is not the one of the state.
_LOCAL = re.compile(r"[省市区县州]$")
#: "各通信管理局", "相关监管机构": any of a kind, none by itself.
_EACH = re.compile(r"各|有关|相关|地方|当地|多家")


@lru_cache(maxsize=64)
def actors(text: str, language: str | None = None) -> tuple[Actor, ...]:
    """All authorities a sentence names, in order; the longer where two overlap."""
    gazetteer, entries = authorities()
    found = [Actor(h.id, entries[h.id].level, h.start, h.end) for h in gazetteer.find(text)]
    for capacity in (c for tag in spoken(language) for c in capacities(tag)):
        for match in capacity.words.finditer(text):
            start = match.start() + len((_ARTICLE.match(match[0]) or [""])[0])
            actor = Actor(text[start : match.end()], capacity.level, start, match.end(), listed=False)
            is_phrase = capacity.level == "court" and _VERB_IN_NAME.search(match[0])  # "Violating Acme Court"
            if _EACH.match(text, start):
                continue
            if not is_phrase and not _is_named(text, actor, found) and _stands_alone(text, actor):
                found.append(actor)
    found.sort(key=lambda a: (-(a.end - a.start), not a.listed, a.start))
    kept: list[Actor] = []
    for actor in found:
        if not any(actor.start < k.end and k.start < actor.end for k in kept):
            kept.append(actor)
    return tuple(sorted((a for a in kept if not _is_title_of(a, kept)), key=lambda a: a.start))


def is_bare(actor: Actor) -> bool:
    """Whether the words say what somebody is, perhaps where, and not who ("a court", "Australian court")."""
    *origin, last = actor.id.lower().split() or [""]
    return not actor.listed and last in _BARE and all(word in _ORIGINS for word in origin)


def is_unnamed(actor: Actor) -> bool:
    """Whether the words say what somebody is, or only whose justice it was ("القضاء المصري", "la justice belge")."""
    return is_bare(actor) or (
        not actor.listed and actor.level == "court" and _JUSTICE_OF.fullmatch(actor.id) is not None
    )


#: "the Egyptian judiciary": which court it was the lead may say.
_JUSTICE_OF = re.compile(r"(?:القضاء|justice|justicia) \w+", re.IGNORECASE)


def _is_named(text: str, actor: Actor, found: Sequence[Actor]) -> bool:
    """Whether a list names it already, in the same words or right before the bracket ("ICO (Information …)")."""
    listed = [a for a in found if a.listed and a.level in _NAMED and a.start < actor.end]
    if any(_LOCAL.search(text[actor.start : a.start]) for a in listed):
        return False
    return any(actor.start < a.end or text[a.end : actor.start].strip() == "(" for a in listed)


def _stands_alone(text: str, actor: Actor) -> bool:
    """Whether words that name nobody may decide: a bare "court" only as the subject, or behind "by"."""
    if not is_bare(actor) or actor.level != "court":
        return True
    before = words_before(text, actor)
    return is_subject(text, actor) or bool(BY.search(before) or ANNOUNCED.search(before))


def _is_title_of(actor: Actor, others: Sequence[Actor]) -> bool:
    """ "The watchdog | BaFin": whether the words only say what the body is that is named right behind them."""
    return is_bare(actor) and any(o.start == actor.end + 1 and o.level == actor.level for o in others)


#: "la présidente de la CNIL", "Předseda Úřadu": who heads a body speaks for it.
_HEAD = re.compile("|".join(load("deciding")["head"]), re.IGNORECASE)


@lru_cache(maxsize=2048)
def authority_id(name: str) -> str:
    """Id of an authority by any of its spellings; the folded name when the gazetteer lacks it."""
    name = _HEAD.sub("", name.strip())
    hits = authorities()[0].find(name)
    whole = [h for h in hits if h.end - h.start >= 0.6 * len(name)]
    return whole[0].id if whole else fold(name).strip()


def entry(name: str) -> Authority | None:
    """Gazetteer entry of an authority by its id."""
    return authorities()[1].get(name)
