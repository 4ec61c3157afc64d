"""Erasing a person over all flows: what only they could read goes with the account."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.accounts import erasing as accounts
from kimweb.accounts.queries import user_by_username
from kimweb.announcements.models import Announcement, AnnouncementArea, AnnouncementPhoto
from kimweb.core import audit, photos
from kimweb.core.actor import Role
from kimweb.core.db import writing
from kimweb.core.errors import NotFound
from kimweb.home import queries
from kimweb.news.models import NewsPhoto, NewsRevision


def erase_person(session: Session, *, username: str, texts: bool, now: datetime) -> dict[str, int]:
    """Erase an account (`accounts.erasing.erase_user`) and the drafts that only its owner could read, with their
    photos. What was handed in, published or worked on by somebody else stays. Returns what went, by name. Raises
    NotFound."""
    with writing(session):
        user = user_by_username(session, username)
        if user is None:
            raise NotFound(f"Tidak ada akun bernama {username[:32]}.")
        drafts = _erase_news(session, user.id, now) + _erase_announcements(session, user.id, now)
        gone = accounts.erase_user(session, username=username, texts=texts, now=now)
        return gone | {"naskah": drafts}


def _erase_news(session: Session, user_id: int, now: datetime) -> int:
    """News that was never handed in: nobody but the author reads it."""
    drafts = queries.news_drafts_of(session, user_id)
    for draft in drafts:
        session.execute(sa.delete(NewsRevision).where(NewsRevision.news_id == draft.id))
        photos.drop_all(session, NewsPhoto, draft.id)
        _gone(session, draft, now)
    return len(drafts)


def _erase_announcements(session: Session, user_id: int, now: datetime) -> int:
    """Announcements that were never published and that nobody else in the office worked on."""
    drafts = queries.announcement_drafts_of(session, user_id)
    alone = [draft for draft in drafts if not _worked_on(session, draft, user_id)]
    for draft in alone:
        photos.drop_all(session, AnnouncementPhoto, draft.id)
        session.execute(sa.delete(AnnouncementArea).where(AnnouncementArea.announcement_id == draft.id))
        _gone(session, draft, now)
    return len(alone)


def _worked_on(session: Session, draft: Announcement, by_others_than: int) -> bool:
    """Whether the record names somebody else at it."""
    rows: Sequence[audit.Entry] = audit.history(session, draft.audit_kind, draft.audit_id)
    return any(entry.actor_id not in (None, by_others_than) for entry in rows)


def _gone(session: Session, draft: Any, now: datetime) -> None:
    entry = audit.Entry(now, draft.audit_kind, draft.audit_id, "delete", Role.SYSTEM, area_code=draft.audit_area)
    audit.record(session, entry)
    session.execute(sa.delete(type(draft)).where(type(draft).id == draft.id))
    session.expunge(draft)
