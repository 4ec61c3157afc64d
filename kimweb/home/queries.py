"""What mixes the flows: a place's page, and the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.announcements import queries as announcements
from kimweb.announcements.models import Announcement
from kimweb.announcements.models import State as AnnouncementState
from kimweb.announcements.models import Verb as AnnouncementVerb
from kimweb.areas import queries as areas
from kimweb.areas.models import LOWEST, Area, ElectionPeriod
from kimweb.areas.queries import areas_with_codes
from kimweb.aspirations import queries as aspirations
from kimweb.aspirations.models import Aspiration
from kimweb.aspirations.models import Verb as AspirationVerb
from kimweb.aspirations.policy import public as public_aspirations
from kimweb.clarifications import queries as clarifications
from kimweb.clarifications.models import Clarification
from kimweb.clarifications.models import State as ClarificationState
from kimweb.clarifications.models import Verb as ClarificationVerb
from kimweb.clarifications.policy import is_public as is_public_clarification
from kimweb.core.actor import REGENCY, Actor, containing, covered
from kimweb.core.audit import AuditEntry, AuditText
from kimweb.core.errors import NotFound
from kimweb.core.paging import PAGE_SIZE, Page, cut
from kimweb.core.photos import Showing
from kimweb.news import queries as news
from kimweb.news.models import News, State, Verb
from kimweb.news.policy import PUBLIC

NOTICES_SHOWN = 5
FACTS_SHOWN = 2
NEWS_SHOWN = 4
ANSWERS_SHOWN = 3
ELECTION_VERBS = ("add", "end")


@dataclass(frozen=True, slots=True)
class PlacePage:
    """What stands on the page of an area: of a village or ward, of a district, of the regency (everything)."""

    announcements: Sequence[Announcement]
    more_announcements: bool
    facts: Sequence[Clarification]
    news: Sequence[News]
    answered: Sequence[Aspiration]
    under_way: int
    elections: Sequence[ElectionPeriod]


def place_page(session: Session, code: str, day: date) -> PlacePage:
    """Standing announcements by urgency, newest news and answers of an area and all below it, the newest clarifications
    for it and the masa pemilihan that bind it (six statements)."""
    within = None if code == REGENCY else code
    standing = announcements.standing(session, area_code=code, day=day, limit=NOTICES_SHOWN + 1)
    return PlacePage(
        announcements=standing[:NOTICES_SHOWN],
        more_announcements=len(standing) > NOTICES_SHOWN,
        facts=clarifications.newest_for(session, area_code=code, day=day, limit=FACTS_SHOWN),
        news=news.newest_published(session, within=within, limit=NEWS_SHOWN),
        answered=aspirations.answered_public(session, within=within, limit=ANSWERS_SHOWN),
        under_way=aspirations.count_open_public(session, within=within),
        elections=areas.elections_over(session, code, day),
    )


def place(session: Session, code: str) -> Area:
    """The area of today under a code, with its parent; raises NotFound."""
    found = areas.area_today(session, code)
    if found is None:
        raise NotFound("Tempat ini tidak ada.")
    return found


def chosen_village(session: Session, code: str) -> Area | None:
    """The village or ward of today under a code, such as a cookie names; None for anything else."""
    found = areas.area_today(session, code)
    return found if found is not None and found.kind in LOWEST else None


def return_reasons(session: Session, pieces: Sequence[News]) -> Mapping[int, str]:
    """Why each piece of news was given back the last time, by its id (one statement; none without any)."""
    if not pieces:
        return {}
    query = (
        sa.select(AuditEntry.subject_id, AuditText.text)
        .join(AuditText, AuditText.seq == AuditEntry.seq)
        .where(
            AuditEntry.kind == News.audit_kind,
            AuditEntry.subject_id.in_([piece.audit_id for piece in pieces]),
            AuditEntry.verb == Verb.RETURN,
        )
        .order_by(AuditEntry.seq)
    )
    return {int(subject_id): text for subject_id, text in session.execute(query)}


def news_drafts_of(session: Session, user_id: int) -> Sequence[News]:
    """Somebody's news that was never handed in, locked."""
    query = sa.select(News).where(News.author_id == user_id, News.state == State.DRAFT)
    return session.scalars(query.order_by(News.id).with_for_update()).all()


def announcement_drafts_of(session: Session, user_id: int) -> Sequence[Announcement]:
    """Somebody's announcements that were never published, locked."""
    query = sa.select(Announcement).where(
        Announcement.author_id == user_id, Announcement.state == AnnouncementState.DRAFT
    )
    return session.scalars(query.order_by(Announcement.id).with_for_update()).all()


def photo_showings(session: Session, actor: Actor, picture: str) -> list[Showing]:
    """Where the actor sees a picture, over all flows; places that everybody sees first."""
    found = [
        *news.photo_showings(session, actor, picture),
        *announcements.photo_showings(session, actor, picture),
        *aspirations.photo_showings(session, actor, picture),
        *clarifications.photo_showings(session, actor, picture),
    ]
    return sorted(found, key=lambda showing: not showing.public)


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line of the public log: what was done to what, and as far as everybody may know it, why.

    `title` and `href`: of what is still to be read; a withdrawn piece keeps its address and loses its title. `reason`:
    never of an aspiration, whose words are for desk and sender. `by_week`: of an anonymous one only the week is told.
    `days`: of a masa pemilihan, the first and the last.
    """

    entry: AuditEntry
    area: Area | None
    title: str
    href: str
    reason: str
    by_week: bool
    target: str
    days: tuple[date, date] | None = None


def moderation_log(session: Session, *, within: str | None, after: int | None) -> Page[LogLine]:
    """A page of the public log, the newest first (five statements, whatever there is). It reads the record,
    which nobody changes; it names roles, never people."""
    query = sa.select(AuditEntry, AuditText.text).outerjoin(AuditText, AuditText.seq == AuditEntry.seq)
    query = query.where(_in_log())
    if within is not None:
        inside = covered(sa.func.coalesce(AuditEntry.area_code, ""), [within])
        above = AuditEntry.area_code.in_(containing(within))
        binding = sa.and_(AuditEntry.kind == ElectionPeriod.audit_kind, above)
        query = query.where(sa.or_(inside, binding))
    if after is not None:
        query = query.where(AuditEntry.seq < after)
    found = session.execute(query.order_by(AuditEntry.seq.desc()).limit(PAGE_SIZE + 1)).all()
    subjects = _subjects(session, [entry for entry, _text in found])
    codes = {entry.area_code for entry, _text in found if entry.area_code}
    areas_by_code = {area.code: area for area in areas_with_codes(session, codes)}
    lines = [_line(entry, text, subjects, areas_by_code.get(entry.area_code or "")) for entry, text in found]
    return cut(lines, lambda line: str(line.entry.seq))


def _in_log() -> sa.ColumnElement[bool]:
    """What the log tells (product.md, flow 2): what was withdrawn or shown again, what readers reported and stayed,
    corrections of what stands that were returned, what was published by whoever wrote it, public mergers, and each masa
    pemilihan that was set or ended early; of clarifications (flow 4) what was withdrawn or corrected."""
    kind, verb = AuditEntry.kind, AuditEntry.verb
    mended = AuditEntry.before == ClarificationState.PUBLISHED
    returned = sa.and_(verb == Verb.RETURN, AuditEntry.before == State.REVISING)
    own = sa.and_(verb == Verb.PUBLISH, AuditEntry.detail["self"].as_boolean())
    of_news = sa.or_(verb.in_([Verb.WITHDRAW, Verb.RESTORE, Verb.KEEP]), returned, own)
    readable = AuditEntry.subject_id.in_(sa.select(Aspiration.code).where(public_aspirations()))
    of_facts = sa.or_(verb == ClarificationVerb.WITHDRAW, sa.and_(verb == ClarificationVerb.PUBLISH, mended))
    verbs = [Verb.WITHDRAW, Verb.RESTORE, Verb.KEEP, Verb.RETURN, Verb.PUBLISH, AspirationVerb.MERGE, *ELECTION_VERBS]
    return sa.and_(
        verb.in_(verbs),  # (the index)
        sa.or_(
            sa.and_(kind == News.audit_kind, of_news),
            sa.and_(kind == ElectionPeriod.audit_kind, verb.in_(ELECTION_VERBS)),
            sa.and_(kind == Announcement.audit_kind, verb == AnnouncementVerb.WITHDRAW),
            sa.and_(kind == Aspiration.audit_kind, verb == AspirationVerb.MERGE, readable),
            sa.and_(kind == Clarification.audit_kind, of_facts),
        ),
    )


Subject = News | Aspiration | Clarification
Subjects = Mapping[tuple[str, str], Subject]


def _subjects(session: Session, entries: Sequence[AuditEntry]) -> Subjects:
    """The pieces and aspirations that entries name, by kind and id (three statements). Of announcements the page needs
    nothing: what is withdrawn has no page any more."""
    ids = [int(entry.subject_id) for entry in entries if entry.kind == News.audit_kind]
    codes = [entry.subject_id for entry in entries if entry.kind == Aspiration.audit_kind]
    claims = [int(entry.subject_id) for entry in entries if entry.kind == Clarification.audit_kind]
    rows: list[Subject] = list(session.scalars(sa.select(News).where(News.id.in_(ids))))
    rows += session.scalars(sa.select(Aspiration).where(Aspiration.code.in_(codes)))
    rows += session.scalars(sa.select(Clarification).where(Clarification.id.in_(claims)))
    return {(row.audit_kind, row.audit_id): row for row in rows}


def _line(entry: AuditEntry, text: str | None, subjects: Subjects, area: Area | None) -> LogLine:
    if entry.kind == ElectionPeriod.audit_kind:
        told = entry.detail
        days = date.fromisoformat(told["first"]), date.fromisoformat(told["last"])
        return LogLine(entry, area, told["name"], href="", reason="", by_week=False, target="", days=days)
    row = subjects.get((entry.kind, entry.subject_id))
    merged = isinstance(row, Aspiration)
    shown = merged or (isinstance(row, News) and row.state in PUBLIC)
    shown = shown or (isinstance(row, Clarification) and is_public_clarification(row))
    addresses = {Aspiration.audit_kind: "/aspirasi/", Clarification.audit_kind: "/cek-fakta/"}
    address = {News.audit_kind: "/berita/", **addresses}.get(entry.kind)
    return LogLine(
        entry=entry,
        area=area,
        title=row.title if row is not None and shown else "",
        href=f"{address}{entry.subject_id}/" if address else "",
        reason="" if merged else text or "",
        by_week=isinstance(row, Aspiration) and row.hide_name,
        target=str(entry.detail.get("target", "")) if merged else "",
    )
