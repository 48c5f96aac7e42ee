"""Names that may be somebody's: split at verbs of headlines, without laws, credits, currencies and crowds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain

from pipeline.facts.patterns import load, spoken
from pipeline.text.names import Name, find_names, organisations
from pipeline.text.names.words import is_common, is_listed
from pipeline.text.numerals import data as quantity_words
from pipeline.text.tags import primary

#: Verbs of headlines with capitals, which are no part of a name ("Acme Accuses Examplia").
_VERB = re.compile(
    r"\s?\b(?:Accuses?|Sues|Fines?|Bans?|Warns|Says|Tells|Asks|Orders?|Blocks?|Hits|Slaps|Gets|Faces|Pays|Settles"
    r"|Agrees|Unveils"
    r"|Violat\w+|Targeting|After|Following|Amid|Citing|Against|With|Over|Accuse|Poursuit|Condamne|Sanctionne"
    r"|Verklagt|Demanda|Multa)\b\s?"
)
#: Small words that a lost stop glued to a name ("Washington Les sanctions").
_TRAILING = re.compile(
    r"\s(?:EUR|USD|GBP|PLN|HUF|RON|BGN|CZK|SEK|NOK|DKK|Les?|La|The|Der|Die|Das|El|Los|Il|In|On|At|A|An|Un|Une)$"
)
#: "Acme S$74,000": whose dollar it is.
_DOLLAR_OF = re.compile(r"\s(?:US|S|A|AU|C|CA|NZ|HK|NT|R|MX)$")
_LEGAL_TEXT = re.compile(
    r"\b(?:Acts?|Laws?|Regulations?|Decisions?|Directives?|Orders?|Code|Loi|Règlement|Décret|Gesetz|Verordnung|Ley)$"
)
#: "Jo Doe - stock.adobe.co": who took the picture.
_CREDIT = re.compile(
    r"\s?[-–—/|]\s?(?:stock\.|getty|shutterstock|istock|adobe|afp|reuters|unsplash|pexels)", re.IGNORECASE
)
_GLUED = re.compile(
    r"[a-zß-ÿ](?:On|In|The|At|By|For)\b|[a-z]{4,}(?:for|from|with)$|\w[_(]\w|_"
    r"|[a-zß-ÿ]{2}\.(?!(?i:com|net|org|de|fr|es|it|nl|pl|pt|eu|io|ai|co|uk|ru|cn|info|app|tv|me)$)\w"
)
_ONE_LETTER = re.compile(r"(?:^|\s|(?<=[A-Z])\.)[A-ZÀ-Þ]$")
_INITIAL = re.compile(r"\.\s(?![A-Z]{3}\s\d)[A-ZÀ-Þ][\w'’-]+")
#: "E-commerce Retailer Examplia": what a company does, before its name.
_TRADE = re.compile(r"(?:[\w-]+\s){0,2}?(?:Retailer|Giant|Firm|Maker|Company|Startup|Provider|Operator)\s(?=[A-Z])")
#: "TV maker Examplia": what is made, in front of who makes it.
_IN_FRONT = re.compile(
    r"\s(?:[a-z-]+ )?(?:maker|giant|firm|company|startup|provider|operator|platform|app|retailer|manufacturer|vendor"
    r"|developer)\s(?=[“\"‘']?[A-ZÀ-Þ])"
)
#: Words that name nobody in particular, and contractions.
ANYBODY = re.compile(
    r"(?:entreprises?|sociétés?|companies|company|firms?|Unternehmen|empresas?|aziende?"
    r"|(?:\w+ )?(?:personnes?|people|persons?|Personen|personas|persone|pessoas|personen|osób|лиц)"
    r"|公司|企业|\w+ Other Firms|\w+['’](?:ve|ll|re|m|d))$",
    re.IGNORECASE,
)
_MOST_WORDS = 4
#: "fines X $140m": the one company that is called by a letter; no generation, model or size.
_X = re.compile(
    r"(?<![\w.&’'-])(?<!Gen )(?<!Model )(?<!Series )(?<!Generation )(?<!Planet )(?<!Windows )(?<!iPhone )X"
    r"(?=[\s,:;.!?’'…]|$)(?!\s(?:millions?|Men|Factor)\b)"
)
#: "wrote on X": where something was said.
_SAID_ON = re.compile(
    r"\b(?:post|said|say|wrot|writ|announc|tweet|messag|account|statement|publi|écri|annonc|déclar|compte|teil|schr|Konto"
    r"|escrib|cuenta|scri|perfil|profil)\w*(?:\s[^.;]{0,25})?\s(?:on|sur|auf|en|su|no|op|na|via|à)\s$",
    re.IGNORECASE,
)
_SAID_WITHIN = 60
#: Currencies and scales with capitals are nobody.
_MONEY = re.compile(
    rf"(?:{'|'.join(quantity_words()['currency_code']['codes'])}|RMB|UF|UIT|UMA|UTM|SMMLV|Mio|Mrd|(?i:Euros?|Millions?|Billions?|Milliards?|Dollars?))"
)
#: "Acme, S.L.": the form of a company behind a comma is nobody.
_LEGAL_FORM = re.compile(
    r"(?:S\.?A\.?U?|S\.?L\.?U?|S\.?r\.?l|S\.?p\.?A|SAS|Inc|Ltd|LLC|LLP|PLC|GmbH|AG|B\.?V|N\.?V|Oy|AB|AS|Corp|Co)\.?(?:\s[A-Z]{3})?",
    re.IGNORECASE,
)
#: What outlets put in front of a sentence.
_LABEL = re.compile(
    r"(?:TLDR|TL;DR|LEAD|INFO|EXCLUSIVE|EXCLUSIF|UPDATE|BREAKING|VIDEO|VIDÉO|SUMMARY|Summary)\s(?=[A-ZÀ-Þ])"
)
_SCALE_FIRST = re.compile(r"(?:Million|Billion|Trillion|M|Bn)\s(?=[A-Z])")


@lru_cache(maxsize=64)
def parties(text: str, language: str | None) -> tuple[Name, ...]:
    """Names that may be somebody's: split at verbs of headlines, initials completed, laws and credits left out."""
    tag = spoken(language)[0]
    told = told_by_kind(text, tag)
    found = [name for name in told if not is_nobody(text, name.start, name.end)]
    for name in find_names(text, language):
        if any(name.start < other.end and other.start <= name.end + 1 for other in told):
            continue  # the same name, or what stands in front of it
        start = name.start
        cuts = [(m.start(), m.end()) for m in _VERB.finditer(text, name.start, name.end)]
        for left, right in [*cuts, (name.end, name.end)]:
            end = _without_joint(text, start, left, tag)
            end = without_currency(text, start, end)
            if _ONE_LETTER.search(text[start:end]) and (more := _INITIAL.match(text, end)):
                end = more.end()
            if label := _LABEL.match(text, start, end):
                start = label.end()
            start = _without_description(text, start, end, tag)
            is_noun = tag == "de" and _is_german_noun(text, start, end)
            is_somebody = not is_nobody(text, start, end) and not _opens_a_clause(text, start, end, language)
            if end > start and not is_noun and is_somebody:
                found.append(Name(text[start:end], start, end))
            start = right
    letters = [Name("X", m.start(), m.end()) for m in _X.finditer(text) if not _is_place_of_words(text, m.start())]
    found += [x for x in letters if not any(n.start < x.end and x.start < n.end for n in found)]
    return tuple(sorted(found, key=lambda name: name.start))


def _is_place_of_words(text: str, start: int) -> bool:
    """ "the minister said on X": where it was said."""
    return bool(_SAID_ON.search(text, max(0, start - _SAID_WITHIN), start))


#: Joints of names in other languages that are prepositions here: "Examplia do Chin", "Examplia for Acme".
_NO_JOINTS = {"pl": " do ", "cs": " do ", "da": " for ", "no": " for "}


def _without_joint(text: str, start: int, end: int, tag: str) -> int:
    """End of a name in front of such a preposition."""
    joint = text.find(_NO_JOINTS[tag], start, end) if tag in _NO_JOINTS else -1
    return joint if joint > start else end


def _without_description(text: str, start: int, end: int, tag: str) -> int:
    """Where a name begins behind what its run of capitals says of somebody first: a scale, a trade, a kind, a place."""
    kind = _kind_first(tag)
    found = _SCALE_FIRST.match(text, start, end) or _TRADE.match(text, start, end)
    if not found and kind is not None and not _is_written_large(text, start):
        found = kind.match(text, start, end)
    found = found or _from_place(text, start, end)
    return found.end() if found else start


def _is_written_large(text: str, start: int) -> bool:
    """Whether a word has a capital that its place does not give it: "an Sparbanken Nord", part of the name."""
    return text[start].isupper() and text[:start].rstrip(" «„“\"'")[-1:] not in ("", *".:!?|–—-•")


@lru_cache(maxsize=64)
def told_by_kind(text: str, tag: str) -> tuple[Name, ...]:
    """Names that what stands in front of them, or their quotation marks, show: surer than capitals."""
    return (*_quoted(text, tag), *_behind_kinds(text, tag))


#: "хакер из | Тюмени | Игорь Лапшин": where somebody is from, right in front of his name.
_FROM = re.compile(r"(?<!\w)(?:из|uit|aus|z|ze|från|fra)\s$", re.IGNORECASE)
_PLACE_OF_PERSON = re.compile(r"[^\W\d_][\w-]+ (?=[^\W\d_][\w-]+ [^\W\d_][\w-]+$)")


def _from_place(text: str, start: int, end: int) -> re.Match[str] | None:
    """The place that a run of three words opens with, behind a word for "from"."""
    if not _FROM.search(text[max(0, start - 5) : start]):
        return None
    return _PLACE_OF_PERSON.match(text[:end], start)


#: What stands in front of a German noun and hardly of a company's bare name; "für die Postina" is told of one.
_BEFORE_NOUN = re.compile(
    r"(?<!\w)(?:am|im|ins|ans|eine?[rnms]?|kein\w*|sein\w*|ihr\w*|dies\w+|jede\w*|alle[rnms]?|mehrere|zwei|drei|vier|viele[rn]?"
    r"|[a-zäöüß]{3,}(?:es|em|ige[rn]?|liche[rnms]?))\s$"
)
_ONE_NOUN = re.compile(r"[A-ZÄÖÜ][a-zäöüß]+")


def _is_german_noun(text: str, start: int, end: int) -> bool:
    """Whether one German word with a capital stands where nouns do, so that the list of nouns need not hold it."""
    name = text[start:end]
    if not _ONE_NOUN.fullmatch(name) or not _BEFORE_NOUN.search(text[max(0, start - 20) : start]):
        return False
    return not organisations().find(name)


@lru_cache(maxsize=32)
def _kinds(tag: str) -> str | None:
    """What somebody is, in front of his name, in a language; None where no list has it."""
    words: Sequence[str] | None = load("kinds").get(tag)
    return rf"(?<![\w-])(?:{'|'.join(words)})" if words else None


def is_kind(word: str, language: str | None) -> bool:
    """Whether a word says what somebody is ("drukkerij")."""
    kinds = _kinds(spoken(language)[0])
    return kinds is not None and re.fullmatch(kinds, word, re.IGNORECASE) is not None


#: So far in front of a name what he is may begin, in code points.
_KIND_WITHIN = 40


@lru_cache(maxsize=32)
def _kind_before(tag: str) -> re.Pattern[str] | None:
    kinds = _kinds(tag)
    return re.compile(rf"(?:{kinds})\s[«„“\"‘']?$", re.IGNORECASE) if kinds else None


def without_kind(text: str, start: int, language: str | None) -> int:
    """Where what somebody is begins in front of a name ("gegen | Callcenter Examplia"), else where the name does."""
    pattern = _kind_before(spoken(language)[0])
    window = max(0, start - _KIND_WITHIN)
    kind = pattern.search(text[window:start]) if pattern is not None else None
    return window + kind.start() if kind else start


@lru_cache(maxsize=32)
def _kind_first(tag: str) -> re.Pattern[str] | None:
    """A kind that has its capital from its place, in front of a name ("Spelbolaget Examplia förlorar …")."""
    kinds = _kinds(tag)
    return re.compile(rf"(?i:{kinds}) (?=[A-ZÀ-ÞŁŚŻŹĆ])") if kinds and tag != "de" else None


#: Companies of Russia, Ukraine and their neighbours stand in quotation marks, whatever else does.
_QUOTING = frozenset({"ru", "uk", "be", "kk", "bg"})
#: A name in quotation marks: no sentence, and no word that somebody only quotes.
_IN_QUOTES = re.compile(
    r"[«„“\"](?P<name>(?=[\dA-ZÀ-ÞŁŚŻŹĆА-ЯЁІЇЄҐ])[\w.&+'’!-]+(?: [\w.&+'’№-]+){0,4})[»”“\"](?![\w-])"
)


def _quoted(text: str, tag: str) -> list[Name]:
    """Names that their quotation marks show, in Cyrillic; elsewhere behind what somebody is."""
    kinds = _kinds(tag)
    if kinds is None or not any(sign in text for sign in '«„“"'):
        return []
    behind = re.compile(rf"{kinds} $", re.IGNORECASE)
    return [
        Name(match["name"], *match.span("name"))
        for match in _IN_QUOTES.finditer(text)
        if tag in _QUOTING or behind.search(text, 0, match.start())
    ]


_NAME_WORD = r"[A-ZÀ-ÞŁŚŻŹĆ\d](?=[\w&.'’-]*\w)[\w&'’-]*(?:\.[\w&'’-]+)*"
#: Nouns that a maker may call himself by, whatever they end in ("Scorewerk", "Funknetz Nord").
_OF_NAMES = re.compile(
    r"(?:werke?|netze?|dienste?|gruppe|land|welt|kraft|zeit|system|software|werk|haus|gut|post)$", re.IGNORECASE
)


@lru_cache(maxsize=4)
def _apposed(tag: str) -> re.Pattern[str]:
    """A kind and the words in capitals behind it."""
    return re.compile(rf"(?i:{_kinds(tag)}) (?P<name>{_NAME_WORD}(?: {_NAME_WORD}){{0,3}})")


def _behind_kinds(text: str, tag: str) -> list[Name]:
    """ "Mobilfunkanbieter Funknetz Nord": German names behind what somebody is, also those that look like nouns."""
    if tag != "de":
        return []
    found: list[Name] = []
    for list_name, is_whole in (("de", False), ("de_whole", True)):
        for match in _apposed(list_name).finditer(text):
            words = match["name"].split(" ")
            count = next((i for i, word in enumerate(words) if not _may_be_name(word, is_first=i == 0)), len(words))
            start = match.start() if is_whole else match.start("name")
            end = match.start("name") + len(" ".join(words[:count]))
            if count and not any(start < other.end and other.start < end for other in found):
                found.append(Name(text[start:end], start, end))
    return found


def _may_be_name(word: str, *, is_first: bool) -> bool:
    """Whether a German word behind a kind belongs to a name: no noun that another one is told of."""
    if is_listed(word, "de") or word.isdecimal():
        return False
    return not is_common(word, "de") or bool(_OF_NAMES.search(word)) or not is_first


def without_currency(text: str, start: int, end: int) -> int:
    """End of a name without the currency and the small words that a lost stop glued to it."""
    trailing = _TRAILING.search(text[start:end]) or (text[end : end + 1] == "$" and _DOLLAR_OF.search(text[start:end]))
    return start + trailing.start() if trailing else end


#: "Respinto il ricorso", "Revés para Acme": a verb or a noun that opens a sentence, in front of an article.
_ARTICLE_BEHIND = {
    "es": re.compile(r"\s(?:(?:el|la|los|las|una?|unos|para)\s(?!\d)|\w+[ai]d[oa]s\s)"),
    "it": re.compile(r"\s(?:(?:il|lo|i|gli|le|un|uno|una)\s(?!\d)|l['’]|a\s\d|\w+[aiu]t[ie]\s)"),
    "pt": re.compile(r"\s(?:(?:o|os|as|uma?|para)\s(?!\d)|\w+[ai]d[oa]s\s)"),
}


def _opens_a_clause(text: str, start: int, end: int, language: str | None) -> bool:
    """Whether a single word has its capital from its place alone, and an article stands behind it."""
    behind = _ARTICLE_BEHIND.get(primary(language))
    is_first = not text[:start].strip() or text[:start].rstrip().endswith((".", ":", "?", "!"))
    is_plain = text[start:end].isalpha() and text[start + 1 : end].islower()
    if behind is None or not is_first or not is_plain or behind.match(text, end) is None:
        return False
    return not organisations().find(text[start:end])


@lru_cache(maxsize=1)
def _numerals() -> frozenset[str]:
    """Number words of all languages, which open many a headline ("Sju års fängelse")."""
    return frozenset(chain.from_iterable(words.split() for words in quantity_words()["numbers"].values()))


def is_nobody(text: str, start: int, end: int) -> bool:
    """Whether a name is money, a law, a form, a credit or anybody, so that nobody can be meant."""
    name = text[start:end]
    if _MONEY.fullmatch(name) or _LEGAL_FORM.fullmatch(name) or name.casefold() in _numerals():
        return True
    words = name.split()
    is_crowd = len(words) >= _MOST_WORDS and all(w[0].isupper() and w[1:].islower() for w in words)
    return bool(
        _IN_FRONT.match(text, end)
        or _LEGAL_TEXT.search(name)
        or _CREDIT.match(text, end)
        or (name.isupper() and text[start - 1 : start] == "(" and text[end : end + 1] == ")")
        or _GLUED.search(name)
        or ANYBODY.match(name)
        or (is_crowd and text.count("((") and not organisations().find(name))
    )
