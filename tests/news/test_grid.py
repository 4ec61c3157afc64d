"""Every state × every verb × everybody: who may do what with a piece, and what those who may not are told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.core import audit
from kimweb.core.actor import Role
from kimweb.core.errors import InvalidTransition, NotAllowed, NotFound
from kimweb.core.workflow import Step
from kimweb.news import actions, policy
from kimweb.news.models import News, State, Verb
from tests.support.clock import START
from tests.support.people import EVERYBODY, LUMPATAN, SUKARAMI, People

pytestmark = pytest.mark.database

ACTIONS: dict[Verb, Callable[..., News]] = {
    Verb.SUBMIT: actions.submit_news,
    Verb.RETURN: actions.return_news,
    Verb.PUBLISH: actions.publish_news,
    Verb.WITHDRAW: actions.withdraw_news,
    Verb.RESTORE: actions.restore_news,
    Verb.CORRECT: lambda session, step, news_id: actions.correct_news(
        session, step, news_id=news_id, title="Judul baru", body="Isi baru."
    ),
    Verb.KEEP: actions.keep_news,
    Verb.SECOND: actions.second_news,
}
LEADS_TO = {
    (State.DRAFT, Verb.SUBMIT): State.SUBMITTED,
    (State.RETURNED, Verb.SUBMIT): State.SUBMITTED,
    (State.SUBMITTED, Verb.RETURN): State.RETURNED,
    (State.SUBMITTED, Verb.PUBLISH): State.PUBLISHED,
    (State.PUBLISHED, Verb.WITHDRAW): State.WITHDRAWN,
    (State.WITHDRAWN, Verb.RESTORE): State.PUBLISHED,
    (State.PUBLISHED, Verb.CORRECT): State.REVISING,
    (State.REVISING, Verb.RETURN): State.PUBLISHED,
    (State.REVISING, Verb.PUBLISH): State.PUBLISHED,
    (State.REVISING, Verb.WITHDRAW): State.WITHDRAWN,
    (State.PUBLISHED, Verb.KEEP): State.PUBLISHED,
    (State.REVISING, Verb.KEEP): State.REVISING,
    (State.PUBLISHED, Verb.SECOND): State.PUBLISHED,
}
ABOVE = {"sari", "rahman", "agus"}
"""The village's moderator, its district's reviewer, the admin; everybody else is a stranger to Budi's piece."""
SEES = {
    State.DRAFT: {"budi"},
    State.SUBMITTED: {"budi", *ABOVE},
    State.RETURNED: {"budi", *ABOVE},
    State.PUBLISHED: set(EVERYBODY),
    State.REVISING: set(EVERYBODY),
    State.WITHDRAWN: {"budi", *ABOVE},
}
MAY = {
    Verb.SUBMIT: {"budi": Role.MEMBER},
    Verb.RETURN: {"sari": Role.MODERATOR},
    Verb.PUBLISH: {"sari": Role.MODERATOR},
    Verb.WITHDRAW: {"sari": Role.MODERATOR, "rahman": Role.REVIEWER, "agus": Role.ADMIN},
    Verb.RESTORE: {"sari": Role.MODERATOR, "rahman": Role.REVIEWER, "agus": Role.ADMIN},
    Verb.CORRECT: {"budi": Role.MEMBER, "sari": Role.MODERATOR},
    Verb.KEEP: {"sari": Role.MODERATOR, "rahman": Role.REVIEWER, "agus": Role.ADMIN},
    Verb.SECOND: {"rahman": Role.REVIEWER},
}


def _expected(name: str, state: State, verb: Verb) -> type[Exception] | Role:
    if name not in SEES[state]:
        return NotFound
    if (state, verb) not in LEADS_TO:
        return InvalidTransition
    return MAY[verb].get(name, NotAllowed)


@pytest.mark.parametrize("name", EVERYBODY)
def test_everybody_may_exactly_what_the_tables_say(people: People, session: Session, name: str) -> None:
    cells = list(product(State, Verb))
    rows = [people.news(state) for state, _verb in cells]
    people.put(*rows)
    step = Step(people.actor(name), START, reason="Alasan.")
    for (state, verb), row in zip(cells, rows, strict=True):
        try:
            ACTIONS[verb](session, step, news_id=row.id)
        except (NotFound, InvalidTransition, NotAllowed) as error:
            got: type[Exception] | Role = type(error)
        else:
            entry = audit.last(session, "news", str(row.id))
            assert entry is not None
            assert (entry.before, entry.after) == (state, row.state), (state, verb)
            assert row.state is LEADS_TO[state, verb]
            assert entry.actor_id == step.actor.user_id
            got = entry.role
        assert got == _expected(name, state, verb), (state, verb)
        session.refresh(row)
        assert row.state is (LEADS_TO[state, verb] if isinstance(got, Role) else state)


def test_where_nobody_moderates_the_reviewer_acts_and_the_record_says_so(people: People, session: Session) -> None:
    row = people.put(people.news(State.SUBMITTED, area_code=LUMPATAN))
    for name in ("sari", "siti", "rina", "agus", "budi"):
        with pytest.raises((NotAllowed, NotFound)):
            actions.publish_news(session, Step(people.actor(name), START), news_id=row.id)
    actions.publish_news(session, Step(people.actor("rahman"), START), news_id=row.id)
    entry = audit.last(session, "news", str(row.id))
    assert entry is not None
    assert (entry.role, entry.after) == (Role.REVIEWER, State.PUBLISHED)


def test_where_somebody_moderates_the_reviewer_does_not(people: People, session: Session) -> None:
    row = people.put(people.news(State.SUBMITTED))
    with pytest.raises(NotAllowed):
        actions.publish_news(session, Step(people.actor("rahman"), START), news_id=row.id)


def test_seeing_is_the_same_in_python_and_in_sql(people: People, session: Session) -> None:
    places, authors = (SUKARAMI, LUMPATAN, "16.06.01", "16.06.02.2001"), ("budi", "sari", "siti")
    cells = list(product(State, places, authors))
    people.put(*(people.news(s, area_code=place, author_id=people.users[author].id) for s, place, author in cells))
    rows = session.scalars(sa.select(News)).all()
    seen_by_somebody = set()
    for name in EVERYBODY:
        actor = people.actor(name)
        seen = set(session.scalars(sa.select(News.id).where(policy.visible_to(actor))))
        assert seen == {row.id for row in rows if policy.can_see(actor, row)}, name
        seen_by_somebody |= seen - set(session.scalars(sa.select(News.id).where(News.state.in_(policy.PUBLIC))))
    assert seen_by_somebody


def test_what_is_expected_of_seeing_is_what_the_policy_says(people: People) -> None:
    for state, name in product(State, EVERYBODY):
        assert policy.can_see(people.actor(name), people.news(state)) is (name in SEES[state]), (state, name)


@pytest.mark.parametrize(
    ("name", "place"), [("visitor", SUKARAMI), ("rahman", SUKARAMI), ("siti", SUKARAMI), ("budi", LUMPATAN)]
)
def test_nobody_writes_for_a_kim_of_which_they_are_no_part(
    people: People, session: Session, name: str, place: str
) -> None:
    with pytest.raises(NotAllowed):
        actions.write_news(session, Step(people.actor(name), START), area_code=place, title="Judul", body="Isi")
    assert session.scalars(sa.select(News)).all() == []


def test_a_submitted_piece_has_three_working_days_and_every_step_its_entry(people: People, session: Session) -> None:
    budi, sari = people.actor("budi"), people.actor("sari")
    row = actions.write_news(session, Step(budi, START), area_code=SUKARAMI, title="Judul", body="Isi")
    steps: list[tuple[Callable[..., Any], Any, str]] = [
        (actions.submit_news, budi, ""),
        (actions.return_news, sari, "Sebutkan tempatnya."),
        (actions.submit_news, budi, ""),
        (actions.publish_news, sari, ""),
        (actions.withdraw_news, sari, "Salah tanggal."),
    ]
    due = []
    for version, (action, actor, reason) in enumerate(steps, start=1):
        assert row.version == version
        action(session, Step(actor, START, version, reason), news_id=row.id)
        due.append(row.due_on)
    assert due == [date(2026, 11, 23), None, date(2026, 11, 23), None, None]
    history = audit.history(session, "news", row.audit_id)
    assert [(entry.verb, entry.after, entry.role) for entry in history] == [
        ("create", "draft", Role.MEMBER),
        (Verb.SUBMIT, State.SUBMITTED, Role.MEMBER),
        (Verb.RETURN, State.RETURNED, Role.MODERATOR),
        (Verb.SUBMIT, State.SUBMITTED, Role.MEMBER),
        (Verb.PUBLISH, State.PUBLISHED, Role.MODERATOR),
        (Verb.WITHDRAW, State.WITHDRAWN, Role.MODERATOR),
    ]
    assert [entry.text for entry in history] == [None, None, "Sebutkan tempatnya.", None, None, "Salah tanggal."]


def test_a_moderators_own_piece_is_marked_when_they_publish_it(people: People, session: Session) -> None:
    own = people.put(people.news(State.SUBMITTED, author_id=people.users["sari"].id))
    others = people.put(people.news(State.SUBMITTED))
    step = Step(people.actor("sari"), START)
    for row in (own, others):
        actions.publish_news(session, step, news_id=row.id)
    assert (own.self_published, others.self_published) == (True, False)
