"""Flask-Login over server-side sessions: the cookie holds a token, the row decides."""

from __future__ import annotations

import logging
from datetime import timedelta

from flask import Flask, g, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from kimweb.accounts import actions, queries
from kimweb.accounts.models import User, UserSession
from kimweb.core.actor import Actor, visitor
from kimweb.core.calendar import local_day
from kimweb.web import context

manager = LoginManager()
log = logging.getLogger("kimweb")


class SignedIn(UserMixin):  # type: ignore[misc]
    """What Flask-Login carries: the person, and the token of this sign-in as its id."""

    def __init__(self, user: User, token: str) -> None:
        """`token`: what the cookie holds."""
        self.user = user
        self.token = token

    def get_id(self) -> str:
        """The token; Flask-Login keeps it in the signed cookie."""
        return self.token


@manager.user_loader  # type: ignore[untyped-decorator]
def _load(token: str) -> SignedIn | None:
    settings = context.settings()
    row = actions.find_session(
        context.db_session(),
        token=token,
        now=context.now(),
        idle_hours=settings.session_idle_hours,
        absolute_days=settings.session_days,
    )
    if row is None:
        return None
    g.session_row = row
    return SignedIn(row.user, token)


def load_actor(proofs: frozenset[str]) -> Actor:
    """The request's actor."""
    day = local_day(context.now())
    if not current_user.is_authenticated:
        return visitor(day, proofs)
    return queries.load_actor(context.db_session(), current_user.user, context.now(), proofs)


def enter(user: User, token: str) -> None:
    """Put a new session's token into a fresh cookie."""
    session.clear()
    session.permanent = True
    login_user(SignedIn(user, token))


def current_token() -> str:
    """This sign-in's token; "" for a visitor."""
    return str(current_user.get_id() or "") if current_user.is_authenticated else ""


def leave() -> None:
    """End this sign-in, row and cookie."""
    token = current_token()
    logout_user()
    session.clear()
    if token:
        actions.sign_out(context.db_session(), token=token, now=context.now())


def _touch(response: Response) -> Response:
    """Note, at most every 5 minutes, that the session is in use; after the reading transaction, and never fatal."""
    row: UserSession | None = g.get("session_row")
    if row is None or response.status_code >= 500:
        return response
    db = context.db_session()
    if row in db and context.now() - row.seen_at >= timedelta(minutes=actions.SEEN_EVERY_MINUTES):
        try:
            actions.touch_session(db, hash_of_token=row.token_hash, now=context.now())
        except SQLAlchemyError:
            log.warning("a sign-in's use was not noted", exc_info=True)
    return response


def install(app: Flask) -> None:
    """Register the login manager and the note of use."""
    app.config.update(
        SESSION_COOKIE_NAME="kim",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
    )
    manager.session_protection = None  # addresses change all day on a mobile network
    manager.init_app(app)
    app.after_request(_touch)
