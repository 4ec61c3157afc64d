"""Sign-in, accounts, roles and absences; each verb is one transaction."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.accounts import queries
from kimweb.accounts.models import Absence, PasswordLink, RoleGrant, User, UserSession
from kimweb.accounts.passwords import Passwords, common
from kimweb.accounts.proving import SIGN_IN_LIMIT, SIGN_IN_MINUTES, check_mark, password_mark, prove
from kimweb.core import audit, throttle
from kimweb.core.actor import Actor, Role
from kimweb.core.calendar import local_day
from kimweb.core.db import changed, lock, writing
from kimweb.core.errors import Invalid, NotFound
from kimweb.core.i18n import N_

SEEN_EVERY_MINUTES = 5
PASSWORD_MIN, PASSWORD_MAX = 8, 128
ABSENCE_MAX_DAYS = 366
USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{1,30})[a-z0-9]")


@dataclass(frozen=True, slots=True)
class Halfway:
    """A sign-in whose password fits and whose code is still to come. `mark`: of the password; another one voids it."""

    user_id: int
    mark: str


def token_hash(token: str) -> str:
    """What is kept of a session's token (SHA-256)."""
    return hashlib.sha256(token.encode()).hexdigest()


def sign_in(
    session: Session,
    *,
    username: str,
    password: str,
    passwords: Passwords,
    network: str,
    device: str,
    now: datetime,
) -> str | Halfway:
    """Check a password and begin a session; returns the token for the cookie. Begins none for somebody with a second
    factor: returns who is to give a code.

    Raises Invalid (the same sentence for a wrong name and a wrong password) and TooMany (after 10 failures of this name
    from this network in 15 minutes).
    """
    name = username.strip().lower()[:32]
    limits = {"limit": SIGN_IN_LIMIT, "minutes": SIGN_IN_MINUTES}
    attempt = throttle.take(session, f"sign-in:{name}:{network}", now=now, **limits)
    found = queries.user_by_username(session, name)
    known_id = found.id if found is not None and found.active else None
    mark = password_mark(found) if found is not None else ""
    fits = passwords.verify(found.password_hash if found and known_id else None, password[:PASSWORD_MAX])
    if not fits or len(password) > PASSWORD_MAX:
        raise Invalid("Nama pengguna atau kata sandi tidak cocok.")
    with writing(session):
        throttle.give_back(session, attempt)
        user = queries.user_for_update(session, known_id or 0)
        if user is None or not user.active or password_mark(user) != mark:  # changed while it was being checked
            raise Invalid("Nama pengguna atau kata sandi tidak cocok.")
        if queries.has_second_factor(session, user.id):
            return Halfway(user.id, password_mark(user))
        return begin_session(session, user=user, device=device, now=now)


def begin_session(session: Session, *, user: User, device: str, now: datetime, how: str = "") -> str:
    """A new session row for somebody whose identity is proven; returns its token. Joins the caller's transaction.

    `how`: which second factor proved it ("app", "paper").
    """
    token = secrets.token_urlsafe(32)
    user.signed_in_at = now
    session.add(
        UserSession(token_hash=token_hash(token), user_id=user.id, created_at=now, seen_at=now, device=device[:160])
    )
    _record(session, user, "sign_in", actor_id=user.id, now=now, detail={"second": how} if how else None)
    return token


def sign_out(session: Session, *, token: str, now: datetime) -> None:
    """End a session: its row goes, so every copy of its cookie is dead. Unknown tokens are fine."""
    with writing(session):
        row = queries.session_by_hash(session, token_hash(token))
        if row is not None:
            _record(session, row.user, "sign_out", actor_id=row.user_id, now=now)
            session.delete(row)


def end_session(session: Session, *, actor: Actor, hash_of_token: str, now: datetime) -> None:
    """End one of one's own sessions from another device."""
    with writing(session):
        row = queries.session_by_hash(session, hash_of_token)
        if row is None or row.user_id != actor.user_id:
            raise NotFound("Perangkat ini sudah keluar.")
        _record(session, row.user, "sign_out", actor_id=actor.user_id, now=now)
        session.delete(row)


def find_session(
    session: Session, *, token: str, now: datetime, idle_hours: int, absolute_days: int
) -> UserSession | None:
    """The living session behind a cookie's token, with its person; None when it is over or unknown."""
    row = queries.session_by_hash(session, token_hash(token))
    if row is None or not row.user.active:
        return None
    alive = now - row.seen_at < timedelta(hours=idle_hours) and now - row.created_at < timedelta(days=absolute_days)
    return row if alive else None


def touch_session(session: Session, *, hash_of_token: str, now: datetime) -> None:
    """Note that a session is in use; best effort, in its own short transaction after the reading one."""
    with writing(session):
        session.execute(sa.update(UserSession).where(UserSession.token_hash == hash_of_token).values(seen_at=now))


def change_password(
    session: Session, *, actor: Actor, old: str, new: str, passwords: Passwords, keep: str, now: datetime
) -> None:
    """Set a new password after checking the old one; ends every other session (`keep`: this one's token).

    Raises Invalid, and TooMany after 10 wrong old ones in 15 minutes: a borrowed phone guesses nothing.
    """
    mark = prove(session, actor=actor, password=old, passwords=passwords, now=now, field="old")
    check_password(new, queries.username_of(session, actor))
    fresh = passwords.hash(new)
    with writing(session):
        locked = queries.own_account(session, actor)
        check_mark(locked, mark, "old")
        set_hash(session, user=locked, fresh=fresh, now=now, keep=token_hash(keep))
        _record(session, locked, "password", actor_id=locked.id, now=now)


def set_hash(session: Session, *, user: User, fresh: str, now: datetime, keep: str = "") -> None:
    """Let a new password count: every session ends but `keep` (the hash of its token), and so does every other way to
    a password: open slips and mailed links. Joins the caller's transaction, which holds the person's lock."""
    with writing(session):
        user.password_hash = fresh
        changed(session, sa.delete(UserSession).where(UserSession.user_id == user.id, UserSession.token_hash != keep))
        changed(session, sa.delete(PasswordLink).where(PasswordLink.user_id == user.id))
        for slip in queries.open_slips_of(session, user.id):
            slip.withdrawn_at = now


def check_password(password: str, username: str = "") -> None:
    """The password rules: 8 to 128 characters, any characters; none that many people have, nor the username, once
    or more often.

    Raises Invalid with a sentence for the field `new`.
    """
    if not PASSWORD_MIN <= len(password) <= PASSWORD_MAX:
        hint = N_("Panjangnya 8 sampai 128 huruf. Kalimat pendek paling mudah diingat.")
    elif password.strip().lower() in common():
        hint = N_("Terlalu mudah ditebak. Pakai kalimat pendek buatan Anda, misalnya empat kata.")
    elif _repeats(password.lower(), username.strip().lower()):
        hint = N_("Isinya hanya nama pengguna. Pakai kalimat pendek buatan Anda.")
    else:
        return
    raise Invalid("Kata sandi belum bisa dipakai.", {"new": hint})


def _repeats(password: str, username: str) -> bool:
    """Whether a password is nothing but the username, once or again and again, with or without marks between."""
    rest = password.replace(username, "") if username else password
    return rest != password and not any(letter.isalnum() for letter in rest)


def create_user(
    session: Session, *, username: str, name: str, password_hash: str, now: datetime, by: int | None = None
) -> User:
    """A new account. Raises Invalid for a username that is taken or malformed."""
    wanted = username.strip().lower()
    if not USERNAME.fullmatch(wanted):
        raise Invalid(
            "Nama pengguna belum bisa dipakai.",
            {"username": N_("3 sampai 32 huruf kecil, angka, titik atau garis, tanpa spasi.")},
        )
    with writing(session):
        lock(session, f"username:{wanted}")  # two who choose the same at once: the second is told
        if queries.user_by_username(session, wanted) is not None:
            raise Invalid("Nama pengguna sudah dipakai.", {"username": N_("Sudah dipakai. Pilih yang lain.")})
        user = User(username=wanted, name=name.strip(), password_hash=password_hash, active=True, created_at=now)
        session.add(user)
        session.flush()
        _record(session, user, "create", actor_id=by, now=now)
    return user


def grant_role(
    session: Session,
    *,
    user: User,
    role: Role,
    now: datetime,
    area_code: str | None = None,
    agency_id: int | None = None,
    starts_on: date | None = None,
    ends_on: date | None = None,
    by: int | None = None,
) -> RoleGrant:
    """Give a role on an area or on an agency, from a day (today), perhaps until a day."""
    with writing(session):
        grant = RoleGrant(
            user_id=user.id,
            role=role,
            area_code=area_code,
            agency_id=agency_id,
            starts_on=starts_on or local_day(now),
            ends_on=ends_on,
        )
        session.add(grant)
        detail = {"role": str(role), "area": area_code, "agency": agency_id}
        _record(session, user, "grant", actor_id=by, now=now, detail=detail)
    return grant


def set_absence(
    session: Session, *, actor: Actor, starts_on: date, ends_on: date, stand_in_id: int | None, now: datetime
) -> None:
    """Say "sedang berhalangan", from and until (both count); replaces what was said before and has not ended."""
    if actor.user_id is None:
        raise NotFound("Akun ini tidak ada lagi.")
    if not 0 <= (starts_on - actor.day).days <= ABSENCE_MAX_DAYS or (ends_on - starts_on).days > ABSENCE_MAX_DAYS:
        hint = N_("Mulai hari ini atau sesudahnya, paling lama satu tahun.")
        raise Invalid("Tanggalnya tidak bisa dipakai.", {"starts_on": hint})
    if ends_on < starts_on:
        raise Invalid("Tanggalnya terbalik.", {"ends_on": N_("Lebih awal dari hari pertama. Periksa tanggalnya.")})
    if stand_in_id is not None:
        known = {user.id for user in queries.colleagues(session, actor.user_id, actor.day)}
        if stand_in_id not in known:
            raise Invalid("Pengganti tidak dikenal.", {"stand_in": N_("Pilih satu dari daftar.")})
    with writing(session):
        # The account is locked first: two taps at once wait for each other, where two inserts would deadlock on it.
        user = queries.own_account(session, actor)
        end_absence(session, actor=actor, now=now)
        session.add(Absence(user_id=user.id, stand_in_id=stand_in_id, starts_on=starts_on, ends_on=ends_on))
        detail = {"from": starts_on.isoformat(), "until": ends_on.isoformat(), "stand_in": stand_in_id}
        _record(session, user, "absence", actor_id=user.id, now=now, detail=detail)


def end_absence(session: Session, *, actor: Actor, now: datetime) -> None:
    """Be back: an absence that has not begun goes, a running one ended yesterday."""
    yesterday = local_day(now) - timedelta(days=1)
    with writing(session):
        own = (Absence.user_id == actor.user_id, Absence.ends_on > yesterday)
        ended = changed(session, sa.delete(Absence).where(*own, Absence.starts_on > yesterday))
        ended += changed(session, sa.update(Absence).where(*own).values(ends_on=yesterday))
        user = session.get(User, actor.user_id or 0)
        if ended and user is not None:
            _record(session, user, "absence_end", actor_id=user.id, now=now)


def ask_erasure(session: Session, *, actor: Actor, now: datetime) -> None:
    """Ask that the own account be erased; asking again changes nothing."""
    with writing(session):
        user = queries.own_account(session, actor)
        if user.erasure_asked_at is None:
            user.erasure_asked_at = now
            _record(session, user, "erasure_asked", actor_id=user.id, now=now)


def _record(
    session: Session,
    user: User,
    verb: str,
    *,
    actor_id: int | None,
    now: datetime,
    detail: Mapping[str, object] | None = None,
) -> None:
    entry = audit.Entry(
        at=now,
        kind="user",
        subject_id=str(user.id),
        verb=verb,
        role=Role.SYSTEM,
        actor_id=actor_id,
        detail=dict(detail or {}),
    )
    audit.record(session, entry)
