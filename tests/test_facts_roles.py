"""Who asks, who decides and who is hit, in sentences that put them elsewhere than English does."""

from __future__ import annotations

import pytest
from facts_kit import facts, names, told


@pytest.mark.parametrize(
    ("language", "title", "authority", "target"),
    [
        ("en", "Prosecutors seek five years for clinic hacker", "Prosecutors", "clinic hacker"),
        ("fr", "Le procureur requiert cinq ans contre le pirate de la clinique", "procureur", "pirate de la clinique"),
        ("fr", "Écoutes : quatre ans requis par le parquet contre Jean Exemple", "parquet", "Jean Exemple"),
        ("de", "Staatsanwaltschaft fordert fünf Jahre für Klinik-Hacker", "Staatsanwaltschaft", "Klinik-Hacker"),
        ("es", "La Fiscalía pide para los acusados siete años", "Fiscalía", "acusados"),
        ("it", "Il pm chiede cinque anni per l'hacker della clinica", "pm", "hacker della clinica"),
        ("pt", "Ministério Público pede cinco anos para hacker da clínica", "Ministério Público", "hacker da clínica"),
        ("nl", "OM eist vijf jaar tegen ziekenhuishacker", "OM", "ziekenhuishacker"),
        ("zh", "检方对黑客求刑五年", "检方", "黑客"),
    ],
)
def test_a_demand_needs_no_prison(language: str, title: str, authority: str, target: str) -> None:
    """A term that is only asked for is proposed by who asks, also where no prison is named."""
    found = facts(language, title, "")

    assert told(found) == [("sentence", "proposed")]
    assert names(found, "authority") == [authority]
    assert names(found, "target") == [target]


def test_any_of_a_kind_decides_nothing() -> None:
    """ "Each administration" is no authority."""
    found = facts("zh", "天桥应用被通报下架", "各通信管理局积极开展监督检查。")

    assert names(found, "authority") == []


def test_who_risks_a_measure_takes_none() -> None:
    """ "La France risque": whom it threatens."""
    found = facts("fr", "La France risque des sanctions européennes", "")

    assert names(found, "authority") == []


def test_what_had_been_asked_for_is_not_what_was_given() -> None:
    """A sentence beside an earlier demand is imposed."""
    found = facts("fr", "Trois ans de prison pour le pirate, cinq avaient été requis")

    assert told(found) == [("sentence", "imposed")]


@pytest.mark.parametrize(
    ("language", "title", "text", "authority"),
    [
        ("de", "Hacker verurteilt", "Das Landgericht Altstadt am Freitag sprach das Urteil.", "Landgericht Altstadt"),
        ("de", "Haft für Hacker", "Das Altstädter Landgericht verhängte drei Jahre Haft.", "Altstädter Landgericht"),
        ("es", "Condenados dos piratas", "Fueron condenados por un tribunal británico a dos años de cárcel.",
         "tribunal británico"),
        ("it", "Confermate le multe inflitte a Examplia", "Il TAR Lazio ha respinto il ricorso.", "TAR Lazio"),
        ("pl", "Uchylenie kary dla Examplia",
         "Naczelny Sąd Administracyjny w całości uchylił karę w wysokości 2,8 miliona złotych.",
         "Naczelny Sąd Administracyjny"),
        ("ru", "Examplia оштрафована", "Мировой судья Заречного района Нового оштрафовал Examplia на 3 млн рублей.",
         "Мировой судья Заречного района Нового"),
        ("en", "Botnet keeper sentenced to three years in prison", "U.S. District Judge Ada Sample set the term.",
         "U.S. District Judge Ada Sample"),
        ("nl", "Hagenaar krijgt drie jaar cel", "De aanvallen duurden lang, aldus de rechtbank.", "rechtbank"),
        ("pt", "Examplia é multada em R$ 6 milhões",
         "A Senacon (Secretaria), vinculada ao Ministério da Justiça, aplicou uma multa de R$ 6 milhões à Examplia.",
         "Senacon"),
    ],
)  # fmt: skip
def test_the_body_that_decided(language: str, title: str, text: str, authority: str) -> None:
    """Courts with an origin, a day or a district; never the ministry that a body belongs to."""
    assert names(facts(language, title, text), "authority") == [authority]


def test_whose_law_was_broken_decides_nothing() -> None:
    """ "因违反欧盟…规则": the union is whose law it is, the commission decides."""
    found = facts(
        "zh", "示例公司被罚3亿欧元", "爱尔兰数据保护委员会表示，示例公司因违反欧盟数据保护规则被处以3亿欧元罚款。"
    )

    assert names(found, "authority") == ["爱尔兰数据保护委员会"]


def test_a_participle_is_no_court() -> None:
    """ "juzgado como": somebody was tried; no court is named."""
    found = facts("es", "Un hacker, condenado a dos años de prisión", "Jo Doe, juzgado como autor, aceptó la pena.")

    assert names(found, "authority") == []


@pytest.mark.parametrize(
    ("language", "title", "text", "targets"),
    [
        ("de", "Urteil gefallen",
         "Das Landgericht Altstadt hat einen 29-jährigen Briten wegen Sabotage zu einem Jahr Haft verurteilt.",
         ["29-jährigen Briten"]),
        ("nl", "Uitspraak", "De rechtbank in Oosterstad heeft een 22-jarige man veroordeeld tot drie jaar cel.",
         ["22-jarige man"]),
        ("nl", "240 dagen cel voor aanval",
         "De Oosterstadse hacker Jan Piet K. is door de rechtbank veroordeeld tot een gevangenisstraf van 240 dagen.",
         ["Jan Piet K"]),
        ("nl", "Zeeuw 20 maanden cel in voor afpersen bedrijven", "", ["Zeeuw"]),
        ("nl", "Uitspraak over aanval", "Een man van 22 uit Noorddorp is schuldig bevonden aan twee aanvallen.",
         ["man van 22 uit Noorddorp"]),
        ("it", "Privacy, interviene il Garante",
         "Il Garante ha sanzionato per 3 milioni di euro Examplia Ltd. e la capogruppo Acme Uno per due pratiche.",
         ["Examplia Ltd", "Acme Uno"]),
        ("it", "Rivenditore auto on line sanzionato per violazione privacy", "", ["Rivenditore auto on line"]),
        ("ru", "Суд признал виновными компанию Examplia и фонд Acme",
         "Суд оштрафовал компанию Examplia и фонд Acme на 3 млн рублей.", ["Examplia", "Acme"]),
        ("es", "Integrantes del colectivo Ravenpack son condenados a dos años de cárcel",
         "Fueron condenados por atacar la web del Servicio Nacional de Correos.",
         ["Integrantes del colectivo Ravenpack"]),
        ("fr", "11 pirates informatiques écopent de peines avec sursis", "", ["11 pirates informatiques"]),
        ("fr", "Décision de la CNIL",
         "La CNIL a prononcé une sanction de 250.000 euros à l’encontre de l’opérateur de télécommunication français.",
         ["opérateur de télécommunication français"]),
        ("fr", "Une sanction de 800 000 euros à l'encontre du courtier en données Examplia", "", ["Examplia"]),
        ("de", "EU verhängt Sanktionen gegen Hacker aus Russland und China", "", ["Hacker aus Russland und China"]),
        ("es", "Marina suspende el bloqueo de Examplia",
         "La jueza ha suspendido la orden de bloqueo temporal de Examplia.", ["Examplia"]),
        ("zh", "工信部通报下架37款侵害用户权益APP", "我部组织对上述37款APP进行下架。", ["37款侵害用户权益APP"]),
        ("zh", "工信部下架12款侵害用户权益App 天桥、星河等在列", "", ["12款侵害用户权益App"]),
        ("zh", "@所有人 这23款违规APP下架",
         "工信部发布关于下架侵害用户权益APP的通报，3款在被下架名单中。", ["23款违规APP"]),
        ("zh", "司法部起诉一位公民提供了会导致数据自动删除的密码", "", ["一位公民"]),
        ("zh", "为远程程序员提供“农场”的女子入狱", "", ["女子"]),
        ("en", "Are ransom payments banned?",
         "The UK government is introducing a ban on payments for critical national infrastructure.", []),
        ("ja", "ヒトデウイルス作成者に懲役2年6月", "", ["ヒトデウイルス作成者"]),
        ("ja", "ヒトデウイルスで実刑判決",
         "器物損壊の罪に問われた元会社員に対し、東京地方裁判所は、懲役2年6か月の実刑判決を言い渡しました。",
         ["元会社員"]),
    ],
)  # fmt: skip
def test_whom_it_hits(language: str, title: str, text: str, targets: list[str]) -> None:
    """Between auxiliary and participle, behind an origin, behind a sum, in front of a deed."""
    assert names(facts(language, title, text), "target") == targets


def test_a_program_is_nobody() -> None:
    """A lead that only goes on with the story names no program as the one hit."""
    found = facts("fr", "Le procureur requiert trois ans", "Il a nié avoir posé le logiciel espion.")

    assert names(found, "target") == []


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("fr", "Piratage : Jean Exemple relaxé", "Jean Exemple avait été condamné en 2016 à quinze ans de prison."),
        ("en", "Coder acquitted of attack", "Jo Doe was sentenced to five years in prison in another case."),
        ("pt", "Crime com poucos culpados", "A maioria dos arguidos incorreu em penas de multa."),
    ],
)
def test_an_acquittal_is_no_measure(language: str, title: str, text: str) -> None:
    """What the lead of an acquittal tells of a term is of another trial."""
    assert told(facts(language, title, text)) == []


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("en", "Examplia not fined over data breach, ICO says", ""),
        ("en", "Regulator opens a new office", "The ICO can impose fines of up to £17.5 million."),
        ("en", "Watchdog gets a new chair", "Ofcom has the power to fine companies up to 10% of turnover."),
        ("en", "Cybercrime rarely punished, study says", "In five years nobody was convicted by the court."),
        ("fr", "La Cnil n’a pas sanctionné Examplia", ""),
        ("fr", "Pas d’amende pour Examplia", "La Cnil a clos la procédure."),
        ("fr", "La Cnil ouvre un bureau", "La Cnil peut infliger des amendes allant jusqu’à 20 millions d’euros."),
        ("fr", "Peu de coupables", "Personne n’a été condamné à de la prison ferme par le tribunal."),
        ("de", "Kein Bußgeld für Examplia nach Datenleck", "Die Behörde stellte das Verfahren ein."),
        ("de", "Datenschutzbehörde verhängt kein Bußgeld gegen Examplia", ""),
        ("de", "Mehr Personal", "Die BaFin kann Banken Geldbußen auferlegen."),
        ("de", "Kaum Täter", "Niemand wurde zu einer Haftstrafe verurteilt."),
        ("es", "La AEPD no multará a Examplia", ""),
        ("es", "La AEPD abre una oficina", "La AEPD puede imponer multas de hasta 20 millones de euros."),
        ("it", "Examplia non sarà multata dal Garante", ""),
        ("pt", "Examplia não foi multada pela ANPD", ""),
        ("nl", "Geen boete voor Examplia na datalek", "De AP ziet af van een boete."),
        ("pl", "UODO nie ukarał spółki Examplia", ""),
        ("pl", "UODO otwiera nowe biuro", "Prezes UODO może nałożyć karę do 20 mln euro."),
        ("ru", "Суд не оштрафовал Examplia", ""),
        ("zh", "网信办对天桥公司不予处罚", ""),
        (
            "fr",
            "Pas question d'interdire le paiement des rançons",
            "Le ministre de la Justice, David Exemple, est clair.",
        ),
        ("fr", "Fraude : des amendes plus lourdes ? Bercy y réfléchit", "Un texte pourrait voir le jour."),
        ("de", "Datenschutz: härtere Strafen gefordert", "Die Regierung denkt über höhere Bußgelder nach."),
        ("zh", "网信办设立新机构", "网信办可对违规企业处以最高5000万元罚款。"),
    ],
)
def test_what_is_denied_or_only_possible_is_no_measure(language: str, title: str, text: str) -> None:
    """A measure that nobody took, that hit nobody or that somebody has the power to take is none."""
    found = facts(language, title, text)

    assert told(found) == []
    assert names(found, "target") == []


@pytest.mark.parametrize(
    ("language", "title", "expected"),
    [
        ("en", "ICO fines Examplia £5m, no fine for its supplier", ("fine", "imposed")),
        ("en", "Court does not lift ban on Examplia", ("ban", "upheld")),
        ("de", "Gericht hebt Verbot von Examplia nicht auf", ("ban", "upheld")),
        ("en", "Court suspends ban on Examplia", ("ban", "lifted")),
        ("fr", "Le Conseil d’État suspend le blocage d’Examplia", ("ban", "lifted")),
        ("es", "El ministerio suspende el bloqueo de Examplia", ("ban", "lifted")),
        ("en", "Court lifts ban on Examplia", ("ban", "annulled")),
        ("pt", "STF suspende bloqueio do Examplia", ("ban", "lifted")),
        ("it", "Il Tar sospende il blocco di Examplia", ("ban", "lifted")),
        ("de", "Gericht setzt Sperre von Examplia aus", ("ban", "lifted")),
        ("nl", "Rechter schort blokkade van Examplia op", ("ban", "lifted")),
        ("fr", "Examplia n’est plus interdite en Italie, décide le Garante", ("ban", "lifted")),
        ("de", "Examplia ist nicht mehr verboten, entscheidet Behörde", ("ban", "lifted")),
    ],
)
def test_who_suspends_a_ban_undoes_it(language: str, title: str, expected: tuple[str, str]) -> None:
    """A suspended ban is lifted, also by a court, which annuls what it lifts; a ban that is not lifted stays."""
    assert told(facts(language, title)) == [expected]


@pytest.mark.parametrize(
    ("language", "title", "text"),
    [
        ("pt", "Examplia indenizará cliente", "A Examplia deve indenizar o cliente em R$ 5 mil, decidiu o TJ-SP."),
        ("es", "Un juez decide que Examplia indemnizará a un cliente", ""),
        ("it", "Examplia risarcirà i clienti", "Lo ha deciso il Tribunale di Altavilla."),
        ("fr", "Examplia indemnisera ses clients", "Le tribunal de Neuville l’a décidé."),
    ],
)
def test_who_will_compensate_is_hit(language: str, title: str, text: str) -> None:
    """Who has to pay damages stands before the verb."""
    found = facts(language, title, text)

    assert told(found) == [("damages", "imposed")]
    assert names(found, "target") == ["Examplia"]


@pytest.mark.parametrize(
    ("language", "title", "text", "expected"),
    [
        ("pt", "Ministério da Justiça pede multa de até R$ 18 milhões contra Examplia", "", ("fine", "proposed")),
        ("it", "Confermate (in parte) le sanzioni inflitte a Examplia",
         "Il provvedimento con cui l'AGCM aveva sanzionato Examplia è stato solo parzialmente annullato.",
         ("fine", "upheld")),
    ],
)  # fmt: skip
def test_how_far_it_went(language: str, title: str, text: str, expected: tuple[str, str]) -> None:
    """A fine that is asked for is proposed; the title's word on what a court did wins over the lead's."""
    found = told(facts(language, title, text))

    assert [status for _, status in found] == [expected[1]]


@pytest.mark.parametrize(
    ("language", "title", "text", "kind", "values"),
    [
        ("en", "Regulator fines Examplia over leak", "It had faced a fine of up to $18 million.", "amount", []),
        ("pt", "Examplia multada em mais de R$ 6 milhões", "A Senacon aplicou uma multa de R$ 6,6 milhões à Examplia.",
         "amount", [6_600_000.0]),
        ("it", "Antitrust, multa a Examplia",
         "Dopo che l'Antitrust ha multato Acme per 200 milioni di euro, ha sanzionato Examplia per 20 milioni di euro.",
         "amount", [20_000_000.0]),
        ("de", "Hacker verurteilt", "Er wurde zu mehr als zwei Jahren Haft verurteilt.", "duration", []),
        ("fr", "Des pirates écopent de peines de prison", "Les hommes, âgés de 18 à 29 ans, ont été condamnés.",
         "duration", []),
        ("ja", "ウイルス作成者に懲役2年6月", "", "duration", [30.0]),
    ],
)  # fmt: skip
def test_bounds_and_roundings(language: str, title: str, text: str, kind: str, values: list[float]) -> None:
    """ "Up to" and "more than" are no sum and no term; the lead's exact sum wins; a sum of before is another's."""
    assert [f.value for f in facts(language, title, text) if f.type == kind] == values


@pytest.mark.parametrize(
    ("language", "title", "text", "products"),
    [
        ("en", "Norvik Firewall Zero-Day Under Attack", "Security teams are asked to act.", ["Norvik Firewall"]),
        ("en", "Norvik Sentry Exploitation Attempts Hit Honeypots", "The vulnerability lets anyone in.",
         ["Norvik Sentry"]),
        ("en", "Critical flaw in Model Context Protocol lets attackers run code", "", ["Model Context Protocol"]),
        ("en", "CISCO PATCHES CRITICAL FLAW IN UNITY CONNECTION", "", ["UNITY CONNECTION"]),
        ("en", "Update your drives", "Norvik's Discmate software for drives has a serious vulnerability.",
         ["Discmate"]),
        ("es", "Vulnerabilidad crítica en un complemento de WordPress", "", []),
        ("zh", "设备中的文件系统被披露存在未修补漏洞", "研究人员披露了 Norfs 中的七个漏洞。", ["Norfs"]),
        ("zh", "漏洞让研究人员赢得 Norvik 9.2 万美元奖金", "", []),
        ("de", "Lücke in einer Bibliothek",
         "In der Verschlüsselungsbibliothek OpenSSL steckt eine Lücke.", ["OpenSSL"]),
        ("de", "Microsofts gefährliches Schweigen",
         "Es geht um eine Lücke in Microsofts Kommunikationssoftware Exchange Server.", ["Exchange Server"]),
        ("pt", "CISA adiciona falha",
         "A falha permite execução de código, afetando os sistemas FortiOS, Norfort e FortiWeb.",
         ["FortiOS", "FortiWeb", "Norfort"]),
        ("pt", "WhatsApp afirma ter corrigido falha em vídeos", "", ["WhatsApp"]),
        ("fr", "Multiples vulnérabilités dans Spring Norfield (8 juin 2026)", "", ["Spring Norfield"]),
        ("en", "Important Apache Norfield Vulnerabilities Demand Action", "Flaws were found in Apache Norfield.",
         ["Apache Norfield"]),
        ("en", "CVE-2026-7491 - Norvik｜Study App - Insecure Direct Object Reference", "", ["Norvik｜Study App"]),
        ("zh", "NSRC关于AI辅助漏洞挖掘报告的提交规范", "", []),
    ],
)  # fmt: skip
def test_products(language: str, title: str, text: str, products: list[str]) -> None:
    """Nouns that end a name, kinds behind it, what a flaw is in in Chinese; sums are no versions, hosts no products."""
    assert names(facts(language, title, text), "product") == products


@pytest.mark.parametrize(
    ("language", "title", "kind", "value"),
    [
        ("de", "Die Norvik-Lücke wurde monatelang von russischen Hackern genutzt", "exploited", True),
        ("de", "Norvik hat dem System ein Update verpasst, das die Lücke schließt", "patched", True),
        ("pl", "Norvik łata niebezpieczną lukę", "patched", True),
        ("fr", "Norvik publie un bulletin de sécurité visant à corriger une vulnérabilité", "patched", True),
        ("de", "Zur Norvik-Lücke gab es Angriffsversuche, die zum Teil erfolgreich gewesen seien", "exploited", True),
        ("de", "Keine Fälle bekannt, in denen die Norvik-Lücke ausgenutzt wird", "exploited", False),
        ("es", "No se han reportado actividades maliciosas por el fallo de Norvik", "exploited", False),
        ("pt", "Norvik disponibilizou atualização para corrigir a falha", "patched", True),
        ("it", "Falla: Norvik corre ai ripari rilasciando la versione 9.1", "patched", True),
        ("nl", "Norvik heeft een definitieve oplossing voor het lek", "patched", True),
    ],
)
def test_claims(language: str, title: str, kind: str, value: bool) -> None:
    """Further wordings of attacks and fixes."""
    assert [f.value for f in facts(language, title) if f.type == kind] == [value]
