"""Selects about the people under somebody, their roles, and the places of these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from kimweb.accounts import policy, queries
from kimweb.accounts.models import Invitation, RoleGrant, User
from kimweb.areas.models import LOWEST, Agency, Area, AreaKind
from kimweb.areas.queries import districts
from kimweb.core.actor import Actor, Holding, Role, covered
from kimweb.core.audit import AuditEntry
from kimweb.core.calendar import local_day
from kimweb.core.errors import NotFound
from kimweb.core.paging import MAX_ID, PAGE_SIZE, Page, cut

_GRANT_PLACE = (joinedload(RoleGrant.area).joinedload(Area.parent), joinedload(RoleGrant.agency))


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a list of people is narrowed to. `q`: a part of the name or the username; `within`: an area's code."""

    q: str = ""
    role: Role | None = None
    within: str | None = None


def _not_ended(day: date) -> sa.ColumnElement[bool]:
    return sa.or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= day)


def row_id(text: str | None) -> int | None:
    """The id in a cursor; None when it is missing or made by hand."""
    plain = bool(text) and len(text or "") < 12 and (text or "").isascii() and (text or "").isdecimal()
    number = int(text or "0") if plain else 0
    return number if 0 < number <= MAX_ID else None


def people_page(session: Session, actor: Actor, wanted: Wanted, *, after: str | None) -> Page[User]:
    """A page of the people whom the actor sees, by name (one statement)."""
    query = sa.select(User).where(*_wanted_people(actor, wanted))
    last = row_id(after)
    if last is not None:
        name = sa.select(User.name).where(User.id == last).correlate(None).scalar_subquery()
        query = query.where(sa.tuple_(User.name, User.id) > sa.tuple_(name, sa.literal(last)))
    rows = session.scalars(query.order_by(User.name, User.id).limit(PAGE_SIZE + 1)).all()
    return cut(rows, lambda row: str(row.id))


def roles_of_people(session: Session, actor: Actor, wanted: Wanted) -> Sequence[tuple[User, RoleGrant | None]]:
    """The people whom the actor sees, by name, with each role that has not ended; None for who holds none (one
    statement)."""
    running = sa.and_(RoleGrant.user_id == User.id, _not_ended(actor.day))
    query = sa.select(User, RoleGrant).outerjoin(RoleGrant, running).where(*_wanted_people(actor, wanted))
    rows = session.execute(query.options(*_GRANT_PLACE).order_by(User.name, User.id, RoleGrant.starts_on, RoleGrant.id))
    return [(user, grant) for user, grant in rows]


def _wanted_people(actor: Actor, wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    """SQL: the people whom the actor sees and whom the list is narrowed to."""
    found, words = [policy.visible_people(actor)], wanted.q.lower()
    if words:
        hits = [sa.func.lower(column).contains(words, autoescape=True) for column in (User.name, User.username)]
        found.append(sa.or_(*hits))
    if wanted.role or wanted.within:
        running = sa.exists().where(RoleGrant.user_id == User.id, _not_ended(actor.day), *_narrowed(wanted))
        found.append(running.correlate(User))
    return found


def _narrowed(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.role:
        found.append(RoleGrant.role == wanted.role)
    if wanted.within:
        offices = sa.select(Agency.id).where(covered(Agency.area_code, [wanted.within]))
        inside = covered(sa.func.coalesce(RoleGrant.area_code, ""), [wanted.within])
        found.append(sa.or_(inside, RoleGrant.agency_id.in_(offices)))
    return found


def person(session: Session, actor: Actor, user_id: int, *, lock: bool = False) -> User:
    """One account, as far as the actor sees it (404 otherwise); with `lock`, locked."""
    query = sa.select(User).where(User.id == user_id, policy.visible_people(actor))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query)
    if found is None:
        raise NotFound("Orang ini tidak ada.")
    return found


def standing_grants(session: Session, user_ids: Sequence[int], day: date) -> Mapping[int, list[RoleGrant]]:
    """The roles of several people that have not ended on `day`, by account (one statement)."""
    query = sa.select(RoleGrant).where(RoleGrant.user_id.in_(user_ids), _not_ended(day)).options(*_GRANT_PLACE)
    found: dict[int, list[RoleGrant]] = {user_id: [] for user_id in user_ids}
    for grant in session.scalars(query.order_by(RoleGrant.starts_on, RoleGrant.id)):
        found[grant.user_id].append(grant)
    return found


def every_grant(session: Session, user_id: int) -> Sequence[RoleGrant]:
    """Every role that a person holds, held or will hold, the newest first (one statement)."""
    query = sa.select(RoleGrant).where(RoleGrant.user_id == user_id).options(*_GRANT_PLACE)
    return session.scalars(query.order_by(RoleGrant.starts_on.desc(), RoleGrant.id.desc())).all()


def grant_for_update(session: Session, user_id: int, grant_id: int) -> RoleGrant | None:
    """One role of a person, locked."""
    query = sa.select(RoleGrant).where(RoleGrant.id == grant_id, RoleGrant.user_id == user_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def is_own_admin(session: Session, user_id: int, day: date, *, beside: int = 0, lasting: bool = False) -> bool:
    """Whether somebody is admin on `day` by their own grant, other than `beside`; `lasting`: by one without an end."""
    runs = (RoleGrant.starts_on <= day, RoleGrant.ends_on.is_(None) if lasting else _not_ended(day))
    query = sa.exists().where(RoleGrant.user_id == user_id, RoleGrant.role == Role.ADMIN, RoleGrant.id != beside, *runs)
    return bool(session.scalar(sa.select(query)))


def may_give(session: Session, actor: Actor, held: Holding) -> Role | None:
    """By which role the actor may give or end a role on a place: as the policy says, and an admin's only by an admin's
    grant of one's own."""
    if policy.is_for_admins_own(held) and not is_own_admin(session, actor.user_id or 0, actor.day):
        return None
    return policy.gives(actor, held)


def holdings_of(session: Session, user: User, now: datetime) -> set[Holding]:
    """All that an account can do today, standing in for others included, or will be able to."""
    today = {held for held in queries.load_actor(session, user, now).holdings if held.by is None}
    grants = standing_grants(session, [user.id], local_day(now))[user.id]
    return today | {held for grant in grants if (held := policy.held(grant))}


def asked_erasure(session: Session, actor: Actor) -> Sequence[User]:
    """Who asked to be erased and still stands there, the longest waiting first (one statement; none for who does not
    answer them)."""
    if not policy.answers_erasures(actor):
        return []
    query = sa.select(User).where(User.active, User.erasure_asked_at.is_not(None))
    return session.scalars(query.order_by(User.erasure_asked_at, User.id)).all()


def last_deeds(session: Session, user_ids: Sequence[int]) -> Mapping[int, AuditEntry]:
    """What each account did last, by the record (one statement)."""
    newest = (
        sa.select(sa.func.max(AuditEntry.seq)).where(AuditEntry.actor_id.in_(user_ids)).group_by(AuditEntry.actor_id)
    )
    rows = session.scalars(sa.select(AuditEntry).where(AuditEntry.seq.in_(newest)))
    return {row.actor_id: row for row in rows if row.actor_id is not None}


# ------------------------------------------------------------------ places


def places_by_code(session: Session) -> dict[str, Area | Agency]:
    """Every area and every active agency by its code, areas with their parents (two statements)."""
    areas = session.scalars(sa.select(Area).options(joinedload(Area.parent)))
    found: dict[str, Area | Agency] = {area.code: area for area in areas}
    found |= {agency.code: agency for agency in session.scalars(sa.select(Agency).where(Agency.active))}
    return found


def areas_to_give(session: Session, actor: Actor) -> Sequence[Area]:
    """The areas in which the actor gives roles, to choose from; empty for the admin, who types (one statement)."""
    areas = policy.giving_areas(actor)
    if areas is None:
        return []
    inside = sa.or_(Area.code.in_(sorted(policy.own_kims(actor))), covered(Area.code, policy.own_districts(actor)))
    query = sa.select(Area).where(inside).options(joinedload(Area.parent))
    return session.scalars(query.order_by(Area.name, Area.code)).all()


def districts_to_invite(session: Session, actor: Actor) -> Sequence[Area]:
    """The districts whose villages' moderators the actor may invite, by name: the admin all, a reviewer the own."""
    return [area for area in districts(session) if policy.gives(actor, Holding(Role.MODERATOR, area.code)) is not None]


def villages_to_invite(session: Session, district: str, now: datetime) -> Sequence[Area]:
    """The villages and wards of a district for whose KIM nobody active is or becomes moderator, and no slip for one
    still works, by name (one statement)."""
    named = sa.exists().where(
        RoleGrant.role == Role.MODERATOR,
        RoleGrant.area_code == Area.code,
        _not_ended(local_day(now)),
        RoleGrant.user_id == User.id,
        User.active,
    )
    invited = sa.exists().where(
        Invitation.role == Role.MODERATOR,
        Invitation.area_code == Area.code,
        Invitation.used_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > now,
    )
    query = sa.select(Area).where(Area.parent_code == district, Area.kind.in_(LOWEST))
    query = query.where(~named.correlate_except(RoleGrant, User), ~invited.correlate_except(Invitation))
    return session.scalars(query.order_by(Area.name, Area.code)).all()


def districts_without_reviewer(session: Session, day: date) -> Sequence[Area]:
    """The districts of which nobody active is reviewer on `day`, by name (one statement)."""
    held = sa.exists().where(
        RoleGrant.role == Role.REVIEWER,
        RoleGrant.area_code == Area.code,
        RoleGrant.starts_on <= day,
        _not_ended(day),
        RoleGrant.user_id == User.id,
        User.active,
    )
    query = sa.select(Area).where(Area.kind == AreaKind.DISTRICT, ~held.correlate_except(RoleGrant, User))
    return session.scalars(query.order_by(Area.name)).all()
