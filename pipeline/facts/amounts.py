"""How much: the amount of a measure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.facts.actors import entry
from pipeline.facts.measures import Finding, Place
from pipeline.facts.patterns import load, spoken
from pipeline.facts.roles import Actor
from pipeline.facts.spans import Passage
from pipeline.model import Fact
from pipeline.text.quantities import Quantity

_CURRENCY = {
    "GB": "GBP", "US": "USD", "KR": "KRW", "CN": "CNY", "JP": "JPY", "SE": "SEK", "NO": "NOK", "DK": "DKK",
    "PL": "PLN", "CZ": "CZK", "HU": "HUF", "CH": "CHF", "AU": "AUD", "CA": "CAD", "SG": "SGD", "IN": "INR",
    "RU": "RUB", "TR": "TRY", "BR": "BRL", "RO": "RON", "MX": "MXN", "CO": "COP", "CL": "CLP", "AR": "ARS", "PE": "PEN",
    "ZA": "ZAR", "NG": "NGN", "KE": "KES", "EG": "EGP", "UA": "UAH", "SA": "SAR", "AE": "AED", "QA": "QAR",
    "MA": "MAD", "OM": "OMR", "KW": "KWD", "JO": "JOD", "BH": "BHD", "TN": "TND", "DZ": "DZD",
    "IL": "ILS", "TW": "TWD", "HK": "HKD", "NZ": "NZD",
}  # fmt: skip
_EURO = frozenset(
    [
        "EU",
        "FR",
        "DE",
        "IT",
        "ES",
        "NL",
        "BE",
        "IE",
        "AT",
        "PT",
        "FI",
        "GR",
        "LU",
        "SI",
        "SK",
        "EE",
        "LV",
        "LT",
        "HR",
        "CY",
        "MT",
    ]
)


#: What a sum is of that names no currency, in languages that are one country's.
_OF_LANGUAGE = {
    "sv": "SEK",
    "da": "DKK",
    "no": "NOK",
    "pl": "PLN",
    "cs": "CZK",
    "ru": "RUB",
    "uk": "UAH",
    "it": "EUR",
    "tr": "TRY",
    "ja": "JPY",
    "ko": "KRW",
}
#: Currencies that share a word: the country of who decides says which ("pesos", "livres", "lira").
_SHARED = (
    (re.compile(r"\s?(?:de\s)?pesos?\b", re.IGNORECASE), frozenset({"MXN", "COP", "CLP", "ARS", "PHP"})),
    (re.compile(r"\s?(?:de\s)?(?:livres|liras?|lires|pounds)\b", re.IGNORECASE), frozenset({"TRY", "EGP"})),
    (
        re.compile(r"\s?(?:de\s)?(?:couronnes|kronor|kroner|kronen|coronas|crowns)\b", re.I),
        frozenset({"SEK", "NOK", "DKK"}),
    ),
    (re.compile(r"\s?(?:ريال(?:ا|ات)?)(?!\w)"), frozenset({"SAR", "QAR", "OMR", "YER"})),
    (re.compile(r"\s?(?:درهما?|دراهم)(?!\w)"), frozenset({"AED", "MAD"})),
    (re.compile(r"\s?(?:دينارا?|دنانير)(?!\w)"), frozenset({"KWD", "JOD", "BHD", "TND", "DZD", "IQD"})),
    (re.compile(r"\s?(?:de\s)?(?:roupies|rupees|rupias)\b", re.IGNORECASE), frozenset({"INR", "PKR", "IDR"})),
)


def _in_home_currency(text: str, quantity: Quantity, home: str | None) -> Quantity:
    """The quantity in the currency that its word means in the country of who decides."""
    if home is None or quantity.kind not in ("amount", "number"):
        return quantity
    for word, currencies in _SHARED:
        at_end = word.search(text, quantity.start, quantity.end) if quantity.kind == "amount" else None
        after = word.match(text, quantity.end) if quantity.kind == "number" else None
        if home in currencies and (at_end or after):
            end = after.end() if after else quantity.end
            return replace(quantity, kind="amount", unit=home, end=end)
    return quantity


def amount_facts(
    finding: Finding,
    places: Sequence[Place],
    numbers: dict[int, list[Quantity]],
    deciding: Sequence[Actor],
    read: Sequence[Passage],
    language: str | None,
) -> Iterator[Fact]:
    """Amounts near the words; the authority's own currency wins over a conversion, the title over the lead."""
    home = _home_currency(deciding)
    unsaid = _OF_LANGUAGE.get(spoken(language)[0])
    first: tuple[Quantity, Passage] | None = None
    named = {id(p) for p, _, _ in places}
    spoken_of = [*places, *((p, finding.trigger, (0, 0)) for p in read if id(p) not in named)]
    for passage, _, span in spoken_of:
        if first is not None and span == (0, 0):
            break
        amounts = _amounts(passage, span, numbers, home, unsaid)
        best = _nearest(passage.text, amounts, span)
        if best is None:
            continue
        if finding.status == "reduced":
            best = next((q for q in amounts if _LOWERED_TO.search(passage.text, 0, q.start)), best)
        pair = _conversion(passage.text, best, amounts)
        best = pair if pair is not None and pair.unit == home else best
        if first is None:
            first = best, passage
            if home is None or best.unit == home:
                break
        elif best.unit == home:
            first = best, passage  # the title converted what the lead gives as imposed
            break
    if first is not None:
        quantity, passage = _exact(first, read, numbers, home)
        quantity, passage = _with_second(quantity, passage, read, numbers, home)
        others = _amounts(passage, (0, len(passage.text)), numbers, home, unsaid)
        for one in _enumerated(passage.text, quantity, others):
            evidence = passage.evidence(one.start, one.end)
            surface = passage.text[one.start : one.end]
            yield Fact(type="amount", value=float(one.value), unit=one.unit, name=surface, evidence=evidence)


#: "more than 6 million" in the title, 6.6 million in the lead; "up to 18 million": what may come.
_MORE_THAN, _AT_MOST = (
    re.compile(rf"(?<!\w)(?:{'|'.join(load('bounds')[kind])})\s?(?:[A-Z]{{0,3}}[$€£¥]\s?)?$", re.IGNORECASE)
    for kind in ("more_than", "at_most")
)
#: "After it had fined Acme 3 million, the watchdog …": a sum of before.
_EARLIER = re.compile(
    rf"(?:^|[.;:]\s)(?:{'|'.join(load('bounds')['earlier'])})\s(?:[^,.;]|[,.](?=\d)){{0,120}}$", re.IGNORECASE
)
#: How much more than the rounded sum the exact one may be.
_MORE = 0.25


def _exact(
    first: tuple[Quantity, Passage], read: Sequence[Passage], numbers: dict[int, list[Quantity]], home: str | None
) -> tuple[Quantity, Passage]:
    """The sum that the lead gives for what the title rounds down, else the title's."""
    rounded, title = first
    if not title.is_title:
        return first
    if not _MORE_THAN.search(title.text[max(0, rounded.start - 16) : rounded.start]):
        return _written_out(first, read, numbers, home)
    for passage in read:
        for other in () if passage.is_title else _amounts(passage, (0, 0), numbers, home):
            is_more = 1 < float(other.value) / float(rounded.value) <= 1 + _MORE
            if other.unit == rounded.unit and is_more and not _MORE_THAN.search(passage.text[: other.start]):
                return other, passage
    return first


#: "13억원" of a title, with its ten thousands "13억6900만원".
_IN_FULL = re.compile(r"\d[\d.,]*[억億亿조万萬](?=원|円|元|$)")


def _written_out(
    first: tuple[Quantity, Passage], read: Sequence[Passage], numbers: dict[int, list[Quantity]], home: str | None
) -> tuple[Quantity, Passage]:
    """The sum that the lead writes out where a title of East Asia keeps its first digits alone, else the title's."""
    cut, title = first
    head = _IN_FULL.match(title.text, cut.start, cut.end)
    if head is None:
        return first
    for passage in read:
        for other in () if passage.is_title else _amounts(passage, (0, 0), numbers, home):
            goes_on = passage.text[other.start : other.end].startswith(head[0]) and other.value != cut.value
            if other.unit == cut.unit and goes_on and float(other.value) <= float(cut.value) * (1 + _MORE):
                return other, passage
    return first


#: A fine in a title may leave out the currency ("42 millions d'amende").
_LEAST_WITHOUT_CURRENCY = 10_000


def _amounts(
    passage: Passage,
    span: tuple[int, int],
    numbers: dict[int, list[Quantity]],
    home: str | None,
    unsaid: str | None = None,
) -> list[Quantity]:
    text = passage.text
    quantities = [_in_home_currency(text, q, home) for q in numbers[passage.place]]
    amounts = [q for q in quantities if q.kind == "amount"]
    if amounts:
        return [*amounts, *_of_the_same(text, amounts, quantities)]
    if not passage.is_title:
        return []
    currency = home or next((q.unit for qs in numbers.values() for q in qs if q.kind == "amount"), None) or unsaid
    return [
        replace(q, kind="amount", unit=currency)
        for q in quantities
        if q.kind == "number"
        and currency
        and float(q.value) >= _LEAST_WITHOUT_CURRENCY
        and (0 <= span[0] - q.end <= 4 or span[0] <= q.start < q.end <= span[1] or _is_sum(text, q, span))
    ]


#: "multa de 3,2 millones a …": what stands around a sum whose currency is understood.
_SUM_BEFORE = re.compile(
    r"(?:\b(?:de|da|di|von|of|a|à|con|em|van|w wysokości|per|por|en|pari a|på|om|над|на"
    r"|в размере|у розмірі|ve výši|med|mit|met"
    r"|(?:pag(?:a|ano|an|ará|arão|herà)|verserà|abonará|impone|infligge|impôs|aplica)"
    r"|los|las|gli|i|os|unos|circa|cerca de|altri|otros|outros)|:)\s$",
    re.IGNORECASE,
)
_SUM_AFTER = re.compile(
    r"\s?(?:$|[,.;:()–—-]|(?:ao|aos|às|alla|allo|ai|agli|all|ad|resta|restano|rimane|la|il|a|al|à|au|aux"
    r"|por|per|pour|für|wegen|for|to|over|impuest\w+|infligé\w+|inflitt\w+"
    r"|impost\w+"
    r"|gegen|contra|contro|contre|against|voor|aan|för|till|til|mot|mod|av|af|i|za|dla|за|для|pro|blijft|upphävs)\b)",
    re.IGNORECASE,
)
_SUM_GAP = 50


def _is_sum(text: str, quantity: Quantity, span: tuple[int, int]) -> bool:
    is_within = span[0] < quantity.start and quantity.end <= span[1]
    is_next = 0 <= quantity.start - span[1] <= 1
    return (
        (is_within or 0 <= quantity.start - span[1] <= _SUM_GAP)
        and (is_next or bool(_SUM_BEFORE.search(text[max(0, quantity.start - 14) : quantity.start])))
        and bool(_SUM_AFTER.match(text, quantity.end))
    )


#: "500 millions d'euros à Acme et 200 millions à Examplia": the second sum leaves the currency out.
_AND_TO = re.compile(
    r"(?:\s(?:d['’]amendes?|in fines|de multa|di multa|Bußgeld|boete))?"
    r"\s(?:à|to|a|aan|gegen|for|pour|für|contre|against|contra|on)\s[^.;\d]{2,50}?\s(?:et|and|und|y|e|en)\s"
    r"(?:(?:une?|an?|otra|un['’]altra|outra)(?:\s(?:autre|other))?(?:\s(?:amende|fine|multa))?\s(?:de|of|di)\s)?",
    re.IGNORECASE,
)
#: "7.2 billion roubles | and Examplia | 2 billion".
_AND_WHOM = re.compile(r",?\s(?:and|et|und|y|e|en)\s(?:a\s)?[A-ZÀ-Þ][^.,;\d]{1,40}?\s(?:(?:con|mit|per|with|met)\s)?")


def _of_the_same(text: str, amounts: Sequence[Quantity], quantities: Sequence[Quantity]) -> list[Quantity]:
    return [
        replace(q, kind="amount", unit=amount.unit)
        for amount in amounts
        for q in quantities
        if q.kind == "number" and float(q.value) >= _LEAST_WITHOUT_CURRENCY and _is_also_told(text, amount, q)
    ]


def _is_also_told(text: str, low: Quantity, high: Quantity) -> bool:
    """Whether two sums are told of two who are hit."""
    return any(joint.fullmatch(text, low.end, high.start) for joint in (_AND_TO, _AND_WHOM))


def _enumerated(text: str, chosen: Quantity, amounts: Sequence[Quantity]) -> list[Quantity]:
    """All of "15 et 27 millions d'euros"; the new one of "de 32 à 15 millions"."""
    for other in amounts:
        low, high = sorted((chosen, other), key=lambda q: q.start)
        between = text[low.end : high.start].strip().lower()
        if other is chosen or other.unit != chosen.unit:
            continue
        if _is_one_more_fine(text, low) and _is_one_more_fine(text, high) and not _ELSEWHEN.search(text, 0, high.start):
            return [low, high]
        if between in _AND or _is_also_told(text, low, high):
            return [low, high]
        if between in _TO:
            return [high]
    return [chosen]


#: "과징금 5억원과 | 과태료 900만원", "罚款80万元，对王某 | 罚款8万元": sums behind a word for a fine.
_CALLED_FINE = re.compile(r"(?:과징금|과태료|벌금|罚款|罰款|罚锾|罰鍰|罚金|罰金|課徴金)\s?(?:人民币|新台币|新臺幣)?$")
#: What was asked for, or imposed before.
_ELSEWHEN = re.compile(r"求刑|구형|지난해|앞서|去年|此前|曾|昨年|以前")


def _with_second(
    chosen: Quantity, passage: Passage, read: Sequence[Passage], numbers: dict[int, list[Quantity]], home: str | None
) -> tuple[Quantity, Passage]:
    """The same sum in the sentence of the lead that tells of a second one, else as it is."""
    for other in read if passage.is_title else ():
        amounts = [] if other.is_title else _amounts(other, (0, 0), numbers, home)
        same = [q for q in amounts if (q.value, q.unit) == (chosen.value, chosen.unit)]
        if same and len(_enumerated(other.text, same[0], amounts)) > 1:
            return same[0], other
    return chosen, passage


def _is_one_more_fine(text: str, quantity: Quantity) -> bool:
    return _CALLED_FINE.search(text[max(0, quantity.start - 10) : quantity.start]) is not None


#: Between two sums that both are meant.
_AND = frozenset(["et", "and", "und", "y", "e", "en", "i", "、", "和", "及"])
#: Between an old sum and the new one.
_TO = frozenset(["à", "to", "auf", "a", "para", "naar", "do", "至", "到", "降至", "减至", "降到", "减到", "下调至"])
#: "cuts the fine from £4m | to £1m": what a lowered sum is now.
_LOWERED_TO = re.compile(
    r"(?:\b(?:to|à|auf|a|para|naar|do|до)(?: (?:just|only|about|seulement|nur|solo|slechts))?"
    r"|(?:减|降|调)低?[至到为])\s?[€$£¥]?$"
)
_STOLEN = re.compile(
    r"(?:stole|steal\w*|stolen|worth|damage\w*|revenue|turnover|chiffre d['’]affaires|Umsatz|laundering|ransom of"
    r"|vol[ée]|perdu\w*|losses|detourn\w+|détourn\w+|ingresos|fatturato|收入|交易总额|寻求|réclam\w+)[^.;。]{0,24}$",
    re.IGNORECASE,
)


def _nearest(text: str, amounts: Sequence[Quantity], span: tuple[int, int]) -> Quantity | None:
    usable = [
        q
        for q in amounts
        if not _STOLEN.search(text[max(0, q.start - 40) : q.start])
        and not _AT_MOST.search(text[max(0, q.start - 24) : q.start])
        and not _EARLIER.search(text[: q.start])
    ]
    after = [q for q in usable if q.start >= span[0]]
    ordered = sorted(
        usable,
        key=lambda q: (
            min(abs(q.start - span[1]), abs(span[0] - q.end), 0 if q.start >= span[0] and q.end <= span[1] else 10**6),
            q.start,
        ),
    )
    return ordered[0] if ordered else (after[0] if after else None)


def _conversion(text: str, quantity: Quantity, amounts: Sequence[Quantity]) -> Quantity | None:
    """The other of two amounts of which one stands in brackets right after the other."""
    for other in amounts:
        low, high = sorted((quantity, other), key=lambda q: q.start)
        if other is not quantity and re.fullmatch(r"\s?[(（\[][^\d)）]{0,16}", text[low.end : high.start]):
            return other
    return None


def _home_currency(deciding: Sequence[Actor]) -> str | None:
    for actor in deciding:
        known = entry(actor.id)
        if known is not None:
            return "EUR" if known.country in _EURO else _CURRENCY.get(known.country)
    return None
