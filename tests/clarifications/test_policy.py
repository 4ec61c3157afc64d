"""What the policy says of a row and what it says in SQL are the same, for everybody and in every state."""

from __future__ import annotations

from itertools import product

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.clarifications import policy, queries
from kimweb.clarifications.models import Abstention, Clarification, State
from kimweb.core.photos import MOST
from tests.support.clock import START
from tests.support.people import ELSEWHERE, EVERYBODY, SUKARAMI, People, day, proof

pytestmark = pytest.mark.database


def test_can_see_and_visible_to_agree(people: People, session: Session) -> None:
    rows = [people.claim(state, village_code=code) for state, code in product(State, (SUKARAMI, ELSEWHERE, None))]
    people.put(*rows)
    actors = {name: people.actor(name) for name in EVERYBODY}
    actors |= {f"sender of {row.code}": proof(row) for row in rows}
    counts = {}
    for name, actor in actors.items():
        found = set(session.scalars(sa.select(Clarification.id).where(policy.visible_to(actor))))
        assert found == {row.id for row in rows if policy.can_see(actor, row)}, name
        counts[name] = len(found)
    assert (counts["visitor"], counts["rahman"], counts["agus"]) == (3, 7, 15)
    assert counts[f"sender of {rows[0].code}"] == 4
    assert MOST == 3


def desk(session: Session, people: People, name: str) -> set[int]:
    """The ids on somebody's desk."""
    actor = people.actor(name)
    rows = queries.waiting(session, actor, after=None, limit=50)
    assert queries.count_waiting(session, actor) == len(rows)
    return {row.id for row in rows}


def test_a_village_s_claim_lies_with_its_district_and_the_regency_joins(people: People, session: Session) -> None:
    mine, agus = people.users["rahman"].id, people.users["agus"].id
    fresh, late = people.claim(), people.claim(State.EXAMINED, due_on=day(-1))
    wide, far = people.claim(village_code=None), people.claim(village_code=ELSEWHERE)
    proposed, own = (people.claim(State.EXAMINED, proposed_by=who) for who in (mine, agus))
    rebutted = people.claim(State.PUBLISHED, proposed_by=mine, open_rebuttals=1, due_on=day(1))
    concerned = people.claim()
    concerned.abstentions = [Abstention(user_id=mine, at=START)]
    people.put(fresh, late, wide, far, proposed, own, rebutted, concerned, people.claim(State.PUBLISHED))
    assert desk(session, people, "rahman") == {row.id for row in (fresh, late, own, rebutted)}
    assert desk(session, people, "rina") == {far.id}
    assert desk(session, people, "agus") == {row.id for row in (late, wide, proposed, rebutted, concerned)}
    for name in ("sari", "dewi", "budi", "visitor", "nobody"):
        assert desk(session, people, name) == set(), name


def test_words_inside_are_for_the_desks_and_not_for_whom_it_concerns(people: People) -> None:
    row = people.claim(State.PUBLISHED)
    row.abstentions = [Abstention(user_id=people.users["rahman"].id, at=START)]
    people.put(row)
    reads = {name for name in EVERYBODY if policy.can_read_inside(people.actor(name), row)}
    claims = {name for name in EVERYBODY if policy.can_read_claim(people.actor(name), row)}
    assert (reads, claims) == ({"agus"}, {"agus", "rahman"})
    assert policy.can_read_claim(proof(row), row)
    assert not policy.can_read_inside(proof(row), row)
