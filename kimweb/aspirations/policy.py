"""Who sees, and who may do what with an aspiration (product.md, flow 3): the only room here that compares roles."""

from __future__ import annotations

import sqlalchemy as sa

from kimweb.areas.models import Agency, AgencyKind
from kimweb.aspirations.models import Aspiration, AspirationPhoto, Desk, RejectReason, State
from kimweb.core.actor import REGENCY, Actor, Role, covered, covers
from kimweb.core.permissions import GRANTED_TO, Permission

REOPEN_DAYS = 90
"""Calendar days in which one that was closed in silence can be reopened."""

_THE_SENDERS = frozenset(
    {
        Permission.ASPIRATION_REPLY,
        Permission.ASPIRATION_CLOSE,
        Permission.ASPIRATION_REOPEN,
        Permission.ASPIRATION_TIGHTEN,
    }
)


def authority(actor: Actor, permission: Permission, row: Aspiration) -> Role | None:
    """By which role the actor may do this; None when not at all.

    Whoever sits at the desk acts; when the desk let its time run out, the level above may act too.
    """
    if permission in _THE_SENDERS:
        over = permission is Permission.ASPIRATION_REOPEN and _closed_for_good(actor, row)
        return Role.SENDER if row.proof in actor.proofs and not over else None
    if permission is Permission.ASPIRATION_LAPSE:
        return Role.SYSTEM if _is_system(actor) else None
    role = desk_role(actor, row)
    if permission is Permission.ASPIRATION_PHOTO and is_public(row):  # a face that was overlooked waits for no desk
        role = _village_role(actor, row) or _district_role(actor, row) or _regency_role(actor)
    return role if role in GRANTED_TO[permission] else None


def _closed_for_good(actor: Actor, row: Aspiration) -> bool:
    return row.state is State.LAPSED and (actor.day - row.desk_since).days > REOPEN_DAYS


def is_late(actor: Actor, row: Aspiration) -> bool:
    """Whether the desk let its time run out: the level above joins."""
    return row.due_on is not None and row.due_on < actor.day


def desk_role(actor: Actor, row: Aspiration) -> Role | None:
    """By which role the actor sits at the desk on which the row lies, or has joined it."""
    late = is_late(actor, row)
    above = _district_role(actor, row) or (_regency_role(actor) if row.about_district else None)
    match row.desk:
        case Desk.VILLAGE:
            return _village_role(actor, row) or (above if late else None)
        case Desk.DISTRICT:
            return _district_role(actor, row) or (_regency_role(actor) if late else None)
        case Desk.REGENCY:
            return _regency_role(actor)
        case Desk.AGENCY:
            if row.agency_id in actor.agencies():
                return Role.AGENCY
            return _regency_role(actor) if late else None
        case _:
            return None


def _village_role(actor: Actor, row: Aspiration) -> Role | None:
    """The moderator, or who steps in; never about themselves: what by-passes a level is closed to it."""
    if row.village_bypassed or row.village_code not in actor.areas(Role.MODERATOR):
        return None
    role = actor.first((Role.MODERATOR,), on=row.village_code)
    return None if row.about_district and role is not Role.MODERATOR else role


def _district_role(actor: Actor, row: Aspiration) -> Role | None:
    return None if row.about_district else actor.first((Role.REVIEWER,), on=row.village_code)


def _regency_role(actor: Actor) -> Role | None:
    return actor.first((Role.ADMIN,), on=REGENCY)


def _is_system(actor: Actor) -> bool:
    return actor.holds(Role.SYSTEM, on=REGENCY)


def is_public(row: Aspiration) -> bool:
    """Whether everybody reads it: confirmed as it appears, its text not secret, not about the village's own officials
    (nobody there sees it, not even in a count) and not rejected as a violation."""
    hidden = row.hide_text or row.about_village or row.reject_reason is RejectReason.VIOLATES
    return row.confirmed_at is not None and not hidden


def public() -> sa.ColumnElement[bool]:
    """The same as `is_public`, in SQL."""
    violates = sa.func.coalesce(Aspiration.reject_reason == RejectReason.VIOLATES, sa.false())
    return sa.and_(Aspiration.confirmed_at.is_not(None), ~Aspiration.hide_text, ~Aspiration.about_village, ~violates)


def can_see(actor: Actor, row: Aspiration) -> bool:
    """Public ones: everybody. Else the sender, and the desks on its way; the regency sees a secret text only once it
    is on its desk, about the district, or late."""
    if is_public(row) or row.proof in actor.proofs or _is_system(actor):
        return True
    if row.agency_id is not None and row.agency_id in actor.agencies():
        return True
    if _village_role(actor, row) or _district_role(actor, row):
        return True
    if _regency_role(actor) is None:
        return False
    joined = is_late(actor, row) and row.desk in (Desk.DISTRICT, Desk.AGENCY)
    return not row.hide_text or row.about_district or row.desk is Desk.REGENCY or joined


def _late_sql(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.and_(Aspiration.due_on.is_not(None), Aspiration.due_on < actor.day)


def _village_sql(actor: Actor) -> sa.ColumnElement[bool]:
    every = actor.areas(Role.MODERATOR)
    stepped = actor.steps_in_for(Role.MODERATOR)
    own = sorted(every - stepped)
    return sa.and_(
        ~Aspiration.village_bypassed,
        sa.or_(
            Aspiration.village_code.in_(own),
            sa.and_(Aspiration.village_code.in_(sorted(stepped)), ~Aspiration.about_district),
        ),
    )


def _district_sql(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.and_(~Aspiration.about_district, covered(Aspiration.village_code, actor.areas(Role.REVIEWER)))


def _agency_sql(actor: Actor) -> sa.ColumnElement[bool]:
    return Aspiration.agency_id.in_(sorted(actor.agencies()))


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The same as `can_see`, in SQL."""
    if _is_system(actor):
        return sa.true()
    ways: list[sa.ColumnElement[bool]] = [public()]
    codes = sorted(proof.removeprefix("aspiration:") for proof in actor.proofs if proof.startswith("aspiration:"))
    if codes:
        ways.append(Aspiration.code.in_(codes))
    if actor.agencies():
        ways.append(_agency_sql(actor))
    if actor.areas(Role.MODERATOR):
        ways.append(_village_sql(actor))
    if actor.areas(Role.REVIEWER):
        ways.append(_district_sql(actor))
    if _regency_role(actor):
        joined = sa.and_(_late_sql(actor), Aspiration.desk.in_([Desk.DISTRICT, Desk.AGENCY]))
        ways.append(sa.or_(~Aspiration.hide_text, Aspiration.about_district, Aspiration.desk == Desk.REGENCY, joined))
    return sa.or_(*ways)


def on_desk_of(actor: Actor) -> sa.ColumnElement[bool]:
    """The same as `desk_role(...) is not None`, in SQL: what waits on the actor's desk."""
    late = _late_sql(actor)
    ways: list[sa.ColumnElement[bool]] = [sa.false()]
    if actor.areas(Role.MODERATOR):
        ways.append(sa.and_(Aspiration.desk == Desk.VILLAGE, _village_sql(actor)))
    if actor.areas(Role.REVIEWER):
        at_district = sa.or_(Aspiration.desk == Desk.DISTRICT, sa.and_(Aspiration.desk == Desk.VILLAGE, late))
        ways.append(sa.and_(at_district, _district_sql(actor)))
    if actor.agencies():
        ways.append(sa.and_(Aspiration.desk == Desk.AGENCY, _agency_sql(actor)))
    if _regency_role(actor):
        joined = sa.or_(
            Aspiration.desk.in_([Desk.DISTRICT, Desk.AGENCY]),
            sa.and_(Aspiration.desk == Desk.VILLAGE, Aspiration.about_district),
        )
        ways.append(sa.or_(Aspiration.desk == Desk.REGENCY, sa.and_(late, joined)))
    return sa.or_(*ways)


def can_see_sender(actor: Actor, row: Aspiration) -> bool:
    """Whether the actor sees name and telephone: the sender, whoever entered it for them, officials at district and
    above; the village's moderator and office only when the name is shown."""
    if row.proof in actor.proofs or _entered(actor, row) or _district_role(actor, row) or _regency_role(actor):
        return True
    if not row.hide_name and _village_role(actor, row):
        return True
    answers = row.agency_id is not None and row.agency_id in actor.agencies()
    of_village = row.agency is not None and row.agency.kind is AgencyKind.VILLAGE
    return answers and not (of_village and row.hide_name)


def _entered(actor: Actor, row: Aspiration) -> bool:
    return row.entered_by is not None and row.entered_by == actor.user_id


def can_see_name(actor: Actor, row: Aspiration) -> bool:
    """Whether the actor sees the name: everybody where it is shown, else as `can_see_sender`."""
    return (not row.hide_name) or can_see_sender(actor, row)


def can_see_hours(actor: Actor, row: Aspiration) -> bool:
    """Whether the actor sees days and hours: of an anonymous one the public page shows the week only."""
    return (not row.hide_name) or can_see_sender(actor, row) or desk_role(actor, row) is not None


def can_read_messages(actor: Actor, row: Aspiration) -> bool:
    """Whether the actor reads questions and replies: the sender and whoever sees the row as an official. Answers are
    public."""
    return row.proof in actor.proofs or bool(
        _village_role(actor, row)
        or _district_role(actor, row)
        or _regency_role(actor)
        or (row.agency_id is not None and row.agency_id in actor.agencies())
    )


def is_public_photo(row: Aspiration, photo: AspirationPhoto) -> bool:
    """Whether everybody sees this photo: the aspiration is public, and who confirmed it ticked the photo."""
    return photo.shown and is_public(row)


def can_see_photo(actor: Actor, row: Aspiration, photo: AspirationPhoto) -> bool:
    """Whether somebody who sees the row sees this photo of it: public ones everybody, the others sender and desks."""
    return is_public_photo(row, photo) or can_read_messages(actor, row)


def assignable_by(actor: Actor) -> sa.ColumnElement[bool]:
    """SQL over agencies: to which the actor may assign: every OPD, and the offices of the actor's districts and their
    villages. Whether one of them may get a certain aspiration, `may_answer` says."""
    if not actor.has_any(GRANTED_TO[Permission.ASPIRATION_ASSIGN]):
        return sa.false()
    inside = covered(Agency.area_code, actor.areas(Role.REVIEWER))
    return sa.or_(Agency.kind == AgencyKind.REGENCY, inside)


def speaks_for_agency(role: Role) -> bool:
    """Whether who acts by this role is named by the agency, not by the role."""
    return role is Role.AGENCY


def may_answer(area_code: str, row: Aspiration) -> bool:
    """Whether an office of `area_code` may get this aspiration: never the village or district that it is about."""
    about_village = row.about_village and area_code == row.village_code
    about_district = row.about_district and area_code != REGENCY and covers(area_code, row.village_code)
    return not about_village and not about_district
