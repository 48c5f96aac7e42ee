"""Dates in running text: what they say in ISO 8601, the best reading first; what only looks like one."""

from __future__ import annotations

import pytest

from pipeline.text.dates import find_dates


@pytest.mark.parametrize(("language", "text", "values"), [
    ("en", "Fixed on 2026-11-20.", ["2026-11-20", "2026"]),
    ("en", "Fixed on 2026/1/2", ["2026-01-02", "2026"]),
    ("en", "at 2026-11-20T10:00:00.5Z", ["2026-11-20", "2026"]),
    ("en", "at 2026-11-20T10:00", ["2026-11-20", "2026"]),
    ("en", "on 2026.5.27 it", ["2026-05-27"]),
    ("en", "before 2026.4.1 and", []),
    ("en", "Version < 2026.5.27", []),
    ("fr", "jusqu'à 2026.5.27", ["2026-05-27"]),
    ("fr", "avant 2026.5.27", []),
    ("en", "release 2026.11.20.1", []),
    ("en", "item 1.2026-11-20", []),
    ("tr", "15 EKİM 2026", ["2026-10-15", "2026-10", "2026"]),
    ("tr", "15 KASIM 2026", ["2026-11-15", "2026-11", "2026"]),
    ("tr", "15 kasım 2026", ["2026-11-15", "2026-11", "2026"]),
    ("en", "5 Aprıl 2026", ["2026-04-05", "2026-04", "2026"]),
    ("en", "5 ſeptember 2026", ["2026-09-05", "2026-09", "2026"]),
    ("en", "0 November 2026", ["2026-11", "2026"]),
    ("de", "00.11.2026", []),
    ("en", "2026-02-30", ["2026"]),
    ("en", "2024-02-29", ["2024-02-29", "2024"]),
    ("de", "am 20.11.2026 um", ["2026-11-20"]),
    ("de", "am 2. 11. 2026 um", ["2026-11-02", "2026"]),
    ("en", "03/04/2026", ["2026-03-04"]),
    ("fr", "03/04/2026", ["2026-04-03"]),
    ("en", "03.04.2026", ["2026-04-03"]),
    ("en", "3-4-2026", ["2026-04-03"]),
    ("en", "13/04/2026", ["2026-04-13"]),
    ("en", "12/05/2026", ["2026-12-05"]),
    ("fr", "04/13/2026", ["2026-04-13"]),
    ("fr", "04/12/2026", ["2026-12-04"]),
    ("en", "99/99/2026", []),
    ("en", "03/04.2026", []),
    ("zh", "2026年11月20日", ["2026-11-20", "2026"]),
    ("zh", "2026年11月", ["2026-11", "2026"]),
    ("zh", "二〇二六年十一月", ["2026-11"]),
    ("zh", "二零二六年十二月三十一日", ["2026-12-31"]),
    ("zh", "十一月二十日", ["--11-20"]),
    ("ja", "11月20日", ["--11-20"]),
    ("ja", "5月", []),
    ("ko", "2026년 3월 5일", ["2026-03-05", "2026"]),
    ("ja", "2025年度", ["2025"]),
    ("ja", "2025年前", []),
    ("fr", "20 novembre 2026", ["2026-11-20", "2026-11", "2026"]),
    ("fr", "le 1er août", ["--08-01"]),
    ("fr", "20 November 2026", ["2026-11-20", "2026-11", "2026"]),
    ("en", "November 20, 2026", ["2026-11-20", "2026"]),
    ("en", "Nov. 20", ["--11-20"]),
    ("en", "they may 5 times", []),
    ("en", "May 5", ["--05-05"]),
    ("fr", "mai 2026", ["2026-05", "2026"]),
    ("es", "20 de noviembre de 2026", ["2026-11-20", "2026-11", "2026"]),
    ("fi", "3. marraskuuta 2026", ["2026-11-03", "2026-11", "2026"]),
    ("en", "32 November 2026", ["2026-11", "2026"]),
    ("en", "29 February", ["--02-29"]),
    ("en", "in 2021", ["2021"]),
    ("en", "in 1959, in 1960, in 2049, in 2050", ["1960", "2049"]),
    ("fr", "2000 serveurs", []),
    ("fr", "2000 was", ["2000"]),
    ("fr", "2001 serveurs", ["2001"]),
    ("en", "CVE-2021-1234, 2021%, 12,2021, 2021 人, 2021-2023", []),
    ("en", "no digit at all", []),
])  # fmt: skip
def test_what_a_text_dates(language: str, text: str, values: list[str]) -> None:
    """Whole and partial dates; a day that the calendar lacks, a version and a count are none."""
    found = list(find_dates(text, language))

    assert [value for _, _, value in found] == values
    assert all(text[start:end].strip(" ,.") for start, end, _ in found)


def test_where_a_date_stands() -> None:
    """Start and end are those of the text."""
    text = "Acme fixed it on November 20, 2026, said Heron."
    start, end, value = next(find_dates(text, "en"))

    assert (text[start:end], value) == ("November 20, 2026", "2026-11-20")
