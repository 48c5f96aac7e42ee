"""Scores pairs of one batch of articles: the pair model, two closer looks where it is in doubt, and the guards."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from pipeline.cluster import guards, pairmodel
from pipeline.cluster.features import FEATURES, MORE_FEATURES, build_table, pair_features, shared, title_found
from pipeline.cluster.named import Nicknames
from pipeline.cluster.notices import Notices
from pipeline.cluster.signature import Signature, find_boilerplate, own_paragraphs, sign, strip_outlet
from pipeline.cluster.wording import Wordings
from pipeline.model import Article
from pipeline.vectors import Embedder
from pipeline.vectors.e5 import TokenEncoder

#: Every column that a look at a pair can have.
COLUMNS = (*FEATURES, *MORE_FEATURES, pairmodel.WORDING)
#: Log-odds up to which, for or against, the base model is in doubt and titles and leads are embedded.
DOUBT = 4.0
#: Least that two reports score whose titles hold one nickname of a flaw.
ONE_FLAW = 1.0
#: Share of one of the two titles, by rareness, that the other report must hold for that.
_TOLD = 0.5
#: Most articles that are embedded again in one run: about five seconds.
CLOSER_LOOKS = 4000
#: Code points of title and lead in the longer vector.
_LONG = 1000
#: Log-odds up to which the closer look leaves doubt, and the words of both are laid side by side.
_WORDS_DOUBT = 2.5
#: Most articles of a batch of which that is done: with more, what is in doubt is more than there is time for.
_WORDS_MOST = 10_000


class PairScorer:
    """Scores pairs of rows of one batch; the same pair always gets the same score."""

    def __init__(
        self,
        articles: Sequence[Article],
        vectors: NDArray[np.float32],
        window: timedelta,
        embedder: Embedder | None = None,
        tokens: TokenEncoder | None = None,
        *,
        signatures: Sequence[Signature] | None = None,
        boilerplate: frozenset[tuple[str, str]] | None = None,
    ) -> None:
        self._boilerplate = find_boilerplate(articles) if boilerplate is None else boilerplate
        if signatures is None:
            boilerplate = self._boilerplate
            signatures = [sign(article, boilerplate) for article in articles]
        self.signatures = signatures
        self.table = build_table(articles, signatures, vectors)
        self._articles = articles
        self._nicknames = Nicknames(articles, signatures, self._boilerplate)
        self._notices = Notices(articles, self.table, self._boilerplate)
        self._window_days = window / timedelta(days=1)
        self._embedder = embedder
        self._looked_at = np.zeros(len(articles), dtype=bool)
        self._titles = np.zeros((0, 0), dtype=np.float32)
        self._longs = np.zeros((0, 0), dtype=np.float32)
        self._wordings = Wordings(tokens, self.told) if tokens and len(articles) <= _WORDS_MOST else None

    def guard(
        self, left: NDArray[np.int64], right: NDArray[np.int64], one_flaw: NDArray[np.bool_] | None = None
    ) -> NDArray[np.int64]:
        """Index into `guards.GUARDS` per pair, -1 for none."""
        return guards.guard_pairs(self.table, left, right, window_days=self._window_days, one_flaw=one_flaw)

    def score(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float32]:
        """Log-odds of one event per pair; VETO where a guard bars it."""
        scores = self.open_scores(left, right)
        one_flaw = self.one_flaw(scores, left, right)
        scores = np.where(one_flaw, np.maximum(scores, ONE_FLAW), scores)
        for name, where in self.against(scores, left, right).items():
            scores = np.where(where, np.minimum(scores, guards.AGAINST[name]), scores)
        scores[self.guard(left, right, one_flaw) >= 0] = guards.VETO
        return scores

    def against(
        self, scores: NDArray[np.float32], left: NDArray[np.int64], right: NDArray[np.int64]
    ) -> dict[str, NDArray[np.bool_]]:
        """Per name of guards.AGAINST the pairs that it counts against; texts are read where the score is not low."""
        found = guards.count_against(self.table, left, right)
        named, no_flaw = np.zeros(len(left), dtype=bool), np.zeros(len(left), dtype=bool)
        rows = np.flatnonzero(scores > guards.VAGUE)
        rows = rows[shared(self.table.cves[left[rows]], self.table.cves[right[rows]]) == 0]
        named[rows] = self._nicknames.differ(left[rows], right[rows])
        no_flaw[rows] = self._notices.beside_no_flaw(left[rows], right[rows])
        return found | {"flaws of other names": named, "notice beside no flaw": no_flaw}

    def one_flaw(
        self, scores: NDArray[np.float32], left: NDArray[np.int64], right: NDArray[np.int64]
    ) -> NDArray[np.bool_]:
        """Pairs whose titles hold one nickname of a flaw, asked only where the score is low or their CVE ids differ.

        Half of one title must be found in the other article, or both tell what happened around the flaw, each its own;
        and of a sanction both tell or none.
        """
        table = self.table
        named = np.zeros(len(left), dtype=bool)
        rows = np.flatnonzero((scores < ONE_FLAW) | guards.other_cves(table, left, right))
        rows = rows[table.on_sanction[left[rows]] == table.on_sanction[right[rows]]]
        rows = rows[shared(table.in_title_names[left[rows]], table.in_title_names[right[rows]]) > 0]
        a, b = left[rows], right[rows]
        rows = rows[np.maximum(title_found(table, a, b), title_found(table, b, a)) >= _TOLD]
        named[rows] = self._nicknames.name_one(left[rows], right[rows])
        return named

    def open_scores(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float32]:
        """Log-odds by the pair model alone."""
        return self._looks(left, right)[0]

    def reasons(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float32]:
        """What each of COLUMNS adds to the log-odds, by the model that judges the pair."""
        return self._looks(left, right)[1]()

    def _looks(
        self, left: NDArray[np.int64], right: NDArray[np.int64]
    ) -> tuple[NDArray[np.float32], Callable[[], NDArray[np.float32]]]:
        """The log-odds of the last look at each pair, and what makes their reasons, shape (n, COLUMNS)."""
        features = pair_features(self.table, left, right)
        scores = pairmodel.score(features)
        looks = [(np.arange(len(left)), features)]
        for closer, judge in ((self._closer, pairmodel.score_closely), (self._by_words, pairmodel.score_by_words)):
            rows, columns = closer(*looks[-1], scores, left, right)
            if not len(rows):
                break
            scores[rows] = judge(columns)
            looks.append((rows, columns))

        def reasons() -> NDArray[np.float32]:
            added = np.zeros((len(left), len(COLUMNS)), dtype=np.float32)
            for rows, columns in looks:
                added[rows] = 0
                added[rows, : columns.shape[1]] = pairmodel.reasons(columns)
            return added

        return scores, reasons

    def _closer(
        self,
        rows: NDArray[np.int64],
        features: NDArray[np.float32],
        scores: NDArray[np.float32],
        left: NDArray[np.int64],
        right: NDArray[np.int64],
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Of `rows`, those that are in doubt and could be looked at, and their FEATURES and MORE_FEATURES."""
        doubtful = np.abs(scores[rows]) < DOUBT
        if self._embedder is None or not doubtful.any():
            return rows[:0], features[:0]
        rows, features = rows[doubtful], features[doubtful]
        self.look_closer(np.union1d(left[rows], right[rows]))
        known = self._looked_at[left[rows]] & self._looked_at[right[rows]]
        rows, features = rows[known], features[known]
        return rows, np.hstack([features, self.more_features(left[rows], right[rows])])

    def _by_words(
        self,
        rows: NDArray[np.int64],
        features: NDArray[np.float32],
        scores: NDArray[np.float32],
        left: NDArray[np.int64],
        right: NDArray[np.int64],
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Of `rows`, those still in doubt whose words could be read, and all their columns."""
        doubtful = np.abs(scores[rows]) < _WORDS_DOUBT
        if self._wordings is None or not doubtful.any():
            return rows[:0], features[:0]
        rows, features = rows[doubtful], features[doubtful]
        words = self._wordings.compare(left[rows].tolist(), right[rows].tolist())
        known = ~np.isnan(words)
        return rows[known], np.hstack([features[known], words[known, None]])

    def more_features(self, left: NDArray[np.int64], right: NDArray[np.int64]) -> NDArray[np.float32]:
        """Columns as in features.MORE_FEATURES; the rows must have been looked at."""
        titles = np.einsum("ij,ij->i", self._titles[left], self._titles[right])
        longs = np.einsum("ij,ij->i", self._longs[left], self._longs[right])
        return np.stack([titles, longs], axis=1)

    def look_closer(self, rows: NDArray[np.int64]) -> None:
        """Embed titles and long leads of rows that have not been yet, as long as there is room."""
        assert self._embedder is not None
        rows = rows[~self._looked_at[rows]][: CLOSER_LOOKS - int(self._looked_at.sum())]
        if not len(rows):
            return
        if not len(self._titles):
            shape = (len(self._articles), self._embedder.dimensions)
            self._titles, self._longs = np.zeros(shape, dtype=np.float32), np.zeros(shape, dtype=np.float32)
        told = [self.told(row) for row in rows.tolist()]
        self._titles[rows] = self._embedder.embed([title for title, _ in told])
        self._longs[rows] = self._embedder.embed([f"{title}. {text[:_LONG]}"[:_LONG] for title, text in told])
        self._looked_at[rows] = True

    def told(self, row: int) -> tuple[str, str]:
        """Title and text of an article, without its outlet's name and what stands in many of its articles."""
        article = self._articles[row]
        return strip_outlet(article.title, article.site), "\n\n".join(own_paragraphs(article, self._boilerplate))
