"""The models manager: catalogues, downloads, damaged packages, Debian packages, first runs."""

from __future__ import annotations

import contextlib
import gzip
import hashlib
import io
import json
import stat
import threading
import time
import zipfile
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from translation_kit import Site, argos_package, firefox_model, served, zipped, zstd

from pipeline.errors import ModelError
from pipeline.fetch.http import Http
from pipeline.translate import Edge, Routes, debian, downloads
from pipeline.translate.catalogues import ARGOS_INDEX, MOZILLA_REGISTRY, REMOTE_SETTINGS, Catalogues, offers
from pipeline.translate.downloads import Downloads, Progress
from pipeline.translate.ensure import ensure_route
from pipeline.translate.models import Models
from pipeline.translate.packages import expand


@pytest.fixture
def site() -> Iterator[Site]:
    with served() as site:
        yield site


@pytest.fixture(scope="module")
def http() -> Iterator[Http]:
    with Http(user_agent="cyberdigest-tests", allow_private=True) as http:
        yield http


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small French to English Argos package."""
    return argos_package(tmp_path_factory.mktemp("built") / "package")


@pytest.fixture(scope="module")
def archive(package: Path) -> bytes:
    return zipped(package, package.parent / "fr_en.argosmodel").read_bytes()


def _models(folder: Path, http: Http | None = None, *, seconds: float = 5, **catalogues: tuple[str, ...]) -> Models:
    known = Catalogues(**{"firefox": (), "argos": (), **catalogues})
    return Models(folder, download=http.download if http else None, catalogues=known, seconds=seconds)


def _ours(models: Models) -> list[tuple[str, str, str]]:
    return [(m.engine, m.source, m.target) for m in models.installed() if m.is_ours]


def _nothing_left(folder: Path) -> bool:
    """No model, no staging folder; a part of a download may wait for its rest."""
    return [p for p in folder.rglob("*") if p.is_file() and ".downloads" not in p.parts] == []


# Argos: index, file, folder, address


def test_argos_from_the_index(site: Site, http: Http, archive: bytes, tmp_path: Path) -> None:
    """List, fetch with progress, install, list, remove."""
    site.files["/fr_en.argosmodel"] = archive
    models = _models(tmp_path, http, argos=(site.argos_index(("fr", "en", "/fr_en.argosmodel")),))
    lines: list[str] = []
    seen: list[tuple[int, int | None]] = []
    models.install("fr", "en", log=lines.append, progress=lambda count, total: seen.append((count, total)))

    assert _ours(models) == [("argos", "fr", "en")]
    assert lines == ["fetching fr→en argos 1.9", "installed fr→en argos"]
    assert seen[-1] == (len(archive), len(archive))
    assert str(models.route("fr", "en")) == "fr→en argos"
    assert models.remove("fr", "en") == ["argos"]
    assert _ours(models) == []
    with pytest.raises(ModelError, match="no such model"):
        models.remove("fr", "en")


@pytest.mark.parametrize("kind", ["file", "folder", "address", "flat"])
def test_argos_from_elsewhere(kind: str, site: Site, http: Http, package: Path, archive: bytes, tmp_path: Path) -> None:
    """--from takes a file, an unpacked folder and an address; an archive without a top folder too."""
    site.files["/x.argosmodel"] = archive
    file = tmp_path / "x.argosmodel"
    file.write_bytes(archive)
    flat = zipped(package, tmp_path / "flat.argosmodel", top="")
    origin = {"file": file, "folder": package, "address": f"{site.url}/x.argosmodel", "flat": flat}[kind]
    models = _models(tmp_path / "models", http)
    models.install("fr", "en", origin=origin)

    assert _ours(models) == [("argos", "fr", "en")]
    assert file.read_bytes() == archive


def test_pivot_over_english(package: Path, tmp_path: Path) -> None:
    """Two packages make a chain, as argostranslate itself pivots."""
    metadata = json.loads((package / "metadata.json").read_text())
    models = _models(tmp_path / "models")
    models.install("fr", "en", origin=package)
    (package / "metadata.json").write_text(json.dumps(metadata | {"from_code": "en", "to_code": "de"}))
    try:
        models.install("en", "de", origin=package)
    finally:
        (package / "metadata.json").write_text(json.dumps(metadata))

    assert str(models.route("fr", "de")) == "fr→en argos, en→de argos"


def test_install_again_replaces(package: Path, tmp_path: Path) -> None:
    """A second installation of a direction takes the place of the first as a whole."""
    models = _models(tmp_path)
    models.install("fr", "en", origin=package)
    (tmp_path / "argos" / "fr_en" / "stray").write_text("x")
    models.install("fr", "en", origin=package)

    assert not (tmp_path / "argos" / "fr_en" / "stray").exists()
    assert [p.name for p in (tmp_path / "argos").iterdir() if not p.name.startswith(".")] == ["fr_en"]


# Packages that must not get in


def _archive(entries: dict[str, bytes], *, link: str | None = None) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as target:
        for name, data in entries.items():
            target.writestr(name, data)
        if link is not None:
            info = zipfile.ZipInfo("p/link")
            info.external_attr = (stat.S_IFLNK | 0o777) << 16
            target.writestr(info, link)
    return file.getvalue()


def _changed(archive: bytes, changes: dict[str, bytes | None]) -> bytes:
    """The archive with some of its files other ones, or none."""
    with zipfile.ZipFile(io.BytesIO(archive)) as source:
        entries = {name: source.read(name) for name in source.namelist()}
    entries.update({f"translate-fr_en-1_9/{k}": v for k, v in changes.items() if v is not None})
    for name in [f"translate-fr_en-1_9/{k}" for k, v in changes.items() if v is None]:
        del entries[name]
    return _archive(entries)


def _wrong_pair() -> bytes:
    return json.dumps({"from_code": "de", "to_code": "en", "package_version": "1"}).encode()


def _bad(name: str, archive: bytes) -> bytes:
    middle = archive.index(b"PK\x01\x02") // 2
    cases = {
        "truncated": archive[: len(archive) // 2],
        "corrupted": archive[:middle] + bytes(b ^ 0xFF for b in archive[middle : middle + 64]) + archive[middle + 64 :],
        "empty": b"",
        "html": b"<html>Not found</html>",
        "traversing": _archive({"../../evil": b"x"}),
        "traversing-deep": _archive({"p/metadata.json": b"{}", "p/../../evil": b"x"}),
        "absolute": _archive({"/tmp/evil": b"x"}),
        "backslash": _archive({"..\\evil": b"x"}),
        "drive": _archive({"C:/evil": b"x"}),
        "link": _archive({"p/metadata.json": b"{}"}, link="/etc/passwd"),
        "wrong-pair": _changed(archive, {"metadata.json": _wrong_pair()}),
        "no-metadata": _changed(archive, {"metadata.json": None}),
        "bad-metadata": _changed(archive, {"metadata.json": b"[]"}),
        "no-model": _changed(archive, {"model/model.bin": None}),
        "no-tokenizer": _changed(archive, {"sentencepiece.model": None}),
        "garbage-model": _changed(archive, {"model/model.bin": b"garbage"}),
        "garbage-tokenizer": _changed(archive, {"sentencepiece.model": b"garbage"}),
        "many-files": _archive({f"p/{i}": b"" for i in range(2100)}),
    }
    return cases[name]


_REASONS = {
    "truncated": "damaged or not a zip", "corrupted": "damaged or not a zip", "empty": "damaged or not a zip",
    "html": "damaged or not a zip", "traversing": "outside its folder", "traversing-deep": "outside its folder",
    "absolute": "outside its folder", "backslash": "outside its folder", "drive": "outside its folder",
    "link": "outside its folder", "wrong-pair": "translates de→en argos, not fr→en", "no-metadata": "neither an Argos",
    "bad-metadata": "does not name", "no-model": "not whole", "no-tokenizer": "not whole",
    "garbage-model": "does not load", "garbage-tokenizer": "does not", "many-files": "too large",
}  # fmt: skip


@pytest.mark.parametrize("name", _REASONS)
def test_bad_package_is_refused(name: str, site: Site, http: Http, archive: bytes, tmp_path: Path) -> None:
    """Refused with the reason, nothing installed, nothing written outside, an older model untouched."""
    site.files["/fr_en.argosmodel"] = _bad(name, archive)
    models = _models(tmp_path / "models", http, argos=(site.argos_index(("fr", "en", "/fr_en.argosmodel")),))
    with pytest.raises(ModelError, match=_REASONS[name]):
        models.install("fr", "en", engine="argos")

    assert _nothing_left(tmp_path)


def test_huge_package_is_refused(site: Site, http: Http, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Sizes are bounded when fetched, as declared, and as they come out of an archive that lies."""
    bomb = _archive({"p/zeros": b""})
    with zipfile.ZipFile(file := io.BytesIO(), "w", zipfile.ZIP_DEFLATED) as target:
        target.writestr("p/zeros", b"\0" * 3_000_000)
    declared = file.getvalue()
    lying = declared.replace((3_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little"))
    monkeypatch.setattr("pipeline.translate.packages.MOST_UNPACKED_BYTES", 1_000_000)
    for name, data in (("declared", declared), ("lying", lying)):
        path = tmp_path / f"{name}.argosmodel"
        path.write_bytes(data)
        with pytest.raises(ModelError, match=r"too large|damaged"):
            _models(tmp_path / "models").install("fr", "en", origin=path)
    monkeypatch.setattr("pipeline.translate.downloads.MOST_MODEL_BYTES", 100)
    site.files["/big"] = bomb * 10
    with pytest.raises(ModelError, match="larger than"):
        _models(tmp_path / "models", http).install("fr", "en", origin=f"{site.url}/big")

    assert _nothing_left(tmp_path / "models")


def test_folder_with_links_is_refused(package: Path, tmp_path: Path) -> None:
    """A folder's links could lead anywhere."""
    folder = tmp_path / "package"
    folder.mkdir()
    (folder / "metadata.json").symlink_to(package / "metadata.json")
    with pytest.raises(ModelError, match="links"):
        _models(tmp_path / "models").install("fr", "en", origin=folder)


# Firefox


@pytest.mark.parametrize("packing", ["folder", "gz"])
def test_firefox_from_a_folder(packing: str, tmp_path: Path) -> None:
    """A folder with a model's files, unpacked or as mirrors pack them."""
    folder = firefox_model(tmp_path / "fren")
    if packing == "gz":
        for path in list(folder.iterdir()):
            path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes(), 1))
            path.unlink()
    models = _models(tmp_path / "models")
    models.install("fr", "en", origin=folder)

    assert _ours(models) == [("firefox", "fr", "en")]
    manifest = json.loads((tmp_path / "models" / "firefox" / "fr_en" / "model.json").read_text())
    assert sorted(manifest["files"]) == ["lex.50.50.fren.s2t.bin", "model.fren.intgemm.alphas.bin", "vocab.fren.spm"]


def test_firefox_from_the_registry(site: Site, http: Http, tmp_path: Path) -> None:
    """Mozilla's registry: gzip files, the model's hash checked; Firefox is tried before Argos."""
    registry = site.firefox_registry(firefox_model(tmp_path / "fren"))
    index = site.argos_index(("fr", "en", "/never-fetched"))
    models = _models(tmp_path / "models", http, firefox=(registry,), argos=(index,))
    models.install("fr", "en")

    assert _ours(models) == [("firefox", "fr", "en")]
    assert not any(path == "/never-fetched" for path, _ in site.requests)


def test_firefox_with_a_wrong_hash_falls_back_to_argos(site: Site, http: Http, archive: bytes, tmp_path: Path) -> None:
    """A damaged model is not installed; the next catalogue's is."""
    registry = site.firefox_registry(firefox_model(tmp_path / "fren"))
    name = next(name for name in site.files if "/model.fren" in name)
    site.files[name] = gzip.compress(b"something else")
    site.files["/fr_en.argosmodel"] = archive
    index = site.argos_index(("fr", "en", "/fr_en.argosmodel"))
    models = _models(tmp_path / "models", http, firefox=(registry,), argos=(index,))
    lines: list[str] = []
    models.install("fr", "en", log=lines.append)

    assert _ours(models) == [("argos", "fr", "en")]
    assert any("damaged" in line for line in lines)


def test_firefox_from_remote_settings_records(site: Site, http: Http, tmp_path: Path) -> None:
    """zstd files of the layout that Firefox itself uses."""
    models = _models(tmp_path / "models", http, firefox=(site.firefox_records(firefox_model(tmp_path / "fren")),))
    models.install("fr", "en")

    assert _ours(models) == [("firefox", "fr", "en")]


def test_zstd_bomb_is_refused(tmp_path: Path) -> None:
    """A frame that declares terabytes is not unpacked."""
    path = tmp_path / "x.zst"
    path.write_bytes(b"\x28\xb5\x2f\xfd\xe0" + (1 << 42).to_bytes(8, "little") + b"\x03\x00\x00")
    with pytest.raises(ModelError, match="too large"):
        expand(path, tmp_path / "x", sha256=None, name="x")
    path.write_bytes(zstd(b"words")[:-2])
    with pytest.raises(ModelError, match="damaged"):
        expand(path, tmp_path / "x", sha256=None, name="x")


def test_interrupted_download_goes_on(site: Site, http: Http, tmp_path: Path) -> None:
    """A connection that breaks half-way costs the other half only."""
    registry = site.firefox_registry(firefox_model(tmp_path / "fren"))
    name = next(name for name in site.files if "/model.fren" in name)
    site.breaks[name] = len(site.files[name]) // 2
    models = _models(tmp_path / "models", http, firefox=(registry,))
    models.install("fr", "en")

    ranges = [asked for path, asked in site.requests if path == name]
    assert ranges[0] is None
    assert ranges[1] is not None
    assert _ours(models) == [("firefox", "fr", "en")]


# Catalogues


def test_remote_settings_records() -> None:
    """The newest whole version wins, records for single Firefox channels are passed over, hashes are kept."""

    def record(kind: str, version: str, expression: str = "", pair: str = "fren") -> dict[str, object]:
        return {
            "name": f"{kind}.{pair}.bin" if kind != "vocab" else f"vocab.{pair}.spm", "fileType": kind,
            "sourceLanguage": pair[:2], "targetLanguage": pair[2:], "architecture": "tiny", "version": version,
            "filter_expression": expression, "decompressedHash": "ab" * 32,
            "attachment": {"location": f"main/{kind}-{version}.zst", "hash": "cd" * 32},
        }  # fmt: skip

    rows = [
        record("model", "1.0"), record("vocab", "1.0"), record("model", "2.1"), record("vocab", "2.1"),
        record("lex", "2.1"), record("model", "3.0"), record("model", "4.0", "env.channel == 'nightly'"),
        record("vocab", "4.0", "x"),
    ]  # fmt: skip
    found = offers("firefox", REMOTE_SETTINGS, {"data": rows})

    assert [(o.source, o.target, o.version) for o in found] == [("fr", "en", "2.1")]
    assert [f.name for f in found[0].files] == ["lex.fren.bin", "model.fren.bin", "vocab.fren.spm"]
    assert found[0].files[1].urls == ("https://firefox-settings-attachments.cdn.mozilla.net/main/model-2.1.zst",)
    assert (found[0].files[1].sha256, found[0].files[1].packed_sha256) == ("ab" * 32, "cd" * 32)
    mirror = offers("firefox", "https://mirror.example.org/models/records.json", {"data": rows})
    assert mirror[0].files[1].urls == ("https://mirror.example.org/models/main/model-2.1.zst",)


def test_registry_prefers_released_models() -> None:
    """Of several models for a pair the released one is offered, and of those the larger kind."""

    def row(status: str, architecture: str) -> dict[str, object]:
        base = f"models/{status}-{architecture}"
        files = {"model": {"path": f"{base}/model.fren.bin.gz"}, "vocab": {"path": f"{base}/vocab.fren.spm.gz"}}
        return {"releaseStatus": status, "architecture": architecture, "files": files}

    rows = [row("Nightly", "base-memory"), row("Release", "tiny"), row("Release", "base-memory")]
    found = offers(
        "firefox", "https://x.example/db/models.json", {"baseUrl": "https://x.example/b", "models": {"fr-en": rows}}
    )

    assert [f.urls[0] for f in found[0].files] == [
        "https://x.example/b/models/Release-base-memory/model.fren.bin.gz",
        "https://x.example/b/models/Release-base-memory/vocab.fren.spm.gz",
    ]


@pytest.mark.parametrize("data", [None, [], {}, {"models": 3}, {"data": "x"}, "x", {"data": [1, {"attachment": {}}]}])
def test_catalogue_of_another_kind(data: object) -> None:
    """Anything may come back from an address; it is an error or an empty offer, never a crash."""
    with contextlib.suppress(ModelError):
        assert offers("firefox", "https://x.example/", data) == []


@pytest.mark.parametrize(
    "rows", [[1, None, {}, {"from_code": "fr"}], [{"from_code": 1, "to_code": 2, "links": ["http://x/"]}]]
)
def test_argos_rows_of_another_kind(rows: list[object]) -> None:
    """Rows that are no packages are passed over."""
    assert offers("argos", "https://x.example/", rows) == []


def test_file_names_of_a_catalogue_cannot_leave_the_folder() -> None:
    """A name with a path in it is no name of a model's file."""
    row = {
        "name": "../../evil.bin", "fileType": "model", "version": "1", "sourceLanguage": "fr", "targetLanguage": "en",
        "attachment": {"location": "x"},
    }  # fmt: skip
    vocab = row | {"name": "vocab.fren.spm", "fileType": "vocab"}

    found = offers("firefox", "https://x.example/r.json", {"data": [row, vocab]})
    assert [f.name for offer in found for f in offer.files] == ["vocab.fren.spm"]


def test_default_catalogues_are_https() -> None:
    """The addresses that ship."""
    assert all(url.startswith("https://") for url in (ARGOS_INDEX, MOZILLA_REGISTRY, REMOTE_SETTINGS))
    assert Catalogues().of("argos") == [("argos", ARGOS_INDEX)]


# The network is not there


def test_silent_server_costs_the_time_out(site: Site, http: Http, tmp_path: Path) -> None:
    """An index that never answers is given up in time, in words."""
    index = site.argos_index(("fr", "en", "/x"))
    site.silent["/index.json"] = 3
    start = time.monotonic()
    with pytest.raises(ModelError, match="not reachable: no answer in 1 s"):
        _models(tmp_path, http, seconds=1, argos=(index,)).install("fr", "en", engine="argos")

    assert time.monotonic() - start < 2.5


def test_a_file_that_drips_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Bytes that come one by one for ever hold nobody; the transfer itself ends, too."""
    ended = threading.Event()

    def drip(url: str, path: Path, *, sha256: str | None = None, progress: Progress | None = None) -> None:
        assert progress is not None
        try:
            for count in range(10_000):
                progress(count, None)
                time.sleep(0.01)
        finally:
            ended.set()

    monkeypatch.setattr(downloads, "LONGEST", 0.3)
    with pytest.raises(ModelError, match="not complete in 0 minutes"):
        Downloads(drip, tmp_path).file("https://models.example.org/fr-en", seconds=5)
    assert ended.wait(5)


def test_unreachable_and_forbidden(http: Http, tmp_path: Path) -> None:
    """Nobody listens; downloads not allowed; no such file; no such engine."""
    index = ("http://127.0.0.1:9/index.json",)
    with pytest.raises(ModelError, match="not reachable"):
        _models(tmp_path, http, argos=index).install("fr", "en", engine="argos")
    with pytest.raises(ModelError, match="not allowed"):
        _models(tmp_path, None, argos=index).install("fr", "en", engine="argos")
    with pytest.raises(ModelError, match="no such file"):
        _models(tmp_path).install("fr", "en", origin=tmp_path / "nowhere")
    with pytest.raises(ModelError, match="no models to install"):
        _models(tmp_path).install("fr", "en", engine="libretranslate")


@pytest.mark.parametrize("body", [b"", b"<html>", b"\xff\xfe", b"[" * 100_000])
def test_index_that_is_none(body: bytes, site: Site, http: Http, tmp_path: Path) -> None:
    """A captive portal's page or a deep nest is a clear error."""
    site.files["/index.json"] = body
    with pytest.raises(ModelError, match="not valid JSON"):
        _models(tmp_path, http, argos=(f"{site.url}/index.json",)).install("fr", "en", engine="argos")


# Debian


def _edges(*rows: tuple[str, str, str]) -> list[Edge]:
    return [Edge(engine=e, source=s, target=t, model=f"{e}:{s}-{t}") for s, t, e in rows]


PORTUGUESE = _edges(("pt", "en", "firefox"))


def test_packages_for_french_with_the_portuguese_model() -> None:
    """What opens French → English beside the Portuguese model: two pairs."""
    plan = debian.plan(PORTUGUESE, "fr", "en")

    assert plan is not None
    assert str(plan.route) == "fr→ca apertium, ca→pt apertium, pt→en firefox"
    assert plan.command == "sudo apt-get install -y apertium apertium-fra-cat apertium-por-cat"


@pytest.mark.parametrize(
    ("source", "installed", "packages"),
    [
        ("es", PORTUGUESE, ("apertium", "apertium-es-pt")),
        ("it", PORTUGUESE, ("apertium", "apertium-cat-ita", "apertium-por-cat")),
        ("es", [], ("apertium", "apertium-eng-spa")),
        ("fr", _edges(("fr", "en", "argos")), ()),
        ("fr", [*PORTUGUESE, *_edges(("fr", "ca", "apertium"))], ("apertium", "apertium-por-cat")),
    ],
)
def test_packages_for(source: str, installed: list[Edge], packages: tuple[str, ...]) -> None:
    """Only what is missing is named."""
    plan = debian.plan(installed, source, "en")

    assert plan is not None
    assert plan.packages == packages


def test_no_package_helps() -> None:
    """German has no way to English in Debian's Apertium."""
    assert debian.plan(PORTUGUESE, "de", "en") is None


class _Apt:
    """Stands for apt-get and sudo."""

    def __init__(self, *statuses: int) -> None:
        self.statuses, self.commands = list(statuses), list[list[str]]()

    def __call__(self, command: Sequence[str], seconds: float) -> tuple[int, str]:
        self.commands.append(list(command))
        return (self.statuses.pop(0) if self.statuses else 0), "E: Unable to locate package\n"


@pytest.fixture
def _debian(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda name: f"/usr/bin/{name}")


@pytest.mark.usefixtures("_debian")
@pytest.mark.parametrize(
    ("user", "statuses", "commands"),
    [
        (0, [0], ["apt-get install"]),
        (0, [100, 0, 0], ["apt-get install", "apt-get update", "apt-get install"]),
        (1000, [0, 0], ["sudo -n true", "sudo -n apt-get install"]),
    ],
)
def test_apt_get(user: int, statuses: list[int], commands: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Root installs, others by sudo without a question; missing package lists are fetched once."""
    monkeypatch.setattr("os.geteuid", lambda: user)
    apt = _Apt(*statuses)
    debian.install(["apertium-fra-cat"], run=apt)

    assert [" ".join(c)[: len(w)] for c, w in zip(apt.commands, commands, strict=True)] == commands
    assert all("-y" in command for command in apt.commands if "install" in command)


@pytest.mark.usefixtures("_debian")
@pytest.mark.parametrize(("user", "statuses"), [(1000, [1]), (0, [100, 100]), (0, [100, 0, 100])])
def test_apt_get_that_may_not(user: int, statuses: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Every refusal ends with the command to type."""
    monkeypatch.setattr("os.geteuid", lambda: user)
    with pytest.raises(ModelError, match="type: sudo apt-get install -y apertium-fra-cat"):
        debian.install(["apertium-fra-cat"], run=_Apt(*statuses))


def test_system_without_apt_get(monkeypatch: pytest.MonkeyPatch) -> None:
    """Elsewhere than on Debian a sentence says so."""
    monkeypatch.setattr("shutil.which", lambda name: None)
    with pytest.raises(ModelError, match="no apt-get"):
        debian.install(["apertium-fra-cat"], run=_Apt())


def test_what_is_not_ours_is_not_removed(tmp_path: Path) -> None:
    """The model of a Python package stays, with the reason."""
    with pytest.raises(ModelError, match="came with a Python package"):
        _models(tmp_path).remove("pt", "en")


@pytest.mark.needs("apertium")
def test_apertium_is_removed_by_the_system(tmp_path: Path) -> None:
    """Removing Debian packages is the administrator's."""
    with pytest.raises(ModelError, match="sudo apt-get remove apertium-fra-cat"):
        _models(tmp_path).remove("fr", "ca")


# First runs


class _NoApertium(Models):
    """A machine without Apertium, whatever this one has."""

    def edges(self) -> list[Edge]:
        return [edge for edge in super().edges() if edge.engine != "apertium"]


def test_first_run_downloads_when_it_can(site: Site, http: Http, archive: bytes, tmp_path: Path) -> None:
    """A model of its own is fetched even where a chain is there."""
    site.files["/fr_en.argosmodel"] = archive
    models = _models(tmp_path, http, argos=(site.argos_index(("fr", "en", "/fr_en.argosmodel")),))
    done = ensure_route(models, "fr", "en", allow_download=True, allow_install=False)
    again = ensure_route(models, "fr", "en", allow_download=True, allow_install=True)

    assert (str(done.route), done.command) == ("fr→en argos", None)
    assert done.steps == ("fetching fr→en argos 1.9", "installed fr→en argos")
    assert (again.route, again.steps) == (done.route, ())


def test_first_run_without_anything_says_what_to_type(tmp_path: Path) -> None:
    """Nothing allowed, nothing there: the command that fixes it."""
    models = _NoApertium(tmp_path, catalogues=Catalogues(firefox=(), argos=()))
    done = ensure_route(models, "fr", "en", allow_download=False, allow_install=False)
    hopeless = ensure_route(models, "de", "en", allow_download=False, allow_install=False)

    assert done.route is None
    assert done.command == "sudo apt-get install -y apertium apertium-fra-cat apertium-por-cat"
    assert hopeless.command == "cyberdigest models install de en"


@pytest.mark.usefixtures("_debian")
def test_first_run_installs_packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Offline with a package manager: Apertium's packages open the chain."""
    monkeypatch.setattr("os.geteuid", lambda: 0)
    apt = _Apt()

    class Machine(_NoApertium):
        def edges(self) -> list[Edge]:
            chain = _edges(("fr", "ca", "apertium"), ("ca", "pt", "apertium"))
            return [*super().edges(), *(chain if apt.commands else [])]

    models = Machine(tmp_path, catalogues=Catalogues(firefox=(), argos=()), run=apt)
    done = ensure_route(models, "fr", "en", allow_download=True, allow_install=True)

    assert str(done.route) == "fr→ca apertium, ca→pt apertium, pt→en firefox"
    assert apt.commands[0][-3:] == ["apertium", "apertium-fra-cat", "apertium-por-cat"]
    assert done.command == "cyberdigest models install fr en"
    assert done.steps[-1].startswith("installing apertium apertium-fra-cat apertium-por-cat for ")


def test_routes_of_this_machine(tmp_path: Path) -> None:
    """What comes with the installation is always there: Portuguese ↔ English."""
    edges = Models(tmp_path).edges()

    assert str(Routes(edges).best("pt", "en")) == "pt→en firefox"
    assert str(Routes(edges).best("en", "pt")) == "en→pt firefox"


def test_hash_of_catalogue_is_lower_or_upper(tmp_path: Path) -> None:
    """Hashes are compared without regard to case."""
    (tmp_path / "a").write_bytes(b"words")
    expand(tmp_path / "a", tmp_path / "b", sha256=hashlib.sha256(b"words").hexdigest().upper(), name="x")
    with pytest.raises(ModelError, match="damaged"):
        expand(tmp_path / "a", tmp_path / "b", sha256="0" * 64, name="x")
