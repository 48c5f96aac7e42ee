"""What a run of sending says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pipeline.errors import DeliveryError
from pipeline.model import Edition


@dataclass(frozen=True, slots=True, kw_only=True)
class SendReport:
    """How an edition stands after a run; holds no address."""

    edition: str
    #: State -> deliveries of the edition; of a dry run: what would be.
    counts: Mapping[str, int] = field(default_factory=dict)
    #: Messages that the server took in this run.
    sent_now: int = 0
    problems: tuple[str, ...] = ()
    #: Ids of the readers who would get a message now; of a dry run only.
    readers: tuple[str, ...] = ()
    #: Why the run ended before its time.
    stopped: DeliveryError | None = None
    is_dry_run: bool = False

    @property
    def exit_code(self) -> int:
        """0: nothing left to do by itself; 75: run again later; 78: a person must change something first."""
        if self.stopped is not None:
            return self.stopped.exit_code
        return 75 if self.counts.get("pending") and not self.is_dry_run else 0


def too_old(edition: Edition) -> str:
    """Why an edition is not sent."""
    return f"{edition.id} closed more than 24 hours ago: not sent without --force"
