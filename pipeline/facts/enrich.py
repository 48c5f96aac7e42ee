"""Facts about CVE ids from public lists: CISA's catalogue of known exploited vulnerabilities and FIRST's EPSS.

Nothing here touches the network or a file: the caller passes the parsed catalogue and the lines of the CSV. Each fact
from a list carries the list's own date in `status` ("as of").
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from pipeline.errors import InputError
from pipeline.model import Article, Fact

_CVE = re.compile(r"CVE-\d{4}-\d{4,7}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """The known exploited vulnerabilities of one day."""

    as_of: date
    #: CVE id -> day it was added.
    added: Mapping[str, date]
    #: CVE ids known to be used by ransomware.
    ransomware: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """EPSS of one day: CVE id -> probability of exploitation in the next 30 days, 0.0 to 1.0."""

    as_of: date
    probability: Mapping[str, float]


def read_kev(catalogue: Mapping[str, Any]) -> Catalogue:
    """Read the parsed JSON of the CISA catalogue.

    Entries without a well-formed id or date are passed over.

    Raises:
        InputError: It is no such catalogue.
    """
    rows = catalogue.get("vulnerabilities")
    released = _day(str(catalogue.get("dateReleased") or catalogue.get("catalogVersion", "")).replace(".", "-", 2))
    if not isinstance(rows, list) or released is None:
        raise InputError("KEV catalogue", "is not a list of vulnerabilities with a release date")
    added: dict[str, date] = {}
    ransomware: set[str] = set()
    for row in rows:
        cve = str(row.get("cveID", "")).strip().upper() if isinstance(row, Mapping) else ""
        day = _day(str(row.get("dateAdded", ""))) if cve else None
        if _CVE.fullmatch(cve) and day is not None:
            added[cve] = day
            if str(row.get("knownRansomwareCampaignUse", "")).casefold() == "known":
                ransomware.add(cve)
    return Catalogue(as_of=released, added=added, ransomware=frozenset(ransomware))


def read_epss(lines: Iterable[str], *, as_of: date | None = None) -> Scores:
    """Read the CSV of EPSS scores: columns cve and epss, the day in a first line "#model_version:…,score_date:…".

    Args:
        lines: Lines of the file; columns are found by name, so the two may stand among others.
        as_of: The day, when the file does not say.
    Raises:
        InputError: The columns or the day are missing, or it is no CSV.
    """
    try:
        return _read_epss(lines, as_of)
    except csv.Error as error:
        raise InputError("EPSS scores", f"no CSV ({error})") from error


def _read_epss(lines: Iterable[str], as_of: date | None) -> Scores:
    rows: list[str] = []
    for line in lines:
        if line.startswith("#"):
            stated = re.search(r"score_date:(\d{4}-\d\d-\d\d)", line)
            as_of = _day(stated[1]) if stated else as_of
        else:
            rows.append(line)
    reader = csv.DictReader(rows)
    if not {"cve", "epss"} <= set(reader.fieldnames or ()):
        raise InputError("EPSS scores", "no columns cve and epss")
    probability: dict[str, float] = {}
    latest: date | None = None
    for row in reader:
        cve, value = (row["cve"] or "").strip().upper(), _number(row["epss"])
        if _CVE.fullmatch(cve) and value is not None and 0 <= value <= 1:
            probability[cve] = value
            day = _day(row.get("as_of") or "")
            latest = max(filter(None, (latest, day)), default=None)
    if as_of is None and latest is None:
        raise InputError("EPSS scores", "no score date")
    return Scores(as_of=as_of or latest or date.min, probability=probability)


def enrich(articles: Iterable[Article], *, kev: Catalogue | None = None, epss: Scores | None = None) -> list[Article]:
    """Add a "kev" and an "epss" fact for each CVE id an article names, replacing those of an earlier list.

    The value of a kev fact is True, its name the CVE id, its unit "ransomware" where the list knows of such use; the
    value of an epss fact is the probability. Both keep the evidence of the id in the text.
    """
    return [replace(article, facts=tuple(_enriched(article, kev, epss))) for article in articles]


def _enriched(article: Article, kev: Catalogue | None, epss: Scores | None) -> Iterable[Fact]:
    replaced = {name for name, given in (("kev", kev), ("epss", epss)) if given is not None}
    for fact in article.facts:
        if fact.type in replaced:
            continue
        yield fact
        if fact.type != "cve":
            continue
        cve = str(fact.value)
        if kev is not None and cve in kev.added:
            unit = "ransomware" if cve in kev.ransomware else None
            yield Fact(
                type="kev", value=True, unit=unit, name=cve, status=kev.as_of.isoformat(), evidence=fact.evidence
            )
        if epss is not None and cve in epss.probability:
            yield Fact(
                type="epss",
                value=epss.probability[cve],
                name=cve,
                status=epss.as_of.isoformat(),
                evidence=fact.evidence,
            )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _number(text: str | None) -> float | None:
    try:
        return float(text or "")
    except ValueError:
        return None
