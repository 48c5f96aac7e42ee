"""What an article says, as comparable tokens: words, numbers, CVE ids, in one folded alphabet for all languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from pipeline.cluster.transliterate import latin
from pipeline.model import Article
from pipeline.text.identifiers import find_identifiers
from pipeline.text.lands import find_lands
from pipeline.text.names.spelled import usual_names
from pipeline.text.rates import in_euros

#: Tokens are hashed into this many columns; at 40,000 distinct tokens two rare ones meet by chance once in 25.
COLUMNS = 1 << 20
#: Code points of text that are compared; the event is named at the start, boilerplate gathers at the end.
HEAD = 1200
#: Code points of text in which the event's land is looked for: further down others come in.
LAND_HEAD = 400
#: Paragraphs looked at for boilerplate and for the head.
_OWN = 200
#: Code points from which a paragraph is worth remembering; lists of links are made of short ones.
_BLOCK = 12
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
#: With fewer distinct tokens than this an article says too little to be joined with another.
MIN_TOKENS = 3

_TOKEN = re.compile(r"\d+(?:[.,]\d+)+|[^\W_]+")
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
#: Letters from which a word behind it tells a subject.
_LONGER = 4
#: EUR-Lex lists one document twice, by its place in the Official Journal and by its CELEX number.
_GAZETTE = re.compile(r"^(?:OJ:[A-Z]+_\d+|CELEX:\d[\w()]+):\s+")
#: A title that may open with an advisory's number, how far in it may begin, and the revision of "USN-7012-2",
#: "SUSE-SU-2026:1234-2" and "VMSA-2026-0001.1".
_NUMBERED = re.compile(r"\W{0,2}(?:[A-Za-z]{2,10}\d{0,4}[-‐‑–#:] ?[\w‐‑–:-]*\d|[A-Z]{2,7}\d\d|[A-Z]{3,4} \d{4,6}-)")
_NUMBER_AT = 2
_REVISION = re.compile(r"^((?:USN|LSN|DSA|DLA)-\d{3,5}(?=-)|.+:\d{1,6}(?=-)|VMSA-\d{4}-\d{4}(?=\.))[-.]\d{1,2}$")
_GROUPED = re.compile(r"\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*")
_PIECES = re.compile(r"[a-zA-Z0-9]+|[^a-zA-Z0-9]+")
_WIDE = re.compile(r"[⺀-鿿가-힯豈-﫿ｦ-ﾟ]+")
#: Prefix length that words are cut to: a stemmer for any language. 7 was the best of 5-9 on the training pairs.
_STEM = 7


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


def sign(article: Article, boilerplate: frozenset[tuple[str, str]] = frozenset()) -> Signature:
    """Read one article; everything is decided by its own title, text and facts.

    `boilerplate` is from `find_boilerplate`: paragraphs that the outlet prints under other titles too.
    """
    title = plain_title(article)
    paragraphs = own_paragraphs(article, boilerplate)
    titles, names, numbers = _tokens(title)
    names_in_title = _columns(names)
    words, more_names, more_numbers = _tokens(_head(paragraphs, HEAD))
    names |= more_names
    numbers |= more_numbers
    words |= titles
    for fact in article.facts:
        if fact.type in ("amount", "duration") and isinstance(fact.value, float):
            names.add(_column(f"{fact.unit}:{fact.value:g}"))
        elif fact.type in ("authority", "target", "product"):
            names.add(_column(f"{fact.type}:{fact.value}".casefold()))
    words |= names
    title_cves = find_cves(title)
    opening, behind = _open(title)
    own = _own_cves(_head(paragraphs, CVE_HEAD))
    return Signature(
        words=_columns(words),
        title=_columns(titles),
        title_names=names_in_title,
        names=_columns(names),
        numbers=_columns(numbers),
        cves=title_cves | frozenset(own),
        title_cves=title_cves,
        main_cves=title_cves | frozenset(own[:_MAIN_CVES]),
        notice=notice_number(title),
        title_date=_title_date(article),
        opening=opening,
        behind=behind,
        when=when(article),
        lands=find_lands(f"{title}\n{_head(paragraphs, LAND_HEAD)}"),
        made=_measures(article, ended=False),
        ended=_measures(article, ended=True),
        sums=_sums(article),
    )


def _measures(article: Article, *, ended: bool) -> frozenset[str]:
    told = (fact for fact in article.facts if fact.type == "measure")
    return frozenset(str(fact.value) for fact in told if (fact.status in _ENDED) is ended)


def _sums(article: Article) -> tuple[float, ...]:
    amounts = (f for f in article.facts if f.type == "amount" and isinstance(f.value, float) and f.value > 0)
    euros = (in_euros(float(amount.value), amount.unit) for amount in amounts)
    return tuple(sorted({sum for sum in euros if sum is not None}))


def title_names(article: Article, skip: int) -> NDArray[np.int32]:
    """Names and numbers of the title after its first `skip` words, as columns."""
    return _columns(_tokens(" ".join(plain_title(article).split()[skip:]))[1])


def head(article: Article, boilerplate: frozenset[tuple[str, str]]) -> str:
    """The start of the text that is compared."""
    return _head(own_paragraphs(article, boilerplate), HEAD)


def find_words(text: str) -> frozenset[int]:
    """Columns of the words of any text."""
    return frozenset(_tokens(text)[0])


def plain_title(article: Article) -> str:
    """The title without the outlet's name, a date at its end, and a gazette's number or an agency's mark before it."""
    return _DATE.sub("", strip_outlet(_MARK.sub("", _GAZETTE.sub("", article.title)), article.site))


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
    titles: dict[tuple[str, str], set[str]] = {}
    for article in articles:
        for paragraph in article.paragraphs[:_OWN]:
            if len(paragraph) >= _BLOCK:
                seen = titles.setdefault((outlet(article), paragraph), set())
                if len(seen) < 3:
                    seen.add(article.title)
    return frozenset(key for key, seen in titles.items() if len(seen) >= 3)


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
        return None, _columns(set())
    words = (raw for raw in _TOKEN.findall(parts[1]) if len(raw) >= _LONGER or _WIDE.search(raw))
    return fold(parts[0]).strip(), _columns(set(chain.from_iterable(_token(raw)[0] for raw in words)))


def _title_date(article: Article) -> str | None:
    match = _DATE.search(strip_outlet(article.title, article.site))
    return fold(match.group()).strip(" ()[],–—-") if match else None


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
        return frozenset()
    return frozenset(f"CVE-{year}-{number}" for year, number in _CVE.findall(text))


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


@lru_cache(maxsize=1 << 17)
def fold(text: str) -> str:
    """Casefolded, without accents, in Latin letters where a table says how."""
    folded = text.casefold()
    if folded.isascii():
        return folded
    plain = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return plain if plain.isascii() else latin(plain)


def _head(paragraphs: Sequence[str], limit: int) -> str:
    if paragraphs and len(paragraphs[0]) >= limit:
        return paragraphs[0][:limit]
    return "\n".join(paragraphs[:40])[:limit]


#: What a measure is that holds no longer.
_ENDED = ("lifted", "annulled")

Columns = tuple[int, ...]


@lru_cache(maxsize=1 << 17)
def _token(raw: str) -> tuple[Columns, Columns, Columns]:
    """Columns of one run of letters or digits: as words, as names among them, as numbers among them."""
    if not raw.isascii() and _WIDE.search(raw):
        return _wide(raw)
    word = _word(raw)
    if len(word) < 2 and not word.isdigit():
        return (), (), ()
    column = (_column(word), *(() if raw.isascii() else _usual(raw)))
    if any(c.isdigit() for c in raw):
        is_year = len(word) == 4 and word[:2] in ("19", "20")
        return column, column, column if raw[0].isdigit() and len(word) > 1 and not is_year else ()
    return column, column if raw != raw.lower() else (), ()


def _word(raw: str) -> str:
    folded = fold(raw)
    if folded.isalpha() and len(folded) > _STEM:
        return folded[:_STEM]
    if _GROUPED.fullmatch(folded):
        return folded.replace(".", "").replace(",", "")
    return folded


def _wide(raw: str) -> tuple[Columns, Columns, Columns]:
    """Chinese, Japanese and Korean runs become overlapping pairs; Latin letters and digits inside them are names."""
    words: list[int] = []
    names: list[int] = []
    for piece in _PIECES.findall(raw):
        if not piece.isascii():
            words += [_column(piece[i : i + 2]) for i in range(max(1, len(piece) - 1))]
        elif len(piece) > 1:
            names.append(_column(_word(piece)))
    names += _usual(raw)
    return (*words, *names), tuple(names), ()


def _usual(raw: str) -> Columns:
    """Columns of the known names that a run in another script spells, as reports in Latin letters have them."""
    return tuple(_column(_word(part)) for name in usual_names(raw) for part in _TOKEN.findall(name) if len(part) > 1)


def _tokens(text: str) -> tuple[set[int], set[int], set[int]]:
    """Columns of the words, of the names among them, and of the numbers among them."""
    found = [_token(raw) for raw in set(_TOKEN.findall(text))]
    words, names, numbers = (set(chain.from_iterable(map(itemgetter(k), found))) for k in range(3))
    return words, names, numbers


def _column(token: str) -> int:
    return crc32(token.encode("utf-8", "replace")) % COLUMNS


def _columns(columns: set[int]) -> NDArray[np.int32]:
    array = np.fromiter(columns, dtype=np.int32, count=len(columns))
    array.sort()
    return array
