"""The line from feeds to editions.

`order` knows which part follows which: `gather` (feeds and pages), `judge` (articles and stories), `editions`; the rest
opens, keeps and writes.
"""

from __future__ import annotations

from pipeline.run.openings import languages_of, open_http, open_translator
from pipeline.run.order import run
from pipeline.run.output import FILES, write_edition
from pipeline.run.report import RunReport

__all__ = ["FILES", "RunReport", "languages_of", "open_http", "open_translator", "run", "write_edition"]
