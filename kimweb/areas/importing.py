"""The work of an import inside its transaction: move codes, add and rename areas, let their offices follow."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.areas import csvfile, names, queries, recoding
from kimweb.areas.models import Agency, Area, AreaKind, AreaRecode
from kimweb.areas.recoding import Place
from kimweb.core.actor import district_of
from kimweb.core.errors import Invalid

Progress = Callable[[str], None]
_AREAS = cast(sa.Table, Area.__table__)


@dataclass(frozen=True, slots=True)
class Files:
    """What was read, before anything is written."""

    path: Path
    rows: Mapping[str, csvfile.AreaRow]
    table_name: str
    table: Mapping[str, csvfile.RecodeRow]
    extra: Mapping[str, csvfile.ExtraRow]
    variants: Iterable[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What an import did, as codes of today.

    `recoded`: (old, new). `renamed`: (code, former name). `missing`: in the database, not in the file; they stay as
    they are.
    """

    added: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    recoded: tuple[tuple[str, str], ...] = ()
    missing: tuple[str, ...] = ()

    @property
    def changed(self) -> bool:
        """Whether the import changed an area's name or code, or added one."""
        return bool(self.added or self.renamed or self.recoded)


def apply(session: Session, files: Files, now: datetime, progress: Progress) -> ImportResult:
    """Bring the areas to what the files say. Needs a write transaction that holds the import lock. Raises Invalid."""
    live = places(session)
    _check_regency(files, live)
    recorded = queries.recodes(session)
    plan = recoding.plan_recodes(
        table_name=files.table_name, table=files.table, file=files.rows, live=live, recorded=recorded
    )
    recoding.check_age(files.path.name, files.rows, live, recorded, plan.moves.values())
    for code in _clear_targets(session, files, live, plan.moves):
        del live[code]
    offices = _offices(session, live, plan.moves)
    if plan.moves:
        progress(f"Mengganti {len(plan.moves)} kode wilayah …")
        _move(session, plan.moves)
    progress(f"Mencatat {len(files.rows)} wilayah …")
    _write_areas(session, files)
    _leave_trail(session, plan.trail, now)
    _let_offices_follow(session, offices)
    add_offices(session)
    return _result(files, live, plan.moves)


def places(session: Session) -> dict[str, Place]:
    """The areas as they stand, by code."""
    return {
        code: Place(code, area.name, area.kind, area.parent_code, area.search_name)
        for code, area in queries.areas_for_import(session).items()
    }


def lock(session: Session) -> None:
    """Let imports wait for each other: on SQLite the write lock does it, on PostgreSQL a lock on the table of areas."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.text("LOCK TABLE areas IN SHARE ROW EXCLUSIVE MODE"))


def _check_regency(files: Files, live: Mapping[str, Place]) -> None:
    here = next((place for place in live.values() if place.kind is AreaKind.REGENCY), None)
    row = next(row for row in files.rows.values() if row.kind is AreaKind.REGENCY)
    if here is not None and here.code != row.code:
        what = f"kabupaten {row.code} ({row.name}) bukan {here.code} ({here.name}) yang dilayani di sini."
        raise Invalid(f"{files.path.name}, baris {row.line}: {what}")


def _clear_targets(session: Session, files: Files, live: Mapping[str, Place], moves: Mapping[str, str]) -> list[str]:
    """A new code is there already when the file was imported without its table first: the area of the same name goes
    when nothing hangs on it; any other would be a merger. Returns the codes that went."""
    taken = {new: old for old, new in moves.items() if new in live and new not in moves}
    for new in sorted(taken, key=len, reverse=True):
        place, old = live[new], taken[new]
        office = queries.agency_by_code(session, names.office_code(place.kind, new) or "")
        hangs = queries.refers_to(session, "areas.code", new, ignore=("agencies",) if office else ())
        if office is not None and hangs is None:
            hangs = queries.refers_to(session, "agencies.id", office.id)
        if hangs is not None or not place.is_called(live[old].name):
            line = (files.table.get(old) or files.table[district_of(old)]).line
            what = f"kode {new} sudah dipakai {place.name}; {live[old].name} ({old}) tidak bisa digabung dengannya."
            raise Invalid(f"{files.table_name}, baris {line}: {what}")
        if office is not None:
            session.execute(sa.delete(Agency).where(Agency.id == office.id))
        session.execute(sa.delete(Area).where(Area.code == new))
    return list(taken)


def _move(session: Session, moves: Mapping[str, str]) -> None:
    """Change the codes by way of codes that nobody has, so that two may swap; every foreign key follows by itself."""
    between = {old: f"~{number}" for number, old in enumerate(sorted(moves))}
    statement = sa.update(_AREAS).where(_AREAS.c.code == sa.bindparam("was")).values(code=sa.bindparam("is"))
    session.flush()
    connection = session.connection()
    connection.execute(statement, [{"was": old, "is": code} for old, code in between.items()])
    connection.execute(statement, [{"was": code, "is": moves[old]} for old, code in between.items()])
    session.expire_all()


def _write_areas(session: Session, files: Files) -> None:
    """Add what is new, districts first; names, parents and extras as in the files. Former names stay findable."""
    known = queries.areas_for_import(session)
    for row in sorted(files.rows.values(), key=lambda row: (len(row.code), row.code)):
        area = known.get(row.code)
        if area is None:
            area = Area(code=row.code, search_name=names.search_name(row.name))
            session.add(area)
        if area.name != row.name:
            area.search_name = names.search_name(row.name, names.spellings(area.search_name))
        area.name, area.kind, area.parent_code = row.name, row.kind, row.parent_code
        extra = files.extra.get(row.code)
        if extra is not None:
            area.postal_code, area.latitude, area.longitude = extra.postal_code, extra.latitude, extra.longitude
        if len(row.code) < 13:
            session.flush()
    session.flush()


def add_variants(session: Session, variants: Iterable[tuple[str, str]]) -> None:
    """Make other spellings findable; a code that was replaced leads to the area of today, an unknown one to nothing."""
    areas, later = queries.areas_for_import(session), queries.recodes(session)
    for code, variant in variants:
        area = areas.get(later.get(code, code))
        if area is not None:
            area.search_name = names.search_name(area.name, [*names.spellings(area.search_name), variant])
    session.flush()


def _leave_trail(session: Session, trail: Mapping[str, str], now: datetime) -> None:
    """Keep where old codes lead. Earlier rows followed the moves; one that leads to itself is a code come home."""
    circles = AreaRecode.old_code == AreaRecode.new_code
    session.execute(sa.delete(AreaRecode).where(sa.or_(circles, AreaRecode.old_code.in_(list(trail)))))
    session.add_all(AreaRecode(old_code=old, new_code=new, at=now) for old, new in trail.items())
    session.flush()


@dataclass(frozen=True, slots=True)
class _Office:
    """An area's office before the import: its agency, the area's code afterwards, whether its name is the usual one."""

    agency_id: int
    area_code: str
    usual: bool


def _offices(session: Session, live: Mapping[str, Place], moves: Mapping[str, str]) -> list[_Office]:
    agencies = queries.agencies_for_import(session)
    found = []
    for place in live.values():
        agency = agencies.get(names.office_code(place.kind, place.code) or "")
        if agency is not None:
            above = live[place.parent_code].name if place.parent_code else ""
            usual = agency.name == names.office_name(place.kind, place.name, above)
            found.append(_Office(agency.id, moves.get(place.code, place.code), usual))
    return found


def _let_offices_follow(session: Session, offices: Iterable[_Office]) -> None:
    """Offices take the code of their area, and its name unless the admin gave them one of their own."""
    areas = queries.areas_for_import(session)
    agencies = {agency.id: agency for agency in queries.agencies_for_import(session).values()}
    wanted: dict[int, str] = {}
    for office in offices:
        agency, area = agencies[office.agency_id], areas[office.area_code]
        code = names.office_code(area.kind, area.code) or agency.code
        name = names.office_name(area.kind, area.name, _above(areas, area))
        if office.usual and name != agency.name:
            agency.name, agency.version = name, agency.version + 1
        if code != agency.code:
            wanted[agency.id], agency.code = code, f"~{agency.id}"
    session.flush()
    for agency_id, code in wanted.items():
        agencies[agency_id].code = code
    session.flush()


def _above(areas: Mapping[str, Area], area: Area) -> str:
    return areas[area.parent_code].name if area.parent_code else ""


def add_offices(session: Session) -> None:
    """Make the office of every area that has none yet an agency; those that are there stay as they are."""
    areas, known = queries.areas_for_import(session), queries.agencies_for_import(session)
    for area in areas.values():
        code = names.office_code(area.kind, area.code)
        if code is not None and code not in known:
            name = names.office_name(area.kind, area.name, _above(areas, area))
            kind = names.office_kind(area.kind)
            session.add(Agency(code=code, name=name, kind=kind, area_code=area.code, active=True))
    session.flush()


def _result(files: Files, live: Mapping[str, Place], moves: Mapping[str, str]) -> ImportResult:
    before = {moves.get(code, code): place for code, place in live.items()}
    kept = [row for code, row in files.rows.items() if code in before]
    return ImportResult(
        added=tuple(code for code in files.rows if code not in before),
        renamed=tuple((row.code, before[row.code].name) for row in kept if row.name != before[row.code].name),
        recoded=tuple(sorted(moves.items())),
        missing=tuple(sorted(code for code in before if code not in files.rows)),
    )
