"""Every select of announcements, named for the page that it feeds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from kimweb.accounts.own_data import OwnText
from kimweb.announcements import policy
from kimweb.announcements.models import URGENCY_ORDER, Announcement, AnnouncementArea, AnnouncementPhoto, State
from kimweb.announcements.policy import Office
from kimweb.areas.audience import above
from kimweb.areas.models import Agency, Area
from kimweb.areas.queries import areas_with_codes
from kimweb.core import audit
from kimweb.core.actor import Actor, covered
from kimweb.core.errors import NotFound
from kimweb.core.paging import MAX_ID, PAGE_SIZE, Page, cursor, cut, split_cursor
from kimweb.core.photos import Showing

_RANK = sa.case(URGENCY_ORDER, value=Announcement.urgency, else_=len(URGENCY_ORDER))
_ORDER = (_RANK, Announcement.ends_on, Announcement.id)


def _speaker() -> tuple[ORMOption, ...]:
    return joinedload(Announcement.area).joinedload(Area.parent), joinedload(Announcement.agency)


def _all_of_it() -> tuple[ORMOption, ...]:
    place = selectinload(Announcement.audience).joinedload(AnnouncementArea.area).joinedload(Area.parent)
    return *_speaker(), joinedload(Announcement.author), place


def _with_photos() -> ORMOption:
    return selectinload(Announcement.photos).joinedload(AnnouncementPhoto.photo)


def _stands(day: date) -> sa.ColumnElement[bool]:
    return sa.and_(Announcement.state == State.PUBLISHED, Announcement.starts_on <= day, Announcement.ends_on >= day)


def _addressed(where: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return Announcement.id.in_(sa.select(AnnouncementArea.announcement_id).where(where))


def standing(session: Session, *, area_code: str, day: date, limit: int | None = None) -> Sequence[Announcement]:
    """What stands on an area's page on `day` (both ends count): the most urgent first, then what ends soonest.

    A village's page: addressed to it, its district or the regency. A district's: to the district or the regency. The
    front page without a village (16.06): to the whole regency. One statement; for `announcements/_notice.html`.
    """
    query = sa.select(Announcement).where(_stands(day), _addressed(AnnouncementArea.area_code.in_(above(area_code))))
    return session.scalars(query.options(*_speaker()).order_by(*_ORDER).limit(limit)).all()


def _touching(area_code: str | None) -> sa.ColumnElement[bool]:
    """Addressed to an area, to one above or to one inside it (None: everything)."""
    if area_code is None:
        return sa.true()
    to = AnnouncementArea.area_code
    return _addressed(sa.or_(to.in_(above(area_code)), covered(to, [area_code])))


def standing_page(session: Session, *, area_code: str | None, day: date, after: str | None) -> Page[Announcement]:
    """A page of what stands on `day`, the most urgent first, for `/pengumuman/`."""
    query = sa.select(Announcement).where(_stands(day), _touching(area_code)).options(*_all_of_it())
    parts = split_cursor(after, 3)
    if parts is not None:
        position = (sa.literal(_number(parts[0])), sa.literal(_day(parts[1])), sa.literal(_number(parts[2])))
        query = query.where(sa.tuple_(*_ORDER) > sa.tuple_(*position))
    rows = session.scalars(query.order_by(*_ORDER).limit(PAGE_SIZE + 1)).all()
    return cut(rows, lambda row: cursor(URGENCY_ORDER[row.urgency], row.ends_on, row.id))


def archive_page(session: Session, *, area_code: str | None, day: date, after: str | None) -> Page[Announcement]:
    """A page of what stood before `day`, the latest end first, for `/pengumuman/?lewat=ya`."""
    past = sa.and_(Announcement.state == State.PUBLISHED, Announcement.ends_on < day)
    query = sa.select(Announcement).where(past, _touching(area_code)).options(*_all_of_it())
    parts = split_cursor(after, 2)
    if parts is not None:
        position = (sa.literal(_day(parts[0], date.max)), sa.literal(_number(parts[1])))
        query = query.where(sa.tuple_(Announcement.ends_on, Announcement.id) < sa.tuple_(*position))
    query = query.order_by(Announcement.ends_on.desc(), Announcement.id.desc())
    rows = session.scalars(query.limit(PAGE_SIZE + 1)).all()
    return cut(rows, lambda row: cursor(row.ends_on, row.id))


def _number(text: str) -> int:
    """A number of a cursor; a hand-made one leads to the first page."""
    return min(int(text), MAX_ID) if text.isascii() and text.isdigit() and len(text) <= 10 else 0


def _day(text: str, otherwise: date = date.min) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return otherwise


def visible_announcement(session: Session, actor: Actor, announcement_id: int) -> Announcement:
    """One announcement with everything, if the actor sees it; raises NotFound."""
    query = sa.select(Announcement).where(Announcement.id == announcement_id, policy.visible_to(actor))
    row = session.scalar(query.options(*_all_of_it(), _with_photos()))
    if row is None:
        raise NotFound("Pengumuman ini tidak ada.")
    return row


def announcement_for_update(session: Session, actor: Actor, announcement_id: int) -> Announcement:
    """One announcement with everything, locked, if the actor sees it; raises NotFound."""
    query = sa.select(Announcement).where(Announcement.id == announcement_id, policy.visible_to(actor))
    query = query.with_for_update(of=Announcement).execution_options(populate_existing=True)
    row = session.scalar(query.options(*_all_of_it(), _with_photos()))
    if row is None:
        raise NotFound("Pengumuman ini tidak ada.")
    return row


def of_own_offices(session: Session, actor: Actor, *, day: date, limit: int = 20) -> Sequence[Announcement]:
    """What the actor's offices have not yet brought to people: drafts, then what begins after `day`."""
    coming = sa.and_(Announcement.state == State.PUBLISHED, Announcement.starts_on > day)
    query = sa.select(Announcement).where(
        policy.of_own_offices(actor), sa.or_(Announcement.state == State.DRAFT, coming)
    )
    order = (sa.case({State.DRAFT: 0}, value=Announcement.state, else_=1), Announcement.starts_on, Announcement.id)
    return session.scalars(query.options(*_all_of_it()).order_by(*order).limit(limit)).all()


def count_drafts(session: Session, actor: Actor) -> int:
    """How many drafts lie on the actor's desk."""
    query = sa.select(sa.func.count()).select_from(Announcement)
    return session.scalar(query.where(policy.waiting_for(actor))) or 0


def drafts_waiting(
    session: Session, actor: Actor, *, after: tuple[date, int] | None, limit: int
) -> Sequence[Announcement]:
    """Drafts on the actor's desk, the earliest to begin first, after (first day, id); for `_desk_row.html`."""
    query = sa.select(Announcement).where(policy.waiting_for(actor)).options(*_all_of_it(), _with_photos())
    key = sa.tuple_(Announcement.starts_on, Announcement.id)
    if after is not None:
        query = query.where(key > sa.tuple_(sa.literal(after[0]), sa.literal(after[1])))
    return session.scalars(query.order_by(Announcement.starts_on, Announcement.id).limit(limit)).all()


@dataclass(frozen=True, slots=True)
class NamedOffice:
    """An office with what is needed to name it."""

    office: Office
    area: Area
    agency: Agency | None


def named_offices(session: Session, actor: Actor) -> list[NamedOffice]:
    """The offices in whose name the actor may write, with area and agency (two statements)."""
    offices = policy.speaking_for(actor)
    areas = {area.code: area for area in areas_with_codes(session, [office.area_code for office in offices])}
    query = sa.select(Agency).where(Agency.id.in_([office.agency_id for office in offices if office.agency_id]))
    agencies: dict[int | None, Agency] = {agency.id: agency for agency in session.scalars(query)}
    return [
        NamedOffice(office, areas[office.area_code], agencies.get(office.agency_id))
        for office in offices
        if office.area_code in areas
    ]


def record_for(session: Session, actor: Actor, announcement: Announcement) -> list[audit.Entry]:
    """What was done to an announcement (audience loaded), oldest first, for those who may read it."""
    if not policy.can_read_record(actor, announcement):
        return []
    return audit.history(session, announcement.audit_kind, announcement.audit_id)


def last_change(session: Session, actor: Actor, subject_id: str) -> audit.Entry | None:
    """The newest entry of an announcement, if the actor may read its record."""
    announcement = session.get(Announcement, int(subject_id), options=[selectinload(Announcement.audience)])
    entries = record_for(session, actor, announcement) if announcement is not None else []
    return entries[-1] if entries else None


def photo_showings(session: Session, actor: Actor, picture: str) -> list[Showing]:
    """The announcements on which the actor sees a picture, those that everybody sees first."""
    query = sa.select(Announcement, AnnouncementPhoto)
    query = query.join(AnnouncementPhoto, AnnouncementPhoto.owner_id == Announcement.id)
    query = query.where(AnnouncementPhoto.hash == picture, policy.visible_to(actor))
    rows = session.execute(query.order_by(Announcement.id.desc())).all()
    found = [
        Showing(policy.is_public(row, actor.day), link.alt, f"/pengumuman/{row.id}/", row.title) for row, link in rows
    ]
    return sorted(found, key=lambda showing: not showing.public)


def texts_by(session: Session, user_id: int) -> Sequence[OwnText]:
    """The announcements that somebody wrote, the oldest first (one statement)."""
    columns = (Announcement.title, Announcement.body, Announcement.state, Announcement.created_at)
    rows = session.execute(sa.select(*columns).where(Announcement.author_id == user_id).order_by(Announcement.id))
    return [OwnText(title, body, state is State.DRAFT, at) for title, body, state, at in rows]
