"""One spelling per address: what makes two links to one article the same link."""

from __future__ import annotations

import base64
import binascii
import re
from ipaddress import ip_address
from urllib.parse import parse_qsl, unquote_plus, urlsplit, urlunsplit

from pipeline.text.mailbox import ascii_host

#: Query parameters that only say where the reader came from. Full names, or beginnings ending in "*".
_TRACKING = (
    "utm_*", "at_*", "pk_*", "mtm_*", "hsa_*", "vero_*", "oly_*", "stm_*", "wt.*", "itm_*", "ns_*", "__hs*", "_hs*",
    "fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "twclid", "ttclid", "igshid", "igsh",
    "mc_cid", "mc_eid", "mkt_tok", "xtor", "xtref", "xtcr", "_ga", "_gl", "ref_src", "ref_url", "cmpid", "ncid",
    "s_cid", "sr_share", "smid", "spm", "wprov", "trk", "trkcampaign", "rss_ref", "ftag", "ocid", "soc_src", "soc_trk",
    "guccounter", "guce_referrer", "guce_referrer_sig", "outputtype", "origine_rss", "feature=rss", "from=rss",
    "source=rss", "ref=rss", "src=rss", "wt_mc", "wt_zmc", "ito", "cid=rss", "link_source", "taid",
)  # fmt: skip
_EXACT = {name for name in _TRACKING if not name.endswith("*")}
_BEGINNINGS = tuple(name[:-1] for name in _TRACKING if name.endswith("*"))

#: Hosts and paths that wrap an address: the parameter that holds the target.
_WRAPPERS = (
    (re.compile(r"(?:www\.)?google\.[a-z.]{2,6}"), "/url", ("url", "q")),
    (re.compile(r"news\.google\.com"), "/news/url", ("url",)),
    (re.compile(r"feedproxy\.google\.com"), "", ("url",)),
    (re.compile(r"(?:l|lm)\.facebook\.com"), "/l.php", ("u",)),
    (re.compile(r"(?:www\.)?bing\.com"), "/news/apiclick.aspx", ("url",)),
    (re.compile(r"(?:www\.)?linkedin\.com"), "/redir/redirect", ("url",)),
    (re.compile(r"out\.reddit\.com"), "", ("url",)),
    (re.compile(r"(?:[a-z0-9-]+\.)?safelinks\.protection\.outlook\.com"), "", ("url",)),
)
_GOOGLE_ARTICLE = re.compile(r"/(?:rss/|__i/rss/rd/)?articles/([A-Za-z0-9_-]{20,3000})$")
#: How a Google News identifier that holds its target begins, once decoded; one byte or two of length follow.
_GOOGLE_PREFIX = b'\x08\x13"'
_DEFAULT_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?:\.[a-z0-9_-]{1,63})*")
_PIECE = re.compile(r"%([0-9A-Fa-f]{2})|[^A-Za-z0-9\-._~!$&'()*+,;=:@/?\[\]]")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_LONGEST = 4096
_MOST_WRAPS = 3


def canonical_url(url: str) -> str | None:
    """The address in one spelling, without what only tracks; None when it is no http(s) address of a host.

    Host in lower case ASCII (IDNA), default port and fragment gone, percent-escapes normalised (RFC 3986, section 6),
    tracking parameters dropped and the others kept in order, redirect wrappers replaced by the address they hold.
    Applying it twice changes nothing.
    """
    outside = plain = _normalised(url)
    for _ in range(_MOST_WRAPS):
        if plain is None or (target := _unwrapped(plain)) is None:
            return plain
        plain = _normalised(target)
    # Wrapped deeper than anybody does in good faith: stays as it is, seen from the outside.
    return outside


def _normalised(url: str) -> str | None:
    text = url.strip()
    if len(text) > _LONGEST:
        return None
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme not in _DEFAULT_PORTS or "@" in parts.netloc or "\\" in parts.netloc:
        return None
    host = _ascii_host(parts.hostname or "")
    if host is None:
        return None
    where = host if port in {None, _DEFAULT_PORTS[scheme]} else f"{host}:{port}"
    result = urlunsplit((scheme, where, _escaped(parts.path) or "/", _query(parts.query), ""))
    return result if len(result) <= _LONGEST else None


def _ascii_host(host: str) -> str | None:
    host = host.rstrip(".")
    if ":" in host:
        try:
            return f"[{ip_address(host).compressed}]"
        except ValueError:
            return None
    if not host.isascii():
        try:
            host = ascii_host(host)
        except UnicodeError:
            return None
    host = host.lower().rstrip(".")
    return host if _HOST.fullmatch(host) else None


def _query(query: str) -> str:
    kept = (piece for piece in query.split("&") if piece and not _is_tracking(piece))
    return "&".join(_escaped(piece) for piece in kept)


def _is_tracking(piece: str) -> bool:
    name, _, value = unquote_plus(piece).lower().partition("=")
    return name in _EXACT or f"{name}={value}" in _EXACT or name.startswith(_BEGINNINGS)


def _escaped(text: str) -> str:
    return _PIECE.sub(_escape, text)


def _escape(match: re.Match[str]) -> str:
    if match[1]:
        character = chr(int(match[1], 16))
        return character if character in _UNRESERVED else f"%{match[1].upper()}"
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))


def _unwrapped(url: str) -> str | None:
    """The address inside a redirect wrapper, None when there is none in sight."""
    parts = urlsplit(url)
    if parts.hostname == "news.google.com" and (article := _GOOGLE_ARTICLE.search(parts.path)):
        return _google_target(article[1])
    for host, path, names in _WRAPPERS:
        if host.fullmatch(parts.hostname or "") and parts.path.startswith(path):
            values = dict(parse_qsl(parts.query))
            found = (values[name] for name in names if values.get(name, "").startswith(("http://", "https://")))
            return next(found, None)
    return None


def _google_target(identifier: str) -> str | None:
    """Google News puts the target, with its length before it, into identifiers of the older kind."""
    try:
        data = base64.urlsafe_b64decode(identifier + "=" * (-len(identifier) % 4))
    except (binascii.Error, ValueError):
        return None
    if not data.startswith(_GOOGLE_PREFIX) or len(data) < 8:
        return None
    length, start = data[3], 4
    if length >= 0x80:
        length, start = (length & 0x7F) | data[4] << 7, 5
    target = data[start : start + length]
    return target.decode("ascii") if target.isascii() and target.startswith((b"http://", b"https://")) else None
