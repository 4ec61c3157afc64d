"""What a browser proved: the short-lived signed cookie that code and PIN (or sending) earn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kimweb.aspirations import queries
from kimweb.core import throttle
from kimweb.core.codes import clean_code, pin_for, pin_matches
from kimweb.core.db import writing
from kimweb.core.errors import TooMany
from kimweb.web import context

MINUTES = 15
"""How long a tracking session lasts (phones are shared)."""
GUESSES, GUESS_MINUTES = 5, 15
PATH = "/aspirasi/"


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(context.settings().secret_key, salt="lacak")


def _name() -> str:
    return str(current_app.config["TRACKING_COOKIE_NAME"])


def tracked_code() -> str:
    """The code that this browser may follow just now; "" when none."""
    try:
        code, until = _serializer().loads(request.cookies.get(_name(), ""))
        alive = context.now() < datetime.fromtimestamp(int(until), UTC)
    except (BadSignature, ValueError, TypeError, OverflowError):
        return ""
    return clean_code(str(code)) if alive else ""


def proofs() -> frozenset[str]:
    """What the request's actor proved to have sent."""
    code = tracked_code()
    return frozenset({f"aspiration:{code}"}) if code else frozenset()


def remember(response: Response, code: str) -> Response:
    """Let this browser follow `code` for 15 minutes."""
    until = int((context.now() + timedelta(minutes=MINUTES)).timestamp())
    response.set_cookie(
        _name(),
        _serializer().dumps([code, until]),
        max_age=MINUTES * 60,
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=context.settings().secure_cookies,
    )
    return response


def forget(response: Response) -> Response:
    """End the tracking session on this browser."""
    response.delete_cookie(_name(), path=PATH, httponly=True, samesite="Lax")
    return response


def pin_of(session: Session, code: str) -> str | None:
    """The PIN of an aspiration, derived anew; None for an unknown code."""
    row = queries.by_code(session, code)
    return pin_for(context.settings().secret_key, code, row.pin_counter) if row else None


def check_pin(session: Session, *, code: str, pin: str) -> bool:
    """Whether code and PIN belong together. After 5 wrong guesses for a code from a network in 15 minutes: TooMany;
    other networks are not touched, so nobody can lock a public code for others."""
    now = context.now()
    bucket = f"pin:{code}:{context.network()}"
    until = throttle.closed_until(session, bucket, now=now, limit=GUESSES, minutes=GUESS_MINUTES)
    if until:
        raise TooMany("Terlalu banyak percobaan.", until=until)
    row = queries.by_code(session, code)
    if pin_matches(context.settings().secret_key, code, row.pin_counter if row else 0, pin) and row is not None:
        return True
    with writing(session):
        throttle.add(session, bucket, now=now, keep_minutes=GUESS_MINUTES)
    return False
