"""No regular expression of the parts that meet strangers (feeds, mail servers, mails, visitors) takes long."""

from __future__ import annotations

import importlib
import pkgutil
import re
import time
from collections.abc import Iterator
from types import ModuleType

import pytest

import pipeline

_PARTS = ("cli", "config", "deliver", "doctor", "fetch", "render", "run", "seam", "store", "web")
_SIZE = 50_000
#: What the code itself hands to these at most, in characters.
_LIMITS = {
    "pipeline.config.values._SPAN": 200,  # the user's own file
    "pipeline.config.values._TAG": 200,
    "pipeline.fetch.dates._OFFSET": 100,
    "pipeline.fetch.urls._WRAPPERS": 300,  # host names
    "pipeline.render.translated._HOP": 500,  # our own routes
}
_SEEDS = (
    "a", "0", " ", "\t", "\n", "-", ".", "a ", "a.", "1.", "1 ", "a\n", "é", "文", "<", "<a", "<a ", "&", "&a", "=",
    "a=a&", "(", '"', "a:", "a@", "<a@", "=?a?q?", "1-1 ", "[", "q=0.", "http://a", "%41", "\\", "{",
)  # fmt: skip
_LITERAL = re.compile(r"[A-Za-z0-9<>&=;:@/.\-!\"' ]{2,16}")


def _modules() -> Iterator[ModuleType]:
    for part in _PARTS:
        package = importlib.import_module(f"{pipeline.__name__}.{part}")
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            yield importlib.import_module(found.name)


def _patterns() -> Iterator[tuple[str, re.Pattern[str] | re.Pattern[bytes]]]:
    seen = set()
    for module in _modules():
        for name, value in vars(module).items():
            for pattern in _inside(value):
                if pattern not in seen:
                    seen.add(pattern)
                    yield f"{module.__name__}.{name}", pattern


def _inside(value: object) -> Iterator[re.Pattern[str] | re.Pattern[bytes]]:
    if isinstance(value, re.Pattern):
        yield value
    elif isinstance(value, (tuple, list, set, frozenset)):
        for item in value:
            yield from _inside(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _inside(item)


@pytest.mark.parametrize(("name", "pattern"), [pytest.param(*found, id=found[0]) for found in _patterns()])
def test_no_repeated_text_makes_a_pattern_slow(name: str, pattern: re.Pattern[str] | re.Pattern[bytes]) -> None:
    """50 KB of any of many seeds, its own literals among them, are searched through in a quarter of a second."""
    is_bytes = isinstance(pattern.pattern, bytes)
    source = pattern.pattern.decode("latin-1") if isinstance(pattern.pattern, bytes) else pattern.pattern
    size = _LIMITS.get(name, _SIZE)
    for seed in (*_SEEDS, *_LITERAL.findall(source)[:40]):
        for end in ("", "!"):
            text = (seed * (size // len(seed)) + end)[-size:]
            taken = _seconds(pattern, text.encode() if is_bytes else text)
            assert taken <= 0.25, (seed, end)


def _seconds(pattern: re.Pattern[str] | re.Pattern[bytes], text: str | bytes) -> float:
    """Seconds of processor time for finding all; other work on the machine does not count."""
    started = time.process_time()
    for _ in pattern.finditer(text):  # type: ignore[arg-type]
        pass
    return time.process_time() - started
