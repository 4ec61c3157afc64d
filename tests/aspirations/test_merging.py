"""Merging, and what a sender may still change about privacy."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy.orm import Session

from kimweb.aspirations import actions, policy, queries
from kimweb.aspirations.models import Aspiration, Desk, State
from kimweb.core.errors import Conflict, Invalid, NotAllowed, NotFound
from kimweb.core.workflow import Step
from tests.support.clock import START, FrozenClock
from tests.support.people import LUMPATAN, People, proof
from tests.support.together import engine_on, together

pytestmark = pytest.mark.database


def _step(people: People, who: str | Aspiration, at: FrozenClock, **more: Any) -> Step:
    actor = people.actor(who, at()) if isinstance(who, str) else proof(who)
    return Step(actor, at(), **more)


# ------------------------------------------------------------------ merging


def test_merging_needs_another_public_one_of_the_same_village(
    people: People, session: Session, clock: FrozenClock
) -> None:
    row = people.put(people.aspiration(State.FORWARDED))
    unfit = [
        row,
        people.put(people.aspiration(State.FORWARDED, village_code=LUMPATAN)),
        people.put(people.aspiration(State.RECEIVED)),
        people.put(people.aspiration(State.FORWARDED, hide_text=True)),
        people.put(people.aspiration(State.MERGED)),
    ]
    step, sentences = _step(people, "rahman", clock), set()
    for target in [*(each.code for each in unfit), "", "ZZZ-ZZZ"]:
        with pytest.raises(Invalid) as refused:
            actions.merge_aspiration(session, step, code=row.code, target=target)
        sentences.add(refused.value.fields["target"])
    assert len(sentences) == 1  # nobody learns from it what exists
    fits = people.put(people.aspiration(State.DONE))
    actions.merge_aspiration(session, step, code=row.code, target=fits.code)
    assert (row.state, row.desk, row.target_id) == (State.MERGED, Desk.NOBODY, fits.id)


def test_two_that_are_merged_into_each_other_at_the_same_moment_do_not_both_vanish(
    people: People, session: Session, database_url: str
) -> None:
    rahman = people.actor("rahman")
    pairs = [[people.put(people.aspiration(State.FORWARDED)) for _ in range(2)] for _ in range(5)]
    session.rollback()
    with engine_on(database_url) as engine:
        for pair in pairs:

            def merge(index: int, codes: tuple[str, str] = (pair[0].code, pair[1].code)) -> bool:
                with Session(engine) as mine:
                    try:
                        step = Step(rahman, START)
                        actions.merge_aspiration(mine, step, code=codes[index], target=codes[1 - index])
                    except Invalid:
                        return False
                    return True

            assert sorted(together(2, merge)) == [False, True]


# ------------------------------------------------------------------ privacy


def test_privacy_is_tightened_and_never_loosened(people: People, session: Session, clock: FrozenClock) -> None:
    row = people.put(people.aspiration(State.FORWARDED, hide_name=False))
    tighten, sender = actions.tighten_privacy, _step(people, row, clock)
    for name, text, expected in (
        (True, False, (True, False)),
        (True, True, (True, True)),
    ):
        tighten(session, sender, code=row.code, hide_name=name, hide_text=text)
        assert (row.hide_name, row.hide_text) == expected
    assert (row.state, row.version) == (State.FORWARDED, 3)
    assert not policy.is_public(row)
    with pytest.raises(NotFound):
        queries.visible_aspiration(session, people.actor("visitor"), row.code)
    with pytest.raises(Invalid):
        tighten(session, sender, code=row.code, hide_name=True, hide_text=False)
    with pytest.raises(Conflict):
        tighten(session, _step(people, row, clock, version=1), code=row.code, hide_name=True, hide_text=True)


def test_nobody_but_the_sender_changes_privacy(people: People, session: Session, clock: FrozenClock) -> None:
    row = people.put(people.aspiration(State.ASSIGNED))
    for name in ("visitor", "budi", "sari", "rahman", "dewi", "agus"):
        with pytest.raises(NotAllowed):
            actions.tighten_privacy(session, _step(people, name, clock), code=row.code, hide_name=True, hide_text=True)
