"""Inline markup made plain, so that words stay apart and punctuation stays at its word.

trafilatura sets a space around each inline element it knows ("two , three") and drops some around those it does not.
Formatting that means nothing to a text is merged into its surroundings before it reads the tree; where a page sets a
link against the word beside it without a space, and the two cannot be one word, a space is put in.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

_FORMATTING = (
    "b", "strong", "i", "em", "u", "kbd", "samp", "tt", "var", "s", "strike", "ins", "bdi", "bdo", "abbr", "acronym",
    "cite", "dfn", "big", "font", "mark", "small", "nobr", "wbr",
)  # fmt: skip
_MERGED = "x-merged"
_BLOCKS = (
    "address article aside blockquote dd div dl dt figure footer form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre"
    " section table tbody td th thead tr ul"
)
#: Words that no other word begins with, nor ends with, in the languages that part words by spaces.
_LONE_BEFORE = (
    "the and also has was were that this these those which its their les des une est sont dans avec pour qui que cette"
    " und oder auch wird wurde eine einer einem einen nicht los las del una para como sobre della degli sono nella uma"
    " pela het een voor naar ook werd"
)
_LONE_BEHIND = (
    "the and also with from that which has was were have said dans avec pour sont cette und auf mit von wurde wird oder"
    " auch haben hat ist eine nicht para como sobre della degli sono pela het een voor naar werd"
)
_LAST_WORD = re.compile(r"(?<![^\W_])([^\W\d_]+)\Z")
_FIRST_WORD = re.compile(r"\A([^\W\d_]+)(?![^\W_]|-)")
_LEAST = 3
#: A paragraph longer than this is no byline.
_PROSE = 100
#: Inline elements in one block beyond which they are taken out: coloured code, or a list of links. Each of them leaves
#: a piece of text of its own, and what looks at pieces looks back over all before it: 10,000 took half a minute.
_MOST_INLINE = 500


@cache
def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


def merge_inline(tree: Any) -> None:
    """Merge formatting into its surroundings and part words from the links they are glued to; changes `tree`."""
    from lxml.etree import strip_tags

    _plain_masses(tree)
    strip_tags(tree, *_FORMATTING)
    for element in tree.iter("q"):
        # Browsers print the marks that the source leaves out.
        element.text = f"“{element.text or ''}"
        element.tail = f"”{element.tail or ''}"
        element.tag = _MERGED
    for element in tree.iter("code"):
        if "\n" not in (element.text or "") and not any(a.tag == "pre" for a in element.iterancestors()):
            element.tag = _MERGED
    for element in tree.iter("time"):
        # A date in a sentence; one that stands alone is the byline's, which trafilatura drops.
        parent = element.getparent()
        if parent is not None and parent.tag in ("p", "li", "blockquote") and len("".join(parent.itertext())) > _PROSE:
            element.tag = _MERGED
    for element in tree.iter():
        # Elements of a page's own making, e.g. <contrib-group>.
        if (
            isinstance(element.tag, str)
            and "-" in element.tag
            and all(e.tag not in _set(_BLOCKS) for e in element.iter())
        ):
            element.tag = _MERGED
    strip_tags(tree, _MERGED)
    for link in tree.iter("a"):
        _part(link)


def _plain_masses(tree: Any) -> None:
    """Take links, spans and formatting out of blocks that hold masses of them, and make their text one piece again."""
    from lxml.etree import strip_tags

    inline = {*_FORMATTING, "span", "a", "code", "q", "time", "sub", "sup"}
    blocks: dict[Any, Any] = {}
    held: dict[Any, int] = {}
    for element in tree.iter():
        parent = element.getparent()
        if element.tag in inline and parent is not None:
            block = blocks[element] = blocks.get(parent, parent)
            held[block] = held.get(block, 0) + 1
    for block, count in held.items():
        if count > _MOST_INLINE:
            strip_tags(block, *inline)
            block.text = block.text
            for child in block:
                child.tail = child.tail


def _part(link: Any) -> None:
    text = "".join(link.itertext())
    if not text or len(text) > 300:
        return
    before = _before(link)
    if text[0].isalpha() and (match := _LAST_WORD.search(before[-40:])) is not None and len(match[1]) >= _LEAST:
        word = match[1]
        if word.lower() in _set(_LONE_BEFORE) or (word.islower() and text[0].isupper() and not text[:2].isupper()):
            _put_space_before(link)
    previous = link.getprevious()
    adjacent = previous is not None and previous.tag == "a" and not previous.tail
    # Two links side by side are two things ("Medline", "Google Scholar").
    if adjacent and text[0].isupper() and "".join(previous.itertext())[-1:].islower():
        previous.tail = " "
    tail = link.tail or ""
    if text[-1].isalpha() and (match := _FIRST_WORD.match(tail[:40])) is not None and match[1] in _set(_LONE_BEHIND):
        link.tail = f" {tail}"


def _before(link: Any) -> str:
    previous, parent = link.getprevious(), link.getparent()
    if previous is not None:
        return previous.tail or ""
    return (parent.text or "") if parent is not None and parent.tag in ("p", "li", "span", "div") else ""


def _put_space_before(link: Any) -> None:
    previous = link.getprevious()
    if previous is not None:
        previous.tail = f"{previous.tail} "
    else:
        parent = link.getparent()
        parent.text = f"{parent.text} "


__all__ = ["merge_inline"]
