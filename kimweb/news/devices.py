"""The cookie that tells one reader's device from another when it reports a piece; part of views.

A report sets it, and nothing else does. It holds random bits and since when, signed: how long a device has been known
is not up to whoever sends it.
"""

from __future__ import annotations

from datetime import UTC, datetime

from flask import request
from itsdangerous import BadSignature, URLSafeSerializer
from werkzeug.wrappers import Response

from kimweb.core.idempotency import new_key
from kimweb.news.reporting import Device
from kimweb.web import context

COOKIE, PATH, DAYS = "lapor", "/berita/", 30


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(context.settings().secret_key, salt="lapor")


def this_device() -> Device:
    """The device that asks, a new one where it has no cookie of ours."""
    try:
        mark, since = _serializer().loads(request.cookies.get(COOKIE, ""))
        return Device(str(mark), datetime.fromtimestamp(int(since), UTC))
    except (BadSignature, ValueError, TypeError, OverflowError):
        return Device(new_key(), context.now())


def remember(response: Response, device: Device) -> Response:
    """Let the browser keep it for a month."""
    response.set_cookie(
        COOKIE,
        _serializer().dumps([device.mark, int(device.since.timestamp())]),
        max_age=DAYS * 24 * 3600,
        path=PATH,
        httponly=True,
        samesite="Lax",
        secure=context.settings().secure_cookies,
    )
    return response
