"""Which roles count today: dates, absences and stand-ins, and villages without a moderator."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.accounts import actions
from kimweb.accounts.models import Absence, RoleGrant, User
from kimweb.accounts.queries import village_has_moderator, villages_without_moderator
from kimweb.core import audit
from kimweb.core.actor import Holding, Role
from kimweb.core.db import writing
from kimweb.core.errors import Invalid, NotAllowed
from kimweb.core.workflow import Step
from kimweb.news import actions as news
from kimweb.news.models import State
from tests.support.clock import START, FrozenClock
from tests.support.people import LUMPATAN, SEKAYU, SUKARAMI, TODAY, People, day, enter

pytestmark = pytest.mark.database


def _moderates(people: People, name: str, at: FrozenClock, village: str = SUKARAMI) -> bool:
    return village in people.actor(name, at()).areas(Role.MODERATOR)


def _away(people: People, name: str, first: int, last: int, stand_in: str | None = None) -> None:
    substitute = people.users[stand_in].id if stand_in else None
    people.put(Absence(user_id=people.users[name].id, stand_in_id=substitute, starts_on=day(first), ends_on=day(last)))


def test_a_role_counts_from_its_first_to_its_last_day(people: People, session: Session, clock: FrozenClock) -> None:
    with writing(session):
        grant = session.scalars(sa.select(RoleGrant).where(RoleGrant.user_id == people.users["sari"].id)).one()
        grant.starts_on, grant.ends_on = day(1), day(2)
    counts = []
    for _ in range(4):
        counts.append(_moderates(people, "sari", clock))
        clock.advance(days=1)
    assert counts == [False, True, True, False]


def test_a_role_begins_and_ends_at_midnight_in_jakarta_at_the_next_request(
    client: FlaskClient, people: People, session: Session, clock: FrozenClock
) -> None:
    with writing(session):
        grant = session.scalars(sa.select(RoleGrant).where(RoleGrant.user_id == people.users["budi"].id)).one()
        grant.ends_on = TODAY
    enter(client, "budi")
    clock.advance(hours=14, minutes=59)  # 23.59 in Jakarta
    assert client.get("/berita/tulis/").status_code == 200
    clock.advance(minutes=1)
    assert client.get("/berita/tulis/").status_code == 403


def test_a_role_that_is_taken_away_counts_no_more_at_the_next_request(
    client: FlaskClient, people: People, session: Session
) -> None:
    enter(client, "budi")
    assert client.get("/berita/tulis/").status_code == 200
    with writing(session):
        session.execute(sa.delete(RoleGrant).where(RoleGrant.user_id == people.users["budi"].id))
    assert client.get("/berita/tulis/").status_code == 403


# ------------------------------------------------------------------ absence


def test_a_stand_in_has_the_roles_while_the_absence_runs(people: People, clock: FrozenClock) -> None:
    _away(people, "sari", 1, 2, "budi")
    seen = []
    for _ in range(4):
        seen.append((_moderates(people, "budi", clock), _moderates(people, "rahman", clock)))
        clock.advance(days=1)
    assert seen == [(False, False), (True, False), (True, False), (False, False)]


def test_away_without_a_stand_in_the_reviewer_steps_in_while_it_lasts(people: People, clock: FrozenClock) -> None:
    _away(people, "sari", 1, 2)
    seen = []
    for _ in range(4):
        seen.append(_moderates(people, "rahman", clock))
        clock.advance(days=1)
    assert seen == [False, True, True, False]


def test_a_moderator_who_has_been_silent_for_more_than_14_days_does_not_count(
    people: People, session: Session, clock: FrozenClock
) -> None:
    clock.advance(days=14)
    assert not _moderates(people, "rahman", clock)
    clock.advance(hours=15)  # the fifteenth day begins
    assert _moderates(people, "rahman", clock)
    assert Holding(Role.MODERATOR, SUKARAMI, by=Role.REVIEWER) in people.actor("rahman", clock()).holdings
    with writing(session):
        session.get_one(User, people.users["sari"].id).signed_in_at = clock()
    assert not _moderates(people, "rahman", clock)


@pytest.mark.parametrize("why", ["inactive", "never signed in", "ended", "not begun"])
def test_a_moderator_who_cannot_act_does_not_count(people: People, session: Session, why: str) -> None:
    assert village_has_moderator(session, SUKARAMI, TODAY)
    with writing(session):
        sari = session.get_one(User, people.users["sari"].id)
        grant = session.scalars(sa.select(RoleGrant).where(RoleGrant.user_id == sari.id)).one()
        match why:
            case "inactive":
                sari.active = False
            case "never signed in":
                sari.signed_in_at = None
            case "ended":
                grant.ends_on = day(-1)
            case _:
                grant.starts_on = day(1)
    assert not village_has_moderator(session, SUKARAMI, TODAY)
    assert SUKARAMI in villages_without_moderator(session, [SEKAYU], TODAY)


def test_a_second_moderator_keeps_the_village_moderated(people: People, session: Session) -> None:
    people.put(RoleGrant(user_id=people.users["wati"].id, role=Role.MODERATOR, area_code=SUKARAMI, starts_on=TODAY))
    _away(people, "sari", 0, 5)
    assert village_has_moderator(session, SUKARAMI, TODAY)


def test_only_the_reviewer_of_the_district_steps_in_and_the_record_names_the_reviewer(
    people: People, session: Session
) -> None:
    _away(people, "sari", 0, 0)
    row = people.put(people.news(State.SUBMITTED))
    with pytest.raises(NotAllowed):
        news.publish_news(session, Step(people.actor("agus"), START), news_id=row.id)
    assert SUKARAMI not in people.actor("rina").areas(Role.MODERATOR)
    news.publish_news(session, Step(people.actor("rahman"), START), news_id=row.id)
    entry = audit.last(session, "news", row.audit_id)
    assert entry is not None
    assert entry.role is Role.REVIEWER
    assert entry.actor_id == people.users["rahman"].id


def test_a_reviewer_who_holds_the_moderators_role_acts_as_moderator(people: People) -> None:
    people.put(RoleGrant(user_id=people.users["rahman"].id, role=Role.MODERATOR, area_code=LUMPATAN, starts_on=TODAY))
    actor = people.actor("rahman")
    assert actor.first((Role.MODERATOR,), on=LUMPATAN) is Role.MODERATOR
    assert LUMPATAN not in actor.steps_in_for(Role.MODERATOR)
    assert actor.first((Role.MODERATOR,), on="16.06.01.2003") is Role.REVIEWER


def test_an_absence_replaces_what_was_said_before_and_keeps_what_is_over(people: People, session: Session) -> None:
    _away(people, "sari", -9, -5)
    _away(people, "sari", -1, 4)
    _away(people, "sari", 8, 9)
    actions.set_absence(
        session, actor=people.actor("sari"), starts_on=day(2), ends_on=day(3), stand_in_id=None, now=START
    )
    found = session.execute(sa.select(Absence.starts_on, Absence.ends_on).order_by(Absence.starts_on)).all()
    assert [tuple(row) for row in found] == [(day(-9), day(-5)), (day(-1), day(-1)), (day(2), day(3))]


def test_back_before_the_time_the_own_desk_counts_at_once(people: People, session: Session, clock: FrozenClock) -> None:
    _away(people, "sari", -2, 5, "budi")
    assert _moderates(people, "budi", clock)
    actions.end_absence(session, actor=people.actor("sari"), now=START)
    assert not _moderates(people, "budi", clock)
    assert not _moderates(people, "rahman", clock)


@pytest.mark.parametrize(
    ("last", "stand_in", "field"), [(date(2026, 11, 17), None, "ends_on"), (TODAY, "siti", "stand_in")]
)
def test_an_absence_that_makes_no_sense_is_refused(
    people: People, session: Session, last: date, stand_in: str | None, field: str
) -> None:
    substitute = people.users[stand_in].id if stand_in else None
    with pytest.raises(Invalid) as refused:
        actions.set_absence(
            session, actor=people.actor("sari"), starts_on=TODAY, ends_on=last, stand_in_id=substitute, now=START
        )
    assert list(refused.value.fields) == [field]
    assert session.scalars(sa.select(Absence)).all() == []
