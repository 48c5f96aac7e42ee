"""Topics of articles: what `pipeline.classify` promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipeline.classify import BUILT_IN, classify, explain, own, test_topic, topic_threshold, triage
from pipeline.classify.beats import beats
from pipeline.classify.concepts import concept_names, find_concepts, fold_text
from pipeline.classify.features import concept_feature_names, concept_rows, word_features, word_parts
from pipeline.classify.heads import calibration_of, load_heads
from pipeline.classify.reported import reported_feature_names, reported_rows
from pipeline.model import Article, Entry, Junk, TopicSpec
from pipeline.vectors import Embedder, HashingEmbedder, load_embedder

#: The case cyberdigest started with, in words of our own: a punishment for how a flaw was disclosed.
SEED = {
    "fr": (
        "Chine : Alibaba Cloud privé de son partenariat avec le ministère de l'Industrie",
        "Le ministère chinois de l'Industrie et des Technologies de l'information a suspendu pour six mois son "
        "partenariat avec Alibaba Cloud. Il reproche au groupe d'avoir signalé la faille Log4j à la fondation Apache "
        "avant d'en avertir les autorités de Pékin.",
    ),
    "en": (
        "China suspends deal with Alibaba Cloud over Log4j report",
        "China's industry ministry has suspended a cybersecurity partnership with Alibaba Cloud for six months because "
        "the company reported the Log4j vulnerability to Apache first and not to the regulator.",
    ),
    "de": (
        "China setzt Zusammenarbeit mit Alibaba Cloud aus",
        "Das chinesische Industrieministerium hat seine Partnerschaft mit Alibaba Cloud für sechs Monate ausgesetzt, "
        "weil das Unternehmen die Schwachstelle in Log4j zuerst an Apache und nicht an die Behörde gemeldet hatte.",
    ),
    "es": (
        "China suspende su acuerdo con Alibaba Cloud por Log4j",
        "El Ministerio de Industria chino suspendió durante seis meses su colaboración con Alibaba Cloud porque la "
        "empresa informó de la vulnerabilidad de Log4j primero a Apache y no al regulador.",
    ),
}
PLAIN = [
    (
        "disclosure",
        "en",
        "Critical flaw in mail gateway lets attackers run code, patch now",
        "The vendor fixed CVE-2026-1111.",
    ),
    (
        "disclosure",
        "it",
        "Vulnerabilità critica nei router, aggiornare subito",
        "La falla consente di eseguire codice.",
    ),
    ("disclosure", "ja", "メールサーバに深刻な脆弱性、修正版を公開", "任意のコードが実行されるおそれがある。"),
    (
        "disclosure",
        "fi",
        "Reitittimissä kriittinen haavoittuvuus",
        "Valmistaja on julkaissut korjauksen haavoittuvuuteen.",
    ),
    ("disclosure", "sv", "Bugg i larmsystem lät vem som helst stänga av larmet", "Leverantören har rättat felet."),
    ("disclosure", "ro", "Vulnerabilitate critică în camere de supraveghere", "Producătorul a publicat o actualizare."),
    ("disclosure", "hu", "Súlyos sebezhetőség egy levelezőszerverben", "A hibát már kihasználják, van javítás."),
    ("sanction", "uk", "Суд засудив хакера до п'яти років в'язниці", "Він продавав дані клієнтів банку."),
    ("sanction", "cs", "Úřad uložil e-shopu pokutu za prodej osobních údajů", "ÚOOÚ nařídil data smazat."),
    ("sanction", "hr", "AZOP kaznio banku s milijun eura zbog osobnih podataka", "Agencija je izrekla novčanu kaznu."),
    ("sanction", "en", "Regulator fines hotel chain £4m over guest data", "The ICO imposed the penalty on Monday."),
    ("sanction", "pl", "UODO ukarał sklep karą pieniężną 2 mln zł za wyciek danych", "Urząd nałożył karę."),
    ("sanction", "ko", "개인정보위, 쇼핑몰에 과징금 20억 원 부과", "안전조치 의무를 위반했다."),
    ("sanction", "zh", "网信办对某公司处以五百万元罚款", "该公司违法收集个人信息，被责令整改。"),
]
NEITHER = [
    ("en", "Football club signs new striker", "The forward joins for three seasons."),
    ("fr", "La recette de la tarte aux pommes", "Préchauffez le four à 180 degrés."),
    ("de", "So wird das Wetter am Wochenende", "Im Norden bleibt es sonnig."),
    (
        "en",
        "Bakery chain confirms customer data stolen in breach",
        "Names and addresses were copied by unknown attackers.",
    ),
]
GARDEN = TopicSpec(
    name="submarine-cables",
    titles={"en": "Undersea cables"},
    examples=(
        "Undersea internet cable cut in the Baltic Sea",
        "Câble sous-marin endommagé au large de la Bretagne",
        "Repair ship sent to broken subsea cable",
        "Unterseekabel vor der Küste beschädigt",
        "Navy patrols guard submarine telecom cables",
    ),
)


def article(title: str, text: str, language: str | None = None) -> Article:
    return Article(id="a", feed="f", url=None, title=title, paragraphs=(text,) if text else (), language=language)


def labels(title: str, text: str, language: str | None, embedder: Embedder) -> tuple[str, ...]:
    return classify([article(title, text, language)], topics=BUILT_IN, embedder=embedder)[0].labels


@pytest.mark.parametrize("language", SEED)
def test_the_case_it_started_with(language: str) -> None:
    """A state punishes a company for how it disclosed a flaw: both topics, in each language."""
    assert labels(*SEED[language], language, load_embedder()) == ("disclosure", "sanction")


@pytest.mark.parametrize(("topic", "language", "title", "text"), PLAIN, ids=[f"{c[0]}-{c[1]}" for c in PLAIN])
def test_plain_cases(topic: str, language: str, title: str, text: str) -> None:
    """Plain news gets its one topic, also outside the encoder's languages."""
    assert labels(title, text, language, load_embedder()) == (topic,)


@pytest.mark.parametrize(("language", "title", "text"), NEITHER, ids=[case[1][:20] for case in NEITHER])
def test_neither(language: str, title: str, text: str) -> None:
    """News of other things gets none."""
    assert labels(title, text, language, load_embedder()) == ()


@pytest.mark.parametrize(
    ("language", "elsewhere", "ours"),
    [
        ("en", "Treasury sanctions ships that carry Iranian oil", "Treasury sanctions owner of spyware maker"),
        ("fr", "Amende de 12 millions pour une laiterie qui polluait la rivière",
         "Amende de 12 millions pour une messagerie qui gardait les numéros"),
        ("de", "Kartellamt verhängt Bußgeld gegen Zementwerke", "Kartellamt verhängt Bußgeld gegen Suchmaschine"),
        ("es", "Condenan a seis años al alcalde por sobornos", "Condenan a seis años al pirata informático"),
        ("zh", "环保局对化工厂偷排废水罚款三百万元", "网信办对电商平台违法收集信息罚款三百万元"),
    ],
)  # fmt: skip
def test_measures_of_other_fields(language: str, elsewhere: str, ours: str) -> None:
    """Who fines a dairy is no news of the field, who fines a messenger is."""
    assert labels(elsewhere, "", language, load_embedder()) == ()
    assert labels(ours, "", language, load_embedder()) == ("sanction",)


def test_another_field_is_a_reason() -> None:
    """`topics explain` says that a fine is of another field; of one that is ours it says nothing."""
    said = [
        {
            reason.name: reason.weight
            for reason in explain(article(title, "", "en"), BUILT_IN, load_embedder()).topics[1].reasons
        }
        for title in ("Regulator fines dairy for polluting a river", "Regulator fines messenger over phone numbers")
    ]

    assert said[0]["of another field"] < 0
    assert "of another field" not in said[1]


def test_a_language_the_encoder_does_not_know_has_its_own_calibration() -> None:
    """The same news gets lower logits where its words are new to the heads; with and without a vector."""
    heads = load_heads()

    names = {calibration_of(language, has_vector=has) for language in ("da", "de", None) for has in (True, False)}

    assert names == {"full", "words", "full/foreign", "words/foreign"}
    assert all(set(head.calibration) == names for head in heads.values())


def test_without_the_encoder() -> None:
    """With the hashing stand-in the concepts still decide."""
    assert labels(*SEED["en"], "en", HashingEmbedder()) == ("disclosure", "sanction")
    assert labels("Football club signs new striker", "", "en", HashingEmbedder()) == ()


def test_batch_order_and_repeatability() -> None:
    """Same order and count; the same batch twice gives the same values; text beyond what is read changes nothing."""
    batch = [article(title, text, language) for language, (title, text) in SEED.items()] + [article("", "")]
    embedder = load_embedder()
    once, twice = (classify(batch, topics=BUILT_IN, embedder=embedder) for _ in range(2))
    longer = [replace(a, paragraphs=(a.text + " " + "bla " * 2000,)) for a in batch[:1]]

    assert once == twice
    assert [a.title for a in once] == [a.title for a in batch]
    assert all(set(a.topics) == {"disclosure", "sanction"} for a in once)
    assert all(0.0 <= p <= 1.0 for a in once for p in a.topics.values())
    assert once[-1].labels == ()
    assert classify([], topics=BUILT_IN, embedder=embedder) == []
    assert classify(longer, topics=BUILT_IN, embedder=embedder)[0].labels == once[0].labels


def test_junk_is_judged_by_its_title() -> None:
    """A bot wall's text is no evidence."""
    wall = article("Weather for the weekend", "Critical vulnerability CVE-2026-1234 exploited, patch now. " * 5)

    done = classify([wall, replace(wall, junk=Junk(reason="bot-wall"))], topics=BUILT_IN, embedder=load_embedder())

    assert done[1].topics["disclosure"] < done[0].topics["disclosure"]


def test_threshold_and_patterns_of_a_topic() -> None:
    """The user's threshold and must/must_not patterns hold for built-in topics too."""
    title, text = SEED["en"]
    strict, barred, bound = (
        replace(BUILT_IN[1], **change)
        for change in ({"threshold": 1.0}, {"must_not": ("alibaba",)}, {"must": ("kaspersky",)})
    )
    embedder = load_embedder()

    assert topic_threshold(strict) == 1.0
    assert not classify([article(title, text)], topics=[strict], embedder=embedder)[0].labels
    for spec in (barred, bound):
        assert classify([article(title, text)], topics=[spec], embedder=embedder)[0].topics == {"sanction": 0.0}


def test_topic_of_patterns_alone() -> None:
    """Without examples, `must` and `must_not` decide."""
    spec = TopicSpec(name="kev", titles={"en": "KEV"}, must=(r"known exploited", r"\bKEV\b"), must_not=("webinar",))
    titles = ("CISA adds two flaws to KEV", "Webinar: how to use KEV", "Nothing here")
    done = classify([article(title, "") for title in titles], topics=[spec], embedder=HashingEmbedder())

    assert [a.labels for a in done] == [("kev",), (), ()]


def entry(title: str, summary: str | None = None, content: str | None = None) -> Entry:
    return Entry(
        id=title or "empty", feed="f", guid=None, url=None, title=title, summary=summary, content=content,
        first_seen=datetime(2026, 1, 1, tzinfo=UTC),
    )  # fmt: skip


def test_triage() -> None:
    """Entries that may matter pass, others do not, an empty one says why; the floor is the caller's."""
    entries = [entry(*SEED["fr"]), entry(NEITHER[0][1], NEITHER[0][2]), entry("", "")]
    embedder = load_embedder()
    found = triage(entries, topics=BUILT_IN, embedder=embedder, floor=0.05)

    assert [t.entry for t in found] == [e.id for e in entries]
    assert [t.reason for t in found] == ["topic", "below floor", "no text"]
    assert [t.passed for t in found] == [True, False, False]
    assert triage(entries[:1], topics=BUILT_IN, embedder=embedder, floor=1.0)[0].reason == "below floor"
    assert triage(entries[:1], topics=BUILT_IN, embedder=embedder)[0].passed
    assert triage([entry("News", None, f"<p>{SEED['en'][1]}</p>")], topics=BUILT_IN, embedder=embedder)[0].passed


def test_a_word_has_a_place_and_is_the_same_word_in_every_place() -> None:
    """Title and lead have their own buckets, and both share a third set; each of the three has length 1."""
    title, lead, both = word_parts("Flaw in mail gateway", "Vendors mend a flaw. Nothing else.")
    assert both == word_parts("", "Flaw in mail gateway")[2] | word_parts("", "Vendors mend a flaw. Nothing else.")[2]
    assert len({next(b for b, term in part.items() if term == "flaw") for part in (title, lead, both)}) == 3
    buckets, values = word_features("Flaw in mail gateway", "Vendors mend a flaw. Nothing else.")
    assert buckets.tolist() == [*title, *lead, *both]
    assert float(values @ values) == pytest.approx(3.0)


def test_own_topic_crosses_languages() -> None:
    """Five examples make a topic that works in languages they are not in."""
    lines = [
        ("Cable submarino dañado frente a la costa", True),
        ("海底ケーブルが切断される", True),
        ("Fiber-optic cable on the seabed severed near Finland", True),
        ("Ransomware gang leaks hospital data", False),
        ("La CNIL inflige une amende à un opérateur", False),
        ("New phone has a bigger battery", False),
    ]
    result = test_topic(GARDEN, lines, embedder=load_embedder())

    assert (result.lines, result.positives) == (6, 3)
    assert result.precision == 1.0
    assert result.recall >= 2 / 3
    assert len(result.wrong) <= 1


def test_what_is_near_to_everything_is_on_no_topic_of_ones_own() -> None:
    """Headlines of other fields and near misses are not on a topic; its subject told in Polish is."""
    lines = (
        "Bank warns of fake staff at the door",
        "New satellite sends first pictures",
        "Kabel internetowy na dnie Bałtyku przecięty",
    )
    articles = [article(line, "") for line in lines]

    assert [a.labels for a in classify(articles, topics=[GARDEN], embedder=load_embedder())] == [(), (), (GARDEN.name,)]


def test_a_label_that_says_more_than_its_concept_does_not_stand_for_it() -> None:
    """Of "Data breaches" all is a concept, of breaches in the hospitals of a region less; of cables nothing."""
    assert own._told(("Data breaches",)) == 1.0
    assert 0.0 < own._told(("Data breaches in northern hospitals",)) < 0.7
    assert own._told(("Undersea cables",)) == 0.0


def test_own_topic_is_told_by_its_label() -> None:
    """Headlines that go round the word agree in nothing; the label says which of their concepts is meant."""
    examples = (
        "Patients learn from the press what became of their files",
        "Bank apologises after customers' details turned up for sale",
        "Two million accounts of a shoe shop were stolen, lawyer says",
        "Airline's chief steps down over lost passenger records",
        "What the thieves of the census data could do with it",
    )
    lines = [
        ("Data breach at a hotel chain: names and passport numbers stolen", True),
        ("Fuite de données chez un opérateur : trois millions d'abonnés concernés", True),
        ("Critical flaw in a router lets attackers run code", False),
        ("Ransomware stops a brewery for a week", False),
    ]
    told, untold = (
        test_topic(
            TopicSpec(name=name, titles={"en": label}, examples=examples, threshold=None), lines,
            embedder=load_embedder(),
        )
        for name, label in (("breach", "Data breaches"), ("misc", "My topic"))
    )  # fmt: skip

    assert told.f1 == 1.0
    assert told.f1 >= untold.f1


def test_what_is_reported_is_a_reason() -> None:
    """A measure that is reported counts beside the words, in any language; a text without one has none of it."""
    titles = ("CNIL fines Exemplia 3 million euros", "Bußgeld von 3 Millionen Euro gegen Exemplia", "Exemplia grows")
    rows = reported_rows(titles, ("",) * 3, ("en", "de", "en"))
    names = reported_feature_names()
    said = [{name for name, value in zip(names, row, strict=True) if value} for row in rows]
    fined = explain(article("Regulator fines Exemplia $3 million", "", "en"), BUILT_IN, load_embedder()).topics[1]

    assert said[0] == said[1] == {"any measure (reported)", "fine (reported)", "imposed (reported)"}
    assert not said[2]
    assert any(reason.name.endswith("(reported)") for reason in fined.reasons)


def test_explanations() -> None:
    """A built-in topic names concepts and words, one by example its nearest examples."""
    title, text = SEED["en"]
    built_in = explain(article(title, text, "en"), BUILT_IN, load_embedder())
    by_example = explain(article("Subsea cable broken again", ""), [GARDEN], load_embedder()).topics[0]

    disclosure = built_in.topics[0]
    assert disclosure.probability >= disclosure.threshold
    assert any("vulnerability" in reason.words for reason in disclosure.reasons)
    assert len(disclosure.reasons) <= 8
    assert by_example.nearest[0][0] == "Repair ship sent to broken subsea cable"
    assert by_example.nearest == tuple(sorted(by_example.nearest, key=lambda pair: -pair[1]))


@pytest.mark.parametrize(
    ("text", "concept", "words"),
    [
        ("Une mise en demeure de la CNIL", "formal_step", "mise en demeure"),
        ("Drei Sicherheitslücken geschlossen", "vulnerability", "sicherheitslucken"),
        ("公司被罚款八千万元", "fine", "罚款"),
        ("Pays $3 million", "amount", "$3 million"),
        ("CVE-2026-12345", "cve", "cve-2026-12345"),
        ("Firm escapes big fine", "lifted", "escapes big fine"),
        ("개인정보위 과징금", "fine", "과징금"),
        ("US blocks robots", "authority", "u s"),
        ("Records of two guests stolen", "personal_data", "records"),
        ("2.3 million customers affected", "victims", "2.3 million customers"),
        ("Südkorea sperrt App", "state", "sudkorea"),
        ("Urząd ukarał spółkę", "fine", "ukaral"),
        ("Kuruldan para cezası", "fine", "para cezasi"),
        ("Neue Anmeldelücke im Portal", "vulnerability", "anmeldelucke"),
        ("Doorbell lets strangers listen", "lets_in", "lets strangers"),
        ("Cualquiera entraba como administrador", "lets_in", "cualquiera"),
        ("Студенты клонировали пропуск", "demonstration", "клонировали"),
        ("Il gestore dovrà pagare", "pays", "dovra pagare"),
        ("Sept ans pour le pirate", "duration", "sept ans"),
        ("Pays $400 million", "amount", "$400 million"),
        ("处以罚款，为期3年", "duration", "3年"),
    ],
)
def test_concepts(text: str, concept: str, words: str) -> None:
    """Stems, phrases, gaps, accents, scripts without spaces, and shapes are found."""
    folded = fold_text(text)

    assert words in {folded[hit.start : hit.end] for hit in find_concepts(folded) if hit.concept == concept}


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("How to fine-tune a model", "fine"),
        ("Ransom Cartel is back", "other_crime"),
        ("A new release of a virtual machine: 虚拟机", "appeal"),
        ("谈判仍在进行", "convict"),
        ("In the year 2026年", "duration"),
        ("They weren't told", "ban"),
        ("Amended bill", "fine"),
    ],
)
def test_misleading_words(text: str, concept: str) -> None:
    """A word that only looks or sounds like a term is no evidence."""
    assert concept not in {hit.concept for hit in find_concepts(fold_text(text))}


def test_misleading_words_are_no_feature() -> None:
    """They take hits away and are none themselves."""
    assert "misleading" not in concept_names()
    assert all(hit.concept != "misleading" for hit in find_concepts(fold_text("State of the art, fine-tuned")))


@pytest.mark.parametrize(
    ("title", "lead", "feature", "expected"),
    [
        ("US blocks drone maker", "", "power, then measure (title)", 1.0),
        ("Drone maker blocks US users", "", "power, then measure (title)", 0.0),
        ("", "Court fines maker. Flaw found.", "flaw + measure (one sentence)", 0.0),
        ("", "Court fines maker for a flaw.", "flaw + measure (one sentence)", 1.0),
        ("Flaw found", "Court fines maker.", "flaw + measure (anywhere)", 1.0),
        ("Hackers jailed", "", "hard measure - power (title)", 1.0),
        ("Court jails hackers", "", "hard measure - power (title)", 0.0),
    ],
)
def test_blends(title: str, lead: str, feature: str, expected: float) -> None:
    """Groups of concepts are read together by place and order, and by what is missing."""
    row = dict(zip(concept_feature_names(), concept_rows([title], [lead])[0].tolist(), strict=True))

    assert row[feature] == expected


def test_features_do_not_depend_on_the_batch() -> None:
    """A text's features are the same alone and among others; an empty batch is allowed."""
    titles = ["", *(title for title, _ in SEED.values())]
    leads = ["", *(text for _, text in SEED.values())]

    rows = concept_rows(titles, leads)

    assert all(
        (concept_rows([title], [lead])[0] == row).all() for title, lead, row in zip(titles, leads, rows, strict=True)
    )
    assert concept_rows([], []).shape == (0, len(concept_feature_names()))


def test_own_topic_tells_theft_from_what_is_stolen() -> None:
    """Ten headlines of data theft find other thefts, in another language too, and no phishing, flaw or fine."""
    topic = TopicSpec(
        name="breach",
        titles={"en": "Breaches"},
        examples=(
            "Hotel chain says hackers stole records of two million guests",
            "Customer data of online shop leaked after misconfigured database",
            "Passwords and addresses of players stolen in gaming site breach",
            "Fuite de données : les dossiers de 300 000 patients exposés",
            "Unbekannte kopieren Kundendaten eines Reiseportals",
        ),
    )
    lines = [
        ("Airline admits theft of 40,000 customer records", True),
        ("Robados los datos personales de 5.000 alumnos", True),
        ("Ferry operator's customer data leaked online", True),
        ("Fake parcel messages trick shoppers", False),
        ("Flaw in camera firmware patched", False),
        ("Ransomware stops trains", False),
        ("Regulator fines bank over cookies", False),
    ]

    result = test_topic(topic, lines, embedder=load_embedder())

    assert (result.precision, result.recall) == (1.0, 1.0)


def test_concept_file_is_whole() -> None:
    """Every concept says why it is there and has words in at least English or another language, none twice."""
    import tomllib

    from pipeline.classify.concepts import _FILE

    tables = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    assert set(tables) - {"misleading"} < set(concept_names())
    for name, table in tables.items():
        assert table["why"].endswith("."), name
        for language, terms in table.items():
            assert language == "why" or len(terms) == len(set(terms)), (name, language)


@pytest.mark.parametrize(
    ("title", "listed"),
    [
        ("Toaster maker sues rival; court fines hosting firm $4 million; more rain ahead", 3),
        ("新手机下周发布；黑客因入侵医院系统被判三年；咖啡涨价｜早间新闻", 2),
        ("In other news: port attacked, hosting firm fined $4 million, flaw in router fixed", 3),
        ("Court fines hosting firm $4 million, again", 0),
        ("Hosting firm fined; 5 held", 0),
        ("Meta&#8217;s loss in court", 0),
        ("In other news: none", 0),
    ],
)
def test_titles_that_list_news(title: str, listed: int) -> None:
    """Semicolons part headlines, and commas behind a round-up's name; bits and character references are none."""
    assert len(beats(title)) == listed


def test_a_round_up_carries_what_one_of_its_headlines_tells() -> None:
    """What is faint in a title of five items is judged by itself, in the stage and before pages are fetched."""
    title = "新手机下周发布，价格不变；大模型公司完成新一轮融资；男子入侵医院系统窃取病历被判三年；咖啡涨价｜早间新闻"
    plain = title.replace("男子入侵医院系统窃取病历被判三年", "医院开设新的儿科门诊")
    first, second = (
        classify([article(text, "", "zh")], topics=BUILT_IN, embedder=load_embedder())[0] for text in (title, plain)
    )
    part = explain(article(title, "", "zh"), BUILT_IN, load_embedder()).topics[1]

    assert first.labels == ("sanction",)
    assert second.labels == ()
    assert (part.beat, part.probability) == ("男子入侵医院系统窃取病历被判三年", first.topics["sanction"])
    assert triage([entry(title)], topics=BUILT_IN, embedder=load_embedder())[0].passed


def test_patterns_of_a_topic_are_about_the_whole_title() -> None:
    """A round-up that a user's pattern forbids stays out, whatever one of its headlines tells."""
    title = "Court fines hosting firm $4 million over leak; new phone next week; rain ahead"
    topic = replace(BUILT_IN[1], must_not=("phone",))

    done = classify([article(title, "", "en")], topics=[topic], embedder=load_embedder())[0]
    assert done.topics == {"sanction": 0.0}
