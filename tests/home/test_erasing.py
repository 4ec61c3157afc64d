"""Erasing a person takes along the drafts that nobody else could read, and no more."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.announcements.models import Announcement, AnnouncementArea, Urgency
from kimweb.announcements.models import State as AnnouncementState
from kimweb.core import audit
from kimweb.core.actor import Role
from kimweb.core.chain import verify
from kimweb.core.db import writing
from kimweb.core.errors import NotFound
from kimweb.core.photos import Photo
from kimweb.home.erasing import erase_person
from kimweb.news.models import News, NewsRevision, State
from tests.support.clock import START
from tests.support.people import SEKAYU, TODAY, People, day
from tests.support.pictures import jpeg, with_photo

pytestmark = pytest.mark.database


def announcement(people: People, state: AnnouncementState) -> Announcement:
    fields: dict[str, Any] = {"title": "Rapat", "body": "Di balai.", "urgency": Urgency.NORMAL}
    row = Announcement(author_id=people.users["budi"].id, area_code=SEKAYU, state=state, **fields)
    row.starts_on, row.ends_on, row.created_at, row.updated_at = TODAY, day(3), START, START
    row.audience = [AnnouncementArea(area_code=SEKAYU)]
    return row


def test_drafts_go_with_their_author_and_what_others_know_stays(session: Session) -> None:
    people = People(session).gather()
    budi = people.users["budi"].id
    rows = {state: people.put(people.news(state)) for state in (State.DRAFT, State.SUBMITTED, State.PUBLISHED)}
    other = people.put(people.news(State.DRAFT, author_id=people.users["wati"].id))
    for news in (*rows.values(), other):
        people.put(NewsRevision(news_id=news.id, at=START, by_id=news.author_id, title="x", body="y"))
        with_photo(session, f"/berita/{news.id}/", jpeg(640, 480, seed=news.id))
    alone, shared, published = (
        people.put(announcement(people, state))
        for state in (AnnouncementState.DRAFT, AnnouncementState.DRAFT, AnnouncementState.PUBLISHED)
    )
    with writing(session):
        for row, by in ((alone, budi), (shared, people.users["rahman"].id)):
            audit.record(session, audit.Entry(START, "announcement", row.audit_id, "edit", Role.REVIEWER, by))
    assert erase_person(session, username="budi", texts=False, now=START)["naskah"] == 2
    session.rollback()
    session.expunge_all()
    kept = {rows[State.SUBMITTED].id, rows[State.PUBLISHED].id, other.id}
    assert set(session.scalars(sa.select(News.id))) == kept
    assert set(session.scalars(sa.select(NewsRevision.news_id))) == kept
    assert len(session.scalars(sa.select(Photo.hash)).all()) == len(kept), "the draft's picture is gone"
    assert set(session.scalars(sa.select(Announcement.id))) == {shared.id, published.id}
    assert set(session.scalars(sa.select(AnnouncementArea.announcement_id))) == {shared.id, published.id}
    for kind, subject in (("news", rows[State.DRAFT].audit_id), ("announcement", alone.audit_id)):
        entry = audit.last(session, kind, subject)
        assert entry is not None
        assert (entry.verb, entry.role, entry.actor_id, entry.text) == ("delete", Role.SYSTEM, None, None)
    assert verify(session).problems == []


def test_where_there_is_no_such_account_nothing_goes(session: Session) -> None:
    people = People(session).gather()
    people.put(people.news(State.DRAFT))
    with pytest.raises(NotFound):
        erase_person(session, username="entah", texts=True, now=START)
    assert session.scalar(sa.select(sa.func.count(News.id))) == 1
