"""What the app on somebody's phone shows, and a second factor that is on already."""

from __future__ import annotations

from datetime import datetime, timedelta

from pyotp import TOTP
from sqlalchemy.orm import Session

from kimweb.accounts import second_factor
from kimweb.accounts.models import SecondFactor
from kimweb.accounts.passwords import Passwords
from kimweb.accounts.queries import load_actor, user_by_username
from kimweb.accounts.second_factor import Guard, secret_of
from tests.conftest import SECRET_KEY

GUARD = Guard(SECRET_KEY, "network")
CHEAP = (1, 8, 1)


def shown(session: Session, user_id: int, at: datetime, steps: int = 0) -> str:
    """The code that the app shows at an instant; `steps`: of 30 seconds later (negative: earlier)."""
    session.rollback()
    factor = session.get_one(SecondFactor, user_id, populate_existing=True)
    moment = at + timedelta(seconds=second_factor.STEP_SECONDS * steps)
    return TOTP(secret_of(SECRET_KEY, factor.salt)).generate_otp(int(moment.timestamp()) // 30)


def turn_on(session: Session, username: str, password: str, at: datetime) -> int:
    """Set up somebody's second factor with the code of 30 seconds ago; returns their number."""
    user = user_by_username(session, username)
    assert user
    actor = load_actor(session, user, at)
    second_factor.prepare(session, actor=actor, password=password, passwords=Passwords(CHEAP), now=at)
    code = shown(session, user.id, at, -1)
    second_factor.confirm(session, actor=actor, code=code, guard=GUARD, keep="", now=at)
    return user.id
