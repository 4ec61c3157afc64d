"""Keyset pages: the next page begins after the last row of this one, however many rows there are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Generic, TypeVar

PAGE_SIZE = 20
MAX_ID = 2**31 - 1
"""The highest id: PostgreSQL's integer."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICRO = timedelta(microseconds=1)
T = TypeVar("T")


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some rows, and where the next page begins (None: there is none)."""

    items: Sequence[T]
    after: str | None = None


def cut(rows: Sequence[T], key: Callable[[T], str], size: int = PAGE_SIZE) -> Page[T]:
    """A page of `size` rows out of `size + 1` that were read."""
    items = rows[:size]
    return Page(items, key(items[-1]) if len(rows) > size else None)


def cursor(*parts: object) -> str:
    """A cursor for an address: the parts joined by `~`."""
    return "~".join(str(part) for part in parts)


def split_cursor(text: str | None, parts: int) -> list[str] | None:
    """The parts of a cursor, or None when it is missing or malformed (the first page then)."""
    found = (text or "").split("~")
    return found if len(found) == parts and all(found) else None


def moment_cursor(at: datetime | None, row_id: int) -> str:
    """A cursor for rows ordered by an instant and an id; exact to the microsecond, as the database keeps it."""
    return cursor(((at or _EPOCH) - _EPOCH) // _MICRO, row_id)


def split_moment(text: str | None) -> tuple[datetime, int] | None:
    """The instant and the id of a cursor, or None when it is missing or made by hand (the first page then)."""
    parts = split_cursor(text, 2)
    try:
        at, row_id = (int(part) for part in parts or ())
        found = _EPOCH + at * _MICRO, row_id
    except (ValueError, OverflowError):
        return None
    return found if 0 <= row_id <= MAX_ID else None
