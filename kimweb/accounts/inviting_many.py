"""Inviting everybody in a file, once: a double send shows the first sheet, and slips that are open already are told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from kimweb.accounts import invitations, queries
from kimweb.accounts.csvfile import Reading, Row
from kimweb.core import idempotency
from kimweb.core.actor import Actor, Holding
from kimweb.core.db import lock, writing
from kimweb.core.errors import Invalid, KimError
from kimweb.core.i18n import N_

KIND = "people_file"
Seat = tuple[Row, Holding]
MISSING, ALL = "belum", "semua"
"""What to do with a file of whom some have an open slip: make the missing ones, or all once more."""


@dataclass(frozen=True, slots=True)
class Sending:
    """A file as it was sent: `key` of the form's load; `choice`: MISSING, ALL, or "" before anybody was asked."""

    key: str | None
    reading: Reading = field(repr=False)
    choice: str = ""


class AlreadyOpen(KimError):
    """Some have an open slip for the same role on the same place already; nothing was made."""

    def __init__(self, count: int, of: int) -> None:
        """`count` of the `of` people in the file."""
        super().__init__("Sebagian sudah punya slip yang terbuka.")
        self.count = count
        self.of = of


def invite_file(session: Session, *, actor: Actor, now: datetime, server_key: str, sending: Sending) -> str:
    """Invite everybody in a file, or nobody; returns the batch under which the slips are printed: of the same file sent
    again with the same key, the first one's. Raises Invalid, whose fields name the lines that are wrong, AlreadyOpen
    without a choice, and NotAllowed."""
    with writing(session):
        lock(session, f"{KIND}:{actor.user_id}")  # two taps at once make one sheet
        rows = sending.reading.rows
        seats = invitations.seats_of(session, actor=actor, rows=rows, faults=sending.reading.faults)
        lines = [[row.name, row.role, row.code] for row in rows]
        content = {"by": actor.user_id, "rows": lines, "choice": sending.choice}
        if (first := idempotency.claimed(session, key=sending.key, content=content, kind=KIND)) is not None:
            return first.subject_id
        chosen = _chosen(seats, queries.open_seats(session, now), sending.choice)
        batch = invitations.invite_all(session, actor=actor, now=now, server_key=server_key, seats=chosen)
        idempotency.claim(session, key=sending.key, content=content, kind=KIND, subject_id=batch, now=now)
        return batch


def _chosen(seats: Sequence[Seat], taken: set[tuple[str, Holding]], choice: str) -> list[Seat]:
    missing = [(row, held) for row, held in seats if (row.name.casefold(), held) not in taken]
    if choice == ALL or len(missing) == len(seats):
        return list(seats)
    if choice != MISSING:
        raise AlreadyOpen(len(seats) - len(missing), len(seats))
    if not missing:
        sentence = N_("Semua orang di berkas ini sudah punya slip yang terbuka.")
        raise Invalid("Tidak ada yang diundang.", {"": sentence})
    return missing
