"""`advance()`: the order of its checks, and what it leaves behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

import pytest
from sqlalchemy.orm import Session

from kimweb.core import audit
from kimweb.core.actor import Role, visitor
from kimweb.core.db import writing
from kimweb.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed
from kimweb.core.permissions import Permission
from kimweb.core.workflow import Step, Table, advance, check_version, to, touch
from tests.support.clock import START

pytestmark = pytest.mark.bare


class State(StrEnum):
    """Of a lamp."""

    OFF = "off"
    ON = "on"
    DIM = "dim"


class Verb(StrEnum):
    """Of a lamp."""

    SWITCH = "switch"
    BREAK = "break"


@dataclass
class Lamp:
    """The smallest thing that has a state."""

    state: State = State.OFF
    version: int = 3
    updated_at: datetime = START
    audit_kind: str = "lamp"
    audit_id: str = "1"
    audit_area: str | None = field(default=None)


TABLE: Table[State, Verb] = {
    (State.OFF, Verb.SWITCH): to(State.ON, State.DIM, by=Permission.NEWS_WRITE),
    (State.ON, Verb.BREAK): to(State.OFF, by=Permission.NEWS_REVIEW, reason=True),
}


def _go(
    session: Session,
    lamp: Lamp,
    verb: Verb,
    *,
    role: Role | None = Role.MEMBER,
    target: State | None = None,
    **step: Any,
) -> Role:
    values = Step(visitor(START.date()), START, **step)
    return advance(session, lamp, verb, values, table=TABLE, authority=lambda _permission: role, target=target)


def test_checks_come_in_their_order(session: Session) -> None:
    lamp = Lamp()
    with pytest.raises(Conflict) as conflict:  # stale, impossible, forbidden and without a reason
        _go(session, lamp, Verb.BREAK, role=None, version=2)
    assert (conflict.value.kind, conflict.value.subject_id) == ("lamp", "1")
    with pytest.raises(InvalidTransition):  # impossible, forbidden and without a reason
        _go(session, lamp, Verb.BREAK, role=None, version=3)
    lit = Lamp(State.ON)
    with pytest.raises(NotAllowed):  # forbidden and without a reason
        _go(session, lit, Verb.BREAK, role=None)
    with pytest.raises(Invalid) as invalid:
        _go(session, lit, Verb.BREAK, reason=" \n ")
    assert list(invalid.value.fields) == ["reason"]
    assert (lamp, lit) == (Lamp(), Lamp(State.ON))


def test_a_target_must_be_one_of_the_table(session: Session) -> None:
    with pytest.raises(InvalidTransition):
        _go(session, Lamp(), Verb.SWITCH, target=State.OFF)


def test_authority_is_asked_for_the_permission_of_the_table(session: Session) -> None:
    asked: list[Permission] = []

    def authority(permission: Permission) -> Role | None:
        asked.append(permission)
        return Role.MEMBER

    step = Step(visitor(START.date()), START, reason="Putus.")
    advance(session, Lamp(State.ON), Verb.BREAK, step, table=TABLE, authority=authority)
    assert asked == [Permission.NEWS_REVIEW]


def test_it_moves_counts_the_version_and_records(session: Session) -> None:
    lamp = Lamp(audit_area="16.06.01.2001")
    with writing(session):
        assert _go(session, lamp, Verb.SWITCH, target=State.DIM, version=3, detail={"by": "hand"}) is Role.MEMBER
        assert _go(session, Lamp(State.ON, audit_id="2"), Verb.BREAK, reason=" Putus. ") is Role.MEMBER
    assert (lamp.state, lamp.version, lamp.updated_at) == (State.DIM, 4, START)
    entry = audit.last(session, "lamp", "1")
    assert entry is not None
    assert (entry.verb, entry.role, entry.before, entry.after) == ("switch", Role.MEMBER, "off", "dim")
    assert (entry.area_code, entry.detail, entry.text) == ("16.06.01.2001", {"by": "hand"}, None)
    broken = audit.last(session, "lamp", "2")
    assert broken is not None
    assert broken.text == "Putus."


def test_the_first_target_is_the_usual_one(session: Session) -> None:
    lamp = Lamp()
    _go(session, lamp, Verb.SWITCH)
    assert lamp.state is State.ON


def test_a_change_without_a_state_makes_older_forms_stale_too() -> None:
    lamp = Lamp()
    touch(lamp, START)
    check_version(lamp, None)
    check_version(lamp, 4)
    with pytest.raises(Conflict):
        check_version(lamp, 3)
