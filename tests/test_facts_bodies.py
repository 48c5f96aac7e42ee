"""Who decided, by what he is: courts by city, ministers and governors by land, councils, seats of governments."""

from __future__ import annotations

import pytest
from facts_kit import facts, names, values

from pipeline.facts.actors import authority_id


@pytest.mark.parametrize(
    ("language", "title", "lead", "authority"),
    [
        ("de", "Hessens Innenminister verbietet Beispielrouter", "", "Hessens Innenminister"),
        (
            "de",
            "App muss Patientendaten offline nehmen",
            "Am Montag hat das Oberlandesgericht Celle der Beispiel UG untersagt, sie zu zeigen.",
            "Oberlandesgericht Celle",
        ),
        ("en", "Norway's Digital Affairs Minister bans Examplia", "", "Norway's Digital Affairs Minister"),
        ("en", "Clerk convicted of selling logins", "A federal jury found her guilty.", "federal jury"),
        (
            "es",
            "Chile prohíbe Examplia",
            "Lo ordena un decreto publicado por la Secretaría de Gobierno Digital.",
            "Secretaría de Gobierno Digital",
        ),
        ("pt", "Estado proíbe câmaras Examplia", "O governador do Texas assinou o decreto.", "governador do Texas"),
        ("fr", "Examplia : amende confirmée", "La haute juridiction a rejeté le recours.", "haute juridiction"),
        ("it", "Palazzo Chigi vieta Examplia", "", "Palazzo Chigi"),
        ("ja", "例示コインに業務停止命令", "九州財務局は例示コインに3カ月の業務停止を命じた。", "九州財務局"),
        ("ja", "学習塾に賠償命令", "流出を巡る訴訟の判決で、京都地裁は学習塾に百万円の支払いを命じた。", "京都地裁"),
        ("zh", "某家政平台被罚20万元", "记者从杭州市网信办获悉,该平台泄露住址,被罚款20万元。", "杭州市网信办"),
        ("zh", "新西兰禁止公务设备使用示例软件", "新西兰内政部周一发布指令,要求卸载。", "新西兰内政部"),
        ("nl", "Sanctie van tafel", "Het Marktenhof te Brussel heeft de boete van Examplia vernietigd.", "Marktenhof"),
        (
            "uk",
            "Уряд Examplia не вберіг",
            "Антимонопольний комітет наклав штраф на Examplia.",
            "Антимонопольний комітет",
        ),
        (
            "ru",
            "Штраф с «Примера» сняли",
            "Арбитражный суд Тверской области отменил штраф в 50 тысяч рублей.",
            "Арбитражный суд Тверской области",
        ),
        (
            "nl",
            "AP beboet Examplia",
            "De Autoriteit Persoonsgegevens legt 5.000 euro boete op.",
            "Autoriteit Persoonsgegevens",
        ),
    ],
)
def test_a_body_is_named_by_what_it_is(language: str, title: str, lead: str, authority: str) -> None:
    """In the words of the text that name it best."""
    assert names(facts(language, title, lead), "authority") == [authority]


@pytest.mark.parametrize(
    ("head", "body"),
    [
        ("la présidente de la CNIL", "CNIL"),
        ("Prezes UODO", "UODO"),
        ("Předseda Úřadu pro ochranu osobních údajů", "ÚOOÚ"),
    ],
)
def test_who_heads_a_body_speaks_for_it(head: str, body: str) -> None:
    """Both are one authority."""
    assert authority_id(head) == authority_id(body)


def test_a_prosecutor_asks_also_where_many_words_part_him_from_the_term() -> None:
    """The term is only proposed, and is his."""
    lead = "Прокуратура запросила для бывшего администратора банка «Пример» Павла Орлова шесть лет лишения свободы."
    found = facts("ru", "Шесть лет за продажу базы: прения сторон", lead)

    assert [fact.status for fact in found if fact.type == "measure"] == ["proposed"]
    assert values(found, "authority") == ["Прокуратура"]
