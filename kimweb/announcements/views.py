"""The pages of announcements: load, bind, act, respond."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from kimweb.announcements import actions, forms, mending, policy, queries, words
from kimweb.announcements.models import Announcement, Verb
from kimweb.areas.audience import AudienceChoice, audience_choice, audience_size
from kimweb.areas.queries import area_asked
from kimweb.core.errors import Conflict, Invalid, NotAllowed
from kimweb.core.i18n import N_
from kimweb.core.permissions import Permission
from kimweb.core.workflow import Step
from kimweb.web import context, photo_page
from kimweb.web.access import allow, public
from kimweb.web.forms import ReasonForm
from kimweb.web.htmx import done, render_page
from kimweb.web.photos import takes_photos
from kimweb.web.refused import NOTHING, Refused, brought_back, checked

bp = Blueprint("announcements", __name__)


def _step(version: int | None = None, reason: str | None = None) -> Step:
    """Who acts now, from which version of the page, with which reason."""
    return Step(context.actor(), context.now(), version, reason or "")


@bp.get("/pengumuman/")
@public
def index() -> Response:
    """What stands today, the most urgent first, or with `?lewat=ya` what is over; of one area with `?wilayah=`."""
    db, who, args = context.db_session(), context.actor(), request.args
    area = area_asked(db, args.get("wilayah"))
    past = args.get("lewat") == "ya"
    read = queries.archive_page if past else queries.standing_page
    rows = read(db, area_code=area.code if area else None, day=context.today(), after=args.get("sesudah"))
    own = queries.of_own_offices(db, who, day=context.today()) if policy.speaking_for(who) else []
    return render_page("announcements/index.html", "announcements/_list.html", rows=rows, area=area, past=past, own=own)


@bp.get("/pengumuman/<id:announcement_id>/")
@public
def show(announcement_id: int) -> Response:
    """One announcement: for everybody once published; before that, as it will appear, for office and admin."""
    return _page_of(announcement_id)


def _page_of(announcement_id: int, refused: Refused = NOTHING) -> Response:
    db = context.db_session()
    row = queries.visible_announcement(db, context.actor(), announcement_id)
    history = queries.record_for(db, context.actor(), row)
    reach = audience_size(db, [place.area_code for place in row.audience])
    values: dict[str, Any] = {"history": history, "reach": reach, "day": context.today(), "refused": refused}
    return render_page("announcements/show.html", announcement=row, **values)


def _row_of(announcement_id: int, refused: Refused) -> Response:
    """A draft's row on the desk."""
    row = queries.visible_announcement(context.db_session(), context.actor(), announcement_id)
    fragment = "announcements/_desk_row.html"
    return render_page(fragment, fragment, announcement=row, refused=refused)


@bp.route("/pengumuman/tulis/", methods=["GET", "POST"])
@allow(Permission.ANNOUNCEMENT_WRITE)
@takes_photos
def write() -> Response:
    """Write an announcement; it is kept as a draft, and shown as it will appear."""
    db, who = context.db_session(), context.actor()
    offices = queries.named_offices(db, who)
    if not offices:
        raise NotAllowed("Anda tidak menulis atas nama sebuah kantor.")
    form = forms.blank_form(today=context.today(), area_code=offices[0].office.area_code)
    choice = _offer(form, offices)
    if request.method == "POST" and form.validate():
        try:
            office = _chosen(form, offices)
            return _saved(actions.write_announcement(db, _step(), office=office, content=form.content()))
        except Invalid as error:
            form.blame(error.fields)
    return _form_page(form, choice, offices=offices)


@bp.route("/pengumuman/<id:announcement_id>/ubah/", methods=["GET", "POST"])
@allow(Permission.ANNOUNCEMENT_WRITE)
@takes_photos
def edit(announcement_id: int) -> Response:
    """Mend a draft. A stale form keeps what was typed and shows what stands now (409)."""
    db, who, current = context.db_session(), context.actor(), None
    row = queries.visible_announcement(db, who, announcement_id)
    actions.check_editable(who, row)
    form = forms.filled_form(row)
    choice = _offer(form, [queries.NamedOffice(policy.office_of(row), row.area, row.agency)])
    if request.method == "POST" and form.validate():
        step = _step(form.version.data)
        try:
            return _saved(actions.edit_announcement(db, step, announcement_id=row.id, content=form.content()))
        except Invalid as error:
            form.blame(error.fields)
        except Conflict:
            row = current = queries.visible_announcement(db, who, announcement_id)
    return _form_page(form, choice, announcement=row, current=current)


def _offer(form: forms.AnnouncementForm, offices: Sequence[queries.NamedOffice]) -> AudienceChoice:
    choice = audience_choice(context.db_session(), [each.office.area_code for each in offices])
    form.offer(offices=[(each.office.key, words.speaker(each)) for each in offices], areas=choice.codes())
    return choice


def _chosen(form: forms.AnnouncementForm, offices: Sequence[queries.NamedOffice]) -> policy.Office:
    """The office that was chosen; the first one when there was nothing to choose."""
    return {each.office.key: each.office for each in offices}.get(form.office.data or "", offices[0].office)


def _form_page(
    form: forms.AnnouncementForm,
    choice: AudienceChoice,
    *,
    announcement: Announcement | None = None,
    offices: Sequence[queries.NamedOffice] = (),
    current: Announcement | None = None,
) -> Response:
    form.photos.again()
    status = 409 if current else 422 if form.errors else 200
    values: dict[str, Any] = {"choice": choice, "announcement": announcement, "offices": offices, "current": current}
    return render_page("announcements/edit.html", status=status, form=form, **values)


def _saved(row: Announcement) -> Response:
    """After writing: the draft as it will appear, with the button that publishes it."""
    return done(N_("Tersimpan sebagai draf. Periksa, lalu terbitkan."), to=f"/pengumuman/{row.id}/")


def _change(announcement_id: int, verb: Verb, action: Callable[..., Announcement], message: str) -> Response:
    """Do it; what is refused for its input comes back with what was typed."""
    form = ReasonForm()
    try:
        checked(form)
        step = _step(form.version.data, form.reason.data)
        row = action(context.db_session(), step, announcement_id=announcement_id)
    except Invalid as error:
        page, line = partial(_page_of, announcement_id), partial(_row_of, announcement_id)
        return brought_back(verb, error, page=page, row=line)
    return done(message, to=f"/pengumuman/{announcement_id}/", title=row.title)


@bp.post("/pengumuman/<id:announcement_id>/publikasi")
@allow(Permission.ANNOUNCEMENT_PUBLISH)
def publish(announcement_id: int) -> Response:
    """Bring it to everyone addressed."""
    return _change(announcement_id, Verb.PUBLISH, actions.publish_announcement, N_("Sudah terbit."))


@bp.post("/pengumuman/<id:announcement_id>/penarikan")
@allow(Permission.ANNOUNCEMENT_PUBLISH)
def withdraw(announcement_id: int) -> Response:
    """Take it off all pages, with a reason."""
    return _change(announcement_id, Verb.WITHDRAW, actions.withdraw_announcement, N_("Sudah ditarik."))


photo_page.register(
    bp,
    photo_page.Flow(
        address="/pengumuman/<id:announcement_id>/",
        permission=Permission.ANNOUNCEMENT_PHOTO,
        find=queries.visible_announcement,
        check=mending.check_mendable,
        mend=mending.mend_photo,
        place=lambda row: row.area,
    ),
)
