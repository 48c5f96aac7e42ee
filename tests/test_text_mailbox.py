"""Mailboxes, hosts and addresses of pages: whatever is written becomes one in ASCII, or is refused."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from pipeline.text.mailbox import ascii_host, ascii_url, one_mailbox

_PIECES = st.sampled_from([*'abz09.@<>",;: \\é文\n\u2028\u202e', "xn--", "a@example.org", "bücher.example", "https://"])


@pytest.mark.parametrize(
    "text",
    ["", "nobody", "a@", "@b", "a@b, c@d", "a@b; c@d", "A <a@b> <c@d>", "A <a@b", "a@b\nBcc: c@d", "é@b.example",
     "a b@c.example", "A <>", "a@-.é"],
)  # fmt: skip
def test_what_is_not_one_mailbox_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        one_mailbox(text)


@pytest.mark.parametrize(
    ("url", "ascii"),
    [
        ("https://example.org/a%20b?c=d", "https://example.org/a%20b?c=d"),
        ("https://bücher.example:8443/é/?q=文#ü", "https://xn--bcher-kva.example:8443/%C3%A9/?q=%E6%96%87#%C3%BC"),
    ],
)
def test_addresses_of_pages_go_out_in_ascii(url: str, ascii: str) -> None:
    assert ascii_url(url) == ascii


@effort(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=12).map("".join))
def test_what_is_taken_is_ascii_on_one_line_and_reads_back_the_same(text: str) -> None:
    try:
        mailbox = one_mailbox(text)
    except ValueError:
        return
    assert mailbox.domain.isascii()
    assert mailbox.username.isascii()
    assert len(str(mailbox).splitlines()) == 1
    assert one_mailbox(str(mailbox)) == mailbox


@effort(max_examples=300, deadline=None)
@given(st.lists(_PIECES, max_size=12).map("".join))
def test_hosts_and_addresses_are_ascii_or_refused(text: str) -> None:
    for read in (ascii_host, ascii_url):
        try:
            assert read(text).isascii()
        except ValueError:
            continue
