"""Handing in a claim: what comes in, and on whose desk it falls; part of actions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from kimweb.clarifications import queries
from kimweb.clarifications.models import Clarification, ClarificationPhoto, SeenIn, State, Verb
from kimweb.clarifications.workflow import ANSWER_DAYS
from kimweb.core import idempotency, photos, pins, throttle
from kimweb.core.actor import Role, visitor
from kimweb.core.calendar import load_calendar, local_day
from kimweb.core.codes import new_code
from kimweb.core.db import writing
from kimweb.core.photos import NewPhoto, PhotoChange
from kimweb.core.workflow import Step, note

SEND_LIMIT, SEND_MINUTES = 30, 10
RECEIPT_MINUTES = 15
MOST_PHOTOS = 1


@dataclass(frozen=True, slots=True)
class NewClaim:
    """What somebody heard (the form's fields, checked)."""

    claim: str
    seen_in: SeenIn
    link: str = ""
    village_code: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender gets; the same form again shows the PIN for 15 minutes, until the sender closes the receipt."""

    code: str
    shows_pin: bool


def send_claim(
    session: Session,
    new: NewClaim,
    *,
    key: str | None,
    network: str,
    now: datetime,
    pictures: Sequence[NewPhoto] = (),
    make_code: Callable[[], str] = new_code,
) -> Receipt:
    """Take in a claim with its photo (`make_code`: where codes come from).

    The same key with the same content gives the first one's code and stores nothing. More than 30 from a network in 10
    minutes are taken in and marked for a look.
    """
    with writing(session):
        code = make_code()
        while queries.code_taken(session, code):
            code = make_code()
        content = {**asdict(new), "photos": [photo.picture.hash for photo in pictures]}
        held = idempotency.claim(session, key=key, content=content, kind="clarification", subject_id=code, now=now)
        fresh = now - held.at < timedelta(minutes=RECEIPT_MINUTES) and not held.closed
        if held.subject_id == code:
            row = _store(session, new, code, network=network, now=now)
            change = PhotoChange(add=tuple(pictures))
            photos.change(session, ClarificationPhoto, row.id, change, most=MOST_PHOTOS)
        return Receipt(held.subject_id, shows_pin=fresh)


def _store(session: Session, new: NewClaim, code: str, *, network: str, now: datetime) -> Clarification:
    bucket = f"claim:{network}"
    held = throttle.count(session, bucket, now=now, minutes=SEND_MINUTES) >= SEND_LIMIT
    throttle.add(session, bucket, now=now)
    today = local_day(now)
    due = load_calendar(session).add(today, ANSWER_DAYS)
    row = Clarification(**asdict(new), code=code, held=held, state=State.RECEIVED, version=1, due_on=due)
    row.created_at = row.updated_at = now
    session.add(row)
    session.flush()
    step = Step(visitor(today), now, detail={"due": due.isoformat()})
    note(session, row, Verb.SEND, step, role=Role.SENDER)
    return row


def close_receipt(session: Session, *, code: str) -> None:
    """The sender has noted code and PIN: whoever sends the same form again from this phone gets neither."""
    with writing(session):
        idempotency.close(session, kind="clarification", subject_id=code)


def check_pin(session: Session, *, code: str, pin: str, server_key: str, network: str, now: datetime) -> bool:
    """Whether code and PIN belong together; raises TooMany (core.pins)."""

    def counter() -> int | None:
        row = queries.by_code(session, code)
        return row.pin_counter if row else None

    who = {"server_key": server_key, "network": network}
    with writing(session):
        return pins.check_pin(session, name=f"clarification:{code}", pin=pin, counter=counter, now=now, **who)
