"""Recodes that are not plain: chains, swaps, codes used again, tables that cannot be meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from kimweb.areas import finding, queries
from kimweb.areas.models import Area
from kimweb.core.errors import Invalid
from tests.areas.decrees import KARTAYU, Rows, assert_hangs_on, dump, hang, recode, run, shipped_rows

pytestmark = pytest.mark.database

OTHER = "16.06.03.2006"
NEW, NEWER = "16.06.15.2098", "16.06.15.2099"


def _name(session: Session, code: str) -> str:
    return session.get_one(Area, code).name


def _today(session: Session, code: str) -> str | None:
    area = queries.area_today(session, code)
    return area.code if area else None


def _recodes(session: Session) -> dict[str, str]:
    return queries.recodes(session)


def test_a_chain_over_two_decrees_leads_to_the_last_code(session: Session, tmp_path: Path) -> None:
    hang(session, KARTAYU)
    run(session, tmp_path, recode(shipped_rows(), {KARTAYU: NEW}), {KARTAYU: NEW})
    run(session, tmp_path, recode(shipped_rows(), {KARTAYU: NEWER}), {NEW: NEWER})
    assert _recodes(session) == {KARTAYU: NEWER, NEW: NEWER}
    assert_hangs_on(session, NEWER)


def test_a_table_that_holds_both_decrees_leads_there_at_once(session: Session, tmp_path: Path) -> None:
    hang(session, KARTAYU)
    table = {KARTAYU: NEW, NEW: NEWER}
    for _time in range(2):
        run(session, tmp_path, recode(shipped_rows(), {KARTAYU: NEWER}), table)
        assert _recodes(session) == {KARTAYU: NEWER, NEW: NEWER}
    assert_hangs_on(session, NEWER)


def test_a_code_that_moves_on_for_another_village(session: Session, tmp_path: Path) -> None:
    """OTHER goes to a new code, and its old one goes to Kartayu, in one table."""
    hang(session, KARTAYU)
    former, table = _name(session, OTHER), {KARTAYU: OTHER, OTHER: NEW}
    result = run(session, tmp_path, recode(shipped_rows(), table), table)
    assert (result.renamed, result.added, result.missing) == ((), (), ())
    assert (_name(session, OTHER), _name(session, NEW)) == ("Kartayu", former)
    assert_hangs_on(session, OTHER)
    assert _today(session, OTHER) == OTHER, "a living code leads to itself"
    assert _today(session, KARTAYU) == OTHER


def test_two_codes_swap_once_however_often_the_file_is_imported(session: Session, tmp_path: Path) -> None:
    hang(session, KARTAYU)
    former, table = _name(session, OTHER), {KARTAYU: OTHER, OTHER: KARTAYU}
    first = run(session, tmp_path, recode(shipped_rows(), table), table)
    assert len(first.recoded) == 2
    before = dump(session)
    assert not run(session, tmp_path, recode(shipped_rows(), table), table).changed
    assert dump(session) == before
    assert (_name(session, OTHER), _name(session, KARTAYU)) == ("Kartayu", former)
    assert_hangs_on(session, OTHER)
    with pytest.raises(Invalid, match=r"^kode\.csv, baris 2: .* sudah pernah diganti"):
        run(session, tmp_path, shipped_rows(), table)


def test_two_districts_swap_with_all_their_villages(session: Session, tmp_path: Path) -> None:
    hang(session, KARTAYU)
    pairs = {}
    for code in shipped_rows():
        if code[:8] in ("16.06.03", "16.06.04"):
            pairs[code] = ("16.06.04" if code[:8] == "16.06.03" else "16.06.03") + code[8:]
    table = {"16.06.03": "16.06.04", "16.06.04": "16.06.03"}
    result = run(session, tmp_path, recode(shipped_rows(), pairs), table)
    assert (dict(result.recoded), result.renamed, result.added, result.missing) == (pairs, (), (), ())
    assert_hangs_on(session, "16.06.04.2004")


def test_a_code_used_again_for_a_new_village(session: Session, tmp_path: Path) -> None:
    hang(session, KARTAYU)
    rows = recode(shipped_rows(), {KARTAYU: NEW})
    rows[KARTAYU] = [KARTAYU, "Desa Baru Sekali", "desa", "16.06.03"]
    for _time in range(2):
        run(session, tmp_path, rows, {KARTAYU: NEW})
        assert_hangs_on(session, NEW)
        assert _name(session, KARTAYU) == "Desa Baru Sekali"
        assert queries.agency_by_code(session, f"DESA-{KARTAYU}") is not None
        assert _today(session, KARTAYU) == KARTAYU
        assert [area.code for area in finding.search_areas(session, "kertayu")] == [NEW], (
            "a variant stays with its village"
        )


def test_a_code_that_comes_home(session: Session, tmp_path: Path) -> None:
    hang(session, KARTAYU)
    for _time in range(2):
        run(session, tmp_path, recode(shipped_rows(), {KARTAYU: NEW}), {KARTAYU: NEW})
        assert _recodes(session) == {KARTAYU: NEW}
        run(session, tmp_path, shipped_rows(), {NEW: KARTAYU})
        assert _recodes(session) == {NEW: KARTAYU}
        assert_hangs_on(session, KARTAYU)


def test_a_table_that_was_forgotten_can_follow(session: Session, tmp_path: Path) -> None:
    hang(session, KARTAYU)
    rows = recode(shipped_rows(), {KARTAYU: NEW})
    result = run(session, tmp_path, rows)
    assert (result.added, result.missing) == ((NEW,), (KARTAYU,))
    later = run(session, tmp_path, rows, {KARTAYU: NEW})
    assert later.recoded == ((KARTAYU, NEW),)
    assert_hangs_on(session, NEW)
    assert len(queries.areas_for_import(session)) == 258


def test_a_forgotten_table_of_a_whole_district_can_follow(session: Session, tmp_path: Path) -> None:
    hang(session, KARTAYU)
    pairs = {code: "16.06.99" + code[8:] for code in shipped_rows() if code.startswith("16.06.03")}
    rows = recode(shipped_rows(), pairs)
    run(session, tmp_path, rows)
    run(session, tmp_path, rows, {"16.06.03": "16.06.99"})
    assert_hangs_on(session, "16.06.99.2004")
    assert len(queries.areas_for_import(session)) == 258


def _without(rows: Rows, *codes: str) -> Rows:
    return {code: row for code, row in rows.items() if code not in codes}


def test_it_cannot_follow_once_something_hangs_on_the_new_code(session: Session, tmp_path: Path) -> None:
    rows = recode(shipped_rows(), {KARTAYU: NEW})
    run(session, tmp_path, rows)
    hang(session, NEW)
    before = dump(session)
    with pytest.raises(Invalid, match=rf"^kode\.csv, baris 2: kode {NEW} sudah dipakai"):
        run(session, tmp_path, rows, {KARTAYU: NEW})
    assert dump(session) == before


@pytest.mark.parametrize(
    ("rows", "table", "words"),
    [
        (_without(shipped_rows(), KARTAYU), {KARTAYU: OTHER}, f"kode {OTHER} sudah dipakai .* tidak bisa digabung"),
        (shipped_rows(), {"16.06.03.2777": NEW}, f"kode baru {NEW} tidak ada di berkas wilayah"),
        (recode(shipped_rows(), {KARTAYU: NEW}), {"16.06.03.2777": NEW}, "kode lama 16.06.03.2777 tidak ada di data"),
        (recode(shipped_rows(), {KARTAYU: NEW}), {OTHER: NEW}, f"berkas wilayah masih memakai kode {OTHER}"),
        (
            recode(shipped_rows(), {c: "16.06.99" + c[8:] for c in shipped_rows() if c.startswith("16.06.03")}),
            {"16.06.03": "16.06.99", OTHER: "16.06.99.2004"},
            "dua kode lama menuju 16.06.99.2004",
        ),
    ],
)
def test_a_table_that_cannot_be_meant_changes_nothing(
    session: Session, tmp_path: Path, rows: Rows, table: dict[str, str], words: str
) -> None:
    before = dump(session)
    with pytest.raises(Invalid, match=rf"^kode\.csv, baris \d+: {words}"):
        run(session, tmp_path, rows, table)
    assert dump(session) == before


def test_a_file_from_before_the_recode_is_refused(session: Session, tmp_path: Path) -> None:
    run(session, tmp_path, recode(shipped_rows(), {KARTAYU: NEW}), {KARTAYU: NEW})
    before = dump(session)
    with pytest.raises(
        Invalid, match=rf"^baru\.csv, baris \d+: kode {KARTAYU} \(Kartayu\) sudah diganti menjadi {NEW}"
    ):
        run(session, tmp_path, shipped_rows())
    assert dump(session) == before


def test_another_regencys_file_is_refused(session: Session, tmp_path: Path) -> None:
    before, rows = dump(session), {"16.07": ["16.07", "Banyuasin", "kabupaten", ""]}
    with pytest.raises(Invalid, match=r"^baru\.csv, baris 2: kabupaten 16\.07 \(Banyuasin\) bukan 16\.06"):
        run(session, tmp_path, rows)
    assert dump(session) == before
