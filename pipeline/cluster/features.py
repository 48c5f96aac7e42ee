"""How two articles agree and differ, as a row of numbers for the pair model; computed for many pairs at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.cluster.signature import COLUMNS, Signature, outlet
from pipeline.model import Article

#: Order of the columns that `pair_features` returns; the weights file names them.
FEATURES = (
    "vector", "vector_high", "vector_low",
    "words", "words_same_language", "titles", "titles_same_language",
    "title_found", "title_found_both", "title_found_same_language",
    "names", "names_shared", "names_shared_rare", "numbers_shared", "numbers_differ",
    "cve_shared", "cve_same", "cve_title_shared", "cve_differ", "cve_one",
    "gap", "same_language",
)  # fmt: skip

#: The background counts as this many articles beside those of the batch.
PRIOR = 2000.0
#: Share of a token that the background does not hold.
UNSEEN = 5e-5
#: Token shares learned by bench/train_pairs.py.
BACKGROUND = Path(__file__).parent / "data" / "background.npz"
#: What the embedder adds where the base model is in doubt: cosine of the titles alone, and of title and long lead.
MORE_FEATURES = ("title_vector", "long_vector")
#: An article is on one topic alone from and up to these probabilities.
_SURE, _UNLIKELY = 0.7, 0.2
#: Pairs are worked through in blocks of this many, to bound memory.
_BLOCK = 200_000


@dataclass(frozen=True, slots=True)
class Table:
    """The signatures of a batch side by side; matrices are scipy CSR of shape (n, COLUMNS)."""

    #: Unit rows, zeros for an article without a vector.
    vectors: NDArray[np.float32]
    #: 1 where the article holds the token.
    present: Any
    #: Token weights as unit rows; of title and head, and of the title alone.
    words: Any
    title_rows: Any
    #: Token weights of the title, of the names, of the numbers, of the CVE ids (all 1).
    titles: Any
    names: Any
    numbers: Any
    cves: Any
    title_cves: Any
    #: 1 where the title holds the token; where it holds it as a name or number.
    in_title: Any
    in_title_names: Any
    #: Codes of the outlets.
    outlets: NDArray[np.int64]
    #: 1 for an article on a disclosure alone, -1 for one on a sanction alone, 0 where either may be.
    topics: NDArray[np.int64]
    #: Days since 1970, NaN when undated.
    days: NDArray[np.float64]
    #: Codes of the languages, -1 for unknown.
    languages: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.days)


@lru_cache(maxsize=1)
def background() -> NDArray[np.float32]:
    """Share of articles that hold each (hashed) token, in the language where it is most common; a guess for the unseen."""
    shares = np.full(COLUMNS, UNSEEN, dtype=np.float32)
    if BACKGROUND.exists():
        with np.load(BACKGROUND) as stored:
            shares[stored["columns"]] = stored["shares"].astype(np.float32)
    return shares


def rarity(counts: NDArray[np.int64], articles: int) -> NDArray[np.float32]:
    """Minus the logarithm of each token's share: the background's, corrected by the batch's own counts."""
    shares = (counts + PRIOR * background()) / (articles + PRIOR)
    return (-np.log(np.minimum(shares, 1.0))).astype(np.float32)


def build_table(articles: Sequence[Article], signatures: Sequence[Signature], vectors: NDArray[np.float32]) -> Table:
    """Weigh tokens by how rare they are here and in the background, and lay the rows out for `pair_features`."""
    n = len(signatures)
    present = _binary([s.words for s in signatures])
    rare = rarity(np.bincount(present.indices, minlength=COLUMNS), n)
    in_title = _binary([s.title for s in signatures])
    titles = _weighted(in_title, rare)
    cves = {cve for s in signatures for cve in s.cves}
    number = {cve: i for i, cve in enumerate(sorted(cves))}
    return Table(
        vectors=vectors,
        present=present,
        words=_unit(_weighted(present, rare)),
        title_rows=_unit(titles),
        titles=titles,
        names=_weighted(_binary([s.names for s in signatures]), rare),
        numbers=_weighted(_binary([s.numbers for s in signatures]), rare),
        cves=_binary([np.array(sorted(number[c] for c in s.cves), dtype=np.int64) for s in signatures]),
        title_cves=_binary([np.array(sorted(number[c] for c in s.title_cves), dtype=np.int64) for s in signatures]),
        days=np.array([s.when.timestamp() / 86_400 if s.when else np.nan for s in signatures], dtype=np.float64),
        in_title=in_title,
        in_title_names=_binary([s.title_names for s in signatures]),
        outlets=_codes([outlet(a) for a in articles]),
        topics=np.array([_topic(a) for a in articles], dtype=np.int64),
        languages=_codes([a.language if a.language != "und" else None for a in articles]),
    )


def pair_features(table: Table, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float32]:
    """One row per pair, columns as in FEATURES; symmetric in left and right."""
    blocks = [_block(table, left[i : i + _BLOCK], right[i : i + _BLOCK]) for i in range(0, len(left), _BLOCK)]
    return np.concatenate(blocks) if blocks else np.zeros((0, len(FEATURES)), dtype=np.float32)


def _block(t: Table, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.float32]:
    cosine = np.einsum("ij,ij->i", t.vectors[a], t.vectors[b])
    words = shared(t.words[a], t.words[b])
    titles = shared(t.title_rows[a], t.title_rows[b])
    found_a = shared(t.titles[a], t.present[b]) / np.maximum(sums(t.titles[a]), 1e-6)
    found_b = shared(t.titles[b], t.present[a]) / np.maximum(sums(t.titles[b]), 1e-6)
    high, low = np.maximum(found_a, found_b), np.minimum(found_a, found_b)
    common = t.names[a].multiply(t.names[b]).sqrt().tocsr()
    names = sums(common)
    rarest = common.max(axis=1).toarray().ravel() if len(a) else names
    name_mass = np.minimum(sums(t.names[a]), sums(t.names[b]))
    numbers = sums(t.numbers[a].multiply(t.numbers[b]).sqrt())
    has_numbers = np.minimum(sums(t.numbers[a]), sums(t.numbers[b])) > 0
    same = (t.languages[a] == t.languages[b]) & (t.languages[a] >= 0)
    gap = np.abs(t.days[a] - t.days[b])
    common_cves = shared(t.cves[a], t.cves[b])
    in_a, in_b = sums(t.cves[a]), sums(t.cves[b])
    in_title = shared(t.title_cves[a], t.cves[b]) + shared(t.cves[a], t.title_cves[b])
    columns = [
        cosine, np.maximum(cosine - 0.7, 0), np.maximum(0.45 - cosine, 0),
        words, words * same, titles, titles * same,
        high, low, low * same,
        names / np.maximum(name_mass, 1e-6), np.log1p(names), np.log1p(rarest),
        np.log1p(numbers), has_numbers & (numbers == 0),
        common_cves > 0, common_cves / np.maximum(in_a + in_b - common_cves, 1), in_title > 0,
        (common_cves == 0) & (in_a > 0) & (in_b > 0), (in_a > 0) != (in_b > 0),
        np.where(np.isnan(gap), 0.7, np.log1p(np.nan_to_num(gap))), same,
    ]  # fmt: skip
    return np.stack([np.asarray(c, dtype=np.float32) for c in columns], axis=1)


def shared(a: Any, b: Any) -> NDArray[np.float32]:
    """Row by row, the sum of products of two sparse matrices: of two binary ones, how much they share."""
    return sums(a.multiply(b))


def _codes(names: Sequence[str | None]) -> NDArray[np.int64]:
    """Equal numbers for equal names, -1 for None."""
    codes = {name: code for code, name in enumerate(sorted({n for n in names if n is not None}))}
    return np.array([-1 if n is None else codes[n] for n in names], dtype=np.int64)


def _topic(article: Article) -> int:
    disclosure, sanction = article.topics.get("disclosure", 0.0), article.topics.get("sanction", 0.0)
    if disclosure >= _SURE and sanction <= _UNLIKELY:
        return 1
    return -1 if sanction >= _SURE and disclosure <= _UNLIKELY else 0


def _binary(rows: Sequence[NDArray[np.int64]]) -> Any:
    from scipy.sparse import csr_array

    lengths = np.fromiter((len(r) for r in rows), dtype=np.int64, count=len(rows))
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    indices = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int64)
    data = np.ones(len(indices), dtype=np.float32)
    return csr_array((data, indices.astype(np.int32), indptr.astype(np.int32)), shape=(len(rows), COLUMNS))


def _weighted(matrix: Any, rare: NDArray[np.float32]) -> Any:
    weighted = matrix.copy()
    weighted.data = rare[matrix.indices]
    return weighted


def _unit(matrix: Any) -> Any:
    norms = np.sqrt(sums(matrix.multiply(matrix)))
    scaled = matrix.tocsr(copy=True)
    scaled.data = scaled.data / np.repeat(np.maximum(norms, 1e-6), np.diff(matrix.indptr)).astype(np.float32)
    return scaled


def sums(matrix: Any) -> NDArray[np.float32]:
    """Row sums of a sparse matrix."""
    return np.asarray(matrix.sum(axis=1), dtype=np.float32).ravel()
