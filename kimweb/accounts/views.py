"""Sign in, sign out, own account."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from kimweb.accounts import actions, forms, login, mail_pages, own_data_views, policy, queries, second_factor
from kimweb.accounts.passwords import Passwords, passwords
from kimweb.core.errors import Invalid
from kimweb.core.i18n import N_
from kimweb.core.permissions import Permission
from kimweb.web import context
from kimweb.web.access import allow, public
from kimweb.web.forms import Form
from kimweb.web.htmx import done, render_page

bp = Blueprint("accounts", __name__)
own_data_views.register(bp)


def _passwords() -> Passwords:
    return passwords(context.settings().argon2)


def _safe_path(path: str | None) -> str:
    """A path of this site to go on to; anything else leads to the desk."""
    ours = bool(path) and str(path).startswith("/") and not str(path).startswith(("//", "/\\"))
    return str(path) if ours and "\\" not in str(path) and str(path).isprintable() else "/meja/"


@bp.get("/masuk/")
@public
def sign_in() -> Response:
    """The sign-in form."""
    if context.actor().signed_in:
        return redirect(login.home(context.actor()), 303)
    form = forms.SignInForm(formdata=None)
    return render_page("accounts/sign_in.html", form=form, onward=_safe_path(request.args.get("lanjut")), refused="")


@bp.post("/masuk/")
@public
def signed_in() -> Response:
    """Check name and password; a fresh session on success."""
    form, onward = forms.SignInForm(), _safe_path(request.form.get("lanjut"))
    earlier = login.current_token()
    refused = ""
    if form.validate():
        db = context.db_session()
        try:
            token = actions.sign_in(
                db,
                username=form.username.data or "",
                password=form.password.data or "",
                passwords=_passwords(),
                network=context.network(),
                device=request.headers.get("User-Agent", ""),
                now=context.now(),
            )
        except Invalid as error:
            refused = str(error)
        else:
            if isinstance(token, actions.Halfway):
                return login.wait_for_code(redirect("/masuk/kode/", 303), token, onward)
            return login.land(token, onward, earlier)
    return render_page("accounts/sign_in.html", status=422, form=form, onward=onward, refused=refused)


@bp.post("/keluar/")
@allow(Permission.ACCOUNT_OWN)
def sign_out() -> Response:
    """End this session."""
    login.leave()
    return redirect("/", 303)


def _account_page(status: int = 200, **replaced: Form) -> Response:
    db, who = context.db_session(), context.actor()
    colleagues = queries.colleagues(db, who.user_id or 0, who.day)
    away, stands_in = queries.absences_today(db, who)
    absence = replaced.get("absence_form") or forms.AbsenceForm(formdata=None, prefix="")
    absence.stand_in.choices = [("", N_("Belum ada"))] + [(str(user.id), user.name) for user in colleagues]
    return render_page(
        "accounts/account.html",
        status=status,
        grants=queries.grants_of(db, who.user_id or 0, who.day),
        sessions=queries.sessions_of(db, who.user_id or 0),
        this_session=actions.token_hash(login.current_token()),
        absence=queries.absence_of(db, who.user_id or 0, who.day),
        away=away,
        stands_in=stands_in,
        absence_form=absence,
        reset_at=second_factor.reset_at(db, who.user_id or 0, context.now()),
        refused=queries.codes_refused(db, who.user_id or 0),
        email=mail_pages.is_for(who),
        codes_left=queries.codes_left(db, who.user_id or 0),
        second_factor=login.second_factor_due() or policy.may_use_second_factor(who),
        password_form=replaced.get("password_form") or forms.PasswordForm(formdata=None),
    )


@bp.get("/akun/")
@allow(Permission.ACCOUNT_OWN)
def account() -> Response:
    """Own account: roles, absence, password, devices."""
    return _account_page()


@bp.post("/akun/kata-sandi")
@allow(Permission.ACCOUNT_OWN)
def change_password() -> Response:
    """Set a new password."""
    form = forms.PasswordForm()
    if form.validate():
        try:
            actions.change_password(
                context.db_session(),
                actor=context.actor(),
                old=form.old.data or "",
                new=form.new.data or "",
                passwords=_passwords(),
                keep=login.current_token(),
                now=context.now(),
            )
        except Invalid as error:
            form.blame(error.fields)
        else:
            return done(N_("Kata sandi diganti. Perangkat lain sudah dikeluarkan."), to="/akun/")
    return _account_page(422, password_form=form)


@bp.post("/akun/berhalangan")
@allow(Permission.ACCOUNT_OWN)
def set_absence() -> Response:
    """Say from when until when one is away, and who stands in."""
    db, who, form = context.db_session(), context.actor(), forms.AbsenceForm()
    form.stand_in.choices = [("", "")] + [
        (str(u.id), u.name) for u in queries.colleagues(db, who.user_id or 0, who.day)
    ]
    if form.validate() and form.starts_on.data and form.ends_on.data:
        chosen = (form.stand_in.data or "").strip()
        stand_in = int(chosen) if chosen else None
        days = {"starts_on": form.starts_on.data, "ends_on": form.ends_on.data}
        try:
            actions.set_absence(db, actor=who, stand_in_id=stand_in, now=context.now(), **days)
        except Invalid as error:
            form.blame(error.fields)
        else:
            return done(N_("Tercatat. Selama itu pekerjaan Anda dibuka untuk pengganti."), to="/akun/")
    return _account_page(422, absence_form=form)


@bp.post("/akun/kembali")
@allow(Permission.ACCOUNT_OWN)
def end_absence() -> Response:
    """Be back before the time."""
    actions.end_absence(context.db_session(), actor=context.actor(), now=context.now())
    return done(N_("Selamat datang kembali. Meja ini milik Anda lagi."), to="/akun/")


@bp.post("/akun/perangkat")
@allow(Permission.ACCOUNT_OWN)
def end_session() -> Response:
    """End a session on another device."""
    device = forms.SessionForm().device.data or ""
    actions.end_session(context.db_session(), actor=context.actor(), hash_of_token=device, now=context.now())
    return done(N_("Perangkat itu sudah dikeluarkan."), to="/akun/")
