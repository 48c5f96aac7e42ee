"""Who decides, around the words of a measure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from pipeline.facts.patterns import Authority, Trigger, authorities, capacities, load, spoken
from pipeline.text.normalise import fold


@dataclass(frozen=True, slots=True)
class Actor:
    """An authority as a sentence names it."""

    id: str
    level: str
    start: int
    end: int
    #: From the gazetteer, not from a pattern ("Massachusetts court").
    listed: bool = True


_BY = re.compile(
    r"(?:\b(?:by|par|von|vom|durch|por|pela|pelo|da|dal|dalla|dall['’]|dai|door|przez|av|af)(?:\s(?:the|la|le|les|l['’]"
    r"|der|dem|die|el|een|de|het|a|an|o|os))?\s?(?:\w+\s){0,1}|被|遭|由)$",
    re.IGNORECASE,
)
#: "KVKK'dan ceza" is by whom; who stands in another case of Turkish decides nothing ("Çin'e", "BTK'nın kararını").
_FROM_CASE = re.compile(r"['’]?n?[dt][ae]n(?!\w)")
_OTHER_CASE = re.compile(
    r"['’]?(?:[yn]?[ae]|[yn]?[ıiuü]|n?[ıiuü]n|n?[dt][ae](?:ki)?|[yn]?l[ae])(?!\w)"
    r"|(?:に(?!よ)|を|へ)(?![ァ-ヶ])"  # and of Japanese: "デジタル庁に"
)
#: "directive du gouvernement", "an order from the ministry".
_ORDER_OF = re.compile(
    r"(?:directive|directives|order|orders|ordonnance|letter|décision|decision|Anordnung|orden|ordine|ordem"
    r"|rules?|probe|investigation|enquête|fine|penalty|reprimand|warning|ban|amende|avertissement|rappel à l['’]ordre"
    r"|Bußgeld|Rüge|multa|sanción|sanzione|coima|boete|berisping)"
    r"\s(?:[\w-]+\s){0,2}?(?:from|by|du|de la|des|de l['’]|der|des|del|de|dell['’]|della)\s?(?:the\s)?$",
    re.IGNORECASE,
)
_AGAINST = re.compile(
    r"(?:\b(?:against|on|contre|à|aux|au|gegen|contra|(?<=\s)a|contro|tegen|mot|mod|przeciwko|wobec|против|проти|over|targeting|target"
    r"|visant|from|to|for|with|and)"
    r"(?:\s(?:the|la|le|les|l['’]|die|den|der|el|los|las|il|lo))?\s?|对|向)$",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"(?:\b(?:in|en|au|aux|im|nach|a|à|w|na|в|на|from|of|across|inside|outside|dans|sur|of|basée?s? (?:en|au)"
    r"|used across|plus de|states? of)"
    r"(?:\s(?:the|la|le|les|l['’]|der|den|dem))?\s?|在|来自)$",
    re.IGNORECASE,
)
_ADJECTIVE_AFTER = re.compile(
    r"[系製発産籍](?![\u4e00-\u9fff]{0,3}[省庁])|向け|国内|企業|メーカー|政府系|"
    r"[-‐‑](?:based|linked|backed|made|basé)|['’]s\s(?:most|largest|Coupang|leading)|\s(?:systems?|networks?"
    r"|databases?|devices?|servers?|prison|officials"
    r"|citizens|companies|firms|hackers|experts|users|documents|records|papers|filings?|dates?|orders|m[ea]n(?!\w)|woman"
    r"|national|cyber|dollar|(?:[a-z-]+ ){0,2}(?:rules?|laws?|regulations)(?!\w))"
    r"|(?:(?:通用)?(?:数据保护|反垄断|隐私|网络安全)?(?:法(?![官院庭国])|规则|法规|规定|条例)|《|企业|公司|黑客|厂商|实体|产品|应用|公民|男子|女子|芯片|设备|软件|籍|人(?!民)|研究人员)",
    re.IGNORECASE,
)
#: "the court overturns": who speaks last on a decision of another.
_REVISES = re.compile(
    r"(?:\s(?:w całości|w części|częściowo|en parte|parcialmente|in parte|in part|largely|partly|also|teilweise"
    r"|deels|aussi|частично))?"
    r"\s(?:has |have |a |ont |ha |heeft |no |non |não )?"
    r"(?:toss\w*|vacat\w*|revers\w*|affirm\w*|refus\w*|declin\w*|overturn\w*"
    r"|uphold\w*|upheld|cuts?|reduces?d?|annul\w*"
    r"|dismiss\w*|reject\w*|confirm\w*|maint\w+|casse|invalid\w+"
    r"|quash\w*|désavou\w*|rédui\w*|rejet\w*|censur\w*|valid\w*|kippt|bestätigt|hebt|weist|verwirft|anul\w+"
    r"|confirm\w+|rechaz\w+|desestim\w+|ratific\w+|mant[eé]m|manteve|annull\w+"
    r"|conferm\w+|respin\w+|rigett\w+|vernietig\w+|bekrachtig\w+|bevestig\w+|uchyli?ł\w*|utrzyma\w*|oddali\w*"
    r"|halv\w+|slash\w*|lower\w*|trim\w*|accol\w+|acog\w+|estim[aó]\b|accueill\w+|commut\w*|reinstat\w*|restor\w*|reviv\w*|partiellement|divise\w*|abaiss\w*"
    r"|ram[eè]n\w*|all[èé]g\w*|infirm\w*|rétabli\w*|entérin\w*|debout\w*|débout\w*|halbier\w*|senkt\w*|reduzier\w*"
    r"|milder\w*|kürzt\w*|reduc\w+|reduj\w+|rebaj\w+|restable\w+|avala|riduc\w+|ridott\w+|dimezz\w+|ripristin\w+"
    r"|convalid\w+|accog\w+|boccia\w*|taglia\w*|dichiar\w+|dà (?:ragione|torto)|dá razão|da la razón"
    r"|derrub\w+|tumb\w+|neg(?:a|ou)|inadmit\w+|admit\w+|respald\w+|ratific\w+|deja sin"
    r"|reduz\w*|restabele\w+|halveer\w*|verlaag\w*|matig\w*|herstel\w*|verwerp\w*|verwierp|obniż\w*|zmniejsz\w*"
    r"|wies|hob|hält|hielt|houdt|hield|wijst|wees|haalt|fastställ\w*|upphäv\w*|häv\w*|sänk\w*|går på|avslår|avslog"
    r"|river upp"
    r"|stadfæst\w*|ophæv\w*|nedsæt\w*|nedsatte|opprettholder|oppheve\w*|reduser\w*|forkast\w*|podtrzyma\w*|potwierdzi\w*"
    r"|złagodzi\w*|отменил\w*|оставил\w*|подтвердил\w*|признал\w*|сч[её]л\w*|снизил\w*|смягчил\w*|отклонил\w*|отказал\w*"
    r"|скасува\w*|залиши\w*|зменши\w*|zrušil\w*|potvrdil\w*|snížil\w*|zamítl\w*)\b",
    re.IGNORECASE,
)
_THE = r"(?:the |le |la |les |l['’]|der |die |das |des |el |il |lo |o |a |de |het )?"
#: "a décidé le Conseil d'État": who decided stands behind his verb, not before it.
_DECIDED, _ANNOUNCED = (
    re.compile(rf"\b(?:{'|'.join(load('deciding')[kind])})(?:,? [a-zà-ÿ]+){{0,2}} {_THE}$", re.IGNORECASE)
    for kind in ("decided", "announced")
)
_SPOKESMEN = frozenset({"court", "regulator", "ministry", "international"})
_ON_BEHALF, _BELONGS, _LAW_OF, _NEXT_INSTANCE, _DECISION_OF = (
    re.compile(rf"(?<!\w)(?:{'|'.join(load('deciding')[kind])})\s?{_THE}$", re.IGNORECASE)
    for kind in ("on_behalf", "belongs", "law_of", "next_instance", "decision_of")
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
#: A country in front of a colon decides only where nobody else is named.
_AS_LABEL = 0.3
_SUBJECT_GAP = 160
#: "Warsaw | wants to | ban": between who acts and what he does.
_WILL = re.compile(
    r"\s(?:wants? to|plans to|threatens to|will|droht|plant|chce|zamierza|planuje|grozi|wil|dreigt|vill|hotar|vil|truer"
    r"|хочет|намерен\w*|планирует|грозит|хоче|планує|veut|quiere|vuole|quer)(?!\w)"
)
#: A state or a capital decides only where nearly nothing stands between it and the verb.
_PLACE_GAP = 5

_VERB_IN_NAME = re.compile(r"(?<!\w)(?!King|Beijing|Nanjing|Reading)[A-Z]\w+ing\s|\b(?:Accuses|Asks|Tells|Sues)\s")
#: Capacities without a name, which the name of the body replaces where the lead has it.
_BARE = frozenset(
    [
        *("court", "courts", "judge", "regulator", "regulators", "watchdog", "tribunal", "juge", "autorité", "gericht"),
        *(
            "audiencia",
            "justicia",
            "juez",
            "tribunale",
            "justiça",
            "hof",
            "rechter",
            "rechtbank",
            "toezichthouder",
            "sąd",
            "sądu",
        ),
        *(
            "法院",
            "法官",
            "dpa",
            "mahkeme",
            "hâkim",
            "hakim",
            "yargıç",
            "gup",
            "gip",
            "суд",
            "суда",
            "судья",
            "محكمة",
            "المحكمة",
        ),
        *("kantonrechter", "politierechter", "domstolen", "tingsrätten", "hovrätten", "rätten", "retten", "byretten"),
        *("landsretten", "tingretten", "lagmannsretten", "myndigheten", "myndigheden", "tilsynet", "åklagaren"),
        *(
            "апелляция",
            "апеляція",
            "minister",
            "ministern",
            "ministeren",
            "aufsicht",
            "behörde",
            "urząd",
            "urzędu",
            "soud",
            "regulator",
            "регулятор",
            "ведомство",
            "ведомства",
        ),
    ]
)


_ORIGINS = frozenset(load("people")["origin"])


def is_bare(actor: Actor) -> bool:
    """Whether the words say what somebody is, perhaps where, and not who ("a court", "Australian court")."""
    *origin, last = actor.id.lower().split() or [""]
    return not actor.listed and last in _BARE and all(word in _ORIGINS for word in origin)


_ARTICLE = re.compile(r"(?:The|Le|La|El|Il|De|Het|Der|Die|Das|O|A)\s(?=\w)")
#: Levels whose listed names win over a pattern around them.
_NAMED = frozenset({"regulator", "ministry", "international", "prosecutor"})


#: "上海市 | 网信办": the office of a city or a province is not the one of the state.
_LOCAL = re.compile(r"[省市区县州]$")


#: "各通信管理局", "相关监管机构": any of a kind, none by itself.
_EACH = re.compile(r"各|有关|相关|地方|当地|多家")


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
    before = text[max(0, actor.start - 32) : actor.start]
    return is_subject(text, actor) or bool(_BY.search(before) or _ANNOUNCED.search(before))


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


def _is_title_of(actor: Actor, others: Sequence[Actor]) -> bool:
    """ "The watchdog | BaFin": whether the words only say what the body is that is named right behind them."""
    return is_bare(actor) and any(o.start == actor.end + 1 and o.level == actor.level for o in others)


def pick_authorities(text: str, trigger: Trigger, span: tuple[int, int], found: Sequence[Actor]) -> list[Actor]:
    """The authorities a sentence shows as deciding; several when they stand side by side ("US, UK and Australia")."""
    scored = [(score, -abs(a.start - span[0]), a) for a in found if (score := _score(text, trigger, span, a)) > 0]
    if not scored:
        return []
    best = max(scored, key=lambda item: (item[0], item[1]))[2]
    return _side_by_side(text, best, found)


def _score(text: str, trigger: Trigger, span: tuple[int, int], actor: Actor) -> float:
    """How surely a sentence shows an authority as deciding; 0 where it does not."""
    before = text[max(0, actor.start - 32) : actor.start]
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
    return _score_behind(span, actor, before)


#: Verbs that are the same in both voices: "de toezichthouder beboet X", "X beboet".
_BOTH_VOICES = re.compile(r"(?:beboet|bestraft|gestraft|verklagt|untersagt)", re.IGNORECASE)


def _acts_himself(text: str, trigger: Trigger, span: tuple[int, int], actor: Actor) -> bool:
    """Whether somebody stands right before such a verb and is not said to be the one hit by another."""
    is_near = 0 <= span[0] - actor.end <= 1 and trigger.form == "suffers" and actor.level in _SPOKESMEN
    return is_near and bool(_BOTH_VOICES.fullmatch(text, *span)) and not _BY_OTHERS.match(text, span[1])


_BY_OTHERS = re.compile(r"\s(?:door|von|vom|durch)\s")
#: "La France | risque une double peine": whom it threatens.
_AT_RISK = re.compile(
    r"\s(?:risque(?:nt)?|encourt|s['’]expose|risks|faces|could face|riskiert|droh(?:t|en)|arriesga|se enfrenta|rischia"
    r"|arrisca|riskeert|ryzykuje)(?!\w)"
)


def _score_by_role(text: str, trigger: Trigger, actor: Actor, before: str) -> float | None:
    """Of who is said to decide, or to do something else, in so many words."""
    if actor.level in _ANNOUNCING and trigger.measure in _OF_COURTS:
        return 0  # they announce what a court decided
    if _ORDER_OF.search(before):
        return 5
    if _FROM_CASE.match(text, actor.end):
        return 7
    if _AT_RISK.match(text, actor.end) or _OTHER_CASE.match(text, actor.end):
        return 0
    is_elsewhere = trigger.measure == "lawsuit" and _BEFORE_COURT.search(before)
    is_anothers = any(p.search(before) for p in (_ENVOY, _ON_BEHALF, _BELONGS, _LAW_OF))
    is_anothers = is_anothers or is_next_instance(text, actor)
    if is_elsewhere or is_anothers:
        return 0
    revises_it = actor.level == "court" and trigger.measure != "sentence" and _REVISES.match(text, actor.end)
    if revises_it or (actor.level in _SPOKESMEN and _DECIDED.search(before)):
        return 8  # he speaks last, after the one by whom it was imposed
    return None


def _score_of_place(text: str, trigger: Trigger, span: tuple[int, int], actor: Actor, before: str) -> float | None:
    """A state or a capital decides only right before the verb, or before one that says that it will."""
    if actor.level != "place":
        return None
    will = _WILL.match(text, actor.end)
    end = will.end() if will else actor.end
    is_subject_of = trigger.form == "acts" and 0 <= span[0] - end <= _PLACE_GAP
    return 1.5 if is_subject_of and not _PLACE.search(before) else 0


def _score_by_word_before(text: str, trigger: Trigger, actor: Actor, before: str) -> float | None:
    """Of whom the word in front, or behind, says what he is to the measure."""
    if _BY.search(before):
        return _weight(actor) + 4
    if _is_adjective(text, actor):
        return 0
    if _tells(actor, trigger) and _ANNOUNCED.search(before):
        return _weight(actor) + 0.5
    if actor.level == "government" and _PLACE.search(before):
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
    if gap > _SUBJECT_GAP or (_AGAINST.search(before) and not is_its_own):
        return _weight(actor) - 2 if is_court and gap < _SUBJECT_GAP else 0
    if trigger.form == "suffers":
        return _weight(actor) - 1.5 if is_court else 0
    return _weight(actor) + (2 if trigger.form == "acts" else 1) - gap / 100


def _score_behind(span: tuple[int, int], actor: Actor, before: str) -> float:
    """Of who stands within the words of the measure or behind them."""
    start, end = span
    is_within = start <= actor.start and actor.end <= end
    if not is_within and actor.start < end - 1:
        return 0
    if _AGAINST.search(before) and actor.level != "court":
        return 0
    if actor.start < end:  # inside: "被欧盟处以罚款"
        return _weight(actor) + 2
    return 0 if actor.level == "government" else _weight(actor) - 1 - (actor.start - end) / 60


def _weight(actor: Actor) -> float:
    return _WEIGHTS.get(actor.level, 1.5)


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
_ANNOUNCING = frozenset({"prosecutor", "police", "cyber"})
#: Prosecutors, police and ministries announce them too.
_OF_COURTS = frozenset({"sentence", "conviction"})


def _side_by_side(text: str, best: Actor, found: Sequence[Actor]) -> list[Actor]:
    group = [best]
    index = found.index(best)
    for actor in reversed(found[:index]):
        if _alike(actor, group[0]) and _joined(text, actor.end, group[0].start) and not _is_adjective(text, actor):
            group.insert(0, actor)
        else:
            break
    for actor in found[index + 1 :]:
        if _alike(actor, group[-1]) and _joined(text, group[-1].end, actor.start) and not _is_adjective(text, actor):
            group.append(actor)
        else:
            break
    return group


#: States and what they are members of act side by side ("the EU and the UK").
_STATES = frozenset({"government", "international"})


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


#: What may stand between the start of a sentence and its subject.
_OPENING = re.compile(
    r"^\W*(?:the|le|la|les|l['’]|el|los|il|lo|la|i|der|die|das|de|het|o|a|os|as|un|une|an|ein|eine|una|um|uma|een"
    r"|selon|according to)?\s?(?:\w+ly\s)?$",
    re.IGNORECASE,
)


def revises(text: str, actor: Actor) -> bool:
    """Whether the authority is said to decide on another's decision ("the court upheld …")."""
    return bool(_REVISES.match(text, actor.end))


def announces(text: str, actor: Actor) -> bool:
    """Whether a court stands behind a verb of telling ("aldus de rechtbank", "laut Landgericht Köln")."""
    before = text[max(0, actor.start - 32) : actor.start]
    return actor.level == "court" and bool(_ANNOUNCED.search(before) or _DECIDED.search(before))


#: Room for the words that lead to an authority, in code points.
_LEADING = 60


def is_next_instance(text: str, actor: Actor) -> bool:
    """Whether a court stands where a decision may be fought ("recurso para o Tribunal")."""
    return actor.level == "court" and bool(_NEXT_INSTANCE.search(text[max(0, actor.start - _LEADING) : actor.start]))


def is_decision_of(text: str, actor: Actor) -> bool:
    """Whether the words in front say whose the decision is ("a decisão é da", "lo ha deciso")."""
    return bool(_DECISION_OF.search(text[max(0, actor.start - _LEADING) : actor.start]))


def is_indefinite(text: str, actor: Actor) -> bool:
    """ "Un juzgado de Madrid", "a court in Ohio": a court that the text has not named yet."""
    return actor.level == "court" and bool(_ONE_OF.search(text[max(0, actor.start - 8) : actor.start]))


_ONE_OF = re.compile(r"(?<!\w)(?:an?|une?|una|un|ein|um|uma|een)\s$", re.IGNORECASE)


def is_subject(text: str, actor: Actor) -> bool:
    """Whether a sentence opens with the authority, as what it says or does."""
    if not _OPENING.match(text[: actor.start]):
        return False
    return not _is_adjective(text, actor)


def _is_adjective(text: str, actor: Actor) -> bool:
    """Whether the words say of what kind the next noun is ("US companies"); what a court "orders" it does."""
    does = actor.level == "court" and text.startswith(" orders ", actor.end)  # "US orders" may be those of the US
    return not does and bool(_ADJECTIVE_AFTER.match(text, actor.end))


def is_label(text: str, actor: Actor) -> bool:
    """ "Chile: …": whether a country only says where, in front of a colon."""
    return actor.level == "government" and text[actor.end : actor.end + 2].strip().startswith((":", "："))


def against(text: str, actor: Actor) -> bool:
    """Whether the authority stands as the one hit or as a place."""
    before = text[max(0, actor.start - 32) : actor.start]
    if _ORDER_OF.search(before):
        return False  # "a letter from the ministry"
    if _OTHER_CASE.match(text, actor.end):
        return True
    return bool(_AGAINST.search(before) or (actor.level == "government" and _PLACE.search(before)))


@lru_cache(maxsize=2048)
def authority_id(name: str) -> str:
    """Id of an authority by any of its spellings; the folded name when the gazetteer lacks it."""
    hits = authorities()[0].find(name.strip())
    whole = [h for h in hits if h.end - h.start >= 0.6 * len(name.strip())]
    return whole[0].id if whole else fold(name).strip()


def entry(name: str) -> Authority | None:
    """Gazetteer entry of an authority by its id."""
    return authorities()[1].get(name)
