"""Whether the mail uses only what mail clients understand, by the tests of caniemail.com.

    python bench/mail_lint.py --data DIR [--all]

DIR holds caniemail's `features.json` (hteumeuleu/caniemail, MIT). Every element, attribute, CSS property and unit of
the rendered sample mail is looked up in the newest tested version of every platform of the clients below. "n" (not
supported) is a finding unless ACCEPTED says what the reader loses there, which must be nothing he needs. Exit status 1
on a finding.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections.abc import Iterable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

#: Families of caniemail that our readers use; the others are reported with --all.
CLIENTS = (
    "gmail", "outlook", "apple-mail", "yahoo", "thunderbird", "samsung-email", "protonmail", "laposte", "orange", "sfr",
    "free-fr", "web-de", "gmx", "t-online-de", "ionos-1and1",
)  # fmt: skip

#: Feature -> what happens where it is missing, and why that is all right.
ACCEPTED = {
    "css-at-media": "the one fluid column already fits a phone; only paddings and the title's size follow the screen",
    "css-at-media-prefers-color-scheme": "the light colours stay, or the client darkens them itself",
    "css-max-height": "only hides the preview line a second time",
    "css-overflow": "only hides the preview line a second time",
    "css-display-none": "the preview line then shows in the colour and size of the background",
    "css-important": "belongs to the @media rules only",
    "html-meta-color-scheme": "a hint; the dark rules do not need it",
    "html-style": "holds the @media rules only, everything else is inlined",
    "html-anchor-links": "the list of headlines is still a list, only without jumps",
    "html-role": "screen readers then announce layout tables",
    "html-dir": "the style says the direction too",
    "html-lang": "screen readers then use the reader's own voice",
    "html-body": "the outer table carries background and direction too",
    "css-white-space": "an identifier may then be broken at its hyphens, as without it",
    "css-text-decoration": "the links keep their colour",
}

_PART = re.compile(r"-(top|right|bottom|left)(-(color|style|width))?$")
_CSS_NAMES = {"border-color": "border", "border-style": "border", "border-width": "border", "font-family": "font"}
_UNITS = {"px": "css-unit-px", "%": "css-unit-percent", "em": "css-unit-em", "rem": "css-unit-rem"}
_ATTRIBUTES = {
    "lang",
    "dir",
    "role",
    "align",
    "valign",
    "width",
    "height",
    "cellpadding",
    "cellspacing",
    "background",
    "target",
}
_ELEMENTS = {**{f"h{level}": "html-h1-h6" for level in range(1, 7)}, "td": "html-table", "tr": "html-table"}


class Used(HTMLParser):
    """Collects what a mail uses, as names of caniemail features."""

    def __init__(self) -> None:
        super().__init__()
        self.features: set[str] = set()
        self._is_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.features.add(_ELEMENTS.get(tag, f"html-{tag}"))
        self._is_style = tag == "style"
        for name, value in attrs:
            if name == "style":
                self.features |= css_features(value or "")
            elif name in _ATTRIBUTES:
                self.features.add(f"html-{name}")
            elif name == "href" and (value or "").startswith("#"):
                self.features.add("html-anchor-links")
            elif name == "name" and value == "color-scheme":
                self.features.add("html-meta-color-scheme")

    def handle_endtag(self, tag: str) -> None:
        self._is_style = self._is_style and tag != "style"

    def handle_data(self, data: str) -> None:
        if self._is_style:
            self.features.add("css-at-media")
            if "prefers-color-scheme" in data:
                self.features.add("css-at-media-prefers-color-scheme")
            for block in re.findall(r"\{([^{}]*)\}", data):
                self.features |= css_features(block)

    def handle_comment(self, data: str) -> None:
        if not data.startswith("[if mso]"):
            self.features.add("html-comments")


def css_features(declarations: str) -> set[str]:
    """Features of "property: value; …"."""
    found = set()
    for declaration in declarations.split(";"):
        name, _, value = declaration.partition(":")
        name = name.strip().lower()
        if not name or name.startswith("mso-"):
            continue
        stem = _PART.sub("", name)
        found.add(f"css-{_CSS_NAMES.get(stem, stem)}")
        if "!important" in value:
            found.add("css-important")
        if name == "display" and "none" in value:
            found.add("css-display-none")
        found |= {_UNITS[unit] for unit in re.findall(r"\d(px|%|em|rem)\b", value)}
    return found


def used_features(html: str) -> set[str]:
    """All features of a rendered mail."""
    parser = Used()
    parser.feed(html)
    return parser.features


def lint(html: str, features: Iterable[Mapping[str, Any]], clients: Iterable[str]) -> list[tuple[str, str, str]]:
    """Return (feature, verdict, where): "n" missing, "a" partly, "-" not in the data; "y" is left out."""
    known = {feature["slug"]: feature for feature in features}
    wanted = set(clients)
    rows = []
    for name in sorted(used_features(html)):
        feature = known.get(name)
        if feature is None:
            rows.append((name, "-", "caniemail has no page about it"))
            continue
        verdicts: dict[str, list[str]] = {}
        for family, platforms in feature["stats"].items():
            if family not in wanted:
                continue
            for platform, versions in platforms.items():
                newest = list(versions.values())[-1] if versions else "u"
                verdicts.setdefault(newest[:1], []).append(f"{family} {platform}{newest[1:]}")
        rows += [(name, verdict, ", ".join(sorted(verdicts[verdict]))) for verdict in "na" if verdict in verdicts]
    return rows


def main() -> int:
    """Print the table; 1 when a feature is missing somewhere and nobody said that this is all right."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--all", action="store_true", help="report every client, and what is supported in part")
    arguments = parser.parse_args()
    sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))
    from sample_edition import sample

    from pipeline.render import render

    path = next(
        path for path in (arguments.data / "features.json", arguments.data / "caniemail/features.json") if path.exists()
    )
    features = json.loads(path.read_text(encoding="utf-8"))["features"]
    families = {family for feature in features for family in feature["stats"]}
    html = "".join(
        render(sample(tag), "mail", unsubscribe_url="https://digest.example/u/1") for tag in ("en", "fr", "ar")
    )
    rows = lint(html, features, families if arguments.all else CLIENTS)
    findings = [row for row in rows if row[1] == "n" and row[0] not in ACCEPTED]
    for name, verdict, where in rows:
        if verdict == "n" or arguments.all:
            note = f"\n    accepted: {ACCEPTED[name]}" if name in ACCEPTED else ""
            print(f"{verdict} {name}: {where}{note}")
    unused = sorted(set(ACCEPTED) - {name for name, verdict, _ in rows if verdict == "n"})
    print(f"{len(used_features(html))} features used, {len(findings)} findings")
    print(f"not needed in ACCEPTED: {', '.join(unused) or '-'}")
    return 1 if findings else 0


if __name__ == "__main__":
    raise SystemExit(main())
