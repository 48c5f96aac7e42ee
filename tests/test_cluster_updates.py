"""A story is shown once, and again only with something new."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from pipeline.cluster import (
    Change,
    ShownStory,
    find_changes,
    fingerprint,
    mark_updates,
    official_feeds,
    remember,
    render_changes,
)
from pipeline.model import Article, Fact, Story
from pipeline.render.wording import wording

REGULATOR = "https://regulator.example/feed"
DAY = date(2026, 6, 1)
ENGLISH, FRENCH = wording("en"), wording("fr")


def article(
    name: str, *facts: Fact, title: str = "Acme leaks data", feed: str = "https://news.example/feed"
) -> Article:
    return Article(id=name, feed=feed, url=f"https://news.example/{name}", title=title, site=f"{name}.example",
                   facts=facts, published=datetime(2026, 6, 1, tzinfo=UTC))  # fmt: skip


FINE = Fact(type="amount", value=1_200_000.0, unit="EUR")
STORY = Story(id="s1", articles=(article("a"),))
SHOWN = remember(STORY, edition="2026-06-01-en", day=DAY)


def grown(*more: Article, **changes: object) -> Story:
    return replace(STORY, articles=(*STORY.articles, *more), **changes)


def marked(story: Story, shown: ShownStory = SHOWN) -> Story:
    (result,) = mark_updates([story], dict.fromkeys(("s1",), shown), official=[REGULATOR], say=ENGLISH)
    return result


def test_a_story_never_shown_is_new() -> None:
    assert mark_updates([STORY], {}, say=ENGLISH)[0].status == "new"


def test_the_same_story_is_unchanged() -> None:
    assert (marked(STORY).status, marked(STORY).change) == ("unchanged", None)


def test_a_changed_title_and_a_moved_address_are_not_news() -> None:
    retitled = replace(STORY.articles[0], title="Acme: what we know", url="https://news.example/moved")

    assert marked(replace(STORY, articles=(retitled,))).status == "unchanged"


def test_one_more_outlet_without_new_facts_is_not_news() -> None:
    assert marked(grown(article("b"))).status == "unchanged"


def test_a_new_fact_is_news() -> None:
    """The line says what is new, and how many sources are."""
    story = marked(grown(article("b", FINE)))

    assert (story.status, story.change) == ("update", "€1.2 million; 1 more source")


def test_a_fact_told_again_is_not_news() -> None:
    shown = remember(grown(article("b", FINE)), edition="e", day=DAY)

    assert marked(grown(article("b", FINE), article("c", FINE)), shown).status == "unchanged"


def test_a_score_with_the_version_of_its_scale_is_the_same_score() -> None:
    """One report says "CVSS 8.4", the next "CVSS 3.1 score of 8.4"."""
    plain, versioned = (Fact(type="cvss", value=8.4, unit=unit) for unit in (None, "3.1"))
    shown = remember(grown(article("b", versioned)), edition="e", day=DAY)

    assert marked(grown(article("b", versioned), article("c", plain)), shown).status == "unchanged"


def test_a_near_copy_brings_nothing() -> None:
    assert marked(grown(article("b", FINE), copies={"b": "a"})).status == "unchanged"


def test_a_new_cve_id_in_the_text_is_news() -> None:
    story = marked(grown(article("b", title="Acme leak used CVE-2026-1234")))

    assert story.change == "CVE-2026-1234; 1 more source"


def test_the_first_official_word_is_news_the_second_is_not() -> None:
    first = marked(grown(article("b", feed=REGULATOR)))
    shown = remember(first, edition="e", day=DAY, official=[REGULATOR])

    assert first.change == "confirmed by b.example; 1 more source"
    assert marked(grown(article("b", feed=REGULATOR), article("c", feed=REGULATOR)), shown).status == "unchanged"


@pytest.mark.parametrize("title", ["Correction: Acme lost 3 files", "Rectificatif : Acme", "訂正 Acme"])
def test_a_correction_is_news(title: str) -> None:
    assert marked(grown(article("b", title=title))).status == "update"


def test_what_was_shown_under_an_absorbed_id_counts() -> None:
    """A story that absorbed a shown one is not new, and its old facts are old."""
    story = Story(id="s0", articles=STORY.articles, aliases=("s1",))

    assert mark_updates([story], {"s1": SHOWN}, say=ENGLISH)[0].status == "unchanged"


def test_an_absorbing_story_tells_its_change_in_the_language_of_the_edition() -> None:
    """The line is made of all that was shown under either id, whatever the language."""
    story = replace(grown(article("b", FINE), article("c")), id="s0", aliases=("s1",))

    (english,) = mark_updates([story], {"s0": SHOWN, "s1": SHOWN}, say=ENGLISH)
    (french,) = mark_updates([story], {"s0": SHOWN, "s1": SHOWN}, say=FRENCH)
    assert (english.status, french.status) == ("update", "update")
    assert english.change == "€1.2 million; 2 more sources"
    assert french.change is not None
    assert french.change.endswith("2 sources de plus")


def test_proposed_measures_are_no_facts_of_the_fingerprint() -> None:
    proposed = Fact(type="measure", value="fine", status="proposed")

    assert fingerprint(grown(article("b", proposed, Fact(type="exploited", value=False)))) == frozenset()


def test_the_end_of_a_measure_is_news() -> None:
    """Readers who were told of a ban are told that it was lifted; told so once, they are not told again."""
    ban, lifted = (Fact(type="measure", value="ban", status=status) for status in ("imposed", "lifted"))
    before = remember(grown(article("b", ban)), edition="e1", day=DAY)
    after = grown(article("b", ban), article("c", lifted))

    assert find_changes(after, before)[0] == Change(kind="facts", items=("measure ban lifted",))
    assert find_changes(grown(article("d", lifted)), remember(after, edition="e2", day=DAY)) == []


def test_changes_are_values_first() -> None:
    """What changed is structured; words come last."""
    changes = find_changes(grown(article("b", FINE)), SHOWN)

    assert changes == [Change(kind="facts", items=("amount 1200000 EUR",)), Change(kind="sources", count=1)]


def _spaced(text: str) -> str:
    return text.replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("items", "english", "french"),
    [(("amount 1200000 EUR",), "€1.2 million", "1,2 million d’euros"), (("duration 6 month",), "6 months", "6 mois"),
     (("duration 1 year",), "1 year", "1 an"), (("exploited yes", "cvss 9.8"), "now exploited; CVSS 9.8",
      "désormais exploitée; CVSS 9,8"), (("measure fine",), "fine", "amende"),
     (("authority US court",), "US court", "tribunal américain"), (("authority FSC-KR",), "FSC (KR)", "FSC (KR)"),
     (("measure ban lifted",), "ban lifted", "interdiction levée"),
     (("measure sentence annulled",), "sentence (annulled)", "condamnation (annulation)"),
     (tuple(f"cve CVE-2026-{k}" for k in range(1000, 1006)), "CVE-2026-1000; CVE-2026-1001; CVE-2026-1002; "
      "CVE-2026-1003; 2 more facts", "CVE-2026-1000; CVE-2026-1001; CVE-2026-1002; CVE-2026-1003; 2 autres faits")],
)  # fmt: skip
def test_changes_read_in_english_and_french(items: tuple[str, ...], english: str, french: str) -> None:
    changes = [Change(kind="facts", items=items)]

    assert (render_changes(changes, ENGLISH), _spaced(render_changes(changes, FRENCH))) == (english, french)


def test_official_feeds_are_regulators_certs_and_law() -> None:
    kinds = {"a": "news", "b": "cert", "c": "regulator", "d": "law", "e": "vendor"}

    assert official_feeds(kinds) == {"b", "c", "d"}  # type: ignore[arg-type]
