"""Bounces that come back as mail, and which mails were acted on."""

from __future__ import annotations

SQL = """
ALTER TABLE bounces ADD COLUMN is_returned BOOLEAN NOT NULL DEFAULT FALSE;
CREATE TABLE reports (digest TEXT PRIMARY KEY, read TEXT NOT NULL)
"""
