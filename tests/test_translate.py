"""The stage as a whole: batches, memory, paragraphs, checks and retries, and input of every kind."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.errors import ModelError
from pipeline.model import Problem
from pipeline.translate import (
    DictMemory,
    Edge,
    Prepared,
    Remembered,
    Translator,
    corrected,
    open_translator,
    translate_paragraphs,
)
from pipeline.translate.protect import FactGuard
from pipeline.translate.segments import clauses, joined, pieces, segment


class Loud:
    """An engine that upper-cases, and counts."""

    longest = 100

    def __init__(
        self, *pairs: str, name: str = "loud", say: Callable[[str], str | Problem] = str.upper, version: str = "1"
    ) -> None:
        self.name, self._say, self._version = name, say, version
        self._pairs = [pair.split("-") for pair in pairs or ["pt-en"]]
        self.batches: list[list[str]] = []
        self.is_closed = False

    def edges(self) -> Sequence[Edge]:
        return [
            Edge(engine=self.name, source=s, target=t, model=f"{self.name}:{s}-{t}-{self._version}")
            for s, t in self._pairs
        ]

    def translate(self, sentences: Sequence[str], edge: Edge) -> list[str | Problem]:
        self.batches.append(list(sentences))
        return [self._say(s) for s in sentences]

    def close(self) -> None:
        self.is_closed = True


class Picky:
    """A guard that masks numbers in two ways and wants each back."""

    ways = ("mask", "plain")

    def __init__(self, version: str = "1") -> None:
        self.version = version

    def prepare(
        self, sentence: str, source: str, target: str, *, way: str, engines: tuple[str, ...], names: Sequence[str] = ()
    ) -> Prepared:
        return Prepared(text=sentence.replace("42", "§") if way == "mask" else sentence, state=way)

    def finish(
        self, sentence: str, translated: str, prepared: Prepared, source: str, target: str
    ) -> tuple[str, tuple[Problem, ...]]:
        text = translated.replace("§", "42") if prepared.state == "mask" else translated
        lost = "42" in sentence and "42" not in text
        return text, (Problem(kind="number-lost", detail="42"),) if lost else ()


def test_paragraphs_blanks_and_order_are_kept() -> None:
    """What stands between sentences stands there afterwards."""
    text = "Olá mundo. Tudo bem?\n\n  Segundo parágrafo.\n- um item\n"
    found = Translator([Loud()]).translate([(text, "pt-BR")], "en")[0]

    assert found.text == text.upper()
    assert (found.source, found.target, found.route, found.problems) == ("pt", "en", "pt→en loud", ())


def test_all_sentences_go_in_one_batch_without_doubles() -> None:
    """Texts of one language share a batch, longest first; a sentence that comes twice is translated once."""
    engine = Loud("pt-en", "de-en")
    texts = [("Um. Dois dois.", "pt"), ("Eins.", "de"), ("Um. Três três três.", "pt")]
    found = Translator([engine]).translate(texts, "en")

    assert [t.text for t in found] == ["UM. DOIS DOIS.", "EINS.", "UM. TRÊS TRÊS TRÊS."]
    assert engine.batches == [["Eins."], ["Três três três.", "Dois dois.", "Um."]]


@pytest.mark.parametrize(
    ("text", "source", "problem"),
    [
        ("", "pt", None), ("  \n ", "pt", None), ("🙂 … 12,5 %", "pt", None), ("\x00\x07", "pt", None),
        ("Hello.", "en", None), ("Hello.", "en-GB", None),
        ("Hallo.", "de", "no-route"), ("Hm.", None, "unknown-language"), ("Hm.", "und", "unknown-language"),
    ],
)  # fmt: skip
def test_what_is_not_translated_comes_back_as_it_is(text: str, source: str | None, problem: str | None) -> None:
    """Nothing to translate, nothing to translate with, or no need: the same text, no route, a problem if it is one."""
    found = Translator([Loud()]).translate([(text, source)], "en")[0]

    assert (found.text, found.route) == (text, None)
    assert [p.kind for p in found.problems] == ([problem] if problem else [])


def test_memory_is_asked_first() -> None:
    """What was translated once is not translated again, also by another translator over the same memory."""
    memory, first, second = DictMemory(), Loud(), Loud()
    before = Translator([first], memory=memory).translate([("Um. Dois.", "pt")], "en")
    after = Translator([second], memory=memory).translate([("Um. Dois.", "pt"), ("Dois. Três.", "pt")], "en")

    assert after[0] == before[0]
    assert second.batches == [["Três."]]


def test_new_model_or_new_checks_ask_again() -> None:
    """The memory's key holds the model's version and the guard's."""
    memory = DictMemory()
    Translator([Loud()], memory=memory, guard=Picky("1")).translate([("Um.", "pt")], "en")
    for engine, guard in ((Loud(version="2"), Picky("1")), (Loud(), Picky("2"))):
        Translator([engine], memory=memory, guard=guard).translate([("Um.", "pt")], "en")
        assert engine.batches == [["Um."]]


def test_editor_wins_over_the_machine() -> None:
    """A correction is shown in place of what a machine said or would say, even without any engine."""
    memory = DictMemory()
    Translator([Loud()], memory=memory).translate([("Um. Dois.", "pt")], "en")
    memory.put_many({corrected("Um.", "pt", "en"): Remembered(text="One.", route="editor")})
    by_both = Translator([Loud()], memory=memory).translate([("Um. Dois.", "pt")], "en")[0]
    alone = Translator([], memory=memory).translate([("Um.", "pt"), ("Um. Dois.", "pt")], "en")

    assert (by_both.text, by_both.route) == ("One. DOIS.", "editor; pt→en loud")
    assert (alone[0].text, alone[0].route, alone[0].problems) == ("One.", "editor", ())
    assert alone[1].text == "One. Dois."
    assert [p.kind for p in alone[1].problems] == ["no-route"]


def test_failed_check_is_tried_another_way() -> None:
    """A mask that the engine swallows: the plain way is tried next."""
    engine = Loud(say=lambda s: s.replace("§", "").upper())
    found = Translator([engine], guard=Picky()).translate([("Perdeu 42 euros. Um.", "pt")], "en")[0]

    assert found.text == "PERDEU 42 EUROS. UM."
    assert found.problems == ()
    assert [len(batch) for batch in engine.batches] == [2, 1]


def test_a_long_sentence_is_split_before_it_is_tried_otherwise() -> None:
    """Engines lose numbers in long sentences; in short pieces they keep them, and no other way is asked."""
    engine = Loud(say=lambda s: s.replace("42", "").upper() if len(s) > 120 else s.upper())
    engine.longest = 500
    guard = Picky()
    guard.ways = ("plain", "mask")
    sentence = f"Perdeu 42 euros {'e mais ' * 40}nada."
    found = Translator([engine], guard=guard).translate([(sentence, "pt")], "en")[0]

    assert (found.text, found.problems) == (sentence.upper(), ())
    assert [len(batch) for batch in engine.batches] == [1, 3]


def test_a_way_that_changes_nothing_is_not_asked_again() -> None:
    """What the engine was given before, it is not given again."""
    deaf = Loud(say=lambda s: "".join(c for c in s if c not in "42").upper())
    guard = Picky()
    guard.ways = ("plain", "same", "mask")
    Translator([deaf], guard=guard).translate([("Perdeu 42 euros.", "pt")], "en")

    assert deaf.batches == [["Perdeu 42 euros."], ["Perdeu § euros."]]


def test_paragraphs_go_in_one_batch_with_a_mark_each() -> None:
    """A whole article is one batch; lists and blank lines stay, and only the paragraph that failed says so."""
    engine = Loud(say=lambda s: "".join(c for c in s if c not in "§42").upper())
    paragraphs = ["Um. Dois.", "", "Lista:\n- primeiro item\n- segundo item\n\nFim.", "Perdeu 42 euros."]
    with Translator([engine], guard=Picky()) as translator:
        found = translate_paragraphs(translator, paragraphs, "pt", "en")
        nothing = translate_paragraphs(translator, [], "pt", "en")

    shown = ["UM. DOIS.", "", "LISTA:\n- PRIMEIRO ITEM\n- SEGUNDO ITEM\n\nFIM.", "Perdeu 42 euros."]
    assert [t.text for t in found] == shown
    assert [[p.kind for p in t.problems] for t in found] == [[], [], [], ["number-lost", "kept-original"]]
    assert len(engine.batches[0]) == 7
    assert nothing == ()


class Backwards(Loud):
    """An engine that gives its outcomes last first, drawing sentences in a thread of its own."""

    def stream(self, sentences: Iterable[str], edge: Edge) -> Iterator[tuple[int, str | Problem]]:
        with ThreadPoolExecutor(1) as pool:
            drawn = pool.submit(list, sentences).result()
        yield from reversed(list(enumerate(self.translate(drawn, edge))))


class Quitter(Loud):
    """An engine whose model breaks after the first outcome."""

    def stream(self, sentences: Iterable[str], edge: Edge) -> Iterator[tuple[int, str | Problem]]:
        yield 0, next(iter(sentences)).upper()
        raise ModelError("pt-en", "torn")


def test_outcomes_in_any_order_make_the_same_text() -> None:
    """Whichever worker is faster, texts, routes and what is remembered are the same, over hops too."""
    texts = [("Um. Dois dois. Três 42.", "fr"), ("Perdeu 42 euros. Um.", "fr")]
    found = {}
    for kind in (Loud, Backwards):
        engines = [kind("fr-pt", name="a"), kind("pt-en", name="b", say=lambda s: s.replace("§", ""))]
        memory = DictMemory()
        found[kind] = Translator(engines, guard=Picky(), memory=memory).translate(texts, "en"), list(memory.items())

    assert found[Loud] == found[Backwards]


def test_model_that_breaks_under_way_costs_only_what_is_left() -> None:
    """Outcomes that are out stay; the rest goes by the next route."""
    texts = [("Um dois três. Um.", "pt")]
    found = Translator([Quitter(name="a"), Loud(name="b", say=str.title)]).translate(texts, "en")[0]

    assert (found.text, found.route) == ("UM DOIS TRÊS. Um.", "pt→en a; pt→en b")


def test_failed_check_is_tried_by_another_route() -> None:
    """When no way helps, the next cheapest route gets the sentence, and the text names both."""
    deaf = Loud(name="firefox", say=lambda s: "".join(c for c in s if c not in "§42").upper())
    found = Translator([deaf, Loud(name="argos")], guard=Picky()).translate([("Um. Perdeu 42 euros.", "pt")], "en")[0]

    assert found.text == "UM. PERDEU 42 EUROS."
    assert found.route == "pt→en firefox; pt→en argos"
    assert found.problems == ()


def test_sentence_that_fails_everywhere_stays_with_a_mark() -> None:
    """The original is shown, the problem named, the rest translated; the next run does not try it all again."""
    deaf = Loud(say=lambda s: "".join(c for c in s if c not in "§42").upper())
    memory = DictMemory()
    found = Translator([deaf], guard=Picky(), memory=memory).translate([("Um. Perdeu 42 euros.", "pt")], "en")[0]
    count = len(deaf.batches)
    again = Translator([deaf], guard=Picky(), memory=memory).translate([("Um. Perdeu 42 euros.", "pt")], "en")[0]

    assert found.text == "UM. Perdeu 42 euros."
    assert found.problems == (
        Problem(kind="number-lost", detail="42"),
        Problem(kind="kept-original", detail="Perdeu 42 euros."),
    )
    assert again == found
    assert len(deaf.batches) == count


def test_engine_failure_is_marked_and_tried_again_tomorrow() -> None:
    """A failed engine's sentence goes to another route, else stays; it is not remembered as hopeless."""
    ill = Loud(name="firefox", say=lambda s: Problem(kind="engine-failed", detail="ended with -9"))
    memory = DictMemory()
    found = Translator([ill], memory=memory).translate([("Um.", "pt")], "en")[0]
    well = Translator([ill, Loud(name="argos")], memory=memory).translate([("Um.", "pt")], "en")[0]

    assert found.route is None
    assert [p.kind for p in found.problems] == ["engine-failed", "kept-original"]
    assert found.problems[0].detail == "pt→en firefox: ended with -9"
    assert len(ill.batches) == 2  # once a translator: no split, no second way over the same engine
    assert (well.text, well.route) == ("UM.", "pt→en argos")


def test_broken_model_is_left_out_of_routes() -> None:
    """A model that does not load costs one try; the next best route takes over, and the reason is kept."""

    def broken(_: str) -> str:
        raise ModelError("firefox", "the file is damaged")

    ill, well = Loud(name="firefox", say=broken), Loud(name="argos")
    translator = Translator([ill, well])
    first, second = (translator.translate([(text, "pt")], "en")[0] for text in ("Um.", "Dois."))

    assert (first.text, second.text) == ("UM.", "DOIS.")
    assert len(ill.batches) == 1
    assert list(translator.broken.values()) == ["the file is damaged"]
    assert str(translator.routes.best("pt", "en")) == "pt→en argos"


def test_chain_runs_hop_by_hop() -> None:
    """Each hop gets the words of the one before; a sentence lost at one hop does not reach the next."""
    lost = Problem(kind="engine-failed", detail="no")
    first = Loud("fr-ca", name="one", say=lambda s: lost if "deux" in s else f"<{s}>")
    second = Loud("ca-en", name="two")
    found = Translator([first, second]).translate([("Un.", "fr"), ("deux.", "fr")], "en")

    assert (found[0].text, found[0].route) == ("<UN.>", "fr→ca one, ca→en two")
    assert (found[1].text, found[1].route) == ("deux.", None)
    assert second.batches == [["<Un.>"]]


def test_last_touch_gets_the_style() -> None:
    """Headline style is somebody else's, given in."""
    polish = lambda text, target, style: f"{style}/{target}: {text}"  # noqa: E731
    found = Translator([Loud()], polish=polish).translate([("Um.", "pt"), ("", "pt")], "en", style="headline")

    assert [t.text for t in found] == ["headline/en: UM.", ""]


def test_context_closes_engines() -> None:
    """Processes end with the block."""
    engine = Loud()
    with Translator([engine]):
        assert not engine.is_closed
    assert engine.is_closed


def test_progress_is_told() -> None:
    """Long work says how far it is."""
    seen: list[tuple[int, int]] = []
    text = " ".join(f"Frase {i} aqui." for i in range(1500))
    Translator([Loud()], progress=lambda done, total: seen.append((done, total))).translate([(text, "pt")], "en")

    assert seen == [(1000, 1500), (1500, 1500)]


@given(st.text(max_size=300), st.sampled_from(["pt", "fr", "zh", "ar", "xx", "", None]))
@settings(max_examples=150)
def test_no_text_breaks_the_stage(text: str, source: str | None) -> None:
    """Whatever comes in, a translation comes out, and taking apart and putting together changes nothing."""
    found = Translator([Loud("pt-en", "fr-en", "zh-en", "ar-en", say=lambda s: s)]).translate([(text, source)], "en")

    assert len(found) == 1
    parts = segment(text, source or "und")
    assert "".join(x for pair in zip(parts.gaps, (*parts.sentences, ""), strict=True) for x in pair) == text


@given(st.text(max_size=400), st.integers(1, 60))
def test_pieces_lose_nothing_but_blanks(sentence: str, longest: int) -> None:
    """A cut sentence has all its characters, in pieces that fit."""
    found = pieces(sentence, longest)

    assert "".join("".join(found).split()) == "".join(sentence.split())
    assert all(len(piece) <= max(1, longest) for piece in found)


def test_long_sentences_are_cut_between_clauses() -> None:
    """At the pause nearest to the middle, outside brackets, never into short items, and whole where there is none."""
    half = "a empresa que guarda os dados de todos os clientes do banco"
    aside = f"{half} (e de outros, que também são clientes de há muito tempo) {half}"

    assert clauses(f"{half} hoje, {half} ontem", 100) == [f"{half} hoje,", f"{half} ontem"]
    assert clauses(f"{half} hoje, {half} ontem", 200) == [f"{half} hoje, {half} ontem"]
    assert clauses(f"um, dois, {half} {half}", 100) == [f"um, dois, {half} {half}"]
    assert clauses(aside, 100) == [aside]


@given(st.text(max_size=400) | st.text(alphabet='ab,;: ("', max_size=400), st.integers(0, 300))
def test_clauses_lose_nothing_but_blanks(sentence: str, most: int) -> None:
    """All characters, in order."""
    assert "".join("".join(clauses(sentence, most)).split()) == "".join(sentence.split())


def test_clauses_are_put_together_without_inner_full_stops() -> None:
    """An engine ends what it is given; an ellipsis and the last end stay."""
    parts = ["Um teste,", "dois; e", "três..., e", "quatro."]

    assert joined(parts, ["A test.", "two and.", "three...", "four."]) == "A test, two and. three... four."


class Comfortable(Loud):
    """An engine that likes short sentences."""

    comfortable = 100


def test_an_engine_says_how_long_a_sentence_is_comfortable() -> None:
    """On a route of one hop; a chain gets the sentence whole."""
    half = "a empresa que guarda os dados de todos os clientes do banco"
    one, two = Comfortable(), Comfortable("fr-pt", "pt-en")
    one.longest = two.longest = 500
    found = Translator([one]).translate([(f"{half}, {half}.", "pt")], "en")[0]
    Translator([two]).translate([(f"{half}, {half}.", "fr")], "en")

    assert found.text == f"{half}, {half}.".upper()
    assert one.batches == [[f"{half},", f"{half}."]]
    assert [len(batch) for batch in two.batches] == [1, 1]


def test_sentences_in_unspaced_scripts_are_joined_as_the_target_writes() -> None:
    """Chinese has no space between sentences, English has one."""
    parts = segment("漏洞严重。请立即更新。", "zh")

    assert parts.join(["Grave flaw.", "Update now."], "en") == "Grave flaw. Update now."
    assert segment("Um. Dois.", "pt").join(["一。", "二。"], "zh") == "一。二。"


# With real models


def test_portuguese_by_the_shipped_model(tmp_path: Path) -> None:
    """The model that comes with the installation translates, with paragraphs, odd input and a text without an end."""
    texts = [
        ("O governo anunciou a nova lei.\n\nA falha é crítica.", "pt"),
        ("a" * 3000, "pt"),
        ("palavra " * 400, "pt"),
        ("שלום עולם", "pt"),
        ("🙂🙂", "pt"),
    ]
    with open_translator(tmp_path, engines=["firefox"], threads=2) as translator:
        found = translator.translate(texts, "en")
        again = translator.translate(texts, "en")

    assert found[0].text == "The government announced the new law.\n\nThe flaw is critical."
    assert found[0].route == "pt→en firefox"
    assert found[4].text == "🙂🙂"
    assert again == found


def test_the_number_of_workers_changes_nothing(tmp_path: Path) -> None:
    """One process or three: same texts, routes and problems, with retries among them."""
    subjects = ("O governo", "A empresa", "O tribunal", "Uma autoridade")
    sentences = [
        f"{who} pagou {n} mil euros em {n} de maio por CVE-2026-{n}0000." for who in subjects for n in range(10, 20)
    ]
    found = []
    for workers in (1, 3):
        with open_translator(tmp_path, engines=["firefox"], threads=workers, guard=FactGuard()) as translator:
            found.append(translator.translate([(" ".join(sentences), "pt")], "en"))

    assert found[0] == found[1]
    assert found[0][0].is_translated


@pytest.mark.needs("apertium")
def test_french_by_the_offline_chain(tmp_path: Path) -> None:
    """With Apertium's French and Portuguese pairs and the shipped model, French becomes English with no download."""
    with open_translator(tmp_path, engines=["firefox", "apertium"], threads=1) as translator:
        found = translator.translate(
            [("Le gouvernement a annoncé une nouvelle loi. La faille est critique.", "fr")], "en"
        )

    assert found[0].route == "fr→ca apertium, ca→pt apertium, pt→en firefox"
    assert "government" in found[0].text.lower()
    assert "new law" in found[0].text.lower()
    assert found[0].problems == ()
