"""The products that an article's flaw is in, apart from what they run on and what is named beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.facts.actors import actors
from pipeline.facts.patterns import claims, flaw_words, spoken
from pipeline.facts.spans import Passage
from pipeline.model import Article, Fact
from pipeline.text.background import is_background
from pipeline.text.gazetteer import Hit
from pipeline.text.identifiers import find_cves
from pipeline.text.names import find_names, organisations, products

#: What software runs on or is written in: a product of the story only where nothing else is.
_PLATFORMS = frozenset(
    [
        *("Windows", "Windows Server", "Linux", "Linux Kernel", "macOS", "Android", "iOS", "Ubuntu", "Debian"),
        *("PHP", "Python", "Node.js", "Java", "JavaScript", "PowerShell", "PostgreSQL", "MySQL", "WordPress"),
        *("Active Directory", "Docker", "Kubernetes", "Azure", "AWS", "Google Cloud", "GitHub", "Gmail", "Ethereum"),
    ]
)
#: Words before a platform that say it is one.
_ON = re.compile(
    r"\b(?:for|on|with|via|using|written in|built (?:in|on|with)|based on|pour|sur|sous|für|auf|unter|para|per|voor"
    r"|op|w|на|such as|including)\s(?:the\s|a\s|an\s|both\s|some\s)?$",
    re.IGNORECASE,
)
#: Words after a name that make it somebody's or something's name: a team, a report, a builder's platform.
_NOT_IT = re.compile(
    r"[-‐‑]?\s?(?:based|powered|hosted|compatible|style)\b|\s(?:Threat|Intelligence|Research\w*|Labs?|Team|Incident|Summit"
    r"|[Cc]redentials|library|script|scripts|code|shells?|builds|users|packages?|plugin directory|bug bounty|finds?"
    r"|found|discover\w*|uncover\w*|spots?|débusqu\w+|découvr\w+|identifi\w+)\b|\s?(?:发现|找到)"
)
#: Words before the tool that found a flaw.
_MEANS = re.compile(r"\b(?:using|with|thanks to|grâce à|avec|mithilfe von|mit|con)\s(?:[\w-]+['’]s\s)?$", re.IGNORECASE)
_IN_PATH = re.compile(r"/[\w.-]+/[\w./-]*$")
_LAST_WORD = re.compile(r"([^\W\d_][\w'’-]*)\s$")
#: Where a product is named: "in X", "dans X"; one alternation for all languages.
_PLACE = re.compile(
    r"(?:\b(?:in|of|affecting|affects|dans|touche|touchant|de|d['’]|du|von|bei|en|di|nel|nella|del|em|no|na|van|w)"
    r"\s(?:the\s|les\s(?:produits|équipements)\s|le\s|la\s|produits\s|produkt\w*\s|prodotti\s|productos\s"
    r"|produtos\s)?)$",
    re.IGNORECASE,
)
_AFTER_ID = re.compile(r"(?:CVE|ZDI)\S{5,20}\s?[-–—:]\s?$")
#: What may follow a name right after an id: a version, a colon, a verb; not the rest of a noun.
_NAME_ENDS = re.compile(
    r"\s?(?:[:<≤(–—-]|has\b|have\b|up to|through|before|prior|version|v?\d|is\b|allows?\b|$)|(?=\s[A-Z\d])"
)
#: "Acme Portal flaw", "Acme's SSO flaw": what may stand between the name and the word for the flaw.
_FLAW_OF = re.compile(r"(?:['’]s)?\s(?:[\w.-]+\s){0,3}")
_HEADING = re.compile(r"\s?[:：]\s")
#: Kinds of flaws with capitals are no names.
_KIND = re.compile(
    r"\b(?:Command|Code|SQL|HTML|XML|XSS|SSRF|CSRF|RCE|LPE|Heap|Stack|Buffer|Integer|Memory|Path|Directory|Remote|Arbitrary|Improper"
    r"|Incorrect|Missing|Insufficient|Excessive|Unauthenticated|Authenticated|Privilege|Local|Denial|Out-of-Bounds|Use-After-Free"
    r"|Injection|Traversal|Overflow|Underflow|Deserialization|Authentication|Authorization|Information|Cross-Site|Multiple|Critical"
    r"|Vulnerabilit\w*|Flaws?|Bugs?|Zero-Day|Off-by-One|Stored|Reflected|Persistent|Race|Type|Null|Double|Off|Bypass|Disclosure"
    r"|Allows?|Lets?|Enables?|Exposed?|Origin|Validation|Widespread|Worth|New|Unpatched|Actively|Exploited|Attackers?|Hackers?"
    r"|Server-Side|Client-Side|Pre-Auth\w*|Post-Auth\w*|Untrusted|Prototype|Pollution|Smuggling|Forgery|Escalation|Insecure|Unsafe|Request)\b"
)
#: Who found the flaw: "researchers at Acme Labs".
_FINDER = re.compile(
    r"(?:research\w*|experts?|analysts?|team|ricercator\w+|chercheurs?|équipe|Forsch\w+|pesquisador\w+|investigador\w+|onderzoekers?|badacz\w+)"
    r"\s(?:\w+\s)?(?:at|of|from|with|di|de|du|d['’]|des|von|der|da|do|van|z)\s?(?:the\s|la\s|l['’])?$",
    re.IGNORECASE,
)
_NOT_THESE = re.compile(
    r"\b(?:does|do|did|is|are) not (?:include|affect|impact|affected|impacted|vulnerable)|\bn['’]affecte"
)
_LONGEST_NAME = 4
#: "CVE-2026-1 - goobi viewer: …": databases of flaws put the product between the id and a colon.
_ENTITLED = re.compile(r"CVE-\d{4}-\d{4,7}\s?[-–—|]\s?(?P<name>[^:：]{2,40}):\s")
#: A function, a file or a verb of HTTP.
_PART = re.compile(r"[a-z]+(?:[A-Z_]\w*)+|\w+_\w+|/\S+|[\w-]+\.(?:php|cgi|asp|so|c|js|html?)|POST|GET|PUT|Web|HTTP")
#: "AI-powered" says what something is like.
_QUALITY = re.compile(
    r"[\w.]+[-‐‑](?:powered|based|side|driven|enabled|native|hosted|related|class|grade|wide|level)", re.I
)
_GENERIC = frozenset(
    [
        "VPN",
        "API",
        "AI",
        "IA",
        "KI",
        "EDR",
        "OS",
        "IT",
        "SSO",
        "US",
        "UK",
        "EU",
        "IoT",
        "LLM",
        "VPNs",
        "APIs",
        "SEO",
        "CMS",
    ]
)


def product_facts(article: Article, passages: Sequence[Passage]) -> Iterator[Fact]:
    """Known products of the title; beside them and in their place those of the lead that stand with a flaw or a fix."""
    entitled = list(_entitled(passages))
    if entitled:
        yield from entitled
        return
    found: list[tuple[Passage, Hit]] = []
    seen: set[str] = set()
    for passage in passages:
        if not passage.is_lead:
            break
        if not passage.is_title and (
            is_background(passage.text, article.language)
            or _NOT_THESE.search(passage.text)
            or not _tells_of_flaw(passage, article)
        ):
            continue
        for hit in _hits(passage):
            if hit.id not in seen:
                seen.add(hit.id)
                found.append((passage, hit))
    main = [(p, h) for p, h in found if not _is_platform(p, h)]
    unlisted = [] if any(p.is_title and h.id not in _PLATFORMS for p, h in main) else list(_unlisted(article, passages))
    if main and any(f.evidence and f.evidence.field == "text" for f in unlisted):
        unlisted = []
    is_titled = any(p.is_title for p, _ in main) or bool(unlisted)
    kept = [(p, h) for p, h in main if p.is_title or not is_titled or _is_hit(p, h)]
    if not kept and not unlisted:
        free = [(p, h) for p, h in found if not _ON.search(p.text[max(0, h.start - 40) : h.start])]
        kept = [(p, h) for p, h in free if p.is_title] or free[:1]
    for passage, hit in kept:
        name = passage.text[hit.start : hit.end]
        yield Fact(type="product", value=hit.id, name=name, evidence=passage.evidence(hit.start, hit.end))
    names = [passage.text[hit.start : hit.end] for passage, hit in kept]
    yield from (f for f in unlisted if not any(name in str(f.value) for name in names))


def _entitled(passages: Sequence[Passage]) -> Iterator[Fact]:
    """The name that a database's title puts between the id and a colon."""
    for passage in passages[:1]:
        match = _ENTITLED.match(passage.text) if passage.is_title else None
        name = match["name"].strip() if match else ""
        if match is None or _KIND.search(name) or len(name.split(" ")) > _LONGEST_NAME:
            return
        start = match.start("name") + match["name"].index(name)
        known = [hit for hit in products().find(name) if (hit.start, hit.end) == (0, len(name))]
        value = known[0].id if known else name
        yield Fact(type="product", value=value, name=name, evidence=passage.evidence(start, start + len(name)))


def _hits(passage: Passage) -> list[Hit]:
    """Known products of a sentence that are meant themselves, the longer where two overlap."""
    hits = sorted(products().find(passage.text), key=lambda h: h.start)
    return [
        hit
        for hit in hits
        if not any(h.start <= hit.start and hit.end < h.end for h in hits) and _is_meant(passage, hit)
    ]


def _is_meant(passage: Passage, hit: Hit) -> bool:
    """Not part of a path, of a longer name ("Danny Jenkins", "Internet Key Exchange") or of a team's name."""
    before, text = passage.text[max(0, hit.start - 60) : hit.start], passage.text
    if _IN_PATH.search(before) or _NOT_IT.match(text, hit.end) or _MEANS.search(before):
        return False
    word = _LAST_WORD.search(before)
    if word is None or passage.is_title or not word[1][0].isupper() or (word.start() == 0 and hit.start < 60):
        return True
    longer = products().find(before[word.start() :] + text[hit.start : hit.end])
    known = any(h.start == 0 for h in longer) or any(h.end > word.start() for h in organisations().find(before))
    return known or word[1].lower() in ("the", "a", "in", "for")


def _is_platform(passage: Passage, hit: Hit) -> bool:
    before = passage.text[max(0, hit.start - 40) : hit.start]
    if hit.id not in _PLATFORMS:
        return False
    return bool(_ON.search(before)) or not passage.is_title


def _is_hit(passage: Passage, hit: Hit) -> bool:
    """Whether a sentence of the lead says that the flaw is in it, alone or in a list."""
    before = re.sub(
        r"(?:[\w.&/-]+(?: [\w.&/-]+){0,2}, (?:and |et |und |y |e )?|[\w.&/-]+ (?:and|et|und|y|e) )+$",
        "",
        passage.text[: hit.start],
    )
    return bool(_PLACE.search(passage.text, max(0, hit.start - 30), hit.start) or _PLACE.search(before[-40:]))


def _tells_of_flaw(passage: Passage, article: Article) -> bool:
    """Whether a sentence names a flaw or a fix."""
    text = passage.text
    if find_cves(text):
        return True
    for tag in spoken(article.language):
        flaw, fix = flaw_words(tag), claims("patched", tag).get("yes")
        if (flaw is not None and flaw.search(text)) or (fix is not None and fix.search(text)):
            return True
    return False


def _unlisted(article: Article, passages: Sequence[Passage]) -> Iterator[Fact]:
    """ "Multiples vulnérabilités dans Symfony", "CVE-2026-1 - Edimax BR-6478AC": the name nearest to the flaw."""
    makers = organisations()
    for passage in passages[:3]:
        text = passage.text
        if not _tells_of_flaw(passage, article):
            continue
        countries = [(a.start, a.end) for a in actors(text)]
        listed = [(h.start, h.end) for h in products().find(text)]
        names = []
        for name in find_names(text, article.language):
            start = next((h.start for h in makers.find(text) if h.start < name.start <= h.end + 1), name.start)
            kind = _KIND.search(text, start, name.end)
            value = text[start : kind.start() if kind else name.end].rstrip(" -–:")
            value = _without_part(" ".join(value.split(" ")[:_LONGEST_NAME]))
            is_maker = any(h.start == start and h.end >= start + len(value) for h in makers.find(text))
            is_place = any(s < name.end and name.start < e for s, e in countries)
            is_place = is_place or any(s <= start and start + len(value) <= e for s, e in listed)
            is_place = is_place or bool(_FINDER.search(text[max(0, start - 40) : start]))
            if (
                len(value) > 1
                and value not in _GENERIC
                and not _QUALITY.fullmatch(value)
                and not is_maker
                and not is_place
                and not value.isdecimal()
                and not value.startswith("CVE")
            ):
                names.append((start, start + len(value)))
        in_place = [n for n in names if _PLACE.search(text, max(0, n[0] - 30), n[0])]
        after_id = [
            n for n in names if _AFTER_ID.search(text[max(0, n[0] - 30) : n[0]]) and _NAME_ENDS.match(text, n[1])
        ]
        rest = " ".join(p.text for p in passages[1:4])
        at_flaw = [
            n
            for n in names
            if passage.is_title
            and (" " in text[slice(*n)] or text[slice(*n)] in rest)
            and "CVSS" not in text[slice(*n)]
            and _stands_at_flaw(text, *n, article.language)
        ]
        inner = [n for n in in_place if passage.is_title and re.search(r"\b(?:in|dans)\s$", text[: n[0]])]
        for start, end in [*after_id, *inner[-1:], *in_place, *at_flaw][:1]:
            value = text[start:end]
            yield Fact(type="product", value=value, name=value, evidence=passage.evidence(start, end))
            return


def _without_part(name: str) -> str:
    """ "Acme R1 formSetFilter", "Acme R1 POST": the device, without the part of its program that is named behind it."""
    words = name.split(" ")
    end = next((place for place, word in enumerate(words) if place and _PART.fullmatch(word)), len(words))
    return " ".join(words[:end])


def _stands_at_flaw(text: str, start: int, end: int, language: str | None) -> bool:
    """ "Acme Portal flaw lets …", or the name that heads the title ("Acme Portal: …")."""
    if start == 0 and _HEADING.match(text, end):
        return True
    between = _FLAW_OF.match(text, end)
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
