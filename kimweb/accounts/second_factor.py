"""The second factor: six digits from an app (TOTP, RFC 6238), or a code on paper when the phone is gone.

Nothing that opens the account stands in the database: the app's secret and the ten recovery codes are derived from the
server key and a random salt (docs/decisions/0013). A code works once, whichever worker it reaches: the row is locked,
and keeps the newest time step that was taken.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from pyotp import TOTP
from sqlalchemy.orm import Session

from kimweb.accounts import actions, directory, granting, policy, proving, queries
from kimweb.accounts.models import RecoveryCode, SecondFactor, User, UserSession
from kimweb.accounts.passwords import Passwords
from kimweb.core import audit, throttle
from kimweb.core.actor import Actor, Role
from kimweb.core.codes import ALPHABET
from kimweb.core.db import changed, writing
from kimweb.core.errors import Invalid, InvalidTransition, NotAllowed, NotFound
from kimweb.core.i18n import N_

ISSUER = "KIM Muba"
STEP_SECONDS = 30
CODE_LIMIT, CODES_ALL, CODE_MINUTES = 5, 50, 15
"""Wrong codes for an account from one network, and from all of them."""
RECOVERY_CODES = 10
RESET, ON = "second_factor_reset", "second_factor_on"
"""Verbs of the record by which a person learns that somebody removed it."""
TOLD_DAYS = 30
"""How long that is told, unless it was set up anew before."""
SHOWN_MINUTES = 10
"""How long after the confirmation the recovery codes can be read: a page that was lost on the way comes again."""
_WRONG = N_("Tidak cocok. Tulis kode yang tampil sekarang; setiap kode berlaku satu kali.")


@dataclass(frozen=True, slots=True)
class Guard:
    """What every check of a code needs: the server key, and where the attempt comes from (a keyed hash)."""

    server_key: str
    network: str


def _derived(server_key: str, what: str, salt: str) -> bytes:
    return hmac.new(server_key.encode(), f"second-factor\0{what}\0{salt}".encode(), hashlib.sha256).digest()


def secret_of(server_key: str, salt: str) -> str:
    """The app's secret: 160 bits, in base 32 (32 characters)."""
    return base64.b32encode(_derived(server_key, "secret", salt)[:20]).decode()


def address_of(server_key: str, salt: str, username: str) -> str:
    """What the QR code says to the app (otpauth://…)."""
    return TOTP(secret_of(server_key, salt)).provisioning_uri(name=username, issuer_name=ISSUER)


def recovery_codes(server_key: str, salt: str) -> list[str]:
    """The ten codes on paper, such as H4T9-QCRW-7KMN (58 bits each)."""
    codes = []
    for number in range(RECOVERY_CODES):
        value = int.from_bytes(_derived(server_key, f"recovery {number}", salt), "big")
        letters = "".join(ALPHABET[value // 30**place % 30] for place in range(12))
        codes.append(f"{letters[:4]}-{letters[4:8]}-{letters[8:]}")
    return codes


def shown_codes(factor: SecondFactor | None, server_key: str, now: datetime) -> list[str]:
    """The recovery codes while they may still be read; afterwards none."""
    confirmed = factor.confirmed_at if factor else None
    fresh = confirmed is not None and now - confirmed < timedelta(minutes=SHOWN_MINUTES)
    return recovery_codes(server_key, factor.salt) if factor and fresh else []


def reset_at(session: Session, user_id: int, now: datetime) -> datetime | None:
    """When somebody else removed it, for 30 days and until it is on again; None else (one statement)."""
    entry = queries.newest_entry(session, user_id, (RESET, ON))
    told = entry is not None and entry.verb == RESET and now - entry.at < timedelta(days=TOLD_DAYS)
    return entry.at if entry is not None and told else None


def _hash(server_key: str, user_id: int, code: str) -> str:
    return _derived(server_key, f"recovery hash {user_id}", code).hex()


def _clean(typed: str) -> str:
    return re.sub(r"[\s.\-]", "", typed[:40]).upper()


def prepare(session: Session, *, actor: Actor, password: str, passwords: Passwords, now: datetime) -> None:
    """Begin to set it up, after the password: whoever borrows an open phone locks nobody out. Counts only once a code
    confirmed it. Raises Invalid, TooMany, and InvalidTransition where it is on already."""
    mark = proving.prove(session, actor=actor, password=password, passwords=passwords, now=now)
    with writing(session):
        user = queries.own_account(session, actor)
        proving.check_mark(user, mark)
        factor = queries.second_factor_for_update(session, user.id)
        if factor is not None and factor.confirmed_at is not None:
            raise InvalidTransition("the second factor is on")
        if factor is None:
            factor = SecondFactor(user_id=user.id, last_step=0, confirmed_at=None)
            session.add(factor)
        factor.salt, factor.created_at = secrets.token_hex(16), now


def preparation(session: Session, actor: Actor) -> str:
    """What tells the key that waits for its first code from one made later, without telling it; "" when none waits."""
    factor = queries.second_factor(session, actor.user_id or 0)
    waits = factor is not None and factor.confirmed_at is None
    return hashlib.sha256(factor.salt.encode()).hexdigest()[:16] if factor is not None and waits else ""


def confirm(session: Session, *, actor: Actor, code: str, guard: Guard, keep: str, now: datetime) -> None:
    """Turn it on: the app shows the right code. Makes the recovery codes, and ends every other session (`keep`: this
    one's token), since they began without a code. Raises Invalid, TooMany, InvalidTransition."""
    attempt = _attempt(session, actor.user_id or 0, guard, now)
    with writing(session):
        user = queries.own_account(session, actor)
        factor = queries.second_factor_for_update(session, user.id)
        if factor is None or factor.confirmed_at is not None:
            raise InvalidTransition("nothing waits for a code")
        if not _take_step(factor, code, guard.server_key, now):
            raise Invalid("Kode tidak cocok.", {"code": _WRONG})
        throttle.give_back(session, *attempt)
        factor.confirmed_at = now
        for fresh in recovery_codes(guard.server_key, factor.salt):
            session.add(RecoveryCode(user_id=user.id, code_hash=_hash(guard.server_key, user.id, _clean(fresh))))
        others = UserSession.user_id == user.id, UserSession.token_hash != actions.token_hash(keep)
        changed(session, sa.delete(UserSession).where(*others))
        _record(session, user.id, ON, now)


def remove(
    session: Session, *, actor: Actor, password: str, code: str, passwords: Passwords, guard: Guard, now: datetime
) -> None:
    """Turn it off, after password and code. Raises Invalid, TooMany, InvalidTransition."""
    mark = proving.prove(session, actor=actor, password=password, passwords=passwords, now=now)
    attempt = _attempt(session, actor.user_id or 0, guard, now)
    with writing(session):
        user = queries.own_account(session, actor)
        proving.check_mark(user, mark)
        if not queries.has_second_factor(session, user.id):
            raise InvalidTransition("there is no second factor")
        if not _take(session, user.id, code, guard.server_key, now):
            raise Invalid("Kode tidak cocok.", {"code": _WRONG})
        throttle.give_back(session, *attempt)
        forget(session, user_id=user.id)
        _record(session, user.id, "second_factor_off", now)


def forget(session: Session, *, user_id: int) -> None:
    """Remove a person's second factor and recovery codes. Joins the caller's transaction, which says who did it."""
    with writing(session):
        for table in (RecoveryCode, SecondFactor):
            changed(session, sa.delete(table).where(table.user_id == user_id))


def reset(session: Session, *, actor: Actor, user_id: int, reason: str, now: datetime) -> None:
    """Remove somebody's, who lost phone and codes, and end their sessions; `reason` is kept in the record only.

    For the admin, never on oneself; on another admin only for who is admin by a grant of their own. Raises NotFound,
    NotAllowed, and InvalidTransition where none is on.
    """
    role = policy.resets_second_factor(actor)
    with writing(session):
        user = directory.person(session, actor, user_id, lock=True)
        if role is None or user.id == actor.user_id:
            raise NotAllowed("Kode kedua dihapus oleh admin lain.")
        granting.authority_over(session, actor, user, now)
        if not queries.has_second_factor(session, user.id):
            raise InvalidTransition("there is no second factor")
        _reset(session, user, audit.Entry(now, "user", str(user.id), RESET, role, actor.user_id, text=reason))


def reset_by_command(session: Session, *, username: str, now: datetime) -> None:
    """The same from the server's command line, for the only admin's own. Raises NotFound."""
    with writing(session):
        found = queries.user_by_username(session, username)
        user = queries.user_for_update(session, found.id) if found else None
        if user is None:
            raise NotFound(f"Tidak ada akun bernama {username[:32]}.")
        if not queries.has_second_factor(session, user.id):
            raise NotFound(f"Akun {user.username} tidak memakai kode kedua.")
        detail = {"by": "command"}
        _reset(session, user, audit.Entry(now, "user", str(user.id), RESET, Role.SYSTEM, detail=detail))


def _reset(session: Session, user: User, entry: audit.Entry) -> None:
    forget(session, user_id=user.id)
    changed(session, sa.delete(UserSession).where(UserSession.user_id == user.id))
    audit.record(session, entry)


def finish_sign_in(
    session: Session, *, waiting: actions.Halfway, code: str, guard: Guard, device: str, now: datetime
) -> str | None:
    """The second half of a sign-in; returns the new session's token, None where the first half no longer counts.

    Raises Invalid for a wrong or used code (and records it: somebody knows the password) and TooMany after 5 in 15
    minutes from this network.
    """
    attempt = _attempt(session, waiting.user_id, guard, now)
    with writing(session):
        user = queries.user_for_update(session, waiting.user_id)
        if user is None or not user.active or proving.password_mark(user) != waiting.mark:
            return None
        how = _take(session, user.id, code, guard.server_key, now)
        if how:
            throttle.give_back(session, *attempt)
            return actions.begin_session(session, user=user, device=device, now=now, how=how)
        _record(session, user.id, "code_refused", now)
    raise Invalid("Kode tidak cocok.", {"code": _WRONG})


def _attempt(session: Session, user_id: int, guard: Guard, now: datetime) -> tuple[int, int]:
    """Counted for the account and network, and for the account from everywhere: only who has the password fills it."""
    with writing(session):
        everywhere = throttle.take(session, f"code:{user_id}", now=now, limit=CODES_ALL, minutes=CODE_MINUTES)
        bucket = f"code:{user_id}:{guard.network}"
        here = throttle.take(session, bucket, now=now, limit=CODE_LIMIT, minutes=CODE_MINUTES)
    return everywhere, here


def _take(session: Session, user_id: int, typed: str, server_key: str, now: datetime) -> str:
    """Use up a code: "app" or "paper" where it was right and unused, else "". Locks the person's row first."""
    factor = queries.second_factor_for_update(session, user_id)
    if factor is None or factor.confirmed_at is None:
        return ""
    if _take_step(factor, typed, server_key, now):
        session.flush()
        return "app"
    fits = RecoveryCode.code_hash == _hash(server_key, user_id, _clean(typed))
    own = RecoveryCode.user_id == user_id, RecoveryCode.used_at.is_(None), fits
    return "paper" if changed(session, sa.update(RecoveryCode).where(*own).values(used_at=now)) else ""


def _take_step(factor: SecondFactor, typed: str, server_key: str, now: datetime) -> bool:
    """Whether the app shows this code now, showed it 30 seconds ago or will in 30 (clocks differ), and a newer one was
    not taken; it and all before it are used up."""
    totp, step = TOTP(secret_of(server_key, factor.salt)), int(now.timestamp()) // STEP_SECONDS
    for number in (step - 1, step, step + 1):
        fits = hmac.compare_digest(totp.generate_otp(number).encode(), _clean(typed).encode())
        if fits and number > factor.last_step:
            factor.last_step = number
            return True
    return False


def _record(session: Session, user_id: int, verb: str, now: datetime) -> None:
    audit.record(session, audit.Entry(now, "user", str(user_id), verb, Role.SYSTEM, actor_id=user_id))
