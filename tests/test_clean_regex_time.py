"""No regular expression of extraction and cleaning takes long on anything."""

from __future__ import annotations

import importlib
import re
import time
from collections.abc import Callable, Iterator

import pytest

from pipeline.clean.rules import phrase_rules
from pipeline.extract.structure import structure_rules
from pipeline.text.junk import junk_reason

_SIZE = 200_000
#: A search, and how long a quiet machine of the kind we measure on takes for it; slower ones have as much more time.
_PLAIN, _PLAIN_SECONDS = re.compile(r"\b\w+ z"), 0.0075
_MODULES = (
    "pipeline.text.junk", "pipeline.clean.phrases", "pipeline.clean.rules", "pipeline.text.cues",
    "pipeline.clean.lines", "pipeline.text.linewords", "pipeline.text.notices", "pipeline.extract.article",
    "pipeline.extract.body",
    "pipeline.extract.document", "pipeline.extract.links", "pipeline.extract.metadata", "pipeline.extract.structure",
    "pipeline.extract.dates", "pipeline.extract.inline", "pipeline.extract.moments", "pipeline.extract.printed",
)  # fmt: skip
#: What the code itself hands these at most: names of elements, short lines, texts that may be junk.
_LIMITS = {
    "_LEAD_NAME": 300,
    "_KICKER_NAME": 300,
    "_UNWANTED_NAME": 2000,
    "_SOURCE_CUE": 300,
    "_FOREIGN_NAME": 200,
    "_OTHERS_NAME": 200,
    "_DATE_NAME": 200,
    "_OTHER_LABEL": 600,
    "_PUBLISHED_LABEL": 600,
    "_CHANGED_LABEL": 600,
    "_HEAD_LINE": 90,
    "_POST": 1800,
    "_WALLS": 1800,
}
_SEEDS = (
    "a",
    " ",
    "a ",
    "-",
    ".",
    "newsletter ",
    "cookie ",
    "m. ",
    "1",
    "2026-01-01 ",
    "http://a",
    "<meta ",
    "é",
    "文",
    "a: ",
    "| ",
    "the post ",
)


def _patterns() -> Iterator[tuple[str, re.Pattern[str], tuple[str, ...]]]:
    for rule in phrase_rules().rules:
        yield rule.full_name, rule.pattern, (rule.case.lower(), rule.case.lower()[:-3])
    for structure in structure_rules():
        yield f"html/{structure.name}", structure.pattern, (structure.case,)
    for name in _MODULES:
        for key, value in vars(importlib.import_module(name)).items():
            values = value if isinstance(value, tuple) else (value,)
            for item in values:
                item = item[1] if isinstance(item, tuple) and len(item) == 2 else item
                if isinstance(item, re.Pattern):
                    yield f"{name}.{key}", item, ()


@pytest.mark.parametrize(
    ("name", "pattern", "seeds"), [pytest.param(*p, id=f"{n}-{p[0]}") for n, p in enumerate(_patterns())]
)
def test_regex_is_fast(name: str, pattern: re.Pattern[str], seeds: tuple[str, ...]) -> None:
    """200 KB of the worst take 50 ms at most, as the pattern is used."""
    is_rule = name.partition("/")[0] in {rule.kind for rule in phrase_rules().rules}
    for seed in (*_SEEDS, *seeds):
        text: str | bytes = (seed * (_SIZE // len(seed) + 1))[:_SIZE]
        if isinstance(pattern.pattern, bytes):
            text = text.encode()[:4096]
        text = text[: _LIMITS.get(name.rpartition(".")[2], _SIZE)]
        action = pattern.match if is_rule else pattern.search
        _check(lambda action=action, text=text: action(text), (name, seed))


def test_junk_is_fast_on_anything() -> None:
    """The predicate looks at no more than it must."""
    for seed in _SEEDS:
        text = seed * (_SIZE // len(seed))
        _check(lambda text=text: junk_reason("A title", text), seed)
        _check(lambda text=text: junk_reason("A title", text[:450]), seed)


def _check(action: Callable[[], object], what: object) -> None:
    """50 ms, or what comes to the same on a slower or a busy machine."""
    took = _fastest(action)
    if took > 0.05:
        plain = _fastest(lambda: _PLAIN.search("a " * (_SIZE // 2)))
        assert took <= 0.05 * max(1.0, plain / _PLAIN_SECONDS), what


def _fastest(action: Callable[[], object]) -> float:
    """Shortest of up to five runs, since other work may share the machine."""
    best = 9.0
    for _ in range(5):
        start = time.process_time()
        action()
        best = min(best, time.process_time() - start)
        if best <= 0.02:
            break
    return best
