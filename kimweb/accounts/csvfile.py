"""Reads the admin's file of people to invite: `nama,peran,kode`, one a line. Every fault names its line.

A fourth column, `tempat`, is what the example file has for whoever fills it in; there a line without a name is a
village for which nobody was found yet, and left out.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from kimweb.core.actor import Role
from kimweb.core.errors import Invalid
from kimweb.core.i18n import N_, Sentence

MAX_BYTES = 200_000
MAX_ROWS = 1_000
NAME_MAX = 80
CODE_MAX = 120
"""As long as a village's name with its district's."""
HEADER = ["nama", "peran", "kode"]
EXAMPLE_HEADER = [*HEADER, "tempat"]
ROLE_WORDS: Mapping[str, Role] = {
    "anggota": Role.MEMBER,
    "moderator": Role.MODERATOR,
    "peninjau": Role.REVIEWER,
    "petugas": Role.AGENCY,
    "opd": Role.AGENCY,
    "admin": Role.ADMIN,
    "member": Role.MEMBER,
    "reviewer": Role.REVIEWER,
    "agency": Role.AGENCY,
}
"""How a file names roles: one word, as the interface begins it, or as the code has it."""


@dataclass(frozen=True, slots=True)
class Row:
    """One person to invite. `code`: of an area (16.06.01.2001) or of an agency (PUPR), or an area's name."""

    line: int
    name: str
    role: Role
    code: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The people in a file, and what is wrong with the other lines (sentences, by line)."""

    rows: list[Row]
    faults: dict[int, str]


def read(data: bytes) -> Reading:
    """The people in a file: UTF-8 with or without BOM, comma or semicolon, a heading, at most 1,000 lines and 200 kB.

    Raises Invalid for what is wrong with the whole; its field is "".
    """
    if len(data) > MAX_BYTES:
        raise _whole(N_("Berkasnya terlalu besar: paling banyak 200 kB."))
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise _whole(N_("Berkasnya bukan CSV dalam UTF-8. Simpan ulang sebagai “CSV UTF-8”.")) from None
    first = text.lstrip().split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    try:
        found = [(reader.line_num, cells) for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error:
        sentence = N_("Baris %(line)d: tidak terbaca. Periksa tanda kutipnya.")
        raise _whole(Sentence(sentence, line=reader.line_num)) from None
    heading = [cell.strip().lower() for cell in found[0][1]] if found else []
    if heading not in (HEADER, EXAMPLE_HEADER):
        raise _whole(N_("Baris pertama harus: nama,peran,kode"))
    lines = found[1:]
    if heading == EXAMPLE_HEADER:
        lines = [(line, cells[: len(HEADER)]) for line, cells in lines if cells[0].strip()]
    if not 0 < len(lines) <= MAX_ROWS:
        raise _whole(N_("Isinya 1 sampai 1.000 orang, satu orang sebaris."))
    return _reading(lines)


def _whole(sentence: str) -> Invalid:
    return Invalid("Belum ada yang diundang.", {"": sentence})


def _reading(lines: list[tuple[int, list[str]]]) -> Reading:
    rows, faults = [], dict[int, str]()
    for line, cells in lines:
        fault = _fault(cells)
        if fault:
            faults[line] = Sentence(fault, line=line)
        else:
            name, word, code = (" ".join(cell.split()) for cell in cells)
            rows.append(Row(line, unicodedata.normalize("NFC", name), _role(word) or Role.MEMBER, code.upper()))
    return Reading(rows, faults)


def _fault(cells: list[str]) -> str:
    """What is wrong with a line, with a place for its number; "" when nothing is."""
    if len(cells) != len(HEADER):
        return N_("Baris %(line)d: harus tiga kolom: nama, peran, kode.")
    name, word, code = (" ".join(cell.split()) for cell in cells)
    if not name or len(name) > NAME_MAX or any(unicodedata.category(letter)[0] == "C" for letter in name):
        return N_("Baris %(line)d: nama kosong, lebih dari 80 huruf, atau ada tanda yang tidak terbaca.")
    if _role(word) is None:
        return N_("Baris %(line)d: peran tidak dikenal. Tulis anggota, moderator, peninjau, petugas atau admin.")
    if not code or len(code) > CODE_MAX or any(unicodedata.category(letter)[0] == "C" for letter in code):
        return N_("Baris %(line)d: kode kosong atau tidak terbaca.")
    return ""


def _role(word: str) -> Role | None:
    parts = word.lower().split()
    return ROLE_WORDS.get(parts[0]) if parts else None
