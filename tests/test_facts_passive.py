"""Measures that nobody is said to take: passives, nouns, and what somebody loses; and Chinese in full form."""

from __future__ import annotations

import pytest
from facts_kit import facts, names, told, values

from pipeline.facts import find_sanctions
from pipeline.text.hanzi import in_short_form


@pytest.mark.parametrize(
    ("language", "title", "lead", "measure"),
    [
        ("en", "Examplia loses its permit", "", "licence_withdrawal"),
        ("en", "Licence of payment firm Examplia revoked", "", "licence_withdrawal"),
        ("en", "Officer relieved of duty over file searches", "", "suspension"),
        ("fr", "Interdiction de vendre des puces vers la Chine", "", "export_control"),
        ("de", "Beamter nach Datenabfrage vom Dienst suspendiert", "", "suspension"),
        ("de", "Examplia darf keine Neukunden mehr aufnehmen", "So lautet die Anordnung der Finma.", "restriction"),
        ("es", "Retirada la licencia a la fintech Examplia", "", "licence_withdrawal"),
        ("it", "Sospeso dal servizio il tecnico che spiava i colleghi", "", "suspension"),
        ("pt", "Cassada a licença da Examplia", "", "licence_withdrawal"),
        ("nl", "Examplia raakt vergunning kwijt", "", "licence_withdrawal"),
        ("pl", "Upomniany szpital w Łodzi", "Decyzję wydał prezes UODO.", "formal_notice"),
        ("ru", "Доступ к сайту «Пример» ограничен", "Об этом сообщил Роскомнадзор.", "ban"),
        ("uk", "Проти компанії «Зразок» запроваджено санкції", "", "designation"),
        ("sv", "Examplia fråntas tillståndet", "", "licence_withdrawal"),
        ("da", "Hjemmesiden Eksempel skal spærres", "Retten i Aarhus har afgjort det.", "ban"),
        ("cs", "Směnárna Příklad přišla o licenci", "", "licence_withdrawal"),
        ("ko", "예시거래소, 영업 일부정지 1개월", "", "suspension"),
        ("ar", "حكم بسجن مبرمج ثلاث سنوات", "", "sentence"),
        ("zh", "私隐专员公署向例子公司送达执行通知", "", "formal_notice"),
    ],
)
def test_what_came_to_somebody_is_a_measure(language: str, title: str, lead: str, measure: str) -> None:
    """No verb says who acts; what somebody loses or gets is enough."""
    assert told(facts(language, title, lead)) == [(measure, "imposed")]


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("es", "Suspendido el servicio de atención por una caída"),
        ("nl", "Site van gemeente geblokkeerd door DDoS-aanval"),
        ("ru", "Доступ к банкомату закрыт: сбой обновления"),
        ("zh", "医院系统遭勒索软件冻结，预约暂停"),
        ("ko", "서버 장애로 거래 일시 정지된 거래소"),
        ("de", "Verbotene Passwörter: Liste der schlechtesten Kennwörter"),
    ],
)
def test_a_failure_is_no_measure(language: str, title: str) -> None:
    """The same participles tell of outages."""
    assert told(facts(language, title)) == []


@pytest.mark.parametrize(
    ("language", "title", "lead", "authority"),
    [
        ("da", "Bøde til Eksempel Kommune", "Østre Landsret fandt sagen klar.", "Østre Landsret"),
        (
            "es",
            "Queda sin efecto la multa a Examplia",
            "La Audiencia Nacional ve caducado el caso.",
            "Audiencia Nacional",
        ),
        ("nl", "Berisping voor ministerie van Defensie", "Dat heeft de toezichthouder besloten.", "toezichthouder"),
        ("pl", "Kara dla firmy Przykład", "Ogłosiło to Ministerstwo Cyfryzacji.", "Ministerstwo Cyfryzacji"),
        ("ar", "حجب تطبيق مثال", "جاء القرار من هيئة تنظيم الاتصالات.", "هيئة تنظيم الاتصالات"),
        ("zh", "例行社遭罚60万 提告败诉", "甲市高等行政法院审理后驳回请求。", "甲市高等行政法院"),
    ],
)
def test_the_lead_names_who_decided(language: str, title: str, lead: str, authority: str) -> None:
    """As what the decision is of, behind a verb of telling, or as who opens the sentence; nobody whom it hits."""
    assert names(facts(language, title, lead), "authority") == [authority]


def test_full_form_is_read_and_shown_as_printed() -> None:
    """Hong Kong and Taiwan write in full form; facts keep the article's own signs."""
    found = facts("zh", "遠方旅行社洩漏個資 遭罰60萬元", "個人資料保護委員會開罰。")

    assert told(found) == [("fine", "imposed")]
    assert values(found, "amount") == [600000.0]
    assert names(found, "measure") == ["遭罰"]
    assert all(fact.evidence is None or "遭罰" in fact.evidence.sentence or fact.type != "measure" for fact in found)
    assert find_sanctions("遠方旅行社遭罰60萬元", "", "zh")[0][0] == "fine"


@pytest.mark.parametrize(
    ("text", "language", "short"),
    [("罰款與處分", "zh", "罚款与处分"), ("罰款", "yue", "罚款"), ("罰金", "ja", "罰金"), ("fine", "zh", "fine")],
)
def test_only_chinese_is_written_in_short_form(text: str, language: str, short: str) -> None:
    """Sign for sign."""
    assert in_short_form(text, language) == short
    assert len(short) == len(text)


@pytest.mark.parametrize(
    ("language", "title", "lead", "target"),
    [
        ("sv", "Apotek får betala", "IMY beslutar om en sanktionsavgift mot Apotek Exempel AB.", "Apotek Exempel AB"),
    ],
)
def test_the_whole_name_is_hit(language: str, title: str, lead: str, target: str) -> None:
    """With the word that its form belongs to."""
    assert names(facts(language, title, lead), "target") == [target]
