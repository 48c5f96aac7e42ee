"""The day that an article was published, from tags, date lines and addresses."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.extract import extract
from pipeline.model import Entry, Page

_SEEN = datetime(2026, 11, 23, 20, 0, tzinfo=UTC)
_TEXT = "<p>" + "Le fournisseur a publié un correctif pour toutes les versions touchées, écrit l'agence. " * 4 + "</p>"
_TITLE = "Arpège corrige une faille de sa passerelle"


def read(
    body: str, *, head: str = "", lang: str = "fr", url: str = "https://www.example.org/arpege"
) -> datetime | None:
    html = (
        f"<!doctype html><html lang={lang}><head><meta charset=utf-8><title>{_TITLE}</title>{head}</head>"
        f"<body>{body}</body></html>"
    )
    entry = Entry(id="1", feed="https://www.example.org/rss", guid=None, url=url, title=_TITLE, first_seen=_SEEN)
    page = Page(url=url, final_url=url, body=html.encode(), charset="utf-8")
    return extract([(entry, page)])[0].published


def day(body: str, **values: str) -> str | None:
    found = read(body, **values)
    return found.date().isoformat() if found else None


def story(*, before: str = "", after: str = "", end: str = "") -> str:
    return f"<main>{before}<h1>{_TITLE}</h1>{after}<div>{_TEXT}{_TEXT}</div>{end}</main>"


def linked(published: str, modified: str = "2026-11-20T08:00:00+01:00") -> str:
    claims = f'"@type": "NewsArticle", "datePublished": "{published}", "dateModified": "{modified}"'
    return f'<script type="application/ld+json">{{{claims}}}</script>'


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("fr", "Publié le 4 novembre 2026 à 9 h 30"),
        ("en", "Posted on November 4, 2026"),
        ("en", "Wednesday, Nov 4, 2026"),
        ("en", "11/04/2026"),
        ("de", "04.11.2026, 07:30 Uhr"),
        ("de", "Von Erika Beispiel, 4. November 2026"),
        ("es", "4 de noviembre de 2026"),
        ("it", "Pubblicato il 4 novembre 2026"),
        ("pt", "Publicado em 4 de novembro de 2026"),
        ("nl", "4 november 2026"),
        ("pl", "Opublikowano: 4 listopada 2026"),
        ("sv", "Publicerad 4 november 2026"),
        ("ru", "4 ноября 2026"),
        ("ja", "2026年11月4日"),
        ("zh", "发布时间：2026年11月4日"),
        ("tr", "4 Kasım 2026"),
        ("x", "4 novembre 2026"),
    ],
)
def test_a_date_line_behind_the_headline(language: str, line: str) -> None:
    """The date printed with the headline dates a page without tags, in every language."""
    assert day(story(after=f"<p class=info>{line}</p>"), lang=language) == "2026-11-04"


def test_published_comes_before_modified() -> None:
    """JSON-LD and meta tags of the first publication win over those of the last change."""
    head = '<meta property="article:modified_time" content="2026-11-20T10:00:00Z">'

    assert day(story(), head=head + linked("2026-11-04T09:00:00+01:00")) == "2026-11-04"
    assert day(story(after="<p>Mis à jour le 20 novembre 2026</p><p>Publié le 4 novembre 2026</p>")) == "2026-11-04"
    assert (
        day(story(after="<p>Mis à jour le 20 novembre 2026</p>"), head=linked("2026-11-04T09:00:00Z")) == "2026-11-04"
    )


def test_a_date_tag_that_may_mean_the_last_change_gives_way_to_the_printed_date() -> None:
    """A tag that only says "date" is believed when the page prints no other."""
    head = '<meta name="date" content="2026-11-20T10:00:00Z">'

    assert day(story(after="<time datetime=2026-11-04>4 novembre</time>"), head=head) == "2026-11-04"
    assert day(story(before="<div><span>4 novembre 2026</span></div>"), head=head) == "2026-11-04"
    assert day(story(), head=head) == "2026-11-20"


@pytest.mark.parametrize(
    "other",
    [
        "<aside><time datetime=2026-10-01>1er octobre 2026</time></aside>",
        "<blockquote class=embed><p><time datetime=2026-10-01>1er octobre 2026</time></p></blockquote>",
        "<div class=event-box><h2>01.10.2026</h2></div>",
        "<ul><li><time datetime=2026-10-01>1.10.2026</time><a href=/autre>Un autre article</a></li></ul>",
        "<div class=comments><p>Anne, 1er octobre 2026</p></div>",
        "<dl><dd>Inscrit le 01.10.2026</dd></dl>",
        "<p>Le 1er octobre 2026, l'agence avait averti le fournisseur d'une faille dans ses passerelles publiques.</p>",
    ],
)
def test_dates_of_other_things_date_nothing(other: str) -> None:
    """Events, comments, embedded posts, other articles and sentences are no date lines."""
    assert day(story(after=other), head='<meta name="date" content="2026-11-20T10:00:00Z">') == "2026-11-20"
    assert day(story(after=other), head=linked("2026-11-04T09:00:00Z")) == "2026-11-04"


def test_a_line_at_the_end_that_says_published() -> None:
    """Where nothing else dates the page, the imprint of the article does; its last change does not."""
    end = "<p class=foot>Letzte Änderung: 05.11.2026 - 14:49<br>Erschienen am: 04.11.2026<br>Lesungen: 61</p>"

    assert day(story(end=end), lang="de") == "2026-11-04"


def test_future_and_template_dates_are_refused() -> None:
    """What is after the day we saw the page, or before the web's news, dates nothing."""
    assert day(story(), head=linked("2031-01-01T00:00:00Z", "2031-01-01T00:00:00Z")) is None
    assert day(story(), head=linked("0001-01-01T00:00:00Z", "0001-01-01")) is None
    assert day(story(), head=linked("1970-01-01T00:00:00Z", "1970-01-01")) is None
    assert day(story(after="<p>4 novembre 2027</p>")) is None
    both = linked("2031-01-01T00:00:00Z")
    assert day(story(after="<p>4 novembre 2026</p>"), head=both) == "2026-11-04"


def test_the_day_is_the_outlets() -> None:
    """Offsets, the printed line and the address tell the outlet's day; a day that has not begun here is not lost."""
    assert day(story(), head=linked("2026-11-04T00:30:00+01:00")) == "2026-11-04"
    assert day(story(after="<p>4 novembre 2026</p>"), head=linked("2026-11-03T23:30:00Z")) == "2026-11-04"
    assert day(story(), head=linked("2026-11-03T22:30:00Z"), url="https://www.example.org/2026/11/04/a") == "2026-11-04"
    tomorrow = read(story(), head=linked("2026-11-24T03:00:00+09:00"))
    assert tomorrow == datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


def test_the_address_names_the_month() -> None:
    """An archived page is dated by its own text within the month of its address, not by the archive."""
    url = "https://web.archive.org/web/20160218174457/http://blog.example.org/2010/05/typographie/"
    body = f"<h1>{_TITLE}</h1>{_TEXT}<p>Dieser Text wurde am <b>19. Mai 2010</b> um 23:03 geschrieben.</p><p>© 2016</p>"

    assert day(body, url=url, lang="x") == "2010-05-19"
