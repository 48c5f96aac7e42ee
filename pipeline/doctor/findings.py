"""What a check finds: plain values, free of secrets and addresses."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from pipeline.deliver.replies import ADDRESS

Verdict = Literal["ok", "advice", "problem", "not checked"]
#: A secret shorter than this hides nothing, and taking it out would tear words apart.
_SHORTEST_SECRET = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    #: "machine", "configuration", "store" or "mail"; set by `checkup`.
    subject: str = ""
    name: str
    verdict: Verdict
    #: What was found, or why it was not looked at.
    said: str
    #: One sentence on what to do; None when there is nothing to do.
    todo: str | None = None


def ok(name: str, said: str) -> Finding:
    """As it should be."""
    return Finding(name=name, verdict="ok", said=said)


def advice(name: str, said: str, todo: str) -> Finding:
    """Works, and could be better."""
    return Finding(name=name, verdict="advice", said=said, todo=todo)


def problem(name: str, said: str, todo: str) -> Finding:
    """To be mended before the first send."""
    return Finding(name=name, verdict="problem", said=said, todo=todo)


def not_checked(name: str, reason: str, todo: str | None = None) -> Finding:
    """Not looked at."""
    return Finding(name=name, verdict="not checked", said=reason, todo=todo)


def within(seconds: float, name: str, check: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """The findings of a check; one finding in their place when it does not end in time, or stumbles.

    A thread cannot be ended: it is left behind, and dies with the program.
    """
    done: queue.SimpleQueue[list[Finding]] = queue.SimpleQueue()

    def work() -> None:
        try:
            found = list(check())
        except Exception as error:  # noqa: BLE001 - one check that stumbles must not hide what the others find
            # Its words might hold a secret.
            found = [problem(name, f"the check itself failed ({type(error).__name__})", "Please report this fault.")]
        done.put(found)

    threading.Thread(target=work, name=f"doctor: {name}", daemon=True).start()
    try:
        return done.get(timeout=seconds)
    except queue.Empty:
        return [not_checked(name, f"no result within {seconds:g} seconds", "Run it again when the network answers.")]


def discreet(findings: Iterable[Finding], secrets: Iterable[str | None]) -> list[Finding]:
    """The findings as they may be shown: what checks repeat of servers and settings, without what is private."""
    hidden = sorted({secret for secret in secrets if secret and len(secret) >= _SHORTEST_SECRET}, key=len, reverse=True)

    def clean(text: str) -> str:
        for secret in hidden:
            text = text.replace(secret, "…")
        printable = "".join(char if char.isprintable() else " " for char in text)
        return " ".join(ADDRESS.sub("<address>", printable).split())

    return [
        replace(item, said=clean(item.said), todo=clean(item.todo) if item.todo is not None else None)
        for item in findings
    ]
