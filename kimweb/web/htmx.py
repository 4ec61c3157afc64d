"""Whole pages and their fragments: htmx asks for a part, everybody else gets the page around the same file."""

from __future__ import annotations

from typing import Any

from flask import flash, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from kimweb.core.permissions import Permission
from kimweb.web import context
from kimweb.web.access import may


def is_partial() -> bool:
    """Whether htmx asks for a fragment (neither boosted nor restoring history)."""
    headers = request.headers
    return (
        headers.get("HX-Request") == "true"
        and headers.get("HX-Request-Type", "partial") == "partial"
        and "HX-Boosted" not in headers
        and "HX-History-Restore-Request" not in headers
    )


def render_page(page: str, fragment: str | None = None, /, *, status: int = 200, **values: Any) -> Response:
    """The page, or only its fragment for a plain htmx request; `Vary` tells caches that there are two."""
    template = fragment if fragment is not None and is_partial() else page
    response = make_response(render_template(template, **values), status)
    if fragment is not None:
        response.vary.add("HX-Request")
    return response


def done(message: str, *, to: str, title: str = "") -> Response:
    """The answer to a state change: on the desk with htmx a line in the row's place, else 303 to the desk or to `to`.

    Forms on the desk carry the hidden field `dari` = "meja". `title`: of what was changed; "" when the actor no longer
    sees it.
    """
    if is_partial():
        head = context.desk_head(request.headers.get("HX-Current-URL", ""))
        values: dict[str, Any] = {"message": message, "href": to, "title": title, "head": head}
        return render_page("components/_done.html", "components/_done.html", **values)
    if context.actor().signed_in:
        flash(message, title or "message")
    from_desk = request.form.get("dari") == "meja" and may(context.actor(), Permission.DESK_SEE)
    return redirect(url_for(context.addresses().desk) if from_desk else to, 303)
