"""Words stay apart and whole: what parts them on the page parts them in the text."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.extract import extract
from pipeline.model import Article, Entry, Page

_SEEN = datetime(2026, 11, 23, tzinfo=UTC)
_TITLE = "Der Hersteller schließt eine Lücke"
_FRAME = "<p>" + "Der Hersteller hat am Montag ein Update bereitgestellt, das alle Versionen betrifft. " * 4 + "</p>"
_START = "Betreiber sollten danach die Protokolle der letzten Wochen sorgfältig prüfen, denn "


def text(middle: str) -> str:
    """What is read between the frame's paragraphs, on one line."""
    html = f"<html><body><article><h1>{_TITLE}</h1>{_FRAME}{middle}{_FRAME}</article></body></html>"
    entry = Entry(id="1", feed="https://www.example.org/rss", guid=None, url="https://www.example.org/1",
                  title=_TITLE, first_seen=_SEEN)  # fmt: skip
    page = Page(url=entry.url or "", final_url=entry.url or "", body=html.encode(), charset="utf-8")
    article: Article = extract([(entry, page)])[0]
    return " ".join(p for p in article.paragraphs if "bereitgestellt" not in p)


_SPACES = (" ", "\n", "\t", "\r\n  ", "\xa0", "&nbsp;", "&#160;", "<br>", "<br/>\n", "\u2009", "&ensp;", "\u202f",
           "\u3000", "\u200b ", "<!-- x --> ", "<wbr> ", " <wbr>", "<span> </span>", "<b> </b>")  # fmt: skip
_TAGS = ("a href=/x", "b", "em", "strong", "span", "span class=x", "code", "i", "u", "mark", "abbr", "time", "cite",
         "contrib-group", "font color=red", "small", "kbd")  # fmt: skip


@given(
    st.lists(
        st.tuples(st.sampled_from(_SPACES), st.sampled_from(_TAGS), st.sampled_from(("out", "in", "behind"))),
        min_size=1, max_size=4,
    ),
    st.sampled_from(("p", "li", "blockquote")),
)  # fmt: skip
@settings(max_examples=120, deadline=None)
def test_whitespace_of_any_kind_parts_words(parts: list[tuple[str, str, str]], block: str) -> None:
    """A space before, in or behind an inline element is a space in the text."""
    words = ["anfang"]
    markup = "anfang"
    for number, (space, tag, where) in enumerate(parts):
        word, end = f"wort{'abcd'[number]}", tag.split()[0]
        if where == "out":
            markup += f"{space}<{tag}>{word}</{end}>"
        elif where == "in":
            markup += f"<{tag}>{space}{word}</{end}>"
        else:
            markup += f"{space}<{tag}>{word}{space}</{end}>weiter{number}"
            word = f"{word} weiter{number}"
        words.append(word)
    body = f"<{block}>{_START}{markup} am Ende des langen Satzes, der noch weitergeht.</{block}>"
    if block == "li":
        body = f"<ul>{body}<li>Ein zweiter Punkt, der ebenfalls lang genug ist.</li></ul>"

    assert f"{' '.join(words)} am Ende" in text(body)


@pytest.mark.parametrize(
    ("markup", "wanted"),
    [
        ("eins <b>zwei</b>, drei <code>vier</code>.", "eins zwei, drei vier."),
        ("eins (<em>zwei</em>) drei “<strong>vier</strong>”!", "eins (zwei) drei “vier”!"),
        ("nach <code>next-line</code>; <kbd>Strg</kbd>+<kbd>C</kbd>.", "nach next-line; Strg+C."),
        ("er sagte <q>eins <b>zwei</b></q>, mehr nicht", "er sagte “eins zwei”, mehr nicht"),
        ("am <time datetime=2026-11-04>4. November</time> um zehn", "am 4. November um zehn"),
        ("die Lücke CVE-2026-<b>10001</b>, mit <b>9</b>.8 bewertet", "die Lücke CVE-2026-10001, mit 9.8 bewertet"),
    ],
)
def test_punctuation_stays_at_its_word(markup: str, wanted: str) -> None:
    """Formatting sets no spaces of its own, before commas or inside ids and numbers."""
    assert wanted in text(f"<p>{_START}{markup}</p>")


@pytest.mark.parametrize(
    ("markup", "wanted"),
    [
        ("the agency also<a href=/x>added</a>the flaw to its list", "the agency also added the flaw to its list"),
        ("und alle<a href=/x>Korsetts</a> sind anders", "und alle Korsetts sind anders"),
        ("bei der <a href=/x>Migration</a>auf das neue System", "bei der Migration auf das neue System"),
        ("<a href=/x>Medline</a><a href=/y>Scholar</a> führen es", "Medline Scholar führen es"),
        ("das <a href=/x>Haus</a>es Dach und der <a href=/x>Server</a>raum", "das Hauses Dach und der Serverraum"),
        ("two <a href=/x>exploit</a>s for un<a href=/x>patched</a> Mc<a href=/x>Example</a> systems",
         "two exploits for unpatched McExample systems"),
        ("Cyber<a href=/x>sicherheit</a> und with<a href=/x>drawn</a>", "Cybersicherheit und withdrawn"),
    ],
)  # fmt: skip
def test_links_glued_to_words(markup: str, wanted: str) -> None:
    """A link set against a whole word is parted from it; a link on a part of a word is not."""
    assert wanted in text(f"<p>{_START}{markup}, heißt es weiter.</p>")


@pytest.mark.parametrize("outer", ["div", "section", "td"])
def test_blocks_part_words(outer: str) -> None:
    """Words of neighbouring blocks never run together."""
    line = "Ein Absatz mit genug Worten, um als laufender Text zu gelten"
    body = f"<{outer}><p>{line} eins</p><p>zwei {line}</p><h3>drei</h3><p>vier {line}</p></{outer}>"
    body = f"<table><tr>{body}</tr></table>" if outer == "td" else body

    assert not re.search(r"einszwei|geltendrei|dreivier", text(body))
