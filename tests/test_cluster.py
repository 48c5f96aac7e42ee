"""Articles become stories: what meets, what stays apart, and ids that stay."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from pipeline.cluster import Decision, cluster, explain, explain_pairs
from pipeline.cluster.candidates import namesakes, share_lands_alone
from pipeline.cluster.group import agglomerate
from pipeline.cluster.guards import count_against
from pipeline.cluster.round_ups import RULES, find_round_ups, is_round_up, round_up_rules
from pipeline.cluster.scoring import PairScorer
from pipeline.cluster.signature import find_boilerplate, find_cves, sign, strip_outlet, when
from pipeline.model import Article, Fact, Story
from pipeline.vectors import pack, stack, unpack

DAY = datetime(2026, 6, 1, 8, tzinfo=UTC)
#: One direction per subject: articles given the same one are near, others are not.
SUBJECTS = {name: k for k, name in enumerate(("alibaba", "acme", "fortios", "harbour", "other", "chrome"))}


def vector(subject: str, salt: str = "") -> bytes:
    """A unit vector near its subject's direction, the same for the same words."""
    rng = np.random.default_rng(sum(map(ord, subject + salt)))
    row = 0.4 * rng.standard_normal(512) / np.sqrt(512)
    row[SUBJECTS[subject]] += 1.0
    return pack((row / np.linalg.norm(row)).astype(np.float32))


def article(
    name: str, title: str, text: str = "", *, subject: str = "other", language: str = "en", hours: float = 0.0,
    site: str | None = None, topics: dict[str, float] | None = None, url: str | None = None,
) -> Article:  # fmt: skip
    """One report by an invented outlet."""
    place = site or f"{name}.example"
    return Article(
        id=name, feed=f"https://{place}/feed", url=url or f"https://{place}/{name}", title=title, site=place,
        paragraphs=tuple(p for p in text.split("\n\n") if p), language=language, topics=topics or {},
        published=DAY + timedelta(hours=hours), first_seen=DAY + timedelta(hours=hours + 1),
        vector=vector(subject, name),
    )  # fmt: skip


ALIBABA = [
    article("fr1", "Pékin suspend son partenariat avec Alibaba Cloud après la faille Log4j",
            "Le ministère chinois MIIT suspend pour six mois son partenariat avec Alibaba Cloud, qui n'a pas signalé "
            "la vulnérabilité Log4j (CVE-2021-44228) à temps.", subject="alibaba", language="fr"),
    article("en1", "China's MIIT suspends Alibaba Cloud partnership over Log4j flaw report",
            "The ministry MIIT suspended a partnership with Alibaba Cloud for six months. Alibaba Cloud had not "
            "reported the Log4j flaw CVE-2021-44228 first.", subject="alibaba", hours=5),
    article("de1", "China setzt Partnerschaft mit Alibaba Cloud wegen Log4j aus",
            "Das MIIT setzt die Partnerschaft mit Alibaba Cloud für sechs Monate aus: Die Log4j-Lücke CVE-2021-44228 "
            "wurde zu spät gemeldet.", subject="alibaba", language="de", hours=9),
]  # fmt: skip
ACME = [
    article("en2", "Acme Harbour Freight fined 1,200,000 euros for leaking customer data",
            "The regulator fined Acme Harbour Freight 1,200,000 euros.", subject="acme"),
    article("es2", "Multa de 1.200.000 euros a Acme Harbour Freight por filtrar datos",
            "El regulador impone a Acme Harbour Freight una multa de 1.200.000 euros.", subject="acme", language="es"),
]  # fmt: skip


def groups(stories: Sequence[Story]) -> set[frozenset[str]]:
    return {frozenset(a.id for a in story.articles) for story in stories}


def test_one_event_in_three_languages_is_one_story() -> None:
    """Reports of one event meet across languages; another event stays apart."""
    assert groups(cluster([*ALIBABA, *ACME])) == {frozenset({"fr1", "en1", "de1"}), frozenset({"en2", "es2"})}


def test_order_of_input_does_not_matter() -> None:
    """Any order of the same articles gives equal stories, ids and all."""
    items = [*ALIBABA, *ACME]
    expected = cluster(items)
    for seed in range(5):
        shuffled = items.copy()
        random.Random(seed).shuffle(shuffled)

        assert cluster(shuffled) == expected


def test_other_cve_ids_are_other_stories() -> None:
    """Look-alike advisories of one product with other CVE ids never merge."""
    one = article("a", "FortiOS remote code execution CVE-2026-1234", "FortiOS flaw CVE-2026-1234.", subject="fortios")
    two = article("b", "FortiOS remote code execution CVE-2026-9876", "FortiOS flaw CVE-2026-9876.", subject="fortios")

    assert len(cluster([one, two])) == 2


def test_a_cve_alone_is_not_a_story() -> None:
    """A patch and a sanction that name one CVE stay apart."""
    patch = article("p", "Apache releases patch for Log4j CVE-2021-44228", "Update Log4j to 2.17 now. CVE-2021-44228.",
                    subject="alibaba", topics={"disclosure": 0.95, "sanction": 0.02})  # fmt: skip
    sanction = replace(ALIBABA[1], topics={"disclosure": 0.1, "sanction": 0.96})

    assert len(cluster([patch, sanction])) == 2


def test_a_flaw_and_who_was_punished_over_it_are_two_stories() -> None:
    """Also where the report on the sanction tells of the flaw as much, and both share its name and its id."""
    advice = article("adv", "Five countries give joint advice on the Log4j flaw after Alibaba Cloud reported it",
                     "Agencies of five countries tell how to find Log4j flaw CVE-2021-44228, found at Alibaba Cloud.",
                     subject="alibaba", topics={"disclosure": 0.97, "sanction": 0.02})  # fmt: skip
    punished = [replace(report, topics={"disclosure": 0.9, "sanction": 0.98}) for report in ALIBABA]

    assert groups(cluster([*punished, advice])) == {frozenset({"fr1", "en1", "de1"}), frozenset({"adv"})}


def test_round_ups_join_no_story() -> None:
    """A weekly recap that tells of the event among others stays alone."""
    recap = article("r", "Weekly recap: China suspends Alibaba Cloud partnership, Log4j and more", ALIBABA[1].text,
                    subject="alibaba", hours=6)  # fmt: skip

    assert frozenset({"r"}) in groups(cluster([*ALIBABA, recap]))


@pytest.mark.parametrize("rule", range(len(round_up_rules())), ids=[rule.name for rule in round_up_rules()])
def test_every_round_up_rule_has_an_example(rule: int) -> None:
    """Each rule of data/round_ups.json matches its own example."""
    import json

    written = json.loads(RULES.read_text(encoding="utf-8"))[rule]
    in_lead = written.get("where") == "lead"
    title, text = ("Heron: lasers and a breach", written["example"]) if in_lead else (written["example"], "")
    assert is_round_up(article("x", title, text))


@pytest.mark.parametrize(
    ("title", "is_lesson"),
    [
        ("What is CVE-2026-1111, the flaw in Acme Desk?", False),
        ("How to detect CVE-2026-1111 in Acme Desk", False),
        ("How thieves detected an open portal", False),
        ("Comment Acme a perdu les factures de 400 ports", False),
        ("Qu'est-ce que la règle des ports ?", True),
        ("Cos'è la regola dei porti", True),
        ("Exploiting path traversal vulnerabilities", True),
        ("Understanding SQL injection attacks in web apps", True),
        ("Hackers exploiting path traversal vulnerabilities in Acme Desk", False),
        ("Exploiting Acme Desk vulnerabilities, thieves empty harbour accounts", False),
        ("Security Bulletin: Acme Desk, Acme Notes, Acme Mail affected by a flaw", False),
    ],
)
def test_a_lesson_is_no_event(title: str, is_lesson: bool) -> None:
    """What something is, and how to guard oneself, happened on no day; a flaw's id makes it news."""
    assert is_round_up(article("x", title)) is is_lesson


def test_a_title_whose_headlines_each_have_a_sentence_is_a_round_up() -> None:
    """Three headlines over three sentences are three events; two of one event share their sentences."""
    title = "Heron worm spreads, Acme harbour breached, Lagoon bank fined"
    each = (
        "The Heron worm spreads by mail in nine lands. Thieves breached the Acme harbour portal; the Lagoon bank was "
        "fined two million for its calls."
    )
    one = (
        "The Heron worm spreads from the breached Acme harbour to the Lagoon bank. Its clerks saw it on Monday. "
        "Nobody was fined, the Lagoon bank told the Acme harbour."
    )
    assert is_round_up(article("x", title, each))
    assert is_round_up(article("x", "Heron worm spreads to mills; Acme harbour was breached", each))
    assert is_round_up(article("x", "Heron worm, Acme breach, Lagoon fine", each))
    assert not is_round_up(article("x", title, one))
    assert not is_round_up(article("x", "Heron worm spreads by mail, Acme harbour breached", each))


@pytest.mark.parametrize("title", ["Mayor fined in review of harbour contracts", "Hackers list flaws in Acme routers",
                                   "Acme podcaster app leaks data", "Une amende pour Acme",
                                   "Thieves took names, photos and more", "Webinar tool leaks",
                                   "Police wrap up investigation into breach",
                                   "Le faux bon plan des extensions qui volent du code",
                                   "Acme sells its harbour in a $40 million deal", "Largest ports hacked in one night",
                                   "Shop fined over invented Black Friday discounts",
                                   "Stolen templates let thieves forge visas",
                                   "Phishers abuse Data Privacy Day to steal logins",
                                   "Heron paie ce qu'il faut", "La semaine où Acme a payé",
                                   "Acme hält die Woche durch",
                                   "Incident chez Acme : qu'est-ce qui s'est passé ?",
                                   "이번 주 정오부터 서비스 중단", "Неделя штрафов для «Экзамплии»"])  # fmt: skip
def test_plain_titles_are_no_round_ups(title: str) -> None:
    """Single events are not taken for lists."""
    assert not is_round_up(article("x", title))


@pytest.mark.parametrize("mark", ["(LEAD) ", "(2nd LD) ", "(URGENT) ", "UPDATE 1-", "BREAKING: ", "EN DIRECT - "])
def test_an_agency_tells_its_news_again_under_a_mark(mark: str) -> None:
    """What an agency writes before its title when it sends the news again makes it no other one's."""
    title, text = "Heron Telecom says data of 5,561 users leaked in payment breach", "Heron Telecom named the breach."
    again = "Heron Telecom said on Thursday that data of 5,561 users may have leaked; an inquiry was opened."
    items = [article("h1", title, text, subject="harbour", site="agency.example"),
             article("h2", mark + title, again, subject="harbour", site="agency.example", hours=1)]  # fmt: skip

    assert len(cluster(items)) == 1


@pytest.mark.parametrize(("title", "hours", "column"), [
    ("Boxes explained: Kingfisher", 48.0, True),
    ("Boxes explained - Kingfisher and how she fell", 48.0, True),
    ("Boxes explained: Kingfisher", 3.0, False),
    ("Boxes explained: the Heron box is patched", 48.0, False),
    ("Kingfisher boxes explained", 48.0, False),
])  # fmt: skip
def test_two_numbers_of_a_column_are_other_stories(title: str, hours: float, column: bool) -> None:
    """One outlet's titles that open alike on two days and share nothing behind the colon are a column, not an event."""
    text = "How the box was opened, step by step, and what its owner learned from that."
    items = [article("c1", "Boxes explained: Heron", text, subject="acme", site="boxes.example"),
             article("c2", title, text, subject="acme", site="boxes.example", hours=hours)]  # fmt: skip
    scorer = PairScorer(items, stack(items), timedelta(days=14))

    assert count_against(scorer.table, np.array([0]), np.array([1]))["one outlet's column"].tolist() == [column]


LISTS = [
    "Acme worm spreads, Heron breach grows",
    "Harbour fined; Crane flaw exploited",
    "Kiln leak widens, Loom patch out",
    "Mast hack told, Nave botnet seized, Oar worm stopped",
    "Pier breach grows, and Quay flaw patched",
]


@pytest.mark.parametrize(("others", "lists"), [([], 5), (["Acme fined for a leak"], 5), (["One flaw"] * 3, 0)])
def test_an_outlet_whose_titles_are_lists_tells_no_event(others: list[str], lists: int) -> None:
    """Titles that list headlines are round-ups where most titles of the outlet are; a single event of it is none."""
    items = [article(f"l{k}", title, site="lists.example") for k, title in enumerate([*LISTS, *others])]
    elsewhere = [article(f"e{k}", title, site=f"e{k}.example") for k, title in enumerate(LISTS)]

    assert find_round_ups([*items, *elsewhere]).tolist() == [True] * lists + [False] * (len(items) - lists + 5)


def test_a_definition_behind_a_colon_is_a_lesson() -> None:
    """The word in front of the colon is the field, not the news."""
    assert is_round_up(article("x", "Piratage : qu'est-ce que la technique du crochet ?"))


@pytest.mark.parametrize(
    "title", ["Acme worm stopped; Heron breach grows; Crane fined", "鹤港被罚款五万；铁锚蠕虫扩散；灯塔数据泄露"]
)
def test_three_headlines_in_one_title_are_a_round_up(title: str) -> None:
    """Short ones, too, and where words are not parted."""
    assert is_round_up(article("x", title))
    assert not is_round_up(article("x", title.rsplit("；" if "；" in title else ";", 1)[0]))


def test_an_outlet_of_two_headlines_a_title_tells_no_event() -> None:
    """Headlines parted by a semicolon may hold commas of their own."""
    titles = ["Acme, Heron, Crane Mail hit by worm; Loom patch out", *LISTS[:4]]

    assert find_round_ups([article(f"l{k}", t, site="lists.example") for k, t in enumerate(titles)]).all()


@pytest.mark.parametrize(
    ("title", "text", "apart"),
    [
        ("Acme Mail raises its outlook for the year", "Sales grew by a tenth.", True),
        ("Acme Mail adds a dark theme", "The new theme comes to all users next week.", True),
        ("Acme Mail closes a hole that opens inboxes", "Users should install it at once.", False),
        ("Acme Mail übernimmt zu viel", "Ein Pufferüberlauf erlaubt fremden Code.", False),
        ("Acme Mail in trouble", "The maker tells of CVE-2026-5151.", False),
    ],
    ids=["figures", "feature", "flaw", "kind of flaw", "CVE id"],
)
def test_a_notice_of_a_flaw_is_not_told_by_what_names_its_product_alone(title: str, text: str, apart: bool) -> None:
    """An agency's form without CVE ids says little but the product, which many other reports name."""
    form = "Multiples vulnérabilités dans {} (0{} juin 2026)"
    text_of_form = "Elles permettent un déni de service."
    forms = [
        article(f"m{k}", form.format(product, k), text_of_form, subject="acme", site="cert.example")
        for k, product in enumerate(["Acme Mail", "Heron", "Crane", "Loom"], 1)
    ]
    items = [*forms, article("news", title, text, subject="acme", site="news.example")]
    scorer = PairScorer(items, stack(items), timedelta(days=14))
    found = scorer.against(np.ones(1, dtype=np.float32), np.array([0]), np.array([4]))

    assert found["notice beside no flaw"].tolist() == [apart]


@pytest.mark.parametrize(
    ("title", "apart"), [("Heron ties its tools to Acme Mail", True), ("Acme Mail bug fixed", False)]
)
def test_an_entry_of_a_flaw_is_not_told_by_what_uses_its_product(title: str, apart: bool) -> None:
    """A title that opens with a CVE id is a notice, too, whatever its product does elsewhere."""
    items = [article("e", "CVE-2026-5151 - Improper limits in Acme Mail tools", "A flaw.", subject="acme"),
             article("news", title, "The new version comes to all users.", subject="acme")]  # fmt: skip
    scorer = PairScorer(items, stack(items), timedelta(days=14))
    found = scorer.against(np.ones(1, dtype=np.float32), np.array([0]), np.array([1]))

    assert found["notice beside no flaw"].tolist() == [apart]


def test_two_fines_of_one_day_are_told_apart_by_their_sums() -> None:
    """One regulator's two fines share land, day and measure; a fine that papers convert is one."""
    won, euros, small = (241.7e9, "KRW"), (145e6, "EUR"), (8.3e9, "KRW")
    measure = Fact(type="measure", value="fine", status="imposed")
    title = "Regulator of Exampleland fines {} over leaked records"
    items = [
        replace(article(name, title.format(firm), "Records of customers leaked.", subject="alibaba"),
                facts=(measure, Fact(type="amount", value=amount[0], unit=amount[1])))
        for name, firm, amount in [("a", "Acme", won), ("b", "Acme", euros), ("c", "Heron", small)]
    ]  # fmt: skip

    assert groups(cluster(items)) == {frozenset({"a", "b"}), frozenset({"c"})}


def test_the_end_of_a_headline_is_no_headline() -> None:
    """What goes on after a comma in a small letter is the same news."""
    items = [article(f"t{k}", title, site="lists.example")
             for k, title in enumerate(["Thieves hack Acme, steal data", "Acme hacked, Heron says"] * 6)]  # fmt: skip

    assert not find_round_ups(items).any()


def test_one_form_filled_on_different_days_does_not_merge() -> None:
    """One outlet's "Multiples vulnérabilités dans …": another day or another product is another story."""
    text = "De multiples vulnérabilités ont été découvertes. Elles permettent un déni de service à distance."
    items = [
        article(f"m{k}", f"Multiples vulnérabilités dans {product} (0{day} juin 2026)", text, subject="chrome",
                language="fr", site="cert.example", hours=24.0 * day)
        for k, (product, day) in enumerate([("Google Chrome", 1), ("Google Chrome", 4), ("Mozilla Firefox", 1)])
    ]  # fmt: skip

    assert len(cluster(items)) == 3


def test_a_form_for_one_product_is_not_the_form_for_many() -> None:
    """One outlet fills its form on one day for a product and for the vendor's others: two notices."""
    text = "De multiples vulnérabilités ont été découvertes. Elles permettent un déni de service à distance."
    items = [article(f"w{k}", f"Multiples vulnérabilités dans {product} (04 juin 2026)", text, subject="chrome",
                     language="fr", site="cert.example", hours=0.1 * k)
             for k, product in enumerate(["Beeble Edge", "les produits Beeble", "Acmedrive", "Cometwall"])]  # fmt: skip

    assert len(cluster(items)) == 4


def test_one_text_for_two_products_is_no_copy() -> None:
    """A form of many words that one outlet fills for two products is two notices; on another site it is a copy."""
    text = (
        "De multiples vulnérabilités ont été découvertes dans ce produit. Certaines d'entre elles permettent à un "
        "attaquant de provoquer une élévation de privilèges, un contournement de la politique de sécurité, une "
        "injection de code indirecte à distance et une atteinte à la confidentialité des données de l'entreprise."
    )
    places = [("Beeblenet", "cert.example"), ("Cometwall", "cert.example"), ("Beeblenet", "mirror.example")]
    items = [article(f"p{k}", f"Multiples vulnérabilités dans les produits {product} (17 juin 2026)", text,
                     subject="chrome", language="fr", site=site, hours=0.1 * k)
             for k, (product, site) in enumerate(places)]  # fmt: skip

    assert groups(cluster(items)) == {frozenset({"p0", "p2"}), frozenset({"p1"})}


@pytest.mark.parametrize(("site", "stories"), [("parliament.example", 2), (None, 1)], ids=["one outlet", "two outlets"])
def test_dates_at_the_end_of_titles_tell_reports_of_one_outlet_apart(site: str | None, stories: int) -> None:
    """Minutes of two sittings differ in the date alone; two outlets may date one report by different days."""
    text = "The harbour council of Port Example met in full and spoke of ferries, fees and the repair of the old quay."
    items = [article(f"d{k}", f"Minutes of the harbour council of Port Example, {day} June 2026", text,
                     subject="harbour", site=site, hours=k)
             for k, day in enumerate((9, 10))]  # fmt: skip

    assert len(cluster(items)) == stories


def test_a_form_joins_news_of_its_product_only() -> None:
    """A notice about one distribution's kernel is not the news about a named kernel flaw; one about its product is."""
    text = "De multiples vulnérabilités ont été découvertes. Elles permettent une élévation de privilèges."
    forms = [
        article(f"n{k}", f"Multiples vulnérabilités dans {product}", text, subject="fortios", language="fr",
                site="cert.example", hours=2.0 * k)
        for k, product in enumerate(["Acmedrive", "Beeblenet", "Cometwall", "le noyau Linux de Pelikan LTS"])
    ]  # fmt: skip
    scorer = PairScorer(
        [*forms, article("d", "Linux flaw 'Dusty Gull' gives root", "The Linux flaw Dusty Gull gives root.",
                         subject="fortios"),
         article("b", "Beeblenet closes holes", "Beeblenet closes holes that give root.", subject="fortios")],
        np.eye(6, 512, dtype=np.float32), timedelta(days=14),
    )  # fmt: skip
    found = count_against(scorer.table, np.array([3, 1]), np.array([4, 5]))

    assert found["form of another product"].tolist() == [True, False]
    assert not found["form days from the news"].any()


ANCHOR = article(
    "anchor", "Gannet Mail 'RustyAnchor' zero-day gives full rights",
    "The researcher Grey Heron says that the new flaw affects patched versions of Gannet Mail. A race condition gives "
    "full rights. The RustyAnchor exploit was shared on Tuesday.", subject="acme",
)  # fmt: skip
HERON = "Grey Heron strikes again: new zero-day in Gannet Mail opens Gannet Vault"


@pytest.mark.parametrize(
    ("title", "text", "joined"),
    [(HERON, "The researcher Grey Heron published an exploit dubbed PaleTern, which gives full rights in Gannet Mail. "
             "It came one day after RustyAnchor.", False),
     (HERON, "The researcher Grey Heron published an exploit dubbed RustyAnchor, which gives full rights in Gannet "
             "Mail. It came one day after PaleTern.", True),
     ("Gannet Mail zero-day RustyAnchor gives full rights: no patch yet", "The researcher Grey Heron also published "
      "an exploit dubbed PaleTern for Gannet Mail. RustyAnchor gives full rights.", True),
     (HERON, "The researcher Grey Heron published an exploit dubbed PaleTern for CVE-2026-5151, the flaw in Gannet "
             "Mail that gives full rights.", True)],
    ids=["another", "the same", "named in both titles", "one CVE id"],
)  # fmt: skip
def test_flaws_of_other_names_are_other_stories(title: str, text: str, joined: bool) -> None:
    """Another flaw by the same researcher is another event, though its report names the first as what came before."""
    first = replace(ANCHOR, paragraphs=(*ANCHOR.paragraphs, "CVE-2026-5151")) if "5151" in text else ANCHOR
    second = article("second", title, text, subject="acme", hours=24)

    assert (len(cluster([first, second])) == 1) is joined


#: Two reports of one flaw that have a nickname in common and little else.
BRINE = article("brine", "Linux flaw 'Brine Gate' opens servers to local users", "A flaw dubbed Brine Gate lets local "
                "users read everything. It resembles CVE-2026-1111.", subject="acme")  # fmt: skip


@pytest.mark.parametrize(
    ("title", "topics", "one"),
    [("Linux flaw BrineGate opens old servers again", {}, True),
     ("Linux flaw GateBrine opens old servers", {}, False),
     ("Linux house fined after Brine Gate let thieves in", {"sanction": 0.9, "disclosure": 0.6}, False)],
    ids=["however spaced", "another name", "a sanction around it"],
)  # fmt: skip
def test_one_nickname_of_a_flaw_in_both_titles_is_one_story(title: str, topics: dict[str, float], one: bool) -> None:
    """What differs otherwise is doubt only; a sanction is another event, and so is another flaw."""
    later = article("later", title, "Brine Gate opens servers to local users of long-term kernels, too. CVE-2026-2222.",
                    subject="acme", hours=200, topics=topics)  # fmt: skip
    pair = [BRINE, later]
    scorer = PairScorer(pair, stack(pair), timedelta(days=14))
    doubtful = np.full(1, -2.0, dtype=np.float32)

    assert scorer.one_flaw(doubtful, np.array([0]), np.array([1])).tolist() == [one]


def test_malware_of_one_name_strikes_many_times() -> None:
    """Only a flaw's nickname joins; two victims of one ransomware are two events."""
    first = article("first", "'Brine Gate' ransomware stops a brewery", "The ransomware dubbed Brine Gate encrypted "
                    "the brewery's files.", subject="acme")  # fmt: skip
    second = article("second", "Brine Gate hits a school board", "Pupils stay at home.", subject="acme", hours=100)
    scorer = PairScorer([first, second], stack([first, second]), timedelta(days=14))

    assert not scorer.one_flaw(np.zeros(1, dtype=np.float32), np.array([0]), np.array([1])).any()


def test_advisories_of_other_numbers_are_other_stories() -> None:
    """One outlet's advisories are told by their numbers, however alike; a revision is the same advisory."""
    text = "This flaw lets attackers run code on installations of Gannet Browser. A target must open a page."
    titles = ["ZDI-26-901: (Contest) Gannet Browser Origin Check Bypass", "ZDI-26-902: (Contest) Gannet Browser Script "
              "Injection", "USN-9012-1: Gannet Browser flaws", "USN-9012-2: Gannet Browser flaws",
              "openSUSE-SU-2026:10123-1: gannet", "openSUSE-SU-2026:10124-1: heron", "openSUSE-SU-2026:10124-2: heron",
              "VMSA-2026-0009.1: heron", "DSA 5912-1 heron", "PYSEC-2026-12: heron"]  # fmt: skip
    items = [article(f"z{k}", title, text, subject="acme", site="advisories.example", hours=k / 10)
             for k, title in enumerate(titles)]  # fmt: skip
    numbers = [sign(item).notice for item in items]

    assert numbers == ["ZDI-26-901", "ZDI-26-902", "USN-9012", "USN-9012", "openSUSE-SU-2026:10123",
                       "openSUSE-SU-2026:10124", "openSUSE-SU-2026:10124", "VMSA-2026-0009", "DSA-5912",
                       "PYSEC-2026-12"]  # fmt: skip
    assert len(cluster(items[:2])) == 2


@pytest.mark.parametrize(
    ("text", "own", "main"),
    [("The flaw is tracked asCVE-2026-1234.", {"CVE-2026-1234"}, {"CVE-2026-1234"}),
     ("Attackers also weaponized another critical flaw, tracked as CVE-2026-9.\n\nCVE-2026-9999 is patched.",
      {"CVE-2026-9999"}, {"CVE-2026-9999"}),
     ("Une autre faille, CVE-2026-1111, avait été corrigée. La nouvelle est CVE-2026-2222.", {"CVE-2026-2222"},
      {"CVE-2026-2222"}),
     ("It hit another firm. The flaw is CVE-2026-1234.", {"CVE-2026-1234"}, {"CVE-2026-1234"}),
     ("CVE-2026-1001, CVE-2026-1002, CVE-2026-1003, CVE-2026-1004",
      {"CVE-2026-1001", "CVE-2026-1002", "CVE-2026-1003", "CVE-2026-1004"},
      {"CVE-2026-1001", "CVE-2026-1002", "CVE-2026-1003"})],
)  # fmt: skip
def test_flaws_that_a_text_brings_in_are_not_its_own(text: str, own: set[str], main: set[str]) -> None:
    """Ids named as another flaw are background, and a long list is not what a text is about."""
    signature = sign(article("x", "News of a flaw", text))

    assert (signature.cves, signature.main_cves) == (own, main)


def test_links_of_a_page_are_not_its_text() -> None:
    """What an outlet prints under three titles, however short, is neither words nor CVE ids of an article."""
    links = "Acme fixes CVE-2026-1\n\nHarbour hacked again\n\nThis week: Acme fixes CVE-2026-1234 at last"
    items = [article(f"l{k}", title, f"{links}\n\nAll about {title}.", site="n.example")
             for k, title in enumerate(["Gulls", "Whales", "Ferries"])]  # fmt: skip
    signature = sign(items[0], find_boilerplate(items))

    assert not signature.cves
    assert set(signature.words) == set(sign(article("y", "Gulls", "All about Gulls.")).words)


def test_one_document_of_a_gazette_under_two_numbers_is_one_story() -> None:
    """EUR-Lex tells of a document twice: by Official Journal and by CELEX number; the next document is another."""
    numbers = ["OJ:L_202600001: Council Decision 2026/1", "CELEX:32026D0001: Council Decision 2026/1",
               "OJ:L_202600002: Council Decision 2026/2"]  # fmt: skip
    items = [article(f"g{k}", f"{number} on measures against Acme", site="gazette.example", hours=k)
             for k, number in enumerate(numbers)]  # fmt: skip

    assert groups(cluster(items)) == {frozenset({"g0", "g1"}), frozenset({"g2"})}


def test_empty_and_short_texts_do_not_merge() -> None:
    """What says nothing has no event in common with anything."""
    items = [article(f"e{k}", title, subject="other") for k, title in enumerate(["", "", "…", "News", "News", "CVE"])]

    assert len(cluster(items)) == len(items)


def test_nothing_in_nothing_out() -> None:
    """An empty batch has no stories."""
    assert cluster([]) == []


def test_articles_beyond_the_window_do_not_meet() -> None:
    """The same event text twenty days later is not compared."""
    late = article("late", ALIBABA[1].title, ALIBABA[1].text, subject="alibaba", hours=24 * 20)

    assert len(cluster([ALIBABA[1], late], window=timedelta(days=14))) == 2


def test_future_and_missing_dates_count_as_seen() -> None:
    """A feed's year 2099 does not tear a story apart, nor does a missing date."""
    future = replace(ALIBABA[1], id="f", url="https://f.example/f", published=datetime(2099, 1, 1, tzinfo=UTC))
    undated = replace(ALIBABA[2], published=None)

    assert when(future) == future.first_seen
    assert len(cluster([ALIBABA[0], future, undated])) == 1


def test_near_copies_are_kept_and_counted_once() -> None:
    """Wire text on two sites: one story, one of the two marked as the copy of the earlier."""
    text = (
        "The harbour authority of Port Example said on Monday that intruders had encrypted its crane scheduling "
        "system and demanded 40 bitcoin. Ships were diverted to two other ports while engineers restored backups."
    )
    first = article("w1", "Port Example halted by ransomware on crane system", text, subject="harbour")
    second = article(
        "w2", "Ransomware on crane system halts Port Example", f"{text} (wire)", subject="harbour", hours=2
    )

    (story,) = cluster([second, first])

    assert story.copies == {"w2": "w1"}
    assert [a.id for a in story.articles] == ["w1", "w2"]


def test_ten_thousand_copies_are_quick_and_numbers_keep_copies_apart() -> None:
    """10,000 near-copies fold into one story in seconds; as many advisories with other CVE ids stay as many stories."""
    body = "Plugin Example of vendor Acme lets attackers upload files through the media form " + " ".join(
        f"detail{k}" for k in range(30)
    )
    copies = [
        replace(
            article(f"c{k}", "Plugin Example lets attackers upload files", f"{body} {k % 3}", subject="acme"), url=None
        )
        for k in range(10_000)
    ]
    numbered = [
        replace(article(f"n{k}", f"CVE-2026-{20000 + k} in Plugin Example", body, subject="acme"), url=None)
        for k in range(2_000)
    ]
    begun = time.perf_counter()

    assert len(cluster(copies)) <= 3
    assert len(cluster(numbered)) == len(numbered)
    assert time.perf_counter() - begun < 60


def test_known_stories_keep_their_ids_and_grow() -> None:
    """Tomorrow's article joins yesterday's story under its id, even when it is dated earlier."""
    (before,) = cluster(ALIBABA[1:2])
    early = replace(ALIBABA[0], published=DAY - timedelta(hours=3), first_seen=DAY + timedelta(days=1))

    (after,) = cluster([early], known=[before])

    assert after.id == before.id
    assert {a.id for a in after.articles} == {"en1", "fr1"}
    assert cluster([], known=[after]) == [after]


def test_two_known_stories_that_are_one_keep_the_older_id() -> None:
    """The younger id is remembered as an alias."""
    older, younger = cluster(ALIBABA[:1])[0], cluster(ALIBABA[1:2])[0]

    merged = cluster(ALIBABA[2:], known=[younger, older])

    assert [(s.id, s.aliases) for s in merged] == [(older.id, (younger.id,))]


def test_one_address_is_one_article() -> None:
    """The same page under another guid and title joins its story."""
    renamed = replace(ALIBABA[1], id="again", title="Cloud partnership suspended (updated)", vector=vector("other"))

    assert len(cluster([ALIBABA[1], renamed])) == 1


def test_merge_is_replayed() -> None:
    """An editor's merge joins what the scores keep apart, and goes on doing so."""
    one, two = cluster([ALIBABA[0], ACME[0]])
    ruling = Decision(kind="merge", stories=(one.id, two.id), when=DAY, by="editor")

    (merged,) = cluster([], known=[one, two], decisions=[ruling])
    (again,) = cluster([], known=[merged], decisions=[ruling])

    assert {a.id for a in merged.articles} == {"fr1", "en2"}
    assert again == merged


def test_split_is_replayed() -> None:
    """A split article leaves, keeps away on later runs, and the rest keeps the id."""
    (story,) = cluster(ALIBABA)
    ruling = Decision(kind="split", stories=(story.id,), articles=("de1",), when=DAY, by="editor")

    parted = cluster([], known=[story], decisions=[ruling])
    again = cluster([], known=parted, decisions=[ruling])

    assert groups(parted) == {frozenset({"fr1", "en1"}), frozenset({"de1"})}
    assert story.id in {s.id for s in parted if len(s.articles) == 2}
    assert again == parted


def test_later_decision_overrules() -> None:
    """A split and then a merge of the same articles leaves them together."""
    (story,) = cluster(ALIBABA)
    split = Decision(kind="split", stories=(story.id,), articles=("de1",), when=DAY, by="a")
    parted = cluster([], known=[story], decisions=[split])
    merge = Decision(kind="merge", stories=tuple(s.id for s in parted), when=DAY + timedelta(days=1), by="b")

    assert len(cluster([], known=parted, decisions=[merge, split])) == 1


def test_a_lone_pair_must_have_more_than_clusters() -> None:
    """Unit 2 scores 0.4 with unit 0: not enough by itself, enough where both of one cluster agree."""
    pairs, scores = np.array([[0, 1], [0, 2], [1, 2]]), np.array([2.0, 0.4, 0.4], dtype=np.float32)

    def labels(count: int, rows: list[int]) -> list[int]:
        found = agglomerate(count, pairs[rows], scores[rows], lambda a, _: np.zeros(len(a), dtype=np.float32),
                            threshold=0.0, lone=0.6)  # fmt: skip
        return found.tolist()

    assert labels(3, [1]) == [0, 1, 2]
    assert labels(3, [0, 1, 2]) == [0, 0, 0]


def test_explain_tells_pairs_and_guards() -> None:
    """Every pair is told with its probability and reasons; a barred one with its guard."""
    (story,) = cluster(ALIBABA)
    other = article("b", "Other flaw CVE-2026-9876 in Alibaba Cloud", "CVE-2026-9876", subject="alibaba")

    told = explain(story)
    pairs = explain_pairs([*ALIBABA, other])

    assert told.count("-[") == 3
    assert "vector" in told
    assert {p.guard for p in pairs if "b" in (p.left, p.right)} == {"other CVE ids"}


def test_explain_tells_what_only_counts_against_a_pair() -> None:
    """One outlet's other words bar nothing, and are named."""
    again = article("again", "Seventeen harbours and a museum on Linux await repairs for Brine Gate", "Ferries sail.",
                    subject="acme", site=BRINE.site, hours=2)  # fmt: skip
    (pair,) = explain_pairs([BRINE, again])

    assert (pair.guard, pair.against) == (None, ("one outlet in other words",))
    assert "against: one outlet in other words" in explain(Story(id="s", articles=(BRINE, again)))


@pytest.mark.parametrize(
    ("text", "expected"),
    [("CVE-2026-1234", {"CVE-2026-1234"}), ("cve 2026-1234", {"CVE-2026-1234"}), ("CVE‑2026‑12345", {"CVE-2026-12345"}),
     ("CAN-2003-0101", {"CVE-2003-0101"}), ("no id", set()), ("CVE-26-1", set())],
)  # fmt: skip
def test_find_cves(text: str, expected: set[str]) -> None:
    """Ids are found however their dashes are written."""
    assert find_cves(text) == expected


@pytest.mark.parametrize(
    ("title", "site", "expected"),
    [("Acme fined for data leak - Example Times", "example-times.example", "Acme fined for data leak"),
     ("Acme fined for data leak | Outlet", None, "Acme fined for data leak"),
     ("Zero-day in PAN-OS", None, "Zero-day in PAN-OS")],
)  # fmt: skip
def test_strip_outlet(title: str, site: str | None, expected: str) -> None:
    """The outlet's name at the end of a title is not part of it; hyphens are."""
    assert strip_outlet(title, site) == expected


def test_names_meet_across_alphabets() -> None:
    """A Cyrillic name reads like its Latin spelling, in any odd text."""
    russian = sign(article("r", "Касперский о атаке", language="ru"))
    english = sign(article("e", "Kasperskii on attack"))

    assert set(russian.words.tolist()) & set(english.words.tolist())
    sign(article("odd", "\ud800 \x00 🙂", "\u202e" * 50))


@pytest.mark.parametrize("title", ["Lumesa ontvangt boete voor verzonnen contracten", "Vlooienmarkt in het weekend"])
def test_a_name_in_both_titles_brings_reports_together_however_unlike(title: str) -> None:
    """A line in one language and a line in another are often far apart; tomorrow they meet, too."""
    italian = article("it", "Il Garante multa Lumesa per contratti mai chiesti", subject="acme", language="it")
    far = 0.35 * unpack(vector("acme")) + unpack(vector("chrome"))
    dutch = article("nl", title, language="nl", hours=2)
    dutch = replace(dutch, vector=pack((far / np.linalg.norm(far)).astype(np.float32)))
    named = "Lumesa" in title

    assert len(cluster([italian, dutch])) == (1 if named else 2)
    assert len(cluster([dutch], known=cluster([italian]))) == (1 if named else 2)


def test_a_name_that_many_titles_share_brings_nobody_together() -> None:
    """Known reports are looked up by names that hardly any other title holds, as they are written."""
    titles = [*["Examplia again"] * 8, "Lumesa fined", "lumesa plays", "Examplia and Lumesa: what now?"]
    fresh = np.arange(len(titles)) == len(titles) - 1

    assert namesakes(titles, fresh).tolist() == [8]
    assert namesakes(titles, ~fresh).tolist() == [10]
    assert namesakes(titles, np.zeros(len(titles), dtype=bool)).tolist() == []


@pytest.mark.parametrize(
    ("title", "alone"),
    [("Japan's ports reopen", True), ("Heron reopens ports in Japan", False), ("Ports reopen", False)],
)
def test_a_land_is_no_name_that_brings_reports_together(title: str, alone: bool) -> None:
    """Two titles of one land share more than that, or nothing that tells an event."""
    assert share_lands_alone("Heron invests ten billion in Japan", title) is alone


@pytest.mark.parametrize(
    ("topics", "labels"),
    [
        ({"sanction": 0.96, "disclosure": 0.95}, ("disclosure", "sanction")),
        ({"sanction": 0.96, "disclosure": 0.7}, ("sanction", "disclosure")),
        ({"zoo": 0.99, "sanction": 0.6, "disclosure": 0.7}, ("zoo", "disclosure", "sanction")),
    ],
)
def test_topics_about_as_likely_stand_by_name(topics: dict[str, float], labels: tuple[str, ...]) -> None:
    """The third digit of two probabilities must not move a story to another section."""
    (story,) = cluster([replace(ALIBABA[0], topics=topics, labels=tuple(topics))])

    assert story.labels == labels
