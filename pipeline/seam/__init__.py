"""JSON Lines, the seam for people: every text stage as a filter from records to records.

A record is one JSON object with the keys `id url feed title published html text language language_confidence removed
topics labels facts story summary translation junk`; other keys pass through untouched. A stage adds or replaces its own
keys only, keeps order and count, and makes do where a key is missing. Nothing here opens a socket.

`lines` reads and writes, `records` turns a record into an `Article`, `stages` holds the stages by name.
"""

from __future__ import annotations

from pipeline.seam.lines import Report, filter_lines
from pipeline.seam.options import StageOptions
from pipeline.seam.records import split_text, to_article
from pipeline.seam.stages import STAGES

__all__ = ["STAGES", "Report", "StageOptions", "filter_lines", "split_text", "to_article"]
