"""The page of one piece and its row on a desk, also as answers to a change that was refused."""

from __future__ import annotations

from werkzeug.wrappers import Response

from kimweb.core import audit
from kimweb.core.calendar import load_calendar
from kimweb.core.errors import Invalid
from kimweb.news import queries
from kimweb.news.models import News, State, Verb
from kimweb.web import context
from kimweb.web.htmx import render_page
from kimweb.web.refused import NOTHING, Refused, brought_back


def page_of(news: News, *, refused: Refused = NOTHING) -> Response:
    """The page of one piece."""
    db = context.db_session()
    record = queries.record_for(db, context.actor(), news)
    others = queries.others_published(db, news)
    return render_page("news/show.html", news=news, record=record, others=others, refused=refused)


def last_return(news: News) -> str:
    """Why it was given back the last time, while its author mends it; "" else."""
    if news.state is not State.RETURNED:
        return ""
    entries = audit.history(context.db_session(), news.audit_kind, news.audit_id)
    return next((entry.text or "" for entry in reversed(entries) if entry.verb == Verb.RETURN), "")


def refused_change(news_id: int, noun: str, error: Invalid) -> Response:
    """422: the page (on the desk: the row) with the form open, what was typed in it, and what is wrong at its field."""
    db, who = context.db_session(), context.actor()
    news = queries.visible_news(db, who, news_id)

    def row(why: Refused) -> Response:
        left = load_calendar(db).left(who.day, news.due_on) if news.due_on else 0
        return render_page("news/_desk_row.html", "news/_desk_row.html", news=news, left=left, refused=why)

    return brought_back(noun, error, page=lambda why: page_of(news, refused=why), row=row)
