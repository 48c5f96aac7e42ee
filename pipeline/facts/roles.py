"""How an authority stands in a sentence: as who acts, decides, revises or announces, as a place, or as the one hit."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.facts.patterns import load
from pipeline.text.normalise import FIRST_IDEOGRAPH


@dataclass(frozen=True, slots=True)
class Actor:
    """An authority as a sentence names it."""

    id: str
    level: str
    start: int
    end: int
    #: From the gazetteer, not from a pattern ("Massachusetts court").
    listed: bool = True


#: "by the court": who decides.
BY = re.compile(
    r"(?:\b(?:by|par|von|vom|durch|por|pela|pelo|da|dal|dalla|dall['’]|dai|door|przez|av|af)(?:\s(?:the|la|le|les|l['’]"
    r"|der|dem|die|el|een|de|het|a|an|o|os))?\s?(?:\w+\s){0,1}|被|遭|由)$",
    re.IGNORECASE,
)
#: Who stands in another case of Turkish than "by whom" decides nothing ("Çin'e", "BTK'nın kararını").
OTHER_CASE = re.compile(
    r"['’]?(?:[yn]?[ae]|[yn]?[ıiuü]|n?[ıiuü]n|n?[dt][ae](?:ki)?|[yn]?l[ae])(?!\w)"
    r"|(?:に(?!よ)|を|へ)(?![ァ-ヶ])"  # and of Japanese: "デジタル庁に"
)
#: "directive du gouvernement", "an order from the ministry".
ORDER_OF = re.compile(
    r"(?:directive|directives|order|orders|ordonnance|letter|décision|decision|Anordnung|orden|ordine|ordem"
    r"|rules?|probe|investigation|enquête|fine|penalty|reprimand|warning|ban|amende|avertissement|rappel à l['’]ordre"
    r"|Bußgeld|Rüge|multa|sanción|sanzione|coima|boete|berisping)"
    r"\s(?:[\w-]+\s){0,2}?(?:from|by|du|de la|des|de l['’]|der|des|del|de|dell['’]|della)\s?(?:the\s)?$",
    re.IGNORECASE,
)
#: "against the ministry", "to France": whom or what it is about.
AGAINST = re.compile(
    r"(?:\b(?:against|on|contre|à|aux|au|gegen|contra|(?<=\s)a|contro|tegen|mot|mod|przeciwko|wobec|против|проти|over|targeting|target"
    r"|visant|from|to|for|with|and)"
    r"(?:\s(?:the|la|le|les|l['’]|die|den|der|el|los|las|il|lo))?\s?|对|向)$",
    re.IGNORECASE,
)
#: "in China", "states of the EU": where.
PLACE = re.compile(
    r"(?:\b(?:in|en|te|au|aux|im|nach|a|à|w|na|в|на|from|of|across|inside|outside|dans|sur|of|basée?s? (?:en|au)"
    r"|used across|plus de|states? of)"
    r"(?:\s(?:the|la|le|les|l['’]|der|den|dem))?\s?|在|来自)$",
    re.IGNORECASE,
)
#: "US-based", "Chinese firms", "EU rules": of what kind something is.
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
    rf"(?:{'|'.join(load('deciding')['revises'])})\b",
    re.IGNORECASE,
)
#: "the court in Gent | has … annulled": in Germanic languages the participle closes the frame.
_REVISES_IN_FRAME = re.compile(
    r"(?:\s(?:te|in|i|zu)\s\w+)?\s(?:heeft|hat|har|hade|havde)\s(?:[^.;]|\.(?=\d)){1,90}?(?<!\w)"
    r"(?:vernietigd|bevestigd|bekrachtigd|verworpen|afgewezen|verlaagd|gehalveerd|aufgehoben|bestätigt|verworfen"
    r"|abgewiesen|zurückgewiesen|gekippt|reduziert|gesenkt|annulliert|upphävt|fastställt|avslagit|sänkt|ophævet"
    r"|stadfæstet|nedsat|opphevet|stadfestet|forkastet|redusert)(?!\w)",
    re.IGNORECASE,
)
#: The same where no space parts the words: "法院审理后…维持", "高裁は…棄却".
_REVISES_UNSPACED = re.compile(
    r"(?:[\u3040-\u30ff\u4e00-\u9fff]|[，、,](?!被)){0,40}?(?:维持|驳回|推翻|改判|撤销(?!案)|棄却|退け|破棄|取り消|支持し)"
)
#: An article in any language.
THE = r"(?:the |le |la |les |l['’]|der |die |das |des |el |il |lo |o |a |de |het )?"
#: "a décidé le Conseil d'État", "laut Landgericht Köln": who decided, or tells of it, stands behind his verb.
DECIDED, ANNOUNCED = (
    re.compile(rf"\b(?:{'|'.join(load('deciding')[kind])})(?:,? [a-zà-ÿ]+){{0,2}} {THE}$", re.IGNORECASE)
    for kind in ("decided", "announced")
)
_NEXT_INSTANCE, _DECISION_OF = (
    re.compile(rf"(?<!\w)(?:{'|'.join(load('deciding')[kind])})\s?{THE}$", re.IGNORECASE)
    for kind in ("next_instance", "decision_of")
)
#: What may stand between the start of a sentence and its subject.
_OPENING = re.compile(
    r"^\W*(?:the|le|la|les|l['’]|el|los|il|lo|la|i|der|die|das|de|het|o|a|os|as|un|une|an|ein|eine|una|um|uma|een"
    r"|selon|according to)?\s?(?:\w+ly\s)?$",
    re.IGNORECASE,
)
_ONE_OF = re.compile(r"(?<!\w)(?:an?|une?|una|un|ein|um|uma|een)\s$", re.IGNORECASE)
#: Room for the words that lead to an authority, in code points: for one with its article, and for a phrase.
_LEADING, _LEADING_PHRASE = 32, 60


def words_before(text: str, actor: Actor) -> str:
    """The words that lead to an authority, to its first letter."""
    return text[max(0, actor.start - _LEADING) : actor.start]


def revises(text: str, actor: Actor) -> bool:
    """Whether the authority is said to decide on another's decision ("the court upheld …")."""
    if text[actor.end - 1] >= chr(FIRST_IDEOGRAPH):
        return _REVISES_UNSPACED.match(text, actor.end) is not None
    return bool(_REVISES.match(text, actor.end) or _REVISES_IN_FRAME.match(text, actor.end))


#: Who tells of his own decisions.
_TELLING = frozenset({"court", "regulator", "ministry", "international"})


def announces(text: str, actor: Actor) -> bool:
    """Whether a body stands behind a verb of telling ("aldus de rechtbank", "Ogłosiło to Ministerstwo")."""
    before = words_before(text, actor)
    does_tell = ANNOUNCED.search(before) or DECIDED.search(before)
    return actor.level in _TELLING and does_tell is not None and not is_adjective(text, actor)


def is_next_instance(text: str, actor: Actor) -> bool:
    """Whether a court stands where a decision may be fought ("recurso para o Tribunal")."""
    return actor.level == "court" and bool(
        _NEXT_INSTANCE.search(text[max(0, actor.start - _LEADING_PHRASE) : actor.start])
    )


def is_decision_of(text: str, actor: Actor) -> bool:
    """Whether the words in front say whose the decision is ("a decisão é da", "lo ha deciso")."""
    return bool(_DECISION_OF.search(text[max(0, actor.start - _LEADING_PHRASE) : actor.start]))


def is_indefinite(text: str, actor: Actor) -> bool:
    """ "Un juzgado de Madrid", "a court in Ohio": a court that the text has not named yet."""
    return actor.level == "court" and bool(_ONE_OF.search(text[max(0, actor.start - 8) : actor.start]))


#: "Am Montag hat das | Landgericht", "heeft de rechtbank": the subject behind the auxiliary of its participle.
_AUXILIARY = re.compile(
    r"(?<!\w)(?:hat|haben|hatte|heeft|hebben|har|havde|hade)\s(?:(?:das|die|der|de|het|den|det)\s)?$", re.IGNORECASE
)
#: "el Juzgado | ha ordenado", "the court | has ordered": the subject in front of the auxiliary of a deed.
_HAS_DONE = re.compile(
    r"\s(?:has|have|ha|han|hanno|a|ont|hat|haben|heeft|hebben|har)\s(?:also |anche |aussi |auch |ook )?"
    r"(?:impos|condamn|condann|conden|order|ordin|orden|ordonn|fined|multa|sanci|sanz|sanct|prohib|interdi|viet|verb|bloc"
    r"|decid|décid|deci[sd]|beschlo|beslut|besluit|besloten|opgelegd|revo[ck]|révoqu|retir|withdrawn|suspend|susp|sospes"
    r"|irrog|inflig|inflitt|disp[ou]|verh[äa]ng|untersag|verurteil|veroordeel|dömt|dømt|pålagt|beveel|bevolen|acord|resuelt"
    r"|rejet|annul|anul|upheld|ratif|confirm|conferm|desestim|respint|dict|prononc|rul|sentenc|jail|convict|banned)\w*",
    re.IGNORECASE,
)
#: Particles of the subject behind a name.
_SUBJECT_PARTICLE = re.compile(r"(?:は|が)(?!いし|ん)|(?:은|는|이|가)(?=\s)")
#: "记者从网信办获悉": from whom a report has it.
_LEARNT = re.compile(r"(?:从|從|據|据)$")
_LEARNT_BEHIND = re.compile(r"(?:处)?(?:获悉|獲悉|了解到|得知|通报|消息)")


def acts(text: str, actor: Actor) -> bool:
    """Whether grammar shows somebody as acting wherever he stands: "by", an auxiliary, the particle of the subject."""
    before = words_before(text, actor)
    is_subject_of_verb = _SUBJECT_PARTICLE.match(text, actor.end) or _HAS_DONE.match(text, actor.end)
    if BY.search(before) or _AUXILIARY.search(before) or is_subject_of_verb:
        return not is_next_instance(text, actor)
    return bool(_LEARNT.search(before) and _LEARNT_BEHIND.match(text, actor.end))


def is_subject(text: str, actor: Actor) -> bool:
    """Whether a sentence opens with the authority, as what it says or does."""
    if not _OPENING.match(text[: actor.start]):
        return False
    return not is_adjective(text, actor)


def is_adjective(text: str, actor: Actor) -> bool:
    """Whether the words say of what kind the next noun is ("US companies"); what a court "orders" it does."""
    does = actor.level == "court" and text.startswith(" orders ", actor.end)  # "US orders" may be those of the US
    return not does and bool(_ADJECTIVE_AFTER.match(text, actor.end))


def is_label(text: str, actor: Actor) -> bool:
    """ "Chile: …": whether a country only says where, in front of a colon."""
    return actor.level == "government" and text[actor.end : actor.end + 2].strip().startswith((":", "："))


def against(text: str, actor: Actor) -> bool:
    """Whether the authority stands as the one hit or as a place."""
    before = words_before(text, actor)
    if ORDER_OF.search(before):
        return False  # "a letter from the ministry"
    if OTHER_CASE.match(text, actor.end):
        return True
    return bool(AGAINST.search(before) or (actor.level == "government" and PLACE.search(before)))
