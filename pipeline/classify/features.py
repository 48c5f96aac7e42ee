"""Features of a title and its first words: concepts (any language), and hashed words (the languages trained on)."""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from pipeline.classify.concepts import Hit, concept_names, find_concepts, fold_text

#: Characters of the text that are read beside the title; the training leads have about as many.
LEAD_CHARACTERS = 420
TITLE_CHARACTERS = 250
#: Buckets of the hashed words.
BUCKETS = 1 << 15

_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|[。！？；\n|]+")
_UNITS = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]|[^\\W_]+")
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
    ("vendor", "authority"), ("appeal", "authority"), ("lawsuit", "fine"), ("lawsuit", "authority"),
    ("ai_model", "suspend"), ("ai_model", "ban"), ("ai_model", "vulnerability"), ("ai_model", "flaw_kind"),
    ("study", "vulnerability"), ("study", "exploit"), ("marketing", "patch"), ("breach", "formal_step"),
)  # fmt: skip


def concept_features(title: str, lead: str) -> NDArray[np.float32]:
    """Each concept in the title, how often and how early in the lead, and the pairs: one row of the count below."""
    names = concept_names()
    index = {name: i for i, name in enumerate(names)}
    size = len(names)
    row = np.zeros(concept_feature_count(), dtype=np.float32)
    folded_title, folded_lead = fold_text(title[:TITLE_CHARACTERS]), fold_text(lead[:LEAD_CHARACTERS])
    for hit in find_concepts(folded_title):
        row[index[hit.concept]] = 1.0
    lead_hits = find_concepts(folded_lead)
    for hit in lead_hits:
        row[size + index[hit.concept]] += 1.0
        if hit.start < 150:
            row[2 * size + index[hit.concept]] = 1.0
    np.log1p(row[size : 2 * size], out=row[size : 2 * size])
    for i, (one, other) in enumerate(PAIRS):
        row[3 * size + i] = row[index[one]] * row[index[other]]
    ends = [match.start() for match in _SENTENCE_END.finditer(folded_lead)]
    for pair in _pairs_in_sentences(lead_hits, ends):
        row[3 * size + len(PAIRS) + pair] = 1.0
    return row


def concept_feature_count() -> int:
    """Length of a row of `concept_features`."""
    return 3 * len(concept_names()) + 2 * len(PAIRS)


def concept_feature_names() -> list[str]:
    """What each column of `concept_features` says, for explanations."""
    names = concept_names()
    pairs = [f"{one} + {other}" for one, other in PAIRS]
    return [
        *(f"{name} (title)" for name in names), *(f"{name} (text)" for name in names),
        *(f"{name} (first words)" for name in names),
        *(f"{pair} (title)" for pair in pairs), *(f"{pair} (one sentence)" for pair in pairs),
    ]  # fmt: skip


def word_features(title: str, lead: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Hashed words and word pairs (characters and character pairs where words are not parted): buckets and values.

    Title and lead have their own buckets; each part has length 1, so a long lead does not outweigh the title.
    """
    values: dict[int, float] = {}
    for part, text, weight in (("t", title[:TITLE_CHARACTERS], 1.0), ("l", lead[:LEAD_CHARACTERS], 1.0)):
        buckets = word_buckets(part, text)
        scale = weight / max(1.0, len(buckets) ** 0.5)
        for bucket in buckets:
            values[bucket] = values.get(bucket, 0.0) + scale
    order = sorted(values)
    return np.array(order, dtype=np.int64), np.array([values[bucket] for bucket in order], dtype=np.float32)


def word_buckets(part: str, text: str) -> dict[int, str]:
    """Bucket -> the term that fell into it; `part` keeps the buckets of title and lead apart."""
    units = [_NUMBER.sub("0", unit) for unit in _UNITS.findall(fold_text(text))]
    terms = [*units, *(f"{one} {other}" for one, other in pairwise(units))]
    return {_bucket(part, term): term for term in terms}


@lru_cache(maxsize=1 << 16)
def _bucket(part: str, term: str) -> int:
    return zlib.crc32(f"{part}:{term}".encode(errors="replace")) % BUCKETS


def _pairs_in_sentences(hits: list[Hit], ends: list[int]) -> set[int]:
    """Which of PAIRS stand in one sentence."""
    sentences: dict[int, set[str]] = {}
    for hit in hits:
        sentences.setdefault(sum(end <= hit.start for end in ends), set()).add(hit.concept)
    return {
        i
        for concepts in sentences.values()
        for i, (one, other) in enumerate(PAIRS)
        if one in concepts and other in concepts
    }
