"""feeds.yaml, what the last polls said, and the ways between languages."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from pipeline.config import Config
from pipeline.doctor.findings import Finding, advice, not_checked, ok, problem
from pipeline.errors import DigestError
from pipeline.model import FeedState
from pipeline.text.count import count_of
from pipeline.translate.engine import language_code
from pipeline.translate.routes import Routes

#: Feeds and languages named in one sentence; the others are counted.
_MOST_NAMED = 5


def settings(config: Config) -> Finding:
    """A configuration that was read is a valid one."""
    languages = ", ".join(config.settings.edition.languages)
    return ok("feeds.yaml", f"{config.path}: {count_of(len(config.feeds), 'feed')}, edition in {languages}")


def broken(error: DigestError) -> Finding:
    """A configuration that could not be read."""
    return problem("feeds.yaml", str(error), "Mend the lines named; `cyberdigest init` writes a valid file.")


def feeds(states: Iterable[FeedState]) -> Finding:
    """Feeds whose last poll failed."""
    known = list(states)
    failed = [state for state in known if state.error]
    if not failed:
        asked = any(state.not_before or state.etag or state.last_modified for state in known)
        return ok("feeds", "none failed when it was last polled" if asked else "none failed so far")
    named = "; ".join(f"{state.feed.name}: {state.error}" for state in failed[:_MOST_NAMED])
    more = f"; and {len(failed) - _MOST_NAMED} more" if len(failed) > _MOST_NAMED else ""
    told = f"{len(failed)} of {len(known)} failed when last polled: {named}{more}"
    todo = "Look at them with `cyberdigest feeds check`; take out, or correct, what stays silent."
    return problem("feeds", told, todo) if len(failed) == len(known) else advice("feeds", told, todo)


def routes(config: Config, installed: Routes, *, installer: str) -> list[Finding]:
    """For each language of the edition, what its feeds' languages lack, with the command that helps.

    Args:
        config: Names the languages.
        installed: Routes over what is installed.
        installer: What a person types before two languages to get a model.
    """
    named = sorted({language_code(feed.language) for feed in config.feeds if feed.language})
    return [_into(language_code(target), named, installed, installer) for target in config.settings.edition.languages]


def _into(target: str, named: Sequence[str], installed: Routes, installer: str) -> Finding:
    name = f"translation into {target}"
    sources = [source for source in named if source != target]
    if not sources:
        return ok(name, "no feed names another language")
    missing = [source for source in sources if installed.best(source, target) is None]
    if not missing:
        return ok(name, f"there is a way from {', '.join(sources)}")
    command = f"{installer} {missing[0]} {target}"
    if len(missing) > 1:
        command = f"for from in {' '.join(missing)}; do {installer} $from {target}; done"
    return advice(
        name, f"there is no way from {', '.join(missing)}", f"`run` gets models it can reach; else: {command}"
    )


def apertium(config: Config, which: Callable[[str], str | None]) -> Finding:
    """Whether the program is there, where it may be used."""
    if "apertium" not in config.settings.translation.engines:
        return not_checked("apertium", "translation.engines does not name it")
    if which("apertium"):
        return ok("apertium", "is installed")
    return advice(
        "apertium",
        "is not installed: languages without a model of their own have no other way",
        "sudo apt-get install -y apertium",
    )
