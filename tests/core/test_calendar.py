"""Working days: over weekends, national holidays and cuti bersama, in Jakarta's time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from kimweb.core.calendar import (
    Holiday,
    HolidayKind,
    WorkingCalendar,
    day_begins,
    load_calendar,
    local_day,
    system_clock,
)

DECEMBER = WorkingCalendar(frozenset({date(2026, 12, 24), date(2026, 12, 25), date(2027, 1, 1)}))
DAYS = st.dates(date(2025, 1, 1), date(2029, 12, 31))
CALENDARS = st.frozensets(st.dates(date(2025, 1, 1), date(2030, 12, 31)), max_size=40).map(WorkingCalendar)
LENGTHS = st.integers(1, 60)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        (date(2026, 11, 18), 3, date(2026, 11, 23)),  # Wednesday: Thursday, Friday, Monday
        (date(2026, 11, 20), 1, date(2026, 11, 23)),  # Friday: Monday
        (date(2026, 11, 21), 1, date(2026, 11, 23)),  # Saturday counts as little as Sunday
        (date(2026, 12, 23), 1, date(2026, 12, 28)),  # cuti bersama on Thursday, Christmas on Friday
        (date(2026, 12, 21), 3, date(2026, 12, 28)),
        (date(2026, 12, 31), 1, date(2027, 1, 4)),  # New Year on Friday
        (date(2026, 11, 18), 60, date(2027, 2, 15)),
    ],
)
def test_a_deadline_skips_weekends_holidays_and_cuti_bersama(start: date, days: int, due: date) -> None:
    assert DECEMBER.add(start, days) == due
    assert DECEMBER.left(start, due) == days


def test_the_shipped_calendar_knows_christmas_and_its_cuti_bersama(session: Session) -> None:
    days = {row.day: row.kind for row in session.query(Holiday) if row.day.month == 12 and row.day.year == 2026}
    assert days == {date(2026, 12, 24): HolidayKind.JOINT_LEAVE, date(2026, 12, 25): HolidayKind.NATIONAL}
    assert load_calendar(session).add(date(2026, 12, 23), 1) == date(2026, 12, 28)


def test_a_day_that_the_admin_adds_moves_deadlines(session: Session) -> None:
    session.add(Holiday(day=date(2026, 11, 19), name="Pilkades", kind=HolidayKind.LOCAL))
    session.commit()
    assert load_calendar(session).add(date(2026, 11, 18), 1) == date(2026, 11, 20)


@pytest.mark.parametrize("days", [0, -1])
def test_a_deadline_is_never_today(days: int) -> None:
    with pytest.raises(ValueError, match="at least one"):
        DECEMBER.add(date(2026, 11, 18), days)


@pytest.mark.parametrize(
    ("today", "due", "left"),
    [
        (date(2026, 11, 20), date(2026, 11, 20), 0),
        (date(2026, 11, 20), date(2026, 11, 23), 1),
        (date(2026, 11, 21), date(2026, 11, 20), -1),  # past, though no working day has passed
        (date(2026, 11, 23), date(2026, 11, 20), -1),
        (date(2026, 11, 24), date(2026, 11, 20), -2),
        (date(2026, 12, 28), date(2026, 12, 23), -1),
    ],
)
def test_what_is_left_is_zero_on_the_last_day_and_negative_after_it(today: date, due: date, left: int) -> None:
    assert DECEMBER.left(today, due) == left


def test_used_days_never_count_backwards() -> None:
    assert DECEMBER.used(date(2026, 12, 23), date(2026, 12, 28)) == 1
    assert DECEMBER.used(date(2026, 11, 18), date(2026, 11, 18)) == 0
    assert DECEMBER.used(date(2026, 11, 19), date(2026, 11, 18)) == 0


@given(calendar=CALENDARS, start=DAYS, days=LENGTHS)
def test_a_deadline_is_a_working_day_and_what_is_left_until_it_is_what_was_given(
    calendar: WorkingCalendar, start: date, days: int
) -> None:
    due = calendar.add(start, days)
    assert due.weekday() < 5
    assert due not in calendar.off
    assert calendar.left(start, due) == calendar.used(start, due) == days


@given(calendar=CALENDARS, start=DAYS, days=LENGTHS, more=LENGTHS)
def test_days_add_up(calendar: WorkingCalendar, start: date, days: int, more: int) -> None:
    assert calendar.add(calendar.add(start, days), more) == calendar.add(start, days + more)


@given(calendar=CALENDARS, today=DAYS, distance=st.integers(1, 40))
def test_once_it_has_passed_what_is_left_is_negative(calendar: WorkingCalendar, today: date, distance: int) -> None:
    assert calendar.left(today, today - timedelta(days=distance)) < 0


def test_days_begin_at_midnight_in_jakarta() -> None:
    assert local_day(datetime(2026, 11, 18, 16, 59, tzinfo=UTC)) == date(2026, 11, 18)
    assert local_day(datetime(2026, 11, 18, 17, 0, tzinfo=UTC)) == date(2026, 11, 19)
    assert day_begins(date(2026, 11, 18)) == datetime(2026, 11, 17, 17, 0, tzinfo=UTC)
    assert system_clock().tzinfo is UTC
