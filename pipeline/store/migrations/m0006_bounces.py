"""A refusal is one of a delivery, however often it is told."""

from __future__ import annotations

SQL = """
CREATE TABLE refusals (
    subscriber TEXT NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE, about TEXT NOT NULL, day TEXT NOT NULL,
    reply TEXT, is_returned BOOLEAN NOT NULL,
    PRIMARY KEY (subscriber, about)
);
INSERT INTO refusals SELECT subscriber, day, day, reply, is_returned FROM bounces;
DROP TABLE bounces;
ALTER TABLE refusals RENAME TO bounces
"""
