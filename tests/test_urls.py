"""Canonical addresses: one spelling for one page, nothing lost that means something."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.fetch.urls import _LONGEST, canonical_url


def google_identifier(target: str) -> str:
    """A Google News identifier of the older kind, as the real ones are built."""
    data = target.encode()
    length = bytes([len(data)]) if len(data) < 128 else bytes([len(data) & 0x7F | 0x80, len(data) >> 7])
    return base64.urlsafe_b64encode(b'\x08\x13"' + length + data + b"\xd2\x01\x00").decode().rstrip("=")


@pytest.mark.parametrize(("url", "canonical"), [
    ("HTTPS://Example.ORG", "https://example.org/"),
    ("https://example.org:443/a", "https://example.org/a"),
    ("http://example.org:80/a", "http://example.org/a"),
    ("https://example.org:8443/a", "https://example.org:8443/a"),
    ("https://example.org./a", "https://example.org/a"),
    ("https://example.org/a#part", "https://example.org/a"),
    ("  https://example.org/a\n", "https://example.org/a"),
    ("https://example.org/%7Euser/%c3%a9", "https://example.org/~user/%C3%A9"),
    ("https://example.org/é", "https://example.org/%C3%A9"),
    ("https://example.org/a b", "https://example.org/a%20b"),
    ("https://example.org/100%", "https://example.org/100%25"),
    ("https://bücher.example/", "https://xn--bcher-kva.example/"),
    ("https://BÜCHER.example./", "https://xn--bcher-kva.example/"),
    ("https://bücher。example/", "https://xn--bcher-kva.example/"),
    ("https://e.org/\ud800", "https://e.org/?".replace("?", "%3F")),
    ("https://e.org/url?q=https://f.org/", "https://e.org/url?q=https://f.org/"),
    ("https://www.google.com/maps?q=https://f.org/", "https://www.google.com/maps?q=https://f.org/"),
    ("https://[2606:4700::1111]:443/", "https://[2606:4700::1111]/"),
    ("https://e.org/a?utm_source=x&id=3&utm_medium=rss", "https://e.org/a?id=3"),
    ("https://e.org/a?xtor=RSS-1", "https://e.org/a"),
    ("https://e.org/a?XTOR=RSS-1&at_medium=x&fbclid=1&gclid=2&mc_cid=3&mc_eid=4", "https://e.org/a"),
    ("https://e.org/a?utm%5Fsource=x&p=1", "https://e.org/a?p=1"),
    ("https://e.org/a?b=2&a=1&b=1", "https://e.org/a?b=2&a=1&b=1"),
    ("https://e.org/a?source=nato&ref=7", "https://e.org/a?source=nato&ref=7"),
    ("https://e.org/a?ref=rss&source=rss", "https://e.org/a"),
    ("https://e.org/spip.php?article5&&", "https://e.org/spip.php?article5"),
    ("https://e.org/a/amp", "https://e.org/a/amp"),
    ("https://e.org/a/", "https://e.org/a/"),
    ("https://www.google.com/url?rct=j&url=https%3A%2F%2Fe.org%2Fa%3Fid%3D1%26utm_source%3Dg&ct=ga", "https://e.org/a?id=1"),
    ("https://www.google.fr/url?q=http://e.org/&sa=D", "http://e.org/"),
    ("https://news.google.com/rss/articles/" + google_identifier("https://e.org/news/1") + "?oc=5", "https://e.org/news/1"),
    ("https://news.google.com/articles/" + google_identifier("https://e.org/" + "n" * 150),
     "https://e.org/" + "n" * 150),
    ("https://news.google.com/rss/articles/CBMiAUFVX3lxTE1hYmNkZWZnaGlqa2xt",
     "https://news.google.com/rss/articles/CBMiAUFVX3lxTE1hYmNkZWZnaGlqa2xt"),
    ("https://www.bing.com/news/apiclick.aspx?url=https%3a%2f%2fe.org%2f1", "https://e.org/1"),
    ("https://www.google.com/url?q=javascript:alert(1)", "https://www.google.com/url?q=javascript:alert(1)"),
])  # fmt: skip
def test_one_spelling(url: str, canonical: str) -> None:
    """Case, ports, escapes, trackers and wrappers; everything else stays."""
    assert canonical_url(url) == canonical


@pytest.mark.parametrize("url", [
    "", "x", "/relative", "//e.org/", "javascript:alert(1)", "data:,x", "mailto:a@e.org", "ftp://e.org/",
    "http://", "http:///x", "http://user@e.org/", "http://u:p@e.org/", "http://e.org:x/", "http://e.org:99999/",
    "http://[::1", "http://e..org/", "http://-e.org/", "http://e org/", "http://e.org\\@f.org/", "http://%65.org/",
    "http://e.org/" + "a" * 5000, "http://e.org/" + "é" * 1000, "http://e.org\\f.org/", "http://bü\ud800cher.example/",
])  # fmt: skip
def test_what_is_no_web_address_is_none(url: str) -> None:
    """Other schemes, credentials, no host, nonsense."""
    assert canonical_url(url) is None


def test_an_address_is_at_most_so_long() -> None:
    """Before and after it was escaped; one octet more is none."""
    longest = "http://e.org/".ljust(_LONGEST, "a")
    assert canonical_url(longest) == longest
    assert canonical_url(longest + "a") is None
    assert canonical_url(longest[:-1] + "é") is None
    assert canonical_url(longest[:-6] + "é") == longest[:-6] + "%C3%A9"


@pytest.mark.parametrize("length", [14, 15, 16, 17, 127, 128, 129, 130])
def test_a_target_in_an_identifier_of_any_length(length: int) -> None:
    """The length takes one octet up to 127; the identifier has no padding."""
    target = "http://e.org/".ljust(length, "n")
    assert canonical_url(f"https://news.google.com/articles/{google_identifier(target)}") == target


@pytest.mark.parametrize("identifier", ["", "CBMi", "CBMiAA", "AAAAAAAAAAAAAAAAAAAA", "CBMiFGZ0cDovL2Uub3JnL25ld3MvMQ"])
def test_an_identifier_that_holds_no_address_stays(identifier: str) -> None:
    url = f"https://news.google.com/articles/{identifier}"
    assert canonical_url(url) == url


@pytest.mark.parametrize(
    "name", ["utm_campaign", "at_campaign", "pk_kwd", "mtm_source", "msclkid", "igshid", "mkt_tok", "_ga"]
)
def test_trackers_go_and_their_neighbours_stay(name: str) -> None:
    """Whatever the place of the tracker in the query."""
    for query in (f"{name}=1&id=2", f"id=2&{name}=1", f"{name}=1&id=2&{name}=3", f"{name}&id=2"):
        assert canonical_url(f"https://e.org/?{query}") == "https://e.org/?id=2"


WRAPPED = st.recursive(
    st.just("https://e.org/?utm_source=1&x=2"),
    lambda inner: inner.map(lambda url: f"https://www.google.com/url?q={url}"),
)


@settings(max_examples=400, deadline=None)
@given(st.one_of(
    st.text(),
    st.text().map("https://e.org/{}".format),
    st.text(max_size=30).map("http://{}/".format),
    st.lists(st.sampled_from(["%", "%4", "%41", "%2f", "&", "=", "?", "#", "utm_a", "é", "/", "..", ";", "+", "https://"])).map(
        lambda parts: "https://e.org/" + "".join(parts)
    ),
    WRAPPED,
))  # fmt: skip
def test_twice_is_once(url: str) -> None:
    """A canonical address is its own canonical address, plain ASCII, http or https."""
    canonical = canonical_url(url)

    if canonical is not None:
        assert canonical_url(canonical) == canonical
        assert canonical.isascii()
        assert canonical.startswith(("http://", "https://"))
