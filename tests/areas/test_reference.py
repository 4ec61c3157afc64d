"""What is shipped is loaded once, the admin's edits stay, and nobody else edits."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy.orm import Session

from kimweb.areas import actions, finding, policy, queries
from kimweb.areas.models import AgencyKind
from kimweb.core import audit
from kimweb.core.actor import REGENCY, Actor, Holding, Role, visitor
from kimweb.core.calendar import HolidayKind, load_calendar
from kimweb.core.db import writing
from kimweb.core.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.areas.decrees import NOW, dump, recode, run, shipped_rows

pytestmark = pytest.mark.database

TODAY = date(2026, 11, 24)
ADMIN = Actor(day=TODAY, user_id=7, name="Agus", holdings=frozenset({Holding(Role.ADMIN, REGENCY)}))


@pytest.mark.bare
def test_what_is_shipped_is_loaded_in_one_go(session: Session) -> None:
    said: list[str] = []
    result = actions.load_reference(session, now=NOW, progress=said.append)
    assert (result.areas, result.agencies, result.categories) == (258, 32, 18)
    assert result.holidays == len(queries.holidays_from(session, date(1, 1, 1)))
    assert said[0] == "Mencatat 258 wilayah …"


def test_what_is_loaded(session: Session) -> None:
    kinds = Counter(agency.kind for agency in queries.agency_list(session))
    assert kinds == {AgencyKind.REGENCY: 32, AgencyKind.DISTRICT: 15, AgencyKind.VILLAGE: 242}
    categories = queries.categories_active(session)
    assert [row.code for row in categories][::17] == ["jalan", "lain"]
    assert {row.code: row.agency.code if row.agency else None for row in queries.categories_all(session)}[
        "jalan"
    ] == "PUPR"
    assert finding.search_areas(session, "kertayu")[0].code == "16.06.03.2004"


def test_three_years_of_holidays_are_loaded(session: Session) -> None:
    days = {row.day: row for row in queries.holidays_from(session, date(1, 1, 1))}
    assert {day.year for day in days} == {2025, 2026, 2027}
    assert (days[date(2026, 8, 17)].kind, days[date(2026, 8, 17)].name) == (
        HolidayKind.NATIONAL,
        "Hari Kemerdekaan Republik Indonesia",
    )
    assert days[date(2026, 12, 24)].kind is HolidayKind.JOINT_LEAVE
    assert load_calendar(session).add(date(2026, 12, 23), 1) == date(2026, 12, 28)


def test_loading_again_changes_nothing(session: Session) -> None:
    before = dump(session)
    result = actions.load_reference(session, now=NOW)
    assert (result.areas, result.agencies, result.categories, result.holidays) == (0, 0, 0, 0)
    assert dump(session) == before


def test_a_year_later_the_next_year_is_added(session: Session) -> None:
    result = actions.load_reference(session, now=datetime(2027, 1, 2, tzinfo=UTC))
    assert result.holidays > 10
    assert {row.day.year for row in queries.holidays_from(session, date(2028, 1, 1))} == {2028}


def test_loading_again_undoes_no_edit(session: Session) -> None:
    pupr, jalan = queries.agency_by_code(session, "PUPR"), queries.category_by_code(session, "jalan")
    assert pupr is not None
    assert jalan is not None
    actions.save_agency(session, actor=ADMIN, now=NOW, agency_id=pupr.id, name="Dinas Pekerjaan Umum", active=False)
    actions.save_category(
        session,
        actor=ADMIN,
        now=NOW,
        code="jalan",
        name="Jalan",
        example="Lubang",
        agency_id=None,
        position=9,
        active=False,
    )
    actions.remove_holiday(session, actor=ADMIN, now=NOW, day=date(2026, 12, 24))
    actions.add_holiday(session, actor=ADMIN, now=NOW, day=date(2026, 11, 30), name="Lain", kind=HolidayKind.LOCAL)
    before = dump(session)
    actions.load_reference(session, now=NOW)
    assert dump(session) == before


def test_loading_again_undoes_no_later_decree(session: Session, tmp_path_factory: pytest.TempPathFactory) -> None:
    pairs = {"16.06.03.2004": "16.06.15.2099"}
    rows = recode(shipped_rows(), pairs)
    rows["16.06.01"][1] = "Sekayu Kota"
    run(session, tmp_path_factory.mktemp("baru"), rows, pairs)
    before = dump(session)
    assert actions.load_reference(session, now=NOW).areas == 0
    assert dump(session) == before


def test_a_removed_holiday_can_be_added_again(session: Session) -> None:
    day = date(2026, 12, 24)
    actions.remove_holiday(session, actor=ADMIN, now=NOW, day=day)
    assert load_calendar(session).is_working(day)
    actions.add_holiday(session, actor=ADMIN, now=NOW, day=day, name="Cuti", kind=HolidayKind.JOINT_LEAVE)
    assert not load_calendar(session).is_working(day)
    entries = audit.history(session, "holiday", day.isoformat())
    assert [(entry.verb, entry.actor_id, entry.role) for entry in entries] == [
        ("remove", 7, Role.ADMIN),
        ("add", 7, Role.ADMIN),
    ]


def test_an_agency_is_added_renamed_and_switched_off(session: Session) -> None:
    agency = actions.save_agency(
        session, actor=ADMIN, now=NOW, agency_id=None, code=" rsud ", name="RSUD  Sekayu", active=True
    )
    assert (agency.code, agency.name, agency.area_code) == ("RSUD", "RSUD Sekayu", REGENCY)
    assert agency in queries.agencies_for_select(session)
    actions.save_agency(
        session, actor=ADMIN, now=NOW, agency_id=agency.id, name="RSUD", active=False, version=agency.version
    )
    assert "RSUD" not in {row.code for row in queries.agencies_for_select(session)}
    assert [entry.verb for entry in audit.history(session, "agency", str(agency.id))] == ["create", "edit"]
    actions.save_agency(session, actor=ADMIN, now=NOW, agency_id=agency.id, name="RSUD", active=False)
    assert len(audit.history(session, "agency", str(agency.id))) == 2, "what changed nothing is not recorded"
    assert agency.version == 2, "and makes no form stale"


def test_what_an_agency_cannot_be(session: Session) -> None:
    before = dump(session)
    for code, name, field in (
        ("PUPR", "Dinas", "code"),
        ("pupr", "Dinas", "code"),
        ("DESA-16.06.01.2999", "Desa", "code"),
        ("RS UD", "RSUD", "code"),
        ("", "RSUD", "code"),
        ("RSUD", " ", "name"),
        ("RSUD", "x" * 121, "name"),
    ):
        with pytest.raises(Invalid) as caught:
            actions.save_agency(session, actor=ADMIN, now=NOW, agency_id=None, code=code, name=name, active=True)
        assert list(caught.value.fields) == [field]
    assert dump(session) == before


def test_a_stale_form_loses_nothing(session: Session) -> None:
    agency, category = queries.agency_by_code(session, "PUPR"), queries.category_by_code(session, "jalan")
    assert agency is not None
    assert category is not None
    actions.save_agency(session, actor=ADMIN, now=NOW, agency_id=agency.id, name="Satu", active=True, version=1)
    values: dict[str, Any] = {"example": "Lubang", "agency_id": None, "position": 1, "active": True}
    actions.save_category(session, actor=ADMIN, now=NOW, code="jalan", name="Satu", version=1, **values)
    with pytest.raises(Conflict) as caught:
        actions.save_agency(session, actor=ADMIN, now=NOW, agency_id=agency.id, name="Dua", active=True, version=1)
    assert (caught.value.kind, caught.value.subject_id) == ("agency", str(agency.id))
    with pytest.raises(Conflict):
        actions.save_category(session, actor=ADMIN, now=NOW, code="jalan", name="Dua", version=1, **values)


def test_a_category_is_added_and_the_last_one_stays(session: Session) -> None:
    values: dict[str, Any] = {"example": "Listrik padam", "agency_id": None, "position": 3}
    added = actions.save_category(session, actor=ADMIN, now=NOW, code=None, name="Energi Baru", active=True, **values)
    assert added.code == "energibaru"
    with writing(session):
        for row in queries.categories_for_update(session).values():
            row.active = row.code == "energibaru"
    changes: list[tuple[dict[str, Any], str]] = [
        ({"active": False}, "active"),
        ({"position": 0}, "position"),
        ({"agency_id": 10**8}, "agency"),
        ({"example": ""}, "example"),
    ]
    for change, field in changes:
        with pytest.raises(Invalid) as caught:
            actions.save_category(
                session, actor=ADMIN, now=NOW, code="energibaru", name="X", **({"active": True} | values | change)
            )
        assert list(caught.value.fields) == [field]
    with pytest.raises(Invalid, match="Nama belum bisa dipakai"):
        actions.save_category(session, actor=ADMIN, now=NOW, code=None, name="energi baru", active=True, **values)


def test_holidays_that_cannot_be(session: Session) -> None:
    for day in (date(2026, 12, 25), date(2024, 12, 31), date(2030, 1, 1)):
        with pytest.raises(Invalid) as caught:
            actions.add_holiday(session, actor=ADMIN, now=NOW, day=day, name="Libur", kind=HolidayKind.LOCAL)
        assert list(caught.value.fields) == ["day"]


def test_what_is_not_there_is_not_found(session: Session) -> None:
    with pytest.raises(NotFound):
        actions.save_agency(session, actor=ADMIN, now=NOW, agency_id=10**8, name="X", active=True)
    with pytest.raises(NotFound):
        actions.save_category(
            session,
            actor=ADMIN,
            now=NOW,
            code="tidakada",
            name="X",
            example="Y",
            agency_id=None,
            position=1,
            active=True,
        )
    with pytest.raises(NotFound):
        actions.remove_holiday(session, actor=ADMIN, now=NOW, day=date(2026, 11, 24))


OTHERS = [visitor(TODAY)] + [
    Actor(day=TODAY, user_id=8, holdings=frozenset({holding}))
    for holding in (
        Holding(Role.MEMBER, "16.06.01.2001"),
        Holding(Role.MODERATOR, "16.06.01.2001"),
        Holding(Role.REVIEWER, "16.06.01"),
        Holding(Role.REVIEWER, REGENCY),
        Holding(Role.AGENCY, None, 1),
        Holding(Role.ADMIN, "16.06.01"),
    )
]


def _edits(session: Session, actor: Actor) -> list[Callable[[], object]]:
    return [
        lambda: actions.save_agency(session, actor=actor, now=NOW, agency_id=None, code="X1", name="X", active=True),
        lambda: actions.save_category(
            session, actor=actor, now=NOW, code="jalan", name="X", example="Y", agency_id=None, position=1, active=True
        ),
        lambda: actions.add_holiday(session, actor=actor, now=NOW, day=TODAY, name="X", kind=HolidayKind.LOCAL),
        lambda: actions.remove_holiday(session, actor=actor, now=NOW, day=date(2026, 12, 24)),
    ]


def test_nobody_but_the_admin_edits(session: Session) -> None:
    before = dump(session)
    for actor in OTHERS:
        assert not policy.can_edit_reference(actor)
        for edit in _edits(session, actor):
            with pytest.raises(NotAllowed):
                edit()
    assert dump(session) == before
    for edit in _edits(session, ADMIN):
        edit()


def test_the_admin_edits() -> None:
    assert policy.can_edit_reference(ADMIN)


def test_the_admins_list_finds_agencies_by_name_code_and_place(session: Session) -> None:
    def codes(q: str, kind: AgencyKind | None = None) -> list[str]:
        return [row.code for row in queries.agency_list(session, kind=kind, q=q)]

    assert codes("pekerjaan umum") == ["PUPR"]
    assert codes("pupr") == ["PUPR"]
    assert codes("kertayu") == ["DESA-16.06.03.2004"]
    assert len(codes("mekar jaya", AgencyKind.VILLAGE)) == 4
    assert codes("mekar jaya", AgencyKind.REGENCY) == []
    assert codes("%") == codes("\\") == []
