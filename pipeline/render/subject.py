"""The subject line of the mail: what the edition is, of which day, and its first headline."""

from __future__ import annotations

from pipeline.model import Edition
from pipeline.render.wording import wording
from pipeline.text.normalise import clean_text

#: Phones show 30 to 50 characters of a subject, desktops about 70.
_LONGEST = 100


def subject_of(edition: Edition) -> str:
    """One line without control characters: "Cyber digest, 24 Dec 2021: China suspends Alibaba Cloud…"."""
    words = wording(edition.language)
    start = f"{edition.title}, {words.short_date(edition.day)}"
    if not edition.cards:
        return clean_text(start)
    line = clean_text(f"{start}{words('colon')} {edition.cards[0].headline.text}")
    return line if len(line) <= _LONGEST else f"{line[: _LONGEST - 1].rsplit(' ', 1)[0]}…"
