"""Facts of a disclosure: CVE ids, scores, products, whether the flaw is exploited and patched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.facts.patterns import claims, flaw_words, spoken
from pipeline.facts.spans import Passage
from pipeline.model import Article, Fact, FactType
from pipeline.text.identifiers import find_cves
from pipeline.text.names import find_names, organisations, products

_SCORE = r"(?P<score>10(?:[.,]0)?|\d[.,]\d|\d)"
_CVSS_BEFORE = re.compile(
    rf"CVSS\s?(?:(?:v|version|Version)?\s?(?P<version>[234](?:[.,][01])?)(?![.,]\d))?"
    rf"(?P<between>[^.;。\d\n]{{0,40}}?[\s:：=(\[])\(?{_SCORE}(?![\d%]|[.,]\d)(?!\s?(?:CVE|vulnerab|flaws|bugs))",
    re.IGNORECASE,
)
_CVSS_GLUED = re.compile(rf"CVSS[:：\s-]{{0,3}}(?:score|Score)?[:：\s-]{{0,3}}{_SCORE}(?![\d%]|[.,]\d|\s?[:：=])")
_CVSS_AFTER = re.compile(
    rf"(?<![\d.,]){_SCORE}(?:\s?/\s?10|\s(?:out of|sur|von|sobre|su|de|van|na)\s10)?\s?(?:\(?\s?(?:on|in|sur|auf"
    rf"|nach|en|in|according to)?\s?"
    rf"(?:the|l['’]échelle|la escala|der|dem|scala)?\s?){{0,1}}CVSS(?:\s?v?(?P<version>[234](?:[.,][01])?))?",
    re.IGNORECASE,
)
_SENTENCES_READ = 40
#: Where a product is named: "in X", "dans X"; one alternation for all languages.
_PLACE = re.compile(
    r"(?:\b(?:in|of|affecting|affects|dans|touche|touchant|de|d['’]|du|von|bei|en|di|nel|nella|del|em|no|na|van|w)"
    r"\s(?:the\s|les\s(?:produits|équipements)\s|le\s|la\s|produits\s|produkt\w*\s|prodotti\s|productos\s"
    r"|produtos\s)?)$",
    re.IGNORECASE,
)


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
        for name in ("yes", "no")
        if name in words
    )


def disclosure_facts(article: Article, passages: Sequence[Passage]) -> Iterator[Fact]:
    """Facts in order of prominence within each kind; each value once."""
    yield from _cves(passages)
    yield from _products(article, passages)
    yield from _scores(passages)
    for kind in ("exploited", "patched"):
        yield from _claim(kind, article, passages)


def _cves(passages: Sequence[Passage]) -> Iterator[Fact]:
    seen: set[str] = set()
    for passage in passages:
        for item in find_cves(passage.text):
            if item.value not in seen:
                seen.add(item.value)
                yield Fact(type="cve", value=item.value, evidence=passage.evidence(item.start, item.end))


def _scores(passages: Sequence[Passage]) -> Iterator[Fact]:
    seen: set[float] = set()
    for passage in passages:
        if "cvss" not in passage.text.lower():
            continue
        for pattern in (_CVSS_BEFORE, _CVSS_GLUED, _CVSS_AFTER):
            for match in pattern.finditer(passage.text):
                score = float(match["score"].replace(",", "."))
                version = match.groupdict().get("version")
                if (
                    not 0 <= score <= 10
                    or score in seen
                    or (pattern is _CVSS_BEFORE and not version and score in (2, 3, 4))
                ):
                    continue
                seen.add(score)
                unit = version.replace(",", ".") if version else None
                yield Fact(type="cvss", value=score, unit=unit, evidence=passage.evidence(*match.span("score")))


def _products(article: Article, passages: Sequence[Passage]) -> Iterator[Fact]:
    """Known products of title and lead where a flaw is spoken of; else names that stand where a flaw is said to be."""
    seen: set[str] = set()
    for passage in passages:
        if not passage.is_lead:
            break
        hits = sorted(products().find(passage.text), key=lambda h: h.start)
        for hit in hits:
            inside = any(h.start <= hit.start and hit.end < h.end for h in hits)
            if hit.id not in seen and not inside:
                seen.add(hit.id)
                name = passage.text[hit.start : hit.end]
                yield Fact(type="product", value=hit.id, name=name, evidence=passage.evidence(hit.start, hit.end))
    if not seen:
        yield from _unlisted_products(article, passages)


def _unlisted_products(article: Article, passages: Sequence[Passage]) -> Iterator[Fact]:
    """ "Multiples vulnérabilités dans Symfony", "CVE-2026-1 - Edimax BR-6478AC": the name nearest to the flaw."""
    makers = organisations()
    for passage in passages[:3]:
        text = passage.text
        if not (find_cves(text) or any(p and p.search(text) for p in map(flaw_words, spoken(article.language)))):
            continue
        for name in find_names(text, article.language):
            is_maker = any(h.start == name.start and h.end == name.end for h in makers.find(text))
            in_place = _PLACE.search(text, max(0, name.start - 30), name.start)
            after_id = re.search(r"CVE\S{5,20}\s?[-–—:]\s?$", text[max(0, name.start - 30) : name.start])
            if (
                (in_place or after_id)
                and not is_maker
                and not name.text.isdecimal()
                and not name.text.startswith("CVE")
            ):
                yield Fact(
                    type="product", value=name.text, name=name.text, evidence=passage.evidence(name.start, name.end)
                )
                return


def _claim(kind: str, article: Article, passages: Sequence[Passage]) -> Iterator[Fact]:
    """Whether the text states it; a denial counts only where nothing affirms it before."""
    denied: Fact | None = None
    for passage in passages[:_SENTENCES_READ]:
        for language in spoken(article.language):
            words = claims(kind, language)
            if not words:
                continue
            text = passage.text
            no = words["no"].search(text)
            if no:
                denied = denied or Fact(type=_KIND[kind], value=False, evidence=passage.evidence(*no.span()))
                continue
            doubts = [m.span() for m in words["unless"].finditer(text)] if "unless" in words else []
            for yes in words["yes"].finditer(text):
                if any(start <= yes.start() < end or yes.start() <= start < yes.end() for start, end in doubts):
                    continue
                if denied and not passage.is_title:
                    break
                yield Fact(type=_KIND[kind], value=True, evidence=passage.evidence(*yes.span()))
                return
    if denied:
        yield denied


_KIND: dict[str, FactType] = {"exploited": "exploited", "patched": "patched"}
