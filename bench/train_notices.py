"""Make pipeline/text/data/notices.npz: seeded, so the same lines and data give the same bytes.

    python bench/train_notices.py --data DIR [--check]

`--check` writes nothing and says whether the shipped file is that. Needs scikit-learn (extra `train`). Lines of sites
and of news are those of bench/train_lines.py; beside them stand the lines of pages in our own words that hold no
article, and of news about such pages (bench/labels/pages.jsonl). Of the data folder sentences and paragraphs of real
articles are counted. Menus and readers' comments are left out: each of their lines could be an article's.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from judges import keep, options, quantised
from sklearn.linear_model import LogisticRegression
from train_lines import NEWS, SITE, matrix, own_lines, share, units

from pipeline.text.notices import split_lines

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "pipeline" / "text" / "data" / "notices.npz"
PAGES = ROOT / "bench" / "labels" / "pages.jsonl"
_APART = frozenset({"menu", "comments"})
#: Share of the real paragraphs and sentences that are used.
SAMPLED = 0.3
C = 30.0
SITE_WEIGHT, NEWS_WEIGHT, PAGE_WEIGHT = 4.0, 10.0, 6.0


def page_lines() -> Iterator[tuple[str, int]]:
    """Lines of the pages, each with 1 where it is a site's."""
    for page in map(json.loads, PAGES.read_text("utf-8").splitlines()):
        if page["kind"] not in _APART:
            yield from ((line, page["junk"]) for line in split_lines([page["text"]]))


def train(data: Path) -> dict[str, np.ndarray]:
    """The arrays of notices.npz."""
    site, news = [t for _, t in own_lines(SITE)], [t for _, t in own_lines(NEWS)]
    pages = list(page_lines())
    real = [unit.text for unit in units(data) if share(unit.text) < SAMPLED]
    y = np.r_[np.ones(len(site)), np.zeros(len(news)), [junk for _, junk in pages], np.zeros(len(real))]
    weights = np.r_[
        np.full(len(site), SITE_WEIGHT), np.full(len(news), NEWS_WEIGHT), np.full(len(pages), PAGE_WEIGHT),
        np.ones(len(real)),
    ]  # fmt: skip
    texts = [*site, *news, *(line for line, _ in pages), *real]
    model = LogisticRegression(C=C, max_iter=5000, tol=1e-7).fit(matrix(texts), y, sample_weight=weights)
    print(f"{len(site)} lines of sites, {len(news)} of news, {len(pages)} of pages, {len(real)} of real articles")
    numbers, scale = quantised(model.coef_[0])
    bias = float(model.intercept_[0])
    return {"weights": numbers, "scale": np.asarray(round(scale, 8)), "bias": np.asarray(round(bias, 6))}


def main() -> None:
    """See the module's docstring."""
    asked = options(__doc__)
    keep(OUT, train(asked.data), check=asked.check)


if __name__ == "__main__":
    main()
