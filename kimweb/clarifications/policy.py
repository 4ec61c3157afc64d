"""Who sees, and who may do what with a claim (product.md, flow 4): the only room of this feature that compares
roles."""

from __future__ import annotations

import sqlalchemy as sa

from kimweb.clarifications.models import Abstention, Clarification, ClarificationPhoto, State
from kimweb.core.actor import REGENCY, Actor, Role, covered, covers
from kimweb.core.permissions import Permission


def desk_role(actor: Actor, row: Clarification) -> Role | None:
    """By which role the actor examines it: the reviewer of the village's district, or the admin."""
    reviewer = actor.first((Role.REVIEWER,), on=row.village_code) if row.village_code else None
    return reviewer or actor.first((Role.ADMIN,), on=REGENCY)


def abstains(actor: Actor, row: Clarification) -> bool:
    """Whether the actor said to be concerned (abstentions loaded)."""
    return any(one.user_id == actor.user_id for one in row.abstentions)


def proposed_it(actor: Actor, row: Clarification) -> bool:
    """Whether what waits for a second person was proposed by the actor."""
    return row.proposed_by is not None and row.proposed_by == actor.user_id


def authority(actor: Actor, permission: Permission, row: Clarification) -> Role | None:
    """By which role the actor may do this (abstentions loaded); None when not at all.

    Who is concerned does nothing any more; who proposed does not release: two people stand for what is published.
    """
    role = desk_role(actor, row)
    if role is None or abstains(actor, row):
        return None
    if permission is Permission.CLARIFICATION_PUBLISH and proposed_it(actor, row):
        return None
    return role


def addressable(actor: Actor, row: Clarification) -> frozenset[str]:
    """The areas inside of which the actor may address it: what the own roles cover."""
    reviewed = {code for code in actor.areas(Role.REVIEWER) if row.village_code and covers(code, row.village_code)}
    return frozenset(reviewed | actor.areas(Role.ADMIN))


def is_public(row: Clarification) -> bool:
    """Whether everybody reads it."""
    return row.state is State.PUBLISHED


def public() -> sa.ColumnElement[bool]:
    """The same in SQL."""
    return Clarification.state == State.PUBLISHED


def can_see(actor: Actor, row: Clarification) -> bool:
    """Published ones: everybody. Else whoever sent it, and the desks."""
    return is_public(row) or row.proof in actor.proofs or desk_role(actor, row) is not None


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The same as `can_see`, in SQL."""
    codes = sorted(proof.removeprefix("clarification:") for proof in actor.proofs if proof.startswith("clarification:"))
    return sa.or_(public(), Clarification.code.in_(codes), _desk_sql(actor))


def _desk_sql(actor: Actor) -> sa.ColumnElement[bool]:
    if actor.first((Role.ADMIN,), on=REGENCY):
        return sa.true()
    return covered(_village(), actor.areas(Role.REVIEWER))


def _village() -> sa.ColumnElement[str]:
    return sa.func.coalesce(Clarification.village_code, "")


def has_desk(actor: Actor) -> bool:
    """Whether the actor examines claims at all: for all others nothing need be asked."""
    return actor.has_any((Role.REVIEWER, Role.ADMIN))


def on_desk_of(actor: Actor) -> sa.ColumnElement[bool]:
    """SQL: what waits on the actor's desk. A village's claim lies with its district; the regency joins when it is late,
    when a second person is needed, and when somebody of the district abstained. Never what the actor keeps out of, nor
    the own proposal, unless a rebuttal waits as well."""
    gone = sa.select(Abstention.clarification_id)
    near = covered(_village(), actor.areas(Role.REVIEWER))
    joined = sa.or_(
        Clarification.village_code.is_(None),
        Clarification.due_on < actor.day,
        Clarification.proposed_by.is_not(None),
        Clarification.id.in_(gone),
    )
    far = joined if actor.first((Role.ADMIN,), on=REGENCY) else sa.false()
    others = sa.or_(
        Clarification.proposed_by.is_(None),
        Clarification.proposed_by != actor.user_id,
        Clarification.open_rebuttals > 0,
    )
    mine = Clarification.id.not_in(gone.where(Abstention.user_id == actor.user_id))
    return sa.and_(Clarification.due_on.is_not(None), sa.or_(near, far), others, mine)


def can_read_inside(actor: Actor, row: Clarification) -> bool:
    """Whether the actor reads notes, the record and rebuttals that are not on the page: the desks, but for whom the
    claim concerns."""
    return desk_role(actor, row) is not None and not abstains(actor, row)


def can_read_claim(actor: Actor, row: Clarification) -> bool:
    """Whether the actor reads what was handed in, word for word: sender and desks."""
    return row.proof in actor.proofs or desk_role(actor, row) is not None


def is_public_photo(row: Clarification, photo: ClarificationPhoto) -> bool:
    """Whether everybody sees this photo: the clarification is published, and its examiner ticked the photo."""
    return photo.shown and is_public(row)


def can_see_photo(actor: Actor, row: Clarification, photo: ClarificationPhoto) -> bool:
    """Whether somebody who sees the row sees this photo of it."""
    return is_public_photo(row, photo) or can_read_claim(actor, row)
