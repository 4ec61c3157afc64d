"""Working days and deadlines. Every rule runs in Asia/Jakarta; the weekend is Saturday and Sunday.

Off days are national holidays and cuti bersama (SKB 3 Menteri, from the `holidays` package) and days that the admin
adds. Deadlines follow SP4N-LAPOR!: 3 working days to verify, 5/14/60 to follow up, 10 to close.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from kimweb.core.db import Base

JAKARTA = ZoneInfo("Asia/Jakarta")

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """The instant now (aware, UTC)."""
    return datetime.now(UTC)


def local_day(at: datetime) -> date:
    """The calendar day of an instant in Asia/Jakarta."""
    return at.astimezone(JAKARTA).date()


def day_begins(day: date) -> datetime:
    """The first instant of a day in Asia/Jakarta (aware, UTC)."""
    return datetime.combine(day, time.min, tzinfo=JAKARTA).astimezone(UTC)


class HolidayKind(StrEnum):
    """Where an off day comes from."""

    NATIONAL = "nasional"
    JOINT_LEAVE = "cuti_bersama"
    LOCAL = "daerah"


class Holiday(Base):
    """A day on which no deadline runs."""

    __tablename__ = "holidays"

    day: Mapped[date] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    kind: Mapped[HolidayKind]


@dataclass(frozen=True, slots=True)
class WorkingCalendar:
    """Which days are working days."""

    off: frozenset[date]

    def is_working(self, day: date) -> bool:
        """Whether desks work on `day`."""
        return day.weekday() < 5 and day not in self.off

    def add(self, day: date, days: int) -> date:
        """The `days`-th working day after `day` (the day itself never counts). `days` is 1 or more."""
        if days < 1:
            raise ValueError("a deadline is at least one working day away")
        while days:
            day += timedelta(days=1)
            days -= self.is_working(day)
        return day

    def left(self, today: date, due: date) -> int:
        """Working days from today until `due`: 0 on the day itself, negative once it has passed."""
        step, sign = (today, 1) if due >= today else (due, -1)
        end = max(today, due)
        count = 0
        while step < end:
            step += timedelta(days=1)
            count += self.is_working(step)
        return sign * count if due >= today else -max(count, 1)

    def used(self, since: date, until: date) -> int:
        """Working days after `since` up to and including `until`."""
        return max(self.left(since, until), 0)


def load_calendar(session: Session) -> WorkingCalendar:
    """The calendar with every off day in the database (one statement)."""
    return WorkingCalendar(frozenset(session.scalars(sa.select(Holiday.day))))
