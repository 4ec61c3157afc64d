"""What a browser proved: the short-lived signed cookie that code and PIN (or sending) earn."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from flask import current_app, request
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kimweb.aspirations import queries
from kimweb.core.codes import clean_code, pin_for
from kimweb.web import context

MINUTES = 15
"""How long a tracking session lasts (phones are shared)."""
PATH = "/aspirasi/"


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(context.settings().secret_key, salt="lacak")


def _name() -> str:
    return str(current_app.config["TRACKING_COOKIE_NAME"])


def _tracked() -> tuple[str, bool]:
    try:
        code, until, sent = _serializer().loads(request.cookies.get(_name(), ""))
        alive = context.now() < datetime.fromtimestamp(int(until), UTC)
    except (BadSignature, ValueError, TypeError, OverflowError):
        return "", False
    return (clean_code(str(code)), bool(sent)) if alive else ("", False)


def tracked_code() -> str:
    """The code that this browser may follow just now; "" when none."""
    return _tracked()[0]


def sent_code() -> str:
    """The code that this browser has just sent, and whose PIN it may see; "" when none."""
    code, sent = _tracked()
    return code if sent else ""


def proofs() -> frozenset[str]:
    """What the request's actor proved to have sent."""
    code = tracked_code()
    return frozenset({f"aspiration:{code}"}) if code else frozenset()


def remember(response: Response, code: str, *, sent: bool = False) -> Response:
    """Let this browser follow `code` for 15 minutes; `sent`: and see its PIN, since it has just sent it."""
    until = int((context.now() + timedelta(minutes=MINUTES)).timestamp())
    response.set_cookie(
        _name(),
        _serializer().dumps([code, until, int(sent)]),
        max_age=MINUTES * 60,
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=context.settings().secure_cookies,
    )
    return response


def forget(response: Response) -> Response:
    """End the tracking session on this browser, and drop the pages that it keeps for "Back"."""
    response.delete_cookie(_name(), path=PATH, httponly=True, samesite="Lax")
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def pin_of(session: Session, code: str) -> str | None:
    """The PIN of an aspiration, derived anew; None for an unknown code."""
    row = queries.by_code(session, code)
    return pin_for(context.settings().secret_key, code, row.pin_counter) if row else None
