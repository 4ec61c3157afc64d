"""Strict readers of the reference files. Every fault is an Invalid whose sentence names the file and the line.

Sources of the shipped files: data/muba-wilayah.SOURCE.md. The codes nest by prefix, and the fourth group tells villages
(2xxx) from wards (1xxx): Permendagri 58/2021.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kimweb.areas.models import AreaKind
from kimweb.core.errors import Invalid

MAX_BYTES = 5_000_000
NAME_MAX = 80
AREA_HEADER = ("code", "name", "kind", "parent_code")
EXTRA_HEADER = ("code", "postal_code", "latitude", "longitude", "area_km2", "population")
AGENCY_HEADER = ("code", "name", "source")
CATEGORY_HEADER = ("code", "name", "example", "agency")
VARIANT_HEADER = ("code", "variant")
RECODE_HEADER = ("old_code", "new_code")
AGENCY_CODE = re.compile(r"[A-Z0-9][A-Z0-9.-]{0,31}")
CATEGORY_CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,31}")
_AREA_CODE = re.compile(r"\d\d\.\d\d(\.\d\d(\.[12]\d{3})?)?", re.ASCII)
_LENGTHS = {AreaKind.REGENCY: 5, AreaKind.DISTRICT: 8, AreaKind.WARD: 13, AreaKind.VILLAGE: 13}


@dataclass(frozen=True, slots=True)
class AreaRow:
    """One area as a file gives it."""

    line: int
    code: str
    name: str
    kind: AreaKind
    parent_code: str | None


@dataclass(frozen=True, slots=True)
class ExtraRow:
    """Postal code and centroid (degrees, WGS 84) of an area; None where the file has none."""

    postal_code: str | None
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class AgencyRow:
    """One regency agency; where it was read stays in the file."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class CategoryRow:
    """One category with the code of the agency that usually answers (None: no one agency)."""

    code: str
    name: str
    example: str
    agency: str | None


@dataclass(frozen=True, slots=True)
class RecodeRow:
    """An old code and the one that a decree put in its place."""

    line: int
    old: str
    new: str


class Source:
    """A file under reading: its rows with their line numbers, and the fault of a line."""

    def __init__(self, path: Path, header: Sequence[str]) -> None:
        self.path = path
        self.header = header

    def fault(self, line: int, what: str) -> Invalid:
        """The error for a line; `what` is the rest of the sentence."""
        return Invalid(f"{self.path.name}, baris {line}: {what}")

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Line number and trimmed cells of each row after the header; empty lines are skipped."""
        reader = csv.reader(io.StringIO(self._text(), newline=""), strict=True)
        header: list[str] | None = None
        line = 1
        try:
            for cells in reader:
                if header is None:
                    header = self._checked_header(line, cells)
                elif cells:
                    yield line, self._checked(line, [cell.strip() for cell in cells])
                line = reader.line_num + 1
        except csv.Error as error:
            raise self.fault(line, "tanda kutip tidak ditutup, atau ada karakter yang rusak.") from error
        if header is None:
            raise Invalid(f"{self.path.name}, baris 1: berkas ini kosong.")

    def _text(self) -> str:
        try:
            with self.path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
        except OSError as error:
            raise Invalid(f"{self.path.name}: berkas ini tidak bisa dibuka ({error.strerror}).") from error
        if len(data) > MAX_BYTES:
            raise Invalid(f"{self.path.name}: berkas ini lebih besar dari {MAX_BYTES // 1_000_000} MB.")
        try:
            return data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            raise self.fault(line, "bukan UTF-8. Simpan berkas sebagai CSV UTF-8.") from error

    def _checked_header(self, line: int, row: list[str]) -> list[str]:
        if tuple(row) != tuple(self.header):
            wanted = ",".join(self.header)
            raise self.fault(line, f"judul kolom harus persis '{wanted}', dipisah koma.")
        return row

    def _checked(self, line: int, row: list[str]) -> list[str]:
        if len(row) != len(self.header):
            few = "kurang" if len(row) < len(self.header) else "lebih"
            raise self.fault(line, f"kolomnya {few}: ada {len(row)}, seharusnya {len(self.header)}.")
        if not all(cell.isprintable() for cell in row):
            raise self.fault(line, "ada karakter yang tidak bisa dicetak.")
        return row

    def text(self, line: int, value: str, limit: int, what: str) -> str:
        """A text that must be there and may not be longer than `limit` characters."""
        if not value:
            raise self.fault(line, f"{what} kosong.")
        if len(value) > limit:
            raise self.fault(line, f"{what} lebih dari {limit} huruf.")
        return value

    def new(self, line: int, key: str, seen: Collection[str]) -> None:
        """A code that may stand in the file only once."""
        if key in seen:
            raise self.fault(line, f"kode {key} sudah ada di baris lain.")

    def area_code(self, line: int, code: str) -> str:
        """A well-formed area code."""
        if not _AREA_CODE.fullmatch(code):
            raise self.fault(line, f"kode '{code}' salah bentuk. Contoh yang benar: 16.06.01.2001.")
        return code


def read_areas(path: Path) -> dict[str, AreaRow]:
    """The areas of a file by code, in its order: one regency, every parent present, codes nested. Raises Invalid."""
    source = Source(path, AREA_HEADER)
    found: dict[str, AreaRow] = {}
    for line, (code, name, kind, parent) in source.rows():
        source.area_code(line, code)
        source.new(line, code, found)
        source.text(line, name, NAME_MAX, "nama")
        found[code] = AreaRow(line, code, name, _kind(source, line, code, kind), parent or None)
    for row in found.values():
        _check_parent(source, row, found)
    regencies = [row for row in found.values() if row.kind is AreaKind.REGENCY]
    if len(regencies) != 1:
        line = regencies[1].line if regencies else 2
        raise source.fault(line, f"harus ada tepat satu kabupaten, di sini {len(regencies)}.")
    return found


def _kind(source: Source, line: int, code: str, text: str) -> AreaKind:
    try:
        kind = AreaKind(text)
    except ValueError:
        raise source.fault(line, f"jenis '{text}' tidak dikenal (kabupaten, kecamatan, kelurahan, desa).") from None
    lowest = {"1": AreaKind.WARD, "2": AreaKind.VILLAGE}.get(code[9:10], kind)
    if len(code) != _LENGTHS[kind] or kind is not lowest:
        raise source.fault(line, f"kode {code} bukan kode {kind}.")
    return kind


def _check_parent(source: Source, row: AreaRow, known: Collection[str]) -> None:
    if row.kind is AreaKind.REGENCY:
        if row.parent_code is not None:
            raise source.fault(row.line, "kabupaten tidak punya induk di berkas ini; kosongkan kolom terakhir.")
        return
    if row.parent_code not in known:
        raise source.fault(row.line, f"induk '{row.parent_code or ''}' tidak ada di berkas ini.")
    if row.parent_code != row.code.rpartition(".")[0]:
        raise source.fault(row.line, f"kode {row.code} tidak berada di bawah induknya {row.parent_code}.")


def read_extra(path: Path, known: Collection[str]) -> dict[str, ExtraRow]:
    """Postal code and centroid by area code; area and population are not used. Raises Invalid."""
    source = Source(path, EXTRA_HEADER)
    found: dict[str, ExtraRow] = {}
    for line, (code, postal, latitude, longitude, _area, _population) in source.rows():
        source.area_code(line, code)
        source.new(line, code, found)
        if code not in known:
            raise source.fault(line, f"kode {code} tidak ada di berkas wilayah.")
        if postal and not re.fullmatch(r"\d{5}", postal, re.ASCII):
            raise source.fault(line, f"kode pos '{postal}' harus 5 angka.")
        found[code] = ExtraRow(
            postal or None, _degrees(source, line, latitude, 90), _degrees(source, line, longitude, 180)
        )
    return found


def _degrees(source: Source, line: int, text: str, limit: int) -> float | None:
    if not text:
        return None
    value = float(text) if re.fullmatch(r"-?\d{1,3}(\.\d{1,12})?", text, re.ASCII) else limit + 1.0
    if abs(value) > limit:
        raise source.fault(line, f"koordinat '{text}' bukan derajat yang benar.")
    return value


def read_agencies(path: Path) -> list[AgencyRow]:
    """The regency's agencies in the file's order. Raises Invalid."""
    source = Source(path, AGENCY_HEADER)
    found: dict[str, AgencyRow] = {}
    for line, (code, name, _source) in source.rows():
        if not AGENCY_CODE.fullmatch(code):
            raise source.fault(line, f"kode '{code}' salah bentuk: huruf besar, angka, titik dan tanda hubung.")
        source.new(line, code, found)
        found[code] = AgencyRow(code, source.text(line, name, 120, "nama"))
    return list(found.values())


def read_categories(path: Path, agencies: Collection[str]) -> list[CategoryRow]:
    """The categories in the file's order; each agency must be one of `agencies`. Raises Invalid."""
    source = Source(path, CATEGORY_HEADER)
    found: dict[str, CategoryRow] = {}
    for line, (code, name, example, agency) in source.rows():
        if not CATEGORY_CODE.fullmatch(code):
            raise source.fault(line, f"kode '{code}' salah bentuk: huruf kecil, angka dan tanda hubung.")
        source.new(line, code, found)
        source.text(line, name, NAME_MAX, "nama")
        source.text(line, example, 160, "contoh")
        if agency and agency not in agencies:
            raise source.fault(line, f"instansi '{agency}' tidak dikenal.")
        found[code] = CategoryRow(code, name, example, agency or None)
    return list(found.values())


def read_variants(path: Path) -> list[tuple[str, str]]:
    """Area codes with another spelling of their name, one pair a line. Raises Invalid."""
    source = Source(path, VARIANT_HEADER)
    return [
        (source.area_code(line, code), source.text(line, variant, NAME_MAX, "ejaan"))
        for line, (code, variant) in source.rows()
    ]


def read_recodes(path: Path) -> dict[str, RecodeRow]:
    """Old codes with their new ones: same level, no old code and no new code twice, none unchanged. Raises Invalid."""
    source = Source(path, RECODE_HEADER)
    found: dict[str, RecodeRow] = {}
    for line, (old, new) in source.rows():
        source.area_code(line, old)
        source.area_code(line, new)
        source.new(line, old, found)
        if len(old) != len(new) or old == new or len(old) == _LENGTHS[AreaKind.REGENCY]:
            raise source.fault(line, f"kode {old} tidak bisa menjadi {new}.")
        if any(row.new == new for row in found.values()):
            raise source.fault(line, f"dua kode lama menuju {new}; dua wilayah tidak bisa digabung lewat tabel ini.")
        found[old] = RecodeRow(line, old, new)
    return found
