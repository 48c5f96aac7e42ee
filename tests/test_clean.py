"""Cleaning: what goes, what stays, and what it is told apart by."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from clean_cases import CASES, load_article, outcome
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.clean import SiteBlocks, clean, explain, learn
from pipeline.clean.rules import phrase_rules
from pipeline.model import Article, Junk
from pipeline.text.junk import junk_reason

_DAY = datetime(2026, 11, 2, 8, tzinfo=UTC)
_PROMO = "Exemple Cyber est aussi un salon professionnel, du 3 au 5 juin à Valmont."


def article(
    *paragraphs: str, title: str = "Une faille touche la passerelle Arpège", number: int = 0, **values: object
) -> Article:
    made = Article(
        id=f"a{number}", feed="https://feeds.example.org/rss", url=f"https://www.example.org/{number}", title=title,
        paragraphs=paragraphs, first_seen=_DAY, html_language="fr",
    )  # fmt: skip
    return replace(made, **values)  # type: ignore[arg-type]


def site_day(*, days: int = 0, count: int = 8) -> list[Article]:
    return [
        article(f"Texte de la nouvelle numéro {n}, qui ne ressemble à aucune autre.", _PROMO,
                title=f"Nouvelle {n}", number=n,
                first_seen=_DAY + timedelta(days=days))
        for n in range(count)
    ]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_case(case: Path) -> None:
    """Cleaning keeps the article and drops what stands around it."""
    cleaned = clean([load_article(case)])[0]

    assert outcome(cleaned) == json.loads((case / "expected.json").read_text("utf-8"))


@pytest.mark.parametrize("language", ["fr", "en", "de", "es", "it", "pt", "nl", "pl", "sv", "ja", "zh", "ru"])
def test_every_language_has_cases(language: str) -> None:
    """Three cases at least, one of them news about newsletters that nothing may be cut from."""
    cases = {case.name for case in CASES if case.name.startswith(f"{language}-")}

    assert len(cases) >= 3
    kept = load_article(next(case for case in CASES if case.name == f"{language}-about-newsletters"))
    assert clean([kept])[0] == kept


@pytest.mark.parametrize("rule", phrase_rules().rules, ids=lambda rule: rule.full_name)
def test_rule_removes_its_case(rule: object) -> None:
    """Each rule's own example goes, by a rule of the same kind."""
    removed = clean([article(rule.case)])[0].removed  # type: ignore[attr-defined]

    assert [block.text for block in removed] == [rule.case]  # type: ignore[attr-defined]
    assert removed[0].rule.split("/")[0] in {rule.kind, "footer", "paywall", "newsletter"}  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "sentence",
    [
        "Refuser les cookies doit être aussi simple que les accepter, rappelle la CNIL le 4 mai.",
        "Les cookies sont déposés sans consentement, constate l'autorité.",
        "Pour accéder aux serveurs, les pirates ont utilisé un compte administrateur inscrit en 2019.",
        "Recevoir un courriel frauduleux par mail est devenu banal, dit l'étude.",
        "En cliquant sur le lien, la victime autorise l'accès à sa boîte.",
        "Abonnez-vous, exigeait le message des pirates.",
        "Partager ses mots de passe expose à une amende de 10 000 euros, a rappelé le tribunal.",
        "Subscribers can now sue the operator for the breach, the court ruled.",
        "To access the account, attackers registered a second phone.",
        "Cookie consent banners must offer a reject button, the court ruled on May 4.",
        "Like Twitter, the company was fined over its follow buttons.",
        "Follow the money, investigators said of the ransom.",
        "Read the advisory before you patch, the agency said.",
        "Related companies must also pay the fine.",
        "More on the attack will be known on Friday, the minister said.",
        "Sponsored hackers from three states used the flaw.",
        "Share prices of Example Corp fell 12% after the fine.",
        "Image parsers are affected by CVE-2026-10001.",
        "Mit der Entscheidung bestätigt das Gericht das Bußgeld von 3 Millionen Euro.",
        "Bereits 40.000 Opfer haben sich bei der Behörde registriert.",
        "Der Newsletter der Behörde ging am Montag an 4.000 falsche Empfänger.",
        "Die Kundin hatte ihren Vertrag widerrufen, stellte das Gericht fest.",
        "Cookies sind laut Gericht erst nach Einwilligung erlaubt.",
        "Teilen sich zwei Firmen die Daten, haften beide.",
        "Reciben amenazas por correo electrónico desde marzo.",
        "Al enviar el formulario, la empresa confirmó el pago de la multa.",
        "Suscribieron un acuerdo por correo con la autoridad.",
        "Registrati 40 attacchi via e-mail contro i comuni.",
        "Cliccando sul link, le vittime autorizzano l'accesso ai conti.",
        "Abbonati TIM, una falsa e-mail ruba i dati.",
        "Ao clicar no link, a vítima autoriza o acesso à conta.",
        "Recebe 3 anos de prisão por fraude por e-mail.",
        "Door op de link te klikken geven slachtoffers toestemming.",
        "Aby uzyskać dostęp do sieci, napastnicy użyli luki CVE-2026-10001.",
        "Klikając w link, ofiary wyrażały zgodę na przelew.",
        "By mistake, reporter accounts at the agency were locked.",
        "By his own account, the reporter was followed for months.",
        "Par prudence, journalistes et avocats changent de messagerie.",
        "Von Beginn an, Journalisten eingeschlossen, wurde mitgelesen.",
        "Por seguridad, redactores y periodistas cambiaron de claves.",
        "Meet the deadline or pay 4 million, the regulator told the firm.",
        "You are receiving this because we copied your files, the note to the victims said.",
        "Tags: the script of the tag manager let anyone add code.",
        "Comments show that 40,000 customers were affected.",
        "Read comments of the court suggest a fine of 3 million.",
        "Listen to the article of law that was broken, the judge said.",
        "Podcasts mit 3 Millionen Hörern wurden kopiert.",
        "Dit artikel van de wet is eerder geschonden, zegt de toezichthouder.",
        "Cet article de loi a été violé 40 fois, selon la CNIL.",
        "Vous recevez ce message parce que vous êtes inscrit : cette phrase ouvrait le courriel des pirates.",
        "»Sie erhalten diese E-Mail, weil Sie angemeldet sind«, heißt es in der Fälschung.",
        "Écoutez notre podcast, disponible partout : en apparence banal, ce bandeau chargeait un script.",
        "This article was first published on 2 May but withdrawn when the court fined the paper.",
        "Published on 4 May, the advisory lists three flaws.",
        "Publié le 4 mai 2026, le rapport compte 40 000 victimes.",
        "Register now for the fine print, the lawyer of the gang joked.",
        "Der Widerruf ist jederzeit anfechtbar, entschied das Gericht gegen die Beispiel AG.",
        "The policy covers losses for victims of ransomware.",
        "Anna Beispiel est journaliste à Exemple Hebdo; son téléphone a été piraté.",
        "Lettre d'information de la CNIL envoyée par erreur à 4 000 abonnés.",
        "We'll send patches in May, the maker told regulators, who want them now.",
        "Join 4,000 victims in the suit, the lawyers say.",
        "Suivez les consignes sur Telegram, écrivaient les escrocs à leurs victimes.",
        "Download the app only from the store, the agency says.",
        "Résumé des faits : 40 000 dossiers ont été copiés.",
        "Abone olan 40 bin kişinin verisi sızdı.",
        "구독자 4만 명의 정보가 유출됐다.",
        "メールマガジンの登録者4万人の情報が流出したと発表した。",
        "Gefälschte Bank-App im App Store und bei Google Play",
        "The weekly briefing of the agency lists 40 flaws.",
        "Impressum der Firma war laut Gericht unvollständig.",
        "Argomenti della difesa: il garante non aveva competenza.",
        "Traduction automatique : une faille de l'outil expose 4 000 textes.",
        "Di redazioni ne sono state spiate tre, dice il procuratore.",
        "Our weekly backups were encrypted, too, the mayor said.",
        "Unite a la causa, pedían los estafadores a sus víctimas.",
        "Contact tracing app leaks 40,000 numbers.",
        "Never miss a patch again, the agency wrote after the fine.",
        "Nichts mehr verpassen sollten Kunden, sagt das BSI: Das Update ist da.",
    ],
)
def test_news_stays(sentence: str) -> None:
    """News that begins like a call to the reader is left alone."""
    assert clean([article("Premier paragraphe de la nouvelle.", sentence)])[0].paragraphs[1:] == (sentence,)


def test_nothing_after_a_block_goes_with_it() -> None:
    """A sign-up block in the middle takes nothing behind it along."""
    facts = "La faille CVE-2026-10002 coûte 4,2 millions d'euros à Exemple SA."

    cleaned = clean([article("Début.", "Inscrivez-vous à notre newsletter.", facts, "Fin de l'article.")])[0]

    assert cleaned.paragraphs == ("Début.", facts, "Fin de l'article.")


@pytest.mark.parametrize(
    ("paragraph", "left"),
    [
        ("You have 3 free articles left this month. Start your trial for £1 and read as much as you like.", ()),
        ("Receba no seu email as histórias da semana. Sem custos, sem publicidade, quando quiser sair.", ()),
        ("Subscribe to our newsletter. The clinic in Marlow paid a fine of £40,000 on Monday.",
         ("The clinic in Marlow paid a fine of £40,000 on Monday.",)),
    ],
)  # fmt: skip
def test_the_rest_of_a_call_goes_with_it(paragraph: str, left: tuple[str, ...]) -> None:
    """What stands behind a call in its paragraph is more of the call, unless the article tells it."""
    told = "A flaw in the Arpège gateway was used against town halls in October, the agency said."

    assert clean([article(told, paragraph)])[0].paragraphs == (told, *left)


def test_titles_below_a_heading_go_at_the_end_only() -> None:
    """What "Related stories" stands above goes with it; in the middle of a text it may be a heading of the article."""
    news = "The regulator fined Example Corp 4 million euros."
    titles = ("Clinic pays for lost files", "Why hospitals remain easy targets")

    end = clean([article(news, "Related stories", *titles, "© 2026 Example Media Ltd. All rights reserved.")])[0]
    middle = clean([article(news, "Related stories", titles[0], news + " It will appeal.")])[0]

    assert end.paragraphs == (news,)
    assert [block.rule for block in end.removed][1:3] == ["related/listed"] * 2
    assert middle.paragraphs == (news, titles[0], news + " It will appeal.")


def test_a_title_behind_one_that_went_goes_at_the_end_of_the_paragraph() -> None:
    """Two titles glued behind "Related posts:" are of other articles; a sentence behind them is the article's."""
    told, first = "Acme fixed a flaw in Desk.", "Related posts: Heron breached!"
    second = "Flaw in Lagoon (CVE-2026-1111)"
    (end,) = clean([article(f"{told} {first} {second}")])
    (middle,) = clean([article(f"{told} {first} Desk is safe, Acme said on Monday.")])

    assert end.paragraphs == (told,)
    assert [block.rule for block in end.removed][1:] == ["related/listed"]
    assert middle.paragraphs == (f"{told} Desk is safe, Acme said on Monday.",)


def test_a_sentence_with_a_cve_id_is_never_cut() -> None:
    """A call to subscribe that names a flaw stays: facts of the news are never lost."""
    call = "Inscrivez-vous à notre newsletter sur CVE-2026-10003."

    assert clean([article(call)])[0].paragraphs == (call,)


def test_block_shown_twice_goes_once() -> None:
    """The second copy of a long paragraph goes, the first stays."""
    promo = _PROMO + " Les inscriptions sont ouvertes dès le 1er mars."

    assert clean([article("Début.", promo, "Milieu.", promo)])[0].paragraphs == ("Début.", promo, "Milieu.")


_WORDS = st.sampled_from(
    [rule.case for rule in phrase_rules().rules]
    + ["La faille CVE-2026-1 touche 12 %.", "Newsletter", "cookies", "M. Dupont", "…", "a"]
)
_PARAGRAPHS = st.lists(st.one_of(st.text(max_size=60), st.lists(_WORDS, max_size=4).map(" ".join)), max_size=6)


@given(_PARAGRAPHS)
@example(
    [
        "0",
        "Advertisement Contenu réservé : connectez-vous pour lire la suite. Jane Example is a staff writer covering "
        "hospitals. Reach her at jane@example.org.",
    ]
)
@settings(max_examples=150, deadline=None)
def test_cleaning_twice_changes_nothing(paragraphs: list[str]) -> None:
    """clean(clean(x)) == clean(x)."""
    once = clean([article(*paragraphs)])

    assert clean(once) == once


@given(_PARAGRAPHS)
@example(
    [
        "0",
        "Advertisement Nous utilisons des cookies pour améliorer votre expérience. This article contains affiliate "
        "links, and we may earn a commission. Advertisement",
    ]
)
@settings(max_examples=100, deadline=None)
def test_kept_paragraphs_are_parts_of_the_original(paragraphs: list[str]) -> None:
    """What is kept or removed is verbatim text of the paragraph at its number."""
    source = article(*paragraphs)
    cleaned = clean([source])[0]

    assert all(block.text in source.paragraphs[block.position] for block in cleaned.removed)
    whole = [p for p in cleaned.paragraphs if p in source.paragraphs]
    cut = [p for p in cleaned.paragraphs if p not in source.paragraphs]
    assert len(whole) + len(cut) <= len(source.paragraphs)
    assert len(cut) <= len({block.position for block in cleaned.removed})


@pytest.mark.parametrize("text", ["Half a pair \ud83d of signs.", "\ud800", "\ud800 你好\udfff。"])
def test_half_a_pair_of_surrogates_is_a_letter_like_others(text: str) -> None:
    """No page should hold one, and one that does costs no other article."""
    assert clean([article("Début.", text)])[0].paragraphs == ("Début.", text)


def test_blocks_of_a_site_are_learned() -> None:
    """A paragraph under four articles of one site or more is the site's; elsewhere it is news."""
    known = learn(site_day())
    own = article("Une autre nouvelle.", _PROMO, title="Encore une", number=99)

    assert clean([own], known=known)[0].paragraphs == ("Une autre nouvelle.",)
    assert clean([own], known=known)[0].removed[0].rule == "site/repeated"
    assert clean([replace(own, url="https://autre.example.net/1")], known=known)[0].paragraphs == own.paragraphs


def test_an_article_met_again_is_not_boilerplate() -> None:
    """The same article under many ids, or a standfirst on three follow-ups, teaches nothing."""
    again = [replace(article("Le texte.", _PROMO), id=f"copy{n}") for n in range(9)]
    follow_ups = site_day(count=3)

    assert clean(again[:1], known=learn(again))[0].paragraphs == again[0].paragraphs
    assert clean(follow_ups[:1], known=learn(follow_ups))[0].paragraphs == follow_ups[0].paragraphs


def test_old_blocks_are_forgotten() -> None:
    """Thirty-one days later a block is news again; merging and JSON change nothing else."""
    known = learn(site_day()[:4]).merge(learn(site_day()[4:]))

    assert known == learn(site_day())
    assert SiteBlocks.from_dict(json.loads(json.dumps(known.to_dict()))) == known
    assert known.merge(SiteBlocks(), today=date(2026, 12, 3)) == SiteBlocks()
    assert known.merge(SiteBlocks(), today=date(2026, 11, 20)) == known


def test_a_site_goes_on_being_learned_from_cleaned_articles() -> None:
    """Blocks that cleaning took out still count, so they do not come back after thirty days."""
    known = learn(site_day())

    assert learn(clean(site_day(), known=known)).blocks == known.blocks


def test_explain_shows_what_went_and_why() -> None:
    """Removed blocks stand in their place with the rule's name; colours only on request."""
    cleaned = clean([article("Début.", "Inscrivez-vous à notre newsletter.", "Fin de l'article.")])[0]

    plain = explain(cleaned, colour=False)

    assert plain.splitlines()[-3:] == [
        "+ Début.",
        "- Inscrivez-vous à notre newsletter. [newsletter/fr-inscription]",
        "+ Fin de l'article.",
    ]
    assert "\x1b[31m" in explain(cleaned)
    assert "not an article: empty" in explain(replace(cleaned, junk=Junk(reason="empty")), colour=False)


def test_explain_shows_no_control_characters() -> None:
    """A title cannot paint the terminal."""
    assert "\x1b" not in explain(article("x", title="\x1b[2Jtitle"), colour=False)


def test_junk_is_marked_and_unmarked() -> None:
    """What is left after cleaning is judged; an article of full length is never junk."""
    wall = clean([article("Veuillez activer JavaScript.")])[0]

    assert wall.junk == Junk(reason="javascript")
    assert clean([article(*["Une phrase complète de la nouvelle, avec des faits."] * 40)])[0].junk is None
    assert clean([article()])[0].junk == Junk(reason="empty")


@pytest.mark.parametrize(
    ("notice", "reason"),
    [
        ("Dieser Artikel ist nur mit Beispiel-Abo lesbar.", "paywall"),
        ("Den här artikeln är bara för prenumeranter. Logga in för att läsa.", "paywall"),
        ("Artiklen er kun for abonnenter.", "paywall"),
        ("残り1234文字。有料会員になると続きをお読みいただけます。", "paywall"),
        ("本文为付费内容，订阅后可阅读全文。", "paywall"),
        ("Материал доступен только подписчикам.", "paywall"),
        ("Bu içerik yalnızca abonelere özeldir.", "paywall"),
        ("هذا المقال متاح للمشتركين فقط.", "paywall"),
        ("이 기사는 유료회원 전용입니다.", "paywall"),
        ("You have reached your free article limit.", "paywall"),
        ("403 Forbidden", "error-page"),
        ("Page not found. The page you requested could not be found.", "error-page"),
        ("La page que vous recherchez n'existe pas.", "error-page"),
        ("Die Seite wurde nicht gefunden.", "error-page"),
        ("Prosimy włączyć obsługę JavaScript.", "javascript"),
        ("Please wait while we verify your browser...", "bot-wall"),
    ],
)
def test_notices_are_named_in_every_language(notice: str, reason: str) -> None:
    """Paywalls, error pages and walls are told as such, whatever language the outlet speaks."""
    assert junk_reason("Beispiel AG schließt eine Lücke in ihrer Firewall", notice) == reason


def test_a_notice_in_the_middle_of_an_article_does_not_make_it_one() -> None:
    """Short articles with an offer between their paragraphs are articles; a first paragraph with an offer is not."""
    told = (
        "The council of Marlow has switched off the ticket machines at its three car parks until further notice.",
        "A student had shown that any phone could open the cash box from a distance of two or three metres.",
        "The maker wants to send new boards by the end of the month, a spokeswoman said to reporters on Tuesday.",
        "Whether money is missing is being counted, and drivers park for nothing as long as that takes them.",
    )
    notice = "This article is for subscribers only."
    title = "An invitation to thieves"

    assert junk_reason(title, (told[0], notice, *told[1:])) is None
    assert junk_reason(title, (notice,)) == "paywall"


def test_a_post_that_is_its_own_title_is_no_junk() -> None:
    """Posts come with their whole text as the title, and a shorter copy of it as the text."""
    text = "I want to see the traffic of one device in my own network, for which I know the address but not the maker. "
    post = (
        f"Hello everybody! {text}Has anyone done this with an ordinary router before? Thanks in advance. #help #network"
    )

    assert len(post) > 200
    assert junk_reason(f"{post} Edited: one more question about logs and their storage.", text * 1) is None
