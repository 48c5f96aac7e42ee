"""Which language a text is in: what `pipeline.detect` promises."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline import detect as module
from pipeline.detect import DEFAULT_LANGUAGES, KNOWN_LANGUAGES, detect, detect_text
from pipeline.model import Article, Junk

CASES = [
    ("fr", "Le ministère suspend son partenariat avec l'hébergeur pour six mois"),
    ("en", "The ministry has suspended the partnership for six months"),
    ("de", "Das Ministerium setzt die Zusammenarbeit für sechs Monate aus"),
    ("es", "El ministerio suspende la colaboración durante seis meses"),
    ("it", "Il ministero sospende la collaborazione per sei mesi"),
    ("pt", "O ministério suspendeu a parceria por seis meses"),
    ("nl", "Het ministerie schort de samenwerking voor zes maanden op"),
    ("pl", "Ministerstwo zawiesza współpracę na sześć miesięcy"),
    ("sv", "Ministeriet avbryter samarbetet i sex månader och utreder frågan"),
    ("tr", "Bakanlık ortaklığı altı ay için askıya aldı"),
    ("ru", "Министерство приостановило сотрудничество на полгода"),
    ("uk", "Міністерство призупинило співпрацю на пів року"),
    ("zh", "工信部暂停与该公司的合作六个月"),
    ("ja", "同省は提携を六か月間停止した"),
    ("ko", "정부가 협력을 6개월간 중단했다"),
    ("ar", "علقت الوزارة التعاون لمدة ستة أشهر"),
    ("fa", "وزارت صنعت همکاری را برای شش ماه متوقف کرد و گزارش می‌دهد"),
    ("th", "กระทรวงระงับความร่วมมือเป็นเวลาหกเดือน"),
    ("el", "Το υπουργείο αναστέλλει τη συνεργασία"),
    ("he", "המשרד השעה את שיתוף הפעולה"),
]


@pytest.mark.parametrize(("language", "text"), CASES, ids=[case[0] for case in CASES])
def test_languages(language: str, text: str) -> None:
    """One plain sentence tells the language, configured or not."""
    assert detect_text(text)[0] == language


@pytest.mark.parametrize(
    "text", ["", "   ", "🙂🙂", "CVE-2026-12345", "https://example.org/le-de-la", "1.2.3 / 2026-01-02", "\ud800"]
)
def test_no_evidence(text: str) -> None:
    """Where the text says nothing, the feed's language decides, then the page's; without either it is "und"."""
    assert detect_text(text) == ("und", 0.0)
    assert detect_text(text, hint="fr-FR", html_hint="en") == ("fr", 0.5)
    assert detect_text(text, html_hint="en_US") == ("en", 0.4)
    assert detect_text(text, hint="mul") == ("und", 0.0)


def test_hint_is_a_prior_not_a_verdict() -> None:
    """A hint tips what is doubtful and does not override a plain text."""
    assert detect_text("Exploit de root remoto", hint="pt")[0] == "pt"
    assert (
        detect_text("The ministry has suspended the partnership for six months", hint="fr", html_hint="fr")[0] == "en"
    )


def test_product_names_do_not_count_against_other_scripts() -> None:
    """Latin names inside Russian, Japanese or Chinese leave the language alone."""
    assert detect_text("Microsoft Exchange Server и Windows Defender под атакой")[0] == "ru"
    assert detect_text("Apache Tomcat と Windows Server の脆弱性")[0] == "ja"
    assert detect_text("Pixel 11或成为下一个受害者 Google Tensor")[0] == "zh"


def test_neighbours_compete() -> None:
    """Languages nobody configured are recognised, not folded into a configured neighbour."""
    danish = "Regeringen har besluttet at indstille samarbejdet i seks måneder, og virksomheden er ikke tilfreds"
    bulgarian = "Министерството спря сътрудничеството за шест месеца, защото фирмата не е съобщила за това"

    assert detect_text(danish, languages=["sv", "en"])[0] == "da"
    assert detect_text(bulgarian, languages=["ru", "en"])[0] == "bg"


def test_no_languages_means_the_default_ones() -> None:
    """Callers without a configuration lose nothing."""
    text = "Debiankonferens i Australien"

    assert detect_text(text, languages=()) == detect_text(text)


def test_norwegian_has_one_name() -> None:
    """Any Norwegian is "no", as hint and as configured language."""
    assert detect_text("", hint="nb-NO")[0] == "no"
    assert (
        detect_text("Datatilsynet gir selskapet et gebyr, og ber om nye rutiner etter lekkasjen", languages=["nn"])[0]
        == "no"
    )


def test_stage_keeps_order_and_uses_the_title_of_junk() -> None:
    """Same order and count; a junk page's text is not evidence."""
    first = Article(
        id="a", feed="f", url=None, title="Une faille dans le logiciel", paragraphs=("Please enable JavaScript.",)
    )
    junk = Article(
        id="b", feed="f", url=None, title="Une faille dans le logiciel de la ville", junk=Junk(reason="bot-wall"),
        paragraphs=("Please enable JavaScript and cookies to continue with the site. " * 5,),
    )  # fmt: skip

    done = detect([first, junk], languages=["fr", "en"])

    assert [article.id for article in done] == ["a", "b"]
    assert done[1].language == "fr"


def test_threads_agree() -> None:
    """Eight threads that start at once in a process that has loaded nothing give the one right answer."""
    module._engines.cache_clear()
    barrier = Barrier(8)

    def work(_: int) -> tuple[str, float]:
        barrier.wait()
        return detect_text(CASES[0][1])

    with ThreadPoolExecutor(8) as pool:
        answers = set(pool.map(work, range(8)))

    assert {answer[0] for answer in answers} == {"fr"}
    assert len(answers) == 1


def test_accelerator_is_bit_identical(monkeypatch: pytest.MonkeyPatch) -> None:
    """langdetect_rs and langdetect give the same labels and the same probabilities."""
    pytest.importorskip("langdetect_rs")
    texts = [text for _, text in CASES] + [" ".join(text for _, text in CASES[:8]), "Debian habla de seguridad " * 12]
    fast = [module._langdetect(module.load(), text) for text in texts], [detect_text(text) for text in texts]
    monkeypatch.setitem(sys.modules, "langdetect_rs", None)
    slow = [module._langdetect(module.load(), text) for text in texts], [detect_text(text) for text in texts]

    assert module._langdetect_module().__name__ == "langdetect"
    assert fast == slow


@given(st.text(max_size=400), st.sampled_from([None, "fr", "xx-YY", "zh-Hant"]))
@settings(max_examples=60, deadline=None)
def test_any_text(text: str, hint: Any) -> None:
    """Any text at all gets a known language or the hint's, an honest confidence, and the same answer twice."""
    language, confidence = detect_text(text, hint=hint)

    assert language in {*KNOWN_LANGUAGES, "und", "xx"}
    assert 0.0 <= confidence < 1.0
    assert detect_text(text, hint=hint) == (language, confidence)


def test_a_notice_in_another_language_does_not_speak_for_the_title() -> None:
    """A page that answers with the consent notice of the reader's land is in the language of its title."""
    notice = "Ces cookies et ces services servent à retenir les préférences de la personne qui visite le site. " * 4
    told = "La société a corrigé un défaut des écouteurs Examplia Buds pendant la nuit, indique une note. " * 4
    title = "Examplia patches eavesdropping vulnerability in wireless earbuds"

    def language(text: str) -> str | None:
        return detect([Article(id="a", feed="f", url=None, title=title, paragraphs=(text,))])[0].language

    assert language(notice) == "en"
    assert language(told) == "fr"


@pytest.mark.parametrize(("configured", "least"), [(True, 299), (False, 96)])
def test_headlines_of_the_field_are_known(configured: bool, least: int) -> None:
    """400 of our own in 26 languages, with names, English terms, ids and quotations; no hint is given."""
    rows = map(json.loads, (Path(__file__).parent / "data/headlines_languages.jsonl").read_text("utf-8").splitlines())
    asked = [row for row in rows if (row["lang"] in DEFAULT_LANGUAGES) == configured]

    assert sum(detect_text(row["text"])[0] == row["lang"] for row in asked) >= least
