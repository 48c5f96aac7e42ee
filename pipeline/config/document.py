"""feeds.yaml as YAML: read whole, with the line of every key."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.reader import ReaderError

from pipeline.errors import ConfigError

#: What the parser says of the commonest slips → what is wrong, in an operator's words.
_SLIPS = (
    (r"'\\t'", "a tab is used where spaces are expected"),
    (r"^expected <block end>", "it is indented otherwise than the lines that it belongs to"),
    (r"^mapping values are not allowed", "a value that holds a colon and a space is put in quotation marks"),
    (r"^found unexpected end of stream", "a quotation mark is opened and not closed"),
)
#: Values that references to other parts of the file (`*name`) may make of it: nine lines can make millions.
_MOST_VALUES = 200_000


def read_yaml(path: Path) -> Any:
    """The file as ruamel's mapping, which knows its lines.

    Raises:
        ConfigError: It is missing, unreadable, empty, or no mapping in UTF-8 YAML; with the line where there is one.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise ConfigError(str(path), "no such file; `cyberdigest init` writes one") from error
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise ConfigError(f"{path}:{line}", "not UTF-8 text; save the file as UTF-8") from error
    try:
        has_an_end = "*" not in text or _has_an_end(YAML(typ="rt").compose(text))
        document = YAML(typ="rt").load(text) if has_an_end else {}
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(f"{path}:{line}", f"not valid YAML: {_in_plain_words(error)}") from error
    except ReaderError as error:
        line = text[: error.position].count("\n") + 1
        raise ConfigError(f"{path}:{line}", f"not valid YAML: the control character U+{error.character:04X}") from error
    except YAMLError as error:
        raise ConfigError(str(path), f"not valid YAML: {error}") from error
    if document is None:
        raise ConfigError(f"{path}:1", "the file is empty; it needs at least `feeds:`")
    if not isinstance(document, Mapping):
        raise ConfigError(f"{path}:1", "a mapping with the key `feeds:` is expected")
    if not has_an_end:
        raise ConfigError(str(path), "its aliases (`*name`) expand to far too much; write out what they stand for")
    return document


def _has_an_end(document: Any) -> bool:
    """Whether all that references stand for, written out, is no more than anybody writes.

    Args:
        document: The nodes, which still refer to themselves where the file does: the values have nothing there.
    """
    waiting, seen = [document], 0
    while waiting:
        node = waiting.pop()
        value = getattr(node, "value", node)
        waiting += value if isinstance(value, list | tuple) else ()
        seen += 1
        if seen + len(waiting) > _MOST_VALUES:
            return False
    return True


def _in_plain_words(error: MarkedYAMLError) -> str:
    said = str(error.problem or error.context)
    return next((f"{words} ({said})" for pattern, words in _SLIPS if re.search(pattern, said)), said)


def plain(node: Any) -> Any:
    """Strip ruamel's subclasses, which pydantic's strict mode refuses."""
    if isinstance(node, Mapping):
        return {str(key): plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [plain(value) for value in node]
    for kind in (bool, int, float, str):
        if isinstance(node, kind):
            return kind(node)
    return node


def line_of(document: Any, where: Sequence[str | int]) -> int:
    """Line of the deepest part of a path that the file has, counted from 1."""
    line, node = 1, document
    for part in where:
        try:
            position = node.lc.item(part)[0] if isinstance(part, int) else node.lc.key(part)[0]
            line, node = position + 1, node[part]
        except (AttributeError, KeyError, IndexError, TypeError):
            break
    return line
