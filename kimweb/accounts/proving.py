"""Asking for the password again before something that a borrowed phone must not do."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from kimweb.accounts.actions import SIGN_IN_LIMIT, SIGN_IN_MINUTES
from kimweb.accounts.models import User
from kimweb.accounts.passwords import Passwords
from kimweb.core import throttle
from kimweb.core.actor import Actor
from kimweb.core.errors import Invalid
from kimweb.core.i18n import N_


def prove(session: Session, *, actor: Actor, password: str, passwords: Passwords, now: datetime) -> None:
    """Check the actor's own password. Raises Invalid with a sentence for the field `password`, and TooMany after 10
    wrong ones in 15 minutes."""
    limits = {"limit": SIGN_IN_LIMIT, "minutes": SIGN_IN_MINUTES}
    attempt = throttle.take(session, f"password:{actor.user_id}", now=now, **limits)
    user = session.get(User, actor.user_id)
    if user is None or not passwords.verify(user.password_hash, password):
        wrong = N_("Tidak cocok. Tulis kata sandi yang dipakai sekarang.")
        raise Invalid("Kata sandi tidak cocok.", {"password": wrong})
    throttle.give_back(session, attempt)
