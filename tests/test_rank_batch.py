"""Notices of one outlet on one product share a card; news keeps its own."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.config import load_config
from pipeline.demo.recorded import recorded_web
from pipeline.model import Article, Edition, Fact, Story
from pipeline.rank_batch import fold_batches
from pipeline.render import FORMATS, render
from pipeline.run import open_http, run
from pipeline.store import Store


def notice(
    name: str, title: str, *facts: Fact, outlet: str = "flawlist.example.org", product: str = "PanelKit",
    status: str = "new", topic: str = "disclosure",
) -> Story:  # fmt: skip
    article = Article(id=f"a-{name}", feed=f"https://{outlet}/feed", url=None, title=title, site=outlet,
                      facts=(Fact(type="product", value=product), *facts))  # fmt: skip
    return Story(id=name, articles=(article,), labels=(topic,), status=status)  # type: ignore[arg-type]


FIRST = notice("first", "CVE-2026-50001 - PanelKit: installer runs commands of strangers")


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(notice("x", "CVE-2026-50002 - PanelKit: a ticket can hold a script"), id="the next number"),
        pytest.param(notice("x", "GHSA-abcd-efgh-1234: PanelKit forgets to ask for a login"), id="GitHub's numbers"),
        pytest.param(notice("x", "FLAW-26-318: PanelKit tells the key"), id="another scheme"),
        pytest.param(notice("x", "CVE-2026-50002 - PanelKit Server: x", product="PanelKit Server"), id="a longer name"),
        *(
            pytest.param(notice("x", title.format("PanelKit")), id=title.split()[0].strip("[({:"))
            for title in (
                "SUSE-SU-2026:10123-1: important: Security update for {}",
                "openSUSE-SU-2026:0042-1: moderate: Security update for {}",
                "RHSA-2026:4711: Important: {} security update",
                "ALSA-2026:4711: Important: {} security update",
                "ELSA-2026-4711: {} security update",
                "RLSA-2026:4711: {} security update",
                "DSA-5999-1 {} - security update",
                "[SECURITY] [DSA 5999-1] {} security update",
                "DLA 4021-1: {} security update",
                "USN-7123-1: {} vulnerabilities",
                "GLSA 202611-07: {}: Multiple vulnerabilities",
                "FEDORA-2026-0a1b2c3d4e: {}",
                "MGASA-2026-0119: Updated {} packages",
                "ALAS2023-2026-1234: {}",
                "CERTFR-2026-AVI-0911: {}",
                "WID-SEC-2026-1234: {}",
                "VU#123456: {} asks for no password",
            )
        ),
        pytest.param(notice("x", "Security update for PanelKit (SUSE-SU-2026:10123-1)"), id="a number behind"),
    ],
)
def test_notices_on_one_product_stand_behind_the_first(second: Story) -> None:
    kept, behind = fold_batches([FIRST, second])

    assert kept == [FIRST]
    assert behind == {"first": (second,)}


@pytest.mark.parametrize(
    "second",
    [
        pytest.param(notice("x", "CVE-2026-50002 - Wicket: x", product="Wicket"), id="another product"),
        pytest.param(notice("x", "CVE-2026-50002 - PanelKits: x", product="PanelKits"), id="another word"),
        pytest.param(
            notice("x", "CVE-2026-50002 - PanelKit: x", outlet="other.example.org"), id="another outlet"
        ),
        pytest.param(notice("x", "PanelKit makers explain what went wrong"), id="no notice"),
        pytest.param(notice("x", "PanelKit makers explain what RHSA-2026:4711 is about"), id="a number within"),
        pytest.param(notice("x", "PanelKit makers explain a flaw (CVE-2026-50002)"), id="news with its flaw's number"),
        pytest.param(notice("x", "CVE-2026-50002 in a billing tool"), id="the product is not what the title names"),
        pytest.param(notice("x", "CVE-2026-50002 - PanelKit: x", status="update"), id="an update"),
        pytest.param(notice("x", "CVE-2026-50002 - PanelKit: x", topic="sanction"), id="another section"),
        pytest.param(
            notice("x", "CVE-2026-50002 - PanelKit: x", Fact(type="exploited", value=True)), id="exploited"
        ),
        pytest.param(notice("x", "CVE-2026-50002 - PanelKit: x", Fact(type="kev", value=True)), id="listed"),
    ],
)  # fmt: skip
def test_what_is_news_by_itself_keeps_its_card(second: Story) -> None:
    assert fold_batches([FIRST, second]) == ([FIRST, second], {})


@pytest.mark.parametrize(
    ("names", "cards"),
    [
        (("Acme Vault Backup Daemon", "Acme Vault Backup Dashboard"), 1),
        (("Acme Cloud Monitor", "Acme Cloud Pipelines"), 2),
        (("Acme Vault Backup Daemon", "Acme Vault Mail Daemon"), 2),
    ],
)
def test_parts_of_one_product_share_its_card(names: tuple[str, str], cards: int) -> None:
    """What differs in the last word after maker, product and edition is a part; services of one maker are not."""
    stories = [notice(f"n{i}", f"CVE-2026-5000{i} - {name} flaw", product=name) for i, name in enumerate(names)]

    assert len(fold_batches(stories)[0]) == cards


def bare(number: int, *cited: int) -> Story:
    """A notice whose title is its id alone, and whose text cites others."""
    ids = [f"CVE-2026-{n}" for n in (number, *cited)]
    return notice(f"b{number}", ids[0], *(Fact(type="cve", value=value) for value in ids), product="Kernel of a meter")


@pytest.mark.parametrize(
    ("notices", "cards"),
    [
        pytest.param([bare(50001, 50002), bare(50002)], 1, id="one cites the other"),
        pytest.param([bare(50001, 50003, 50004), bare(50002, 50003, 50004)], 1, id="both cite the same two"),
        pytest.param([bare(50001, 50003), bare(50002, 50003)], 2, id="both cite one"),
        pytest.param([bare(50001), bare(50002)], 2, id="nothing ties them"),
        pytest.param([FIRST, bare(50002, 50001)], 2, id="the other names its product"),
    ],
)
def test_notices_named_by_ids_alone_share_the_card_of_their_advisory(notices: list[Story], cards: int) -> None:
    """Five flaws of one firmware, told under five bare numbers, are one thing to a reader."""
    assert len(fold_batches(notices)[0]) == cards


def test_a_second_outlet_makes_a_story_of_a_notice() -> None:
    second = notice("x", "CVE-2026-50002 - PanelKit: x")
    report = notice("y", "PanelKit leaks its keys", outlet="wire.example.org").articles[0]
    both = Story(id="x", articles=(*second.articles, report), labels=("disclosure",))

    assert fold_batches([FIRST, both]) == ([FIRST, both], {})


ITEM = """<item><title>CVE-2026-5000{n} - PanelKit: {what}</title><link>http://flawlist.example.org/{n}</link>
<guid>{n}</guid><pubDate>Mon, 23 Nov 2026 0{n}:00:00 GMT</pubDate><description>PanelKit {n}.1.0 and earlier have a
vulnerability, CVE-2026-5000{n}: {what}. A remote attacker needs no password. Version 4.1.0 has a fix.</description>
</item>"""
WHAT = ("the installer runs commands of strangers", "a support ticket can hold a script",
        "the writing side of the admin pages asks for no rights")  # fmt: skip


@pytest.fixture
def editions(tmp_path: Path) -> tuple[Edition, Edition]:
    """Of a day on which a database lists three flaws of one product, and of the day after."""
    root = tmp_path / "web/flawlist.example.org"
    root.mkdir(parents=True)
    items = "".join(ITEM.format(n=n, what=what) for n, what in enumerate(WHAT, 1))
    feed = f'<?xml version="1.0"?><rss version="2.0"><channel><title>Flaw list</title>{items}</channel></rss>'
    (root / "feed.xml").write_text(feed, encoding="utf-8")
    feeds = tmp_path / "feeds.yaml"
    feeds.write_text(
        "translation: {download: false}\n"
        "feeds: [{url: 'http://flawlist.example.org/feed.xml', name: Flaw list, language: en, content: feed}]\n"
    )
    config, now = load_config(feeds, environ={}), datetime(2026, 11, 23, 12, tzinfo=UTC)
    made = []
    with recorded_web(tmp_path / "web") as served, Store.open(tmp_path / "digest.sqlite") as store:
        for moment in (now, now + timedelta(days=1)):
            report = run(
                config, store=store, data=tmp_path, output=tmp_path / "out", now=moment,
                http=lambda c: open_http(c, connect_to=served.address),
            )  # fmt: skip
            made.append(store.edition(f"{report.day}-en"))
    first, second = made
    assert first is not None
    assert second is not None
    return first, second


def test_a_database_s_flaws_of_one_product_share_a_card(editions: tuple[Edition, Edition]) -> None:
    """Each is told and led to, in every rendering, and none comes again the day after."""
    first, second = editions

    (card,) = first.cards
    assert len(card.batch) == 2
    told = {card.headline.text, *(sibling.headline.text for sibling in card.batch)}
    assert told == {f"CVE-2026-5000{n} - PanelKit: {what}" for n, what in enumerate(WHAT, 1)}
    for form in FORMATS:
        shown = render(first, form)
        assert all(f"CVE-2026-5000{n}" in shown for n in (1, 2, 3)), form
        assert all(sibling.url and sibling.url in shown for sibling in card.batch), form
    assert second.cards == ()


def test_a_day_of_many_notices_does_not_fill_the_edition(editions: tuple[Edition, Edition]) -> None:
    """Eight are named, the rest counted."""
    (card,) = editions[0].cards
    many = replace(card, batch=card.batch[:1] * 20)
    edition = replace(editions[0], sections=(replace(editions[0].sections[0], cards=(many,)),))

    for form in FORMATS:
        if form != "json":
            shown = " ".join(render(edition, form).split())
            assert shown.count(card.batch[0].headline.text) <= 8 * 2, form
            assert "12 more" in shown, form
