"""Rank is a published sum of parts; caps keep one feed or one vendor from filling the edition."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from pipeline.model import Article, Fact, Feed, Story
from pipeline.rank import WEIGHTS, outlets_of, rank, select, vendor

NOW = datetime(2026, 6, 2, 6, tzinfo=UTC)
FEEDS = {
    "https://a.example/feed": Feed(url="https://a.example/feed", name="A News"),
    "https://cert.example/feed": Feed(url="https://cert.example/feed", name="CERT", kind="cert", weight=2.0),
}


def article(
    name: str, *facts: Fact, site: str = "a.example", title: str = "Acme fined", language: str = "en",
    hours: float = 3.0,
    feed: str = "https://a.example/feed", topic: float = 0.9,
) -> Article:  # fmt: skip
    return Article(
        id=name, feed=feed, url=None, title=title, site=site, facts=facts, language=language,
        published=NOW - timedelta(hours=hours), topics={"sanction": topic}, labels=("sanction",),
    )  # fmt: skip


def story(name: str, *articles: Article, copies: dict[str, str] | None = None) -> Story:
    return Story(id=name, articles=articles, copies=copies or {}, labels=("sanction",))


def parts(one: Story, watch: tuple[str, ...] = ()) -> dict[str, float]:
    (ranked,) = rank([one], now=NOW, feeds=FEEDS, watch=watch)
    return {part.name: part.value for part in ranked.why}


def test_rank_is_the_sum_of_its_parts() -> None:
    """Every part is between 0 and 1, has its published weight, and they add up."""
    (ranked,) = rank([story("s", article("a"), article("b", site="b.example"))], now=NOW, feeds=FEEDS, watch=["acme"])

    assert ranked.rank == pytest.approx(sum(part.value * part.weight for part in ranked.why), abs=1e-3)
    assert all(0 < part.value <= 1 and part.weight == WEIGHTS[part.name] and part.note for part in ranked.why)


def test_more_outlets_and_languages_rank_higher_but_copies_do_not() -> None:
    one = story("one", article("a"))
    two = story("two", article("b"), article("c", site="c.example", language="fr"))
    wire = story("wire", article("d"), article("e", site="e.example"), copies={"e": "d"})

    assert [s.id for s in rank([one, wire, two], now=NOW, feeds=FEEDS)] == ["two", "one", "wire"]
    assert outlets_of(wire) == {"a.example"}


@pytest.mark.parametrize(
    ("fact", "note"),
    [(Fact(type="cvss", value=9.8), "CVSS 9.8"), (Fact(type="kev", value=True), "on the KEV list"),
     (Fact(type="exploited", value=True), "exploited"), (Fact(type="amount", value=5e6, unit="EUR"), "EUR 5,000,000"),
     (Fact(type="measure", value="fine", status="imposed"), "fine")],
)  # fmt: skip
def test_severity_comes_from_facts(fact: Fact, note: str) -> None:
    (ranked,) = rank([story("s", article("a", fact))], now=NOW, feeds=FEEDS)

    assert any(part.name == "severity" and note in part.note for part in ranked.why)


def test_sums_of_several_currencies_are_compared_in_euros() -> None:
    """A hundred million won are a small fine; the sum named is the one that is worth most."""
    won, euros = Fact(type="amount", value=1e8, unit="KRW"), Fact(type="amount", value=9e6, unit="EUR")
    small, large = story("won", article("a", won)), story("euros", article("b", won, euros))
    ranked = rank([small, large], now=NOW, feeds=FEEDS)

    assert [s.id for s in ranked] == ["euros", "won"]
    assert any("EUR 9,000,000" in part.note for part in ranked[0].why)


def test_the_measure_named_is_the_one_most_reports_read() -> None:
    """A single report's reading does not explain the rank, wherever the alphabet puts it."""
    ban, suspension = Fact(type="measure", value="ban"), Fact(type="measure", value="suspension")
    reports = [
        article("a", suspension),
        article("b", ban, site="b.example"),
        article("c", suspension, site="c.example"),
    ]
    (ranked,) = rank([story("s", *reports)], now=NOW, feeds=FEEDS)

    (severity,) = (part for part in ranked.why if part.name == "severity")
    assert [(sign.name, sign.text) for sign in severity.signs] == [("measure", "suspension")]
    assert severity.note == "suspension"


@pytest.mark.parametrize(
    "fact", [Fact(type="cvss", value=2.0), Fact(type="amount", value=10.0), Fact(type="exploited", value=False),
             Fact(type="measure", value="fine", status="proposed")],
)  # fmt: skip
def test_small_or_unreal_signs_add_nothing(fact: Fact) -> None:
    assert "severity" not in parts(story("s", article("a", fact)))


def test_a_trusted_source_and_fresh_news_rank_higher() -> None:
    plain, cert = story("p", article("a")), story("c", article("b", feed="https://cert.example/feed"))
    old = story("o", article("d", hours=72))

    assert [s.id for s in rank([old, plain, cert], now=NOW, feeds=FEEDS)] == ["c", "p", "o"]


def test_future_and_missing_dates_are_not_newer_than_now() -> None:
    ahead = parts(story("s", article("a", hours=-1000)))
    undated = Article(id="u", feed="f", url=None, title="Acme fined", topics={"sanction": 0.9})

    assert ahead["recency"] == 1.0
    assert parts(story("u", undated))["recency"] == 0.5


@pytest.mark.parametrize(
    ("word", "value"), [("acme", 1.0), ("ACME", 1.0), ("Acm", 0.0), ("Société", 0.6), ("", 0.0), ("a.c", 0.0)]
)
def test_the_watch_list_matches_whole_words(word: str, value: float) -> None:
    one = Article(id="a", feed="f", url=None, title="Acme fined", paragraphs=("La societe paie.",))

    assert parts(story("s", one), (word,)).get("watch", 0.0) == value


def test_ties_go_to_the_smaller_id_whatever_the_order() -> None:
    stories = [story(name, article(f"x{name}")) for name in "cab"]

    assert [s.id for s in rank(stories, now=NOW, feeds=FEEDS)] == ["a", "b", "c"]


def test_one_outlet_cannot_fill_the_edition() -> None:
    """Stories only one outlet reports count against it; shared ones do not."""
    alone = [story(f"s{k}", article(f"a{k}")) for k in range(5)]
    both = story("both", article("b1"), article("b2", site="b.example"))

    assert [s.id for s in select([*alone, both], limit=9, per_outlet=2)] == ["s0", "s1", "both"]


def test_one_vendor_cannot_fill_the_edition() -> None:
    """A patch day of one vendor takes its share of places and no more."""
    batch = [
        story(f"s{k}", article(f"a{k}", Fact(type="product", value=f"Acme Product {k}"), site=f"{k}.example"))
        for k in range(6)
    ]

    assert vendor(batch[0]) == "acme"
    assert len(select(batch, limit=6, per_vendor=3)) == 3
    assert len(select(batch, limit=2)) == 2
    assert len(select(batch, limit=6, per_outlet=None, per_vendor=None)) == 6


def test_nothing_selected_from_nothing() -> None:
    assert select([], limit=5) == []
    assert select([story("s", article("a"))], limit=0) == []


def flaw(text: str, *facts: Fact, title: str = "Acme router flaw", language: str = "en") -> Story:
    cve = Fact(type="cve", value="CVE-2026-1234")
    one = replace(article("k", cve, *facts, title=title, language=language), paragraphs=(text,))
    return story("k", one)


@pytest.mark.parametrize(
    ("text", "language"),
    [("The flaw was patched on May 3, 2026.", "en"), ("The advisory, originally published on May 3, names more.", "en"),
     ("Mise à jour du bulletin du 3 mai 2026 : la liste des produits change.", "fr"),
     ("Die Lücke wurde erstmals am 3. Mai 2026 beschrieben.", "de")],
)  # fmt: skip
def test_an_update_of_an_old_advisory_is_no_news(text: str, language: str) -> None:
    """What says that it was out a month ago ranks lower, with the reason."""
    (old,) = rank([flaw(text, language=language)], now=NOW, feeds=FEEDS)
    (new,) = rank([flaw("A flaw.", language=language)], now=NOW, feeds=FEEDS)
    part = next(part for part in old.why if part.name == "known")

    assert part.note == "known before: out since 2026-05-03"
    assert 0.4 < part.value < 0.6
    assert old.rank is not None
    assert new.rank is not None
    assert old.rank < new.rank - 1


@pytest.mark.parametrize(
    "text",
    [
        "The flaw was patched on May 30, 2026.",
        "The group was first seen on May 3, 2025.",
        "An older flaw was patched on May 3, 2026. This one was fixed on June 1, 2026.",
        "It was fixed in version 3.1.4.",
    ],
)
def test_fresh_news_is_not_old(text: str) -> None:
    assert "known" not in parts(flaw(text))


def test_exploitation_of_an_old_flaw_and_a_fine_for_an_old_breach_are_news() -> None:
    text = "The flaw was patched on May 3, 2026."

    assert "known" not in parts(flaw(text, Fact(type="exploited", value=True)))
    assert "known" not in parts(flaw(text, Fact(type="measure", value="fine", status="imposed")))


@pytest.mark.parametrize(
    ("fresh", "value"),
    [
        (Fact(type="patched", value=True), 0.6),
        (Fact(type="exploited", value=True), None),
        (Fact(type="cvss", value=9.8), None),
        (Fact(type="cvss", value=5.0), 0.6),
        (Fact(type="measure", value="fine", status="imposed"), None),
    ],
)
def test_what_readers_were_shown_leads_again_only_when_it_got_graver(fresh: Fact, value: float | None) -> None:
    """A patch or an outlet is told as an update, below the news of the day; an attack or a higher score is news."""
    cve = Fact(type="cve", value="CVE-2026-1234")
    old = article("old", cve, Fact(type="cvss", value=7.5), hours=80)
    shown = replace(story("s", old, article("new", cve, fresh, site="b.example")), status="update", fresh=("new",))
    (ranked,) = rank([shown], now=NOW, feeds=FEEDS)
    notes = {part.name: (part.value, part.note) for part in ranked.why}

    assert notes.get("known", (None, ""))[0] == value
    assert "known" not in parts(replace(shown, status="new", fresh=()))
    assert "known" not in parts(replace(shown, fresh=()))
    assert value is None or "shown on an earlier day" in notes["known"][1]


@pytest.mark.parametrize(
    ("title", "value"),
    [("Update: Acme router flaw", 0.3), ("MISE À JOUR N° 2-Acme", 0.3), ("Security update for Acme", None),
     ("Update now: Acme", None), ("CVE-2024-1000 in Acme", 0.7), ("CVE-2025-1000 in Acme", 0.3)],
)  # fmt: skip
def test_updates_and_old_ids_are_known_by_the_title(title: str, value: float | None) -> None:
    assert parts(flaw("A flaw.", title=title)).get("known") == value
