"""Sentences that tell of a flaw, and names that stand beside the word for it."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.facts.patterns import claims, flaw_words, spoken
from pipeline.facts.spans import Passage
from pipeline.model import Article
from pipeline.text.identifiers import find_cves

#: "Acme Portal flaw", "Acme's SSO flaw": what may stand between the name and the word for the flaw.
_FLAW_OF = re.compile(
    r"(?:['’]s)?(?:\s(?:for|on)\s[A-Zim][\w.]+(?:(?:,|,?\sand|\s&)\s[A-Zim][\w.]+)*)?\s(?:[\w.-]+\s){0,3}"
)
#: "cards are": the first word of the sentence is no name.
_COMMON_NOUN = re.compile(r"\s[a-z]+\s(?:is|are|was|were|have|has|can|could|may)\b")
_HEADING = re.compile(r"\s?[:：]\s")
#: "X存在漏洞", not "X关于漏洞报告的规范" nor "X漏洞奖励计划".
_CJK_FLAW = re.compile(
    r"(?!\s?关于)[^，。；、]{0,16}(?:漏洞(?!挖掘|奖励|悬赏|治理|管理|情报|扫描|响应|研究|平台|库)|后门|脆弱性|缺陷|RCE)"
)
#: "affects": what is hit stands beside it.
AFFECTS = re.compile(
    r"\b(?:affect\w+|afe[ct]t?\w+|touch(?:e|ent)|betrifft|betreffen|interessa\w*|treft|dotycz\w+)\b|影响", re.IGNORECASE
)


def tells_of_flaw(passage: Passage, article: Article) -> bool:
    """Whether a sentence names a flaw or a fix."""
    return _tells_of_flaw(passage.text, article.language)


@lru_cache(maxsize=64)
def _tells_of_flaw(text: str, language: str | None) -> bool:
    if find_cves(text):
        return True
    for tag in spoken(language):
        flaw, fix = flaw_words(tag), claims("patched", tag).get("yes")
        if (flaw is not None and flaw.search(text)) or (fix is not None and fix.search(text)):
            return True
    return False


def is_stated(passage: Passage, article: Article) -> bool:
    """Whether a sentence says of something that it is exploited or patched, or that it is not."""
    return any(
        words.search(passage.text)
        for tag in spoken(article.language)
        for kind in ("exploited", "patched")
        for name, words in claims(kind, tag).items()
        if name in ("yes", "no", "later")
    )


def stands_at_flaw(text: str, start: int, end: int, language: str | None) -> bool:
    """ "Acme Portal flaw lets …", or the name that heads the title ("Acme Portal: …")."""
    if start == 0 and _HEADING.match(text, end):
        return True
    if _CJK_FLAW.match(text, end):
        return True
    between = _FLAW_OF.match(text, end)
    if start == 0 and " " not in text[:end] and _COMMON_NOUN.match(text, end):
        return False  # "Credit cards are vulnerable": the first word has its capital from its place
    while between is not None and between.end() > end:
        for tag in spoken(language):
            words = flaw_words(tag)
            if words is not None and words.match(text, between.end()):
                return True
        shorter = text.rfind(" ", end, between.end() - 1)
        if shorter < 0:
            return False
        between = _FLAW_OF.match(text[: shorter + 1], end)
    return False


def is_right_before_flaw(text: str, end: int, language: str | None) -> bool:
    """ "a critical Formulix flaw"."""
    patterns = [flaw_words(tag) for tag in spoken(language)]
    return text[end : end + 1] == " " and any(p is not None and p.match(text, end + 1) for p in patterns)
