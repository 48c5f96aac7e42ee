"""Facts of a disclosure: CVE ids, scores, products, whether the flaw is exploited and patched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.facts.focus import Focus, focus
from pipeline.facts.owners import without_owners
from pipeline.facts.patterns import claims, general_words, load, negation_words, spoken
from pipeline.facts.product import product_facts
from pipeline.facts.product_judge import judged
from pipeline.facts.spans import Passage
from pipeline.model import Article, Fact, FactType
from pipeline.text.identifiers import find_cves

#: Not the version that a vector begins with: "CVSS:3.1/AV:N/AC:H".
_SCORE = r"(?P<score>10(?:[.,]0)?|\d[.,]\d|\d)(?!(?:\.\d)?/AV:)"
_CVSS_BEFORE = re.compile(
    rf"CVSS\s?(?:(?:v\.?|ver\.?|version)?\s?(?P<version>[234](?:[.,][01])?)(?![.,]\d))?"
    rf"(?P<between>[^.;。\d\n]{{0,40}}?[\s:：=(\[分值为達达])\(?{_SCORE}(?![\d%]|[.,]\d)(?!\s?(?:CVE|vulnerab|flaws|bugs))",
    re.IGNORECASE,
)
_CVSS_GLUED = re.compile(rf"CVSS[:：\s-]{{0,3}}(?:score|Score)?[:：\s-]{{0,3}}{_SCORE}(?![\d%]|[.,]\d|\s?[:：=])")
_CVSS_AFTER = re.compile(
    rf"(?<![\d.,]){_SCORE}(?:\s?/\s?10|\s(?:out of|sur|von|sobre|su|de|van|na)\s10)?\s?(?:\(?\s?(?:on|in|under|by"
    rf"|per|selon|sur|auf|nach|en|in|according to)?\s?"
    rf"(?:the|l['’]échelle|la escala|der|dem|scala)?\s?){{0,1}}CVSS(?:\s?v?\.?(?P<version>[234](?:[.,][01])?))?",
    re.IGNORECASE,
)
_SENTENCES_READ = 40
#: A probability of a topic under this rules it out; triage passes articles from 0.03 on.
RULED_OUT = 0.03
#: How far before a statement a negation may stand, in code points.
_SCOPE = 60


#: "scores exceeding 9.0" names no score; how far before it the words may begin, in code points.
_BOUND = re.compile(
    rf"(?<!\w)(?:{'|'.join(w for kind in ('more_than', 'at_least') for w in load('bounds')[kind])})\s?$", re.IGNORECASE
)
_BEFORE = 20


def may_disclose(text: str, language: str | None) -> bool:
    """Whether a paragraph may hold a fact of a disclosure; cheap, so that only such paragraphs are split."""
    lowered = text.lower()
    if "cve" in lowered or "cvss" in lowered:
        return True
    return any(
        words[name].search(text)
        for tag in spoken(language)
        for kind in ("exploited", "patched")
        for words in [claims(kind, tag)]
        for name in ("yes", "no", "partly", "later")
        if name in words
    )


def disclosure_facts(article: Article, passages: Sequence[Passage]) -> Iterator[Fact]:
    """Facts in order of prominence within each kind; each value once."""
    about = focus(article, passages)
    yield from _cves(passages, about)
    found = judged(article, passages, list(product_facts(article, passages)), tells=about.is_disclosure)
    yield from without_owners(found, passages)
    yield from _scores(passages, about)
    if about.is_disclosure and not _is_ruled_out(article):
        for kind in ("exploited", "patched"):
            yield from _claim(kind, article, passages, about)


def _is_ruled_out(article: Article) -> bool:
    """Whether the topic was ruled out: "accused of not having removed what the law forbids" is no missing patch."""
    return "disclosure" not in article.labels and article.topics.get("disclosure", 1.0) < RULED_OUT


def _cves(passages: Sequence[Passage], about: Focus) -> Iterator[Fact]:
    """The ids of the article's own flaws, each where it is first named."""
    seen: set[str] = set()
    for passage in passages:
        for item in find_cves(passage.text):
            if item.value in about.cves and item.value not in seen:
                seen.add(item.value)
                yield Fact(type="cve", value=item.value, evidence=passage.evidence(item.start, item.end))


def _scores(passages: Sequence[Passage], about: Focus) -> Iterator[Fact]:
    seen: set[float] = set()
    for passage in passages:
        if "cvss" not in passage.text.lower() or about.is_aside(passage):
            continue
        for pattern in (_CVSS_BEFORE, _CVSS_GLUED, _CVSS_AFTER):
            for match in pattern.finditer(passage.text):
                score = float(match["score"].replace(",", "."))
                version = match.groupdict().get("version")
                if (
                    not 0 <= score <= 10
                    or score in seen
                    or (pattern is not _CVSS_AFTER and not version and _is_version(match))
                    or _BOUND.search(passage.text, max(0, match.start("score") - _BEFORE), match.start("score"))
                    or about.is_of_another(passage.text, match.end("score"))
                ):
                    continue
                seen.add(score)
                unit = version.replace(",", ".") if version else None
                yield Fact(type="cvss", value=score, unit=unit, evidence=passage.evidence(*match.span("score")))


def _is_version(match: re.Match[str]) -> bool:
    """ "CVSS 3.1", "CVSS ver 3.1 score": a number of a version right behind the word names the version, not a score."""
    before = match.string[match.start() : match.start("score")]
    return match["score"].replace(",", ".") in _VERSIONS and not _SAYS_SCORE.search(before)


#: "2", "3" and "4" are versions wherever they stand.
_VERSIONS = frozenset({"2", "3", "4", "2.0", "3.0", "3.1", "4.0"})
_SAYS_SCORE = re.compile(r"[:：=]|score|rating|base|puntu|punteggio|note|wert|oceną|pontua|评分", re.IGNORECASE)


def _claim(kind: str, article: Article, passages: Sequence[Passage], about: Focus) -> Iterator[Fact]:
    """Whether the text states it of its own flaw; what it says first counts, and a title more than all else.

    Where only some of the flaws are patched there is no fact of the whole.
    """
    first: tuple[str, Fact] | None = None
    for number, passage in enumerate(passages[:_SENTENCES_READ]):
        if not about.speaks_of_it(passage, number):
            continue
        said = _said(kind, article, passage, about)
        if said is None:
            continue
        first = first or said
        if said[0] == _YES or first[0] == _PARTLY:
            break
    if first and first[0] != _PARTLY:
        yield first[1]


#: "later" is what is still to come, which counts where a sentence says nothing else and is not unsure of it.
_YES, _NO, _PARTLY, _LATER, _UNSURE = "yes", "no", "partly", "later", "unsure"


def _said(kind: str, article: Article, passage: Passage, about: Focus) -> tuple[str, Fact] | None:
    """What a sentence says, by the first of the article's languages whose words it holds."""
    text = passage.text
    for language in spoken(article.language):
        words = claims(kind, language)
        affirmed, denied = ([*words[name].finditer(text)] if name in words else [] for name in (_YES, _NO))
        partly = words[_PARTLY].search(text) if _PARTLY in words else None
        later = words[_LATER].search(text) if _LATER in words else None
        if not (affirmed or denied or partly or later) or _is_general(text, language):
            continue
        doubts = [m.span() for m in words["unless"].finditer(text)] if "unless" in words else []
        no = next((m for m in denied if not _inside(m, doubts)), None)
        if partly:
            return _PARTLY, Fact(type=_KIND[kind], value=True, evidence=passage.evidence(*partly.span()))
        if no and not _NO_LONGER.search(text[: no.start()]):
            return _NO, Fact(type=_KIND[kind], value=False, evidence=passage.evidence(*no.span()))
        for yes in affirmed:
            if not (
                _inside(yes, doubts)
                or (no and no.start() <= yes.start() < no.end())
                or _is_denied(text, yes.start(), language)
                or about.is_of_another(text, yes.end())
            ):
                return _YES, Fact(type=_KIND[kind], value=True, evidence=passage.evidence(*yes.span()))
        if later and not (_UNSURE in words and words[_UNSURE].search(text)):
            return _NO, Fact(type=_KIND[kind], value=False, evidence=passage.evidence(*later.span()))
    return None


def _is_general(text: str, language: str) -> bool:
    general = general_words(language)
    return general is not None and bool(general.search(text))


def _is_denied(text: str, start: int, language: str) -> bool:
    """Whether a negation governs the words at `start`: near before them, with no other verb or contrast between."""
    negations = negation_words(language)
    before = text[max(0, start - _SCOPE) : start]
    return negations is not None and bool(negations.search(before))


def _inside(match: re.Match[str], doubts: Sequence[tuple[int, int]]) -> bool:
    return any(start <= match.start() < end or match.start() <= start < match.end() for start, end in doubts)


#: "initially reported no evidence": said once, not so any more.
_NO_LONGER = re.compile(
    r"\b(?:initially|at first|originally|d['’]abord|initialement|dans un premier temps|zunächst|anfangs"
    r"|inicialmente|inizialmente|aanvankelijk|początkowo)\b|最初|当初|первоначально",
    re.IGNORECASE,
)
_KIND: dict[str, FactType] = {"exploited": "exploited", "patched": "patched"}
