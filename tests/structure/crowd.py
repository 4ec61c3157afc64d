"""One row or fifty in every list, each by another author and of another village."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.accounts.models import Invitation, RoleGrant, User
from kimweb.announcements import models as announcements
from kimweb.areas.models import Agency, AgencyKind, Area, AreaKind
from kimweb.aspirations import models as aspirations
from kimweb.clarifications import models as claims
from kimweb.core.actor import REGENCY, Actor, Role
from kimweb.core.codes import new_code
from kimweb.core.db import writing
from kimweb.core.workflow import Step, note
from kimweb.news import models as news
from tests.home.world import DISTRICT, ELSEWHERE, PASSWORD, TODAY, VILLAGE, World
from tests.support.clock import START

__all__ = ["DISTRICT", "PASSWORD", "VILLAGE", "people", "put"]

ALPHABET = "23456789BC"


def people(session: Session) -> dict[str, User]:
    """Who reads the lists."""
    world = World(session)
    return {
        "sari": world.person("sari", Role.MODERATOR, VILLAGE),
        "rahman": world.person("rahman", Role.REVIEWER, DISTRICT),
        "dewi": world.person("dewi", Role.AGENCY, agency="PUPR"),
        "agus": world.person("agus", Role.ADMIN, REGENCY),
        "budi": world.person("budi", Role.MEMBER, VILLAGE),
    }


def put(session: Session, number: int, staff: dict[str, User], *, begin: int = 0) -> None:
    """`number` more of everything that a list shows; `begin`: how many there are already."""
    villages = session.scalars(sa.select(Area).where(Area.kind == AreaKind.VILLAGE).order_by(Area.code)).all()
    here = [area.code for area in villages if area.code.startswith(DISTRICT + ".")]
    agencies = session.scalars(sa.select(Agency).where(Agency.kind == AgencyKind.REGENCY).order_by(Agency.id)).all()
    pupr = next(agency.id for agency in agencies if agency.code == "PUPR")
    category = World(session).category()
    rows: list[object] = []
    with writing(session):
        authors = [_author(session, index, villages[index % 50].code) for index in range(begin, begin + number)]
        for index, author in enumerate(authors, begin):
            place = [VILLAGE, here[index % len(here)], villages[index * 4 % len(villages)].code]
            rows += [_news(author, code, index) for code in place]
            rows += [_news(author, code, index, due=index) for code in (VILLAGE, here[index % len(here)])]
            rows.append(_slip(staff["agus"], index))
            rows.append(_news(staff["budi"], VILLAGE, index, state=news.State.RETURNED))
            rows += _watched(session, author, here[index % len(here)], index)
            rows += [_announcement(author, index, REGENCY), _announcement(author, index, DISTRICT, VILLAGE)]
            rows += [_claim(index, VILLAGE, claims.State.RECEIVED), _claim(index, VILLAGE, claims.State.PUBLISHED)]
            rows += [_claim(index, place[1], claims.State.EXAMINED), _claim(index, place[2], claims.State.PUBLISHED)]
            rows.append(_announcement(author, index, ELSEWHERE, agency=agencies[index % len(agencies)].id))
            rows.append(_announcement(staff["agus"], index, REGENCY, state=announcements.State.DRAFT))
            shown = [(code, aspirations.Desk.SENDER, aspirations.State.ANSWERED) for code in place]
            waiting = [
                (VILLAGE, aspirations.Desk.VILLAGE, aspirations.State.RECEIVED),
                (here[index % len(here)], aspirations.Desk.DISTRICT, aspirations.State.FORWARDED),
                (place[2], aspirations.Desk.AGENCY, aspirations.State.ASSIGNED),
                (place[2], aspirations.Desk.REGENCY, aspirations.State.FORWARDED),
            ]
            for kind, (code, desk, state) in enumerate([*shown, *waiting]):
                row = _aspiration(code, desk, state, index=index, kind=kind, category=category)
                row.agency_id = pupr if desk is aspirations.Desk.AGENCY else agencies[index % len(agencies)].id
                rows.append(row)
                session.add(row)
                session.flush()
                rows.append(_message(row, author))
        session.add_all(rows)


def _author(session: Session, index: int, village: str) -> User:
    name = f"penulis{index:02d}"
    found = session.scalar(sa.select(User).where(User.username == name))
    if found is not None:
        return found
    user = User(username=name, name=f"Penulis {index}", password_hash="-", created_at=START, signed_in_at=START)
    session.add(user)
    session.flush()
    session.add(RoleGrant(user_id=user.id, role=Role.MODERATOR, area_code=village, starts_on=TODAY))
    return user


def _slip(giver: User, index: int) -> Invitation:
    row = Invitation(nonce=f"{index:032x}", code_hash=f"{index:064x}", name=f"Tamu {index}", role=Role.MEMBER)
    row.area_code, row.invited_by, row.batch = VILLAGE, giver.id, "0123456789ab"
    row.created_at, row.expires_at = START, START + timedelta(days=7)
    return row


def _news(author: User, code: str, index: int, *, due: int | None = None, state: news.State | None = None) -> news.News:
    row = news.News(area_code=code, author_id=author.id, title=f"Berita {index}", body="Isi.", version=1)
    row.state = state or (news.State.PUBLISHED if due is None else news.State.SUBMITTED)
    row.created_at = row.updated_at = START
    row.published_at = START - timedelta(minutes=index) if row.state is news.State.PUBLISHED else None
    row.due_on = None if due is None else TODAY + timedelta(days=due)
    return row


def _watched(session: Session, author: User, code: str, index: int) -> list[object]:
    """What desks look at though it is published, a correction that waits, and a line of the public log."""
    own, reported, revising = (_news(author, place, index) for place in (code, VILLAGE, VILLAGE))
    own.self_published, reported.reports = True, 3
    revising.state, revising.due_on = news.State.REVISING, TODAY + timedelta(days=index)
    session.add_all([own, reported, revising])
    session.flush()
    who = Step(Actor(TODAY, author.id), START, reason="Salah.")
    note(session, own, news.Verb.WITHDRAW, who, role=Role.MODERATOR)
    report = news.NewsReport(news_id=reported.id, at=START, reason="Salah.", network="x", counted=True)
    revision = news.NewsRevision(news_id=revising.id, at=START, by_id=author.id, title="Baru", body="Isi.")
    revision.submitted_at = START
    return [report, revision]


def _announcement(
    author: User, index: int, *to: str, agency: int | None = None, state: announcements.State | None = None
) -> announcements.Announcement:
    row = announcements.Announcement(author_id=author.id, area_code=REGENCY, agency_id=agency, title=f"Kabar {index}")
    row.body, row.urgency, row.version = "Isi.", announcements.Urgency.NORMAL, 1
    row.starts_on, row.ends_on = TODAY, TODAY + timedelta(days=7)
    row.state = state or announcements.State.PUBLISHED
    row.created_at = row.updated_at = row.published_at = START
    row.audience = [announcements.AnnouncementArea(area_code=code) for code in to]
    return row


def _claim(index: int, code: str, state: claims.State) -> claims.Clarification:
    row = claims.Clarification(code=new_code(), village_code=code, state=state, version=1, claim=f"Kabar {index}")
    row.seen_in, row.created_at, row.updated_at = claims.SeenIn.SPOKEN, START, START
    row.title, row.verdict, row.claimed, row.truth = f"Cek {index}", claims.Verdict.FALSE, "Itu.", "Ini."
    row.due_on = None if state is claims.State.PUBLISHED else TODAY + timedelta(days=index % 20)
    row.published_at = START - timedelta(minutes=index) if state is claims.State.PUBLISHED else None
    row.audience = [claims.ClarificationArea(area_code=code if index % 2 else code[:8])]
    return row


def _aspiration(
    code: str, desk: aspirations.Desk, state: aspirations.State, *, index: int, kind: int, category: str
) -> aspirations.Aspiration:
    public = f"{kind + 2}{ALPHABET[index // 10 % 10]}{ALPHABET[index % 10]}-{'XYZ'[index // 100]}{ALPHABET[kind]}H"
    row = aspirations.Aspiration(code=public, village_code=code, desk=desk, state=state, category_code=category)
    row.kind, row.title, row.body = aspirations.Kind.COMPLAINT, f"Aspirasi {index}", "Isi."
    row.hide_name, row.hide_text, row.about_village, row.about_district = True, False, False, False
    row.about_district = desk is aspirations.Desk.REGENCY
    row.village_bypassed, row.version, row.desk_since = False, 1, TODAY
    row.created_at = row.updated_at = START
    row.confirmed_at = None if state is aspirations.State.RECEIVED else START - timedelta(minutes=index)
    row.due_on = TODAY + timedelta(days=index % 20)
    return row


def _message(row: aspirations.Aspiration, author: User) -> aspirations.Message:
    found = aspirations.Message(aspiration_id=row.id, at=START, kind=aspirations.MessageKind.ANSWER, role=Role.AGENCY)
    found.author_id, found.agency_id, found.text = author.id, row.agency_id, "Sudah."
    found.answer_kind = aspirations.AnswerKind.DONE
    return found
