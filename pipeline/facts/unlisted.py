"""Products that no list holds, by the words around their names: what they are, where the flaw is, which version."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from pipeline.facts.actors import actors
from pipeline.facts.nicknames import is_of_malware_or_person, nicknames
from pipeline.facts.patterns import claims, flaw_words, load, spoken
from pipeline.facts.spans import Passage
from pipeline.facts.titled import (
    before_kind,
    has_model,
    is_before_kind,
    is_behind_kind,
    is_behind_several,
    is_made_by,
    is_quoted_name,
    named_by_kind,
    stands_in,
    with_number,
    without_kind,
)
from pipeline.facts.trim import ADD_ON, ADDED_FLAW, trimmed, with_device
from pipeline.model import Article, Fact
from pipeline.text.gazetteer import Hit
from pipeline.text.identifiers import find_cves
from pipeline.text.names import Name, find_names, organisations, products

#: Where a product is named: "in X", "dans X"; one alternation for all languages.
PLACE = re.compile(
    r"(?:\b(?:(?:updates?|patch(?:es)?|fix(?:es)?|correctifs?|parches?|aggiornament[oi]|atualização"
    r"|mise à jour)\s(?:for|pour|für"
    r"|para|per|voor|dla)|afect\w+ a|afet\w+|affect\w+|touchent|betrifft|betreffen|interess\w+|colpi\w+|treft"
    r"|dotycz\w+|in|of|affecting|affects|dans|touche|touchant|de|d['’]|du|von|bei|en|di|nel|nella|del|em|no|na|van|w)"
    r"\s(?:the\s|its\s|their\s|son\s|sa\s|ses\s|ihren?m?\s|seinen?m?\s|sus?\s|suoi\s|sua\s|zijn\s|les\s(?:produits|équipements)\s|le\s|la\s|(?:os\s|los\s|i\s|les\s|die\s)?(?:produits|produkt\w*|prodotti|productos|produtos|sistemas|sistemi|systèmes|Systeme)\s)?)$|(?:影响|关于|修复|存在于|于)$",
    re.IGNORECASE,
)
_AFFECTS = re.compile(
    r"\b(?:affect\w+|afe[ct]t?\w+|touch(?:e|ent)|betrifft|betreffen|interessa\w*|treft|dotycz\w+)\b|影响", re.IGNORECASE
)
_AFTER_ID = re.compile(r"(?:CVE|ZDI)\S{5,20}\s?[-–—:]\s?(?:WordPress )?$")
#: What may follow a name right after an id: a version, a colon, a verb; not the rest of a noun.
_NAME_ENDS = re.compile(
    rf"\s?(?:[:<≤(–—-]|(?:{'|'.join(load('products')['flaw_kinds'])})\b"
    r"|has\b|have\b|up to|through|before|prior|version|plug-?in\b|theme\b|v?\d|is\b|allows?\b|$)"
    r"|(?=\s[A-Z\d])"
)
#: "Acme Portal flaw", "Acme's SSO flaw": what may stand between the name and the word for the flaw.
_FLAW_OF = re.compile(
    r"(?:['’]s)?(?:\s(?:for|on)\s[A-Zim][\w.]+(?:(?:,|,?\sand|\s&)\s[A-Zim][\w.]+)*)?\s(?:[\w.-]+\s){0,3}"
)
_COMMON_NOUN = re.compile(r"\s[a-z]+\s(?:is|are|was|were|have|has|can|could|may)\b")
_HEADING = re.compile(r"\s?[:：]\s")
#: Kinds of flaws with capitals are no names.
KIND = re.compile(
    r"\b(?:OS(?=\s[Cc]ommand)|UAF|XXE|SSTI|SQLi|IDOR|LFI|TOCTOU|Argument|Command|Code|SQL|HTML|XML|XSS|SSRF|CSRF|RCE|LPE|Heap|Stack|Buffer|Integer|Memory|Path|Directory|Remote"
    r"|Arbitrary|Improper"
    r"|Incorrect|Missing|Insufficient|Excessive|Unauthenticated|Authenticated|Privileges?|Local|Denial|Out-[Oo]f-[Bb]ounds"
    r"|Use-After-Free"
    r"|Injection|Traversal|Overflow|Underflow|Deserialization|Authentication|Authorization|Information|UnAuth|Cross-(?:Site|Database|Tenant|Origin|Team|User|Account|Domain)"
    r"|Multiple|Critical"
    r"|Vulnerabilit\w*|Vulnerable|Lacks|Grants?|SYSTEM|Flaws?|Bugs?|Zero-Day|0-Days?|Off-by-One|Stored|Reflected|Persistent|Race|Type|Null|Special|Double|Off|Bypass"
    r"|Disclosure"
    r"|Allows?|Lets?|Hijack\w*|Malicious|Stealthy|Prompt(?=\s[Ii]njection)|Enables?|Exposed?|Origin|Validation|Widespread|Worth|New|Unpatched|Actively|Exploited"
    r"|Attackers?|Hackers?"
    r"|Server-Side|Client-Side|Pre-Auth\w*|Post-Auth\w*|Untrusted|Prototype|Pollution|Smuggling|Forgery|Escalation"
    r"|Insecure|Unsafe|Request|Confirms?|Warns?|Says|Fixes|Patches|Releases|Released|Issues|Issued|Reports|Discovers|Finds"
    r"|Exploitation|Attempts?|Honeypots?|Hitting|Triggers?|Gives?|Leads|Leaves|Puts|DoS|Root(?=\sAccess)|Under(?=\sAttack)"
    r"|Urges|Hits?|Unveils?|Discloses?|Drops?|Leaks?|Publishes|Advisor(?:y|ies))\b"
)
#: Who found the flaw: "researchers at Acme Labs".
_FINDER = re.compile(
    r"(?:research\w*|experts?|analysts?|team|ricercator\w+|chercheurs?|équipe|Forsch\w+|pesquisador\w+"
    r"|investigador\w+|onderzoekers?|badacz\w+)"
    r"\s(?:\w+\s)?(?:at|of|from|with|di|de|du|d['’]|des|von|der|da|do|van|z)\s?(?:the\s|la\s|l['’])?$",
    re.IGNORECASE,
)
LONGEST_NAME = 4
#: Offices and crowds get updates, they are none.
_BODY = re.compile(
    r"\b(?:Agenc(?:y|ies)|Branch|Department|Ministry|Government|Customers|Users|Administrators|Organi[sz]ations)$"
)
#: A function, a file or a verb of HTTP.
_PART = re.compile(r"[a-z]{2,}(?:[A-Z_]\w*)+|\w+_\w+|/\S+|[\w-]+\.(?:php|cgi|asp|so|c|js|html?)|POST|GET|PUT|Web|HTTP")
#: "AI-powered" says what something is like.
_QUALITY = re.compile(
    r"[\w.]+[-‐‑](?:powered|based|side|driven|enabled|native|hosted|related|class|grade|wide|level)", re.I
)
_GENERIC = frozenset(load("products")["generic"])
#: "Form Plugin": what an add-on is for, and that it is one.
_PURPOSE = re.compile(rf"(?:{'|'.join(load('products')['purposes'])})(?: (?:Plug-?in|Add-?on|Extension|Theme|Module))?")
#: "Acme's Display and Peripherals Manager": one thing for two purposes.
_JOINED_NOUN = re.compile(
    rf"(?<=['’]s )(?P<name>[A-Z]\w+ and [A-Z]\w+ (?:{'|'.join(load('products')['nouns'])}))(?![\w'’-])"
)
_OWNER = re.compile(r"(?:[A-Z][\w.-]* ){0,2}[A-Z][\w.-]*['’]s $")


_KINDS = "|".join(load("products")["kind"])
#: "le plugin X", "the package “x”".
_IS_A = re.compile(rf"(?<!\w)(?:{_KINDS})(?:\s(?:pour|for|für|para|per)\s[\w-]+)?\s?(?:[“«「\"'‘]\s?)?$", re.IGNORECASE)
_QUOTED = re.compile(rf"(?<!\w)(?:{_KINDS})\s?[“«「\"‘]\s?(?P<name>[^”»」\"’]{{2,30}}?)\s?[”»」\"’]", re.IGNORECASE)
#: "Linux de SUSE": the name of a product ends before whose it is.
_JOINT = re.compile(r" (?:de|du|des|of|von|van|di|del|da|do) ")
_QUOTE = re.compile(r"[“«「\"‘]")
_OF_MAKER = re.compile(rf"(?<!\w)(?:{'|'.join(load('products')['of_maker'])})\s$", re.IGNORECASE)
_MAKERS_DO = re.compile(rf"\s(?:{'|'.join(load('products')['makers_do'])})(?!\w)", re.IGNORECASE)
_PEOPLE_DO = re.compile(rf"\s?(?:{'|'.join(load('products')['people_do'])})(?![^\W\d_\u2e80-\u9fff])")
VERSION = re.compile(
    r"\s(?:versions?\s|[Rr]evision\s|v)?\d+(?:\.[\dx]+)+(?![\dx.]*\s?(?:万|亿|million|billion|Mio|Mrd|mln|[%€$£]))"
)
_UP_TO = re.compile(r"\s(?:(?:before|prior to|up to|through|from|versions?)\s|[<≤]=?\s?|v)+\d+(?:\.[\dx]+)+")
#: "Formulix < = 1.6.77": as databases of exploits write it.
_BELOW = re.compile(r"\s[<≤]\s?=?\s?v?\d")
#: Letters that stand for a field rather than a name ("OT", "AI").
_SHORT = 2
#: "Examplia's Formulix software": what it is stands behind it in English.
_KIND_AFTER = re.compile(rf"\s(?:{'|'.join(load('products')['kind_after'])})(?!\w)")
_OWNED = re.compile(r"(?:['’]s|\b(?:[Tt]he|[Ii]ts|[Tt]heir|popular|open-source))\s$")
_POINT = re.compile(r"(?:^|[\s(])\.$")
#: "Acme's network": what an organisation has is not what it makes.
_OWNS = re.compile(rf"['’]s?\s(?:\w+ ){{0,2}}?(?:{'|'.join(load('products')['owned'])})(?!\w)", re.IGNORECASE)
_OWNED_BY = re.compile(rf"(?<!\w)(?:{'|'.join(load('products')['owned_by'])})\s?$", re.IGNORECASE)
#: "Log4Shell", "CitrixBleed": what flaws are called, whoever named them.
_NICKNAME = re.compile(rf"(?:{'|'.join(load('nicknames')['shapes'])})(?!\w)")
#: "WordPress XSS2Shell Core": where a flaw's name begins within a name.
NICKNAME_WITHIN = re.compile(rf"\s(?:{'|'.join(load('nicknames')['shapes'])})(?!\w)")
#: "Sandviper Malware Doubles": a name that holds what it is.
_MALWARE = re.compile(r"\b(?:Malware|Ransomware|Botnet|Trojan|Backdoor|Stealer|Spyware)\b")
_CJK_IN_IT = re.compile(load("products")["cjk_in_it"])
#: "on OPNsense systems": what is installed is a product, also where it is called as its maker.
_RUNS = re.compile(r"\s(?:systems|installations|instances|deployments|appliances|setups)\b")
_AND = re.compile(r"(?:,|,?\s(?:and|et|und|sowie|y|e|en|i)|、|和|及|&)\s?(?:the\s|le\s|la\s|les\s)?", re.IGNORECASE)
_AND_BEFORE = re.compile(rf"(?:{_AND.pattern})$", re.IGNORECASE)
#: Sentences that are read: the title and the opening.
_READ = 4
#: From here on signs stand without spaces between words: kana, then ideographs.
_FIRST_KANA = 0x3040
#: Sentences in which a flaw is given its name.
_NICKNAMED_IN = 12
#: How sure a place makes that a name is the product.
_AFTER_AN_ID, _BY_KIND, _WITH_VERSION, _IN, _OF, _AT_FLAW, _BY_MODEL, _MAYBE_MAKER = 9, 8, 7, 6, 5, 4, 2, 1
_CJK_KIND = re.compile(
    rf"{load('products')['cjk_kind']}(?P<name>(?![被曝存现披修中的再又和与及等将遭已可])[\u4e00-\u9fff]{{2,6}}?)"
    rf"(?={load('products')['cjk_after']})"
)
#: "星桥路由器存在漏洞": the kind ends the name.
_CJK_NAMED = re.compile(
    rf"(?:^|[，。：:、！？】\s])(?P<name>[\u4e00-\u9fff]{{2,6}}?{load('products')['cjk_kind_last']})"
    rf"(?={load('products')['cjk_after']})"
)
#: "complemento de | WordPress": what an add-on is made for is not what the flaw is in.
_ADDED_TO = re.compile(
    r"(?:plug-?ins?|exten[st]\w+|estension\w+|compl[eé]ment\w*|wtycz\w+|add-?ons?|th[eè]mes?|temas?|плагин\w*|插件)"
    r"\s?(?:\w{1,4}\s)?$",
    re.IGNORECASE,
)
#: How far into a title a namesake may begin to be what it is about.
_OPENS = 20
_NAMESAKES = frozenset(load("products")["namesakes"])
#: "X存在漏洞", not "X关于漏洞报告的规范" nor "X漏洞奖励计划".
_CJK_FLAW = re.compile(
    r"(?!\s?关于)[^，。；、]{0,16}(?:漏洞(?!挖掘|奖励|悬赏|治理|管理|情报|扫描|响应|研究|平台|库)|后门|脆弱性|缺陷|RCE)"
)


def unlisted(article: Article, passages: Sequence[Passage]) -> Iterator[Fact]:
    """ "Multiples vulnérabilités dans Symfony", "le plugin Formulix": the name whose place says most, and its list.

    A name that makes products ("printers by Acme", "Acme has fixed …") is one only where nothing better is named.
    """
    read = passages[:_READ]
    flaws = frozenset(nicknames(passages[:_NICKNAMED_IN]))
    is_told = any(tells_of_flaw(p, article) or _is_stated(p, article) for p in read)
    found = [
        (p, _names(p, article, flaws))
        for p in read
        if _may_name(p, article) or (is_told and (p.is_title or p.offset == 0))
    ]
    installed = {p.text[slice(*n)] for p, names in found for n in names if _RUNS.match(p.text, n[1])}
    makers = {p.text[slice(*n)] for p, names in found for n in names if _is_maker(p.text, *n)} - installed
    second: tuple[Passage, list[tuple[int, int]]] | None = None
    for passage, names in found:
        ranked = [(_rank(passage, *n, article, read) or _rank_by_title(passage, *n, article), n) for n in names]
        ranked = [
            (_MAYBE_MAKER if rank > _MAYBE_MAKER and passage.text[slice(*n)] in makers else rank, n)
            for rank, n in ranked
        ]
        best = max((rank for rank, _ in ranked), default=0)
        chosen = [n for rank, n in ranked if rank == best]
        first = chosen[-1:] if best == _IN and passage.is_title else chosen[:1]
        if best > _MAYBE_MAKER:
            name = passage.text[slice(*first[0])]
            told = (_longer(name, found) or _versioned(name, found)) if passage.is_title else None
            yield from _facts_of(*(told or (passage, _with_list(passage.text, names, first[0]))))
            return
        if best == _MAYBE_MAKER and second is None and not _before(_OF_MAKER, passage.text, first[0][0]):
            second = passage, first
    if second is not None:
        yield from _facts_of(*second)
        return
    for passage in read:
        for hit in organisations().find(passage.text) if tells_of_flaw(passage, article) else ():
            is_host = ADD_ON.match(passage.text, hit.end) or _before(_ADDED_TO, passage.text, hit.start)
            if hit.id in _NAMESAKES and not is_host and _is_of_flaw(passage.text, hit, article):
                yield from _facts_of(passage, [(hit.start, hit.end)])
                return
    for passage in read[:1] if is_told else ():
        for hit in organisations().find(passage.text) if passage.is_title else ():
            if hit.id in _NAMESAKES and hit.start <= _OPENS and not ADD_ON.match(passage.text, hit.end):
                yield from _facts_of(passage, [(hit.start, hit.end)])
                return
    for passage in read:
        if tells_of_flaw(passage, article):
            made = [with_device(passage.text, h.start, h.end) for h in organisations().find(passage.text)]
            named = [span for span, h in zip(made, organisations().find(passage.text), strict=True) if span[1] > h.end]
            if named:
                yield from _facts_of(passage, named[:1])
                return


def _is_of_flaw(text: str, hit: Hit, article: Article) -> bool:
    """Whether a flaw is said to be in what is named."""
    return _before(PLACE, text, hit.start) or _stands_at_flaw(text, hit.start, hit.end, article.language)


def joined_to(passage: Passage, article: Article, spans: Sequence[tuple[int, int]]) -> Iterator[Fact]:
    """The unlisted names in the list of products that a flaw is in: "affects Acme Desk, [Firefox] and Acme Portal"."""
    text = passage.text
    if not any(_AND.match(text, end) or _AND_BEFORE.search(text, max(0, start - 10), start) for start, end in spans):
        return
    names = sorted({*_names(passage, article, frozenset()), *spans})
    for group in _groups(text, names):
        if not any(span in spans for span in group) or not _before(PLACE, text, group[0][0]):
            continue
        yield from _facts_of(passage, [span for span in group if span not in spans])


def _groups(text: str, names: Sequence[tuple[int, int]]) -> Iterator[list[tuple[int, int]]]:
    """Names that stand in one list, together."""
    group: list[tuple[int, int]] = []
    for span in names:
        if group and not _AND.fullmatch(text, group[-1][1], span[0]):
            yield group
            group = []
        group.append(span)
    if group:
        yield group


def _longer(
    name: str, found: Sequence[tuple[Passage, list[tuple[int, int]]]]
) -> tuple[Passage, list[tuple[int, int]]] | None:
    """ "Acme Portal" of the lead in place of the title's "Acme"."""
    for passage, names in found:
        for start, end in names:
            if " " not in name and not passage.is_title and passage.text[start:end].startswith(f"{name} "):
                return passage, [(start, end)]
    return None


def _versioned(
    name: str, found: Sequence[tuple[Passage, list[tuple[int, int]]]]
) -> tuple[Passage, list[tuple[int, int]]] | None:
    """ "Acme CLI" of the lead, with its version, in place of the title's "Acme CLI Desk Agent" that runs on."""
    for passage, names in found:
        for start, end in names:
            called = passage.text[start:end]
            is_part = " " in called and name.startswith(f"{called} ") and not passage.is_title
            if is_part and _UP_TO.match(passage.text, end):
                return passage, [(start, end)]
    return None


def _may_name(passage: Passage, article: Article) -> bool:
    text = passage.text
    return tells_of_flaw(passage, article) or bool(VERSION.search(text) or _AFFECTS.search(text))


def _facts_of(passage: Passage, spans: Sequence[tuple[int, int]]) -> Iterator[Fact]:
    for span in spans:
        start, end = with_device(passage.text, *span)
        end = with_number(passage.text, end)
        value = passage.text[start:end]
        yield Fact(type="product", value=value, name=value, evidence=passage.evidence(start, end))


def _names(passage: Passage, article: Article, flaws: frozenset[str]) -> list[tuple[int, int]]:
    """Spans of names that may be products: no makers, places, finders, malware, names or kinds of flaws."""
    text = passage.text
    makers = organisations()
    countries = [(a.start, a.end) for a in actors(text, article.language)]
    listed = [(h.start, h.end) for h in products().find(text)]
    quoted = [Name(m["name"], *m.span("name")) for m in _QUOTED.finditer(text)] if _QUOTE.search(text) else []
    quoted += [Name(m[1], *m.span(1)) for m in named_by_kind(text, article.language)]
    quoted += [
        Name(m["name"], *m.span("name")) for p in (_CJK_KIND, _CJK_NAMED, _JOINED_NOUN) for m in p.finditer(text)
    ]
    found = []
    for name in (*quoted, *(n for n in find_names(text, article.language) if not _overlaps(n, quoted))):
        start = next((h.start for h in makers.find(text) if h.start < name.start <= h.end + 1), name.start)
        kind = KIND.search(text, start)  # not only to the end of the name: what follows may tell a kind ("OS command")
        value = text[start : min(kind.start() if kind else name.end, name.end)].rstrip(" -–:")
        value = NICKNAME_WITHIN.split(_JOINT.split(value)[0])[0].rstrip()
        value = text[start : before_kind(text, start, start + len(value), article.language)]
        start += (without := without_kind(text, start, start + len(value), article.language) - start)
        value = value[without:]
        span = trimmed(text, start, start + len(value))
        if span is None:
            continue
        start = span[0]
        value = _without_part(" ".join(text[slice(*span)].split(" ")[:LONGEST_NAME]))
        if _POINT.search(text[:start]):  # ".NET", whose point belongs to it
            start, value = start - 1, f".{value.split(' ')[0]}"
        end = start + len(value)
        if (
            len(value) > 1
            and value not in _GENERIC
            and not _PURPOSE.fullmatch(value)
            and not _is_shouted_kind(value)
            and not _is_genitive(value)
            and not _QUALITY.fullmatch(value)
            and not value.isdecimal()
            and not value.startswith("CVE")
            and "CVSS" not in value
            and (VERSION.match(text, end) or not any(h.start == start and h.end >= end for h in makers.find(text)))
            and not any(s < name.end and name.start < e for s, e in countries)
            and not any(s <= start and end <= e for s, e in listed)
            and not _BODY.search(value)
            and not _FINDER.search(text[max(0, start - 40) : start])
            and not any(value == flaw or value.startswith(f"{flaw} ") for flaw in flaws)
            and not _NICKNAME.match(value)
            and not _MALWARE.search(value)
            and (has_model(text, start, end) or not is_of_malware_or_person(text, start, end))
            and not _is_owner(text, start, end)
            and not _PEOPLE_DO.match(text, end)
        ):
            found.append((start, end))
    return found


def _is_owner(text: str, start: int, end: int) -> bool:
    """ "a flaw in Acme's network", "le réseau d'Acme": whose systems they are."""
    return bool(_OWNS.match(text, end)) or _before(_OWNED_BY, text, start)


def _is_shouted_kind(name: str) -> bool:
    """ "AN OS COMMAND": a kind of flaw in a title without small letters."""
    return name.isupper() and " " in name and bool(KIND.search(name.title()))


def _is_genitive(name: str) -> bool:
    """ "Microsofts": a maker's name with a German ending."""
    return name.endswith("s") and any((h.start, h.end) == (0, len(name) - 1) for h in organisations().find(name[:-1]))


#: How far before a name the words are looked for that say what it is, in code points.
_WINDOW = 60


def _before(pattern: re.Pattern[str], text: str, start: int) -> bool:
    return bool(pattern.search(text[max(0, start - _WINDOW) : start]))


def _overlaps(name: Name, others: Sequence[Name]) -> bool:
    return any(name.start < other.end and other.start < name.end for other in others)


def _is_maker(text: str, start: int, end: int) -> bool:
    """Whether a place shows the name as a maker's: "printers by X", "X has fixed"."""
    if text.startswith("製", end):
        return True
    opens = start == 0 or text[:start].rstrip()[-1:] in ":–—|"
    return bool(_before(_OF_MAKER, text, start) or (opens and _MAKERS_DO.match(text, end)))


def _rank(passage: Passage, start: int, end: int, article: Article, read: Sequence[Passage]) -> int:
    """How sure the place of a name makes that it is the product; 0 where nothing says so."""
    text, before = passage.text, passage.text[max(0, start - 40) : start]
    if _AFTER_ID.search(before) and _NAME_ENDS.match(text, end):
        return _AFTER_AN_ID
    if _IS_A.search(before) or any(m.span("name") == (start, end) for m in _CJK_KIND.finditer(text)):
        return _BY_KIND
    if any(m.span(1) == (start, end) for m in named_by_kind(text, article.language)):
        return _BY_KIND
    if is_behind_several(text, start, end, article.language) and with_number(text, end) == end:
        return 0
    if is_behind_kind(text, start, article.language) or is_before_kind(text, start, end, article.language):
        return _BY_KIND
    if ADDED_FLAW.match(text, end):
        return _BY_KIND
    if VERSION.match(text, end) or (passage.is_title and _BELOW.match(text, end)):
        return _WITH_VERSION
    if any(m.span("name") == (start, end) for m in _CJK_NAMED.finditer(text)):
        return _MAYBE_MAKER  # a Latin name of the lead says more
    if _RUNS.match(text, end) and tells_of_flaw(passage, article):
        return _OF
    if _is_maker(text, start, end):
        return _MAYBE_MAKER if tells_of_flaw(passage, article) and PLACE.search(before) else 0
    if not tells_of_flaw(passage, article) and not _AFFECTS.search(passage.text):
        return 0
    if passage.is_title and re.search(r"\b(?:in|dans)\s$", before):
        return _IN
    owner = _OWNER.search(before) if organisations().find(before) else None
    if (
        PLACE.search(before[: owner.start()] if owner else before)
        or (passage.is_title and stands_in(text, start, end, article.language))
        or _CJK_IN_IT.match(text, end)
        or (_KIND_AFTER.match(text, end) and _OWNED.search(before))
    ):
        return _OF
    if not passage.is_title:
        name, title = (part.replace("‑", "-") for part in (text[start:end], read[0].text if read[0].is_title else ""))
        is_told_again = start > 0 and len(name) > _SHORT and name in title
        return _AT_FLAW if is_told_again and _is_right_before_flaw(text, end, article.language) else 0
    if text.count(" ", end, with_device(text, start, end)[1]) in (1, 2) and (article.language or "en")[:2] == "en":
        return _MAYBE_MAKER  # "unlocks Acme smart locks"
    name = text[start:end]
    rest = " ".join(p.text for p in read[1:])
    is_told_again = " " in name or name in rest or ord(text[end : end + 1] or " ") > _FIRST_KANA
    return _AT_FLAW if is_told_again and _stands_at_flaw(text, start, end, article.language) else 0


def _is_right_before_flaw(text: str, end: int, language: str | None) -> bool:
    """ "a critical Formulix flaw"."""
    patterns = [flaw_words(tag) for tag in spoken(language)]
    return text[end : end + 1] == " " and any(p is not None and p.match(text, end + 1) for p in patterns)


def _rank_by_title(passage: Passage, start: int, end: int, article: Article) -> int:
    """How sure a title makes of a name that nothing around it shows, but that has a model number."""
    text = passage.text
    if not passage.is_title or _PEOPLE_DO.match(text, end) or _is_maker(text, start, end):
        return 0
    language = article.language
    numbered = with_number(text, end) > end and (language or "en")[:2] != "en"  # not "Linux Kernel 7 Flaws"
    made = any(is_made_by(text, start, end, h.end, language) for h in organisations().find(text) if h.start == start)
    is_one = numbered or made or is_quoted_name(text, start, end, language) or has_model(text, start, end)
    return _BY_MODEL if is_one else 0


def _with_list(text: str, names: Sequence[tuple[int, int]], first: tuple[int, int]) -> list[tuple[int, int]]:
    """The name and those joined to it behind it: "in Acme Gateway, Desk and Portal"."""
    group = [first]
    before = reversed(names[: names.index(first)]) if ADDED_FLAW.match(text, first[1]) else ()
    for name in before:  # "Formulix and iCalend Joomla extension flaws"
        if not _AND.fullmatch(text, name[1], group[0][0]):
            break
        group.insert(0, name)
    for name in names[names.index(first) + 1 :]:
        version = VERSION.match(text, group[-1][1])
        if not _AND.fullmatch(text, version.end() if version else group[-1][1], name[0]):
            break
        group.append(name)
    return group


def _is_stated(passage: Passage, article: Article) -> bool:
    """Whether a sentence says of something that it is exploited or patched, or that it is not."""
    return any(
        words.search(passage.text)
        for tag in spoken(article.language)
        for kind in ("exploited", "patched")
        for name, words in claims(kind, tag).items()
        if name in ("yes", "no", "later")
    )


def tells_of_flaw(passage: Passage, article: Article) -> bool:
    """Whether a sentence names a flaw or a fix."""
    return _tells_of_flaw(passage.text, article.language)


@lru_cache(maxsize=64)
def _tells_of_flaw(text: str, language: str | None) -> bool:
    if find_cves(text):
        return True
    for tag in spoken(language):
        flaw, fix = flaw_words(tag), claims("patched", tag).get("yes")
        if (flaw is not None and flaw.search(text)) or (fix is not None and fix.search(text)):
            return True
    return False


def _without_part(name: str) -> str:
    """ "Acme R1 formSetFilter", "Acme R1 POST": the device, without the part of its program that is named behind it."""
    words = name.split(" ")
    end = next((place for place, word in enumerate(words) if place and _PART.fullmatch(word)), len(words))
    return " ".join(words[:end])


def _stands_at_flaw(text: str, start: int, end: int, language: str | None) -> bool:
    """ "Acme Portal flaw lets …", or the name that heads the title ("Acme Portal: …")."""
    if start == 0 and _HEADING.match(text, end):
        return True
    if _CJK_FLAW.match(text, end):
        return True
    between = _FLAW_OF.match(text, end)
    if start == 0 and " " not in text[:end] and _COMMON_NOUN.match(text, end):
        return False  # "Credit cards are vulnerable": the first word has its capital from its place
    while between is not None and between.end() > end:
        for tag in spoken(language):
            words = flaw_words(tag)
            if words is not None and words.match(text, between.end()):
                return True
        shorter = text.rfind(" ", end, between.end() - 1)
        if shorter < 0:
            return False
        between = _FLAW_OF.match(text[: shorter + 1], end)
    return False
