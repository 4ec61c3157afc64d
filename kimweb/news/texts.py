"""Putting down what a piece says, with its revisions: part of actions; joins their transactions."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kimweb.core.actor import Role
from kimweb.core.workflow import Step, note
from kimweb.news import policy, queries
from kimweb.news.models import News, NewsRevision, State


def create(session: Session, step: Step, role: Role, *, area_code: str, title: str, body: str) -> News:
    """A new draft with its first revision, recorded."""
    news = News(area_code=area_code, author_id=step.actor.user_id, title=title, body=body, state=State.DRAFT, version=1)
    news.created_at = news.updated_at = step.now
    news.by_moderator = policy.writes_as_moderator(role)
    session.add(news)
    session.flush()
    note(session, news, "create", step, role=role)
    keep_revision(session, step, news.id, title, body)
    return news


def rewrite(session: Session, step: Step, news: News, *, title: str, body: str, own: bool) -> None:
    """What the piece says from now on. One load of a form is one revision: with `own` (its autosave made what stands
    there) its revision is written over."""
    if (news.title, news.body) == (title, body):
        return
    revision = queries.newest_revision(session, news.id) if own else None
    if revision is None:
        keep_revision(session, step, news.id, title, body)
    else:
        revision.title, revision.body, revision.at = title, body, step.now
    news.title, news.body = title, body


def keep_revision(session: Session, step: Step, news_id: int, title: str, body: str) -> NewsRevision:
    """One more revision."""
    revision = NewsRevision(news_id=news_id, at=step.now, by_id=step.actor.user_id, title=title, body=body)
    session.add(revision)
    return revision
