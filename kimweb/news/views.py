"""The pages of village news: load, bind, act, respond. What changes a state is in `changes`."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from kimweb.areas.queries import area_asked
from kimweb.areas.words import place_name
from kimweb.core.errors import Conflict, Invalid, InvalidTransition, NotFound
from kimweb.core.i18n import N_
from kimweb.core.idempotency import is_key, new_key
from kimweb.core.permissions import Permission
from kimweb.news import actions, autosaving, changes, devices, forms, pages, queries, reporting
from kimweb.news.changes import step_of
from kimweb.news.models import News, State
from kimweb.news.pages import autosaved
from kimweb.web import context
from kimweb.web.access import allow, public
from kimweb.web.forms import StateForm
from kimweb.web.htmx import done, render_page
from kimweb.web.photos import takes_photos

bp = Blueprint("news", __name__)
changes.register(bp)


@bp.get("/berita/")
@public
def index() -> Response:
    """Published news, everywhere or of one area (`?wilayah=`), newest first."""
    db = context.db_session()
    area = area_asked(db, request.args.get("wilayah"))
    page = queries.published_page(db, within=area.code if area else None, after=request.args.get("sesudah"))
    own = queries.mine(db, context.actor()) if context.actor().signed_in else []
    return render_page("news/index.html", "news/_list.html", page=page, area=area, own=own)


@bp.get("/berita/<id:news_id>/")
@public
def show(news_id: int) -> Response:
    """One piece: for everybody once published; before that for its author and those above. One that was withdrawn says
    so (410)."""
    try:
        news = queries.visible_news(context.db_session(), context.actor(), news_id)
    except NotFound:
        return pages.withdrawn_page(news_id)
    return pages.page_of(news)


@bp.route("/berita/tulis/", methods=["GET", "POST"])
@allow(Permission.NEWS_WRITE)
@takes_photos
def write() -> Response:
    """Write a piece; it is kept as a draft first, once however often the form arrives."""
    db, form = context.db_session(), forms.NewsForm()
    areas = queries.writing_areas(db, context.actor())
    form.area.choices = [(area.code, place_name(area)) for area in areas]
    key = _key_of(form)
    if request.method == "POST" and form.validate():
        code = form.area.data or areas[0].code
        try:
            return _saved(actions.write_news(db, step_of(), area_code=code, **_typed(form)))
        except Invalid as error:
            form.blame(error.fields)
            form.photos.again()
            key = new_key()  # what it had made is deleted: sent again, it is another piece
    return _edit_page(form, None, status=422 if form.errors else 200, areas=areas, key=key)


def _key_of(form: forms.NewsForm) -> str:
    """Of this load of the form: a refused form keeps the one it came with."""
    key = form.key.data or ""
    return key if is_key(key) else new_key()


def _edit_page(form: forms.CorrectionForm, news: News | None, *, status: int, **values: Any) -> Response:
    defaults = {"areas": [news.area] if news else [], "current": None, "returned": "", "key": "", "correcting": False}
    return render_page("news/edit.html", status=status, form=form, news=news, **(defaults | values))


@bp.route("/berita/<id:news_id>/ubah/", methods=["GET", "POST"])
@allow(Permission.NEWS_WRITE)
@takes_photos
def edit(news_id: int) -> Response:
    """Mend an own draft or returned piece. A stale form keeps what was typed and shows what stands now (409)."""
    db = context.db_session()
    news = queries.visible_news(db, context.actor(), news_id)
    actions.check_editable(context.actor(), news)
    form, status, current = forms.NewsForm(obj=news), 200, None
    form.area.choices = [(news.area_code, news.area.name)]
    if request.method == "POST":
        status = 422
        if form.validate():
            try:
                return _saved(actions.edit_news(db, step_of(form.version.data), news_id=news_id, **_typed(form)))
            except Invalid as error:
                form.blame(error.fields)
            except Conflict:
                current = queries.visible_news(db, context.actor(), news_id)
                news, status = current, 409
                form.photos.again()
    returned = pages.last_return(news)
    return _edit_page(form, news, status=status, current=current, returned=returned, key=_key_of(form))


@bp.post("/berita/draf")
@allow(Permission.NEWS_WRITE)
def autosave_new() -> Response:
    """Keep what is being typed in the form of a new piece, as a draft."""
    db, form, actor = context.db_session(), forms.AutosaveForm(), context.actor()
    areas = queries.writing_areas(db, actor)
    form.area.choices = [(area.code, place_name(area)) for area in areas]
    code = form.area.data or areas[0].code
    step, check = step_of(), partial(actions.check_writing, actor, code)
    return autosaved(form, check, lambda: autosaving.autosave_new(db, step, area_code=code, **form.typed()))


@bp.post("/berita/<id:news_id>/draf")
@allow(Permission.NEWS_WRITE)
def autosave(news_id: int) -> Response:
    """Keep what is being typed in the form of an own draft or returned piece."""
    db, form, actor = context.db_session(), forms.AutosaveForm(), context.actor()
    form.area.choices = []
    news = queries.visible_news(db, actor, news_id)
    step, check = step_of(form.version.data), partial(actions.check_editable, actor, news)
    return autosaved(form, check, lambda: autosaving.autosave_news(db, step, news_id=news_id, **form.typed()))


def _typed(form: forms.NewsForm) -> dict[str, Any]:
    """What the author wrote, and whether they pressed the button that hands it in."""
    title, body = form.title.data or "", form.body.data or ""
    submit = request.form.get("langsung") == "ajukan"
    pictures = form.photo_change()
    return {"title": title, "body": body, "key": form.key.data, "submit": submit, "pictures": pictures}


def _saved(news: News) -> Response:
    submitted = news.state is State.SUBMITTED
    message = N_("Terkirim ke moderator.") if submitted else N_("Tersimpan sebagai draf.")
    return done(message, to=f"/berita/{news.id}/", title=news.title)


@bp.get("/berita/<id:news_id>/perbaiki/")
@allow(Permission.NEWS_CORRECT)
def correcting(news_id: int) -> Response:
    """The form that corrects a published piece; after a return it holds what was proposed."""
    db = context.db_session()
    news = queries.visible_news(db, context.actor(), news_id)
    if not actions.may_correct(context.actor(), news):
        raise InvalidTransition("only what is published is corrected, one correction at a time")
    returned = pages.last_return(news)
    proposed = queries.newest_revision(db, news_id) if returned else None
    form = forms.CorrectionForm(formdata=None, obj=proposed or news)
    return _correction_page(form, news, returned=returned)


@bp.post("/berita/<id:news_id>/perbaikan")
@allow(Permission.NEWS_CORRECT)
def correct(news_id: int) -> Response:
    """Propose a correction; what is published stands until it is released."""
    db, form = context.db_session(), forms.CorrectionForm()
    news = queries.visible_news(db, context.actor(), news_id)
    actions.may_correct(context.actor(), news)
    form.area.choices = [(news.area_code, news.area.name)]
    if form.validate():
        typed = {"title": form.title.data or "", "body": form.body.data or ""}
        try:
            news = actions.correct_news(db, step_of(form.version.data), news_id=news_id, **typed)
        except Invalid as error:
            form.blame(error.fields)
            return _correction_page(form, news, status=422)
        return done(N_("Perbaikan terkirim ke moderator."), to=f"/berita/{news_id}/", title=news.title)
    return _correction_page(form, news, status=422)


def _correction_page(form: forms.CorrectionForm, news: News, *, status: int = 200, returned: str = "") -> Response:
    form.area.choices = [(news.area_code, news.area.name)]
    return _edit_page(form, news, status=status, returned=returned, correcting=True)


@bp.get("/berita/<id:news_id>/hapus/")
@allow(Permission.NEWS_WRITE)
def deleting(news_id: int) -> Response:
    """Ask before an own draft is deleted."""
    news = queries.visible_news(context.db_session(), context.actor(), news_id)
    actions.check_deletable(context.actor(), news)
    return render_page("news/delete.html", news=news)


@bp.post("/berita/<id:news_id>/penghapusan")
@allow(Permission.NEWS_WRITE)
def delete(news_id: int) -> Response:
    """Delete an own draft."""
    form = StateForm()
    actions.delete_draft(context.db_session(), step_of(form.version.data), news_id=news_id)
    return done(N_("Draf dihapus."), to="/berita/")


@bp.get("/berita/<id:news_id>/lapor/")
@public
def reporting_page(news_id: int) -> Response:
    """The small form with which a reader reports a published piece; `?terkirim=1`: thanks instead."""
    return _report_page(news_id, forms.ReportForm(formdata=None))


def _report_page(news_id: int, form: forms.ReportForm, *, status: int = 200) -> Response:
    news = queries.published_news(context.db_session(), news_id)
    sent = request.method == "GET" and "terkirim" in request.args
    return render_page("news/report.html", status=status, news=news, form=form, sent=sent)


@bp.post("/berita/<id:news_id>/laporan")
@public
def report(news_id: int) -> Response:
    """Take in a reader's report; the answer is the same whether it counts or not."""
    form, device = forms.ReportForm(), devices.this_device()
    if form.validate():
        try:
            reporting.report_news(
                context.db_session(),
                news_id=news_id,
                reason=form.words(),
                network=context.network(),
                device=device,
                now=context.now(),
            )
        except Invalid as error:
            form.blame(error.fields)
            return _report_page(news_id, form, status=422)
        return devices.remember(redirect(f"/berita/{news_id}/lapor/?terkirim=1", 303), device)
    return _report_page(news_id, form, status=422)
