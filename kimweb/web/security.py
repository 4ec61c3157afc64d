"""Cross-site posts, response headers, and the token of forms under a session.

Every request that may change something must come from us, by Sec-Fetch-Site, else Origin, else Referer. Present but
foreign: 403. All absent (old and text browsers may send none): accepted without a session cookie, or with a valid
token.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, current_app, g, request
from flask_wtf.csrf import CSRFError, CSRFProtect
from werkzeug.exceptions import Forbidden, LengthRequired
from werkzeug.wrappers import Response

from kimweb.web.access import PUBLIC, access_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
csrf = CSRFProtect()

_CSP = (
    "default-src 'none';style-src '{style}';script-src 'self';connect-src 'self';img-src 'self' data:;"
    "form-action 'self';base-uri 'none';frame-ancestors 'none'"
)


def same_site() -> bool | None:
    """Whether the request comes from our own pages; None when nothing tells."""
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None:
        return fetch_site in ("same-origin", "none")
    for name in ("Origin", "Referer"):
        value = request.headers.get(name)
        if value:
            return _host_of(value) == request.host
    return None


def _host_of(address: str) -> str | None:
    try:
        return urlsplit(address).netloc
    except ValueError:
        return None


def _has_session() -> bool:
    names = (current_app.config["SESSION_COOKIE_NAME"], current_app.config["TRACKING_COOKIE_NAME"])
    return any(name in request.cookies for name in names)


def _guard_posts() -> None:
    if request.method in SAFE or request.endpoint is None:
        return
    if request.content_length is None and "Transfer-Encoding" in request.headers:
        raise LengthRequired()  # a body of unknown length would be cut, and a "hide my name" with it
    ours = same_site()
    if ours is False:
        raise Forbidden("Kiriman ini datang dari situs lain.")
    is_public = access_of(current_app.view_functions.get(request.endpoint)) == PUBLIC
    if not is_public or (ours is None and _has_session()):
        csrf.protect()


def _add_headers(response: Response) -> Response:
    headers = response.headers
    headers["X-Content-Type-Options"] = "nosniff"
    if response.status_code == 308 and request.method in SAFE:
        response.status_code = 301  # text browsers know no 308
    if response.location and response.location.startswith(request.host_url):
        # the router names the host that was asked for (`/berita` → `/berita/`): nobody else's name leads on from here
        response.location = "/" + response.location.removeprefix(request.host_url)
    if response.mimetype == "text/html":
        headers["Content-Security-Policy"] = _CSP.format(style=g.get("style_hash", "none"))
        headers["Referrer-Policy"] = "same-origin"
        headers["X-Frame-Options"] = "DENY"  # for browsers that know no frame-ancestors
        if "Cache-Control" not in headers:
            private = _has_session() or request.method not in SAFE or response.status_code >= 400
            headers["Cache-Control"] = "private, no-store" if private else "private, no-cache"
    return response


def install(app: Flask) -> None:
    """Register the guards; configure Flask-WTF to be asked only where a token is due."""
    app.config.update(WTF_CSRF_CHECK_DEFAULT=False, WTF_CSRF_TIME_LIMIT=None, WTF_CSRF_SSL_STRICT=False)
    app.config.setdefault("TRACKING_COOKIE_NAME", "lacak")
    csrf.init_app(app)
    app.before_request(_guard_posts)
    app.after_request(_add_headers)


__all__ = ["CSRFError", "csrf", "install", "same_site"]
