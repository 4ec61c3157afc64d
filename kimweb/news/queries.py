"""Every select of village news, named for the page that it feeds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from kimweb.accounts.own_data import OwnText
from kimweb.areas.models import Area
from kimweb.areas.queries import areas_with_codes
from kimweb.core import audit
from kimweb.core.actor import Actor, Role, covered
from kimweb.core.errors import NotFound
from kimweb.core.paging import PAGE_SIZE, Page, cut, moment_cursor, split_moment
from kimweb.core.photos import Showing
from kimweb.news import policy
from kimweb.news.models import News, NewsPhoto, NewsReport, NewsRevision, State, Verb

REPORTS_COUNT = 3
"""So many readers' reports put a piece first on the desk (issue 3)."""
DESK_LIST = 20
"""How many of the reported (by many, by few), and of the self-published, a desk shows at once."""
_PLACE = joinedload(News.area).joinedload(Area.parent)
_PHOTOS = selectinload(News.photos).joinedload(NewsPhoto.photo)


def _within(area_code: str | None) -> sa.ColumnElement[bool]:
    if area_code is None:
        return sa.true()
    return covered(News.area_code, [area_code])


def newest_published(session: Session, *, within: str | None = None, limit: int = 5) -> Sequence[News]:
    """The newest published pieces of an area and all below it (everywhere: None)."""
    query = sa.select(News).where(News.state.in_(policy.PUBLIC), _within(within)).options(_PLACE)
    return session.scalars(query.order_by(News.published_at.desc(), News.id.desc()).limit(limit)).all()


def published_page(session: Session, *, within: str | None, after: str | None) -> Page[News]:
    """A page of published pieces, newest first."""
    query = sa.select(News).where(News.state.in_(policy.PUBLIC), _within(within)).options(_PLACE)
    where = split_moment(after)
    if where is not None:
        position = sa.tuple_(sa.literal(where[0], News.published_at.type), sa.literal(where[1]))
        query = query.where(sa.tuple_(News.published_at, News.id) < position)
    rows = session.scalars(query.order_by(News.published_at.desc(), News.id.desc()).limit(PAGE_SIZE + 1)).all()
    return cut(rows, lambda row: moment_cursor(row.published_at, row.id))


def visible_news(session: Session, actor: Actor, news_id: int) -> News:
    """One piece, if the actor sees it; raises NotFound."""
    query = sa.select(News).where(News.id == news_id, policy.visible_to(actor))
    row = session.scalar(query.options(_PLACE, joinedload(News.author), _PHOTOS))
    if row is None:
        raise NotFound("Berita ini tidak ada.")
    return row


def news_for_update(session: Session, actor: Actor, news_id: int) -> News:
    """One piece, locked, if the actor sees it; raises NotFound."""
    query = sa.select(News).where(News.id == news_id, policy.visible_to(actor))
    query = query.with_for_update(of=News).execution_options(populate_existing=True)
    row = session.scalar(query.options(_PLACE, joinedload(News.author), _PHOTOS))
    if row is None:
        raise NotFound("Berita ini tidak ada.")
    return row


def mine(session: Session, actor: Actor, *, limit: int = 20) -> Sequence[News]:
    """One's own unfinished pieces: returned ones first, then drafts, then what waits for the moderator."""
    order = sa.case({State.RETURNED: 0, State.DRAFT: 1}, value=News.state, else_=2)
    query = sa.select(News).where(
        News.author_id == actor.user_id,
        News.state.in_([State.DRAFT, State.RETURNED, State.SUBMITTED, State.REVISING]),
    )
    return session.scalars(query.options(_PLACE).order_by(order, News.updated_at.desc()).limit(limit)).all()


def count_waiting(session: Session, actor: Actor) -> int:
    """How many submitted pieces and corrections wait on the actor's desk, and how many that readers reported."""
    wanted = sa.or_(policy.waits_on(actor), _reported(actor))
    return session.scalar(sa.select(sa.func.count()).select_from(News).where(wanted)) or 0


def waiting(session: Session, actor: Actor, *, after: tuple[date, int] | None, limit: int) -> Sequence[News]:
    """Submitted pieces and corrections on the actor's desk, the most urgent first, after (due day, id); without those
    that stand above them because readers reported what is published."""
    wanted = sa.and_(policy.waits_on(actor), ~_reported(actor))
    query = sa.select(News).where(wanted).options(_PLACE, joinedload(News.author), _PHOTOS)
    if after is not None:
        query = query.where(sa.tuple_(News.due_on, News.id) > sa.tuple_(sa.literal(after[0]), sa.literal(after[1])))
    return session.scalars(query.order_by(News.due_on, News.id).limit(limit)).all()


def others_published(session: Session, news: News, *, limit: int = 3) -> Sequence[News]:
    """The village's newest published pieces besides this one."""
    query = sa.select(News).where(News.state.in_(policy.PUBLIC), News.area_code == news.area_code, News.id != news.id)
    return session.scalars(query.options(_PLACE).order_by(News.published_at.desc()).limit(limit)).all()


def writing_areas(session: Session, actor: Actor) -> Sequence[Area]:
    """The areas for whose KIM the actor may write, with their districts."""
    return areas_with_codes(session, policy.writing_areas(actor))


@dataclass(frozen=True, slots=True)
class Release:
    """Who wrote what stands and who released it, as the record has it. `own`: one and the same; `later`: a correction
    by somebody else than the author."""

    writer: Role
    releaser: Role
    own: bool
    later: bool


def record_for(session: Session, actor: Actor, news: News) -> tuple[list[audit.Entry], Release | None]:
    """What was done to a piece, oldest first, for those who may read it; for everybody else only who published it. And
    how what stands was released; None where it never was."""
    entries = audit.history(session, news.audit_kind, news.audit_id)
    release = _release(news, entries)
    if policy.can_read_record(actor, news):
        return entries, release
    return [replace(entry, text=None) for entry in entries if entry.verb == Verb.PUBLISH], release


def _release(news: News, entries: Sequence[audit.Entry]) -> Release | None:
    last = next((at for at in range(len(entries) - 1, -1, -1) if entries[at].verb == Verb.PUBLISH), None)
    if last is None:
        return None
    handed_in = next((one for one in reversed(entries[:last]) if one.verb in (Verb.SUBMIT, Verb.CORRECT)), None)
    if handed_in is None:
        return None
    released, later = entries[last], handed_in.actor_id != news.author_id
    return Release(handed_in.role, released.role, bool(released.detail.get("self")), later)


def last_change(session: Session, actor: Actor, subject_id: str) -> audit.Entry | None:
    """The newest entry of a piece, if the actor may read its record."""
    news = session.get(News, int(subject_id))
    if news is None or not policy.can_read_record(actor, news):
        return None
    return audit.last(session, News.audit_kind, subject_id)


def photo_showings(session: Session, actor: Actor, picture: str) -> list[Showing]:
    """The pieces on which the actor sees a picture, those that everybody sees first."""
    query = sa.select(News, NewsPhoto).join(NewsPhoto, NewsPhoto.owner_id == News.id)
    query = query.where(NewsPhoto.hash == picture, policy.visible_to(actor))
    rows = session.execute(query.order_by(News.published_at.desc(), NewsPhoto.position)).all()
    found = [Showing(policy.is_public(row), link.alt, f"/berita/{row.id}/", row.title) for row, link in rows]
    return sorted(found, key=lambda showing: not showing.public)


# ------------------------------------------------------------------ revisions


def newest_revision(session: Session, news_id: int) -> NewsRevision | None:
    """What a piece said after its last change."""
    query = sa.select(NewsRevision).where(NewsRevision.news_id == news_id)
    return session.scalar(query.order_by(NewsRevision.id.desc()).limit(1))


def handed_in_of(session: Session, pieces: Sequence[News]) -> Mapping[int, Sequence[NewsRevision]]:
    """What each piece said when it was handed in the last two times, oldest first (one statement, for all)."""
    back = sa.func.row_number().over(partition_by=NewsRevision.news_id, order_by=NewsRevision.id.desc()).label("back")
    ids = [piece.id for piece in pieces]
    ranked = sa.select(NewsRevision.id, back).where(
        NewsRevision.news_id.in_(ids), NewsRevision.submitted_at.is_not(None)
    )
    last = ranked.subquery()
    query = sa.select(NewsRevision).join(last, last.c.id == NewsRevision.id).where(last.c.back <= 2)
    found: dict[int, list[NewsRevision]] = {}
    for row in session.scalars(query.order_by(NewsRevision.id)):
        found.setdefault(row.news_id, []).append(row)
    return found


# ------------------------------------------------------------------ readers' reports, second pair of eyes


def _reported(actor: Actor) -> sa.ColumnElement[bool]:
    return sa.and_(policy.answers_reports_of(actor), News.reports >= REPORTS_COUNT)


def _second(actor: Actor) -> sa.ColumnElement[bool]:
    """What asks for the second look in a row of its own: a correction on the same desk asks in its row."""
    return sa.and_(policy.second_eyes_of(actor), ~policy.waits_on(actor))


def watched(session: Session, actor: Actor) -> tuple[list[News], list[News], list[News]]:
    """What asks the actor for a look (one statement), the most reported first: what so many readers reported; what was
    published by whoever wrote it, for the district's second look, whose row has its reports; what fewer reported."""
    first, second = _reported(actor), _second(actor)
    few = sa.and_(policy.answers_reports_of(actor), News.reports > 0)
    kind = sa.case((first, 0), (second, 1), else_=2).label("kind")
    order = News.reports.desc(), News.published_at, News.id
    place = sa.func.row_number().over(partition_by=kind, order_by=order).label("place")
    ranked = sa.select(News.id, kind, place).where(sa.or_(first, second, few)).subquery()
    query = sa.select(News, ranked.c.kind).join(ranked, ranked.c.id == News.id).where(ranked.c.place <= DESK_LIST)
    found: tuple[list[News], list[News], list[News]] = ([], [], [])
    for row, which in session.execute(query.options(_PLACE, joinedload(News.author)).order_by(*order)):
        found[which].append(row)
    return found


def reports_of(session: Session, pieces: Sequence[News]) -> Mapping[int, Sequence[NewsReport]]:
    """The open reports of each piece, oldest first (one statement; none without pieces)."""
    if not pieces:
        return {}
    query = sa.select(NewsReport).where(
        NewsReport.news_id.in_([piece.id for piece in pieces]), NewsReport.handled_at.is_(None)
    )
    found: dict[int, list[NewsReport]] = {}
    for row in session.scalars(query.order_by(NewsReport.id)):
        found.setdefault(row.news_id, []).append(row)
    return found


def reports_like(session: Session, report: NewsReport) -> Sequence[NewsReport]:
    """The open reports of the same piece from the same network or the same device."""
    same = sa.or_(NewsReport.network == report.network, NewsReport.device == report.device)
    query = sa.select(NewsReport).where(NewsReport.news_id == report.news_id, NewsReport.handled_at.is_(None), same)
    return session.scalars(query).all()


_COUNTS = sa.and_(NewsReport.handled_at.is_(None), NewsReport.counted)


def counted_until(before: datetime) -> sa.Select[int]:
    """SQL: the ids of pieces with open reports of so long ago that count."""
    return sa.select(NewsReport.news_id).where(NewsReport.at <= before, _COUNTS)


def counted_after(before: datetime) -> sa.ScalarSelect[int]:
    """SQL: how many younger ones that count each piece has."""
    query = sa.select(sa.func.count(NewsReport.id)).where(
        NewsReport.news_id == News.id, NewsReport.at > before, _COUNTS
    )
    return query.scalar_subquery()


def public_news(session: Session, news_id: int) -> News:
    """One piece as everybody reads it, locked; raises NotFound."""
    query = sa.select(News).where(News.id == news_id, News.state.in_(policy.PUBLIC))
    query = query.with_for_update(of=News).execution_options(populate_existing=True)
    row = session.scalar(query.options(_PLACE))
    if row is None:
        raise NotFound("Berita ini tidak ada.")
    return row


def published_news(session: Session, news_id: int) -> News:
    """One piece as everybody reads it; raises NotFound."""
    row = session.scalar(sa.select(News).where(News.id == news_id, News.state.in_(policy.PUBLIC)).options(_PLACE))
    if row is None:
        raise NotFound("Berita ini tidak ada.")
    return row


def withdrawal_of(session: Session, news_id: int) -> tuple[News, audit.Entry] | None:
    """A piece that was withdrawn, and the entry that says by which role, when and why; None when it was not."""
    query = sa.select(News).where(News.id == news_id, News.state == State.WITHDRAWN).options(_PLACE)
    row = session.scalar(query)
    if row is None:
        return None
    entries = audit.history(session, News.audit_kind, row.audit_id)
    last = next((entry for entry in reversed(entries) if entry.verb == Verb.WITHDRAW), None)
    return (row, last) if last is not None else None


def texts_by(session: Session, user_id: int) -> Sequence[OwnText]:
    """The pieces of news that somebody wrote, the oldest first (one statement)."""
    columns = (News.title, News.body, News.state, News.created_at)
    rows = session.execute(sa.select(*columns).where(News.author_id == user_id).order_by(News.id))
    return [OwnText(title, body, state is State.DRAFT, at) for title, body, state, at in rows]
