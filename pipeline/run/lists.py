"""Public lists about flaws: fetched once a day, kept in the data folder, and added to the facts of the articles.

A list that cannot be had costs nothing but itself: the one of an earlier day stands in, and each fact says the day of
its list.
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TypeVar

from pipeline.errors import DigestError, InputError
from pipeline.facts.enrich import Catalogue, Scores, enrich, read_epss, read_kev
from pipeline.model import Article, Fact
from pipeline.run.output import write_whole
from pipeline.run.shop import Shop

_T = TypeVar("_T")

#: Both lists appear once a day; a run every morning is to have each day's.
_FRESH = timedelta(hours=20)
#: Larger answers are no such list: the catalogue has 2 MB, the scores 3 MB packed and 12 MB unpacked. Reading takes ten
#: times the memory.
_MAX_BYTES, _MAX_UNPACKED = 30_000_000, 60_000_000
#: Seconds without a byte after which a server is given up for today.
_STALL = 20.0
#: Seconds for a whole list: one that comes octet by octet must not hold the run. They are some megabytes.
_DEADLINE = 300.0


def add_lists(shop: Shop, data: Path, closed: datetime) -> None:
    """Bring the lists up to date, and the articles that name a CVE id up to the lists.

    Args:
        shop: The run.
        data: Folder of the data; the lists lie in its folder "lists".
        closed: End of the edition's news: what was listed later is not told.
    """
    settings = shop.config.settings.lists
    folder = data / "lists"
    kev = _listed(shop, "kev", settings.kev, folder, _read_kev)
    epss = _listed(shop, "epss", settings.epss, folder, _read_epss)
    if kev is None and epss is None:
        return
    if kev is not None:
        last = (closed - timedelta(microseconds=1)).date()
        kev = replace(kev, added={cve: day for cve, day in kev.added.items() if day <= last})
    opened = closed - shop.config.settings.stories.window
    articles = shop.store.articles_between(opened, closed + timedelta(microseconds=1))
    named = [article for article in articles if any(fact.type == "cve" for fact in article.facts)]
    changed = [
        after
        for before, after in zip(named, enrich(named, kev=kev, epss=epss), strict=True)
        if _told(before) != _told(after)
    ]
    shop.store.save_articles(changed)


def _listed(shop: Shop, name: str, url: str | None, folder: Path, read: Callable[[Path], _T]) -> _T | None:
    """The list that is configured, from the network when it is due, else as it lies there; None when there is none."""
    if url is None:
        return None
    path, noted = folder / name, folder / f"{name}.json"
    try:
        if shop.http is not None and _is_due(noted, url, shop.now):
            fresh = folder / f"{name}.new"
            folder.mkdir(parents=True, exist_ok=True)
            shop.http.download(url, fresh, max_bytes=_MAX_BYTES, stall=_STALL, deadline=_DEADLINE)
            found = read(fresh)  # what is no such list does not replace one
            fresh.replace(path)
            write_whole(noted, json.dumps({"url": url, "fetched": shop.now.isoformat()}) + "\n")
            shop.report.lists.append(f"{name}: fetched")
            return found
    except (DigestError, OSError) as error:
        reason = f"{name}: {error}"
        shop.report.lists.append(f"{reason}{'; the one of an earlier day is used instead' if path.exists() else ''}")
    try:
        return read(path) if path.exists() else None
    except (DigestError, OSError) as error:
        shop.report.lists.append(f"{name}: {error}")
        return None


def _is_due(noted: Path, url: str, now: datetime) -> bool:
    try:
        kept = json.loads(noted.read_text(encoding="utf-8"))
        age = now - datetime.fromisoformat(kept["fetched"])
    except (OSError, ValueError, KeyError, TypeError):
        return True
    return kept.get("url") != url or not timedelta(0) <= age < _FRESH


def _read_kev(path: Path) -> Catalogue:
    try:
        value = json.loads(_unpacked(path))
    except (ValueError, RecursionError) as error:
        raise InputError("KEV catalogue", "is not JSON") from error
    if not isinstance(value, Mapping):
        raise InputError("KEV catalogue", "is not a list of vulnerabilities with a release date")
    return read_kev(value)


def _read_epss(path: Path) -> Scores:
    return read_epss(_unpacked(path).decode("utf-8", "replace").splitlines())


def _unpacked(path: Path) -> bytes:
    """The bytes of a file, gzipped or not.

    Raises:
        InputError: Damaged, or larger than any such list.
    """
    with path.open("rb") as file:
        is_packed = file.read(2) == b"\x1f\x8b"
    try:
        with gzip.open(path) if is_packed else path.open("rb") as opened:
            found: bytes = opened.read(_MAX_UNPACKED + 1)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise InputError(path.name, "the packed file is damaged") from error
    if len(found) > _MAX_UNPACKED:
        raise InputError(path.name, f"is larger than {_MAX_UNPACKED // 1_000_000} MB")
    return found


def _told(article: Article) -> set[tuple[str, str | None, str]]:
    """What readers would see of the lists: the day of a list alone is no change."""
    return {(fact.type, fact.name, _seen(fact)) for fact in article.facts if fact.type in ("kev", "epss")}


def _seen(fact: Fact) -> str:
    return f"{fact.value:.2f}" if isinstance(fact.value, float) else f"{fact.value} {fact.unit}"
