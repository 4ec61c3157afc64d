"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from kimweb.core.calendar import JAKARTA

START = datetime(2026, 11, 18, 9, 0, tzinfo=JAKARTA)  # a Wednesday; no holiday within two weeks on either side


class FrozenClock:
    """Called, it tells the same instant (aware, UTC) again and again."""

    def __init__(self, start: datetime = START) -> None:
        self._now = start.astimezone(UTC)

    def __call__(self) -> datetime:
        """The instant now."""
        return self._now

    def advance(self, *, days: float = 0, hours: float = 0, minutes: float = 0) -> datetime:
        """Move on (or back, when negative) and tell the new instant."""
        self._now += timedelta(days=days, hours=hours, minutes=minutes)
        return self._now

    def set(self, now: datetime) -> None:
        """Jump to an instant; it must know its time zone."""
        if now.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        self._now = now.astimezone(UTC)
