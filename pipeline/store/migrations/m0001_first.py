"""The first schema."""

from __future__ import annotations

SQL = """
CREATE TABLE settings (name TEXT PRIMARY KEY, value {blob} NOT NULL);
CREATE TABLE leases (name TEXT PRIMARY KEY, generation INTEGER NOT NULL, holder TEXT, taken TEXT);
CREATE TABLE feeds (
    url TEXT PRIMARY KEY, etag TEXT, last_modified TEXT, not_before TEXT, failures INTEGER NOT NULL, error TEXT
);
CREATE TABLE entries (
    id TEXT PRIMARY KEY, feed TEXT NOT NULL, sameness TEXT NOT NULL UNIQUE, first_seen TEXT NOT NULL,
    value TEXT NOT NULL
);
CREATE INDEX entries_first_seen ON entries (first_seen);
CREATE TABLE triage (
    entry TEXT PRIMARY KEY REFERENCES entries (id) ON DELETE CASCADE,
    score DOUBLE PRECISION NOT NULL, passed BOOLEAN NOT NULL, reason TEXT NOT NULL
);
CREATE TABLE articles (
    id TEXT PRIMARY KEY, feed TEXT NOT NULL, url TEXT, published TEXT, first_seen TEXT, moment TEXT, language TEXT,
    labels TEXT NOT NULL, is_labelled BOOLEAN NOT NULL, vector {blob}, value TEXT NOT NULL
);
CREATE INDEX articles_moment ON articles (moment);
CREATE INDEX articles_first_seen ON articles (first_seen);
CREATE INDEX articles_url ON articles (url);
CREATE TABLE site_blocks (site TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE stories (id TEXT PRIMARY KEY, latest TEXT, value TEXT NOT NULL);
CREATE INDEX stories_latest ON stories (latest);
CREATE TABLE story_articles (
    article TEXT PRIMARY KEY REFERENCES articles (id) ON DELETE CASCADE,
    story TEXT NOT NULL REFERENCES stories (id) ON DELETE CASCADE,
    position INTEGER NOT NULL
);
CREATE INDEX story_articles_story ON story_articles (story);
CREATE TABLE editions (
    id TEXT PRIMARY KEY, day TEXT NOT NULL, language TEXT NOT NULL, frozen TEXT NOT NULL,
    value TEXT NOT NULL, inputs TEXT NOT NULL,
    UNIQUE (day, language)
);
CREATE TABLE shown (
    edition TEXT NOT NULL REFERENCES editions (id) ON DELETE CASCADE, story TEXT NOT NULL,
    day TEXT NOT NULL, language TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (edition, story)
);
CREATE INDEX shown_story ON shown (story);
CREATE TABLE decisions (id {serial}, made TEXT NOT NULL, kind TEXT NOT NULL, payload TEXT NOT NULL);
CREATE TABLE memory (
    key TEXT PRIMARY KEY, source TEXT NOT NULL, target TEXT NOT NULL, text TEXT NOT NULL, translation TEXT NOT NULL,
    engine TEXT NOT NULL, glossary TEXT NOT NULL, outcome TEXT, is_corrected BOOLEAN NOT NULL, changed TEXT NOT NULL
);
CREATE TABLE runs (id {serial}, started TEXT NOT NULL, finished TEXT, status TEXT NOT NULL, report TEXT);
CREATE TABLE subscribers (
    id TEXT PRIMARY KEY, address_key TEXT NOT NULL UNIQUE, state TEXT NOT NULL, created TEXT NOT NULL,
    changed TEXT NOT NULL, value TEXT NOT NULL, consent TEXT
);
CREATE TABLE suppressions (mac TEXT PRIMARY KEY, reason TEXT NOT NULL, since TEXT NOT NULL);
CREATE TABLE bounces (
    subscriber TEXT NOT NULL REFERENCES subscribers (id) ON DELETE CASCADE, day TEXT NOT NULL, reply TEXT,
    PRIMARY KEY (subscriber, day)
);
CREATE TABLE mailings (edition TEXT PRIMARY KEY REFERENCES editions (id), frozen TEXT NOT NULL);
CREATE TABLE deliveries (
    edition TEXT NOT NULL REFERENCES mailings (edition), subscriber TEXT NOT NULL, message_id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL
        CHECK (state IN ('pending', 'sending', 'sent', 'failed', 'suppressed', 'expired', 'uncertain')),
    attempts INTEGER NOT NULL, not_before TEXT, reason TEXT, changed TEXT NOT NULL, planned TEXT NOT NULL,
    recipient TEXT,
    PRIMARY KEY (edition, subscriber)
);
CREATE INDEX deliveries_state ON deliveries (state)
"""
