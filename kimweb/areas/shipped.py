"""The reference data that comes with the program: only what is not there yet is added, so no edit is ever undone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import holidays
from sqlalchemy.orm import Session

from kimweb.areas import csvfile, queries
from kimweb.areas.models import Agency, AgencyKind, Category
from kimweb.core.actor import REGENCY
from kimweb.core.calendar import Holiday, HolidayKind, local_day

DATA = Path(__file__).parent / "data"
AREAS, EXTRA, VARIANTS = (DATA / f"muba-wilayah{end}.csv" for end in ("", "-extra", "-variants"))
AGENCIES, CATEGORIES = DATA / "muba-opd.csv", DATA / "categories.csv"
HOLIDAY_KINDS = {"public": HolidayKind.NATIONAL, "government": HolidayKind.JOINT_LEAVE}
HOLIDAY_NAME_MAX = 120


def load_agencies(session: Session, rows: Iterable[csvfile.AgencyRow]) -> int:
    """Add the regency agencies whose code is not there yet; how many."""
    known = queries.agencies_for_import(session)
    new = [
        Agency(code=row.code, name=row.name, kind=AgencyKind.REGENCY, area_code=REGENCY, active=True)
        for row in rows
        if row.code not in known
    ]
    session.add_all(new)
    session.flush()
    return len(new)


def load_categories(session: Session, rows: Iterable[csvfile.CategoryRow]) -> int:
    """Add the categories whose code is not there yet, in the file's order; how many."""
    known, agencies = queries.categories_for_update(session), queries.agencies_for_import(session)
    new = []
    for position, row in enumerate(rows, start=1):
        if row.code not in known:
            agency_id = agencies[row.agency].id if row.agency else None
            values = {"name": row.name, "example": row.example, "position": position, "active": True}
            new.append(Category(code=row.code, agency_id=agency_id, **values))
    session.add_all(new)
    session.flush()
    return len(new)


def load_days(session: Session, now: datetime) -> int:
    """Add last, this and next year's holidays, except where a day stands or was once removed; how many."""
    year = local_day(now).year
    days: dict[date, Holiday] = {}
    for category, kind in HOLIDAY_KINDS.items():
        found = holidays.country_holidays("ID", years=range(year - 1, year + 2), categories=(category,), language="id")
        for day, name in found.items():
            days.setdefault(day, Holiday(day=day, name=name[:HOLIDAY_NAME_MAX], kind=kind))
    taken = queries.removed_holidays(session) | {row.day for row in queries.holidays_from(session, min(days))}
    new = [row for day, row in sorted(days.items()) if day not in taken]
    session.add_all(new)
    session.flush()
    return len(new)
