"""Precision, recall and F1 of facts against texts annotated by reading.

    python bench/facts.py --data DIR [--show FIELD]

DIR holds items.jsonl (id, lang, title, lead, gold) in a folder facts-gold, and optionally gdpr-fines/*.jsonl.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.facts import find_facts
from pipeline.facts.actors import authority_id
from pipeline.facts.homonyms import body_of
from pipeline.model import Article, Fact
from pipeline.text.lands import find_lands
from pipeline.text.names import name_key, same_name
from pipeline.text.normalise import fold
from pipeline.text.quantities import find_quantities

Same = Callable[[Any, Any], bool]


def measure(data: Path) -> dict[str, float]:
    """All figures, 0.0 to 1.0, by name; `articles_per_second` beside them."""
    folder = data / "facts-gold" if (data / "facts-gold").exists() else data
    figures: dict[str, float] = {}
    if (folder / "items.jsonl").exists():
        figures |= _gold(folder / "items.jsonl", show=None)
    fines = data / "gdpr-fines" / "enforcementtracker.jsonl"
    if fines.exists():
        figures |= _gdpr(data / "gdpr-fines")
    return figures


def _articles(rows: Iterable[dict[str, Any]]) -> list[Article]:
    return [
        Article(
            id=row["id"],
            feed="gold",
            url=None,
            title=row["title"],
            paragraphs=(row["lead"],) if row["lead"] else (),
            language={"xx": "und"}.get(row["lang"], row["lang"]),
            published=datetime.fromisoformat(f"{row['published']}T06:00:00+00:00") if "published" in row else None,
        )
        for row in rows
    ]


def _gold(path: Path, *, show: str | None) -> dict[str, float]:
    rows = list(_lines(path))
    find_facts(_articles(rows[:5]))  # load the word lists before the clock runs
    started = time.perf_counter()
    found = find_facts(_articles(rows))
    seconds = time.perf_counter() - started
    figures = {"articles_per_second": len(rows) / seconds}
    for name, (hits, misses, extras) in count(rows, found, show=show).items():
        figures |= _scores(name, hits, misses, extras)
    spurious = sum(
        1
        for row, a in zip(rows, found, strict=True)
        if not row["gold"]["sanctions"] and any(f.type == "measure" for f in a.facts)
    )
    silent = sum(1 for row in rows if not row["gold"]["sanctions"])
    figures["measure_on_disclosures"] = spurious / silent if silent else 0.0
    return figures


def read_news(folder: Path, half: str | None = None) -> list[dict[str, Any]]:
    """The invented news of tests/data/facts_news, one file a language; of one half ("open", "held") or all."""
    rows = [row for path in sorted(folder.glob("*.jsonl")) for row in _lines(path)]
    return [row for row in rows if half in (None, row["half"])]


def count(
    rows: Sequence[dict[str, Any]], found: Sequence[Article] | None = None, *, show: str | None = None
) -> dict[str, tuple[int, int, int]]:
    """Right, missed and wrong values by field; `show` prints the items where a field has any of the latter two."""
    found = find_facts(_articles(rows)) if found is None else found
    counts: dict[str, tuple[int, int, int]] = {}
    for name, (wanted, given, same) in _FIELDS.items():
        hits = misses = extras = 0
        # Sanctions are scored on sanction items and disclosures on disclosure items, as the README of the set says.
        block = "disclosure" if name in ("cve", "product", "exploited", "patched") else "sanctions"
        for row, article in zip(rows, found, strict=True):
            if not row["gold"][block]:
                continue
            gold, mine = wanted(row["gold"] | {"lang": row["lang"]}), given(list(article.facts))
            matched = {g for g in gold if any(same(g, m) for m in mine)}
            wrong = {m for m in mine if not any(same(g, m) for g in gold)}
            hits, misses, extras = hits + len(matched), misses + len(gold - matched), extras + len(wrong)
            if show == name and (gold - matched or wrong):
                print(row["id"], row["lang"], "|", row["title"], "|", row["lead"][:300])
                print("    missed", gold - matched, " wrong", wrong, " right", matched)
        counts[name] = hits, misses, extras
    return counts


def _scores(name: str, hits: int, misses: int, extras: int) -> dict[str, float]:
    precision = hits / (hits + extras) if hits + extras else 0.0
    recall = hits / (hits + misses) if hits + misses else 0.0
    f1 = 2 * precision * recall / (precision + recall) if hits else 0.0
    return {f"{name}_precision": precision, f"{name}_recall": recall, f"{name}_f1": f1}


def _equal(a: Any, b: Any) -> bool:
    return bool(a == b)


def _values(facts: list[Fact], kind: str) -> set[Hashable]:
    return {f.value for f in facts if f.type == kind}


def _authorities(facts: list[Fact]) -> set[Hashable]:
    return {authority_id(f.name or str(f.value)) for f in facts if f.type == "authority"}


def _gold_authorities(gold: dict[str, Any]) -> set[Hashable]:
    """Joint authorities stand apart by "; ", names of one and the same by " / ": either is right."""
    return {
        frozenset(authority_id(name) for name in part.split(" / "))
        for s in gold["sanctions"]
        if s["authority"]
        for part in s["authority"].split("; ")
    }


def _gold_targets(gold: dict[str, Any]) -> set[Hashable]:
    return {t for s in gold["sanctions"] for t in s["targets"]}


def _gold_amounts(gold: dict[str, Any]) -> set[Hashable]:
    return {(float(s["amount"]), s["currency"]) for s in gold["sanctions"] if s["amount"] is not None}


def _gold_durations(gold: dict[str, Any]) -> set[Hashable]:
    days: set[Hashable] = set()
    for s in gold["sanctions"]:
        for language in dict.fromkeys((gold["lang"], "en", "fr", "zh")):
            found = [q for q in find_quantities(s["duration"] or "", language) if q.days]
            if found:
                days.add(
                    sum(q.days for q in found if q.days)
                    if [q.unit for q in found] == ["year", "month"]
                    else found[0].days
                )
                break
    return days


def _durations(facts: list[Fact]) -> set[Hashable]:
    lengths = {"day": 1.0, "week": 7.0, "month": 365.25 / 12, "year": 365.25}
    return {float(f.value) * lengths[f.unit or "day"] for f in facts if f.type == "duration"}


def _disclosed(field: str) -> Callable[[dict[str, Any]], set[Hashable]]:
    return lambda gold: set(gold["disclosure"][field]) if gold["disclosure"] else set()


def _disclosed_flag(field: str) -> Callable[[dict[str, Any]], set[Hashable]]:
    def get(gold: dict[str, Any]) -> set[Hashable]:
        value = gold["disclosure"][field] if gold["disclosure"] else None
        return set() if value is None else {value}

    return get


def _same_amount(gold: tuple[float, str | None], found: tuple[float, str | None]) -> bool:
    """Equal; where the text leaves the currency out, its country's is right."""
    return gold[0] == found[0] and gold[1] in (None, found[1])


def _same_target(a: str, b: str) -> bool:
    return same_name(a, b) or fold(a) == fold(b)


def _same_product(a: str, b: str) -> bool:
    first, second = name_key(str(a)), name_key(str(b))
    return first == second or f" {second} " in f" {first} " or f" {first} " in f" {second} "


#: The guidelines have no word for a lowered measure: it is upheld, with less.
_AS_ANNOTATED = {"reduced": "upheld"}
Reader = Callable[[dict[str, Any]], set[Hashable]]
#: Field: the gold values of an item, the values found, when two are the same.
_FIELDS: dict[str, tuple[Reader, Callable[[list[Fact]], set[Hashable]], Same]] = {
    "authority": (_gold_authorities, _authorities, lambda names, name: name in names),
    "target": (_gold_targets, lambda facts: {f.name for f in facts if f.type == "target"}, _same_target),
    "measure": (lambda g: {s["measure"] for s in g["sanctions"]}, lambda facts: _values(facts, "measure"), _equal),
    "measure_and_status": (
        lambda g: {(s["measure"], s["status"]) for s in g["sanctions"]},
        lambda facts: {(f.value, _AS_ANNOTATED.get(str(f.status), f.status)) for f in facts if f.type == "measure"},
        _equal,
    ),
    "amount": (_gold_amounts, lambda facts: {(f.value, f.unit) for f in facts if f.type == "amount"}, _same_amount),
    "duration": (_gold_durations, _durations, lambda a, b: abs(a - b) < 1),
    "cve": (_disclosed("cves"), lambda facts: _values(facts, "cve"), _equal),
    "product": (_disclosed("products"), lambda facts: _values(facts, "product"), _same_product),
    "exploited": (_disclosed_flag("exploited"), lambda facts: _values(facts, "exploited"), _equal),
    "patched": (_disclosed_flag("patched"), lambda facts: _values(facts, "patched"), _equal),
}


def _gdpr(folder: Path) -> dict[str, float]:
    """Decisions whose summary states the value: is it found there?"""
    figures: dict[str, float] = {}
    amounts = [0, 0]
    targets = [0, 0, 0]
    for row in _lines(folder / "enforcementtracker.jsonl"):
        if not row["fine_eur"]:
            continue
        stated = {q.value for q in find_quantities(row["summary"], "en") if q.kind == "amount" and q.unit == "EUR"}
        if float(row["fine_eur"]) in stated:
            amounts[1] += 1
            amounts[0] += float(row["fine_eur"]) in _found(row["summary"], "amount")
        named = row["controller"]
        if named and len(named) > _SHORT_NAME and named.lower() in row["summary"].lower():
            found = _found(row["summary"], "target", by_name=True)
            right = {name for name in found if _same_target(str(name), named) or fold(str(name)) in fold(named)}
            targets = [targets[0] + bool(right), targets[1] + (not right), targets[2] + len(found - right)]
    right_targets, missed, wrong = targets
    figures["gdpr_target_precision"] = right_targets / max(1, right_targets + wrong)
    figures["gdpr_target_recall"] = right_targets / max(1, right_targets + missed)
    figures["gdpr_amount_recall"] = amounts[0] / max(1, amounts[1])
    laws, authorities = [0, 0], [0, 0]
    for row in _lines(folder / "gdprhub.jsonl"):
        summary = row["summary"]
        if "GDPR" in summary and row["fine"]:
            laws[1] += 1
            laws[0] += any(str(v).startswith("GDPR") for v in _found(summary, "legal_basis"))
        short = row["authority"].removeprefix("DPA: ").split(" (")[0]
        if row["authority"].startswith("DPA: ") and row["fine"] and short in summary and "fine" in summary:
            authorities[1] += 1
            lands = find_lands(row["jurisdiction"])
            expected = next(filter(None, (body_of(short, land) for land in lands)), authority_id(short))
            authorities[0] += fold(expected) in {fold(str(name)) for name in _found(summary, "authority")}
    figures["gdpr_legal_basis_recall"] = laws[0] / max(1, laws[1])
    figures["gdpr_authority_recall"] = authorities[0] / max(1, authorities[1])
    return figures


#: Names of so few letters say nothing.
_SHORT_NAME = 3


def _found(summary: str, kind: str, *, by_name: bool = False) -> set[Hashable]:
    article = Article(id="x", feed="gdpr", url=None, title="", paragraphs=(summary,), language="en")
    return {fact.name if by_name else fact.value for fact in find_facts([article])[0].facts if fact.type == kind}


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from (json.loads(line) for line in file)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--show", help="print the items where this field is missed or wrong")
    parser.add_argument("--half", choices=("open", "held"), help="DIR holds news in JSON Lines; this half of them only")
    arguments = parser.parse_args()
    if next(arguments.data.glob("*.jsonl"), None) and not (arguments.data / "items.jsonl").exists():
        _print_news(read_news(arguments.data, arguments.half), show=arguments.show)
        return
    if arguments.show:
        _gold(arguments.data / "facts-gold" / "items.jsonl", show=arguments.show)
    for name, value in measure(arguments.data).items():
        print(f"{name:28} {value:.3f}")


def _print_news(rows: Sequence[dict[str, Any]], *, show: str | None) -> None:
    """Precision, recall and F1 by field, then F1 by language (a dash where the language has no such value)."""
    for name, counts in count(rows, show=show).items():
        print(f"{name:28}", *(f"{value:.2f}" for value in _scores(name, *counts).values()), counts)
    languages = sorted({row["lang"] for row in rows})
    print(f"\n{'F1':20}", *(f"{language:>5}" for language in languages))
    by_language = [count([row for row in rows if row["lang"] == language]) for language in languages]
    for name in _FIELDS:
        cells = [
            f"{_scores(name, *counts[name])[f'{name}_f1']:5.2f}" if any(counts[name]) else "    -"
            for counts in by_language
        ]
        print(f"{name:20}", *cells)


if __name__ == "__main__":
    main()
