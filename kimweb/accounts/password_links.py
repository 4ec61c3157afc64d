"""A new password by a link that is mailed to an official who forgot the old one (docs/decisions/0017)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.accounts import actions, policy, queries
from kimweb.accounts.models import EmailAddress, PasswordLink, User
from kimweb.accounts.passwords import Passwords
from kimweb.core import audit, outbox, throttle
from kimweb.core.actor import Role
from kimweb.core.db import changed, writing
from kimweb.core.errors import Invalid, TooMany
from kimweb.core.i18n import N_

ASKED, CHANGED = "password_asked", "password_changed"
"""The outbox's kinds. Subjects: the name as it was typed, whoever's it is; the account's number."""
LIFE = timedelta(hours=1)
FROM_NETWORK, ALL_NAMES, FOR_NAME, MINUTES = 5, 100, 3, 60
"""So often an hour a network may ask for a name and for names altogether (it hears that it must wait), and all together
for a name (nobody hears it: it would tell that the name exists)."""
REFUSED = N_("Tautan ini tidak berlaku: lewat 1 jam, sudah dipakai, atau kata sandinya sudah diganti.")


@dataclass(frozen=True, slots=True)
class Link:
    """A link to be mailed now; the token stands nowhere else."""

    user: User
    address: str
    token: str


def ask(session: Session, *, username: str, network: str, now: datetime) -> None:
    """Have a link mailed, if there is anybody to mail it to: that is found out later, by the worker, so that this
    takes the same steps for every name. Raises TooMany after 5 for this name from this network in an hour."""
    name = username.strip().lower()[:32]
    throttle.take(session, f"forgot-from:{network}", now=now, limit=ALL_NAMES, minutes=MINUTES)
    throttle.take(session, f"forgot-from:{name}:{network}", now=now, limit=FROM_NETWORK, minutes=MINUTES)
    with writing(session):
        try:
            throttle.take(session, f"forgot:{name}", now=now, limit=FOR_NAME, minutes=MINUTES)
        except TooMany:
            return
        outbox.enqueue(session, kind=ASKED, subject=name, now=now)


def make(session: Session, *, username: str, now: datetime) -> Link | None:
    """A fresh link for an official with a confirmed address; None for anybody else."""
    with writing(session):
        changed(session, sa.delete(PasswordLink).where(PasswordLink.expires_at <= now))
        found = queries.user_by_username(session, username)
        user = queries.user_for_update(session, found.id) if found else None
        row = queries.email_address(session, user.id) if user else None
        if user is None or row is None or not _may(session, user, row, now):
            return None
        token = secrets.token_urlsafe(32)
        link = PasswordLink(user_id=user.id, token_hash=actions.token_hash(token), expires_at=now + LIFE)
        link.mark = _mark(user, row)
        session.add(link)
        _record(session, user.id, "password_link", now)
        return Link(user, row.address, token)


def _may(session: Session, user: User, row: EmailAddress, now: datetime) -> bool:
    official = policy.may_use_mail(queries.load_actor(session, user, now))
    return user.active and row.confirmed_at is not None and official


def _mark(user: User, row: EmailAddress) -> str:
    return hashlib.sha256(f"{user.password_hash}\0{row.address}".encode()).hexdigest()


def usable(session: Session, *, token: str, now: datetime) -> PasswordLink | None:
    """The link behind a token, with its person, while it works; None alike for whatever is wrong with it."""
    link = queries.password_link(session, actions.token_hash(token))
    row = queries.email_address(session, link.user_id) if link is not None else None
    if link is None or row is None or now >= link.expires_at:
        return None
    fits = hmac.compare_digest(link.mark, _mark(link.user, row)) and _may(session, link.user, row, now)
    return link if fits else None


def set_password(session: Session, *, token: str, password: str, passwords: Passwords, now: datetime) -> None:
    """Use a link: the new password counts, every session ends, and the person is told by mail. Raises Invalid, for the
    field `token` when the link does not work."""
    found = usable(session, token=token, now=now)
    if found is None:
        raise Invalid(REFUSED, {"token": REFUSED})
    user_id = found.user_id
    actions.check_password(password, found.user.username)
    fresh = passwords.hash(password)
    with writing(session):
        user = queries.user_for_update(session, user_id)  # of two at the same moment the second waits here
        link = usable(session, token=token, now=now)
        if link is None or user is None:
            raise Invalid(REFUSED, {"token": REFUSED})
        actions.set_hash(session, user=user, fresh=fresh, now=now)
        outbox.enqueue(session, kind=CHANGED, subject=str(user.id), now=now)
        _record(session, user.id, "password_by_mail", now)


def _record(session: Session, user_id: int, verb: str, now: datetime) -> None:
    """Whoever has the mailbox acts; who that is nobody can tell, so the entry names no actor."""
    audit.record(session, audit.Entry(now, "user", str(user_id), verb, Role.SYSTEM))
