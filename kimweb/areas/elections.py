"""Masa pemilihan, set per area by the admin (product.md, flow 2): part of actions."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from kimweb.areas import finding, names, policy, queries
from kimweb.areas.models import AreaKind, ElectionPeriod
from kimweb.core import audit
from kimweb.core.actor import Actor, Role
from kimweb.core.db import writing
from kimweb.core.errors import Invalid, NotAllowed, NotFound
from kimweb.core.i18n import N_, Sentence

LONGEST_DAYS = 366
"""A masa pemilihan that lasts longer is a slip of the pen."""
SHOWN = 4
"""How many places of the same name are told."""


def add_election(
    session: Session, *, actor: Actor, now: datetime, area: str, name: str, first: date, last: date
) -> ElectionPeriod:
    """Set a masa pemilihan from `first` to `last`, both included, for an area (its code, or its name: "Kec. Lais",
    "Lais, Kec. Lais") and all below it. Raises NotAllowed and Invalid."""
    role = _editor(actor)
    if last < first or last < actor.day:
        raise Invalid("Tanggal salah.", {"last": N_("Hari terakhir: hari pertama, hari ini, atau sesudahnya.")})
    if (last - first).days > LONGEST_DAYS:
        raise Invalid("Terlalu lama.", {"last": N_("Paling lama satu tahun.")})
    with writing(session):
        code = _area_of(session, area)
        period = ElectionPeriod(area_code=code, name=name, starts_on=first, ends_on=last)
        session.add(period)
        session.flush()
        _record(session, period, "add", actor, role, now)
    return period


def end_election(session: Session, *, actor: Actor, now: datetime, election_id: int) -> None:
    """End a masa pemilihan now: its last day was yesterday; one that has not begun before today is taken off the list.
    Raises NotAllowed and NotFound."""
    role = _editor(actor)
    with writing(session):
        period = queries.election_for_update(session, election_id)
        if period is None or period.ends_on < actor.day:
            raise NotFound("Masa pemilihan ini tidak ada.")
        period.ends_on = actor.day - timedelta(days=1)
        _record(session, period, "end", actor, role, now)
        if period.ends_on < period.starts_on:
            session.delete(period)


def _area_of(session: Session, text: str) -> str:
    found, candidates = finding.find_area(session, text, tuple(AreaKind))
    if found is not None:
        return found.code
    if candidates:
        told = "; ".join(f"{names.full_name(area)} ({area.code})" for area in candidates[:SHOWN])
        sentence: str = Sentence(N_("Ada beberapa: %(places)s. Tulis kodenya saja."), places=told)
    else:
        sentence = N_("Tempat ini tidak ketemu. Tulis “Kec. Lais”, nama desa dengan kecamatannya, atau kodenya.")
    raise Invalid("Wilayah belum jelas.", {"area": sentence})


def _editor(actor: Actor) -> Role:
    role = policy.editor_role(actor)
    if role is None:
        raise NotAllowed("Hanya admin yang mengatur masa pemilihan.")
    return role


def _record(session: Session, row: ElectionPeriod, verb: str, actor: Actor, role: Role, now: datetime) -> None:
    """Booked to the area that it binds."""
    detail = {"name": row.name, "first": row.starts_on.isoformat(), "last": row.ends_on.isoformat()}
    entry = audit.Entry(now, row.audit_kind, str(row.id), verb, role, actor.user_id, row.area_code, detail=detail)
    audit.record(session, entry)
