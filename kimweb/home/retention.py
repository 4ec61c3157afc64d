"""How long things are kept (UU 27/2022): what is older goes, one transaction a kind, and the record says how many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from kimweb.accounts import erasing as accounts
from kimweb.aspirations import erasing as aspirations
from kimweb.core import audit, idempotency, throttle
from kimweb.core.actor import Role
from kimweb.core.calendar import local_day
from kimweb.core.db import writing
from kimweb.news import reporting

KINDS: Mapping[str, tuple[str, Callable[[Session, datetime], int]]] = {
    "identity": (
        "nama dan telepon pada aspirasi yang selesai",
        lambda session, before: aspirations.forget_senders(session, closed_before=local_day(before)),
    ),
    "sessions": (
        "perangkat yang pernah masuk",
        lambda session, before: accounts.forget_sessions(session, before=before),
    ),
    "attempts": ("hitungan percobaan", lambda session, before: throttle.forget(session, before=before)),
    "keys": ("kunci kiriman", lambda session, before: idempotency.forget(session, before=before)),
    "slips": (
        "undangan dan slip yang terpakai atau lewat",
        lambda session, before: accounts.forget_slips(session, before=before),
    ),
    "reports": ("laporan pembaca", lambda session, before: reporting.forget(session, before=before)),
}
"""What is kept for a time: its name to people, and what removes it."""


@dataclass(frozen=True, slots=True)
class Removed:
    """How many of a kind went (or would), which were older than `days`."""

    kind: str
    name: str
    days: int
    count: int


class _OnlyAsked(Exception):
    """Ends a transaction whose changes were only to be counted."""


def retain(session: Session, *, days: Mapping[str, int], now: datetime, dry_run: bool = False) -> list[Removed]:
    """Remove what is older than `days` (by kind); with `dry_run`, only count it. Safe to repeat."""
    return [
        Removed(kind, name, days[kind], _remove(session, kind, now - timedelta(days=days[kind]), now, dry_run=dry_run))
        for kind, (name, _remover) in KINDS.items()
    ]


def _remove(session: Session, kind: str, before: datetime, now: datetime, *, dry_run: bool) -> int:
    count = 0
    try:
        with writing(session):
            count = KINDS[kind][1](session, before)
            if dry_run:
                raise _OnlyAsked
            if count:
                detail = {"removed": count, "before": before.isoformat()}
                audit.record(session, audit.Entry(now, "retention", kind, "retain", Role.SYSTEM, detail=detail))
    except _OnlyAsked:
        pass
    return count
