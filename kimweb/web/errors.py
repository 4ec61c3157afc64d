"""Errors as pages of the site: what happened, what to do, and what was typed."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from flask import Flask, redirect, request, url_for
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError, generate_csrf
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.wrappers import Response

from kimweb.core.errors import Busy, Conflict, Invalid, InvalidTransition, NotAllowed, NotFound, TooMany
from kimweb.core.i18n import N_
from kimweb.web import context
from kimweb.web.access import NoRole, NotIdentified, check
from kimweb.web.filters import clock_time
from kimweb.web.htmx import render_page
from kimweb.web.photos import are_too_large, were_sent
from kimweb.web.words import translated

log = logging.getLogger("kimweb")

_SECRETS = {"password", "pin", "old", "new", "again"}
_WRITTEN = {
    "title": N_("Judul"),
    "body": N_("Isi"),
    "text": N_("Tulisan"),
    "reason": N_("Alasan"),
    "place": N_("Di mana"),
    "alt": N_("Keterangan foto"),
}
"""The fields in which people write sentences, with their labels; an error page shows these again."""


def _typed() -> dict[str, str]:
    """What was written into the refused form, by the field's name."""
    try:
        form = request.form
    except RequestEntityTooLarge:
        return {}
    written = {name: "\n".join(filter(str.strip, form.getlist(name))) for name in form if name in _WRITTEN}
    return {name: value for name, value in written.items() if value}


def _page(status: int, title: str, sentence: str, **values: Any) -> Response:
    defaults: dict[str, Any] = {
        "typed": {},
        "back": "",
        "way": _("Lihat keadaannya sekarang"),
        "resend": None,
        "search": False,
        "entry": None,
        "labels": _WRITTEN,
        "photos": were_sent(),
    }
    return render_page(
        "errors/error.html",
        "errors/_error.html",
        status=status,
        title=title,
        sentence=sentence,
        **(defaults | values),
    )


def _thing() -> str:
    """The address of the thing whose state a POST wanted to change: `/berita/204/publikasi` → `/berita/204/`."""
    head = request.path.rstrip("/").rpartition("/")[0]
    return head + "/" if request.method == "POST" and head else ""


def not_found(_error: Exception) -> Response:
    """404, also for what is invisible to the actor."""
    sentence = _("Mungkin sudah ditarik, atau alamatnya salah tulis. Cari desanya di sini.")
    return _page(404, _("Halaman ini tidak ada"), sentence, search=True)


def forbidden(error: Exception) -> Response:
    """403."""
    sentence, more = getattr(error, "description", None) or str(error), {}
    if isinstance(error, NoRole):
        ask = _("Perannya mungkin sudah berakhir. Minta kepada moderator, peninjau kecamatan, atau Dinas Kominfo.")
        sentence = f"{translated(sentence)} {ask}"
        more = {"back": url_for(context.addresses().account), "way": _("Lihat peran Anda")}
    return _page(403, _("Tidak diizinkan"), sentence, typed=_typed(), **more)


def stale_token(_error: CSRFError) -> Response:
    """400 that keeps the text: the same form again with a fresh token; for whoever is signed out, the way in."""
    try:
        check()
    except NotIdentified as error:
        if _typed():
            return not_identified(error, status=400)
    except NotAllowed:
        pass  # said when the token is right
    fields = [(name, value) for name, value in request.form.items(multi=True) if name not in {"csrf_token", *_SECRETS}]
    resend = {"action": request.path, "fields": fields, "token": generate_csrf()}
    sentence = _(
        "Halaman ini terlalu lama terbuka, atau Anda sudah keluar. Tulisan Anda masih ada: periksa, lalu kirim lagi."
    )
    return _page(400, _("Belum terkirim"), sentence, resend=resend)


def not_identified(error: NotIdentified, status: int = 403) -> Response:
    """On to where one signs in, or shows code and PIN; what was written stays here, beside the way there."""
    typed = _typed()
    if not typed:
        return redirect(error.where, 303)
    sentence, way = (
        (_("Waktu melacak sudah habis."), _("Buka dengan kode dan PIN"))
        if error.sender
        else (_("Anda sudah keluar."), _("Masuk"))
    )
    rest = _("Salin tulisan Anda di bawah, buka lagi halamannya, lalu tempel.")
    return _page(status, _("Belum terkirim"), f"{sentence} {rest}", typed=typed, back=error.where, way=way)


def stale_form(error: Conflict | InvalidTransition) -> Response:
    """409: somebody was faster, perhaps the same person in another tab. Shows what changed, and keeps what was
    typed."""
    entry = context.last_change(error.kind, error.subject_id) if isinstance(error, Conflict) else None
    own = entry is not None and entry.actor_id is not None and entry.actor_id == context.actor().user_id
    plain = _("Sudah Anda ubah di tempat lain.") if own else _("Sudah diubah orang lain.")
    below = (
        _("Sudah Anda ubah di tempat lain. Tulisan Anda ada di bawah.")
        if own
        else _("Sudah diubah orang lain. Tulisan Anda ada di bawah.")
    )
    sentence = below if _typed() else plain
    return _page(409, _("Keadaannya sudah berubah"), sentence, typed=_typed(), back=_thing(), entry=entry)


def invalid(error: Invalid) -> Response:
    """422 of a state change whose form stands on another page."""
    sentences = " ".join(map(translated, error.fields.values())) or str(error)
    return _page(422, _("Perbaiki dulu"), sentences, typed=_typed(), back=_thing())


def too_many(error: TooMany) -> Response:
    """429 with the hour at which the next try counts."""
    until = context_time(error)
    response = _page(429, _("Tunggu sebentar"), _("Terlalu banyak percobaan. Coba lagi pukul %(time)s.", time=until))
    return retry_after(response, error)


def retry_after(response: Response, error: TooMany) -> Response:
    """Tell machines too when the next try counts."""
    response.headers["Retry-After"] = str(max(1, int((error.until - context.now()).total_seconds())))
    return response


def context_time(error: TooMany) -> str:
    """The hour and minute after which the throttle is open."""
    return clock_time(error.until + timedelta(minutes=1))


def too_large(_error: Exception) -> Response:
    """413 in the site's own page."""
    if are_too_large():
        sentence = _(
            "Paling banyak 3 foto, masing-masing paling besar 8 MB. Kembali, lalu pilih foto yang lebih kecil."
        )
        return _page(413, _("Fotonya terlalu besar"), sentence)
    return _page(413, _("Kiriman terlalu besar"), _("Pendekkan tulisannya, lalu kirim lagi dari halaman sebelumnya."))


def http_error(error: HTTPException) -> Response:
    """Any other error that Flask raises: the same page, with its own code."""
    if error.code is None or error.code < 400:
        return error.get_response(request.environ)
    response = _page(
        error.code, _("Permintaan ini tidak bisa dilayani"), _("Kembali ke halaman sebelumnya, lalu coba lagi.")
    )
    for name, value in error.get_headers(request.environ):
        if name == "Allow":
            response.headers[name] = value
    return response


def busy(error: OperationalError | Busy) -> Response:
    """503: the database does not answer just now, or too many sign in at once."""
    if isinstance(error, OperationalError):
        log.exception("database", exc_info=error)
    _give_up()
    response = _page(503, _("Sedang penuh"), _("Tulisan Anda ada di bawah. Coba lagi satu menit lagi."), typed=_typed())
    response.headers["Retry-After"] = "60"
    return response


def crashed(error: Exception) -> Response:
    """500: never a traceback on a page."""
    log.exception("unexpected", exc_info=error)
    _give_up()
    return _page(500, _("Ada yang rusak di sisi kami"), _("Sudah tercatat. Coba lagi sebentar lagi."), typed=_typed())


def _give_up() -> None:
    """End what the request began, and go on without an account where the database does not tell whose it is."""
    context.db_session().rollback()
    context.actor_or_nobody()


def install(app: Flask) -> None:
    """Register every handler."""
    handlers: list[tuple[Any, Any]] = [
        (404, not_found),
        (NotFound, not_found),
        (403, forbidden),
        (NotAllowed, forbidden),
        (NotIdentified, not_identified),
        (CSRFError, stale_token),
        (Conflict, stale_form),
        (InvalidTransition, stale_form),
        (Invalid, invalid),
        (TooMany, too_many),
        (413, too_large),
        (HTTPException, http_error),
        (OperationalError, busy),
        (Busy, busy),
        (Exception, crashed),
    ]
    for what, handler in handlers:
        app.register_error_handler(what, handler)
