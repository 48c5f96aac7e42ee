"""Measures told in plain wordings, which mean one only of somebody who has the power to take it."""

from __future__ import annotations

import pytest
from facts_kit import facts, told, values

from pipeline.facts.patterns import load_common, power_words, triggers


def measures(language: str, title: str, lead: str = "") -> list[object]:
    return values(facts(language, title, lead), "measure")


@pytest.mark.parametrize(
    ("language", "title", "lead", "measure"),
    [
        ("en", "Norway blocks exam chatbot", "", "ban"),
        ("en", "Watchdog orders Examplecom to waive its exit fee", "", "injunction"),
        (
            "en",
            "Examplia told to improve",
            "The inspectorate served an improvement notice on the utility.",
            "formal_notice",
        ),
        ("en", "Coder must serve eight years", "The court left the term as it was.", "sentence"),
        ("en", "Lab loses accreditation", "The regulator found copied reports.", "licence_withdrawal"),
        ("en", "Examplia settles with SEC over a late report", "", "fine"),
        ("en", "Carriers to strip Examplia gear out of the core", "The government set a date.", "ban"),
        ("fr", "La Norvège bloque une application de rencontre", "", "ban"),
        (
            "fr",
            "L'hébergeur perd son agrément",
            "Le ministère lui reproche un silence de deux mois.",
            "licence_withdrawal",
        ),
        ("fr", "Pékin rompt pour un an avec un éditeur", "", "suspension"),
        ("fr", "Fuite : l'addition grimpe à 12 millions", "Le régulateur a revu son calcul.", "fine"),
        ("fr", "Examplia devra 4 millions d'euros", "La cour d'appel a tranché.", "fine"),
        ("fr", "Le pirate prend six ans", "Le tribunal a suivi le parquet.", "sentence"),
        ("de", "Ministerium stoppt Zusammenarbeit mit Beispielwolke", "", "suspension"),
        ("de", "Reederei zahlt 310.000 Euro", "Die Datenschutzbeauftragte stellt das Verfahren ein.", "fine"),
        ("de", "Labor verliert Zulassung", "Das Bundesamt fand abgeschriebene Berichte.", "licence_withdrawal"),
        ("es", "Italia bloquea una aplicación de citas", "", "ban"),
        ("es", "La aerolínea abonará 300.000 euros", "La agencia aplicó la rebaja por pago temprano.", "fine"),
        ("it", "L'ospedale patteggia con il Garante", "", "fine"),
        ("it", "Pechino congela la collaborazione con un editore", "", "suspension"),
        ("pt", "Ministério rompe parceria com hospedeiro", "", "suspension"),
        ("nl", "Ministerie verbreekt samenwerking met uitgever", "", "suspension"),
        ("nl", "Reder schikt met toezichthouder", "", "fine"),
        ("pl", "KNF wykreśla pośrednika z rejestru", "", "licence_withdrawal"),
        ("ru", "Суд отправил взломщика в колонию", "", "sentence"),
        ("uk", "Суд засудив зламника", "", "sentence"),
        ("tr", "Kurul bankaya para cezası kesti", "", "fine"),
        ("tr", "Mahkeme siteye erişim engeli getirdi", "", "ban"),
        ("zh", "工信部要求删除三款应用", "", "formal_notice"),
        ("ja", "総務省、通信会社に業務改善を命じる", "", "formal_notice"),
        ("ko", "개인정보위, 병원에 과징금 3억 원", "", "fine"),
        ("ko", "법원, 해커에게 징역 3년", "", "sentence"),
        ("ar", "غرامة على بنك", "قررت الهيئة فرضها بعد تسريب.", "fine"),
        ("sv", "IMY utfärdar sanktionsavgift mot rederi", "", "fine"),
        ("da", "Datatilsynet indstiller bank til bøde", "", "fine"),
        ("no", "Datatilsynet gir rederi gebyr", "", "fine"),
        ("fi", "Käräjäoikeus tuomitsi hakkerin vankeuteen", "", "sentence"),
        ("cs", "Úřad udělil bance pokutu", "", "fine"),
    ],
)
def test_plain_wordings_of_a_power(language: str, title: str, lead: str, measure: str) -> None:
    """What a regulator, a court or a state does to somebody is a measure without a word of the trade."""
    assert measure in measures(language, title, lead)


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("en", "Mail filter blocks a million scams"),
        ("en", "Examplia pays $3,000 for a bug report"),
        ("en", "Examplia orders staff to change passwords"),
        ("en", "Engineer loses job after outage"),
        ("fr", "Un correctif bloque le démarrage"),
        ("fr", "L'éditeur devra publier un correctif"),
        ("fr", "Le marchand rompt avec son agence"),
        ("de", "Anbieter zahlt Prämie für Lücken"),
        ("es", "El proveedor ordena cambiar las claves"),
        ("it", "Il produttore blocca gli aggiornamenti"),
        ("nl", "Uitgever verbreekt samenwerking met reclamebureau"),
        ("zh", "公司要求员工移除插件"),
        ("ko", "보안업체, 악성 앱 차단"),
        ("tr", "Şirket hatalı güncellemeyi durdurdu"),
    ],
)
def test_plain_wordings_without_a_power(language: str, title: str) -> None:
    """The same words of a company or a program are no measure."""
    assert measures(language, title) == []


def test_words_of_the_trade_come_first() -> None:
    """A fine that the lead names says more than the title's plain words."""
    assert measures("en", "Watchdog hits Examplia hard, tells it to delete faces", "It was fined $4 million.") == [
        "fine"
    ]


def test_who_warns_is_no_power() -> None:
    """An agency that tells others to patch takes no measure against them."""
    assert measures("en", "CISA orders agencies to patch Examplesoft Desk", "The directive sets a date.") == []


@pytest.mark.parametrize(
    ("language", "title"),
    [
        ("fr", "Le forum affiche désormais une bannière"),
        ("fr", "La police saisit une somme record de la pègre"),
        ("en", "Patients file class action over leak at Examplia"),
        ("de", "Patienten reichen Sammelklage ein"),
        ("it", "Class action dei pazienti"),
    ],
)
def test_what_is_no_measure_at_all(language: str, title: str) -> None:
    """A banner, a sum and the suit of many private persons."""
    assert measures(language, title) == []


def test_every_language_of_plain_wordings_names_powers() -> None:
    """A wording could never count in a language without words for a power."""
    spoken = {language for language in load_common("measures")["languages"] if triggers(language, plain=True)}

    assert len(spoken) == 20
    assert {language for language in spoken if power_words(language) is None} == set()


@pytest.mark.parametrize(
    ("language", "title", "lead"),
    [
        ("en", "Beware of the fake fine in your inbox", "The mail asks for £200."),
        ("fr", "Attention à cette fausse amende de stationnement", "Le message réclame 35 euros."),
        ("de", "Falsche Bußgeldbescheide im Umlauf", "Die Mail verlangt 90 Euro."),
        ("ja", "偽の罰金通知に注意", ""),
        ("en", "Five tips to avoid fines", "Our checklist is free."),
        ("fr", "Pourquoi les amendes ne suffisent pas", ""),
        ("de", "Kommentar: Bußgelder allein helfen nicht", ""),
        ("zh", "评论：罚款不够", ""),
        ("fr", "La loi sur les plateformes adoptée", "Les amendes pourront atteindre dix millions."),
        ("en", "Club demands ban of Examplia app", "The association wrote an open letter."),
        ("en", "Leak at Examplia", "Experts say fines of up to 4 percent are possible."),
        ("en", "How to claim your money from the Examplia settlement", "Customers can file until May."),
        ("en", "Examplia agrees to pay $3 million to settle data breach lawsuit", "Patients had sued."),
        ("en", "Examplia offers compensation after leak", "Each customer gets a voucher."),
        ("fr", "La banque interdit à ses salariés les robots conversationnels", "Une note interne l'annonce."),
        ("de", "Versicherer verbietet Mitarbeitern fremde Dienste", ""),
        ("zh", "某公司禁止员工使用外部模型", ""),
        ("en", "Fans sue Examplia over leak", "They want their money back."),
    ],
)
def test_measures_only_spoken_of(language: str, title: str, lead: str) -> None:
    """Fraud, advice, laws, demands, what many claim together, gifts and the rules of a house are no measure taken."""
    assert measures(language, title, lead) == []


@pytest.mark.parametrize(
    ("language", "title", "lead", "measure"),
    [
        ("en", "EU fines Examplia over scam adverts", "", "fine"),
        ("en", "Examplia agrees to pay $3 million", "The attorney general settled the case.", "fine"),
        ("en", "Ministry bans staff from using Examplia", "", "ban"),
        ("en", "Examplia must compensate patients", "The court held it liable.", "damages"),
        ("fr", "La CNIL inflige une amende à un faux comparateur", "", "fine"),
        ("de", "Bußgeld für Reederei", "Die Aufsicht prüfte ein Jahr lang.", "fine"),
    ],
)
def test_measures_beside_such_words(language: str, title: str, lead: str, measure: str) -> None:
    """The same words beside somebody with the power to take the measure change nothing."""
    assert measure in measures(language, title, lead)


@pytest.mark.parametrize(
    ("language", "title", "lead"),
    [
        ("en", "Ransomware payments are banned in the public sector", "The UK government decided it."),
        ("en", "UK to introduce a ban on ransom payments", ""),
        ("fr", "Le gouvernement interdit de payer des rançons", ""),
        ("de", "Regierung verbietet Lösegeldzahlungen", ""),
    ],
)
def test_what_a_law_forbids_everybody_hits_nobody(language: str, title: str, lead: str) -> None:
    """There is nobody whom the card could name."""
    assert measures(language, title, lead) == []


@pytest.mark.parametrize(
    ("title", "measure"),
    [
        ("UK bans ransom payments to Examplia Group", "ban"),
        ("UK bans Examplia app in the public sector", "ban"),
        ("Examplia fined over ransom payments", "fine"),
    ],
)
def test_a_ban_that_names_whom_it_hits(title: str, measure: str) -> None:
    """Who may not be paid is hit, and a fine has another object."""
    assert measure in measures("en", title, "")


def test_a_deadlock_is_no_ban() -> None:
    """Nobody is kept from anything by talks that do not move; what is blocked by name is banned."""
    deadlock = "Transposition de la directive, le blocage qui dure"
    assert measures("fr", deadlock, "La Commission européenne a saisi la Cour.") == []
    assert measures("fr", "La France ordonne le blocage d'Examplia") == ["ban"]


def test_whom_a_ban_no_longer_binds() -> None:
    """An exemption lifts the ban for whom it names."""
    exempted = facts("zh", "美国政府豁免了 Examplia 的路由器", "Examplia 路由器不受 FCC 针对外国造路由器的禁令约束。")
    assert told(exempted) == [("ban", "lifted")]
    assert told(facts("zh", "FCC 对 Examplia 路由器发布禁令")) == [("ban", "imposed")]
