"""What a report tells of earlier cases, other sums and other years is not the story's."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from facts_kit import facts, names, values

from pipeline.text.background import is_background

TODAY = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "In 2024, the watchdog had fined another shop."),
        ("en", "Last spring a rival settled for less."),
        ("fr", "Fin 2024, l’autorité avait sanctionné un autre groupe."),
        ("fr", "Un opérateur avait payé dans une autre procédure."),
        ("de", "Im Vorjahr hatte die Behörde drei Firmen gerügt."),
        ("es", "En 2023 otra cadena pagó más."),
        ("it", "Nel 2022 un altro ateneo era stato multato."),
        ("pt", "No ano passado, o órgão barrou outro aplicativo."),
        ("nl", "Eerder dit jaar kreeg een concurrent een boete."),
        ("pl", "W 2023 r. zapłacił inny bank."),
        ("ru", "Двумя годами ранее оштрафовали другую сеть."),
        ("uk", "Торік оштрафували іншу мережу."),
        ("cs", "Loni v dubnu úřad potvrdil jinou pokutu."),
        ("sv", "I fjol fick en annan kedja betala."),
        ("tr", "2021'de başka bir şirkete ceza kesilmişti."),
        ("zh", "2023年，另一家公司被罚。"),
        ("ja", "2022年には別の会社が命令を受けた。"),
        ("ko", "2년 전 다른 업체가 과징금을 냈다."),
        ("ar", "وفي 2021 غرمت الهيئة شركة أخرى."),
    ],
)
def test_sentence_that_opens_in_the_past_looks_back(language: str, sentence: str) -> None:
    """A year before that of the publication, or a word for it, heads what is told of before."""
    assert is_background(sentence, language, TODAY.date())


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "In 2026, the watchdog will look at shops."),
        ("en", "The firm fined in November has 2024 employees."),
        ("de", "Die Behörde verhängte 2026 ein Bußgeld."),
        ("tr", "2026'da yürürlüğe giren karar şirketi vurdu."),
        ("zh", "2026年，该公司被罚。"),
        ("cs", "Úřad uložil pokutu v listopadu 2026."),
    ],
)
def test_sentence_of_this_year_is_news(language: str, sentence: str) -> None:
    """The year of the publication is no other year."""
    assert not is_background(sentence, language, TODAY.date())


@pytest.mark.parametrize(
    ("language", "title", "lead"),
    [
        ("tr", "Kurul, Pazarlio'ya para cezası verdi", "Karar kesin değil. 2021'de rakibi 296 milyon lira ödemişti."),
        ("fr", "La Cnil inflige une amende à Panierix", "Elle est publique. En 2023, Lidex avait payé 3 millions."),
        ("sv", "IMY ger Kortborg sanktionsavgift", "Den kan överklagas. I fjol fick Lappen betala 12 miljoner kronor."),
    ],
)  # fmt: skip
def test_sum_of_another_case_is_none(language: str, title: str, lead: str) -> None:
    """Where only an earlier case has a sum, the fine of the day has none."""
    found = facts(language, title, lead, published=TODAY)
    assert values(found, "measure") == ["fine"]
    assert values(found, "amount") == []


@pytest.mark.parametrize(
    ("language", "title", "lead", "product"),
    [
        ("ko", "공유기 '빛나래 300'에 취약점", "빛나래 300은 비밀번호를 묻지 않는다.", "빛나래 300"),
        ("uk", "Вразливість у роутерах Мережник", "Виробник Кабельсвіт усунув помилку.", "Мережник"),
        ("cs", "Zranitelnost v redakčním systému Novinář", "Chyba je opravena ve verzi 3.1.", "Novinář"),
        ("pl", "Luka w serwerach pocztowych Listonosz", "Producent Belco wydał poprawkę.", "Listonosz"),
    ],
)
def test_product_by_what_it_is(language: str, title: str, lead: str, product: str) -> None:
    """What a thing is stands in front of its name, also where there are several and the maker has another."""
    assert product in names(facts(language, title, lead, published=TODAY), "product")


@pytest.mark.parametrize(
    ("language", "title", "lead", "sums"),
    [
        ("ar", "هيئة المنافسة تغرم شركة «سند» 3 ملايين ريال", "", [(3_000_000.0, "SAR")]),
        ("uk", "АМКУ оштрафував банк «Промінь» на 35 млн грн", "", [(35_000_000.0, "UAH")]),
        ("zh", "金管会罚晨星电信新台币250万元", "", [(2_500_000.0, "TWD")]),
        ("ko", "개인정보위, 한입배달에 과징금 5억원", "과징금 5억2300만원과 과태료 900만원을 부과했다.",
         [(523_000_000.0, "KRW"), (9_000_000.0, "KRW")]),
        ("zh", "上海网信办对晨星酒店罚款80万元", "上海市网信办罚款80万元，对主管王某罚款8万元。",
         [(800_000.0, "CNY"), (80_000.0, "CNY")]),
        ("ja", "不正送金の男に懲役3年、罰金80万円　大阪地裁", "懲役3年、罰金80万円（求刑罰金200万円）を言い渡した。",
         [(800_000.0, "JPY")]),
    ],
)  # fmt: skip
def test_sums_as_they_are_written(language: str, title: str, lead: str, sums: list[tuple[float, str]]) -> None:
    """Currencies in their own words, a second fine beside the first, and what a title cuts short in full."""
    found = facts(language, title, lead, published=TODAY)
    assert [(fact.value, fact.unit) for fact in found if fact.type == "amount"] == sums


@pytest.mark.parametrize(
    ("language", "title", "lead", "told"),
    [
        ("de", "Verwaltungsgericht Köln kippt Anordnung", "Die Behörde hatte Sternzeit untersagt, Daten zu verkaufen.",
         [("ban", "annulled")]),
        ("it", "Il Tar sospende lo stop di Agcom a Calciolibero", "Una rivale fu colpita da una multa di 14 milioni.",
         [("ban", "lifted")]),
        ("pl", "Pięć lat więzienia", "Sąd w Łodzi skazał Jana K. Musi też oddać pokrzywdzonym 640 tys. zł.",
         [("sentence", "imposed"), ("damages", "imposed")]),
        ("en", "Treasury blacklists firms", "OFAC added Banyan Resorts to its list of specially designated nationals.",
         [("designation", "imposed")]),
    ],
)  # fmt: skip
def test_what_was_done_as_the_lead_has_it(language: str, title: str, lead: str, told: list[tuple[str, str]]) -> None:
    """A decision that a court undoes, a suspended stop, what somebody has to pay back, and which list it was."""
    found = facts(language, title, lead, published=TODAY)
    assert [(fact.value, fact.status) for fact in found if fact.type == "measure"] == told
