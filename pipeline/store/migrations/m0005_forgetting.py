"""What is left of an entry that was forgotten; the orders in which old rows are looked for."""

from __future__ import annotations

SQL = """
CREATE TABLE forgotten (
    feed {blob} NOT NULL, name {blob} NOT NULL, listed TEXT NOT NULL,
    PRIMARY KEY (feed, name)
){rowless};
CREATE INDEX memory_changed ON memory (changed);
CREATE INDEX shown_day ON shown (day, story)
"""
