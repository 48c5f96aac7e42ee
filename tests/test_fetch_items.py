"""What becomes of one item of a feed: which words are kept, how long, and by what it is known again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipeline.fetch.items import Item, to_entries
from pipeline.model import Entry, Feed

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
FEED = Feed(url="https://outlet.example.org/feed", name="Outlet", language="it")
LINK = "https://outlet.example.org/1"


def entries(*items: Item, feed: Feed = FEED) -> list[Entry]:
    return to_entries(items, feed=feed, base_url=feed.url, now=NOW)


def entry(**item: str) -> Entry:
    (made,) = entries(Item(**item))
    return made


@pytest.mark.parametrize(("markup", "words"), [
    ("Plain &amp; simple", "Plain & simple"),
    ("Ports &lt; 1024, 3 < 5", "Ports < 1024, 3 < 5"),
    ("<p>One</p><script>two()</script><p>three</p>", "One three"),
    ("<img src='x.png'>", None),
    ("  \n ", None),
])  # fmt: skip
def test_a_summary_is_the_words_of_its_markup(markup: str, words: str | None) -> None:
    assert entry(title="T", summary=markup).summary == words


@pytest.mark.parametrize(("length", "kept"), [(10_000, 10_000), (10_001, 10_000), (12_000, 10_000)])
def test_a_summary_without_end_is_cut(length: int, kept: int) -> None:
    """Within a word only where there is no other place."""
    summary = entry(title="T", summary="x" * length).summary
    assert summary == "x" * kept


def test_a_long_summary_ends_with_a_whole_word() -> None:
    summary = entry(title="T", summary="words " * 2_000).summary
    assert summary is not None
    assert len(summary) == 9_995
    assert summary.endswith("words words")


def test_an_author_is_a_line() -> None:
    assert entry(title="T", author="<b>Ada</b> Lovelace").author == "Ada Lovelace"
    assert len(entry(title="T", author="x" * 300).author or "") == 200


@pytest.mark.parametrize(("content", "summary", "expected"), [
    ("<p>All of it.</p>", "<p>Some.</p>", "<p>All of it.</p>"),
    (None, "<p>All of it.</p>", "<p>All of it.</p>"),
    (None, "Some <b>words</b>.", None),
    (None, None, None),
    ("  <p>All of it.</p>\n", "Some.", "<p>All of it.</p>"),
    (" \n ", "Some.", None),
    ("\x00", "Some.", None),
])  # fmt: skip
def test_a_summary_of_paragraphs_is_the_article(content: str | None, summary: str | None, expected: str | None) -> None:
    """Many feeds have the whole text in their summaries; a few words with bold ones among them are none."""
    assert entries(Item(title="T", content=content, summary=summary))[0].content == expected


def test_content_without_end_is_cut() -> None:
    content = entry(title="T", content="<p>" + "x" * 1_000_000).content
    assert content is not None
    assert len(content) == 1_000_000


def test_an_article_without_summary_is_summed_up_by_its_beginning() -> None:
    """Of a thousand characters at most."""
    assert entry(title="T", content="<p>First.</p><p>Second.</p>").summary == "First. Second."
    assert len(entry(title="T", content="<p>" + "word " * 999).summary or "") == 999


@pytest.mark.parametrize(("item", "title"), [
    ({"title": "<b>Bold</b> words", "summary": "Others."}, "Bold words"),
    ({"summary": "Few words."}, "Few words."),
    ({"summary": "one two three four five six seven eight nine ten eleven twelve"},
     "one two three four five six seven eight nine ten eleven twelve"),
    ({"summary": "one two three four five six seven eight nine ten eleven twelve thirteen"},
     "one two three four five six seven eight nine ten eleven twelve…"),
    ({"summary": "x" * 130}, "x" * 120 + "…"),
    ({"link": LINK}, LINK),
])  # fmt: skip
def test_an_item_without_title_has_its_first_words(item: dict[str, str], title: str) -> None:
    """Or its address."""
    assert entry(**item).title == title


@pytest.mark.parametrize(("raw", "title"), [
    ("&lt;b&gt;Bold&lt;/b&gt; words", "Bold words"), ("A &lt;script&gt; flaw", "A <script> flaw"),
    ("A <script> flaw", "A <script> flaw"), ("<em></em>", LINK),
])  # fmt: skip
def test_markup_in_a_title_goes_also_where_it_is_written_twice_over(raw: str, title: str) -> None:
    """What a title speaks about stays."""
    assert entry(title=raw, link=LINK).title == title


def test_a_title_without_end_is_cut() -> None:
    assert entry(title="x" * 501).title == "x" * 500


@pytest.mark.parametrize(("tag", "language"), [
    ("fr-FR", "fr"), ("pt_BR", "pt"), (" de ", "de"), ("nn", "no"), ("nb-NO", "no"), ("und", "it"), ("english", "it"),
    ("", "it"),
])  # fmt: skip
def test_an_item_speaks_its_own_language_or_the_feeds(tag: str, language: str) -> None:
    assert entry(title="T", language=tag).language == language


def test_days_and_months_change_places_by_the_language_of_the_item() -> None:
    """05/11 is in November in Italy, and in May where English is written; an item's own language counts first."""
    english, fifth = replace(FEED, language="en"), Item(title="T", date="05/11/2026 10:00")
    november, may = datetime(2026, 11, 5, 10, tzinfo=UTC), datetime(2026, 5, 11, 10, tzinfo=UTC)
    assert [made.published for made in entries(fifth)] == [november]
    assert [made.published for made in entries(fifth, feed=english)] == [may]
    assert [made.published for made in entries(replace(fifth, language="en"))] == [may]
    assert [made.published for made in entries(replace(fifth, language="it"), feed=english)] == [november]


BARE = Item(title="Weekly bulletin", date="Mon, 23 Nov 2026 09:00:00 GMT", summary="Of this week.")


@pytest.mark.parametrize(("first", "second", "is_same"), [
    (replace(BARE, guid="7", link=LINK), Item(guid="7", title="Corrected", link=f"{LINK}0"), True),
    (replace(BARE, link=LINK), Item(title="Corrected", link=LINK), True),
    (replace(BARE, guid="  "), BARE, True),
    (BARE, replace(BARE, summary="Corrected."), True),
    (BARE, replace(BARE, date="Mon, 16 Nov 2026 09:00:00 GMT"), False),
    (BARE, replace(BARE, date=None), False),
    (replace(BARE, title=None), replace(BARE, title=None, summary="Of another."), False),
    (replace(BARE, date=None), replace(BARE, title="Monthly bulletin", date=None), False),
], ids=["guid", "address", "blank guid", "title, date", "other date", "no date", "words", "other title"])  # fmt: skip
def test_what_an_item_is_known_by(first: Item, second: Item, is_same: bool) -> None:
    """Its guid, else its address, else title and date, else date and words."""
    assert (entries(first)[0].id == entries(second)[0].id) == is_same


def test_an_id_is_the_same_in_every_version() -> None:
    """Databases hold them: another spelling would bring every entry of a feed again."""
    bare = entry(title="Weekly bulletin")
    assert [bare.id, entry(guid="7", title="T").id] == [
        "9f857f1365cb47c481455711edac1097",
        "1d5c2dc8403b109e5dcae5e55f67d0ad",
    ]


def test_a_guid_without_end_is_cut() -> None:
    assert len(entry(title="T", guid="x" * 2_001).guid or "") == 2_000
    assert entry(title="T", guid="  ").guid is None


def test_the_first_of_two_items_with_one_guid_stays() -> None:
    """Feeds that correct an item keep the old version below."""
    assert [made.title for made in entries(Item(guid="7", title="New"), Item(guid="7", title="Old"))] == ["New"]


def test_items_without_address_may_share_a_title() -> None:
    """ "Weekly bulletin" of two weeks."""
    assert len(entries(replace(BARE, guid="1"), replace(BARE, guid="2"))) == 2
    assert len(entries(replace(BARE, guid="1", link=LINK), replace(BARE, guid="2", link=LINK))) == 1
    assert len(entries(replace(BARE, guid="1", link=LINK), replace(BARE, guid="2", link=LINK, title="Other"))) == 2


def test_what_is_undated_stays_behind_what_it_followed() -> None:
    """And before everything where nothing before it had a date."""
    dates = [None, "Mon, 16 Nov 2026 09:00:00 GMT", None, "Fri, 20 Nov 2026 09:00:00 GMT"]
    items = [Item(title=str(number), date=date) for number, date in enumerate(dates)]
    assert [made.title for made in entries(*items)] == ["0", "3", "1", "2"]
