"""The demo: a recorded day of invented outlets, served by this machine to itself and run through all stages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.config import Config, load_config
from pipeline.demo.recorded import HERE, RecordedWeb, recorded_web
from pipeline.errors import OutputError
from pipeline.progress import choose_progress

if TYPE_CHECKING:
    from pipeline.model import Edition
    from pipeline.run import RunReport

#: The evening the day was recorded on; the demo's only clock, so every demo makes the same edition.
RECORDED = datetime(2021, 12, 24, 18, 0, tzinfo=UTC)
#: Seconds one attempt to get a model may take: the demo is to end within a minute, online or not.
MODEL_SECONDS = 8.0


def demo_config() -> Config:
    """The configuration of the recorded day."""
    return load_config(HERE / "feeds.yaml", environ={})


def run_demo(
    output: Path,
    *,
    install: bool = True,
    language: str = "en",
    say: Callable[[str], object] = print,
) -> list[str]:
    """Make the recorded day's edition.

    Args:
        output: Folder for the edition; its subfolder data/ holds the demo's store and models.
        install: Whether models may be downloaded and system packages installed.
        language: Language of the edition.
        say: Takes each line about what is being done.
    Returns:
        The path of the web page and a summary of five lines.
    Raises:
        OutputError: The folder cannot be written.
    """
    from pipeline.model import edition_id
    from pipeline.run import open_http, run
    from pipeline.store import Store

    config, data = demo_config(), output / "data"
    try:
        data.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(str(data), f"cannot be made: {error.strerror}") from error
    _get_models(config, data, language, install=install, say=say)
    with recorded_web() as web, Store.open(data / "cyberdigest.sqlite") as store:
        report = run(
            config,
            store=store,
            data=data,
            output=output,
            now=RECORDED,
            languages=[language],
            progress=choose_progress(quiet=True),
            http=lambda config: open_http(config, connect_to=web.address),
        )
        made = store.edition(edition_id(report.day, language))
        return [*summary(report, made, web), f"Edition: {report.paths[0]}"] if made else [report.paths[0]]


def _get_models(config: Config, data: Path, target: str, *, install: bool, say: Callable[[str], object]) -> None:
    """Make routes into the target language from what can be had; say what is done and what is missing."""
    from pipeline.run.models import ensure_routes

    if install:
        say("Getting translation models, and as root Apertium's packages (--no-install leaves the system as it is)")
    sources = {feed.language for feed in config.feeds if feed.language} - {target}
    wanted = sorted(sources, key=lambda source: (source != "fr", source))
    ensure_routes(config, data, wanted, target, download=install, install=install, seconds=MODEL_SECONDS, say=say)


def summary(report: RunReport, edition: Edition, web: RecordedWeb) -> list[str]:
    """What the demo shows, in five lines."""
    cards = edition.cards
    translated = [card for card in cards if card.headline.translation and card.headline.translation.is_translated]
    spoken = sorted({source.language or "und" for card in cards for source in card.sources})
    routes = sorted({card.headline.translation.route or "" for card in translated if card.headline.translation})
    own = [card for card in cards if card.headline.language != edition.language]
    return [
        (
            f"{report.feeds} feeds, {web.answers.get(200, 0)} answers, {web.answers.get(304, 0)} unchanged, "
            f"{len(report.failures)} feed and {report.pages_failed} page failed, on purpose"
        ),
        (
            f"{edition.coverage.entries} entries, {edition.coverage.articles} articles read, "
            f"{edition.coverage.on_topic} on topic"
        ),
        f"{len(cards)} stories from {sum(len(card.sources) for card in cards)} sources in {', '.join(spoken)}",
        (
            f"{len(translated)} headlines translated ({'; '.join(routes) or 'no engine'}), "
            f"{len(own)} left in their language"
        ),
        f"{sum(report.seconds.values()):.0f} seconds, in: "
        + ", ".join(f"{name} {seconds:.1f}" for name, seconds in report.seconds.items()),
    ]
