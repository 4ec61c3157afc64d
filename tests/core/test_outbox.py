"""What is done later: once, again when it failed, never for ever, and by one worker at a time."""

from __future__ import annotations

import logging
import threading
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.core.db import writing
from kimweb.core.outbox import HELD, WAITS, Job, Waiting, claim, enqueue, finish, postpone, work_off_one
from tests.support.clock import START, FrozenClock
from tests.support.together import engine_on, together

pytestmark = [pytest.mark.database, pytest.mark.bare]
SECRET = "dewi@example.go.id"


def put(session: Session, *subjects: str) -> None:
    with writing(session):
        for subject in subjects:
            enqueue(session, kind="mail", subject=subject, now=START)
            session.flush()


def rows(session: Session) -> list[tuple[str, int]]:
    session.rollback()
    return [(subject, tries) for subject, tries in session.execute(sa.select(Waiting.subject, Waiting.tries))]


class Done:
    """Notes what it was asked to do; fails the first `failing` times."""

    def __init__(self, failing: int = 0) -> None:
        self.subjects: list[str] = []
        self.failing, self.lock = failing, threading.Lock()

    def __call__(self, _session: Session, job: Job) -> None:
        with self.lock:
            self.subjects.append(job.subject)
            if self.failing:
                self.failing -= 1
                raise OSError(SECRET)


def test_what_is_asked_for_is_done_once_the_oldest_first(session: Session, clock: FrozenClock) -> None:
    put(session, "1", "2")
    done = Done()
    assert [work_off_one(session, handlers={"mail": done}, clock=clock) for _ in range(3)] == [True, True, False]
    assert done.subjects == ["1", "2"]
    assert rows(session) == []


def test_what_was_rolled_back_is_never_done(session: Session, clock: FrozenClock) -> None:
    def half() -> None:
        with writing(session):
            enqueue(session, kind="mail", subject="1", now=START)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert not work_off_one(session, handlers={}, clock=clock)


def test_what_failed_comes_again_later_and_later_and_is_given_up(
    session: Session, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    put(session, "1")
    done = Done(failing=99)
    with caplog.at_level(logging.WARNING):
        for number, wait in enumerate(WAITS, 1):
            assert work_off_one(session, handlers={"mail": done}, clock=clock)
            assert rows(session) == [("1", number)]
            clock.set(clock() + wait - timedelta(seconds=1))
            assert not work_off_one(session, handlers={"mail": done}, clock=clock)
            clock.set(clock() + timedelta(seconds=1))
        assert work_off_one(session, handlers={"mail": done}, clock=clock)
    assert rows(session) == []
    assert len(done.subjects) == 1 + len(WAITS)
    assert len(caplog.records) == len(done.subjects)
    assert "is given up" in caplog.records[-1].getMessage()
    assert SECRET not in caplog.text


def test_one_that_fails_keeps_none_of_the_others_waiting(session: Session, clock: FrozenClock) -> None:
    put(session, "1", "2")
    done = Done(failing=1)
    while work_off_one(session, handlers={"mail": done}, clock=clock):
        pass
    assert done.subjects == ["1", "2"]
    assert rows(session) == [("1", 1)]


def test_a_kind_that_nobody_knows_comes_again_and_is_given_up(session: Session, clock: FrozenClock) -> None:
    put(session, "1")
    for _ in range(9):
        work_off_one(session, handlers={}, clock=clock)
        clock.advance(hours=5)
    assert rows(session) == []


def test_a_worker_that_died_gives_its_row_back_when_its_time_is_over(session: Session, clock: FrozenClock) -> None:
    put(session, "1")
    first = claim(session, now=clock())
    assert first is not None
    clock.set(START + HELD - timedelta(seconds=1))
    assert claim(session, now=clock()) is None
    second = claim(session, now=clock.advance(minutes=1))
    assert second is not None
    assert (second.id, second.tries) == (first.id, 2)
    finish(session, first)  # the first one was only slow: the row is no longer its own
    assert postpone(session, first, now=clock())
    assert claim(session, now=clock.advance(minutes=5)) is None
    assert rows(session) == [("1", 2)]


def test_two_workers_at_once_do_each_thing_once(session: Session, database_url: str, clock: FrozenClock) -> None:
    put(session, *(str(number) for number in range(40)))
    done = Done()
    with engine_on(database_url) as engine:

        def worker(_index: int) -> None:
            with Session(engine) as own:
                while work_off_one(own, handlers={"mail": done}, clock=clock):
                    pass

        together(4, worker)
        with Session(engine) as own:  # a worker that found the last rows held by the others has ended
            while work_off_one(own, handlers={"mail": done}, clock=clock):
                pass
    assert sorted(done.subjects, key=int) == [str(number) for number in range(40)]
    assert rows(session) == []


def test_with_nothing_due_nobody_waits_for_the_write_lock(session: Session, database_url: str) -> None:
    with engine_on(database_url) as engine, Session(engine) as other, writing(other):
        other.execute(sa.delete(Waiting))
        assert claim(session, now=START) is None
