"""What an article says that another may say too: its tokens, CVE ids, lands, measures and sums."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from pipeline.cluster.tokens import as_row, column, find_longer_words, find_tokens, fold
from pipeline.model import Article, Fact
from pipeline.text.identifiers import find_identifiers
from pipeline.text.lands import find_lands
from pipeline.text.rates import in_euros

#: Stands for the day of an article that has none, where articles are put in order.
UNDATED = datetime(1970, 1, 1, tzinfo=UTC)
#: Code points of text that are compared; the event is named at the start, boilerplate gathers at the end.
HEAD = 1200
#: Code points of text in which the event's land is looked for: further down others come in.
LAND_HEAD = 400
#: Paragraphs looked at for boilerplate and for the head.
_OWN = 200
#: Code points from which a paragraph is worth remembering (lists of links are made of short ones), and titles under
#: which it is an outlet's boilerplate.
_BLOCK, _TITLES = 12, 3
#: CVE ids are looked for further down: advisories list them at the end.
CVE_HEAD = 20_000
#: Ids beyond this many in a text without one in its title are a list, each named in passing.
_MAIN_CVES = 3
#: Words before an id, in its sentence, by which a text brings in another flaw than its own.
_OTHER_FLAW = re.compile(
    r"\b(?:another|other|previous|previously|earlier|unrelated|autre|autres|precedente?s?|anterieure?s?|"
    r"anderen?|fruheren?|vorherigen?|otra|otras|anterior|anteriores|altra|altre|precedenti|outra|outras|andere|eerdere|"
    r"inna|inne|wczesniejsz\w+)\b[^.!?\n]{0,120}$"
)
#: Code points before an id in which such a word is looked for.
_BEFORE = 160
#: What a measure is that holds no longer.
ENDED = ("lifted", "annulled")
#: With fewer distinct tokens than this an article says too little to be joined with another.
MIN_TOKENS = 3

#: Pages that lost the space before a link print "tracked asCVE-2026-1234".
_CVE = re.compile(r"(?:\b(?:[Cc][Vv][Ee]|[Cc][Aa][Nn])|(?<=[a-zà-ÿ])CVE)[\s_‑–-]{0,2}(\d{4})[\s_‑–-](\d{4,7})(?!\d)")
_SUFFIX = re.compile(r"\s+[|·•–—-]\s+(?:[^|·•–—-]|\b-\b){2,40}$")
#: "(18 juin 2026)", "- June 18, 2026": when, not what.
_DATE = re.compile(
    r"[\s(\[,–—-]+(?:\d{1,2}(?:er|st|nd|rd|th|º|\.)?(?: de)? [^\W\d]{3,10}\.?(?: de)?,? |[^\W\d]{3,10}\.? \d{1,2}, )"
    r"20\d\d\)?\s*$"
)
#: What an agency or a live page writes before the same title again: "(LEAD)", "(2nd LD)", "UPDATE 1-", "BREAKING:".
_MARK = re.compile(
    r"^(?:\((?:\d(?:st|nd|rd|th) )?(?:LEAD|LD|URGENT)[^)\n]{0,12}\)\s+|(?:UPDATE|CORRECTED|REFILE) ?\d?-|"
    r"(?:UPDATE|UPDATED|BREAKING|URGENT|LIVE|EXCLUSIVE|EN DIRECT|DIRECT|EILMELDUNG|ÚLTIMA HORA)\s?[:|–—-]\s)",
    re.IGNORECASE,
)
#: Behind the name of a column: "Boxes explained: Heron", "Harbours in practice - Chapter 8".
_OPENING = re.compile(r"\s?: | [–—-] ")
#: EUR-Lex lists one document twice, by its place in the Official Journal and by its CELEX number.
_GAZETTE = re.compile(r"^(?:OJ:[A-Z]+_\d+|CELEX:\d[\w()]+):\s+")
#: A title that may open with an advisory's number, how far in it may begin, and the revision of "USN-7012-2",
#: "SUSE-SU-2026:1234-2" and "VMSA-2026-0001.1".
_NUMBERED = re.compile(r"\W{0,2}(?:[A-Za-z]{2,10}\d{0,4}[-‐‑–#:] ?[\w‐‑–:-]*\d|[A-Z]{2,7}\d\d|[A-Z]{3,4} \d{4,6}-)")
_NUMBER_AT = 2
_REVISION = re.compile(r"^((?:USN|LSN|DSA|DLA)-\d{3,5}(?=-)|.+:\d{1,6}(?=-)|VMSA-\d{4}-\d{4}(?=\.))[-.]\d{1,2}$")


#: Shared by most articles: every other empty set would take 216 bytes, and time of the garbage collector.
_NONE: frozenset[str] = frozenset()
_NONE_PAID: frozenset[tuple[str | None, float]] = frozenset()
_LATIN_WORD = re.compile(r"[a-z]{3,}")


@dataclass(frozen=True, slots=True)
class Signature:
    """Tokens of one article, as sorted unique column numbers."""

    #: Title and head.
    words: NDArray[np.int32]
    #: Title alone, without the outlet's name and a date at its end.
    title: NDArray[np.int32]
    #: Names and numbers of the title.
    title_names: NDArray[np.int32]
    #: Names as capitals show them, and everything with a digit; part of `words`.
    names: NDArray[np.int32]
    #: Numbers, versions, years are left out.
    numbers: NDArray[np.int32]
    #: CVE ids of title and head of the text.
    cves: frozenset[str]
    #: CVE ids of the title.
    title_cves: frozenset[str]
    #: Those it is about as far as its build tells: of the title, and the first few of the text.
    main_cves: frozenset[str]
    #: Number of the advisory that the title opens with ("ZDI-26-318: …"), without its revision; None for most.
    notice: str | None
    #: The date at the title's end, folded; None for most.
    title_date: str | None
    #: What the title opens with up to a colon or a dash, folded, None without one; and the longer words behind it.
    opening: str | None
    behind: NDArray[np.int32]
    #: When it happened as far as we know: published, never later than first seen; None when undated.
    when: datetime | None
    #: Lands that title and first lines speak of.
    lands: frozenset[str]
    #: Kinds of the measures told of, made and ended, and sums in euros, roughly, the smallest first.
    made: frozenset[str]
    ended: frozenset[str]
    sums: tuple[float, ...]
    #: Words of the names of whom a measure hits, and the sums as they are told, with their currency.
    targets: frozenset[str]
    paid: frozenset[tuple[str | None, float]]


def sign(article: Article, boilerplate: frozenset[tuple[str, str]] = frozenset()) -> Signature:
    """Read one article; everything is decided by its own title, text and facts.

    `boilerplate` is from `find_boilerplate`: paragraphs that the outlet prints under other titles too.
    """
    title = plain_title(article)
    paragraphs = own_paragraphs(article, boilerplate)
    titles, names, numbers = find_tokens(title)
    names_in_title = as_row(names)
    words, more_names, more_numbers = find_tokens(_head(paragraphs, HEAD))
    names |= more_names
    numbers |= more_numbers
    words |= titles
    names.update(_fact_names(article))
    words |= names
    title_cves = find_cves(title)
    opening, behind = _open(title)
    own = _own_cves(_head(paragraphs, CVE_HEAD))
    return Signature(
        words=as_row(words),
        title=as_row(titles),
        title_names=names_in_title,
        names=as_row(names),
        numbers=as_row(numbers),
        cves=title_cves.union(own) if own else title_cves,
        title_cves=title_cves,
        main_cves=title_cves.union(own[:_MAIN_CVES]) if own else title_cves,
        notice=notice_number(title),
        title_date=_title_date(article),
        opening=opening,
        behind=behind,
        when=when(article),
        lands=find_lands(f"{title}\n{_head(paragraphs, LAND_HEAD)}") or _NONE,
        made=_measures(article, ended=False),
        ended=_measures(article, ended=True),
        sums=_sums(article),
        targets=_targets(article),
        paid=frozenset((fact.unit, float(fact.value)) for fact in _amounts(article)) or _NONE_PAID,
    )


def _fact_names(article: Article) -> Iterator[int]:
    """Columns of who and what the facts name, and of how much and how long."""
    for fact in article.facts:
        if fact.type in ("amount", "duration") and isinstance(fact.value, float):
            yield column(f"{fact.unit}:{fact.value:g}")
        elif fact.type in ("authority", "target", "product"):
            yield column(f"{fact.type}:{fact.value}".casefold())


def _measures(article: Article, *, ended: bool) -> frozenset[str]:
    told = (fact for fact in article.facts if fact.type == "measure")
    return frozenset(str(fact.value) for fact in told if (fact.status in ENDED) is ended) or _NONE


def _targets(article: Article) -> frozenset[str]:
    """Only of names in Latin letters: in other scripts one name is written in many ways."""
    names = (str(fact.value) for fact in article.facts if fact.type == "target")
    words = (word for name in names if not name.islower() for word in _LATIN_WORD.findall(fold(name)))
    return frozenset(words) or _NONE


def _amounts(article: Article) -> list[Fact]:
    return [f for f in article.facts if f.type == "amount" and isinstance(f.value, float) and f.value > 0]


def _sums(article: Article) -> tuple[float, ...]:
    euros = (in_euros(float(amount.value), amount.unit) for amount in _amounts(article))
    return tuple(sorted({sum for sum in euros if sum is not None}))


def title_names(article: Article, skip: int) -> NDArray[np.int32]:
    """Names and numbers of the title after its first `skip` words, as columns."""
    return as_row(find_tokens(" ".join(plain_title(article).split()[skip:]))[1])


def head(article: Article, boilerplate: frozenset[tuple[str, str]]) -> str:
    """The start of the text that is compared."""
    return _head(own_paragraphs(article, boilerplate), HEAD)


def plain_title(article: Article) -> str:
    """The title without the outlet's name, a date at its end, and a gazette's number or an agency's mark before it."""
    title = article.title
    for before in (_GAZETTE, _MARK):
        if match := before.match(title):
            title = title[match.end() :]
    title = strip_outlet(title, article.site)
    date = _find_date(title)
    return title[: date.start()] if date else title


def own_paragraphs(article: Article, boilerplate: frozenset[tuple[str, str]]) -> tuple[str, ...]:
    """The paragraphs, without those that the outlet prints under other titles too."""
    if not boilerplate:
        return article.paragraphs
    place = outlet(article)
    return tuple(p for p in article.paragraphs if (place, p) not in boilerplate)


def outlet(article: Article) -> str:
    """Who published it: the site, or the feed where pages name none."""
    return article.site or article.feed


def find_boilerplate(articles: Sequence[Article]) -> frozenset[tuple[str, str]]:
    """Outlet and paragraph, of paragraphs that stand under three titles or more of one outlet."""
    first: dict[tuple[str, str], str] = {}
    more: dict[tuple[str, str], set[str]] = {}
    for article in articles:
        place = outlet(article)
        for paragraph in article.paragraphs[:_OWN]:
            if len(paragraph) >= _BLOCK and first.setdefault((place, paragraph), article.title) != article.title:
                more.setdefault((place, paragraph), set()).add(article.title)
    return frozenset(key for key, others in more.items() if len(others) >= _TITLES - 1)


def when(article: Article) -> datetime | None:
    """The day to compare: what the feed says, unless that lies after we saw it; undated articles count as seen."""
    published, seen = article.published, article.first_seen
    if published is not None and published.tzinfo is None:
        published = published.replace(tzinfo=UTC)
    if published is None or (seen is not None and published > seen + timedelta(days=1)):
        return seen
    return published


def _open(title: str) -> tuple[str | None, NDArray[np.int32]]:
    parts = _OPENING.split(title, maxsplit=1)
    if len(parts) < 2:
        return None, as_row(set())
    return fold(parts[0]).strip(), as_row(find_longer_words(parts[1]))


def _title_date(article: Article) -> str | None:
    match = _find_date(strip_outlet(article.title, article.site)) if "20" in article.title else None
    return fold(match.group()).strip(" ()[],–—-") if match else None


def _find_date(title: str) -> re.Match[str] | None:
    """The date at the title's end."""
    return _DATE.search(title) if "20" in title else None


def notice_number(title: str) -> str | None:
    """Number of the advisory that a title opens with; CVE ids are no advisory's."""
    if not _NUMBERED.match(title):
        return None
    first = next((i for i in find_identifiers(title) if i.kind in ("advisory", "ghsa")), None)
    return _REVISION.sub(r"\1", first.value) if first is not None and first.start <= _NUMBER_AT else None


def find_cves(text: str) -> frozenset[str]:
    """CVE ids, however their dashes are written; CAN- is what candidates were called until 2005."""
    folded = text.casefold()
    if "cve" not in folded and "can-" not in folded:
        return _NONE
    return frozenset(f"CVE-{year}-{number}" for year, number in _CVE.findall(text)) or _NONE


def _own_cves(text: str) -> list[str]:
    """CVE ids in order of mention, without those that come in as another flaw ("weaponized another flaw, CVE-…")."""
    folded = text.casefold()
    if "cve" not in folded and "can-" not in folded:
        return []
    first: dict[str, int] = {}
    for match in _CVE.finditer(text):
        first.setdefault(f"CVE-{match[1]}-{match[2]}", match.start())
    return [cve for cve, at in first.items() if not _OTHER_FLAW.search(fold(text[max(0, at - _BEFORE) : at]))]


def strip_outlet(title: str, site: str | None) -> str:
    """The title without " - Outlet" or " | Outlet" at its end."""
    match = _SUFFIX.search(title)
    if match is None or match.start() < 15:
        return title
    tail = fold(match.group().strip(" |·•–—-"))
    letters = "".join(filter(str.isalnum, tail))
    named = site is not None and (letters in fold(site).replace(" ", "") or fold(site).split(".")[0] in letters)
    return title[: match.start()] if named or len(tail.split()) <= 3 else title


def _head(paragraphs: Sequence[str], limit: int) -> str:
    if paragraphs and len(paragraphs[0]) >= limit:
        return paragraphs[0][:limit]
    return "\n".join(paragraphs[:40])[:limit]
