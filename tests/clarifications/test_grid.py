"""Every state × every verb × everybody: who may do what with a claim, and what those who may not are told."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import pytest
from sqlalchemy.orm import Session

from kimweb.clarifications import actions
from kimweb.clarifications.models import Abstention, Clarification, Declined, State, Verb
from kimweb.clarifications.texts import Source, Text
from kimweb.core import audit
from kimweb.core.actor import Actor, Role
from kimweb.core.errors import Invalid, InvalidTransition, NotAllowed, NotFound
from kimweb.core.workflow import Step
from tests.support.clock import START
from tests.support.people import EVERYBODY, FINDING, SUKARAMI, People, proof

pytestmark = pytest.mark.database

ALL = (*EVERYBODY, "sender")
DESK = {"rahman": Role.REVIEWER, "agus": Role.ADMIN}
"""Who examines a claim from Sukarami."""
TEXT = Text(
    title="Beras bantuan gratis",
    verdict=FINDING["verdict"],
    claimed="Harus ditebus.",
    truth="Tidak perlu ditebus.",
    sources=(Source("Surat edaran", "Dinas Sosial, 16 November 2026"),),
)
LEADS_TO = {
    (State.RECEIVED, Verb.TAKE): State.EXAMINED,
    (State.RECEIVED, Verb.DECLINE): State.DECLINED,
    (State.RECEIVED, Verb.ABSTAIN): State.RECEIVED,
    (State.EXAMINED, Verb.EXAMINE): State.EXAMINED,
    (State.EXAMINED, Verb.DECLINE): State.DECLINED,
    (State.EXAMINED, Verb.PUBLISH): State.EXAMINED,
    (State.EXAMINED, Verb.ABSTAIN): State.EXAMINED,
    (State.PUBLISHED, Verb.CORRECT): State.PUBLISHED,
    (State.PUBLISHED, Verb.ABSTAIN): State.PUBLISHED,
    (State.PUBLISHED, Verb.WITHDRAW): State.WITHDRAWN,
}
"""From rows on which nothing waits for a second person: that has its own tests (test_two_people.py)."""
VERBS = [verb for verb in Verb if verb is not Verb.SEND]


def act(session: Session, verb: Verb, actor: Actor, row: Clarification) -> Clarification:
    """Do it, with input that is right for it."""
    step = Step(actor, START, reason="Alasan.")
    which: dict[str, Any] = {"clarification_id": row.id}
    done: dict[Verb, Callable[[], Clarification]] = {
        Verb.TAKE: lambda: actions.take_claim(session, step, **which),
        Verb.EXAMINE: lambda: actions.examine(session, step, text=TEXT, areas=[SUKARAMI], **which),
        Verb.PUBLISH: lambda: actions.publish(session, step, **which),
        Verb.DECLINE: lambda: actions.decline(session, step, why=Declined.OPINION, **which),
        Verb.CORRECT: lambda: actions.correct(session, step, text=TEXT, change="Judul.", why="Keliru.", **which),
        Verb.WITHDRAW: lambda: actions.withdraw(session, step, **which),
        Verb.ABSTAIN: lambda: actions.abstain(session, step, **which),
    }
    return done[verb]()


def _expected(name: str, state: State, verb: Verb) -> type[Exception] | Role:
    if state is not State.PUBLISHED and name not in DESK and name != "sender":
        return NotFound
    if (state, verb) not in LEADS_TO and not (name not in DESK and (state, verb) == (State.PUBLISHED, Verb.PUBLISH)):
        return InvalidTransition
    return DESK.get(name, NotAllowed)


@pytest.mark.parametrize("name", ALL)
def test_everybody_may_exactly_what_the_tables_say(people: People, session: Session, name: str) -> None:
    cells = list(product(State, VERBS))
    rows = [people.claim(state) for state, _verb in cells]
    people.put(*rows)
    for (state, verb), row in zip(cells, rows, strict=True):
        actor = proof(row) if name == "sender" else people.actor(name)
        try:
            act(session, verb, actor, row)
        except (NotFound, InvalidTransition, NotAllowed) as error:
            got: type[Exception] | Role = type(error)
        else:
            entry = audit.last(session, "clarification", str(row.id))
            assert entry is not None
            assert (entry.before, entry.after, entry.verb) == (state, LEADS_TO[state, verb], verb)
            got = entry.role
        assert got == _expected(name, state, verb), (state, verb)
        session.refresh(row)
        assert row.state is (LEADS_TO[state, verb] if isinstance(got, Role) else state)


@pytest.mark.parametrize("name", DESK)
def test_who_is_concerned_does_nothing_any_more(people: People, session: Session, name: str) -> None:
    for state, verb in LEADS_TO:
        row = people.claim(state)
        row.abstentions = [Abstention(user_id=people.users[name].id, at=START)]
        people.put(row)
        with pytest.raises(NotAllowed):
            act(session, verb, people.actor(name), row)
        other = next(each for each in DESK if each != name)
        assert act(session, verb, people.actor(other), row).state is LEADS_TO[state, verb]


def test_a_claim_without_a_village_is_the_regencys(people: People, session: Session) -> None:
    row = people.put(people.claim(village_code=None))
    for name in set(EVERYBODY) - {"agus"}:
        with pytest.raises(NotFound):
            act(session, Verb.TAKE, people.actor(name), row)
    assert act(session, Verb.TAKE, people.actor("agus"), row).state is State.EXAMINED


def test_a_withdrawal_needs_its_reason(people: People, session: Session) -> None:
    row = people.put(people.claim(State.PUBLISHED))
    with pytest.raises(Invalid, match="Alasan"):
        actions.withdraw(session, Step(people.actor("rahman"), START), clarification_id=row.id)
