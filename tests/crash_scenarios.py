"""What the process made to be killed does: each scenario can be run again from the start at any time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deliver_cases import NOW, edition, send

from pipeline.model import Article, Entry, Feed, FeedState, Story, Triage
from pipeline.store import Remembered, Store

At = Callable[[str], None]

FEED = Feed(url="https://outlet.example.org/feed", name="Outlet")


def send_digest(*, database: str, port: int, at: At) -> None:
    """Send the edition that is in the store."""
    with Store.open(database, at=at) as store:
        value = store.edition(edition().id)
        assert value
        send(store, value, port, at=at)


def one_day(*, database: str, at: At) -> None:
    """Make a database and write one of everything, as a run does."""
    entries = [
        Entry(
            id=f"e{i}",
            feed=FEED.url,
            guid=f"g{i}",
            url=f"https://outlet.example.org/{i}",
            title=f"News {i}",
            first_seen=NOW,
        )
        for i in range(5)
    ]
    with Store.open(database, at=at) as store, store.run_lock(now=NOW):
        run = store.start_run(now=NOW)
        store.save_poll(FeedState(feed=FEED, etag='"v1"'), entries)
        waiting = store.entries_to_triage(NOW)
        store.save_triage([Triage(entry=item.id, score=0.5, passed=True, reason="topic") for item in waiting])
        for entry in store.entries_to_read(NOW):
            store.save_articles(
                [
                    Article(
                        id=entry.id,
                        feed=entry.feed,
                        url=entry.url,
                        title=entry.title,
                        published=NOW,
                        labels=("sanction",),
                    )
                ]
            )
        articles = store.articles_between(NOW, NOW.replace(hour=23))
        assert len(articles) == 5
        store.save_blocks({"outlet.example.org": {"blocks": ["Subscribe"]}})
        store.save_stories([Story(id="s1", articles=tuple(articles[:3])), Story(id="s2", articles=tuple(articles[3:]))])
        line = Remembered(
            key="k", source="fr", target="en", text="été", translation="summer", engine="argos", changed=NOW
        )
        store.memory_put_many([line], now=NOW)
        store.freeze(edition(), {"stories": ["s1", "s2"]}, shown={"s1": {"facts": 2}}, now=NOW)
        wrong = edition(NOW.replace(year=2150))
        store.freeze(wrong, {}, shown={"s1": {"facts": 3}}, now=NOW)
        standing = store.standing(wrong.id)
        assert standing is not None
        store.revise(wrong, after=standing.revision, editor="Ada", change="title", now=NOW)
        store.remove_edition(wrong.id)
        store.finish_run(run, now=NOW, report={"entries": 5})


SCENARIOS: dict[str, Any] = {"send": send_digest, "one day": one_day}
