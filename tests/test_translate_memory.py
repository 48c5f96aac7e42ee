"""The memory as TMX 1.4."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.model import Problem
from pipeline.text.normalise import clean_text
from pipeline.translate import EDITOR, DictMemory, MemoryKey, Remembered, corrected
from pipeline.translate.tmx import export_tmx, import_tmx


def _key(sentence: str, engine: str = "firefox:pt-en-1") -> MemoryKey:
    return MemoryKey(sentence=sentence, source="pt", target="en", guard="g1", engine=engine)


def _exported(memory: DictMemory) -> bytes:
    file = io.BytesIO()
    export_tmx(memory, file, version="1.0")
    return file.getvalue()


def _imported(data: bytes) -> DictMemory:
    memory = DictMemory()
    import_tmx(io.BytesIO(data), memory, name="memory.tmx")
    return memory


def _full() -> DictMemory:
    memory = DictMemory()
    memory.put_many({
        _key("A falha <é> crítica & grave."): Remembered(text='The "flaw" is critical.', route="pt→en firefox"),
        corrected("Multa", "pt", "en"): Remembered(text="Fine", route=EDITOR),
        _key("Perdida."): Remembered(text="Perdida.", problems=(Problem(kind="number-lost", detail="42"),)),
    })  # fmt: skip
    return memory


def test_out_and_in_again() -> None:
    """Machine's and editor's units come back with their keys; what was given up on is not written."""
    memory = _full()
    expected = dict(memory.items())
    del expected[_key("Perdida.")]

    assert dict(_imported(_exported(memory)).items()) == expected


def test_export_is_tmx_1_4_and_the_same_every_time() -> None:
    """Header and units as the standard wants them; no date, so that two exports are alike."""
    text = _exported(_full()).decode()

    assert text.startswith(
        '<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE tmx SYSTEM "tmx14.dtd">\n<tmx version="1.4">'
    )
    for attribute in (
        "creationtool=",
        "creationtoolversion=",
        "segtype=",
        "o-tmf=",
        "adminlang=",
        "srclang=",
        "datatype=",
    ):
        assert attribute in text.split("<body>")[0]
    assert '<tuv xml:lang="pt"><seg>A falha &lt;é&gt; crítica &amp; grave.</seg></tuv>' in text
    assert text.encode() == _exported(_full())


def test_words_changed_in_another_tool_become_a_correction() -> None:
    """A unit of ours that somebody improved no longer counts as the machine's."""
    changed = _exported(_full()).replace(b'The "flaw" is critical.', b"The vulnerability is critical.")
    memory = dict(_imported(changed).items())

    key = corrected("A falha <é> crítica & grave.", "pt", "en")
    assert memory[key] == Remembered(text="The vulnerability is critical.", route=EDITOR)
    assert _key("A falha <é> crítica & grave.") not in memory


def test_file_of_another_tool() -> None:
    """Upper case and regional tags, several targets, inline codes, notes and a byte-order mark are all usual."""
    data = """\ufeff<?xml version="1.0" encoding="utf-8"?>
    <!DOCTYPE tmx SYSTEM "tmx14.dtd">
    <tmx version="1.4"><header creationtool="OmegaT" creationtoolversion="6" segtype="sentence" o-tmf="x"
      adminlang="EN-US" srclang="FR-FR" datatype="plaintext"><note>ours</note></header><body>
      <tu tuid="1"><prop type="client">secret</prop>
        <tuv xml:lang="FR-FR"><seg>Mise en <bpt i="1">&lt;b&gt;</bpt>demeure<ept i="1">&lt;/b&gt;</ept></seg></tuv>
        <tuv xml:lang="EN-US"><seg>Formal <hi>notice</hi></seg></tuv><tuv lang="PT-BR"><seg>Notificação</seg></tuv></tu>
      <tu><tuv xml:lang="FR-FR"><seg>Vide</seg></tuv><tuv xml:lang="EN-US"><seg> </seg></tuv></tu>
    </body></tmx>""".encode()

    assert dict(_imported(data).items()) == {
        corrected("Mise en demeure", "fr", "en"): Remembered(text="Formal notice", route=EDITOR),
        corrected("Mise en demeure", "fr", "pt"): Remembered(text="Notificação", route=EDITOR),
    }


_BOMB = (
    b"""<?xml version="1.0"?><!DOCTYPE tmx [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><tmx><body>&b;</body></tmx>"""
)
_FILE = b"""<!DOCTYPE tmx [<!ENTITY x SYSTEM "file:///etc/passwd">]><tmx version="1.4"><body/></tmx>"""


@pytest.mark.parametrize(
    ("data", "where"),
    [
        (b"", "memory.tmx:1"),
        (b"not xml", "memory.tmx:1"),
        (b"<html><body/></html>", "memory.tmx:1"),
        (b'<tmx version="1.4">\n<body>\n<tu>', "memory.tmx:3"),
        (_BOMB, "memory.tmx:1"),
        (_FILE, "memory.tmx:1"),
    ],
)
def test_not_tmx(data: bytes, where: str) -> None:
    """Other files, cut ones and those with entities are refused by file and line."""
    with pytest.raises(InputError) as caught:
        _imported(data)

    assert caught.value.where == where


_SENTENCES = st.text(min_size=1, max_size=60).map(clean_text).filter(bool)


@given(st.dictionaries(_SENTENCES, _SENTENCES, max_size=8), st.booleans())
def test_any_words_survive(words: dict[str, str], by_editor: bool) -> None:
    """Whatever a cleaned sentence holds, it comes back."""
    memory = DictMemory()
    for source, target in words.items():
        key = corrected(source, "pt", "en") if by_editor else _key(source)
        memory.put_many({key: Remembered(text=target, route=EDITOR if by_editor else "pt→en firefox")})

    assert dict(_imported(_exported(memory)).items()) == dict(memory.items())


def test_large_file_in_little_memory(tmp_path: Path) -> None:
    """Ten thousand units are read in passing."""
    memory = DictMemory()
    memory.put_many({_key(f"Frase número {i}."): Remembered(text=f"Sentence {i}.", route="r") for i in range(10_000)})
    path = tmp_path / "memory.tmx"
    with path.open("wb") as file:
        count = export_tmx(memory, file, version="1.0")
    with path.open("rb") as file:
        assert import_tmx(file, DictMemory(), name="memory.tmx") == count == 10_000
