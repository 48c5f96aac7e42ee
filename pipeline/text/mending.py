"""What careless conversion from HTML did to a text before it came to us, mended where there is no doubt."""

from __future__ import annotations

import re

_ID = r"CVE-\d{4}-\d{4,7}"
#: Links lose the spaces around them: "tracked asCVE-2026-1111andCVE-2026-2222", "in 2026,CVE-2026-1111(CVSS 9.8)".
#: Names of files and addresses stay: only a whole word of small letters is parted from an id.
_GLUED = (
    re.compile(rf"({_ID})(?=[a-zà-ÿ]{{2,}}(?:[\s,]|CVE-)|\()"),
    re.compile(rf"((?<![^\s(\[\"'“‘«’])[a-zà-ÿ]+)(?={_ID})"),
    re.compile(rf"((?<=[\w)])[,;])(?={_ID})"),
)
#: "C&C;" and "AT&T;": a parser took the letter for an entity and closed it.
_CLOSED = re.compile(r"(?<=[A-Z])&([A-Z]);")
#: Links and bold words leave a space before the comma or full stop that follows them: "the flaw , tracked as".
_APART = re.compile(r"(?<=[\w)\]”’»\"]) +(?=[,.](?:\s|$))")


def mended(text: str) -> str:
    """The text with ids apart from the words beside them, commas not, and without semicolons that no writer put.

    Mending twice changes nothing.
    """
    if "CVE-" in text:
        for pattern in _GLUED:
            text = pattern.sub(r"\1 ", text)
    text = _APART.sub("", text)
    return _CLOSED.sub(r"&\1", text) if "&" in text else text
