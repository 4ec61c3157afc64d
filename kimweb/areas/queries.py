"""Every select about areas, agencies, categories and off days, named for the page or the act that it feeds."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload

from kimweb.areas import names
from kimweb.areas.models import (
    LOWEST,
    Agency,
    AgencyKind,
    Area,
    AreaKind,
    AreaRecode,
    Category,
    ElectionPeriod,
)
from kimweb.core.actor import containing, district_of
from kimweb.core.audit import AuditEntry
from kimweb.core.calendar import Holiday
from kimweb.core.db import Base
from kimweb.core.errors import NotFound

QUERY_MAX = 80
_CODE = re.compile(r"\d\d\.\d\d(\.\d\d(\.\d{4})?)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class DistrictCount:
    """A district with how many villages and wards stand under it."""

    area: Area
    villages: int
    wards: int


def _by_name(area: Area) -> tuple[str, str]:
    return names.fold(area.name), area.code


def districts_with_counts(session: Session) -> list[DistrictCount]:
    """Every district with its counts, by name, for `/desa/` (one statement)."""
    child = aliased(Area)
    villages, wards = (sa.func.count(child.code).filter(child.kind == kind) for kind in LOWEST)
    query = (
        sa.select(Area, villages, wards)
        .outerjoin(child, child.parent_code == Area.code)
        .where(Area.kind == AreaKind.DISTRICT)
        .group_by(*Area.__table__.columns)
    )
    found = [DistrictCount(*row) for row in session.execute(query)]
    return sorted(found, key=lambda count: _by_name(count.area))


def area_today(session: Session, code: str | None) -> Area | None:
    """The area that a code names today, recodes followed, with its parent and its parent's parent; None: no area, or no
    code at all (one statement)."""
    if not code or not _CODE.fullmatch(code):
        return None
    later = sa.select(AreaRecode.new_code).where(AreaRecode.old_code == code)
    query = sa.select(Area).where(sa.or_(Area.code == code, Area.code.in_(later)))
    query = query.options(joinedload(Area.parent).joinedload(Area.parent))
    return session.scalar(query.order_by(Area.code != code).limit(1))  # a code that is used again leads to its new area


def area_asked(session: Session, code: str | None) -> Area | None:
    """The area of today that `?wilayah=` names; None without a code. Raises NotFound."""
    area = area_today(session, code)
    if code and area is None:
        raise NotFound("Wilayah ini tidak ada.")
    return area


def areas_with_codes(session: Session, codes: Iterable[str]) -> Sequence[Area]:
    """The areas with these codes, each with its parent, in the order of the codes; unknown codes are left out (one
    statement)."""
    query = sa.select(Area).where(Area.code.in_(sorted(set(codes)))).options(joinedload(Area.parent))
    return session.scalars(query.order_by(Area.code)).all()


def villages(session: Session) -> Sequence[Area]:
    """Every village and ward with its district, by district and name (one statement)."""
    query = sa.select(Area).where(Area.kind.in_(LOWEST)).options(joinedload(Area.parent))
    return session.scalars(query.order_by(Area.parent_code, Area.name, Area.code)).all()


def districts(session: Session) -> Sequence[Area]:
    """Every district, by name (one statement)."""
    return session.scalars(sa.select(Area).where(Area.kind == AreaKind.DISTRICT).order_by(Area.name)).all()


def villages_of(session: Session, district_code: str) -> list[Area]:
    """The villages and wards of a district by name, for `/kecamatan/<code>/` (one statement)."""
    query = sa.select(Area).where(Area.parent_code == district_code, Area.kind.in_(LOWEST))
    return sorted(session.scalars(query), key=_by_name)


def agencies_for_select(session: Session, kind: AgencyKind | None = None) -> list[Agency]:
    """The active agencies, of one kind or all, for select lists (one statement)."""
    query = sa.select(Agency).where(Agency.active)
    return sorted(session.scalars(query.where(Agency.kind == kind) if kind else query), key=_agency_order)


def agency_list(session: Session, *, kind: AgencyKind | None = None, q: str = "") -> list[Agency]:
    """Agencies of a kind, or all, that `q` names by name, code or place, for `/atur/instansi/` (one statement)."""
    query = sa.select(Agency).join(Agency.area)
    if kind is not None:
        query = query.where(Agency.kind == kind)
    words = " ".join(q[:QUERY_MAX].lower().split())
    if words:
        hits = [sa.func.lower(column).contains(words, autoescape=True) for column in (Agency.name, Agency.code)]
        place = names.fold(words)
        query = query.where(sa.or_(*hits, Area.search_name.like(f"%{place}%") if place else sa.false()))
    return sorted(session.scalars(query), key=_agency_order)


_KIND_ORDER = {AgencyKind.REGENCY: 0, AgencyKind.DISTRICT: 1, AgencyKind.VILLAGE: 2}


def _agency_order(agency: Agency) -> tuple[int, str, str, int]:
    """OPDs, district offices, then villages by district; by name in each."""
    place = district_of(agency.area_code) if agency.kind is AgencyKind.VILLAGE else ""
    return _KIND_ORDER[agency.kind], place, names.fold(agency.name), agency.id


def agency_by_id(session: Session, agency_id: int) -> Agency | None:
    """One agency with its area."""
    query = sa.select(Agency).where(Agency.id == agency_id).options(joinedload(Agency.area))
    return session.scalar(query)


def agency_by_code(session: Session, code: str) -> Agency | None:
    """One agency by its code, such as PUPR or KEC-16.06.01."""
    return session.scalar(sa.select(Agency).where(Agency.code == code))


def categories_active(session: Session) -> Sequence[Category]:
    """The categories that can be chosen, in their order (one statement)."""
    query = sa.select(Category).where(Category.active).order_by(Category.position, Category.code)
    return session.scalars(query).all()


def categories_all(session: Session) -> Sequence[Category]:
    """Every category with its usual agency, in order, for `/atur/bidang/` (one statement)."""
    query = sa.select(Category).options(joinedload(Category.agency))
    return session.scalars(query.order_by(Category.position, Category.code)).all()


def category_by_code(session: Session, code: str) -> Category | None:
    """One category with its usual agency."""
    query = sa.select(Category).where(Category.code == code).options(joinedload(Category.agency))
    return session.scalar(query)


def reference_counts(session: Session, today: date) -> dict[str, int]:
    """How many active agencies and categories there are, and off days from today on, for `/atur/` (one statement)."""
    counts = {
        "agencies": sa.select(sa.func.count(Agency.id)).where(Agency.active),
        "categories": sa.select(sa.func.count(Category.code)).where(Category.active),
        "holidays": sa.select(sa.func.count(Holiday.day)).where(Holiday.day >= today),
    }
    row = session.execute(sa.select(*(query.scalar_subquery() for query in counts.values()))).one()
    return dict(zip(counts, row, strict=True))


def holidays_from(session: Session, since: date) -> Sequence[Holiday]:
    """The off days from `since` on, in order, for `/atur/libur/` (one statement)."""
    return session.scalars(sa.select(Holiday).where(Holiday.day >= since).order_by(Holiday.day)).all()


# ------------------------------------------------------------------ for actions: locked rows, and the import's view


def agency_for_update(session: Session, agency_id: int) -> Agency | None:
    """One agency, locked."""
    query = sa.select(Agency).where(Agency.id == agency_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def categories_for_update(session: Session) -> dict[str, Category]:
    """Every category by code, locked (few rows: the last active one must be known)."""
    query = sa.select(Category).order_by(Category.code).with_for_update()
    return {row.code: row for row in session.scalars(query.execution_options(populate_existing=True))}


def holiday_for_update(session: Session, day: date) -> Holiday | None:
    """One off day, locked."""
    query = sa.select(Holiday).where(Holiday.day == day).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def removed_holidays(session: Session) -> set[date]:
    """The days that the admin ever took off the list; the record never forgets them."""
    query = sa.select(AuditEntry.subject_id).where(AuditEntry.kind == "holiday", AuditEntry.verb == "remove")
    return {date.fromisoformat(day) for day in session.scalars(query)}


def areas_for_import(session: Session) -> dict[str, Area]:
    """Every area by code, read anew and locked."""
    query = sa.select(Area).order_by(Area.code).with_for_update()
    return {row.code: row for row in session.scalars(query.execution_options(populate_existing=True))}


def agencies_for_import(session: Session) -> dict[str, Agency]:
    """Every agency by code, read anew and locked."""
    query = sa.select(Agency).order_by(Agency.id).with_for_update()
    return {row.code: row for row in session.scalars(query.execution_options(populate_existing=True))}


def recodes(session: Session) -> dict[str, str]:
    """Every former code with the code of today."""
    return {row.old_code: row.new_code for row in session.scalars(sa.select(AreaRecode))}


def refers_to(session: Session, column: str, value: Any, *, ignore: tuple[str, ...] = ()) -> str | None:
    """The first table with a foreign key to `column` ("areas.code") that holds `value`; None: nothing hangs on it."""
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            if key.target_fullname != column or table.name in ignore:
                continue
            if session.scalar(sa.select(sa.exists().where(key.parent == value))):
                return table.name
    return None


def elections_on(session: Session, day: date) -> frozenset[str]:
    """The areas that are in a masa pemilihan on `day` (one statement)."""
    query = sa.select(ElectionPeriod.area_code)
    return frozenset(session.scalars(query.where(ElectionPeriod.starts_on <= day, ElectionPeriod.ends_on >= day)))


def elections_over(session: Session, code: str, day: date) -> Sequence[ElectionPeriod]:
    """The masa pemilihan of `day` that bind an area: its own and those of what it lies in, the last to end first (one
    statement)."""
    query = sa.select(ElectionPeriod).where(ElectionPeriod.area_code.in_(containing(code)))
    query = query.where(ElectionPeriod.starts_on <= day, ElectionPeriod.ends_on >= day)
    return session.scalars(query.order_by(ElectionPeriod.ends_on.desc(), ElectionPeriod.id)).all()


def elections_before(session: Session, day: date, *, limit: int = 50) -> Sequence[ElectionPeriod]:
    """The masa pemilihan that ended before `day`, with their areas, the last one first."""
    query = sa.select(ElectionPeriod).where(ElectionPeriod.ends_on < day)
    query = query.options(joinedload(ElectionPeriod.area).joinedload(Area.parent))
    return session.scalars(query.order_by(ElectionPeriod.ends_on.desc(), ElectionPeriod.id).limit(limit)).all()


def elections_from(session: Session, day: date) -> Sequence[ElectionPeriod]:
    """The masa pemilihan that have not ended before `day`, with their areas, the first to begin first."""
    query = sa.select(ElectionPeriod).where(ElectionPeriod.ends_on >= day)
    query = query.options(joinedload(ElectionPeriod.area).joinedload(Area.parent))
    return session.scalars(query.order_by(ElectionPeriod.starts_on, ElectionPeriod.id)).all()


def election_for_update(session: Session, election_id: int) -> ElectionPeriod | None:
    """One masa pemilihan, locked."""
    query = sa.select(ElectionPeriod).where(ElectionPeriod.id == election_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))
