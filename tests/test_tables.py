"""The tables of words and rules that ship with the program."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from pipeline.errors import TableError
from pipeline.tables import read_table


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b'words = ["a"]\nmore = [\n', "is not TOML: .*at end of document"),
        (b'words = ["a"]\nwords = 1\n', "is not TOML: .*line 2"),
        (b'words = ["\xff"]\n', "is not UTF-8: "),
        (None, "cannot be read: No such file or directory"),
    ],
    ids=["cut off", "a key twice", "another encoding", "missing"],
)
def test_a_broken_table_is_one_clear_error(tmp_path: Path, content: bytes | None, reason: str) -> None:
    """The message names the file, what is wrong with it, and what helps."""
    path = tmp_path / "words.toml"
    if content is not None:
        path.write_bytes(content)

    with pytest.raises(TableError, match=f"words.toml: {reason}.*; it ships with cyberdigest") as caught:
        read_table(path)

    assert str(pickle.loads(pickle.dumps(caught.value))) == str(caught.value)


def test_a_table_is_read_as_it_stands(tmp_path: Path) -> None:
    """Words keep their order and their letters."""
    (tmp_path / "words.toml").write_text('[fr]\nb = ["é", "a"]\na = 1\n', encoding="utf-8")

    table = read_table(tmp_path / "words.toml")

    assert table == {"fr": {"b": ["é", "a"], "a": 1}}
    assert list(table["fr"]) == ["b", "a"]
