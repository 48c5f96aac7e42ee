"""Which stories an edition has room for."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from importlib import import_module
from operator import attrgetter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from pipeline.config import Config, load_config
from pipeline.demo.recorded import recorded_web
from pipeline.model import Article, Coverage, Story
from pipeline.run import open_http, run
from pipeline.run.choosing import by_section, only_readable, readable_first, without_recaps
from pipeline.store import Store


def story(name: str, outlet: str, *labels: str) -> Story:
    article = Article(id=f"a-{name}", feed=f"https://{outlet}.example.org/feed", url=None, title=name, site=outlet)
    return Story(id=name, articles=(article,), labels=labels)


def test_an_outlet_has_its_share_of_each_section() -> None:
    """Also on a day when another section is empty."""
    ranked = [story(f"d{n}", "wire", "disclosure") for n in range(6)] + [story("other", "post", "disclosure")]

    chosen = by_section(ranked, ["disclosure", "sanction"], limit=12, per_outlet=4)

    assert [item.id for item in chosen] == ["d0", "d1", "d2", "d3", "other"]


def test_sections_do_not_take_places_from_each_other() -> None:
    """Each has its own limit; the order is that of the rank."""
    ranked = [story("d0", "a", "disclosure"), story("s0", "a", "sanction"), story("d1", "b", "disclosure", "sanction"),
              story("s1", "b", "sanction"), story("d2", "c", "disclosure"), story("none", "c")]  # fmt: skip

    chosen = by_section(ranked, ["disclosure", "sanction"], limit=2, per_outlet=1)

    assert [item.id for item in chosen] == ["d0", "s0", "d1", "s1", "none"]


def test_an_outlet_of_lists_has_no_card_of_its_own() -> None:
    """An outlet most of whose titles list headlines tells no event; a story that others report keeps it as a source."""
    titles = ["Acme worm spreads, Heron breach grows", "Harbour fined; Crane flaw used", "Kiln leak up, Loom patched",
              "Mast hack told, Nave botnet seized", "Pier breach grows, Quay flaw patched"]  # fmt: skip
    lists = [
        Article(id=f"l{n}", feed="https://lists.example.org/feed", url=None, title=title, site="lists.example.org")
        for n, title in enumerate(titles)
    ]
    report = Article(
        id="r", feed="https://wire.example.org/feed", url=None, title="Quay flaw patched", site="wire.example.org"
    )
    stories = [Story(id=f"s{n}", articles=(article,)) for n, article in enumerate(lists[:-1])]
    told = Story(id="told", articles=(lists[-1], report))

    assert without_recaps([*stories, told]) == [told]
    assert without_recaps(stories) == stories  # four titles are no habit yet


def test_what_a_reader_cannot_read_stands_behind() -> None:
    """One report that can be translated is enough; a report of unknown language is taken for one."""
    ranked = [
        Story(
            id=name,
            articles=tuple(replace(story(name, "wire", "disclosure").articles[0], language=tag) for tag in tags),
        )
        for name, tags in (("zh", ["zh"]), ("zh-fr", ["zh", "fr"]), ("ja", ["ja"]), ("none", [None]), ("en", ["en"]))
    ]

    ordered = readable_first(ranked, lambda tag: tag in ("en", "fr"))

    assert [item.id for item in ordered] == ["zh-fr", "none", "en", "zh", "ja"]


def test_a_summary_quotes_what_the_reader_can_read() -> None:
    """Behind a headline in English no sentence in Chinese; where all is Chinese, that is better than nothing."""
    articles = [replace(story(tag, "wire", "disclosure").articles[0], language=tag) for tag in ("en", "zh")]
    both, foreign = Story(id="both", articles=tuple(articles)), Story(id="zh", articles=tuple(articles[1:]))

    assert [a.language for a in only_readable(both, lambda tag: tag == "en").articles] == ["en"]
    assert only_readable(foreign, lambda tag: tag == "en") == foreign


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        pytest.param("", None, id="published nowhere"),
        pytest.param(
            "edition:\n  url: https://www.example.org/d", "https://www.example.org/d/2026-11-23-en.html", id="own"
        ),
        pytest.param(
            "mail:\n  public_url: https://d.example.org", "https://d.example.org/archive/2026-11-23-en", id="archive"
        ),
        pytest.param("mail:\n  public_url: https://d.example.org\n  archive: none", None, id="no archive"),
    ],
)
def test_an_edition_knows_its_address(tmp_path: Path, settings: str, url: str | None) -> None:
    """That of the place where it is published; else that in the newsletter's public archive."""
    feeds = tmp_path / "feeds.yaml"
    feeds.write_text(f"{settings}\nfeeds:\n  - url: http://127.0.0.1:9/feed\n", encoding="utf-8")
    config = load_config(feeds, environ={})
    with Store.open(tmp_path / "cyberdigest.sqlite") as store:
        noon = datetime(2026, 11, 23, 12, tzinfo=UTC)
        run(config, store=store, data=tmp_path, output=tmp_path / "out", now=noon, fetch=False)
        edition = store.edition("2026-11-23-en")

    assert edition is not None
    assert edition.url == url


@pytest.mark.parametrize(
    ("killed", "restarted", "day", "closed"),
    [
        pytest.param("06:00", "06:30", None, "06:00", id="goes on"),
        pytest.param("06:00", "08:00", None, "06:00", id="after two hours still"),
        pytest.param("06:00", "08:01", None, "08:01", id="too late"),
        pytest.param("06:00", "05:59", None, "05:59", id="the clock was set back"),
        pytest.param("22:30", "23:30", None, "23:30", id="behind midnight in Paris"),
        pytest.param("22:30", "23:30", date(2026, 11, 24), "23:30", id="asked for the day that it is"),
    ],
)
def test_a_killed_run_is_gone_on_with_on_its_day(
    tmp_path: Path, killed: str, restarted: str, day: date | None, closed: str
) -> None:
    """Its edition closes when it began; the run after midnight is that of the next day, which gets its edition."""
    feeds = tmp_path / "feeds.yaml"
    feeds.write_text("edition: {timezone: Europe/Paris}\nfeeds: ['http://127.0.0.1:9/feed']\n", encoding="utf-8")

    def at(moment: str) -> datetime:
        return datetime.combine(date(2026, 11, 23), time.fromisoformat(moment), UTC)

    with Store.open(tmp_path / "cyberdigest.sqlite") as store:
        store.start_run(now=at(killed))
        report = run(
            load_config(feeds, environ={}), store=store, data=tmp_path, output=tmp_path / "out", now=at(restarted),
            day=day, fetch=False,
        )  # fmt: skip
        (edition,) = store.editions()

    assert edition.closed == at(closed)
    assert report.day == edition.day == at(closed).astimezone(ZoneInfo("Europe/Paris")).date()


ITEM = """<item><title>{title}</title><link>http://{host}/1</link><guid>{host}</guid>
<pubDate>Mon, {day} Nov 2026 09:00:00 GMT</pubDate><description>{text}</description></item>"""
REPORTS = {
    "early.example.org": (23, "Acme announces an emergency update for its Portal server on Tuesday",
                          "Acme will release an emergency update for its Portal server on Tuesday, the company said. "
                          "What the vulnerability in Portal is about has not been disclosed."),
    "late.example.org": (24, "Acme's emergency update for Portal server closes SQL injection, CVE-2026-7777",
                         "Acme has released the announced emergency update for its Portal server. "
                         "The vulnerability in Portal, CVE-2026-7777, is an SQL injection that needs no password."),
}  # fmt: skip


def outlets(tmp_path: Path) -> tuple[Path, Config]:
    """A web of two outlets, and the configuration that reads them."""
    web = tmp_path / "web"
    config_text = "translation: {download: false}\nfeeds:\n"
    for host, (day, title, text) in REPORTS.items():
        (web / host).mkdir(parents=True)
        item = ITEM.format(host=host, day=day, title=title, text=text)
        feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>{host}</title>{item}</channel></rss>'
        (web / host / "feed.xml").write_text(feed, encoding="utf-8")
        config_text += f"  - {{url: 'http://{host}/feed.xml', name: {host}, language: en, content: feed}}\n"
    feeds = tmp_path / "feeds.yaml"
    feeds.write_text(config_text, encoding="utf-8")
    return web, load_config(feeds, environ={})


def test_an_edition_counts_what_its_window_held(tmp_path: Path) -> None:
    """Read and off topic counts as read, too old does not count."""
    web, config = outlets(tmp_path)
    noon = datetime(2026, 11, 24, 12, tzinfo=UTC)
    soups = [
        Article(id=f"soup{days}", feed="https://soup.example.org/f", url=None, title="Five soups for cold evenings",
                paragraphs=("Onions are fried in butter, then the stock is added.",), language="en",
                published=noon - timedelta(days=days), first_seen=noon - timedelta(days=days))
        for days in (1, 6)
    ]  # fmt: skip
    with recorded_web(web) as served, Store.open(tmp_path / "cyberdigest.sqlite") as store:
        store.save_articles(soups)
        run(
            config, store=store, data=tmp_path, output=tmp_path / "out", now=noon,
            http=lambda c: open_http(c, connect_to=served.address),
        )  # fmt: skip
        (edition,) = store.editions()

    assert edition.coverage == Coverage(
        feeds=2, entries=2, passed=2, articles=3, on_topic=2, stories=1, languages={"en": 2}
    )


@pytest.mark.parametrize("stage", ["pipeline.summarise.choose", "pipeline.compose.merge_facts"])
def test_a_story_that_the_program_stumbles_over_costs_no_edition(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stage: str
) -> None:
    """It is named, left out and told once the fault is gone; no other story is."""
    (web, config), noon = outlets(tmp_path), datetime(2026, 11, 24, 12, tzinfo=UTC)
    odd = Article(
        id="odd", feed="https://odd.example.org/f", url="https://odd.example.org/1", site="odd", language="en",
        title="Court fines Kilnworks 2 million euros over lost records",
        paragraphs=("The data protection authority fined Kilnworks 2 million euros over lost records.",),
        labels=("sanction",), topics={"sanction": 0.9}, published=noon, first_seen=noon,
    )  # fmt: skip
    works = attrgetter(stage.rpartition(".")[2])(import_module(stage.rpartition(".")[0]))

    def stumble(story: Story, **options: Any) -> Any:
        if any(article.id == "odd" for article in story.articles):
            raise KeyError("odd")
        return works(story, **options)

    with recorded_web(web) as served, Store.open(tmp_path / "cyberdigest.sqlite") as store:
        store.save_articles([odd])
        again = partial(
            run, config, store=store, data=tmp_path, output=tmp_path / "out",
            http=lambda c: open_http(c, connect_to=served.address),
        )  # fmt: skip
        with monkeypatch.context() as patch:
            patch.setattr(stage, stumble)
            report = again(now=noon)
        first = store.edition(f"{report.day}-en")
        second = store.edition(f"{again(now=noon + timedelta(days=1)).day}-en")

    assert [line.partition(" (")[0] for line in report.stumbled] == ["https://odd.example.org/1: KeyError: 'odd'"]
    assert first is not None
    assert second is not None
    assert [card.headline.text for card in first.cards] == [REPORTS["early.example.org"][1]]
    assert [card.headline.text for card in second.cards] == [odd.title]


def test_an_update_is_told_by_who_brought_it(tmp_path: Path) -> None:
    """The report of the day before, told again, would hide what is new."""
    (web, config), hosts, told = outlets(tmp_path), list(REPORTS), []
    late = (web / "late.example.org/feed.xml").rename(tmp_path / "later.xml")
    with recorded_web(web) as served, Store.open(tmp_path / "cyberdigest.sqlite") as store:
        for noon in (datetime(2026, 11, day, 12, tzinfo=UTC) for day in (23, 24)):
            report = run(
                config, store=store, data=tmp_path, output=tmp_path / "out", now=noon,
                http=lambda c: open_http(c, connect_to=served.address),
            )  # fmt: skip
            edition = store.edition(f"{report.day}-en")
            assert edition is not None
            told += [(card.status, card.headline.text, card.sources[0].outlet) for card in edition.cards]
            late = late.rename(web / "late.example.org/feed.xml")

    assert told == [("new", REPORTS[hosts[0]][1], hosts[0]), ("update", REPORTS[hosts[1]][1], hosts[1])]


@pytest.mark.parametrize("is_removed", [True, False])
def test_stories_of_a_removed_edition_are_news_again(tmp_path: Path, is_removed: bool) -> None:
    """An edition of a wrong clock's day has told nobody anything; one that stays has."""
    web, config = outlets(tmp_path)
    (web / "late.example.org/feed.xml").unlink()
    days = (datetime(2026, 11, 23, 12, tzinfo=UTC), datetime(2026, 11, 24, 8, tzinfo=UTC))
    with recorded_web(web) as served, Store.open(tmp_path / "cyberdigest.sqlite") as store:
        for noon in days:
            run(
                config, store=store, data=tmp_path, output=tmp_path / "out", now=noon,
                http=lambda c: open_http(c, connect_to=served.address),
            )  # fmt: skip
            if is_removed and noon == days[0]:
                store.remove_edition("2026-11-23-en")
        told = [(card.status, card.headline.text) for edition in store.editions() for card in edition.cards]

    assert told == [("new", REPORTS["early.example.org"][1])]


def test_a_second_start_with_the_network_still_away_makes_no_empty_edition(tmp_path: Path) -> None:
    """Started again at once, no feed is due yet; an edition of nothing, frozen now, would bar the one of later."""
    web, config = outlets(tmp_path)
    noon, closed = datetime(2026, 11, 24, 12, tzinfo=UTC), ("127.0.0.1", 9)
    with recorded_web(web) as served, Store.open(tmp_path / "cyberdigest.sqlite") as store:
        reports = [
            run(
                config, store=store, data=tmp_path, output=tmp_path / "out", now=noon + timedelta(minutes=minutes),
                http=lambda c, address=address: open_http(c, connect_to=address),
            )
            for minutes, address in ((0, closed), (0.5, served.address), (5, served.address))
        ]  # fmt: skip
        edition = store.edition("2026-11-24-en")

    assert [(report.editions, report.unmade) for report in reports[:2]] == [([], ["2026-11-24-en"])] * 2
    assert edition is not None
    assert edition.cards
