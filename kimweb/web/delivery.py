"""Bytes on the wire: brotli or gzip, whichever the browser takes and is smaller, and static files that never go
stale."""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path

import brotli
from flask import Flask, request, url_for
from werkzeug.wrappers import Response

_TEXT = ("text/", "application/javascript", "application/json", "image/svg+xml", "application/atom+xml")
_SMALLEST = 200
_A_YEAR = 365 * 24 * 3600


def _compressed(body: bytes, accepted: dict[str, bool], *, best: bool) -> tuple[str, bytes] | None:
    found: list[tuple[str, bytes]] = []
    if accepted["br"]:
        found.append(("br", brotli.compress(body, quality=11 if best else 5)))
    if accepted["gzip"]:
        found.append(("gzip", gzip.compress(body, 9, mtime=0)))
    smallest = min(found, key=lambda pair: len(pair[1]), default=None)
    return smallest if smallest and len(smallest[1]) < len(body) else None


@lru_cache(maxsize=64)
def _compressed_static(body: bytes, br: bool, gz: bool) -> tuple[str, bytes] | None:
    return _compressed(body, {"br": br, "gzip": gz}, best=True)


def _compress(response: Response) -> Response:
    if not (response.mimetype or "").startswith(_TEXT):
        return response
    response.vary.add("Accept-Encoding")
    if response.status_code in (204, 304):
        return response
    if "Content-Encoding" in response.headers or "Content-Range" in response.headers:
        return response
    static = request.endpoint == "static"
    response.direct_passthrough = False
    body = response.get_data()
    if len(body) < _SMALLEST:
        return response
    offered = request.accept_encodings
    accepted = {name: bool(offered.quality(name)) and name in offered.values() for name in ("br", "gzip")}
    if static:
        best = _compressed_static(body, accepted["br"], accepted["gzip"])
    else:
        best = _compressed(body, accepted, best=False)
    if best:
        response.headers["Content-Encoding"] = best[0]
        response.set_data(best[1])
        if "ETag" in response.headers:
            # a validator of its own, which Flask could not yet compare with what the browser holds
            response.headers["ETag"] = response.headers["ETag"].rstrip('"') + f'-{best[0]}"'
            response.make_conditional(request.environ)
    return response


def install(app: Flask) -> None:
    """Compress answers; `asset("js/htmx.min.js")` gives a static address that changes with the file's content."""
    root = Path(app.static_folder or "static")

    @lru_cache(maxsize=64)
    def version(name: str) -> str:
        return hashlib.sha256((root / name).read_bytes()).hexdigest()[:8]

    def asset(name: str) -> str:
        return url_for("static", filename=name, v=version(name))

    def keep(response: Response) -> Response:
        """An address with the file's version never changes its content; one without is asked for again."""
        asked = (request.view_args or {}).get("filename", "")
        if (
            request.endpoint == "static"
            and response.status_code in (200, 304)
            and request.args.get("v") == version(asked)
        ):
            response.headers["Cache-Control"] = f"public, max-age={_A_YEAR}, immutable"
        return response

    app.jinja_env.globals["asset"] = asset
    app.after_request(keep)
    app.after_request(_compress)
