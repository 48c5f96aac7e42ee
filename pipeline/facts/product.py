"""The products that an article's flaw is in, apart from what they run on and what is named beside them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.facts.patterns import load
from pipeline.facts.spans import Passage
from pipeline.facts.unlisted import (
    KIND,
    LONGEST_NAME,
    NICKNAME_WITHIN,
    PLACE,
    VERSION,
    is_added_to,
    joined_to,
    tells_of_flaw,
    unlisted,
)
from pipeline.model import Article, Fact
from pipeline.text.background import is_background
from pipeline.text.gazetteer import Hit
from pipeline.text.names import maker, organisations, products

#: What software runs on or is written in: a product of the story only where nothing else is.
_PLATFORMS = frozenset(
    [
        *("Windows", "Windows Server", "Linux", "Linux Kernel", "macOS", "Android", "iOS", "Ubuntu", "Debian"),
        *("PHP", "Python", "Node.js", "Java", "JavaScript", "PowerShell", "PostgreSQL", "MySQL", "WordPress"),
        *(
            "Active Directory",
            "Docker",
            "Kubernetes",
            "Azure",
            "AWS",
            "Google Cloud",
            "GitHub",
            "Gmail",
            "Ethereum",
            "Bluetooth",
        ),
    ]
)
#: Words before a platform that say it is one.
_ON = re.compile(
    r"\b(?:for|on|over|with|via|using|par|por|tramite|über|written in|built (?:in|on|with)|based on|use of"
    r"|pour|sur|sous|für|auf|unter|para|per|voor"
    r"|op|w|на|such as|including)\s(?:the\s|a\s|an\s|both\s|some\s)?"
    rf"(?:(?:{'|'.join(sorted(_PLATFORMS))})(?:,|,? (?:and|or|et|ou|und|oder|y|o|e|en|of|i|и)) )*$",
    re.IGNORECASE,
)
#: "hijack a Windows PC", "root Linux access": what the name is of is no program.
_MACHINE = re.compile(rf"\s(?:{'|'.join(load('products')['machines'])})(?!\w)", re.IGNORECASE)
#: "Windows PC": a machine by its platform.
_MACHINE_WITHIN = re.compile(rf"(?:{'|'.join(sorted(_PLATFORMS))}){_MACHINE.pattern}$", re.IGNORECASE)
#: "lets attackers access Gmail": what is reached through the flaw.
_REACHED = re.compile(
    rf"(?<!\w)(?:{'|'.join(load('products')['reached'])})\s(?:to |from |your |users['’] |their |the )?$", re.IGNORECASE
)
#: "across Windows, Office and Exchange Server": in a list with a program a platform is hit itself.
_LISTED = re.compile(
    r",? (?:and |et |und |y |e |en )?(?:(?:[A-Z][\w.]*(?: [A-Z][\w.]*){0,2}, ){0,3}(?:and |et |und |y |e |en )?)?"
)
#: " Event Log" before the word for a flaw: the part of a platform that it is in.
_PART = re.compile(
    rf"(?: (?!{'|'.join(load('products')['flaw_opens'])})[A-Z][\w.]*){{1,3}}"
    rf"(?= (?:{'|'.join(load('products')['flaw_nouns'])})\b)"
)
#: "son extension Chrome": what an add-on is made for, behind the word for it.
_HOST_OF = re.compile(
    r"\b(?:extensions?|plug-?ins?|modules?|compléments?|add-?ons?|thèmes?|extensi(?:ón|ones)|complementos?|estension[ei]|extens(?:ão|ões)"
    r"|extensies?)\s(?:(?:pour|para|per|voor|de)\s)?$",
    re.IGNORECASE,
)
_HOSTS = frozenset(["Chrome", "Firefox", "WordPress", "Joomla", "Drupal", "Magento", "Moodle", "VS Code", "Jenkins"])
#: Words after a name that make it somebody's or something's name: a team, a report, a builder's platform.
_NOT_IT = re.compile(
    r"[-‐‑]?\s?(?:based|powered|hosted|compatible|style)\b|\s(?:Threat|Intelligence|Research\w*|Labs?|Team|Incident"
    r"|Summit"
    r"|[Cc]redentials|library|chips?|devices?|head units?|connections?|stacks?|script|scripts|code|shells?|builds"
    r"|users|packages?|SDKs?|drivers?|bindings?|binar(?:y|ies)|(?:[\w/]+ )?(?:functions|logs|API calls)|malware|botnet"
    r"|[Pp]lug-?ins?|[Ee]xtensions?|[Aa]dd-?ons?"
    r"|[Tt]hemes?|connectors?|plugin directory|bug bounty|finds?"
    r"|[Ff]ound|[Dd]iscover\w*|[Uu]ncover\w*|[Ss]pots?|débusqu\w+|découvr\w+|identifi\w+"
    r"|(?:\w+ )?to (?:find|discover|uncover|identify|spot|hunt)"
    r"|[Ss]ervers(?! (?:exposed|vulnerable|at risk|[Ee]xposed|[Vv]ulnerable|[Uu]npatched|remain|still)))\b"
    r"|(?:\s(?:d['’]|de |by |from )\w+)?\s(?:a |has |have |at |for )?(?:trouv\w+|found|[Ff]ind(?:s|ing)|discover\w*)\b"
    r"|\s?(?:发现|找到)"
)
#: Words before the tool that found a flaw.
_MEANS = re.compile(r"\b(?:using|with|thanks to|grâce à|avec|mithilfe von|mit|con)\s(?:[\w-]+['’]s\s)?$", re.IGNORECASE)
#: "Unlike implementations such as X": named for comparison.
_BESIDE = re.compile(
    r"\b(?:[Uu]nlike|[Cc]ompared (?:to|with)|[Ss]imilar to|[Rr]ather than|[Ii]nstead of|implementations like"
    r"|[Cc]ontrairement à|[Aa]nders als"
    r"|[Aa] diferencia de|[Aa] differenza di|[Aa]o contrário d[eo])\s(?:[\w-]+\s){0,4}$"
)
#: "amazon-redshift-python-driver", "HP Linux Imaging": a platform's name within another product's.
_IN_COMPOUND = re.compile(r"(?:[\w]-|\b(?:HP|HPE|SUSE|Red Hat|Amazon \w+) )$")
_IN_LONGER = re.compile(r"-[a-z]|\s(?:SDK|Imaging|Software|Runner|Toolkit|Library|Runtime|Object Injection)\b")
_IN_PATH = re.compile(r"/[\w.-]+/[\w./-]*$")
_LAST_WORD = re.compile(r"([^\W\d_][\w'’-]*)\s$")
#: "Bluetooth-Schlüssel": in front of what the flaw is in.
_MODIFIES = re.compile(r"-[A-ZÄÖÜ]?[a-zäöüß]{3,}")
_TITLED = 7
_NOT_THESE = re.compile(
    r"\b(?:does|do|did|is|are) not (?:include|affect|impact|affected|impacted|vulnerable)|\bn['’]affecte"
)
#: "CVE-2026-1 - goobi viewer: …": databases of flaws put the product between the id and a colon, or a dash.
_ENTITLED = re.compile(
    r"CVE-\d{4}-\d{4,7}\s?[-–—|]\s?(?:(?P<name>[^:：]{2,40}):\s"
    r"|(?P<titled>[A-Z][\w+.]*(?:[ ｜](?:and|of|[A-Z&][\w+.]*)){0,6})(?: <=? [\d.]+)?(?:\s[-–—]\s|$)"
    r"|(?P<versioned>[\w+]+(?: [A-Z][\w+]*){1,4}) v?\d+(?:\.\d+)+\s(?=[A-Z]))"
)


#: "vulnérabilités dans Spring Micrometer (8 juin 2026)": a bulletin of CERT-FR names all of it, a list only the front.
_DATED = re.compile(r"ulnérabilités? dans (?P<name>[A-Z][\w.+-]*(?: [A-Z\d][\w.+-]*){1,4}) \(\d{1,2} \w+ \d{4}\)$")


def product_facts(article: Article, passages: Sequence[Passage]) -> Iterator[Fact]:
    """Known products of the title; beside them and in their place those of the lead that stand with a flaw or a fix."""
    entitled = list(_entitled(passages))
    if entitled:
        yield from entitled
        return
    found = list(_listed(article, passages))
    if (whole := _bulletin(passages, found)) is not None:
        yield whole
        return
    kept, free = _told(article, passages, found)
    for passage, hit in kept:
        end = _end_of_part(passage, hit)
        name = passage.text[hit.start : end]
        value = hit.id if end == hit.end else name
        yield Fact(type="product", value=value, name=name, evidence=passage.evidence(hit.start, end))
    for passage in dict.fromkeys(passage for passage, _ in kept):
        yield from joined_to(passage, article, [(h.start, h.end) for p, h in kept if p is passage])
    names = [passage.text[hit.start : hit.end] for passage, hit in kept]
    yield from (f for f in free if not any(name in str(f.value) for name in names))


def _listed(article: Article, passages: Sequence[Passage]) -> Iterator[tuple[Passage, Hit]]:
    """Known products of the title, and of sentences of the lead that tell of a flaw of the day; each once."""
    seen: set[str] = set()
    for passage in passages:
        if not passage.is_lead:
            break
        if not passage.is_title and (
            is_background(passage.text, article.language)
            or _NOT_THESE.search(passage.text)
            or not tells_of_flaw(passage, article)
        ):
            continue
        for hit in _hits(passage):
            if hit.id not in seen:
                seen.add(hit.id)
                yield passage, hit


def _bulletin(passages: Sequence[Passage], found: Sequence[tuple[Passage, Hit]]) -> Fact | None:
    """The whole name in the title of a bulletin, of which the lists know the front only."""
    longer = next((m for p in passages[:1] if p.is_title and (m := _DATED.search(p.text))), None)
    if longer is None:
        return None
    start, end = longer.span("name")
    if not any(p is passages[0] and h.start == start and h.end < end for p, h in found):
        return None
    name = longer["name"]
    return Fact(type="product", value=name, name=name, evidence=passages[0].evidence(start, end))


def _told(
    article: Article, passages: Sequence[Passage], found: Sequence[tuple[Passage, Hit]]
) -> tuple[list[tuple[Passage, Hit]], list[Fact]]:
    """The listed products that are meant, and those that no list holds."""
    main = [(p, h) for p, h in found if not _is_platform(p, h) or _is_listed(p, h, found)]
    free = [] if any(p.is_title and h.id not in _PLATFORMS for p, h in main) else list(unlisted(article, passages))
    if main and any(f.evidence and f.evidence.field == "text" for f in free):
        free = []
    free = [f for f in free if not any(str(f.value) in p.text[h.start : h.end] for p, h in main)]
    is_titled = any(p.is_title for p, _ in main) or bool(free)
    kept = [(p, h) for p, h in main if p.is_title or not is_titled or _is_hit(p, h)]
    if not kept and not free:
        unbound = [(p, h) for p, h in found if not _ON.search(p.text[max(0, h.start - 60) : h.start])]
        kept = [(p, h) for p, h in unbound if p.is_title] or unbound[:1]
    return kept, free


def _entitled(passages: Sequence[Passage]) -> Iterator[Fact]:
    """The name that a database's title puts between the id and a colon."""
    for passage in passages[:1]:
        match = _ENTITLED.match(passage.text) if passage.is_title else None
        part = next((p for p in ("name", "versioned") if match and match[p]), "titled")
        name = match[part].strip() if match else ""
        if match is None or KIND.search(name) or len(name.split(" ")) > (LONGEST_NAME if part == "name" else _TITLED):
            return
        start = match.start(part) + match[part].index(name)
        known = [hit for hit in products().find(name) if (hit.start, hit.end) == (0, len(name))]
        value = known[0].id if known else name
        yield Fact(type="product", value=value, name=name, evidence=passage.evidence(start, start + len(name)))


def surroundings(text: str, start: int, end: int) -> Iterator[str]:
    """What the words around a name make of it, each by a word of its own."""
    before = text[max(0, start - 60) : start]
    told = {
        "on": _ON.search(before),
        "reached": _REACHED.search(before),
        "machine": _MACHINE.match(text, end),
        "a machine": _MACHINE_WITHIN.search(text, start, end),
        "beside": _BESIDE.search(before),
        "host": _HOST_OF.search(before) or (text[start:end] in _HOSTS and is_added_to(text, start, end)),
        "compound": _COMPOUND.match(text, end),
        "another": _NOT_IT.match(text, end),
        "in": PLACE.search(before),
    }
    return (word for word, holds in told.items() if holds)


def is_entitled(title: str) -> bool:
    """Whether a title has the form that databases of flaws use, which says what the product is."""
    return _ENTITLED.match(title) is not None


def is_platform(product: str) -> bool:
    """Whether a product of the list is what others run on."""
    return product in _PLATFORMS


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
    if _IN_PATH.search(before) or _NOT_IT.match(text, hit.end) or _MEANS.search(before) or _BESIDE.search(before):
        return False
    if hit.id in _HOSTS and _HOST_OF.search(before):
        return False
    if hit.id in _PLATFORMS and (_IN_COMPOUND.search(before) or _IN_LONGER.match(text, hit.end)):
        return False
    if _COMPOUND.match(text, hit.end):
        return False
    word = _LAST_WORD.search(before)
    if word is not None and _is_of_other_maker(word[1], hit) and _CAPITAL.match(text, hit.end):
        return False
    if word is not None and _KIND_TAIL.search(word[1]):
        return True
    if word is None or passage.is_title or not word[1][0].isupper() or (word.start() == 0 and hit.start < 60):
        return True
    longer = products().find(before[word.start() :] + text[hit.start : hit.end])
    known = any(h.start == 0 for h in longer) or any(h.end > word.start() for h in organisations().find(before))
    return known or word[1].lower() in ("the", "a", "in")


#: "Verschlüsselungsbibliothek OpenSSL": what it is, in one word.
_KIND_TAIL = re.compile(rf"(?<=[a-zäöüß]{{2}})(?:{'|'.join(load('products')['kind_tails'])})s?$")


#: "nginx-ui" is not nginx.
_COMPOUND = re.compile(r"-(?!based|powered|hosted|compatible|style|related|specific|like|only|side|native)[a-z]\w+")
_CAPITAL = re.compile(r"\s[A-Z][a-z]")


def _is_of_other_maker(word: str, hit: Hit) -> bool:
    """ "Cisco Unity Connection": whether a maker stands in front who does not make the product of the list."""
    makers = organisations().find(word)
    return bool(makers) and maker(hit.id) != makers[0].id


def _is_platform(passage: Passage, hit: Hit) -> bool:
    before = passage.text[max(0, hit.start - 60) : hit.start]
    if hit.id not in _PLATFORMS or (passage.is_title and VERSION.match(passage.text, hit.end)):
        return False
    beside = (
        _ON.search(before)
        or _REACHED.search(before)
        or _MACHINE.match(passage.text, hit.end)
        or _MODIFIES.match(passage.text, hit.end)
    )
    return bool(beside) or not passage.is_title


def _end_of_part(passage: Passage, hit: Hit) -> int:
    """ "Azure Cosmos DB flaw", "Windows Event Log bug": where the name of a platform's part ends in a title."""
    part = _PART.match(passage.text, hit.end) if hit.id in _PLATFORMS and passage.is_title else None
    return part.end() if part and not KIND.search(part[0]) and not NICKNAME_WITHIN.search(part[0]) else hit.end


def _is_listed(passage: Passage, hit: Hit, found: Sequence[tuple[Passage, Hit]]) -> bool:
    """Whether a list of the lead goes on from a platform to a program ("Windows, Office and Exchange Server")."""
    if passage.is_title or _ON.search(passage.text[max(0, hit.start - 60) : hit.start]):
        return False
    programs = (h for p, h in found if p is passage and h.id not in _PLATFORMS and h.start > hit.end)
    return any(_LISTED.fullmatch(passage.text, hit.end, h.start) for h in programs)


def _is_hit(passage: Passage, hit: Hit) -> bool:
    """Whether a sentence of the lead says that the flaw is in it, alone or in a list."""
    before = re.sub(
        r"(?:[\w.&/-]+(?: [\w.&/-]+){0,2}, (?:and |et |und |y |e )?|[\w.&/-]+ (?:and|et|und|y|e) )+$",
        "",
        passage.text[: hit.start],
    )
    return bool(PLACE.search(passage.text, max(0, hit.start - 30), hit.start) or PLACE.search(before[-40:]))
