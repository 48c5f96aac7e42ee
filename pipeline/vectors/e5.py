"""Tokens in context: what each word of a text means where it stands, by multilingual-e5-small.

The sentence encoder gives a text one vector; this one keeps a vector for every piece of a word, so that two reports can
be laid side by side word by word, in about a hundred languages. It is a transformer of 12 layers, 100 times slower, and
therefore asked only about the few articles that are in doubt. Weights: `e5_file`; the forward pass is numpy alone.

Source: Wang et al., "Multilingual E5 Text Embeddings" (2024); Devlin et al., "BERT" (2018).
"""

from __future__ import annotations

import re
import struct
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from pipeline.vectors.e5_file import E5File, Floats, Tensors, Vocabulary, find_file, read_file, unpack_rows

#: Tokens that are kept of a text.
MOST_TOKENS = 96
#: What the model expects before a text that is compared with others of its kind.
_PREFIX = "query: "
_BEGIN, _END, _PAD, _UNKNOWN = 0, 2, 1, 3
#: Tokens that go through the layers together, with those that fill up shorter texts.
_TOKENS_A_BATCH = 2048
_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
#: Below every score of attention.
_NEVER = np.float32(-1e9)


@dataclass(frozen=True, slots=True)
class Tokens:
    """The pieces of words of one text, in order, at most MOST_TOKENS."""

    #: Numbers in the vocabulary, shape (n,).
    ids: NDArray[np.int32]
    #: The last layer's vectors, shape (n, width).
    states: Floats


class TokenEncoder(Protocol):
    """Texts to tokens in context; one encoder is told from another by identity."""

    def __hash__(self) -> int: ...

    def encode(self, texts: Sequence[str]) -> list[Tokens]:
        """One for each text; equal texts give vectors equal to about 1e-5, whatever stands beside them."""

    def count(self, texts: Sequence[str]) -> list[int]:
        """How many tokens each text would have, without a limit."""


@lru_cache(maxsize=1)
def load_token_encoder() -> TokenEncoder | None:
    """The encoder, one per process; None where the package with its weights is not installed."""
    path = find_file()
    return E5(path) if path else None


class E5:
    """The transformer, loaded on first use (2 s, 300 MB); safe to share between threads."""

    def __init__(self, path: Path, *, threads: int = 2) -> None:
        self._path, self._threads = path, threads
        self._lock = threading.Lock()
        self._network: _Network | None = None

    def encode(self, texts: Sequence[str]) -> list[Tokens]:
        """See `TokenEncoder`. Raises OSError or ValueError when the weights cannot be read."""
        with self._lock, threadpool_limits(self._threads, user_api="blas"):
            return self._loaded().encode(texts)

    def count(self, texts: Sequence[str]) -> list[int]:
        """See `TokenEncoder`. Raises as `encode` does."""
        with self._lock:
            return self._loaded().count(texts)

    def _loaded(self) -> _Network:
        if self._network is None:
            file = read_file(self._path)
            try:
                self._network = _Network(file)
            except (KeyError, RuntimeError, ValueError) as error:
                # A tensor is missing or of another shape, or `sentencepiece` refuses the vocabulary.
                raise ValueError(f"{self._path}: not a whole model ({error})") from error
        return self._network


class _Network:
    """Vocabulary and layers."""

    def __init__(self, file: E5File) -> None:
        self._cutter = _cutter(file.vocabulary)
        self._normalised = file.vocabulary.normalised
        self._prefix = len(self._cut([""])[0])
        self._most = min(self._prefix + MOST_TOKENS, file.longest - 2)
        tensors, width = file.tensors, file.width
        self._words = tensors.blocks("emb.word", width)
        self._places = tensors.vector("emb.pos").reshape(-1, width) + tensors.vector("emb.type")[:width]
        self._norm = _Norm(tensors, "emb.ln", file.epsilon)
        self._heads = file.heads
        self._layers = [_Layer(tensors, f"l{k}", file) for k in range(file.layers)]

    def encode(self, texts: Sequence[str]) -> list[Tokens]:
        pieces = [ids[: self._most] for ids in self._cut(texts)]
        done: dict[int, Tokens] = {}
        for part in _batches([len(ids) + 2 for ids in pieces]):
            for row, states in zip(part, self._forward([pieces[row] for row in part]), strict=True):
                ids = np.array(pieces[row][self._prefix :], dtype=np.int32)
                done[row] = Tokens(ids, states[1 + self._prefix : -1])
        return [done[row] for row in range(len(texts))]

    def count(self, texts: Sequence[str]) -> list[int]:
        return [len(ids) - self._prefix for ids in self._cut(texts)]

    def _cut(self, texts: Iterable[str]) -> list[list[int]]:
        plain = [_LONE_SURROGATES.sub("", _PREFIX + text).translate(self._normalised) for text in texts]
        found: list[list[int]] = self._cutter.encode(plain, out_type=int)
        return found

    def _forward(self, texts: Sequence[Sequence[int]]) -> Iterator[Floats]:
        """Vectors of each text's tokens, and of what stands before and behind it."""
        longest = max(map(len, texts)) + 2
        ids = np.full((len(texts), longest), _PAD)
        for row, text in zip(ids, texts, strict=True):
            row[: len(text) + 2] = [_BEGIN, *text, _END]
        aside = np.where(np.arange(longest) < np.array([[len(text) + 2] for text in texts]), np.float32(0), _NEVER)
        distinct, inverse = np.unique(ids, return_inverse=True)
        x = unpack_rows(self._words[distinct])[inverse.reshape(ids.shape)] + self._places[:longest]
        x = self._norm(x)
        for layer in self._layers:
            x = layer(x, aside[:, None, None, :], self._heads)
        for row, text in zip(x, texts, strict=True):
            yield row[: len(text) + 2].copy()


class _Norm:
    """Layer normalisation over the last axis."""

    def __init__(self, tensors: Tensors, name: str, epsilon: float) -> None:
        self._weight, self._bias, self._epsilon = tensors.vector(f"{name}.w"), tensors.vector(f"{name}.b"), epsilon

    def __call__(self, x: Floats) -> Floats:
        x = x - x.mean(axis=-1, keepdims=True)
        x *= 1 / np.sqrt(np.einsum("...i,...i->...", x, x)[..., None] / x.shape[-1] + self._epsilon)
        x *= self._weight
        x += self._bias
        return x


class _Layer:
    """Attention of every token to every other of its text, then two products; each added to what it was given."""

    def __init__(self, tensors: Tensors, name: str, file: E5File) -> None:
        width, inner = file.width, file.inner
        self._asked = _linear(tensors, (f"{name}.q", f"{name}.k", f"{name}.v"), width)
        self._gathered = _linear(tensors, (f"{name}.ao",), width)
        self._wide = _linear(tensors, (f"{name}.fi",), width)
        self._narrow = _linear(tensors, (f"{name}.fo",), inner)
        self._first = _Norm(tensors, f"{name}.aln", file.epsilon)
        self._second = _Norm(tensors, f"{name}.oln", file.epsilon)

    def __call__(self, x: Floats, aside: Floats, heads: int) -> Floats:
        x = self._first(x + self._gathered(_attend(self._asked(x), aside, heads)))
        return self._second(x + self._narrow(_gelu(self._wide(x))))


def _linear(tensors: Tensors, names: Sequence[str], columns: int) -> Callable[[Floats], Floats]:
    """The products of these names side by side: one matrix, so that one call does their work."""
    weight = np.concatenate([tensors.matrix(f"{name}.w", columns) for name in names]).T.copy()
    bias = np.concatenate([tensors.vector(f"{name}.b") for name in names])

    def product(x: Floats) -> Floats:
        y: Floats = x.reshape(-1, columns) @ weight
        y += bias
        return y.reshape(*x.shape[:-1], -1)

    return product


def _attend(asked: Floats, aside: Floats, heads: int) -> Floats:
    """Scaled dot-product attention; `asked`: queries, keys and values side by side, shape (texts, tokens, 3 width)."""
    texts, tokens, _ = asked.shape
    query, key, value = asked.reshape(texts, tokens, 3, heads, -1).transpose(2, 0, 3, 1, 4)
    near = query @ key.transpose(0, 1, 3, 2)
    near *= np.float32(1 / np.sqrt(query.shape[-1]))
    near += aside
    given: Floats = _softmax(near) @ value
    return given.transpose(0, 2, 1, 3).reshape(texts, tokens, -1)


def _gelu(x: Floats) -> Floats:
    """The usual approximation by a hyperbolic tangent: near enough, and a third of the whole time less.

    Source: Hendrycks and Gimpel, "Gaussian Error Linear Units" (2016).
    """
    y = x * x
    y *= np.float32(0.044715)
    y += 1
    y *= x
    y *= np.float32(np.sqrt(2 / np.pi))
    np.tanh(y, out=y)
    y += 1
    y *= x
    y *= np.float32(0.5)
    return y


def _softmax(x: Floats) -> Floats:
    """In place, over the last axis."""
    x -= x.max(axis=-1, keepdims=True)
    np.exp(x, out=x)
    x /= x.sum(axis=-1, keepdims=True)
    return x


def _batches(sizes: Sequence[int]) -> Iterator[list[int]]:
    """Rows of like length together, as many as fit."""
    part: list[int] = []
    for row in sorted(range(len(sizes)), key=lambda row: (sizes[row], row)):
        if part and (len(part) + 1) * sizes[row] > _TOKENS_A_BATCH:
            yield part
            part = []
        part.append(row)
    if part:
        yield part


def _cutter(vocabulary: Vocabulary) -> Any:
    """A `sentencepiece` processor for this vocabulary.

    The library reads its own model files only, which are messages of Protocol Buffers; this makes one in memory.
    """
    from sentencepiece import SentencePieceProcessor

    kinds = {_BEGIN: 3, _PAD: 3, _END: 3, _UNKNOWN: 2}
    parts = []
    for number, (piece, score) in enumerate(zip(vocabulary.pieces, vocabulary.scores.tolist(), strict=True)):
        body = _field(1, piece) + b"\x15" + struct.pack("<f", score)
        parts.append(_field(1, body + (_number(3, kinds[number]) if number in kinds else b"")))
    trainer = b"".join(_number(*pair) for pair in ((3, 1), (40, _UNKNOWN), (41, _BEGIN), (42, _END), (43, _PAD)))
    as_it_is = _field(1, b"identity") + _number(3, 1) + _number(4, 1) + _number(5, 1)
    return SentencePieceProcessor(model_proto=b"".join(parts) + _field(2, trainer) + _field(3, as_it_is))


def _field(number: int, octets: bytes) -> bytes:
    """A field of octets in a message of Protocol Buffers."""
    return _varint(number << 3 | 2) + _varint(len(octets)) + octets


def _number(number: int, value: int) -> bytes:
    """A field of a whole number."""
    return _varint(number << 3) + _varint(value)


def _varint(value: int) -> bytes:
    octets = bytearray()
    while value > 127:
        octets.append(value & 127 | 128)
        value >>= 7
    return bytes([*octets, value])
