"""Since when readers may know what a story tells: an update of an old advisory is no news of today."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime, timedelta

from pipeline.model import Article, RankSign
from pipeline.text.normalise import fold
from pipeline.text.quantities import find_quantities

#: News is old when it was out this long before the newest report; until then reports of it are still coming in.
FRESH = timedelta(days=14)
#: What was out this long ago is half forgotten as news; an update says itself that something went before.
_HALF, _UPDATE = 30.0, 0.3
#: An id is taken when a flaw is reported, often months before it is published: last year's says little.
_YEAR_OLD, _YEARS_OLD = 0.3, 0.7
#: Code points of a text that are read, and the most between the words and their date.
_HEAD, _REACH = 3000, 60

#: Words, folded, that say of the date after them that this was out then.
_OUT = re.compile(
    r"\b(?:(?:originally|initially|first|previously|already) (?:published|released|disclosed|issued|patched|fixed)|"
    r"(?:was|were|been) (?:disclosed|patched|fixed|addressed)|initial (?:release|publication|version)|"
    r"(?:publiee?s?|divulguee?s?|corrigee?s?) (?:initialement|pour la premiere fois)|initialement "
    r"(?:publiee?s?|divulguee?s?|corrigee?s?)|version initiale|(?:bulletin|avis|alerte) initiale?|"
    r"mise a jour (?:du bulletin|de l.avis|de l.alerte)|"
    r"erstmals|ursprunglich|erstveroffentlichung|(?:publicad[oa]s?|divulgad[oa]s?) (?:originalmente|inicialmente)|"
    r"pubblicat[oaie] (?:originariamente|inizialmente|per la prima volta)|oorspronkelijk|"
    r"opublikowan[eya] pierwotnie|versao inicial|version inicial)\b"
)
#: A title, folded, that opens by calling itself an update; "security update" and "update now" do not.
_UPDATES = re.compile(
    r"^\W*(?:update|updated|maj|mise a jour|aktualisiert|aktualizacja|actualizacion|atualizacao|aggiornamento)"
    r"(?: ?(?:n ?[°o]? ?)?\d{1,2})?\s?(?:[:\])]|[-–—] ?)"
)
_SENTENCE_END = re.compile(r"(?<!\d)[.!?](?=\s)|\n")
_EXPLOITED = ("exploited", "kev")
_CVE_YEAR = re.compile(r"CVE-(\d{4})-\d+", re.IGNORECASE)


def known(articles: Iterable[Article], newest: datetime) -> tuple[float, RankSign] | None:
    """How old the news is that these own reports of one story tell, 0 to 1, and why; None when nothing says so.

    Dates and ids are read of flaws alone: of a fine or a breach the past is the subject. Exploitation, or a place on
    the KEV list, is news of its own, however old the flaw. Reports that disagree are read in favour of the news.
    """
    chosen = list(articles)
    updates = [sign for article in chosen if (sign := _update(article))]
    signs = [updates[0]] if 2 * len(updates) > len(chosen) else []
    facts = [fact for article in chosen for fact in article.facts]
    # A report on a gang cites old ids too; what a title names is its subject.
    years = {int(year) for a in chosen for year in _CVE_YEAR.findall(a.title)}
    of_a_flaw = bool(years) or any(f.type == "cve" for f in facts)
    if of_a_flaw and not any(f.type == "measure" or (f.type in _EXPLOITED and f.value is not False) for f in facts):
        dated = [sign for article in chosen if (sign := _out_before(article, newest))]
        signs += [min(dated, key=lambda sign: (sign[0], sign[1].note))] if dated else []
        if years and (age := newest.year - max(years)) > 0:
            old_id = RankSign(name="known_id", note=f"CVE id of {max(years)}", text=str(max(years)))
            signs.append((_YEAR_OLD if age == 1 else _YEARS_OLD, old_id))
    return max((sign for sign in signs if sign[0] > 0), key=lambda sign: (sign[0], sign[1].note), default=None)


def _update(article: Article) -> tuple[float, RankSign] | None:
    sign = RankSign(name="known_update", note="calls itself an update")
    return (_UPDATE, sign) if _UPDATES.search(fold(article.title)) else None


def _out_before(article: Article, newest: datetime) -> tuple[float, RankSign] | None:
    """The latest date that the report gives for when its flaw was first published or patched; 0 for a fresh one."""
    text = article.text[:_HEAD]
    # Read letter by letter, so that places agree with the text's.
    plain = "".join(fold(letter)[:1] or " " for letter in text)
    days = []
    for match in _OUT.finditer(plain):
        after = _SENTENCE_END.split(text[match.end() : match.end() + _REACH], maxsplit=1)[0]
        values = [str(q.value) for q in find_quantities(after, article.language) if q.kind == "date"]
        days += [day for value in values[:1] if (day := _day(value, newest.date()))]
    if not days:
        return None
    age = newest.date() - max(days)
    since = max(days).isoformat()
    sign = RankSign(name="known_since", note=f"out since {since}", text=since)
    return (1.0 - 0.5 ** (age.days / _HALF) if age > FRESH else 0.0), sign


def _day(value: str, newest: date) -> date | None:
    """The last day that a date of `find_quantities` may mean; None for a year alone, which says too little."""
    if value.startswith("--"):
        this_year = _day(f"{newest.year}-{value[2:]}", newest)
        return this_year if this_year is None or this_year <= newest else _day(f"{newest.year - 1}-{value[2:]}", newest)
    parts = [int(part) for part in value.split("-") if part.isdigit()]
    if len(parts) < 2:
        return None
    try:
        if len(parts) == 2:
            return date(parts[0] + parts[1] // 12, parts[1] % 12 + 1, 1) - timedelta(days=1)
        return date(*parts[:3])
    except ValueError:
        return None
