"""How sure the place of a name makes that it is the product: what it is called, where the flaw is, which version."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.facts.at_flaw import AFFECTS, is_right_before_flaw, stands_at_flaw, tells_of_flaw
from pipeline.facts.patterns import load
from pipeline.facts.spans import Passage
from pipeline.facts.titled import (
    has_model,
    is_before_kind,
    is_behind_kind,
    is_behind_several,
    is_made_by,
    is_quoted_name,
    named_by_kind,
    stands_in,
    with_number,
)
from pipeline.facts.trim import ADDED_FLAW, with_device
from pipeline.model import Article
from pipeline.text.names import organisations

#: Where a name stands in its sentence, in code points.
Span = tuple[int, int]

#: Where a product is named: "in X", "dans X"; one alternation for all languages.
PLACE = re.compile(
    r"(?:\b(?:(?:updates?|patch(?:es)?|fix(?:es)?|correctifs?|parches?|aggiornament[oi]|atualização"
    r"|mise à jour)\s(?:for|pour|für"
    r"|para|per|voor|dla)|afect\w+ a|afet\w+|affect\w+|touchent|betrifft|betreffen|interess\w+|colpi\w+|treft"
    r"|dotycz\w+|in|of|affecting|affects|dans|touche|touchant|de|d['’]|du|von|bei|en|di|nel|nella|del|em|no|na|van|w)"
    r"\s(?:the\s|its\s|their\s|son\s|sa\s|ses\s|ihren?m?\s|seinen?m?\s|sus?\s|suoi\s|sua\s|zijn\s|les\s(?:produits|équipements)\s|le\s|la\s|(?:os\s|los\s|i\s|les\s|die\s)?(?:produits|produkt\w*|prodotti|productos|produtos|sistemas|sistemi|systèmes|Systeme)\s)?)$|(?:影响|关于|修复|存在于|于)$",
    re.IGNORECASE,
)
#: "Formulix | 1.6.77", and no sum.
VERSION = re.compile(
    r"\s(?:versions?\s|[Rr]evision\s|v)?\d+(?:\.[\dx]+)+(?![\dx.]*\s?(?:万|亿|million|billion|Mio|Mrd|mln|[%€$£]))"
)
#: "CVE-…: | Formulix".
_AFTER_ID = re.compile(r"(?:CVE|ZDI)\S{5,20}\s?[-–—:]\s?(?:WordPress )?$")
#: What may follow a name right after an id: a version, a colon, a verb; not the rest of a noun.
_NAME_ENDS = re.compile(
    rf"\s?(?:[:<≤(–—-]|(?:{'|'.join(load('products')['flaw_kinds'])})\b"
    r"|has\b|have\b|up to|through|before|prior|version|plug-?in\b|theme\b|v?\d|is\b|allows?\b|$)"
    r"|(?=\s[A-Z\d])"
)
#: "Dell's | Display Manager": whose it is.
_OWNER = re.compile(r"(?:[A-Z][\w.-]* ){0,2}[A-Z][\w.-]*['’]s $")
#: "le plugin X", "the package “x”".
_IS_A = re.compile(
    rf"(?<!\w)(?:{'|'.join(load('products')['kind'])})(?:\s(?:pour|for|für|para|per)\s[\w-]+)?\s?(?:[“«「\"'‘]\s?)?$",
    re.IGNORECASE,
)
#: "printers by | X", "X | has fixed".
_OF_MAKER = re.compile(rf"(?<!\w)(?:{'|'.join(load('products')['of_maker'])})\s$", re.IGNORECASE)
_MAKERS_DO = re.compile(rf"\s(?:{'|'.join(load('products')['makers_do'])})(?!\w)", re.IGNORECASE)
#: "X says": what a product does not do.
PEOPLE_DO = re.compile(rf"\s?(?:{'|'.join(load('products')['people_do'])})(?![^\W\d_\u2e80-\u9fff])")
#: "Formulix < = 1.6.77": as databases of exploits write it.
_BELOW = re.compile(r"\s[<≤]\s?=?\s?v?\d")
#: Letters that stand for a field rather than a name ("OT", "AI").
_SHORT = 2
#: "Examplia's Formulix software": what it is stands behind it in English.
_KIND_AFTER = re.compile(rf"\s(?:{'|'.join(load('products')['kind_after'])})(?!\w)")
#: In front of such a name.
_OWNED = re.compile(r"(?:['’]s|\b(?:[Tt]he|[Ii]ts|[Tt]heir|popular|open-source))\s$")
#: "Formulix中的漏洞": what is in it.
_CJK_IN_IT = re.compile(load("products")["cjk_in_it"])
#: "on OPNsense systems": what is installed is a product, also where it is called as its maker.
RUNS = re.compile(r"\s(?:systems|installations|instances|deployments|appliances|setups)\b")
#: From here on signs stand without spaces between words: kana, then ideographs.
_FIRST_KANA = 0x3040
#: How sure a place makes that a name is the product.
_AFTER_AN_ID, _BY_KIND, _WITH_VERSION, IN, _OF, _AT_FLAW, _BY_MODEL, MAYBE_MAKER = 9, 8, 7, 6, 5, 4, 2, 1
#: "开源网关X": the kind stands in front.
CJK_KIND = re.compile(
    rf"{load('products')['cjk_kind']}(?P<name>(?![被曝存现披修中的再又和与及等将遭已可])[\u4e00-\u9fff]{{2,6}}?)"
    rf"(?={load('products')['cjk_after']})"
)
#: "星桥路由器存在漏洞": the kind ends the name.
CJK_NAMED = re.compile(
    rf"(?:^|[，。：:、！？】\s])(?P<name>[\u4e00-\u9fff]{{2,6}}?{load('products')['cjk_kind_last']})"
    rf"(?={load('products')['cjk_after']})"
)
#: How far before a name the words are looked for that say what it is, in code points.
_WINDOW = 60
#: And how far those that lead to it.
_NEAR = 40


def is_behind(pattern: re.Pattern[str], text: str, start: int) -> bool:
    """Whether such words lead to what begins at `start`."""
    return bool(pattern.search(text[max(0, start - _WINDOW) : start]))


def rank_by_place(passage: Passage, start: int, end: int, article: Article, read: Sequence[Passage]) -> int:
    """How sure the place of a name makes that it is the product; 0 where nothing says so."""
    text = passage.text
    told = _rank_by_kind(passage, start, end, article.language, read)
    if told is not None:
        return told
    tells = tells_of_flaw(passage, article)
    if RUNS.match(text, end) and tells:
        return _OF
    if is_maker(text, start, end):
        return MAYBE_MAKER if tells and PLACE.search(_just_before(text, start)) else 0
    if not tells and not AFFECTS.search(text):
        return 0
    if passage.is_title and re.search(r"\b(?:in|dans)\s$", _just_before(text, start)):
        return IN
    if _is_place(passage, start, end, article.language):
        return _OF
    return _rank_by_flaw(passage, start, end, article.language, read)


def _just_before(text: str, start: int) -> str:
    return text[max(0, start - _NEAR) : start]


#: "il produttore, | Fiscalmec": who makes it.
_MAKER_IS = re.compile(
    rf"(?<!\w)(?i:{'|'.join(load('products')['maker_is'])}),?\s[«„“\"]?(?P<name>[^\W\d_a-zà-ÿа-яёіїєґ][\w’'-]+)"
)


def _has_another_maker(name: str, read: Sequence[Passage]) -> bool:
    """Whether the text says who makes the thing, and that he is not called as it."""
    return any(match["name"] not in name for p in read for match in _MAKER_IS.finditer(p.text))


def _rank_by_kind(passage: Passage, start: int, end: int, language: str | None, read: Sequence[Passage]) -> int | None:
    """By an id, by what it is called or by its version; None where a name stands with none of them."""
    text, before = passage.text, _just_before(passage.text, start)
    if _AFTER_ID.search(before) and _NAME_ENDS.match(text, end):
        return _AFTER_AN_ID
    if _IS_A.search(before) or any(m.span("name") == (start, end) for m in CJK_KIND.finditer(text)):
        return _BY_KIND
    if any(m.span(1) == (start, end) for m in named_by_kind(text, language)):
        return _BY_KIND
    is_bare = is_behind_several(text, start, end, language) and with_number(text, end) == end
    if is_bare and not _has_another_maker(text[start:end], read):
        return 0
    if is_behind_kind(text, start, language) or is_before_kind(text, start, end, language):
        return _BY_KIND
    if ADDED_FLAW.match(text, end):
        return _BY_KIND
    if VERSION.match(text, end) or (passage.is_title and _BELOW.match(text, end)):
        return _WITH_VERSION
    if any(m.span("name") == (start, end) for m in CJK_NAMED.finditer(text)):
        return MAYBE_MAKER  # a Latin name of the lead says more
    return None


def _is_place(passage: Passage, start: int, end: int, language: str | None) -> bool:
    """Whether a name stands where a sentence on a flaw says what it is in ("affects Acme's Formulix")."""
    text, before = passage.text, _just_before(passage.text, start)
    owner = _OWNER.search(before) if organisations().find(before) else None
    return bool(
        PLACE.search(before[: owner.start()] if owner else before)
        or (passage.is_title and stands_in(text, start, end, language))
        or _CJK_IN_IT.match(text, end)
        or (_KIND_AFTER.match(text, end) and _OWNED.search(before))
    )


def _rank_by_flaw(passage: Passage, start: int, end: int, language: str | None, read: Sequence[Passage]) -> int:
    """By the word for the flaw beside it, where the title or the lead says the name again."""
    text, name = passage.text, passage.text[start:end]
    if not passage.is_title:
        called, title = (part.replace("‑", "-") for part in (name, read[0].text if read[0].is_title else ""))
        is_told_again = start > 0 and len(called) > _SHORT and called in title
        return _AT_FLAW if is_told_again and is_right_before_flaw(text, end, language) else 0
    if text.count(" ", end, with_device(text, start, end)[1]) in (1, 2) and (language or "en")[:2] == "en":
        return MAYBE_MAKER  # "unlocks Acme smart locks"
    rest = " ".join(p.text for p in read[1:])
    is_told_again = " " in name or name in rest or ord(text[end : end + 1] or " ") > _FIRST_KANA
    return _AT_FLAW if is_told_again and stands_at_flaw(text, start, end, language) else 0


def rank_by_title(passage: Passage, start: int, end: int, article: Article) -> int:
    """How sure a title makes of a name that nothing around it shows, but that has a model number."""
    text = passage.text
    if not passage.is_title or PEOPLE_DO.match(text, end) or is_maker(text, start, end):
        return 0
    language = article.language
    numbered = with_number(text, end) > end and (language or "en")[:2] != "en"  # not "Linux Kernel 7 Flaws"
    made = any(is_made_by(text, start, end, h.end, language) for h in organisations().find(text) if h.start == start)
    is_one = numbered or made or is_quoted_name(text, start, end, language) or has_model(text, start, end)
    return _BY_MODEL if is_one else 0


def signs(text: str, start: int, end: int, language: str | None) -> Iterator[str]:
    """What speaks for a name's being a product, each by a word of its own."""
    before = text[max(0, start - _WINDOW) : start]
    told = {
        "id": _AFTER_ID.search(before),
        "called": _IS_A.search(before),
        "flaw": stands_at_flaw(text, start, end, language),
        "model": has_model(text, start, end),
    }
    return (sign for sign, holds in told.items() if holds)


def is_of_maker(text: str, start: int) -> bool:
    """ "Printers by X": whether the words that lead to a name say who made something."""
    return is_behind(_OF_MAKER, text, start)


def is_maker(text: str, start: int, end: int) -> bool:
    """Whether a place shows the name as a maker's: "printers by X", "X has fixed"."""
    if text.startswith("製", end):
        return True
    opens = start == 0 or text[:start].rstrip()[-1:] in ":–—|"
    return bool(is_of_maker(text, start) or (opens and _MAKERS_DO.match(text, end)))
