"""The verbs of village news, one transaction each, the same from views and commands."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kimweb.core import audit
from kimweb.core.actor import Actor
from kimweb.core.calendar import load_calendar, local_day
from kimweb.core.db import writing
from kimweb.core.errors import InvalidTransition, NotAllowed
from kimweb.core.permissions import Permission
from kimweb.core.workflow import Step, advance, check_version, touch
from kimweb.news import policy, queries
from kimweb.news.models import News, State, Verb
from kimweb.news.workflow import EDITABLE, REVIEW_DAYS, TRANSITIONS


def write_news(session: Session, step: Step, *, area_code: str, title: str, body: str) -> News:
    """A new draft for the KIM of an area. Raises NotAllowed when the actor does not write for it."""
    role = policy.writing_role(step.actor, area_code)
    if role is None or step.actor.user_id is None:
        raise NotAllowed("Anda tidak menulis untuk KIM desa ini.")
    with writing(session):
        news = News(
            area_code=area_code,
            author_id=step.actor.user_id,
            title=title,
            body=body,
            state=State.DRAFT,
            version=1,
            created_at=step.now,
            updated_at=step.now,
        )
        session.add(news)
        session.flush()
        entry = audit.Entry(
            at=step.now,
            kind=news.audit_kind,
            subject_id=news.audit_id,
            verb="create",
            role=role,
            actor_id=step.actor.user_id,
            area_code=area_code,
            after=State.DRAFT,
        )
        audit.record(session, entry)
    return news


def check_editable(actor: Actor, news: News) -> None:
    """Refuse (NotAllowed, InvalidTransition) whoever did not write the piece, and a piece that is on its way."""
    if policy.authority(actor, Permission.NEWS_WRITE, news) is None:
        raise NotAllowed("Hanya penulisnya yang mengubah berita ini.")
    if news.state not in EDITABLE:
        raise InvalidTransition("a piece is edited as a draft or when returned")


def edit_news(session: Session, step: Step, *, news_id: int, title: str, body: str) -> News:
    """Change an own draft or returned piece. Raises NotFound, NotAllowed, Conflict, InvalidTransition."""
    with writing(session):
        news = queries.news_for_update(session, step.actor, news_id)
        check_version(news, step.version)
        check_editable(step.actor, news)
        news.title, news.body = title, body
        touch(news, step.now)
    return news


def submit_news(session: Session, step: Step, *, news_id: int) -> News:
    """Hand a piece to the village's moderator, with three working days."""
    with writing(session):
        news = _move(session, step, news_id, Verb.SUBMIT)
        news.due_on = load_calendar(session).add(local_day(step.now), REVIEW_DAYS)
    return news


def return_news(session: Session, step: Step, *, news_id: int) -> News:
    """Give a piece back to its author, with a reason (`step.reason`)."""
    with writing(session):
        news = _move(session, step, news_id, Verb.RETURN)
        news.due_on = None
    return news


def publish_news(session: Session, step: Step, *, news_id: int) -> News:
    """Publish a submitted piece; a moderator's own is marked so."""
    with writing(session):
        news = _move(session, step, news_id, Verb.PUBLISH)
        news.due_on = None
        news.published_at = step.now
        news.self_published = news.author_id == step.actor.user_id
    return news


def withdraw_news(session: Session, step: Step, *, news_id: int) -> News:
    """Take a published piece down, with a reason (`step.reason`)."""
    with writing(session):
        return _move(session, step, news_id, Verb.WITHDRAW)


def _move(session: Session, step: Step, news_id: int, verb: Verb) -> News:
    news = queries.news_for_update(session, step.actor, news_id)
    advance(
        session,
        news,
        verb,
        step,
        table=TRANSITIONS,
        authority=lambda permission: policy.authority(step.actor, permission, news),
    )
    return news
