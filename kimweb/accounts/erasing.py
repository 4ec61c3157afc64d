"""What of people and their sign-ins goes: old sessions by time, a person's data when they ask for it."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.accounts import queries
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
from kimweb.core import audit, erasure
from kimweb.core.actor import Role
from kimweb.core.calendar import local_day
from kimweb.core.db import changed, writing
from kimweb.core.errors import NotFound
from kimweb.core.i18n import N_

ANSWER_HOURS = 72
"""How long the admin has to answer who asks to be erased (UU 27/2022: 3 x 24 hours)."""
NAMELESS = N_("(akun dihapus)")
NO_PASSWORD = "!"  # noqa: S105  # nosec B105 # no hash: nothing fits it


def forget_sessions(session: Session, *, before: datetime) -> int:
    """Remove the sign-ins that were last used until `before`; returns how many."""
    with writing(session):
        return changed(session, sa.delete(UserSession).where(UserSession.seen_at <= before))


def forget_slips(session: Session, *, before: datetime) -> int:
    """Remove the invitations and password slips that were used, withdrawn or over until `before`; returns how many.
    Who gave and who used which stays in the record, by number."""
    ended = sa.or_(Invitation.used_at <= before, Invitation.withdrawn_at <= before, Invitation.expires_at <= before)
    with writing(session):
        return changed(session, sa.delete(Invitation).where(ended))


def erase_user(session: Session, *, username: str, texts: bool, now: datetime) -> dict[str, int]:
    """Erase a person: name, username, password, second factor, sign-ins; roles end. Returns what went, by name.

    The account's number stays, since entries of the record and what was published name it. Texts of entries about the
    account go too; with `texts`, also what the person wrote as reasons. Raises NotFound. On PostgreSQL, where the
    migrating role is another one, only that one may.
    """
    with writing(session):
        found = queries.user_by_username(session, username)
        user = queries.user_for_update(session, found.id) if found else None
        if user is None:
            raise NotFound(f"Tidak ada akun bernama {username[:32]}.")
        gone = {"peran diakhiri": _end_roles(session, user, now)}
        for name, table in (("perangkat", UserSession), ("kode cadangan", RecoveryCode), ("kode kedua", SecondFactor)):
            gone[name] = changed(session, sa.delete(table).where(table.user_id == user.id))
        slips = sa.or_(Invitation.user_id == user.id, Invitation.used_by == user.id)  # their name stands on them
        gone["slip"] = changed(session, sa.delete(Invitation).where(slips))
        changed(session, sa.delete(PasswordLink).where(PasswordLink.user_id == user.id))
        if changed(session, sa.delete(EmailAddress).where(EmailAddress.user_id == user.id)):
            gone["alamat email"] = 1  # named only where there was one: most installations know no mail
        by = user.id if texts else None
        seqs = erasure.texts_of(session, kind="user", subject_id=str(user.id), written_by=by)
        gone["teks catatan"] = erasure.erase_texts(session, seqs=seqs, why=f"user {user.id}", now=now)
        user.username, user.name, user.password_hash = f"terhapus-{user.id}", NAMELESS, NO_PASSWORD
        user.active = False
        _record(session, user, gone, now)
        return gone


def _end_roles(session: Session, user: User, now: datetime) -> int:
    """Roles that run ended yesterday; those that have not begun, and absences, go."""
    today = local_day(now)
    own = RoleGrant.user_id == user.id
    changed(session, sa.delete(Absence).where(Absence.user_id == user.id))
    changed(session, sa.update(Absence).where(Absence.stand_in_id == user.id).values(stand_in_id=None))
    waiting = changed(session, sa.delete(RoleGrant).where(own, RoleGrant.starts_on >= today))
    open_end = sa.or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= today)
    ended = sa.update(RoleGrant).where(own, open_end).values(ends_on=today - timedelta(days=1))
    return waiting + changed(session, ended)


def _record(session: Session, user: User, gone: dict[str, int], now: datetime) -> None:
    detail = {"removed": gone}
    entry = audit.Entry(at=now, kind="user", subject_id=str(user.id), verb="erase", role=Role.SYSTEM, detail=detail)
    audit.record(session, entry)
