"""A product's name without what a headline puts around it, and the names that are no product's."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.facts.patterns import load
from pipeline.text.names import organisations

_PRODUCTS = load("products")
#: "29-Year-Old Squid", "High-Severity Acme": what something is like, in front of its name.
_LIKE = re.compile(rf"^(?:(?:{'|'.join(_PRODUCTS['like'])})[\s-]+)+", re.IGNORECASE)
#: "CoreDNS TSIG", "Marimo Security": parts of what is said of the flaw, behind the name.
_PART = re.compile(rf"(?:\s+(?:{'|'.join(_PRODUCTS['parts'])}))+$")
_WHOLE_PART = re.compile(rf"(?:(?:{'|'.join(_PRODUCTS['parts'])})\s?)+")
_FOR = re.compile(r" (?:for|pour|für|para|per|voor|dla) (?P<whom>.+)$")
_TWICE = re.compile(r"^(\w+) \1(?= |$)", re.IGNORECASE)
_HOST = re.compile(rf" (?:{'|'.join(_PRODUCTS['hosts'])})$")
ADD_ON = re.compile(
    r"\s(?:plug-?ins?|extensions?|add-?ons?|themes?|modules?|notebooks?|frameworks?|librar(?:y|ies)|packages?)\b",
    re.IGNORECASE,
)
_HOST_FIRST = re.compile(rf"(?:{'|'.join(_PRODUCTS['hosts'])}) (?=[A-Z])")
#: "iCalend Joomla extension flaws": what the name is of, and what is wrong with it.
ADDED_FLAW = re.compile(
    rf"(?:\s(?:{'|'.join(_PRODUCTS['hosts'])}))?\s(?i:plug-?ins?|extensions?|add-?ons?|themes?|modules?)"
    r"\s(?i:flaws?|vulnerabilit\w+|bugs?|zero-days?|RCE)\b"
)
#: "Formulix WordPress RCE": the platform stands between the add-on and its flaw.
_AT_KIND = re.compile(r"\s(?:RCE|XSS|SQLi|LFI|SSRF|CSRF|LPE|[Ff]laws?|[Vv]ulnerabilit\w+|[Bb]ugs?|[Zz]ero-[Dd]ays?)\b")
_ADDED = re.compile(r"[^.:;]{0,60}\splug-?in\b", re.IGNORECASE)
_DEVICE = re.compile(
    rf"(?:['’]s)?(?: (?:[a-z][\w-]*|(?:SSL )?VPN|IP|Wi-Fi|5G|IoT|Smart|Enterprise)){{0,3}}?"
    rf" (?i:{'|'.join(_PRODUCTS['devices'])})\b"
)
_NOUN = re.compile(rf"(?: (?:{'|'.join(_PRODUCTS['nouns'])}))+(?![\w'’-])(?: for [A-Z]\w+)?")
#: "Formulix v2.2.x": the version is not part of the name.
_NUMBERED = re.compile(r"\s+v\d+(?:\.[\dx]+)+$")
#: An id is no name: a CVE's glued to words, an update's.
_GLUED = re.compile(r"CVE-?\d|^KB\d{6,}$", re.IGNORECASE)


@lru_cache(maxsize=1)
def _places() -> frozenset[str]:
    return frozenset(load("places")["names"])


def is_of_place(name: str) -> bool:
    """Whether a name is a country's or a city's."""
    return name in _places()


def trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The span of the product within the span of a name, None where nothing of it is one."""
    value = text[start:end]
    if _GLUED.search(value) or is_of_place(value):
        return None
    if like := _LIKE.match(value):
        start, value = start + like.end(), value[like.end() :]
    if (host := _HOST_FIRST.match(value)) and _ADDED.match(text, start + len(value)):
        start, value = start + host.end(), value[host.end() :]
    if for_whom := _FOR.search(value):
        is_named = any(h.start == 0 for h in organisations().find(for_whom["whom"]))
        value = value if is_named else value[: for_whom.start()]
    if ADD_ON.match(text, start + len(value)):
        value = _HOST.sub("", value)
    elif (host := _HOST.search(value)) and _AT_KIND.match(text, start + len(value)) and not _is_maker(value, host):
        value = value[: host.start()]
    if _WHOLE_PART.fullmatch(value):
        return None
    value = _PART.sub("", value)
    if value and (noun := _NOUN.match(text, start + len(value))):
        value = text[start : noun.end()]
    value = _NUMBERED.sub("", value)
    if twice := _TWICE.match(value):
        rest = value[len(twice[1]) + 1 :]
        start, value = (start + len(twice[1]) + 1, rest) if " " in rest else (start, twice[1])
    return (start, start + len(value)) if value.strip() else None


def _is_maker(value: str, host: re.Match[str]) -> bool:
    """ "Google Chrome" is one name."""
    return any(h.start < host.start() < h.end for h in organisations().find(value))


def with_device(text: str, start: int, end: int) -> tuple[int, int]:
    """ "Huawei enterprise routers": a maker's name with what he makes, where no model is named."""
    value = text[start:end]
    device = None if " " in value or any(c.isdecimal() for c in value) else _DEVICE.match(text, end)
    return (start, device.end() if device else end)
