"""Handing a claim in, and following it with code and PIN; no account, no JavaScript."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from kimweb.areas.models import Area
from kimweb.areas.places import chosen, resolve, which_one
from kimweb.clarifications import forms, queries, sending
from kimweb.clarifications.models import Clarification, SeenIn
from kimweb.clarifications.sending import NewClaim
from kimweb.clarifications.tracking import TRACKER, pin_of
from kimweb.core.codes import clean_code
from kimweb.core.i18n import N_
from kimweb.core.idempotency import new_key
from kimweb.web import context, cookies
from kimweb.web.access import public
from kimweb.web.forms import TrackForm
from kimweb.web.htmx import render_page
from kimweb.web.photos import takes_photos


def _form_page(form: forms.ClaimForm, *, status: int = 200, candidates: object = ()) -> Response:
    form.photos.again()
    photos = "foto" in request.args or request.mimetype == "multipart/form-data"
    village = chosen(form.village.data)
    values: dict[str, Any] = {"photos": photos, "village": village, "candidates": candidates, "key": new_key()}
    response = render_page("clarifications/claim.html", status=status, form=form, **values)
    if status == 200 and not context.actor().signed_in:
        response.headers["Cache-Control"] = "private, no-cache"  # the form opens again without network
    return response


@public
def claim() -> Response:
    """The form; the village is the chosen one, or `?desa=` (empty: none). With `?foto=ya` it takes a photo."""
    form = forms.ClaimForm(formdata=None)
    village = chosen(request.args.get("desa", request.cookies.get(cookies.VILLAGE)))
    form.village.data = village.code if village else ""
    return _form_page(form)


@public
def similar() -> Response:
    """What may answer already what is being typed (`?claim=`), as a part of the form."""
    found = queries.similar(context.db_session(), request.args.get("claim", ""))
    return render_page("clarifications/_similar.html", found=found)


@public
@takes_photos
def claimed() -> Response:
    """Take it in once, however often the form arrives. What was published already and answers it is shown first; the
    sender decides. (A photo cannot be kept meanwhile: with one, it is taken in at once.)"""
    form = forms.ClaimForm()
    valid = form.validate()
    typed = form.village.data or ""
    village, candidates = resolve(typed)
    if typed and village is None and not form.village.errors:
        form.village.errors = [which_one(candidates)]
    if not valid or (typed and village is None):
        return _form_page(form, status=422, candidates=candidates)
    if not form.sure.data and not form.photos.data:
        found = queries.similar(context.db_session(), form.claim.data or "")
        if found:
            return render_page("clarifications/answered.html", form=form, village=village, found=found)
    return _taken_in(form, village)


def _taken_in(form: forms.ClaimForm, village: Area | None) -> Response:
    new = NewClaim(
        claim=form.claim.data or "",
        seen_in=SeenIn(form.seen_in.data),
        link=form.link.data or "",
        village_code=village.code if village else None,
    )
    db, key, network = context.db_session(), form.key.data, context.network()
    receipt = sending.send_claim(db, new, key=key, network=network, now=context.now(), pictures=form.photos.data)
    response = redirect("/cek-fakta/lapor/selesai/", 303)
    return TRACKER.remember(response, receipt.code, sent=True) if receipt.shows_pin else TRACKER.forget(response)


def _own(code: str) -> Clarification | None:
    return queries.by_code(context.db_session(), code) if code else None


@public
def receipt() -> Response:
    """Code and PIN, as long as the cookie lives."""
    row = _own(TRACKER.sent_code())
    if row is None:
        return render_page("clarifications/no_receipt.html", status=404)
    return render_page("clarifications/receipt.html", fact=row, pin=pin_of(row))


@public
def track() -> Response:
    """Where code and PIN are typed; straight on to the claim while the cookie lives."""
    asked = clean_code(request.args.get("code", ""))
    row = _own(TRACKER.tracked_code())
    if row is not None and asked in ("", row.code):
        return redirect(f"/cek-fakta/{row.id}/", 303)
    form = TrackForm(formdata=None, code=asked)
    return render_page("clarifications/track.html", form=form, refused="")


@public
def tracked() -> Response:
    """Check code and PIN. The same answer for an unknown code and for a wrong PIN."""
    form, refused = TrackForm(), ""
    code = clean_code(form.code.data or "")
    if form.validate():
        known = code == TRACKER.tracked_code()
        if code and (known or _pin_fits(code, form.pin.data or "")):
            row = _own(code)
            if row is not None:
                response = redirect(f"/cek-fakta/{row.id}/", 303)
                return response if known else TRACKER.remember(response, code)
        refused = N_("Kode dan PIN tidak cocok. Periksa lagi di kertas atau foto Anda.")
    return render_page("clarifications/track.html", status=422, form=form, refused=refused)


def _pin_fits(code: str, pin: str) -> bool:
    who = {"server_key": context.settings().secret_key, "network": context.network()}
    return sending.check_pin(context.db_session(), code=code, pin=pin, now=context.now(), **who)


@public
def untrack() -> Response:
    """End the tracking session on this phone; a receipt that it showed is closed for good."""
    code = TRACKER.sent_code()
    if code:
        sending.close_receipt(context.db_session(), code=code)
    return TRACKER.forget(redirect("/cek-fakta/lacak/", 303))


def register(bp: Blueprint) -> None:
    """Put the pages on the blueprint."""
    bp.get("/cek-fakta/lapor/")(claim)
    bp.post("/cek-fakta/lapor/")(claimed)
    bp.get("/cek-fakta/mirip/")(similar)
    bp.get("/cek-fakta/lapor/selesai/")(receipt)
    bp.get("/cek-fakta/lacak/")(track)
    bp.post("/cek-fakta/lacak/")(tracked)
    bp.post("/cek-fakta/lacak/keluar")(untrack)
