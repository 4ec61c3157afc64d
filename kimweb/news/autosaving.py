"""Keeping what an author types before they press a button: part of actions.

Autosave never hands in and touches no photos. It makes a new version each time, so that a form elsewhere grows stale,
but one load of a form makes one revision and one entry in the record: when its first autosave makes or changes the
piece, not one each eight seconds.
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from kimweb.core.db import writing
from kimweb.core.errors import Conflict
from kimweb.core.workflow import Step, check_version, note, touch
from kimweb.news import actions, own_versions, queries, texts
from kimweb.news.models import News


def autosave_new(session: Session, step: Step, *, area_code: str, title: str, body: str, key: str) -> News | None:
    """Keep what stands in the form of a new piece: a draft, one for each `key`, however often. None while there is
    nothing to keep. Raises NotAllowed, and for what is a draft already what `autosave_news` raises."""
    role = actions.check_writing(step.actor, area_code)
    if not title and not body:
        return None
    with writing(session):
        form = own_versions.form_of(session, step.actor, key=key, now=step.now)
        news = own_versions.begun(session, step.actor, form)
        if news is not None:
            return _kept(session, replace(step, version=None), news, area_code, title=title, body=body, key=key)
        news = texts.create(session, _told(step), role, area_code=area_code, title=title, body=body)
        form.subject_id = news.audit_id
        own_versions.note_made(session, news, key=key, now=step.now)
        return news


def autosave_news(session: Session, step: Step, *, news_id: int, title: str, body: str, key: str) -> News | None:
    """Keep what stands in the form of an own draft or returned piece. None while there is nothing to keep: an emptied
    form leaves what was kept. Raises NotFound, NotAllowed, InvalidTransition, and Conflict when somebody else changed
    it, or the author did in another tab."""
    if not title and not body:
        return None
    with writing(session):
        news = queries.news_for_update(session, step.actor, news_id)
        return _kept(session, step, news, news.area_code, title=title, body=body, key=key)


def _kept(session: Session, step: Step, news: News, area_code: str, *, title: str, body: str, key: str) -> News:
    own = own_versions.made(session, news, key=key)
    if not own:
        _check_fresh(news, step.version)
    role = actions.check_editable(step.actor, news)
    if (news.title, news.body, news.area_code) == (title, body, area_code):
        return news
    texts.rewrite(session, step, news, title=title, body=body, own=own)
    news.area_code = area_code
    touch(news, step.now)
    if not own:
        note(session, news, "edit", _told(step), role=role, before=news.state)
    own_versions.note_made(session, news, key=key, now=step.now)
    return news


def _check_fresh(news: News, version: int | None) -> None:
    if version is None:
        raise Conflict("Sudah diubah orang lain.", kind=news.audit_kind, subject_id=news.audit_id)
    check_version(news, version)


def _told(step: Step) -> Step:
    return replace(step, detail={**step.detail, "autosave": True})
