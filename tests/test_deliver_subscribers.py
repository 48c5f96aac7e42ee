"""Readers come and go."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from deliver_cases import NOW, edition, freeze, later, readers, send
from hypothesis import given
from hypothesis import strategies as st
from smtp_server import Server
from sqlalchemy import Connection

from pipeline.deliver import subscribers
from pipeline.deliver.importing import import_csv
from pipeline.deliver.signup import Wish, ask
from pipeline.deliver.tokens import address_mac, subscriber_of, token_for
from pipeline.errors import BusyError, InputError
from pipeline.model import Subscriber
from pipeline.store import Store

SECRET = bytes(range(32))


def test_address_is_one_subscriber_however_it_is_written(store: Store) -> None:
    first = subscribers.add(store, "Reader@Example.org", language="en", now=NOW)
    again = subscribers.add(store, " reader@EXAMPLE.org ", language="fr", topics=("sanction",), now=later(1))
    assert again.id == first.id
    assert again.created == NOW
    assert store.subscribers() == [again]
    assert subscribers.find(store, "READER@example.org") == subscribers.find(store, first.id) == again


def test_international_domain_becomes_ascii(store: Store) -> None:
    assert subscribers.add(store, "a@münchen.example", language="de", now=NOW).address == "a@xn--mnchen-3ya.example"


BAD_ADDRESSES = [
    "", "nobody", "a@b", "a@@example.org", "a@example.org\r\nBcc: x@example.org", "a@example.org,b@example.org",
    "a@example.org b@example.org", "x" * 400 + "@example.org", "a\u2028@example.org", '"a b"@example.org',
    "a@[127.0.0.1]", "é@example.org", "A <a@example.org>", "a@example.org\x00", "<a@example.org>", "a@localhost",
    "=?utf-8?q?a?=@example.org",
]  # fmt: skip


@pytest.mark.parametrize("address", BAD_ADDRESSES)
def test_bad_address_is_refused(store: Store, address: str) -> None:
    with pytest.raises(InputError):
        subscribers.add(store, address, language="en", now=NOW)
    assert store.subscribers() == []


def test_every_sign_that_an_address_may_hold_is_written_to(store: Store) -> None:
    """A reader whose message cannot be built would hold up everybody behind."""
    address = "!#$%&'*+-/=?^_`{|}~@example.org"
    subscribers.add(store, address, language="en", now=NOW)
    with Server() as server:
        send(store, freeze(store), server.port)
    assert [item[1] for item in server.accepted] == [address]


def test_a_reader_taken_by_older_rules_can_still_be_left_out_and_erased(store: Store) -> None:
    """What is a good address changes with time; those kept are not judged again."""
    kept = Subscriber(id="r1", address="=?utf-8?q?a?=@example.org", language="en", created=NOW)
    store.save_subscriber(kept, address_key=kept.address, now=NOW)
    subscribers.suppress(store, kept, "complaint", now=NOW)
    assert [reader.state for reader in store.subscribers()] == ["suppressed"]
    subscribers.erase(store, "r1", now=NOW)
    assert store.subscribers() == []


def test_who_left_comes_back_only_by_own_wish(store: Store) -> None:
    person = subscribers.add(store, "a@example.org", language="en", now=NOW)
    subscribers.remove(store, "a@example.org", now=NOW)
    with pytest.raises(InputError, match="unsubscribed"):
        subscribers.add(store, "a@example.org", language="en", now=NOW)
    report = import_csv(store, ["a@example.org"], language="en", now=NOW)
    assert (report.added, report.known, len(report.problems)) == (0, 0, 1)
    assert "unsubscribed" in report.problems[0]
    back = subscribers.add(store, "a@example.org", language="en", now=NOW, is_confirmed=True)
    assert (back.id, back.state) == (person.id, "active")


def test_nothing_is_held_against_who_asks_again(store: Store) -> None:
    """An address that bounced is written to again, and two refusals before do not add up with one after."""
    (reader,) = readers(store, 1)
    for day in (0, 1):
        store.record_bounce(reader.id, later(24 * day).date(), "552 mailbox full", is_returned=True)
    subscribers.suppress(store, reader, "bounced", now=later(24))
    subscribers.add(store, reader.address, language="en", now=later(48), is_confirmed=True)
    with Server() as server:
        send(store, freeze(store, edition(later(72))), server.port, now=later(72))
        assert [item[1] for item in server.accepted] == [reader.address]
        server.script = lambda at, _: "552 5.2.2 mailbox full" if at == "rcpt" else None
        send(store, freeze(store, edition(later(96))), server.port, now=later(96))
    assert [item.state for item in store.subscribers()] == ["active"]


class Meanwhile:
    """A store in which something happens between the decision to save a reader and the saving."""

    def __init__(self, store: Store, what: Callable[[], object]) -> None:
        self._store, self._what = store, what

    def __getattr__(self, name: str) -> Any:
        if name == "save_subscriber":
            self._what()
        return getattr(self._store, name)


def test_who_leaves_while_being_changed_has_left(store: Store) -> None:
    """The reader's click and the operator's command meet: the click is not undone."""
    (reader,) = readers(store, 1)
    busy = Meanwhile(store, lambda: subscribers.remove(store, reader.id, now=NOW))
    with pytest.raises(BusyError, match="at this very moment"):
        subscribers.add(busy, reader.address, language="fr", now=NOW)  # type: ignore[arg-type]
    assert [(item.state, item.language) for item in store.subscribers()] == [("unsubscribed", "en")]


def test_two_who_add_one_address_at_once_add_one_reader(store: Store) -> None:
    """The second is told to try again, and finds the reader then."""
    busy = Meanwhile(store, lambda: subscribers.add(store, "a@example.org", language="en", now=NOW))
    with pytest.raises(BusyError):
        subscribers.add(busy, "a@example.org", language="fr", now=NOW)  # type: ignore[arg-type]
    assert [item.language for item in store.subscribers()] == ["en"]
    assert subscribers.add(store, "a@example.org", language="fr", now=NOW).language == "fr"


def test_erased_address_is_not_imported_again(store: Store) -> None:
    subscribers.add(store, "a@example.org", language="en", now=NOW)
    subscribers.erase(store, "a@example.org", now=NOW)
    assert store.subscribers() == []
    report = import_csv(store, ["A@example.org"], language="en", now=NOW)
    assert report.added == 0
    assert "erased" in report.problems[0]
    assert "example.org" not in report.problems[0]


def test_import_reports_lines(store: Store) -> None:
    lines = [
        "\ufeffaddress,language,topics",
        "a@example.org,fr,sanction disclosure",
        "",
        "broken,en,",
        "b@example.org",
        "a@example.org",
    ]
    report = import_csv(store, lines, language="en", now=NOW)
    assert (report.added, report.known) == (2, 1)
    assert [line.partition(":")[0] for line in report.problems] == ["line 4"]
    told = [(reader.address, reader.language, reader.topics) for reader in store.subscribers()]
    assert sorted(told) == [("a@example.org", "fr", ("sanction", "disclosure")), ("b@example.org", "en", ())]


@pytest.mark.parametrize(
    "text",
    [
        "a@example.org;fr;sanction\nb@example.org;;\n",
        "\ufeffa@example.org\tfr\tsanction\nb@example.org\n",
        "Name,E-Mail,Language,Topics\nAda,a@example.org,fr,sanction\nBo,b@example.org,,\n",
        '\ufeff"address";"language";"topics"\r\n"a@example.org";"fr";"sanction"\r\nb@example.org\r\n',
    ],
)
def test_lists_as_other_programs_write_them(store: Store, text: str) -> None:
    """Semicolons and tabs of spreadsheets, a byte order mark, other columns beside ours."""
    result = import_csv(store, text.splitlines(keepends=True), language="en", now=NOW)

    assert (result.added, result.problems) == (2, ())
    told = [(reader.address, reader.language, reader.topics) for reader in store.subscribers()]
    assert sorted(told) == [("a@example.org", "fr", ("sanction",)), ("b@example.org", "en", ())]


def test_an_address_whose_letters_are_lost_is_told(store: Store) -> None:
    """A spreadsheet that wrote another encoding than UTF-8; letters lost in other columns harm nobody."""
    text = "name,address\nAda,ren\ufffd@example.org\nRen\ufffd,b@example.org\n"
    result = import_csv(store, text.splitlines(), language="en", now=NOW)

    assert result.problems == ("line 2: is not UTF-8 text; save the file as CSV in UTF-8",)
    assert result.unread == ("name",)
    assert [reader.address for reader in store.subscribers()] == ["b@example.org"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("name,language\nAda,en\n", "line 1: has no column `address`"),
        ("a\0@\0e\0x\0\n", "line 1: is not UTF-8 text"),
    ],
)
def test_a_list_that_is_none_is_refused_as_a_whole(store: Store, text: str, said: str) -> None:
    """Nobody is subscribed by a guess at what the columns are."""
    with pytest.raises(InputError, match=said):
        import_csv(store, text.splitlines(), language="en", now=NOW)
    assert store.subscribers() == []


def test_unsubscribe_link_works_and_works_again(store: Store) -> None:
    (reader,) = readers(store, 1)
    token = token_for(store.secret("links"), "unsubscribe", reader.id)
    assert subscribers.unsubscribe(store, token, now=NOW)
    assert subscribers.unsubscribe(store, token, now=NOW)
    assert [item.state for item in store.subscribers()] == ["unsubscribed"]
    assert not subscribers.unsubscribe(store, token[:-1] + ("A" if token[-1] != "A" else "B"), now=NOW)
    assert not subscribers.unsubscribe(store, token_for(b"other", "unsubscribe", reader.id), now=NOW)
    assert not subscribers.unsubscribe(store, "", now=NOW)


def test_token_in_the_mail_is_the_one_that_works(store: Store) -> None:
    import re

    readers(store, 1)
    with Server() as server:
        send(store, freeze(store), server.port)
        found = re.search(rb"List-Unsubscribe: <https://digest\.example\.org/u/([^>]*)>", server.accepted[0][2])
    assert found
    assert subscribers.unsubscribe(store, found[1].decode(), now=NOW)


@given(st.text(max_size=80))
def test_no_made_up_token_opens(token: str) -> None:
    assert subscriber_of(SECRET, "unsubscribe", token) is None


def test_token_is_for_one_purpose_and_one_reader() -> None:
    token = token_for(SECRET, "unsubscribe", "r1")
    assert subscriber_of(SECRET, "unsubscribe", token) == "r1"
    assert subscriber_of(SECRET, "confirm", token) is None
    assert subscriber_of(SECRET, "unsubscribe", "r2" + token[2:]) is None
    assert len(token.partition(".")[2]) * 6 >= 128
    assert address_mac(SECRET, "a@example.org") != address_mac(b"x", "a@example.org")
    assert "@" not in address_mac(SECRET, "a@example.org")


def test_leaving_wins_over_a_choice_made_in_the_same_moment(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever presses "leave" in one window and "save" in another has left."""
    (reader,) = readers(store, 1)
    look, write = store.subscriber, store._write

    def leave() -> None:
        monkeypatch.undo()
        subscribers.remove(store, reader.id, now=NOW)

    def look_and_leave(id: str) -> Subscriber | None:
        found = look(id)
        leave()
        return found

    def leave_and_write(name: str) -> AbstractContextManager[Connection]:
        leave()
        return write(name)

    monkeypatch.setattr(store, "subscriber", look_and_leave)
    monkeypatch.setattr(store, "_write", leave_and_write)
    token = token_for(SECRET, "preferences", reader.id)
    assert subscribers.prefer(store, token, language="fr", topics=(), now=NOW, secret=SECRET) is None
    after = store.subscriber(reader.id)
    assert after
    assert (after.state, after.language) == ("unsubscribed", "en")


def test_who_left_long_ago_is_forgotten(store: Store) -> None:
    """After three years nothing but a keyed hash is left; who reads on, or left lately, stays."""
    stays, late, gone = readers(store, 3)
    subscribers.remove(store, gone.id, now=NOW)
    subscribers.remove(store, late.id, now=later(24 * 400))
    assert subscribers.tidy(store, now=later(24 * 1000), left_for=timedelta(days=1095)) == (0, 0)
    assert subscribers.tidy(store, now=later(24 * 1096), left_for=timedelta(days=1095)) == (1, 0)
    assert {reader.id for reader in store.subscribers()} == {stays.id, late.id}
    with pytest.raises(InputError, match="erased"):
        subscribers.add(store, gone.address, language="en", now=NOW)


def test_old_deliveries_keep_no_address(store: Store) -> None:
    """The count of an edition stays true; what still waits, and this month, keeps what it needs."""
    readers(store, 2)
    script = lambda at, who: "450 later" if at == "rcpt" and who.startswith("reader0001") else None  # noqa: E731
    with Server(script=script) as server:
        send(store, freeze(store), server.port)
    assert subscribers.tidy(store, now=later(24 * 29), left_for=timedelta(days=1095)) == (0, 0)
    assert subscribers.tidy(store, now=later(24 * 31), left_for=timedelta(days=1095)) == (0, 1)
    assert [item.state for item in store.deliveries()] == ["sent", "pending"]
    assert list(store.recipients(freeze(store).id)) == ["r0001"]
    kept = subscribers.kept_about(store, "reader0000@example.org")
    assert len(kept["deliveries"]) == 1
    assert kept["subscriber"]["address"] == "reader0000@example.org"


def test_who_has_yet_to_confirm_may_ask_what_is_kept(store: Store) -> None:
    """The right to know begins with the form; what tells visitors apart is no business of the mailbox's owner."""
    wish = Wish(address="Ada@example.org", language="fr", topics=("sanction",), words="yes", words_language="fr")
    assert ask(store, wish, client="192.0.2.1", mails_per_hour=9, now=NOW)
    (kept,) = subscribers.kept_about(store, "ada@example.org")["signups"]
    assert (kept["address"], kept["state"], kept["topics"]) == ("Ada@example.org", "asked", ["sanction"])
    assert "visitor" not in kept
    with pytest.raises(InputError, match="no reader"):
        subscribers.kept_about(store, "eve@example.org")
