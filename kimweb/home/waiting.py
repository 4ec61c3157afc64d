"""The desk's rows: what waits for one person over all flows, the most urgent first, page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from itertools import groupby
from typing import Any

from sqlalchemy.orm import Session

from kimweb.announcements import queries as announcements
from kimweb.aspirations import queries as aspirations
from kimweb.clarifications import queries as clarifications
from kimweb.core.actor import Actor
from kimweb.core.calendar import WorkingCalendar
from kimweb.core.i18n import N_
from kimweb.core.paging import MAX_ID, Page, cursor, cut, split_cursor
from kimweb.news import queries as news

DESK_PAGE = 30


class Flow(StrEnum):
    """The flows of the desk, in the order in which rows of the same day stand; the values of `?alur=`."""

    ASPIRATION = "aspirasi"
    NEWS = "berita"
    FACT = "cek-fakta"
    ANNOUNCEMENT = "pengumuman"


UNDATED = frozenset({Flow.ANNOUNCEMENT})
"""Flows whose rows (drafts) have no due day."""


class Group(StrEnum):
    """The headings between the rows."""

    LATE = N_("Lewat batas")
    TODAY = N_("Hari ini")
    THIS_WEEK = N_("Minggu ini")
    LATER = N_("Nanti")
    OPEN = N_("Tanpa batas")


@dataclass(frozen=True, slots=True)
class DeskRow:
    """One decision that waits. `left`: working days until `due`, negative when late, 0 without a due day."""

    flow: Flow
    id: int
    due: date | None
    left: int
    group: Group
    subject: Any

    @property
    def place(self) -> Place:
        """Where it stands among all rows."""
        day: date = self.due or self.subject.starts_on
        return Place(self.flow in UNDATED, day, self.flow, self.id)


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """Where a row stands: those without a due day last (by the day on which they begin), then by day, flow and id."""

    undated: bool
    day: date
    flow: Flow
    id: int

    def cursor(self) -> str:
        """As it stands in an address."""
        return cursor(self.day, self.flow, self.id)


def read_place(text: str | None) -> Place | None:
    """Where a page begins; None (the first page) for a cursor that is missing or made by hand."""
    parts = split_cursor(text, 3)
    if parts is None:
        return None
    try:
        flow = Flow(parts[1])
        return Place(flow in UNDATED, date.fromisoformat(parts[0]), flow, min(max(int(parts[2]), 0), MAX_ID))
    except ValueError:
        return None


def counts(session: Session, actor: Actor) -> Mapping[Flow, int]:
    """How much waits in each flow (four statements)."""
    return {
        Flow.ASPIRATION: aspirations.count_waiting(session, actor),
        Flow.NEWS: news.count_waiting(session, actor),
        Flow.FACT: clarifications.count_waiting(session, actor),
        Flow.ANNOUNCEMENT: announcements.count_drafts(session, actor),
    }


def rows(
    session: Session, actor: Actor, calendar: WorkingCalendar, *, flow: Flow | None, after: Place | None
) -> Page[DeskRow]:
    """A page of what waits in one flow, or in all of them, by due day, flow and id."""
    found: list[DeskRow] = []
    for one in (flow,) if flow else Flow:
        for subject in _read(session, actor, one, _after(after, one)):
            found.append(_row(one, subject, actor.day, calendar))
    found.sort(key=lambda row: row.place)
    return cut(found[: DESK_PAGE + 1], lambda row: row.place.cursor(), DESK_PAGE)


def _read(session: Session, actor: Actor, flow: Flow, after: tuple[date, int] | None) -> Sequence[Any]:
    limit = DESK_PAGE + 1
    match flow:
        case Flow.ASPIRATION:
            return aspirations.waiting(session, actor, after=after, limit=limit)
        case Flow.NEWS:
            return news.waiting(session, actor, after=after, limit=limit)
        case Flow.FACT:
            return clarifications.waiting(session, actor, after=after, limit=limit)
        case Flow.ANNOUNCEMENT:
            return announcements.drafts_waiting(session, actor, after=after, limit=limit)


def _after(place: Place | None, flow: Flow) -> tuple[date, int] | None:
    """The place as one flow sees it: (day, id) after which its rows are still to come; None: all of them are.

    On the same day an earlier flow is through, and a later one has all its rows to come.
    """
    if place is None or (flow in UNDATED and not place.undated):
        return None
    if place.undated and flow not in UNDATED:
        return date.max, MAX_ID
    if flow is place.flow:
        return place.day, place.id
    return place.day, 0 if flow > place.flow else MAX_ID


def _row(flow: Flow, subject: Any, today: date, calendar: WorkingCalendar) -> DeskRow:
    due: date | None = getattr(subject, "due_on", None)
    left = calendar.left(today, due) if due else 0
    return DeskRow(flow, subject.id, due, left, _group(today, due, left), subject)


def _group(today: date, due: date | None, left: int) -> Group:
    if due is None:
        return Group.OPEN
    if left <= 0:
        return Group.LATE if left else Group.TODAY
    sunday = today + timedelta(days=6 - today.weekday())
    return Group.THIS_WEEK if due <= sunday else Group.LATER


def grouped(found: Sequence[DeskRow]) -> list[tuple[Group, list[DeskRow]]]:
    """The rows under their headings, in their order."""
    return [(group, list(members)) for group, members in groupby(found, lambda row: row.group)]
