"""Giving and ending roles of people who have an account; each verb is one transaction."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy.orm import Session

from kimweb.accounts import directory, policy, queries
from kimweb.accounts.models import RoleGrant, User
from kimweb.accounts.record import record_role
from kimweb.areas.models import Agency, Area
from kimweb.core import audit
from kimweb.core.actor import Actor, Holding, Role
from kimweb.core.calendar import local_day
from kimweb.core.db import lock, writing
from kimweb.core.errors import Conflict, Invalid, NotAllowed, NotFound
from kimweb.core.i18n import N_

_ADMINS = "admins"
"""One at a time gives or ends an admin's role: two admins who end each other's would leave none."""


def may_make_admins(session: Session, actor: Actor) -> bool:
    """Whether the actor is admin by a grant of their own: no stand-in makes or ends admins."""
    return directory.is_own_admin(session, actor.user_id or 0, actor.day)


def authority_for(session: Session, actor: Actor, held: Holding) -> Role:
    """By which role the actor gives or ends a role on a place. Raises NotAllowed."""
    role = directory.may_give(session, actor, held)
    if role is None:
        raise NotAllowed("Peran ini di luar wewenang Anda.")
    return role


def authority_over(session: Session, actor: Actor, user: User, now: datetime) -> Role:
    """By which role the actor is above an account, of whose roles none is beyond the actor. Raises NotAllowed."""
    found = [authority_for(session, actor, held) for held in directory.holdings_of(session, user, now)]
    return min(found, key=policy.ROLE_ORDER.index, default=Role.SYSTEM)


def correct_name(session: Session, *, actor: Actor, now: datetime, user_id: int, name: str) -> None:
    """Correct the name of somebody below the actor, also on slips for their password that still work. The record keeps
    that it was corrected, neither name. Raises NotFound, and NotAllowed (also for oneself, and for an erased one)."""
    with writing(session):
        user = directory.person(session, actor, user_id, lock=True)
        if user.id == actor.user_id or not user.active:
            raise NotAllowed("Nama ini diperbaiki oleh orang lain.")
        by = authority_over(session, actor, user, now)
        if user.name == name:
            return
        user.name = name
        for slip in queries.open_slips_of(session, user.id):
            slip.name = name
        audit.record(session, audit.Entry(now, "user", str(user.id), "name", by, actor.user_id))


def add_role(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    user_id: int,
    role: Role,
    place: Area | Agency,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> RoleGrant:
    """Give somebody one more role, from a day (today) and perhaps until a day. Raises NotFound, NotAllowed (also for
    oneself), and Invalid."""
    held, first = policy.holding_on(role, place), starts_on or local_day(now)
    if held is None:
        raise Invalid("Tempatnya tidak cocok.", {"place": N_("Peran ini tidak ada di tempat itu. Pilih yang lain.")})
    if ends_on is not None and ends_on < max(first, local_day(now)):
        raise Invalid("Tanggalnya terbalik.", {"ends_on": N_("Lebih awal dari hari pertama. Periksa tanggalnya.")})
    with writing(session):
        user = directory.person(session, actor, user_id, lock=True)
        if user.id == actor.user_id:
            raise NotAllowed("Peran Anda sendiri diberikan oleh orang lain.")
        by = authority_for(session, actor, held)
        standing = directory.standing_grants(session, [user.id], local_day(now))[user.id]
        if held in [policy.held(each) for each in standing]:
            raise Invalid("Sudah dipegang.", {"place": N_("Peran ini sudah dipegangnya di tempat itu.")})
        given = RoleGrant(user_id=user.id, role=role, area_code=held.area_code, agency_id=held.agency_id)
        given.starts_on, given.ends_on = first, ends_on
        session.add(given)
        record_role(session, given, "grant", role=by, actor_id=actor.user_id, now=now)
    return given


def end_role(
    session: Session,
    *,
    actor: Actor,
    now: datetime,
    user_id: int,
    grant_id: int,
    last_day: date | None,
    seen: str,
) -> RoleGrant:
    """End a role at once (`last_day` None: it counts no more at the next request), or after a day. `seen`: until when
    it ran when the form was made ("": without an end). Raises NotFound, NotAllowed, Conflict and Invalid."""
    today = local_day(now)
    if last_day is not None and last_day < today:
        sentence = N_("Hari ini atau sesudahnya. Kosongkan: berakhir sekarang.")
        raise Invalid("Tanggal sudah lewat.", {"last_day": sentence})
    with writing(session):
        user = directory.person(session, actor, user_id)
        lock(session, _ADMINS)
        found = directory.grant_for_update(session, user.id, grant_id)
        held = policy.held(found) if found is not None else None
        if found is None or held is None:
            raise NotFound("Peran ini tidak ada.")
        by = authority_for(session, actor, held)
        ended = found.ends_on is not None and found.ends_on < today
        if ended or seen != (found.ends_on.isoformat() if found.ends_on else ""):
            raise Conflict("Sudah diubah orang lain.", kind="user", subject_id=str(user.id))
        if last_day is not None and last_day < found.starts_on:
            sentence = N_("Lebih awal dari hari pertama. Periksa tanggalnya.")
            raise Invalid("Tanggalnya terbalik.", {"last_day": sentence})
        if policy.is_for_admins_own(held):
            _keep_an_admin(session, actor, found)
        found.ends_on = last_day if last_day is not None else today - timedelta(days=1)
        record_role(session, found, "revoke", role=by, actor_id=actor.user_id, now=now)
    return found


def _keep_an_admin(session: Session, actor: Actor, ending: RoleGrant) -> None:
    """Whoever ends an admin's role stays admin, not only until a day: none might be left after it."""
    if directory.is_own_admin(session, actor.user_id or 0, actor.day, beside=ending.id, lasting=True):
        return
    if ending.user_id == actor.user_id:
        sentence = N_("Ini peran admin Anda yang terakhir. Minta admin lain mengakhirinya.")
    else:
        sentence = N_("Peran admin Anda sendiri berbatas waktu. Minta admin tanpa batas waktu mengakhirinya.")
    raise Invalid("Peran terakhir.", {"last_day": sentence})
