"""Taking an aspiration in: on whose desk it falls, and once however often it arrives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import product

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.aspirations.models import Aspiration, Desk, Kind, State
from kimweb.aspirations.sending import NewAspiration, close_receipt, first_desk, send_aspiration
from kimweb.core import audit
from kimweb.core.actor import Role
from kimweb.core.idempotency import new_key
from tests.support.clock import START, FrozenClock
from tests.support.people import LUMPATAN, SUKARAMI, People, code_of
from tests.support.together import engine_on, together

pytestmark = pytest.mark.database

NEW = NewAspiration(SUKARAMI, Kind.COMPLAINT, "jalan", "Jembatan RT 02 lapuk", "Papannya patah.", phone="081200000123")


def _send(session: Session, new: NewAspiration = NEW, key: str | None = None, clock: FrozenClock | None = None) -> str:
    return send_aspiration(session, new, key=key, network="n", now=clock() if clock else START).code


def _row(session: Session, code: str) -> Aspiration:
    return session.scalars(sa.select(Aspiration).where(Aspiration.code == code)).one()


def test_it_is_kept_private_on_the_moderators_desk_for_three_working_days(people: People, session: Session) -> None:
    row = _row(session, _send(session))
    assert (row.state, row.desk, row.due_on, row.confirmed_at) == (
        State.RECEIVED,
        Desk.VILLAGE,
        date(2026, 11, 23),
        None,
    )
    assert (row.title, row.body, row.phone, row.hide_name, row.held) == (NEW.title, NEW.body, NEW.phone, True, False)
    entry = audit.last(session, "aspiration", row.code)
    assert entry is not None
    assert (entry.verb, entry.role, entry.actor_id, entry.text) == ("pengiriman", Role.SENDER, None, None)
    assert "081200000123" not in str(entry)


def test_a_village_without_a_moderator_is_the_districts_at_once(
    people: People, session: Session, clock: FrozenClock
) -> None:
    assert _row(session, _send(session, replace(NEW, village_code=LUMPATAN))).desk is Desk.DISTRICT
    clock.advance(days=15)  # Sari has been silent for more than 14 days
    assert _row(session, _send(session, clock=clock)).desk is Desk.DISTRICT


def test_what_passes_which_level_by() -> None:
    got = {}
    for village, district, secret, read, moderated in product((False, True), repeat=5):
        new = replace(NEW, about_village=village, about_district=district, hide_text=secret, village_may_read=read)
        got[village, district, secret, read, moderated] = first_desk(new, has_moderator=moderated)
    for (village, district, secret, read, moderated), desk in got.items():
        past = village or (secret and not read) or not moderated
        assert desk is (Desk.VILLAGE if not past else Desk.REGENCY if district else Desk.DISTRICT)
    assert set(got.values()) == {Desk.VILLAGE, Desk.DISTRICT, Desk.REGENCY}


@pytest.mark.parametrize(
    ("changes", "bypassed"),
    [
        ({}, False),
        ({"about_village": True}, True),
        ({"about_village": True, "village_may_read": True}, True),
        ({"about_district": True}, False),
        ({"hide_text": True}, True),
        ({"hide_text": True, "village_may_read": True}, False),
    ],
)
def test_a_secret_passes_the_village_by_unless_the_sender_says_otherwise(
    people: People, session: Session, changes: dict[str, bool], bypassed: bool
) -> None:
    row = _row(session, _send(session, replace(NEW, **changes)))  # type: ignore[arg-type]
    assert row.village_bypassed is bypassed


# ------------------------------------------------------------------ once


def test_the_same_form_sent_twice_is_one_aspiration_with_one_code(people: People, session: Session) -> None:
    key = new_key()
    codes = {_send(session, key=key) for _ in range(3)}
    assert len(codes) == 1
    assert session.scalar(sa.select(sa.func.count()).select_from(Aspiration)) == 1
    assert len(audit.history(session, "aspiration", codes.pop())) == 1


def test_the_same_form_again_shows_the_pin_for_15_minutes_and_never_once_it_was_noted(
    people: People, session: Session, clock: FrozenClock
) -> None:
    def again(key: str) -> tuple[str, bool]:
        receipt = send_aspiration(session, NEW, key=key, network="n", now=clock())
        return receipt.code, receipt.shows_pin

    noted, left_open = new_key(), new_key()
    first, other = again(noted), again(left_open)
    assert (first[1], other[1]) == (True, True)
    assert again(noted) == first
    close_receipt(session, code=first[0])
    assert again(noted) == (first[0], False)
    clock.advance(minutes=14)
    assert again(left_open) == other
    clock.advance(minutes=1)
    assert again(left_open) == (other[0], False)


def test_other_content_under_the_same_key_and_the_same_text_of_a_stranger_get_another_code(
    people: People, session: Session
) -> None:
    key = new_key()
    codes = [
        _send(session, key=key),
        _send(session, replace(NEW, body="Papannya patah dua."), key=key),
        _send(session, replace(NEW, hide_text=True), key=key),
        _send(session, key=new_key()),
        _send(session, key=None),
        _send(session, key=None),
        _send(session, key="not a key"),
    ]
    assert len(set(codes)) == len(codes)


def test_the_same_form_sent_at_the_same_moment_is_one_aspiration(people: People, database_url: str) -> None:
    people.session.rollback()
    key = new_key()
    with engine_on(database_url) as engine:

        def send(_index: int) -> str:
            with Session(engine) as mine:
                return _send(mine, key=key)

        assert len(set(together(4, send))) == 1
        with Session(engine) as mine:
            assert mine.scalar(sa.select(sa.func.count()).select_from(Aspiration)) == 1


def test_a_code_that_is_taken_is_not_given_again(people: People, session: Session) -> None:
    taken = people.put(people.aspiration())

    def codes() -> Iterator[str]:
        yield from (taken.code, taken.code, code_of(999))

    made = codes()
    code = send_aspiration(session, NEW, key=None, network="n", now=START, make_code=lambda: next(made)).code
    assert code == code_of(999)


def test_the_thirty_first_of_a_network_in_ten_minutes_is_taken_in_and_marked(
    people: People, session: Session, clock: FrozenClock
) -> None:
    held = [_row(session, _send(session, clock=clock)).held for _ in range(32)]
    assert held == [False] * 30 + [True] * 2
    other = send_aspiration(session, NEW, key=None, network="another", now=clock()).code
    assert not _row(session, other).held
    clock.advance(minutes=10)
    assert not _row(session, _send(session, clock=clock)).held
