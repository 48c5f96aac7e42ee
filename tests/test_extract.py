"""Extraction: what an article is made from, and that no page breaks it."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from multiprocessing import get_context
from typing import Any

import pytest

from pipeline.errors import FetchError
from pipeline.extract import Losses, extract
from pipeline.extract.document import decode
from pipeline.extract.structure import structure_rules
from pipeline.model import Article, Entry, Feed, Junk, Page

_URL = "https://www.example.org/2026/11/02/arpege"
_SEEN = datetime(2026, 11, 3, 8, tzinfo=UTC)
_TEXT = [
    "L'éditeur Arpège a corrigé lundi une faille de sa passerelle de messagerie, déjà utilisée contre des mairies.",
    "La faille, CVE-2026-10001, permet d'exécuter du code sans mot de passe ; elle est notée 9,8 sur 10 par l'éditeur.",
    "Selon l'autorité, 1 200 entreprises n'avaient pas encore installé le correctif trois jours après sa publication.",
]
_LEAD = (
    "Une faille critique de la passerelle Arpège est exploitée depuis le mois d'octobre, "
    "et le correctif publié lundi tarde à être installé."
)


def entry(**values: object) -> Entry:
    fields: dict[str, object] = {
        "id": "e1", "feed": "https://www.example.org/rss", "guid": None, "url": _URL,
        "title": "Arpège corrige une faille", "first_seen": _SEEN,
    }  # fmt: skip
    return Entry(**(fields | values))  # type: ignore[arg-type]


def page(
    body: str | bytes = "", *, charset: str | None = "utf-8", head: str = "", lang: str = "fr", lead: str = ""
) -> Page:
    if isinstance(body, str):
        title = "<title>Arpège corrige une faille | Exemple</title>"
        text, start = body, f"<!doctype html><html lang={lang}><head><meta charset=utf-8>{title}{head}</head>"
        body = f"{start}<body>{lead}{text}</body></html>".encode()
    return Page(url=_URL, final_url=_URL, body=body, charset=charset)


def story(*, before: str = "", after: str = "") -> str:
    paragraphs = "".join(f"<p>{text}</p>" for text in _TEXT)
    start = f"<nav><a href=/>Accueil</a></nav><article><h1>Arpège corrige une faille</h1>{before}"
    return f"{start}<div class=article-body>{paragraphs}{after}</div></article>"


def read(item_page: Page | FetchError | None, **values: object) -> Article:
    return extract([(entry(**values), item_page)])[0]


def test_a_page_becomes_an_article() -> None:
    """Paragraphs, date, author, outlet, canonical link, source links and language come from the page."""
    head = (
        '<meta property="og:site_name" content="Exemple"><link rel=canonical href="https://www.example.org/arpege">'
        '<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Arpège corrige une faille",'
        ' "datePublished": "2026-11-02T09:30:00+01:00",'
        ' "author": {"@type": "Person", "name": "Jeanne Exemple"}}</script>'
    )
    article = read(
        page(
            story(
                after='<p>Voir <a href="https://vendor.example.net/avis?id=1">l\'avis</a> et <a href="/x">ici</a>.</p>'
            ),
            head=head,
        )
    )

    assert article.paragraphs[:3] == tuple(_TEXT)
    assert (article.origin, article.author, article.site, article.html_language) == (
        "page",
        "Jeanne Exemple",
        "Exemple",
        "fr",
    )
    assert article.published == datetime(2026, 11, 2, 8, 30, tzinfo=UTC)
    assert article.url == "https://www.example.org/arpege"
    assert article.links == ("https://vendor.example.net/avis?id=1",)


def test_containers_around_the_article_are_left_out() -> None:
    """Sign-up box, related list, share bar and comments go by their names, and the record says so."""
    box = (
        '<div class="newsletter-box"><p>Restez informés : la lettre d\'Exemple chaque matin dans votre boîte.</p></div>'
    )
    after = (
        box
        + '<ul class="related-articles"><li><a href=/a>Un autre article sur une autre faille</a></li></ul>'
        + "<div id=comments><p>Bravo !</p></div>"
    )

    article = read(page(story(after=after)))

    assert article.paragraphs == tuple(_TEXT)
    assert "html/newsletter" in {block.rule for block in article.removed}


def test_the_standfirst_is_kept() -> None:
    """A lead that themes call a teaser is part of the article."""
    assert read(page(story(before=f'<div class="article-teaser">{_LEAD}</div>'))).paragraphs == (_LEAD, *_TEXT)


def test_a_wrapper_with_a_bad_name_keeps_its_text() -> None:
    """A theme that calls the whole page a menu loses nothing."""
    assert read(page(f'<div id="nav_menu-8" class="sidebar teaser">{story()}</div>')).paragraphs == tuple(_TEXT)


def test_the_feeds_title_and_date_come_first() -> None:
    """The page completes a title that the feed cut off, and dates nothing that the feed has dated."""
    published = datetime(2026, 11, 1, tzinfo=UTC)

    article = read(page(story()), title="Arpège corrige une ...", published=published)

    assert (article.title, article.published) == ("Arpège corrige une faille", published)
    assert read(page(story()), title="Une passerelle trouée").title == "Une passerelle trouée"


_OG = '<meta property="og:title" content="{}"><meta property="og:site_name" content="{}">'


@pytest.mark.parametrize(
    ("window", "head", "body", "title"),
    [
        ("x", _OG.format("Arpège corrige une faille", "Lettre"), "<h1>Arpège corrige une faille de Duo</h1>",
         "Arpège corrige une faille de Duo"),
        ("x", _OG.format("Arpège corrige une faille", "Lettre"), "<h1>Arpège corrige une faille | Lettre</h1>",
         "Arpège corrige une faille"),
        ("x", _OG.format("Pas de panne chez Arpège cette semaine", "Panne chez Arpège"), "<h1>Panne chez Arpège</h1>",
         "Pas de panne chez Arpège cette semaine"),
        ("x", _OG.format("Trois failles chez Arpège – deuxième partie", "Lettre"), "",
         "Trois failles chez Arpège – deuxième partie"),
        ("x", _OG.format("Trois failles chez Arpège - La Lettre", "lalettre.example.org"), "",
         "Trois failles chez Arpège"),
        ('Le ministre dit la faille "close" - Lettre', _OG.format('Le ministre dit la faille "close"', "Lettre"), "",
         'Le ministre dit la faille "close"'),
        ("某云平台因漏洞被罚！-示例新闻网", "", "", "某云平台因漏洞被罚！"),
    ],
)  # fmt: skip
def test_the_pages_title_is_its_whole_headline(window: str, head: str, body: str, title: str) -> None:
    """The headline a reader sees, nothing cut from it, without the outlet's name."""
    text = "".join(f"<p>{line}</p>" for line in _TEXT)
    html = f"<html><head><meta charset=utf-8><title>{window}</title>{head}</head><body>{body}{text}</body></html>"

    assert read(page(html.encode()), title="").title == title


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (FetchError(_URL, "404 Not Found", 404), "page/fetch: 404 Not Found"),
        (page(b""), "page/empty"),
        (page(b"%PDF-1.7 \x00\x01binary"), "page/not-html"),
        (page(b"\x00" * 5000), "page/empty"),
        (page(b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 20), "page/not-html"),
        (page(b"x" * 10_000_001), "page/too-large"),
        (page(story() + "<br>" * 100_000), "page/too-large"),
        (page("<p>Veuillez activer JavaScript pour continuer.</p>"), "junk/javascript"),
        (page("<p>Verifying your browser before proceeding. Incident ID: 12345.</p>"), "junk/bot-wall"),
        (page("<div>" * 50_000 + "texte" + "</div>" * 50_000), "page/empty"),
        (page("<nav>rien</nav>"), "page/empty"),
    ],
    ids=["404", "empty", "pdf", "nul", "png", "huge", "endless", "javascript", "bot-wall", "nested", "no-text"],
)
def test_the_feed_stands_in_for_a_bad_page(broken: Page | FetchError, reason: str) -> None:
    """No page raises; the feed's own content is read instead, and the record says why; without it the title is left."""
    content = "".join(f"<p>{text}</p>" for text in _TEXT)

    article = read(broken, content=content)
    bare = read(broken)

    assert (article.origin, article.paragraphs, article.junk) == ("feed", tuple(_TEXT), None)
    assert [block.rule for block in article.removed] == [reason]
    assert (bare.origin, bare.paragraphs, bare.title) == ("title", (), "Arpège corrige une faille")
    assert bare.junk == Junk(reason=reason.partition("/")[2])


def test_no_page_wanted() -> None:
    """Without a page the summary is the text; a summary that repeats the title is none."""
    assert read(None, summary=_LEAD + " " + _TEXT[0]).origin == "feed"
    assert read(None, summary="Arpège corrige une faille").junk == Junk(reason="title-only")


def _told(*paragraphs: str) -> Page:
    text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return page(f"<article><h1>Foire</h1><div class=article-body>{text}</div></article>")


_FAIR = (
    "La foire aux vins de Saint-Aubin rouvre samedi, après deux années sans visiteurs ni tonneliers.",
    "Quarante producteurs présentent leurs cuvées sous la halle, et un car relie la gare à la place toutes les heures.",
    "L'entrée coûte 6 euros ; les enfants entrent gratuitement et repartent avec un verre gravé.",
)


def test_the_text_of_another_article_gives_way_to_the_feed() -> None:
    """A page that takes up next to nothing of what its feed announced is not that article's."""
    article = read(_told(*_FAIR), summary=_LEAD)

    assert (article.origin, article.paragraphs, article.junk) == ("feed", (_LEAD,), None)
    assert [block.rule for block in article.removed] == ["junk/foreign-text"]


@pytest.mark.parametrize(
    ("summary", "paragraphs"),
    [
        (_LEAD, tuple(_TEXT)),
        (_LEAD, ("Arpège a livré le correctif d'une passerelle attaquée depuis octobre.", *_FAIR)),
        ("À lire ici.", _FAIR),
        (None, _FAIR),
    ],
    ids=["its own text", "its own beginning", "nothing announced", "no summary"],
)
def test_a_page_that_may_be_the_articles_is_read(summary: str | None, paragraphs: tuple[str, ...]) -> None:
    """Other words for the same, or a feed that says too little to compare by, take no page away."""
    assert read(_told(*paragraphs), summary=summary).origin == "page"


def test_a_fuller_feed_wins_over_a_poor_page() -> None:
    """A page that shows two lines of an article that the feed carries whole is not read."""
    content = "".join(f"<p>{text} ({n})</p>" for n in range(6) for text in _TEXT)

    assert read(page(f"<article><p>{_TEXT[0]}</p></article>"), content=content).origin == "feed"


@pytest.mark.parametrize(
    ("body", "declared"),
    [
        ("déjà vu à Málaga".encode(), "iso-8859-1"),
        ("déjà vu à Málaga".encode("cp1252"), "iso-8859-1"),
        ("déjà vu à Málaga".encode("cp1252"), "utf-8"),
        ("\ufeffdéjà vu à Málaga".encode(), None),
        ("déjà vu à Málaga".encode("utf-16"), None),
        (b'<meta charset="windows-1252">' + "déjà vu à Málaga".encode("cp1252"), None),
        ("déjà vu à Málaga".encode("cp1252"), "rot13"),
    ],
)
def test_the_charset_is_the_real_one(body: bytes, declared: str | None) -> None:
    """What the bytes are wins over what they claim to be."""
    assert decode(body, declared).endswith("déjà vu à Málaga")


def test_control_characters_do_not_pass() -> None:
    """NUL, bidi overrides and lone surrogates end at the door."""
    article = read(page(story().replace("lundi", "lun\x00di\u202e")))

    assert not {"\x00", "\u202e"} & set(article.text)


def test_workers_give_the_same_in_the_same_order() -> None:
    """An executor changes who reads, not what is read; a page that kills its worker costs only its chunk."""
    items = [
        (entry(id=f"e{n}"), page(story(after=f"<p>Fin numéro {n} de cette nouvelle série.</p>"))) for n in range(20)
    ]

    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        assert extract(items, executor=pool) == extract(items)


class Deadly(Executor):
    """Workers that die of one page, as a parser in C may."""

    def __init__(self, deadly: str) -> None:
        self.deadly, self.calls = deadly, 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **_: Any) -> Future[Any]:
        self.calls += 1
        done: Future[Any] = Future()
        if self.deadly == "all" or any(job.entry.id.startswith(self.deadly) for job in args[0]):
            done.set_exception(BrokenProcessPool("gone"))
        else:
            done.set_result(fn(*args))
        return done


def test_a_page_that_kills_its_worker_costs_itself_only() -> None:
    """The others of its chunk are read again, one by one."""
    items = [(entry(id=f"e{n}"), page(story())) for n in range(12)]

    articles = extract(items, executor=Deadly("e3"))

    assert [a.id for a in articles if a.origin != "page"] == ["e3"]


def test_where_no_worker_can_be_had_nobody_waits_for_one() -> None:
    """After three in a row, and a call with nothing to read, the rest keeps the feed's words at once."""
    items = [(entry(id=f"e{n}", feed=f"https://{n}.example.org/rss"), page(story())) for n in range(40)]
    executor = Deadly("all")

    articles = extract(items, executor=executor)

    assert {a.origin for a in articles} == {"title"}
    assert executor.calls == 5 + 3 + 1


def test_a_feed_whose_pages_kill_workers_costs_two_and_the_others_nothing() -> None:
    """More of its pages are not tried, later neither; what stands between and behind them is read."""
    items = [
        (entry(id=f"{name}{n}", feed=f"https://{name}.example.org/rss"), page(story()))
        for n in range(12)
        for name in ("bad", "good")
    ]
    executor, losses = Deadly("bad"), Losses()

    first = extract(items, executor=executor, losses=losses)
    before = executor.calls
    second = extract(items, executor=executor, losses=losses)

    for articles in (first, second):
        assert [a.id for a in articles] == [item.id for item, _ in items]
        assert all((a.origin == "page") == a.id.startswith("good") for a in articles)
    assert before == 3 + 12 + 2, "three chunks, then each good page and two bad ones alone"
    assert executor.calls - before == 2, "the good pages alone, in two chunks"


def test_three_deadly_pages_in_a_row_are_not_the_end_of_the_workers() -> None:
    """Three feeds may each have one; a worker with nothing to read still comes back."""
    items = [(entry(id=f"bad{n}", feed=f"https://{n}.example.org/rss"), page(story())) for n in range(3)]

    articles = extract([*items, (entry(id="good"), page(story()))], executor=Deadly("bad"))

    assert [a.origin for a in articles] == ["title", "title", "title", "page"]


def test_one_page_alone_is_read_by_a_worker_too() -> None:
    """What ends a worker must not be read where nothing can end it."""
    executor = Deadly("e1")

    (article,) = extract([(entry(), page(story()))], executor=executor)

    assert article.origin == "title"
    assert executor.calls == 2


def test_a_lost_worker_leaves_the_feeds_words() -> None:
    """A pool that is shut down yields articles all the same."""
    pool = ProcessPoolExecutor(1)
    pool.shutdown()

    articles = extract([(entry(id="a"), page(story())), (entry(id="b"), page(story()))], executor=pool)

    assert [(a.id, a.origin, a.junk) for a in articles] == [
        ("a", "title", Junk(reason="worker-lost")),
        ("b", "title", Junk(reason="worker-lost")),
    ]


@pytest.mark.parametrize("between", ["=1 ", '="1" ', '=">" ', " <", "=1/"])
def test_a_tag_without_end_takes_no_time(between: str) -> None:
    """Each attribute is compared with all before it; 100,000 took half a minute of processor time."""
    tag = f"<p {between.join(f'a{n}' for n in range(100_000))}>Une phrase derrière.</p>"
    started = time.process_time()

    article = read(page(story(after=tag)))
    fed = read(None, content=f"<p>{'</p><p>'.join(_TEXT)}</p>{tag}")

    assert time.process_time() - started < 5
    assert article.paragraphs[:3] == fed.paragraphs[:3] == tuple(_TEXT)


@pytest.mark.parametrize("piece", ["<span>x</span> ", "<a href=https://www.example.com/>x</a> ", "<b><i>x</i></b> "])
def test_masses_of_inline_elements_take_no_time(piece: str) -> None:
    """Coloured code and lists of links are read as text; 10,000 pieces took half a minute of processor time."""
    started = time.process_time()
    article = read(page(story(after=f"<p>Extrait du code : {piece * 10_000}</p>")))

    assert time.process_time() - started < 5
    assert article.paragraphs[:3] == tuple(_TEXT)
    assert "Extrait du code : x x x" in article.paragraphs[-1]


def test_reading_twice_gives_the_same() -> None:
    """Nothing is kept from page to page."""
    assert [read(page(story())) for _ in range(5)] == [read(page(story()))] * 5


def test_the_feed_names_the_outlet() -> None:
    """feeds.yaml knows the outlet's name and language better than the page."""
    feed = Feed(url="https://www.example.org/rss", name="Exemple Cyber", language="fr")

    article = extract([(entry(), page(story(), lang="en-US"))], feeds={feed.url: feed})[0]

    assert (article.site, article.feed_language, article.html_language) == ("Exemple Cyber", "fr", "en-US")


@pytest.mark.parametrize("name", ["Paragraph_de7ad", "css-2ad9qf Paragraph_fdf3i", "styles_text__ad1x2", "sc-4ad8f3"])
def test_a_hash_in_a_name_says_nothing(name: str) -> None:
    """Build tools end class names in hashes; letters of one are no word for an advertisement."""
    sentence = "Les parents devraient éteindre la montre jusque-là."

    article = read(page(story(after=f'<p class="{name}">{sentence}</p>')))

    assert (article.paragraphs[-1], article.removed) == (sentence, ())


def test_a_name_before_a_hash_says_what_it_says() -> None:
    """What a person wrote stands in front of the hash."""
    article = read(page(story(after='<div class="newsletter_x9kd2"><p>Recevez notre lettre chaque matin.</p></div>')))

    assert article.paragraphs == tuple(_TEXT)


def test_a_short_page_keeps_its_paragraphs() -> None:
    """trafilatura runs a page of few characters together, headline and date included, as most Japanese briefs are."""
    texts = (
        "港台市は、図書館の予約サイトの記録が外部から見られる状態だったと発表した。",
        "利用者番号を入れ替えるだけで、他人が借りた本の題名が表示されたという。",
        "市は同日中にサイトを止めた。市長は「信頼を裏切り申し訳ない」と述べた。",
    )
    body = "".join(f"<p>{text}</p>" for text in texts)
    heading = "<h1>Arpège corrige une faille</h1><time>2025-05-12</time>"

    article = read(page(f"<main><article>{heading}<div>{body}</div></article></main>", lang="ja"))

    assert article.paragraphs == texts


@pytest.mark.parametrize("rule", structure_rules(), ids=lambda rule: rule.name)
def test_structure_rule(rule: object) -> None:
    """Each rule matches its case and none of the names that it must keep."""
    assert rule.pattern.search(rule.case)  # type: ignore[attr-defined]
    assert not rule.pattern.search(rule.keeps)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "paragraph",
    [
        '<p>Source : <a href="https://other.example.com/story">l’article original</a></p>',
        '<p>Quelle: <a href="https://other.example.com/story">Beispiel</a></p>',
        '<p>Read the <a href="https://other.example.com/story">original article</a>.</p>',
        '<p>来源：<a href="https://other.example.com/story">外媒</a></p>',
    ],
)
def test_the_source_an_article_names_is_known_as_such(paragraph: str) -> None:
    """A link after "Source:", or on "the original article", in any language; other links stay plain links."""
    from lxml import html

    from pipeline.extract.links import leaving_links

    tree = html.fromstring(
        f'<html><body><article><p>See <a href="https://third.example.net/x">this</a>.</p>{paragraph}</article></body></html>'
    )

    links, named = leaving_links(tree, "https://outlet.example.org/a")
    assert named == ("https://other.example.com/story",)
    assert len(links) == 2
