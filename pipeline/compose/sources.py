"""The sources of a card: its articles, and the first-hand documents that they link to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from pipeline.model import Article, Feed, Source, Story
from pipeline.text.normalise import clean_text

#: Hosts that publish first-hand: advisories, registers, decisions. A host matches by its end, on a label boundary.
_FIRST_HAND_HOSTS = (
    "gov", "mil", "europa.eu", "gouv.fr", "gov.uk", "gc.ca",
    "go.jp", "gov.cn", "admin.ch", "bund.de", "gov.au", "gob.es",
    "cnil.fr", "ico.org.uk", "aepd.es", "garanteprivacy.it", "dataprotection.ie", "autoriteitpersoonsgegevens.nl",
    "nist.gov", "cve.org", "mitre.org", "first.org", "cisa.gov", "cert.org", "kb.cert.org", "jpcert.or.jp", "cert.pl",
    "msrc.microsoft.com", "portal.msrc.microsoft.com", "security-tracker.debian.org", "access.redhat.com",
    "security.paloaltonetworks.com", "sec.cloudapps.cisco.com", "support.apple.com", "chromereleases.googleblog.com",
    "fortiguard.com", "psirt.global.sonicwall.com", "logging.apache.org", "zerodayinitiative.com", "projectzero.google",
)  # fmt: skip
#: Words of an address that mark a first-hand document wherever it is hosted.
_FIRST_HAND_WORDS = (
    "advisor", "cve-", "ghsa-", "bulletin", "vulnerab", "disclosure", "security-notice", "deliberation", "decision",
    "sanction", "enforcement", "press-release", "communique", "statement", "psirt", "incident",
)  # fmt: skip
#: Sharing buttons, shops and shorteners are never a source.
_NEVER_HOSTS = (
    "facebook.com", "twitter.com", "x.com", "linkedin.com", "whatsapp.com", "t.me", "telegram.me", "instagram.com",
    "youtube.com", "youtu.be", "pinterest.com", "reddit.com", "tiktok.com", "amazon.com", "amazon.fr", "bit.ly", "t.co",
    "doubleclick.net", "google.com", "apple.com", "spotify.com", "threads.net", "bsky.app", "patreon.com",
)  # fmt: skip
_MAX_ORIGINALS = 3


def card_sources(story: Story, feeds: Mapping[str, Feed]) -> tuple[Source, ...]:
    """One line per article, near-copies last, as often as an address or a title at one outlet differs."""
    own_hosts = {_host(article.url) for article in story.articles}
    own_urls = {article.url for article in story.articles}
    ordered = sorted(story.articles, key=lambda article: article.id in story.copies)
    seen: set[tuple[str, str]] = set()
    offered: set[str] = set()
    sources = []
    for article in ordered:
        outlet = _outlet(article, feeds)
        identity = (outlet, article.url or article.title)
        if identity in seen:
            continue
        seen.add(identity)
        links = tuple(
            link
            for link in _originals(article, own_hosts)
            if link not in own_urls and link not in offered and not offered.add(link)  # type: ignore[func-returns-value]
        )
        sources.append(
            Source(
                article=article.id,
                outlet=outlet,
                url=article.url,
                title=clean_text(article.title),
                language=article.language,
                published=article.published,
                is_copy=article.id in story.copies,
                links=links,
            )
        )
    return tuple(sources)


def _outlet(article: Article, feeds: Mapping[str, Feed]) -> str:
    feed = feeds.get(article.feed)
    return clean_text(feed.name if feed else article.site or _host(article.url) or article.feed)


def _originals(article: Article, own_hosts: set[str]) -> list[str]:
    """Links that the article calls its source or that look first-hand, best first, at most three."""
    scored = []
    for number, link in enumerate(dict.fromkeys(article.links)):
        host = _host(link)
        if not host or host in own_hosts or (_ends(host, _NEVER_HOSTS) and not _ends(host, _FIRST_HAND_HOSTS)):
            continue
        address = link.lower()
        score = 2 * _ends(host, _FIRST_HAND_HOSTS) + any(word in address for word in _FIRST_HAND_WORDS)
        score += 3 * (link in article.named_sources)
        if score:
            scored.append((-score, number, link))
    return [link for _, _, link in sorted(scored)[:_MAX_ORIGINALS]]


def _host(url: str | None) -> str:
    try:
        parts = urlsplit(url or "")
        host = parts.hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.") if parts.scheme in {"http", "https"} else ""


def _ends(host: str, hosts: Sequence[str]) -> bool:
    return any(host == end or host.endswith(f".{end}") for end in hosts)
