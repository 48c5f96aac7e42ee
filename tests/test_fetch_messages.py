"""The first look at an address, and what an answer says of itself."""

from __future__ import annotations

import pytest

from pipeline.errors import FetchError
from pipeline.fetch.messages import Request, checked_url, content_type

HOST = "https://outlet.example.org"


@pytest.mark.parametrize(("url", "checked"), [
    (f"{HOST}/a?b=c#part", f"{HOST}/a?b=c"), (f"{HOST}:1/", f"{HOST}:1/"), (f"{HOST}:65535/", f"{HOST}:65535/"),
    (f"{HOST}/{'x' * (4096 - len(HOST) - 1)}", None),
])  # fmt: skip
def test_web_addresses_are_fetched(url: str, checked: str | None) -> None:
    """Without the part of the page, up to 4096 characters."""
    assert str(checked_url(url)) == (checked or url)


@pytest.mark.parametrize(("url", "reason"), [
    (f"{HOST}/a b", "a space, a backslash or a control character"),
    (f"{HOST}\\@inner.example/", "a space, a backslash or a control character"),
    (f"{HOST}/\n", "a space, a backslash or a control character"),
    (f"{HOST}/\x7f", "a space, a backslash or a control character"),
    (f"{HOST}/{'x' * (4096 - len(HOST))}", "longer than 4096 characters"),
    ("ftp://outlet.example.org/", "only http and https"), ("/a", "only http and https"),
    ("https://ada@outlet.example.org/", "user name or password"), ("https://:x@outlet.example.org/", "user name"),
    ("https:///a", "no valid host"), ("https://a%2eb/", "no valid host"),
    (f"{HOST}:0/", "there is no port 0"), (f"{HOST}:65536/", "port"), ("https://[::1/", "not a valid address"),
])  # fmt: skip
def test_what_is_no_web_address_is_told(url: str, reason: str) -> None:
    with pytest.raises(FetchError, match=reason):
        checked_url(url)


@pytest.mark.parametrize(("header", "media_type", "charset"), [
    ("Text/HTML; Charset=\"UTF-8\"", "text/html", "utf-8"), ("text/xml;charset = 'koi8-r' ;x=y", "text/xml", "koi8-r"),
    ("application/json", "application/json", None), ("; charset=utf-8", None, "utf-8"), ("", None, None),
])  # fmt: skip
def test_type_and_charset_stand_in_one_header(header: str, media_type: str | None, charset: str | None) -> None:
    assert content_type({"content-type": header}) == (media_type, charset)


def test_a_request_shows_its_token_to_nobody() -> None:
    """Requests are told in tracebacks and logs."""
    assert "canary" not in repr(Request(url=HOST, bearer="canary"))
