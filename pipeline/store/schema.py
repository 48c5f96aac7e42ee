"""The tables as the queries see them; `migrations` makes them, a test holds both equal."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Double, Integer, LargeBinary, MetaData, Table

from pipeline.store.columns import Day, Json, Line, Moment

metadata = MetaData()

schema_version = Table("schema_version", metadata, Column("version", Integer, primary_key=True))

#: Small things kept once: secrets, the host that may send.
settings = Table("settings", metadata, Column("name", Line, primary_key=True), Column("value", LargeBinary))

leases = Table(
    "leases",
    metadata,
    Column("name", Line, primary_key=True),
    #: Grows by one each time somebody takes the lease; who holds an older number has lost it.
    Column("generation", Integer),
    Column("holder", Line),
    Column("taken", Moment),
)

feeds = Table(
    "feeds",
    metadata,
    Column("url", Line, primary_key=True),
    Column("etag", Line),
    Column("last_modified", Line),
    Column("not_before", Moment),
    Column("failures", Integer),
    Column("error", Line),
)

entries = Table(
    "entries",
    metadata,
    Column("id", Line, primary_key=True),
    Column("feed", Line),
    #: Hash of feed, address and title: a feed that renumbers its guids brings nothing new.
    Column("sameness", Line),
    Column("first_seen", Moment),
    Column("value", Json),
)

forgotten = Table(
    "forgotten",
    metadata,
    #: Short hash of the feed's address.
    Column("feed", LargeBinary, primary_key=True),
    #: Short hash of an entry's id, or of its sameness: each entry has left two rows.
    Column("name", LargeBinary, primary_key=True),
    #: Last day on which the feed was seen to list it, or may have.
    Column("listed", Day),
)

triage = Table(
    "triage",
    metadata,
    Column("entry", Line, primary_key=True),
    Column("score", Double),
    Column("passed", Boolean),
    Column("reason", Line),
)

articles = Table(
    "articles",
    metadata,
    Column("id", Line, primary_key=True),
    Column("feed", Line),
    Column("url", Line),
    Column("published", Moment),
    Column("first_seen", Moment),
    #: published, or first_seen where the article has no date.
    Column("moment", Moment),
    Column("language", Line),
    Column("labels", Json),
    Column("is_labelled", Boolean),
    Column("vector", LargeBinary),
    #: The article without its vector.
    Column("value", Json),
)

site_blocks = Table("site_blocks", metadata, Column("site", Line, primary_key=True), Column("value", Json))

stories = Table(
    "stories",
    metadata,
    Column("id", Line, primary_key=True),
    #: Latest moment of its articles.
    Column("latest", Moment),
    #: The story without its articles.
    Column("value", Json),
)

story_articles = Table(
    "story_articles",
    metadata,
    #: An article belongs to one story.
    Column("article", Line, primary_key=True),
    Column("story", Line),
    Column("position", Integer),
)

shown = Table(
    "shown",
    metadata,
    Column("edition", Line, primary_key=True),
    Column("story", Line, primary_key=True),
    Column("day", Day),
    Column("language", Line),
    Column("value", Json),
)

decisions = Table(
    "decisions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("made", Moment),
    Column("kind", Line),
    Column("payload", Json),
)

memory = Table(
    "memory",
    metadata,
    Column("key", Line, primary_key=True),
    Column("source", Line),
    Column("target", Line),
    Column("text", Line),
    Column("translation", Line),
    Column("engine", Line),
    Column("glossary", Line),
    #: Route and problems, as the translator wants them back.
    Column("outcome", Json),
    Column("is_corrected", Boolean),
    Column("changed", Moment),
)

editions = Table(
    "editions",
    metadata,
    Column("id", Line, primary_key=True),
    Column("day", Day),
    Column("language", Line),
    Column("frozen", Moment),
    Column("value", Json),
    Column("inputs", Json),
)

revisions = Table(
    "revisions",
    metadata,
    Column("edition", Line, primary_key=True),
    #: From 1; the frozen edition itself is 0.
    Column("number", Integer, primary_key=True),
    Column("made", Moment),
    Column("editor", Line),
    #: What was done, in words.
    Column("change", Line),
    #: The whole edition as it then was.
    Column("value", Json),
)

approvals = Table(
    "approvals",
    metadata,
    Column("edition", Line, primary_key=True),
    #: The revision that may be sent; a later one needs a new word.
    Column("revision", Integer),
    Column("made", Moment),
    Column("editor", Line),
)

runs = Table(
    "runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("started", Moment),
    Column("finished", Moment),
    Column("status", Line),
    Column("report", Json),
)

subscribers = Table(
    "subscribers",
    metadata,
    Column("id", Line, primary_key=True),
    #: The address as compared: one subscriber for every spelling of a mailbox.
    Column("address_key", Line),
    Column("state", Line),
    Column("created", Moment),
    Column("changed", Moment),
    Column("value", Json),
    #: When, how and to which words the reader agreed.
    Column("consent", Json),
)

suppressions = Table(
    "suppressions",
    metadata,
    #: HMAC of the address: enough to refuse it, not to read it.
    Column("mac", Line, primary_key=True),
    Column("reason", Line),
    Column("since", Moment),
)

bounces = Table(
    "bounces",
    metadata,
    Column("subscriber", Line, primary_key=True),
    #: The edition that was refused: each counts once, however often it is told. Where none is known, the day.
    Column("about", Line, primary_key=True),
    Column("day", Day),
    Column("reply", Line),
    #: Whether it came back as a mail, after our own server had taken the message.
    Column("is_returned", Boolean),
)

reports = Table(
    "reports",
    metadata,
    #: Fingerprint of a mail that came back and was acted on: each counts once, however often it is read.
    Column("digest", Line, primary_key=True),
    Column("read", Moment),
)

mailings = Table(
    "mailings",
    metadata,
    Column("edition", Line, primary_key=True),
    Column("frozen", Moment),
)

deliveries = Table(
    "deliveries",
    metadata,
    Column("edition", Line, primary_key=True),
    Column("subscriber", Line, primary_key=True),
    Column("message_id", Line),
    Column("state", Line),
    Column("attempts", Integer),
    Column("not_before", Moment),
    Column("reason", Line),
    Column("changed", Moment),
    #: When the recipients were frozen: the Date of every attempt.
    Column("planned", Moment),
    #: The subscriber as frozen; None once erased.
    Column("recipient", Json),
)

signups = Table(
    "signups",
    metadata,
    #: Random; half of the token in the confirmation link.
    Column("id", Line, primary_key=True),
    Column("state", Line),
    Column("asked", Moment),
    Column("changed", Moment),
    #: When it was decided that a mail goes out.
    Column("mailed", Moment),
    #: Keyed hash of where the request came from; gone after an hour.
    Column("visitor", Line),
    #: The address as compared; both are gone once the sign-up is confirmed, refused or over.
    Column("address_key", Line),
    Column("address", Line),
    Column("language", Line),
    Column("topics", Json),
    #: The words the reader agreed to, and their language.
    Column("words", Line),
    Column("words_language", Line),
    Column("attempts", Integer),
    Column("not_before", Moment),
    Column("reason", Line),
    Column("subscriber", Line),
)

solicitations = Table(
    "solicitations",
    metadata,
    #: HMAC of the address.
    Column("mac", Line, primary_key=True),
    #: Confirmation mails since the last one that somebody answered.
    Column("unanswered", Integer),
    Column("latest", Moment),
)
