"""The memory as TMX 1.4, which other translation tools read and write (LISA OSCAR, TMX 1.4b specification, 2005).

What a machine made carries the properties that its key needs and a digest of its words, and comes back as it went.
Everything else (a unit of another tool, or one of ours whose words were changed there) comes in as an editor's
correction, which wins over any machine.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO
from xml.parsers import expat
from xml.sax.saxutils import escape, quoteattr

from pipeline.errors import InputError
from pipeline.text.normalise import clean_text
from pipeline.translate.engine import language_code
from pipeline.translate.memory import EDITOR, Memory, MemoryKey, Remembered, corrected

_PROPERTY = "x-cyberdigest-"
#: XML 1.0 section 2.2 has no place for these, not even escaped.
_NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: Elements inside a segment whose content is code of the document, not words.
_CODES = frozenset({"bpt", "ept", "it", "ph", "ut"})
_BATCH = 1000


def export_tmx(memory: Memory, file: IO[bytes], *, version: str) -> int:
    """Write all of a memory but what was given up on; returns the number of units.

    Args:
        memory: What to write.
        file: Opened for writing bytes.
        version: Version of this program, for the header.
    """
    count = 0
    head = (
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx version="1.4">\n'
        f'<header creationtool="cyberdigest" creationtoolversion={quoteattr(version)} segtype="sentence" '
        'o-tmf="cyberdigest" adminlang="en" srclang="*all*" datatype="plaintext"/>\n<body>\n'
    )
    file.write(head.encode("utf-8"))
    for key, entry in memory.items():
        if not entry.problems:
            file.write(_unit(key, entry).encode("utf-8"))
            count += 1
    file.write(b"</body>\n</tmx>\n")
    return count


def import_tmx(file: IO[bytes], memory: Memory, *, name: str) -> int:
    """Read units into a memory; returns their number.

    Args:
        file: Opened for reading bytes.
        memory: Where they go.
        name: Of the file, for errors.

    Raises:
        InputError: Not TMX; the text names file and line. What was read before stays.
    """
    count, batch = 0, {}
    for unit in _units(file, name):
        for key, entry in _entries(unit):
            batch[key] = entry
            count += 1
        if len(batch) >= _BATCH:
            memory.put_many(batch)
            batch = {}
    memory.put_many(batch)
    return count


@dataclass(slots=True)
class _Unit:
    source: str
    properties: dict[str, str] = field(default_factory=dict)
    #: (language as written, words)
    variants: list[tuple[str, str]] = field(default_factory=list)


def _unit(key: MemoryKey, entry: Remembered) -> str:
    lines = [f"<tu srclang={quoteattr(key.source)}>"]
    if key.engine != EDITOR:
        properties = {
            "engine": key.engine,
            "guard": key.guard,
            "route": entry.route or "",
            "digest": _digest(entry.text),
        }
        lines += [f'<prop type="{_PROPERTY}{kind}">{_xml(value)}</prop>' for kind, value in properties.items()]
    for language, text in ((key.source, key.sentence), (key.target, entry.text)):
        lines.append(f"<tuv xml:lang={quoteattr(language)}><seg>{_xml(text)}</seg></tuv>")
    return "\n".join([*lines, "</tu>\n"])


def _entries(unit: _Unit) -> Iterator[tuple[MemoryKey, Remembered]]:
    """(key, entry) for each target language of a unit."""
    written = unit.source if unit.source != "*all*" or not unit.variants else unit.variants[0][0]
    source = language_code(written)
    originals = [words for language, words in unit.variants if language_code(language) == source]
    if not originals or not originals[0]:
        return
    own = unit.properties
    for language, words in unit.variants:
        target = language_code(language)
        if target == source or not words:
            continue
        if own.get("engine") and own.get("digest") == _digest(words):
            key = MemoryKey(
                sentence=originals[0], source=source, target=target, guard=own.get("guard", ""), engine=own["engine"]
            )
            yield key, Remembered(text=words, route=own.get("route") or None)
        else:
            yield corrected(originals[0], source, target), Remembered(text=words, route=EDITOR)


def _digest(text: str) -> str:
    return hashlib.sha256(clean_text(text).encode("utf-8")).hexdigest()[:16]


def _xml(text: str) -> str:
    return escape(_NOT_XML.sub("", text))


def _units(file: IO[bytes], name: str) -> Iterator[_Unit]:
    reader = _Reader()
    parser = reader.parser
    try:
        while chunk := file.read(1 << 16):
            parser.Parse(chunk)
            yield from reader.taken()
        parser.Parse(b"", True)  # noqa: FBT003 - that was all; the parameter has no name
    except (expat.ExpatError, _NotTmxError) as error:
        raise InputError(f"{name}:{parser.CurrentLineNumber}", f"not TMX: {error}") from error
    if not reader.is_tmx:
        raise InputError(name, "not TMX: it has no <tmx> element")
    yield from reader.taken()


class _NotTmxError(Exception):
    """Well-formed XML of another kind, or XML that tries something."""


class _Reader:
    """Events of the parser gathered into units."""

    def __init__(self) -> None:
        self.is_tmx = False
        self._srclang = "*all*"
        self._done: list[_Unit] = []
        self._unit: _Unit | None = None
        self._language = self._property = ""
        self._text: list[str] | None = None
        self._codes = 0
        self.parser = expat.ParserCreate(namespace_separator=None)
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self.parser.EntityDeclHandler = self._entity
        self.parser.buffer_text = True

    def taken(self) -> list[_Unit]:
        """Units finished since the last call."""
        done, self._done = self._done, []
        return done

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if not self.is_tmx and name != "tmx":
            raise _NotTmxError(f"the document is <{name}>")
        if name == "tmx":
            self.is_tmx = True
        elif name == "header":
            self._srclang = attributes.get("srclang", "*all*")
        elif name == "tu":
            self._unit = _Unit(attributes.get("srclang", self._srclang))
        elif name == "tuv":
            self._language = attributes.get("xml:lang") or attributes.get("lang", "")
        elif name == "prop" and self._unit is not None:
            self._property, self._text = attributes.get("type", ""), []
        elif name == "seg":
            self._text, self._codes = [], 0
        elif name in _CODES:
            self._codes += 1

    def _end(self, name: str) -> None:
        if name in _CODES:
            self._codes -= 1
        elif name == "tu" and self._unit is not None:
            self._done.append(self._unit)
            self._unit = None
        elif name in ("seg", "prop") and self._text is not None and self._unit is not None:
            text = "".join(self._text)
            self._text = None
            if name == "seg" and self._language:
                self._unit.variants.append((self._language, clean_text(text)))
            elif name == "prop" and self._property.startswith(_PROPERTY):
                self._unit.properties[self._property.removeprefix(_PROPERTY)] = text

    def _characters(self, data: str) -> None:
        if self._text is not None and self._codes == 0:
            self._text.append(data)

    def _entity(self, name: str, *_: object) -> None:
        raise _NotTmxError(f"entities are refused (&{name};)")
