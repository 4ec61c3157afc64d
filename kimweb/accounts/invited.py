"""Getting in by a slip: type its code, choose username and password; or set a new password."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response

from kimweb.accounts import invitations, login, slips
from kimweb.accounts.invitation_forms import AcceptForm, CodeForm, NewPasswordForm
from kimweb.accounts.models import Invitation
from kimweb.accounts.passwords import Passwords, passwords
from kimweb.core import throttle
from kimweb.core.codes import clean_slip, slip_code
from kimweb.core.errors import Invalid, TooMany
from kimweb.web import context
from kimweb.web.access import public
from kimweb.web.files import kept_nowhere
from kimweb.web.forms import Form
from kimweb.web.htmx import render_page

bp = Blueprint("invited", __name__, url_prefix="/undangan")


@bp.get("/")
@public
def ask() -> Response:
    """The form for a code."""
    return render_page("accounts/code.html", form=CodeForm(formdata=None))


@bp.post("/")
@public
def asked() -> Response:
    """On to the slip's own page when the code works."""
    form = CodeForm()
    if form.validate():
        try:
            slip = invitations.check_code(context.db_session(), typed=form.code.data or "", **_who())
        except Invalid as error:
            form.blame(error.fields)
        else:
            return redirect(url_for("invited.slip", code=slip_code(_key(), slip.nonce)), 303)
    return render_page("accounts/code.html", status=422, form=form)


@bp.get("/selesai/")
@public
def finished() -> Response:
    """The new password counts."""
    return render_page("accounts/password_set.html")


@bp.get("/<string(maxlength=60):code>/")
@public
def slip(code: str) -> Response:
    """Who invites to what, and the form. Nothing is counted on reading, but a network whose tries are used up waits."""
    db, limits = context.db_session(), {"limit": invitations.WRONG_LIMIT, "minutes": invitations.WRONG_MINUTES}
    until = throttle.closed_until(db, f"slip:{context.network()}", now=context.now(), **limits)
    if until:
        raise TooMany("Terlalu banyak percobaan.", until=until)
    found = _find(code)
    return _page(found, AcceptForm(formdata=None)) if found else _refused(code, 404)


@bp.post("/<string(maxlength=60):code>/")
@public
def accept(code: str) -> Response:
    """Make the account and its session, or set the new password."""
    found = _find(code)
    if found is not None and found.user_id is not None:
        return _set_password(code, found)
    form, earlier, db = AcceptForm(), login.current_token(), context.db_session()
    if form.validate():
        values: dict[str, Any] = {"username": form.username.data or "", "password": form.password.data or ""}
        device = request.headers.get("User-Agent", "")
        try:
            token = invitations.accept(db, typed=code, device=device, passwords=_passwords(), **values, **_who())
        except Invalid as error:
            if "code" in error.fields:
                return _refused(code, 422)
            form.blame(_at_field(error))
        else:
            return login.land(token, "/meja/", earlier)
    found = _find(code)
    return _page(found, form, 422) if found else _refused(code, 422)


def _set_password(code: str, found: Invitation) -> Response:
    form = NewPasswordForm()
    if form.validate():
        values: dict[str, Any] = {"password": form.password.data or "", "passwords": _passwords()}
        try:
            invitations.set_password(context.db_session(), typed=code, **values, **_who())
        except Invalid as error:
            if "code" in error.fields:
                return _refused(code, 422)
            form.blame(_at_field(error))
        else:
            return redirect(url_for("invited.finished"), 303)
    again = _find(code)
    return _page(again, form, 422) if again else _refused(code, 422)


def _key() -> str:
    return context.settings().secret_key


def _passwords() -> Passwords:
    return passwords(context.settings().argon2)


def _who() -> dict[str, Any]:
    return {"server_key": _key(), "network": context.network(), "now": context.now()}


def _find(code: str) -> Invitation | None:
    return slips.usable_slip(context.db_session(), server_key=_key(), typed=code, now=context.now())


def _at_field(error: Invalid) -> dict[str, str]:
    """The rules of passwords blame a field `new`, which is called `password` here."""
    return {"password" if name == "new" else name: sentence for name, sentence in error.fields.items()}


def _page(found: Invitation, form: Form, status: int = 200) -> Response:
    template = "accounts/accept.html" if found.user_id is None else "accounts/new_password.html"
    if found.user_id is not None and not isinstance(form, NewPasswordForm):
        form = NewPasswordForm(formdata=None)
    code = slip_code(_key(), found.nonce)
    return kept_nowhere(render_page(template, status=status, slip=found, code=code, form=form))


def _refused(code: str, status: int) -> Response:
    """The same answer for a code that was never given, is used, withdrawn or too old: the form, and what would do."""
    form = CodeForm(formdata=None, data={"code": clean_slip(code) or code})
    form.blame({"code": invitations.REFUSED})
    return kept_nowhere(render_page("accounts/code.html", status=status, form=form))
