"""The part of a title that is the headline: without the outlet's name that sites hang on it."""

from __future__ import annotations

import re

from pipeline.text.normalise import FIRST_IDEOGRAPH

#: " - Outlet", " | Outlet", " — Outlet": at most a few words, at the end, after a headline that stands by itself.
_OUTLET = re.compile(
    r"\s(?:[-–—]|\||•|·|::|»)\s"
    r"(?P<outlet>[^-–—|•·»]{2,40}|[\w-]{2,40}(?:\.[\w-]{2,20}){1,3}|[^\W\d_]{2,20}-[^\W\d_A-ZÀ-Þ]+)$"
    r"|\s?[|｜]\s?(?P<bar>(?:(?!\s[-–—]\s)[^|｜]){2,40})$"
    r"|\s?[_＿]\s?(?P<low>[^_＿]{2,20})$"
)
_LONGEST_OUTLET_WORDS = 5
_IDENTIFIER = re.compile(r"(?:CVE|GHSA|CERTFR)-\w")
#: "Examplia 7.0 - Use After Free Exploit", "Acme Desk 2.1 - File Upload vulnerability": what the report is of.
_OF_FLAW = re.compile(
    r"\b(?:Exploit|RCE|XSS|SQLi|CSRF|SSRF|IDOR|DoS|Injection|Bypass|Overflow|Underflow|Traversal|Disclosure|Escalation"
    r"|Hijack(?:ing)?|Execution|Use After Free|Denial of Service|Out[- ]of[- ]Bounds (?:Read|Write)"
    r"|File (?:Upload|Read|Write|Deletion|Inclusion)|(?:Memory|Heap) Corruption|Request (?:Forgery|Smuggling)"
    r"|Prototype Pollution|Cache Poisoning|Account Takeover|Access Control|Authorization|Authentication|Deserialization"
    r"|Cross[- ]Site Scripting|Information (?:Exposure|Leak)"
    r"|(?:vulnerabilit(?:y|ies)|flaws?|bugs?|zero[- ]days?|vulnérabilités?|failles?|vulnerabilidad(?:es)?"
    r"|vulnerabilidade|vulnerabilità|\w*schwachstellen?|\w*lücken?)(?: \(?CVE-[\d-]+\)?)?)$",
    re.IGNORECASE,
)
#: "Patch Tuesday - July 2026": a day, a month or a year is no outlet.
_DATE = re.compile(r"(?:^|[\s./])20\d\d$|20\d\d\s?年(?:\s?\d{1,2}\s?月)?(?:\s?\d{1,2}\s?日)?$")
_ENDS_WITH_PUNCTUATION = re.compile(r"[.!?…:;,]$")


def headline_span(title: str) -> tuple[int, int]:
    """Span of the headline in a title, trimmed; the whole title where nothing looks like an outlet's name.

    "Fine for Acme - The Example Times" gives the span of "Fine for Acme"; "Acme - a story of loss" stays whole, since
    an outlet's name starts with a capital or a digit, or is a host name.
    """
    start = len(title) - len(title.lstrip())
    end = len(title.rstrip())
    for _ in range(2):
        match = _OUTLET.search(title, start, end)
        if match is None:
            break
        name = next(group for group in match.groups() if group)
        looks_like_name = (
            any(c.isupper() for c in name[:2]) or name[0].isdecimal() or ord(name[0]) > FIRST_IDEOGRAPH or "." in name
        )
        words = name.split()
        rest = title[start : match.start()].strip()
        if (
            not looks_like_name
            or len(words) > _LONGEST_OUTLET_WORDS
            or len(rest) < max(12, len(name))
            or _ENDS_WITH_PUNCTUATION.search(name)
            or _IDENTIFIER.match(name)
            or _DATE.search(name)
            or _OF_FLAW.search(name)
        ):
            break
        end = match.start()
        while end > start and title[end - 1].isspace():
            end -= 1
    return start, end
