"""Selects about the slips that bring people in, and whether one still counts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from kimweb.accounts import policy, queries
from kimweb.accounts.directory import holdings_of, may_give, row_id
from kimweb.accounts.models import Invitation, User
from kimweb.areas.models import Area
from kimweb.core.actor import Actor
from kimweb.core.codes import clean_slip, slip_hash
from kimweb.core.errors import NotFound
from kimweb.core.paging import PAGE_SIZE, Page, cut

_SLIP_PLACE = (
    joinedload(Invitation.area).joinedload(Area.parent),
    joinedload(Invitation.agency),
    joinedload(Invitation.user),
    joinedload(Invitation.inviter),
)


def open_invitations(session: Session, actor: Actor, now: datetime, *, after: str | None) -> Page[Invitation]:
    """A page of the slips whose codes still work and that the actor sees, newest first (one statement)."""
    query = sa.select(Invitation).where(
        policy.visible_invitations(actor),
        Invitation.used_at.is_(None),
        Invitation.withdrawn_at.is_(None),
        Invitation.expires_at > now,
    )
    last = row_id(after)
    if last is not None:
        query = query.where(Invitation.id < last)
    rows = session.scalars(query.options(*_SLIP_PLACE).order_by(Invitation.id.desc()).limit(PAGE_SIZE + 1)).all()
    return cut(rows, lambda row: str(row.id))


def invitation(session: Session, actor: Actor, invitation_id: int, *, lock: bool = False) -> Invitation:
    """One slip with its place, as far as the actor sees it (404 otherwise); with `lock`, locked and bare."""
    query = sa.select(Invitation).where(Invitation.id == invitation_id, policy.visible_invitations(actor))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query if lock else query.options(*_SLIP_PLACE))
    if found is None:
        raise NotFound("Undangan ini tidak ada.")
    return found


def sheet(session: Session, actor: Actor, batch: str) -> Sequence[Invitation]:
    """The slips of one file, in its order, as far as the actor sees them; raises NotFound when there are none."""
    query = sa.select(Invitation).where(Invitation.batch == batch, policy.visible_invitations(actor))
    rows = session.scalars(query.options(*_SLIP_PLACE).order_by(Invitation.id)).all()
    if not rows:
        raise NotFound("Lembar ini tidak ada.")
    return rows


def usable_slip(
    session: Session, *, server_key: str, typed: str, now: datetime, lock: bool = False
) -> Invitation | None:
    """The slip behind a typed code, when it still works; with `lock`, locked. None alike for a code that was never
    given, is used, withdrawn or too old, and for one whose giver could not give it any more."""
    code = clean_slip(typed)
    query = sa.select(Invitation).where(Invitation.code_hash == slip_hash(server_key, code))
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = session.scalar(query if lock else query.options(*_SLIP_PLACE)) if code else None
    works = found is not None and found.is_open(now) and _still_given(session, found, now)
    return found if works else None


def may_show_code(session: Session, actor: Actor, slip: Invitation, now: datetime) -> bool:
    """Whether the actor reads the code of a slip: whoever gave it, or could give it. A stand-in for the admin sees an
    admin's slip without its code: whoever has the code has the role."""
    return actor.user_id == slip.invited_by or _could_give(session, actor, slip, now)


def _still_given(session: Session, slip: Invitation, now: datetime) -> bool:
    """Whether its giver may still give it: a role that ended takes its slips along, and a slip for a member's password
    is none for the reviewer that the member became."""
    giver = session.get(User, slip.invited_by)
    if giver is None or not giver.active:
        return False
    return _could_give(session, queries.load_actor(session, giver, now), slip, now)


def _could_give(session: Session, actor: Actor, slip: Invitation, now: datetime) -> bool:
    wanted = policy.held(slip)
    if wanted is not None:
        return may_give(session, actor, wanted) is not None
    user = session.get(User, slip.user_id)
    if user is None or not user.active:
        return False
    return all(may_give(session, actor, held) is not None for held in holdings_of(session, user, now))
