"""Mending a photo of a piece: covering faces and number plates, writing what it shows; part of actions."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kimweb.core import photos
from kimweb.core.actor import Actor, Role
from kimweb.core.db import writing
from kimweb.core.errors import NotAllowed
from kimweb.core.permissions import Permission
from kimweb.core.photos import Mended
from kimweb.core.workflow import Step
from kimweb.news import policy, queries
from kimweb.news.models import News
from kimweb.news.workflow import EDITABLE


def check_mendable(actor: Actor, news: News) -> Role:
    """By which role the actor mends its photos; raises NotAllowed."""
    role = policy.authority(actor, Permission.NEWS_PHOTO, news)
    if role is None:
        raise NotAllowed("Fotonya diubah penulis sebelum dikirim, dan sesudahnya oleh moderator KIM ini.")
    return role


def check_describable(actor: Actor, news: News) -> Role:
    """By which role the actor writes what a photo shows: as above; in a masa pemilihan nobody adds words to a piece of
    their own that others read. Raises NotAllowed."""
    role = check_mendable(actor, news)
    if news.state not in EDITABLE and policy.adds_to_own(actor, news):
        raise NotAllowed("Masa pemilihan: keterangan foto tulisan sendiri diubah orang lain.")
    return role


def mend_photo(session: Session, step: Step, *, news_id: int, photo_id: int, to: Mended) -> News:
    """Cover parts of a photo, or describe it anew. Raises NotFound, NotAllowed, Conflict."""
    with writing(session):
        news = queries.news_for_update(session, step.actor, news_id)
        check = check_describable if isinstance(to, str) else check_mendable
        photos.mend(session, step, news, photo_id, to, check=check)
    return news
