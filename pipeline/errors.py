"""The one error tree. Each error names the input it speaks of; arguments stay in `args`, so errors survive pickling."""

from __future__ import annotations


class DigestError(Exception):
    """Base of every error raised here on purpose."""

    #: sysexits code the command line ends with.
    exit_code = 70


class ConfigError(DigestError):
    """feeds.yaml, the environment or an option is wrong.

    `where` is "feeds.yaml:12: feeds[3].url" or an option's name.
    """

    exit_code = 78

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(where, reason)
        self.where, self.reason = where, reason

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


class FeedError(DigestError):
    """One feed failed; the run goes on without it."""

    exit_code = 69

    def __init__(self, feed: str, reason: str) -> None:
        # What a stranger's server said may be in it: no line end forges a line of a log, no escape colours a terminal.
        reason = " ".join("".join(char if char.isprintable() else " " for char in reason).split())
        super().__init__(feed, reason)
        self.feed, self.reason = feed, reason

    def __str__(self) -> str:
        return f"{self.feed}: {self.reason}"


class NoAnswerError(FeedError):
    """No feed answered and there is nothing else to show: no edition was made, a later start can make it."""

    exit_code = 75


class FetchError(FeedError):
    """An address could not be fetched; `status` is the HTTP status, `retry_after` the seconds the server asked for."""

    def __init__(self, feed: str, reason: str, status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(feed, reason)
        self.args = (feed, self.reason, status, retry_after)
        self.status, self.retry_after = status, retry_after


class ParseError(FeedError):
    """What came back is not a feed, or is a broken one."""


class InputError(DigestError):
    """A file or a line given by the user cannot be read; `where` names file and line."""

    exit_code = 65

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(where, reason)
        self.where, self.reason = where, reason

    def __str__(self) -> str:
        return f"{self.where}: {self.reason}"


class NoEditionError(InputError):
    """No edition has the id that was given; `where` is the id."""

    def __init__(self, edition: str) -> None:
        super().__init__(edition, "no such edition; `cyberdigest edition list` shows them")
        self.args = (edition,)


class MailboxError(InputError):
    """A reader's address cannot be used in a mail header; the message does not repeat it, since it is personal data."""

    def __init__(self) -> None:
        super().__init__("address", "no message can be addressed to it")
        self.args = ()


class ModelError(DigestError):
    """A language model is missing, damaged or does not run."""

    exit_code = 69

    def __init__(self, model: str, reason: str) -> None:
        super().__init__(model, reason)
        self.model, self.reason = model, reason

    def __str__(self) -> str:
        return f"{self.model}: {self.reason}"


class TableError(DigestError):
    """A table of words or rules that ships with the program is missing or broken; `path` is its file."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}; it ships with cyberdigest: undo what changed it, or install again"


class OutputError(DigestError):
    """An output file or folder cannot be written."""

    exit_code = 73

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(path, reason)
        self.path, self.reason = path, reason

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}"


class StoreError(DigestError):
    """The database is newer than this program, damaged, or cannot be opened."""

    exit_code = 73


class BusyError(DigestError):
    """Another run holds the lock, or the database stayed locked; try again."""

    exit_code = 75


class DeliveryError(DigestError):
    """Sending cannot go on (relay refuses us, no TLS, wrong password); single addresses never raise this."""

    exit_code = 75

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.permanent = reason, permanent
        if permanent:
            self.exit_code = 78
