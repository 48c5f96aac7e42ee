"""How well texts that are no articles are told, and the weights that tell them.

    python bench/junk.py --data DIR            figures on topics-gold and, cross-validated, on topics-train
    python bench/junk.py --data DIR --train    also writes pipeline/text/data/junk.json (needs scikit-learn)

DIR holds topics-gold and topics-train (items.jsonl each: title, lead, junk). Trained on topics-train alone.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from pathlib import Path
from typing import Any

from pipeline.text.junk import features, junk_reason

_WEIGHTS = Path(__file__).parent.parent / "pipeline" / "text" / "data" / "junk.json"


def measure(data: Path) -> dict[str, float]:
    """Precision, recall and F1 of junk over both sets, and over each."""
    figures: dict[str, float] = {}
    sets = {name: load(data, name) for name in ("topics-gold", "topics-train")}
    for name, rows in {"": sets["topics-gold"] + sets["topics-train"], **sets}.items():
        precision, recall, f1 = _scores(rows)
        suffix = f"/{name}" if name else ""
        figures.update({f"junk-precision{suffix}": precision, f"junk-recall{suffix}": recall, f"junk-f1{suffix}": f1})
    by_language: dict[str, list[dict[str, Any]]] = {}
    for item in sets["topics-gold"] + sets["topics-train"]:
        by_language.setdefault(item["lang"], []).append(item)
    for language, items in sorted(by_language.items()):
        figures[f"junk-f1/{language}"] = _scores(items)[2]
    return figures


def load(data: Path, name: str) -> list[dict[str, Any]]:
    with (data / name / "items.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def train(data: Path) -> None:
    """Fit on topics-train; C and threshold chosen by ten-fold cross-validation there."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    items = load(data, "topics-train")
    rows = [features(item["title"], item["lead"]) for item in items]
    names = sorted(rows[0])
    x = np.array([[row[name] for name in names] for row in rows])
    y = np.array([item["junk"] for item in items])
    folds = StratifiedKFold(10, shuffle=True, random_state=7)
    thresholds = np.arange(-1.5, 1.51, 0.1)
    best: tuple[float, float, float] = (0.0, 1.0, 0.0)
    for c in (0.1, 0.3, 1.0):
        scores = cross_val_predict(LogisticRegression(C=c, max_iter=5000), x, y, cv=folds, method="decision_function")
        curve = [2 * ((scores >= t) & (y == 1)).sum() / ((scores >= t).sum() + y.sum()) for t in thresholds]
        # The middle of a plateau, not a lucky peak.
        smooth = np.convolve(curve, np.ones(7) / 7, mode="valid")
        at = int(smooth.argmax())
        best = max(best, (float(smooth[at]), c, float(thresholds[at + 3])))
    f1, c, threshold = best
    model = LogisticRegression(C=c, max_iter=5000).fit(x, y)
    weights = {"bias": round(float(model.intercept_[0]), 4), "threshold": round(threshold, 2)}
    weights |= {name: round(float(w), 4) for name, w in zip(names, model.coef_[0], strict=True)}
    _WEIGHTS.parent.mkdir(exist_ok=True)
    _WEIGHTS.write_text(json.dumps(weights, indent=1) + "\n", "utf-8")
    print(f"cross-validated F1 of the model alone {f1:.3f} with C={c}, threshold {threshold:.1f}")


def _scores(items: list[dict[str, Any]]) -> tuple[float, float, float]:
    counts: Counter[tuple[bool, bool]] = Counter()
    for item in items:
        counts[junk_reason(item["title"], item["lead"]) is not None, bool(item["junk"])] += 1
    hit, wrong, missed = counts[True, True], counts[True, False], counts[False, True]
    return hit / max(1, hit + wrong), hit / max(1, hit + missed), 2 * hit / max(1, 2 * hit + wrong + missed)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--train", action="store_true", help="fit the model anew")
    arguments = parser.parse_args()
    if arguments.train:
        train(arguments.data)
    for name, value in measure(arguments.data).items():
        print(f"{name:32}{value:.3f}")


if __name__ == "__main__":
    main()
