"""One entry and its page become one article: which text, which title, which date, which address."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from pipeline.errors import FetchError
from pipeline.extract.body import article_paragraphs, find_lead, plain_html, with_lead, without_head_lines
from pipeline.extract.document import load_tree
from pipeline.extract.links import leaving_links
from pipeline.extract.metadata import Metadata, read_metadata
from pipeline.extract.stranger import tells_of_another
from pipeline.extract.structure import densest_paragraphs, parted_paragraphs, prune
from pipeline.model import Article, Entry, Feed, Junk, Page, Removed, TextOrigin
from pipeline.text.junk import junk_reason
from pipeline.text.mending import mended
from pipeline.text.normalise import clean_text, fold

_CUT_OFF = re.compile(r"(?:\.{3}|…|\[…\]|\[\.{3}\])\s*$")
_TRACKING = re.compile(
    r"^(?:utm_|at_|mc_|pk_|xtor$|fbclid$|gclid$|ref$|ref_src$|cmpid$|ito$|wt_mc$|s_cid$|xing_share$)"
)
#: A feed that carries more than this much more text than its page is read instead (paywalls, failed extractions).
_FEED_RATIO, _FEED_LEAST = 2.0, 600
#: A text below this is compared with other readings of the page, and given up for one that is so much longer.
_SHORT_BODY, _SHORT_RATIO, _NEARLY_NOTHING = 700, 1.5, 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a worker needs to read one article."""

    entry: Entry
    page: Page | None = None
    #: Why there is no page.
    reason: str | None = None
    feed: Feed | None = None

    @classmethod
    def of(cls, entry: Entry, page: Page | FetchError | None, feed: Feed | None) -> Job:
        """A job from what fetching gave."""
        if isinstance(page, Page):
            return cls(entry=entry, page=page, feed=feed)
        return cls(entry=entry, reason=None if page is None else f"fetch: {page.reason}", feed=feed)


def article_from(job: Job) -> Article:
    """Read the page; fall back to the feed where it has no article."""
    if job.page is None:
        return article_without_page(job, job.reason)
    tree, reason = load_tree(job.page)
    if tree is None:
        return article_without_page(job, reason)
    entry, page = job.entry, job.page
    # lxml makes an element's object anew, slowly, each time nobody holds it, and the page is walked a dozen times.
    _held = list(tree.iter())
    meta = read_metadata(tree, page.final_url, latest=entry.first_seen, want_date=entry.published is None)
    links, named = leaving_links(tree, page.final_url)
    paragraphs, removed = _page_text(tree, meta)
    title = _title(entry, meta)
    own = _feed_paragraphs(entry)
    reason = junk_reason(title, paragraphs)
    is_poor = reason == "no-article"
    if reason is None and tells_of_another(title, own, paragraphs):
        reason, is_poor = "foreign-text", True
    # A text that only looks poor gives way to a better one, not to none.
    if reason is not None and not (is_poor and junk_reason(title, own)):
        removed = [Removed(text="\n".join(paragraphs)[:500], rule=f"junk/{reason}", position=0)] if paragraphs else []
        return article_without_page(job, reason, meta=meta, removed=tuple(removed))
    if sum(map(len, own)) > max(_FEED_LEAST, _FEED_RATIO * sum(map(len, paragraphs))):
        return article_without_page(job, None, meta=meta)
    article = _article(job, meta, title, paragraphs, "page", links=links, removed=tuple(removed))
    return replace(article, named_sources=named)


def article_without_page(
    job: Job, reason: str | None, *, meta: Metadata | None = None, removed: tuple[Removed, ...] = ()
) -> Article:
    """The feed's own content, else the title alone; then `reason` tells why there is no more."""
    meta = meta or Metadata()
    title = _title(job.entry, meta)
    paragraphs = _feed_paragraphs(job.entry)
    missing = junk_reason(title, paragraphs)
    if reason is not None and not removed:
        removed = (Removed(text="", rule=f"page/{reason}", position=0),)
    if missing is None:
        return _article(job, meta, title, paragraphs, "feed", removed=removed)
    return _article(job, meta, title, (), "title", removed=removed, junk=Junk(reason=reason or missing))


def _page_text(tree: Any, meta: Metadata) -> tuple[list[str], list[Removed]]:
    """The article's paragraphs and the containers taken out around them; the tree is spent."""
    lead = find_lead(tree, meta)
    removed = prune(tree)
    return with_lead(without_head_lines(_body(tree, meta), meta.title), lead), removed


def _body(tree: Any, meta: Metadata) -> list[str]:
    """trafilatura's text; the densest container or the JSON-LD body where it found next to nothing."""
    paragraphs = article_paragraphs(tree)
    if len(paragraphs) == 1:
        paragraphs = parted_paragraphs(tree, paragraphs[0])
    length = sum(map(len, paragraphs))
    if length >= _SHORT_BODY:
        return paragraphs
    candidates = [densest_paragraphs(tree)]
    if meta.body:
        candidates.append(plain_html(meta.body))
    longest = max(candidates, key=lambda lines: sum(map(len, lines)))
    if sum(map(len, longest)) < _SHORT_RATIO * length + 200:
        return paragraphs
    # Another text of the page is not more of this one.
    shared = sum(len(line) for line in paragraphs if line in longest)
    return longest if length < _NEARLY_NOTHING or shared > 0.5 * length else paragraphs


def _article(
    job: Job,
    meta: Metadata,
    title: str,
    paragraphs: list[str] | tuple[str, ...],
    origin: TextOrigin,
    *,
    links: tuple[str, ...] = (),
    removed: tuple[Removed, ...] = (),
    junk: Junk | None = None,
) -> Article:
    entry, feed = job.entry, job.feed
    return Article(
        id=entry.id,
        feed=entry.feed,
        url=_address(job, meta),
        title=title,
        paragraphs=tuple(paragraphs),
        published=entry.published or meta.published,
        first_seen=entry.first_seen,
        origin=origin,
        author=entry.author or meta.author,
        site=feed.name if feed else meta.site,
        links=links,
        feed_language=entry.language or (feed.language if feed else None),
        html_language=meta.language,
        removed=removed,
        junk=junk,
    )


def _feed_paragraphs(entry: Entry) -> list[str]:
    content = plain_html(entry.content) if entry.content else []
    summary = plain_html(entry.summary) if entry.summary else []
    return content if sum(map(len, content)) >= sum(map(len, summary)) else summary


def _title(entry: Entry, meta: Metadata) -> str:
    """The feed's title, unless it is cut off or carries the outlet's name and the page knows the whole headline."""
    own, page = mended(clean_text(entry.title)), meta.title
    if not page or len(page) < 8:
        return own
    if len(own) < 4 or not any(c.isalpha() for c in own):
        return page
    stem = fold(_CUT_OFF.sub("", own)).strip()
    whole = fold(page)
    if _CUT_OFF.search(own) and whole.startswith(stem[: max(12, len(stem) - 2)]) and not _CUT_OFF.search(page):
        return page
    # "Headline - Outlet" of news aggregators.
    if len(own) > len(page) and stem.startswith(whole) and len(page) >= 0.5 * len(own):
        return page
    return own


def _address(job: Job, meta: Metadata) -> str | None:
    """The canonical link when it stays on the site, else the address after redirects."""
    if job.page is None:
        return job.entry.url
    final = job.page.final_url
    if meta.canonical and urlsplit(meta.canonical).hostname == urlsplit(final).hostname:
        return meta.canonical
    if job.entry.url and urlsplit(job.entry.url).hostname == urlsplit(final).hostname:
        return job.entry.url
    parts = urlsplit(final)
    if parts.scheme not in ("http", "https"):
        return job.entry.url
    query = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.match(key)]
    return urlunsplit((parts.scheme, parts.netloc, parts.path, urlencode(query), ""))


__all__ = ["Job", "article_from", "article_without_page"]
