"""The page of one piece and its row on a desk, also as answers to a change that was refused."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from werkzeug.wrappers import Response

from kimweb.core import audit
from kimweb.core.calendar import load_calendar
from kimweb.core.errors import Conflict, Invalid, InvalidTransition, NotFound
from kimweb.core.i18n import N_, Sentence
from kimweb.news import policy, queries
from kimweb.news.forms import AutosaveForm
from kimweb.news.models import News, State, Verb
from kimweb.news.revisions import changes_of
from kimweb.web import context
from kimweb.web.filters import clock_time
from kimweb.web.htmx import render_page
from kimweb.web.refused import NOTHING, Refused, brought_back
from kimweb.web.words import translated

_DECIDED = (Verb.RETURN, Verb.CORRECT, Verb.PUBLISH, Verb.SUBMIT)


def page_of(news: News, *, refused: Refused = NOTHING) -> Response:
    """The page of one piece."""
    db, who = context.db_session(), context.actor()
    record, release = queries.record_for(db, who, news)
    others = queries.others_published(db, news)
    change = changes_of(db, [news]).get(news.id) if policy.can_read_changes(who, news) else None
    reports = queries.reports_of(db, [news]).get(news.id, ()) if policy.can_read_reports(who, news) else ()
    values: dict[str, Any] = {
        "record": record,
        "release": release,
        "others": others,
        "change": change,
        "reports": reports,
    }
    return render_page("news/show.html", news=news, refused=refused, **values)


def withdrawn_page(news_id: int) -> Response:
    """410 for a piece that was withdrawn: by which role, when and why, never what it said. Raises NotFound for what
    never was to be read here."""
    found = queries.withdrawal_of(context.db_session(), news_id)
    if found is None:
        raise NotFound("Berita ini tidak ada.")
    news, entry = found
    return render_page("news/withdrawn.html", status=410, news=news, entry=entry)


def last_return(news: News) -> str:
    """Why it, or the last correction of it, was given back, while its author mends it; "" else."""
    entries = audit.history(context.db_session(), news.audit_kind, news.audit_id)
    last = next((entry for entry in reversed(entries) if entry.verb in _DECIDED), None)
    return last.text or "" if last is not None and last.verb == Verb.RETURN else ""


def refused_change(news_id: int, noun: str, error: Invalid) -> Response:
    """422: the page (on the desk: the row) with the form open, what was typed in it, and what is wrong at its field."""
    news = queries.visible_news(context.db_session(), context.actor(), news_id)
    waits = news.state in (State.SUBMITTED, State.REVISING) and news.reports < queries.REPORTS_COUNT
    show_row = _waiting_row if waits else _watched_row
    return brought_back(
        noun, error, page=lambda why: page_of(news, refused=why), row=lambda why: show_row(news, refused=why)
    )


def _waiting_row(news: News, *, refused: Refused) -> Response:
    db, who = context.db_session(), context.actor()
    left = load_calendar(db).left(who.day, news.due_on) if news.due_on else 0
    row, change = "news/_desk_row.html", changes_of(db, [news]).get(news.id)
    return render_page(row, row, news=news, left=left, change=change, refused=refused)


def _watched_row(news: News, *, refused: Refused) -> Response:
    db, row = context.db_session(), "news/_watch_row.html"
    reports, change = queries.reports_of(db, [news]).get(news.id, ()), changes_of(db, [news]).get(news.id)
    return render_page(row, row, news=news, reports=reports, change=change, refused=refused)


def autosaved(form: AutosaveForm, check: Callable[[], object], keep: Callable[[], News | None]) -> Response:
    """The line that says whether what is being typed was kept: 422 when it is too long, 409 when the piece was changed
    elsewhere. What was typed stays in its form either way. `check` refuses whom it is not up to, before any word of
    theirs is looked at."""
    try:
        check()
        if not form.validate():
            _id, label, sentence = form.problems()[0]
            what = f"{translated(label)}: {translated(sentence)}"
            return _line(Sentence(N_("Belum tersimpan. %(what)s"), what=what), status=422)
        news = keep()
    except (Conflict, InvalidTransition):
        return _line(N_("Belum tersimpan: sudah diubah di tab atau HP lain."), status=409)
    if news is None:
        return _line("")
    time = clock_time(context.now())
    return _line(Sentence(N_("Tersimpan otomatis %(time)s"), time=time), at=f"/berita/{news.id}/ubah/")


def _line(told: str, *, at: str = "", status: int = 200) -> Response:
    line = "news/_autosaved.html"
    return render_page(line, line, status=status, told=told, at=at)
