"""Selects about people, roles and sessions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload

from kimweb.accounts.models import (
    Absence,
    EmailAddress,
    Invitation,
    PasswordLink,
    RecoveryCode,
    RoleGrant,
    SecondFactor,
    User,
    UserSession,
)
from kimweb.areas.models import LOWEST, Area
from kimweb.areas.queries import elections_on
from kimweb.core.actor import Actor, Holding, Role
from kimweb.core.audit import AuditEntry
from kimweb.core.calendar import day_begins, local_day
from kimweb.core.errors import NotFound

SILENT_AFTER_DAYS = 14
"""A moderator who has not signed in for so many days does not count (product.md, People)."""


def _holds(grant: type[RoleGrant], day: date) -> sa.ColumnElement[bool]:
    return sa.and_(grant.starts_on <= day, sa.or_(grant.ends_on.is_(None), grant.ends_on >= day))


def _work_together(one_id: sa.SQLColumnExpression[int], other_id: sa.SQLColumnExpression[Any], day: date) -> sa.Exists:
    """SQL: whether both hold a role of their own on one area or agency."""
    one, other = aliased(RoleGrant), aliased(RoleGrant)
    same = sa.or_(one.area_code == other.area_code, one.agency_id == other.agency_id)
    return sa.exists().where(
        one.user_id == one_id, other.user_id == other_id, same, _holds(one, day), _holds(other, day)
    )


def _away(user_id: sa.SQLColumnExpression[int], day: date, *, replaced: bool) -> sa.Exists:
    absent = aliased(Absence)
    stand_in = _work_together(absent.user_id, absent.stand_in_id, day)
    runs = absent.starts_on <= day, absent.ends_on >= day
    return sa.exists().where(absent.user_id == user_id, stand_in if replaced else ~stand_in, *runs)


def has_moderator(area_code: sa.SQLColumnExpression[str], day: date) -> sa.ColumnElement[bool]:
    """SQL: whether somebody moderates the area on `day`: holds the role, is active, signed in within 14 days and is not
    away, or is away and has a stand-in."""
    since = sa.literal(day_begins(day - timedelta(days=SILENT_AFTER_DAYS)), type_=User.signed_in_at.type)
    return (
        sa.exists()
        .where(
            RoleGrant.user_id == User.id,
            RoleGrant.role == Role.MODERATOR,
            RoleGrant.area_code == area_code,
            _holds(RoleGrant, day),
            User.active,
            sa.or_(User.signed_in_at >= since, _away(User.id, day, replaced=True)),
            ~_away(User.id, day, replaced=False),
        )
        .correlate_except(RoleGrant, User)
    )


def has_other_eyes(
    area_code: sa.SQLColumnExpression[str], day: date, *, but: Sequence[sa.SQLColumnExpression[int]]
) -> sa.ColumnElement[bool]:
    """SQL: whether somebody besides `but` (accounts' ids) moderates the area on `day`, or reviews its district, and is
    there: active, not away (a stand-in may be one of `but`), the moderator not silent."""
    since = sa.literal(day_begins(day - timedelta(days=SILENT_AFTER_DAYS)), type_=User.signed_in_at.type)
    moderates = sa.and_(RoleGrant.role == Role.MODERATOR, RoleGrant.area_code == area_code, User.signed_in_at >= since)
    district = sa.func.substr(area_code, 1, 8)  # (core.actor.district_of)
    reviews = sa.and_(RoleGrant.role == Role.REVIEWER, RoleGrant.area_code == district)
    there = (User.active, ~_away(User.id, day, replaced=True), ~_away(User.id, day, replaced=False))
    found = sa.exists().where(RoleGrant.user_id == User.id, sa.or_(moderates, reviews), _holds(RoleGrant, day), *there)
    return found.where(User.id.not_in(but)).correlate_except(RoleGrant, User)


def is_moderator_named(area_code: sa.SQLColumnExpression[str], day: date) -> sa.ColumnElement[bool]:
    """SQL: whether somebody active holds the moderator's role on the area on `day`, silent or away though they be."""
    held = (RoleGrant.role == Role.MODERATOR, RoleGrant.area_code == area_code, _holds(RoleGrant, day))
    return sa.exists().where(RoleGrant.user_id == User.id, User.active, *held).correlate_except(RoleGrant, User)


def village_has_moderator(session: Session, area_code: str, day: date) -> bool:
    """Whether somebody moderates the area on `day`."""
    return bool(session.scalar(sa.select(has_moderator(sa.literal(area_code), day))))


def villages_without_moderator(session: Session, districts: Sequence[str], day: date) -> list[str]:
    """The codes of the villages and wards in `districts` that nobody moderates on `day`."""
    query = sa.select(Area.code).where(
        Area.parent_code.in_(districts),
        Area.kind.in_(LOWEST),
        ~has_moderator(Area.code, day),
    )
    return list(session.scalars(query.order_by(Area.code)))


def load_actor(session: Session, user: User, now: datetime, proofs: frozenset[str] = frozenset()) -> Actor:
    """The actor behind an account: own roles, those of the people they stand in for, and for a reviewer the moderator's
    role in the district's villages without one; and where it is masa pemilihan. Three statements, four for a
    reviewer."""
    day = local_day(now)
    absent_ids = sa.select(Absence.user_id).where(
        Absence.stand_in_id == user.id,
        Absence.starts_on <= day,
        Absence.ends_on >= day,
        _work_together(Absence.user_id, sa.literal(user.id), day),  # whoever left the village stands in for nobody
    )
    away = sa.exists().where(Absence.user_id == user.id, Absence.starts_on <= day, Absence.ends_on >= day)
    query = sa.select(RoleGrant.role, RoleGrant.area_code, RoleGrant.agency_id, RoleGrant.user_id, away).where(
        sa.or_(RoleGrant.user_id == user.id, RoleGrant.user_id.in_(absent_ids)), _holds(RoleGrant, day)
    )
    rows = session.execute(query).all()
    holdings = {Holding(role, area, agency) for role, area, agency, _holder, _away in rows}
    districts = [h.area_code for h in holdings if h.role is Role.REVIEWER and h.area_code]
    if districts:
        vacant = villages_without_moderator(session, districts, day)
        holdings.update(Holding(Role.MODERATOR, code, by=Role.REVIEWER) for code in vacant)
    elections = elections_on(session, day) if holdings else frozenset()
    who = Actor(day=day, user_id=user.id, name=user.name, holdings=frozenset(holdings), proofs=proofs)
    absences = any(is_away or holder != user.id for *_holding, holder, is_away in rows)
    return replace(who, elections=elections, absences=absences)


def user_by_username(session: Session, username: str) -> User | None:
    """The account with this username (lower case)."""
    return session.scalar(sa.select(User).where(User.username == username.strip().lower()))


def username_of(session: Session, actor: Actor) -> str:
    """The actor's username; "" without an account."""
    return session.scalar(sa.select(User.username).where(User.id == actor.user_id)) or ""


def user_for_update(session: Session, user_id: int) -> User | None:
    """One account, locked."""
    query = sa.select(User).where(User.id == user_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def own_account(session: Session, actor: Actor) -> User:
    """The actor's own account, locked; raises NotFound."""
    user = user_for_update(session, actor.user_id or 0)
    if user is None:
        raise NotFound("Akun ini tidak ada lagi.")
    return user


def session_by_hash(session: Session, token_hash: str) -> UserSession | None:
    """A sign-in with its person."""
    query = sa.select(UserSession).where(UserSession.token_hash == token_hash)
    return session.scalar(query.options(joinedload(UserSession.user)))


def sessions_of(session: Session, user_id: int) -> Sequence[UserSession]:
    """Every sign-in of a person, newest first."""
    query = sa.select(UserSession).where(UserSession.user_id == user_id)
    return session.scalars(query.order_by(UserSession.seen_at.desc())).all()


def grants_of(session: Session, user_id: int, day: date) -> Sequence[RoleGrant]:
    """The roles that a person holds on `day`, with area and agency, by area."""
    query = (
        sa.select(RoleGrant)
        .where(RoleGrant.user_id == user_id, _holds(RoleGrant, day))
        .options(joinedload(RoleGrant.area).joinedload(Area.parent), joinedload(RoleGrant.agency))
        .order_by(RoleGrant.area_code, RoleGrant.id)
    )
    return session.scalars(query).all()


def absence_of(session: Session, user_id: int, day: date) -> Absence | None:
    """The absence that runs on `day` or begins later, the earliest one, with the stand-in."""
    query = (
        sa.select(Absence)
        .where(Absence.user_id == user_id, Absence.ends_on >= day)
        .options(joinedload(Absence.stand_in))
        .order_by(Absence.starts_on, Absence.id)
    )
    return session.scalars(query.limit(1)).first()


def absences_today(session: Session, actor: Actor) -> tuple[Absence | None, Sequence[Absence]]:
    """The actor's own absence that runs today, with the stand-in, and those of the people for whom they stand in, with
    these (one statement; none where there are no such). As `load_actor` sees it: whoever no longer works with the
    absent stands in for nobody."""
    if not actor.absences:
        return None, []
    user_id, day = actor.user_id or 0, actor.day
    together = _work_together(Absence.user_id, sa.literal(user_id), day)
    mine = sa.or_(Absence.user_id == user_id, sa.and_(Absence.stand_in_id == user_id, together))
    query = sa.select(Absence).where(mine, Absence.starts_on <= day, Absence.ends_on >= day)
    query = query.options(joinedload(Absence.user), joinedload(Absence.stand_in))
    rows = session.scalars(query.order_by(Absence.ends_on.desc(), Absence.id)).all()
    own = next((row for row in rows if row.user_id == user_id), None)
    return own, [row for row in rows if row.user_id != user_id]


def colleagues(session: Session, user_id: int, day: date) -> Sequence[User]:
    """Who may stand in: the others who hold a role on one of the person's own areas or agencies, by name."""
    others = User.id != user_id, User.active, _work_together(sa.literal(user_id), User.id, day)
    return session.scalars(sa.select(User).where(*others).order_by(User.name)).all()


def second_factor(session: Session, user_id: int) -> SecondFactor | None:
    """A person's second factor, on or being set up."""
    return session.get(SecondFactor, user_id)


def second_factor_for_update(session: Session, user_id: int) -> SecondFactor | None:
    """The same, locked."""
    query = sa.select(SecondFactor).where(SecondFactor.user_id == user_id).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def has_second_factor(session: Session, user_id: int) -> bool:
    """Whether signing in asks this person for a code."""
    own = SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None)
    return bool(session.scalar(sa.select(sa.exists().where(*own))))


def recovery_codes_left(session: Session, user_id: int) -> int:
    """How many codes on paper are unused."""
    own = RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None)
    return session.scalar(sa.select(sa.func.count()).select_from(RecoveryCode).where(*own)) or 0


def codes_left(session: Session, user_id: int) -> int | None:
    """How many codes on paper are unused; None where signing in asks for no code (one statement)."""
    paper = sa.select(sa.func.count()).select_from(RecoveryCode)
    paper = paper.where(RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None))
    own = SecondFactor.user_id == user_id, SecondFactor.confirmed_at.is_not(None)
    return session.scalar(sa.select(paper.scalar_subquery()).select_from(SecondFactor).where(*own))


def newest_entry(session: Session, user_id: int, verbs: Sequence[str]) -> AuditEntry | None:
    """The newest entry of the record about an account with one of these verbs."""
    about = AuditEntry.kind == "user", AuditEntry.subject_id == str(user_id), AuditEntry.verb.in_(verbs)
    return session.scalar(sa.select(AuditEntry).where(*about).order_by(AuditEntry.seq.desc()).limit(1))


def codes_refused(session: Session, user_id: int) -> tuple[int, datetime | None]:
    """How many codes were refused since the sign-in before this person's newest, and when the first of them was; (0,
    None): none (one statement)."""
    about = AuditEntry.kind == "user", AuditEntry.subject_id == str(user_id)
    sign_ins = sa.select(AuditEntry.seq).where(*about, AuditEntry.verb == "sign_in").order_by(AuditEntry.seq.desc())
    since = sa.func.coalesce(sign_ins.offset(1).limit(1).scalar_subquery(), 0)
    query = sa.select(sa.func.count(), sa.func.min(AuditEntry.at)).where(*about, AuditEntry.verb == "code_refused")
    count, first = session.execute(query.where(AuditEntry.seq > since)).one()
    return count, first


def email_address(session: Session, user_id: int) -> EmailAddress | None:
    """A person's address, confirmed or not, as it stands now."""
    return session.get(EmailAddress, user_id, populate_existing=True)


def password_link(session: Session, token_hash: str) -> PasswordLink | None:
    """A mailed link with its person, as both stand now."""
    query = sa.select(PasswordLink).where(PasswordLink.token_hash == token_hash).options(joinedload(PasswordLink.user))
    return session.scalar(query.execution_options(populate_existing=True))


def open_slips_of(session: Session, user_id: int) -> Sequence[Invitation]:
    """The unused slips for an account's password, locked."""
    query = sa.select(Invitation).where(
        Invitation.user_id == user_id, Invitation.used_at.is_(None), Invitation.withdrawn_at.is_(None)
    )
    return session.scalars(query.order_by(Invitation.id).with_for_update()).all()


def open_seats(session: Session, now: datetime) -> set[tuple[str, Holding]]:
    """Whom a slip that still works invites, by name (case folded), and to what (one statement)."""
    query = sa.select(Invitation.name, Invitation.role, Invitation.area_code, Invitation.agency_id).where(
        Invitation.role.is_not(None),
        Invitation.used_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > now,
    )
    rows = session.execute(query)
    return {(name.casefold(), Holding(role, area, agency)) for name, role, area, agency in rows if role}
