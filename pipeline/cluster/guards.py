"""What keeps two look-alikes apart, whatever the pair model says; each guard has a name that `explain` shows."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.cluster.features import Table
from pipeline.cluster.signature import MIN_TOKENS, Signature, fold
from pipeline.model import Article

#: What a guarded pair scores: worse than the model's own worst, so that one such pair outweighs a sure one.
VETO = -9.0
GUARDS = ("other CVE ids", "one outlet's series", "disclosure and sanction", "beyond the window")

_ROUND_UPS = Path(__file__).parent / "data" / "round_ups.json"
#: A list of this many titles or more in one headline, parted by semicolons or bars, is a round-up.
_PARTS = re.compile(r"\s*[;；|]\s+|[；|｜]")


@lru_cache(maxsize=1)
def round_up_rules() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Name and pattern of each rule for titles of round-ups, newsletters and podcasts; titles are folded."""
    rules = json.loads(_ROUND_UPS.read_text(encoding="utf-8"))
    return tuple((rule["name"], re.compile(rule["pattern"])) for rule in rules)


@lru_cache(maxsize=1)
def _any_round_up() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{rule.pattern})" for _, rule in round_up_rules()))


def is_round_up(article: Article) -> bool:
    """Whether the article lists several events, so that none of them is its own."""
    title = fold(article.title)
    return bool(_any_round_up().search(title)) or len([p for p in _PARTS.split(title) if len(p) > 15]) >= 3


def is_too_little(signature: Signature) -> bool:
    """Whether there is not enough text to know the event by."""
    return len(signature.words) < MIN_TOKENS and not signature.cves


def guard_pairs(
    table: Table, articles: Sequence[Article], signatures: Sequence[Signature],
    left: NDArray[np.int64], right: NDArray[np.int64], *, window_days: float,
) -> NDArray[np.int64]:  # fmt: skip
    """The first guard that bars each pair, as an index into GUARDS; -1 where none does."""
    guard = np.full(len(left), -1, dtype=np.int64)

    def bar(name: str, where: NDArray[np.bool_]) -> None:
        guard[where & (guard < 0)] = GUARDS.index(name)

    gap = np.nan_to_num(np.abs(table.days[left] - table.days[right]))
    bar("beyond the window", gap > window_days)
    bar("other CVE ids", _other_cves(table, left, right))
    topic = _topic_codes(articles)
    bar("disclosure and sanction", topic[left] * topic[right] < 0)
    for row in np.flatnonzero((guard < 0) & (_outlet_codes(articles)[left] == _outlet_codes(articles)[right])):
        if _is_series(articles, signatures, int(left[row]), int(right[row]), gap[row]):
            guard[row] = GUARDS.index("one outlet's series")
    return guard


def _other_cves(table: Table, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Both name CVE ids and share none; what the title names decides over what the text mentions."""
    in_a, in_b = _count(table.cves[a]), _count(table.cves[b])
    shared = _count(table.cves[a].multiply(table.cves[b]))
    title_a, title_b = _count(table.title_cves[a]), _count(table.title_cves[b])
    title_shared = _count(table.title_cves[a].multiply(table.title_cves[b]))
    anywhere: NDArray[np.bool_] = (in_a > 0) & (in_b > 0) & (shared == 0)
    in_titles: NDArray[np.bool_] = (title_a > 0) & (title_b > 0) & (title_shared == 0)
    return anywhere | in_titles


def _count(matrix: object) -> NDArray[np.float64]:
    return np.asarray(matrix.sum(axis=1), dtype=np.float64).ravel()  # type: ignore[attr-defined]


def _topic_codes(articles: Sequence[Article]) -> NDArray[np.int64]:
    """1 for an article on a disclosure alone, -1 for one on a sanction alone, 0 where either may be."""
    codes = np.zeros(len(articles), dtype=np.int64)
    for row, article in enumerate(articles):
        disclosure, sanction = article.topics.get("disclosure", 0.0), article.topics.get("sanction", 0.0)
        if disclosure >= 0.7 and sanction <= 0.2:
            codes[row] = 1
        elif sanction >= 0.7 and disclosure <= 0.2:
            codes[row] = -1
    return codes


def _outlet_codes(articles: Sequence[Article]) -> NDArray[np.int64]:
    codes: dict[str, int] = {}
    return np.array([codes.setdefault(a.site or a.feed, len(codes)) for a in articles], dtype=np.int64)


def _is_series(articles: Sequence[Article], signatures: Sequence[Signature], a: int, b: int, gap_days: float) -> bool:
    """One outlet repeats a title with other numbers or on another day: "Multiples vulnérabilités dans …"."""
    if articles[a].url is not None and articles[a].url == articles[b].url:
        return False
    first, second = signatures[a], signatures[b]
    union = len(np.union1d(first.title, second.title))
    alike = len(np.intersect1d(first.title, second.title, assume_unique=True)) / max(union, 1)
    if alike < 0.8 or articles[a].language != articles[b].language:
        return False
    if set(first.numbers.tolist()) != set(second.numbers.tolist()):
        return True
    return gap_days >= 0.75 and len(first.words) < 60
