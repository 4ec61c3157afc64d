"""Flask-Login over server-side sessions: the cookie holds a token, the row decides."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from flask import Flask, current_app, g, redirect, request, session
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from kimweb.accounts import actions, policy, queries
from kimweb.accounts.models import User, UserSession
from kimweb.core.actor import Actor, visitor
from kimweb.core.calendar import local_day
from kimweb.core.permissions import Permission
from kimweb.web import context
from kimweb.web.access import access_of, may

SECOND_FACTOR = "/akun/kode-kedua/"
CODE_COOKIE, CODE_PATH, CODE_MINUTES = "kode", "/masuk/", 5
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
    db, user = context.db_session(), current_user.user
    found = queries.load_actor(db, user, context.now(), proofs)
    asked = context.settings().second_factor == "required" and policy.needs_second_factor(found)
    if asked and not queries.has_second_factor(db, user.id):
        g.second_factor_due = True  # until it is set up the account may do nothing but that
        return replace(found, holdings=frozenset())
    return found


def second_factor_due() -> bool:
    """Whether this person's roles count only once the second factor is set up."""
    return context.actor().signed_in and bool(g.get("second_factor_due"))


def _set_up_first() -> Response | None:
    """On to the page where it is set up, from whatever asks for a role."""
    access = access_of(current_app.view_functions.get(request.endpoint or ""))
    of_a_role = isinstance(access, Permission) and access is not Permission.ACCOUNT_OWN
    return redirect(SECOND_FACTOR, 303) if of_a_role and second_factor_due() else None


def home(actor: Actor) -> str:
    """Where somebody lands: at the desk; without any role, at the own account."""
    return "/meja/" if may(actor, Permission.DESK_SEE) else "/akun/"


def land(token: str, onward: str, earlier: str) -> Response:
    """Put a session that has just begun into the cookie, end the one that this browser had, and lead on."""
    db, now = context.db_session(), context.now()
    row = queries.session_by_hash(db, actions.token_hash(token))
    if row is None:
        return redirect("/masuk/", 303)
    if earlier:
        actions.sign_out(db, token=earlier, now=now)
    enter(row.user, token)
    landed = home(queries.load_actor(db, row.user, now))
    return redirect(landed if onward == "/meja/" else onward, 303)


def enter(user: User, token: str) -> None:
    """Put a new session's token into a fresh cookie."""
    session.clear()
    session.permanent = True
    login_user(SignedIn(user, token))


def current_token() -> str:
    """This sign-in's token; "" for a visitor."""
    return str(current_user.get_id() or "") if current_user.is_authenticated else ""


def username() -> str:
    """Under which name this person signed in."""
    return str(current_user.user.username) if current_user.is_authenticated else ""


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(context.settings().secret_key, salt="kode")


def wait_for_code(response: Response, halfway: actions.Halfway, onward: str) -> Response:
    """Remember for 5 minutes whose password fitted; this is no session, and opens nothing but the form for the code."""
    until = int((context.now() + timedelta(minutes=CODE_MINUTES)).timestamp())
    response.set_cookie(
        CODE_COOKIE,
        _serializer().dumps([halfway.user_id, halfway.mark, onward, until]),
        max_age=CODE_MINUTES * 60,
        path=CODE_PATH,
        httponly=True,
        samesite="Lax",
        secure=context.settings().secure_cookies,
    )
    return response


def waiting() -> tuple[actions.Halfway, str] | None:
    """Who is to give a code, and where they go on to; None when nobody is, or the time is over."""
    try:
        user_id, mark, onward, until = _serializer().loads(request.cookies.get(CODE_COOKIE, ""))
        alive = context.now() < datetime.fromtimestamp(int(until), UTC)
    except (BadSignature, ValueError, TypeError, OverflowError):
        return None
    return (actions.Halfway(int(user_id), str(mark)), str(onward)) if alive else None


def stop_waiting(response: Response) -> Response:
    """The code was given, or the first half no longer counts."""
    response.delete_cookie(CODE_COOKIE, path=CODE_PATH, httponly=True, samesite="Lax")
    return response


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
    app.before_request(_set_up_first)
    app.after_request(_touch)
