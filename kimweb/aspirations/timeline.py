"""The way of an aspiration as its page shows it: who, when, how long each desk took; and what this reader may see."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from kimweb.aspirations import policy, queries
from kimweb.aspirations.models import SENDER_ERASED, Aspiration, AspirationPhoto, Verb
from kimweb.core import audit
from kimweb.core.actor import Actor
from kimweb.core.calendar import local_day
from kimweb.core.photos import COVERED, DESCRIBED


@dataclass(frozen=True, slots=True)
class Sees:
    """What this reader may see of an aspiration."""

    name: bool
    phone: bool
    hours: bool
    messages: bool
    photos: tuple[AspirationPhoto, ...]


def sees(actor: Actor, row: Aspiration) -> Sees:
    """What the actor sees of it."""
    return Sees(
        name=bool(row.name) and policy.can_see_name(actor, row),
        phone=bool(row.phone) and policy.can_see_sender(actor, row),
        hours=policy.can_see_hours(actor, row),
        messages=policy.can_read_messages(actor, row),
        photos=tuple(photo for photo in row.photos if policy.can_see_photo(actor, row, photo)),
    )


_UNTOLD = (Verb.TIGHTEN, COVERED, DESCRIBED, SENDER_ERASED)
"""What the public does not read: what the sender hid later, and what was mended on photos."""


@dataclass(frozen=True, slots=True)
class Week:
    """The week, Monday to Sunday, that the public sees of an anonymous one."""

    first: date
    last: date


def week_of(day: date) -> Week:
    """The week in which a day lies."""
    monday = day - timedelta(days=day.weekday())
    return Week(monday, monday + timedelta(days=6))


def steps(session: Session, row: Aspiration, actor: Actor) -> list[audit.Entry]:
    """What happened, oldest first. Reasons are words between desks and sender: nobody else reads them, nor sees the
    sender's privacy changes and what was mended on photos."""
    entries = audit.history(session, row.audit_kind, row.audit_id)
    if policy.can_read_messages(actor, row):
        return entries
    return [replace(entry, text=None) for entry in entries if entry.verb not in _UNTOLD]


def last_change(session: Session, actor: Actor, code: str) -> audit.Entry | None:
    """The newest entry of an aspiration, if the actor is its sender or an official on its way."""
    row = queries.by_code(session, code)
    official = row is not None and policy.can_read_messages(actor, row)
    return audit.last(session, Aspiration.audit_kind, code) if official else None


def week(entry: audit.Entry) -> Week:
    """The week of an entry."""
    return week_of(local_day(entry.at))
