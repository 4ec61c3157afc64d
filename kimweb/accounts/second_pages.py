"""The pages of the second factor: setting it up, and the second half of signing in."""

from __future__ import annotations

import segno
from flask import Blueprint, flash, redirect, request, session
from markupsafe import Markup
from werkzeug.wrappers import Response

from kimweb.accounts import forms, login, policy, queries, second_factor
from kimweb.accounts.passwords import passwords
from kimweb.accounts.second_factor import Guard
from kimweb.core.errors import Invalid, NotAllowed, TooMany
from kimweb.core.i18n import N_
from kimweb.core.permissions import Permission
from kimweb.web import context
from kimweb.web.access import allow, public
from kimweb.web.errors import context_time, retry_after
from kimweb.web.files import kept_nowhere
from kimweb.web.forms import Form
from kimweb.web.htmx import done, render_page

bp = Blueprint("second", __name__)
PAGE = "/akun/kode-kedua/"
PROVEN = "prepared"
"""In the session's cookie: for which key this sign-in proved the password. The others of the account see no key."""


def _guard() -> Guard:
    return Guard(context.settings().secret_key, context.network())


# ------------------------------------------------------------------ signing in


@bp.get("/masuk/kode/")
@public
def code() -> Response:
    """The form for the code, after the password."""
    if login.waiting() is None:
        return redirect("/masuk/", 303)
    return _code_page(forms.CodeForm(formdata=None))


@bp.post("/masuk/kode/")
@public
def code_given() -> Response:
    """Check the code; the session begins here."""
    held, form, db = login.waiting(), forms.CodeForm(), context.db_session()
    if held is None:
        return redirect("/masuk/", 303)
    if not form.validate():
        return _code_page(form, 422)
    waiting, onward = held
    earlier = login.current_token()
    try:
        token = second_factor.finish_sign_in(
            db,
            waiting=waiting,
            code=form.code.data or "",
            guard=_guard(),
            device=request.headers.get("User-Agent", ""),
            now=context.now(),
        )
    except Invalid as error:
        form.blame(error.fields)
        return _code_page(form, 422)
    except TooMany as error:
        return _closed_page(error)
    if token is None:
        return login.stop_waiting(redirect("/masuk/", 303))
    landed = login.stop_waiting(login.land(token, onward, earlier))
    if queries.codes_refused(db, waiting.user_id)[0]:
        flash(N_("Ada kode kedua yang ditolak sejak Anda terakhir masuk. Lihat di halaman Akun."), "message")
    return landed


def _code_page(form: Form, status: int = 200) -> Response:
    return kept_nowhere(render_page("accounts/sign_in_code.html", status=status, form=form))


def _closed_page(error: TooMany) -> Response:
    """Until when no code counts, neither from the app nor from paper, and who helps."""
    until = context_time(error)
    response = kept_nowhere(render_page("accounts/sign_in_closed.html", status=429, until=until))
    return retry_after(response, error)


# ------------------------------------------------------------------ setting it up


@bp.get(PAGE)
@allow(Permission.ACCOUNT_OWN)
def page() -> Response:
    """Where the second factor stands, and what can be done."""
    return _page()


@bp.post("/akun/kode-kedua/persiapan")
@allow(Permission.ACCOUNT_OWN)
def prepare() -> Response:
    """Make a secret for the app, after the password."""
    form = forms.PrepareForm()
    if not _offered():
        raise NotAllowed("Akun Anda cukup dengan kata sandi.")
    if form.validate():
        try:
            second_factor.prepare(
                context.db_session(),
                actor=context.actor(),
                password=form.password.data or "",
                passwords=passwords(context.settings().argon2),
                now=context.now(),
            )
        except Invalid as error:
            form.blame(error.fields)
        else:
            session[PROVEN] = second_factor.preparation(context.db_session(), context.actor())
            return redirect(PAGE, 303)
    return _page(422, prepare_form=form)


@bp.post(PAGE)
@allow(Permission.ACCOUNT_OWN)
def confirm() -> Response:
    """Turn it on with a first code."""
    form = forms.CodeForm()
    if form.validate():
        try:
            second_factor.confirm(
                context.db_session(),
                actor=context.actor(),
                code=form.code.data or "",
                guard=_guard(),
                keep=login.current_token(),
                now=context.now(),
            )
        except Invalid as error:
            form.blame(error.fields)
        else:
            return done(N_("Kode kedua aktif. Catat kode cadangan di bawah."), to=PAGE)
    return _page(422, code_form=form)


@bp.post("/akun/kode-kedua/penghapusan")
@allow(Permission.ACCOUNT_OWN)
def remove() -> Response:
    """Turn it off, after password and code."""
    form = forms.RemoveForm()
    if form.validate():
        try:
            second_factor.remove(
                context.db_session(),
                actor=context.actor(),
                password=form.password.data or "",
                code=form.code.data or "",
                passwords=passwords(context.settings().argon2),
                guard=_guard(),
                now=context.now(),
            )
        except Invalid as error:
            form.blame(error.fields)
        else:
            return done(N_("Kode kedua dimatikan. Masuk cukup dengan kata sandi."), to="/akun/")
    return _page(422, remove_form=form)


def _offered() -> bool:
    return login.second_factor_due() or policy.may_use_second_factor(context.actor())


def _page(status: int = 200, **replaced: Form) -> Response:
    db, who, key = context.db_session(), context.actor(), context.settings().secret_key
    factor = queries.second_factor(db, who.user_id or 0)
    mine = session.get(PROVEN) == second_factor.preparation(db, who)
    waits = factor if factor and factor.confirmed_at is None and mine else None
    address = second_factor.address_of(key, waits.salt, login.username()) if waits else ""
    return render_page(
        "accounts/second_factor.html",
        status=status,
        factor=factor,
        due=login.second_factor_due(),
        reset_at=second_factor.reset_at(db, who.user_id or 0, context.now()),
        offered=_offered(),
        address=address,
        picture=_picture(address) if address else "",
        secret=second_factor.secret_of(key, waits.salt) if waits else "",
        codes=second_factor.shown_codes(factor, key, context.now()),
        left=queries.recovery_codes_left(db, who.user_id or 0),
        prepare_form=replaced.get("prepare_form") or forms.PrepareForm(formdata=None),
        code_form=replaced.get("code_form") or forms.CodeForm(formdata=None),
        remove_form=replaced.get("remove_form") or forms.RemoveForm(formdata=None),
    )


def _picture(address: str) -> Markup:
    """The QR code as inline SVG, black on white in the dark too; made from numbers only."""
    svg = segno.make(address, micro=False).svg_inline(scale=4, dark="#000", light="#fff")
    return Markup(svg)  # noqa: S704  # nosec B704 # only figures come out of it
