"""Pages that explain: about, privacy, help; and the choice of language."""

from __future__ import annotations

from flask import redirect, request
from werkzeug.wrappers import Response

from kimweb.core.errors import Invalid
from kimweb.core.i18n import LANGUAGES
from kimweb.home.blueprint import bp
from kimweb.home.who_sees import LINES
from kimweb.web import context, cookies
from kimweb.web.access import public
from kimweb.web.htmx import render_page


@bp.get("/tentang/")
@public
def about() -> Response:
    """What this is and who does what."""
    return render_page("home/about.html")


@bp.get("/privasi/")
@public
def privacy() -> Response:
    """What is stored and who sees it (UU 27/2022)."""
    settings = context.settings()
    return render_page("home/privacy.html", lines=LINES, mail=settings.mail is not None, keep=settings.keep_days)


@bp.get("/bantuan/")
@public
def guide() -> Response:
    """How to read, send, follow and choose."""
    return render_page("home/help.html")


@bp.get("/bantuan/petugas/")
@public
def officers_guide() -> Response:
    """How officers sign in, decide, are away, and use a keyboard."""
    return render_page("home/help_officers.html")


@bp.post("/bahasa/")
@public
def language() -> Response:
    """Remember the language."""
    chosen = request.form.get(cookies.LANGUAGE, "")
    if chosen not in LANGUAGES:
        raise Invalid("Bahasa ini belum ada. Pilih bahasa Indonesia atau Inggris.")
    response = redirect("/bantuan/", 303)
    cookies.keep(response, cookies.LANGUAGE, chosen)
    return response
