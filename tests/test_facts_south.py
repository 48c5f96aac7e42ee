"""Sanctions in the words of Spanish, Italian, Portuguese, Japanese, Turkish, Korean and Arabic papers, invented."""

from __future__ import annotations

import pytest
from facts_kit import facts, names, told, values

from pipeline.text.names import find_names
from pipeline.text.quantities import find_quantities


@pytest.mark.parametrize(
    ("language", "title", "targets"),
    [
        ("tr", "KVKK'dan Examplia'ya 2 milyon lira ceza", ["Examplia"]),
        ("tr", "BTK, Examplia’nın lisansını iptal etti", ["Examplia"]),
        ("tr", "Rusya, Examplia'yı yasakladı", ["Examplia"]),
        ("tr", "Rekabet Kurulu, Çin'e veri aktaran Examplia'ya para cezası verdi", ["Examplia"]),
        ("tr", "Ticaret Bakanlığı Examplia ve Formulix'in satışlarını askıya aldı", ["Examplia", "Formulix"]),
        ("ja", "金融庁、交換業のエグザンプルに業務停止命令", ["エグザンプル"]),
        ("ja", "総務省、エグザンプル通信の免許を取り消し", ["エグザンプル通信"]),
        ("ja", "公取委、エグザンプルとフォーミュラに課徴金", ["エグザンプル", "フォーミュラ"]),
        ("ja", "イタリア当局、対話AI「エグザンプル」の提供を禁止", ["エグザンプル"]),
        ("ko", "공정위, 이그잼플에 과징금 3억 2000만원", ["이그잼플"]),
        ("ko", "개인정보위, 이그잼플을 고발", ["이그잼플"]),
        ("es", "Examplia pierde en el Supremo: pagará la multa de 3 millones", ["Examplia"]),
        ("it", "Examplia, sanzione annullata dal Consiglio di Stato", ["Examplia"]),
        ("pt", "Examplia livra-se de coima de 2 milhões", ["Examplia"]),
        ("it", "Comune di Vallecolle ammonito per i verbali online", ["Comune di Vallecolle"]),
    ],
)  # fmt: skip
def test_whom_it_hits(language: str, title: str, targets: list[str]) -> None:
    """By case, by particle, as the one who loses, as what a participle says."""
    lead = {"it": "Lo ha deciso il Garante.", "pt": "O Tribunal da Concorrência anulou a decisão da Anacom."}

    assert names(facts(language, title, lead.get(language, "")), "target") == targets


@pytest.mark.parametrize(
    ("language", "title", "status"),
    [
        ("es", "El Gobierno vetará a Examplia en los contratos públicos", "proposed"),
        ("es", "La CNMC amenaza con multar a Examplia", "threatened"),
        ("es", "El Supremo confirma cuatro años de cárcel para Jo Doe", "upheld"),
        ("it", "Bruxelles vuole escludere Examplia dagli appalti", "proposed"),
        ("it", "Il Garante revoca il blocco di Examplia", "lifted"),
        ("pt", "Anatel pode suspender vendas da Examplia", "threatened"),
        ("pt", "STF mantém multa aplicada à Examplia", "upheld"),
        ("ja", "政府、中国製ドローンの調達禁止へ", "proposed"),
        ("ja", "東京高裁、公取委のエグザンプルへの課徴金命令を取り消し", "annulled"),
        ("tr", "Danıştay, Examplia'ya verilen cezayı iptal etti", "annulled"),
        ("tr", "Ankara 1. Sulh Ceza Hâkimliği Examplia yasağını kaldırdı", "lifted"),
        ("ko", "대법원, 이그잼플 과징금 확정", "upheld"),
        # What the one that was hit means to do, and words that only look like those of another status.
        ("es", "La AEPD multa a Examplia con 2 millones, que la firma quiere recurrir", "imposed"),
        ("es", "La AEPD multa con 9.000 euros a Examplia por fotografiar a estudiantes", "imposed"),
        ("es", "Condenan a dos años a Jo Doe en sentencia que no es firme", "imposed"),
        ("it", "Il Garante multa Examplia per trattamento illegittimo di dati", "imposed"),
        ("it", "Bankitalia revoca l’autorizzazione a Examplia", "imposed"),
        ("it", "Multa a Examplia: dati a rischio per anni", "imposed"),
        ("pt", "Anatel cassa autorização da Examplia e cita risco de fraude", "imposed"),
        ("pt", "Procon multa Examplia, mostra levantamento", "imposed"),
        ("ja", "公取委、エグザンプルに課徴金　同社は不服を申し立てる方針", "imposed"),
        ("tr", "BTK, siber tehditlere karşı önlem almayan Examplia'ya para cezası verdi", "imposed"),
    ],
)  # fmt: skip
def test_how_far_it_went(language: str, title: str, status: str) -> None:
    """Futures and modals tell of a plan; who confirms, lifts or quashes says so in his own verb."""
    assert [how for _, how in told(facts(language, title, ""))] == [status]


@pytest.mark.parametrize(
    ("language", "title", "lead"),
    [
        ("es", "Facua pide que se multe a Examplia", "La asociación ha presentado una denuncia."),
        ("es", "El Gobierno prepara multas de hasta diez millones", "El anteproyecto de ley se someterá a consulta."),
        ("es", "Bruselas abre expediente a Examplia", "De confirmarse, podría enfrentarse a una multa."),
        ("it", "Truffa del finto tecnico, in carcere due fratelli", "Il gip ha convalidato l’arresto."),
        ("it", "Il Garante multa Examplia? No, apre solo un’istruttoria", ""),
        ("pt", "Justiça ordena retirada do vídeo", "Cabe recurso, sob pena de multa."),
        ("ja", "国会、サイバー防御法を可決", "違反した企業には最大50億円の罰金を科す。"),
        ("ja", "エグザンプル、情報漏えいで謝罪　処分は未定", "同社は第三者委員会を設置した。"),
        ("tr", "Veri sızıntısı yaşayan hastaneye ceza çıkmadı", "KVKK, önlemlerin alındığına kanaat getirdi."),
    ],
)  # fmt: skip
def test_no_measure(language: str, title: str, lead: str) -> None:
    """What is asked for by others, foreseen by a law, may come of an inquiry or did not come is none."""
    found = [kind for kind, _ in told(facts(language, title, lead)) if kind in ("fine", "sentence")]

    assert found == []


@pytest.mark.parametrize(
    ("language", "title", "lead", "authority"),
    [
        ("es", "Un juzgado de Madrid condena a Examplia a indemnizar a la prensa",
         "El Juzgado de lo Penal número 5 de Getafe entiende que hubo engaño.",
         "Juzgado de lo Penal número 5 de Getafe"),
        ("pt", "Examplia vai indenizar usuários em R$ 20 milhões", "A sentença é da 9ª Vara Cível de Exemplo.",
         "9ª Vara Cível de Exemplo"),
        ("it", "Poste dovrà risarcire 18mila euro alla cliente", "Lo ha deciso il Giudice di pace di Lecce.",
         "Giudice di pace di Lecce"),
        ("tr", "Examplia'ya erişim engeli", "Ankara 10. Sulh Ceza Hakimliği, Examplia hakkında engelleme kararı verdi.",
         "Ankara 10. Sulh Ceza Hakimliği"),
        ("ja", "個人情報保護委、デジタル庁に行政指導", "", "PPC"),
    ],
)  # fmt: skip
def test_who_decided(language: str, title: str, lead: str, authority: str) -> None:
    """The court that the lead names goes before "a court"; who is told to mend his ways did not decide."""
    assert values(facts(language, title, lead), "authority") == [authority]


def test_turkish_endings_are_no_part_of_a_name() -> None:
    """Each name of "KVKK'dan Examplia'ya" stands alone; a name of another language keeps its apostrophe."""
    assert [n.text for n in find_names("KVKK'dan Examplia'ya ceza", "tr")] == ["KVKK", "Examplia"]
    assert "O'Neill" in [n.text for n in find_names("The firm of O'Neill was fined", "en")]


@pytest.mark.parametrize(
    ("text", "language", "value", "unit"),
    [
        ("2 milyon 400 bin lira", "tr", 2_400_000, "TRY"),
        ("3 millones 200 mil pesos mexicanos", "es", 3_200_000, "MXN"),
        ("3억 2000만원", "ko", 320_000_000, "KRW"),
        ("S/ 247.500", "es", 247_500, "PEN"),
    ],
)
def test_sums_of_two_scales_are_one(text: str, language: str, value: float, unit: str) -> None:
    """Millions and the thousands behind them."""
    [quantity] = find_quantities(text, language)

    assert (quantity.value, quantity.unit) == (value, unit)
