"""Imports of area files: what they add, rename and recode, and that nothing that hangs on an area is ever lost."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.areas import actions, finding, queries, shipped
from kimweb.areas.models import Area, AreaKind, AreaRecode
from kimweb.core.actor import Role
from kimweb.core.audit import AuditEntry
from kimweb.core.db import Base, writing
from kimweb.core.errors import Invalid
from tests.areas.decrees import KARTAYU, NOW, assert_hangs_on, dump, hang, recode, run, shipped_rows, write

pytestmark = pytest.mark.database


@pytest.mark.bare
def test_a_first_import_makes_areas_and_an_office_for_each(session: Session) -> None:
    result = actions.import_areas(session, path=shipped.AREAS, extra=shipped.EXTRA, now=NOW)
    assert len(result.added) == 258
    kinds = Counter(session.scalars(sa.select(Area.kind)))
    assert kinds == {AreaKind.REGENCY: 1, AreaKind.DISTRICT: 15, AreaKind.WARD: 13, AreaKind.VILLAGE: 229}
    names = {code: agency.name for code, agency in queries.agencies_for_import(session).items()}
    assert len(names) == 257
    assert names["KEC-16.06.01"] == "Kantor Kecamatan Sekayu"
    assert names["DESA-16.06.01.2001"] == "Pemerintah Desa Sukarami, Kec. Sekayu"
    assert names["KEL-16.06.01.1011"] == "Kelurahan Soak Baru, Kec. Sekayu"
    sukarami = session.get_one(Area, "16.06.01.2001")
    assert (sukarami.postal_code, sukarami.latitude, sukarami.longitude) == ("30711", -2.833926, 103.791896)


def test_importing_again_changes_nothing(session: Session) -> None:
    before = dump(session)
    result = actions.import_areas(session, path=shipped.AREAS, extra=shipped.EXTRA, now=NOW)
    assert dump(session) == before
    assert (result.changed, result.missing) == (False, ())


@pytest.mark.parametrize("bad", ["areas", "table", "extra"])
def test_a_bad_file_changes_nothing(session: Session, tmp_path: Path, bad: str) -> None:
    before, rows = dump(session), shipped_rows()
    rows["16.06.01.2001"][1] = "Nama Baru"
    path = write(tmp_path / "a.csv", "code,name,kind,parent_code", rows.values())
    table, extra = tmp_path / "t.csv", tmp_path / "e.csv"
    write(table, "old_code,new_code", [("16.06.09.2999", "16.06.09.2998")] if bad == "table" else [])
    write(extra, "code,postal_code,latitude,longitude,area_km2,population", [["x"] * 6] if bad == "extra" else [])
    if bad == "areas":
        path.write_bytes(path.read_bytes() + b"\xff")
    with pytest.raises(Invalid, match=r"^[ate]\.csv, baris \d+: "):
        actions.import_areas(session, path=path, recodes=table, extra=extra, now=NOW)
    assert dump(session) == before


def test_a_fault_in_the_middle_of_the_writing_changes_nothing(
    session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, pairs = dump(session), {KARTAYU: "16.06.03.2099"}
    monkeypatch.setattr("kimweb.areas.importing.add_offices", lambda _session: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        run(session, tmp_path, recode(shipped_rows(), pairs), pairs)
    assert dump(session) == before


def test_a_new_name_reaches_the_office_and_the_old_one_stays_findable(session: Session, tmp_path: Path) -> None:
    with writing(session):
        queries.agencies_for_import(session)["DESA-16.06.01.2002"].name = "Kantor Kades"
    rows = shipped_rows()
    rows["16.06.01"][1], rows["16.06.01.2001"][1], rows["16.06.01.2002"][1] = "Sekayu Kota", "Sukaraja", "Lain"
    result = run(session, tmp_path, rows)
    assert result.renamed == (("16.06.01", "Sekayu"), ("16.06.01.2001", "Sukarami"), ("16.06.01.2002", "Lumpatan"))
    names = {code: agency.name for code, agency in queries.agencies_for_import(session).items()}
    assert names["KEC-16.06.01"] == "Kantor Kecamatan Sekayu Kota"
    assert names["DESA-16.06.01.2001"] == "Pemerintah Desa Sukaraja, Kec. Sekayu Kota"
    assert names["KEL-16.06.01.1011"] == "Kelurahan Soak Baru, Kec. Sekayu Kota"
    assert names["DESA-16.06.01.2002"] == "Kantor Kades", "what the admin wrote stays"
    versions = {code: agency.version for code, agency in queries.agencies_for_import(session).items()}
    assert (versions["KEC-16.06.01"], versions["DESA-16.06.01.2002"], versions["KEC-16.06.02"]) == (2, 1, 1)
    for q in ("sukaraja", "sukarami"):
        assert finding.search_areas(session, q)[0].code == "16.06.01.2001"


def test_new_areas_are_added_and_missing_ones_stay(session: Session, tmp_path: Path) -> None:
    rows = shipped_rows()
    del rows["16.06.01.2001"]
    rows["16.06.16"] = ["16.06.16", "Lalan Hilir", "kecamatan", "16.06"]
    rows["16.06.16.2001"] = ["16.06.16.2001", "Mekar Jaya", "desa", "16.06.16"]
    result = run(session, tmp_path, rows)
    assert (result.added, result.missing) == (("16.06.16", "16.06.16.2001"), ("16.06.01.2001",))
    assert queries.area_today(session, "16.06.01.2001") is not None
    office = queries.agency_by_code(session, "DESA-16.06.16.2001")
    assert office is not None
    assert office.name == "Pemerintah Desa Mekar Jaya, Kec. Lalan Hilir"


def test_a_recoded_village_takes_everything_along(session: Session, tmp_path: Path) -> None:
    hang(session, KARTAYU)
    pairs = {KARTAYU: "16.06.15.2099"}
    result = run(session, tmp_path, recode(shipped_rows(), pairs), pairs)
    assert (result.recoded, result.added, result.missing) == (((KARTAYU, "16.06.15.2099"),), (), ())
    assert_hangs_on(session, "16.06.15.2099")
    office = queries.agency_by_code(session, "DESA-16.06.15.2099")
    assert office is not None
    assert office.name == "Pemerintah Desa Kartayu, Kec. Jirak Jaya"
    today = queries.area_today(session, KARTAYU)
    assert today is not None
    assert (today.code, today.parent and today.parent.name) == ("16.06.15.2099", "Jirak Jaya")
    assert finding.search_areas(session, "kertayu")[0].code == "16.06.15.2099", "its variant goes along"
    before = dump(session)
    assert not run(session, tmp_path, recode(shipped_rows(), pairs), pairs).changed
    assert dump(session) == before, "the same decree again changes nothing"


def test_a_split_district(session: Session, tmp_path: Path) -> None:
    """What Muba may do in 2026: some villages of Lalan (16.06.11) become a district of their own."""
    stays, goes = "16.06.11.2005", "16.06.11.2007"
    hang(session, goes)
    pairs = {goes: "16.06.16.2001", "16.06.11.2008": "16.06.16.2002"}
    rows = recode(shipped_rows(), pairs) | {"16.06.16": ["16.06.16", "Lalan Hilir", "kecamatan", "16.06"]}
    result = run(session, tmp_path, rows, pairs)
    assert (result.added, len(result.recoded), result.missing) == (("16.06.16",), 2, ())
    assert_hangs_on(session, "16.06.16.2001")
    assert session.get_one(Area, stays).parent_code == "16.06.11"
    assert [area.code for area in queries.villages_of(session, "16.06.16")] == ["16.06.16.2002", "16.06.16.2001"]


def test_a_recoded_district_takes_its_villages_along(session: Session, tmp_path: Path) -> None:
    hang(session, KARTAYU)
    pairs = {code: "16.06.99" + code[8:] for code in shipped_rows() if code.startswith("16.06.03")}
    result = run(session, tmp_path, recode(shipped_rows(), pairs), {"16.06.03": "16.06.99"})
    assert dict(result.recoded) == pairs
    assert_hangs_on(session, "16.06.99.2004")
    district = queries.area_today(session, "16.06.03")
    assert district is not None
    assert district.code == "16.06.99"
    assert queries.agency_by_code(session, "KEC-16.06.99") is not None


def test_a_village_that_becomes_a_ward(session: Session, tmp_path: Path) -> None:
    hang(session, KARTAYU)
    pairs = {KARTAYU: "16.06.03.1001"}
    rows = recode(shipped_rows(), pairs)
    rows["16.06.03.1001"][2] = "kelurahan"
    run(session, tmp_path, rows, pairs)
    assert_hangs_on(session, "16.06.03.1001")
    office = queries.agency_by_code(session, "KEL-16.06.03.1001")
    assert office is not None
    assert office.name == "Kelurahan Kartayu, Kec. Sungai Keruh"


def test_what_was_removed_from_a_recoded_district_without_a_line_is_asked_for(session: Session, tmp_path: Path) -> None:
    pairs = {code: "16.06.99" + code[8:] for code in shipped_rows() if code.startswith("16.06.03")}
    rows = recode(shipped_rows(), pairs)
    del rows["16.06.99.2004"]
    with pytest.raises(Invalid, match=r"^kode\.csv, baris 2: Kartayu \(16\.06\.03\.2004\) ikut pindah ke mana"):
        run(session, tmp_path, rows, {"16.06.03": "16.06.99"})


def test_every_key_to_an_area_follows_a_new_code() -> None:
    keys = [key for table in Base.metadata.sorted_tables for key in table.foreign_keys]
    to_areas = [key for key in keys if key.target_fullname == "areas.code"]
    assert {key.onupdate for key in to_areas} == {"CASCADE"}
    assert len(to_areas) >= 10


def test_an_import_is_recorded_and_the_record_survives(session: Session, tmp_path: Path) -> None:
    pairs = {KARTAYU: "16.06.03.2099"}
    run(session, tmp_path, recode(shipped_rows(), pairs), pairs)
    entries = session.scalars(sa.select(AuditEntry).where(AuditEntry.kind == "areas").order_by(AuditEntry.seq)).all()
    assert [(e.kind, e.verb, e.role) for e in entries] == [("areas", "import", Role.SYSTEM)] * 2
    assert entries[1].detail["recoded"] == [[KARTAYU, "16.06.03.2099"]]
    assert session.scalars(sa.select(AreaRecode.at)).one() == NOW
