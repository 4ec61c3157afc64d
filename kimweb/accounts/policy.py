"""Who may do what with accounts: one's own, and those of the people whose roles one may give."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import sqlalchemy as sa

from kimweb.accounts.models import Invitation, RoleGrant, User
from kimweb.areas.models import LOWEST, Agency, Area, AreaKind
from kimweb.core.actor import REGENCY, Actor, Holding, Role, covered
from kimweb.core.permissions import Permission

ROLE_ORDER = (Role.ADMIN, Role.REVIEWER, Role.AGENCY, Role.MODERATOR, Role.MEMBER)
"""Widest first: by which role a desk is named."""

_OF_A_KIM = (Role.MODERATOR, Role.MEMBER)
_HELD_ON: dict[Role, tuple[AreaKind, ...]] = {
    Role.ADMIN: (AreaKind.REGENCY,),
    Role.REVIEWER: (AreaKind.DISTRICT,),
    Role.MODERATOR: (*LOWEST, AreaKind.DISTRICT),
    Role.MEMBER: (*LOWEST, AreaKind.DISTRICT),
}
_GIVES = {Role.ADMIN: ROLE_ORDER, Role.REVIEWER: _OF_A_KIM, Role.MODERATOR: (Role.MEMBER,)}
"""Who gives which roles (issue 3): the admin any, a reviewer those of the district's KIMs, a moderator members."""


def authority(actor: Actor, permission: Permission, user: User) -> Role | None:
    """By which role the actor may do this to an account; None when not at all."""
    if permission is Permission.ACCOUNT_OWN and actor.user_id == user.id:
        return Role.SYSTEM
    return None


def needs_second_factor(actor: Actor) -> bool:
    """Whether the actor's roles ask for a code beside the password, where the setting says so: reviewers, agencies and
    admins, and whoever stands in for one."""
    return actor.has_any((Role.REVIEWER, Role.AGENCY, Role.ADMIN))


def may_use_second_factor(actor: Actor) -> bool:
    """Whether it is offered: to those, and to moderators."""
    return needs_second_factor(actor) or actor.has_any((Role.MODERATOR,))


def resets_second_factor(actor: Actor) -> Role | None:
    """By which role the actor may remove the second factor of somebody who lost phone and codes: the admin's."""
    return Role.ADMIN if _reaches(actor, Role.ADMIN, None) else None


def may_use_mail(actor: Actor) -> bool:
    """Whether the actor may keep an e-mail address, and get a new password by it: reviewers, agencies and admins."""
    return actor.has_any((Role.REVIEWER, Role.AGENCY, Role.ADMIN))


# ------------------------------------------------------------------ giving and ending roles


def gives(actor: Actor, holding: Holding) -> Role | None:
    """By which role the actor may give, or end, a role on a place; None when not at all.

    The admin everywhere; a reviewer in the own district; a moderator in just the own KIM, not where only stepping in.
    """
    for own, given in _GIVES.items():
        if holding.role in given and _reaches(actor, own, holding.area_code):
            return own
    return None


def _reaches(actor: Actor, own: Role, area_code: str | None) -> bool:
    if own is Role.ADMIN:
        return actor.holds(Role.ADMIN, on=REGENCY)
    if area_code is None:
        return False
    if own is Role.REVIEWER:
        return actor.holds(Role.REVIEWER, on=area_code)
    return area_code in own_kims(actor)


def own_kims(actor: Actor) -> frozenset[str]:
    """The areas whose KIM the actor moderates, not only for want of a moderator."""
    return actor.areas(Role.MODERATOR) - actor.steps_in_for(Role.MODERATOR)


def own_districts(actor: Actor) -> frozenset[str]:
    """The districts whose reviewer the actor is."""
    return actor.areas(Role.REVIEWER)


def givable(actor: Actor) -> tuple[Role, ...]:
    """The roles that the actor may give somewhere, widest first."""
    found = {role for own, given in _GIVES.items() if _holds_somewhere(actor, own) for role in given}
    return tuple(role for role in ROLE_ORDER if role in found)


def listing_role(actor: Actor) -> Role | None:
    """By which role the actor sees people below, the widest one; None where none does."""
    return next((own for own in _GIVES if _holds_somewhere(actor, own)), None)


def _holds_somewhere(actor: Actor, own: Role) -> bool:
    return bool(own_kims(actor)) if own is Role.MODERATOR else actor.has_any({own})


def giving_areas(actor: Actor) -> frozenset[str] | None:
    """The areas in which (a district: and below which) the actor gives roles; None: everywhere."""
    if _reaches(actor, Role.ADMIN, None):
        return None
    return actor.areas(Role.REVIEWER) | own_kims(actor)


def is_above(actor: Actor, holdings: Iterable[Holding]) -> bool:
    """Whether the actor may give each of these roles, and so is above who holds them: a moderator issues no password
    for a member who is a reviewer too."""
    return all(gives(actor, holding) is not None for holding in holdings)


def held(grant: RoleGrant | Invitation) -> Holding | None:
    """What a grant gives, or an invitation would; None of a slip for a password."""
    return Holding(grant.role, grant.area_code, grant.agency_id) if grant.role is not None else None


def holding_on(role: Role, place: Area | Agency) -> Holding | None:
    """A role on a place; None where nobody can hold it (a reviewer of a village)."""
    if isinstance(place, Agency):
        return Holding(role, agency_id=place.id) if role is Role.AGENCY and place.active else None
    return Holding(role, place.code) if place.kind in kinds_of(role) else None


def kinds_of(role: Role) -> tuple[AreaKind, ...]:
    """On which kinds of areas a role is held; none for one that sits in an agency."""
    return _HELD_ON.get(role, ())


def sits_in_agency(role: Role) -> bool:
    """Whether the role is held on an agency, not on an area."""
    return role is Role.AGENCY


def sits_on_regency(role: Role) -> bool:
    """Whether the role is held on the regency, and so needs no place named."""
    return role is Role.ADMIN


def is_for_admins_own(holding: Holding) -> bool:
    """Whether only somebody who is admin by a grant of their own gives or ends it: no stand-in makes admins."""
    return holding.role is Role.ADMIN


# ------------------------------------------------------------------ seeing people and invitations


def can_see_person(actor: Actor, grants: Iterable[RoleGrant]) -> bool:
    """Whether the actor sees somebody with these grants (also ended ones): who gives one of the roles; the admin
    everybody."""
    return _reaches(actor, Role.ADMIN, None) or any(gives(actor, found) for grant in grants if (found := held(grant)))


def visible_people(actor: Actor) -> sa.ColumnElement[bool]:
    """The same as `can_see_person`, in SQL."""
    if _reaches(actor, Role.ADMIN, None):
        return sa.true()
    found = sa.exists().where(RoleGrant.user_id == User.id, _given_by(actor, RoleGrant.role, RoleGrant.area_code))
    return found.correlate(User)


def can_see_invitation(actor: Actor, invitation: Invitation) -> bool:
    """Whether the actor sees an invitation: who gives its role, whoever issued a slip for a password; the admin all."""
    if _reaches(actor, Role.ADMIN, None):
        return True
    found = held(invitation)
    if found is None:
        return actor.user_id is not None and invitation.invited_by == actor.user_id
    return gives(actor, found) is not None


def visible_invitations(actor: Actor) -> sa.ColumnElement[bool]:
    """The same as `can_see_invitation`, in SQL."""
    if _reaches(actor, Role.ADMIN, None):
        return sa.true()
    own_slip = sa.and_(Invitation.user_id.is_not(None), Invitation.invited_by == (actor.user_id or 0))
    return sa.or_(own_slip, _given_by(actor, Invitation.role, Invitation.area_code))


def _given_by(actor: Actor, role: Any, area: Any) -> sa.ColumnElement[bool]:
    district = sa.and_(role.in_(_OF_A_KIM), covered(area, actor.areas(Role.REVIEWER)))
    return sa.or_(district, sa.and_(role == Role.MEMBER, area.in_(sorted(own_kims(actor)))))


def can_end(actor: Actor, grant: RoleGrant) -> bool:
    """Whether the actor may end somebody's role: who may give it."""
    found = held(grant)
    return found is not None and gives(actor, found) is not None


def sees_deeds(actor: Actor) -> bool:
    """Whether the actor reads what each account did last: the admin."""
    return _reaches(actor, Role.ADMIN, None)


def answers_erasures(actor: Actor) -> bool:
    """Whether the actor sees who asked to be erased: the admin, who answers."""
    return _reaches(actor, Role.ADMIN, None)
