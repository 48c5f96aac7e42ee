"""Any page may come in: extraction and cleaning raise on none, invent nothing and settle at once."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.clean import clean
from pipeline.extract.article import Job, article_from
from pipeline.model import Article, Entry, Page

_SEEN = datetime(2026, 11, 23, tzinfo=UTC)
_TITLE = "Arpège corrige une faille"
_FACTS = re.compile(r"CVE-\d{4}-\d{4,}|\d+(?:[.,]\d+)*|\b[A-Z]\w{3,}")
_TEXTS = st.sampled_from(
    [
        "Arpège a corrigé le 4 novembre la faille CVE-2026-10001, notée 9,8, dans 12 000 passerelles.",
        "La Commission inflige 4,2 millions d'euros d'amende à Exemple SA.",
        "Inscrivez-vous à notre newsletter.", "We use cookies to improve your experience.", "Lire aussi : une faille",
        "Photo : Jeanne Exemple", "4 novembre 2026", "x", "", "\u200b", "\xa0", "例社は脆弱性を修正した。",
        "مرحبا", "&amp;&lt;b&gt;",
    ]
)  # fmt: skip
_NAMES = (
    "p div span a h1 h2 article aside ul li table tr td time blockquote q code pre script style noscript template"
    " form button svg iframe main header footer nav figure br img x-y contrib-group base meta title del wbr"
)
_TAGS = st.sampled_from(_NAMES.split())
_ATTRIBUTES = st.sampled_from(
    ["", " class=newsletter", " class='article-body'", " id=comments", " class=teaser", " role=navigation", " href=/x",
     " datetime=2026-11-04", " datetime=9999-99-99", " itemprop=datePublished content=x", " style='display:none'",
     " class='", ' id="a b c', " lang=fr", " type=application/ld+json"]
)  # fmt: skip
_MARKUP = st.recursive(
    _TEXTS,
    lambda inner: st.builds(
        lambda tag, attribute, parts, closed: f"<{tag}{attribute}>{''.join(parts)}{f'</{tag}>' if closed else ''}",
        _TAGS, _ATTRIBUTES, st.lists(inner, max_size=4), st.booleans(),
    ),
    max_leaves=25,
)  # fmt: skip


def _read(body: bytes, *, dated: bool) -> Article:
    entry = Entry(id="1", feed="https://www.example.org/rss", guid=None, url="https://www.example.org/1", title=_TITLE,
                  first_seen=_SEEN, published=_SEEN if dated else None)  # fmt: skip
    url = entry.url or ""
    return article_from(Job.of(entry, Page(url=url, final_url=url, body=body), None))


def _check(article: Article) -> None:
    """Dates lie in the past, cleaning is settled, and what is kept says nothing that the paragraph did not say."""
    assert article.published is None or article.published <= _SEEN
    (cleaned,) = clean([article])
    assert clean([cleaned]) == [cleaned]
    assert len(cleaned.paragraphs) <= len(article.paragraphs)
    facts = _FACTS.findall(" ".join(article.paragraphs))
    kept = _FACTS.findall(" ".join(cleaned.paragraphs))
    rest = iter(facts)
    assert all(fact in rest for fact in kept)


@given(st.lists(_MARKUP, max_size=8), st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_markup(parts: list[str], dated: bool) -> None:
    """Nested, unclosed and misplaced elements."""
    _check(_read(f"<html><body><h1>{_TITLE}</h1>{''.join(parts)}".encode("utf-8", "replace"), dated=dated))


_PAGE = (
    f'<html lang=fr><head><title>{_TITLE}</title><script type="application/ld+json">{{"@type":"NewsArticle",'
    '"datePublished":"2026-11-04T09:00:00+01:00"}</script></head><body><article><h1>' + _TITLE + "</h1><time>4 novembre"
    " 2026</time>" + "<p>Arpège a corrigé la faille <a href=/x>CVE-2026-10001</a>, notée <b>9,8</b>, lundi.</p>" * 6
    + "<div class=newsletter><p>Inscrivez-vous à notre newsletter.</p></div></article></body></html>"
).encode()  # fmt: skip


@given(st.integers(0, len(_PAGE)), st.integers(0, len(_PAGE)), st.binary(max_size=12), st.booleans())
@settings(max_examples=150, deadline=None)
def test_damaged_pages(start: int, end: int, noise: bytes, dated: bool) -> None:
    """Pages cut off, with a hole, or with foreign bytes in them."""
    low, high = sorted((start, end))
    _check(_read(_PAGE[:low] + noise + _PAGE[high:], dated=dated))
    _check(_read(_PAGE[:low] + noise, dated=dated))
