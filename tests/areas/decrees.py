"""Area files of made-up decrees, and rows that hang on an area, for the tests of the import."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.accounts.models import RoleGrant, User
from kimweb.announcements.models import Announcement, AnnouncementArea, Urgency
from kimweb.announcements.models import State as AnnouncementState
from kimweb.areas import actions, queries, shipped
from kimweb.areas.importing import ImportResult
from kimweb.areas.models import Agency, Area
from kimweb.aspirations.models import Aspiration, Desk, Kind, State
from kimweb.core.actor import Role
from kimweb.core.db import Base, writing
from kimweb.kims.models import Activity, ActivityKind, Kim, Stage
from kimweb.news.models import News
from kimweb.news.models import State as NewsState

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
TODAY = date(2026, 11, 24)
KARTAYU = "16.06.03.2004"
Rows = dict[str, list[str]]


def shipped_rows() -> Rows:
    """The rows of the shipped file by code."""
    with shipped.AREAS.open(encoding="utf-8", newline="") as file:
        return {row[0]: row for row in csv.reader(file) if row[0] != "code"}


def write(path: Path, header: str, rows: Iterable[Iterable[str]]) -> Path:
    """A CSV file of a header and rows."""
    path.write_text("\n".join([header, *(",".join(row) for row in rows)]) + "\n", encoding="utf-8")
    return path


def recode(rows: Rows, pairs: Mapping[str, str]) -> Rows:
    """The rows with codes changed; a new parent follows from the new code."""
    found = {}
    for row in rows.values():
        code = pairs.get(row[0], row[0])
        parent = code.rpartition(".")[0] if len(code) > 5 else ""
        found[code] = [code, row[1], row[2], parent]
    return found


def run(session: Session, folder: Path, rows: Rows, table: Mapping[str, str] | None = None) -> ImportResult:
    """Import rows as a decree's file, with its table of codes."""
    path = write(folder / "baru.csv", "code,name,kind,parent_code", rows.values())
    recodes = write(folder / "kode.csv", "old_code,new_code", table.items()) if table is not None else None
    return actions.import_areas(session, path=path, recodes=recodes, now=NOW)


def dump(session: Session) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table."""
    session.rollback()
    tables = Base.metadata.sorted_tables
    return {t.name: [tuple(r) for r in session.execute(sa.select(t).order_by(*t.primary_key))] for t in tables}


def hang(session: Session, code: str) -> None:
    """One row of every kind on an area, and an aspiration at its own office."""
    with writing(session):
        user = User(username="sari", name="Sari", password_hash="x", active=True, created_at=NOW)
        agency = queries.agency_by_code(session, f"DESA-{code}")
        assert agency is not None
        announcement = Announcement(
            author_id=0, area_code=code, title="Vaksin", body="Di balai", urgency=Urgency.NORMAL, starts_on=TODAY,
            ends_on=TODAY, state=AnnouncementState.PUBLISHED, created_at=NOW, updated_at=NOW, agency_id=agency.id,
        )  # fmt: skip
        session.add(user)
        session.flush()
        announcement.author_id = user.id
        announcement.audience = [AnnouncementArea(area_code=code)]
        session.add_all([
            announcement,
            RoleGrant(user_id=user.id, role=Role.MODERATOR, area_code=code, starts_on=TODAY),
            RoleGrant(user_id=user.id, role=Role.AGENCY, agency_id=agency.id, starts_on=TODAY),
            News(area_code=code, author_id=user.id, title="Panen", body="x", state=NewsState.DRAFT, created_at=NOW,
                 updated_at=NOW),
            Kim(area_code=code, stage=Stage.ACTIVE, stage_since=TODAY),
            Activity(area_code=code, kind=ActivityKind.ACCESS, day=TODAY, note="Rapat"),
            Aspiration(code="H4T-9QC", village_code=code, kind=Kind.COMPLAINT, category_code="jalan", title="Jalan",
                       body="x", hide_name=False, hide_text=False, about_village=False, about_district=False,
                       village_bypassed=False, state=State.ASSIGNED, created_at=NOW, updated_at=NOW, desk=Desk.AGENCY,
                       desk_since=TODAY, agency_id=agency.id),
        ])  # fmt: skip


HANGING = (
    Announcement.area_code, AnnouncementArea.area_code, News.area_code, Kim.area_code, Activity.area_code,
    Aspiration.village_code,
)  # fmt: skip


def assert_hangs_on(session: Session, code: str) -> None:
    """All that `hang` made stands on this code now, the office included."""
    session.rollback()
    assert [session.scalar(sa.select(column)) for column in HANGING] == [code] * len(HANGING)
    assert session.scalars(sa.select(RoleGrant.area_code).where(RoleGrant.area_code.is_not(None))).all() == [code]
    agency = session.scalars(sa.select(Agency).join(Aspiration, Aspiration.agency_id == Agency.id)).one()
    area = session.get_one(Area, code)
    assert (agency.code.partition("-")[2], agency.area_code) == (code, code)
    assert area.parent_code == code.rpartition(".")[0]
