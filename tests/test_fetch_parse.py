"""What a feed says becomes entries: formats, titles, dates, links, identities, charsets."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeline.errors import ParseError
from pipeline.fetch.dates import parse_date
from pipeline.fetch.feeds import parse_feed
from pipeline.model import Entry, Feed
from pipeline.text import numerals

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FEED = Feed(url="https://outlet.example.org/feed", name="Outlet")


def parse(text: str | bytes, feed: Feed = FEED, **options: Any) -> list[Entry]:
    body = text.encode() if isinstance(text, str) else text
    return parse_feed(body, **{"feed": feed, "base_url": feed.url, "content_type": None, "now": NOW, **options})


def rss(*items: str, head: str = "") -> str:
    inside = "".join(f"<item>{item}</item>" for item in items)
    return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Outlet</title>{head}{inside}</channel></rss>'


def titles(text: str | bytes, **options: Any) -> list[str]:
    return [entry.title for entry in parse(text, **options)]


def test_rss() -> None:
    """A whole RSS item, with namespaces."""
    text = """<?xml version="1.0" encoding="UTF-8"?>
    <rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
    <channel><title>Outlet</title><link>https://outlet.example.org/</link><language>fr-FR</language>
    <item><title>Une faille dans le pare-feu Muraille</title><link>https://outlet.example.org/a?utm_source=rss&amp;id=7</link>
    <guid isPermaLink="false">a-7</guid><dc:creator>Jeanne Moreau</dc:creator>
    <pubDate>Mon, 23 Nov 2026 09:00:00 +0100</pubDate>
    <description><![CDATA[<p>Le <b>correctif</b> est là.</p>]]></description>
    <content:encoded><![CDATA[<p>Premier.</p><p>Second.</p>]]></content:encoded></item></channel></rss>"""

    (entry,) = parse(text)

    assert entry.title == "Une faille dans le pare-feu Muraille"
    assert entry.url == "https://outlet.example.org/a?id=7"
    assert (entry.guid, entry.author, entry.language) == ("a-7", "Jeanne Moreau", "fr")
    assert entry.published == datetime(2026, 11, 23, 8, tzinfo=UTC)
    assert entry.summary == "Le correctif est là."
    assert entry.content == "<p>Premier.</p><p>Second.</p>"
    assert (entry.feed, entry.first_seen) == (FEED.url, NOW)


def test_atom() -> None:
    """Atom with xml:base, xml:lang, xhtml content and several links."""
    text = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="de" xml:base="https://amt.example.org/news/">
    <title>Amt</title><id>urn:amt</id><entry><id>urn:1</id><title type="html">Bußgeld &amp;amp; Auflagen</title>
    <link rel="self" href="https://amt.example.org/self"/><link rel="alternate" type="text/html" href="eins.html"/>
    <updated>2026-11-22T10:00:00+01:00</updated><summary>Kurz.</summary>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Lang.</p></div></content></entry></feed>"""

    (entry,) = parse(text)

    assert entry.title == "Bußgeld & Auflagen"
    assert entry.url == "https://amt.example.org/news/eins.html"
    assert entry.language == "de"
    assert entry.published == datetime(2026, 11, 22, 9, tzinfo=UTC)
    assert entry.content is not None
    assert "Lang." in entry.content


def test_rdf() -> None:
    """RSS 1.0: items beside the channel, Dublin Core dates."""
    text = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"><channel rdf:about="https://x.example/"><title>X</title></channel>
    <item rdf:about="https://x.example/1"><title>脆弱性の公表</title><link>https://x.example/1</link>
    <dc:date>2026-11-23T10:00:00+09:00</dc:date></item></rdf:RDF>"""

    (entry,) = parse(text)

    assert (entry.title, entry.url) == ("脆弱性の公表", "https://x.example/1")
    assert entry.published == datetime(2026, 11, 23, 1, tzinfo=UTC)


def test_json_feed() -> None:
    """JSON Feed 1.1, and items that lack nearly everything."""
    feed = {
        "version": "https://jsonfeed.org/version/1.1",
        "home_page_url": "https://j.example/",
        "language": "en",
        "items": [
            {"id": 5, "url": "/five", "title": "Five", "content_html": "<p>Text</p>", "authors": [{"name": "Ann"}],
             "date_published": "2026-11-23T08:00:00Z"},
            {"content_text": "Only a text, with no title and no address at all, but a number of words in it"},
            {}, "nonsense", {"id": None, "url": True},
        ],
    }  # fmt: skip

    first, second, *rest = parse(json.dumps(feed), content_type="application/feed+json")

    assert (first.guid, first.url, first.author) == ("5", "https://j.example/five", "Ann")
    assert second.title == "Only a text, with no title and no address at all, but…"
    assert rest == []


@pytest.mark.parametrize(("raw", "title"), [
    ("AT&T breach", "AT&T breach"),
    ("AT&amp;T breach", "AT&T breach"),
    ("AT&amp;amp;T breach", "AT&T breach"),
    ("<![CDATA[AT&T breach]]>", "AT&T breach"),
    ("<![CDATA[Q&A: 5 < 7]]>", "Q&A: 5 < 7"),
    ("Faille &eacute;tendue&nbsp;!", "Faille étendue !"),
    ("Faille &amp;eacute;tendue", "Faille étendue"),
    ("It&#8217;s out &#x1F600;", "It’s out 😀"),
    ("&undefined; entity", "&undefined; entity"),
    ("A &lt;b&gt;bold&lt;/b&gt; claim", "A bold claim"),
    ("<![CDATA[A <i>slanted</i> claim]]>", "A slanted claim"),
    ("How a &lt;script&gt; tag leaks", "How a <script> tag leaks"),
    ("Versions &lt; 7.2 are hit", "Versions < 7.2 are hit"),
    ("  two\n   lines\t", "two lines"),
    ("\u202eevil\u202c name", "evil name"),
])  # fmt: skip
def test_titles_are_plain_text(raw: str, title: str) -> None:
    """Markup goes, what the title says stays, ampersands included."""
    assert titles(rss(f"<title>{raw}</title><link>https://x.example/1</link>")) == [title]


@pytest.mark.parametrize(("raw", "moment"), [
    ("Mon, 23 Nov 2026 09:00:00 GMT", "2026-11-23T09:00"),
    ("Mon, 22 Jun 2026 09:00:00 CEST", "2026-06-22T07:00"),
    ("Mon, 22 Jun 2026 09:00:00 EDT", "2026-06-22T13:00"),
    ("Mon, 22 Jun 26 09:00:00 +0530", "2026-06-22T03:30"),
    ("lun., 23 nov. 2026 09:00:00 +0100", "2026-11-23T08:00"),
    ("lundi 23 novembre 2026 à 10h15", "2026-11-23T10:15"),
    ("1er août 2026", "2026-08-01T00:00"),
    ("Mo, 02 Mär 2026 09:00:00 MEZ", "2026-03-02T08:00"),
    ("Mittwoch, 4. März 2026 18:05 Uhr", "2026-03-04T18:05"),
    ("20 de noviembre de 2026", "2026-11-20T00:00"),
    ("20 listopada 2026 8:30", "2026-11-20T08:30"),
    ("23 мая 2026", "2026-05-23T00:00"),
    ("2026年11月20日 10:00", "2026-11-20T10:00"),
    ("Nov 20, 2026 5:03 PM", "2026-11-20T17:03"),
    ("Nov 20, 2026 5:03 a.m.", "2026-11-20T05:03"),
    ("Nov 20, 2026 12:03 AM", "2026-11-20T00:03"),
    ("Nov 20, 2026 12:03 p.m.", "2026-11-20T12:03"),
    ("Nov 20, 2026 13:00 PM", "2026-11-20T13:00"),
    ("Fri, 20 Nov 2026 23:59:60 GMT", "2026-11-21T00:00"),
    ("Fri Nov 20 10:00:00 2026", "2026-11-20T10:00"),
    ("2026-11-20T24:00:00Z", "2026-11-21T00:00"),
    ("Fri, 20 Nov 2026 24:00:00 GMT", "2026-11-21T00:00"),
    ("2026-11-20T10:00:00.123456789-05:00", "2026-11-20T15:00"),
    ("2026-11-20 10:00", "2026-11-20T10:00"),
    ("2026-11-20 10:00:00-03", "2026-11-20T13:00"),
    ("2026-11-20 10:00:00.5+02", "2026-11-20T08:00"),
    ("10:00 -20-11-2026", "2026-11-20T10:00"),
    ("2026-11-20 10:00 UTC+8", "2026-11-20T02:00"),
    ("20 Nov 2026 10:00:00 GMT-3", "2026-11-20T13:00"),
    ("20 Nov 2026 10:00:00 GMT+5:30", "2026-11-20T04:30"),
    ("20 Nov 2026 10:00:00 GMT+0530", "2026-11-20T04:30"),
    ("20 Nov 2026 10:00:00 +15:00", "2026-11-19T19:00"),
    ("20 Nov 2026 10:00:00 +16:00", "2026-11-20T10:00"),
    ("20 Nov 2026 10:00 -5 comments", "2026-11-20T10:00"),
    ("20261120T101112Z", "2026-11-20T10:11:12"),
    ("20261120", "2026-11-20T00:00"),
    ("23/11/2026", "2026-11-23T00:00"),
    ("23/11/2026 09:05", "2026-11-23T09:05"),
    ("05.11.2026", "2026-11-05T00:00"),
    ("2099-01-01T00:00:00Z", "2026-11-23T12:00"),
    ("Tue, 03 Mar 3017 10:00:00 GMT", "2026-11-23T12:00"),
    ("Mon, 23 Nov 2026 12:00:01 GMT", "2026-11-23T12:00"),
])  # fmt: skip
def test_dates_of_many_hands(raw: str, moment: str) -> None:
    """Named zones, other languages, midnight at 24:00; nothing lies in the future."""
    assert parse_date(raw, now=NOW) == datetime.fromisoformat(moment).replace(tzinfo=UTC)


@pytest.mark.parametrize(("language", "names"), [
    ("en", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
    ("fr", "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."),
    ("de", "Jan Feb Mär Apr Mai Jun Jul Aug Sep Okt Nov Dez"),
    ("de", "Jänner Feber März April Mai Juni Juli August Sept. Oktober November Dezember"),
    ("es", "ene feb mar abr may jun jul ago set oct nov dic"),
    ("it", "gen feb mar apr mag giu lug ago set ott nov dic"),
    ("pt", "jan fev mar abr mai jun jul ago set out nov dez"),
    ("nl", "jan feb mrt apr mei jun jul aug sep okt nov dec"),
    ("pl", "sty lut mar kwi maj cze lip sie wrz paź lis gru"),
    ("cs", "led úno bře dub kvě čvn čvc srp zář říj lis pro"),
    ("uk", "січ лют бер кві тра чер лип сер вер жов лис гру"),
    ("ru", "янв фев мар апр мая июн июл авг сен окт ноя дек"),
    ("el", "Ιαν Φεβ Μαρ Απρ Μαΐ Ιουν Ιουλ Αυγ Σεπ Οκτ Νοε Δεκ"),
    *[(tag, " ".join(forms.split()[0] for forms in months)) for tag, months in numerals.data()["months"].items()],
])  # fmt: skip
def test_months_in_many_languages(language: str, names: str) -> None:
    """Short, as feeds write them, or whole; "marraskuuta" is no month of March."""
    found = [parse_date(f"Xy, 15 {name} 2025 10:00", now=NOW, language=language) for name in names.split()]

    assert found == [datetime(2025, month, 15, 10, tzinfo=UTC) for month in range(1, 13)]


@pytest.mark.parametrize(("names", "place", "month"), [
    ("Z UT UTC GMT WET", "UTC", 1), ("WEST BST", "Europe/London", 7), ("CET MEZ MET", "Europe/Berlin", 1),
    ("CEST MESZ MEST", "Europe/Berlin", 7), ("EET", "Europe/Kyiv", 1), ("EEST", "Europe/Kyiv", 7),
    ("MSK", "Europe/Moscow", 1), ("TRT", "Europe/Istanbul", 1), ("IST", "Asia/Kolkata", 1), ("WIB", "Asia/Jakarta", 1),
    ("ICT", "Asia/Bangkok", 1), ("SGT", "Asia/Singapore", 1), ("HKT", "Asia/Hong_Kong", 1), ("JST", "Asia/Tokyo", 1),
    ("KST", "Asia/Seoul", 1), ("AWST", "Australia/Perth", 1), ("AEDT", "Australia/Sydney", 1),
    ("AEST", "Australia/Sydney", 7),
    ("NZDT", "Pacific/Auckland", 1), ("NZST", "Pacific/Auckland", 7), ("BRT", "America/Sao_Paulo", 1),
    ("ART", "America/Buenos_Aires", 1), ("CLT", "America/Santiago", 7), ("AST", "America/Halifax", 1),
    ("ADT", "America/Halifax", 7), ("EST", "America/New_York", 1), ("EDT", "America/New_York", 7),
    ("CST", "America/Chicago", 1), ("CDT", "America/Chicago", 7), ("MST", "America/Denver", 1),
    ("MDT", "America/Denver", 7), ("PST", "America/Los_Angeles", 1), ("PDT", "America/Los_Angeles", 7),
])  # fmt: skip
def test_zones_by_name(names: str, place: str, month: int) -> None:
    """As far from Greenwich as the clocks of the place are."""
    expected = datetime(2025, month, 15, 10, tzinfo=ZoneInfo(place))

    assert {parse_date(f"2025-{month:02}-15 10:00:00 {name}", now=NOW) for name in names.split()} == {expected}


@pytest.mark.parametrize("raw", [
    None, "", "yesterday", "10:00", "Thu, 01 Jan 1970 00:00:00 GMT", "0000-00-00", "2026-02-30", "99999999999999999",
    "May 2026", "0001-01-01T00:00:00Z", "TIME", "31/31/2026", "a" * 5000,
    "Mon, 22 Jun 70 09:00:00 GMT", "31 Dec 1989", "Room 2026",
])  # fmt: skip
def test_no_date_is_better_than_a_wrong_one(raw: str | None) -> None:
    """What names no possible day gives None, the epoch included."""
    assert parse_date(raw, now=NOW) is None


def test_numeric_dates_follow_the_language() -> None:
    """Americans write the month first."""
    assert parse_date("05/11/2026", now=NOW, language="fr") == datetime(2026, 11, 5, tzinfo=UTC)
    assert parse_date("05/11/2026", now=NOW, language="en") == datetime(2026, 5, 11, tzinfo=UTC)
    assert parse_date("2026-05-11 08:00 CST", now=NOW, language="zh") == datetime(2026, 5, 11, tzinfo=UTC)


@pytest.mark.parametrize("item", [
    "<title>No link</title>",
    "<link>https://x.example/1</link>",
    "<description>Only words</description>",
    "<title>T</title><guid>https://x.example/perma</guid>",
])  # fmt: skip
def test_items_may_lack_anything(item: str) -> None:
    """An entry always has an id and a title, and the id does not change with time."""
    (entry,) = parse(rss(item))

    assert entry.id
    assert entry.title
    assert parse(rss(item), now=NOW.replace(year=2027))[0].id == entry.id


def test_an_item_with_nothing_in_it_is_no_entry() -> None:
    """Empty items are passed over."""
    assert titles(rss("", "<author>x</author>", "<title>One</title>")) == ["One"]


def test_identity_hangs_on_feed_and_guid_only() -> None:
    """A corrected title or a moved address is the same entry; another feed's is not."""
    one = parse(rss("<title>A</title><guid isPermaLink='false'>7</guid><link>https://x.example/a</link>"))
    two = parse(rss("<title>B</title><guid isPermaLink='false'>7</guid><link>https://x.example/b</link>"))
    other = parse(
        rss("<title>A</title><guid isPermaLink='false'>7</guid>"), feed=Feed(url="https://o.example/f", name="O")
    )

    assert one[0].id == two[0].id != other[0].id


def test_tracking_parameters_do_not_change_an_identity() -> None:
    """Without a guid the canonical address identifies."""
    plain = parse(rss("<title>A</title><link>https://x.example/a</link>"))
    tracked = parse(rss("<title>A</title><link>https://X.example/a?utm_medium=rss#top</link>"))

    assert plain[0].id == tracked[0].id


def test_duplicates_in_one_feed_are_folded() -> None:
    """Same guid, or same address and title under another guid."""
    item = "<title>A</title><link>https://x.example/a</link><guid isPermaLink='false'>{}</guid>"

    assert len(parse(rss(item.format(1), item.format(1), item.format(2)))) == 1


def test_newest_first_and_capped() -> None:
    """`max_entries` keeps the newest; an undated one stays where it stood."""
    items = [f"<title>{n}</title><pubDate>{n:02} Nov 2026 10:00:00 GMT</pubDate>" for n in (3, 9, 1)]
    feed = Feed(url=FEED.url, name="x", max_entries=3)

    assert titles(rss(*items)) == ["9", "3", "1"]
    assert titles(rss(items[0], items[1], "<title>undated</title>", items[2]), feed=feed) == ["9", "undated", "3"]
    assert titles(rss("<title>a</title>", "<title>b</title>")) == ["a", "b"]


def whole_past(kind: str, numbers: Iterable[int]) -> bytes:
    """A feed of 10,000 items, the higher the number the newer."""
    frames = {
        "rss": "<rss version='2.0'><channel><title>x</title>{}</channel></rss>",
        "atom": "<feed xmlns='http://www.w3.org/2005/Atom'><title>x</title>{}</feed>",
        "json": '{{"version": "https://jsonfeed.org/version/1.1", "items": [{}]}}',
    }
    items = [
        one_of_many(kind, number, datetime(2000, 1, 1, tzinfo=UTC) + timedelta(hours=number)) for number in numbers
    ]
    return frames[kind].format((", " if kind == "json" else "").join(items)).encode()


def one_of_many(kind: str, number: int, moment: datetime) -> str:
    """Words of the format stand where they mean nothing, too."""
    url, title, text = f"https://x.example.org/{number}", f"Item {number}", f"Report {number}. " + "Its words. " * 30
    if kind == "json":
        return json.dumps({"id": url, "title": title, "content_text": text, "date_published": moment.isoformat()})
    if kind == "atom":
        return (
            f"<entry><id>{url}</id><title>{title}</title><updated>{moment.isoformat()}</updated>"
            f"<x:item xmlns:x='urn:x'/><summary><![CDATA[<entry> {text}]]></summary></entry>"
        )
    return (
        f"<item><link>{url}</link><title>{title}</title><!-- <item> --><pubDate>{format_datetime(moment)}</pubDate>"
        f"<description>{text}</description></item>"
    )


@pytest.mark.parametrize("is_reversed", [False, True], ids=["oldest first", "newest first"])
@pytest.mark.parametrize("kind", ["rss", "atom", "json"])
def test_a_feed_of_a_whole_past_gives_its_newest(kind: str, is_reversed: bool) -> None:
    """Some sites never take an item out: of 10,000 the newest hundred are read, in time, wherever they stand."""
    numbers = range(9_999, -1, -1) if is_reversed else range(10_000)

    entries = parse(whole_past(kind, numbers))

    assert [entry.title for entry in entries] == [f"Item {number}" for number in range(9_999, 9_899, -1)]


@pytest.mark.parametrize("link", [
    "javascript:alert(1)", "JaVaScript:alert(1)", "jav\tascript:alert(1)", "jav&#9;ascript:alert(1)",
    "data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://x.example/", "mailto:a@x.example", "http://",
    "https://user:secret@x.example/",
])  # fmt: skip
def test_active_and_foreign_links_are_dropped(link: str) -> None:
    """Only web addresses are links; the entry stays."""
    (entry,) = parse(rss(f"<title>T</title><link>{link}</link>"))

    assert entry.url is None or entry.url.startswith("https://outlet.example.org/")
    assert "script" not in (entry.url or "").replace("%09", "")


def test_relative_links_become_absolute() -> None:
    """Against the address the document came from."""
    (entry,) = parse(rss("<title>T</title><link>/news/1</link>"), base_url="https://moved.example/rss/all")

    assert entry.url == "https://moved.example/news/1"


@pytest.mark.parametrize(("charset", "declared", "header"), [
    ("utf-8", "utf-8", None), ("utf-8", None, None), ("iso-8859-1", "iso-8859-1", None),
    ("windows-1252", None, "windows-1252"), ("utf-8", "iso-8859-1", "iso-8859-1"), ("iso-8859-1", "utf-8", "utf-8"),
    ("utf-8-sig", "utf-8", None), ("utf-16", "utf-16", None), ("iso-8859-15", "iso-8859-15", None),
    ("utf-8", "no-such-charset", "also-none"),
])  # fmt: skip
def test_charsets_right_wrong_and_missing(charset: str, declared: str | None, header: str | None) -> None:
    """Declared in the header, in the document, by a mark, wrongly, or not at all."""
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    text = declaration + rss("<title>Sanction dévoilée à Évry</title>").partition("?>")[2]
    content_type = f"text/xml; charset={header}" if header else None

    assert titles(text.encode(charset), content_type=content_type) == ["Sanction dévoilée à Évry"]


@pytest.mark.parametrize(("charset", "title"), [
    ("shift_jis", "脆弱性の公表"), ("euc-jp", "脆弱性の公表"), ("iso-2022-jp", "脆弱性の公表"), ("gb2312", "漏洞公告"),
    ("big5", "漏洞公告"), ("euc-kr", "보안 뉴스"), ("windows-1251", "Уязвимость"), ("koi8-r", "Уязвимость"),
])  # fmt: skip
def test_charsets_of_the_world(charset: str, title: str) -> None:
    """What the document declares is believed when it fits."""
    text = f'<?xml version="1.0" encoding="{charset}"?>' + rss(f"<title>{title}</title>").partition("?>")[2]

    assert titles(text.encode(charset)) == [title]


def test_one_broken_byte_does_not_turn_a_feed_into_another_charset() -> None:
    """A cut character costs that character."""
    long = "é" * 200
    body = (
        rss(f"<title>Décision</title><description>{long}</description>").encode().replace("é".encode() * 2, b"\xc3", 1)
    )

    assert titles(body) == ["Décision"]


def test_a_page_instead_of_a_feed_says_so_and_names_the_feed() -> None:
    """The editor reads which address to put instead."""
    page = """<!-- hello --><!DOCTYPE html><html><head><title>x</title>
    <link rel="alternate" type="application/rss+xml" href="/rss.xml"></head><body>News</body></html>"""

    with pytest.raises(ParseError, match=r"HTML page.*https://outlet\.example\.org/rss\.xml"):
        parse(page)


@pytest.mark.parametrize("text", [
    "", "   \n", "not markup", "<html><body>Hello", "<x><y/></x>", "{", "[]", '{"a": 1}', '{"items": 5}',
    "\x00\x01\x02", "<?xml version='1.0'?>", "<rss version='2.0'><channel><title>cut", "%PDF-1.7",
])  # fmt: skip
def test_what_is_no_feed_raises_a_parse_error(text: str) -> None:
    """Nothing else, and nothing silent."""
    with pytest.raises(ParseError):
        parse(text)


def test_an_empty_feed_is_a_feed() -> None:
    """No news is no error."""
    assert parse(rss()) == []
    assert parse('{"version": "https://jsonfeed.org/version/1", "items": []}') == []


def test_truncated_xml_keeps_what_is_whole() -> None:
    """The item that was cut comes whole next time; alone, it is taken as it is."""
    whole = rss("<title>One</title>", "<title>Two</title><description>long words</description>")

    assert titles(whole[: whole.index("long")]) == ["One"]
    assert titles(rss("<title>One</title><description>words")[:-40]) == ["One"]


@pytest.mark.parametrize("text", [
    rss("<title>A</title><description>a <br> b</description>", "<title>B</title>"),
    rss("<title>A</title><guid>1", "<title>B</title>"),
    rss("<title>A</title>", "<title>B</title>").replace("</channel>", ""),
    "junk before " + rss("<title>A</title>", "<title>B</title>"),
    rss("<title>A\x0b\x00</title>", "<title>B</title>"),
    rss("<title>A</title>", "<title>B</title>").replace("<rss", '<!DOCTYPE rss SYSTEM "http://127.0.0.1:9/x.dtd"><rss'),
    rss("<title>A</title>", "<title>B</title>").replace('version="1.0"', 'version="1.1"'),
    rss("<x:title>-</x:title><title>A</title>", "<title>B</title>"),
])  # fmt: skip
def test_broken_markup_loses_no_item(text: str) -> None:
    """Unclosed tags, control characters, DOCTYPEs and undeclared prefixes are survived."""
    assert [title[:1] for title in titles(text)] == ["A", "B"]


def test_texts_keep_no_character_that_databases_refuse() -> None:
    """No NUL and no lone surrogate, in any field, also from JSON escapes."""
    item = dict.fromkeys(("id", "title", "summary", "content_html", "url"), "a\x00b�c")
    text = json.dumps({"items": [{**item, "author": {"name": "x\x00\udfff"}}]})

    (entry,) = parse(text)

    for value in (entry.id, entry.guid, entry.title, entry.summary, entry.content, entry.author):
        assert value is not None
        value.encode()
        assert "\x00" not in value


def test_the_feeds_own_language_is_the_fallback() -> None:
    """xml:lang, then <language>, then feeds.yaml; region tags shrink to the language."""
    feed = Feed(url=FEED.url, name="x", language="it")

    assert parse(rss("<title>T</title>"), feed=feed)[0].language == "it"
    assert parse(rss("<title>T</title>", head="<language>pt-BR</language>"), feed=feed)[0].language == "pt"
    assert parse(rss("<title>T</title>", head="<language>nb-NO</language>"))[0].language == "no"
    assert parse(rss("<title>T</title>"))[0].language is None
