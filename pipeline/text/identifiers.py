"""Identifiers that mean the same in every language: CVE, CWE, advisory numbers, versions, hashes, addresses, links."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from pipeline.text.taken import Taken

IdentifierKind = Literal["cve", "cwe", "ghsa", "advisory", "version", "hash", "ip", "url", "email", "domain"]

#: Hyphens and dashes that editors and converters put where an identifier has "-".
HYPHENS = "-‐‑‒–—−﹘﹣－\u00ad"


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier; `value` is its normal form ("CVE-2021-44228"), start and end count code points of the text."""

    kind: IdentifierKind
    value: str
    start: int
    end: int


_H = f"[{re.escape(HYPHENS)}]"
#: CVE may be glued to the word before it by a lost space ("tracked asCVE-2026-1234"), never to capitals or digits.
_CVE = re.compile(
    rf"(?:(?<![A-Za-z0-9])[Cc][Vv][Ee]|(?<=[a-z])CVE)(?:\s?{_H}\s?|\s|_)((?:19|20)\d\d)\s?(?:{_H}"
    rf"|_)\s?(\d{{4,7}})(?!\d)"
)
#: "CVE-2021-44228, -45046 and -45105", "CVE-2021-44228/45046".
_CVE_MORE = re.compile(
    rf"\s?(?:(?:[,、/]|et|and|und|y|e|en|i|和|及)\s?(?:(?:et|and|und|y|e|en|i)\s)?{_H}|/)(?:((?:19"
    rf"|20)\d\d){_H})?(\d{{4,7}})"
    rf"(?![\d.,]*\d|{_H})"
)
_CWE = re.compile(rf"(?<![A-Za-z0-9])CWE\s?(?:{_H}|\s|:)\s?(\d{{1,4}})(?!\d)", re.IGNORECASE)
_GHSA = re.compile(
    rf"(?<![A-Za-z0-9])GHSA{_H}([0-9a-z]{{4}}){_H}([0-9a-z]{{4}}){_H}([0-9a-z]{{4}})(?![0-9A-Za-z])", re.IGNORECASE
)
#: Numbers that vendors and CERTs give their advisories; matched case-sensitively, the hyphens normalised. Whole or not
#: at all: the first half of "openSUSE-SU-2026:10123-1" is the number of every advisory of that year.
_ADVISORY = re.compile(
    r"(?<![A-Za-z0-9])(?:"
    rf"CERTFR{_H}\d{{4}}{_H}(?:AVI|ALE|ACT|CTI|IOC|DUR|REC){_H}\d{{3,5}}"
    rf"|CERTA{_H}\d{{4}}{_H}[A-Z]{{3}}{_H}\d{{3}}"
    rf"|(?:RH|EL|AL|RL|CE)(?:SA|BA|EA){_H}\d{{4}}[:{re.escape(HYPHENS)}]\d{{1,6}}(?:{_H}\d{{1,2}})?"
    rf"|(?:openSUSE|SUSE){_H}[SRFO]U{_H}\d{{4}}[:{re.escape(HYPHENS)}]\d{{1,6}}(?:{_H}\d{{1,2}})?"
    rf"|(?:DSA|DLA|USN|LSN|GLSA)\s\d{{4,6}}{_H}\d{{1,3}}"
    rf"|(?:DSA|DLA|USN|LSN|GLSA|ASA){_H}\d{{3,6}}(?:{_H}\d{{1,4}})?"
    rf"|ALAS\w{{0,30}}{_H}\d{{4}}{_H}\d{{3,5}}|MGASA{_H}\d{{4}}{_H}\d{{3,5}}"
    rf"|FEDORA(?:{_H}[A-Z]{{4,8}}){{0,2}}{_H}\d{{4}}{_H}[0-9a-f]{{4,12}}"
    rf"|MS\d{{2}}{_H}\d{{3}}|ADV\d{{6}}|KB\d{{6,8}}"
    rf"|VU#\d{{5,7}}|(?:TA|AA)\d{{2}}{_H}\d{{3}}[A-Z]|ICSM?A{_H}\d{{2}}{_H}\d{{3}}{_H}\d{{2}}"
    rf"|JVNDB{_H}\d{{4}}{_H}\d{{4,7}}|JVN(?:VU|TA)?#?{_H}?\d{{4,9}}"
    rf"|CNVD(?:{_H}C)?{_H}\d{{4}}{_H}\d{{3,7}}|CNNVD{_H}\d{{4,6}}{_H}\d{{3,6}}|BDU:\s?\d{{4}}{_H}\d{{5,6}}"
    rf"|EUVD{_H}\d{{4}}{_H}\d{{3,7}}|(?:RUSTSEC|PYSEC|VDE){_H}\d{{4}}{_H}\d{{1,5}}|ESB{_H}\d{{4}}\.\d{{4,5}}"
    rf"|ZDI{_H}(?:CAN{_H}\d{{4,6}}|\d{{2}}{_H}\d{{3,4}})|TALOS{_H}\d{{4}}{_H}\d{{4}}|EDB{_H}ID:?\s?\d{{4,6}}"
    rf"|FG{_H}IR{_H}\d{{2}}{_H}\d{{3,4}}|VMSA{_H}\d{{4}}{_H}\d{{4}}(?:\.\d{{1,2}})?|PAN{_H}SA{_H}\d{{4}}{_H}\d{{4}}"
    rf"|APSB\d{{2}}{_H}\d{{2,3}}"
    rf"|cisco{_H}sa{_H}[0-9A-Za-z{re.escape(HYPHENS)}]{{4,60}}|HPESB[A-Z]{{2}}\d{{5}}|SSA{_H}\d{{6}}|SA\d{{5}}"
    rf"|QSA{_H}\d{{2}}{_H}\d{{2}}"
    rf"|WID{_H}SEC(?:{_H}W)?{_H}\d{{4}}{_H}\d{{4}}|CB{_H}K\d{{2}}/\d{{4}}|NCSC{_H}\d{{4}}{_H}\d{{4}}"
    rf"|SNWLID{_H}\d{{4}}{_H}\d{{4}}"
    rf")(?![0-9A-Za-z]|[:{re.escape(HYPHENS)}]\d)"
)
_URL = re.compile(
    r"(?<![A-Za-z0-9])(?:https?|hxxps?|ftps?)://[^\s<>\"“”«»‘’、。，；！？「」（）【】《》]{1,2000}", re.IGNORECASE
)
_EMAIL = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9@])"
)
#: Top-level domains that news writes after a dot; country codes are taken from a list because "Node.js" is no host.
_TLDS = (
    "com|org|net|edu|gov|mil|int|info|biz|io|ai|dev|app|cloud|online|site|xyz|top|shop|tech|club|onion|eu|uk|fr"
    "|de|es|it|pt|nl|pl"
    "|be|ch|at|lu|ie|dk|se|no|fi|cz|sk|hu|ro|bg|gr|hr|si|ee|lv|lt|ru|ua|by|cn|jp|kr|tw|hk|sg|in|au|nz|ca|us|br|mx"
    "|ar|cl|za|tr|ir|il"
)
_DOMAIN = re.compile(
    r"(?<![A-Za-z0-9@._/-])(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\[\.\]|\.)){1,6}"
    rf"(?:{_TLDS})(?![A-Za-z0-9-]|\.[A-Za-z0-9])"
)
_HASH = re.compile(
    r"(?<![A-Za-z0-9])(?:[0-9a-fA-F]{128}|[0-9a-fA-F]{64}|[0-9a-fA-F]{40}|[0-9a-fA-F]{32})(?![A-Za-z0-9])"
)
_IPV4 = re.compile(
    r"(?<![\w.])\d{1,3}(?:\[\.\]|\.)\d{1,3}(?:\[\.\]|\.)\d{1,3}(?:\[\.\]|\.)\d{1,3}(?:/\d{1,2}|:\d{2,5})?(?![\w]|\.\d)",
    re.ASCII,
)
_IPV6 = re.compile(r"(?<![\w:.])(?=[0-9a-fA-F:]{0,4}:)(?:[0-9a-fA-F]{0,4}:){2,7}[0-9a-fA-F]{0,4}(?:/\d{1,3})?(?![\w:])")

#: Three numbers and more are a version; two only after a word that says so or after a product's name.
_VERSION = re.compile(
    r"(?<![\w.,])[vV]?(\d{1,5}(?:\.\d{1,6}){1,5}(?:[a-z]\d{0,2})?(?:[-+~._]?(?:rc|beta|alpha|b|a|p|patch|sp"
    r"|hotfix|build|dev)[-.]?\d{1,4})?)"
    r"(?![A-Za-z0-9%‰]|[.,]\d)",
    re.ASCII,
)
_VERSION_WORD = re.compile(
    r"(?:(?<![A-Za-z])v|versions?|versione|versioni|versión|versiones|versão|versões|versie|versies"
    r"|wersj[aieęą]\w{0,3}|verze|verzi"
    r"|rel(?:ease|\.)|build|firmware|верси[яиюей]\w{0,2}|版本|バージョン|ver\.?|before|prior to|up to|avant|jusqu'à"
    r"|bis)\s{0,2}[:：]?\s{0,2}$",
    re.IGNORECASE,
)
_PRODUCT_BEFORE = re.compile(r"[A-Za-z]*[A-Z][A-Za-z0-9+#-]{2,}\s$")
#: "CVSS v3.1" and "CVSS 9.8" are about a score.
_SCORE_BEFORE = re.compile(r"CVSS\s?[vV]?\s?$")
_NOT_VERSION_AFTER = re.compile(
    r"\s?(?:%|per ?cent|pour ?cent|Prozent|por ciento|million|milliard|billion|Mio|Mrd|Mill?i|mln|mld|bn\b"
    r"|[€$£¥₩]|EUR\b|USD\b|euro|dollar"
    r"|万|億|亿|元|points?\b|GB|MB|TB|GHz|MHz|km\b|kg\b)",
    re.IGNORECASE,
)
_DATE_LIKE = re.compile(
    r"(?:0?[1-9]|[12]\d|3[01])\.(?:0?[1-9]|1[0-2])\.(?:(?:19|20)\d\d|\d\d)|(?:19|20)\d\d\.(?:0?[1-9]"
    r"|1[0-2])\.(?:0?[1-9]|[12]\d|3[01])"
)
_GROUPED = re.compile(r"\d{1,3}(?:\.\d{3})+")
_TRAILING = ".,;:!?)]}'\"…"


def find_identifiers(text: str) -> list[Identifier]:
    """Find identifiers in any text, in order of position, without overlap (the more specific kind wins)."""
    taken = Taken(text)
    found = [item for finder in _FINDERS for item in finder(text) if taken.claim(item.start, item.end)]
    return sorted(found, key=lambda item: item.start)


def find_cves(text: str) -> list[Identifier]:
    """Only the CVE ids, those inside links too; ids of lists ("CVE-2021-44228, -45046") are completed."""
    found: list[Identifier] = []
    if "cve" not in text.lower():
        return found
    for match in _CVE.finditer(text):
        year = match[1]
        found.append(Identifier("cve", f"CVE-{year}-{match[2]}", match.start(), match.end()))
        position = match.end()
        while more := _CVE_MORE.match(text, position):
            year = more[1] or year
            found.append(Identifier("cve", f"CVE-{year}-{more[2]}", more.start(2), more.end()))
            position = more.end()
    return found


def _urls(text: str) -> Iterator[Identifier]:
    for match in _URL.finditer(text):
        url = match[0]
        while url and url[-1] in _TRAILING and not (url[-1] == ")" and url.count("(") >= url.count(")")):
            url = url[:-1]
        # A CVE id glued to the end of a link by a lost space stays part of the link: find_cves reads inside.
        if len(url) > len("https://"):
            yield Identifier("url", url, match.start(), match.start() + len(url))


def _emails(text: str) -> Iterator[Identifier]:
    return (Identifier("email", m[0], m.start(), m.end()) for m in _EMAIL.finditer(text)) if "@" in text else iter(())


def _cves(text: str) -> Iterator[Identifier]:
    return iter(find_cves(text))


def _plain(
    kind: IdentifierKind, pattern: re.Pattern[str], value: Callable[[re.Match[str]], str]
) -> Callable[[str], Iterator[Identifier]]:
    def find(text: str) -> Iterator[Identifier]:
        for match in pattern.finditer(text):
            yield Identifier(kind, value(match), match.start(), match.end())

    return find


def _advisory_number(match: re.Match[str]) -> str:
    """With ASCII hyphens, and one where "DSA 5912-1" has a space."""
    return re.sub(r"^([A-Z]+)\s(?=\d)", r"\1-", re.sub(_H, "-", match[0])).replace("BDU: ", "BDU:")


def _addresses(text: str) -> Iterator[Identifier]:
    for pattern in (_IPV4, _IPV6):
        for match in pattern.finditer(text):
            bare = match[0].replace("[.]", ".")
            host = bare.split("/")[0]
            host = host.rsplit(":", 1)[0] if pattern is _IPV4 else host
            if _VERSION_WORD.search(text, max(0, match.start() - 24), match.start()):
                continue
            try:
                address = ipaddress.ip_address(host)
            except ValueError:
                continue
            if pattern is _IPV6 and ((bare.count(":") < 3 and "::" not in bare) or len(bare) < 4):
                continue  # a clock time is no address
            yield Identifier("ip", str(address) + bare[len(host) :], match.start(), match.end())


def _versions(text: str) -> Iterator[Identifier]:
    for match in _VERSION.finditer(text):
        number = match[1]
        start, end = match.span(1)
        if _SCORE_BEFORE.search(text, max(0, match.start() - 8), start):
            continue
        named = bool(_VERSION_WORD.search(text, max(0, match.start() - 24), match.start())) or start > match.start()
        if not named:
            if _DATE_LIKE.fullmatch(number) or _GROUPED.fullmatch(number):
                continue
            product = _PRODUCT_BEFORE.search(text, max(0, match.start() - 24), match.start())
            if number.count(".") == 1 and (
                not product or _NOT_VERSION_AFTER.match(text, end) or _is_sentence_number(number)
            ):
                continue
        yield Identifier("version", number, start, end)


def _is_sentence_number(number: str) -> bool:
    """A grouped thousand such as "Rund 150.000" is no version."""
    return bool(re.fullmatch(r"\d{1,3}\.\d{3}", number))


_FINDERS: tuple[Callable[[str], Iterator[Identifier]], ...] = (
    _urls,
    _emails,
    _cves,
    _plain("ghsa", _GHSA, lambda m: f"GHSA-{m[1]}-{m[2]}-{m[3]}".lower().replace("ghsa", "GHSA")),
    _plain("cwe", _CWE, lambda m: f"CWE-{int(m[1])}"),
    _plain("advisory", _ADVISORY, _advisory_number),
    _plain("hash", _HASH, lambda m: m[0].lower()),
    _addresses,
    _versions,
    _plain("domain", _DOMAIN, lambda m: m[0].replace("[.]", ".").lower()),
)
