"""What can be downloaded: the Argos package index, Mozilla's model registry, and Remote Settings records.

- Argos: a list of packages with `from_code`, `to_code`, `package_version` and `links` (argospm-index on GitHub).
- Mozilla's registry (`db/models.json` of the translations bucket): `baseUrl` and `models["fr-en"]`, a list with
  `architecture`, `releaseStatus` and `files` (`model`, `lexicalShortlist`, `vocab` or `srcVocab` and `trgVocab`), each
  with a `path` of a gzip file; the model has `uncompressedHash`.
- Remote Settings (`translations-models-v2`, what Firefox itself asks; mirrors carry the same `records.json`): one
  record a file with `sourceLanguage`, `targetLanguage`, `fileType`, `version`, `attachment.location` of a zstd file and
  `decompressedHash`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import urljoin, urlsplit

from pipeline.errors import ModelError
from pipeline.translate import argos, firefox
from pipeline.translate.engine import language_code

#: fxtranslate's authors ask not to lean on the service that Firefox itself uses, so the public bucket comes first.
MOZILLA_REGISTRY = "https://storage.googleapis.com/moz-fx-translations-data--303e-prod-translations-data/db/models.json"
REMOTE_SETTINGS = (
    "https://firefox.settings.services.mozilla.com/v1/buckets/main/collections/translations-models-v2/records"
)
REMOTE_SETTINGS_FILES = "https://firefox-settings-attachments.cdn.mozilla.net/"
ARGOS_INDEX = "https://raw.githubusercontent.com/argosopentech/argospm-index/main/index.json"

_ARCHITECTURES = ("base-memory", "base", "tiny")
_STATUSES = ("Release", "Release Desktop", "Release Android")
_FILE_NAME = re.compile(r"[\w.-]{1,100}\.(bin|spm)", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Remote:
    """One file of an offer."""

    #: Addresses that hold the same file, tried in order.
    urls: tuple[str, ...]
    #: Name of the file once installed; a ".gz" or ".zst" of the address is unpacked.
    name: str
    #: SHA-256 of the unpacked file, when the catalogue has it.
    sha256: str | None = None
    #: SHA-256 of the file as it is sent; with it an interrupted download is continued by a later call.
    packed_sha256: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A model that can be downloaded."""

    engine: str
    source: str
    target: str
    version: str
    files: tuple[Remote, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogues:
    """Addresses of the catalogues, in the order they are asked."""

    firefox: tuple[str, ...] = (MOZILLA_REGISTRY,)
    argos: tuple[str, ...] = (ARGOS_INDEX,)

    def of(self, engine: str | None) -> list[tuple[str, str]]:
        """(engine, address) of the catalogues of one engine, or of all."""
        known = {firefox.NAME: self.firefox, argos.NAME: self.argos}
        return [(name, url) for name, urls in known.items() if engine in (None, name) for url in urls]


def offers(engine: str, url: str, data: object) -> list[Offer]:
    """Read a catalogue.

    Raises:
        ModelError: It has none of the known layouts.
    """
    if engine == argos.NAME and isinstance(data, list):
        return list(_argos(url, data))
    if engine == firefox.NAME and isinstance(data, Mapping):
        if isinstance(data.get("models"), Mapping):
            return list(_registry(url, data))
        if isinstance(data.get("data"), list):
            return list(_records(url, data["data"]))
    raise ModelError(url, f"this is not an index of {engine} models")


def _argos(url: str, rows: list[object]) -> Iterator[Offer]:
    for row in rows:
        if not isinstance(row, Mapping) or row.get("type", "translate") != "translate":
            continue
        codes = row.get("from_code"), row.get("to_code")
        links = row.get("links")
        urls = tuple(u for link in (links if isinstance(links, list) else ()) for u in _web(url, link))
        if not all(isinstance(c, str) and c for c in codes) or not urls:
            continue
        source, target = language_code(str(codes[0])), language_code(str(codes[1]))
        version = str(row.get("package_version", ""))
        remote = Remote(urls=urls, name=f"translate-{source}_{target}.argosmodel")
        yield Offer(engine=argos.NAME, source=source, target=target, version=version, files=(remote,))


def _registry(url: str, data: Mapping[str, object]) -> Iterator[Offer]:
    base = str(data.get("baseUrl") or url)
    models = data["models"]
    assert isinstance(models, Mapping)
    for pair, rows in models.items():
        found = [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []
        for row in sorted(found, key=_preference):
            source, _, target = str(pair).partition("-")
            source, target = str(row.get("sourceLanguage") or source), str(row.get("targetLanguage") or target)
            parts = row.get("files")
            files = tuple(_registry_files(base, parts)) if isinstance(parts, Mapping) else ()
            if len(files) >= 2:
                version = f"{row.get('architecture', '')}-{(files[0].sha256 or '')[:8]}".strip("-")
                yield Offer(
                    engine=firefox.NAME, source=language_code(source), target=language_code(target),
                    version=version, files=files,
                )  # fmt: skip
                break


def _registry_files(base: str, parts: Mapping[str, object]) -> Iterator[Remote]:
    for part in ("model", "vocab", "srcVocab", "trgVocab", "lexicalShortlist"):
        row = parts.get(part)
        if isinstance(row, Mapping) and isinstance(row.get("path"), str):
            path = str(row["path"])
            name = path.rsplit("/", 1)[-1].removesuffix(".gz").removesuffix(".zst")
            digest = row.get("uncompressedHash")
            urls = tuple(_web(base.rstrip("/") + "/", path))
            if urls and _FILE_NAME.fullmatch(name):
                yield Remote(urls=urls, name=name, sha256=_hash(digest))


def _preference(row: Mapping[str, object]) -> tuple[int, int]:
    status, architecture = row.get("releaseStatus"), row.get("architecture")
    return _rank(_STATUSES, status), _rank(_ARCHITECTURES, architecture)


def _rank(order: tuple[str, ...], value: object) -> int:
    return order.index(str(value)) if value in order else len(order)


def _records(url: str, rows: list[object]) -> Iterator[Offer]:
    groups: dict[tuple[str, str], dict[tuple[tuple[int, ...], int], list[Mapping[str, object]]]] = {}
    for row in rows:
        # A filter expression keeps a record to some Firefox channels.
        if isinstance(row, Mapping) and isinstance(row.get("attachment"), Mapping) and not row.get("filter_expression"):
            pair = str(row.get("sourceLanguage")), str(row.get("targetLanguage"))
            version = tuple(int(n) for n in re.findall(r"\d+", str(row.get("version", ""))))
            order = version, -_rank(_ARCHITECTURES, row.get("architecture"))
            groups.setdefault(pair, {}).setdefault(order, []).append(row)
    for (source, target), versions in groups.items():
        for order in sorted(versions, reverse=True):
            files = tuple(_record_files(url, versions[order]))
            kinds = {str(row.get("fileType")) for row in versions[order]}
            if "model" in kinds and ("vocab" in kinds or {"srcvocab", "trgvocab"} <= kinds):
                yield Offer(
                    engine=firefox.NAME, source=language_code(source), target=language_code(target),
                    version=str(versions[order][0].get("version", "")), files=files,
                )  # fmt: skip
                break


def _record_files(url: str, rows: list[Mapping[str, object]]) -> Iterator[Remote]:
    base = REMOTE_SETTINGS_FILES if "/buckets/main/collections/" in url else url
    for row in sorted(rows, key=lambda r: str(r.get("fileType"))):
        attachment = row["attachment"]
        assert isinstance(attachment, Mapping)
        name, digest = str(row.get("name")), row.get("decompressedHash")
        urls = tuple(_web(base, attachment.get("location")))
        if urls and _FILE_NAME.fullmatch(name):
            packed = attachment.get("hash")
            yield Remote(urls=urls, name=name, sha256=_hash(digest), packed_sha256=_hash(packed))


def _hash(value: object) -> str | None:
    return value if isinstance(value, str) and value else None


def _web(base: str, link: object) -> Iterator[str]:
    """The absolute address, when it is one of the web (indexes also list ipfs: and magnet: links)."""
    if isinstance(link, str) and link:
        url = urljoin(base, link)
        if urlsplit(url).scheme in ("http", "https"):
            yield url
