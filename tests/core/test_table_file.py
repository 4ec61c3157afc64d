"""Tables for spreadsheets: no cell of which becomes a formula, whatever somebody wrote into it."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimweb.core.table_file import as_csv

STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
HOSTILE = (
    '=HYPERLINK("http://evil.example";"Klik")',
    "+62811 2000",
    "-2+3+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "\t=1+1",
    "\r=1+1",
    "\n=1+1",
    "  =1+1",
    "\u00a0=1+1",
    "\uff1d1+1",
    'Sari";=1+1;"',
    "Sari;=1+1",
    "Sari\r\n=1+1",
)


def rows_of(content: bytes) -> list[list[str]]:
    """A file as a spreadsheet reads it."""
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def harmless(cell: str) -> bool:
    """Whether a cell is text for a spreadsheet, which may drop the blanks before it."""
    return not cell.lstrip().startswith(STARTS) and not cell.startswith(STARTS)


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_cell_never_begins_a_formula_and_keeps_its_words(hostile: str) -> None:
    rows = rows_of(as_csv(["Nama", hostile], [[hostile, "Sari"], ["x", hostile]]))
    assert [len(row) for row in rows] == [2, 2, 2]
    for cell in (rows[0][1], rows[1][0], rows[2][1]):
        assert harmless(cell)
        assert cell in (hostile, f"'{hostile}")


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_whatever_is_written_stays_in_its_cell(written: list[list[str]]) -> None:
    rows = rows_of(as_csv(["a", "b"], written))
    assert len(rows) == len(written) + 1
    for row, texts in zip(rows[1:], written, strict=True):
        assert [
            cell.removeprefix("'") if cell != text else cell for cell, text in zip(row, texts, strict=True)
        ] == texts
        assert all(map(harmless, row))


def test_it_opens_as_spreadsheets_in_indonesia_expect() -> None:
    content = as_csv(["Nama", "Mulai"], [["Sari", date(2026, 11, 18)], ["Rahman", None], ["Dewi", -3]])
    assert content == b"\xef\xbb\xbfNama;Mulai\r\nSari;2026-11-18\r\nRahman;\r\nDewi;-3\r\n"
