"""Sign-ups by the public form, and how often an address was asked to confirm one."""

from __future__ import annotations

SQL = """
CREATE TABLE signups (
    id TEXT PRIMARY KEY,
    state TEXT NOT NULL CHECK (state IN ('asked', 'pending', 'sending', 'sent', 'failed', 'uncertain', 'expired',
        'dropped', 'confirmed', 'refused')),
    asked TEXT NOT NULL, changed TEXT NOT NULL, mailed TEXT, visitor TEXT, address_key TEXT, address TEXT,
    language TEXT NOT NULL, topics TEXT NOT NULL, words TEXT NOT NULL, words_language TEXT NOT NULL,
    attempts INTEGER NOT NULL, not_before TEXT, reason TEXT, subscriber TEXT
);
CREATE INDEX signups_asked ON signups (asked);
CREATE INDEX signups_mailed ON signups (mailed);
CREATE INDEX signups_state ON signups (state);
CREATE INDEX signups_address_key ON signups (address_key);
CREATE TABLE solicitations (mac TEXT PRIMARY KEY, unanswered INTEGER NOT NULL, latest TEXT NOT NULL)
"""
