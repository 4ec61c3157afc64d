"""What must happen later: a row, written in the transaction of what it belongs to, and worked off by `kimweb work`.

A row names what is to happen and to whom, by number or name; never a text, an address or a secret
(docs/decisions/0017). A worker claims a row by moving it into the future: two workers never hold the same one, and one
that died gives it back when that time is over.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from kimweb.core.calendar import Clock
from kimweb.core.db import Base, changed, writing

HELD = timedelta(minutes=10)
"""How long a worker has a row for itself; longer than any mail takes (core.mail: at most some ten steps of 20 s)."""
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240))
"""How long to wait after the first, second, … try that failed; after as many and one more it is given up."""
log = logging.getLogger("kimweb")


class Waiting(Base):
    """One thing to do. `due_at`: not before; `tries`: how often it was begun."""

    __tablename__ = "outbox"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(32))
    subject: Mapped[str] = mapped_column(sa.String(64))
    created_at: Mapped[datetime]
    due_at: Mapped[datetime] = mapped_column(index=True)
    tries: Mapped[int] = mapped_column(default=0)


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed row; `tries` counts the one that begins now."""

    id: int
    kind: str
    subject: str
    created_at: datetime
    tries: int


Handler = Callable[[Session, Job], None]
"""Does it, in transactions of its own; whatever it raises means: again later. Done late or twice it must do no harm."""


def enqueue(session: Session, *, kind: str, subject: str, now: datetime) -> None:
    """Ask for something to be done after this transaction. Needs a write transaction."""
    session.add(Waiting(kind=kind, subject=subject, created_at=now, due_at=now, tries=0))


def claim(session: Session, *, now: datetime) -> Job | None:
    """Take the row that has been due for longest, for HELD; None when nothing is due."""
    due = sa.select(Waiting).where(Waiting.due_at <= now).order_by(Waiting.due_at, Waiting.id).limit(1)
    if session.scalar(due) is None:
        return None  # most of the time: without the write lock, that readers' senders wait for
    with writing(session):
        row = session.scalar(due.with_for_update(skip_locked=True).execution_options(populate_existing=True))
        if row is None:
            return None
        row.tries, row.due_at = row.tries + 1, now + HELD
        return Job(row.id, row.kind, row.subject, row.created_at, row.tries)


def finish(session: Session, job: Job) -> None:
    """It is done, or given up: the row goes, unless somebody else holds it by now."""
    with writing(session):
        changed(session, sa.delete(Waiting).where(Waiting.id == job.id, Waiting.tries == job.tries))


def postpone(session: Session, job: Job, *, now: datetime) -> bool:
    """It failed: again later, longer with each try; False when that was the last."""
    if job.tries > len(WAITS):
        finish(session, job)
        return False
    mine = Waiting.id == job.id, Waiting.tries == job.tries
    with writing(session):
        changed(session, sa.update(Waiting).where(*mine).values(due_at=now + WAITS[job.tries - 1]))
    return True


def _named(error: Exception) -> str:
    """Its kind alone: what it says may hold an address."""
    return type(error).__name__


def work_off_one(
    session: Session, *, handlers: Mapping[str, Handler], clock: Clock, told: Callable[[Exception], str] = _named
) -> bool:
    """Do what has been due for longest; False when nothing is. `told`: what the log may say about an error."""
    job = claim(session, now=clock())
    if job is None:
        return False
    try:
        handlers[job.kind](session, job)
    except Exception as error:  # whatever it is: the others must go on, and this one comes again
        again = "comes again" if postpone(session, job, now=clock()) else "is given up"
        log.warning("outbox %d (%s) failed, try %d, %s: %s", job.id, job.kind, job.tries, again, told(error))
    else:
        finish(session, job)
    return True
