"""What mixes the flows: a place's page, and the desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.announcements import queries as announcements
from kimweb.announcements.models import Announcement
from kimweb.areas import queries as areas
from kimweb.areas.models import LOWEST, Area
from kimweb.aspirations import queries as aspirations
from kimweb.aspirations.models import Aspiration
from kimweb.core.actor import REGENCY, Actor
from kimweb.core.audit import AuditEntry, AuditText
from kimweb.core.errors import NotFound
from kimweb.core.photos import Showing
from kimweb.news import queries as news
from kimweb.news.models import News, Verb

NOTICES_SHOWN = 5
NEWS_SHOWN = 4
ANSWERS_SHOWN = 3


@dataclass(frozen=True, slots=True)
class PlacePage:
    """What stands on the page of an area: of a village or ward, of a district, of the regency (everything)."""

    announcements: Sequence[Announcement]
    more_announcements: bool
    news: Sequence[News]
    answered: Sequence[Aspiration]
    under_way: int


def place_page(session: Session, code: str, day: date) -> PlacePage:
    """Standing announcements by urgency, newest news and answers of an area and all below it (four statements)."""
    within = None if code == REGENCY else code
    standing = announcements.standing(session, area_code=code, day=day, limit=NOTICES_SHOWN + 1)
    return PlacePage(
        announcements=standing[:NOTICES_SHOWN],
        more_announcements=len(standing) > NOTICES_SHOWN,
        news=news.newest_published(session, within=within, limit=NEWS_SHOWN),
        answered=aspirations.answered_public(session, within=within, limit=ANSWERS_SHOWN),
        under_way=aspirations.count_open_public(session, within=within),
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
    """Why each piece of news was given back the last time, by its id (one statement, whatever there is)."""
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


def photo_showings(session: Session, actor: Actor, picture: str) -> list[Showing]:
    """Where the actor sees a picture, over all flows; places that everybody sees first."""
    found = [
        *news.photo_showings(session, actor, picture),
        *announcements.photo_showings(session, actor, picture),
        *aspirations.photo_showings(session, actor, picture),
    ]
    return sorted(found, key=lambda showing: not showing.public)
