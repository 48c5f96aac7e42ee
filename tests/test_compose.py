"""Composing: one place per story, one source line per article, facts and translations that can be traced."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sample_edition import (
    CLOSED,
    COVERAGE,
    DAY,
    TOPICS,
    Book,
    alibaba,
    article,
    fact,
    feeds,
    fine,
    sample,
    stories,
    title,
    vpn,
)

from pipeline.compose import compose, for_topics, merge_facts
from pipeline.model import Article, Edition, Fact, Story, Translation


def made(*chosen: Story, **changes: object) -> Edition:
    values: dict[str, object] = {
        "day": DAY, "language": "en", "title": "Digest", "topics": TOPICS, "feeds": feeds(), "translator": Book(),
        "coverage": COVERAGE, "closed": CLOSED,
    }  # fmt: skip
    return compose(chosen, **(values | changes))  # type: ignore[arg-type]


def lone(*articles: Article, **more: object) -> Story:
    values: dict[str, object] = {"id": "s", "articles": articles, "labels": ("sanction",)}
    return Story(**(values | more))  # type: ignore[arg-type]


def test_every_story_stands_in_one_section() -> None:
    """A story with two topics is one card, under the stronger one."""
    edition = sample()

    assert sorted(card.story for card in edition.cards) == sorted(story.id for story in stories())
    assert edition.sections[1].cards[0].story == "story-alibaba"
    assert edition.sections[1].cards[0].labels == ("sanction", "disclosure")


def test_sections_follow_the_topics_and_keep_the_order_of_the_stories() -> None:
    """Topics in the editor's order, an empty one too; cards best first as given."""
    edition = sample()

    assert [section.topic for section in edition.sections] == ["disclosure", "sanction", "supply-chain"]
    assert [card.story for card in edition.sections[0].cards] == ["story-vpn", "story-arabic", "story-filigrane"]
    assert edition.sections[2].cards == ()


def test_a_story_without_a_known_topic_is_not_lost() -> None:
    """It stands in a last section of its own."""
    edition = made(replace(vpn(), labels=("weather",)), fine())

    assert [section.topic for section in edition.sections][-1] == "other"
    assert [card.story for card in edition.sections[-1].cards] == ["story-vpn"]


def test_a_section_takes_no_more_than_its_limit() -> None:
    """The best stories stay."""
    edition = sample(limit_per_section=1)

    assert [card.story for card in edition.cards] == ["story-vpn", "story-alibaba"]


@pytest.mark.parametrize(
    ("language", "expected"), [("fr", "Sanctions et décisions"), ("de", "Sanctions and decisions")]
)
def test_section_titles_speak_the_reader_s_language(language: str, expected: str) -> None:
    """English where the topic has no title in it."""
    assert made(language=language).sections[1].title == expected


def test_all_headlines_are_one_batch_and_all_summaries_another() -> None:
    """The engine is asked twice a day, not once a story; what is English already is not sent."""
    book = Book()
    edition = made(*stories(), translator=book)

    assert [style for style, _ in book.calls] == ["headline", "text"]
    foreign = [card for card in edition.cards if card.headline.original.language != "en"]
    assert book.calls[0][1] == len(foreign)


def test_a_translated_sentence_keeps_its_original_and_route() -> None:
    """Nobody has to trust the machine."""
    headline = next(card.headline for card in sample().cards if card.story == "story-alibaba")

    assert headline.text == "Beijing suspends cooperation with Alibaba’s cloud after the Log4j flaw"
    assert headline.language == "en"
    assert headline.original.text.startswith("Pékin suspend")
    assert headline.translation is not None
    assert headline.translation.route == "fr→ca apertium, ca→pt apertium, pt→en firefox"


def test_a_sentence_without_a_model_stays_in_its_language() -> None:
    """And the edition lists the missing pair once."""
    edition = sample()
    card = next(card for card in edition.cards if card.story == "story-salus")

    assert card.headline.language == "it"
    assert card.headline.text == card.headline.original.text
    assert edition.coverage.untranslated == ("ar→en", "fr→en", "he→en", "it→en")


def test_without_a_translator_everything_stays_as_published() -> None:
    """Each foreign sentence says why."""
    edition = made(*stories(), translator=None)
    card = next(card for card in edition.cards if card.story == "story-fine")

    assert card.headline.language == "pt"
    assert card.headline.translation is not None
    assert [problem.kind for problem in card.headline.translation.problems] == ["no-translator"]
    assert edition.coverage.untranslated == ()


def test_what_an_engine_answers_is_cleaned() -> None:
    """A control character, a bidi override or an empty answer never reaches a reader."""

    class Hostile:
        def translate(self, texts, target, *, style="text", facts=()):  # type: ignore[no-untyped-def]
            answers = iter(["ev\u202eil\x00 \n text", *[" "] * len(texts)])
            return [Translation(text=next(answers), source="pt", target=target, route="pt→en x") for _ in texts]

    card = made(fine(), translator=Hostile()).cards[0]

    assert card.headline.text == "evil text"
    assert all(sentence.text for sentence in card.summary)


def test_the_translator_is_told_what_is_known_of_the_story() -> None:
    """A product that one report names is one in the headline of every other."""
    told = []

    class Curious:
        def translate(self, texts, target, *, style="text", facts=()):  # type: ignore[no-untyped-def]
            told.extend(facts)
            return [Translation(text=text, source="pt", target=target, route="pt→en x") for text, _ in texts]

    story = fine()
    made(story, translator=Curious())

    assert told
    assert set(told) == {tuple(fact for article in story.articles for fact in article.facts)}


def test_a_story_without_a_headline_takes_its_lead_article_s_title() -> None:
    """As when the summariser found nothing to choose from."""
    card = made(replace(fine(), headline=None, summary=())).cards[0]

    assert card.headline.original.text == "Multa de 225 milhões de euros por transferir dados de menores"
    assert card.headline.original.field == "title"


def test_copies_are_sources_after_the_others() -> None:
    """A near-copy is named, and marked."""
    sources = made(alibaba()).cards[0].sources

    assert [source.outlet for source in sources] == ["La Veille numérique", "Packet Ledger", "Netznotar", "Tech Relay"]
    assert [source.is_copy for source in sources] == [False, False, False, True]


def test_an_article_read_twice_is_one_source() -> None:
    """Same outlet and address; same outlet with another address is a second report."""
    once = article("packet", "One")
    again = replace(once, id="again")
    other = replace(once, id="other", url="https://packet.example/other")

    assert [source.article for source in made(lone(once, again, other)).cards[0].sources] == [once.id, "other"]


def test_an_outlet_unknown_to_feeds_has_a_name_all_the_same() -> None:
    """The page's site name, else the host of its address."""
    named = article("packet", "One", feed="https://gone.example/feed", site="Gone Times")
    bare = article("packet", "Two", feed="https://gone.example/feed")
    sources = made(lone(named, bare)).cards[0].sources

    assert [source.outlet for source in sources] == ["Gone Times", "packet.example"]


@pytest.mark.parametrize(
    ("link", "is_original"),
    [
        ("https://www.cisa.gov/news-events/alerts/x", True),
        ("https://msrc.microsoft.com/update-guide", True),
        ("https://vendor.example/security/advisories/1", True),
        ("https://vendor.example/blog/holiday", False),
        ("https://www.facebook.com/sharer?u=advisory", False),
        ("https://packet.example/advisories/own-page", False),
        ("javascript:advisory()", False),
        ("https://[broken/advisory", False),
        ("https://notcisa.gov.example/", False),
    ],
)
def test_first_hand_links_are_told_from_others(link: str, is_original: bool) -> None:
    """Authorities, vendors' advisories; no sharing button, no link within the outlet."""
    sources = made(lone(article("packet", "One", links=(link,)))).cards[0].sources

    assert sources[0].links == ((link,) if is_original else ())


def test_one_first_hand_link_is_offered_once_a_card() -> None:
    """Two outlets pointing at one advisory give one link."""
    link = "https://www.cisa.gov/a"
    sources = made(lone(article("packet", "A", links=(link,)), article("notar", "B", links=(link,)))).cards[0].sources

    assert [source.links for source in sources] == [(link,), ()]


def test_facts_are_merged_by_type_and_value() -> None:
    """The same amount in two articles is one fact, with the lead article's sentence."""
    story = fine()
    amounts = [item for item in merge_facts(story) if item.type == "amount"]

    assert [item.value for item in amounts] == [225_000_000.0, 9_500_000.0]
    assert amounts[0].evidence is not None
    assert amounts[0].evidence.article == story.articles[0].id


def test_an_original_s_sentence_beats_a_copy_s() -> None:
    """Evidence comes from the article that others copied, from its text rather than its title."""
    lead = article("packet", "CVE-2026-1 fixed", "A fix for CVE-2026-1 is out.")
    copy = replace(lead, id="copy")
    from_copy = replace(copy, facts=(fact(copy, "cve", "CVE-2026-1", "A fix for CVE-2026-1 is out."),))
    from_lead = replace(lead, facts=(fact(lead, "cve", "CVE-2026-1", "A fix for CVE-2026-1 is out."),))
    found = merge_facts(lone(from_copy, from_lead, copies={"copy": lead.id}))

    assert [item.evidence.article for item in found if item.evidence] == [lead.id]


def test_each_listed_flaw_is_a_fact_of_its_own() -> None:
    """Two flaws of one story may both be on CISA's list; two reports of one flaw are one fact."""
    listed = [
        Fact(type="kev", value=True, name=name, status="2026-11-22") for name in ("CVE-2026-0001", "CVE-2026-0002")
    ]
    first = article("packet", "A", facts=tuple(listed))
    second = article("notar", "B", facts=(listed[0],))

    assert [item.name for item in merge_facts(lone(first, second))] == ["CVE-2026-0001", "CVE-2026-0002"]


def test_an_id_cut_short_gives_way_to_the_whole() -> None:
    """A report whose headline lost a digit adds no flaw; a round-up of many keeps all its ids."""
    ids = [Fact(type="cve", value=f"CVE-2026-{number}") for number in (1111, 11112, 1113, *range(2000, 2009))]
    cut, whole = article("packet", "A", facts=tuple(ids[:1])), article("notar", "B", facts=tuple(ids[1:3]))
    many = article("veille", "C", facts=tuple(ids[3:]))

    assert [item.value for item in merge_facts(lone(cut, whole))] == ["CVE-2026-11112", "CVE-2026-1113"]
    assert len(merge_facts(lone(cut, whole, many))) == 12


def test_an_affirmed_fact_silences_the_denied_one() -> None:
    """One outlet says "no attack known", a later one knows better."""
    before = article("packet", "A", facts=(Fact(type="exploited", value=False),))
    after = article("notar", "B", facts=(Fact(type="exploited", value=True), Fact(type="patched", value=False)))

    assert [(item.type, item.value) for item in merge_facts(lone(before, after))] == [
        ("exploited", True),
        ("patched", False),
    ]


def test_fines_of_different_standing_stay_apart() -> None:
    """A fine proposed and a fine imposed are two facts."""
    owner = article(
        "packet", "A", facts=tuple(Fact(type="measure", value="fine", status=s) for s in ("proposed", "imposed"))
    )

    assert len(merge_facts(lone(owner))) == 2


def test_the_card_is_dated_by_its_first_report() -> None:
    """Undated articles do not matter; none dated, no date."""
    first = article("packet", "A", hours=9)
    undated = replace(article("notar", "B"), published=None)

    assert made(lone(undated, first)).cards[0].published == CLOSED - timedelta(hours=9)
    assert made(lone(undated)).cards[0].published is None


def test_a_reader_s_topics_choose_the_cards() -> None:
    """By the section or by a tag; an empty choice is all of them."""
    edition = sample()

    assert for_topics(edition, ()) is edition
    assert {card.story for card in for_topics(edition, ["disclosure"]).cards} == {
        "story-vpn", "story-arabic", "story-filigrane", "story-alibaba",
    }  # fmt: skip
    assert for_topics(edition, ["supply-chain"]).cards == (edition.sections[0].cards[0],)
    assert for_topics(edition, ["unheard-of"]).cards == ()


def test_an_edition_without_stories_is_an_edition() -> None:
    """A quiet day is news too."""
    edition = made()

    assert edition.id == "2026-11-23-en"
    assert edition.cards == ()
    assert [section.topic for section in edition.sections] == ["disclosure", "sanction", "supply-chain"]


def test_an_unknown_language_is_left_to_the_translator() -> None:
    """It is sent without a source language; "und" is no language."""
    seen = []

    class Curious(Book):
        def translate(self, texts, target, *, style="text", facts=()):  # type: ignore[no-untyped-def]
            seen.extend(texts)
            return super().translate(texts, target, style=style, facts=facts)

    owner = replace(article("packet", "Zzz"), language="und")
    made(lone(owner, headline=title(owner)), translator=Curious())

    assert seen == [("Zzz", None)]


@given(st.permutations(range(3)))
def test_facts_do_not_depend_on_the_order_within_an_article(order: list[int]) -> None:
    """Same facts, same card."""
    owner = article("packet", "A", "One. Two. Three.")
    found = [fact(owner, "cve", f"CVE-2026-{n}", s) for n, s in enumerate(("One.", "Two.", "Three."))]

    shuffled = replace(owner, facts=tuple(found[n] for n in order))
    assert merge_facts(lone(shuffled)) == merge_facts(lone(replace(owner, facts=tuple(found))))


def test_the_full_text_of_a_foreign_lead_is_translated_on_demand() -> None:
    """Paragraph by paragraph, each with its span; not for an article in the reader's language, not unless wanted."""
    foreign, own = replace(alibaba(), id="f"), vpn()
    lead = next(a for a in foreign.articles if a.language != "en")
    foreign = replace(foreign, articles=(lead, *(a for a in foreign.articles if a is not lead)))

    edition = made(foreign, own, fields=("title", "summary", "text"))

    cards = {card.story: card for card in edition.cards}
    assert [p.original.text for p in cards["f"].text] == list(lead.paragraphs)
    assert all(lead.text[p.original.start : p.original.end] == p.original.text for p in cards["f"].text)
    assert all(p.translation is not None for p in cards["f"].text)
    assert cards[own.id].text == ()
    assert all(card.text == () for card in made(foreign, own).cards)


def test_who_is_described_is_told_in_the_reader_s_words() -> None:
    """ "una aseguradora" is no name; a name stays, and so does what no engine can say."""

    class Words(Book):
        def translate(self, texts, target, *, style="text", facts=()):  # type: ignore[no-untyped-def]
            known = {"una aseguradora": "an insurer."}
            return [
                Translation(text=known.get(text, text), source=source or "und", target=target, route="es→en x")
                for text, source in texts
            ]

    report = replace(article("packet", "Multa", "Multa a una aseguradora y a Zorglub."), language="es")
    targets = ("una aseguradora", "Zorglub", "otra empresa")
    facts = tuple(fact(report, "target", target, "Multa a una aseguradora y a Zorglub.") for target in targets)
    (card,) = made(lone(replace(report, facts=facts)), translator=Words()).cards

    assert {item.value: item.name for item in card.facts} == {
        "an insurer": "una aseguradora",
        "Zorglub": None,
        "otra empresa": None,
    }


def test_only_the_fields_that_are_wanted_are_translated() -> None:
    """A headline left out stays as published, without a mark."""
    edition = made(alibaba(), fields=("summary",))

    headline = edition.cards[0].headline
    assert headline.translation is None
    assert headline.text == headline.original.text


def _reads(number: int, *facts: Fact) -> Article:
    return replace(article("packet", f"Report {number}"), id=f"a{number}", facts=facts)


def test_a_shorter_name_gives_way_to_the_longer_one() -> None:
    """Of one type only, and in one piece."""
    alibaba_cloud, short = Fact(type="target", value="Alibaba Cloud"), Fact(type="target", value="Alibaba")
    product = Fact(type="product", value="Alibaba")
    story = lone(_reads(1, short, product), _reads(2, alibaba_cloud, Fact(type="target", value="Cloud Alibaba Europe")))

    values = [(fact.type, fact.value) for fact in merge_facts(story)]

    assert ("target", "Alibaba") not in values
    assert ("product", "Alibaba") in values
    assert ("target", "Alibaba Cloud") in values


def test_a_description_gives_way_to_the_name_in_it() -> None:
    """In any order of the words; one that names nobody, or somebody else, stays."""
    named, described = "Zorglub Cloud", ("filiale cloud de Zorglub", "une banque", "filiale d'Orbexa")
    story = lone(_reads(1, *(Fact(type="target", value=value) for value in described)),
                 _reads(2, Fact(type="target", value=named)))  # fmt: skip

    assert {fact.value for fact in merge_facts(story)} == {named, "une banque", "filiale d'Orbexa"}


def test_a_state_gives_way_to_its_authority() -> None:
    """ "Exampleland" sues, says one report; whose office it was says the other."""
    state, office = (Fact(type="authority", value=name) for name in ("Exampleland", "Exampleland Attorney General"))

    assert [fact.value for fact in merge_facts(lone(_reads(1, state), _reads(2, office)))] == [office.value]


@pytest.mark.parametrize(
    ("sums", "shown"),
    [
        # A paper abroad converts what the others give; of two that say it once each the first stays.
        ([(14e6, "GBP"), (19e6, "USD"), (14e6, "GBP")], [(14e6, "GBP")]),
        ([(19e6, "USD"), (14e6, "GBP"), (14e6, "GBP")], [(14e6, "GBP")]),
        ([(14e6, "GBP"), (19e6, "USD")], [(14e6, "GBP")]),
        # Other sums, the same currency, and a currency without a rate stay.
        ([(14e6, "GBP"), (40e6, "USD")], [(14e6, "GBP"), (40e6, "USD")]),
        ([(14e6, "GBP"), (15e6, "GBP")], [(14e6, "GBP"), (15e6, "GBP")]),
        ([(14e6, "GBP"), (19e6, "XXX")], [(14e6, "GBP"), (19e6, "XXX")]),
    ],
)
def test_a_sum_is_told_in_one_currency(sums: list[tuple[float, str]], shown: list[tuple[float, str]]) -> None:
    """ "£14 million, $19 million" would read as two fines."""
    story = lone(*(_reads(n, Fact(type="amount", value=v, unit=u)) for n, (v, u) in enumerate(sums)))

    assert [(fact.value, fact.unit) for fact in merge_facts(story)] == shown


@pytest.mark.parametrize(
    ("terms", "shown"),
    [
        ([(7.0, "year"), (88.0, "month")], [(88.0, "month")]),
        ([(24.0, "month"), (2.0, "year")], [(2.0, "year")]),
        ([(3.0, "year"), (6.0, "month")], [(3.0, "year"), (6.0, "month")]),
        ([(10.0, "day"), (7.0, "year")], [(10.0, "day"), (7.0, "year")]),
    ],
)
def test_a_term_is_told_once(terms: list[tuple[float, str]], shown: list[tuple[float, str]]) -> None:
    """In years where they are the term, in months where these say more; another term stays."""
    story = lone(*(_reads(n, Fact(type="duration", value=v, unit=u)) for n, (v, u) in enumerate(terms)))

    assert [(fact.value, fact.unit) for fact in merge_facts(story)] == shown


def test_what_one_report_of_several_reads_is_not_shown() -> None:
    """The lead's word stands, so does what two agree on; with two reports there is no majority."""
    fine, ban = Fact(type="measure", value="fine"), Fact(type="measure", value="ban")
    both = Fact(type="measure", value="suspension")
    many = lone(_reads(1, fine), _reads(2, both), _reads(3, both, ban), _reads(4))
    few = lone(_reads(1, fine), _reads(2, ban))

    assert [fact.value for fact in merge_facts(many)] == ["fine", "suspension"]
    assert [fact.value for fact in merge_facts(few)] == ["fine", "ban"]


def test_a_line_behind_a_card_asks_for_its_headline_only() -> None:
    """Also where whole articles are wanted: nobody would see the text of what is one line."""
    seen: list[str] = []

    class Curious(Book):
        def translate(self, texts, target, *, style="text", facts=()):  # type: ignore[no-untyped-def]
            seen.extend(text for text, _ in texts)
            return super().translate(texts, target, style=style, facts=facts)

    notice = lone(replace(article("bulletin", "Une faille dans Zorglub", "Le correctif est là."), language="fr"))

    edition = made(
        vpn(), batches={vpn().id: [notice]}, fields=("title", "summary", "text"), translator=Curious()
    )  # fmt: skip

    assert [line.headline.original.text for card in edition.cards for line in card.batch] == ["Une faille dans Zorglub"]
    assert "Une faille dans Zorglub" in seen
    assert "Le correctif est là." not in seen


def test_ids_stand_in_the_order_of_how_many_reports_name_them() -> None:
    """The story's own id first; what one of three reports mentions far in its text is of an older flaw."""
    own, older, early = "CVE-2026-1111", "CVE-2025-2222", "CVE-2026-3333"
    text = (f"Desk lets guests read {early}.", "Clerks saw it in May. " * 40, f"It builds on {older}, beside {own}.")
    long = article("packet", "Flaw in Desk", *text)
    long = replace(long, facts=tuple(fact(long, "cve", id, id) for id in (older, early, own)))
    brief = [article(key, f"Flaw in Desk, {key} says", f"Desk has {own}.") for key in ("copy", "kernelpost")]
    brief = [replace(report, facts=(fact(report, "cve", own, own),)) for report in brief]

    def ids(*articles: Article) -> list[object]:
        return [f.value for f in merge_facts(lone(*articles)) if f.type == "cve"]

    assert ids(long, *brief) == [own, early]
    assert ids(long, brief[0]) == [own, early, older]


def test_one_product_with_and_without_its_maker_is_told_once() -> None:
    """ "Acme Vault Backup" of one title is the "Vault Backup Manager" of the next; one word left says too little."""
    report = article("packet", "Flaw", "Text.")

    def products(*names: str) -> list[object]:
        found = replace(report, facts=tuple(fact(report, "product", name, name) for name in names))
        return sorted(str(f.value) for f in merge_facts(lone(found)))

    assert products("Acme Vault Backup", "Vault Backup Manager") == ["Vault Backup Manager"]
    assert products("Acme Vault", "Vault Manager") == ["Acme Vault", "Vault Manager"]


def test_no_patch_is_missing_on_the_card_of_a_sanction() -> None:
    """ "Acme refused to fix it" beside a ban is no "patch: none yet"."""
    report = article("packet", "Ban", "Acme refused to fix it.")
    report = replace(report, facts=(fact(report, "measure", "ban", "Acme"), fact(report, "patched", False, "refused")))

    assert [f.type for f in merge_facts(lone(report))] == ["measure"]
    assert len(merge_facts(lone(report, labels=("sanction", "disclosure")))) == 2
