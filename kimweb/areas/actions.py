"""Imports of reference data, and the admin's edits of agencies, categories and off days; one transaction each."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from sqlalchemy.orm import Session

from kimweb.areas import csvfile, importing, names, policy, queries, shipped
from kimweb.areas.importing import ImportResult, Progress
from kimweb.areas.models import Agency, AgencyKind, Category
from kimweb.areas.record import record, record_change
from kimweb.core.actor import REGENCY, Actor, Role
from kimweb.core.calendar import Holiday, HolidayKind
from kimweb.core.db import writing
from kimweb.core.errors import Invalid, NotAllowed, NotFound
from kimweb.core.i18n import N_, Sentence
from kimweb.core.workflow import check_version

NAME_MAX, CATEGORY_NAME_MAX, EXAMPLE_MAX, POSITION_MAX = 120, 80, 160, 999


@dataclass(frozen=True, slots=True)
class ReferenceResult:
    """How many rows of each kind `load_reference` added."""

    areas: int
    agencies: int
    categories: int
    holidays: int


def _quiet(_sentence: str) -> None:
    """Progress that nobody wants to read."""


def import_areas(
    session: Session,
    *,
    path: Path,
    recodes: Path | None = None,
    extra: Path | None = None,
    now: datetime,
    progress: Progress = _quiet,
) -> ImportResult:
    """Import a decree's areas (header `code,name,kind,parent_code`); again is safe.

    `recodes`: a table `old_code,new_code`; everything that hangs on an area goes with its code, and the old code leads
    to the new one. All its lines hold at once. `extra`: postal codes and centroids. Areas that the file lacks stay and
    are reported. Each district, village and ward has its office as an agency. Raises Invalid, naming file and line, and
    changes nothing then.
    """
    files = _read(path, recodes, extra)
    with writing(session):
        importing.lock(session)
        result = importing.apply(session, files, now, progress)
        importing.add_variants(session, files.variants)
        if result.changed:
            detail: dict[str, object] = {
                "file": path.name,
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
                "added": len(result.added),
                "renamed": [code for code, _former in result.renamed],
                "recoded": [list(pair) for pair in result.recoded],
            }
            record(session, "areas", "import", "import", Role.SYSTEM, None, now, detail)
    return result


def _read(path: Path, recodes: Path | None, extra: Path | None) -> importing.Files:
    rows = csvfile.read_areas(path)
    return importing.Files(
        path=path,
        rows=rows,
        table_name=recodes.name if recodes else "",
        table=csvfile.read_recodes(recodes) if recodes else {},
        extra=csvfile.read_extra(extra, rows) if extra else {},
        variants=csvfile.read_variants(shipped.VARIANTS),
    )


def load_reference(session: Session, *, now: datetime, progress: Progress = _quiet) -> ReferenceResult:
    """Load what is shipped in `data/`, and three years of holidays; again is safe, and undoes nothing.

    Areas only into an empty table: later decrees come by `import_areas`, and the shipped file would be older than they
    are. Agencies and categories only under codes that are not there yet (they are switched off, never deleted). Off
    days only where none stands and the admin never removed one, which the record knows. Source of these: SKB 3 Menteri,
    by the package `holidays`.
    """
    agencies = csvfile.read_agencies(shipped.AGENCIES)
    categories = csvfile.read_categories(shipped.CATEGORIES, {row.code for row in agencies})
    with writing(session):
        importing.lock(session)
        added = 0
        if not queries.areas_for_import(session):
            added = len(
                import_areas(session, path=shipped.AREAS, extra=shipped.EXTRA, now=now, progress=progress).added
            )
        importing.add_variants(session, csvfile.read_variants(shipped.VARIANTS))
        progress("Mencatat instansi, bidang dan hari libur …")
        result = ReferenceResult(
            areas=added,
            agencies=shipped.load_agencies(session, agencies),
            categories=shipped.load_categories(session, categories),
            holidays=shipped.load_days(session, now),
        )
        if any((result.areas, result.agencies, result.categories, result.holidays)):
            detail: dict[str, object] = {"agencies": result.agencies, "categories": result.categories}
            detail["holidays"] = result.holidays
            record(session, "reference", "load", "load", Role.SYSTEM, None, now, detail)
    return result


def save_agency(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    agency_id: int | None,
    name: str,
    active: bool,
    code: str = "",
    version: int | None = None,
) -> Agency:
    """Rename an agency or switch it on or off (`agency_id`), or add a regency agency (None, with `code`).

    Codes never change here; offices of districts and villages come with their areas. `version`: from which the form was
    made. Raises NotAllowed, NotFound, Conflict (stale form) and Invalid.
    """
    role = _editor(actor)
    with writing(session):
        importing.lock(session)
        name = _text("name", name, NAME_MAX)
        if agency_id is None:
            agency = _new_agency(session, code)
        else:
            found = queries.agency_for_update(session, agency_id)
            if found is None:
                raise NotFound("Instansi ini tidak ada.")
            agency = found
            check_version(agency, version)
        before = {"name": agency.name, "active": agency.active} if agency_id else {}
        agency.name, agency.active = name, active
        session.flush()
        record_change(session, agency, role, actor, now, before, {"name": name, "active": active})
    return agency


def _new_agency(session: Session, code: str) -> Agency:
    code = code.strip().upper()
    if not csvfile.AGENCY_CODE.fullmatch(code) or names.OFFICE_CODE.match(code):
        sentence = N_("Tulis singkatannya: huruf, angka, titik atau tanda hubung, tanpa spasi, misalnya DINKES.")
        raise Invalid("Kode belum bisa dipakai.", {"code": sentence})
    if queries.agency_by_code(session, code) is not None:
        raise Invalid("Kode sudah dipakai.", {"code": Sentence("%(code)s sudah dipakai instansi lain.", code=code)})
    agency = Agency(code=code, name="", kind=AgencyKind.REGENCY, area_code=REGENCY, active=True)
    session.add(agency)
    return agency


def save_category(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    code: str | None,
    name: str,
    example: str,
    agency_id: int | None,
    position: int,
    active: bool,
    version: int | None = None,
) -> Category:
    """Edit a category, or add one (`code` None; its code comes from its name). `position` orders the list, 1 to 999.

    What was sent under a category keeps it when it is switched off; the last active one stays on. `version`: from which
    the form was made. Raises NotAllowed, NotFound, Conflict (stale form) and Invalid.
    """
    role = _editor(actor)
    with writing(session):
        importing.lock(session)
        rows = queries.categories_for_update(session)
        if code is not None and code not in rows:
            raise NotFound("Bidang ini tidak ada.")
        category = rows[code] if code is not None else _new_category(rows, name)
        before = _category_values(category) if code is not None else {}
        if code is not None:
            check_version(category, version)
        _check_category(session, rows, category, agency_id, position, active)
        category.name, category.example = _text("name", name, CATEGORY_NAME_MAX), _text("example", example, EXAMPLE_MAX)
        category.agency_id, category.position, category.active = agency_id, position, active
        session.add(category)
        session.flush()
        record_change(session, category, role, actor, now, before, _category_values(category))
    return category


def _new_category(rows: dict[str, Category], name: str) -> Category:
    code = names.fold(name)[:32]
    if not code or code in rows:
        taken, none = Sentence("Sudah ada bidang dengan kode %(code)s.", code=code), N_("Pakai huruf atau angka biasa.")
        raise Invalid("Nama belum bisa dipakai.", {"name": taken if code else none})
    return Category(code=code)


def _check_category(
    session: Session,
    rows: dict[str, Category],
    category: Category,
    agency_id: int | None,
    position: int,
    active: bool,
) -> None:
    if agency_id is not None and queries.agency_by_id(session, agency_id) is None:
        raise Invalid("Instansi tidak dikenal.", {"agency": N_("Pilih satu dari daftar.")})
    if not 1 <= position <= POSITION_MAX:
        raise Invalid("Urutan salah.", {"position": Sentence("Tulis angka 1 sampai %(last)d.", last=POSITION_MAX)})
    if not active and not any(row.active for row in rows.values() if row is not category):
        sentence = N_("Ini bidang terakhir yang dipakai. Aktifkan yang lain dulu.")
        raise Invalid("Bidang terakhir.", {"active": sentence})


def _category_values(row: Category) -> dict[str, object]:
    return {
        "name": row.name,
        "example": row.example,
        "agency": row.agency_id,
        "position": row.position,
        "active": row.active,
    }


def add_holiday(session: Session, *, actor: Actor, now: datetime, day: date, name: str, kind: HolidayKind) -> Holiday:
    """Add an off day. Deadlines that already stand are not moved: only those set from now on skip it.

    Raises NotAllowed, and Invalid when the day is there already or not between last year and three years ahead.
    """
    role = _editor(actor)
    first, last = actor.day.year - 1, actor.day.year + 3
    if not first <= day.year <= last:
        sentence = Sentence("Tahunnya antara %(first)d dan %(last)d. Periksa tanggalnya.", first=first, last=last)
        raise Invalid("Tanggal di luar jangkauan.", {"day": sentence})
    with writing(session):
        importing.lock(session)
        found = queries.holiday_for_update(session, day)
        if found is not None:
            raise Invalid("Sudah ada.", {"day": Sentence("Tanggal itu sudah libur: %(name)s.", name=found.name)})
        holiday = Holiday(day=day, name=_text("name", name, NAME_MAX), kind=kind)
        session.add(holiday)
        record(session, "holiday", day.isoformat(), "add", role, actor, now, {"name": holiday.name, "kind": str(kind)})
    return holiday


def remove_holiday(session: Session, *, actor: Actor, now: datetime, day: date) -> None:
    """Take an off day from the list; `load_reference` will not bring it back. Deadlines that already stand are not
    moved. Raises NotAllowed and NotFound."""
    role = _editor(actor)
    with writing(session):
        holiday = queries.holiday_for_update(session, day)
        if holiday is None:
            raise NotFound("Tanggal itu tidak ada di daftar libur.")
        detail: dict[str, object] = {"name": holiday.name, "kind": str(holiday.kind)}
        session.delete(holiday)
        record(session, "holiday", day.isoformat(), "remove", role, actor, now, detail)


def _editor(actor: Actor) -> Role:
    role = policy.editor_role(actor)
    if role is None:
        raise NotAllowed("Hanya admin yang mengubah data acuan.")
    return role


def _text(field: str, text: str, limit: int) -> str:
    value = " ".join(text.split())
    if not value:
        raise Invalid("Masih ada yang kosong.", {field: N_("Masih kosong.")})
    if len(value) > limit:
        message = N_("Terlalu panjang: %(length)d huruf, paling banyak %(limit)d.")
        raise Invalid("Terlalu panjang.", {field: Sentence(message, length=len(value), limit=limit)})
    return value
