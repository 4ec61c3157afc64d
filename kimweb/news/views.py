"""The pages of village news: load, bind, act, respond."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response

from kimweb.areas.queries import area_asked
from kimweb.areas.words import place_name
from kimweb.core.errors import Conflict, Invalid
from kimweb.core.i18n import N_
from kimweb.core.permissions import Permission
from kimweb.core.photos import one_of
from kimweb.core.workflow import Step
from kimweb.news import actions, forms, pages, queries
from kimweb.news.models import News, State, Verb
from kimweb.web import context, covering
from kimweb.web.access import allow, public
from kimweb.web.forms import ReasonForm
from kimweb.web.htmx import done, render_page
from kimweb.web.photos import takes_photos
from kimweb.web.refused import checked

bp = Blueprint("news", __name__)


def _step(version: int | None = None, reason: str | None = None) -> Step:
    """Who acts now, from which version of the page, with which reason."""
    return Step(context.actor(), context.now(), version, reason or "")


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
    """One piece: for everybody once published; before that for its author and those above."""
    return pages.page_of(queries.visible_news(context.db_session(), context.actor(), news_id))


@bp.route("/berita/tulis/", methods=["GET", "POST"])
@allow(Permission.NEWS_WRITE)
@takes_photos
def write() -> Response:
    """Write a piece; it is kept as a draft first."""
    db, form = context.db_session(), forms.NewsForm()
    areas = queries.writing_areas(db, context.actor())
    form.area.choices = [(area.code, place_name(area)) for area in areas]
    if request.method == "POST" and form.validate():
        code = form.area.data or areas[0].code
        return _saved(actions.write_news(db, _step(), area_code=code, **_typed(form)))
    status = 422 if form.errors else 200
    return render_page("news/edit.html", status=status, form=form, news=None, areas=areas, current=None, returned="")


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
                return _saved(actions.edit_news(db, _step(form.version.data), news_id=news_id, **_typed(form)))
            except Invalid as error:
                form.blame(error.fields)
            except Conflict:
                current = queries.visible_news(db, context.actor(), news_id)
                news, status = current, 409
                form.photos.again()
    values = {"areas": [news.area], "current": current, "returned": pages.last_return(news)}
    return render_page("news/edit.html", status=status, form=form, news=news, **values)


@bp.route("/berita/<id:news_id>/foto/<id:photo_id>/", methods=["GET", "POST"])
@allow(Permission.NEWS_REVIEW)
def cover(news_id: int, photo_id: int) -> Response:
    """Cover parts of a photo."""
    db, form = context.db_session(), covering.CoverForm()
    news = queries.visible_news(db, context.actor(), news_id)
    link = one_of(news.photos, photo_id)
    actions.check_coverable(context.actor(), news)
    if request.method == "POST" and form.validate():
        step, picture = _step(form.version.data), covering.covered(link, form)
        actions.cover_photo(db, step, news_id=news_id, photo_id=photo_id, picture=picture)
        return done(N_("Sudah ditutup. Foto yang lama dihapus."), to=f"/berita/{news_id}/", title=news.title)
    return covering.page(form, link, news, area=news.area, back=f"/berita/{news_id}/")


def _typed(form: forms.NewsForm) -> dict[str, Any]:
    """What the author wrote, and whether they pressed the button that hands it in."""
    title, body = form.title.data or "", form.body.data or ""
    submit = request.form.get("langsung") == "ajukan"
    return {"title": title, "body": body, "submit": submit, "pictures": form.photo_change()}


def _saved(news: News) -> Response:
    submitted = news.state is State.SUBMITTED
    message = N_("Terkirim ke moderator.") if submitted else N_("Tersimpan sebagai draf.")
    return done(message, to=f"/berita/{news.id}/", title=news.title)


def _change(news_id: int, verb: Verb, action: Callable[..., News], message: str) -> Response:
    """Do it; what is refused for its input comes back with what was typed."""
    form = ReasonForm()
    try:
        checked(form)
        news = action(context.db_session(), _step(form.version.data, form.reason.data), news_id=news_id)
    except Invalid as error:
        return pages.refused_change(news_id, verb, error)
    return done(message, to=f"/berita/{news_id}/", title=news.title)


@bp.post("/berita/<id:news_id>/pengajuan")
@allow(Permission.NEWS_WRITE)
def submit(news_id: int) -> Response:
    """Hand it to the moderator."""
    return _change(news_id, Verb.SUBMIT, actions.submit_news, N_("Terkirim ke moderator."))


@bp.post("/berita/<id:news_id>/pengembalian")
@allow(Permission.NEWS_REVIEW)
def send_back(news_id: int) -> Response:
    """Give it back to its author, with a reason."""
    return _change(news_id, Verb.RETURN, actions.return_news, N_("Dikembalikan kepada penulisnya."))


@bp.post("/berita/<id:news_id>/publikasi")
@allow(Permission.NEWS_REVIEW)
def publish(news_id: int) -> Response:
    """Publish it."""
    return _change(news_id, Verb.PUBLISH, actions.publish_news, N_("Sudah terbit."))


@bp.post("/berita/<id:news_id>/penarikan")
@allow(Permission.NEWS_WITHDRAW)
def withdraw(news_id: int) -> Response:
    """Take it down, with a reason."""
    return _change(news_id, Verb.WITHDRAW, actions.withdraw_news, N_("Sudah ditarik."))
