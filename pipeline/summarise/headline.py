"""The title that stands for a story."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from pipeline.model import Article, Story, SummarySentence
from pipeline.tables import read_table
from pipeline.text.headline import headline_span
from pipeline.text.normalise import FIRST_IDEOGRAPH

_CUT = re.compile(r"(?:\.\.\.|…)\s*$")
#: Where a cut title may end before the cut, and the least of it that has to be left, in code points and of the whole.
_CLAUSE = re.compile(r"(?:[,;]|\s[–—-]|\s?:)\s")
_LEAST, _LEAST_SHARE = 40, 0.5
_QUOTES = (("“", "”"), ("«", "»"), ("„", "“"), ("(", ")"))
_QUESTION = re.compile(r"[?？]\s*$")
#: Words of the desk before a title: "[Update] …", "BREAKING: …", the number of an official notice.
_DESK = re.compile(
    r"(?:\[(?:[^\W\d]|[ !:-]){2,24}\]|【[^】]{1,12}】|\((?:(?:\d\w\w|[A-Z]{2,5}) )?(?:LD|LEAD|URGENT)\)"
    r"|(?:UPDATED?|(?:UPDATE|WRAPUP|CORRECTED|REFILE|RPT)(?: \d)?|BREAKING(?: NEWS)?"
    r"|EXCLUSIVE|EXCLUSIF|EXCLUSIVO|ALERT"
    r"|ALERTE|MISE À JOUR|MAJ|LIVE|EN DIRECT|EILMELDUNG|Update|Mise à jour|Eilmeldung|VID[EÉ]O|Vid[eé]o|PODCAST|TL;DR"
    r"|(?:CVE|[Ss]ecurity|[Cc]ybersecurity|[Vv]ulnerability|[Tt]hreat|[Cc]yber|Patch)"
    r" (?:[Aa]lert|[Aa]dvisory|[Nn]otice|[Bb]ulletin|[Ww]arning)"
    r"|Alerte (?:de )?(?:(?:cyber)?sécurité|CVE)"
    r"|Avis de sécurité|Bulletin de sécurité|Sicherheits(?:hinweis|warnung|meldung)"
    r"|(?:Aviso|Alerta|Boletín) de seguridad|(?:Avviso|Bollettino|Allerta) di sicurezza"
    r"|(?:Aviso|Alerta|Boletim) de segurança"
    r"|Beveiligings(?:advies|waarschuwing)|(?:安全|漏洞)(?:通告|公告|预警|通报)"
    r"|(?:CELEX|OJ):[\w()]+)\s?[:：|–-])\s*"
)
#: What feeds hang on: a link, hashtags, the day in brackets, the mark of a cut behind a whole sentence.
_HUNG_ON = re.compile(
    r"\s*(?:https?://\S*|(?:\s#[^\W\d]\w+)+|\(\d{1,2}(?:er)? [^\W\d]{3,9} 20\d\d\)"
    r"|\[(?:updated?|mise à jour|màj|video|vidéo)\])\s*$",
    re.IGNORECASE,
)
_SIGN = re.compile(r"[\U0001F000-\U0001FAFF\u2190-\u21FF\u2300-\u23FF\u2600-\u27BF\u2B00-\u2BFF\uFE0F\u200D\s]")
#: Markdown, or a bare address, that a feed left within a title: what stands behind is another title's, or no words.
_ADDRESS = re.compile(r"\s*[-−–—|:]?\]?\(?\s*https?://")
#: What somebody said, before what happened: "“They let us down”: staff on the Acme breach".
_QUOTED_FRONT = re.compile(r"[\"“«„][^\"”»“]{3,80}[\"”»“]\s?[:,–—-]")
_LONGEST, _SHORTEST = 160, 18
_SHORTEST_CJK = 8


def headline(story: Story) -> SummarySentence | None:
    """The lead's title, unless it is cut, a question or too short and another in its language is not.

    `title[start:end] == text`: the outlet's name at the end of a title is left out, so are the desk's words, links and
    the day; nothing is reworded.
    """
    if not story.articles:
        return None
    lead = story.articles[0]
    usable = [a for a in story.articles if a.title.strip() and a.id not in story.copies and a.junk is None] or [
        a for a in story.articles if a.title.strip()
    ]
    if not usable:
        return None
    ranked = sorted(enumerate(usable), key=lambda pair: (_faults(pair[1], lead), pair[0]))
    best = ranked[0][1]
    start, end = _span(best)
    return SummarySentence(
        text=best.title[start:end], article=best.id, start=start, end=end, language=best.language, field="title"
    )


def _faults(article: Article, lead: Article) -> int:
    start, end = _span(article)
    text = article.title[start:end]
    is_cut = bool(_CUT.search(article.title[slice(*headline_span(article.title, article.site))]))
    letters = [c for c in text if c.isalpha()]
    shortest = _SHORTEST_CJK if ord(text[0]) > FIRST_IDEOGRAPH else _SHORTEST
    faults = 4 * is_cut + 3 * bool(_QUESTION.search(text))
    faults += 3 * (len(text) < shortest) + 2 * (len(text) > _LONGEST)
    faults += 2 * bool(_promises().search(text) or _QUOTED_FRONT.match(text)) + 3 * (
        sum(c.isupper() for c in letters) > 0.7 * len(letters) > 0
    )
    return faults + 5 * (article.language != lead.language)


def _span(article: Article) -> tuple[int, int]:
    """Span of what the title tells: without outlet, words of the desk, links, hashtags, the day and signs."""
    title = article.title
    address = _ADDRESS.search(title, _SHORTEST)
    start, end = headline_span(title[: address.start()] if address is not None else title, article.site)
    for _ in range(3):
        while start < end and _SIGN.match(title, start):
            start += 1
        while end > start and _SIGN.match(title, end - 1):
            end -= 1
        desk = _DESK.match(title, start, end) or _calls()[0].match(title, start, end)
        hung = _HUNG_ON.search(title, start, end) or _calls()[1].search(title, start, end)
        if desk is not None and end - desk.end() >= _SHORTEST_CJK:
            start = desk.end()
        elif hung is not None and hung.start() - start >= _SHORTEST_CJK:
            end = hung.start()
        else:
            break
    if start >= end:
        return headline_span(title, article.site)
    return start, _whole_end(title, start, end)


def _whole_end(title: str, start: int, end: int) -> int:
    """End of the last whole clause of a title that a site or a search engine cut ("…"), else of the title.

    "Watchdog fines Acme two million over leaks, the …" ends before the comma; where what is left would be short, open
    with what only leads to the news ("After years of complaints, …") or leave quotation marks open, the mark stays.
    """
    if not _CUT.search(title, start, end):
        return end
    for clause in reversed(list(_CLAUSE.finditer(title, start, end))):
        kept = title[start : clause.start()]
        if len(kept) < max(_LEAST, _LEAST_SHARE * (end - start)) or _leads_in().match(kept):
            return end
        if all(kept.count(a) == kept.count(b) for a, b in _QUOTES) and kept.count('"') % 2 == 0:
            return clause.start()
    return end


@lru_cache(maxsize=1)
def _calls() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """Calls to readers before the news of a title, and behind it, with the sign that parts them from it."""
    fronts, tails = (rf"(?:{'|'.join(_tables()[name])})" for name in ("calls_in_front", "calls_behind"))
    return (
        re.compile(rf"{fronts}\s?[:!–—-]\s*", re.IGNORECASE),
        re.compile(rf"(?:\s?[,;:!]|(?<!\.)\.|\s[–—-]|(?<=\w)[–—])\s+{tails}\s*[.!]?\s*$", re.IGNORECASE),
    )


@lru_cache(maxsize=1)
def _leads_in() -> re.Pattern[str]:
    """Openings of a part of a title that leads to the news and does not tell it, in any language."""
    return re.compile(rf"(?:{'|'.join(_tables()['leads_in'])})(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=1)
def _promises() -> re.Pattern[str]:
    """Titles that promise, advise or judge instead of telling, in any language."""
    opening, anywhere = (_tables()[name] for name in ("promises_in_front", "promises"))
    front, inside = "|".join(opening), "|".join(anywhere)
    return re.compile(rf"^[\"'“«]?(?:{front})(?!\w)|(?<!\w)(?:{inside})(?!\w)", re.IGNORECASE)


@lru_cache(maxsize=1)
def _tables() -> dict[str, list[str]]:
    return read_table(Path(__file__).parent / "data" / "headline.toml")
