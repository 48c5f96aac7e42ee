"""What the topics are trained on: items of the data folder with labels by url, headlines of our own, weak sets."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from html import unescape
from pathlib import Path

from stream_items import read_lines, read_rows

from pipeline.tables import read_table

LABELS = Path(__file__).resolve().parent / "labels" / "topics-extra.jsonl"
#: Headlines and leads written for this purpose: languages the streams lack, wordings they hold too few of.
OWN_WORDS = LABELS.with_name("topics-own-words.jsonl")
#: Fines, bans and convictions of other fields, and ours in the same wordings: which measures are of the field.
ELSEWHERE = LABELS.with_name("topics-elsewhere.jsonl")
OWN_WEIGHT = 1.0
#: The case cyberdigest is made for, a flaw's disclosure punished, is too rare in the streams to be learned from them.
BOTH_WEIGHT = 3.0
WEAK_WEIGHT = 0.15
PATTERNS = LABELS.with_name("topics-patterns.toml")
PATTERN_WEIGHT = 0.2
#: How many items of the streams that nobody read are taken for self-training.
UNREAD = 4500
#: Of what a feed or page tells, the first characters are the lead.
LEAD = 380
#: The streams, in the order in which the first of two with one url counts.
STREAMS = ("veille-fr", "vigilintel", "s33r", "zh-en", "newsdatahub")
SEED = 20261123


@dataclass(frozen=True)
class Item:
    """One training text; `strong` items (read by a person) and own words are cross-validated, weak ones are not."""

    key: str
    title: str
    lead: str
    labels: tuple[int, int]
    weight: float
    strong: bool
    lang: str | None = None
    #: One of ELSEWHERE.
    is_elsewhere: bool = False

    @property
    def is_own(self) -> bool:
        """Written for this purpose."""
        return self.key.startswith("own:")


def stream_items(data: Path) -> dict[str, Item]:
    """url -> every item of the unlabelled streams, as yet without a label; of one url the first."""
    found: dict[str, Item] = {}
    for row in read_rows(data, STREAMS):
        # As the pipeline serves them, whatever entities the streams left in.
        title, lead = unescape(row.title), unescape(" ".join(row.parts))[:LEAD]
        found.setdefault(row.url, Item(row.url, title, lead, (0, 0), 0.0, False, row.language))
    return found


def training_items(data: Path) -> list[Item]:
    """Everything trained on, in a fixed order, without what topics-gold holds."""
    items = [
        Item(
            r["url"],
            r["title"],
            r["lead"],
            (r["disclosure"], r["sanction"]),
            0.6 if r["unsure"] else 1.0,
            True,
            r["lang"],
        )
        for r in read_lines(data / "topics-train/items.jsonl")
    ]
    known = {item.key for item in items}
    stream = stream_items(data)
    for row in read_lines(LABELS) if LABELS.exists() else []:
        if row["url"] in stream and row["url"] not in known:
            labels = (row["disclosure"], row["sanction"])
            weight = 0.6 if row.get("unsure") else 1.0
            items.append(replace(stream[row["url"]], labels=labels, weight=weight, strong=True))
    for row in read_lines(OWN_WORDS):
        labels = (row["disclosure"], row["sanction"])
        weight = OWN_WEIGHT * (BOTH_WEIGHT if all(labels) else 1.0)
        items.append(Item(f"own:{row['title']}", row["title"], row["lead"], labels, weight, False, row["lang"]))
    for row in read_lines(ELSEWHERE):
        labels = (row["disclosure"], row["sanction"])
        key = f"own:{row['title']}"
        items.append(Item(key, row["title"], row["lead"], labels, OWN_WEIGHT, False, row["lang"], True))
    items += pattern_items()
    items += weak_items(data)
    cve_pages = sorted(url for url, item in stream.items() if item.title.startswith("CVE-"))
    items += [replace(stream[url], labels=(1, 0), weight=WEAK_WEIGHT) for url in cve_pages[::4]]
    return _not_held(items, data)


def _not_held(items: list[Item], data: Path) -> list[Item]:
    """The items that topics-gold does not hold, by url and by title."""
    gold = read_lines(data / "topics-gold/items.jsonl")
    held = {row["url"] for row in gold} | {row["title"].strip().casefold() for row in gold}
    held.discard("")
    return [i for i in items if i.key not in held and i.title.strip().casefold() not in held]


def unread_items(data: Path, read: list[Item]) -> list[Item]:
    """Items of the streams without a label, drawn by chance; nothing that was read, nothing topics-gold holds."""
    known = {item.key for item in read}
    items = [item for url, item in sorted(stream_items(data).items()) if url not in known]
    open_items = _not_held(items, data)
    return random.Random(SEED).sample(open_items, min(UNREAD, len(open_items)))


def pattern_items() -> list[Item]:
    """Plain headlines from patterns, each filled three times."""
    draw = random.Random(SEED)
    found: dict[str, Item] = {}
    tables: dict[str, dict[str, list[str]]] = read_table(PATTERNS)
    for lang, table in tables.items():
        for kind in ("sanction", "neither"):
            for pattern in table[kind] * 3:
                title = pattern.format(**{name: draw.choice(values) for name, values in table.items() if values})
                title = title[0].upper() + title[1:]
                labels = (int(any(word in title for word in table["flaws"])), int(kind == "sanction"))
                found[title] = Item(f"pattern:{title}", title, "", labels, PATTERN_WEIGHT, False, lang)
    return list(found.values())


def weak_items(data: Path) -> list[Item]:
    """Items labelled by where they come from."""
    items: list[Item] = []
    items += [
        Item(row["url"], row["title"], row["summary"] or "", (1, 0), WEAK_WEIGHT, False, "fr")
        for row in read_lines(data / "certfr-advisories/advisories.jsonl.gz")[::15]
    ]
    for row in read_lines(data / "gdpr-fines/enforcementtracker.jsonl")[::9]:
        if row["fine_eur"]:
            title = f"{row['authority']}: {row['controller']}"[:120]
            items.append(
                Item(f"gdpr:{row['id']}", title, (row["summary"] or "")[:LEAD], (0, 1), WEAK_WEIGHT, False, "en")
            )
    for pair in read_lines(data / "semeval2022-news-similarity/pairs.jsonl"):
        title, _, lead = pair["text1"].partition("\n")
        items.append(
            Item(f"semeval:{pair['pair_id']}", title[:200], lead[:LEAD], (0, 0), WEAK_WEIGHT, False, pair["lang1"])
        )
    for row in read_lines(data / "casie-events/docs.jsonl"):
        labels = row["labels"]
        flaws = labels.get("DiscoverVulnerability", 0) + labels.get("PatchVulnerability", 0)
        other = sum(labels.values()) - flaws
        if flaws >= 3 and flaws > 2 * other:
            items.append(
                Item(row["url"] or row["id"], row["title"] or "", row["text"][:LEAD], (1, 0), WEAK_WEIGHT, False, "en")
            )
    return items
