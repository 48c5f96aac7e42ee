"""When an article was published: what the page's tags claim, weighed against what it prints beside the headline.

Tags that say "published" come first. Tags that only say "date" are often the day of the last change, so a date printed
with the headline comes before them; a printed date that calls itself an update, or stands in a comment, an embedded
post or a list of other articles, never does. htmldate searches the page when all of that gives nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any

from pipeline.extract.moments import parse_date
from pipeline.extract.printed import Printed, first_day_in, labelled_date, printed_dates
from pipeline.text.tags import primary

_PUBLISHED_META = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished", "dc.date.issued",
    "dcterms.issued", "pubdate", "publishdate", "publish-date", "publish_date", "sailthru.date", "parsely-pub-date",
    "article.published", "article_date_original", "originalpublicationdate", "citation_date",
    "citation_publication_date", "cxenseparse:recs:publishtime", "cxenseparse:publishtime", "rnews:datepublished",
    "prism.publicationdate", "dcsext.articlefirstpublished", "iso-8601-publish-date", "bt:pubdate",
    "article:published", "publication_date", "date_published", "published-date", "article.created",
)  # fmt: skip
#: Tags of which sites mean now the first publication, now the last change.
_DATE_META = (
    "dcterms.created", "dc.date.created", "dc.date", "dcterms.date", "date", "gentime", "last-modified-date",
    "doc_date", "release_date", "artdate", "created", "last-modified",
)  # fmt: skip
_OFFSET = re.compile(r"\d[+-](?:0[1-9]|1[0-4]):?[0-5]\d$| [+-](?:0[1-9]|1[0-4]):?[0-5]\d$")
_URL_DATE = re.compile(r"/((?:19|20)\d\d)[-/]?([01]\d)[-/]?([0-3]\d)(?:[/_-]|$)")
_URL_MONTH = re.compile(r"/((?:19|20)\d\d)/(0[1-9]|1[0-2])/")
_ARCHIVE = re.compile(r"^https?://web\.archive\.org/web/\d+[a-z_]*/")


def published(
    tree: Any,
    meta: Mapping[str, str],
    articles: Iterable[Mapping[str, Any]],
    url: str,
    *,
    title: str | None = None,
    language: str | None = None,
    latest: datetime | None = None,
) -> datetime | None:
    """Read when an article was first published.

    Args:
        tree: The page before anything was pruned from it.
        meta: Its meta tags by lower-case name.
        articles: Its JSON-LD articles.
        url: Its address, for dates in the path.
        title: Its headline, to find where on the page the article begins.
        language: BCP 47 tag of the page, for the order of 03/04/2026.
        latest: Dates after this are not believed.
    Returns:
        Aware UTC time of the day that the page prints; None when nothing on the page dates it.
    """
    tag = primary(language, "")
    own = list(articles)
    url = _ARCHIVE.sub("", url)
    strong = [a.get("datePublished") for a in own] + [meta.get(name) for name in _PUBLISHED_META]
    strong += [e.get("datetime") or e.get("content") for e in tree.xpath("//*[@itemprop='datePublished' or @pubdate]")]
    said = _moments(strong, latest, tag)
    printed = list(printed_dates(tree, title, tag, latest))
    if said:
        return _from_tags(said, printed, url)
    weak = _moments([a.get(k) for k in ("dateCreated", "uploadDate") for a in own], latest, tag)
    weak += _moments([meta.get(name) for name in _DATE_META], latest, tag)
    best = _best(printed)
    if best is not None and (best.label != "changed" or not weak):
        return best.moment
    if weak:
        return _from_tags(weak, printed, url)
    return labelled_date(tree, tag, latest) or _searched(tree, url, tag, latest)


def _moments(claims: Iterable[object], latest: datetime | None, language: str) -> list[tuple[datetime, str]]:
    return [
        (moment, claim.strip())
        for claim in claims
        if isinstance(claim, str) and (moment := parse_date(claim.strip()[:200], latest=latest, language=language))
    ]


def _from_tags(said: list[tuple[datetime, str]], printed: list[Printed], url: str) -> datetime:
    """The first claim; an older date in a <time> beside the headline when the article was put out again."""
    first = said[0][0]
    older = next((p.moment for p in printed if p.is_time and p.is_behind and p.label != "changed"), None)
    if older is not None and first - older > timedelta(days=1):
        return older
    # A printed day, or the same moment told with the outlet's own offset, tells the outlet's day; UTC does not.
    days = [line.moment.date() for line in printed if line.label != "changed"]
    if first.date() not in days:
        for day in days:
            if abs((day - first.date()).days) == 1:
                return _on_day(first, day)
    told = next((m for m, c in said if abs(m - first) < timedelta(hours=26) and _OFFSET.search(c)), None)
    return _on_printed_day(told or first, url)


def _on_printed_day(moment: datetime, url: str) -> datetime:
    """The day of the outlet where it shows: in the address, or in a midnight of Central Europe given as UTC."""
    if (match := _URL_DATE.search(url)) is not None:
        try:
            year, month, day = (int(part) for part in match.groups())
            printed = datetime(year, month, day, tzinfo=UTC)
        except ValueError:
            return moment
        if abs((printed.date() - moment.date()).days) == 1:
            return _on_day(moment, printed.date())
    elif moment.hour in (22, 23) and not (moment.minute or moment.second):
        return moment + timedelta(hours=24 - moment.hour)
    return moment


def _on_day(moment: datetime, day: date) -> datetime:
    """The moment of `day` nearest to `moment`."""
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return start if moment < start else start + timedelta(hours=23, minutes=59, seconds=59)


def _best(printed: list[Printed]) -> Printed | None:
    """The date line that says "published", then one that says nothing, then one that says "updated"."""
    order = {"published": 0, None: 1, "changed": 2}
    return min(printed, key=lambda p: (order[p.label], not p.is_behind), default=None)


def _searched(tree: Any, url: str, language: str, latest: datetime | None) -> datetime | None:
    """What htmldate finds, unless the address names another month."""
    from htmldate import find_date

    until = (latest or datetime.max.replace(tzinfo=UTC)).date()
    try:
        found = find_date(tree, original_date=True, url=url, max_date=min(until, date(2100, 1, 1)).isoformat())
    except Exception:  # noqa: BLE001  (htmldate meets any page; whatever it trips over, the page just has no date)
        found = None
    moment = parse_date(found, latest=latest) if found else None
    if (match := _URL_MONTH.search(url)) is not None:
        month = f"{match[1]}-{match[2]}"
        if moment is None or f"{moment:%Y-%m}" != month:
            return first_day_in(tree, month, language, latest) or moment
    return moment
