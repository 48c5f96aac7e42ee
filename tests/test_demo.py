"""The recorded day through the whole line, every stage for real; what the demo promises, it shows."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import pytest

from pipeline.demo import RECORDED, demo_config, run_demo
from pipeline.demo.recorded import RecordedWeb, recorded_web
from pipeline.model import Card, Edition
from pipeline.run import FILES, RunReport, open_http, run
from pipeline.run.fulltext import open_full_texts
from pipeline.store import Store

NEWSLETTER = re.compile(
    r"restez informés|s’inscrire à la newsletter|désinscrire|sign up for our newsletter|newsletter abonnieren|"
    r"suscríbete a nuestro boletín|assine nossa newsletter|iscriviti alla newsletter|订阅我们的|cookie",
    re.IGNORECASE,
)


def run_day(
    folder: Path, web: RecordedWeb, *, hours: float = 0, output: str = "out", languages: tuple[str, ...] = ("en",)
) -> RunReport:
    """One run over the recorded web, some hours after the recording."""
    with Store.open(folder / "cyberdigest.sqlite") as store:
        return run(
            demo_config(),
            store=store,
            data=folder,
            output=folder / output,
            now=RECORDED + timedelta(hours=hours),
            languages=languages,
            http=lambda config: open_http(config, connect_to=web.address),
        )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Edition, RunReport]:
    """The demo's edition, made once for all tests here."""
    folder = tmp_path_factory.mktemp("day")
    with recorded_web() as web:
        report = run_day(folder, web)
    with Store.open(folder / "cyberdigest.sqlite") as store:
        edition = store.edition("2021-12-24-en")
    assert edition is not None
    return folder, edition, report


def alibaba(edition: Edition) -> list[Card]:
    return [card for card in edition.cards if any("alibaba" in (source.url or "") for source in card.sources)]


def test_the_founding_case_is_one_story(made: tuple[Path, Edition, RunReport]) -> None:
    """One card, both topics, its reports in several languages, near-copies named as such."""
    _, edition, _ = made

    (card,) = alibaba(edition)

    assert card is edition.cards[0]
    assert card.labels == ("disclosure", "sanction")
    assert all("alibaba" in source.url.casefold() or "alibaba" in source.title.casefold() or "阿里云" in source.title
               for source in card.sources), "what agencies advise on the flaw is another story"  # fmt: skip
    assert {source.language for source in card.sources} >= {"fr", "en", "de", "es", "zh"}
    assert any(source.is_copy for source in card.sources)
    assert "Alibaba Cloud" in card.headline.text
    assert "http://harbor-wire.example.org/tech/alibaba-cloud-log4j-suspension.html" in {s.url for s in card.sources}
    links = [link for source in card.sources for link in source.links]
    assert "https://logging-project.example.net/log4j/security.html" in links


def test_the_founding_case_has_its_facts(made: tuple[Path, Edition, RunReport]) -> None:
    """Who, what, how long, which flaw: each with the sentence that shows it."""
    _, edition, _ = made
    facts = {(fact.type, fact.value, fact.unit) for card in alibaba(edition) for fact in card.facts}

    assert ("duration", 6.0, "month") in facts
    assert ("cve", "CVE-2021-44228", None) in facts
    assert any(kind == "measure" and value == "suspension" for kind, value, _ in facts)
    assert all(fact.evidence for card in alibaba(edition) for fact in card.facts)


def test_no_boilerplate_reaches_any_rendering(made: tuple[Path, Edition, RunReport]) -> None:
    """Sign-up and cookie blocks stay outside, in every format and language."""
    folder, _, _ = made

    for ending in FILES.values():
        text = (folder / "out" / f"2021-12-24-en{ending}").read_text(encoding="utf-8")
        assert not NEWSLETTER.search(text), ending


def test_portuguese_is_translated_by_the_model_that_ships(made: tuple[Path, Edition, RunReport]) -> None:
    """A story that only a Portuguese site tells is read in English, and says by which route."""
    _, edition, _ = made
    (card,) = [card for card in edition.cards if any("spyfone" in (source.url or "") for source in card.sources)]

    assert card.headline.language == "en"
    assert card.headline.translation is not None
    assert card.headline.translation.route == "pt→en firefox"
    assert card.headline.original.text.startswith("Estados Unidos proíbem")
    assert "SpyFone" in card.headline.text
    assert all("Zuckerman" in item.text for item in card.summary if "Zuckerman" in item.original.text)


@pytest.mark.needs("apertium")
def test_french_is_translated_over_a_chain(made: tuple[Path, Edition, RunReport]) -> None:
    """With Apertium's packages, a story that only a French site tells is read in English, and names all three hops."""
    _, edition, _ = made
    (card,) = [card for card in edition.cards if any("apache-httpd" in (source.url or "") for source in card.sources)]

    assert card.headline.translation is not None
    assert card.headline.translation.route == "fr→ca apertium, ca→pt apertium, pt→en firefox"
    assert "2.4.52" in card.headline.text


def test_what_is_off_topic_broken_or_missing_is_accounted_for(made: tuple[Path, Edition, RunReport]) -> None:
    """Lottery and panettone stay out; the broken feed, the bot wall and the 404 cost only themselves."""
    folder, edition, report = made
    text = (folder / "out" / "2021-12-24-en.txt").read_text(encoding="utf-8").lower()

    for word in ("panettone", "lotería", "webb telescope", "just dance", "vagas abertas", "christmas this"):
        assert word not in text
    assert [failure.name for failure in edition.coverage.failures] == ["Le Phare Cassé"]
    assert report.pages_failed == 1
    urls = {source.url for card in edition.cards for source in card.sources}
    assert any(url and "microsoft-active-directory-42278-42287" in url for url in urls), (
        "the bot-walled article lives on its feed"
    )
    assert any(url and "alibaba-cloud-geschorst" in url for url in urls), "the article behind a 404 keeps its title"


def test_every_summary_sentence_stands_in_its_article(made: tuple[Path, Edition, RunReport]) -> None:
    """Nothing is invented."""
    folder, edition, _ = made
    with Store.open(folder / "cyberdigest.sqlite") as store:
        for card in edition.cards:
            for sentence in (card.headline.original, *(item.original for item in card.summary)):
                article = store.article(sentence.article)
                assert article is not None
                whole = article.title if sentence.field == "title" else article.text
                assert whole[sentence.start : sentence.end] == sentence.text


@pytest.fixture
def after(made: tuple[Path, Edition, RunReport], tmp_path: Path) -> Path:
    """A copy of what the first run left: data, and the files in out/."""
    shutil.copytree(made[0], tmp_path, dirs_exist_ok=True)
    return tmp_path


def test_a_second_run_fetches_nothing_and_changes_no_byte(after: Path) -> None:
    """Feeds answer 304, no second edition is made, and the files are the same."""
    first = {path.name: path.read_bytes() for path in (after / "out").iterdir()}
    with recorded_web() as web:
        report = run_day(after, web, hours=0.5, output="again")
        second = {path.name: path.read_bytes() for path in (after / "again").iterdir()}

        assert web.answers[304] == 11
        assert web.answers[200] == 1  # the broken feed has no entity to match
    assert report.new_entries == report.pages_fetched == 0
    assert (report.editions, report.kept) == ([], ["2021-12-24-en"])
    assert first == second


def test_two_machines_make_the_same_edition(made: tuple[Path, Edition, RunReport], tmp_path: Path) -> None:
    """The same inputs give the same bytes."""
    folder, _, _ = made
    with recorded_web() as web:
        run_day(tmp_path, web)

    for ending in FILES.values():
        name = f"2021-12-24-en{ending}"
        assert (tmp_path / "out" / name).read_bytes() == (folder / "out" / name).read_bytes(), name


def test_tomorrow_repeats_nothing(after: Path) -> None:
    """A story that was shown is not shown again as new."""
    with recorded_web() as web:
        run_day(after, web, hours=24)
    with Store.open(after / "cyberdigest.sqlite") as store:
        editions = {edition.id: edition for edition in store.editions()}

    shown = {card.story for card in editions["2021-12-24-en"].cards}
    assert not {card.story for card in editions["2021-12-25-en"].cards if card.status == "new"} & shown


def test_the_french_edition_speaks_french(tmp_path: Path) -> None:
    """Another language is another edition of the same day; French articles need no translation there."""
    with recorded_web() as web:
        report = run_day(tmp_path, web, languages=("fr",))
    with Store.open(tmp_path / "cyberdigest.sqlite") as store:
        edition = store.edition("2021-12-24-fr")
    page = (tmp_path / "out" / "2021-12-24-fr.html").read_text(encoding="utf-8")

    assert edition is not None
    assert report.editions == ["2021-12-24-fr"]
    assert '<html lang="fr"' in page
    assert "24 décembre 2021" in page


@pytest.mark.parametrize("answers", [5, 14, 40, 45])
def test_a_killed_run_is_continued(made: tuple[Path, Edition, RunReport], tmp_path: Path, answers: int) -> None:
    """Kill -9 after so many answers, run again: the same edition, and no page that was kept is asked for again."""
    folder, _, _ = made
    with recorded_web() as web:
        _run_and_kill(tmp_path, web, answers)
        kept = _kept(tmp_path)
        asked = web.paths.copy()
        report = run_day(tmp_path, web, hours=0.1)

        again = {url for url in kept if web.paths.get(url, 0) > asked.get(url, 0)}
    assert not again
    assert report.editions + report.kept == ["2021-12-24-en"]
    for ending in FILES.values():
        name = f"2021-12-24-en{ending}"
        assert (tmp_path / "out" / name).read_bytes() == (folder / "out" / name).read_bytes(), name


def _run_and_kill(folder: Path, web: RecordedWeb, answers: int) -> None:
    script = (
        "import sys; from pathlib import Path; from test_demo import run_day\n"
        "class Web: address = ('127.0.0.1', int(sys.argv[1]))\n"
        "run_day(Path(sys.argv[2]), Web())"
    )
    arguments = [sys.executable, "-c", script, str(web.address[1]), str(folder)]
    paths = [str(Path(__file__).resolve().parent), str(Path(__file__).resolve().parent.parent)]
    process = subprocess.Popen(arguments, env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)})
    while sum(web.answers.values()) < answers and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    process.wait()


def _kept(folder: Path) -> set[str]:
    """Addresses of articles that the killed run had committed."""
    if not (folder / "cyberdigest.sqlite").exists():
        return set()
    with Store.open(folder / "cyberdigest.sqlite") as store:
        moment = RECORDED - timedelta(days=10)
        found = store.articles_between(moment, RECORDED + timedelta(days=1), labels_only=False, by="first_seen")
    return {article.url.removeprefix("http://") for article in found if article.url}


def test_the_command_ends_with_the_path(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`demo` prints five lines and the path of the edition, and says what it does about models."""
    said: list[str] = []

    lines = run_demo(tmp_path / "demo", install=False, say=said.append)

    assert len(lines) == 6
    assert Path(lines[-1].removeprefix("Edition: ")).is_file()
    assert any("pt→en" in line for line in said)
    assert json.loads((tmp_path / "demo" / "2021-12-24-en.json").read_text(encoding="utf-8"))


def test_an_empty_morning_is_an_edition_too(tmp_path: Path) -> None:
    """Feeds that answer and have no news: that is said, and is no error."""
    config = demo_config()
    quiet = config.model_copy(update={"feeds": config.feeds[:1]})
    with recorded_web() as web, Store.open(tmp_path / "s.sqlite") as store:
        report = run(
            quiet,
            store=store,
            data=tmp_path,
            output=tmp_path / "out",
            now=RECORDED + timedelta(days=30),
            http=lambda config: open_http(config, connect_to=web.address),
        )

    assert report.stories == {"2022-01-23-en": 0}
    assert (report.failures, report.unmade) == ([], [])


def test_an_article_is_read_as_a_whole_when_it_is_opened(made: tuple[Path, Edition, RunReport]) -> None:
    """Every paragraph of the Portuguese report by a real model, and from the memory the second time."""
    folder, edition, _ = made
    source = next(s for card in edition.cards for s in card.sources if s.language == "pt" and not s.is_copy)

    with Store.open(folder / "cyberdigest.sqlite") as store:
        first, second = (
            open_full_texts(store, folder, load=demo_config, now=lambda: RECORDED) for _ in range(2)
        )  # fmt: skip
        try:
            text = first(source.article, "en")
            again = second(source.article, "en")
            unknown = first("nothing", "en")
        finally:
            first.close()
            second.close()

    assert text is not None
    assert [p.source for p in text.paragraphs] == ["pt"] * len(text.article.paragraphs)
    assert all(paragraph.is_translated for paragraph in text.paragraphs)
    assert again == text
    assert unknown is None
