"""The part of a title that is the headline: without the outlet's name that sites hang on it."""

from __future__ import annotations

import re

from pipeline.text.normalise import FIRST_IDEOGRAPH, fold

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
    r"|Cross[- ]Site Scripting|Information (?:Exposure|Leak)|(?:Direct )?Object References?|(?:Open )?Redirect(?:ion)?"
    r"|Clickjacking|Spoofing|Brute[- ]Force|Dereference|Race Condition|Missing Authori[sz]ation"
    r"|(?:Hard-?coded|Default|Weak) (?:Credentials|Passwords?)"
    r"|Improper (?:[A-Z]\w+ ){0,2}(?:Validation|Neutrali[sz]ation|Management|Handling|Restriction)"
    r"|(?:vulnerabilit(?:y|ies)|flaws?|bugs?|zero[- ]days?|vulnérabilités?|failles?|vulnerabilidad(?:es)?"
    r"|vulnerabilidade|vulnerabilità|\w*schwachstellen?|\w*lücken?)(?: \(?CVE-[\d-]+\)?)?)$",
    re.IGNORECASE,
)
#: "Patch Tuesday - July 2026": a day, a month or a year is no outlet.
_DATE = re.compile(r"(?:^|[\s./])20\d\d$|20\d\d\s?年(?:\s?\d{1,2}\s?月)?(?:\s?\d{1,2}\s?日)?$")
#: "CVE-2026-1111 – Examplia – Desk": databases part the fields of a record by dashes, and the last is the product.
_RECORD = re.compile(r"(?:[^\W\d][\w ]{2,24}: ?)?(?:CVE|GHSA)-[\w-]+\s[-–—]\s")
_DASH = re.compile(r"\s[-–—]\s")
#: What an outlet calls itself behind a dash or a bar may be longer than other names at the end of a title …
_SEPARATOR = re.compile(r"\s(?:[-–—]|•|·|::)\s|\s?[|｜]\s?")
#: … and holds the name of its host, which has this many letters ("zeit", "acme" are words of headlines, too) and is of
#: the whole name this part at least, or a title's clause that names its outlet would go.
_LEAST_OF_HOST, _MOST_OF_NAME = 6, 3
#: Small words of a name have no more letters than these: "of", "the", "und", "pour".
_LONGEST_GRAMMAR = 4
_ENDS_WITH_PUNCTUATION = re.compile(r"[.!?…:;,]$")


def headline_span(title: str, site: str | None = None) -> tuple[int, int]:
    """Span of the headline in a title, trimmed; the whole title where nothing looks like an outlet's name.

    "Fine for Acme - The Example Times" gives the span of "Fine for Acme"; "Acme - a story of loss" stays whole, since
    an outlet's name starts with a capital or a digit, or is a host name. With the host of the page, `site`, a longer
    name goes, too, if it holds the host's: "THE EXAMPLE-TIMES & WEEKLY CYBER-RISK" of exampletimes.org.
    """
    start = len(title) - len(title.lstrip())
    whole = len(title.rstrip())
    end = _own_name_start(title, site) if site else whole
    is_record = _RECORD.match(title, start) is not None
    for _ in range(2 if end == whole else 1):
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
            or (is_record and _DASH.match(title, match.start()) is not None)
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


def _own_name_start(title: str, site: str) -> int:
    """End of the headline before the name that a site gives itself at the end of its titles, else of the title."""
    whole = title.rstrip()
    host = max((_letters(label) for label in site.split(".")[:-1]), key=len, default="")
    last = next(reversed(list(_SEPARATOR.finditer(whole))), None)
    if last is None or len(host) < _LEAST_OF_HOST:
        return len(whole)
    tail = whole[last.end() :]
    is_name = host in _letters(tail) and len(_letters(tail)) <= _MOST_OF_NAME * len(host) and not _is_clause(tail, host)
    return len(title[: last.start()].rstrip()) if is_name and last.start() >= len(tail) / 2 else len(whole)


def _is_clause(tail: str, host: str) -> bool:
    """Whether words of a sentence follow the site's name: "Acme wins a prize"."""
    return any(w[0].islower() and len(w) > _LONGEST_GRAMMAR and _letters(w) not in host for w in tail.split())


def _letters(text: str) -> str:
    return "".join(filter(str.isalnum, fold(text)))
