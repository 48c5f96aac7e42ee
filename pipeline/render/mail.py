"""The HTML of a message: inlined styles, and never larger than a mail box shows whole."""

from __future__ import annotations

import base64
import functools
import quopri
from collections.abc import Callable
from pathlib import Path

import css_inline

from pipeline.render.parts import EditionView
from pipeline.render.templating import fill, stylesheet

#: Gmail cuts a message off near 100,000 bytes (99,507 to 100,217 measured, hteumeuleu/email-bugs issue 41).
MAX_BYTES = 90_000


def render_mail(edition: EditionView, templates: Path | None, *, max_bytes: int = MAX_BYTES) -> str:
    """Fill mail.html and inline its styles; too many stories are shortened from the end and the web edition linked."""
    css = stylesheet("mail.css", templates)

    @functools.cache
    def attempt(full: int, shown: int) -> str:
        html = fill("mail.html", edition, templates, css=css, full=full, shown=shown)
        return _charset_first(_inliner().inline(html))

    def fits(full: int, shown: int) -> bool:
        return encoded_size(attempt(full, shown)) <= max_bytes

    count = len(edition.cards)
    if fits(count, count):
        return attempt(count, count)
    if fits(0, count):
        return attempt(_largest(count, lambda full: fits(full, count)), count)
    return attempt(0, _largest(count, lambda shown: fits(0, shown)))


def encoded_size(html: str) -> int:
    """Bytes of the larger of the two encodings a mail may use, quoted-printable and base64."""
    data = html.encode("utf-8", "replace")
    return max(len(quopri.encodestring(data)), len(base64.encodebytes(data)))


def _largest(limit: int, holds: Callable[[int], bool]) -> int:
    """Largest number from 0 to limit that still fits, by bisection; 0 when none does."""
    low, high = 0, limit
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if holds(middle) else (low, middle - 1)
    return low


def _charset_first(html: str) -> str:
    """Move the kept @media rules, which the inliner puts first, behind the charset, due in the first kilobyte."""
    start, end = html.find("<style>"), html.find("</style>") + len("</style>")
    head = html.find("</head>")
    if not 0 <= start < end <= head:
        return html
    return html[:start] + html[end:head] + html[start:end] + html[head:]


@functools.cache
def _inliner() -> css_inline.CSSInliner:
    # keep_at_rules keeps @media (dark mode, narrow screens) and drops the rest, which is inlined by then.
    return css_inline.CSSInliner(keep_style_tags=False, keep_at_rules=True, load_remote_stylesheets=False)
