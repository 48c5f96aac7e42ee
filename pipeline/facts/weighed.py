"""Who decides on a measure: the authorities of one sentence, weighed by where they stand around its words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.facts.patterns import Trigger, load
from pipeline.facts.roles import (
    AGAINST,
    ANNOUNCED,
    BY,
    DECIDED,
    ORDER_OF,
    OTHER_CASE,
    PLACE,
    THE,
    Actor,
    is_adjective,
    is_label,
    is_next_instance,
    revises,
    words_before,
)

#: Who decides, and says so himself.
_SPOKESMEN = frozenset({"court", "regulator", "ministry", "international"})
#: Who tells what courts decided.
_ANNOUNCING = frozenset({"prosecutor", "police", "cyber"})
#: What only courts impose.
_OF_COURTS = frozenset({"sentence", "conviction"})
#: How likely who is of a level decides on a measure.
_WEIGHTS = {
    "court": 3.0,
    "regulator": 3.0,
    "ministry": 3.0,
    "international": 3.0,
    "prosecutor": 2.5,
    "parliament": 2.0,
    "cyber": 0.5,
    "police": 0.5,
}
#: A country in front of a colon decides only where nobody else is named.
_AS_LABEL = 0.3
#: How far before the words who decides may stand, in code points.
_SUBJECT_GAP = 160
#: A state or a capital decides only where nearly nothing stands between it and the verb.
_PLACE_GAP = 5
#: "KVKK'dan ceza" is by whom.
_FROM_CASE = re.compile(r"['’]?n?[dt][ae]n(?!\w)")
_ON_BEHALF, _BELONGS, _LAW_OF = (
    re.compile(rf"(?<!\w)(?:{'|'.join(load('deciding')[kind])})\s?{THE}$", re.IGNORECASE)
    for kind in ("on_behalf", "belongs", "law_of")
)
#: "sues before the EU's court": where a suit is brought, not who brings it.
_BEFORE_COURT = re.compile(
    r"\b(?:devant|before|in|to|vor|beim?|ante|davanti a|auprès de|bij|saisi|saisit)(?:\s(?:the|la|le|les|l['’]|dem"
    r"|der|el))?\s?$",
    re.IGNORECASE,
)
#: "the ambassador of Russia".
_ENVOY = re.compile(
    r"(?:ambassad\w*|Botschafter|embajador|ministers?|hackers?|agents?)\s(?:of|de|d['’]|du|von|aus)(?:\s?(?:the|la"
    r"|l['’]))?\s?$",
    re.IGNORECASE,
)
#: "Warsaw | wants to | ban": between who acts and what he does.
_WILL = re.compile(
    r"\s(?:wants? to|plans to|threatens to|will|droht|plant|chce|zamierza|planuje|grozi|wil|dreigt|vill|hotar|vil|truer"
    r"|хочет|намерен\w*|планирует|грозит|хоче|планує|veut|quiere|vuole|quer)(?!\w)"
)
#: "La France | risque une double peine": whom it threatens.
_AT_RISK = re.compile(
    r"\s(?:risque(?:nt)?|encourt|s['’]expose|risks|faces|could face|riskiert|droh(?:t|en)|arriesga|se enfrenta|rischia"
    r"|arrisca|riskeert|ryzykuje)(?!\w)"
)
#: Verbs that are the same in both voices: "de toezichthouder beboet X", "X beboet".
_BOTH_VOICES = re.compile(r"(?:beboet|bestraft|gestraft|verklagt|untersagt)", re.IGNORECASE)
_BY_OTHERS = re.compile(r"\s(?:door|von|vom|durch)\s")
#: States and what they are members of act side by side ("the EU and the UK").
_STATES = frozenset({"government", "international"})


def pick_authorities(text: str, trigger: Trigger, span: tuple[int, int], found: Sequence[Actor]) -> list[Actor]:
    """The authorities a sentence shows as deciding; several when they stand side by side ("US, UK and Australia")."""
    scored = [(score, -abs(a.start - span[0]), a) for a in found if (score := _score(text, trigger, span, a)) > 0]
    if not scored:
        return []
    best = max(scored, key=lambda item: (item[0], item[1]))[2]
    return _side_by_side(text, best, found)


def _score(text: str, trigger: Trigger, span: tuple[int, int], actor: Actor) -> float:
    """How surely a sentence shows an authority as deciding; 0 where it does not."""
    before = words_before(text, actor)
    score = _score_by_role(text, trigger, actor, before)
    if score is None:
        score = _score_of_place(text, trigger, span, actor, before)
    if score is None:
        score = _score_by_word_before(text, trigger, actor, before)
    if score is not None:
        return score
    if _acts_himself(text, trigger, span, actor):
        return _weight(actor) + 2
    if actor.end <= span[0] + 1:
        return _score_in_front(trigger, span, actor, before)
    return _score_behind(text, trigger, span, actor, before)


def _acts_himself(text: str, trigger: Trigger, span: tuple[int, int], actor: Actor) -> bool:
    """Whether somebody stands right before such a verb and is not said to be the one hit by another."""
    is_near = 0 <= span[0] - actor.end <= 1 and trigger.form == "suffers" and actor.level in _SPOKESMEN
    return is_near and bool(_BOTH_VOICES.fullmatch(text, *span)) and not _BY_OTHERS.match(text, span[1])


def _score_by_role(text: str, trigger: Trigger, actor: Actor, before: str) -> float | None:
    """Of who is said to decide, or to do something else, in so many words."""
    if actor.level in _ANNOUNCING and trigger.measure in _OF_COURTS:
        return 0  # they announce what a court decided
    if ORDER_OF.search(before):
        return 5
    if _FROM_CASE.match(text, actor.end):
        return 7
    if _AT_RISK.match(text, actor.end) or OTHER_CASE.match(text, actor.end):
        return 0
    is_elsewhere = trigger.measure == "lawsuit" and _BEFORE_COURT.search(before)
    is_anothers = any(p.search(before) for p in (_ENVOY, _ON_BEHALF, _BELONGS, _LAW_OF))
    is_anothers = is_anothers or is_next_instance(text, actor)
    if is_elsewhere or is_anothers:
        return 0
    revises_it = actor.level == "court" and trigger.measure != "sentence" and revises(text, actor)
    if revises_it or (actor.level in _SPOKESMEN and DECIDED.search(before)):
        return 8  # he speaks last, after the one by whom it was imposed
    return None


def _score_of_place(text: str, trigger: Trigger, span: tuple[int, int], actor: Actor, before: str) -> float | None:
    """A state or a capital decides only right before the verb, or before one that says that it will."""
    if actor.level != "place":
        return None
    will = _WILL.match(text, actor.end)
    end = will.end() if will else actor.end
    is_subject_of = trigger.form == "acts" and 0 <= span[0] - end <= _PLACE_GAP
    return 1.5 if is_subject_of and not PLACE.search(before) else 0


def _score_by_word_before(text: str, trigger: Trigger, actor: Actor, before: str) -> float | None:
    """Of whom the word in front, or behind, says what he is to the measure."""
    if BY.search(before):
        return _weight(actor) + 4
    if is_adjective(text, actor):
        return 0
    if _tells(actor, trigger) and ANNOUNCED.search(before):
        return _weight(actor) + 0.5
    if actor.level == "government" and PLACE.search(before):
        return 0
    return _AS_LABEL if is_label(text, actor) else None


def _tells(actor: Actor, trigger: Trigger) -> bool:
    """Whether who announces the measure may have taken it; terms are the courts'."""
    return actor.level == "court" if trigger.measure in _OF_COURTS else actor.level in _SPOKESMEN


def _score_in_front(trigger: Trigger, span: tuple[int, int], actor: Actor, before: str) -> float:
    """Of who stands before the words of the measure."""
    gap = span[0] - actor.end
    is_court = actor.level == "court"
    is_its_own = trigger.form == "noun" and gap <= 1  # "to comply with EU sanctions"
    if gap > _SUBJECT_GAP or (AGAINST.search(before) and not is_its_own):
        return _weight(actor) - 2 if is_court and gap < _SUBJECT_GAP else 0
    if trigger.form == "suffers":
        return _weight(actor) - 1.5 if is_court else 0
    return _weight(actor) + (2 if trigger.form == "acts" else 1) - gap / 100


#: "Upomnienie | dla | Ministerstwa": what leads from a noun to whom it hits.
_FOR_WHOM = re.compile(
    r"\s(?:for|voor|für|pour|dla|för|til|till|para|pro|для|к|al?|alla|all['’]|à|au|aux|до|щодо|إلى|على)\s?"
    r"(?:(?:the|de|het|das|die|den|la|le|el|los|las|l['’])\s?)?",
    re.IGNORECASE,
)


def _score_behind(text: str, trigger: Trigger, span: tuple[int, int], actor: Actor, before: str) -> float:
    """Of who stands within the words of the measure or behind them."""
    start, end = span
    is_within = start <= actor.start and actor.end <= end
    if not is_within and trigger.form == "noun" and _FOR_WHOM.fullmatch(text, end, actor.start):
        return 0  # "Berisping voor ministerie": whom it hits
    if not is_within and actor.start < end - 1:
        return 0
    if AGAINST.search(before) and actor.level != "court":
        return 0
    if actor.start < end:  # inside: "被欧盟处以罚款"
        return _weight(actor) + 2
    return 0 if actor.level == "government" else _weight(actor) - 1 - (actor.start - end) / 60


def _weight(actor: Actor) -> float:
    return _WEIGHTS.get(actor.level, 1.5)


def _side_by_side(text: str, best: Actor, found: Sequence[Actor]) -> list[Actor]:
    group = [best]
    index = found.index(best)
    for actor in reversed(found[:index]):
        if _alike(actor, group[0]) and _joined(text, actor.end, group[0].start) and not is_adjective(text, actor):
            group.insert(0, actor)
        else:
            break
    for actor in found[index + 1 :]:
        if _alike(actor, group[-1]) and _joined(text, group[-1].end, actor.start) and not is_adjective(text, actor):
            group.append(actor)
        else:
            break
    return group


def _alike(one: Actor, other: Actor) -> bool:
    return one.level == other.level or {one.level, other.level} == _STATES


def _joined(text: str, end: int, start: int) -> bool:
    between = text[end:start]
    return len(between) <= 12 and bool(
        re.fullmatch(
            r"|\s?(?:,|and|et|und|y|e|、|和|及)\s?(?:and|et|und|y|e)?\s?(?:the|la|le|les|l['’])?\s?",
            between,
            re.IGNORECASE,
        )
    )
