"""First runs: get the best route that can be got without asking anybody."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.errors import ModelError
from pipeline.translate import apertium, debian
from pipeline.translate.downloads import Progress
from pipeline.translate.engine import language_code
from pipeline.translate.models import Log, Models, silent
from pipeline.translate.routes import Route

#: What a person types before the two languages, where models are kept in the usual place.
INSTALLER = "cyberdigest models install"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ensured:
    """What became of a wish for a direction."""

    #: None when there is no way yet.
    route: Route | None
    #: What was tried, a line each.
    steps: tuple[str, ...] = ()
    #: What to type to get a (better) route; None when nothing is to be gained.
    command: str | None = None


def ensure_route(
    models: Models,
    source: str,
    target: str,
    *,
    allow_download: bool,
    allow_install: bool,
    log: Log = silent,
    progress: Progress | None = None,
    installer: str = INSTALLER,
) -> Ensured:
    """Get a route: a model of its own by download, else what is there, else Apertium's packages, else the command.

    Args:
        models: The models manager; its `seconds` bound each wait.
        source: Language from.
        target: Language to.
        allow_download: Whether models may be fetched.
        allow_install: Whether system packages may be installed.
        log: Takes a line per step, as it happens.
        progress: Takes bytes so far and in all.
        installer: What a person would type before the two languages.
    """
    source, target = language_code(source), language_code(target)
    steps: list[str] = []

    def tell(line: str) -> None:
        steps.append(line)
        log(line)

    route = models.route(source, target)
    if route is not None and is_neural(route):
        return Ensured(route=route)
    if allow_download:
        try:
            models.install(source, target, allow_packages=False, log=tell, progress=progress)
        except ModelError as error:
            tell(f"no model for {source}→{target}: {error}")
        route = models.route(source, target)
    if route is None and allow_install:
        try:
            models.install_packages(source, target, tell)
        except ModelError as error:
            tell(str(error))
        route = models.route(source, target)
    return Ensured(
        route=route,
        steps=tuple(steps),
        command=_advice(models, source, target, route, installer),
    )


def is_neural(route: Route) -> bool:
    """Whether one model does it alone."""
    return len(route.edges) == 1 and route.edges[0].engine != apertium.NAME


def _advice(models: Models, source: str, target: str, route: Route | None, installer: str) -> str | None:
    if route is not None:
        return None if is_neural(route) else f"{installer} {source} {target}"
    plan = debian.plan(models.edges(), source, target)
    return f"{installer} {source} {target}" if plan is None else plan.command
