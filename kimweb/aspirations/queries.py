"""Every select of aspirations, named for the page that it feeds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload
from sqlalchemy.sql.base import ExecutableOption

from kimweb.areas.models import Agency, AgencyKind, Area
from kimweb.aspirations import policy
from kimweb.aspirations.models import Aspiration, AspirationPhoto, Message, State
from kimweb.core.actor import Actor, covered
from kimweb.core.audit import AuditEntry, AuditText
from kimweb.core.codes import clean_code
from kimweb.core.errors import NotFound
from kimweb.core.paging import PAGE_SIZE, Page, cut
from kimweb.core.photos import Showing

_ROW: tuple[ExecutableOption, ...] = (
    joinedload(Aspiration.village).joinedload(Area.parent),
    joinedload(Aspiration.agency),
)
_WHOLE: tuple[ExecutableOption, ...] = (
    *_ROW,
    joinedload(Aspiration.category),
    selectinload(Aspiration.messages).joinedload(Message.agency),
    selectinload(Aspiration.photos).joinedload(AspirationPhoto.photo),
)
ENDED = (State.DONE, State.LAPSED, State.REJECTED, State.MERGED)


def _public(within: str | None) -> sa.ColumnElement[bool]:
    if within is None:
        return policy.public()
    return sa.and_(policy.public(), covered(Aspiration.village_code, [within]))


def answered_public(session: Session, *, within: str | None, limit: int) -> Sequence[Aspiration]:
    """Public ones that have an answer, the newest answer first."""
    query = sa.select(Aspiration).where(_public(within), Aspiration.state.in_([State.ANSWERED, State.DONE]))
    return session.scalars(
        query.options(*_ROW).order_by(Aspiration.desk_since.desc(), Aspiration.id.desc()).limit(limit)
    ).all()


def count_open_public(session: Session, *, within: str | None) -> int:
    """How many public ones are under way."""
    waiting = Aspiration.state.not_in([*ENDED, State.ANSWERED])
    return session.scalar(sa.select(sa.func.count()).select_from(Aspiration).where(_public(within), waiting)) or 0


def public_page(session: Session, *, within: str | None, after: str | None) -> Page[Aspiration]:
    """A page of public aspirations, the last confirmed first; `after`: the code of the last one of the page before.

    The cursor is a code and not a time: of an anonymous one the public sees the week only.
    """
    query = sa.select(Aspiration).where(_public(within)).options(*_ROW)
    if after:
        last = sa.select(Aspiration.confirmed_at, Aspiration.id).where(Aspiration.code == clean_code(after))
        where = session.execute(last.where(policy.public())).first()
        if where is not None:
            position = sa.tuple_(sa.literal(where[0], Aspiration.confirmed_at.type), sa.literal(where[1]))
            query = query.where(sa.tuple_(Aspiration.confirmed_at, Aspiration.id) < position)
    order = (Aspiration.confirmed_at.desc(), Aspiration.id.desc())
    rows = session.scalars(query.order_by(*order).limit(PAGE_SIZE + 1)).all()
    return cut(rows, lambda row: row.code)


def visible_aspiration(session: Session, actor: Actor, code: str) -> Aspiration:
    """One aspiration with all that its page shows, if the actor sees it; raises NotFound."""
    query = sa.select(Aspiration).where(Aspiration.code == code, policy.visible_to(actor))
    row = session.scalar(query.options(*_WHOLE))
    if row is None:
        raise NotFound("Aspirasi ini tidak ada.")
    return row


def aspiration_for_update(session: Session, actor: Actor, code: str) -> Aspiration:
    """One aspiration, locked, if the actor sees it; raises NotFound."""
    query = sa.select(Aspiration).where(Aspiration.code == code, policy.visible_to(actor))
    query = query.with_for_update(of=Aspiration).execution_options(populate_existing=True)
    row = session.scalar(query.options(*_WHOLE))
    if row is None:
        raise NotFound("Aspirasi ini tidak ada.")
    return row


def lock_in_order(session: Session, codes: Sequence[str]) -> None:
    """Lock several at once, in the order of their keys: two who merge into each other wait, and never deadlock."""
    query = sa.select(Aspiration.id).where(Aspiration.code.in_(codes)).order_by(Aspiration.id)
    session.execute(query.with_for_update())


def by_code(session: Session, code: str) -> Aspiration | None:
    """One aspiration whoever asks: to check a PIN against its counter, or a target of merging against the rules."""
    return session.scalar(sa.select(Aspiration).where(Aspiration.code == code))


def by_code_for_update(session: Session, code: str) -> Aspiration | None:
    """The same, locked, with its photos: to erase its sender."""
    query = sa.select(Aspiration).where(Aspiration.code == code).with_for_update(of=Aspiration)
    query = query.options(selectinload(Aspiration.photos))
    return session.scalar(query.execution_options(populate_existing=True))


def texts_of_sender(session: Session, row: Aspiration) -> Sequence[int]:
    """The entries (seq) about an aspiration whose text its sender wrote, who has no account."""
    about = AuditEntry.kind == row.audit_kind, AuditEntry.subject_id == row.audit_id, AuditEntry.actor_id.is_(None)
    return session.scalars(
        sa.select(AuditText.seq).join(AuditEntry, AuditEntry.seq == AuditText.seq).where(*about)
    ).all()


def code_taken(session: Session, code: str) -> bool:
    """Whether a code is in use."""
    return session.scalar(sa.select(sa.exists().where(Aspiration.code == code))) or False


def count_waiting(session: Session, actor: Actor) -> int:
    """How many wait on the actor's desk."""
    query = sa.select(sa.func.count()).select_from(Aspiration).where(policy.on_desk_of(actor))
    return session.scalar(query) or 0


def waiting(session: Session, actor: Actor, *, after: tuple[date, int] | None, limit: int) -> Sequence[Aspiration]:
    """What waits on the actor's desk, the most urgent first, after (due day, id)."""
    query = sa.select(Aspiration).where(policy.on_desk_of(actor)).options(*_WHOLE)
    if after is not None:
        position = sa.tuple_(sa.literal(after[0]), sa.literal(after[1]))
        query = query.where(sa.tuple_(Aspiration.due_on, Aspiration.id) > position)
    return session.scalars(query.order_by(Aspiration.due_on, Aspiration.id).limit(limit)).all()


def assignable(session: Session, actor: Actor) -> Sequence[Agency]:
    """The agencies to which the actor may assign, the regency's first."""
    query = sa.select(Agency).where(Agency.active, policy.assignable_by(actor))
    regency_first = sa.case({AgencyKind.REGENCY: 0}, value=Agency.kind, else_=1)
    return session.scalars(query.order_by(regency_first, Agency.name)).all()


def assignable_agency(session: Session, actor: Actor, agency_id: int) -> Agency | None:
    """One of them."""
    return session.scalar(sa.select(Agency).where(Agency.id == agency_id, Agency.active, policy.assignable_by(actor)))


def is_visible(session: Session, actor: Actor, code: str) -> bool:
    """Whether the actor sees it (still, after a change)."""
    query = sa.select(sa.exists().where(Aspiration.code == code, policy.visible_to(actor)))
    return session.scalar(query) or False


def photo_showings(session: Session, actor: Actor, picture: str) -> list[Showing]:
    """The aspirations on which the actor sees a picture, those that everybody sees first."""
    query = sa.select(Aspiration, AspirationPhoto).join(AspirationPhoto, AspirationPhoto.owner_id == Aspiration.id)
    query = query.where(AspirationPhoto.hash == picture, policy.visible_to(actor)).order_by(Aspiration.id.desc())
    rows = session.execute(query).all()
    found = [
        Showing(policy.is_public_photo(row, link), link.alt, f"/aspirasi/{row.code}/", row.title)
        for row, link in rows
        if policy.can_see_photo(actor, row, link)
    ]
    return sorted(found, key=lambda showing: not showing.public)
