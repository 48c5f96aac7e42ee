"""The newsletter's public side in a browser's eyes: forms, past editions, feed; nothing acts, nothing loads."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from deliver_cases import edition
from html_checks import elements, walk
from public_kit import NOW, SITE, Visitor, later
from sample_edition import sample
from test_browser import look

from pipeline.deliver.subscribers import add, remove
from pipeline.deliver.tokens import token_for
from pipeline.errors import BusyError
from pipeline.model import Subscriber
from pipeline.render.templating import style_hash
from pipeline.render.wording import wording
from pipeline.store import Store
from pipeline.web import public_archive
from pipeline.web.public_site import Pages, Site

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
def visitor(store: Store) -> Visitor:
    return Visitor(store)


def publish(store: Store, day: int = 0, language: str = "en", *, is_mailed: bool = True) -> str:
    made = sample(language)
    when = timedelta(days=day)
    made = replace(made, id=f"{made.day + when}-{language}", day=made.day + when, closed=made.closed + when)
    store.freeze(made, {}, now=NOW)
    if is_mailed:
        store.freeze_recipients(made.id, [], now=NOW)
    return made.id


def preferences(store: Store, reader: Subscriber) -> str:
    return f"/preferences/{token_for(store.secret('links'), 'preferences', reader.id)}"


def every_page(store: Store) -> list[str]:
    reader = add(store, "ada@example.org", language="fr", now=NOW)
    shown = publish(store)
    secret = store.secret("links")
    return [
        "/", "/?lang=ar", "/subscribe", "/subscribe?lang=fr", "/archive", f"/archive/{shown}", "/feed/en",
        preferences(store, reader), f"/unsubscribe/{token_for(secret, 'unsubscribe', reader.id)}", "/confirm/x",
        "/archive/x", "/feed/xx", "/x/y", "/x",
    ]  # fmt: skip


def test_an_edition_that_is_made_anew_is_shown_anew(store: Store) -> None:
    """Pages are kept in memory by what names their words: a removed edition's page must not stand for the next one."""
    visitor = Visitor(store, replace(SITE, archive="all"))
    name = publish(store, is_mailed=False)
    was, address = sample("en"), f"/archive/{name}"
    assert was.title in visitor.get(address)[2]
    store.remove_edition(name)
    assert visitor.get(address)[0] == 404
    store.freeze(replace(was, id=name, title="Made anew"), {}, now=NOW + timedelta(hours=1))
    for path in (address, "/feed/en"):
        assert "Made anew" in visitor.get(path)[2], path


def test_every_answer_forbids_what_it_does_not_need(store: Store, visitor: Visitor) -> None:
    """No script, no cookie, no redirect, nothing loaded; the policy allows the page's own style sheet only."""
    for path in every_page(store):
        status, headers, page = visitor.get(path)
        policy = headers["content-security-policy"]
        assert status in {200, 404}
        assert policy.startswith("default-src 'none'")
        assert "frame-ancestors 'none'" in policy
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert not {"set-cookie", "location"} & set(headers)
        if headers["content-type"].startswith("text/html"):
            assert not [name for name in ("script", "iframe", "img", "object", "base") if elements(page, name)]
            css = page.partition("<style>")[2].partition("</style>")[0]
            assert f"style-src '{style_hash(css)}'" in policy
            assert not [node for node in elements(page) if any(key.startswith("on") for key in node.attrs)]


def test_pages_are_accessible(store: Store, visitor: Visitor) -> None:
    """A language, one first heading, headings in order, a label for every field, a name for every button."""
    for path in every_page(store):
        _, headers, page = visitor.get(path)
        if not headers["content-type"].startswith("text/html") or path.startswith("/archive/2"):
            continue
        root = elements(page, "html")[0]
        assert root.attrs["lang"]
        assert root.attrs["dir"] == ("rtl" if root.attrs["lang"] == "ar" else "ltr")
        assert len(elements(page, "h1")) == 1
        labelled = {node.attrs.get("for") for node in elements(page, "label")}
        for node in elements(page, "input") + elements(page, "select"):
            if node.attrs.get("type") not in {"hidden", "checkbox"}:
                assert node.attrs["id"] in labelled
        ids = [node.attrs["id"] for node in elements(page) if "id" in node.attrs]
        assert len(ids) == len(set(ids))
        parts = [
            (node.attrs.get("aria-label"), [item for item in walk(node) if item.name == "a"])
            for node in elements(page, "nav")
        ]
        assert len({name for name, _ in parts}) == len(parts)
        assert all(links for _, links in parts)


@pytest.mark.needs("chromium")
def test_a_wrong_address_is_framed(visitor: Visitor, tmp_path: Path) -> None:
    """By more than the colour of the words beside it."""
    page = visitor.sign_up("nobody")[2]

    assert look(tmp_path, page, 375)["frame"] == "2px"


def test_the_title_is_text_wherever_it_stands(store: Store, visitor: Visitor) -> None:
    """Angle brackets and braces of a title do nothing."""
    for path in ("/", "/subscribe?lang=fr"):
        page = visitor.get(path)[2]
        assert "The &lt;Digest&gt; {x}" in page
        assert "<digest>" not in page.lower()


@pytest.mark.parametrize(
    ("query", "header", "language"),
    [
        ("", "", "en"),
        ("", "fr-CH, fr;q=0.9, en;q=0.8", "fr"),
        ("", "sv, en;q=0.3, fr;q=0.5", "fr"),
        ("", "pt-PT, en;q=0.3", "pt-pt"),
        ("", "de-AT, en;q=0.3", "de"),
        ("", "ar;q=0, xx, *", "en"),
        ("", "en;q=0.1, ar;q=0.2", "ar"),
        ("?lang=fr", "en", "fr"),
        ("?lang=<script>", "fr", "fr"),
        ("?lang=sv", "fr", "en"),
        ("", "fr;q=2, ;;;, \u00ff", "en"),
    ],
)
def test_the_page_speaks_the_visitors_language(visitor: Visitor, query: str, header: str, language: str) -> None:
    """Asked for, preferred by the browser, or the digest's first."""
    page = visitor.get(f"/subscribe{query}", **{"accept-language": header})[2]

    assert f'<html lang="{language}"' in page


def test_made_up_languages_take_no_memory(visitor: Visitor) -> None:
    """A stranger can ask for a million tags: `?lang=fr-aaaaa`, `?lang=fr-aaaab` …"""
    assert visitor.get("/subscribe?lang=fr-aaaaa")[2] == visitor.get("/subscribe?lang=fr-aaaab")[2]
    assert wording("fr-aaaaa") is wording("FR-aaaab") is wording("fr")
    assert wording("qq") is wording("xx-yy")


def test_links_come_from_the_configuration_only(store: Store, visitor: Visitor) -> None:
    """Whatever Host and X-Forwarded-Host say."""
    publish(store)
    for path in ("/", "/subscribe", "/archive", "/feed/en"):
        headers = {"host": "evil.example", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
        assert "evil.example" not in visitor.get(path, **headers)[2]
    assert 'href="/news/archive' in visitor.get("/")[2]
    assert 'action="/news/subscribe?lang=en"' in visitor.get("/")[2]


def test_only_mailed_editions_are_public(store: Store, visitor: Visitor) -> None:
    """An edition appears when its recipients are frozen: from then on nobody can change it."""
    shown, waiting = publish(store), publish(store, 1, is_mailed=False)

    assert f"/archive/{shown}" in visitor.get("/archive")[2]
    assert waiting not in visitor.get("/archive")[2] + visitor.get("/")[2] + visitor.get("/feed/en")[2]
    assert visitor.get(f"/archive/{shown}")[0] == 200
    assert visitor.get(f"/archive/{waiting}")[0] == 404


def test_an_editors_word_makes_an_edition_public_where_all_are(store: Store) -> None:
    """Approved means: exactly as it stands."""
    name = publish(store, is_mailed=False)
    asks = Visitor(store, replace(SITE, archive="approved"))
    assert asks.get(f"/archive/{name}")[0] == 404

    store.approve(name, revision=0, editor="ed", now=NOW)
    assert asks.get(f"/archive/{name}")[0] == 200
    changed = replace(sample("en"), id=name, note="A word from the editor")
    store.revise(changed, after=0, editor="ed", change="note", now=NOW)
    assert asks.get(f"/archive/{name}")[0] == 404
    assert "A word from the editor" in Visitor(store, replace(SITE, archive="all")).get(f"/archive/{name}")[2]


def test_a_changed_edition_is_shown_as_changed(store: Store) -> None:
    """Pages are kept by revision, so none is stale."""
    name = publish(store, is_mailed=False)
    asks = Visitor(store, replace(SITE, archive="all"))
    before = asks.get(f"/archive/{name}")
    store.revise(replace(sample("en"), id=name, note="Newly said"), after=0, editor="ed", change="note", now=NOW)
    after = asks.get(f"/archive/{name}", **{"if-none-match": before[1]["etag"]})

    assert after[0] == 200
    assert "Newly said" in after[2]


def test_the_archive_has_pages_and_languages(store: Store, visitor: Visitor) -> None:
    """Newest first, thirty to a page, each language for itself."""
    for day in range(35):
        value = edition(later(days=day), "en")
        store.freeze(value, {}, now=NOW)
        store.freeze_recipients(value.id, [], now=NOW)
    french = publish(store, language="fr")
    first, second = visitor.get("/archive?lang=en")[2], visitor.get("/archive?lang=en&page=2")[2]

    assert first.count('href="/news/archive/2') == 30
    assert first.index("2026-12-27-en") < first.index("2026-12-26-en")
    assert second.count('href="/news/archive/2') == 5
    assert "page=2" in first
    assert "page=1" in second
    assert french in visitor.get("/archive?lang=fr")[2]
    assert french not in first
    assert visitor.get("/archive?page=3")[0] == 404
    for nonsense in ("0", "-1", "x", "99999999999999999999", "²"):
        assert visitor.get("/archive")[0] == 200
        assert visitor.get(f"/archive?page={nonsense.encode('ascii', 'replace').decode()}")[0] == 200


def test_without_an_edition_the_archive_says_so(visitor: Visitor) -> None:
    """And the feed does not exist yet."""
    assert "No edition has been published here yet." in visitor.get("/archive")[2]
    assert visitor.get("/feed/en")[0] == 404


def test_the_first_page_shows_the_newest_five(store: Store, visitor: Visitor) -> None:
    """The others are behind the link to the archive; each is a web page."""
    for days in range(7):
        publish(store, days)
    shown = re.findall(r'href="/news(/archive/2026-[^"]+)"', visitor.get("/")[2])
    assert list(dict.fromkeys(shown)) == [f"/archive/2026-11-{29 - days}-en" for days in range(5)]
    assert visitor.get(shown[0])[1]["content-type"] == "text/html; charset=utf-8"


def test_the_feed_holds_the_newest_editions(store: Store, visitor: Visitor) -> None:
    """Atom by RFC 4287: absolute links to the archive, one entry for a story however often it was told."""
    publish(store), publish(store, 1)
    _, headers, text = visitor.get("/feed/en")
    root = ET.fromstring(text)
    links = {item.get("rel"): item.get("href") for item in root.findall(f"{ATOM}link")}
    ids = [item.text for item in root.iter(f"{ATOM}id")]

    assert headers["content-type"] == "application/atom+xml; charset=utf-8"
    assert links["self"] == "https://digest.example.org/news/feed/en"
    assert links["alternate"] == "https://digest.example.org/news/archive/2026-11-24-en"
    assert len(ids) == len(set(ids)) > 3
    entry = root.find(f"{ATOM}entry/{ATOM}link")
    assert entry is not None
    assert str(entry.get("href")).startswith("https://digest.example.org/news/archive/2026-11-24-en#")


def test_made_up_languages_do_not_make_the_feed_anew(
    store: Store, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rendering ten editions takes its time: requests for feeds that are none do not make us do it again."""
    publish(store)
    made: list[str] = []
    real = public_archive.render_feed
    monkeypatch.setattr(public_archive, "render_feed", lambda *a, **o: made.append("feed") or real(*a, **o))
    for path in ("/feed/en", *(f"/feed/x{number}" for number in range(30)), "/feed/en"):
        visitor.get(path)
    assert made == ["feed"]


@pytest.mark.parametrize("path", ["/feed/en", "/archive/2026-11-23-en"])
def test_who_has_it_is_told_so(store: Store, visitor: Visitor, path: str) -> None:
    """A conditional request costs a header (RFC 9110 section 13.1.2)."""
    publish(store)
    status, headers, text = visitor.get(path)
    again = visitor.get(path, **{"if-none-match": f'"other", W/{headers["etag"]}'})

    assert status == 200
    assert "max-age" in headers["cache-control"]
    assert (again[0], again[2]) == (304, "")
    assert visitor.get(path, **{"if-none-match": '"other"'})[2] == text


def test_preferences_are_shown_and_changed_by_the_readers_link(store: Store, visitor: Visitor) -> None:
    """Language and topics, nothing else; in the language chosen."""
    reader = add(store, "ada@example.org", language="en", topics=("sanction",), now=NOW, consent={"source": "test"})
    link = preferences(store, reader)
    page = visitor.get(link)[2]
    boxes = {node.attrs["value"]: "checked" in node.attrs for node in elements(page, "input")}
    assert boxes == {"disclosure": False, "sanction": True}
    assert "ada@" not in page
    assert 'role="status"' not in page  # nothing has been saved yet

    status, _, page = visitor.post(link, {"language": "fr", "topic": ["disclosure", "nonsense"]})
    changed = store.subscriber(reader.id)
    assert status == 200
    assert "enregistré" in page
    assert changed == replace(reader, language="fr", topics=("disclosure",))
    visitor.post(link, {"language": "fr", "topic": ["disclosure", "sanction"]})
    assert store.subscriber(reader.id) == replace(reader, language="fr", topics=())
    kept = store.export_subscriber(reader.id)
    assert kept is not None
    assert kept["consent"] == {"source": "test"}


@pytest.mark.parametrize("language", ["sv", "", "EN", None])
def test_preferences_name_an_edition_that_there_is(store: Store, visitor: Visitor, language: str | None) -> None:
    """A reader of a language in which nothing is made would wait for ever."""
    reader = add(store, "ada@example.org", language="en", now=NOW)
    fields = {} if language is None else {"language": language}
    assert visitor.post(preferences(store, reader), fields)[0] == 400
    assert store.subscriber(reader.id) == reader


def test_preferences_need_no_choice_where_there_is_one_language(store: Store) -> None:
    reader = add(store, "ada@example.org", language="fr", topics=("sanction",), now=NOW)
    asks = Visitor(store, replace(SITE, languages=("fr",)))
    assert asks.post(preferences(store, reader), {"topic": "disclosure"})[0] == 200
    assert store.subscriber(reader.id) == replace(reader, topics=("disclosure",))


def test_preferences_do_not_bring_anybody_back(store: Store, visitor: Visitor) -> None:
    """Who left has to sign up again."""
    reader = add(store, "ada@example.org", language="en", now=NOW)
    remove(store, reader.id, now=NOW)

    assert visitor.get(preferences(store, reader))[0] == 404
    assert visitor.post(preferences(store, reader), {"language": "fr"})[0] == 404
    found = store.subscriber(reader.id)
    assert found is not None
    assert found.state == "unsubscribed"


def test_links_of_one_purpose_serve_no_other(store: Store, visitor: Visitor) -> None:
    """Nor altered, cut, or another reader's."""
    reader = add(store, "ada@example.org", language="en", now=NOW)
    secret = store.secret("links")
    for purpose, path in (("unsubscribe", "preferences"), ("confirm", "preferences"), ("preferences", "unsubscribe")):
        token = token_for(secret, purpose, reader.id)  # type: ignore[arg-type]
        assert visitor.get(f"/{path}/{token}")[0] == 404
        assert visitor.post(f"/{path}/{token}", {"language": "fr"})[0] == 404
    good = token_for(secret, "preferences", reader.id)
    for token in (good[:-1], good + "A", good.swapcase(), "other." + good.partition(".")[2]):
        assert visitor.get(f"/preferences/{token}")[0] == 404


def test_the_unsubscribe_page_offers_less_mail_instead(store: Store, visitor: Visitor) -> None:
    """A link to the preferences, which works."""
    reader = add(store, "ada@example.org", language="en", now=NOW)
    page = visitor.get(f"/unsubscribe/{token_for(store.secret('links'), 'unsubscribe', reader.id)}")[2]

    assert f'href="/news{preferences(store, reader)}"' in page


def test_forms_of_other_sites_are_refused(store: Store, visitor: Visitor) -> None:
    """Our own pages send "null" or our own origin; a browser says when another site asks."""
    reader = add(store, "ada@example.org", language="en", now=NOW)
    for path in ("/subscribe", preferences(store, reader), "/confirm/x"):
        for headers in ({"sec-fetch-site": "cross-site"}, {"origin": "https://evil.example"}, {"origin": "http://["}):
            status, _, page = visitor.post(path, {"address": "a@example.org", "language": "fr"}, **headers)
            assert status == 403
            assert "another site" in page
    same = {"origin": "https://digest.example.org"}, {"origin": "null", "sec-fetch-site": "same-origin"}, {}
    for headers in same:
        assert visitor.post(preferences(store, reader), {"language": "en"}, **headers)[0] == 200


@pytest.mark.parametrize("url", ["https://Digest.example.org:443/news", "https://digest.example.org:8443"])
def test_a_port_in_the_public_address_is_no_other_site(store: Store, url: str) -> None:
    """Browsers leave out the one of https, and name any other."""
    visitor = Visitor(store, replace(SITE, url=url))
    origin = "https://digest.example.org" + (":8443" if "8443" in url else "")
    assert visitor.post("/subscribe", {"address": "a@example.org", "language": "en"}, origin=origin)[0] == 200
    assert visitor.post("/subscribe", {"address": "a@example.org"}, origin="https://digest.example.org:1")[0] == 403


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"x" * 5000, {}, 413),
        (b"a;" * 2000, {}, 400),
        (b"&".join([b"a=1"] * 61), {}, 400),
        (b"address=%ff", {}, 400),
        ("address=é".encode(), {}, 400),
        (b"{}", {"content-type": "application/json"}, 415),
        (b"", {}, 400),
        (b"address=a%40example.org&language=xx", {}, 400),
    ],
)
def test_what_is_no_form_of_ours_is_refused(
    store: Store, visitor: Visitor, body: bytes, headers: dict[str, str], status: int
) -> None:
    """Too long, too many fields, no text, another kind, nothing, an unknown language."""
    assert visitor.post("/subscribe", body=body, **headers)[0] == status
    assert store.signups("asked") == []


def test_without_a_public_address_there_is_only_the_way_out(store: Store) -> None:
    """The pages are switched on by mail.public_url; links of the others are nobody's then, also genuine ones."""
    publish(store)
    reader = add(store, "ada@example.org", language="en", now=NOW)
    asks = Visitor(store, Site(title="Digest", languages=("en",)))

    for path in ("/", "/subscribe", "/archive", "/feed/en", "/confirm/x", "/preferences/x", preferences(store, reader)):
        assert asks.get(path)[0] == 404
    leave = f"/unsubscribe/{token_for(store.secret('links'), 'unsubscribe', reader.id)}"
    assert "/preferences/" not in asks.get(leave)[2]
    assert asks.post(leave, {"List-Unsubscribe": "One-Click"})[0] == 200


def test_sign_up_and_archive_can_be_off(store: Store) -> None:
    """Closed circles: no form; links that went out before still work."""
    asks = Visitor(store, replace(SITE, signups_per_hour=None, archive=None))

    assert asks.get("/")[0] == 200
    assert "<form" not in asks.get("/")[2]
    for path in ("/subscribe", "/archive", "/feed/en"):
        assert asks.get(path)[0] == 404


def test_a_database_that_is_busy_is_no_fault_of_the_visitor(
    store: Store, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """503 with Retry-After, in a page like the others."""

    def busy(*_: object, **__: object) -> None:
        raise BusyError("locked")

    monkeypatch.setattr(store, "ask", busy)
    status, headers, page = visitor.sign_up("ada@example.org")

    assert status == 503
    assert headers["retry-after"] == "60"
    assert "Not at this moment" in page
    assert headers["content-security-policy"].startswith("default-src 'none'")


@pytest.mark.parametrize(
    ("offered", "read", "given"),
    [
        (("en", "pt"), "pt-PT", "pt"),
        (("en", "pt-BR", "pt-PT"), "pt-PT", "pt-PT"),
        (("en", "pt-PT"), "pt-BR", "pt-PT"),
        (("en", "fr"), "de", "en"),
    ],
)
def test_a_visitor_is_offered_the_edition_he_reads_best(offered: tuple[str, ...], read: str, given: str) -> None:
    """Of his region, else of his language, else the first."""
    pages = Pages(replace(SITE, languages=offered))

    assert pages.edition_language(wording(read)) == given
