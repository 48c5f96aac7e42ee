"""Strangers' markup: what is cut of it, and that nothing else is."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.text.markup import without_endless_tags


@given(st.text(alphabet="<>ab =\"'/!-&;", max_size=300))
def test_short_markup_stays(markup: str) -> None:
    """Nothing that people write is changed, however broken."""
    written = "<p>a</p>" * 3000 + markup * 60
    assert without_endless_tags(written) == written


def test_a_picture_in_an_address_stays() -> None:
    """Quoted values may be as long as they like, and hold whatever they like."""
    markup = f"<p>a</p><img alt='a > b' src=\"data:image/png;base64,{'iVBO' * 50_000}==\"><p>b</p>"

    assert without_endless_tags(markup) == markup


@pytest.mark.parametrize("tag", ['<a href="/de/"" class="x">', "<p title='a'' class='x'>", '<script src="a" ">'])
def test_a_stray_mark_quotes_nothing(tag: str) -> None:
    """It ends with its tag: what stands behind it, up to the next such mark, is the page."""
    mark = tag[-2]
    markup = tag + f"<p>{mark}The sea is calm today,{mark} he said.</p>" * 3000

    assert without_endless_tags(markup) == markup


@pytest.mark.parametrize("end", ["</script>", "</SCRIPT >", ""])
def test_a_script_holds_no_tags(end: str) -> None:
    """However much of it stands behind a "<" without a ">"."""
    markup = "<script src='a'>for(;i<t.length;){" + "a = b; " * 10_000 + "}" + end + "<p>a</p>"

    assert without_endless_tags(markup) == markup


def test_a_tag_without_end_keeps_its_beginning() -> None:
    """And what stands before and behind it is as it was."""
    found = without_endless_tags("<p>a</p><p " + "b " * 50_000 + "><i>c</i>")

    assert found.startswith("<p>a</p><p b b b ")
    assert found.endswith("><i>c</i>")
    assert len(found) < 20_100


@pytest.mark.parametrize(
    "piece",
    ["<a ", "<a '", '<a "', "<a '\"", "<", "'", '"<', "<a b='c' ", "<a\"'<a'\"", "<a =", "<a='", "<a =\"'", "<a = "],
)
def test_it_takes_no_time(piece: str) -> None:
    """Linear, whatever is open or closed."""
    started = time.process_time()

    without_endless_tags(piece * (2_000_000 // len(piece)))

    assert time.process_time() - started < 2
