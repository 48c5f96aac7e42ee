from __future__ import annotations

import re
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from facts_kit import article, facts, values
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.facts import find_facts, patterns
from pipeline.facts.enrich import Catalogue, Scores, enrich, read_epss, read_kev
from pipeline.facts.patterns import authorities, load_common, load_own, spoken, triggers
from pipeline.model import Article, Fact

ALIBABA = [
    (
        "fr",
        "Pékin suspend son partenariat avec Alibaba Cloud pendant six mois",
        "Le ministère chinois de l'Industrie et des Technologies de l'information reproche à Alibaba Cloud de "
        "ne pas lui "
        "avoir signalé en premier la faille de Log4j. Il suspend pour six mois sa coopération avec l'hébergeur.",
    ),
    (
        "en",
        "China's industry ministry suspends work with Alibaba Cloud over Log4j",
        "The Ministry of Industry and Information Technology has suspended an information-sharing partnership "
        "with Alibaba "
        "Cloud for six months, after the company told others about the Log4j flaw first.",
    ),
    (
        "de",
        "China setzt Zusammenarbeit mit Alibaba Cloud aus",
        "Das chinesische Industrieministerium setzt die Partnerschaft mit Alibaba Cloud für sechs Monate aus. "
        "Grund ist die "
        "zu spät gemeldete Lücke in Log4j.",
    ),
    (
        "es",
        "China suspende a Alibaba Cloud durante seis meses por el fallo de Log4j",
        "El Ministerio de Industria y Tecnología de la Información suspendió durante seis meses su "
        "colaboración con Alibaba "
        "Cloud.",
    ),
    (
        "zh",
        "工信部暂停与阿里云的合作六个月",
        "因未及时报告Apache Log4j2漏洞，工业和信息化部暂停阿里云作为合作单位6个月。",
    ),
]


@pytest.mark.parametrize(("language", "title", "text"), ALIBABA, ids=[case[0] for case in ALIBABA])
def test_founding_case_in_each_language(language: str, title: str, text: str) -> None:
    """The ministry suspended its partnership with Alibaba Cloud for six months, over Log4j."""
    found = facts(language, title, text)

    assert values(found, "authority") == ["MIIT"]
    assert values(found, "target") == ["Alibaba Cloud"]
    assert [(f.value, f.status) for f in found if f.type == "measure"] == [("suspension", "imposed")]
    assert [(f.value, f.unit) for f in found if f.type == "duration"] == [(6.0, "month")]
    assert values(found, "product") == ["Log4j"]


@pytest.mark.parametrize(
    ("language", "title", "authority", "amount"),
    [
        ("fr", "La CNIL inflige une amende de 1,5 million d'euros à Examplia", "CNIL", (1.5e6, "EUR")),
        ("en", "ICO fines Examplia £14m over data breach", "ICO", (14e6, "GBP")),
        ("en", "Examplia fined €20 million by the Irish Data Protection Commission", "DPC", (20e6, "EUR")),
        (
            "de",
            "Bundesnetzagentur verhängt Bußgeld von 1,2 Millionen Euro gegen Examplia",
            "Bundesnetzagentur",
            (1.2e6, "EUR"),
        ),
        ("es", "La AEPD multa a Examplia con 300.000 euros", "AEPD", (3e5, "EUR")),
        ("it", "Il Garante privacy sanziona Examplia per 2 milioni di euro", "Garante", (2e6, "EUR")),
        ("pt", "ANPD aplica multa de R$ 5 milhões à Examplia", "ANPD", (5e6, "BRL")),
        ("nl", "Autoriteit Persoonsgegevens legt Examplia boete van 4,75 miljoen euro op", "AP", (4.75e6, "EUR")),
        ("pl", "UODO nałożył karę 1,5 mln zł na Examplia", "UODO", (1.5e6, "PLN")),
        ("ru", "Роскомнадзор оштрафовал Examplia на 3 млн рублей", "Roskomnadzor", (3e6, "RUB")),
        ("zh", "国家网信办对滴滴罚款80.26亿元", "CAC", (8.026e9, "CNY")),
        ("ja", "公正取引委員会、Examplia社に課徴金3億円を命令", "JFTC", (3e8, "JPY")),
    ],
)
def test_fines(language: str, title: str, authority: str, amount: tuple[float, str]) -> None:
    """Who fined how much, read from the title alone."""
    found = facts(language, title)

    assert values(found, "measure") == ["fine"]
    assert values(found, "authority") == [authority]
    assert [(f.value, f.unit) for f in found if f.type == "amount"] == [amount]
    if "Examplia" in title and language not in ("ja", "ru"):
        assert values(found, "target")[0] in ("Examplia", "Garante privacy sanziona Examplia")


@pytest.mark.parametrize(
    ("language", "title", "measure", "status"),
    [
        ("en", "EU proposes to ban Examplia from 5G networks", "ban", "proposed"),
        ("en", "Examplia could be fined over data breach", "fine", "threatened"),
        ("en", "Court dismisses Examplia's appeal against €4 million fine", "fine", "upheld"),
        ("en", "US lifts sanctions on Examplia Corp", "designation", "lifted"),
        ("en", "Texas Attorney General sues Examplia over tracking", "lawsuit", "proposed"),
        ("fr", "Le Conseil d'État annule l'amende de la CNIL contre Examplia", "fine", "annulled"),
        ("fr", "Washington lève ses sanctions contre Examplia", "designation", "lifted"),
        ("fr", "La CNIL met en demeure Examplia", "formal_notice", "imposed"),
        ("de", "EU droht Examplia mit Millionenstrafe", "fine", "threatened"),
        ("en", "Hacker sentenced to 8.5 years in prison", "sentence", "imposed"),
        ("zh", "美国解除对Examplia的出口限制", "export_control", "lifted"),
    ],
)
def test_how_far_a_measure_went(language: str, title: str, measure: str, status: str) -> None:
    """Proposed, threatened, upheld, annulled and lifted measures keep their kind."""
    found = [(f.value, f.status) for f in facts(language, title) if f.type == "measure"]

    assert found[:1] == [(measure, status)]


@pytest.mark.parametrize(
    ("language", "text", "exploited", "patched"),
    [
        ("en", "The flaw is being actively exploited in the wild. Acme released a patch on Monday.", [True], [True]),
        ("en", "If exploited, the bug could be exploited remotely to run code.", [], []),
        ("en", "There is no evidence that it was exploited; no patch is available yet.", [False], [False]),
        ("en", "No trace of exploitation was found.", [False], []),
        ("en", "There is no indication the bug was abused.", [False], []),
        ("de", "Spuren eines Missbrauchs wurden nicht gefunden.", [False], []),
        ("it", "Non sono state trovate tracce di sfruttamento.", [False], []),
        # Machines that nobody updated say nothing of whether there is a patch.
        ("fr", "Des milliers de serveurs restent non corrigés.", [], []),
        ("fr", "La faille reste non corrigée.", [], [False]),
        ("de", "Tausende Geräte sind weiterhin ungepatcht.", [], []),
        ("de", "Die Lücke ist noch ungepatcht.", [], [False]),
        ("es", "Miles de servidores siguen sin parchear.", [], []),
        ("nl", "Duizenden ongepatchte servers staan online.", [], []),
        ("fr", "La faille est activement exploitée. Aucun correctif n'est disponible.", [True], [False]),
        ("fr", "Un attaquant pourrait exploiter la faille. L'éditeur a corrigé le défaut.", [], [True]),
        ("de", "Angreifer nutzen die Lücke bereits aktiv aus. Ein Patch ist verfügbar.", [True], [True]),
        ("es", "El fallo está siendo explotado activamente. No hay parche.", [True], [False]),
        ("it", "La falla è attivamente sfruttata. Il produttore ha rilasciato una patch.", [True], [True]),
        ("pt", "A falha já é ativamente explorada. A empresa corrigiu o erro.", [True], [True]),
        ("nl", "Het lek wordt actief misbruikt. Er is nog geen update.", [True], [False]),
        ("pl", "Luka jest aktywnie wykorzystywana. Producent opublikował poprawkę.", [True], [True]),
        ("ru", "Уязвимость активно эксплуатируется. Компания выпустила обновление.", [True], [True]),
        ("zh", "该漏洞已在野外被利用。厂商已修复该漏洞。", [True], [True]),
        ("zh", "该漏洞可被攻击者利用，目前尚未修复。", [], [False]),
        ("ja", "この脆弱性は悪用が確認されています。修正版が公開されました。", [True], [True]),
    ],
)
def test_exploited_and_patched(language: str, text: str, exploited: list[bool], patched: list[bool]) -> None:
    """Stated, denied, or only possible."""
    found = facts(language, "Titel", text)

    assert values(found, "exploited") == exploited
    assert values(found, "patched") == patched


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It has a CVSS score of 9.8.", [(9.8, None)]),
        ("score CVSS v3.1 de 10,0", [(10.0, "3.1")]),
        ("a 9.1 CVSS flaw", [(9.1, None)]),
        ("（CVSS 评分 8.6）", [(8.6, None)]),
        ("CVSS 4.0: 9.3", [(9.3, "4.0")]),
        ("CVSS is a standard of 2005", []),
        ("The team gave it a CVSS v.4.0 score of 8.4 with vector CVSS:4.0/AV:L/AC:L/AT:N.", [(8.4, "4.0")]),
        ("The CVSS v3.1 base score reflects this with a vector of CVSS:3.1/AV:N/AC:H/PR:N.", []),
    ],
)
def test_cvss(text: str, expected: list[tuple[float, str | None]]) -> None:
    """Scores lie between 0 and 10 and carry their version."""
    assert [(f.value, f.unit) for f in facts("fr", "x", text) if f.type == "cvss"] == expected


def test_cves_once_each_in_order_of_prominence() -> None:
    """The title's id comes first."""
    found = facts("en", "Patch for CVE-2026-2222", "Fixes CVE-2026-1111, CVE‑2026‑2222 and CVE-2026-1111.")

    assert values(found, "cve") == ["CVE-2026-2222", "CVE-2026-1111"]


@pytest.mark.parametrize(
    "aside",
    [
        "In June 2024, Acme fixed another flaw, CVE-2024-7777 (CVSS score of 9.9), exploited in attacks.",
        "The flaw is similar to other bugs of recent years (CVE-2024-7777, CVSS 9.9), exploited in attacks.",
        "In prior incidents, Acme flaws such as CVE-2024-7777 (CVSS 9.9) were actively exploited.",
        "It is the third zero-day of the year, following CVE-2024-7777 (CVSS 9.9), which was actively exploited.",
    ],
)
def test_another_flaw_lends_no_fact(aside: str) -> None:
    """What is said of an earlier flaw is no fact of the one in the news."""
    text = "The vendor fixed CVE-2026-1111 in version 7.\n\nVersion 7 is out for all. " + aside
    known = article("en", "Acme fixes flaw in Examplesoft", text)
    found = find_facts([replace(known, published=datetime(2026, 6, 8, tzinfo=UTC))])[0].facts

    assert values(found, "cve") == ["CVE-2026-1111"]
    assert values(found, "cvss") == values(found, "exploited") == []
    assert values(found, "patched") == [True]


@pytest.mark.parametrize(
    ("text", "patched"),
    [
        ("The botnet spreads through a flaw that has been sitting unpatched on countless devices for years.", []),
        ("The exploit works on fully patched Windows 11 systems.", []),
        ("The flaw gives attackers root; the tool reports a target as “vulnerable” or “patched”.", []),
        ("Oracle has released mitigations for the flaw, with a patch coming soon.", [False]),
        ("The flaw lies in fixed-header parsing.", []),
        ("Although the finder did not mention a fix, the flaw was fixed in version 2.", [True]),
        ("Patches for CVE-2026-43500 were not yet available.", [False]),
        ("The issue remains unpatched.", [False]),
        ("Acme fixes auth bypass bug. For release 4 there is no fix yet.", [True]),
        ("The new flaw bypasses the patch.", []),
    ],
)
def test_a_patch_is_one_for_the_flaw(text: str, patched: list[bool]) -> None:
    """Devices without updates, systems with all of them and names of methods say nothing about a fix."""
    assert values(facts("en", "Flaw in Examplesoft", text), "patched") == patched


@pytest.mark.parametrize(
    ("title", "text", "products"),
    [
        ("CVE-2026-1111 - Acme Notes: Path Traversal", "Acme Notes is written in PHP. A flaw exists.", ["Acme Notes"]),
        ("Flaw in Chrome fixed", "The fixed builds are out for Windows and Linux.", ["Chrome"]),
        ("Acme Gatekeeper Flaws Grant Full Privileges on Windows", "Acme has fixed the flaws.", ["Acme Gatekeeper"]),
        ("Flaw in Chrome", "“This flaw is bad”, said Danny Jenkins of Acme about the vulnerability.", ["Chrome"]),
        ("Two Active Directory bugs hand over a domain", "Microsoft fixed the flaws.", ["Active Directory"]),
        ("Nine flaws in detectors", "Researchers at Acme Labs disclosed nine flaws in Garrex One.", ["Garrex One"]),
        ("Anthropic's Claude finds flaws in Firefox", "", ["Firefox"]),
        ("CVE-2026-1111 - acme viewer: Unauthenticated Solr proxy", "The endpoint has a flaw.", ["acme viewer"]),
        ("CVE-2026-1111 - Server-Side Request Forgery in Acme Depot", "A flaw exists.", ["Acme Depot"]),
        ("Flaw reaches AI-powered helpers", "", []),
        ("CVE-2026-1111 - Acme BR-1 formSetFilter overflow", "A flaw exists in Acme BR-1.", ["Acme BR-1"]),
        ("CVE-2026-1111 - Acme W12 httpd overflow", "A vulnerability exists.", ["Acme W12"]),
        ("Une faille dans le serveur HTTP Apache", "", ["Apache HTTP Server"]),
    ],
)
def test_products_are_those_with_the_flaw(title: str, text: str, products: list[str]) -> None:
    """What the product runs on, what found the flaw and a person of that name are none."""
    assert values(facts("en", title, text), "product") == products


@pytest.mark.parametrize(("probability", "measures"), [(None, ["fine"]), (0.4, ["fine"]), (0.001, [])])
def test_a_topic_that_was_ruled_out_has_no_measure(probability: float | None, measures: list[str]) -> None:
    """What the classifier has seen decides; without it, the words do."""
    item = article("en", "Regulator fines Acme 40,000 euros over a leak")
    topics = {} if probability is None else {"sanction": probability}
    (found,) = find_facts([replace(item, topics=topics)])

    assert values(found.facts, "measure") == measures


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("CVE-2026-1111 - Acme Notes: access", "Attackers bypass file type restrictions of upload.php and run code."),
        ("Acme patches a flaw in its portal", "There is no limit on accounts (MAX_ACCOUNTS = -1) by default."),
        ("Acme says Examplia violated a court injunction", "Acme filed a motion."),
        ("Examplia caught trying to evade sanctions", "Its ships changed their names."),
        ("Acme sells its portal", "Last year, the FTC banned Examplia from selling location data."),
    ],
)
def test_what_is_no_new_measure(title: str, text: str) -> None:
    """Limits of a program, a measure that somebody breaks and one of last year are no measure of this story."""
    assert values(facts("en", title, text), "measure") == []


@pytest.mark.parametrize(
    ("language", "title", "text", "targets"),
    [
        ("en", "ICO fines Acme Ltd £2m", "", ["Acme Ltd"]),
        ("en", "Hacker sentenced", "John D. Doe was sentenced to four years in prison on Monday.", ["John D. Doe"]),
        ("en", "Man gets seven years in prison for “Evil Double” Wi-Fi", "", ["Man"]),
        (
            "fr",
            "La CNIL sanctionne Examplia",
            "Jo Dupont - stock.adobe.com La CNIL a infligé une amende.",
            ["Examplia"],
        ),
        ("en", "Texas sues E-commerce Retailer Examplia over data theft", "", ["Examplia"]),
        ("fr", "Les entreprises menacées de sanctions pour défaut de cybersécurité", "", []),
        ("en", "Notice on restrictive measures under Council Decision (CFSP) 2019/797", "", []),
    ],
)
def test_targets_are_whom_it_hits(language: str, title: str, text: str, targets: list[str]) -> None:
    """No law, no photographer, no name in quotation marks; initials stay in a name."""
    assert values(facts(language, title, text), "target") == targets


@pytest.mark.parametrize(
    ("language", "title", "authority", "measure"),
    [
        ("fr", "Le Conseil d'État désavoue la CNIL et réduit l'amende d'Examplia", "Conseil d'État", "fine"),
        ("en", "Treasury Department cancels Acme contracts", "US Treasury", "other"),
        ("en", "Acme escapes £1m fine after data breach", None, "other"),
    ],
)
def test_who_spoke_last(language: str, title: str, authority: str | None, measure: str) -> None:
    """A court that revises a decision is its author; an avoided fine and cancelled contracts are other measures."""
    found = facts(language, title)

    assert values(found, "measure") == [measure]
    assert values(found, "authority") == ([authority] if authority else [])


def test_original_currency_wins_over_a_conversion() -> None:
    """The authority's own currency is what was imposed."""
    found = facts(
        "en",
        "Examplia hit with $409 million fine in Korea",
        "The Personal Information Protection Commission has fined Examplia 624.6 billion won (roughly $409 million).",
    )

    assert [(f.value, f.unit) for f in found if f.type == "amount"] == [(624.6e9, "KRW")]


def test_two_amounts_of_one_decision() -> None:
    """Both fines of "15 et 27 millions" are facts."""
    found = facts("fr", "La CNIL inflige des amendes de 15 et 27 millions d'euros à Examplia")

    assert values(found, "amount") == [15e6, 27e6]


def test_an_age_is_no_term() -> None:
    """ "32-year-old" and "homme de 32 ans" are no durations of a sentence."""
    found = facts("en", "A 32-year-old hacker was sentenced to four years in prison")

    assert [(f.value, f.unit) for f in found if f.type == "duration"] == [(4.0, "year")]


def test_prosecutors_announce_but_courts_decide() -> None:
    """ "announced U.S. Attorney" decides nothing."""
    found = facts("en", "Hacker sentenced to 5 years in prison", "He was jailed, announced the Department of Justice.")

    assert values(found, "authority") == []


def test_legal_basis() -> None:
    """Articles of a law are named with it."""
    found = facts("en", "ICO fines Examplia", "The fine rests on Articles 5(1)(a) and 6 of the GDPR.")

    assert values(found, "legal_basis") == ["GDPR art. 5(1)(a)"]


def test_disclosure_without_sanction_has_no_measure() -> None:
    """A patch is no punishment."""
    found = facts(
        "en", "Fortinet patches FortiOS flaw", "The flaw lets attackers run code. Users should update to 7.4.3."
    )

    assert values(found, "measure") == []
    assert values(found, "product") == ["FortiOS"]


@settings(deadline=None)  # the first example of a language compiles its words
@given(st.text(max_size=200), st.text(max_size=600), st.sampled_from(["fr", "en", "zh", "de", "und", "xx"]))
def test_every_fact_shows_where_it_stands(title: str, text: str, language: str) -> None:
    """Evidence spans lie in their field, and the sentence around them too."""
    _check_evidence(article(language, title, text.replace("\r", " ")))


@pytest.mark.parametrize(("language", "title", "text"), ALIBABA, ids=[case[0] for case in ALIBABA])
def test_evidence_of_real_sentences(language: str, title: str, text: str) -> None:
    """The span holds the words of the fact."""
    for fact in _check_evidence(article(language, title, text)):
        assert fact.evidence is not None
        source = title if fact.evidence.field == "title" else text
        if fact.name is not None:
            assert source[fact.evidence.start : fact.evidence.end] == fact.name


def _check_evidence(source: Article) -> tuple[Fact, ...]:
    found = find_facts([source])[0].facts
    for fact in found:
        assert fact.evidence is not None
        field = source.title if fact.evidence.field == "title" else source.text
        assert 0 <= fact.evidence.start < fact.evidence.end <= len(field)
        assert fact.evidence.sentence in field
    return found


def test_same_order_and_count() -> None:
    """One article out for each in, whatever is in it."""
    batch = [article("en", "", ""), article("xx", "?", "\x00"), article("en", "CVE-2026-1234", "")]

    assert [len(a.facts) > 0 for a in find_facts(batch)] == [False, False, True]


@pytest.mark.parametrize(
    "unit", ["fined ", "sentenced to ", "a", "CVE-2026-1111 ", "sanctions ", "amende de ", "(", "被罚", "exploited "]
)
def test_hostile_text_takes_linear_time(unit: str) -> None:
    """200,000 code points cost no more than a long article."""
    started = time.perf_counter()
    find_facts([article("en", (unit * 400)[:400], (unit * 200_000)[:200_000])])

    assert time.perf_counter() - started < 10


def test_each_pattern_is_safe_on_long_text() -> None:
    """No expression of the lists backtracks on 200 KB of one letter, of spaces or of its own kind of words."""
    samples = ["a" * 200_000, " " * 200_000, "ab " * 66_000, "1 " * 100_000]
    slow = []
    for language in ("en", "fr", "de", "es", "it", "pt", "nl", "pl", "zh", "ja", "ru"):
        for trigger in triggers(language):
            for sample in samples:
                started = time.perf_counter()
                trigger.pattern.search(sample[:20_000])
                if time.perf_counter() - started > 0.5:
                    slow.append((language, trigger.measure, sample[:6]))
    assert slow == []


def test_gazetteer_is_broad() -> None:
    """At least 250 authorities with a level, of at least 30 countries."""
    entries = authorities()[1].values()

    assert len(entries) >= 250
    assert len({e.country for e in entries}) >= 30
    levels = {
        "regulator",
        "court",
        "prosecutor",
        "police",
        "ministry",
        "government",
        "parliament",
        "cyber",
        "international",
        "association",
    }
    assert {e.level for e in entries} == levels


def test_every_measure_has_words_in_the_main_languages() -> None:
    """Each kind of measure is known in French, English, German, Spanish and Chinese."""
    for language in ("fr", "en", "de", "es", "zh"):
        kinds = {t.measure for t in triggers(language)}
        assert {"fine", "ban", "suspension", "sentence", "designation", "export_control", "lawsuit"} <= kinds
    assert spoken("fr-CA") == ("fr", "en")
    assert load_common("measures")["status"] == ["lifted", "reduced", "annulled", "upheld", "threatened", "proposed"]


def test_words_of_a_language_stand_under_names_that_all_share() -> None:
    """A list under a name that common.toml lacks is never tried, nor is a file of a language it does not name."""
    common = load_common("measures")
    names = {kind: {row["name"] for row in common[kind]} for kind in ("trigger", "plain")}
    names |= {kind: set(common[kind]) for kind in ("status", "beside")}
    for language in common["languages"]:
        for kind, lists in load_own("measures", language).items():
            assert lists.keys() <= names[kind], (language, kind)

    shared = load_common("stated")
    templates = [t for kind in ("exploited", "patched") for listed in shared[kind].values() for t in listed]
    slots = set(re.findall(r"\{(\w+)\}", " ".join(templates)))
    for language in shared["languages"]:
        assert load_own("stated", language).keys() <= slots, language


@pytest.mark.parametrize("folder", ["measures", "stated"])
def test_each_language_of_a_folder_is_listed(folder: str) -> None:
    """The files beside common.toml are those of the languages that it names."""
    files = {path.stem for path in (Path(patterns.__file__).parent / "data" / folder).iterdir()}

    assert files == {"common", *load_common(folder)["languages"]}


def test_kev_and_epss_are_added_with_their_date() -> None:
    """Facts from lists say as of when, and replace those of an older list."""
    kev = read_kev(
        {
            "dateReleased": "2026-11-01T10:00:00Z",
            "vulnerabilities": [
                {"cveID": "CVE-2026-1111", "dateAdded": "2026-10-30", "knownRansomwareCampaignUse": "Known"},
                {"cveID": "broken", "dateAdded": "2026-10-30"},
            ],
        }
    )
    epss = read_epss(
        ["#model_version:v1,score_date:2026-11-02T00:00:00Z", "cve,epss", "CVE-2026-1111,0.97", "CVE-2026-2222,7"]
    )
    (found,) = enrich(find_facts([article("en", "Patch for CVE-2026-1111 and CVE-2026-2222")]), kev=kev, epss=epss)
    (again,) = enrich([found], kev=Catalogue(as_of=date(2026, 11, 3), added={}), epss=None)

    assert [(f.name, f.value, f.unit, f.status) for f in found.facts if f.type == "kev"] == [
        ("CVE-2026-1111", True, "ransomware", "2026-11-01")
    ]
    assert [(f.name, f.value, f.status) for f in found.facts if f.type == "epss"] == [
        ("CVE-2026-1111", 0.97, "2026-11-02")
    ]
    assert values(again.facts, "kev") == []
    assert values(again.facts, "epss") == [0.97]


def test_lists_that_are_none_say_so() -> None:
    """A wrong file is an error that names it."""
    with pytest.raises(InputError, match="KEV"):
        read_kev({"items": []})
    with pytest.raises(InputError, match="EPSS"):
        read_epss(["a,b"])
    assert read_epss(["cve,epss"], as_of=date(2026, 1, 1)) == Scores(as_of=date(2026, 1, 1), probability={})
