"""Features of a title and its first words: concepts (any language), and hashed words (the languages trained on)."""

from __future__ import annotations

import re
import zlib
from bisect import bisect_right
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.concepts import Hit, concept_names, find_concepts, fold_text
from pipeline.text.scripts import EAST_ASIAN

#: Characters of the text that are read beside the title; the training leads have about as many.
LEAD_CHARACTERS = 420
TITLE_CHARACTERS = 250
#: Buckets of the hashed words; with eight times fewer, unlike words share one and cross-validated F1 is a point lower.
BUCKETS = 1 << 18

_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|[。！？；\n|]+")
_UNITS = re.compile(rf"[{EAST_ASIAN}\u0e00-\u0e7f]|[^\W_]+")
_NUMBER = re.compile(r"\d")

_MEASURES = ("fine", "sanction", "ban", "suspend", "export_control", "convict", "formal_step", "lifted")
#: Concepts that mean more together than apart, when they stand in one sentence.
PAIRS: tuple[tuple[str, str], ...] = (
    *(("authority", measure) for measure in _MEASURES),
    *(("court", measure) for measure in ("fine", "convict", "formal_step", "lifted", "ban")),
    ("fine", "amount"), ("formal_step", "amount"), ("convict", "duration"), ("suspend", "duration"),
    ("breach", "fine"), ("malware", "sanction"), ("malware", "convict"), ("ransomware", "sanction"),
    ("ransomware", "convict"),
    ("attack", "convict"), ("attack", "sanction"), ("phishing", "convict"), ("ransomware", "vulnerability"),
    ("attack", "vulnerability"), ("breach", "convict"),
    ("vulnerability", "patch"), ("vulnerability", "exploit"), ("vulnerability", "advisory"),
    ("vulnerability", "flaw_kind"), ("vulnerability", "bounty"), ("vulnerability", "cve"), ("patch", "version"),
    ("vulnerability", "malware"), ("vulnerability", "breach"), ("vulnerability", "marketing"), ("zero_day", "exploit"),
    *(("field", measure) for measure in _MEASURES), ("field", "authority"), ("other_crime", "convict"),
    ("vulnerability", "reporting"), ("vulnerability", "suspend"), ("vulnerability", "sanction"),
    ("vulnerability", "authority"), ("reporting", "suspend"), ("reporting", "authority"),
    ("vulnerability", "flaw_business"), ("patch", "flaw_business"), ("backdoor", "vulnerability"),
    ("exploit", "flaw_business"), ("authority", "arrest"), ("takedown", "arrest"),
    ("rulemaking", "fine"), ("rulemaking", "sanction"), ("rulemaking", "ban"),
    *((other, measure) for other in ("appeal", "own_rule", "vendor") for measure in ("fine", "sanction", "ban")),
    ("vendor", "authority"), ("appeal", "authority"),
    ("lawsuit", "fine"), ("lawsuit", "authority"),
    ("ai_model", "suspend"), ("ai_model", "ban"), ("ai_model", "vulnerability"), ("ai_model", "flaw_kind"),
    ("breach", "personal_data"), ("breach", "victims"),
    ("breach", "authority"), ("study", "vulnerability"), ("study", "exploit"), ("marketing", "patch"),
    ("breach", "formal_step"),
    *(("lets_in", other) for other in ("demonstration", "lock", "patch", "product", "ai_model", "vulnerability")),
    *(("demonstration", other) for other in ("lock", "patch", "product", "ai_model", "vulnerability")),
    ("lock", "patch"), ("lock", "vulnerability"), ("faulty", "vulnerability"), ("faulty", "patch"),
    *((told, other) for told in ("pays", "imposes", "cut_off") for other in ("authority", "field")),
    ("pays", "amount"), ("imposes", "amount"), ("cut_off", "vendor"), ("plea", "convict"), ("plea", "court"),
    *((talk, measure) for talk in ("threat", "opinion", "fake", "other_field")
      for measure in ("fine", "sanction", "ban")),
    *(("duration", crime) for crime in ("attack", "malware", "phishing", "ransomware", "court")),
    *(("amount", other) for other in ("authority", "breach", "court")),
    ("threat", "amount"), ("other_field", "convict"), ("other_field", "suspend"), ("fake", "authority"),
)  # fmt: skip


#: Concepts that stand for one another: together they say what no pair of single concepts does.
GROUPS: dict[str, tuple[str, ...]] = {
    "power": ("authority", "court", "state"),
    "hard measure": ("fine", "sanction", "export_control", "convict"),
    "measure": _MEASURES,
    "object": ("field", "vendor", "ai_model", "personal_data", "breach", "attack", "malware", "ransomware", "phishing"),
    "flaw": ("vulnerability", "zero_day", "flaw_kind", "cve"),
    "telling": ("reporting", "bounty"),
    "handling": ("patch", "exploit", "advisory", "bounty", "reporting"),
    "incident": ("breach", "attack", "malware", "ransomware", "phishing", "arrest"),
    "talk": ("marketing", "flaw_business", "study", "round_up"),
    "doubt": ("appeal", "own_rule", "lawsuit", "rulemaking", "other_crime"),
    "told": ("pays", "imposes", "cut_off"),
    "not yet": ("threat", "plea", "appeal", "rulemaking"),
    "elsewhere": ("other_field", "other_crime", "own_rule", "fake", "opinion"),
    "effect": ("lets_in", "lock"),
    "finding": ("demonstration", "bounty"),
}
#: Which groups must be there, and (after "-") which must not, in the title, in one sentence of the text, anywhere.
BLENDS: tuple[str, ...] = (
    "power + measure", "power + hard measure", "power + measure + object", "hard measure + object",
    "measure + object", "measure - power", "hard measure - power", "measure - object", "power + measure - doubt",
    "measure + doubt", "measure + talk", "power + object - measure",
    "flaw + handling", "flaw - handling", "flaw + handling - talk", "flaw + talk", "flaw + incident",
    "flaw - incident", "incident - flaw", "handling - flaw", "flaw + power", "flaw + measure", "flaw + power + measure",
    "flaw + telling + power", "flaw + telling + measure", "flaw + telling + power + measure",
    "incident + measure", "flaw + product", "product + handling", "product - flaw",
    "power + told", "told - power", "power + told + object", "told + object - power", "told - measure",
    "measure + told", "measure + not yet", "measure - not yet", "hard measure + not yet", "told + not yet",
    "measure + elsewhere", "hard measure - elsewhere", "power + measure - elsewhere",
    "effect + finding", "effect + product", "effect + handling", "effect - flaw", "effect + incident",
    "effect + product - incident", "finding + product", "finding + handling", "effect + finding - incident",
)  # fmt: skip
#: What is said of the order of things, title and first words apart.
_ORDERS = ("power, then measure", "measure, then power", "measure, then object", "product, then flaw", "flaw first",
           "measure first", "incident first")  # fmt: skip
_NEAR = 60
_PLACES = ("title", "one sentence", "anywhere")


@lru_cache(maxsize=1)
def _columns() -> tuple[dict[str, int], NDArray[np.intp], NDArray[np.intp], NDArray[np.float32], NDArray[np.intp]]:
    """Column of each concept; columns of both sides of PAIRS; concepts by groups; per blend what it asks for."""
    index = {name: i for i, name in enumerate(concept_names())}
    groups = [*GROUPS, "product"]
    members = np.zeros((len(index), len(groups)), dtype=np.float32)
    for column, group in enumerate(groups):
        for name in GROUPS.get(group, (group,)):
            members[index[name], column] = 1.0
    asked = np.zeros((len(BLENDS), len(groups)), dtype=np.intp)
    for row, blend in enumerate(BLENDS):
        wanted, _, barred = blend.partition(" - ")
        for group in wanted.split(" + "):
            asked[row, groups.index(group)] = 1
        if barred:
            asked[row, groups.index(barred)] = -1
    one, other = (np.array([index[pair[side]] for pair in PAIRS], dtype=np.intp) for side in (0, 1))
    return index, one, other, members, asked


def concept_rows(titles: Sequence[str], leads: Sequence[str]) -> NDArray[np.float32]:
    """Each concept in the title, how often and how early in the lead, pairs, blends and orders: a row a text."""
    index, one, other, members, asked = _columns()
    size, n = len(index), len(titles)
    in_title, counts, early, anywhere = (np.zeros((n, size), dtype=np.float32) for _ in range(4))
    orders = np.zeros((n, 2 * len(_ORDERS)), dtype=np.float32)
    owners: list[int] = []
    sentences: list[set[int]] = []
    for row, (title, lead) in enumerate(zip(titles, leads, strict=True)):
        title_hits = find_concepts(fold_text(title[:TITLE_CHARACTERS]))
        folded = fold_text(lead[:LEAD_CHARACTERS])
        lead_hits = find_concepts(folded)
        for hit in title_hits:
            in_title[row, index[hit.concept]] = 1.0
        ends = [match.start() for match in _SENTENCE_END.finditer(folded)] if lead_hits else []
        found: dict[int, set[int]] = {}
        for hit in lead_hits:
            column = index[hit.concept]
            counts[row, column] += 1.0
            if hit.start < 150:
                early[row, column] = 1.0
            found.setdefault(bisect_right(ends, hit.start), set()).add(column)
        owners += [row] * len(found)
        sentences += found.values()
        orders[row] = (*_orders(title_hits), *_orders([hit for hit in lead_hits if hit.start < 150]))
    anywhere[:] = np.maximum(in_title, counts > 0)
    rows = np.array(owners, dtype=np.intp)
    by_sentence = np.zeros((len(sentences), size), dtype=np.float32)
    for row, columns in enumerate(sentences):
        by_sentence[row, list(columns)] = 1.0
    together = np.zeros((n, len(PAIRS)), dtype=np.float32)
    blended = np.zeros((n, len(BLENDS)), dtype=np.float32)
    np.maximum.at(together, rows, by_sentence[:, one] * by_sentence[:, other])
    np.maximum.at(blended, rows, _blends(by_sentence, members, asked))
    found_rows: NDArray[np.float32] = np.hstack([
        in_title, np.log1p(counts), early, in_title[:, one] * in_title[:, other], together,
        _blends(in_title, members, asked), blended, _blends(anywhere, members, asked), orders,
    ])  # fmt: skip
    return found_rows


def concept_feature_names() -> list[str]:
    """What each column of `concept_rows` says, for explanations."""
    names = concept_names()
    pairs = [f"{one} + {other}" for one, other in PAIRS]
    return [
        *(f"{name} (title)" for name in names), *(f"{name} (text)" for name in names),
        *(f"{name} (first words)" for name in names),
        *(f"{pair} (title)" for pair in pairs), *(f"{pair} (one sentence)" for pair in pairs),
        *(f"{blend} ({place})" for place in _PLACES for blend in BLENDS),
        *(f"{order} ({place})" for place in ("title", "first words") for order in _ORDERS),
    ]  # fmt: skip


def _blends(present: NDArray[np.float32], members: NDArray[np.float32], asked: NDArray[np.intp]) -> NDArray[np.float32]:
    """Shape (n, blends): 1.0 where every group asked for is there and none that is barred."""
    there = (present @ members > 0).astype(np.float32)
    wanted, barred = (asked == 1).astype(np.float32), (asked == -1).astype(np.float32)
    fits: NDArray[np.bool_] = (there @ wanted.T >= wanted.sum(axis=1)) & (there @ barred.T == 0)
    return fits.astype(np.float32)


def _orders(hits: Sequence[Hit]) -> tuple[float, ...]:
    """The values of _ORDERS for the hits of one part, given by position."""
    if not hits:
        return (0.0,) * len(_ORDERS)
    power, measure, things, product, flaw, incident = (
        [hit.start for hit in hits if hit.concept in group] for group in _ORDER_GROUPS
    )
    return (
        _follows(power, measure), _follows(measure, power), _follows(measure, things), _follows(product, flaw),
        float(bool(flaw) and flaw[0] <= min((*measure, *incident), default=999)),
        float(bool(measure) and measure[0] <= min((*flaw, *incident), default=999)),
        float(bool(incident) and incident[0] < min((*flaw, *measure), default=999)),
    )  # fmt: skip


_ORDER_GROUPS = tuple(
    frozenset(GROUPS.get(name, (name,))) for name in ("power", "measure", "object", "product", "flaw", "incident")
)


def _follows(first: Sequence[int], second: Sequence[int]) -> float:
    """1.0 when one of the second starts within _NEAR characters after one of the first."""
    return float(any(0 < b - a <= _NEAR for a in first for b in second))


def word_features(title: str, lead: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Hashed words and word pairs (characters and character pairs where words are not parted): buckets and values.

    Each part of `word_parts` has length 1, so a long lead does not outweigh the title.
    """
    parts = word_parts(title, lead)
    values = [np.full(len(part), 1.0 / max(1.0, len(part) ** 0.5), dtype=np.float32) for part in parts]
    return np.array([bucket for part in parts for bucket in part], dtype=np.int64), np.concatenate(values)


def word_parts(title: str, lead: str) -> tuple[dict[int, str], ...]:
    """Bucket -> the term that fell into it: of the title, of the lead, of both together.

    Where a word stands matters, so title and lead have buckets of their own. What a rare word means hardly depends on
    that, so both share a third set: what was learned of it in leads then holds in titles.
    """
    in_title, in_lead = _terms(title[:TITLE_CHARACTERS]), _terms(lead[:LEAD_CHARACTERS])
    parts = (("t", in_title), ("l", in_lead), ("b", [*in_title, *in_lead]))
    return tuple({_bucket(part, term): term for term in terms} for part, terms in parts)


def _terms(text: str) -> list[str]:
    units = _UNITS.findall(_NUMBER.sub("0", fold_text(text)))
    return [*units, *map(" ".join, pairwise(units))]


@lru_cache(maxsize=1 << 17)
def _bucket(part: str, term: str) -> int:
    return zlib.crc32(f"{part}:{term}".encode(errors="replace")) % BUCKETS
