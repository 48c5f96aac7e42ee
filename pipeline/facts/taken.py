"""Which wordings report a measure that somebody took: no standing one, no limit of a program, no mere possibility."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.facts.measures import Finding, find_measures, is_possible
from pipeline.facts.powers import lead_opens_with_power, names_official, names_power, opens_with_power
from pipeline.facts.spans import Passage
from pipeline.facts.spoken_of import is_only_spoken_of
from pipeline.model import Article
from pipeline.text.background import is_background
from pipeline.text.identifiers import find_cves

#: What stands on and can be broken.
_LASTING = frozenset(
    {"injunction", "ban", "restriction", "export_control", "designation", "asset_freeze", "suspension"}
)
#: Words that mean a measure only where somebody is named who may take it.
_LOOSE = frozenset(
    {
        *("restriction", "ban", "suspension", "injunction", "other", "designation", "licence_withdrawal"),
        *("formal_notice", "damages"),
    }
)
#: What companies, clubs and schools do too, which a title need not tell of an authority.
_OF_ANYBODY = frozenset({"restriction", "ban", "suspension", "damages", "formal_notice"})
#: Only a body of the state suspends officers from duty and halts a business.
_OF_AN_OFFICE = frozenset({"off_duty", "business_halted"})
#: "violating a court injunction", "to evade sanctions", "bypass restrictions": the measure stood before.
_STANDING = re.compile(
    r"(?:violat(?:e[sd]?|ing)|in (?:violation|breach) of|breach(?:es|ed|ing)|def(?:y|ies|ied|ying)|flout\w*"
    r"|circumvent\w*|evad\w+|bypass\w*|skirt\w*|contourn\w+|au mépris d[eu]s?|en violation d[eu]s?|umgeh\w+|eludir"
    r"|(?<!comes )under|previously|already|sous|unter|bajo|sotto|onder|違反|违反|规避|绕过)"
    r"\s?(?:[\w'’-]+\s){0,4}$",
    re.IGNORECASE,
)
#: "condamné à verser", "被判赔偿": only a court makes somebody pay so.
_JUDGED = re.compile(r"condamn|被?判")
#: Code and settings: no authority limits them.
_TECHNICAL = re.compile(r"\w\(\)|[a-z]\w*\.[a-z]\w+\(|[A-Z]{2,}_[A-Z]|\b\w+_\w|\b[a-z]\w*/[a-z]\w*\.[a-z]{2,4}\b")


#: Who waits for his trial in prison got no term yet.
_CUSTODY = re.compile(
    r"(?<!\w)(?:arrest[oi]|arrestat[oaie]|convalid\w+|misur[ae] cautelar[ei]|custodia cautelare|detenid[oa]s?"
    r"|detid[oa]s?|(?:prisión|prisão) (?:preventiva|provisional)|pres[oa]s? preventivamente|tutuklan\w+)(?!\w)",
    re.IGNORECASE,
)
#: "fines Acme?": a title that asks reports nothing.
_QUESTION = re.compile(r"[^.:!?|–—]{0,80}\?\s?(?:$|(?:No|Non|Nein|Nee|Não|Nie|Нет)(?!\w))")


def reported(article: Article, read: Sequence[Passage], *, plain: bool) -> list[Finding]:
    """The measures that title and lead report; those in plain wordings only where nothing names one by itself."""
    language = article.language
    found = [f for p in read for f in find_measures(p, language) if _is_taken(f, article, read)]
    if found or not plain or not any(names_power(p, language) for p in read):
        return found
    return [
        f
        for p in read
        for f in find_measures(p, language, plain=True)
        if _is_of_power(f, read, language) and _is_taken(f, article, read)
    ]


def _is_of_power(finding: Finding, read: Sequence[Passage], language: str | None) -> bool:
    """Whether the deed of a plain wording is that of a power: of its sentence, or of the one that opens the lead.

    Whoever pays, loses a status or is sent to prison is named without who decided it.
    """
    if finding.trigger.form == "suffers" or names_power(finding.passage, language):
        return True
    return finding.passage.is_title and lead_opens_with_power(read, language)


def _is_taken(finding: Finding, article: Article, read: Sequence[Passage]) -> bool:
    """Whether the sentence reports a measure: not a standing or an earlier one, none of a program."""
    text, start = finding.passage.text, finding.span[0]
    if is_possible(finding, article.language):
        return False
    if (
        finding.trigger.is_plain
        and finding.trigger.measure == "sentence"
        and any(_CUSTODY.search(p.text) for p in read)
    ):
        return False
    if finding.trigger.measure in _LASTING and _STANDING.search(text[max(0, start - 60) : start]):
        return False
    if not _is_backed(finding, read, article.language) or is_only_spoken_of(finding, read, article.language):
        return False
    if finding.passage.is_title:
        return not _QUESTION.match(text, finding.span[1])
    published = article.published.date() if article.published else None
    if _TECHNICAL.search(text) or is_background(text, article.language, published):
        return False
    return not any(p.is_title and find_cves(p.text) for p in read)


def _is_backed(finding: Finding, read: Sequence[Passage], language: str | None) -> bool:
    """Whether somebody who may take the measure is named: anybody sues, warns, bans and compensates.

    A title needs no name for what is told of the one it hits ("barred from the market").
    """
    measure = finding.trigger.measure
    if finding.trigger.name in _OF_AN_OFFICE:
        return True
    if measure == "lawsuit":
        return any(names_official(p, language) or opens_with_power(p, language) for p in read)
    if measure not in _LOOSE or (finding.passage.is_title and measure not in _OF_ANYBODY):
        return True
    if finding.passage.is_title and finding.trigger.form == "suffers" and measure != "damages":
        return True
    if measure == "damages" and _JUDGED.match(finding.words):
        return True
    if measure == "damages" and any(f.trigger.measure == "sentence" for p in read for f in find_measures(p, language)):
        return True  # whom a court sentences it makes pay
    return any(names_power(p, language) for p in read)
