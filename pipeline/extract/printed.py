"""The dates that a page prints: date lines beside its headline, and lines that say "published" anywhere."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from pipeline.extract.moments import parse_date
from pipeline.text.dates import find_dates
from pipeline.text.normalise import clean_text, fold
from pipeline.text.numerals import data

#: Words beside a date that name the first publication, in a dozen languages (folded).
_PUBLISHED_LABEL = re.compile(
    r"publi(?:shed|e|ee|cado|cada|cacion|catie|ceret|cerad|sert)|posted|issued|released|veroffentlicht|erschienen|erstellt"
    r"|mis en ligne|pubblicat|gepubliceerd|geplaatst|opublikowan|data publikacji|dodano|utworzono|опубликовано|дата"
    r" публикации|julkaistu|publisert|yayin|vydano|発表|公開|掲載|発行|发布|發布|公布|发表|게시|입력"
)
#: Words beside a date that name a later change.
_CHANGED_LABEL = re.compile(
    r"updat|modifi|changed|edited|aktualisier|geandert|anderung|stand\s?:|uberarbeitet|mis(?:e)? a jour|maj\s?:"
    r"|actualiza|ultima (?:modif|actual|atual)|atualiza|aggiornat|bijgewerkt|gewijzigd|aktualiz|zmian|modyfik"
    r"|uppdater|oppdater|opdater|paivitetty|muokattu|обновлен|изменен|guncelle|更新|修正|更改|수정|reviewed|last|zuletzt|letzte"
)
#: Words beside a date of something else.
_OTHER_LABEL = re.compile(
    r"regist|joined|member|mitglied|inscrit|born|geboren|©|copyright|deadline|expires|valid|gultig|letzter beitrag"
    r"|last post|view all|archive|archiv"
)
#: Containers whose dates are those of others: comments, embedded posts, related articles, events, menus.
_FOREIGN_NAME = re.compile(
    r"comment|kommentar|respon[ds]|related|recommend|similar|sidebar|widget|embed|instagram|tweet|twitter|event|calend"
    r"|termin|agenda|teaser|card(?![a-z])|carousel|slider|newest|latest|recent|trending|popular|most-|breadcrumb|footer"
    r"|nav(?![a-z])|menu|ticker|next-|prev|archiv",
    re.IGNORECASE,
)
_DATE_NAME = re.compile(r"(?<![a-z])(?:meta|byline|date|datum|fecha|info)(?![a-z])", re.IGNORECASE)
_OTHERS_NAME = re.compile(r"comment|kommentar|related|recommend|embed|teaser", re.IGNORECASE)
_FOREIGN_TAGS = frozenset({"a", "aside", "nav", "footer", "blockquote", "figure", "form", "table", "head", "iframe"})
_SILENT_TAGS = frozenset({"script", "style", "noscript", "template", "svg", "option", "button", "head", "title"})
_PROSE_TAGS = frozenset({"p", "div", "section"})
#: A date line is at most this long; what is longer is a sentence.
_LINE_MOST = 70
_LABELLED_MOST = 110
#: Elements looked at behind and before the headline: farther away begin the dates of other articles.
_BEHIND, _BEFORE = 45, 14
#: A paragraph of this length is the body; a date behind two of them is no date line.
_BODY_LINE, _BODY_LINES = 220, 2
#: Words beside the date that a date line may have.
_OTHER_WORDS = 6
_WORD = re.compile(r"[^\W\d_]{2,}")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")
_YEAR = re.compile(r"(?:19|20)\d\d")


@dataclass(frozen=True, slots=True)
class Printed:
    """A date that the page prints, and what it says of itself."""

    moment: datetime
    is_time: bool
    label: str | None
    is_behind: bool


def printed_dates(tree: Any, title: str | None, language: str, latest: datetime | None) -> Iterator[Printed]:
    """Date lines beside the headline: those behind it, then those just before it, nearest first."""
    elements = [e for e in tree.iter() if isinstance(e.tag, str)]
    at = _headline_at(elements, title)
    if at is None:
        return
    inside = {*elements[at].iter()}
    behind = [e for e in elements[at + 1 :][: _BEHIND + len(inside)] if e not in inside][:_BEHIND]
    body = 0
    for element in behind:
        if element.tag in _PROSE_TAGS and len(element.text or "") > _BODY_LINE:
            body += 1
        if body == _BODY_LINES:
            break
        if (found := _date_line(element, language, latest, is_behind=True)) is not None:
            yield found
    for element in reversed(elements[max(0, at - _BEFORE) : at]):
        if (found := _date_line(element, language, latest, is_behind=False)) is not None:
            yield found


def _headline_at(elements: list[Any], title: str | None) -> int | None:
    head = fold(title or "")[:40]
    fallback = None
    for number, element in enumerate(elements):
        if element.tag in ("h1", "h2", "h3") and (element.tag == "h1" or head):
            text = fold(clean_text("".join(element.itertext())))
            if len(text) < 4 and element.tag != "h1":
                continue
            if head and (head in text or (len(text) > 15 and text[:40] in fold(title or ""))):
                return number
            if element.tag == "h1" and fallback is None:
                fallback = number
    return fallback


def _date_line(element: Any, language: str, latest: datetime | None, *, is_behind: bool) -> Printed | None:
    if element.tag in _SILENT_TAGS or len(element) > 6:
        return None
    text = _short_text(element)
    if text is None:
        return None
    if element.tag == "time" and (value := element.get("datetime")):
        moment = parse_date(value.strip()[:60], latest=latest, language=language)
    elif len(text) <= _LINE_MOST and _YEAR.search(text):
        moment = _only_date(text, language, latest)
    else:
        return None
    if moment is None or _is_foreign(element):
        return None
    names = f"{element.get('class') or ''} {element.get('itemprop') or ''}"[:120]
    label = _label(text) or _label_before(element) or _label(names)
    if label == "other":
        return None
    return Printed(moment, element.tag == "time", label, is_behind)


def _short_text(element: Any) -> str | None:
    """Text of an element, None when it is more than a line; big containers are not read to their end."""
    parts: list[str] = []
    length = 0
    for part in element.itertext():
        parts.append(part)
        length += len(part)
        if length > 8 * _LINE_MOST:
            return None
    return clean_text("".join(parts))


def _only_date(text: str, language: str, latest: datetime | None) -> datetime | None:
    """The date of a line that says little else."""
    days = _days(text, language)
    if not days:
        return None
    start, end, value = days[0]
    if len({v for _, _, v in days}) > 1 or len(_WORD.findall(text[:start] + " " + text[end:])) > _OTHER_WORDS:
        return None
    return parse_date(value, latest=latest)


def _days(text: str, language: str) -> list[tuple[int, int, str]]:
    """Whole dates; where the page does not tell its language, month names of any."""
    tags = (language,) if language in _months() else _months()
    for tag in tags:
        if found := [day for day in find_dates(text, tag) if _DAY.fullmatch(day[2])]:
            return found
    return []


@cache
def _months() -> tuple[str, ...]:
    return tuple(data()["months"])


def _label(text: str) -> str | None:
    folded = fold(text)
    if _OTHER_LABEL.search(folded):
        return "other"
    if _PUBLISHED_LABEL.search(folded):
        return "published"
    return "changed" if _CHANGED_LABEL.search(folded) else None


def _label_before(element: Any) -> str | None:
    """The label that stands before the element, in its parent or the element before."""
    previous, parent = element.getprevious(), element.getparent()
    if previous is not None:
        own = (previous.text or "")[-60:] if len(previous) == 0 else ""
        before = f"{own} {(previous.tail or '')[-60:]}"
    else:
        before = ((parent.text or "")[-60:]) if parent is not None else ""
    return _label(before)


def _is_foreign(element: Any) -> bool:
    """Whether a date stands in something that is not the article's head."""
    for depth, ancestor in enumerate([element, *element.iterancestors()]):
        names = f"{ancestor.get('class') or ''} {ancestor.get('id') or ''}"[:200]
        # Some themes set the date line as an aside.
        if ancestor.tag == "aside" and _DATE_NAME.search(names):
            continue
        if ancestor.tag in _FOREIGN_TAGS or (depth < 4 and ancestor.tag == "li" and ancestor.find(".//a") is not None):
            return True
        # Whole pages are called "has-sidebar" and "single-event"; only the near containers name the date.
        if depth < 4 and _FOREIGN_NAME.search(names):
            return True
    return False


def labelled_date(tree: Any, language: str, latest: datetime | None) -> datetime | None:
    """A date anywhere that says of itself, in one short line, that the article was published then."""
    for element in tree.iter("p", "div", "span", "small", "li", "td", "time", "em", "i"):
        if element.tag in _SILENT_TAGS or len(element) > 6:
            continue
        for line in element.itertext():
            # Nearly every line of a page comes by here, most of them several times: the year decides first.
            if len(line) > 4 * _LABELLED_MOST or not _YEAR.search(line):
                continue
            text = clean_text(line)
            if not 10 <= len(text) <= _LABELLED_MOST or _label(text) != "published":
                continue
            moment = _only_date(text, language, latest)
            if moment is not None and not _is_foreign_strictly(element):
                return moment
    return None


def _is_foreign_strictly(element: Any) -> bool:
    return any(
        ancestor.tag in ("a", "aside", "nav", "blockquote", "form")
        or _OTHERS_NAME.search(f"{ancestor.get('class')} {ancestor.get('id')}"[:200])
        for ancestor in [element, *element.iterancestors()]
        if ancestor.tag not in ("html", "body")
    )


def first_day_in(tree: Any, month: str, language: str, latest: datetime | None) -> datetime | None:
    """The first date of that month that the page prints."""
    for text in tree.itertext():
        if month[:4] in text and len(text) <= 2000:
            for _, _, value in _days(text, language):
                if value.startswith(month):
                    return parse_date(value, latest=latest)
    return None
