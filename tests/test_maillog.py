"""Which messages a mail server's log shows as taken."""

from __future__ import annotations

import pytest

from pipeline.deliver.maillog import taken

NAMED = "postfix/cleanup[7]: {}: message-id=<{}@example.org>"
QUEUED = "postfix/qmgr[9]: {}: from=<digest@example.org>, size=900, nrcpt=1 (queue active)"


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        pytest.param([NAMED.format("4F", "a"), QUEUED.format("4F")], {"a"}, id="named, then in the queue"),
        pytest.param([NAMED.format("4F", "a")], set(), id="named only"),
        pytest.param([QUEUED.format("4F"), NAMED.format("4F", "a")], set(), id="an older message of that number"),
        pytest.param([NAMED.format("4F", "a"), QUEUED.format("5A")], set(), id="another one in the queue"),
        pytest.param(
            [NAMED.format("4F", "a"), QUEUED.format("4F"), QUEUED.format("4F")], {"a"}, id="in the queue again"
        ),
        pytest.param(
            [NAMED.format("4F", "a"), NAMED.format("4F", "b"), QUEUED.format("4F")], {"b"}, id="a number used again"
        ),
        pytest.param([NAMED.format("4F", "a"), "postfix/qmgr[9]: 4F: removed"], set(), id="another word of the queue"),
        pytest.param(
            ["spamd[3]: processing message <a@example.org> for nobody", NAMED.format("4F", "b"), QUEUED.format("4F")],
            {"b"},
            id="a filter looked at it",
        ),
        pytest.param(["1wQ-1 <= digest@example.org id=<a@example.org>"], {"a"}, id="another server's lines"),
        pytest.param(["nothing to see", ""], set(), id="nothing"),
    ],
)
def test_what_was_taken(lines: list[str], found: set[str]) -> None:
    """Of Postfix what came into the queue; its own lines alone decide where there are some."""
    assert taken(lines) == {f"{name}@example.org" for name in found}
