"""Which messages a mail server says that it has taken."""

from __future__ import annotations

import re
from collections.abc import Iterable

#: A Message-ID as mail servers log it: "message-id=<…@…>", or bare between angle brackets.
_MESSAGE_ID = re.compile(r"<([^<>\s@]+@[^<>\s@]+)>")
#: Postfix: program, queue id, what it says.
_POSTFIX = re.compile(r"/(cleanup|qmgr)\[\d+\]: ([0-9A-Za-z]+): (.*)")


def taken(lines: Iterable[str]) -> set[str]:
    """Message-IDs, without angle brackets, of the messages taken.

    Args:
        lines: A whole log of Postfix; or, of another server, those lines that say a message was taken. Beside Postfix
            others write into the same log: a filter names what it looks at, taken or not, and so counts for nothing.
    """
    found: set[str] = set()
    named: set[str] = set()
    begun: dict[str, str] = {}
    is_postfix = False
    for line in lines:
        postfix = _POSTFIX.search(line)
        if postfix is None:
            named.update(_MESSAGE_ID.findall(line))
            continue
        is_postfix = True
        program, queue_id, says = postfix.groups()
        # cleanup names the message when it has read its headers; whether the rest arrived, only the queue says.
        if program == "cleanup" and (name := _MESSAGE_ID.search(says)):
            begun[queue_id] = name[1]
        elif program == "qmgr" and queue_id in begun and says.endswith("(queue active)"):
            found.add(begun.pop(queue_id))
    return found if is_postfix else named
