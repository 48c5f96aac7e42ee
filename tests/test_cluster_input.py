"""Whatever comes in, every article is in one story, in any order, and in time."""

from __future__ import annotations

import random
import time
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.cluster import cluster
from pipeline.model import Article, Story

DAY = datetime(2026, 6, 1, 8, tzinfo=UTC)
TITLE = "Port Example halted by ransomware on its crane system"
TEXT = (
    "Intruders encrypted the crane system of Port Example on Monday and asked for 40 bitcoin. Ships were sent to two "
    "other ports while engineers restored the system from backups. Nobody was hurt, the harbour master Ada Gull said."
)


def report(name: str, title: str = TITLE, text: str = TEXT, **fields: object) -> Article:
    """A report by an outlet of its own."""
    paragraphs = tuple(p for p in text.split("\n\n") if p)
    given: dict[str, object] = {
        "site": f"{name}.example",
        "language": "en",
        "published": DAY,
        "first_seen": DAY,
        **fields,
    }
    return Article(id=name, feed=f"https://{name}.example/feed", url=None, title=title, paragraphs=paragraphs, **given)  # type: ignore[arg-type]


def held(stories: Sequence[Story]) -> Counter[str]:
    """How often each article is in a story."""
    return Counter(a.id for story in stories for a in story.articles)


def test_one_giant_paragraph_is_read_at_its_start_and_in_time() -> None:
    """A page without breaks, megabytes long, joins the story its start tells of, and costs no more than another."""
    giant = TEXT + " The port has cranes." * 200_000
    begun = time.perf_counter()

    stories = cluster([report("a"), report("b", text=giant), report("c", "Words without end", "word " * 500_000)])

    assert {frozenset(a.id for a in story.articles) for story in stories} == {frozenset("ab"), frozenset("c")}
    assert time.perf_counter() - begun < 10


def test_a_word_without_end_is_one_word() -> None:
    """Megabytes without a space neither stop the run nor meet each other's stories."""
    begun = time.perf_counter()
    stories = cluster(
        [report("a"), report("b", title="x" * 1_000_000, text="y" * 2_000_000), report("c", "漢" * 300_000)]
    )

    assert held(stories) == {"a": 1, "b": 1, "c": 1}
    assert time.perf_counter() - begun < 20


@pytest.mark.parametrize("language", [None, "und", "tlh", "x-none", ""])
def test_a_language_nobody_knows_keeps_no_report_out(language: str | None) -> None:
    """A report whose language was not recognised joins the story of its event."""
    assert len(cluster([report("a"), report("b", language=language)])) == 1


@pytest.mark.parametrize(
    ("published", "first_seen"),
    [(None, None), (None, DAY), (DAY + timedelta(days=40_000), DAY), (datetime(2026, 6, 1, 8), DAY),
     (datetime(1, 1, 1, tzinfo=UTC), None), (datetime(9999, 12, 31, tzinfo=UTC), None)],
    ids=["no date", "seen", "future", "no zone", "year 1", "year 9999"],
)  # fmt: skip
def test_any_date_is_taken(published: datetime | None, first_seen: datetime | None) -> None:
    """Missing, impossible and zoneless dates lose no article, alone or beside dated ones."""
    odd = report("b", published=published, first_seen=first_seen)

    assert held(cluster([odd])) == {"b": 1}
    assert held(cluster([report("a"), odd])) == {"a": 1, "b": 1}


def test_one_title_on_many_days_is_many_stories() -> None:
    """A column that keeps its title tells another thing each day."""
    items = [
        report(f"d{k}", "The harbour column", f"{subject} is what the harbour column is about on this day.",
               site="column.example", published=DAY + timedelta(days=k))
        for k, subject in enumerate(["Ferry fees", "The old quay", "Gulls on roofs", "Salt in pipes"])
    ]  # fmt: skip

    assert len(cluster(items)) == len(items)


def test_the_same_title_weeks_later_is_another_story() -> None:
    """Beyond the window the very same words are news again."""
    assert len(cluster([report("a"), report("b", published=DAY + timedelta(days=30), first_seen=None)])) == 2


ANY = st.text(max_size=60)
DATES = st.one_of(st.none(), st.datetimes(timezones=st.just(UTC)))


@settings(deadline=None, max_examples=40)
@given(
    rows=st.lists(st.tuples(ANY, ANY, st.sampled_from([None, "und", "en", "zh", "ar", "??"]), DATES), max_size=8),
    seed=st.integers(0, 99),
)
def test_any_articles_in_any_order_are_each_in_one_story(
    rows: list[tuple[str, str, str | None, datetime | None]], seed: int
) -> None:
    """Nothing is lost or told twice, and the order in which articles come does not matter."""
    items = [report(f"i{k}", title, text, language=language, published=date, first_seen=None)
             for k, (title, text, language, date) in enumerate(rows)]  # fmt: skip
    shuffled = items.copy()
    random.Random(seed).shuffle(shuffled)

    stories = cluster(items)

    assert held(stories) == Counter(item.id for item in items)
    assert cluster(shuffled) == stories
