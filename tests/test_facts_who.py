"""Who did what to whom, by grammar and capacity: bodies, targets, makers and products that no list holds."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from pathlib import Path

import pytest
from facts_kit import article, facts, names, told

from pipeline.facts import find_facts
from pipeline.facts.patterns import capacities, load, triggers
from pipeline.text.hints import WordPattern, hints

#: A sentence on the platform that the next one names again.
BLOCKED, BOTH = "法国监管机构命令 ISP 屏蔽最大预测市场平台 Examplia。", "Examplia 和 Formulix"
NEWS = Path(__file__).parent / "data/facts_news"


@pytest.mark.parametrize(
    ("language", "title", "text", "authority"),
    [
        (
            "fr",
            "La cour d'appel de Villeneuve condamne Examplia à verser 3 000 euros",
            "",
            "cour d'appel de Villeneuve",
        ),
        ("de", "Amtsgericht Neustadt verurteilt Betreiber zu zwei Jahren Haft", "", "Amtsgericht Neustadt"),
        ("es", "La Superintendencia de Datos multa a Examplia con 10.000 euros", "", "Superintendencia de Datos"),
        ("it", "Il Ministero delle Poste sospende Examplia per due mesi", "", "Ministero delle Poste"),
        ("pt", "Tribunal de Justiça do Sul condena Examplia a pagar indenização", "", "Tribunal de Justiça do Sul"),
        ("nl", "Rechtbank Oosterstad veroordeelt hacker tot drie jaar cel", "", "Rechtbank Oosterstad"),
        ("pl", "Sąd Okręgowy w Nowymieście skazał hakera na dwa lata więzienia", "", "Sąd Okręgowy w Nowymieście"),
        ("zh", "东城区人民法院判处李某有期徒刑两年", "", "东城区人民法院"),
        (
            "en",
            "Court overturns $2 million fine against Examplia",
            "The Ninth Circuit called it excessive.",
            "Ninth Circuit",
        ),
        ("en", "Japan suspends Examplia", "The communications ministry acted on Monday.", "communications ministry"),
        ("en", "DPA fines Examplia", "The Spanish DPA acted on a complaint.", "Spanish DPA"),
        ("en", "Ohio sues Examplia over tracking", "", "Ohio"),
        ("en", "Ohio hospital sues Examplia over tracking", "", "Ohio hospital"),
        ("es", "Chile: la ZZF multa a Examplia con 10.000 euros", "", "ZZF"),
        ("pt", "Hacker é condenado a cinco anos de prisão", "A decisão é da 3ª Vara Criminal de Alvorada.",
         "3ª Vara Criminal de Alvorada"),
        ("en", "Examplia halts to comply with Commerce Department export controls", "", "Commerce Department"),
        ("en", "Reprimand from regulator for Examplia after leak", "", "regulator"),
        ("en", "Brussels sues France at EU's top court", "The European Commission acted.", "European Commission"),
        ("ru", "Суд в Заречье оштрафовал компанию «Пример»", "", "Суд в Заречье"),
        ("zh", "东城市网信办对示例公司罚款10万元", "", "东城市网信办"),
    ],
)  # fmt: skip
def test_capacity_names_who_decides(language: str, title: str, text: str, authority: str) -> None:
    """A body that no list holds is known by what it is; the lead's name replaces a bare "court" or a country."""
    found = names(facts(language, title, text), "authority")

    assert found == ([] if authority == "Ohio hospital" else [authority])


@pytest.mark.parametrize(
    ("language", "title", "targets"),
    [
        ("fr", "Une amende de 10 000 euros prononcée à l'encontre du courtier Examplia", ["Examplia"]),
        ("de", "Bußgeld in Höhe von 9.000 Euro gegen Examplia verhängt", ["Examplia"]),
        ("es", "Confirmada la multa de 20.000 euros impuesta al banco Examplia", ["Examplia"]),
        ("fr", "La CNIL inflige 5 millions d'euros à Acmé et 2 millions à Examplia", ["Acmé", "Examplia"]),
        ("en", "Treasury sanctions Examplia and its founder Jo Doe", ["Examplia", "Jo Doe"]),
        ("zh", "网信办约谈电商平台佳佳购", ["佳佳购"]),
        ("zh", "商务部将星河电子列入实体清单", ["星河电子"]),
        ("en", "FTC fines Examplia after attack against Acme", ["Examplia"]),
        ("en", "A fine of EUR 500 was imposed on Examplia for using CCTV", ["Examplia"]),
        ("en", "The DPA imposed a fine of EUR 500 on the Examplia Roads Authority", ["Examplia Roads Authority"]),
        ("en", "AEPD fines Examplia Norte, S.L. EUR 4,000", ["Examplia Norte, S.L."]),
        ("en", "ICO fines Examplia Hotels Ltd. £9,000", ["Examplia Hotels Ltd."]),
        ("en", "FTC fines shop for sharing data with Examplia", ["shop"]),
        ("fr", "La CNIL met en demeure des éditeurs, dont Acmé et Examplia", ["Acmé", "Examplia"]),
        ("fr", "L'Arcep suspend pour trois mois les inscriptions chez Examplia", ["Examplia"]),
        ("de", "Gericht verurteilt Gründer von Examplia zu zwei Jahren Haft", ["Gründer von Examplia"]),
        ("en", "The DPA fined a website operator EUR 500", ["website operator"]),
        ("en", "Regulator fines TV maker Examplia £9,000", ["Examplia"]),
        ("en", "The Treasury Department says Examplia was fined", ["Examplia"]),
        (
            "fr",
            "La CNIL sanctionne deux sociétés, Acmé et Examplia, pour un total de 3 millions d'euros",
            ["Acmé", "Examplia"],
        ),
        ("fr", "Le lycée Jean-Exemple écope d'une amende de 5 000 euros", ["lycée Jean-Exemple"]),
        ("it", "Condannato a tre anni l'ex dipendente di Acmeda", ["ex dipendente di Acmeda"]),
        ("es", "Un médico, multado con 10.000 euros por leer historias clínicas", ["médico"]),
        ("it", "Privacy, sanzionate due aziende sanitarie", ["due aziende sanitarie"]),
        ("it", "Privacy, multata una azienda sanitaria", ["azienda sanitaria"]),
        ("es", "Multada con 30.000 euros la aseguradora Examplia", ["Examplia"]),
        ("nl", "Celstraf voor hacker uit Oosterstad", ["hacker uit Oosterstad"]),
        ("en", "Treasury sanctions Examplia and three Russian nationals", ["Examplia", "three Russian nationals"]),
        ("en", "Examplia hacker 'Snowy' sentenced to 18 months in prison", ["Snowy"]),
        ("en", "Lawmakers call for harsher penalties after Examplia data breach", []),
        ("en", "FCC bans foreign-made drones", ["foreign-made drones"]),
        ("ar", "السجن ثلاث سنوات لقرصان سرق بيانات", ["قرصان"]),
        ("fr", "Examplia, filiale du groupe Acmé, mise en demeure par la Cnil", ["Examplia"]),
        ("fr", "Trois hébergeurs russes sanctionnés par Londres", ["Trois hébergeurs russes"]),
        ("fr", "Arcom : le site de téléchargement sera bloqué par les opérateurs", ["site de téléchargement"]),
        ("it", "AGCOM: la piattaforma sarà bloccata in Italia", ["piattaforma"]),
        ("fr", "Un gérant roumain d'Acmé Market condamné à dix ans", ["gérant roumain d'Acmé Market"]),
        (
            "fr",
            "Un lycée fait condamner son ancien technicien",
            ["ancien technicien"],
        ),
        ("fr", "Le pirate de l'hôpital de Valmont écope de trois ans ferme", ["pirate de l'hôpital de Valmont"]),
        ("en", "The DPA fined the Northland Police Authority €20,000", ["Northland Police Authority"]),
        ("en", "Norwegian regulator fined a DIY company a total of €5,000", ["DIY company"]),
        ("en", "The regulator fined a direct marketing company approximately €5,000", ["direct marketing company"]),
        ("en", "Garante fines the national pension institute (NPI) €9,000", ["NPI"]),
        ("en", "Judge orders Examplia to delete facial data", ["Examplia"]),
        ("en", "The regulator imposed a €500 fine on a company for not hearing its DPO", []),
        ("zh", "星河电子和佳佳购分别被罚50万元", ["星河电子", "佳佳购"]),
        ("zh", "佳佳购同意支付200万元罚款", ["佳佳购"]),
        ("zh", "监管机构向星河电子开出200万欧元罚单", ["星河电子"]),
        ("zh", "北山区法院判处黑客林某有期徒刑三年", ["林某"]),
        ("zh", "23岁男子入侵学校系统被判两年", ["23岁男子"]),
        ("zh", "法院命令佳佳购停止使用用户数据", ["佳佳购"]),
        ("zh", "网信办对两家电商平台作出行政处罚", ["两家电商平台"]),
        ("zh", "财政部将星河电子等五家公司列入制裁名单", ["星河电子"]),
    ],
)
def test_grammar_shows_whom_it_hits(language: str, title: str, targets: list[str]) -> None:
    """Behind "against", in lists, in scripts without capitals, without a name; a founder and not what was founded."""
    assert names(facts(language, title), "target") == targets


def test_the_company_is_the_one_of_the_title() -> None:
    """A lead that goes on with "the company" means whom the title opens with."""
    lead = "Le Conseil d'État a rejeté la requête de la société contre l'amende de 4 millions d'euros."

    assert names(facts("fr", "Examplia perd son procès contre la Cnil", lead), "target") == ["Examplia"]


def test_a_nickname_gives_way_to_the_names_of_the_lead() -> None:
    lead = "Owen Brook et Tarek Jibal ont été condamnés à cinq ans de prison à Liège."
    found = facts("fr", "Deux « Lynx Gris » belges condamnés en appel", lead)

    assert names(found, "target") == ["Owen Brook", "Tarek Jibal"]


@pytest.mark.parametrize(
    ("language", "title", "text", "authorities"),
    [
        ("fr", "Amende de 17 millions d'euros contre Examplia", "L'amende punit une fuite, a indiqué mardi la Cnil.",
         ["Cnil"]),
        ("fr", "Examplia condamnée à 100 000 euros d'amende", "Le tribunal de Nanterre a rendu son jugement mardi.",
         ["tribunal de Nanterre"]),
        ("fr", "L'UE et le Royaume-Uni sanctionnent Examplia", "", ["UE", "Royaume-Uni"]),
        ("en", "California AG sues Examplia over leak", "", ["California AG"]),
        ("en", "Judge orders Examplia to delete facial data", "", ["Judge"]),
        ("en", "Dutch watchdog fines Examplia", "The Autoriteit Persoonsgegevens found no consent.",
         ["Autoriteit Persoonsgegevens"]),
        ("fr", "Amende pour Examplia", "Le régulateur irlandais (DPC), au nom de l'UE, inflige deux millions d'euros.",
         ["DPC"]),
    ],
)  # fmt: skip
def test_who_announces_or_judges_decided(language: str, title: str, text: str, authorities: list[str]) -> None:
    """Also behind his verb; who is acted for did nothing; a bare watchdog is the one the lead names."""
    assert names(facts(language, title, text), "authority") == authorities


@pytest.mark.parametrize(
    ("language", "title", "text", "expected"),
    [
        ("en", "Man faces up to 20 years in prison over hack", "", []),
        ("fr", "Le pirate risque dix ans de prison", "", []),
        ("fr", "Cinq ans de prison requis contre le pirate", "", [("sentence", "proposed")]),
        ("it", "Quattro anni di carcere al pirata informatico", "", [("sentence", "imposed")]),
        ("de", "Gericht hebt Bußgeld gegen Examplia auf", "", [("fine", "annulled")]),
        ("en", "Regulator drops £2m fine, but Examplia must pay £900,000 penalty", "", [("fine", "imposed")]),
        ("fr", "Une sanction de 50 000 euros pour Examplia", "La CNIL l'annonce.", [("fine", "imposed")]),
        ("en", "Company warns of formal notice scam", "", []),
        ("en", "Better answers by fine-tuning of models", "", []),
        ("en", "Smart glasses like the Acme Ray-Bans are on sale", "", []),
    ],
)
def test_measures_that_were_taken(language: str, title: str, text: str, expected: list[tuple[str, str]]) -> None:
    """What may come is none; a requested term is proposed; a sanction of a sum is a fine; courts annul."""
    assert [(f.value, f.status) for f in facts(language, title, text) if f.type == "measure"] == expected


@pytest.mark.parametrize(
    ("language", "title", "text", "kind", "expected"),
    [
        ("en", "Hacker jailed for three years and nine months", "", "duration", [(45.0, "month")]),
        ("fr", "La CNIL met en demeure Examplia", "La société a deux mois pour agir.", "duration", [(2.0, "month")]),
        ("en", "UK lifts ban on Examplia", "It comes two years after the order.", "duration", []),
        ("fr", "Turquie : la KVKK inflige une amende de 90 000 livres à Examplia", "", "amount", [(9e4, "TRY")]),
        ("es", "El Supremo confirma la multa de 4 millones impuesta a Examplia", "", "amount", [(4e6, "EUR")]),
        ("fr", "La CNIL inflige 5 millions d'euros à Acmé et 2 millions à Examplia", "", "amount",
         [(5e6, "EUR"), (2e6, "EUR")]),
    ],
)  # fmt: skip
def test_sums_and_spans(language: str, title: str, text: str, kind: str, expected: list[tuple[float, str]]) -> None:
    """Years with months, deadlines, currencies that share a word, sums that leave theirs out."""
    assert [(f.value, f.unit) for f in facts(language, title, text) if f.type == kind] == expected


@pytest.mark.parametrize(
    ("language", "title", "text", "products"),
    [
        ("fr", "Vulnérabilités dans les produits Acmé", "Elles touchent Acmé Portail 3.2.", ["Acmé Portail"]),
        ("fr", "L'extension Formulette menace 900 sites", "Une faille permet d'écrire.", ["Formulette"]),
        ("en", "Acme has fixed a flaw in Front Desk", "", ["Front Desk"]),
        ("en", "Flaws in Front Desk, Gatehouse and Cellar let anyone in", "", ["Front Desk", "Gatehouse", "Cellar"]),
        ("en", "Bug in package “tiny-parse” runs code", "", ["tiny-parse"]),
        ("nl", "Lek in printers van Acme", "", []),
        ("en", "WordPress 9.1.2 Patches Code Execution Vulnerability", "", ["WordPress"]),
        ("en", "Acme Confirms Breach From Zero-Day Attack", "Acme Confirms Breach.", []),
        ("fr", "Claude d'Anthropic a trouvé neuf failles dans Firefox", "", ["Firefox"]),
        ("en", "Debit cards are vulnerable to guessing", "Debit cards have few digits.", []),
        ("zh", "Gatehouse存在远程代码执行漏洞", "", ["Gatehouse"]),
    ],
)
def test_products_by_the_words_around_them(language: str, title: str, text: str, products: list[str]) -> None:
    """What something is, where the flaw is, which version; who makes it is no product."""
    assert names(facts(language, title, text), "product") == products


@pytest.mark.parametrize("language", ["en", "fr", "de", "es", "it", "pt", "nl", "pl", "zh", "ja", "ru", "ar"])
def test_capacities_are_safe_on_long_text(language: str) -> None:
    """No expression backtracks on 20 KB of one letter, of capitals, of its own kind of words."""
    samples = ["a" * 20_000, " " * 20_000, "Ab " * 6_600, "Court of The " * 1_500, "国" * 20_000, "هيئة حماية " * 1_500]
    patterns = [capacity.words.pattern for capacity in capacities(language)]
    patterns += [
        re.compile(pattern)
        for pattern in (*load("grammar_targets")["patterns"], *load("grammar_targets")["arabic"]["patterns"])
    ]
    for pattern in patterns:
        for sample in samples:
            started = time.perf_counter()
            for _ in pattern.finditer(sample):
                pass
            assert time.perf_counter() - started < 0.5, (pattern.pattern[:60], sample[:6])


def test_hints_rule_out_no_match() -> None:
    """Whatever a pattern finds in the news of the tests holds one of its hints."""
    texts = [line for path in NEWS.glob("*.jsonl") for line in path.read_text(encoding="utf-8").splitlines()]
    for language in ("en", "fr", "de", "es", "it", "pt", "nl", "pl", "zh", "ja", "ru", "ar"):
        for trigger in triggers(language):
            for text in texts if trigger.hints else ():
                if trigger.pattern.search(text):
                    assert any(hint in text.lower() for hint in trigger.hints), (language, trigger.measure)


def test_hints_are_the_letters_a_pattern_spells_out() -> None:
    """Each choice of a group counts; of several places the most telling; a list with a pattern of none has none."""
    assert hints(["congel\\w+ bens", "(?:revoc|cancel)\\w+", "bans?"]) == ("congel", "revoc", "cancel", "ban")
    assert hints(["(?:has )?fined", "jails"]) == ("fined", "jails")
    assert hints(["(?:has|have) been \\w+(?: not)? (?=fined)"]) == (" been ",)
    assert hints(["\\w+ (?:be|get)s? Banned\\b", "判(?:处|决)"]) == (" banned", "判")
    assert hints(["bans", "\\w+ [a-z]?"]) == ()


@pytest.mark.parametrize("text", ["İNDİRTTİ", "indirtti", "INDIRTTI", "ındırttı", "INDIRTTı"])
def test_hints_know_the_letters_that_patterns_take_for_one(text: str) -> None:
    """Case is more than two forms of a letter: what the pattern finds, the hint lets it find."""
    words = WordPattern(re.compile("indirtti", re.IGNORECASE), hints(["indirtti"]))

    assert words.pattern.search(text)
    assert words.search(text)


@pytest.mark.parametrize(
    ("language", "title", "authorities", "targets"),
    [
        ("it", "La Danimarca multa Examplia", ["Danimarca"], ["Examplia"]),
        ("it", "Danimarca, multa a Examplia", ["Danimarca"], ["Examplia"]),
        ("it", "Multa della Danimarca per la fuga", ["Danimarca"], []),
        ("nl", "Denemarken legt Examplia boete op", ["Denemarken"], ["Examplia"]),
        ("es", "Sanción de Justicia por la fuga", [], []),
        ("es", "Multa de Justicia a Examplia", [], ["Examplia"]),
        ("pt", "Eis a multa", [], []),
        ("pt", "Multa de 3 milhões à Eisberg", [], ["Eisberg"]),
        ("es", "Multa a Justiciana por una fuga de datos", [], ["Justiciana"]),
    ],
)
def test_who_imposes_is_not_hit(language: str, title: str, authorities: list[str], targets: list[str]) -> None:
    """A country by its name in another language, a ministry by its subject, a word for "here is"."""
    found = facts(language, title)
    assert names(found, "authority") == authorities
    assert names(found, "target") == targets


@pytest.mark.parametrize(
    ("language", "title", "text", "expected"),
    [
        ("en", "EU fines X $140m over ticks", "", ["X"]),
        ("fr", "La Commission européenne inflige une amende à X", "", ["X"]),
        ("de", "Brüssel verhängt Strafe gegen X", "", ["X"]),
        ("en", "EU fines Examplia over Model X", "", ["Examplia"]),
        ("fr", "La CNIL inflige une amende à Examplia", "La décision a été annoncée sur X.", ["Examplia"]),
        ("fr", "Examplia : la France bloque l'accès au site de paris depuis son territoire", "", ["Examplia"]),
        ("fr", "Examplia : la justice condamne un technicien", "", ["technicien"]),
        ("zh", "法国命令屏蔽 Examplia", f"{BLOCKED}西班牙政府也下令封锁了预测市场平台 {BOTH}。", ["Examplia"]),
        ("zh", "法国命令屏蔽 Examplia", f"{BLOCKED}法国政府也封锁了预测市场平台 {BOTH}。", ["Examplia", "Formulix"]),
        ("fr", "Examplia réclamait 16 millions d'euros à un technicien", "La cour d'appel tranche.", ["technicien"]),
    ],
)  # fmt: skip
def test_whom_a_letter_a_heading_and_another_state_leave_in_doubt(
    language: str, title: str, text: str, expected: list[str]
) -> None:
    """A company called by a letter, one named before the colon, those whom another state hit, and who only claims."""
    assert names(facts(language, title, text), "target") == expected


def test_a_claim_imposes_nothing() -> None:
    """Who claims a sum before a court has not got it."""
    found = facts("fr", "Examplia réclamait 16 millions d'euros", "La cour d'appel de Paris a tranché.")
    assert told(found) == [("damages", "proposed")]


def test_a_story_that_is_about_no_sanction_names_nobody_who_sanctions() -> None:
    """Where the topic was ruled out, a sanction that the text mentions is no fact of the story."""
    report = replace(
        article("en", "15 zero-days exploited in attacks", "It goes on despite being sanctioned by the US government."),
        topics={"sanction": 0.01},
    )
    assert [fact.type for fact in find_facts([report])[0].facts] == ["exploited"]


def test_who_speaks_for_the_law_is_not_hit_by_it() -> None:
    """ "said U.S. Attorney Jane Roe" beside a sentence names no one sentenced."""
    found = facts("en", "Harbour market vendor gets 26 years", "“Poison,” said U.S. Attorney Jane B. Roe on Monday.")

    assert not any("Roe" in str(fact.value) for fact in found if fact.type == "target")


def test_half_a_word_is_nobody() -> None:
    """ "Dark web market vendor gets 26 years": no one is called Dark."""
    title = "Dark web Harbour Market vendor gets 26 years for selling passports"
    found = facts("en", title, "The market had 1,100 sellers.")

    assert "Dark" not in [fact.value for fact in found if fact.type == "target"]


def test_an_attorney_general_is_one_whether_written_out_or_not() -> None:
    """Two spellings on one card would be two offices, and an update."""
    short, long = (facts("en", f"Ohio {office} sues Examplia over leak") for office in ("AG", "Attorney General"))

    assert [f.value for f in short if f.type == "authority"] == [f.value for f in long if f.type == "authority"]
