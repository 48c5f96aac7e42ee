from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.facts import find_facts
from pipeline.model import Article, Junk, Story
from pipeline.summarise import summarise
from pipeline.summarise.candidates import Candidate, candidates, content_words, stands_alone
from pipeline.summarise.faults import faults
from pipeline.summarise.fronts import FrontRule, front_rules, news_start
from pipeline.summarise.gate import Cited, Written, judge, write
from pipeline.summarise.said import same_said

FRENCH = Article(
    id="fr",
    feed="f",
    url=None,
    title="La CNIL inflige 2 millions d'euros d'amende à Examplia - La Gazette du Test",
    paragraphs=(
        "Abonnez-vous à notre newsletter pour ne rien manquer de l'actualité.",
        "La CNIL a prononcé une amende de 2 millions d'euros contre la société Examplia pour défaut de sécurité. "
        "Elle lui reproche des mots de passe conservés en clair. Que risque la société ?",
        "Les données de 300 000 clients d'Examplia étaient accessibles sans mot de passe pendant six mois. "
        "Cependant, la société conteste la décision. « Nous ferons appel.",
        "Le régulateur a ordonné à Examplia de chiffrer ses bases de données avant le 1er mars 2026.",
    ),
    language="fr",
)
ENGLISH = Article(
    id="en",
    feed="f",
    url=None,
    title="French regulator fines Examplia",
    paragraphs=(
        "French privacy regulator CNIL fined Examplia 2 million euros over weak security on Monday.",
        "This decision follows a long inquiry.",
    ),
    language="en",
)


def story(*articles: Article, **more: object) -> Story:
    return Story(id="s", articles=tuple(find_facts(articles)), **more)  # type: ignore[arg-type]


def make(name: str, language: str, title: str, *paragraphs: str, published: datetime | None = None) -> Article:
    article = Article(
        id=name, feed="f", url=None, title=title, paragraphs=paragraphs, language=language, published=published
    )
    return find_facts([article])[0]


def texts(summarised: Story) -> list[str]:
    return [s.text for s in summarised.summary]


def test_summary_takes_whole_sentences_of_the_lead_in_reading_order() -> None:
    """No page words, no question, no cut quotation, nothing that points back."""
    (done,) = summarise([story(FRENCH, ENGLISH)])

    assert texts(done) == [
        "La CNIL a prononcé une amende de 2 millions d'euros contre la société Examplia pour défaut de sécurité.",
        "Les données de 300 000 clients d'Examplia étaient accessibles sans mot de passe pendant six mois.",
        "Le régulateur a ordonné à Examplia de chiffrer ses bases de données avant le 1er mars 2026.",
    ]
    assert {s.article for s in done.summary} == {"fr"}


@given(st.lists(st.text(max_size=300), max_size=6), st.sampled_from(["fr", "en", "zh", "und"]), st.integers(0, 4))
def test_every_sentence_is_verbatim(paragraphs: list[str], language: str, limit: int) -> None:
    """`article.text[start:end] == text`, never more than asked for."""
    article = Article(id="a", feed="f", url=None, title="Titre", paragraphs=tuple(paragraphs), language=language)
    (done,) = summarise([Story(id="s", articles=(article, FRENCH))], limit=limit)
    by_id = {a.id: a for a in done.articles}

    assert len(done.summary) <= limit
    for sentence in done.summary:
        assert by_id[sentence.article].text[sentence.start : sentence.end] == sentence.text


def test_headline_is_a_span_of_the_title() -> None:
    """The outlet's name is left out, nothing is reworded."""
    (done,) = summarise([story(FRENCH)])

    assert done.headline is not None
    assert done.headline.text == "La CNIL inflige 2 millions d'euros d'amende à Examplia"
    assert FRENCH.title[done.headline.start : done.headline.end] == done.headline.text
    assert done.headline.field == "title"


def test_a_cut_title_gives_way_to_a_whole_one() -> None:
    """A headline that ends in dots is not the best of the story."""
    cut = Article(id="cut", feed="f", url=None, title="La CNIL inflige une amende de ...", language="fr")
    (done,) = summarise([story(cut, FRENCH)])

    assert done.headline is not None
    assert done.headline.article == "fr"


def test_copies_and_junk_give_no_sentence() -> None:
    """A near-copy repeats, a bot wall says nothing."""
    copy = Article(id="copy", feed="f", url=None, title="x", paragraphs=FRENCH.paragraphs, language="fr")
    wall = Article(
        id="wall",
        feed="f",
        url=None,
        title="x",
        paragraphs=FRENCH.paragraphs,
        language="fr",
        junk=Junk(reason="bot-wall"),
    )
    (done,) = summarise([story(wall, copy, FRENCH, copies={"copy": "fr"})])

    assert {s.article for s in done.summary} == {"fr"}


def test_a_second_article_helps_out_without_repeating() -> None:
    """One sentence in the lead is filled up from another report in the same language."""
    short = Article(
        id="short",
        feed="f",
        url=None,
        title="Examplia sanctionnée",
        paragraphs=("Une amende de 2 millions d'euros frappe Examplia, annonce la CNIL après un contrôle.",),
        language="fr",
    )
    (done,) = summarise([story(short, ENGLISH, FRENCH)])

    assert {s.language for s in done.summary} == {"fr"}
    assert len(done.summary) >= 2


def test_a_formula_is_taken_only_where_nothing_else_is() -> None:
    """ "See the vendor's bulletin" is better than an empty card, and worse than news."""
    formula = "Se référer au bulletin de sécurité de l'éditeur pour l'obtention des correctifs."
    alone = Article(
        id="a", feed="f", url=None, title="Vulnérabilité dans Examplia", paragraphs=(formula,), language="fr"
    )
    news = "De multiples vulnérabilités ont été corrigées dans le serveur Examplia par son éditeur."
    both = Article(id="b", feed="f", url=None, title="Avis", paragraphs=(formula, news), language="fr")

    assert [texts(s) for s in summarise([story(alone), story(both)])] == [[formula], [news]]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "However, the company said that it would appeal the ruling next week."),
        ("en", "He was sentenced to four years in prison on Monday by a court."),
        ("fr", "Cette décision intervient après une enquête de plusieurs mois."),
        ("fr", "Il devra payer une amende de deux millions d'euros à la victime."),
        ("de", "Diese Entscheidung folgt auf eine lange Untersuchung der Behörde."),
        ("es", "Sin embargo, la empresa ha anunciado que recurrirá la multa."),
        ("it", "Questa decisione arriva dopo una lunga indagine dell'autorità."),
        ("pt", "Além disso, a empresa terá de publicar a decisão no seu site."),
        ("nl", "Daarnaast moet het bedrijf de beslissing op zijn website zetten."),
        ("pl", "Jednak spółka zapowiedziała odwołanie od decyzji urzędu."),
        ("ru", "Однако компания заявила, что будет обжаловать это решение."),
        ("zh", "此外，该公司表示将对这一处罚决定提出上诉并公布细节。"),
        ("ja", "しかし、同社はこの処分を不服として提訴する方針を示している。"),
        ("sv", "Detta beslut följer på en lång utredning av myndigheten."),
        ("uk", "Однак компанія заявила, що оскаржить це рішення в суді."),
        ("cs", "Tento krok následuje po dlouhém vyšetřování úřadu."),
        ("tr", "Ancak şirket bu karara itiraz edeceğini açıkladı."),
        ("ko", "그러나 회사는 이번 처분에 불복해 소송을 내겠다고 밝혔다."),
        ("ar", "ومع ذلك قالت الشركة إنها ستستأنف القرار أمام المحكمة."),
        ("es", "Lamentablemente, la empresa no había protegido los datos de sus clientes."),
        ("en", "Subscribe to our newsletter to get the latest security news daily."),
        ("en", "What does this mean for the customers of the company in Europe?"),
    ],
)
def test_sentences_that_need_another_do_not_stand_alone(language: str, sentence: str) -> None:
    """Openings that point back, page words and questions, in each language."""
    assert not stands_alone(sentence, language)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("sv", "Myndigheten dömde Exempel AB till böter på två miljoner kronor i måndags."),
        ("uk", "Регулятор оштрафував компанію Прикладія на два мільйони гривень у понеділок."),
        ("cs", "Úřad uložil firmě Příkladia pokutu dva miliony korun za špatná hesla."),
        ("tr", "Kurum, Örnekya şirketine iki milyon lira para cezası verdi."),
        ("ko", "규제 당국은 월요일 예시아에 과징금 200만 유로를 부과했다."),
        ("ko", "그룹 예시아는 우리은행 고객의 정보를 지키지 못해 과징금을 물게 됐다."),
        ("ar", "فرضت الهيئة غرامة قدرها مليونا يورو على شركة مثاليا يوم الاثنين."),
    ],
)
def test_sentences_of_further_languages_stand_alone(language: str, sentence: str) -> None:
    """Their tables of openings and page words leave the news in."""
    assert stands_alone(sentence, language)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        # Answers to a sentence before, words about the text itself, steps of a recipe.
        ("en", "No, it is a long list: since spring the makers have worked on nothing but repairs."),
        ("en", "In this blog post, we tell how the keys of the portal came to lie in the open."),
        ("en", "Step 2: open the console of the portal and write the name of the user there."),
        ("fr", "Non, la liste est longue et les éditeurs y travaillent depuis le printemps."),
        ("fr", "Dans cet article, la société raconte comment les clés du portail ont été trouvées."),
        ("de", "In diesem Beitrag wird erzählt, wie die Schlüssel des Portals gefunden wurden."),
        ("de", "Schritt 3: Öffnen der Konsole des Portals und Eingabe des Namens."),
        ("es", "En este artículo se cuenta cómo se encontraron las llaves del portal."),
        ("it", "In questo articolo si racconta come sono state trovate le chiavi del portale."),
        ("pt", "Neste artigo conta-se como foram encontradas as chaves do portal da empresa."),
        ("nl", "In dit artikel staat hoe de sleutels van het portaal werden gevonden."),
        ("pl", "W tym artykule opisano, jak znaleziono klucze do portalu tej firmy."),
        ("ru", "В этой статье рассказано, как были найдены ключи портала этой компании."),
        ("ja", "本記事では、ポータルの鍵がどのように見つかったかを述べている。"),
        # What a word of the field means, and what a shop of posts adds.
        ("en", "Zero-day vulnerabilities refer to unknown or unaddressed flaws in software of any kind."),
        ("en", "Ransomware is a type of malware that locks the files of those whom it meets."),
        ("fr", "Une faille zero-day désigne une vulnérabilité que l'éditeur ne connaît pas encore."),
        ("de", "Phishing bezeichnet den Versuch, über gefälschte Seiten an Kennwörter zu kommen."),
        ("zh", "零日漏洞是指厂商尚未知晓因而没有补丁的安全缺陷。"),
        ("ja", "ランサムウェアとは、ファイルを暗号化して身代金を求める不正なプログラムのことだ。"),
        ("en", "The post Clerk of Examplia sentenced for theft of invoices appeared com."),
        # Which bulletin, which source?
        ("en", "According to this bulletin, the danger of the portal is classified as critical."),
        ("fr", "Selon ce bulletin, le niveau de danger du portail est classé comme critique."),
        ("de", "Laut diesem Bericht ist die Gefahr für das Portal als kritisch eingestuft."),
        ("es", "Según este boletín, el peligro para el portal se considera crítico."),
        ("it", "Secondo questo bollettino, il pericolo per il portale è considerato critico."),
        ("nl", "Volgens dit bericht is het gevaar voor het portaal als kritiek ingeschat."),
        # Others did it too: what?
        ("en", "Exampleland and the Kingdom of Samples joined them."),
        ("fr", "L'Exemplie et le royaume d'Échantillon se sont joints à eux."),
        ("de", "Beispielland und das Königreich Muster schlossen sich ihnen an."),
        ("es", "Ejemplia y el reino de Muestra se sumaron a ellos."),
        # The way to a page, who wrote it and when.
        ("fr", "Rançongiciel : les jours d'après · Cybersécurité · Exemplia devient une autorité."),
        ("fr", "Détails : Jeanne Exemple : 17 novembre 2025."),
        ("en", "Written by Jane Example, published here: November 17, 2025."),
    ],
)
def test_answers_recipes_and_words_about_the_page_do_not_stand_alone(language: str, sentence: str) -> None:
    assert not stands_alone(sentence, language)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "No customer of Examplia was told of the leak before the regulator asked in May."),
        ("en", "In this campaign, thieves used the flaw of the portal to read invoices."),
        ("en", "Stolen keys were sold to two men, and the police has not found them."),
        ("de", "Jahrelang stand das Portal von Examplia ohne Kennwort im Netz."),
        ("fr", "Nonante clients d'Examplia ont porté plainte après la fuite de mai."),
        ("en", "A zero-day flaw in Examplia Desk has been used by thieves since the end of May."),
        ("en", "Ransomware is back at the harbour of Examplia, its operator said on Monday."),
    ],
)
def test_what_only_looks_like_an_answer_or_a_recipe_stands(language: str, sentence: str) -> None:
    assert stands_alone(sentence, language)


@pytest.mark.parametrize(
    ("language", "title", "news", "moral"),
    [
        ("en", "Two clerks of Examplia sentenced", "Two clerks of Examplia were sentenced to four years for theft.",
         "The case highlights how even clerks can take part in the thefts they should prevent."),
        ("en", "Examplia fined over leak", "The regulator fined Examplia two million euros over a leak of invoices.",
         "The incident underscores the growing importance of keys in the daily work of offices."),
        ("fr", "Examplia condamnée", "La CNIL inflige une amende de deux millions d'euros à Examplia pour une fuite.",
         "L'affaire illustre à quel point les mots de passe des bureaux restent fragiles."),
        ("de", "Bußgeld für Examplia", "Die Behörde verhängte zwei Millionen Euro Bußgeld gegen Examplia.",
         "Der Fall zeigt, wie wichtig gute Kennwörter in den Büros des Landes sind."),
        ("es", "Multa a Examplia", "La agencia multó a Examplia con dos millones de euros por una fuga de facturas.",
         "El caso pone de relieve la importancia de las contraseñas en las oficinas."),
        ("it", "Multa a Examplia", "Il Garante ha multato Examplia per due milioni di euro dopo una fuga di dati.",
         "La vicenda sottolinea l'importanza delle password negli uffici del paese."),
        ("pt", "Multa à Examplia", "A autoridade multou a Examplia em dois milhões de euros por um vazamento de dados.",
         "O caso ressalta a importância das senhas nos escritórios de todo o país."),
        ("nl", "Boete voor Examplia", "De toezichthouder legde Examplia twee miljoen euro boete op na een datalek.",
         "De zaak onderstreept het belang van wachtwoorden in de kantoren van het land."),
    ],
)  # fmt: skip
def test_a_moral_is_taken_only_where_nothing_else_is(language: str, title: str, news: str, moral: str) -> None:
    """ "The case highlights how even clerks …" could be said of any case."""
    article = make("a", language, title, news, moral)

    assert [s.text for s in summarise([Story(id="s", articles=(article,))])[0].summary] == [news]


def test_what_research_shows_is_news() -> None:
    """ "The research demonstrates how thieves can open the portal" tells what was found."""
    shown = "The research demonstrates how thieves can open the portal of Examplia with a key that was taken back."
    article = make(
        "a", "en", "Portal of Examplia opens to old keys", shown, "Examplia mended its portal in version 4.2 on Monday."
    )

    assert shown in [s.text for s in summarise([Story(id="s", articles=(article,))])[0].summary]


@pytest.mark.parametrize(
    ("language", "turning"),
    [
        ("en", "Examplia has, however, kept the portal of its clerks open to strangers since May."),
        ("fr", "Examplia a toutefois laissé le portail de ses commis ouvert aux étrangers depuis mai."),
        ("de", "Examplia hat jedoch das Portal seiner Angestellten seit Mai offen gelassen."),
        ("es", "Examplia, sin embargo, dejó abierto desde mayo el portal de sus empleados."),
    ],
)
def test_a_sentence_that_turns_from_the_one_before_says_less(language: str, turning: str) -> None:
    """ "Examplia has, however, …" loses against a plain sentence a little further on."""
    plain = turning
    for word in (", however,", " toutefois", " jedoch", ", sin embargo,"):
        plain = plain.replace(word, "")
    article = make("a", language, "Examplia", "Examplia.", turning)
    candidate = candidates(article)[0]
    other = candidates(make("b", language, "Examplia", "Examplia.", plain))[0]

    assert faults(candidate, article) > faults(other, article)


@pytest.mark.parametrize(
    ("language", "formula"),
    [
        ("en", "Serve the file somehow so that the portal can fetch it with its next update."),
        ("en", "This alert is intended for the managers of offices and their technical staff."),
        ("fr", "La présente alerte s'adresse aux gestionnaires des bureaux et à leurs équipes."),
        ("fr", "Ouvrez la console du portail et vérifiez le nom de chaque utilisateur."),
        ("de", "Öffnen Sie die Konsole des Portals und prüfen Sie den Namen jedes Nutzers."),
        ("es", "Abra la consola del portal y compruebe el nombre de cada usuario de la red."),
        ("it", "Aprite la console del portale e controllate il nome di ogni utente della rete."),
        ("pt", "Abra a consola do portal e verifique o nome de cada utilizador da rede."),
        ("nl", "Open de console van het portaal en kijk naar de naam van elke gebruiker."),
    ],
)
def test_recipes_and_what_a_notice_says_of_itself_are_formulas(language: str, formula: str) -> None:
    """They stand only where an article has nothing else."""
    news = {"en": "Examplia mended a flaw of its portal that showed the invoices of 400 ports.",
            "fr": "Examplia a corrigé une faille de son portail qui montrait les factures de 400 ports.",
            "de": "Examplia hat eine Lücke seines Portals geschlossen, die Rechnungen von 400 Häfen zeigte.",
            "es": "Examplia corrigió un fallo de su portal que mostraba las facturas de 400 puertos.",
            "it": "Examplia ha corretto una falla del suo portale che mostrava le fatture di 400 porti.",
            "pt": "A Examplia corrigiu uma falha do seu portal que mostrava as faturas de 400 portos.",
            "nl": "Examplia dichtte een lek in zijn portaal dat facturen van 400 havens toonde."}[language]  # fmt: skip
    article = make("a", language, "Examplia", news, formula)

    assert [s.text for s in summarise([Story(id="s", articles=(article,))])[0].summary] == [news]


def test_a_french_pronoun_whose_name_another_sentence_gave_gives_way() -> None:
    """ "En plus de mentir, il a été …" needs to say who; "il faut" is nobody."""
    first = "La police d'Exemplie a arrêté un commis qui vendait les factures d'Examplia."
    lying = "En plus de mentir à ses clients, il a été dénoncé par les autres vendeurs du forum."
    must = "Pour fermer la faille du portail d'Examplia, il faut installer la version 4.2 du serveur."
    article = make("a", "fr", "Un commis vendait les factures d'Examplia", first, lying, must)
    found = [s.text for s in summarise([Story(id="s", articles=(article,))])[0].summary]

    assert first in found
    assert must in found
    assert lying not in found


def test_a_credit_before_an_unclosed_title_is_left_out() -> None:
    """A feed lost the mark that ends the title's quotation; the page has it, and ran all into its first sentence."""
    title = "Cybercriminalité : le trésor d'Exemplie sanctionne un hébergeur « blindé"
    news = "L'Exemplie vient d'annoncer des sanctions contre un hébergeur accusé de complicité."
    article = make("a", "fr", title, f"sampleidea - stock.example.com {title} » {news}")

    assert [s.text for s in summarise([Story(id="s", articles=(article,))])[0].summary] == [news]


class _Near:
    """An embedder for which everything means the same."""

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        return np.tile(np.array([[1.0, 0.0]], dtype=np.float32), (len(texts), 1))


SOURCES = (
    Cited(text="The CNIL fined Examplia 2 million euros on 12 January 2026 over CVE-2026-1111.", language="en"),
    Cited(text="The regulator did not name the other company.", language="en"),
)


@pytest.mark.parametrize(
    ("text", "cites", "problem"),
    [
        ("The CNIL fined Examplia 2 million euros on 12 January 2026.", (0,), None),
        ("The CNIL fined Examplia 3 million euros.", (0,), "number"),
        ("The CNIL fined Widgetia 2 million euros.", (0,), "name"),
        ("The CNIL fined Examplia on 13 January 2026.", (0,), "number or date"),
        ("The CNIL fined Examplia over CVE-2026-2222.", (0,), "identifier"),
        ("The CNIL has not fined Examplia 2 million euros.", (0,), "denies"),
        ("The CNIL fined Examplia 2 million euros.", (), "cites"),
        ("The CNIL fined Examplia 2 million euros.", (7,), "cites"),
        ("Customers everywhere should worry about terrible password storage habits.", (0,), "too few words"),
        ("", (0,), "empty"),
    ],
)
def test_gate_lets_through_only_what_the_sources_say(text: str, cites: tuple[int, ...], problem: str | None) -> None:
    """Every name, number, date and id must stand in the cited sentences."""
    verdict = judge(Written(text=text, cites=cites), SOURCES, language="en")

    assert verdict.passes is (problem is None)
    if problem is not None:
        assert any(p.startswith(problem) for p in verdict.problems)


def test_gate_needs_an_embedder_across_languages() -> None:
    """Words cannot be compared across languages, meaning can."""
    sentence = Written(text="La CNIL a infligé 2 millions d'euros d'amende à Examplia.", cites=(0,))

    assert not judge(sentence, SOURCES, language="fr").passes
    assert judge(sentence, SOURCES, language="fr", embedder=_Near()).passes


def test_one_bad_sentence_or_a_failing_writer_falls_back() -> None:
    """Nothing written is shown then."""
    good = Written(text="The CNIL fined Examplia 2 million euros.", cites=(0,))
    bad = Written(text="Widgetia was fined too.", cites=(0,))

    def broken(sources: Sequence[Cited], language: str) -> list[Written]:
        raise ConnectionError

    assert list(write(SOURCES, writer=lambda s, lang: [good], language="en")[0]) == [good]
    assert write(SOURCES, writer=lambda s, lang: [good, bad], language="en")[0] == ()
    assert write(SOURCES, writer=broken, language="en")[0] == ()


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Acme patches a flaw | Example Times", "Acme patches a flaw"),
        ("[Update] Acme patches a flaw", "Acme patches a flaw"),
        ("🚨 BREAKING: Acme patches a flaw 🚨", "Acme patches a flaw"),
        ("Acme patches a flawhttps://example.org/a/#News #DataBreach", "Acme patches a flaw"),
        ("Acme patches a flaw #infosec #cyber", "Acme patches a flaw"),
        ("Multiples vulnérabilités dans Exemplia (08 juin 2026)", "Multiples vulnérabilités dans Exemplia"),
        ("CELEX:52026XG02667: Notice to persons on the list", "Notice to persons on the list"),
        ("【示例周报】示例公司修复了严重漏洞", "示例公司修复了严重漏洞"),
        ("CVE-2026-1111 - Acme Notes < 2.0", "CVE-2026-1111 - Acme Notes < 2.0"),
        ("CVE Alert: CVE-2026-1111 – Acme – Notes", "CVE-2026-1111 – Acme – Notes"),
        ("Security Advisory: Acme Notes tells its keys", "Acme Notes tells its keys"),
        ("Sicherheitshinweis: Acme Notes verrät Schlüssel", "Acme Notes verrät Schlüssel"),
        ("安全通告：示例公司修复了严重漏洞", "示例公司修复了严重漏洞"),
        ("Security alert fatigue grows at Acme", "Security alert fatigue grows at Acme"),
        ("Acme patches a flaw - here's what we know", "Acme patches a flaw"),
        ("Acme patches a flaw in its desk software, update yours now", "Acme patches a flaw in its desk software"),
        ("Acme patches a flaw. Here’s how to tell.", "Acme patches a flaw"),
        ("Patch Now: Acme mends twelve flaws", "Acme mends twelve flaws"),
        ("Faille chez Acme : voici ce que l'on sait", "Faille chez Acme"),
        ("Lücke bei Acme Notes – was wir wissen", "Lücke bei Acme Notes"),
        ("Fallo en Acme Notes: lo que se sabe", "Fallo en Acme Notes"),
        ("Acme Notes spies on ports, voici comment les ports s'en protègent depuis mai", None),
        ("Acme patches a flaw](https://example.org/a?utm=Feed | EN | X) *Source: example.org", "Acme patches a flaw"),
        ("Acme tells how to update its portal now", None),
        ("(2nd LD) Regulator fines Acme over leak", "Regulator fines Acme over leak"),
        ("UPDATE 1-Regulator fines Acme over leak", "Regulator fines Acme over leak"),
        ("Alerte cybersécurité : une faille touche Acme Notes", "une faille touche Acme Notes"),
    ],
)
def test_headline_leaves_out_what_the_desk_and_the_feed_added(title: str, shown: str | None) -> None:
    """Outlet, words of the desk, calls to readers, links, the day and signs are no news; None: nothing goes."""
    article = make("a", "en", title, "Acme patched a flaw in its portal on Monday.")
    found = summarise([Story(id="s", articles=(article,))])[0].headline

    assert found is not None
    assert found.text == (shown or title) == title[found.start : found.end]


@pytest.mark.parametrize(
    "title", ["ACME PATCHES A FLAW IN ITS PORTAL", "Here's what you need to know about Acme's portal"]
)
def test_a_shouting_or_teasing_title_gives_way(title: str) -> None:
    """Another title of the story tells the news."""
    first = make("a", "en", title, "Acme patched a flaw in its portal on Monday.")
    second = make("b", "en", "Acme patches a flaw in its portal", "Acme patched a flaw in its portal on Monday.")
    found = summarise([Story(id="s", articles=(first, second))])[0].headline

    assert found is not None
    assert found.article == "b"


@pytest.mark.parametrize(
    "beside",
    [
        "Acme Portal is a platform for invoices and orders of small firms.",
        "The plugin is typically used by hotels and shops that show their rooms on a map.",
        "The portal is primarily used to send the bills and orders of small firms.",
        "In June 2024, Acme fixed another flaw in its portal that had been exploited.",
        "Editor's note: this article was first published by our partners on Sunday.",
        "To make more detailed choices, choose Customize in the menu of the page.",
        "Doe accessed the portal of the district and told the press about it.",
        "According to the office, the man showed that he controlled the portal.",
    ],
)
def test_what_tells_no_news_is_left_out(beside: str) -> None:
    """Definitions, earlier cases, notes of the page and surnames of nobody introduced give way to the news."""
    text = (
        "Acme fixed a flaw in its portal that let attackers read invoices. Researcher John Doe found it.",
        beside,
        "The flaw exposed the invoices of 4,000 firms, Acme said on Monday in its report.",
    )
    article = make("a", "en", "Acme fixes portal flaw after leak", *text, published=datetime(2026, 6, 8, tzinfo=UTC))
    found = summarise([Story(id="s", articles=(article,))])[0].summary

    assert [s.text for s in found if s.text in beside] == []
    assert len(found) >= 2


def test_a_consent_notice_in_the_place_of_the_text_is_not_shown() -> None:
    """Sentences that share no word with a title of four belong to the site."""
    notice = (
        "Most of the purposes explained here depend on the storage of data by partners.",
        "Providers may combine them with what others have gathered over time.",
        "The processing happens on legitimate interest where the law allows it.",
    )
    article = make("a", "en", "Severe kernel vulnerability threatens Linux servers", *notice)

    assert summarise([Story(id="s", articles=(article,))])[0].summary == ()


def test_what_a_flaw_leads_to_stands_behind_the_flaw_only() -> None:
    """ "Elles permettent …" is shown with the sentence it points back to, never without."""
    flaw = "De multiples vulnérabilités ont été découvertes dans Exemplia."
    effect = "Elles permettent à un attaquant de provoquer une exécution de code à distance."
    together = make("a", "fr", "Multiples vulnérabilités dans Exemplia", f"{flaw} {effect}")
    apart = make("b", "fr", "Multiples vulnérabilités dans Exemplia", flaw, effect)

    assert [s.text for s in summarise([Story(id="s", articles=(together,))])[0].summary] == [flaw, effect]
    assert [s.text for s in summarise([Story(id="s", articles=(apart,))])[0].summary] == [flaw]


#: An advisory whose substance stands in lists: heading, risks, heading, programs, formula.
LISTED = {
    "fr": ("Vulnérabilité dans Exemplia", "Risque(s)", ("Déni de service à distance", "Contournement des droits"),
           "Systèmes affectés", "Exemplia Bureau versions antérieures à 4.2.1",
           "Se référer au bulletin de sécurité de l'éditeur pour l'obtention des correctifs."),
    "en": ("Vulnerability in Examplia", "Impact", ("Remote code execution", "Loss of data confidentiality"),
           "Affected products", "Examplia Desk before 4.2.1",
           "Refer to the vendor's security bulletin to obtain the fixes for all platforms."),
    "de": ("Schwachstelle in Beispielia", "Auswirkungen", ("Codeausführung aus der Ferne", "Umgehen von Sperren"),
           "Betroffene Systeme", "Beispielia Desk vor Version 4.2.1",
           "Weitere Informationen enthält der Sicherheitshinweis des Herstellers zu diesem Produkt."),
    "es": ("Vulnerabilidad en Ejemplia", "Consecuencias", ("Ejecución remota de código", "Denegación de servicio"),
           "Productos afectados", "Ejemplia Desk anterior a 4.2.1",
           "Se recomienda aplicar los parches que ofrece el fabricante en su página."),
    "it": ("Vulnerabilità in Esempia", "Rischi", ("Esecuzione di codice arbitrario", "Divulgazione di informazioni"),
           "Sistemi interessati", "Esempia Desk precedente alla 4.2.1",
           "Fare riferimento al bollettino di sicurezza del produttore per le correzioni."),
    "pt": ("Vulnerabilidade em Exemplia", "Riscos", ("Execução remota de código", "Negação de serviço"),
           "Sistemas afetados", "Exemplia Desk anterior à 4.2.1",
           "Consulte o boletim de segurança do fabricante para obter as correções."),
    "nl": ("Kwetsbaarheid in Voorbeeldia", "Mogelijke gevolgen", ("Denial-of-Service", "Omzeilen van de inlog"),
           "Kwetsbare versies", "Voorbeeldia Desk ouder dan 4.2.1",
           "Raadpleeg het beveiligingsbulletin van de leverancier voor de updates."),
    "pl": ("Luka w Przykładii", "Skutki", ("Zdalne wykonanie kodu", "Odmowa usługi"),
           "Podatne wersje", "Przykładia Desk przed 4.2.1",
           "Należy zapoznać się z biuletynem bezpieczeństwa producenta oprogramowania."),
    "ru": ("Уязвимость в Примерии", "Последствия", ("Выполнение произвольного кода", "Отказ в обслуживании"),
           "Уязвимые версии", "Примерия Desk до версии 4.2.1",
           "Рекомендуется как можно скорее установить обновления производителя."),
    "zh": ("示例桌面存在漏洞", "漏洞危害", ("远程代码执行", "敏感信息泄露"),
           "受影响版本", "示例桌面 4.2.1 之前的版本", "建议受影响的用户尽快升级到厂商提供的安全版本。"),
    "ja": ("例社デスクの脆弱性", "想定される影響", ("任意のコード実行", "サービス運用妨害"),
           "影響を受ける製品", "例社デスク 4.2.1 より前のバージョン", "詳しくは開発者の情報を参照してください。"),
}  # fmt: skip


@pytest.mark.parametrize("language", sorted(LISTED))
def test_lines_of_lists_stand_in_for_formulas(language: str) -> None:
    """Where the only sentence sends the reader elsewhere, risks come first, then programs, as they stand."""
    title, risks, effects, affected, program, formula = LISTED[language]
    many = make("a", language, title, risks, *effects, affected, program, "Examplia Notes 7", formula)
    one = make("b", language, title, affected, program, risks, effects[0], formula)

    found = [story.summary for story in summarise([Story(id=a.id, articles=(a,)) for a in (many, one)])]

    assert [s.text for s in found[0]] == [*effects]
    assert [s.text for s in found[1]] == [effects[0], program]
    for article, summary in zip((many, one), found, strict=True):
        assert all(article.text[s.start : s.end] == s.text and s.language == language for s in summary)


@pytest.mark.parametrize("language", sorted(LISTED))
def test_lists_without_headings_are_told_by_what_their_lines_say(language: str) -> None:
    """A line names an effect, or beside it a program of the title or a version."""
    title, _, effects, _, program, formula = LISTED[language]
    article = make("a", language, title, "Press office", effects[0], program, formula)

    assert texts(summarise([Story(id="s", articles=(article,))])[0]) == [effects[0], program]


def test_lists_of_other_subjects_labels_and_bullets_are_no_part_of_a_line() -> None:
    """References are not shown, "Impact:" and "- " are left out, a heading's plural in brackets is one heading."""
    article = make(
        "a",
        "en",
        "Flaw in Examplia Desk",
        "Impact(s): Disclosure of stored files",
        "Affected version(s)\n- Examplia Desk 3;\n- Examplia Desk 4 on tablets",
        "References",
        "Examplia bulletin 2026-11 of 2 June",
        "For more information, see the bulletin that the vendor has published today.",
    )

    found = summarise([Story(id="s", articles=(article,))])[0].summary

    assert [s.text for s in found] == ["Disclosure of stored files", "Examplia Desk 3"]
    assert all(article.text[s.start : s.end] == s.text for s in found)


def test_a_headed_list_fills_up_one_sentence() -> None:
    """The lines of a lone sentence's own article come before another report's sentences."""
    sentence = "Examplia says that somebody has used the flaw in three hospitals since Monday."
    caption = make("a", "en", "Flaw in Examplia Desk", sentence, "Denial of service", "A picture of Examplia")
    listed = make("b", "en", "Flaw in Examplia Desk", sentence, "Impact", "Denial of service", "Account takeover")

    assert [texts(s) for s in summarise([Story(id="s", articles=(a,)) for a in (caption, listed)])] == [
        [sentence],
        [sentence, "Denial of service", "Account takeover"],
    ]


def test_a_sentence_that_repeats_the_title_gives_way_to_a_list_and_stays_before_what_needs_it() -> None:
    """ "Several flaws were found in X" says nothing by itself, and is what "Some of them allow …" points at."""
    title = "Multiples vulnérabilités dans Exemplia"
    flaw = "De multiples vulnérabilités ont été découvertes dans Exemplia."
    effect = "Certaines d'entre elles permettent à un attaquant de lire les fichiers des autres."
    news = "Deux hôpitaux disent que quelqu'un s'en est servi contre leurs serveurs ce lundi."
    listed = make("a", "fr", title, flaw, "Risques", "Déni de service", "Élévation de privilèges")
    told = make("b", "fr", title, f"{flaw} {effect}", news)

    assert [texts(s) for s in summarise([Story(id="s", articles=(a,)) for a in (listed, told)])] == [
        ["Déni de service", "Élévation de privilèges"],
        [flaw, effect, news],
    ]


def test_a_formula_with_a_version_says_something() -> None:
    """ "Update to 4.2.1" is advice that an analyst can use."""
    advice = "Users should update Examplia Desk to version 4.2.1 as soon as they can do so."
    article = make("a", "en", "Flaw in Examplia Desk", advice, "Impact", "Denial of service")

    assert texts(summarise([Story(id="s", articles=(article,))])[0]) == [advice, "Denial of service"]


@pytest.mark.parametrize(
    ("language", "title", "told", "teaser"),
    [
        ("en", "Flaw in Examplia Desk", "A flaw in Examplia Desk exposes the screens of all users to intruders.",
         "Learn how intruders get around all locks of Examplia Desk with one invitation."),
        ("fr", "Une faille dans Examplia Desk", "Une faille dans Examplia Desk expose les écrans de tous ses clients.",
         "Découvrez comment des intrus contournent toutes les serrures d'Examplia Desk."),
        ("de", "Lücke in Examplia Desk", "Eine Lücke in Examplia Desk legt die Bildschirme aller Kunden offen.",
         "Erfahren Sie, wie Eindringlinge alle Schlösser von Examplia Desk umgehen."),
        ("es", "Fallo en Examplia Desk", "Un fallo en Examplia Desk expone las pantallas de todos los clientes.",
         "Descubra cómo los intrusos eluden todas las cerraduras de Examplia Desk."),
    ],
)  # fmt: skip
def test_a_page_that_bids_to_read_on_tells_nothing(language: str, title: str, told: str, teaser: str) -> None:
    """It promises what the next sentence could have said."""
    article = make("a", language, title, f"{told} {teaser}")

    assert texts(summarise([Story(id="s", articles=(article,))])[0]) == [told]


def test_who_designed_it_in_another_century_gives_way() -> None:
    """A year long past is another story's, in the last century, too."""
    news = "A flaw in Examplia Desk lets anybody on the network read the screens of others."
    more = "The agency of Exampleland has counted forty offices of Examplia Desk that were read."
    history = "Engineers of a laboratory in Exampleville designed the screens of Examplia Desk in 1998."
    published = datetime(2026, 6, 8, tzinfo=UTC)
    article = make("a", "en", "Flaw in Examplia Desk", f"{news} {history} {more}", published=published)

    assert texts(summarise([Story(id="s", articles=(article,))], limit=2)[0]) == [news, more]


@pytest.mark.parametrize("rule", front_rules(), ids=lambda rule: rule.name)
def test_what_stands_before_the_news_is_left_out(rule: FrontRule) -> None:
    """Each rule's own case; the summary's span begins where the news does."""
    front, news = rule.case.split("‖")
    article = make("a", "fr", "Examplia et la sécurité", front + news, "La société a fait appel de la décision lundi.")
    found = summarise([Story(id="s", articles=(article,))])[0].summary

    assert news_start(front + news, article.title) == len(front)
    assert found[0].text == news == article.text[found[0].start : found[0].end]


@pytest.mark.parametrize(
    ("front", "sentence"),
    [
        ("Examplia paie deux millions ", "Le régulateur a sanctionné la société Examplia ce lundi à Exempleville."),
        ("", "Examplia paie deux millions et promet de mieux garder les mots de passe."),
        (
            "Examplia paie deux millions au « Bureau » d’Exempleville ",
            "Le régulateur a sanctionné la société ce lundi.",
        ),
        (
            "Données 5 juin 2026 Examplia paie deux millions au « Bureau » d’Exempleville ",
            "La société a fait appel lundi.",
        ),
        ("", "Le maire dit que Examplia paie deux millions au « Bureau » d'Exempleville et qu'il en est content."),
        ("", "EXAMPLIA – le géant des portails – paie deux millions au régulateur cette année."),
        ("", "Exempleville (Pays) a subi une attaque qui a duré plus de deux semaines."),
    ],
)
def test_a_title_run_into_a_sentence_is_left_out_and_a_subject_is_not(front: str, sentence: str) -> None:
    """Only what can be missed: an aside between dashes, a place and a sentence that goes on stay."""
    place = " au « Bureau » d'Exempleville" if "Bureau" in front + sentence else ""
    title = f"Examplia paie deux millions{place}"
    assert news_start(front + sentence, f"{title} - La Gazette") == len(front)


@pytest.mark.parametrize(
    ("front", "sentence"),
    [
        ("Overview ", "On 5 June the vendor fixed a flaw in Examplia Desk that let anyone in."),
        ("Anatomy of a Double Flaw in Examplia Desk ", "Several clerks saw two portals of the same name in April."),
        ("", "Examplia Desk and The Example Gazette agree on the cause of the outage in April."),
        ("", "Examplia Desk in the version of April lets anyone read the letters of all clerks."),
        ("", "The Example Office fined Examplia two million euros because of a flaw in April."),
    ],
)
def test_a_heading_run_into_a_sentence_is_left_out(front: str, sentence: str) -> None:
    """Headings of sections have capitals, and behind them a word of the grammar has one too."""
    assert news_start(front + sentence, "Flaw in Examplia Desk") == len(front)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Two of them had been patched by the vendor in the spring of the year."),
        ("en", "Three additional flaws were disclosed by the vendor alongside this one."),
        ("en", "This summary was generated by AI and may contain some small errors."),
        ("en", "A court sentenced the student to nine months in prison on top of the."),
        ("en", "Note that this workaround requires the addresses to be set by hand."),
        ("en", "Otherwise, there is no known workaround for the users of the portal."),
        ("fr", "Deux d'entre elles ont été corrigées par l'éditeur au printemps dernier."),
        ("fr", "Ce que dit la loi : résumé généré par une IA et relu par la rédaction."),
        ("fr", "Le tribunal a condamné l'étudiant à neuf mois de prison assortis d'un."),
        ("de", "Zwei davon hat der Hersteller im Frühjahr mit einem Update geschlossen."),
        ("de", "Die Zusammenfassung wurde mit Hilfe von KI erstellt und geprüft."),
        ("es", "Dos de ellas fueron corregidas por el fabricante durante la primavera."),
        ("it", "Due di esse sono state corrette dal produttore durante la primavera."),
        ("pt", "Duas delas foram corrigidas pelo fabricante durante a primavera."),
        ("nl", "Twee daarvan heeft de leverancier in het voorjaar al gedicht."),
        ("pl", "Dwie z nich producent załatał jeszcze wiosną tego samego roku."),
        ("ru", "Две из них производитель исправил ещё весной этого же года."),
        ("zh", "AI生成的摘要显示，厂商已于春季修复了其中的两个漏洞。"),
        ("ja", "AIによる要約では、ベンダーは春に二件の欠陥を修正した。"),
    ],
)
def test_counts_of_what_went_before_labels_and_cut_sentences_do_not_stand_alone(language: str, sentence: str) -> None:
    """ "Two of them" needs them, "generated by AI" is no news, "on top of the." lost its end."""
    assert not stands_alone(sentence, language)


SAID_TWICE = [
    ("en", "The privacy office fined Examplia 2 million euros on Monday.", "Examplia got a penalty of €2 million."),
    ("en", "The flaw affects Examplia Desk 4.1 to 4.2 on tablets where sync is built in.",
     "Versions 4.1 through 4.2 of Examplia Desk are affected when sync is built in."),
    ("fr", "La CNIL a condamné Examplia à 2 millions d'euros d'amende.", "Une sanction de 2 M€ frappe Examplia."),
    ("de", "Das Amt verhängte gegen Beispielia ein Bußgeld von 2 Millionen Euro.",
     "Beispielia muss 2 Millionen Euro Strafe zahlen."),
    ("es", "La agencia multó a Ejemplia con 2 millones de euros.",
     "Ejemplia recibe una sanción de 2 millones de euros."),
    ("it", "Il Garante ha multato Esempia per 2 milioni di euro.", "Esempia riceve una sanzione da 2 milioni di euro."),
    ("pt", "A autoridade multou a Exemplia em 2 milhões de euros.",
     "A Exemplia recebeu uma sanção de 2 milhões de euros."),
    ("nl", "De toezichthouder beboet Voorbeeldia voor 2 miljoen euro.",
     "Voorbeeldia krijgt een straf van 2 miljoen euro."),
    ("pl", "Urząd nałożył na Przykładię karę 2 mln euro.", "Przykładia dostała grzywnę w wysokości 2 mln euro."),
    ("ru", "Ведомство оштрафовало Примерию на 2 млн евро.", "Примерия получила штраф в 2 млн евро."),
    ("zh", "监管部门对示例公司罚款200万欧元。", "示例公司受到200万欧元的处罚。"),
    ("ja", "当局は例社に200万ユーロの制裁金を科した。", "例社は200万ユーロの罰金を払う。"),
]  # fmt: skip
SAID_BESIDE = [
    ("en", "The privacy office fined Examplia 2 million euros on Monday.",
     "Examplia kept 300,000 passwords in the clear for two years."),
    ("en", "CVE-2026-1111 lets attackers read every file in Examplia Desk.",
     "Examplia Desk is affected by CVE-2026-1111, which scores 9.8."),
    ("fr", "Le tribunal a suspendu Examplia pendant six mois.",
     "Pendant six mois, des pirates ont lu les courriels d'Examplia."),
    ("de", "Das Amt verhängte gegen Beispielia ein Bußgeld von 2 Millionen Euro.",
     "Beispielia hatte 300.000 Kundendaten sechs Monate lang offen im Netz."),
    ("zh", "监管部门对示例公司罚款200万欧元。", "示例公司表示将就处罚决定向法院提起上诉。"),
]  # fmt: skip


def _candidate(text: str, language: str) -> Candidate:
    article = Article(id="a", feed="f", url=None, title="", paragraphs=(text,), language=language)
    return Candidate(article, 0, len(text), text, 0, content_words(text))


@pytest.mark.parametrize(("language", "first", "second"), SAID_TWICE)
def test_one_act_in_other_words_is_said_already(language: str, first: str, second: str) -> None:
    """The same sum or versions beside the same name, and little else, in whatever words and order."""
    assert same_said(_candidate(first, language), _candidate(second, language))
    assert same_said(_candidate(second, language), _candidate(first, language))


@pytest.mark.parametrize(("language", "first", "second"), SAID_BESIDE)
def test_what_is_told_of_the_same_names_is_not_said_already(language: str, first: str, second: str) -> None:
    """Another value, or the same one with other news."""
    assert not same_said(_candidate(first, language), _candidate(second, language))


def test_somebody_whom_no_sentence_introduces_gives_way() -> None:
    """ "Through the project, he too got access": who he is stands elsewhere."""
    text = (
        "Acme fixed a flaw in its portal that let attackers read invoices of 4,000 firms.",
        "Through a foundation's project, he too got access to the portal of the firm.",
        "The flaw exposed the invoices since spring, Acme said on Monday in its report.",
    )
    article = make("a", "en", "Acme fixes portal flaw after leak of invoices", *text)

    assert texts(summarise([Story(id="s", articles=(article,))])[0]) == [text[0], text[2]]


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "On May 20, Examplia shipped Desk 4.7.2, which closes CVE-2026-1111."),
        ("fr", "Le 20 mai 2026, la version 6.1.1 d'Examplia a corrigé CVE-2026-1111 et CVE-2026-1112."),
        ("de", "Am 20.5.2026 erschien Beispielia 6.1.1 mit Updates für CVE-2026-1111/1112."),
    ],
)
def test_versions_and_ids_do_not_make_a_sentence_a_table(language: str, sentence: str) -> None:
    """The sentence about the patch is mostly figures and is what an analyst wants."""
    assert stands_alone(sentence, language)
    assert not stands_alone("Examplia 6.1.1 20.5.2026 CVE-2026-1111 9.8 CVE-2026-1112 7.5 10 20.", language)


def test_an_update_is_told_by_what_is_new() -> None:
    """One sentence of today goes before two that readers were shown yesterday; without any these stand again."""
    old = make("old", "en", "Flaw in Examplia Desk", "Examplia closed a hole in Desk on Monday after two months.",
               "The hole in Examplia Desk let anybody read the letters of its clerks.")  # fmt: skip
    new = make("new", "en", "Flaw in Examplia Desk used", "Thieves have used the hole in Examplia Desk since Tuesday.")
    foreign = make("zh", "zh", "Examplia 的漏洞", "攻击者自周二以来利用了 Examplia 的漏洞，窃取了信件。")
    told = Story(id="s", articles=(new, old), status="update", fresh=("new",))

    assert texts(summarise([told])[0]) == ["Thieves have used the hole in Examplia Desk since Tuesday."]
    assert len(texts(summarise([Story(id="s", articles=(new, old))])[0])) == 2
    silent = Story(id="s", articles=(old, foreign), status="update", fresh=("zh",))
    assert len(texts(summarise([silent])[0])) == 2


@pytest.mark.parametrize(
    ("sentence", "stands"),
    [
        ("The agency added two flaws in Examplia Desk to its list on Tuesday.", True),
        ("The agency added that both flaws in Examplia Desk are easy to use.", False),
        ("The second flaw in the list lets thieves read the letters of clerks.", False),
        ("As usual, you can use this post to talk about other news of the week.", False),
    ],
)
def test_who_adds_to_a_list_does_something(sentence: str, stands: bool) -> None:
    """Who adds a remark goes on with what was said before; second flaws and invitations to talk point elsewhere."""
    assert stands_alone(sentence, "en") is stands


def test_a_report_that_tells_goes_before_one_that_chats() -> None:
    """The lead's author clears the decks before the holidays; another outlet says what was found."""
    chat = make("chat", "en", "DeskPwn: reading letters through a hole", "As the year ends we are waiting for January.",
                "Before then, we want to clear our table and publish what we can.")  # fmt: skip
    news = make("news", "en", "Hole in Examplia Desk", "Researchers read letters through a hole in Examplia Desk.",
                "Examplia closed the hole in version 4.2 of Desk on Monday.")  # fmt: skip

    found = summarise([Story(id="s", articles=(chat, news))])[0]

    assert {sentence.article for sentence in found.summary} == {"news"}
    assert len(summarise([Story(id="s", articles=(chat,))])[0].summary) >= 1


def test_the_title_is_no_summary_of_itself() -> None:
    """A notice that says its title once more, and nothing else, is told by its headline."""
    notice = make("n", "fr", "Multiples failles dans Examplia Desk", "Objet : Multiples failles dans Examplia Desk.")

    assert texts(summarise([Story(id="s", articles=(notice,))])[0]) == []


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        (
            "La CNIL inflige 2 millions d'euros d'amende à Examplia, le régulateur ... - La Gazette",
            "La CNIL inflige 2 millions d'euros d'amende à Examplia",
        ),
        (
            "Examplewatch fines Acme two million over leaked files – the firm …",
            "Examplewatch fines Acme two million over leaked files",
        ),
        ("After years of complaints from users and watchdogs, Acme ...", None),
        ("Acme, Examplia et Formulix, ...", None),
        ("The watchdog said “Acme lost the files of its customers, and …", None),
        ("Watchdog fines Acme two million over leaked files", None),
        ("Patch Tuesday - July 2026", None),
        ("Acme 月度补丁 - 2026年7月", None),
        ("Acme Desk 7.0-7.0.8 & 7.0-rc7 - Use After Free Exploit", None),
        (
            "Acme caps reports after a surge in fake flaws - iDesk in Ruritania",
            "Acme caps reports after a surge in fake flaws",
        ),
        ("Watchdog fines Acme two million - The Gazette", "Watchdog fines Acme two million"),
    ],
)
def test_a_cut_title_ends_with_its_last_whole_clause(title: str, shown: str | None) -> None:
    """Unless what is left only leads to the news, is short or leaves a quotation open; a date is no outlet's name."""
    found = summarise([story(make("a", "en", title, "Acme lost the files of its customers in May."))])[0].headline

    assert found is not None
    assert found.text == (shown or title)


def test_the_only_sentence_of_a_text_needs_no_full_stop() -> None:
    """Descriptions of feeds lose it; a heading is shorter, and beside other sentences it is one."""
    lone = "Researchers will now be protected from prosecution as long as they meet certain conditions"
    short = "Researchers protected by law"

    assert texts(summarise([story(make("a", "en", "Ruritania revises its law", lone))])[0]) == [lone]
    assert texts(summarise([story(make("a", "en", "Ruritania revises its law", short))])[0]) == []
    both = make("a", "en", "Ruritania revises its law", "Ruritania has changed its law on researchers today.", lone)
    assert texts(summarise([story(both)])[0]) == ["Ruritania has changed its law on researchers today."]


@pytest.mark.parametrize(
    ("language", "sentence", "stands"),
    [
        ("en", "Attack Vector Mechanism Impact Resource theft makes the model write more text.", False),
        ("en", "The impact of the vulnerability is high in all affected products.", True),
        ("en", "As usual, the bugs of browsers are not included in the count above.", False),
        ("en", "The flaw is in all versions up to 5.0 and above.", True),
        ("en", "It is impossible to make the model safe because of a flaw in how it works.", True),
        ("en", "It is impossible, and the flaw in the model stays as it was.", False),
        ("fr", "Il est impossible de corriger cette faille sans remplacer la puce du badge.", True),
        ("en", "Revealing how malicious servers can rob the people who use them.", False),
        ("en", "Allowing guests in, the hotel lost its keys to a thief.", True),
        ("en", "The flaw lets anyone take the session cookies of an administrator.", True),
        ("en", "We use cookies to give you the best experience on this site.", False),
        ("en", "The watchdog fined Acme over targeted advertising to children.", True),
        ("en", "Advertisement for the spring offer of the shop in the arcade.", False),
        ("fr", "La CNIL inflige une amende à Acme pour des cookies déposés sans consentement.", True),
        ("fr", "Nous utilisons des cookies pour mesurer l'audience de ce site.", False),
        ("fr", "L'inscription d'Acme sur la liste des sanctions date de lundi dernier.", True),
        ("fr", "Inscrivez-vous pour recevoir chaque matin la lettre de la rédaction.", False),
        ("fr", "Acme a refusé de partager ses journaux avec les enquêteurs de l'agence.", True),
        ("de", "Die Firma muss Daten mit der Behörde teilen, entschied das Gericht am Montag.", True),
        ("de", "Angreifer erbeuten die Cookies der Sitzung und melden sich damit an.", True),
        ("es", "La empresa deberá compartir los datos con la autoridad antes del lunes.", True),
        ("it", "La società non ha fornito commenti alla stampa dopo la multa del Garante.", True),
        ("pt", "A empresa compartilhou os dados dos clientes com terceiros sem aviso.", True),
        ("nl", "Het bedrijf plaatste cookies zonder toestemming en kreeg daarvoor een boete.", True),
        ("ru", "Президент подписал закон о штрафах за утечки персональных данных.", True),
        ("ru", "Подпишитесь на наш канал, чтобы не пропустить главные новости дня.", False),
        ("zh", "攻击者诱骗用户点击链接，随后窃取其会话令牌。", True),
        ("zh", "点击阅读原文，了解更多安全资讯和行业动态。", False),
        ("zh", "研究人员披露，一款广告拦截扩展存在远程代码执行漏洞。", True),
        ("ja", "米当局は月曜日、この欠陥を悪用済みの一覧に登録した。", True),
    ],
)
def test_words_of_pages_that_are_news_too(language: str, sentence: str, stands: bool) -> None:
    """Cookies, advertising, clicks, sharing and signing are what regulators and attackers do as well."""
    assert stands_alone(sentence, language) is stands


def test_the_title_of_the_next_report_run_into_a_sentence_is_left_out() -> None:
    """A page that was brought up to date links to the report that followed."""
    told = "Links of Acme led to a dead page this morning, and a listed name was to blame."
    first = make("a", "en", "Acme's domain is dead", f"Update:- Solved: a sanction took down the domain of Acme {told}")
    second = make("b", "en", "Solved: a sanction took down the domain of Acme", "The registry lifted the block.")

    assert texts(summarise([story(first, second)])[0])[0] == told


def test_an_opening_that_names_what_the_title_names_is_the_news_whatever_its_date() -> None:
    """A report of August on a flaw of June begins with June."""
    told = "Zett Labs 于 2026 年 6 月 4 日向 Acme 披露了一个名为 DeskForger 的高危漏洞，攻击者可借此创建恶意代理。"
    report = make(
        "a",
        "zh",
        "Acme DeskForger 漏洞事件",
        told + "核心风险不在于被黑，而在于被滥用。",
        published=datetime(2026, 8, 9, tzinfo=UTC),
    )

    assert texts(summarise([story(report)])[0])[0] == told


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        ("en", "Clerks of every harbour must remain vigilant as thieves look for the next open portal."),
        ("en", "Harbour portals are back in the spotlight after a quiet winter."),
        ("en", "Acme also advised ports to close the portal to strangers at night."),
        ("en", "If your harbour runs the portal, the stolen invoices may be yours."),
        ("en", "Organizations using the Acme portal are strongly urged to change all passwords."),
        ("en", "The vendor was contacted early about the flaw and did not answer anybody."),
        ("en", "Acme fixed it in the portal of the harbour during a night in June."),
        ("fr", "Les ports doivent rester vigilants face aux voleurs de factures."),
        ("fr", "Les entreprises utilisatrices du portail sont invitées à changer de mot de passe."),
        ("de", "Das Portal der Häfen zeigt einmal mehr, was offene Rechnungen kosten."),
        ("es", "El portal de los puertos es un toque de atención para todos."),
    ],
)
def test_what_could_be_said_of_any_news_gives_way(language: str, sentence: str) -> None:
    """Warnings to all, advice to the reader and what was "also" done do not stand before or beside what happened."""
    title, told = {
        "en": ("Acme portal flaw exposed harbour invoices",
               "A flaw in the Acme portal exposed the invoices of 400 ports."),
        "fr": ("Une faille du portail Acme expose des factures",
               "Une faille du portail Acme a exposé les factures de 400 ports."),
        "de": ("Lücke im Acme-Portal legt Rechnungen offen",
               "Eine Lücke im Acme-Portal legte die Rechnungen von 400 Häfen offen."),
        "es": ("Un fallo del portal Acme expone facturas",
               "Un fallo del portal Acme expuso las facturas de 400 puertos."),
    }[language]  # fmt: skip

    assert texts(summarise([story(make("a", language, title, sentence, told))])[0]) == [told]


@pytest.mark.parametrize(
    "sentence",
    [
        "The vulnerability, tracked as CVE-2026-1111 for Desk and CVE-2026-1112 for Notes.",
        "Custom Desk Types for mills: from n/a through 2.0.47.",
    ],
)
def test_a_subject_without_a_verb_is_no_sentence(sentence: str) -> None:
    assert not stands_alone(sentence, "en")


def test_a_name_in_brackets_before_a_dash_is_no_agency() -> None:
    """ "This issue affects Desk (Pro) - Types …": a dateline begins with a place."""
    sentence = "This issue affects Desk (Pro) - Types of mills for harbours: all versions up to 2.0.47."

    assert news_start(sentence, "Flaw in Desk") == 0


@pytest.mark.parametrize(
    "label", ["The 20-second version", "Two-minute read", "Why it matters", "The 5 minute summary"]
)
def test_a_promise_of_brevity_is_no_news(label: str) -> None:
    """ "The 20-second version: …" is a label, whatever the seconds."""
    sentence = f"{label}: Acme fixed a flaw that let thieves read invoices."

    assert sentence[news_start(sentence, "Flaw in Acme") :].startswith("Acme fixed")


def test_what_a_flaw_is_called_and_does_is_no_definition() -> None:
    """ "DeskLeak is a remote code execution chain in …" is the news, "Desk is a wiki for harbours" what all know."""
    flaw = "DeskLeak is a pre-authentication remote code execution chain in the core of Desk."
    known = "Desk is a wiki for harbours, mills and their clerks in forty lands."
    article = make("a", "en", "DeskLeak lets strangers into harbours", known, flaw, "Acme closed it in June.")

    assert texts(summarise([story(article)])[0]) == [flaw]


def test_thanks_to_anybody_are_no_news() -> None:
    """ "Thanks Jo Doe for reporting" points at nothing a reader knows; "thanks to a flaw" tells how."""
    assert not stands_alone("Thanks Jo Doe and Ann Roe for reporting the flaw to the desk.", "en")
    assert stands_alone("Thanks to a flaw in the portal, thieves read the invoices of 400 ports.", "en")


def test_a_vendor_may_tell_its_own_flaw() -> None:
    """ "We identified CVE-…" is the news of a vendor's bulletin; what else "we" did is not."""
    assert stands_alone("We identified CVE-2026-1111, which lets a guest of Desk read the files of others.", "en")
    assert not stands_alone("We identified three ways to make the portal better for everybody.", "en")


def test_one_sentence_of_the_lead_goes_before_two_of_a_translation() -> None:
    """A report in another language tells the story only where the lead has no sentence of its own."""
    brief = make("a", "en", "Examplia fined over weak passwords", "Examplia was fined two million euros in France.")
    silent = make("b", "en", "Examplia fined over weak passwords")

    assert {s.article for s in summarise([story(brief, FRENCH)])[0].summary} == {"a"}
    assert {s.article for s in summarise([story(silent, FRENCH)])[0].summary} == {"fr"}


def test_a_title_said_again_with_a_version_is_news() -> None:
    """ "Desk before 4.1.4 contains …" names what the title leaves out."""
    told = "Desk before 4.1.4 contains a missing authorization in editUser()."
    other = "Users with the right to edit may make themselves administrators of Desk."
    article = make("a", "en", "CVE-2026-1111 - Desk - Missing Authorization in editUser()", f"{told} {other}")

    assert texts(summarise([story(article)])[0]) == [told, other]


@pytest.mark.parametrize(
    "title",
    [
        "When a Harbour Loses Its Portal: What the Acme Breach Means for Port Clerks",
        "The Harbour Just Lost a Portal. A Clerk's Perspective.",
        "How an Old Portal Can Feed New Thieves",
        "Heron Customers Protected Against the Acme Portal Flaw",
        "“They let us down”: harbour staff on the Acme breach",
        "Acme : le lien que beaucoup de ports n'ont toujours pas compris",
    ],
)
def test_a_column_over_the_news_gives_way(title: str) -> None:
    """A title that judges, advises or sells is no headline where another report has one that tells."""
    column = make("a", "en", title, "Acme lost the invoices of 400 ports. The portal stood open for six months.")
    report = make("b", "en", "Acme portal flaw exposed invoices of 400 ports", "The portal of Acme stood open.")
    (done,) = summarise([story(column, report)])

    assert done.headline is not None
    assert done.headline.text == "Acme portal flaw exposed invoices of 400 ports"
