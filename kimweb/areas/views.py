"""The admin's pages of reference data: agencies, categories, off days. Areas themselves come by `import-areas`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from flask import Blueprint, request
from werkzeug.wrappers import Response

from kimweb.areas import actions, election_pages, forms, queries
from kimweb.areas.models import AgencyKind, Category
from kimweb.core.errors import Conflict, Invalid, NotFound
from kimweb.core.i18n import N_
from kimweb.core.permissions import Permission
from kimweb.web import context
from kimweb.web.access import allow
from kimweb.web.forms import Form
from kimweb.web.htmx import done, render_page

bp = Blueprint("areas", __name__, url_prefix="/atur")
election_pages.register(bp)


def _attempt(form: Form, act: Callable[[], object]) -> int:
    """Act on a posted form. 303: done; 422: refused, with the sentence at its field; 409: it had grown stale."""
    if not form.validate():
        return 422
    try:
        act()
    except Invalid as error:
        form.blame(error.fields)
        return 422
    except Conflict:
        return 409
    return 303


@bp.get("/")
@allow(Permission.REFERENCE_EDIT)
def index() -> Response:
    """What can be edited."""
    counts = queries.reference_counts(context.db_session(), context.today())
    return render_page("areas/index.html", counts=counts)


@bp.get("/instansi/")
@allow(Permission.REFERENCE_EDIT)
def agencies() -> Response:
    """Agencies, by kind (`?jenis=`) or by name, code and place (`?q=`)."""
    q, wanted = request.args.get("q", "").strip()[: queries.QUERY_MAX], request.args.get("jenis", "")
    kind = next((kind for kind in AgencyKind if kind == wanted), None)
    if kind is None and not q and not wanted:
        kind = AgencyKind.REGENCY
    rows = queries.agency_list(context.db_session(), kind=kind, q=q)
    return render_page("areas/agencies.html", rows=rows, kind=kind, kinds=forms.AGENCY_KINDS, q=q)


@bp.route("/instansi/tambah/", methods=["GET", "POST"])
@allow(Permission.REFERENCE_EDIT)
def add_agency() -> Response:
    """Add a regency agency."""
    form, status = forms.NewAgencyForm(), 200
    if request.method == "POST":
        status = _attempt(form, lambda: _add_agency(form))
    if status == 303:
        return done(N_("Instansi ditambahkan."), to="/atur/instansi/")
    return render_page("areas/agency_new.html", status=status, form=form)


def _add_agency(form: forms.NewAgencyForm) -> None:
    actions.save_agency(
        context.db_session(),
        actor=context.actor(),
        now=context.now(),
        agency_id=None,
        name=form.name.data or "",
        active=True,
        code=form.code.data or "",
    )


@bp.route("/instansi/<id:agency_id>/", methods=["GET", "POST"])
@allow(Permission.REFERENCE_EDIT)
def agency(agency_id: int) -> Response:
    """Rename an agency, or switch it on or off. A stale form keeps what was typed and shows what stands now (409)."""
    db, form, status = context.db_session(), forms.AgencyForm(), 200
    if request.method == "POST":
        status = _attempt(form, lambda: _save_agency(agency_id, form))
    if status == 303:
        return done(N_("Instansi tersimpan."), to="/atur/instansi/")
    row = queries.agency_by_id(db, agency_id)
    if row is None:
        raise NotFound("Instansi ini tidak ada.")
    form = form if form.is_submitted() else forms.AgencyForm(formdata=None, obj=row)
    return render_page("areas/agency.html", status=status, form=form, agency=row, stale=status == 409)


def _save_agency(agency_id: int, form: forms.AgencyForm) -> None:
    actions.save_agency(
        context.db_session(),
        actor=context.actor(),
        now=context.now(),
        agency_id=agency_id,
        name=form.name.data or "",
        active=form.active.data,
        version=form.version.data or 0,
    )


def _category_form(row: Category | None) -> forms.CategoryForm:
    """The posted form, or one filled from a row; every active regency agency to choose from, and the row's own."""
    rows = queries.agencies_for_select(context.db_session(), AgencyKind.REGENCY)
    own = [row.agency] if row and row.agency and row.agency not in rows else []
    form = forms.CategoryForm(obj=None if request.method == "POST" else row)
    if not form.is_submitted():
        form.agency.data = str(row.agency_id or "") if row else ""
    form.agency.choices = [("", N_("Tidak tentu")), *((str(agency.id), agency.name) for agency in [*rows, *own])]
    return form


@bp.route("/bidang/", methods=["GET", "POST"])
@allow(Permission.REFERENCE_EDIT)
def categories() -> Response:
    """The categories in their order, and a form for one more."""
    form, status = _category_form(None), 200
    if request.method == "POST":
        status = _attempt(form, lambda: _save_category(None, form))
    if status == 303:
        return done(N_("Bidang ditambahkan."), to="/atur/bidang/")
    rows = queries.categories_all(context.db_session())
    if not form.is_submitted():
        form.position.data = min(max((row.position for row in rows), default=0) + 1, actions.POSITION_MAX)
    return render_page("areas/categories.html", status=status, rows=rows, form=form)


@bp.route("/bidang/<string(maxlength=32):code>/", methods=["GET", "POST"])
@allow(Permission.REFERENCE_EDIT)
def category(code: str) -> Response:
    """Edit a category. A stale form keeps what was typed and shows what stands now (409)."""
    row, status = _category(code), 200
    form = _category_form(row)
    if request.method == "POST":
        status = _attempt(form, lambda: _save_category(code, form))
    if status == 303:
        return done(N_("Bidang tersimpan."), to="/atur/bidang/")
    row = _category(code)
    return render_page("areas/category.html", status=status, form=form, category=row, stale=status == 409)


def _category(code: str) -> Category:
    row = queries.category_by_code(context.db_session(), code)
    if row is None:
        raise NotFound("Bidang ini tidak ada.")
    return row


def _save_category(code: str | None, form: forms.CategoryForm) -> None:
    actions.save_category(
        context.db_session(),
        actor=context.actor(),
        now=context.now(),
        code=code,
        name=form.name.data or "",
        example=form.example.data or "",
        agency_id=form.agency_id(),
        position=form.position.data or 0,
        active=form.active.data or code is None,
        version=None if code is None else form.version.data or 0,
    )


@bp.route("/libur/", methods=["GET", "POST"])
@allow(Permission.REFERENCE_EDIT)
def holidays() -> Response:
    """The off days from today on, and a form for one more."""
    form, status = forms.HolidayForm(), 200
    if request.method == "POST":
        status = _attempt(form, lambda: _add_holiday(form))
    if status == 303:
        return done(N_("Hari libur ditambahkan."), to="/atur/libur/")
    rows = queries.holidays_from(context.db_session(), context.today())
    return render_page("areas/holidays.html", status=status, rows=rows, form=form, kinds=forms.HOLIDAY_KINDS)


def _add_holiday(form: forms.HolidayForm) -> None:
    actions.add_holiday(
        context.db_session(),
        actor=context.actor(),
        now=context.now(),
        day=form.day.data or context.today(),
        name=form.name.data or "",
        kind=form.holiday_kind(),
    )


@bp.post("/libur/<string(length=10):day>/penghapusan")
@allow(Permission.REFERENCE_EDIT)
def remove_holiday(day: str) -> Response:
    """Take an off day from the list."""
    try:
        found = date.fromisoformat(day)
    except ValueError:
        raise NotFound("Tanggal itu tidak ada di daftar libur.") from None
    actions.remove_holiday(context.db_session(), actor=context.actor(), now=context.now(), day=found)
    return done(N_("Hari libur dihapus dari daftar."), to="/atur/libur/")
