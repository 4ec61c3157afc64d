"""The search box finds an area as people write it, and always tells repeated names apart by their district."""

from __future__ import annotations

import csv
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.areas import finding, queries, shipped
from kimweb.areas.models import Area, AreaKind
from kimweb.areas.names import SEARCH_MAX, fold, search_name, split_query
from kimweb.core.actor import covered, covers
from tests.areas.decrees import shipped_rows
from tests.support.statements import Statements

database = pytest.mark.database
REPEATED = {
    "Mekar Jaya": 4, "Gajah Mati": 2, "Mekar Sari": 2, "Sindang Marga": 2, "Suka Damai": 2, "Suka Maju": 2,
    "Suka Makmur": 2, "Sumber Rejeki": 2,
}  # fmt: skip


def _variants() -> list[tuple[str, str]]:
    with shipped.VARIANTS.open(encoding="utf-8", newline="") as file:
        return [(code, variant) for code, variant in csv.reader(file) if code != "code"]


def _first(session: Session, q: str) -> str:
    found = finding.search_areas(session, q)
    return found[0].code if found else ""


@database
def test_every_name_finds_its_area(session: Session) -> None:
    for code, name, kind, _parent in shipped_rows().values():
        if kind != "kabupaten":
            exact = [area.code for area in finding.search_areas(session, name, 50) if area.name == name]
            assert code in exact


@database
def test_every_other_spelling_finds_its_area_first(session: Session) -> None:
    assert len(_variants()) == 23
    for code, variant in _variants():
        for q in (variant, variant.lower(), variant.upper(), variant.replace(" ", ""), variant.replace(" ", "-")):
            assert _first(session, q) == code, q


@database
def test_what_people_type(session: Session) -> None:
    for q, code in (
        ("kertayu", "16.06.03.2004"),
        ("BHL", "16.06.04"),
        ("bailangu timur", "16.06.01.2014"),
        ("baliangu timur", "16.06.01.2014"),
        ("lumpatan II", "16.06.01.2013"),
        ("Lumpatan 2", "16.06.01.2013"),
        ("LUMPATAN ii.", "16.06.01.2013"),
        ("  soak   baru ", "16.06.01.1011"),
        ("Desa Sukarami", "16.06.01.2001"),
        ("kel. soak baru", "16.06.01.1011"),
        ("kecamatan sekayu", "16.06.01"),
        ("Kec. Batanghari Leko", "16.06.04"),
        ("lawan wetan", "16.06.13"),
        ("sekay", "16.06.01"),
        ("mekar jaya, kec. lalan", "16.06.11.2027"),
        ("Mekar Jaya (Keluang)", "16.06.08.2005"),
        ("desa mekar jaya kecamatan jirak jaya", "16.06.15.2011"),
    ):
        assert _first(session, q) == code, q


@database
def test_a_repeated_name_finds_all_its_villages_each_with_its_district(session: Session) -> None:
    for name, times in REPEATED.items():
        found = [area for area in finding.search_areas(session, name.lower().replace(" ", "")) if area.name == name]
        districts = {area.parent.name for area in found if area.parent}
        assert len(found) == len(districts) == times, name


@database
def test_exact_comes_before_beginning_before_inside(session: Session) -> None:
    for q, first in (("lais", 0), ("sari", 1)):
        names = [fold(area.name) for area in finding.search_areas(session, q, 50)]
        ranks = [0 if name == q else 1 if name.startswith(q) else 2 for name in names]
        assert ranks == sorted(ranks)
        assert ranks[0] == first
    kinds = {area.kind for area in finding.search_areas(session, "keluang", 50)}
    assert kinds == {AreaKind.DISTRICT, AreaKind.WARD}


@database
def test_what_names_nothing_finds_nothing(session: Session) -> None:
    for q in ["", "   ", ",", "%", "_", "|", "'; --", "\0", "\ud800", "دسا", "desa, kec."]:
        assert [area.name for area in finding.search_areas(session, q) if "desa" not in fold(area.name)] == []


@database
def test_input_and_answer_are_bounded(session: Session) -> None:
    assert finding.search_areas(session, "a" * 1_000_000) == []
    assert len(finding.search_areas(session, "a", 10_000)) == finding.SEARCH_LIMIT
    assert len(finding.search_areas(session, "a", -5)) == 1


@database
def test_each_page_takes_one_statement(
    session: Session, statements: Callable[[], AbstractContextManager[Statements]]
) -> None:
    for page in (
        lambda: [f"{area.name} {area.parent and area.parent.name}" for area in finding.search_areas(session, "a", 50)],
        lambda: [queries.area_today(session, "16.06.01.2001")],
        lambda: queries.districts_with_counts(session),
        lambda: queries.villages_of(session, "16.06.11"),
        lambda: queries.agency_list(session),
        lambda: [row.agency and row.agency.name for row in queries.categories_all(session)],
    ):
        session.expunge_all()
        with statements() as sent:
            assert page()
        assert len(sent) == 1, sent


@database
def test_districts_are_listed_with_their_counts(session: Session) -> None:
    rows = queries.districts_with_counts(session)
    assert len(rows) == 15
    assert (sum(row.villages for row in rows), sum(row.wards for row in rows)) == (229, 13)
    assert [row.area.name for row in rows][:3] == ["Babat Supat", "Babat Toman", "Batang Hari Leko"]
    assert len(queries.villages_of(session, "16.06.11")) == 27


@database
def test_an_unknown_code_leads_nowhere(session: Session) -> None:
    for code in ["", "16", "16.06.99", "16.06.01.2001 ", "x" * 9999, "16.06.01.2001\0"]:
        assert queries.area_today(session, code) is None


@database
@pytest.mark.parametrize(
    "areas", [[], ["16.06"], ["16.06.01"], ["16.06.01.2001", "16.06.02"], ["16.06.0"], ["16"]], ids=" ".join
)
def test_what_an_area_covers_is_the_same_in_python_and_in_sql(session: Session, areas: list[str]) -> None:
    codes = set(session.scalars(sa.select(Area.code)))
    assert set(session.scalars(sa.select(Area.code).where(covered(Area.code, areas)))) == {
        code for code in codes if any(covers(area, code) for area in areas)
    }


def test_folding() -> None:
    assert fold("Ngulak III") == fold("ngulak-3") == "ngulak3"
    assert fold("Désa  Súka_Rami!") == "desasukarami"
    assert fold("Rawa Indah") == "rawaindah", "an i inside a word is no number"
    assert split_query("Desa") == ("desa", "")
    assert split_query(", kec. Lais") == ("lais", "")


def test_the_search_name_never_outgrows_its_column() -> None:
    text = search_name("Sukarami", [f"ejaan lain nomor {n}" for n in range(200)])
    assert len(text) <= SEARCH_MAX
    assert text.startswith("|sukarami|ejaanlainnomor0|")
    assert text.endswith("|")


@database
@pytest.mark.parametrize(
    "q", ["sukarmi", "sukorami", "skarami", "sukaramai", "sukarami sekayu", "Sukarammi, Kec. Sekayu"]
)
def test_a_misspelt_name_is_offered_with_the_one_that_was_meant(session: Session, q: str) -> None:
    assert finding.search_areas(session, q) == []
    assert "16.06.01.2001" in [area.code for area in finding.near_areas(session, q)]


@pytest.mark.parametrize("q", ["", "xyz", "jakarta pusat", "%", "a" * 400])
def test_what_is_like_no_name_is_offered_none(session: Session, q: str) -> None:
    assert list(finding.near_areas(session, q)) == []
