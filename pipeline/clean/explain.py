"""What `clean` kept and took out of an article, and why, for a person at a terminal."""

from __future__ import annotations

from pipeline.model import Article
from pipeline.text.normalise import clean_text

_BOLD, _GREEN, _RED, _DIM, _OFF = "\x1b[1m", "\x1b[32m", "\x1b[31m", "\x1b[2m", "\x1b[0m"


def explain(article: Article, *, colour: bool = True) -> str:
    """The article's text with what was removed in its place, each removed block with its rule.

    Args:
        article: After `clean`.
        colour: ANSI colours; False leaves "+" for kept and "-" for removed at the start of the lines.
    """
    paint = _paint if colour else _plain
    lines = [paint(_BOLD, clean_text(article.title) or "(no title)")]
    lines.append(paint(_DIM, f"{article.url or article.id} · text from the {article.origin}"))
    if article.junk is not None:
        lines.append(paint(_RED, f"not an article: {article.junk.reason}"))
    for kept, text, rule in _blocks(article):
        if kept:
            lines.append(paint(_GREEN, f"+ {text}"))
        else:
            lines.append(f"{paint(_RED, f'- {text}')} {paint(_DIM, f'[{rule}]')}")
    return "\n".join(lines) + "\n"


def _blocks(article: Article) -> list[tuple[bool, str, str]]:
    """Removed blocks go before the paragraph that now stands at their number; the page's containers come last."""
    removed = [
        block
        for block in article.removed
        if not block.rule.startswith(("html/", "page/", "junk/")) or block.rule == "page/repeated"
    ]
    outside = [block for block in article.removed if block not in removed]
    blocks: list[tuple[bool, str, str]] = []
    waiting = sorted(removed, key=lambda block: block.position)
    gone = 0
    for number, paragraph in enumerate(article.paragraphs):
        while waiting and waiting[0].position <= number + gone:
            block = waiting.pop(0)
            whole = block.text not in paragraph
            gone += whole
            blocks.append((False, clean_text(block.text), block.rule))
        blocks.append((True, clean_text(paragraph), ""))
    blocks.extend((False, clean_text(block.text), block.rule) for block in [*waiting, *outside])
    return blocks


def _paint(code: str, text: str) -> str:
    return f"{code}{text}{_OFF}"


def _plain(_code: str, text: str) -> str:
    return text
