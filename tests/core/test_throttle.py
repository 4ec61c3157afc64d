"""Counting attempts: by bucket, for a while, and by network rather than by person."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.core import throttle
from kimweb.core.db import writing
from kimweb.core.errors import TooMany
from kimweb.core.throttle import Attempt, network_of
from tests.support.clock import START, FrozenClock
from tests.support.together import engine_on, together

KEY = "a server key of thirty-two letters"
pytestmark = [pytest.mark.bare]


def _try(session: Session, clock: FrozenClock, times: int = 1, bucket: str = "pin:A") -> None:
    for _ in range(times):
        with writing(session):
            throttle.add(session, bucket, now=clock())


def _closed(session: Session, clock: FrozenClock, bucket: str = "pin:A") -> object:
    return throttle.closed_until(session, bucket, now=clock(), limit=3, minutes=15)


@pytest.mark.database
def test_a_bucket_closes_at_its_limit_and_opens_when_the_oldest_attempt_is_old_enough(session: Session) -> None:
    clock = FrozenClock()
    for _ in range(2):
        _try(session, clock)
        clock.advance(minutes=5)
    assert _closed(session, clock) is None
    _try(session, clock)
    assert _closed(session, clock) == START + timedelta(minutes=15)
    assert _closed(session, clock, "pin:B") is None
    assert throttle.count(session, "pin:A", now=clock(), minutes=15) == 3
    clock.advance(minutes=5)
    assert _closed(session, clock) is None


def test_attempts_of_whomever_are_forgotten_in_the_end(session: Session) -> None:
    clock = FrozenClock()
    _try(session, clock, 3)
    clock.advance(days=1)
    _try(session, clock, 1, "pin:B")
    clock.advance(days=29)
    _try(session, clock, 1, "pin:C")
    found = session.execute(sa.select(Attempt.bucket, sa.func.count()).group_by(Attempt.bucket)).all()
    assert sorted(tuple(row) for row in found) == [("pin:B", 1), ("pin:C", 1)]


@pytest.mark.database
def test_an_attempt_counts_before_it_is_made_and_not_when_it_succeeds(session: Session) -> None:
    clock = FrozenClock()
    limits = {"limit": 2, "minutes": 15}
    first = throttle.take(session, "pin:A", now=clock(), **limits)
    throttle.take(session, "pin:A", now=clock(), **limits)
    with pytest.raises(TooMany):
        throttle.take(session, "pin:A", now=clock(), **limits)
    throttle.give_back(session, first)
    throttle.take(session, "pin:A", now=clock(), **limits)


@pytest.mark.database
def test_many_attempts_at_once_win_nothing(session: Session, database_url: str) -> None:
    session.rollback()
    with engine_on(database_url) as engine:

        def attempt(_index: int) -> bool:
            with Session(engine) as mine:
                try:
                    throttle.take(mine, "pin:A", now=START, limit=3, minutes=15)
                except TooMany:
                    return False
                return True

        assert sum(together(8, attempt)) == 3


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("203.0.113.7", "203.0.113.7", True),
        ("203.0.113.7", "203.0.113.8", False),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("::ffff:203.0.113.7", "203.0.113.7", True),
        ("::ffff:203.0.113.7", "::ffff:203.0.113.8", False),
        (None, "not an address", True),
    ],
)
def test_a_network_is_an_ipv4_address_or_an_ipv6_prefix(one: str | None, other: str, same: bool) -> None:
    assert (network_of(one, KEY) == network_of(other, KEY)) is same


def test_a_network_is_kept_as_a_keyed_hash() -> None:
    assert "203" not in network_of("203.0.113.7", KEY)
    assert network_of("203.0.113.7", KEY) != network_of("203.0.113.7", "another key")
    assert len(network_of("203.0.113.7", KEY)) == 16
