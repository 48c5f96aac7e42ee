"""Names that texts give to flaws and malware are found in every language; names of people and tools are not."""

from __future__ import annotations

import pytest

from pipeline.text.hints import hints
from pipeline.text.nicknames import _words, find_nicknames


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Researchers published an exploit dubbed Rusty Anchor on Monday.", ["Rusty Anchor"]),
        ("They published an exploit dubbedRustyAnchor on Monday.", ["RustyAnchor"]),
        ("Gannet Mail 'RustyAnchor' zero-day gives full rights", ["RustyAnchor"]),
        ("The two vulnerabilities, named PaleTern and GreyAuk, are open.", ["PaleTern"]),
        ("La faille, baptisée « RustyAnchor », touche toutes les versions.", ["RustyAnchor"]),
        ("Die Sicherheitslücke namens RustyAnchor betrifft alle Versionen.", ["RustyAnchor"]),
        ("El fallo, bautizado como RustyAnchor, afecta a todos.", ["RustyAnchor"]),
        ("La vulnerabilità, soprannominata RustyAnchor, colpisce tutti.", ["RustyAnchor"]),
        ("A falha, apelidada de RustyAnchor, afeta todos.", ["RustyAnchor"]),
        ("Het lek, gedoopt RustyAnchor, treft iedereen.", ["RustyAnchor"]),
        ("Podatność nazwana RustyAnchor dotyczy wszystkich.", ["RustyAnchor"]),
        ("该漏洞被命名为“RustyAnchor”，影响所有版本。", ["RustyAnchor"]),
    ],
)
def test_names_given_to_flaws_are_found(text: str, names: list[str]) -> None:
    assert [found.name for found in find_nicknames(text)] == names


@pytest.mark.parametrize(
    "text",
    ["The company named Ada Gull as its director.", "Elle a été nommée Directrice du port.", "dubbed", "",
     "Gannet Mail closes a flaw in its \"Drafts\" folder."],
)  # fmt: skip
def test_other_names_are_none(text: str) -> None:
    assert find_nicknames(text) == []


def test_every_word_that_gives_a_name_can_be_ruled_out_without_a_search() -> None:
    """One pattern without opening letters would make every text be searched."""
    for kind in ("dubbed", "called"):
        for word in _words()[kind]:
            assert hints([word]), word
