"""What a mail server's answer means for one delivery."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Verdict = Literal[
    "accepted",  # the server has taken the message
    "later",  # certainly not taken; may be tried again
    "bounce",  # this address does not exist
    "refused",  # this address is refused, for a reason that may pass
    "failed",  # this message is refused
    "policy",  # refused for what we are or do, and not for the address; or by one reader's server alone
    "uncertain",  # taken or not, nobody can tell
    "withdrawn",  # the reader left in the meantime
]
Step = Literal["connect", "hello", "tls", "login", "mail", "rcpt", "data", "end"]

_ENHANCED = re.compile(r"^\s*([245])\.(\d{1,3})\.(\d{1,3})\b")
#: RFC 3463: no such mailbox, no such domain, bad syntax, moved, null MX (RFC 7505).
_NO_SUCH_ADDRESS = {"1.1", "1.2", "1.3", "1.6", "1.10"}
_OF_ADDRESSES = r"[^\s<>;:,()\"']"
#: What looks like an address, inside other text. Looked for from the beginning of a word only: strangers' headers hold
#: words of megabytes.
ADDRESS = re.compile(rf"(?<!{_OF_ADDRESSES}){_OF_ADDRESSES}+@{_OF_ADDRESSES}+")
_HIDDEN = "<address>"
#: RFC 4954 and RFC 3207: log in first, log in with something better, use TLS.
_LOGIN_CODES = {530, 534, 535, 538}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How one try ended, and the server's words without the reader's address."""

    verdict: Verdict
    reply: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer of the server."""

    code: int
    text: str

    @property
    def enhanced(self) -> str | None:
        """Subject and detail of the enhanced status code (RFC 3463), such as "1.1"."""
        found = _ENHANCED.match(self.text)
        return f"{int(found[2])}.{int(found[3])}" if found else None

    @property
    def is_temporary(self) -> bool:
        """Whether the server asks to try again."""
        return 400 <= self.code < 500

    @property
    def is_policy(self) -> bool:
        """Whether the refusal is by policy (RFC 3463, subject 7): relaying, authentication, reputation."""
        return self.code >= 500 and (self.enhanced or "").startswith("7.")

    def __str__(self) -> str:
        return _as_line(f"{self.code} {self.text}")


def classify(step: Step, reply: Reply) -> Verdict | None:
    """What the answer to RCPT, DATA or the final dot means; None when the run must stop (no login, no TLS).

    Source: RFC 5321 section 4.2, RFC 3463; a full mailbox (5.2.2) and a bare 550 may pass, so they are not bounces.
    """
    if reply.is_temporary:
        return "later"
    if reply.code in _LOGIN_CODES:
        return None
    if reply.is_policy:
        return "policy"
    if reply.code < 500:  # 1xx, 2xx or 3xx where it makes no sense
        return "uncertain" if step == "end" else "later"
    if reply.enhanced in _NO_SUCH_ADDRESS:
        return "bounce"
    return "refused" if step == "rcpt" else "failed"


def without_address(text: str, address: str) -> str:
    """Server answers like to repeat the address; reports and logs must not hold it."""
    return _as_line(re.sub(re.escape(address), _HIDDEN, text, flags=re.IGNORECASE))


def without_addresses(text: str) -> str:
    """As `without_address`, where it is not known which addresses the text may hold."""
    return _as_line(ADDRESS.sub(_HIDDEN, text).replace(f"<{_HIDDEN}>", _HIDDEN))


def _as_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())[:300]
