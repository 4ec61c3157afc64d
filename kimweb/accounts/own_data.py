"""What is stored about one person, for that person (UU 27/2022, articles 6 to 8: access, correction, erasure)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from kimweb.accounts.models import Absence, EmailAddress, Invitation, RoleGrant, SecondFactor, User, UserSession
from kimweb.core.audit import AuditEntry

SHOWN = 50
"""How many of the newest entries the page shows; the file has all of them."""


@dataclass(frozen=True, slots=True)
class OwnText:
    """A piece that a person wrote, news or an announcement; `draft`: nobody else was shown it yet."""

    title: str
    body: str
    draft: bool
    created_at: datetime


OwnTexts = Mapping[str, Callable[[Session, int], Sequence[OwnText]]]
"""By the kind under which the record knows it: (database, account's id) → what that person wrote."""


@dataclass(frozen=True, slots=True)
class OwnData:
    """An account and everything that hangs on it; slips: those that are kept still; `slips_given` and `entries` (what
    the person did): the newest first."""

    user: User
    grants: Sequence[RoleGrant]
    absences: Sequence[Absence]
    sessions: Sequence[UserSession]
    second_factor: SecondFactor | None
    email: EmailAddress | None
    slips_used: Sequence[Invitation]
    slips_given: Sequence[Invitation]
    entries: Sequence[AuditEntry]
    entries_in_all: int


def own_data(session: Session, user_id: int, *, entries: int | None = SHOWN) -> OwnData:
    """Everything stored about an account, with at most so many entries and slips given (None: all). Ten
    statements."""
    mine = AuditEntry.actor_id == user_id
    newest = sa.select(AuditEntry).where(mine).order_by(AuditEntry.seq.desc()).limit(entries)
    grants = sa.select(RoleGrant).where(RoleGrant.user_id == user_id).order_by(RoleGrant.id)
    absences = sa.select(Absence).where(Absence.user_id == user_id).order_by(Absence.id)
    slips = sa.select(Invitation).options(joinedload(Invitation.area), joinedload(Invitation.agency))
    used = slips.where(Invitation.used_by == user_id).order_by(Invitation.used_at)
    given = slips.where(Invitation.invited_by == user_id).order_by(Invitation.id.desc()).limit(entries)
    devices = sa.select(UserSession).where(UserSession.user_id == user_id).order_by(UserSession.created_at)
    return OwnData(
        user=session.get_one(User, user_id),
        grants=session.scalars(grants.options(joinedload(RoleGrant.area), joinedload(RoleGrant.agency))).all(),
        absences=session.scalars(absences.options(joinedload(Absence.stand_in))).all(),
        sessions=session.scalars(devices).all(),
        second_factor=session.get(SecondFactor, user_id),
        email=session.get(EmailAddress, user_id),
        slips_used=session.scalars(used).all(),
        slips_given=session.scalars(given).all(),
        entries=session.scalars(newest).all(),
        entries_in_all=session.scalar(sa.select(sa.func.count()).select_from(AuditEntry).where(mine)) or 0,
    )


def as_document(data: OwnData, texts: Mapping[str, Sequence[OwnText]]) -> dict[str, Any]:
    """The same, and what the person wrote, as a document for a file; instants in ISO 8601 with their zone; hashes of
    password and tokens are not in it."""
    user = data.user
    return {
        "account": {
            "username": user.username,
            "name": user.name,
            "active": user.active,
            "created_at": _instant(user.created_at),
            "signed_in_at": _instant(user.signed_in_at),
            "erasure_asked_at": _instant(user.erasure_asked_at),
        },
        "roles": [
            {
                "role": str(grant.role),
                "on": grant.area.name if grant.area else grant.agency.name if grant.agency else "",
                "from": grant.starts_on.isoformat(),
                "until": grant.ends_on.isoformat() if grant.ends_on else None,
            }
            for grant in data.grants
        ],
        "absences": [
            {
                "from": row.starts_on.isoformat(),
                "until": row.ends_on.isoformat(),
                "stand_in": row.stand_in.name if row.stand_in else None,
            }
            for row in data.absences
        ],
        "sessions": [
            {"device": row.device, "since": _instant(row.created_at), "last_seen": _instant(row.seen_at)}
            for row in data.sessions
        ],
        "second_factor_since": _instant(data.second_factor.created_at) if data.second_factor else None,
        **_email(data.email),
        "slips_used": [_slip(slip) for slip in data.slips_used],
        "slips_given": [_slip(slip) for slip in data.slips_given],
        "texts": [
            {
                "kind": kind,
                "title": text.title,
                "body": text.body,
                "draft": text.draft,
                "created_at": _instant(text.created_at),
            }
            for kind, written in texts.items()
            for text in written
        ],
        "record": [
            {"at": _instant(entry.at), "what": entry.verb, "kind": entry.kind, "id": entry.subject_id}
            for entry in data.entries
        ],
    }


def _email(row: EmailAddress | None) -> dict[str, Any]:
    """Nothing where there is none: most installations know no mail."""
    if row is None:
        return {}
    return {
        "email": {
            "address": row.address,
            "asked_at": _instant(row.asked_at),
            "confirmed_at": _instant(row.confirmed_at),
        }
    }


def _slip(slip: Invitation) -> dict[str, Any]:
    """Without the name on it: on a slip that was given that is somebody else's."""
    return {
        "for": str(slip.role) if slip.role else "password",
        "on": slip.area.name if slip.area else slip.agency.name if slip.agency else "",
        "given_at": _instant(slip.created_at),
        "used_at": _instant(slip.used_at),
        "withdrawn_at": _instant(slip.withdrawn_at),
    }


def _instant(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
