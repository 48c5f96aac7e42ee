"""The JSON Lines seam: same order, same count, unknown keys kept, faults told by line."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.model import Problem, Translation
from pipeline.seam import STAGES, StageOptions, filter_lines, split_text, to_article

FRENCH = {
    "id": "a1",
    "url": "https://vigie.example.org/a1",
    "title": "Le ministère chinois de l’Industrie suspend Alibaba Cloud pour six mois",
    "published": "2021-12-23T08:00:00+01:00",
    "text": "Le ministère chinois de l’Industrie (MIIT) a suspendu pour six mois son partenariat avec Alibaba Cloud, "
    "qui a signalé la faille CVE-2021-44228 de Log4j à Apache avant de le prévenir.\n\n"
    "Restez informés en temps réel\n\nS’inscrire à la newsletter\n\n"
    "Le règlement en vigueur depuis le 1er septembre impose de déclarer les "
    "vulnérabilités sous deux jours.",
    "desk": {"note": "kept"},
}
ENGLISH = {
    "id": "a2",
    "title": "China suspends Alibaba Cloud for six months over Log4j report",
    "published": "2021-12-22T10:30:00Z",
    "text": "China's industry ministry (MIIT) suspended its partnership with Alibaba Cloud for six months because the "
    "firm reported the Log4j flaw CVE-2021-44228 to Apache before telling the ministry.",
}


class Upper:
    """A translator that shouts."""

    def translate(
        self, texts: list[tuple[str, str | None]], target: str, *, style: str = "text", facts: Any = ()
    ) -> list[Translation]:
        assert all(isinstance(text, str) and isinstance(source, str | None) for text, source in texts)
        return [
            Translation(
                text=text.upper(),
                source=source or "und",
                target=target,
                route="test",
                problems=(Problem(kind=style, detail=""),),
            )
            for text, source in texts
        ]


def run_stage(stage: str, *records: dict[str, Any] | str, **options: Any) -> tuple[list[dict[str, Any]], list[str]]:
    lines = [record if isinstance(record, str) else json.dumps(record) for record in records]
    written: list[str] = []
    report = filter_lines(stage, lines, written.append, StageOptions(languages=("fr", "en"), **options))
    return [json.loads(line) for line in written], report.bad_lines


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_a_stage_keeps_order_count_and_unknown_keys(stage: str) -> None:
    """Whatever a stage does, each line comes out once, in place, with the keys of others untouched."""
    records, faults = run_stage(stage, FRENCH, {}, ENGLISH, {"title": "x", "text": ""}, translator=Upper)

    assert faults == []
    assert [record.get("title") for record in records] == [
        FRENCH["title"],
        records[1].get("title"),
        ENGLISH["title"],
        "x",
    ]
    assert records[0]["desk"] == {"note": "kept"}
    assert all(record["id"] for record in records if stage != "translate")


@pytest.mark.parametrize("stage", sorted(STAGES))
def test_bad_lines_are_told_and_good_lines_come_out(stage: str) -> None:
    """One broken line costs itself only."""
    records, faults = run_stage(
        stage,
        "{broken",
        ENGLISH,
        "[1]",
        '{"title": 5}',
        '{"published": "soon"}',
        '{"topics": []}',
        "",
        translator=Upper,
    )

    assert len(records) == 1
    assert [fault.split(":")[1] for fault in faults] == ["1", "3", "4", "5", "6"]
    assert "title: text is expected, not a number" in faults[2]


def test_extract_reads_html() -> None:
    """A page becomes text; what the record knew already stays."""
    page = "<html lang='fr'><title>Faille</title><body><nav>Menu</nav><article><h1>Faille</h1><p>%s</p></article>"
    records, _ = run_stage(
        "extract", {"html": page % ("Une faille grave touche le serveur. " * 12), "title": "Mon titre"}
    )

    assert "Une faille grave" in records[0]["text"]
    assert "Menu" not in records[0]["text"]
    assert records[0]["title"] == "Mon titre"


def test_clean_says_what_it_removed() -> None:
    """The sign-up block goes, with the name of its rule; the article stays."""
    records, _ = run_stage("clean", FRENCH)

    assert "newsletter" not in records[0]["text"].lower()
    assert "CVE-2021-44228" in records[0]["text"]
    assert {item["text"] for item in records[0]["removed"]} >= {"S’inscrire à la newsletter"}
    assert all(item["rule"] for item in records[0]["removed"])
    assert records[0]["junk"] == {"is": False, "reason": None}


def test_detect_names_the_language() -> None:
    """Language and confidence are the stage's keys."""
    records, _ = run_stage("detect", FRENCH, ENGLISH)

    assert [record["language"] for record in records] == ["fr", "en"]
    assert all(0 < record["language_confidence"] <= 1 for record in records)


def test_classify_gives_both_topics_to_the_founding_case() -> None:
    """A ministry punishes a cloud provider for how it disclosed a flaw: a disclosure and a sanction."""
    records, _ = run_stage("classify", FRENCH, ENGLISH)

    assert [sorted(record["labels"]) for record in records] == [["disclosure", "sanction"]] * 2
    assert all(0 <= value <= 1 for record in records for value in record["topics"].values())


def test_facts_carry_their_evidence() -> None:
    """Each fact's span is in the text it names."""
    records, _ = run_stage("facts", ENGLISH)
    facts = records[0]["facts"]

    assert {"cve", "duration", "authority"} <= {fact["type"] for fact in facts}
    for fact in facts:
        source = fact["evidence"]
        assert source["article"] == "a2"
        assert 0 <= source["start"] < source["end"] <= len(ENGLISH[source["field"]])


def test_cluster_joins_languages() -> None:
    """A French and an English report of one event are one story; other news is another."""
    other = {"id": "a3", "title": "Webb telescope reaches the launch pad", "text": "It will lift off on Saturday.",
             "published": "2021-12-23T18:00:00Z"}  # fmt: skip
    records, _ = run_stage("cluster", FRENCH, ENGLISH, other)

    assert records[0]["story"] == records[1]["story"] != records[2]["story"]


def test_summaries_are_spans_of_their_articles() -> None:
    """Nothing is invented: each sentence stands in its article where it says."""
    cleaned, _ = run_stage("clean", FRENCH, ENGLISH)
    records, _ = run_stage("summarise", *({**record, "story": "s"} for record in cleaned))
    texts = {record["id"]: record["text"] for record in records}

    assert records[0]["summary"] == records[1]["summary"]
    assert records[0]["summary"]
    for sentence in records[0]["summary"]:
        assert texts[sentence["article"]][sentence["start"] : sentence["end"]] == sentence["text"]


def test_translate_asks_for_the_fields_wanted() -> None:
    """Title and summary by default; titles are translated as headlines."""
    record = {**FRENCH, "language": "fr", "summary": [{"text": "Une phrase."}, {"text": "Deux"}]}

    records, _ = run_stage("translate", record, translator=Upper, target="en")
    whole, _ = run_stage("translate", record, translator=Upper, target="en", fields=("text",))

    assert records[0]["translation"]["title"] == FRENCH["title"].upper()  # type: ignore[attr-defined]
    assert records[0]["translation"]["summary"] == "UNE PHRASE. DEUX."  # a line of a list, which gets a full stop
    assert records[0]["translation"]["language"] == "en"
    assert {problem["field"]: problem["kind"] for problem in records[0]["translation"]["problems"]} == {
        "title": "headline",
        "summary": "text",
    }
    assert set(whole[0]["translation"]) == {"language", "text", "route", "problems"}


@pytest.mark.parametrize(
    ("text", "paragraphs"),
    [("", ()), ("a", ("a",)), (" a \n b \n\n\n c", ("a\nb", "c")), ("a\r\n\r\nb", ("a", "b")), ("\n \n", ())],
)
def test_paragraphs_are_parted_by_blank_lines(text: str, paragraphs: tuple[str, ...]) -> None:
    """Spaces and kinds of line ends do not matter."""
    assert split_text(text) == paragraphs


def test_a_record_without_id_gets_a_stable_one() -> None:
    """The same record has the same id in every stage."""
    assert (
        to_article({"url": "https://a.example.org/1"}).id == to_article({"url": "https://a.example.org/1", "x": 1}).id
    )


def test_lone_surrogates_do_no_harm() -> None:
    """What JSON allows and UTF-8 does not is replaced."""
    assert to_article(json.loads('{"title": "a\\ud800b"}')).title == "a?b"


def test_a_wrong_type_is_named() -> None:
    """The error names key and types."""
    with pytest.raises(InputError, match="labels: a list is expected, not text"):
        to_article({"labels": "disclosure"})


def test_an_address_that_is_none_is_a_bad_line() -> None:
    """No stage has to reckon with one that cannot be taken apart."""
    written, faults = run_stage("extract", '{"url": "http://[::1", "html": "<p>A flaw"}', ENGLISH)

    assert [record["id"] for record in written] == ["a2"]
    assert faults == ["stdin:1: url is not a valid address: 'http://[::1'"]


def test_a_sentence_without_words_is_translated_to_none() -> None:
    """Nothing is made of nothing, nor of a language that is no text."""
    record = {"language": "fr", "summary": [{"text": None, "language": 5}, {"text": "Une faille", "language": "de"}]}
    written, _ = run_stage("translate", json.dumps(record), translator=Upper)

    assert written[0]["translation"]["summary"] == "UNE FAILLE"


@pytest.mark.parametrize("stage", ["detect", "facts", "classify"])
def test_half_an_emoji_comes_through_as_a_replacement(stage: str) -> None:
    """A feed that cut its text in the middle of a character ends no filter; a whole emoji stays."""
    lines: list[str] = []
    filter_lines(stage, ['{"title": "Flaw \\ud83d", "note": ["\\ud83d\\ude00"]}'], lines.append, StageOptions())

    assert json.loads(lines[0].encode()) | {"title": "Flaw \ufffd", "note": ["\U0001f600"]} == json.loads(lines[0])


@pytest.mark.parametrize("text", ["Monday", "10", "2026-06", "June 2026", "12:30"])
def test_half_a_date_is_a_bad_line(text: str) -> None:
    """What it lacks would be taken from the day of the call."""
    written, faults = run_stage("facts", json.dumps({"title": "a", "published": text}), ENGLISH)

    assert [record["id"] for record in written] == ["a2"]
    assert faults == [f"stdin:1: published is not a date: {text!r}"]


@pytest.mark.parametrize("text", ["2026-06-01", "2026-06-01T08:00:00+02:00", "Mon, 01 Jun 2026 08:00:00 CEST"])
def test_dates_are_read_as_feeds_and_pages_write_them(text: str) -> None:
    """UTC where no zone is given."""
    published = to_article({"published": text}).published

    assert published is not None
    assert (published.date().isoformat(), published.hour) == ("2026-06-01", 6 if ":" in text else 0)


def test_what_json_does_not_know_is_a_bad_line() -> None:
    """NaN would make the result unreadable for everybody else."""
    lines: list[str] = []
    report = filter_lines("detect", ['{"title": "a", "x": NaN}'], lines.append, StageOptions())

    assert (lines, report.bad_lines) == ([], ["stdin:1: not valid JSON: NaN is not a finite number"])


def test_a_number_of_thousands_of_digits_is_a_bad_line() -> None:
    """Told in words of JSON; Python's own named a function to call."""
    report = filter_lines("detect", ['{"title": "a", "x": ' + "1" * 5000 + "}"], list[str]().append, StageOptions())

    assert report.bad_lines == ["stdin:1: not valid JSON: a number of 5000 digits"]


def test_numbers_beyond_what_a_float_holds_are_bad_lines() -> None:
    """They would come out as Infinity, which is no JSON, or end the filter."""
    written, faults = run_stage(
        "detect", '{"title": "a", "x": 1e999}', f'{{"language_confidence": {10**400}}}', ENGLISH
    )

    assert [record["id"] for record in written] == ["a2"]
    assert faults == [
        "stdin:1: not valid JSON: 1e999 is not a finite number",
        "stdin:2: a value of the wrong kind: int too large to convert to float",
    ]


_INNER = ("type", "value", "text", "rule", "position", "is", "evidence", "start", "language")
_VALUES = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9),
        st.sampled_from(["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00", "1+99:99", 10**400]),
        st.sampled_from(["http://[::1", "fr"]),
    ),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(_INNER), inner),
    max_leaves=6,
)  # fmt: skip
_KEYS = ("id", "url", "title", "published", "html", "text", "language", "language_confidence", "removed", "topics",
         "labels", "facts", "junk", "summary", "translation", "story", "feed")  # fmt: skip


@effort(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@example(record={"summary": [None]}, stage="translate")
@given(
    record=st.dictionaries(st.sampled_from(_KEYS), _VALUES, max_size=5),
    stage=st.sampled_from(sorted(STAGES)),
)
def test_whatever_stands_under_a_key_ends_no_filter(record: dict[str, Any], stage: str) -> None:
    """Each line is a record that comes out as JSON, or a fault that is told; the next line is read in any case."""
    written, faults = run_stage(stage, json.dumps(record), ENGLISH, translator=Upper)

    assert written[-1]["title"] == ENGLISH["title"]
    assert len(written) + len(faults) == 2


def test_translate_tells_the_translator_the_facts_of_each_record() -> None:
    """The names in them are no words to translate."""
    told: list[Any] = []

    class Curious(Upper):
        def translate(self, texts: Any, target: str, *, style: str = "text", facts: Any = ()) -> list[Translation]:
            told.extend(facts)
            return super().translate(texts, target, style=style, facts=facts)

    fact = {"type": "product", "value": "Word"}
    run_stage("translate", {**ENGLISH, "facts": [fact]}, FRENCH, translator=Curious, target="en", fields=("title",))

    assert [[one.value for one in facts] for facts in told] == [["Word"], []]
