"""Sign-ups in the store, on SQLite and on PostgreSQL: what is counted, for how long, and what is forgotten when."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from deliver_cases import INSTANT, NOW, everything, later

from pipeline.model import Signup, SignupState, Subscriber
from pipeline.store import Store


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store.open(url) as store:
        yield store


def signup(number: int, asked: datetime = NOW, **changes: object) -> Signup:
    base = Signup(
        id=f"{number:032x}", address=f"new{number}@example.org", language="en", topics=("sanction",), words="I agree",
        words_language="fr", asked=asked,
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type]


def ask(
    store: Store, value: Signup, *, visitor: str | None = None, per_visitor: int = 100, per_hour: int = 100
) -> bool:
    assert value.address is not None
    return store.ask(value, address_key=value.address, visitor=visitor, per_visitor=per_visitor, per_hour=per_hour)


def solicit(store: Store, number: int, mac: str, now: datetime, *, per_hour: int = 100, most: int = 3) -> str:
    pause = timedelta(hours=24)
    return store.solicit(signup(number).id, mac, now=now, pause=pause, most=most, per_hour=per_hour)


def test_forms_are_counted_within_the_hour(store: Store) -> None:
    """Of all, and of one visitor; who is unknown counts for all only; what is refused leaves nothing."""
    hour = timedelta(hours=1)
    assert ask(store, signup(1), visitor="a", per_visitor=1)
    assert not ask(store, signup(2, NOW + hour - INSTANT), visitor="a", per_visitor=1)
    assert ask(store, signup(3, NOW + INSTANT), visitor="b", per_visitor=1)
    assert ask(store, signup(4, NOW + INSTANT), visitor=None, per_visitor=1)
    assert ask(store, signup(5, NOW + INSTANT), visitor=None, per_visitor=1)
    assert not ask(store, signup(6, NOW + hour - INSTANT), per_hour=4)
    assert ask(store, signup(7, NOW + hour), visitor="a", per_visitor=1, per_hour=4)
    assert [item.id for item in store.signups("asked")] == [signup(n).id for n in (1, 3, 4, 5, 7)]
    assert store.signup(signup(1).id) == signup(1)
    assert store.signup(signup(2).id) is None


def test_signups_come_oldest_first_and_only_those_in_the_state(store: Store) -> None:
    for number, age in ((3, 0), (2, 0), (1, 1)):
        ask(store, signup(number, later(age)))
    ask(store, signup(4, later(-1)))
    assert store.change_signup(signup(4, later(-1), state="sent"), expected="asked", now=NOW)
    assert [item.id for item in store.signups("asked")] == [signup(n).id for n in (2, 3, 1)]
    assert [item.id for item in store.signups("asked", limit=2)] == [signup(n).id for n in (2, 3)]
    assert [item.id for item in store.signups("sent")] == [signup(4).id]


def test_confirmations_are_counted_within_the_hour(store: Store) -> None:
    """What has no place waits as it is, and takes none of its address's three."""
    for number in range(5):
        ask(store, signup(number))
    assert solicit(store, 0, "m0", NOW, per_hour=1) == "pending"
    assert solicit(store, 1, "m1", later(1) - INSTANT, per_hour=1) == "full"
    assert {item.id for item in store.signups("asked")} == {signup(n).id for n in range(1, 5)}
    assert solicit(store, 1, "m1", later(1), per_hour=1, most=1) == "pending"
    waiting = store.signup(signup(1).id)
    assert waiting is not None
    assert (waiting.state, waiting.address) == ("pending", signup(1).address)
    # A drop uses up no place, and forgets the address.
    assert solicit(store, 2, "m0", later(2), per_hour=1) == "dropped"
    dropped = store.signup(signup(2).id)
    assert dropped is not None
    assert (dropped.state, dropped.address) == ("dropped", None)
    assert solicit(store, 3, "m3", later(2), per_hour=1) == "pending"


def test_a_second_outbox_at_the_same_signup_drops_nothing(store: Store) -> None:
    """Both saw it waiting; what the first decided stands."""
    ask(store, signup(1))
    assert solicit(store, 1, "m", NOW) == "pending"
    assert solicit(store, 1, "m", NOW) == "dropped"
    assert store.signup(signup(1).id) == signup(1, state="pending")


def test_an_address_has_one_confirmation_a_day_and_three_in_all(store: Store) -> None:
    """The day is counted from the last that was sent; other addresses are not concerned."""
    days = [NOW + timedelta(days=number) for number in range(5)]
    for number in range(8):
        ask(store, signup(number))
    assert solicit(store, 0, "m", days[0]) == "pending"
    assert solicit(store, 1, "m", days[1] - INSTANT) == "dropped"
    assert solicit(store, 2, "m", days[1]) == "pending"
    assert solicit(store, 3, "m", days[2]) == "pending"
    assert solicit(store, 4, "m", days[4]) == "dropped"
    assert solicit(store, 5, "other", days[4]) == "pending"
    store.silence("other", most=3, now=NOW)
    store.silence("never asked", most=3, now=NOW)
    assert solicit(store, 6, "other", days[4] + timedelta(days=2)) == "dropped"
    assert solicit(store, 7, "never asked", days[4]) == "dropped"


@pytest.mark.parametrize("state", ["failed", "expired", "dropped", "confirmed", "refused"])
def test_a_signup_that_is_over_keeps_no_address(store: Store, url: str, state: SignupState) -> None:
    """In these states nothing more comes to it; in the others it is still needed."""
    for number in (1, 2):
        ask(store, signup(number))
    assert not store.change_signup(signup(1, state=state), expected="pending", now=NOW)
    assert store.change_signup(signup(1, state=state, attempts=2, reason="why"), expected="asked", now=later(1))
    assert store.change_signup(signup(2, state="uncertain"), expected="asked", now=later(1))
    over = store.signup(signup(1).id)
    assert over == signup(1, state=state, attempts=2, reason="why", address=None)
    assert "new1@example.org" not in everything(url)
    assert "new2@example.org" in everything(url)


def test_only_an_open_signup_can_be_confirmed(store: Store) -> None:
    """In every other state there is nothing to confirm; and it frees the address that it is about, no other."""
    for number, state in enumerate(("asked", "dropped", "refused", "failed", "expired", "confirmed")):
        ask(store, signup(number))
        if state != "asked":
            store.change_signup(signup(number, state=state), expected="asked", now=NOW)  # type: ignore[arg-type]
    ask(store, signup(9))
    store.change_signup(signup(9, state="sent"), expected="asked", now=NOW)
    for mac in ("mine", "another's"):
        store.suppress(mac, "bounced", now=NOW)

    def confirm(number: int) -> Subscriber | None:
        return store.confirm_signup(
            signup(number).id, mailbox=f"New{number}@example.org", address_key=f"new{number}@example.org", mac="mine",
            solicitation="m", consent={"source": "form"}, now=later(1),
        )  # fmt: skip

    assert [confirm(number) for number in range(6)] == [None] * 6
    assert store.suppression("mine") == "bounced"
    reader = confirm(9)
    assert reader is not None
    assert (reader.address, reader.language, reader.topics) == ("New9@example.org", "en", ("sanction",))
    assert store.subscribers() == [reader]
    assert (store.suppression("mine"), store.suppression("another's")) == (None, "bounced")
    assert confirm(9) is None


def test_an_answer_frees_its_address_and_no_other(store: Store) -> None:
    for number in range(4):
        ask(store, signup(number))
    for number, mac in ((0, "mine"), (1, "another's")):
        assert solicit(store, number, mac, NOW, most=1) == "pending"
    store.confirm_signup(
        signup(0).id, mailbox="a@example.org", address_key="a@example.org", mac="x", solicitation="mine", consent={},
        now=NOW,
    )  # fmt: skip
    assert solicit(store, 2, "mine", later(48), most=1) == "pending"
    assert solicit(store, 3, "another's", later(48), most=1) == "dropped"


def test_signups_are_forgotten_in_their_time(store: Store, url: str) -> None:
    """The visitor after an hour, the address when the link has ended, the row after thirty days; counts of answered
    addresses after a day."""
    open_for, keep = timedelta(hours=72), timedelta(days=30)

    def tidy(now: datetime) -> str:
        store.tidy_signups(now=now, open_for=open_for, keep=keep)
        return everything(url)

    ask(store, signup(1), visitor="visitor-1")
    ask(store, signup(2, NOW + INSTANT), visitor="visitor-2")
    ask(store, signup(3), visitor="visitor-3")
    store.change_signup(signup(3, state="sent"), expected="asked", now=NOW)
    ask(store, signup(4), visitor=None)
    assert solicit(store, 4, "mac-4", NOW) == "pending"
    left = tidy(later(1) + INSTANT)
    assert "visitor-1" not in left
    assert "visitor-2" in left
    assert "new1@example.org" in left
    left = tidy(NOW + open_for + INSTANT)
    assert [address in left for address in ("new1@", "new2@", "new3@", "new4@")] == [False, True, False, False]
    states = [found.state for n in (1, 2, 3, 4) if (found := store.signup(signup(n).id))]
    assert states == ["expired", "asked", "sent", "expired"]
    assert "mac-4" in left  # unanswered: the count stays
    tidy(NOW + keep)
    assert store.signup(signup(1).id) is not None
    tidy(NOW + keep + INSTANT)
    assert store.signup(signup(1).id) is None
    assert store.signup(signup(2).id) is not None


def test_an_answered_count_is_forgotten_after_a_day(store: Store, url: str) -> None:
    for number, when in ((1, NOW), (2, NOW + INSTANT)):
        ask(store, signup(number))
        solicit(store, number, f"mac-{number}", when)
        store.confirm_signup(
            signup(number).id, mailbox=f"{number}@example.org", address_key=f"{number}@example.org", mac="x",
            solicitation=f"mac-{number}", consent={}, now=when,
        )  # fmt: skip
    store.tidy_signups(now=later(24) + INSTANT, open_for=timedelta(hours=72), keep=timedelta(days=30))
    assert [f"mac-{number}" in everything(url) for number in (1, 2)] == [False, True]


def test_what_a_killed_outbox_left_is_in_doubt_after_a_while(store: Store) -> None:
    """Another outbox may be sending at this moment."""
    for number in range(3):
        ask(store, signup(number))
        state: SignupState = "pending" if number == 2 else "sending"
        store.change_signup(signup(number, state=state), expected="asked", now=NOW + number * INSTANT)
    assert store.doubt_signups(before=NOW + INSTANT, now=later(1)) == 1
    found = [item.state for n in range(3) if (item := store.signup(signup(n).id))]
    assert found == ["uncertain", "sending", "pending"]


def test_forgetting_an_address_forgets_its_signups_only(store: Store) -> None:
    for number in (1, 2):
        ask(store, signup(number))
    assert store.forget_signups("new1@example.org") == 1
    assert [item.id for item in store.signups("asked")] == [signup(2).id]
    assert store.export_signups("new1@example.org") == []
    assert [item["address"] for item in store.export_signups("new2@example.org")] == ["new2@example.org"]


def test_forms_that_come_at_once_keep_the_measure(url: str) -> None:
    """Twenty at one moment: no more of one visitor, of an hour, or of an address than one after the other."""
    with Store.open(url) as store, ThreadPoolExecutor(20) as crew:
        start = threading.Barrier(20)

        def at_once(deed: Callable[[int], object]) -> list[object]:
            def run(number: int) -> object:
                start.wait()
                return deed(number)

            return list(crew.map(run, range(20)))

        assert at_once(lambda n: ask(store, signup(n), visitor="a", per_visitor=3)).count(True) == 3
        assert at_once(lambda n: ask(store, signup(100 + n), per_hour=10)).count(True) == 7
        for item in store.signups("asked"):
            store.forget_signups(str(item.address))
        for number in range(40):
            ask(store, signup(200 + number))
        assert at_once(lambda n: solicit(store, 200 + n, "one", NOW)).count("pending") == 1
        assert at_once(lambda n: solicit(store, 220 + n, f"mac-{n}", NOW, per_hour=5)).count("pending") == 4


def test_what_a_reader_has_asked_for_anew_is_exported_too(store: Store) -> None:
    """Confirmed sign-ups have the reader and no address any more; one that still waits has the address only."""
    for number in (1, 2, 3):
        ask(store, signup(number, NOW + number * INSTANT))
    store.change_signup(signup(1, state="sent"), expected="asked", now=NOW)
    reader = store.confirm_signup(
        signup(1).id, mailbox="new2@example.org", address_key="new2@example.org", mac="m", solicitation="s",
        consent={"source": "form"}, now=later(1),
    )  # fmt: skip
    assert reader is not None
    exported = store.export_subscriber(reader.id)
    assert exported is not None
    assert [(item["state"], item["address"]) for item in exported["signups"]] == [
        ("confirmed", None), ("asked", "new2@example.org"),
    ]  # fmt: skip
    assert not any({"id", "visitor"} & set(item) for item in exported["signups"])
    assert exported["consent"] == {"source": "form"}


def test_a_confirmation_concerns_its_reader_and_no_other(store: Store) -> None:
    """Who is known keeps id and first day; what had bounced for this reader counts no more; others stay as they are."""
    known = [Subscriber(id=f"r{n}", address=f"new{n}@example.org", language="fr", created=NOW) for n in range(3)]
    for reader in known:
        store.save_subscriber(reader, address_key=reader.address, now=NOW)
        store.record_bounce(reader.id, NOW.date(), "550 unknown", is_returned=True)
    store.set_subscriber_state("r1", "suppressed", now=NOW)
    for number in (1, 7):
        ask(store, signup(number, later(1)))
        store.change_signup(signup(number, later(1), state="sent"), expected="asked", now=NOW)

    def confirm(number: int) -> Subscriber | None:
        address = f"new{number}@example.org"
        return store.confirm_signup(
            signup(number).id, mailbox=address, address_key=address, mac="m", solicitation="s", consent={}, now=later(2)
        )

    again = confirm(1)
    assert again == replace(known[1], language="en", topics=("sanction",), state="active")
    assert [store.subscriber(reader.id) for reader in (known[0], known[2])] == [known[0], known[2]]
    assert [store.record_bounce(f"r{n}", later(24).date(), "550 unknown") for n in range(3)] == [2, 1, 2]
    waiting = store.signup(signup(7).id)
    assert waiting is not None
    assert waiting.subscriber is None
    new = confirm(7)
    assert new is not None
    assert (new.id, new.created) == (signup(7).id[:16], later(2))
    assert len(store.subscribers(state="active")) == 4
    done = [found.subscriber for n in (1, 7) if (found := store.signup(signup(n).id))]
    assert done == ["r1", new.id]
