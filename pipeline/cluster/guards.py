"""What keeps two look-alikes apart, whatever the pair model says; each guard has a name that `explain` shows."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.cluster.features import Table, shared, sums, title_found
from pipeline.cluster.signature import MIN_TOKENS, Signature
from pipeline.cluster.told import ended, other_targets, same_measure, sum_gap

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
    "other targets": DOUBT,
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
    sooner where they hit others; a ban from its end by the days between.
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
        "other targets": other_targets(t.told, left, right),
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
