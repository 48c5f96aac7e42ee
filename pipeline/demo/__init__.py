"""The demo: a recorded day of invented outlets, served by this machine to itself and run through all stages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.config import Config, load_config
from pipeline.demo.recorded import HERE, recorded_web
from pipeline.errors import ModelError
from pipeline.progress import Progress, choose_progress

if TYPE_CHECKING:
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
    progress: Progress | None = None,
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
    from pipeline.cli.options import data_folder
    from pipeline.run import open_http, run
    from pipeline.store import Store

    config, data = demo_config(), data_folder(output / "data")
    get_models(config, data, language, install=install, say=say)
    with recorded_web() as web, Store.open(data / "cyberdigest.sqlite") as store:
        report = run(
            config,
            store=store,
            data=data,
            output=output,
            now=RECORDED,
            languages=[language],
            progress=progress or choose_progress(quiet=True),
            http=lambda config: open_http(config, connect_to=web.address),
        )
        return [*_summary(report, store, web.requests), f"Edition: {report.paths[0]}"]


def get_models(config: Config, data: Path, target: str, *, install: bool, say: Callable[[str], object]) -> None:
    """Make routes into the target language from what can be had; say what is done and what is missing."""
    from pipeline.run.models import ensure_routes

    sources = sorted({feed.language for feed in config.feeds if feed.language} - {target, "zh", "de", "nl"})
    try:
        ensure_routes(config, data, sources, target, download=install, install=install, seconds=MODEL_SECONDS, say=say)
    except ModelError as error:
        say(str(error))


def _summary(report: RunReport, store: object, requests: int) -> list[str]:
    raise NotImplementedError
