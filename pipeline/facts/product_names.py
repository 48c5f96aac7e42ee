"""Names of a sentence that may be products, which no list holds."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.facts.actors import actors
from pipeline.facts.nicknames import is_of_malware_or_person
from pipeline.facts.patterns import load
from pipeline.facts.product_places import CJK_KIND, CJK_NAMED, PEOPLE_DO, VERSION, Span, is_behind, is_maker
from pipeline.facts.spans import Passage
from pipeline.facts.titled import before_kind, has_model, named_by_kind, without_kind
from pipeline.facts.trim import is_of_place, trimmed
from pipeline.model import Article
from pipeline.text.names import Name, find_names, organisations, products

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
    r"|Brute[- ]Force|CRLF(?=\s[Ii]njection)|Object(?=\s[Ii]njection)|Port(?=\s[Ff]orwarding)|Unquoted|Blind"
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
#: Words of a name that are kept.
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
#: Words that are a name of nothing.
_GENERIC = frozenset(load("products")["generic"])
#: Whatever begins so is an id or a score.
_IDS = ("CVE", "CVSS", "CWE")
#: "Form Plugin": what an add-on is for, and that it is one.
_PURPOSE = re.compile(rf"(?:{'|'.join(load('products')['purposes'])})(?: (?:Plug-?in|Add-?on|Extension|Theme|Module))?")
#: "Acme's Display and Peripherals Manager": one thing for two purposes.
_JOINED_NOUN = re.compile(
    rf"(?<=['’]s )(?P<name>[A-Z]\w+ and [A-Z]\w+ (?:{'|'.join(load('products')['nouns'])}))(?![\w'’-])"
)
#: "the plugin “Formulix”".
_QUOTED = re.compile(
    rf"(?<!\w)(?:{'|'.join(load('products')['kind'])})\s?[“«「\"‘]\s?(?P<name>[^”»」\"’]{{2,30}}?)\s?[”»」\"’]",
    re.IGNORECASE,
)
#: "Linux de SUSE": the name of a product ends before whose it is.
_JOINT = re.compile(r" (?:de|du|des|of|von|van|di|del|da|do) ")
_QUOTE = re.compile(r"[“«「\"‘]")
#: ".NET", whose point belongs to it.
_POINT = re.compile(r"(?:^|[\s(])\.$")
#: "Acme's network": what an organisation has is not what it makes.
_OWNS = re.compile(rf"['’]s?\s(?:\w+ ){{0,2}}?(?:{'|'.join(load('products')['owned'])})(?!\w)", re.IGNORECASE)
#: "le réseau d'Acme".
_OWNED_BY = re.compile(rf"(?<!\w)(?:{'|'.join(load('products')['owned_by'])})\s?$", re.IGNORECASE)
#: "Log4Shell", "CitrixBleed": what flaws are called, whoever named them.
_NICKNAME = re.compile(rf"(?:{'|'.join(load('nicknames')['shapes'])})(?!\w)")
#: "WordPress XSS2Shell Core": where a flaw's name begins within a name.
NICKNAME_WITHIN = re.compile(rf"\s(?:{'|'.join(load('nicknames')['shapes'])})(?!\w)")
#: "Sandviper Malware Doubles": a name that holds what it is.
_MALWARE = re.compile(r"\b(?:Malware|Ransomware|Botnet|Trojan|Backdoor|Stealer|Spyware)\b")
#: How far before a name who found the flaw is looked for, in code points.
_WINDOW = 40


def product_names(passage: Passage, article: Article, flaws: frozenset[str]) -> list[Span]:
    """Spans of names that may be products: no makers, places, finders, malware, names (`flaws`) or kinds of flaws."""
    text, language = passage.text, article.language
    countries = [(a.start, a.end) for a in actors(text, language)]
    listed = [(h.start, h.end) for h in products().find(text)]
    shown = shown_names(text, language)
    found = []
    for name in (*shown, *(n for n in find_names(text, language) if not is_inside(n, shown))):
        span = cut_name(text, name, language)
        if (
            span is not None
            and not any(s < name.end and name.start < e for s, e in countries)
            and not any(s <= span[0] and span[1] <= e for s, e in listed)
            and not _is_nothing(text[slice(*span)], flaws)
            and not _is_somebody(text, *span)
        ):
            found.append(span)
    return found


def shown_names(text: str, language: str | None) -> list[Name]:
    """Names that quotation marks or what they are show, whatever letters they have."""
    quoted = [Name(m["name"], *m.span("name")) for m in _QUOTED.finditer(text)] if _QUOTE.search(text) else []
    quoted += [Name(m[1], *m.span(1)) for m in named_by_kind(text, language)]
    return quoted + [
        Name(m["name"], *m.span("name")) for p in (CJK_KIND, CJK_NAMED, _JOINED_NOUN) for m in p.finditer(text)
    ]


def cut_name(text: str, name: Name, language: str | None) -> Span | None:
    """A name with its maker, without the kind of flaw, the kind of thing and the part of its program; None of none."""
    start = next((h.start for h in organisations().find(text) if h.start < name.start <= h.end + 1), name.start)
    kind = KIND.search(text, start)  # not only to the end of the name: what follows may tell a kind ("OS command")
    value = text[start : min(kind.start() if kind else name.end, name.end)].rstrip(" -–:")
    value = NICKNAME_WITHIN.split(_JOINT.split(value)[0])[0].rstrip()
    end = before_kind(text, start, start + len(value), language)
    start = without_kind(text, start, end, language)
    span = trimmed(text, start, end)
    if span is None:
        return None
    start = span[0]
    value = _without_part(" ".join(text[slice(*span)].split(" ")[:LONGEST_NAME]))
    if _POINT.search(text[:start]):
        start, value = start - 1, f".{value.split(' ')[0]}"
    return start, start + len(value)


def _is_nothing(name: str, flaws: frozenset[str]) -> bool:
    """Whether the words are a kind, a quality, an office, a number, malware or a flaw's own name."""
    return (
        len(name) <= 1
        or name in _GENERIC
        or name.isdecimal()
        or name.startswith("CVE")
        or "CVSS" in name
        or _is_shouted_kind(name)
        or _is_genitive(name)
        or any(name == flaw or name.startswith(f"{flaw} ") for flaw in flaws)
        or bool(_PURPOSE.fullmatch(name) or _QUALITY.fullmatch(name) or _NICKNAME.match(name))
        or bool(_BODY.search(name) or _MALWARE.search(name))
    )


def _is_somebody(text: str, start: int, end: int) -> bool:
    """Whether a name is, where it stands, a maker's, a finder's, a person's or whose systems they are."""
    is_listed_maker = any(h.start == start and h.end >= end for h in organisations().find(text))
    return bool(
        (is_listed_maker and not VERSION.match(text, end))
        or _FINDER.search(text[max(0, start - _WINDOW) : start])
        or (not has_model(text, start, end) and is_of_malware_or_person(text, start, end))
        or _is_owner(text, start, end)
        or PEOPLE_DO.match(text, end)
    )


def doubts(text: str, start: int, end: int, flaws: frozenset[str]) -> Iterator[str]:
    """What speaks against a name's being a product, by its words and where it stands, each by a word of its own."""
    name = text[start:end]
    told = {
        "person": is_of_malware_or_person(text, start, end),
        "finder": _FINDER.search(text[max(0, start - _WINDOW) : start]),
        "acts": PEOPLE_DO.match(text, end),
        "owner": _is_owner(text, start, end),
        "flaw": any(name == flaw or name.startswith(f"{flaw} ") for flaw in flaws),
        "nickname": _NICKNAME.match(name),
        "malware": _MALWARE.search(name),
        "generic": name in _GENERIC
        or name.startswith(_IDS)
        or _PURPOSE.fullmatch(name)
        or _QUALITY.fullmatch(name)
        or _is_shouted_kind(name),
        "place": is_of_place(name),
        "body": _BODY.search(name),
        "maker": is_maker(text, start, end),
        "kind": KIND.search(name),
    }
    return (doubt for doubt, holds in told.items() if holds)


def _is_owner(text: str, start: int, end: int) -> bool:
    """ "a flaw in Acme's network", "le réseau d'Acme": whose systems they are."""
    return bool(_OWNS.match(text, end)) or is_behind(_OWNED_BY, text, start)


def _is_shouted_kind(name: str) -> bool:
    """ "AN OS COMMAND": a kind of flaw in a title without small letters."""
    return name.isupper() and " " in name and bool(KIND.search(name.title()))


def _is_genitive(name: str) -> bool:
    """ "Microsofts": a maker's name with a German ending."""
    return name.endswith("s") and any((h.start, h.end) == (0, len(name) - 1) for h in organisations().find(name[:-1]))


def is_inside(name: Name, others: Sequence[Name]) -> bool:
    """Whether a name shares a part with another."""
    return any(name.start < other.end and other.start < name.end for other in others)


def _without_part(name: str) -> str:
    """ "Acme R1 formSetFilter", "Acme R1 POST": the device, without the part of its program that is named behind it."""
    words = name.split(" ")
    end = next((place for place, word in enumerate(words) if place and _PART.fullmatch(word)), len(words))
    return " ".join(words[:end])
