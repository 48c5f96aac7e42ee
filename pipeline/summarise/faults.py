"""What speaks against a sentence that could stand in a summary."""

from __future__ import annotations

import re

from pipeline.model import Article
from pipeline.summarise.candidates import Candidate, content_words, turns_back
from pipeline.text.background import is_background
from pipeline.text.normalise import FIRST_IDEOGRAPH

#: Weights beside the 2.2 that the first place is worth; set by reading the cards of six real weeks.
_BACKGROUND, _DEFINITION, _GLUED, _STRANGER, _SHORT, _LONG, _VAGUE, _CHAT = 2.2, 1.6, 0.5, 1.5, 0.6, 0.4, 1.0, 1.6
_TURN = 0.8
#: Words of the title that show an opening sentence to be the news; Latin names alone count in Chinese and Japanese.
_SHARED, _SHARED_CJK = 4, 2
_SHORT_BELOW, _SHORT_BELOW_CJK, _LONG_ABOVE = 60, 18, 320
#: "Acme is a wiki system": what every reader of the field knows or the headline implies.
_IS_A = re.compile(
    r"^(?:The |Le |La |L['’]|Der |Die |Das |El |Il )?"
    r"(?:[A-ZÀ-Þ][\w.+-]*|plug-?in|extension|software|logiciel|tool|outil|platform|plateforme|library|bibliothèque"
    r"|product|produit|app|framework|module)(?: [\w.+&-]+){0,4}?"
    r"(?: \([^)]{1,40}\)|, [^,]{3,60},)? (?:is|was|est|ist|es|è|é|jest|wird) "
    r"(?:an?|the|one of|une?|l[ae]|ein|eine|der|die|das|una?|el|um|uma|widely|often|mostly"
    r"|(?:common|typical|main|primari|principal|chief|general|usual)ly|open[- ]source|cross-platform|used|designed"
    r"|developed|largement|souvent|(?:principale|générale)ment|utilisée?|conçue?|weit"
    r"|häufig|ampliamente|muy|ampiamente|molto|amplamente|muito) "
)
_FLAW = re.compile(
    r"vulnerab|flaw|\bbug\b|weakness|overflow|injection|bypass|zero-day|vulnérab|faille|lücke|schwachstelle|attack"
    r"|breach|fine\b|amende|CVE-|\bRCE\b|code execution|escalation|takeover|exploit|exécution de code"
    r"|élévation de privil|codeausführung|ejecución (?:remota )?de código|esecuzione di codice"
    r"|execução (?:remota )?de código|вредонос|malware|ransomware|botnet",
    re.IGNORECASE,
)
#: The writer speaks of the writer: "Before then, we want to clear the decks".
_OF_SELF = re.compile(
    r"(?<![\w'’])(?:we(?:['’](?:re|ve|ll|d))?|I(?:['’](?:m|ve|ll|d))?|our(?:selves)?|nous|notre|nos|je|j['’]|wir|uns(?:er\w*)?"
    r"|ich|nosotros|nuestr[oa]s?|noi|nostr[oaie]|nossa?s?|wij|onze|мы|наш\w*)(?!\w)",
    re.IGNORECASE,
)
#: One writer's voice: a column, whatever it names.
_OF_ME = re.compile(r"(?<![\w'’.])(?:I(?:['’](?:m|ve|ll|d))?|je|j['’]ai|ich|yo|eu|ik|jag|jeg|я)(?![\w'’])")
#: A word that lost the space before the next: "trackedCVE-2026-1", "byWordfence".
_LOST_SPACE = re.compile(
    r"\b[a-z]{2,}(?:CVE-\d|[A-Z][a-z]{3,})|[a-z]{3,}\.[A-Z][a-z]{2,} [a-z]|,[A-Z]{3}|CVE-\d{4}-\d{4,}[a-z]{2}"
    r"|\b[A-Z]{3,}[a-z]{5,}|[a-z][!?:][A-Z][a-z]|,and\b"
)
#: "Potter accessed …": a surname as the subject, at the start or after a clause.
_SURNAME = re.compile(
    r"(?:^|, |that |says |say |que )(?:Mr\.? |Ms\.? |Mme |M\. |Herr |Frau )?([A-ZÀ-Þ][a-zß-ÿ'’-]{2,}) "
    r"(?:\w+ly |also )?(?:said|says|accessed|told|wrote|used|admitted|was|had|has|did|could|will|would|then"
    r"|explained|noted|added|shared|sold|stole|found|discovered|reported|demonstrated|concluded|believes|warns|warned"
    r"|explique|affirme|précise|a |avait|détaille|sagte|erklärte|dijo|afirmó)"
)
#: Words with a capital before a name that are no first names.
_NO_FIRST_NAME = r"(?!(?:The|In|On|But|At|By|From|With|When|While|After|Before|As|For|To|And|If|Since)\b)"
#: "The man repeatedly accessed the system": somebody whom another sentence introduced.
_SOMEBODY = re.compile(
    r"\b(?:[Tt]he (?:man|woman|suspect|defendant|accused|pair|duo|trio|\d\d-year-old)"
    r"|[Ll]['’](?:homme|accusé\w*|intéressé\w*)"
    r"|[Ll]es? (?:suspects?|prévenus?|trentenaire|quadragénaire|jeune homme)|[Dd]er (?:Mann|Angeklagte|Verdächtige)"
    r"|[Ee]l (?:hombre|acusado|sospechoso)|[Ll]['’](?:uomo|imputato|indagato)|[Oo] (?:homem|acusado|suspeito)"
    r"|[Dd]e (?:man|verdachte))\b"
)
#: "Through the foundation's project, he too was granted access": who is he?
_PRONOUN = re.compile(
    r"^[^,.;]{3,100}, (?:(?:he|she|él|ella|lui|lei) (?=\w)"
    # French says "il" of nobody, too: "il faut", "il est possible".
    r"|(?:ils|elles?|il(?! (?:n['’])?(?:y |fau|s['’]agi|convien|suffi|sembl|exist|rest|devien|va fall|import"
    r"|(?:est|sera|était|serait) (?:\w+ )?"
    r"(?:(?:im)?possible|important|nécessaire|recommandé|conseillé|essentiel|temps|à )"
    r"|a fall|devrait être))) (?=\w))"
)
_FULL_NAME = re.compile(r"[A-ZÀ-Þ][\w'’-]+ [A-ZÀ-Þ]")
_NOBODY_SAID = re.compile(
    r"^(?:The (?:\w+ ){1,6}(?:is|are) worth "
    r"|The (?:report|findings?|research|incident|attack|issue|problem|technique|campaign) (?:shows?|highlights?"
    r"|underscores?|comes?|serves?|illustrates?|demonstrates?|raises?)"
    r"|It is (?:worth|important)|Organi[sz]ations (?:should|must|need)|Depending on the|Users whose"
    r"|(?:According|Pursuant) to .{0,40}[Dd]irective|Key (?:factors|questions|points)"
    r"|Users (?:should|are advised)|Le rapport (?:montre|souligne)|Il est (?:important|recommandé))\b"
)


def faults(candidate: Candidate, article: Article) -> float:
    """What a sentence loses: it looks back, defines, has lost its spaces, names a person nobody introduced."""
    text = candidate.text
    published = article.published.date() if article.published else None
    is_cjk = ord(text[0]) > FIRST_IDEOGRAPH
    loss = _BACKGROUND * (
        is_background(text, article.language, published) and not _opens_with_title(candidate, article, is_cjk=is_cjk)
    )
    loss += _DEFINITION * (bool(_IS_A.match(text)) and not _FLAW.search(text))
    loss += _CHAT * (
        not _FLAW.search(text)
        and (bool(_OF_ME.search(text)) or (bool(_OF_SELF.search(text)) and not _has_title_words(candidate, article)))
    )
    loss += _GLUED * bool(_LOST_SPACE.search(text)) + _VAGUE * bool(_NOBODY_SAID.match(text))
    loss += _TURN * turns_back(candidate)
    loss += _STRANGER * _names_a_stranger(candidate, article)
    loss += _SHORT * (len(text) < (_SHORT_BELOW_CJK if is_cjk else _SHORT_BELOW)) + _LONG * (len(text) > _LONG_ABOVE)
    return loss


def _opens_with_title(candidate: Candidate, article: Article, *, is_cjk: bool) -> bool:
    """Whether a text begins with what its title names: a report of today on a flaw of June tells its date first."""
    shared = candidate.words & content_words(article.title)
    return candidate.index == 0 and len(shared) >= (_SHARED_CJK if is_cjk else _SHARED)


def _has_title_words(candidate: Candidate, article: Article) -> bool:
    return bool(candidate.words & content_words(article.title))


def _names_a_stranger(candidate: Candidate, article: Article) -> bool:
    """Whether somebody acts whom another sentence introduced: "the man", a surname that had a first name."""
    pronoun = _PRONOUN.search(candidate.text)
    if _SOMEBODY.search(candidate.text) or (pronoun and not _FULL_NAME.search(candidate.text[: pronoun.start()])):
        return True
    for match in _SURNAME.finditer(candidate.text):
        name = match[1]
        if name in article.title:
            continue
        first = rf"\b{_NO_FIRST_NAME}[A-ZÀ-Þ][a-zß-ÿ'’-]+ (?:[A-Z]\. )?{re.escape(name)}\b"
        full = re.search(first, article.text[: candidate.start])
        if full and full[0] not in candidate.text:
            return True
    return False
