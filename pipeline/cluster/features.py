"""How two articles agree and differ, as a row of numbers for the pair model; computed for many pairs at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.cluster.signature import Signature, outlet, title_names
from pipeline.cluster.tokens import COLUMNS
from pipeline.cluster.told import Told, build_told, told_alike
from pipeline.model import Article

#: Order of the columns that `pair_features` returns; the weights file names them.
FEATURES = (
    "vector", "vector_high", "vector_low",
    "words", "words_same_language", "titles", "titles_same_language",
    "title_found", "title_found_both", "title_found_same_language",
    "names", "names_shared_rare", "subject", "subject_both", "numbers_shared", "numbers_differ",
    "cve_shared", "cve_same", "cve_title_shared", "cve_differ", "cve_one",
    "gap", "same_language",
    "land_shared", "land_differ", "measure_same", "measure_differ", "sum_near", "sum_differ",
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
_BLOCK, _SMALL_BLOCK = 100_000, 8192
#: Further titles of an outlet that open with the same words, two of them, from which they are a form.
FORM = 3
OPENING = 2
_NOTHING = np.zeros(0, dtype=np.int32)
#: Cosine and word overlap below which a candidate is dropped unscored: of 1,800 true pairs none lay below both.
NEAR, WORDS = 0.5, 0.02


@dataclass(frozen=True, slots=True)
class Table:
    """The signatures of a batch side by side; matrices are scipy CSR of shape (n, COLUMNS)."""

    #: Unit rows, zeros for an article without a vector.
    vectors: NDArray[np.float32]
    #: 1 where title or head, or the title, holds the token; where the title holds it as a name or number.
    present: Any
    in_title: Any
    in_title_names: Any
    #: Token weights of title and head and of the title alone, as unit rows.
    words: Any
    title_rows: Any
    #: Square roots of token weights, so that a product of two gives the weight; of names and of numbers.
    names: Any
    numbers: Any
    #: 1 where the article, its title, or its title or first lines name the CVE id.
    cves: Any
    title_cves: Any
    main_cves: Any
    #: Length of the weighted words; sums of the weights of title, names and numbers.
    word_norm: NDArray[np.float32]
    title_mass: NDArray[np.float32]
    name_mass: NDArray[np.float32]
    number_mass: NDArray[np.float32]
    #: How many CVE ids, how many in the title, how many tokens, title tokens and title names.
    cve_count: NDArray[np.float32]
    title_cve_count: NDArray[np.float32]
    size: NDArray[np.float32]
    title_size: NDArray[np.float32]
    title_name_size: NDArray[np.float32]
    #: Of a title that is a form, its names without the opening words: 1 where it holds the token.
    products: Any
    #: Codes of what titles open with up to a colon or a dash, -1 where they hold none;
    #: 1 for each longer word behind.
    openings: NDArray[np.int64]
    behind: Any
    #: Codes of the outlets, and whether the title opens like FORM or more others of its outlet.
    outlets: NDArray[np.int64]
    is_form: NDArray[np.bool_]
    #: Codes of the advisory numbers that titles open with, -1 for none.
    notices: NDArray[np.int64]
    #: Codes of the dates that titles end with, -1 for none.
    title_dates: NDArray[np.int64]
    #: Whether the article is on a disclosure and surely on no sanction.
    on_flaw_alone: NDArray[np.bool_]
    #: Whether the article is on a sanction, whatever else it is on.
    on_sanction: NDArray[np.bool_]
    #: Days since 1970, NaN when undated.
    days: NDArray[np.float64]
    #: Codes of the languages, -1 for unknown.
    languages: NDArray[np.int64]
    #: Lands, measures and sums of sanctions.
    told: Told

    def __len__(self) -> int:
        return len(self.days)


@lru_cache(maxsize=1)
def background() -> NDArray[np.float32]:
    """Share of articles that hold each (hashed) token, in the language where it is most common; UNSEEN elsewhere."""
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
    present = _binary([s.words for s in signatures])
    rare = rarity(np.bincount(present.indices, minlength=COLUMNS), len(signatures))
    in_title = _binary([s.title for s in signatures])
    in_title_names = _binary([s.title_names for s in signatures])
    words, titles = _weighted(present, rare), _weighted(in_title, rare)
    names = _weighted(_binary([s.names for s in signatures]), np.sqrt(rare))
    numbers = _weighted(_binary([s.numbers for s in signatures]), np.sqrt(rare))
    number_of = {cve: i for i, cve in enumerate(sorted({cve for s in signatures for cve in s.cves}))}
    cves = _binary([_numbers(s.cves, number_of) for s in signatures])
    title_cves = _binary([_numbers(s.title_cves, number_of) for s in signatures])
    main_cves = _binary([_numbers(s.main_cves, number_of) for s in signatures])
    is_form = _forms(articles)
    products = [title_names(a, OPENING) if form else _NOTHING for a, form in zip(articles, is_form, strict=True)]
    return Table(
        vectors=vectors,
        present=present,
        in_title=in_title,
        in_title_names=in_title_names,
        words=_unit(words),
        title_rows=_unit(titles),
        names=names,
        numbers=numbers,
        cves=cves,
        title_cves=title_cves,
        main_cves=main_cves,
        word_norm=_norms(words),
        title_mass=np.maximum(sums(titles), 1e-6),
        name_mass=np.maximum(_norms(names) ** 2, 1e-6),
        number_mass=_norms(numbers) ** 2,
        cve_count=sums(cves),
        title_cve_count=sums(title_cves),
        size=sums(present),
        title_size=sums(in_title),
        title_name_size=sums(in_title_names),
        outlets=_codes([outlet(a) for a in articles]),
        is_form=is_form,
        notices=_codes([s.notice for s in signatures]),
        title_dates=_codes([s.title_date for s in signatures]),
        products=_binary(products),
        openings=_codes([s.opening for s in signatures]),
        behind=_binary([s.behind for s in signatures]),
        on_flaw_alone=np.array([_on_flaw_alone(a) for a in articles], dtype=bool),
        on_sanction=np.array([a.topics.get("sanction", 0.0) >= _SURE for a in articles], dtype=bool),
        days=np.array([s.when.timestamp() / 86_400 if s.when else np.nan for s in signatures], dtype=np.float64),
        languages=_codes([a.language if a.language != "und" else None for a in articles]),
        told=build_told(signatures),
    )


def pair_features(table: Table, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float32]:
    """One row per pair, columns as in FEATURES; symmetric in left and right."""
    blocks = [_block(table, left[i : i + _BLOCK], right[i : i + _BLOCK]) for i in range(0, len(left), _BLOCK)]
    return np.concatenate(blocks) if blocks else np.zeros((0, len(FEATURES)), dtype=np.float32)


def _block(t: Table, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.float32]:
    cosine = cosines(t, a, b)
    words_a, words_b = t.words[a], t.words[b]
    words = shared(words_a, words_b)
    titles = shared(t.title_rows[a], t.title_rows[b])
    found_a, found_b = title_found(t, a, b), title_found(t, b, a)
    high, low = np.maximum(found_a, found_b), np.minimum(found_a, found_b)
    subject_a = _rarest(t.in_title_names[a].multiply(words_b)) * t.word_norm[b]
    subject_b = _rarest(t.in_title_names[b].multiply(words_a)) * t.word_norm[a]
    common = t.names[a].multiply(t.names[b])
    names = sums(common) / np.minimum(t.name_mass[a], t.name_mass[b])
    numbers = shared(t.numbers[a], t.numbers[b])
    has_numbers = np.minimum(t.number_mass[a], t.number_mass[b]) > 0
    same = (t.languages[a] == t.languages[b]) & (t.languages[a] >= 0)
    gap = np.abs(t.days[a] - t.days[b])
    cves = shared(t.cves[a], t.cves[b])
    in_a, in_b = t.cve_count[a], t.cve_count[b]
    in_title = shared(t.title_cves[a], t.main_cves[b]) + shared(t.main_cves[a], t.title_cves[b])
    columns = [
        cosine, np.maximum(cosine - 0.7, 0), np.maximum(0.45 - cosine, 0),
        words, words * same, titles, titles * same,
        high, low, low * same,
        names, np.log1p(_rarest(common)),
        np.log1p(np.maximum(subject_a, subject_b)), np.log1p(np.minimum(subject_a, subject_b)),
        np.log1p(numbers), has_numbers & (numbers == 0),
        cves > 0, cves / np.maximum(in_a + in_b - cves, 1), in_title > 0,
        (cves == 0) & (in_a > 0) & (in_b > 0), (in_a > 0) != (in_b > 0),
        np.where(np.isnan(gap), 0.7, np.log1p(np.nan_to_num(gap))), same,
        *told_alike(t.told, a, b),
    ]  # fmt: skip
    return np.stack([np.asarray(c, dtype=np.float32) for c in columns], axis=1)


def title_found(table: Table, one: NDArray[np.int64], other: NDArray[np.int64]) -> NDArray[np.float32]:
    """Share of the one title, by rareness, that title or head of the other article holds."""
    # A token of the words' unit rows times the row's length is its weight again.
    found = shared(table.in_title[one], table.words[other]) * table.word_norm[other]
    share: NDArray[np.float32] = found / table.title_mass[one]
    return share


def cosines(table: Table, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float32]:
    """Cosine of the vectors of each pair."""
    cosine = np.empty(len(left), dtype=np.float32)
    for i in range(0, len(left), _SMALL_BLOCK):
        part = slice(i, i + _SMALL_BLOCK)
        np.einsum("ij,ij->i", table.vectors[left[part]], table.vectors[right[part]], out=cosine[part])
    return cosine


def hopeless(table: Table, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Pairs not worth a row of features: not near in meaning and without a word or CVE id in common to speak of."""
    found = np.zeros(len(left), dtype=bool)
    for i in range(0, len(left), _BLOCK):
        a, b = left[i : i + _BLOCK], right[i : i + _BLOCK]
        far = np.flatnonzero(cosines(table, a, b) < NEAR)
        words = shared(table.words[a[far]], table.words[b[far]])
        cves = shared(table.cves[a[far]], table.cves[b[far]])
        found[i + far] = (words < WORDS) & (cves == 0)
    return found


def shared(a: Any, b: Any) -> NDArray[np.float32]:
    """Row by row, the sum of products of two sparse matrices: of two binary ones, how much they share."""
    return sums(a.multiply(b))


def _rarest(matrix: Any) -> NDArray[np.float32]:
    """The largest weight of each row."""
    if not matrix.shape[0]:
        return np.zeros(0, dtype=np.float32)
    return np.asarray(matrix.tocsr().max(axis=1).toarray(), dtype=np.float32).ravel()


def _codes(names: Sequence[str | None]) -> NDArray[np.int64]:
    """Equal numbers for equal names, -1 for None."""
    codes = {name: code for code, name in enumerate(sorted({n for n in names if n is not None}))}
    return np.array([-1 if n is None else codes[n] for n in names], dtype=np.int64)


def _forms(articles: Sequence[Article]) -> NDArray[np.bool_]:
    """Titles that fill in a form: an outlet's "Multiples vulnérabilités dans", "Agency warns of"."""
    openings = _codes([f"{outlet(a)}\n{' '.join(a.title.split()[:OPENING])}" for a in articles])
    forms: NDArray[np.bool_] = np.bincount(openings, minlength=1)[openings] > FORM
    return forms


def _on_flaw_alone(article: Article) -> bool:
    return article.topics.get("disclosure", 0.0) >= _SURE and article.topics.get("sanction", 0.0) <= _UNLIKELY


def _binary(rows: Sequence[NDArray[np.int32]]) -> Any:
    from scipy.sparse import csr_array

    lengths = np.fromiter((len(r) for r in rows), dtype=np.int64, count=len(rows))
    indptr = np.concatenate([[0], np.cumsum(lengths)])
    indices = np.concatenate(rows) if rows else np.zeros(0, dtype=np.int32)
    data = np.ones(len(indices), dtype=np.float32)
    return csr_array((data, indices, indptr.astype(np.int32)), shape=(len(rows), COLUMNS))


def _weighted(matrix: Any, rare: NDArray[np.float32]) -> Any:
    weighted = matrix.copy()
    weighted.data = rare[matrix.indices]
    return weighted


def _norms(matrix: Any) -> NDArray[np.float32]:
    return np.sqrt(sums(matrix.multiply(matrix)))


def _unit(matrix: Any) -> Any:
    scaled = matrix.copy()
    scaled.data = scaled.data / np.repeat(np.maximum(_norms(matrix), 1e-6), np.diff(matrix.indptr)).astype(np.float32)
    return scaled


def _numbers(cves: frozenset[str], number_of: Mapping[str, int]) -> NDArray[np.int32]:
    if not cves:
        return _NOTHING
    return np.array(sorted(number_of[cve] for cve in cves), dtype=np.int32)


def sums(matrix: Any) -> NDArray[np.float32]:
    """Row sums of a sparse matrix."""
    return np.asarray(matrix.sum(axis=1), dtype=np.float32).ravel()
