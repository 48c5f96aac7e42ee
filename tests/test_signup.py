"""Signing up: a mail that has to be answered, once, and nothing that helps those who enter others' addresses."""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from typing import Any

import pytest
from deliver_cases import edition, freeze, send
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from public_kit import NOW, SITE, Visitor, later, link_in, outbox
from smtp_server import Server
from sqlalchemy import text

from pipeline.deliver.importing import import_csv
from pipeline.deliver.signup import PER_VISITOR, Wish, ask, confirm, look, refuse, visitor_of
from pipeline.deliver.subscribers import add, erase, remove
from pipeline.deliver.tokens import token_for
from pipeline.errors import InputError
from pipeline.model import Signup, Subscriber, SubscriberState
from pipeline.store import Store

ADA = "ada@example.org"


@pytest.fixture
def store(url: str) -> Iterator[Store]:
    with Store.open(url) as opened:
        yield opened


@pytest.fixture
def visitor(store: Store) -> Visitor:
    return Visitor(store)


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        yield running


def state(store: Store, address: str = ADA) -> SubscriberState | None:
    found = store.subscriber_by_key(address)
    return found.state if found else None


def asked(visitor: Visitor, server: Server, address: str = ADA, **fields: object) -> str:
    """Sign up and get the mail; path of the link in it."""
    before = len(server.accepted)
    assert visitor.sign_up(address, **fields)[0] == 200
    outbox(visitor.store, server.port).work(visitor.now)
    assert len(server.accepted) == before + 1
    return link_in(server.accepted[-1][2])


def test_from_the_form_to_the_subscription(store: Store, visitor: Visitor, server: Server) -> None:
    """Nobody is subscribed before the button on the linked page; then language, topics and proof are kept."""
    link = asked(visitor, server, "Ada@Example.org", language="fr", topic="disclosure")
    assert server.accepted[0][1] == "Ada@example.org"
    assert visitor.woken == 1
    assert store.subscribers() == []

    visitor.now = later(hours=70)
    question = visitor.get(link)[2]
    assert "Confirmer votre abonnement" in question
    assert "Failles" in question
    assert "Example.org" not in question
    assert store.subscribers() == []

    status, _, page = visitor.post(link, {"answer": "yes"})
    reader = store.subscriber_by_key(ADA)
    assert status == 200
    assert "Vous êtes abonné" in page
    assert reader is not None
    assert (reader.address, reader.language, reader.topics) == ("Ada@example.org", "fr", ("disclosure",))
    kept = store.export_subscriber(reader.id)
    assert kept is not None
    proof = kept["consent"]
    assert (proof["source"], proof["asked"], proof["confirmed"]) == ("form", NOW.isoformat(), visitor.now.isoformat())
    assert proof["language"] == "en"
    assert "By subscribing you ask for “The <Digest> {x}”" in proof["words"]
    assert len(proof["version"]) == 12
    choices = f"/preferences/{token_for(store.secret('links'), 'preferences', reader.id)}"
    assert f'href="/news{choices}"' in page
    assert visitor.get(choices)[0] == 200


def test_the_confirmation_holds_nothing_but_the_question(visitor: Visitor, server: Server) -> None:
    """Auto-Submitted, a fixed Message-ID, one link of ours, no list header, no word of the visitor's (U2)."""
    visitor.sign_up(ADA, name="Free pills http://x.example", topic="http://x.example", language="fr")
    outbox(visitor.store, server.port, reply_to="editor@example.org").work(NOW)
    octets = server.accepted[0][2]
    message = message_from_bytes(octets, policy=policy.default)
    words = message.get_content()

    assert message["Auto-Submitted"] == "auto-generated"
    assert message["To"] == ADA
    assert message["From"] == "Digest <digest@example.org>"
    assert message["Reply-To"] == "editor@example.org"
    assert message["Content-Language"] == "fr"
    assert message["Message-ID"].startswith("<confirm.")
    assert message.get_content_type() == "text/plain"
    assert not [name for name in message if name.lower().startswith("list-")]
    assert b"x.example" not in octets
    assert "pills" not in words
    assert words.count("http") == 1
    assert "https://digest.example.org/news/confirm/" in words
    assert "The <Digest> {x}" in words
    assert "26 novembre 2026" in words
    assert "Example Press" in words
    assert max(map(len, octets.split(b"\r\n"))) <= 998


def test_a_link_comes_from_the_configuration(visitor: Visitor, server: Server) -> None:
    """U-R6: a forged Host never gets into a mail."""
    headers = {"host": "evil.example", "x-forwarded-host": "evil.example", "x-forwarded-proto": "gopher"}
    visitor.post("/subscribe", {"address": ADA, "language": "en"}, **headers)
    outbox(visitor.store, server.port).work(NOW)

    assert b"evil" not in server.accepted[0][2]


def test_scanners_change_nothing(store: Store, visitor: Visitor, server: Server) -> None:
    """U5: however often the link is opened, and by whichever harmless method."""
    link = asked(visitor, server)
    with store._read() as connection:
        before = connection.execute(text("SELECT * FROM signups")).all()
    for number in range(200):
        assert visitor.get(link, "HEAD" if number % 2 else "GET")[0] == 200
    with store._read() as connection:
        assert connection.execute(text("SELECT * FROM signups")).all() == before
    assert store.subscribers() == []


def test_a_link_works_once(store: Store, visitor: Visitor, server: Server) -> None:
    """Used again it says what is; it does not bring back who has left since (U6, U8)."""
    link = asked(visitor, server)
    visitor.post(link)
    remove(store, ADA, now=NOW)

    status, _, page = visitor.post(link)
    assert (status, state(store)) == (200, "unsubscribed")
    assert "You are subscribed" in page
    assert visitor.get(link)[0] == 200
    with store._read() as connection:
        assert connection.execute(text("SELECT address, address_key FROM signups")).all() == [(None, None)]


def test_a_link_ends_after_72_hours(store: Store, visitor: Visitor, server: Server) -> None:
    """To the second; tidied up or not."""
    link = asked(visitor, server)
    visitor.now = later(hours=72, seconds=1)
    assert visitor.get(link)[0] == 410
    assert visitor.post(link)[0] == 410
    outbox(store, server.port).work(visitor.now)
    assert visitor.post(link)[0] == 410
    assert state(store) is None
    visitor.now = later(hours=73)
    visitor.post(asked(visitor, server))
    assert state(store) == "active"


def test_links_that_nobody_was_given(store: Store, visitor: Visitor, server: Server) -> None:
    """Cut, altered, of another purpose, of a sign-up that was not mailed: 404, and nothing happens."""
    link = asked(visitor, server)
    identity = link.rpartition("/")[2].partition(".")[0]
    secret = store.secret("links")
    visitor.sign_up("eve@example.org")
    waiting = store.signups("asked")[0]
    tokens = [
        link[:-1].rpartition("/")[2], f"{identity}.", identity, token_for(secret, "unsubscribe", identity),
        token_for(secret, "preferences", identity), token_for(b"other", "confirm", identity),
        token_for(secret, "confirm", "0" * 32), token_for(secret, "confirm", waiting.id), "\u00e9", "a.b",
    ]  # fmt: skip
    for token in tokens:
        assert visitor.get(f"/confirm/{token}")[0] == 404
        assert visitor.post(f"/confirm/{token}")[0] == 404
    assert len(identity) == 32
    assert store.subscribers() == []


def test_one_mail_in_a_day_and_three_without_an_answer(store: Store, visitor: Visitor, server: Server) -> None:
    """U1, over restarts of the outbox; an answer starts the count anew."""
    for hours in range(0, 24 * 8, 6):
        visitor.now = later(hours=hours)
        assert visitor.sign_up(ADA)[0] == 200
        outbox(store, server.port).work(visitor.now)
    times = [message_from_bytes(item[2], policy=policy.default)["Date"].datetime for item in server.accepted]
    assert times == [NOW, later(hours=24), later(hours=48)]

    visitor.post(link_in(server.accepted[-1][2]))  # too late: 72 hours are over
    assert state(store) is None
    add(store, ADA, language="en", now=NOW)  # the reader may still ask the operator
    assert state(store) == "active"


def test_an_answer_begins_the_count_anew(store: Store, visitor: Visitor, server: Server) -> None:
    """Three unanswered, not three ever; and still one a day."""
    for day in range(6):
        visitor.now = later(days=day, minutes=day)
        visitor.post(asked(visitor, server))
        visitor.sign_up(ADA)
        outbox(store, server.port).work(visitor.now)
    assert len(server.accepted) == 6


def test_a_thousand_forms_for_one_address_are_one_mail(store: Store, server: Server) -> None:
    """U1: 100 visitors, ten forms each, every spelling of the mailbox."""
    for number in range(1000):
        tag = f"+{number}" if number % 3 else ""
        name = "ADA" if number % 2 else "ada"
        wish = Wish(address=f"{name}{tag}@example.org", language="en", words="w", words_language="en")
        assert ask(store, wish, client=f"198.51.100.{number % 100}", mails_per_hour=100, now=NOW)
    for _ in range(3):
        outbox(store, server.port).work(NOW)

    assert len(server.accepted) == 1


def test_a_visitor_has_ten_forms_an_hour(store: Store, visitor: Visitor) -> None:
    """Kept in the database, told openly, over at the end of the hour; the address of the computer is not kept."""
    for number in range(PER_VISITOR):
        assert visitor.sign_up(f"a{number}@example.org")[0] == 200
    status, headers, page = Visitor(store).sign_up("b@example.org")
    assert (status, headers["retry-after"]) == (429, "3600")
    assert "Too many requests" in page
    visitor.ip = "192.0.2.2"
    assert visitor.sign_up("b@example.org")[0] == 200
    with store._read() as connection:
        rows = connection.execute(text("SELECT visitor FROM signups")).scalars().all()
    assert len(set(rows)) == 2
    assert not any("192.0.2" in str(row) for row in rows)

    visitor.now, visitor.ip = later(hours=1, seconds=1), "192.0.2.1"
    assert visitor.sign_up("c@example.org")[0] == 200


def test_mails_of_an_hour_are_limited_and_the_rest_waits(store: Store, visitor: Visitor, server: Server) -> None:
    """The cap is in the database; nobody who asked is forgotten."""
    for number in range(12):
        visitor.ip, visitor.now = f"192.0.2.{number}", later(seconds=number)
        visitor.sign_up(f"a{number}@example.org")
    for _ in range(2):  # a restart between
        outbox(store, server.port, per_hour=5).work(later(seconds=20))
    assert len(server.accepted) == 5
    for hour in (1, 2):
        outbox(store, server.port, per_hour=5).work(later(hours=hour, seconds=20 + hour))
    assert [item[1] for item in server.accepted] == [f"a{number}@example.org" for number in range(12)]


def test_forms_of_an_hour_are_limited(store: Store) -> None:
    """A flood fills no database."""
    from dataclasses import replace

    from public_kit import SITE

    visitor = Visitor(store, replace(SITE, signups_per_hour=1))
    answers = []
    for number in range(25):
        visitor.ip = f"192.0.2.{number}"
        answers.append(visitor.sign_up(f"a{number}@example.org")[0])

    assert answers == [200] * 20 + [429] * 5


def test_the_setting_limits_the_forms_of_an_hour(store: Store) -> None:
    """Twenty times as many forms as mails; then everybody is asked to come back in an hour."""
    visitor = Visitor(store, replace(SITE, signups_per_hour=2))
    for number in range(40):
        visitor.ip = f"192.0.2.{number + 1}"
        assert visitor.sign_up(f"new{number}@example.org")[0] == 200
    visitor.ip = "198.51.100.7"
    status, headers, page = visitor.sign_up(ADA)
    assert (status, headers["retry-after"]) == (429, "3600")
    assert "new39" not in page
    assert len(store.signups("asked")) == 40
    assert visitor.woken == 40
    visitor.now = later(hours=1)
    assert visitor.sign_up(ADA)[0] == 200


@pytest.mark.parametrize(
    ("client", "expected"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("127.0.0.1", None),
        ("::1", None),
        ("", None),
        (None, None),
        ("unix:", "unix:"),
    ],
)
def test_who_counts_as_one_visitor(client: str | None, expected: str | None) -> None:
    """A household's IPv6 network; nobody where the proxy does not say."""
    assert visitor_of(client) == expected


def test_the_answer_says_nothing_about_the_address(store: Store, visitor: Visitor, server: Server) -> None:
    """U3: new, asked, subscribed, left, bounced, erased, complained: the same page, the same time."""
    kinds = ["new", "subscribed", "left", "bounced", "erased"]
    for number, kind in enumerate(kinds[1:]):
        reader = add(store, f"{kind}@example.org", language="en", now=NOW, new_id=lambda n=number: f"r{n}")
        if kind == "left":
            remove(store, reader.id, now=NOW)
        if kind == "erased":
            erase(store, reader.id, now=NOW)
        if kind == "bounced":
            store.set_subscriber_state(reader.id, "suppressed", now=NOW)
    visitor.sign_up("asked@example.org")
    answers = set()

    def spread(turns: int) -> float:
        """Seconds between the slowest and the fastest kind of address, by their medians."""
        times: dict[str, list[float]] = {kind: [] for kind in [*kinds, "asked"]}
        for kind in list(times) * turns:
            visitor.now += timedelta(minutes=30)
            start = time.perf_counter()
            status, headers, page = visitor.sign_up(f"{kind}@example.org")
            times[kind].append(time.perf_counter() - start)
            answers.add((status, str(sorted(headers.items())), page))
        medians = [statistics.median(spans) for spans in times.values()]
        return max(medians) - min(medians)

    # Others work on this machine too: one quiet moment is enough to show that there is no difference.
    assert any(spread(7) < 0.005 for _ in range(15))
    assert len(answers) == 1


@pytest.mark.parametrize("leaves", ["remove", "erase"])
def test_who_left_comes_back_by_an_answer_only(store: Store, visitor: Visitor, server: Server, leaves: str) -> None:
    """U8: neither import nor form is enough; the button is."""
    add(store, ADA, language="en", now=NOW)
    (remove if leaves == "remove" else erase)(store, ADA, now=NOW)
    assert import_csv(store, [ADA], language="en", now=NOW).added == 0
    with pytest.raises(InputError):
        add(store, ADA, language="en", now=NOW)
    link = asked(visitor, server)
    assert state(store) in {None, "unsubscribed"}
    value = freeze(store, edition(language="en"))
    send(store, value, server.port)
    assert len(server.accepted) == 1

    visitor.post(link)
    assert state(store) == "active"
    send(store, freeze(store, edition(later(hours=24))), server.port, now=later(hours=24))
    assert len(server.accepted) == 2


def test_who_complained_is_not_even_asked(store: Store, visitor: Visitor, server: Server) -> None:
    """The same page in the browser, and silence."""
    from pipeline.deliver.tokens import address_mac

    store.suppress(address_mac(store.secret("address"), ADA), "complaint", now=NOW)
    assert visitor.sign_up(ADA)[0] == 200
    outbox(store, server.port).work(NOW)

    assert server.accepted == []
    assert [item.address for item in store.signups("dropped")] == [None]


def test_a_subscriber_changes_by_the_same_way(store: Store, visitor: Visitor, server: Server) -> None:
    """Id, time of creation and past deliveries stay; language and topics are those confirmed."""
    before = add(store, ADA, language="en", now=NOW)
    visitor.now = later(hours=5)
    visitor.post(asked(visitor, server, language="fr", topic="sanction"))
    after = store.subscriber_by_key(ADA)

    assert after is not None
    assert (after.id, after.created, after.language, after.topics) == (before.id, NOW, "fr", ("sanction",))


def test_whoever_did_not_ask_can_say_so(store: Store, visitor: Visitor, server: Server) -> None:
    """The address is forgotten and gets no further question; a subscription it has stays."""
    link = asked(visitor, server)
    page = visitor.post(link, {"answer": "no"})[2]
    assert "Nothing is sent to you" in page
    assert visitor.post(link, {"answer": "yes"})[2] == page
    assert state(store) is None
    for day in range(1, 5):
        visitor.now = later(days=day)
        visitor.sign_up(ADA)
        outbox(store, server.port).work(visitor.now)
    assert len(server.accepted) == 1
    with store._read() as connection:
        assert set(connection.execute(text("SELECT address FROM signups")).scalars()) == {None}


@pytest.mark.parametrize("first", ["the outbox", "the reader"])
def test_who_says_no_before_the_outbox_knows_that_the_mail_left(
    store: Store, visitor: Visitor, server: Server, monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    """The sign-up moves on between the look and the deed: "no" still ends the link; a "yes" that came first stands."""
    token, secret = asked(visitor, server).rpartition("/")[2], store.secret("links")
    (signup,) = store.signups("sent")
    store.change_signup(replace(signup, state="sending"), expected="sent", now=NOW)
    real = store.signup

    def looked(id: str) -> Signup | None:
        found = real(id)
        monkeypatch.setattr(store, "signup", real)
        if first == "the outbox":
            store.change_signup(replace(signup, state="sent"), expected="sending", now=NOW)
        else:
            confirm(store, token, now=NOW, secret=secret)
        return found

    monkeypatch.setattr(store, "signup", looked)
    standing = refuse(store, token, now=NOW, secret=secret)

    assert standing == ("refused" if first == "the outbox" else "confirmed")
    assert look(store, token, now=NOW, secret=secret)[0] == standing
    assert state(store) == (None if first == "the outbox" else "active")


@pytest.mark.parametrize("answer", ["yes", "no"])
def test_two_answers_at_once_are_one(
    store: Store, visitor: Visitor, server: Server, monkeypatch: pytest.MonkeyPatch, answer: str
) -> None:
    """The button pressed twice, or two buttons: what was first stands, and the second page says what does."""
    link = asked(visitor, server)
    real = store.confirm_signup

    def confirmed(*args: Any, **named: Any) -> Subscriber | None:
        monkeypatch.setattr(store, "confirm_signup", real)
        visitor.post(link, {"answer": answer})
        return real(*args, **named)

    monkeypatch.setattr(store, "confirm_signup", confirmed)
    status, _, page = visitor.post(link, {"answer": "yes"})
    assert (status, page) == (200, visitor.post(link)[2])
    assert state(store) == ("active" if answer == "yes" else None)


@pytest.mark.parametrize("address", [
    "a@b.example\r\nBcc: x@example.org", "a@example.org,b@example.org", "a@example.org b@example.org",
    "a" * 400 + "@example.org", "a\u2028@example.org", '"a b"@example.org', "", "@", "a@", "a@localhost",
    "a@[127.0.0.1]", "é@example.org", "<a@example.org>", "a@example.org\x00",
])  # fmt: skip
def test_what_is_no_address_is_told(store: Store, visitor: Visitor, address: str) -> None:
    """U7: 400, the form again with what was typed, nothing kept."""
    status, _, page = visitor.sign_up(address)

    assert status == 400
    assert 'aria-invalid="true"' in page
    assert "This is no email address that we can write to." in page
    assert store.signups("asked") == []


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=st.dictionaries(st.text(max_size=8) | st.sampled_from(["address", "language", "topic", "website"]),
                              st.text(max_size=40), max_size=6))  # fmt: skip
def test_any_form_is_answered(visitor: Visitor, fields: dict[str, str]) -> None:
    """Never a fault of ours, and nothing of the form acts on the page."""
    try:
        status, headers, page = visitor.post("/subscribe", fields)
    except UnicodeEncodeError:  # lone surrogates cannot be sent
        return
    assert status in {200, 400, 429}
    assert "<script" not in page
    assert "location" not in headers


def test_a_program_that_fills_every_field_gets_nothing(store: Store, visitor: Visitor) -> None:
    """The same page as for everybody."""
    fair = visitor.sign_up(ADA)[2]
    store.forget_signups(ADA)

    assert visitor.sign_up(ADA, website="http://x.example")[2] == fair
    assert store.signups("asked") == []
    assert visitor.woken == 1


def test_addresses_are_kept_no_longer_than_needed(store: Store, visitor: Visitor, server: Server) -> None:
    """Hash of the visitor an hour, address 72 hours, the row 30 days; the count of unanswered mails stays."""
    asked(visitor, server)

    def row(**span: float) -> tuple[bool, bool] | None:
        outbox(store, server.port).work(later(**span))
        with store._read() as connection:
            found = connection.execute(text("SELECT visitor, address, address_key FROM signups")).one_or_none()
        return None if found is None else (found[0] is not None, found[1] is not None or found[2] is not None)

    assert row(minutes=59) == (True, True)
    assert row(minutes=61) == (False, True)
    assert row(hours=71) == (False, True)
    assert row(hours=73) == (False, False)
    assert row(days=29) == (False, False)
    assert row(days=31) is None
    with store._read() as connection:
        kept = connection.execute(text("SELECT mac, unanswered FROM solicitations")).one()
    assert kept[1] == 1
    assert "ada" not in kept[0]


def test_erasing_forgets_who_has_not_confirmed_yet(store: Store, visitor: Visitor, server: Server) -> None:
    """By address, as for a reader; the link is dead."""
    link = asked(visitor, server)
    erase(store, ADA, now=NOW)

    assert visitor.post(link)[0] == 404
    with pytest.raises(InputError):
        erase(store, "nobody@example.org", now=NOW)
    assert look(store, link.rpartition("/")[2], now=NOW, secret=store.secret("links")) == ("unknown", None)


def test_erasing_a_reader_forgets_how_they_came(store: Store, visitor: Visitor, server: Server) -> None:
    """What the form was filled in with goes too, and the link of the confirmation says nothing of a subscription."""
    link = asked(visitor, server)
    visitor.post(link)
    erase(store, ADA, now=NOW)

    assert visitor.get(link)[0] == 404
    with store._read() as connection:
        assert connection.execute(text("SELECT * FROM signups")).all() == []


def test_confirmations_hold_no_address_in_the_log(
    visitor: Visitor, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    """S4: nor do they hold the token."""
    caplog.set_level("DEBUG")
    visitor.sign_up(ADA)
    server.script = lambda step, _argument: f"250 ok for {ADA}" if step == "end" else None
    outbox(visitor.store, server.port).work(NOW)
    visitor.post(link_in(server.accepted[0][2]))

    assert ADA not in caplog.text
    assert link_in(server.accepted[0][2]).rpartition("/")[2] not in caplog.text
