"""The pages of places: the front page, the choice of a village, districts, villages."""

from __future__ import annotations

from typing import Any

from flask import redirect, request
from werkzeug.wrappers import Response

from kimweb.areas import finding
from kimweb.areas import queries as areas
from kimweb.areas.models import Area, AreaKind
from kimweb.core.actor import REGENCY
from kimweb.core.errors import NotFound
from kimweb.home import desk, gallery, gaps, health, log, pages, queries, searching
from kimweb.home.blueprint import bp
from kimweb.kims.queries import kim_of
from kimweb.web import context, cookies
from kimweb.web.access import public
from kimweb.web.forms import clean_line
from kimweb.web.htmx import render_page

SEARCH_SHOWN = 30


@bp.get("/")
@public
def front() -> Response:
    """The chosen village's page; the regency's until one is chosen."""
    asked = request.cookies.get(cookies.VILLAGE, "")
    village = queries.chosen_village(context.db_session(), asked)
    response = _village_page(village, chosen=True) if village else _regency_page()
    if village and village.code != asked:
        cookies.keep(response, cookies.VILLAGE, village.code)
    response.vary.add("Cookie")
    return response


@bp.get("/desa/")
@public
def choose() -> Response:
    """The districts, and what a search (`?q=`) finds."""
    db, q = context.db_session(), clean_line(request.args.get("q", ""))[: areas.QUERY_MAX]
    found = finding.search_areas(db, q, SEARCH_SHOWN) if q else []
    near = finding.near_areas(db, q) if q and not found else []
    values: dict[str, Any] = {"found": found, "near": near, "more": len(found) == SEARCH_SHOWN}
    return render_page("home/choose.html", q=q, districts=areas.districts_with_counts(db), **values)


@bp.get("/kecamatan/<area:code>/")
@public
def district(code: str) -> Response:
    """One district."""
    db = context.db_session()
    area = queries.place(db, code)
    if moved := _elsewhere(area):
        return moved
    content = queries.place_page(db, area.code, context.today())
    return render_page("home/district.html", area=area, content=content, villages=areas.villages_of(db, area.code))


@bp.get("/desa/<area:code>/")
@public
def village(code: str) -> Response:
    """One village or ward."""
    area = queries.place(context.db_session(), code)
    return _elsewhere(area) or _village_page(area, chosen=False)


@bp.post("/desa/<area:code>/pilihan")
@public
def choice(code: str) -> Response:
    """Make it the village of this browser."""
    area = queries.chosen_village(context.db_session(), code)
    if area is None:
        raise NotFound("Desa ini tidak ada.")
    response = redirect("/", 303)
    cookies.keep(response, cookies.VILLAGE, area.code)
    return response


def address_of(area: Area) -> str:
    """Where an area's page stands."""
    match area.kind:
        case AreaKind.REGENCY:
            return "/desa/"
        case AreaKind.DISTRICT:
            return f"/kecamatan/{area.code}/"
        case _:
            return f"/desa/{area.code}/"


def _elsewhere(area: Area) -> Response | None:
    """301 when the area's page stands at another address: it was recoded, or it is of another level."""
    address = address_of(area)
    return redirect(address, 301) if address != request.path else None


def _village_page(area: Area, *, chosen: bool) -> Response:
    db, day = context.db_session(), context.today()
    content, kim = queries.place_page(db, area.code, day), kim_of(db, area.code, day)
    return render_page("home/village.html", area=area, content=content, kim=kim, chosen=chosen)


def _regency_page() -> Response:
    content = queries.place_page(context.db_session(), REGENCY, context.today())
    return render_page("home/regency.html", content=content)


__all__ = ["bp", "desk", "gallery", "gaps", "health", "log", "pages", "searching"]
