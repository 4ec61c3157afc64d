"""What desks, authors and readers change: one small view a noun (product.md, Addresses)."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint
from werkzeug.wrappers import Response

from kimweb.core.errors import Invalid
from kimweb.core.i18n import N_
from kimweb.core.permissions import Permission
from kimweb.core.workflow import Step
from kimweb.news import actions, forms, mending, pages, queries
from kimweb.news.models import News, Verb
from kimweb.web import context, photo_page
from kimweb.web.access import allow
from kimweb.web.forms import ReasonForm
from kimweb.web.htmx import done
from kimweb.web.refused import checked

Action = Callable[..., News]


def step_of(version: int | None = None, reason: str | None = None) -> Step:
    """Who acts now, from which version of the page, with which reason."""
    return Step(context.actor(), context.now(), version, reason or "")


def _change(news_id: int, verb: Verb, action: Action, message: str) -> Response:
    """Do it; what is refused for its input comes back with what was typed."""
    form = forms.ReturnForm() if verb is Verb.RETURN else ReasonForm()
    try:
        checked(form)
        reason = form.words() if isinstance(form, forms.ReturnForm) else form.reason.data
        news = action(context.db_session(), step_of(form.version.data, reason), news_id=news_id)
    except Invalid as error:
        return pages.refused_change(news_id, verb, error)
    return done(message, to=f"/berita/{news_id}/", title=news.title)


_NOUNS: list[tuple[Verb, Permission, Action, str]] = [
    (Verb.SUBMIT, Permission.NEWS_WRITE, actions.submit_news, N_("Terkirim ke moderator.")),
    (Verb.RETURN, Permission.NEWS_REVIEW, actions.return_news, N_("Dikembalikan kepada penulisnya.")),
    (Verb.PUBLISH, Permission.NEWS_PUBLISH, actions.publish_news, N_("Sudah terbit.")),
    (Verb.WITHDRAW, Permission.NEWS_WITHDRAW, actions.withdraw_news, N_("Sudah ditarik.")),
    (Verb.RESTORE, Permission.NEWS_RESTORE, actions.restore_news, N_("Sudah tampil lagi.")),
    (Verb.KEEP, Permission.NEWS_WITHDRAW, actions.keep_news, N_("Tetap tayang. Laporan pembaca sudah dijawab.")),
    (Verb.SECOND, Permission.NEWS_SECOND, actions.second_news, N_("Tercatat sudah dilihat.")),
]


_PHOTOS = photo_page.Flow(
    address="/berita/<id:news_id>/",
    permission=Permission.NEWS_PHOTO,
    find=queries.visible_news,
    check=mending.check_mendable,
    check_words=mending.check_describable,
    mend=mending.mend_photo,
    place=lambda news: news.area,
)


def register(bp: Blueprint) -> None:
    """Put every noun on the blueprint, `POST` only, and the page on which a photo is mended."""
    photo_page.register(bp, _PHOTOS)
    for verb, permission, action, message in _NOUNS:
        view = _view(verb, action, message)
        bp.post(f"/berita/<id:news_id>/{verb}", endpoint=verb.name.lower())(allow(permission)(view))


def _view(verb: Verb, action: Action, message: str) -> Callable[[int], Response]:
    def change(news_id: int) -> Response:
        return _change(news_id, verb, action, message)

    change.__doc__ = action.__doc__
    return change
