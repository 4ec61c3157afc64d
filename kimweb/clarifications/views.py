"""The public pages of Cek Fakta: the list, one of them, what is said against it. Claims come in by `claim_pages`."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from kimweb.areas.queries import area_asked
from kimweb.clarifications import changes, claim_pages, forms, pages, queries, rebutting
from kimweb.core.errors import NotFound
from kimweb.core.idempotency import new_key
from kimweb.web import context
from kimweb.web.access import public
from kimweb.web.htmx import render_page

bp = Blueprint("clarifications", __name__)
claim_pages.register(bp)
changes.register(bp)


@bp.get("/cek-fakta/")
@public
def index() -> Response:
    """What is published, everywhere or for one area (`?wilayah=`), the newest first."""
    db = context.db_session()
    area = area_asked(db, request.args.get("wilayah"))
    page = queries.public_page(db, area_code=area.code if area else None, after=request.args.get("sesudah"))
    return render_page("clarifications/index.html", "clarifications/_list.html", page=page, area=area)


@bp.get("/cek-fakta/<id:clarification_id>/")
@public
def show(clarification_id: int) -> Response:
    """One of them: for everybody once published; before that for whoever sent it and for the desks. One that was
    withdrawn says so (410)."""
    try:
        row = queries.visible_clarification(context.db_session(), context.actor(), clarification_id)
    except NotFound:
        return pages.withdrawn_page(clarification_id)
    return pages.page_of(row)


def _rebut_page(clarification_id: int, form: forms.RebutForm, *, status: int = 200) -> Response:
    fact = queries.published(context.db_session(), clarification_id)
    sent = request.method == "GET" and "terkirim" in request.args
    key = new_key()
    return render_page("clarifications/rebut.html", status=status, fact=fact, form=form, sent=sent, key=key)


@bp.get("/cek-fakta/<id:clarification_id>/bantah/")
@public
def rebut_form(clarification_id: int) -> Response:
    """The small form with which anybody contradicts a clarification; `?terkirim=1`: thanks instead."""
    return _rebut_page(clarification_id, forms.RebutForm(formdata=None))


@bp.post("/cek-fakta/<id:clarification_id>/bantahan")
@public
def rebut(clarification_id: int) -> Response:
    """Take in a rebuttal; the answer is the same whatever becomes of it."""
    form = forms.RebutForm()
    if not form.validate():
        return _rebut_page(clarification_id, form, status=422)
    text, key, network, now = form.text.data or "", form.key.data, context.network(), context.now()
    rebutting.rebut(
        context.db_session(), clarification_id=clarification_id, text=text, key=key, network=network, now=now
    )
    return redirect(f"/cek-fakta/{clarification_id}/bantah/?terkirim=1", 303)
