"""What was done and how far it went: the measures that a text reports."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pipeline.facts.patterns import Form, Trigger, beside_terms, context_words, hinted, load, spoken, statuses, triggers
from pipeline.facts.spans import Passage
from pipeline.text.hints import WordPattern, small_letters

#: Kinds that a more telling one of the lead replaces.
_VAGUE = frozenset({"other", "conviction", "restriction", "designation", "ban", "suspension"})


@dataclass(frozen=True, slots=True)
class Finding:
    """A measure in one sentence."""

    passage: Passage
    trigger: Trigger
    span: tuple[int, int]
    status: str

    @property
    def words(self) -> str:
        """The words that name the measure."""
        return self.passage.text[slice(*self.span)]


@lru_cache(maxsize=128)
def find_measures(passage: Passage, language: str | None, *, plain: bool = False) -> tuple[Finding, ...]:
    """The measures of one sentence, the most telling first; no two about the same words.

    With `plain`, those told in plain wordings ("blocks", "must pay") in place of those that name one by itself.
    """
    found: list[Finding] = []
    taken: list[tuple[int, int]] = []
    lowered = small_letters(passage.text)
    matches = [
        (trigger.order, match.start(), trigger, match.span())
        for tag in _tags(language, plain=plain)
        for trigger in hinted(lowered, triggers(tag, plain=plain))
        for match in trigger.pattern.finditer(passage.text)
    ]
    for _, _, trigger, span in sorted(matches, key=lambda m: (m[0], m[1])):
        if any(span[0] < e and s < span[1] for s, e in taken) or any(
            f.trigger.measure == trigger.measure for f in found
        ):
            continue
        taken.append(span)
        trigger = _in_voice(trigger, passage.text, span)
        found.append(Finding(passage, trigger, span, _status(passage.text, trigger, span, language)))
    return tuple(found)


def names_measure(text: str, language: str | None) -> bool:
    """Whether a text holds words of a measure, plain ones included, whatever they say there: cheap, and misses none."""
    lowered = small_letters(text)
    return any(
        trigger.pattern.search(text)
        for plain in (False, True)
        for tag in _tags(language, plain=plain)
        for trigger in hinted(lowered, triggers(tag, plain=plain))
    )


def _tags(language: str | None, *, plain: bool) -> tuple[str, ...]:
    """Languages whose words are looked for; headlines borrow no plain words."""
    tags = spoken(language)
    return tags[:1] if plain and len(tags) == _OWN_AND_ENGLISH else tags


_OWN_AND_ENGLISH = 2
_ACTIVE = re.compile(
    r"(?:\b(?:has|have|had|ha|hanno|han|aveva|había|hat|haben|heeft|hebben"
    r"|a|ont|vient de|viennent de|fait(?: \w+ment)?)(?:,[^,]{1,40},)?\s)$",
    re.IGNORECASE,
)


_PARTICIPLE = re.compile(r"(?:ed|banned|ée?s?|[ai]d[oa]s?|[aiu]t[oaie])$|^mise?s? en demeure$")
#: "Examplia mise en demeure", not "la mise en demeure" nor "Mise en demeure de".
_PUT_ON_NOTICE = re.compile(r"mise?s? en demeure", re.IGNORECASE)
_NOUN_BEFORE = re.compile(
    r"(?:^|[:;.,«–—-]|\b(?:une?|la|les|des|de|cette|sa|ses|deux|trois|par|en|après|et))\s*$", re.IGNORECASE
)
_BE = re.compile(r"\b(?:was|were|been|be|being|is|are|est|sont|été|être|fue|fueron|sido)\s(?:\w+ly\s)?$", re.IGNORECASE)
_TERM_FOR = re.compile(r"\s(?:für|voor|pour)$")
_FATE = re.compile(r"\s(?:for|by|over|after|par|pour|por|per|dal?|dalla|dopo|após|tras|pel[oa])\b", re.IGNORECASE)


#: "condamné à verser", "must repay": whom it hits stands before, who gets the money after.
_OBLIGED = re.compile(
    r"condamnée?s? |must |has to |(?:ordered|required|told) to |muss "
    r"|(?:deb|dov|dev)(?:e|em|erán?|erão|rà|ra|ranno|ront) |tendrá que |ter?á? (?:de|que) |tem de |vai "
    r"|(?:indem?niz|indemnis|dédommag|risarci)\w*(?:rán?|rão|rà|ranno|ra|ront)(?!\w)",
    re.IGNORECASE,
)


_OF_THE_OBLIGED = frozenset({"damages", "injunction", "fine"})
#: "krijgt een berisping", "får en varning": who gets it stands before.
_GETS = re.compile(
    r"(?:krijg|kreeg|får |fick |fikk |fik |erhält|erhielt|bekommt|bekam|kassiert|otrzym"
    r"|varnas|åtalas|åtalades|stäms|föreläggs|åläggs|beordras|svartlistas|kritiseras|sagsøges|stævnes|tiltales|pålægges"
    r"|påbydes|saksøkes|stevnes|pålegges|beordres|tvingas|prickas"
    r"|dostał|dostaj|получ|отрим|dostal|dostan)",
    re.IGNORECASE,
)
#: What who imposes a sum does, among the words for who pays it.
_DOES = re.compile(r"(?:wlep|napařil|выписал|влепил|накаж|наказ|покара|виписа|отправ)", re.IGNORECASE)
#: "Vier Jahre hinter Gittern | für den Hacker": a term that opens a headline, and whom it hits behind it.
_TERM_OPENS = re.compile(r"(?:^|[:.–—]\s)(?:[^\s:]+\s){1,3}$")
_UNIT = re.compile(
    r"(?:Jahre|Monate|jaar|maanden|års? |månader|måneder|lat|rok|miesięcy|лет|года?|років|роки|let|roky) ?"
)
_FOR_WHOM = re.compile(r"\s(?:für|voor|för|for|dla|для|pro)\s")


def _opens_with_term(text: str, span: tuple[int, int]) -> bool:
    """Whether a headline, or what stands behind its colon, opens with a term that leads to somebody."""
    is_term = _UNIT.match(text, span[0]) and _FOR_WHOM.match(text, span[1])
    return bool(is_term and _TERM_OPENS.search(text[: span[0]]))


#: Nouns in the lists of what somebody does.
_NOUN = re.compile(
    r"(?:Verwarnung|Rüge|Abmahnung|Beanstandung|berisping|reprimand|upomnieni|reprymend|ostrzeżeni|предупреждени"
    r"|предписани|предостережени|выговор|попереджен|irettesettels|föreläggande|påbud|påtale|alvorlig kritik)",
    re.IGNORECASE,
)


def _in_voice(trigger: Trigger, text: str, span: tuple[int, int]) -> Trigger:
    """ "has fined", "a condamné": a participle after its auxiliary is a deed, not a fate."""
    is_obliged = trigger.measure in _OF_THE_OBLIGED and _OBLIGED.match(text, span[0]) is not None
    if trigger.form == "acts":
        return replace(trigger, form=_form_of_deed(text, span, is_obliged=is_obliged))
    if trigger.form == "suffers":
        return replace(trigger, form=_form_of_fate(trigger, text, span, is_obliged=is_obliged))
    return replace(trigger, form="suffers") if is_obliged else trigger


def _form_of_deed(text: str, span: tuple[int, int], *, is_obliged: bool) -> Form:
    """What words that tell a deed turn out to be."""
    start, end = span
    if _GETS.match(text, start):
        return "suffers"
    if _NOUN.match(text, start):
        return "noun"
    comes_to_them = _BE.search(text[max(0, start - 14) : start]) or _FATE.match(text, end)
    is_fate = (
        is_obliged
        or (_PUT_ON_NOTICE.match(text, start) and not _NOUN_BEFORE.search(text[:start]))
        or (_GERMAN_FATE.fullmatch(text, start, end) and not _HAS.search(text[:start]))
        or (comes_to_them and _PARTICIPLE.search(text[start:end]))
    )
    return "suffers" if is_fate else "acts"


def _form_of_fate(trigger: Trigger, text: str, span: tuple[int, int], *, is_obliged: bool) -> Form:
    """What words that tell a fate turn out to be."""
    start, end = span
    if _DOES.match(text, start) or (trigger.measure == "sentence" and _opens_with_term(text, span)):
        return "acts"
    if is_obliged:
        return "suffers"
    # "Celstraf voor": whom it hits follows.
    is_deed = _TERM_FOR.search(text[start:end]) or _ACTIVE.search(text[max(0, start - 14) : start])
    return "acts" if is_deed else "suffers"


#: "Ministerium gerügt": participles that are no other form of their verb, without who has done it.
_GERMAN_FATE = re.compile(r"gerügt|abgemahnt|ermahnt|ausgeschlossen", re.IGNORECASE)
_HAS = re.compile(r"(?<!\w)(?:hat|haben|hatte|habe)(?!\w)")
_THREAT = re.compile(
    r"(?:attacks?|hackers?|activities|ransomware|flaws?|vulnerabilit\w+)\s(?:that\s|which\s)?$", re.IGNORECASE
)


_IN_VAIN = re.compile(rf"(?:{'|'.join(load('deciding')['in_vain'])})[^.;。]{{0,50}}$", re.IGNORECASE)
_PAID_EARLY = re.compile("|".join(load("deciding")["rebate"]), re.IGNORECASE)


#: How far before a term the words stand that make it a possible or a requested one, in code points.
_BEFORE_TERM = 40


def is_possible(finding: Finding, language: str | None) -> bool:
    """ "faces up to 20 years in prison": a term that nobody gave yet."""
    start, end = finding.span
    if finding.trigger.measure != "sentence" or finding.status == "proposed":
        return False
    window = finding.passage.text[max(0, start - _BEFORE_TERM) : end]
    return _has("possible", window, language) and not _GIVEN.search(window)


#: A term that was given: "sentenced to up to six years" is said of juveniles only.
_GIVEN = re.compile(
    r"sentenced|jailed|condamn|écop|verurteil|condenad|condann|veroordeel|skazan|获刑|判处|被判", re.IGNORECASE
)


def _has(kind: str, text: str, language: str | None) -> bool:
    patterns = [beside_terms(kind, tag) for tag in spoken(language)]
    return any(pattern is not None and pattern.search(text) for pattern in patterns)


#: A contrast: what stands on its other side is said of something else ("drops one fine, but Acme must pay").
_CONTRAST = re.compile(
    r"[,;] (?:but|while|mais|tandis que"
    r"|aber|während|pero|mientras|ma|mentre|mas|enquanto|maar|terwijl|ale)\s|，(?:但|而)",
    re.IGNORECASE,
)
_WINDOW = 140


#: What comes if somebody does not obey ("otherwise", "faute de quoi", "andernfalls").
_ELSE = re.compile("|".join(load("deciding")["otherwise"]), re.IGNORECASE)
#: How far behind such words the measure stands that comes then, in code points.
_BEHIND_ELSE = 80


def _clause(text: str, span: tuple[int, int]) -> str:
    """The words around a measure, up to a contrast, and up to what comes if somebody does not obey it."""
    start, end = max(0, span[0] - _WINDOW), span[1] + _WINDOW
    if otherwise := _ELSE.search(text, span[1], end):
        end = otherwise.start()
    for match in _CONTRAST.finditer(text, start, end):
        if match.end() <= span[0]:
            start = match.end()
        elif match.start() >= span[1]:
            end = match.start()
            break
    return text[start:end]


#: "revoca", "anula", "cancels": of a licence the measure itself.
_WITHDRAWS = re.compile(r"(?:re[vt]o[cg]|revok|retir|ritir|anul|annul|cancel|cass|iptal|取り?消|취소)", re.IGNORECASE)
_TO_COME = frozenset({"proposed", "threatened"})
#: What the one that was hit means to do about it ("quiere recurrir", "控訴を検討").
_APPEALS = re.compile("|".join(load("deciding")["appeals"]), re.IGNORECASE)
#: How far from such words those of a plan stand, in code points.
_NEAR_APPEAL, _BEFORE_APPEAL = 36, 8


def _not_of_appeal(pattern: WordPattern, window: str) -> re.Match[str] | None:
    """The first words of a plan that is not to appeal."""
    for match in pattern.finditer(window):
        around = window[max(0, match.start() - _BEFORE_APPEAL) : match.end() + _NEAR_APPEAL]
        if not _APPEALS.search(around):
            return match
    return None


def _status(text: str, trigger: Trigger, span: tuple[int, int], language: str | None) -> str:
    around = text[max(0, span[0] - 3 * _BEFORE_TERM) : span[1] + _BEFORE_TERM]
    if trigger.measure == "sentence" and _has("requested", around, language):
        return "proposed"
    window = _clause(text, span)
    for tag in spoken(language):
        for status, pattern in statuses(tag):
            match = _not_of_appeal(pattern, window) if status in _TO_COME else pattern.search(window)
            if match is None or _means_else(status, match, trigger, text):
                continue
            if status in _UNDONE and _is_in_vain(window, match.span(), language):
                return "upheld"
            if not _is_of_another(status, trigger):
                return status
    if trigger.measure in _THREATENED_WITH and _ELSE.search(text, max(0, span[0] - _BEHIND_ELSE), span[0]):
        return "threatened"
    return "proposed" if trigger.measure == "lawsuit" else "imposed"


def _means_else(status: str, match: re.Match[str], trigger: Trigger, text: str) -> bool:
    """Whether the words of a status say something else here."""
    if trigger.measure == "licence_withdrawal" and _WITHDRAWS.match(match[0]):
        return True  # "revoca la licenza" takes it, and lifts nothing
    if status == "threatened":
        return bool(_THREAT.search(match.string, 0, match.start()))  # "attacks threatening the Union" is why
    return status == "reduced" and bool(_PAID_EARLY.search(text))  # who imposed it lowers it by the tariff


def _is_of_another(status: str, trigger: Trigger) -> bool:
    """Whether no such measure comes to that: nobody threatens with a verdict, what is annulled sentences nobody."""
    if status == "annulled":
        return trigger.form == "suffers" and trigger.measure == "sentence"
    return trigger.measure in ("sentence", "conviction") and status in ("threatened", "proposed", "lifted")


#: What comes to somebody who does not obey.
_THREATENED_WITH = frozenset({"fine", "ban", "suspension", "licence_withdrawal", "restriction"})


#: "hebt das Verbot nicht auf": within the two halves of a verb.
_NOT_WITHIN = re.compile(r"\s(?:nicht|niet)\s")


def _is_in_vain(text: str, undoing: tuple[int, int], language: str | None) -> bool:
    """ "fails to overturn the fine", "does not lift the ban": what would undo a measure leaves it as it is."""
    if _NOT_WITHIN.search(text, *undoing):
        return True
    before = text[: undoing[0]]
    denials = [context_words("denied", tag) for tag in spoken(language)]
    return bool(_IN_VAIN.search(before)) or any(d is not None and d.search(before[-_BEFORE_TERM:]) for d in denials)


_UNDONE, _OF_MONEY = frozenset({"annulled", "lifted"}), frozenset({"fine", "damages", "other"})
#: What a higher body did with the measure: the title's word on it wins.
REVISED = frozenset({"upheld", "reduced", "annulled"})


def choose_measures(findings: list[Finding]) -> list[Finding]:
    """What the title reports; the lead only where the title is silent or vague."""
    title = [f for f in findings if f.passage.is_title]
    lead = [f for f in findings if not f.passage.is_title]
    if title:
        main = min(title, key=lambda f: f.trigger.order)
        undone = [f for f in lead if f.status in _UNDONE and f.trigger.measure in _OF_MONEY]
        if main.trigger.is_escape and undone:
            return undone[:1]  # who "escapes the fine" had it annulled
        if main.trigger.measure in _VAGUE or _is_only_paid(main, title):
            better = [f for f in lead if _refines(main, f)]
            if better:
                is_told = main.status in REVISED or (main.status != "imposed" and better[0].status == "imposed")
                return [replace(better[0], status=main.status) if is_told else better[0]]
        return [main, *_beside(main, [*title, *lead])]
    if not lead:
        return []
    first = [f for f in lead if f.passage is lead[0].passage]
    main = min(first, key=lambda f: f.trigger.order)
    if main.trigger.measure in _VAGUE:
        better = [f for f in lead if _refines(main, f)]
        return [better[0]] if better else [main]
    return [main, *_beside(main, lead)]


#: What comes along with what: a prison term with a payment, a fine with an order.
_BESIDE = {
    "sentence": ("damages", "fine"),
    "fine": ("injunction", "suspension", "formal_notice"),
    "suspension": ("fine",),
    "ban": ("fine",),
    "injunction": ("fine",),
}


def _beside(main: Finding, findings: Sequence[Finding]) -> list[Finding]:
    """A second measure that the text reports in the same breath."""
    wanted = _BESIDE.get(main.trigger.measure, ())
    beside = {main.status} if main.status in _UNDONE else {main.status, "imposed"}
    found = [
        f for f in findings if f.trigger.measure in wanted and f.status in beside and not _DAILY.search(f.passage.text)
    ]
    if found and (
        found[0].passage is main.passage
        or found[0].trigger.measure in ("injunction", "formal_notice")
        or (main.trigger.measure in _WITH_FINE and _SUM.search(found[0].passage.text))
        or _ORDERED.search(found[0].passage.text)
    ):
        return found[:1]
    return []


#: A sum for each day that somebody does not obey is no fine yet.
_DAILY = re.compile(
    r"diári[ao]|journali[èe]re|par jour|per day|a day|daily|täglich|pro Tag|diari[ao]|al giorno|al día"
    r"|por dia|per dag|每日|每天",
    re.IGNORECASE,
)
#: Measures beside which a fine is one more, where the lead names its sum.
_WITH_FINE = frozenset({"suspension", "ban", "injunction"})
_SUM = re.compile(r"\d")
_ORDERED = re.compile(
    r"ordered to (?:re)?pay|must (?:also )?(?:re)?pay|condamnée?s? [^.;]{0,60}à (?:verser|payer)"
    r"|devr(?:a|ont) (?:aussi |également |en outre )?(?:verser|payer|rembourser)|muss (?:\w+ ){0,3}[^.;]{0,30}zahlen"
    r"|deberá (?:además |también )?(?:pagar|indemnizar)|dovrà (?:anche |inoltre )?(?:pagare|versare|risarcire)"
    r"|al pago de|ordered that (?:\w+ ){1,3}(?:re)?pay"
    r"|(?:deverá|terá de) (?:também )?(?:pagar|indenizar)|moet (?:ook )?[^.;]{0,30}betalen|并处|罚金|罰金"
    r"|mus(?:i|zą) [^.;]{0,24}(?:oddać|zwrócić|zapłacić|naprawić)"
    r"|(?:обязал|обязан|должен|должна)\w* [^.;]{0,30}(?:выплат|возмест|верн)"
    r"|(?:зобов|повин|має)\w* [^.;]{0,30}(?:виплат|відшкод|поверн)|musí [^.;]{0,30}(?:zaplatit|uhradit|nahradit|vrátit)"
    r"|(?:ska|måste) (?:också |även |dessutom )?[^.;]{0,20}betala|(?:ödemesine|ödeyecek)"
    r"|(?:mantiene|confirma|fija) (?:también )?la indemnización",
    re.IGNORECASE,
)


#: "must pay": to the state, or to whom it hurt.
_PAYS = re.compile(
    r"pay|pai|pag|vers|zahl|überweis|betal|zapła|заплат|выплат|сплат|zaplat|öde|بدفع|支付|支払", re.IGNORECASE
)


def _is_only_paid(main: Finding, title: Sequence[Finding]) -> bool:
    """Whether a title only says that a sum is paid, and calls it no fine."""
    if main.trigger.measure != "fine" or main.trigger.form == "noun" or not _PAYS.search(main.words):
        return False
    return _FINE.search(main.passage.text) is None and len(title) == 1


_FINE = re.compile(
    r"fine[sd]?\b|penalt|amende|pénalit|sanct|buß|bußgeld|strafe|multa|sanci|sanz|ammend|coima|boete|kar[aęy]\b|grzywn"
    r"|штраф|pokut|bøde|böter|avgift|vite|gebyr|\bbot\b|ceza|غرامة|罚|罰|制裁金|課徴金|과징금|과태료|벌금|settle",
    re.IGNORECASE,
)


def _refines(vague: Finding, finding: Finding) -> bool:
    """Whether the lead says more exactly what the title means."""
    if vague.trigger.is_escape or (
        (vague.trigger.measure, finding.trigger.measure) == ("designation", "fine")
        and not any(c.isdigit() for c in finding.passage.text)
    ):
        return False  # an avoided fine stays one; "penalized" without a sum is no fine
    if vague.trigger.measure == "ban" and finding.trigger.name == "injunction":
        return True  # "must take names offline", by a restraining order
    if vague.trigger.measure == "ban" and _LISTED.match(vague.words):
        return finding.trigger.measure in ("designation", "asset_freeze", "export_control")
    if vague.trigger.measure == "ban" and _OFF_AIR.search(vague.words) and finding.trigger.measure == "suspension":
        return True
    exact = {
        "fine": {"damages"},
        "conviction": {"sentence", "damages", "fine"},
        "other": {"fine", "designation", "asset_freeze", "formal_notice"},
        "restriction": {"export_control", "fine"},
        "designation": {"fine", "sentence", "asset_freeze"},
        "ban": {"export_control"},
        "suspension": {"export_control"},
    }
    return finding.trigger.measure in exact[vague.trigger.measure]


#: "blacklists": a list of whom it is, the lead says. "Off the air": for how long, too.
_LISTED = re.compile(r"blacklist", re.IGNORECASE)
_OFF_AIR = re.compile(r"fora do ar|off(?:line| the air)|hors ligne|fuori uso|fuera de línea", re.IGNORECASE)


def alike(a: str, b: str) -> bool:
    """Whether two kinds are told as one ("banned", "suspended"), so that one sentence fills in for the other."""
    groups = (
        {"sentence", "conviction"},
        {"ban", "export_control", "suspension", "restriction"},
        {"designation", "asset_freeze", "other"},
        {"fine", "damages", "other"},
    )
    return a == b or any(a in group and b in group for group in groups)


#: A sentence, the words that name a measure there, and where they stand; (0, 0) where only the place is known.
Place = tuple[Passage, Trigger, tuple[int, int]]
