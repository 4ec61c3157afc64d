"""A bad file is refused with the name of the file and the line, whatever is bad about it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kimweb.areas import csvfile, shipped
from kimweb.areas.models import AreaKind
from kimweb.core.errors import Invalid

HEADER = "code,name,kind,parent_code\n"
GOOD = (
    HEADER
    + "16.06,Musi Banyuasin,kabupaten,\n"
    + "16.06.01,Sekayu,kecamatan,16.06\n"
    + "16.06.01.1009,Kayu Ara,kelurahan,16.06.01\n"
    + "16.06.01.2001,Sukarami,desa,16.06.01\n"
)


def _file(folder: Path, content: str | bytes, name: str = "wilayah.csv") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_the_shipped_file_has_258_areas() -> None:
    rows = csvfile.read_areas(shipped.AREAS)
    kinds = [row.kind for row in rows.values()]
    assert (len(rows), kinds.count(AreaKind.DISTRICT)) == (258, 15)
    assert (kinds.count(AreaKind.WARD), kinds.count(AreaKind.VILLAGE)) == (13, 229)


def test_the_other_shipped_files_are_readable() -> None:
    areas = csvfile.read_areas(shipped.AREAS)
    agencies = {row.code for row in csvfile.read_agencies(shipped.AGENCIES)}
    assert len(csvfile.read_extra(shipped.EXTRA, areas)) == 258
    assert len(agencies) == 32
    assert len(csvfile.read_categories(shipped.CATEGORIES, agencies)) == 18
    assert {code for code, _variant in csvfile.read_variants(shipped.VARIANTS)} <= set(areas)


@pytest.mark.parametrize("start", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("end", [b"\n", b"\r\n"])
def test_a_bom_and_windows_line_ends_do_not_matter(tmp_path: Path, start: bytes, end: bytes) -> None:
    path = _file(tmp_path, start + GOOD.encode().replace(b"\n", end))
    assert list(csvfile.read_areas(path)) == ["16.06", "16.06.01", "16.06.01.1009", "16.06.01.2001"]


BAD_AREAS: dict[str, tuple[str | bytes, int, str]] = {
    "empty file": ("", 1, "kosong"),
    "wrong header": (GOOD.replace("parent_code", "parent"), 1, "judul kolom"),
    "header with spaces": (GOOD.replace("code,name", "code, name"), 1, "judul kolom"),
    "semicolons": (GOOD.replace(",", ";"), 1, "dipisah koma"),
    "only a header": (HEADER, 2, "tepat satu kabupaten"),
    "unknown parent": (GOOD + "16.06.02.2001,Lais,desa,16.06.02\n", 6, "induk '16.06.02' tidak ada"),
    "no parent": (GOOD + "16.06.01.2002,Muara Teladan,desa,\n", 6, "induk ''"),
    "duplicate code": (GOOD + "16.06.01.2001,Sukarami,desa,16.06.01\n", 6, "sudah ada"),
    "malformed code": (GOOD + "16.06.1.2002,Muara Teladan,desa,16.06.01\n", 6, "salah bentuk"),
    "code in other digits": (GOOD + "16.06.01.200\u0662,Muara Teladan,desa,16.06.01\n", 6, "salah bentuk"),
    "code with 3xxx": (GOOD + "16.06.01.3001,Muara Teladan,desa,16.06.01\n", 6, "salah bentuk"),
    "parent by another prefix": (
        GOOD + "16.06.02,Lais,kecamatan,16.06\n16.06.02.2001,Lais,desa,16.06.01\n",
        7,
        "tidak berada di bawah",
    ),
    "parent above the parent": (GOOD + "16.06.01.2002,Muara Teladan,desa,16.06\n", 6, "tidak berada di bawah"),
    "unknown kind": (GOOD + "16.06.01.2002,Muara Teladan,dusun,16.06.01\n", 6, "jenis 'dusun'"),
    "village with a ward's code": (GOOD + "16.06.01.1002,Muara Teladan,desa,16.06.01\n", 6, "bukan kode desa"),
    "ward with a village's code": (GOOD + "16.06.01.2002,X,kelurahan,16.06.01\n", 6, "bukan kode kelurahan"),
    "district with a village's code": (GOOD + "16.06.01.2002,X,kecamatan,16.06\n", 6, "bukan kode kecamatan"),
    "empty name": (GOOD + "16.06.01.2002, ,desa,16.06.01\n", 6, "nama kosong"),
    "endless name": (GOOD + f"16.06.01.2002,{'a' * 81},desa,16.06.01\n", 6, "lebih dari 80"),
    "name over two lines": (GOOD + '16.06.01.2002,"Muara\nTeladan",desa,16.06.01\n', 6, "tidak bisa dicetak"),
    "too many columns": (GOOD + "16.06.01.2002,Muara Teladan,desa,16.06.01,30711\n", 6, "kolomnya lebih"),
    "too few columns": (GOOD + "16.06.01.2002,Muara Teladan\n", 6, "kolomnya kurang"),
    "two regencies": (GOOD + "16.07,Banyuasin,kabupaten,\n", 6, "tepat satu kabupaten"),
    "regency with a parent": (GOOD.replace("kabupaten,", "kabupaten,16.06"), 2, "tidak punya induk"),
    "open quote": (GOOD + '16.06.01.2002,"Muara Teladan,desa,16.06.01\n', 6, "tanda kutip"),
    "NUL": (GOOD + "16.06.01.2002,Mu\0ara,desa,16.06.01\n", 6, "karakter"),
    "broken UTF-8": (GOOD.encode() + b"16.06.01.2002,Mu\xffara,desa,16.06.01\n", 6, "UTF-8"),
    "UTF-16": (GOOD.encode("utf-16"), 1, "UTF-8"),
}


@pytest.mark.parametrize("case", BAD_AREAS)
def test_a_bad_area_file_names_file_and_line(tmp_path: Path, case: str) -> None:
    content, line, words = BAD_AREAS[case]
    with pytest.raises(Invalid) as caught:
        csvfile.read_areas(_file(tmp_path, content))
    assert str(caught.value).startswith(f"wilayah.csv, baris {line}: ")
    assert words in str(caught.value)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    for path in (tmp_path / "tidak-ada.csv", tmp_path):
        with pytest.raises(Invalid, match=f"{path.name}: berkas ini tidak bisa dibuka"):
            csvfile.read_areas(path)


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="lebih besar dari 5 MB"):
        csvfile.read_areas(_file(tmp_path, HEADER + "x" * csvfile.MAX_BYTES))


BAD_OTHERS: dict[str, tuple[Callable[[Path], object], str, int]] = {
    "extra: unknown code": (lambda p: csvfile.read_extra(p, ["16.06"]), "16.06.01,30711,,,,", 2),
    "extra: postal code": (lambda p: csvfile.read_extra(p, ["16.06"]), "16.06,3071,,,,", 2),
    "extra: latitude": (lambda p: csvfile.read_extra(p, ["16.06"]), "16.06,30711,-92.5,103.8,,", 2),
    "extra: not a number": (lambda p: csvfile.read_extra(p, ["16.06"]), "16.06,30711,nan,103.8,,", 2),
    "extra: twice": (lambda p: csvfile.read_extra(p, ["16.06"]), "16.06,,,,,\n16.06,,,,,", 3),
    "agency: code": (csvfile.read_agencies, "Dinas PUPR,Dinas PUPR,x", 2),
    "agency: twice": (csvfile.read_agencies, "PUPR,Dinas PUPR,x\nPUPR,Dinas PUPR,x", 3),
    "agency: no name": (csvfile.read_agencies, "PUPR,,x", 2),
    "category: unknown agency": (lambda p: csvfile.read_categories(p, ["PUPR"]), "jalan,Jalan,Lubang,PU", 2),
    "category: code": (lambda p: csvfile.read_categories(p, ["PUPR"]), "Jalan Raya,Jalan,Lubang,PUPR", 2),
    "variant: code": (csvfile.read_variants, "16.6,BHL", 2),
    "variant: empty": (csvfile.read_variants, "16.06.04,", 2),
    "recode: malformed": (csvfile.read_recodes, "16.06.03.2001,16.06.15.201", 2),
    "recode: another level": (csvfile.read_recodes, "16.06.03.2001,16.06.15", 2),
    "recode: the same": (csvfile.read_recodes, "16.06.03,16.06.03", 2),
    "recode: old twice": (csvfile.read_recodes, "16.06.03,16.06.16\n16.06.03,16.06.17", 3),
    "recode: new twice": (csvfile.read_recodes, "16.06.03,16.06.16\n16.06.04,16.06.16", 3),
    "recode: the regency": (csvfile.read_recodes, "16.06,16.07", 2),
}
HEADERS = {
    "extra": csvfile.EXTRA_HEADER,
    "agency": csvfile.AGENCY_HEADER,
    "category": csvfile.CATEGORY_HEADER,
    "variant": csvfile.VARIANT_HEADER,
    "recode": csvfile.RECODE_HEADER,
}


@pytest.mark.parametrize("case", BAD_OTHERS)
def test_the_other_files_are_read_as_strictly(tmp_path: Path, case: str) -> None:
    read, rows, line = BAD_OTHERS[case]
    path = _file(tmp_path, ",".join(HEADERS[case.split(":")[0]]) + "\n" + rows + "\n", "lain.csv")
    with pytest.raises(Invalid, match=rf"^lain\.csv, baris {line}: "):
        read(path)
