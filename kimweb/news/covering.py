"""Covering parts of a photo of a piece (faces, number plates), before and after it is published; part of actions."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from kimweb.core import photos
from kimweb.core.actor import Actor, Role
from kimweb.core.db import writing
from kimweb.core.errors import InvalidTransition, NotAllowed
from kimweb.core.permissions import Permission
from kimweb.core.pictures import Picture
from kimweb.core.workflow import Step, check_version, note, touch
from kimweb.news import policy, queries
from kimweb.news.models import News
from kimweb.news.workflow import COVERABLE


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
