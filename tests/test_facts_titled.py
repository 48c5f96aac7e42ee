"""The product of a title in languages that put what it is in front of its name, give it a model number or a case."""

from __future__ import annotations

import pytest
from facts_kit import facts, values

#: A sentence in each language that tells of a fix or of none, so that the title is about a flaw.
TOLD = {
    "de": "Ein Update behebt das Problem.",
    "nl": "Een update verhelpt het probleem.",
    "sv": "Felet har åtgärdats.",
    "es": "Aún no hay parche.",
    "pt": "A empresa corrigiu a falha.",
    "it": "La falla è stata corretta.",
    "pl": "Producent usunął błąd.",
    "ru": "Производитель устранил уязвимость.",
    "tr": "Üretici açığı kapattı.",
    "ja": "開発元は脆弱性を修正した。",
    "en": "The maker has fixed the flaw.",
    "fr": "L'éditeur a corrigé la faille.",
}


@pytest.mark.parametrize(
    ("language", "title", "name"),
    [
        ("de", "Herzpumpe Kardex 40 lässt sich aus der Ferne anhalten", "Kardex 40"),
        ("nl", "Gluren via babyfoon Wiegje 3", "Wiegje 3"),
        ("nl", "Boekklaar-app toonde andermans afspraken", "Boekklaar"),
        ("sv", "Låset Portal X9 öppnades med en magnet", "Portal X9"),
        ("es", "Cerraduras Portex L7 se abren con un imán", "Portex L7"),
        ("es", "La bomba de insulina Glucor 5 obedece a extraños", "Glucor 5"),
        ("pt", "Fechadura Trancol abre com ímã", "Trancol"),
        ("it", "Telecamere Vedix 200 visibili a tutti", "Vedix 200"),
        ("it", "Il termostato Caldor si lascia comandare da chiunque", "Caldor"),
        ("pl", "Sterowniki Elmaks E12 można zatrzymać zdalnie", "Elmaks E12"),
        ("pl", "W aplikacji Notatnix każdy czytał cudze notatki", "Notatnix"),
        ("ru", "Камеры Видок К5 показывали чужие дома", "Видок К5"),
        ("ru", "В библиотеке fastjpeg дыра", "fastjpeg"),
        ("tr", "Kapıcı K2 akıllı kilidi mıknatısla açılıyor", "Kapıcı K2"),
        ("tr", "Defterim’deki hata notları herkese gösterdi", "Defterim"),
        ("ja", "電子錠「カギオ2」、磁石で開く", "カギオ2"),
        ("en", "Examplesoft EX-90 opens with a magnet", "Examplesoft EX-90"),
        ("fr", "La serrure Portex L7 s'ouvre avec un aimant", "Portex L7"),
    ],
)
def test_a_title_names_the_product(language: str, title: str, name: str) -> None:
    """What the thing is belongs not to its name, its number does."""
    assert values(facts(language, title, TOLD[language]), "product") == [name]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("de", "Forscher zeigten den Angriff auf der Pwn2Own"),
        ("nl", "Onderzoekers uit Zwolle vinden gat"),
        ("es", "Fallo se explota ya en América Latina"),
        ("pt", "Fechaduras Vigilar abrem com ímã"),
        ("pl", "Badacze z grupy APT28 wracają"),
        ("ru", "Компания «Примерсофт» рассказала об ошибке"),
        ("tr", "Bebek kamerası yabancılara görüntü gönderdi"),
        ("ja", "大学生が「誰でも見られた」と話す"),
        ("en", "Debit cards are vulnerable to guessing"),
    ],
)
def test_a_title_names_no_product(language: str, title: str) -> None:
    """Contests, places, crews, firms, nouns at the beginning, and what somebody said."""
    assert values(facts(language, title, TOLD[language]), "product") == []
