"""What keeps two look-alikes apart, whatever the pair model says; each guard has a name that `explain` shows."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from pipeline.cluster.features import Table, shared, sums, title_found
from pipeline.cluster.signature import MIN_TOKENS, Signature, fold, outlet, strip_outlet
from pipeline.cluster.told import ended, same_measure, sum_gap
from pipeline.model import Article
from pipeline.text.sentences import split_sentences

#: What a guarded pair scores: worse than the model's own worst, so that one such pair outweighs a sure one.
VETO = -25.0
#: Most that a doubtful pair scores, and one of which one side is too vague to say.
DOUBT, VAGUE = -5.0, -1.5
#: What counts against a pair without barring it, and the most that such a pair scores.
AGAINST = {
    "one outlet's column": DOUBT,
    "one outlet in other words": DOUBT,
    "form days from the news": DOUBT,
    "form of another product": VAGUE,
    "notice beside no flaw": VAGUE,
    "flaws of other names": DOUBT,
    "other sums": VAGUE,
    "measure and its end": VAGUE,
}
GUARDS = ("other CVE ids", "one outlet's series", "disclosure and sanction", "beyond the window")

#: Share of title words in common from which two titles are one pattern, and from which they are the same title.
PATTERN, SAME_TITLE = 0.45, 0.8
#: The same between two short forms without CVE ids, which say little but product and day.
LOOSE_PATTERN = 0.3
#: Distinct tokens below which a notice is a filled-in form, and the days after which the same title is another notice.
SHORT_NOTICE, OTHER_DAY = 60, 0.75
#: Days from which a filled-in form that names no CVE id is not taken for the news about one.
VAGUE_DAYS = 3.0
#: Least share of a filled-in form's product name (by rareness) that the title of the news must hold.
PRODUCT = 0.5
#: Least share of each title (by rareness) that the other article of the outlet must hold.
FOUND = 0.45
#: Days from which the report of a measure and that of its end are not one event told early and late.
END_DAYS = 2.0
#: Distance of the logarithms of two sums from which they are two sums, not one converted and rounded.
OTHER_SUM = 0.3
#: Days between two numbers of a column, from which one opening is its name and not the day's subject; the most words of
#: a title that is nothing but that name, and the cosine from which two titles are one.
COLUMN_DAYS, COLUMN_WORDS, _ONE_TITLE = 1.0, 4, 0.999

_ROUND_UPS = Path(__file__).parent / "data" / "round_ups.json"
#: Code points of the first paragraph by which a newsletter is known.
_LEAD = 160
#: A list of three titles or more in one headline, parted by semicolons or bars, is a round-up. Behind bars stand names
#: of sections and outlets, too, so that each must have this many code points.
_SEMICOLON, _BAR = re.compile(r"\s*;\s+|\s*；\s*"), re.compile(r"\s*[;|]\s+|[；|｜]")
_SEVERAL, _LONG_PART = 3, 16
#: Code points that make a headline where words are not parted.
_WIDE_PART, _FIRST_WIDE = 5, "\u2e80"

#: What parts the headlines of a list ("Acme worm, Heron breach, harbour fined"), and the words that each must have.
_COMMA = re.compile(r",\s+(?:(?:and|et|und|y|e)\s+)?")
_WORDS = 2
#: Lists among an outlet's titles from which they are its habit, and their least share: of the outlets of fifteen months
#: one made lists of nine titles in ten, the next of four.
_LISTS, _HABIT = 5, 0.75
#: Characters to which a text of a sentence a headline comes, the words that such a sentence shares with its own, and
#: the headlines of a list with commas: one comma may well part two halves of one news.
_BRIEF, _OF_PART, _MANY = 700, 2, 3
_WORD, _SHORT, _CLAUSE = re.compile(r"\w+"), 2, re.compile(r"[;；]")


@dataclass(frozen=True, slots=True)
class RoundUpRule:
    """One kind of title, or of lead, that tells of no event of its own; both are compared folded."""

    name: str
    #: One of these must be in the text before the pattern is tried: most hold none.
    words: tuple[str, ...]
    pattern: re.Pattern[str]
    #: Whether the first paragraph is asked, instead of the title.
    in_lead: bool = False


@lru_cache(maxsize=1)
def round_up_rules() -> tuple[RoundUpRule, ...]:
    """Rules for round-ups, newsletters, podcasts, offers and templates (data/round_ups.json)."""
    rules = json.loads(_ROUND_UPS.read_text(encoding="utf-8"))
    return tuple(
        RoundUpRule(
            r["name"], tuple(map(_plain, r["words"])), re.compile(_plain(r["pattern"])), r.get("where") == "lead"
        )
        for r in rules
    )


def _plain(text: str) -> str:
    """Without accents, Korean in its letters, as `fold` leaves the titles; capitals stay, which patterns need."""
    return "".join(c for c in unicodedata.normalize("NFKD", text) if not unicodedata.combining(c))


def is_round_up(article: Article) -> bool:
    """Whether the article lists several events, so that none of them is its own, or sells something."""
    plain = strip_outlet(article.title, article.site)
    title = fold(plain)
    for word, pattern in _triggers(in_lead=False):
        if word in title and pattern.search(title):
            return True
    lead = article.paragraphs[0][:_LEAD].lower() if article.paragraphs else ""
    for word, pattern in _triggers(in_lead=True):
        if word in lead and pattern.search(fold(lead)):
            return True
    return _is_several(plain) or _tells_several(article)


def _is_several(title: str) -> bool:
    """Three headlines or more in one title, as written: folded, a wide semicolon is a narrow one without a space."""
    if any(mark in title for mark in ";；") and len(list(filter(_is_headline, _SEMICOLON.split(title)))) >= _SEVERAL:
        return True
    return any(mark in title for mark in "|｜") and sum(len(p) >= _LONG_PART for p in _BAR.split(title)) >= _SEVERAL


def _is_headline(part: str) -> bool:
    return len(part.split()) >= _WORDS or sum(letter >= _FIRST_WIDE for letter in part) >= _WIDE_PART


def _tells_several(article: Article) -> bool:
    """Whether the title is a list, and the sentences of the text, which are few, are each of one of its headlines.

    "Acme worm spreads, Heron breached" over a sentence on Acme and one on Heron tells two events; "Acme fined, Heron
    warned of the same leak" over sentences that name both tells one, and so does a report of which half the sentences
    are of neither.
    """
    if not _is_list(article.title) or len(article.text) > _BRIEF or article.title in article.text:
        return False
    parts = [_telling(part) for part in _listed(article.title)]
    if len(parts) < _MANY and not any(mark in article.title for mark in ";；"):
        return False
    own = [part - frozenset().union(*(other for other in parts if other is not part)) for part in parts]
    spans = split_sentences(article.text, article.language)
    said = [_telling(piece) for start, end in spans for piece in _CLAUSE.split(article.text[start:end])]
    of = [[number for number, part in enumerate(own) if len(part & words) >= _OF_PART] for words in said]
    told = {numbers[0] for numbers in of if len(numbers) == 1}
    return len(told) > 1 and len(told) >= len(parts) - 1 and sum(len(numbers) == 1 for numbers in of) > len(of) / 2


def _telling(text: str) -> frozenset[str]:
    """Folded words that tell one headline from the next: whatever is not short, and numbers."""
    return frozenset(word for word in _WORD.findall(fold(text)) if len(word) > _SHORT or word[0].isdecimal())


def find_round_ups(articles: Sequence[Article]) -> NDArray[np.bool_]:
    """Per article whether it is a round-up, by itself or by the habit of its outlet, most of whose titles are lists."""
    listing = [_is_list(article.title) for article in articles]
    titles = Counter(outlet(article) for article in articles)
    lists = Counter(outlet(article) for article, several in zip(articles, listing, strict=True) if several)
    habit = {place for place, count in lists.items() if count >= max(_LISTS, _HABIT * titles[place])}
    found = [
        is_round_up(article) or (several and outlet(article) in habit)
        for article, several in zip(articles, listing, strict=True)
    ]
    return np.array(found, dtype=bool)


def _is_list(title: str) -> bool:
    """Headlines parted by semicolons, or else by commas, none of them the end of the one before."""
    parts = _listed(title)
    several = len(parts) > 1 and all(len(part.split()) >= _WORDS for part in parts)
    return several and not any(part[0].islower() for part in parts[1:])


def _listed(title: str) -> list[str]:
    """The headlines of a title, parted by semicolons, or else by commas."""
    if not any(mark in title for mark in ",;；"):
        return [title]
    parts = _SEMICOLON.split(title)
    return parts if len(parts) > 1 else _COMMA.split(title)


@lru_cache(maxsize=2)
def _triggers(*, in_lead: bool) -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((word, rule.pattern) for rule in round_up_rules() if rule.in_lead is in_lead for word in rule.words)


def is_too_little(signature: Signature) -> bool:
    """Whether there is not enough text to know the event by."""
    return len(signature.words) < MIN_TOKENS and not signature.cves


def guard_pairs(
    table: Table,
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    *,
    window_days: float,
    one_flaw: NDArray[np.bool_] | None = None,
) -> NDArray[np.int64]:
    """The first guard that bars each pair, as an index into GUARDS; -1 where none does.

    Where the titles of both name one flaw (`one_flaw`), ids that only the texts mention are of what came before it.
    """
    guard = np.full(len(left), -1, dtype=np.int64)

    def bar(name: str, where: NDArray[np.bool_]) -> None:
        guard[where & (guard < 0)] = GUARDS.index(name)

    gap = np.nan_to_num(np.abs(table.days[left] - table.days[right]))
    bar("beyond the window", gap > window_days)
    bar("other CVE ids", other_cves(table, left, right, one_flaw))
    flaw, punished = table.on_flaw_alone, table.on_sanction
    bar("disclosure and sanction", (flaw[left] & punished[right]) | (punished[left] & flaw[right]))
    same = (table.outlets[left] == table.outlets[right]) & (table.languages[left] == table.languages[right])
    rows = np.flatnonzero(same)
    if len(rows):
        series = np.zeros(len(left), dtype=bool)
        series[rows] = _series(table, left[rows], right[rows], gap[rows])
        bar("one outlet's series", series)
    return guard


def other_cves(
    t: Table, a: NDArray[np.int64], b: NDArray[np.int64], one_flaw: NDArray[np.bool_] | None = None
) -> NDArray[np.bool_]:
    """Both name CVE ids and share none; what the title names decides over what the text mentions."""
    anywhere = (t.cve_count[a] > 0) & (t.cve_count[b] > 0)
    both = np.flatnonzero(anywhere)
    a, b = a[both], b[both]
    in_titles = (t.title_cve_count[a] > 0) & (t.title_cve_count[b] > 0)
    apart = in_titles & (shared(t.title_cves[a], t.title_cves[b]) == 0)
    in_texts = shared(t.cves[a], t.cves[b]) == 0
    barred = np.zeros(len(anywhere), dtype=bool)
    barred[both] = apart | (in_texts if one_flaw is None else in_texts & ~one_flaw[both])
    return barred


def _series(t: Table, a: NDArray[np.int64], b: NDArray[np.int64], gap_days: NDArray[np.float64]) -> NDArray[np.bool_]:
    """One outlet, one language, and another advisory's number or date in the title, or one pattern of title with
    another product, a wider one ("Acme products" beside "Acme Browser") or another day.

    An outlet seldom tells one event twice, and often fills one form for many: "Multiples vulnérabilités dans …".
    """
    title_a, title_b, names_a, names_b = t.in_title[a], t.in_title[b], t.in_title_names[a], t.in_title_names[b]
    common = shared(title_a, title_b)
    alike = common / np.maximum(t.title_size[a] + t.title_size[b] - common, 1)
    only_a = t.title_name_size[a] - shared(names_a, title_b)
    only_b = t.title_name_size[b] - shared(names_b, title_a)
    other_product = (alike >= PATTERN) & (only_a > 0) & (only_b > 0)
    short = np.minimum(t.size[a], t.size[b]) < SHORT_NOTICE
    form = t.is_form[a] & t.is_form[b]
    vague = form & short & (t.cve_count[a] == 0) & (t.cve_count[b] == 0)
    filled_in = ((alike >= SAME_TITLE) & short) | ((alike >= PATTERN) & form) | ((alike >= LOOSE_PATTERN) & vague)
    other_day = (gap_days >= OTHER_DAY) & filled_in
    wider = (alike >= PATTERN) & vague & (only_a + only_b > 0)
    other_notice = _differ(t.notices, a, b) | _differ(t.title_dates, a, b)
    barred: NDArray[np.bool_] = other_product | wider | other_day | other_notice
    return barred


def _differ(codes: NDArray[np.int64], a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Both have a code, and not the same."""
    differ: NDArray[np.bool_] = (codes[a] >= 0) & (codes[b] >= 0) & (codes[a] != codes[b])
    return differ


def count_against(t: Table, left: NDArray[np.int64], right: NDArray[np.int64]) -> dict[str, NDArray[np.bool_]]:
    """Per name of AGAINST, all but those that read the texts again, the pairs that it counts against.

    One outlet seldom tells one event twice in other words: no CVE id in common, and a title that names little of what
    the other article tells; nor in two numbers of a column. A filled-in form without CVE ids ("Multiple vulnerabilities
    in …") is known by its product and its day alone: it is seldom the news about an id that is days away, and nothing
    says that it is news whose title does not name that product. Two fines of one day are told apart by their sums, and
    a ban from its end by the days between.
    """
    words, days, product, column = (np.zeros(len(left), dtype=bool) for _ in range(4))
    rows = np.flatnonzero((t.outlets[left] == t.outlets[right]) & (t.languages[left] == t.languages[right]))
    a, b = left[rows], right[rows]
    found = np.minimum(title_found(t, a, b), title_found(t, b, a))
    words[rows] = (found < FOUND) & (shared(t.cves[a], t.cves[b]) == 0)
    column[rows] = _column(t, a, b)
    vague = is_vague(t)
    days_apart = np.nan_to_num(np.abs(t.days[left] - t.days[right]))
    far = days_apart >= VAGUE_DAYS
    for one, other in ((left, right), (right, left)):
        days |= vague[one] & (t.cve_count[other] > 0) & far
        rows = np.flatnonzero(vague[one] & ~t.is_form[other])
        product[rows] |= _named(t, one[rows], other[rows]) < PRODUCT
    return {
        "one outlet's column": column,
        "one outlet in other words": words,
        "form days from the news": days,
        "form of another product": product,
        "measure and its end": ended(t.told, left, right) & (days_apart >= END_DAYS),
        "other sums": same_measure(t.told, left, right) & (sum_gap(t.told, left, right) >= OTHER_SUM),
    }


def is_vague(table: Table) -> NDArray[np.bool_]:
    """Short filled-in forms that name no CVE id."""
    vague: NDArray[np.bool_] = table.is_form & (table.cve_count == 0) & (table.size < SHORT_NOTICE)
    return vague


def _column(t: Table, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.bool_]:
    """One name of a column, and no word in common behind it on two days, or no name in common below it."""
    opening = (t.openings[a] >= 0) & (t.openings[a] == t.openings[b]) & (shared(t.behind[a], t.behind[b]) == 0)
    title = (t.title_size[a] <= COLUMN_WORDS) & (shared(t.title_rows[a], t.title_rows[b]) > _ONE_TITLE)
    common = t.names[a].multiply(t.names[b])
    title &= sums(common) - sums(common.multiply(t.in_title[a])) <= 1e-3
    days = np.nan_to_num(np.abs(t.days[a] - t.days[b])) >= COLUMN_DAYS
    column: NDArray[np.bool_] = title | (opening & days)
    return column


def _named(t: Table, form: NDArray[np.int64], news: NDArray[np.int64]) -> NDArray[np.float32]:
    """How much of the form's product, by rareness, the title of the news names; 1 where the form names none."""
    weights = t.title_rows[form]
    found = sums(weights.multiply(t.in_title[news]))
    missing = sums(weights.multiply(t.products[form])) - sums(
        weights.multiply(t.products[form]).multiply(t.in_title[news])
    )
    share: NDArray[np.float32] = np.where(missing > 1e-6, found / np.maximum(found + missing, 1e-6), 1.0)
    return share
