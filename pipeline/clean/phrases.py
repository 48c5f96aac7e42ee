"""Phrase evidence: sentences and blocks that ask the reader for something instead of telling the news.

The rules are data (data/*.toml). Each is anchored at the start of a sentence or a block and speaks to the reader, so
that news ABOUT newsletters, cookies or subscriptions stays. A sentence rule takes one sentence out of its paragraph and
leaves the rest; nothing ever cuts to the end of a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace

from pipeline.clean.around import ease
from pipeline.clean.lines import line_judge, site_lines
from pipeline.clean.reported import is_reported
from pipeline.clean.rules import PhraseRule, phrase_rules
from pipeline.model import Removed
from pipeline.text.normalise import fold

#: What stands before the first word: quotation marks are left out on purpose, a quoted phrase is news.
_PREFIX = re.compile(r"\A[\s>»→▶►•·*#|+✉️📩📧👉🔔➡️⬇️✅🗞📰–—-]+")
#: Facts of the news: a sentence with one of these is cut by rules for other articles' titles only.
_FACT = re.compile(r"\bcve-\d{4}-\d{4,}|\bghsa-\w{4}-", re.IGNORECASE)
#: A paragraph at least this long that comes a second time in one article is a block that the page shows twice.
_REPEAT_LEAST = 80
_REPEATS_MOST = 3
#: A heading over titles of other articles ("Related stories") is at most this long, a title at most that; more titles
#: than this are no such list.
_HEADING_MOST, _TITLE_MOST, _TITLES_MOST = 40, 140, 8
#: Paragraphs up to this length may be taken whole by a sentence rule.
_SHORT = 60
#: A call glued into a paragraph of the article has a sentence on either side, one of them the article's beyond doubt:
#: its log odds are below this.
_GLUED_LEAST, _TOLD = 3, -3.0
#: What a call at the beginning of a paragraph leaves of it is the rest of the call ("The first month for 1 euro.") up
#: to this length, unless the article told it beyond doubt.
_REST_MOST = 100
_BOUNDARY = re.compile(r"[.!?…]{1,6}[\"»”’')\]]{0,2}\s{1,9}(?![a-zà-öø-ÿа-я])|[。！？]{1,6}[」』）”]{0,2}|\n+")
_ABBREVIATIONS = frozenset([
    "mm", "mr", "ms", "mrs", "dr", "st", "nr", "no", "vs", "ca", "bzw", "sr", "sra", "jr", "pr", "prof", "art", "abs",
    "vgl", "inc", "ltd", "co", "corp", "u.s", "z.b", "d.h", "p.ej",
])  # fmt: skip


def clean_paragraphs(
    paragraphs: Iterable[str], recurring: AbstractSet[str] = frozenset(), outlet: str | None = None
) -> tuple[tuple[str, ...], tuple[Removed, ...]]:
    """Take boilerplate out of an article's paragraphs.

    Args:
        paragraphs: In reading order.
        recurring: Paragraphs that recur over the site's articles.
        outlet: The site's name, where it is known.
    Returns:
        What stays, and what went with its rule and the number of its paragraph. What stays is untouched but for cut
        sentences.
    """
    source = tuple(paragraphs)
    kept: list[tuple[int, str]] = []
    removed: list[Removed] = []
    for position, paragraph in enumerate(source):
        if paragraph in recurring:
            removed.append(Removed(text=paragraph, rule="site/repeated", position=position))
            continue
        rest, cut = _without_calls(paragraph)
        removed.extend(Removed(text=text, rule=rule, position=position) for text, rule in cut)
        if rest or not paragraph:
            kept.append((position, rest))
    kept, judged = _judged(kept, removed, len(source), outlet)
    gone = [
        replace(block, text=part)
        for block in (*removed, *judged)
        for part in _as_published(block.text, source[block.position])
    ]
    return tuple(text for _, text in kept), tuple(sorted(gone, key=lambda block: block.position))


def _as_published(text: str, paragraph: str) -> Iterator[str]:
    """What went, in parts that stand in the paragraph so: where a sentence was cut from its middle there are two."""
    part = ""
    for sentence in [text] if text in paragraph else split_coarsely(text):
        if part and (part + sentence).strip() not in paragraph:
            yield part.strip()
            part = ""
        part += sentence
    if part.strip():
        yield part.strip()


def _judged(
    kept: list[tuple[int, str]], removed: list[Removed], length: int, outlet: str | None
) -> tuple[list[tuple[int, str]], list[Removed]]:
    """Without what only the whole text tells: until nothing more goes, so that cleaning again changes nothing."""
    gone: list[Removed] = []
    before = -1
    while before != len(gone):
        before = len(gone)
        kept, judged = _without_site_lines(kept, length, outlet)
        kept, listed = _without_listed(kept, [*removed, *gone, *judged])
        kept, again = _without_repeats(kept)
        gone += judged + listed + again
    return kept, gone


def _without_site_lines(
    kept: list[tuple[int, str]], length: int, outlet: str | None
) -> tuple[list[tuple[int, str]], list[Removed]]:
    lines = site_lines([text for _, text in kept], ease(kept, length, outlet))
    taken = {text for text in lines if not _is_news(text, fold(text))}
    if not taken:
        return kept, []
    left: list[tuple[int, str]] = []
    removed: list[Removed] = []
    for position, text in kept:
        rest, cut = _without_site_sentences(text) if text in taken else (text, [])
        removed.extend(Removed(text=part, rule="line/learned", position=position) for part in cut)
        if cut and rest:
            # A phrase rule may know what was glued to the call.
            rest, called = _without_calls(rest)
            removed.extend(Removed(text=part, rule=rule, position=position) for part, rule in called)
        if rest:
            left.append((position, rest))
    return left, removed


def _without_site_sentences(paragraph: str) -> tuple[str, list[str]]:
    """What stays and what goes of a paragraph that reads like the site's: all, unless a call was glued into news."""
    judge = line_judge()
    sentences = list(split_coarsely(paragraph))
    if len(sentences) < _GLUED_LEAST or min(map(judge.odds, sentences)) >= _TOLD:
        return "", [paragraph]
    cut = [sentence for sentence in sentences if judge.takes(sentence.strip())]
    if not cut:
        return "", [paragraph]
    return "".join(sentence for sentence in sentences if sentence not in cut).strip(), [part.strip() for part in cut]


def _without_listed(kept: list[tuple[int, str]], removed: list[Removed]) -> tuple[list[tuple[int, str]], list[Removed]]:
    """Titles below a heading such as "Related stories", when nothing of the article comes behind them.

    In the middle of a text the line below may be a heading of the article itself.
    """
    texts = dict(kept)
    listed: dict[int, str] = {}
    for heading in removed:
        is_heading = heading.rule.startswith("related/") and len(heading.text) <= _HEADING_MOST
        if not is_heading or heading.position in texts:
            continue
        below: dict[int, str] = {}
        position = heading.position + 1
        while position in texts and _is_title(texts[position]):
            below[position] = texts[position]
            position += 1
        if len(below) <= _TITLES_MOST and position not in texts:
            listed |= below
    rows = [Removed(text=text, rule="related/listed", position=position) for position, text in listed.items()]
    return [(position, text) for position, text in kept if position not in listed], rows


def _is_title(text: str) -> bool:
    return len(text) <= _TITLE_MOST and "\n" not in text and text.rstrip()[-1:] not in ".!?…。！？:：;"


def _is_news(text: str, folded: str) -> bool:
    # A German quotation opens with the mark that is a bullet elsewhere.
    is_quoted = text.lstrip().startswith("»") and "«" in text
    return is_quoted or _FACT.search(text) is not None or is_reported(folded)


def _without_repeats(kept: list[tuple[int, str]]) -> tuple[list[tuple[int, str]], list[Removed]]:
    """Blocks that a page shows twice, once; a text with many repeats is a table, a recipe or a list of questions."""
    seen: set[str] = set()
    again: dict[int, str] = {}
    for position, text in kept:
        if len(text) >= _REPEAT_LEAST and text in seen:
            again[position] = text
        seen.add(text)
    if len(set(again.values())) > _REPEATS_MOST:
        return kept, []
    removed = [Removed(text=text, rule="page/repeated", position=position) for position, text in again.items()]
    return [(position, text) for position, text in kept if position not in again], removed


def _without_calls(paragraph: str) -> tuple[str, list[tuple[str, str]]]:
    """What the phrase rules leave of a paragraph, and what they take, with their names."""
    gone: list[tuple[str, str]] = []
    while paragraph:
        paragraph, cut = _clean_paragraph(paragraph)
        if not cut:
            break
        gone += cut  # what a cut leaves may be a block of its own
    return paragraph, gone


def _clean_paragraph(paragraph: str) -> tuple[str, list[tuple[str, str]]]:
    called = phrase_rules().called(paragraph.lower())
    if not called:
        return paragraph, []
    if (found := _match(paragraph, called, whole=True)) is not None:
        return "", [(paragraph, found.full_name)]
    kept: list[str] = []
    cut: list[tuple[str, str]] = []
    sentences = list(split_coarsely(paragraph))
    before: PhraseRule | None = None
    for number, sentence in enumerate(sentences, 1):
        found = _match(sentence, phrase_rules().called(sentence.lower()), whole=False)
        if found is not None:
            cut.append((sentence.strip(), found.full_name))
        elif before is not None and before.kind == "related" and number == len(sentences) and _is_title(sentence):
            # "Related posts: Acme fined! Heron breached": the second title ends the paragraph as the first began it.
            cut.append((sentence.strip(), "related/listed"))
        else:
            kept.append(sentence)
        before = found
    if not cut:
        return paragraph, []
    rest = "".join(kept).strip()
    # What is left of a sign-up block may be a bullet or a full stop.
    if not any(c.isalnum() for c in rest):
        return "", cut
    if paragraph.startswith(cut[0][0]) and _is_rest_of_call(rest, cut[0][1]):
        return "", [*cut, *((part.strip(), cut[-1][1]) for part in kept)]
    return rest, cut


def _is_rest_of_call(rest: str, rule: str) -> bool:
    if len(rest) > _REST_MOST or rule.startswith("related/") or _is_news(rest, fold(rest)):
        return False
    return line_judge().odds(rest) > _TOLD


def _match(unit: str, called: Iterable[int], *, whole: bool) -> PhraseRule | None:
    """The first of the rules called up that takes a paragraph whole, or one of its sentences."""
    text, rules = unit.strip(), phrase_rules().rules
    folded: str | None = None
    for number in called:
        rule = rules[number]
        fits = rule.scope == "block" or len(unit) <= _SHORT if whole else rule.scope == "sentence"
        if not fits or len(text) > rule.longest:
            continue
        folded = folded if folded is not None else _PREFIX.sub("", fold(text), count=1)
        if rule.pattern.match(folded) and (rule.kind == "related" or not _is_news(text, folded)):
            return rule
    return None


def split_coarsely(paragraph: str) -> Iterator[str]:
    """Sentences with the space behind them, so that joining all gives the paragraph again.

    Coarser than `pipeline.text.sentences`, which would take most of the time of cleaning: an abbreviation at worst
    joins a call to subscribe to its neighbour, and then it stays.
    """
    start = 0
    for match in _BOUNDARY.finditer(paragraph):
        word = paragraph[max(start, match.start() - 8) : match.start()].rpartition(" ")[2].lower()
        if match[0][0] == "." and (word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha())):
            continue
        yield paragraph[start : match.end()]
        start = match.end()
    if start < len(paragraph):
        yield paragraph[start:]
