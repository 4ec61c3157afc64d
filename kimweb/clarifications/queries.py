"""Every select of claims and clarifications, named for the page that it feeds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.orm.interfaces import ORMOption

from kimweb.areas.audience import above
from kimweb.areas.models import Area
from kimweb.clarifications import policy
from kimweb.clarifications.models import (
    Clarification,
    ClarificationArea,
    ClarificationPhoto,
    Rebuttal,
    State,
)
from kimweb.core import audit
from kimweb.core.actor import Actor, covered
from kimweb.core.calendar import day_begins
from kimweb.core.errors import NotFound
from kimweb.core.paging import PAGE_SIZE, Page, cut, moment_cursor, split_moment
from kimweb.core.photos import Showing

FRONT_DAYS = 60
"""For so long a clarification stands beside the announcements; on its own list it stays."""
SHARED_WORDS = 2
"""How many words two texts must share to be similar."""
SIMILAR_AMONG = 100
"""Among how many of the newest that share a word the most similar are looked for."""
_COMMON = frozenset("yang untuk dari akan tidak dengan pada atau juga sudah bisa kalau karena oleh saya kami".split())  # noqa: SIM905
_NEWEST = (Clarification.published_at.desc(), Clarification.id.desc())


def _audience() -> ORMOption:
    return selectinload(Clarification.audience).joinedload(ClarificationArea.area).joinedload(Area.parent)


def _whole() -> tuple[ORMOption, ...]:
    return (
        joinedload(Clarification.village).joinedload(Area.parent),
        joinedload(Clarification.answer),
        _audience(),
        selectinload(Clarification.abstentions),
        selectinload(Clarification.corrections),
        selectinload(Clarification.rebuttals),
        selectinload(Clarification.photos).joinedload(ClarificationPhoto.photo),
    )


def _addressed(where: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return Clarification.id.in_(sa.select(ClarificationArea.clarification_id).where(where))


def newest_for(session: Session, *, area_code: str, day: date, limit: int) -> Sequence[Clarification]:
    """What stands beside the announcements of an area: published, to it or to what lies above, the newest first."""
    fresh = Clarification.published_at >= day_begins(day - timedelta(days=FRONT_DAYS))
    addressed = _addressed(ClarificationArea.area_code.in_(above(area_code)))
    return session.scalars(
        sa.select(Clarification).where(policy.public(), fresh, addressed).order_by(*_NEWEST).limit(limit)
    ).all()


def public_page(session: Session, *, area_code: str | None, after: str | None) -> Page[Clarification]:
    """A page of published ones, the newest first; of those that are addressed to an area, to one above it or inside."""
    query = sa.select(Clarification).where(policy.public()).options(_audience())
    if area_code is not None:
        to = ClarificationArea.area_code
        query = query.where(_addressed(sa.or_(to.in_(above(area_code)), covered(to, [area_code]))))
    position = split_moment(after)
    if position is not None:
        at = sa.literal(position[0], Clarification.published_at.type)
        key = sa.tuple_(Clarification.published_at, Clarification.id)
        query = query.where(key < sa.tuple_(at, sa.literal(position[1])))
    rows = session.scalars(query.order_by(*_NEWEST).limit(PAGE_SIZE + 1)).all()
    return cut(rows, lambda row: moment_cursor(row.published_at, row.id))


def words_of(text: str) -> frozenset[str]:
    """The words of a text that tell what it is about: of four letters and more, and not the commonest; at most 20."""
    found = {word.casefold() for word in re.findall(r"\w{4,40}", text[:4000])} - _COMMON
    return frozenset(sorted(found, key=lambda word: (-len(word), word))[:20])


def similar(session: Session, text: str, *, limit: int = 3) -> Sequence[Clarification]:
    """The published ones that may answer a claim already: those that share most words with it, two at least."""
    wanted = words_of(text)
    if len(wanted) < SHARED_WORDS:
        return []
    columns = (Clarification.title, Clarification.claimed)
    shares = sa.or_(*(column.icontains(word, autoescape=True) for word in sorted(wanted) for column in columns))
    query = sa.select(Clarification).where(policy.public(), shares).order_by(*_NEWEST).limit(SIMILAR_AMONG)
    scored = [(len(wanted & words_of(f"{row.title} {row.claimed}")), row) for row in session.scalars(query)]
    best = sorted((pair for pair in scored if pair[0] >= SHARED_WORDS), key=lambda pair: -pair[0])
    return [row for _score, row in best[:limit]]


def visible_clarification(session: Session, actor: Actor, clarification_id: int) -> Clarification:
    """One with all that its page shows, if the actor sees it; raises NotFound."""
    return _found(session, _one(actor, clarification_id))


def clarification_for_update(session: Session, actor: Actor, clarification_id: int) -> Clarification:
    """One with everything, locked, if the actor sees it; raises NotFound."""
    query = _one(actor, clarification_id).with_for_update(of=Clarification)
    return _found(session, query.execution_options(populate_existing=True))


def _one(actor: Actor, clarification_id: int) -> sa.Select[Clarification]:
    return sa.select(Clarification).where(Clarification.id == clarification_id, policy.visible_to(actor))


def _found(session: Session, query: sa.Select[Clarification]) -> Clarification:
    row = session.scalar(query.options(*_whole()))
    if row is None:
        raise NotFound("Cek fakta ini tidak ada.")
    return row


def published(session: Session, clarification_id: int) -> Clarification:
    """One that everybody reads; raises NotFound."""
    row = session.get(Clarification, clarification_id)
    if row is None or not policy.is_public(row):
        raise NotFound("Cek fakta ini tidak ada.")
    return row


def published_for_update(session: Session, clarification_id: int) -> Clarification:
    """The same, locked."""
    query = sa.select(Clarification).where(Clarification.id == clarification_id, policy.public())
    row = session.scalar(query.with_for_update().execution_options(populate_existing=True))
    if row is None:
        raise NotFound("Cek fakta ini tidak ada.")
    return row


def withdrawn(session: Session, clarification_id: int) -> tuple[Clarification, audit.Entry]:
    """One that was withdrawn, and the entry of it; raises NotFound."""
    row = session.get(Clarification, clarification_id)
    entry = audit.last(session, Clarification.audit_kind, str(clarification_id)) if row is not None else None
    if row is None or entry is None or row.state is not State.WITHDRAWN:
        raise NotFound("Cek fakta ini tidak ada.")
    return row, entry


def by_code(session: Session, code: str) -> Clarification | None:
    """One by its code, whoever asks: to check a PIN."""
    return session.scalar(sa.select(Clarification).where(Clarification.code == code))


def code_taken(session: Session, code: str) -> bool:
    """Whether a code is in use."""
    return session.scalar(sa.select(sa.exists().where(Clarification.code == code))) or False


def waiting_from(session: Session, *, clarification_id: int, network: str) -> int:
    """How many rebuttals of one network nobody decided on yet."""
    own = Rebuttal.clarification_id == clarification_id, Rebuttal.network == network, Rebuttal.accepted.is_(None)
    return session.scalar(sa.select(sa.func.count()).select_from(Rebuttal).where(*own)) or 0


def count_waiting(session: Session, actor: Actor) -> int:
    """How many wait on the actor's desk."""
    if not policy.has_desk(actor):
        return 0
    query = sa.select(sa.func.count()).select_from(Clarification).where(policy.on_desk_of(actor))
    return session.scalar(query) or 0


def waiting(session: Session, actor: Actor, *, after: tuple[date, int] | None, limit: int) -> Sequence[Clarification]:
    """What waits on the actor's desk, the most urgent first, after (due day, id)."""
    if not policy.has_desk(actor):
        return []
    query = sa.select(Clarification).where(policy.on_desk_of(actor)).options(*_whole())
    if after is not None:
        position = sa.tuple_(sa.literal(after[0]), sa.literal(after[1]))
        query = query.where(sa.tuple_(Clarification.due_on, Clarification.id) > position)
    return session.scalars(query.order_by(Clarification.due_on, Clarification.id).limit(limit)).all()


def record_for(session: Session, actor: Actor, row: Clarification) -> list[audit.Entry]:
    """What was done to a claim (everything loaded), oldest first, for those who may read it."""
    if not policy.can_read_inside(actor, row):
        return []
    return audit.history(session, row.audit_kind, row.audit_id)


def explanation(session: Session, actor: Actor, row: Clarification) -> str:
    """What the desk wrote to whoever sent a claim that is not examined; "" for others, or when it wrote nothing."""
    if row.state is not State.DECLINED or row.proof not in actor.proofs:
        return ""
    entry = audit.last(session, row.audit_kind, row.audit_id)
    return (entry.text if entry else None) or ""


def last_change(session: Session, actor: Actor, subject_id: str) -> audit.Entry | None:
    """The newest entry of a claim, if the actor may read its record."""
    row = session.get(Clarification, int(subject_id), options=[selectinload(Clarification.abstentions)])
    entries = record_for(session, actor, row) if row is not None else []
    return entries[-1] if entries else None


def photo_showings(session: Session, actor: Actor, picture: str) -> list[Showing]:
    """The claims on which the actor sees a picture, those that everybody sees first."""
    query = sa.select(Clarification, ClarificationPhoto)
    query = query.join(ClarificationPhoto, ClarificationPhoto.owner_id == Clarification.id)
    query = query.where(ClarificationPhoto.hash == picture, policy.visible_to(actor))
    found = [
        Showing(policy.is_public_photo(row, link), link.alt, f"/cek-fakta/{row.id}/", row.title)
        for row, link in session.execute(query.order_by(Clarification.id.desc())).all()
        if policy.can_see_photo(actor, row, link)
    ]
    return sorted(found, key=lambda showing: not showing.public)
