"""Every state × every verb × everybody: who may do what with an aspiration, and what those who may not are told."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from sqlalchemy.orm import Session

from kimweb.aspirations import actions
from kimweb.aspirations.models import AnswerKind, Aspiration, Desk, RejectReason, State, Verb
from kimweb.core import audit
from kimweb.core.actor import Actor, Role
from kimweb.core.errors import InvalidTransition, NotAllowed, NotFound
from kimweb.core.workflow import Step
from tests.support.clock import START
from tests.support.people import EVERYBODY, SYSTEM, TODAY, People, proof

pytestmark = pytest.mark.database

ALL = (*EVERYBODY, "sender", "stranger", "system")
DESKS = {
    State.RECEIVED: {"sari": Role.MODERATOR},
    State.FORWARDED: {"rahman": Role.REVIEWER},
    State.ASSIGNED: {"dewi": Role.AGENCY},
}
"""Who sits at the desk of a state; nobody is late in this grid."""
LEADS_TO = {
    (State.RECEIVED, Verb.FORWARD): State.FORWARDED,
    (State.RECEIVED, Verb.ASK): State.ASKED,
    (State.RECEIVED, Verb.REJECT): State.REJECTED,
    (State.ASKED, Verb.REPLY): State.RECEIVED,
    (State.ASKED, Verb.LAPSE): State.FORWARDED,
    (State.FORWARDED, Verb.ASSIGN): State.ASSIGNED,
    (State.FORWARDED, Verb.ASK): State.ASKED,
    (State.FORWARDED, Verb.ANSWER): State.ANSWERED,
    (State.FORWARDED, Verb.REJECT): State.REJECTED,
    (State.FORWARDED, Verb.MERGE): State.MERGED,
    (State.ASSIGNED, Verb.HAND_BACK): State.FORWARDED,
    (State.ASSIGNED, Verb.ASK): State.ASKED,
    (State.ASSIGNED, Verb.ANSWER): State.ANSWERED,
    (State.ANSWERED, Verb.CLOSE): State.DONE,
    (State.ANSWERED, Verb.REOPEN): State.ASSIGNED,
    (State.ANSWERED, Verb.LAPSE): State.LAPSED,
    (State.LAPSED, Verb.REOPEN): State.ASSIGNED,
}
NOT_THE_VILLAGES = {Verb.REJECT}
"""A village only proposes to reject; the district decides (product.md)."""
SENDERS = {Verb.REPLY, Verb.CLOSE, Verb.REOPEN}
ON_ITS_WAY = {"sender", "system", "sari", "rahman", "agus"}
"""Who sees it before it is public."""


class Doing:
    """How each verb is done, with input that is right for it."""

    def __init__(self, session: Session, people: People) -> None:
        self.session, self.pupr = session, people.agencies["PUPR"]
        self.target = people.put(people.aspiration(State.FORWARDED)).code

    def act(self, verb: Verb, actor: Actor, code: str) -> Aspiration:
        """Do it."""
        step = Step(actor, START, reason="Alasan.")
        done: dict[Verb, Callable[[], Aspiration]] = {
            Verb.FORWARD: lambda: actions.forward_aspiration(self.session, step, code=code),
            Verb.ASK: lambda: actions.ask_sender(self.session, step, code=code, text="Di mana?"),
            Verb.REPLY: lambda: actions.reply_to_question(self.session, step, code=code, text="RT 02."),
            Verb.ASSIGN: lambda: actions.assign_aspiration(self.session, step, code=code, agency_id=self.pupr, days=14),
            Verb.HAND_BACK: lambda: actions.hand_back(self.session, step, code=code),
            Verb.ANSWER: lambda: actions.answer_aspiration(
                self.session, step, code=code, kind=AnswerKind.DONE, text="Sudah."
            ),
            Verb.REJECT: lambda: actions.reject_aspiration(self.session, step, code=code, why=RejectReason.UNCLEAR),
            Verb.MERGE: lambda: actions.merge_aspiration(self.session, step, code=code, target=self.target),
            Verb.CLOSE: lambda: actions.close_aspiration(self.session, step, code=code, rating=5),
            Verb.REOPEN: lambda: actions.reopen_aspiration(self.session, step, code=code, text="Belum."),
            Verb.LAPSE: lambda: actions.lapse_aspiration(self.session, step, code=code),
        }
        return done[verb]()


VERBS = [verb for verb in Verb if verb not in (Verb.SEND, Verb.TIGHTEN)]


def _actor(people: People, name: str, row: Aspiration) -> Actor:
    match name:
        case "sender":
            return proof(row)
        case "stranger":
            return Actor(day=TODAY, proofs=frozenset({"aspiration:ZZZ-ZZZ"}))
        case "system":
            return SYSTEM
        case _:
            return people.actor(name)


def _expected(name: str, state: State, verb: Verb) -> type[Exception] | Role:
    if state in (State.RECEIVED, State.ASKED) and name not in ON_ITS_WAY:
        return NotFound
    if (state, verb) not in LEADS_TO:
        return InvalidTransition
    if verb in SENDERS:
        return Role.SENDER if name == "sender" else NotAllowed
    if verb is Verb.LAPSE:
        return Role.SYSTEM if name == "system" else NotAllowed
    role = DESKS[state].get(name)
    return NotAllowed if role is None or (verb in NOT_THE_VILLAGES and role is Role.MODERATOR) else role


@pytest.mark.parametrize("name", ALL)
def test_everybody_may_exactly_what_the_tables_say(people: People, session: Session, name: str) -> None:
    doing, cells = Doing(session, people), list(product(State, VERBS))
    rows = [people.aspiration(state) for state, _verb in cells]
    people.put(*rows)
    somebody = _actor(people, name, rows[0])
    for (state, verb), row in zip(cells, rows, strict=True):
        actor = _actor(people, name, row) if name == "sender" else somebody
        try:
            doing.act(verb, actor, row.code)
        except (NotFound, InvalidTransition, NotAllowed) as error:
            got: type[Exception] | Role = type(error)
        else:
            assert row.state is LEADS_TO[state, verb]
            entry = audit.last(session, "aspiration", row.code)
            assert entry is not None
            assert (entry.before, entry.after) == (state, row.state)
            got = entry.role
        assert got == _expected(name, state, verb), (state, verb)
        session.refresh(row)
        assert row.state is (LEADS_TO[state, verb] if isinstance(got, Role) else state)


@pytest.mark.parametrize(
    ("name", "desk", "may"),
    [
        ("rahman", Desk.DISTRICT, {Verb.FORWARD: Role.REVIEWER, Verb.ASK: Role.REVIEWER, Verb.REJECT: Role.REVIEWER}),
        ("agus", Desk.REGENCY, {Verb.FORWARD: Role.ADMIN, Verb.ASK: Role.ADMIN, Verb.REJECT: Role.ADMIN}),
    ],
)
def test_what_went_past_a_level_is_received_by_the_one_above(
    people: People, session: Session, name: str, desk: Desk, may: dict[Verb, Role]
) -> None:
    doing, passed = Doing(session, people), {"village_bypassed": True, "about_district": desk is Desk.REGENCY}
    for verb in (Verb.FORWARD, Verb.ASK, Verb.REJECT):
        row = people.put(people.aspiration(State.RECEIVED, desk=desk, **passed))
        for other in EVERYBODY:
            if other != name:
                with pytest.raises((NotFound, NotAllowed)):
                    doing.act(verb, people.actor(other), row.code)
        doing.act(verb, people.actor(name), row.code)
        entry = audit.last(session, "aspiration", row.code)
        assert entry is not None
        assert entry.role is may[verb]


@pytest.mark.parametrize(
    ("state", "joins", "role"),
    [
        (State.RECEIVED, "rahman", Role.REVIEWER),
        (State.FORWARDED, "agus", Role.ADMIN),
        (State.ASSIGNED, "agus", Role.ADMIN),
    ],
)
def test_when_time_runs_out_the_level_above_joins_and_the_first_desk_keeps_it(
    people: People, session: Session, state: State, joins: str, role: Role
) -> None:
    doing, first = Doing(session, people), next(iter(DESKS[state]))
    in_time, late = TODAY, people.aspiration(state).due_on
    assert late is not None
    rows = [people.put(people.aspiration(state, due_on=in_time.replace(day=17))) for _ in range(2)]
    today = people.put(people.aspiration(state, due_on=in_time))
    with pytest.raises(NotAllowed):
        doing.act(Verb.ASK, people.actor(joins), today.code)
    for name in set(EVERYBODY) - {joins, first}:
        with pytest.raises((NotFound, NotAllowed)):
            doing.act(Verb.ASK, people.actor(name), rows[0].code)
    for row, name in zip(rows, (joins, first), strict=True):
        desk = row.desk
        doing.act(Verb.ASK, people.actor(name), row.code)
        assert (row.back_state, row.back_desk) == (state, desk)
        entry = audit.last(session, "aspiration", row.code)
        assert entry is not None
        assert entry.role is (role if name == joins else DESKS[state][name])
