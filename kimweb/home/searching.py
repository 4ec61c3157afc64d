"""Views: the search over all that is published, and over villages and districts."""

from __future__ import annotations

from typing import Any

from flask import Flask, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from kimweb.areas import finding
from kimweb.areas import queries as areas
from kimweb.areas.words import place_name
from kimweb.core import search
from kimweb.core.i18n import N_
from kimweb.home.blueprint import bp
from kimweb.web import context
from kimweb.web.access import public
from kimweb.web.forms import clean_line
from kimweb.web.htmx import render_page

PLACES_SHOWN = 5
KINDS = {
    "news": N_("Berita"),
    "announcement": N_("Pengumuman"),
    "aspiration": N_("Aspirasi"),
    "clarification": N_("Cek Fakta"),
}
ADDRESSES = {
    "news": "/berita/%s/",
    "announcement": "/pengumuman/%s/",
    "aspiration": "/aspirasi/%s/",
    "clarification": "/cek-fakta/%s/",
}


@bp.get("/cari/")
@public
def find() -> Response:
    """What stands everywhere with the words of `?q=`, the last published first, after the places of that name."""
    db, q = context.db_session(), clean_line(request.args.get("q", ""))[: search.QUERY_MAX]
    after = request.args.get("sesudah")
    words = search.asked(q)
    page = search.find(db, words, day=context.today(), after=after)
    values: dict[str, Any] = {"q": q, "words": words, "page": page, "after": after}
    values["places"] = finding.search_areas(db, q, PLACES_SHOWN) if q and not after else []
    nothing = q and not values["places"] and not page.items
    values["near"] = finding.near_areas(db, q, limit=PLACES_SHOWN) if nothing else []
    found_in = areas.areas_with_codes(db, [hit.entry.area_code for hit in page.items])
    values["where"] = {area.code: place_name(area) for area in found_in}
    return render_page("home/search.html", "home/_found.html", addresses=ADDRESSES, **values)


def install(app: Flask) -> None:
    """Register what the kinds are called."""
    app.jinja_env.filters["found_kind"] = lambda kind: gettext(KINDS[kind])
