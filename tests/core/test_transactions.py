"""`writing()`: one transaction for an action, and never a decision on rows from before the lock."""

from __future__ import annotations

import time

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from kimweb.core.calendar import Holiday, HolidayKind
from kimweb.core.db import BUSY_TIMEOUT_MS, UtcDateTime, make_engine, writing
from kimweb.core.throttle import Attempt
from tests.support.clock import START
from tests.support.together import engine_on, together

pytestmark = [pytest.mark.bare]
DAY = START.date()


@pytest.fixture
def counter(session: Session) -> Holiday:
    """A row whose name counts."""
    row = Holiday(day=DAY, name="0", kind=HolidayKind.LOCAL)
    with writing(session):
        session.add(row)
    return row


def _locked(session: Session) -> Holiday:
    query = sa.select(Holiday).where(Holiday.day == DAY).with_for_update()
    return session.scalars(query.execution_options(populate_existing=True)).one()


@pytest.mark.database
def test_an_inner_action_joins_the_outer_one_and_shares_its_fate(session: Session) -> None:
    def inner() -> None:
        with writing(session):
            session.add(Attempt(bucket="inner", at=START))

    def outer() -> None:
        with writing(session):
            inner()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        outer()
    assert session.scalars(sa.select(Attempt)).all() == []
    with writing(session):
        inner()
        with writing(session):
            inner()
    assert len(session.scalars(sa.select(Attempt)).all()) == 2


@pytest.mark.database
def test_an_error_inside_an_inner_action_undoes_the_outer_one(session: Session) -> None:
    def outer() -> None:
        with writing(session):
            session.add(Attempt(bucket="outer", at=START))
            with writing(session):
                raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        outer()
    assert session.scalars(sa.select(Attempt)).all() == []
    with writing(session):
        session.add(Attempt(bucket="after", at=START))
    assert [row.bucket for row in session.scalars(sa.select(Attempt))] == ["after"]


@pytest.mark.database
def test_what_a_reader_had_loaded_is_read_anew_under_the_lock(
    database_url: str, session: Session, counter: Holiday
) -> None:
    assert session.scalars(sa.select(Holiday)).one().name == "0"
    with engine_on(database_url) as engine, Session(engine) as other, writing(other):
        _locked(other).name = "1"
    with writing(session):
        assert counter.name == "1"
        assert _locked(session).name == "1"


@pytest.mark.database
def test_concurrent_read_modify_write_loses_no_update(database_url: str, session: Session, counter: Holiday) -> None:
    threads, times = 4, 25
    with engine_on(database_url) as engine:

        def add(_index: int) -> None:
            with Session(engine) as mine:
                for _ in range(times):
                    mine.scalars(sa.select(Holiday)).one()  # a page was read first, as in a request
                    with writing(mine):
                        row = _locked(mine)
                        row.name = str(int(row.name) + 1)

        together(threads, add)
    session.rollback()
    session.refresh(counter)
    assert counter.name == str(threads * times)


def test_on_sqlite_a_write_inside_a_reading_transaction_fails_at_once_and_overwrites_nothing(
    database_url: str, session: Session, counter: Holiday
) -> None:
    counter = session.scalars(sa.select(Holiday)).one()
    with engine_on(database_url) as engine, Session(engine) as other, writing(other):
        _locked(other).name = "theirs"
    counter.name = "mine"
    begun = time.monotonic()
    with pytest.raises(OperationalError, match="locked"):
        session.commit()
    assert time.monotonic() - begun < BUSY_TIMEOUT_MS / 1000 / 2
    session.rollback()
    assert _locked(session).name == "theirs"


def test_on_sqlite_a_reader_is_not_held_up_by_a_writer(database_url: str, session: Session, counter: Holiday) -> None:
    session.rollback()
    with engine_on(database_url) as engine, Session(engine) as other, writing(other):
        _locked(other).name = "1"
        other.flush()
        assert session.scalars(sa.select(Holiday.name)).all() == ["0"]


def test_sqlite_keeps_what_it_acknowledged_and_checks_foreign_keys(database_url: str) -> None:
    engine = make_engine(database_url)
    with engine.connect() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    engine.dispose()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": BUSY_TIMEOUT_MS}


@pytest.mark.database
def test_instants_come_back_aware_and_in_utc(session: Session) -> None:
    with writing(session):
        session.add(Attempt(bucket="x", at=START))
    session.expire_all()
    found = session.scalars(sa.select(Attempt.at)).one()
    assert found == START
    assert found.utcoffset() is not None
    assert str(found.tzinfo) == "UTC"
    with pytest.raises(ValueError, match="time zone"):
        UtcDateTime().process_bind_param(START.replace(tzinfo=None), session.get_bind().dialect)
