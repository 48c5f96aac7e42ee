"""Ranked, summarised stories become one frozen `Edition`: sections, cards, facts, sources, translations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Literal, Protocol
from urllib.parse import urlsplit

from pipeline.model import (
    Article,
    Card,
    CardSentence,
    Coverage,
    Edition,
    Fact,
    Feed,
    Problem,
    Section,
    Source,
    Story,
    SummarySentence,
    TopicSpec,
    Translation,
)
from pipeline.text.normalise import clean_text

#: Section of the stories that carry none of the topics asked for; renderers name it in the reader's language.
OTHER = "other"

_FACT_ORDER = (
    "authority", "measure", "target", "amount", "duration", "legal_basis", "date",
    "cve", "cvss", "kev", "exploited", "patched", "epss", "product",
)  # fmt: skip

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


Style = Literal["text", "headline"]


class Translates(Protocol):
    """What compose asks of the translation room; an item that fails comes back in its own language."""

    def translate(
        self, texts: Sequence[tuple[str, str | None]], target: str, *, style: Style = "text"
    ) -> list[Translation]:
        """Translate (text, source language) pairs; one answer per pair, in order."""


def compose(
    stories: Sequence[Story],
    *,
    day: date,
    language: str,
    title: str,
    topics: Sequence[TopicSpec],
    feeds: Mapping[str, Feed],
    translator: Translates | None,
    coverage: Coverage,
    closed: datetime,
    timezone: str = "UTC",
    url: str | None = None,
    publisher: str | None = None,
    limit_per_section: int | None = None,
) -> Edition:
    """Freeze one day's stories into an edition.

    Args:
        stories: Best first, selected and summarised; their order is the order of the cards.
        topics: Sections in the order the editor wants them; a topic without a story stays as an empty section.
        feeds: Feed URL -> feed, for the names of the outlets.
        translator: Asked twice, once for all headlines and once for all summaries; None leaves every story as it is.
        coverage: What the edition was made from; the language pairs without an engine are added here.
        closed: End of the news window, aware.
        limit_per_section: Most cards in one section, None for all.
    Returns:
        A value that depends on the arguments only.
    """
    placed = _place(stories, topics, limit_per_section)
    shown = [story for group in placed.values() for story in group]
    spoken = _Spoken(shown, language, translator)
    titles = {spec.name: _title(spec, language) for spec in topics} | {OTHER: "Other"}
    sections = tuple(
        Section(topic=topic, title=titles[topic], cards=tuple(_card(story, spoken, feeds) for story in group))
        for topic, group in placed.items()
        if group or topic != OTHER
    )
    missing = sorted({*coverage.untranslated, *spoken.missing})
    return Edition(
        id=f"{day.isoformat()}-{language}",
        day=day,
        language=language,
        title=clean_text(title),
        closed=closed,
        timezone=timezone,
        sections=sections,
        coverage=replace(coverage, untranslated=tuple(missing)),
        url=url,
        publisher=publisher,
    )


def for_topics(edition: Edition, topics: Sequence[str]) -> Edition:
    """Return the edition with only the cards that carry one of the topics; no topics means all of them."""
    if not topics:
        return edition
    wanted = set(topics)
    sections = tuple(
        replace(section, cards=tuple(card for card in section.cards if wanted & {section.topic, *card.labels}))
        for section in edition.sections
    )
    kept = tuple(section for section in sections if section.cards or section.topic in wanted)
    return replace(edition, sections=kept)


def merge_facts(story: Story) -> tuple[Fact, ...]:
    """Facts of all articles of a story, one per type and value, each with its best evidence.

    Best is: from an article that is no near-copy, from the lead article rather than a later one, from the text
    rather than the title, early in it. A denied `exploited` or `patched` gives way to an affirmed one.
    """
    best: dict[tuple[str, str, str, str], tuple[tuple[int, ...], Fact]] = {}
    for number, article in enumerate(story.articles):
        for fact in article.facts:
            evidence = fact.evidence
            place = (1, 0) if evidence is None else (int(evidence.field == "title"), evidence.start)
            order = (int(article.id in story.copies), number, int(evidence is None), *place)
            key = _fact_key(fact)
            if key not in best or order < best[key][0]:
                best[key] = (order, fact)
    ranked = sorted(best.items(), key=lambda item: (_FACT_ORDER.index(item[0][0]), item[1][0], item[0]))
    affirmed = {key[0] for key in best if key[1] == "true"}
    return tuple(fact for key, (_, fact) in ranked if not (key[1] == "false" and key[0] in affirmed))


def _place(stories: Sequence[Story], topics: Sequence[TopicSpec], limit: int | None) -> dict[str, list[Story]]:
    """Give each story to the section of its strongest topic among those asked for."""
    placed: dict[str, list[Story]] = {spec.name: [] for spec in topics}
    placed[OTHER] = []
    for story in stories:
        topic = next((label for label in story.labels if label in placed), OTHER)
        if limit is None or len(placed[topic]) < limit:
            placed[topic].append(story)
    return placed


def _title(spec: TopicSpec, language: str) -> str:
    primary = language.split("-")[0]
    for tag in (language, primary, "en"):
        if tag in spec.titles:
            return clean_text(spec.titles[tag])
    return clean_text(spec.name)


class _Spoken:
    """Every sentence of the edition in the edition's language, translated in two batches."""

    def __init__(self, stories: Sequence[Story], language: str, translator: Translates | None) -> None:
        self.language = language
        self.missing: set[str] = set()
        self._known: dict[tuple[str, str, str | None], Translation] = {}
        headlines = [_headline(story) for story in stories]
        sentences = [sentence for story in stories for sentence in story.summary]
        self._ask(headlines, "headline", translator)
        self._ask(sentences, "text", translator)

    def card_sentence(self, sentence: SummarySentence, style: Style) -> CardSentence:
        """Return the sentence as shown, with its original and its translation, if it needed one."""
        original = clean_text(sentence.text)
        own = sentence.language or "und"
        translation = self._known.get((style, original, sentence.language))
        if translation is None:
            return CardSentence(text=original, language=own, original=sentence)
        if not translation.is_translated:
            return CardSentence(text=original, language=own, original=sentence, translation=translation)
        return CardSentence(
            text=clean_text(translation.text) or original,
            language=self.language,
            original=sentence,
            translation=translation,
        )

    def _ask(self, sentences: Iterable[SummarySentence], style: Style, translator: Translates | None) -> None:
        foreign = dict.fromkeys(
            (clean_text(sentence.text), sentence.language)
            for sentence in sentences
            if _primary(sentence.language) != _primary(self.language)
        )
        texts = [(text, None if source == "und" else source) for text, source in foreign]
        if translator is None:
            answers = [_unspoken(text, source, self.language) for text, source in texts]
        else:
            answers = translator.translate(texts, self.language, style=style) if texts else []
        for (text, source), answer in zip(foreign, answers, strict=True):
            self._known[style, text, source] = answer
            if any(problem.kind == "no-route" for problem in answer.problems) and not answer.is_translated:
                self.missing.add(f"{answer.source}→{self.language}")


def _unspoken(text: str, source: str | None, target: str) -> Translation:
    problem = Problem(kind="no-translator", detail="translation is switched off")
    return Translation(text=text, source=source or "und", target=target, route=None, problems=(problem,))


def _headline(story: Story) -> SummarySentence:
    if story.headline is not None:
        return story.headline
    lead = story.articles[0]
    return SummarySentence(
        text=lead.title, article=lead.id, start=0, end=len(lead.title), language=lead.language, field="title"
    )


def _card(story: Story, spoken: _Spoken, feeds: Mapping[str, Feed]) -> Card:
    return Card(
        story=story.id,
        labels=story.labels,
        headline=spoken.card_sentence(_headline(story), "headline"),
        summary=tuple(spoken.card_sentence(sentence, "text") for sentence in story.summary),
        sources=_sources(story, feeds),
        facts=merge_facts(story),
        rank=story.rank or 0.0,
        why=story.why,
        published=min((article.published for article in story.articles if article.published), default=None),
        status=story.status,
        change=story.change,
    )


def _sources(story: Story, feeds: Mapping[str, Feed]) -> tuple[Source, ...]:
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


def _primary(language: str | None) -> str:
    return (language or "und").split("-")[0].lower()


def _fact_key(fact: Fact) -> tuple[str, str, str, str]:
    status = fact.status or "" if fact.type == "measure" else ""
    return (fact.type, str(fact.value).casefold(), fact.unit or "", status)
