"""The two things that a reader's browser remembers for us: the village and the language."""

from __future__ import annotations

from werkzeug.wrappers import Response

from kimweb.web import context

VILLAGE = "desa"
LANGUAGE = "bahasa"
_A_YEAR = 365 * 24 * 3600


def keep(response: Response, name: str, value: str) -> None:
    """Set one of our cookies for a year."""
    secure = context.settings().secure_cookies
    response.set_cookie(name, value, max_age=_A_YEAR, httponly=True, samesite="Lax", secure=secure)
