"""The page of one piece and its row on a desk, also as answers to a change that was refused."""

from __future__ import annotations

from werkzeug.wrappers import Response

from kimweb.core import audit
from kimweb.core.calendar import load_calendar
from kimweb.core.errors import Invalid
from kimweb.news import queries
from kimweb.news.models import News
from kimweb.web import context
from kimweb.web.htmx import is_partial, render_page
from kimweb.web.refused import NOTHING, Refused, refused


def page_of(news: News, *, status: int = 200, refused: Refused = NOTHING) -> Response:
    """The page of one piece."""
    db = context.db_session()
    history = audit.history(db, news.audit_kind, news.audit_id)
    others = queries.others_published(db, news)
    return render_page("news/show.html", status=status, news=news, history=history, others=others, refused=refused)


def refused_change(news_id: int, noun: str, error: Invalid) -> Response:
    """422: the page (on the desk: the row) with the form open, what was typed in it, and what is wrong at its field."""
    db, who = context.db_session(), context.actor()
    news, why = queries.visible_news(db, who, news_id), refused(noun, error)
    if not is_partial():
        return page_of(news, status=422, refused=why)
    left = load_calendar(db).left(who.day, news.due_on) if news.due_on else 0
    row = "news/_desk_row.html"
    return render_page(row, row, status=422, news=news, left=left, refused=why)
