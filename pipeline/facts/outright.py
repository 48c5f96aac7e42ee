"""Whom a sentence shows as hit in so many words, wherever he stands: "against X", a public body behind the verb."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from pipeline.facts.described import described
from pipeline.facts.joined import with_more
from pipeline.facts.marks import STRONG, is_quoted, is_strong
from pipeline.facts.objects import direct_object, is_many
from pipeline.facts.patterns import Trigger
from pipeline.facts.roles import Actor
from pipeline.facts.telling import Telling, covers, with_others
from pipeline.facts.voice import BY_WHOM
from pipeline.text.names import Name, organisations

#: Languages that put the participle behind whom it hits ("hat den Mann … verurteilt").
_FRAMING = frozenset({"de", "nl"})
_AUXILIARY_BEFORE = re.compile(r"(?<!\w)(?:hat|haben|heeft|hebben)\s")
_SENTENCED = re.compile(r"(?:verurteilt|veroordeeld)(?!\w)")
#: What may stand between a verb and whom it hits.
_GAP = re.compile(
    r"\s?(?:the\s|la\s|le\s|les\s|l['’]|der\s|die\s|das\s|den\s|el\s|il\s|o\s|a\s|de\s|het\s)?", re.IGNORECASE
)
#: "the police authority | was | fined for".
_BE_GAP = re.compile(
    r"\s(?:(?:is|was|has been|est|a été|wurde|wird|è stata|ha sido|fue|foi|werd|is)\s)?", re.IGNORECASE
)
#: Public bodies, which act more often than they are hit.
_BODIES = frozenset({"regulator", "ministry", "police", "cyber", "government"})
#: What one state, or a union of them, does to another.
_OF_STATES = frozenset({"lawsuit", "formal_notice", "fine"})


def said_outright(sentence: Telling) -> list[Name]:
    """Whom the words show whatever stands around them: a public body, who is described right there, "against X"."""
    s = sentence
    if body := _body_hit(s.text, s.trigger, s.span, s.found, s.chosen):
        return [body]
    if framed := _framed(s):
        return [framed]
    if told := _told(s):
        return with_more(s.text, s.names, told, s.language)
    if s.trigger.form == "suffers" and s.description and is_quoted(s.text, s.description[0]):
        return s.description  # the name in quotation marks behind who he is
    strong = next((n for n in s.names if is_strong(s.text, n, s.span, s.language)), None)
    if strong is None:
        return []
    return s.description if covers(s.description, strong, s.language) else with_others(s, strong)


def _body_hit(
    text: str, trigger: Trigger, span: tuple[int, int], found: Sequence[Actor], chosen: Sequence[Actor]
) -> Name | None:
    """ "fined the Swedish Police Authority": a public body right behind the verb is whom another one hits, and right
    before a participle with its cause the one that suffers it."""
    for actor in found:
        if actor in chosen or actor.level not in _BODIES:
            continue
        is_object = trigger.form == "acts" and bool(chosen) and _GAP.fullmatch(text, span[1], actor.start)
        if actor.level == "government" and not (is_object and trigger.measure in _OF_STATES):
            continue
        is_subject = trigger.form == "suffers" and _BE_GAP.fullmatch(text, actor.end, span[0])
        if is_object or (is_subject and BY_WHOM.match(text, span[1])):
            return Name(text[actor.start : actor.end], actor.start, actor.end)
    return None


def _framed(sentence: Telling) -> Name | None:
    """ "Das Gericht hat den 29-jährigen Mann wegen … zu … verurteilt": who stands behind the auxiliary."""
    s = sentence
    if (s.language or "")[:2] not in _FRAMING or not _SENTENCED.search(s.text, s.span[0]):
        return None
    frames = list(_AUXILIARY_BEFORE.finditer(s.text, 0, s.span[0]))
    if not frames or not any(a.end <= frames[-1].start() for a in s.found):
        return None
    start = frames[-1].end()
    somebody = described(s.text, replace(s.trigger, form="acts"), (start, start), s.language)
    names = [n for n in s.names if n.start >= start and n.end <= s.span[0] and not is_quoted(s.text, n)]
    first = somebody[0] if somebody and somebody[0].end <= s.span[0] else None
    if first is None:
        return names[0] if names and " " in names[0].text else None
    is_his = (0 <= n.start - first.end <= 1 or (n.end <= first.start and " " in n.text) for n in names)
    return next((n for n, his in zip(names, is_his, strict=True) if his), first)


def _told(sentence: Telling) -> list[Name]:
    """Who stands right behind the words, or behind what leads to him, without a name nearer to them."""
    s = sentence
    told = direct_object(s.text, s.trigger, s.span, s.language, s.everybody)
    if not told or any(s.span[1] <= n.start < told[0].start for n in s.names):
        return []
    return [] if _is_named_elsewhere(s.text, told[0], s.names, s.span) else told


def _is_named_elsewhere(text: str, told: Name, names: Sequence[Name], span: tuple[int, int]) -> bool:
    """ "bans several vendors" beside their names: in a clause before it, or behind "on" later in the sentence."""
    if not is_many(text, told):
        return False
    known = [n for n in names if n.end <= span[0] and organisations().find(n.text)]
    later = [n for n in names if n.start > told.end]
    return len(known) > 1 or any(STRONG.search(text[max(0, n.start - 60) : n.start]) for n in later)
