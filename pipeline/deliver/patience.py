"""When refusals are about us, and a run had better stop."""

from __future__ import annotations

from collections.abc import Collection

from pipeline.deliver.replies import Outcome
from pipeline.errors import DeliveryError
from pipeline.text.count import count_of


class Patience:
    """Counts refusals: of any kind in a row, and of policy by reader."""

    def __init__(self, give_up_after: int) -> None:
        """Be full of it.

        Args:
            give_up_after: So many in a row end the run.
        """
        self._most = give_up_after
        self._in_a_row = 0
        #: Readers refused by policy, how many of them in a row, and the server's last words about it.
        self._by_policy, self._policy_in_a_row, self._policy = set[str](), 0, ""

    def note(self, outcome: Outcome, reader: str) -> None:
        """One try has ended; an address that does not exist is nobody's policy and no sign of trouble."""
        if outcome.verdict != "bounce":
            self._in_a_row = 0 if outcome.verdict in ("accepted", "withdrawn") else self._in_a_row + 1
        self._policy_in_a_row = self._policy_in_a_row + 1 if outcome.verdict == "policy" else 0
        if outcome.verdict == "policy":
            self._by_policy.add(reader)
            self._policy = outcome.reply

    def end(self) -> DeliveryError | None:
        """Why to stop now."""
        if self._in_a_row < self._most:
            return None
        return DeliveryError(f"{self._in_a_row} messages in a row were not accepted")

    def refused_by_policy(self, waiting: Collection[str]) -> DeliveryError | None:
        """What policy has to do with how the run ended; None when nothing.

        It is about us, unless one reader's server alone thinks so: then another run helps all the others first.

        Args:
            waiting: Readers still to be written to.
        Returns:
            Permanent when a person must do something.
        """
        if not self._by_policy:
            return None
        is_about_us = self._policy_in_a_row >= self._most or self._by_policy.issuperset(waiting)
        whom = count_of(len(self._by_policy), "reader")
        reason = f"the mail server refuses us by policy ({self._policy}), for {whom}"
        return DeliveryError(reason, permanent=is_about_us)
