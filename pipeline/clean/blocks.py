"""Site evidence: paragraphs that recur over many articles of one site are the site's, not the article's.

A paragraph counts once per article and day; it is taken for boilerplate when enough different articles (different
texts,
not the same one met twice) carry it. What has not been seen for a while is forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import blake2b
from urllib.parse import urlsplit

from pipeline.model import Article
from pipeline.text.normalise import fold

#: Different articles of a site that must carry a paragraph. A standfirst repeated on a follow-up or a live blog comes
#: twice
#: or three times; a promo block comes with every article.
_LEAST_ARTICLES = 4
#: Share of the site's known articles that must carry it.
_LEAST_SHARE = 0.2
#: A correction, a series' introduction and the like is longer than any promo block seen.
_LONGEST = 1500
#: Days after which a block that did not come again is forgotten.
_KEPT_DAYS = 30
#: Articles remembered per block and per site, so that a site's record stays small.
_MOST_ARTICLES = 50
_MOST_BLOCKS = 2000


def learn(articles: Iterable[Article]) -> SiteBlocks:
    """Count the paragraphs of articles as extracted; merge the result into what is known.

    Args:
        articles: Before or after cleaning: blocks that `clean` has taken out are counted from `removed`.
    """
    sites: dict[str, dict[str, dict[str, date]]] = {}
    seen: dict[str, dict[str, date]] = {}
    for article in articles:
        if article.origin == "title" or article.first_seen is None:
            continue
        site, day, name = site_of(article), article.first_seen.date(), _article_key(article)
        again = [block.text for block in article.removed if block.rule == "site/repeated"]
        seen.setdefault(site, {})[name] = day
        for paragraph in {*article.paragraphs, *again}:
            if len(paragraph) <= _LONGEST:
                sites.setdefault(site, {}).setdefault(_key(paragraph), {})[name] = day
    return SiteBlocks(articles=seen, blocks=sites)


@dataclass(frozen=True, slots=True)
class SiteBlocks:
    """What recurs on each site. Values are days, so that old evidence can be let go."""

    #: Site -> article -> last day seen.
    articles: Mapping[str, Mapping[str, date]] = field(default_factory=dict)
    #: Site -> block -> article -> last day seen.
    blocks: Mapping[str, Mapping[str, Mapping[str, date]]] = field(default_factory=dict)

    def recurring(self, article: Article) -> frozenset[str]:
        """The paragraphs of `article` that recur over its site, the article itself not counted."""
        site = site_of(article)
        blocks = self.blocks.get(site)
        if not blocks:
            return frozenset()
        own = _article_key(article)
        needed = max(_LEAST_ARTICLES, _LEAST_SHARE * (len(self.articles.get(site, ())) - 1))
        found = set()
        for paragraph in set(article.paragraphs):
            others = blocks.get(_key(paragraph))
            if others and len(others) - (own in others) >= needed:
                found.add(paragraph)
        # An article all of whose text recurs is one that we know, not one that is all boilerplate.
        return frozenset(found) if len(found) < len(set(article.paragraphs)) else frozenset()

    def merge(self, other: SiteBlocks, *, today: date | None = None) -> SiteBlocks:
        """Both together; with `today`, what was last seen more than thirty days before is forgotten."""
        oldest = today - timedelta(days=_KEPT_DAYS) if today else date.min
        articles = {
            site: aged
            for site in sorted({*self.articles, *other.articles})
            if (aged := _newest(self.articles.get(site, {}), other.articles.get(site, {}), oldest, _MOST_ARTICLES * 4))
        }
        blocks: dict[str, dict[str, dict[str, date]]] = {}
        for site in sorted({*self.blocks, *other.blocks}):
            mine, theirs = self.blocks.get(site, {}), other.blocks.get(site, {})
            counted = {
                key: aged
                for key in sorted({*mine, *theirs})
                if (aged := _newest(mine.get(key, {}), theirs.get(key, {}), oldest, _MOST_ARTICLES))
            }
            if counted:
                ordered = sorted(counted.items(), key=lambda item: (-len(item[1]), item[0]))
                blocks[site] = dict(sorted(ordered[:_MOST_BLOCKS]))
        return SiteBlocks(articles=articles, blocks=blocks)

    def to_dict(self) -> dict[str, object]:
        """JSON-able form."""
        return {
            "articles": {
                site: {k: d.isoformat() for k, d in sorted(v.items())} for site, v in sorted(self.articles.items())
            },
            "blocks": {
                site: {key: {k: d.isoformat() for k, d in sorted(v.items())} for key, v in sorted(blocks.items())}
                for site, blocks in sorted(self.blocks.items())
            },
        }

    @classmethod
    def from_dict(cls, value: Mapping[str, Mapping[str, Mapping[str, object]]]) -> SiteBlocks:
        """The value that `to_dict` came from."""
        return cls(
            articles={
                s: {k: date.fromisoformat(str(d)) for k, d in v.items()} for s, v in value.get("articles", {}).items()
            },
            blocks={
                s: {key: {k: date.fromisoformat(str(d)) for k, d in dict(v).items()} for key, v in blocks.items()}  # type: ignore[call-overload]
                for s, blocks in value.get("blocks", {}).items()
            },
        )


def site_of(article: Article) -> str:
    """Host name without "www.", or the feed's address where the article has none."""
    host = (urlsplit(article.url).hostname or "") if article.url else ""
    return host.removeprefix("www.") or article.feed


def _newest(mine: Mapping[str, date], theirs: Mapping[str, date], oldest: date, most: int) -> dict[str, date]:
    both = dict(mine)
    for name, day in theirs.items():
        both[name] = max(day, both.get(name, day))
    fresh = sorted(((day, name) for name, day in both.items() if day >= oldest), reverse=True)[:most]
    return {name: day for day, name in sorted(fresh, key=lambda pair: pair[1])}


def _article_key(article: Article) -> str:
    """Same for an article that comes again under another id or address: its folded title."""
    return _key(article.title or article.id)


def _key(text: str) -> str:
    return blake2b(fold(text).encode("utf-8", "replace"), digest_size=6).hexdigest()
