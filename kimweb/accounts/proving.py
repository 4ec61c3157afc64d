"""The password, asked for: at sign-in, and again before something that a borrowed phone must not do."""

from __future__ import annotations

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from kimweb.accounts.models import User
from kimweb.accounts.passwords import Passwords
from kimweb.core import throttle
from kimweb.core.actor import Actor
from kimweb.core.errors import Invalid
from kimweb.core.i18n import N_

SIGN_IN_LIMIT, SIGN_IN_MINUTES = 10, 15
"""Wrong passwords for a name from one network."""
_WRONG = N_("Tidak cocok. Tulis kata sandi yang dipakai sekarang.")


def password_mark(user: User) -> str:
    """What tells one password from the next, without telling it."""
    return hashlib.sha256(user.password_hash.encode()).hexdigest()[:16]


def prove(
    session: Session, *, actor: Actor, password: str, passwords: Passwords, now: datetime, field: str = "password"
) -> str:
    """Check the actor's own password; returns its mark, which `check_mark` wants under the lock. Raises Invalid with a
    sentence for `field`, and TooMany after 10 wrong ones in 15 minutes."""
    limits = {"limit": SIGN_IN_LIMIT, "minutes": SIGN_IN_MINUTES}
    attempt = throttle.take(session, f"password:{actor.user_id}", now=now, **limits)
    user = session.get(User, actor.user_id)
    mark = password_mark(user) if user is not None else ""
    if user is None or not passwords.verify(user.password_hash, password):
        raise Invalid("Kata sandi tidak cocok.", {field: _WRONG})
    throttle.give_back(session, attempt)
    return mark


def check_mark(user: User, mark: str, field: str = "password") -> None:
    """Raise Invalid when the password was changed since it was proven (hashing takes its time, without the lock)."""
    if not user.active or password_mark(user) != mark:
        raise Invalid("Kata sandi baru saja diganti.", {field: _WRONG})
