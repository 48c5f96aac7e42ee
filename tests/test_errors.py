"""The error tree."""

from __future__ import annotations

import pickle

import pytest

from pipeline import errors

#: One of each kind, as they are raised.
ERRORS = [
    errors.DigestError("went wrong"),
    errors.ConfigError("feeds.yaml:12: feeds[3].url", "an address is expected"),
    errors.FeedError("Acme News", "no answer"),
    errors.NoAnswerError("feeds.yaml", "none of 3 feeds could be read"),
    errors.FetchError("https://example.org/feed", "the server said 503", status=503, retry_after=60.0),
    errors.ParseError("Acme News", "not a feed"),
    errors.InputError("words.csv:3", "four columns are expected"),
    errors.NoEditionError("2026-01-01-en"),
    errors.MailboxError(),
    errors.ModelError("fr → en", "not installed"),
    errors.TableError("data/words.toml", "is not TOML"),
    errors.OutputError("digest", "is a file"),
    errors.StoreError("newer than this program"),
    errors.BusyError("locked"),
    errors.DeliveryError("refused", permanent=True),
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: type(error).__name__)
def test_an_error_crosses_from_a_worker_whole(error: errors.DigestError) -> None:
    """What a worker process raises arrives with its words, its fields and its exit code."""
    copy = pickle.loads(pickle.dumps(error))

    assert type(copy) is type(error)
    assert str(copy) == str(error)
    assert copy.exit_code == error.exit_code
    assert vars(copy) == vars(error)


def test_every_kind_of_error_is_tried() -> None:
    """A new kind of error is added above."""
    kinds = {kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.DigestError)}

    assert {type(error) for error in ERRORS} == kinds
