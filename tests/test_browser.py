"""The page and the mail in a real browser: nothing sticks out, nothing is loaded, no error is logged."""

from __future__ import annotations

import html
import json
import re
import subprocess
from pathlib import Path

import pytest
from sample_edition import sample

from pipeline.model import EditionFormat
from pipeline.render import render

_FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-quic", "--hide-scrollbars",
]  # fmt: skip
_MEASURE = """
<script>
addEventListener('load', () => {
  const inner = document.querySelector('iframe').contentDocument;
  const width = %d, wide = [...inner.body.querySelectorAll('*')]
    .filter(e => e.getBoundingClientRect().right > width + 1 && getComputedStyle(e).position !== 'absolute')
    .map(e => e.tagName + '.' + e.className);
  const result = {scroll: inner.documentElement.scrollWidth, wide: wide.slice(0, 5),
    text: inner.body.innerText.length, loaded: performance.getEntriesByType('resource').length,
    background: getComputedStyle(inner.body).backgroundColor, links: inner.links.length,
    frame: getComputedStyle(inner.querySelector('[aria-invalid]') || inner.body).borderTopWidth};
  document.body.innerHTML = '<pre id="r">' + JSON.stringify(result) + '</pre>';
});
</script>"""


def look(folder: Path, page: str, width: int, *extra: str) -> dict[str, object]:
    """Lay the page out at a width and measure it from outside; its own scripts and policy stay as they are."""
    wrapper = folder / "wrapper.html"
    frame = f'<iframe style="border:0;width:{width}px;height:2000px" srcdoc="{html.escape(page, quote=True)}"></iframe>'
    wrapper.write_text(f"<!doctype html><body style='margin:0'>{frame}{_MEASURE % width}</body>", encoding="utf-8")
    command = ["chromium", *_FLAGS, *extra, f"--user-data-dir={folder / 'profile'}", "--window-size=1400,2000"]
    result = subprocess.run(
        [*command, "--virtual-time-budget=4000", "--dump-dom", wrapper.as_uri()],
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    found = re.search(r'<pre id="r">(.*?)</pre>', result.stdout, re.DOTALL)
    assert found, result.stdout[:2000] + result.stderr[-2000:]
    return json.loads(html.unescape(found[1]))  # type: ignore[no-any-return]


@pytest.mark.needs("chromium")
@pytest.mark.parametrize("width", [375, 1280])
@pytest.mark.parametrize("language", ["en", "ar", "de"])
@pytest.mark.parametrize("kind", ["html", "mail"])
def test_nothing_sticks_out_and_nothing_is_loaded(
    tmp_path: Path, kind: EditionFormat, language: str, width: int
) -> None:
    """From a phone to a desktop, left to right and right to left, in a language of long words."""
    seen = look(tmp_path, render(sample(language), kind), width)

    assert seen["scroll"] == width, seen["wide"]
    assert seen["loaded"] == 0
    assert int(str(seen["text"])) > 1000
    assert int(str(seen["links"])) > 5
