"""A run, two senders, an editor and visitors at one database at once: all work is done, nobody gets anything twice."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from crash_scenarios import FEED
from deliver_cases import NOW, edition, readers, send
from smtp_server import Server

from pipeline.deliver.signup import Wish, ask, confirm, decide
from pipeline.deliver.subscribers import unsubscribe
from pipeline.deliver.tokens import token_for
from pipeline.errors import BusyError, InputError
from pipeline.model import Article, Entry, FeedState
from pipeline.store import Store

ROUNDS = 25
DAYS = 6


def gather(store: Store, chance: random.Random, number: int) -> None:
    """What a run writes, and now and then an edition."""
    names = [f"e{number}-{i}" for i in range(5)]
    entries = [Entry(id=name, feed=FEED.url, guid=name, url=None, title=name, first_seen=NOW) for name in names]
    with store.run_lock(now=NOW):
        store.save_poll(FeedState(feed=FEED, etag=str(number)), entries)
        store.save_articles([Article(id=name, feed=FEED.url, url=None, title=name, published=NOW) for name in names])
        store.freeze(edition(NOW + timedelta(days=chance.randrange(DAYS))), {}, shown={"s": {}}, now=NOW)


def mail(store: Store, chance: random.Random, port: int) -> None:
    made = store.editions()
    if made:
        chosen = chance.choice(made)
        send(store, chosen, port, now=chosen.closed)


def edit(store: Store, chance: random.Random, number: int) -> None:
    made = store.editions()
    standing = store.standing(chance.choice(made).id) if made else None
    if standing is None:
        return
    changed = replace(standing.edition, title=f"Title {number}")
    store.revise(changed, after=standing.revision, editor="Ada", change="title", now=NOW)
    if chance.random() < 0.2:
        with store.run_lock(now=NOW):
            store.remove_edition(standing.edition.id)


def visit(store: Store, chance: random.Random, number: int) -> None:
    """Sign up, confirm, leave: a few addresses again and again."""
    secret, then = store.secret("links"), NOW + timedelta(days=number)
    wish = Wish(address=f"new{chance.randrange(5)}@example.org", language="en", words="yes", words_language="en")
    ask(store, wish, client=None, mails_per_hour=1000, now=then)
    for signup in store.signups("asked"):
        decide(store, signup, mails_per_hour=1000, now=then)
    for signup in store.signups("pending"):
        confirm(store, token_for(secret, "confirm", signup.id), now=then, secret=secret)
    leaver = chance.choice(store.subscribers())
    unsubscribe(store, token_for(secret, "unsubscribe", leaver.id), now=then, secret=secret)


def work(url: str, seed: int, deed: Callable[[Store, random.Random, int], None], port: int | None) -> None:
    """With connections of its own, as another program has them."""
    chance = random.Random(seed)
    with Store.open(url) as store:
        for number in range(ROUNDS):
            with suppress(BusyError, InputError):  # another one is at work, or was faster
                deed(store, chance, number + 1000 * seed if port is None else port)


def test_all_at_once(url: str) -> None:
    with Store.open(url) as store:
        readers(store, 4)
    with Server() as server:
        deeds = [(gather, None), (gather, None), (mail, server.port), (mail, server.port), (edit, None), (visit, None),
                 (visit, None)]  # fmt: skip
        with ThreadPoolExecutor(len(deeds)) as crew:
            for ended in [crew.submit(work, url, seed, *deed) for seed, deed in enumerate(deeds)]:
                ended.result()
        taken = server.message_ids
    with Store.open(url) as store:
        deliveries, made = store.deliveries(), {item.id for item in store.editions()}
        addresses = Counter(item.address for item in store.subscribers())
        assert store.run_holder() is None
    assert sorted(taken) == sorted(item.message_id for item in deliveries if item.state == "sent")
    assert len(taken) == len(set(taken))
    assert {item.state for item in deliveries} <= {"sent", "suppressed"}
    assert {item.edition for item in deliveries} <= made
    assert set(addresses.values()) == {1}
