"""The pages of mail: a forgotten password, and an official's own address. Without mail only the first one is there,
and says whom to ask."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from kimweb.accounts import forms, mail_address, password_links, policy, queries
from kimweb.accounts.invitation_forms import NewPasswordForm
from kimweb.accounts.passwords import Passwords, passwords
from kimweb.core.actor import Actor
from kimweb.core.errors import Invalid, NotFound
from kimweb.core.i18n import N_
from kimweb.core.permissions import Permission
from kimweb.web import context
from kimweb.web.access import allow, public
from kimweb.web.files import kept_nowhere
from kimweb.web.forms import Form
from kimweb.web.htmx import done, render_page

bp = Blueprint("mail", __name__)
ALWAYS = "mail.forgot"
OWN = "/akun/email/"
TOKEN = "<string(maxlength=60):token>"  # noqa: S105  # nosec B105 # a part of an address


@bp.before_request
def _only_with_mail() -> None:
    if context.settings().mail is None and request.endpoint != ALWAYS:
        raise NotFound("Halaman ini tidak ada.")


def is_for(who: Actor) -> bool:
    """Whether the own account offers an address: to officials, and to whoever still has one, where there is mail."""
    if context.settings().mail is None:
        return False
    return policy.may_use_mail(who) or queries.email_address(context.db_session(), who.user_id or 0) is not None


def _passwords() -> Passwords:
    return passwords(context.settings().argon2)


# ------------------------------------------------------------------ a forgotten password


@bp.get("/masuk/lupa/")
@public
def forgot() -> Response:
    """Whom to ask for a slip; with mail, for officials, a form."""
    return _forgot_page(forms.ForgotForm(formdata=None))


@bp.post("/masuk/lupa/")
@public
def ask() -> Response:
    """Have a link mailed, if there is anybody to mail it to; the answer is the same."""
    form = forms.ForgotForm()
    if not form.validate():
        return _forgot_page(form, 422)
    name, db = form.username.data or "", context.db_session()
    password_links.ask(db, username=name, network=context.network(), now=context.now())
    return redirect("/masuk/lupa/terkirim/", 303)


def _forgot_page(form: Form, status: int = 200) -> Response:
    mail = context.settings().mail is not None
    return render_page("accounts/forgot.html", status=status, form=form, mail=mail)


@bp.get("/masuk/lupa/terkirim/")
@public
def asked() -> Response:
    """The one answer, whoever was asked for."""
    return render_page("accounts/forgot_asked.html")


@bp.get(f"/masuk/lupa/{TOKEN}/")
@public
def link(token: str) -> Response:
    """The form for the new password. Scanners of mail open links: reading changes nothing."""
    return _link_page(token, NewPasswordForm(formdata=None))


@bp.post(f"/masuk/lupa/{TOKEN}/")
@public
def set_password(token: str) -> Response:
    """Set it; every session ends."""
    form, db = NewPasswordForm(), context.db_session()
    if form.validate():
        password = form.password.data or ""
        try:
            password_links.set_password(db, token=token, password=password, passwords=_passwords(), now=context.now())
        except Invalid as error:
            form.blame({"password": error.fields["new"]} if "new" in error.fields else {})
        else:
            return redirect("/undangan/selesai/", 303)
    return _link_page(token, form, 422)


def _link_page(token: str, form: Form, status: int = 200) -> Response:
    found = password_links.usable(context.db_session(), token=token, now=context.now())
    if found is None:
        return kept_nowhere(render_page("accounts/forgot_over.html", status=404 if status == 200 else 422))
    asked = queries.has_second_factor(context.db_session(), found.user_id)
    page = render_page("accounts/forgot_new.html", status=status, user=found.user, form=form, second_factor=asked)
    return kept_nowhere(page)


# ------------------------------------------------------------------ the own address


@bp.get(OWN)
@allow(Permission.ACCOUNT_OWN)
def address() -> Response:
    """The own address, and what can be done."""
    return _address_page()


@bp.post(OWN)
@allow(Permission.ACCOUNT_OWN)
def set_address() -> Response:
    """Take in an address, after the password; a link is mailed to it."""
    form, db = forms.AddressForm(), context.db_session()
    if form.validate():
        typed = {"address": form.address.data or "", "password": form.password.data or ""}
        try:
            mail_address.ask(db, actor=context.actor(), passwords=_passwords(), now=context.now(), **typed)
        except Invalid as error:
            form.blame(error.fields)
        else:
            return done(N_("Tautan dikirim. Buka email itu dalam 24 jam."), to=OWN)
    return _address_page(form, 422)


@bp.post(f"{OWN}penghapusan")
@allow(Permission.ACCOUNT_OWN)
def remove_address() -> Response:
    """Forget it."""
    mail_address.remove(context.db_session(), actor=context.actor(), now=context.now())
    return done(N_("Alamat email dihapus."), to="/akun/")


@bp.get(f"{OWN}tautan/{TOKEN}/")
@allow(Permission.ACCOUNT_OWN)
def confirm_page(token: str) -> Response:
    """What the mailed link opens: a button. Reading changes nothing."""
    row = queries.email_address(context.db_session(), context.actor().user_id or 0)
    fits = row is not None and mail_address.fits(row, token, context.settings().secret_key, context.now())
    if row is None or not fits:
        return kept_nowhere(render_page("accounts/address_over.html", status=404))
    return kept_nowhere(render_page("accounts/address_confirm.html", address=row.address, token_of_link=token))


@bp.post(f"{OWN}tautan/{TOKEN}/")
@allow(Permission.ACCOUNT_OWN)
def confirm_address(token: str) -> Response:
    """From now on it counts."""
    values = {"server_key": context.settings().secret_key, "token": token}
    mail_address.confirm(context.db_session(), actor=context.actor(), now=context.now(), **values)
    return done(N_("Alamat email sudah dipastikan."), to=OWN)


def _address_page(form: Form | None = None, status: int = 200) -> Response:
    db, who = context.db_session(), context.actor()
    row = queries.email_address(db, who.user_id or 0)
    may = policy.may_use_mail(who)
    if form is None:
        form = forms.AddressForm(formdata=None)
    return render_page("accounts/address.html", status=status, row=row, may=may, form=form)
