"""The public pages of aspirations, sending and following. What desks and senders change is in `changes`."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from kimweb.areas.places import chosen, resolve, which_one
from kimweb.areas.queries import area_asked
from kimweb.aspirations import changes, forms, pages, places, queries, sending, tracking
from kimweb.core.codes import clean_code
from kimweb.core.errors import NotFound
from kimweb.core.i18n import N_
from kimweb.core.idempotency import new_key
from kimweb.web import context, cookies
from kimweb.web.access import public
from kimweb.web.forms import TrackForm
from kimweb.web.htmx import render_page
from kimweb.web.photos import takes_photos

bp = Blueprint("aspirations", __name__)
changes.register(bp)


@bp.get("/aspirasi/")
@public
def index() -> Response:
    """Public aspirations, everywhere or of one area (`?wilayah=`), the last confirmed first."""
    db = context.db_session()
    area = area_asked(db, request.args.get("wilayah"))
    page = queries.public_page(db, within=area.code if area else None, after=request.args.get("sesudah"))
    return render_page("aspirations/index.html", "aspirations/_list.html", page=page, area=area)


@bp.get("/aspirasi/<code:code>/")
@public
def show(code: str) -> Response:
    """One aspiration as this reader may see it: the public, its sender, or an official. One that is not there and one
    that is not shown get the same answer, with the way to code and PIN."""
    try:
        row = queries.visible_aspiration(context.db_session(), context.actor(), code)
    except NotFound:
        return render_page("aspirations/not_shown.html", status=404, code=code)
    return pages.page_of(row)


def _form_page(form: forms.SendForm, *, photos: bool, status: int = 200, candidates: object = ()) -> Response:
    """`photos`: whether the form takes them. One that does not is half as large to send (delivery.md)."""
    form.photos.again()
    response = render_page(
        "aspirations/send.html",
        status=status,
        form=form,
        photos=photos,
        village=chosen(form.village.data),
        candidates=candidates,
        about=forms.ABOUT,
        key=new_key(),
    )
    if status == 200 and not context.actor().signed_in:
        response.headers["Cache-Control"] = "private, no-cache"  # the form opens again without network
    return response


@bp.get("/aspirasi/kirim/")
@public
def send() -> Response:
    """The form; the village is the chosen one, or `?desa=`. With `?foto=ya` it takes photos."""
    form = forms.SendForm(formdata=None)
    village = chosen(request.args.get("desa", request.cookies.get(cookies.VILLAGE)))
    form.village.data = village.code if village else ""
    form.category.choices = places.category_choices()
    return _form_page(form, photos=request.args.get("foto") == "ya")


@bp.post("/aspirasi/kirim/")
@public
@takes_photos
def sent() -> Response:
    """Take it in once, however often the form arrives; the code goes into a short-lived cookie."""
    form = forms.SendForm()
    form.category.choices = places.category_choices()
    valid = form.validate()
    village, candidates = resolve(form.village.data or "")
    if village is None and not form.village.errors:
        form.village.errors = [which_one(candidates)]
    if not valid or village is None:
        photos = request.mimetype == "multipart/form-data"
        return _form_page(form, photos=photos, status=422, candidates=candidates)
    new = places.aspiration_of(form, village.code)
    db, key, network = context.db_session(), form.key.data, context.network()
    pictures = form.photos.data
    receipt = sending.send_aspiration(db, new, key=key, network=network, now=context.now(), pictures=pictures)
    response = redirect("/aspirasi/kirim/selesai/", 303)
    return tracking.remember(response, receipt.code, sent=True) if receipt.shows_pin else tracking.forget(response)


@bp.get("/aspirasi/kirim/selesai/")
@public
def receipt() -> Response:
    """Code and PIN, as long as the cookie lives."""
    db, code = context.db_session(), tracking.sent_code()
    if not code:
        return render_page("aspirations/no_receipt.html", status=404)
    row = queries.visible_aspiration(db, context.actor(), code)
    return render_page("aspirations/receipt.html", aspiration=row, pin=tracking.pin_of(db, code))


@bp.get("/aspirasi/lacak/")
@public
def track() -> Response:
    """Where code and PIN are typed; straight on to the aspiration while the cookie lives."""
    asked = clean_code(request.args.get("code", ""))
    known = tracking.tracked_code()
    if known and asked in ("", known):
        return redirect(f"/aspirasi/{known}/", 303)
    form = TrackForm(formdata=None, code=asked)
    return render_page("aspirations/track.html", form=form, refused="")


@bp.post("/aspirasi/lacak/")
@public
def tracked() -> Response:
    """Check code and PIN. The same answer for an unknown code and for a wrong PIN."""
    form, refused = TrackForm(), ""
    code = clean_code(form.code.data or "")
    if form.validate():
        if code and code == tracking.tracked_code():
            return redirect(f"/aspirasi/{code}/", 303)
        if code and _pin_fits(code, form.pin.data or ""):
            return tracking.remember(redirect(f"/aspirasi/{code}/", 303), code)
        refused = N_("Kode dan PIN tidak cocok. Periksa lagi di kertas atau foto Anda.")
    return render_page("aspirations/track.html", status=422, form=form, refused=refused)


def _pin_fits(code: str, pin: str) -> bool:
    who = {"server_key": context.settings().secret_key, "network": context.network()}
    return sending.check_pin(context.db_session(), code=code, pin=pin, now=context.now(), **who)


@bp.post("/aspirasi/lacak/keluar")
@public
def untrack() -> Response:
    """End the tracking session on this phone; a receipt that it showed is closed for good."""
    code = tracking.sent_code()
    if code:
        sending.close_receipt(context.db_session(), code=code)
    return tracking.forget(redirect("/aspirasi/lacak/", 303))
