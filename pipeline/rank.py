"""Which story comes first: a published sum of parts, each shown on the card, and caps on what one source may fill.

rank = 3.0 topic + 2.5 outlets + 1.0 languages + 1.5 source + 3.0 severity + 2.0 recency + 4.0 watch list - 2.5 known,
every part between 0 and 1. docs/stories.md tells how each part is reckoned.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache

from pipeline.model import Article, Fact, Feed, RankPart, RankSign, Story
from pipeline.rank_known import known
from pipeline.text.count import count_of
from pipeline.text.normalise import fold
from pipeline.text.rates import in_euros

WEIGHTS: Mapping[str, float] = {
    "topic": 3.0, "outlets": 2.5, "languages": 1.0, "source": 1.5, "severity": 3.0, "recency": 2.0, "watch": 4.0,
    "known": -2.5,
}  # fmt: skip
#: From this many outlets, or languages, the part is full.
_FULL_OUTLETS, _FULL_LANGUAGES = 8, 4
#: A feed's weight runs from 0 to this (`Feed.weight`).
_FULL_WEIGHT = 3.0
#: News loses half its recency in this time.
_HALF_LIFE = timedelta(days=2)
#: Amounts in euros: nothing below the first, full from the second. A currency without a rate counts as it stands.
_SMALL, _LARGE = 1e4, 1e8
#: How much of its news a flaw has lost once readers were shown it.
_SHOWN = 0.6
#: Official feeds: their word raises the severity of a measure.
_OFFICIAL = ("regulator", "law", "cert")


def rank(
    stories: Sequence[Story], *, now: datetime, feeds: Mapping[str, Feed], watch: Sequence[str] = ()
) -> list[Story]:
    """Set `rank` and `why` and put the best first.

    Args:
        stories: Any order.
        now: End of the news window, aware UTC.
        feeds: Feed URL -> feed, for weights and kinds; a feed that is missing counts as ordinary.
        watch: The reader's products and companies; whole words, case and accents do not matter.
    Returns:
        By rank, highest first; equals by newest article, then by id.
    """
    patterns = tuple((word, _pattern(word)) for word in watch if word.strip())
    ranked = [_rank(story, now, feeds, patterns) for story in stories]
    return sorted(ranked, key=lambda s: (-(s.rank or 0.0), -_newest(s, now).timestamp(), s.id))


def select(
    stories: Sequence[Story], *, limit: int, per_outlet: int | None = 4, per_vendor: int | None = 3
) -> list[Story]:
    """The first `limit` stories in order, passing over those whose outlet or vendor has had its share.

    A story that only one outlet reports counts against that outlet; one that several report counts against none.
    A story counts against the vendor whose product its articles name most (`vendor`). Places may stay empty: a cap that
    gave way would let one feed fill a quiet day.
    """
    chosen: list[Story] = []
    outlets: Counter[str] = Counter()
    vendors: Counter[str] = Counter()
    for story in stories:
        sources = outlets_of(story)
        outlet = next(iter(sources)) if len(sources) == 1 else None
        maker = vendor(story)
        full = per_outlet is not None and outlet is not None and outlets[outlet] >= per_outlet
        full |= per_vendor is not None and maker is not None and vendors[maker] >= per_vendor
        if full:
            continue
        chosen.append(story)
        outlets.update([outlet] if outlet is not None else [])
        vendors.update([maker] if maker is not None else [])
        if len(chosen) == limit:
            break
    return chosen[: max(limit, 0)]


def outlets_of(story: Story) -> frozenset[str]:
    """Outlets that report the story in words of their own; near-copies are not counted."""
    return frozenset(a.site or a.feed for a in _votes(story))


def vendor(story: Story) -> str | None:
    """Whose product the story is about: the first word of the product that most of its articles name."""
    counts: Counter[str] = Counter()
    for article in _votes(story):
        named = {fold(str(f.value)).split()[0] for f in article.facts if f.type == "product" and str(f.value).strip()}
        title = fold(article.title)
        counts.update({name: 1 + 2 * (name in title) for name in named})
    return min(counts, key=lambda name: (-counts[name], name)) if counts else None


def _rank(
    story: Story, now: datetime, feeds: Mapping[str, Feed], watch: Sequence[tuple[str, re.Pattern[str]]]
) -> Story:
    parts = (
        _topic(story), _outlets(story), _languages(story), _source(story, feeds), _severity(story, feeds),
        _recency(story, now), _watch(story, watch), _known(story, now, feeds),
    )  # fmt: skip
    why = tuple(part for part in parts if part.value > 0)
    return replace(story, rank=round(math.fsum(p.value * p.weight for p in why), 4), why=why)


def _part(name: str, value: float, *signs: RankSign) -> RankPart:
    note = ", ".join(sign.note for sign in signs)
    return RankPart(name=name, value=round(min(max(value, 0.0), 1.0), 4), weight=WEIGHTS[name], note=note, signs=signs)


def _topic(story: Story) -> RankPart:
    votes = _votes(story)
    names = sorted({name for a in votes for name in (story.labels or a.topics) if name in a.topics})
    means = {name: math.fsum(a.topics.get(name, 0.0) for a in votes) / len(votes) for name in names}
    if not means:
        return _part("topic", 0.0)
    best = min(means, key=lambda name: (-means[name], name))
    share = round(means[best], 2)
    return _part("topic", means[best], RankSign(name="topic", note=f"{best} {share:.0%}", text=best, number=share))


def _outlets(story: Story) -> RankPart:
    count, copies = len(outlets_of(story)), len(story.copies)
    signs = [RankSign(name="outlets", note=count_of(count, "outlet"), number=count)]
    if copies:
        signs.append(RankSign(name="copies", note=f"{copies} near-copies not counted", number=copies))
    # One outlet is no confirmation; the second tells most, the ninth little.
    return _part("outlets", math.log(count) / math.log(_FULL_OUTLETS), *signs)


def _languages(story: Story) -> RankPart:
    found = sorted({a.language for a in _votes(story) if a.language and a.language != "und"})
    sign = RankSign(name="languages", note=f"in {', '.join(found) or 'no known language'}", text=",".join(found))
    return _part("languages", (len(found) - 1) / (_FULL_LANGUAGES - 1), sign)


def _source(story: Story, feeds: Mapping[str, Feed]) -> RankPart:
    weighed = [(feeds[a.feed].weight if a.feed in feeds else 1.0, _name(a, feeds)) for a in _votes(story)]
    best, name = max(weighed, key=lambda pair: (pair[0], pair[1]))
    sign = RankSign(name="source", note=f"{name}, weight {best:g}", text=name, number=best)
    return _part("source", best / _FULL_WEIGHT, sign)


def _severity(story: Story, feeds: Mapping[str, Feed]) -> RankPart:
    facts = [fact for article in story.articles for fact in article.facts]
    signs: list[tuple[float, RankSign]] = []
    if scores := [float(f.value) for f in facts if f.type == "cvss" and isinstance(f.value, (int, float))]:
        sign = RankSign(name="cvss", note=f"CVSS {max(scores):g}", number=max(scores))
        signs.append(((max(scores) - 4.0) / 6.0, sign))
    if any(f.type == "kev" and f.value is not False for f in facts):
        signs.append((0.9, RankSign(name="kev", note="on the KEV list")))
    if any(f.type == "exploited" and f.value is True for f in facts):
        signs.append((0.8, RankSign(name="exploited", note="exploited")))
    if chances := [float(f.value) for f in facts if f.type == "epss" and isinstance(f.value, (int, float))]:
        sign = RankSign(name="epss", note=f"EPSS {max(chances):.0%}", number=round(max(chances), 2))
        signs.append((0.5 * max(chances), sign))
    if amount := _largest(facts):
        signs.append(amount)
    signs += _measure(story, facts, feeds)
    signs = [(value, sign) for value, sign in signs if value > 0]
    # Signs strengthen each other without ever reaching more than 1: 1 - (1 - a)(1 - b)...
    value = 1.0 - math.prod(1.0 - min(v, 0.95) for v, _ in signs)
    return _part("severity", value, *(sign for _, sign in signs))


def _largest(facts: Iterable[Fact]) -> tuple[float, RankSign] | None:
    amounts = [
        (float(f.value), f.unit or "") for f in facts if f.type == "amount" and isinstance(f.value, (int, float))
    ]
    if not amounts:
        return None
    euros, largest, unit = max((in_euros(amount, unit) or amount, amount, unit) for amount, unit in amounts)
    if euros <= _SMALL:
        return None
    value = min(math.log(euros / _SMALL) / math.log(_LARGE / _SMALL), 1.0)
    sign = RankSign(name="amount", note=f"{unit} {largest:,.0f}".strip(), text=unit, number=largest)
    return 0.8 * value, sign


def _measure(story: Story, facts: Sequence[Fact], feeds: Mapping[str, Feed]) -> list[tuple[float, RankSign]]:
    """A measure imposed, and the authority behind it: more when the authority itself is a source."""
    measure = _most_named(
        f for f in facts if f.type == "measure" and f.status in (None, "imposed", "upheld", "reduced")
    )
    if measure is None:
        return []
    signs = [(0.4, RankSign(name="measure", note=measure, text=measure))]
    if authority := _most_named(f for f in facts if f.type == "authority"):
        direct = any(feeds[a.feed].kind in _OFFICIAL for a in story.articles if a.feed in feeds)
        sign = RankSign(name="authority", note=f"by {authority}", text=authority)
        signs.append((0.3 if direct else 0.15, sign))
    return signs


def _most_named(facts: Iterable[Fact]) -> str | None:
    """What most reports read, equals by name: a single one's slip is not what the story is about."""
    counts = Counter(str(fact.value) for fact in facts)
    return min(counts, key=lambda value: (-counts[value], value), default=None)


def _recency(story: Story, now: datetime) -> RankPart:
    age = max(now - _newest(story, now), timedelta(0))
    hours = round(age / timedelta(hours=1))
    name, number = ("hours", hours) if hours < 48 else ("days", hours // 24)
    sign = RankSign(name=name, note=f"{count_of(number, name[:-1])} old", number=number)
    return _part("recency", 0.5 ** (age / _HALF_LIFE), sign)


def _known(story: Story, now: datetime, feeds: Mapping[str, Feed]) -> RankPart:
    found = [known(_votes(story), _newest(story, now)), _shown(story, feeds)]
    signs = [item for item in found if item is not None]
    if not signs:
        return _part("known", 0.0)
    value, sign = max(signs, key=lambda item: item[0])
    return _part("known", value, replace(sign, note=f"known before: {sign.note}"))


def _shown(story: Story, feeds: Mapping[str, Feed]) -> tuple[float, RankSign] | None:
    """An update on a flaw whose new reports add nothing graver than readers were shown: a patch, one outlet more."""
    before = replace(story, articles=tuple(a for a in story.articles if a.id not in story.fresh))
    if story.status != "update" or not story.fresh or not before.articles:
        return None
    facts = [fact for article in story.articles for fact in article.facts]
    if any(fact.type == "measure" for fact in facts) or not any(fact.type == "cve" for fact in facts):
        return None
    if _severity(story, feeds).value > _severity(before, feeds).value:
        return None
    return _SHOWN, RankSign(name="known_shown", note="shown on an earlier day, nothing graver is new")


def _watch(story: Story, watch: Sequence[tuple[str, re.Pattern[str]]]) -> RankPart:
    titles = "\n".join(fold(a.title) for a in story.articles[:200])
    heads = "\n".join(fold(a.text[:1500]) for a in story.articles[:200]) if watch else ""
    in_title = [word for word, pattern in watch if pattern.search(titles)]
    in_text = [word for word, pattern in watch if word not in in_title and pattern.search(heads)]
    value = 1.0 if in_title else 0.6 if in_text else 0.0
    words = ", ".join(in_title + in_text)
    return _part("watch", value, RankSign(name="watch", note=f"watch list: {words}", text=words))


def _votes(story: Story) -> list[Article]:
    """The articles that are no near-copies."""
    return [a for a in story.articles if a.id not in story.copies] or list(story.articles)


def _newest(story: Story, now: datetime) -> datetime:
    """When the latest own report appeared; undated or future ones count as seen, never as later than now."""
    moments = [m for a in _votes(story) if (m := _moment(a)) is not None]
    return min(max(moments), now) if moments else now - _HALF_LIFE


def _moment(article: Article) -> datetime | None:
    published, seen = article.published, article.first_seen
    if published is None or (seen is not None and published > seen):
        return seen
    return published


def _name(article: Article, feeds: Mapping[str, Feed]) -> str:
    return feeds[article.feed].name if article.feed in feeds else article.site or article.feed


@lru_cache(maxsize=1024)
def _pattern(word: str) -> re.Pattern[str]:
    """The word as a whole word; scripts without spaces have no word edges."""
    folded = re.escape(fold(word.strip()))
    return re.compile(rf"(?<!\w){folded}(?!\w)" if word.isascii() else folded)
