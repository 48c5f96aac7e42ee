"""Editions as an editor changed them, and who let them go."""

from __future__ import annotations

SQL = """
CREATE TABLE revisions (
    edition TEXT NOT NULL REFERENCES editions (id), number INTEGER NOT NULL, made TEXT NOT NULL, editor TEXT NOT NULL,
    change TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (edition, number)
);
CREATE TABLE approvals (
    edition TEXT PRIMARY KEY REFERENCES editions (id), revision INTEGER NOT NULL, made TEXT NOT NULL,
    editor TEXT NOT NULL
)
"""
