"""The people under somebody: who they are, what they hold, and the slips that bring more of them in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from kimweb.accounts import (
    directory,
    exporting,
    granting,
    invitations,
    policy,
    queries,
    seats,
    second_factor,
    sheets,
    slips,
)
from kimweb.accounts.invitation_forms import EndForm, InviteForm, NameForm, ResetForm, RoleForm, SeatForm
from kimweb.accounts.people_file import people_csv
from kimweb.areas import queries as areas
from kimweb.areas.models import Agency, Area
from kimweb.areas.queries import QUERY_MAX, area_asked
from kimweb.core.actor import Role
from kimweb.core.errors import Invalid, NotAllowed
from kimweb.core.i18n import N_
from kimweb.core.permissions import Permission
from kimweb.web import context
from kimweb.web.access import allow
from kimweb.web.files import file_to_keep
from kimweb.web.forms import clean_line
from kimweb.web.htmx import done, render_page

bp = Blueprint("people", __name__, url_prefix="/orang")
sheets.register(bp)


def _acting() -> dict[str, Any]:
    return {"actor": context.actor(), "now": context.now()}


def _key() -> str:
    return context.settings().secret_key


@bp.get("/")
@allow(Permission.ACCOUNT_INVITE)
def index() -> Response:
    """The people whom the actor sees, narrowed by `?q=`, `?peran=` and `?wilayah=`, and the newest open slips."""
    db, who, after = context.db_session(), context.actor(), request.args.get("sesudah")
    wanted, area = _wanted(request.args)
    roles = policy.givable(who)
    page = directory.people_page(db, who, wanted, after=after)
    ids = [user.id for user in page.items]
    values: dict[str, Any] = {
        "grants": directory.standing_grants(db, ids, who.day),
        "deeds": directory.last_deeds(db, ids) if policy.sees_deeds(who) else {},
        "slips": slips.open_invitations(db, who, context.now(), after=None),
        "asked": directory.asked_erasure(db, who) if not after else [],
        "districts": areas.districts(db) if policy.giving_areas(who) is None else [],
    }
    return render_page("accounts/people.html", page=page, wanted=wanted, area=area, roles=roles, after=after, **values)


def _wanted(asked: Mapping[str, str]) -> tuple[directory.Wanted, Area | None]:
    """What the list is narrowed to, and the area of it. Raises NotFound for an area that is none."""
    area = area_asked(context.db_session(), asked.get("wilayah"))
    role = next((one for one in policy.givable(context.actor()) if str(one) == asked.get("peran")), None)
    q = clean_line(asked.get("q", ""))[:QUERY_MAX]
    return directory.Wanted(q, role, area.code if area else None), area


@bp.post("/unduhan")
@allow(Permission.ACCOUNT_INVITE)
def download() -> Response:
    """Who holds what, narrowed as the list, as a file. A POST: taking it along is recorded."""
    wanted, _area = _wanted(request.form)
    rows = exporting.export_people(context.db_session(), wanted=wanted, **_acting())
    name = f"kim-web-orang-{context.today().isoformat()}.csv"
    return file_to_keep(people_csv(rows), name=name, mimetype="text/csv")


@bp.get("/<id:user_id>/")
@allow(Permission.ACCOUNT_INVITE)
def person(user_id: int) -> Response:
    """One person: roles with from and until, and what the actor may do."""
    return _person_page(user_id)


def _person_page(
    user_id: int,
    *,
    form: RoleForm | None = None,
    ending: tuple[int, EndForm] | None = None,
    reset_form: ResetForm | None = None,
    name_form: NameForm | None = None,
) -> Response:
    db, who, now = context.db_session(), context.actor(), context.now()
    user = directory.person(db, who, user_id)
    grants = directory.every_grant(db, user.id)
    above = user.active and user.id != who.user_id and policy.is_above(who, directory.holdings_of(db, user, now))
    if name_form is not None and not above:
        raise NotAllowed("Nama ini diperbaiki oleh orang lain.")
    standing = [grant for grant in grants if grant.ends_on is None or grant.ends_on >= who.day]
    roles = policy.givable(who)
    resets = above and policy.resets_second_factor(who) is not None
    values: dict[str, Any] = {
        "above": above,
        "second_factor": resets and queries.has_second_factor(db, user.id),
        "reset_form": reset_form or ResetForm(formdata=None),
        "name_form": name_form or NameForm(formdata=None, obj=user),
        "asked": user.active and policy.answers_erasures(who) and user.erasure_asked_at,
        "endable": {grant.id for grant in standing if policy.can_end(who, grant)},
        "standing": standing,
        "past": [grant for grant in grants if grant not in standing],
        "deed": directory.last_deeds(db, [user.id]).get(user.id) if policy.sees_deeds(who) else None,
        "places": directory.areas_to_give(db, who),
        "ending": ending,
    }
    status = 422 if form or ending or reset_form or name_form else 200
    form = form or RoleForm(roles, formdata=None)
    return render_page("accounts/person.html", status=status, user=user, form=form, **values)


@bp.post("/<id:user_id>/kata-sandi")
@allow(Permission.ACCOUNT_INVITE)
def password_slip(user_id: int) -> Response:
    """A slip with which the person sets a new password."""
    slip = invitations.issue_password_slip(context.db_session(), server_key=_key(), user_id=user_id, **_acting())
    return done(N_("Slip kata sandi siap. Cetak, atau bacakan kodenya."), to=f"/orang/undangan/{slip.id}/")


@bp.post("/<id:user_id>/nama")
@allow(Permission.ACCOUNT_INVITE)
def correct_name(user_id: int) -> Response:
    """Correct the person's name."""
    form = NameForm()
    if not form.validate():
        return _person_page(user_id, name_form=form)
    granting.correct_name(context.db_session(), user_id=user_id, name=form.name.data or "", **_acting())
    return done(N_("Nama diperbaiki."), to=f"/orang/{user_id}/")


@bp.post("/<id:user_id>/kode-kedua")
@allow(Permission.ACCOUNT_RESET_FACTOR)
def reset_second_factor(user_id: int) -> Response:
    """Remove the second factor of somebody who lost phone and codes."""
    form = ResetForm()
    if not form.validate():
        return _person_page(user_id, reset_form=form)
    db, reason = context.db_session(), form.reason.data or ""
    second_factor.reset(db, user_id=user_id, reason=reason, **_acting())
    return done(N_("Kode kedua dihapus, dan semua perangkatnya dikeluarkan."), to=f"/orang/{user_id}/")


@bp.post("/<id:user_id>/peran")
@allow(Permission.ACCOUNT_MANAGE)
def add_role(user_id: int) -> Response:
    """Give the person one more role."""
    form = RoleForm(policy.givable(context.actor()))
    if form.validate():
        dates: dict[str, Any] = {"starts_on": form.starts_on.data, "ends_on": form.ends_on.data}
        try:
            seat = _seat(form)
            granting.add_role(context.db_session(), user_id=user_id, **seat, **dates, **_acting())
        except Invalid as error:
            form.blame(error.fields)
        else:
            return done(N_("Peran diberikan."), to=f"/orang/{user_id}/")
    return _person_page(user_id, form=form)


@bp.post("/<id:user_id>/peran/<id:grant_id>/pengakhiran")
@allow(Permission.ACCOUNT_INVITE)
def end_role(user_id: int, grant_id: int) -> Response:
    """End one of the person's roles, at once or after a day."""
    form = EndForm()
    if form.validate():
        day, seen = form.last_day.data, form.seen.data or ""
        ids: dict[str, Any] = {"user_id": user_id, "grant_id": grant_id}
        try:
            granting.end_role(context.db_session(), last_day=day, seen=seen, **ids, **_acting())
        except Invalid as error:
            form.blame(error.fields)
        else:
            return done(N_("Peran diakhiri."), to=f"/orang/{user_id}/")
    return _person_page(user_id, ending=(grant_id, form))


# ------------------------------------------------------------------ invitations


def _seat(form: SeatForm) -> dict[str, Any]:
    """The role and place in a form. Raises Invalid."""
    role = form.chosen_role()
    if role is None:
        raise Invalid("Peran tidak dikenal.", {"role": N_("Pilih satu dari daftar.")})
    return {"role": role, "place": _place(role, form.place.data or "")}


def _place(role: Role, typed: str) -> Area | Agency:
    return seats.find_place(context.db_session(), role, typed)


@bp.route("/undang/", methods=["GET", "POST"])
@allow(Permission.ACCOUNT_INVITE)
def invite() -> Response:
    """Invite a new person; on to the slip."""
    db, who, status = context.db_session(), context.actor(), 200
    form = InviteForm(policy.givable(who))
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                seat = _seat(form)
                slip = invitations.invite(db, server_key=_key(), name=form.name.data or "", **seat, **_acting())
            except Invalid as error:
                form.blame(error.fields)
            else:
                return done(N_("Undangan siap. Cetak, atau bacakan kodenya."), to=f"/orang/undangan/{slip.id}/")
    else:
        form.place.data = clean_line(request.args.get("wilayah", ""))[:32]
        form.role.data = request.args.get("peran", "")
    places = directory.areas_to_give(db, who)
    bulk = bool(directory.districts_to_invite(db, who))
    return render_page("accounts/invite.html", status=status, form=form, places=places, bulk=bulk)


@bp.get("/undangan/")
@allow(Permission.ACCOUNT_INVITE)
def open_slips() -> Response:
    """Every slip that still works, newest first."""
    after = request.args.get("sesudah")
    page = slips.open_invitations(context.db_session(), context.actor(), context.now(), after=after)
    return render_page("accounts/slips.html", page=page)


@bp.get("/undangan/<id:invitation_id>/")
@allow(Permission.ACCOUNT_INVITE)
def slip(invitation_id: int) -> Response:
    """One slip, to print."""
    found = slips.invitation(context.db_session(), context.actor(), invitation_id)
    return render_page("accounts/slip.html", slip=found, code=sheets.code_of(found), open=found.is_open(context.now()))


@bp.post("/undangan/<id:invitation_id>/pembatalan")
@allow(Permission.ACCOUNT_INVITE)
def withdraw(invitation_id: int) -> Response:
    """End a slip that was not used."""
    invitations.withdraw(context.db_session(), invitation_id=invitation_id, **_acting())
    return done(N_("Undangan ditarik. Kodenya tidak berlaku lagi."), to=f"/orang/undangan/{invitation_id}/")
