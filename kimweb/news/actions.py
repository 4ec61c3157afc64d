"""The verbs of village news, one transaction each, the same from views and commands."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from kimweb.core import photos
from kimweb.core.actor import Actor, Role
from kimweb.core.calendar import load_calendar, local_day
from kimweb.core.db import writing
from kimweb.core.errors import InvalidTransition, NotAllowed
from kimweb.core.permissions import Permission
from kimweb.core.photos import NO_CHANGE, PhotoChange
from kimweb.core.pictures import Picture
from kimweb.core.workflow import Step, advance, check_version, note, touch
from kimweb.news import policy, queries
from kimweb.news.models import News, NewsPhoto, State, Verb
from kimweb.news.workflow import COVERABLE, EDITABLE, REVIEW_DAYS, TRANSITIONS


def write_news(
    session: Session,
    step: Step,
    *,
    area_code: str,
    title: str,
    body: str,
    submit: bool = False,
    pictures: PhotoChange = NO_CHANGE,
) -> News:
    """A new draft for the KIM of an area, or with `submit` handed in at once. Raises NotAllowed when the actor does not
    write for it."""
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
        photos.change(session, NewsPhoto, news.id, pictures)
        note(session, news, "create", _told(step, pictures), role=role)
        return _handed_in(session, step, news) if submit else news


def check_editable(actor: Actor, news: News) -> Role:
    """By which role the actor edits it. Refuses (NotAllowed, InvalidTransition) whoever did not write the piece, and a
    piece that is on its way."""
    role = policy.authority(actor, Permission.NEWS_WRITE, news)
    if role is None:
        raise NotAllowed("Hanya penulisnya yang mengubah berita ini.")
    if news.state not in EDITABLE:
        raise InvalidTransition("a piece is edited as a draft or when returned")
    return role


def edit_news(
    session: Session,
    step: Step,
    *,
    news_id: int,
    title: str,
    body: str,
    submit: bool = False,
    pictures: PhotoChange = NO_CHANGE,
) -> News:
    """Change an own draft or returned piece, and with `submit` hand it in. Raises NotFound, NotAllowed, Conflict,
    InvalidTransition, Invalid (too many photos)."""
    with writing(session):
        news = queries.news_for_update(session, step.actor, news_id)
        check_version(news, step.version)
        role = check_editable(step.actor, news)
        news.title, news.body = title, body
        photos.change(session, NewsPhoto, news.id, pictures)
        touch(news, step.now)
        note(session, news, "edit", _told(step, pictures), role=role, before=news.state)
        return _handed_in(session, step, news) if submit else news


def _told(step: Step, pictures: PhotoChange) -> Step:
    return replace(step, detail={**step.detail, **pictures.told})


def check_coverable(actor: Actor, news: News) -> Role:
    """By which role the actor covers parts of its photos; raises NotAllowed, InvalidTransition."""
    role = policy.authority(actor, Permission.NEWS_REVIEW, news)
    if role is None:
        raise NotAllowed("Hanya moderator KIM ini yang menutup bagian foto.")
    if news.state not in COVERABLE:
        raise InvalidTransition("photos are covered while a piece waits or stands")
    return role


def cover_photo(session: Session, step: Step, *, news_id: int, photo_id: int, picture: Picture) -> News:
    """Let a photo show `picture`, in which parts are covered; the one before is deleted when nothing else uses it.
    Raises NotFound, NotAllowed, Conflict, InvalidTransition."""
    with writing(session):
        news = queries.news_for_update(session, step.actor, news_id)
        check_version(news, step.version)
        role = check_coverable(step.actor, news)
        photos.replace(session, photos.one_of(news.photos, photo_id), picture)
        touch(news, step.now)
        told = replace(step, detail={**step.detail, "photo": photo_id})
        note(session, news, photos.COVERED, told, role=role, before=news.state)
    return news


def _handed_in(session: Session, step: Step, news: News) -> News:
    return submit_news(session, replace(step, version=news.version), news_id=news.id)


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
