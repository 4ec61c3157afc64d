"""Sending an aspiration: what comes in, and on whose desk it falls first."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from kimweb.accounts.queries import village_has_moderator
from kimweb.aspirations import queries
from kimweb.aspirations.models import Aspiration, AspirationPhoto, Desk, Kind, State, Verb
from kimweb.aspirations.workflow import VERIFY_DAYS, above_village
from kimweb.core import idempotency, photos, pins, throttle
from kimweb.core.actor import Role, visitor
from kimweb.core.calendar import load_calendar, local_day
from kimweb.core.codes import new_code
from kimweb.core.db import writing
from kimweb.core.photos import NewPhoto, PhotoChange
from kimweb.core.workflow import Step, note

SEND_LIMIT, SEND_MINUTES = 30, 10
RECEIPT_MINUTES = 15


@dataclass(frozen=True, slots=True)
class NewAspiration:
    """What a villager writes (the form's fields, checked)."""

    village_code: str
    kind: Kind
    category_code: str
    title: str
    body: str
    place: str = ""
    name: str = ""
    phone: str = ""
    hide_name: bool = True
    hide_text: bool = False
    about_village: bool = False
    about_district: bool = False
    village_may_read: bool = False

    @property
    def bypasses_village(self) -> bool:
        """About the village's own officials, or secret unless the sender lets the village read it."""
        return self.about_village or (self.hide_text and not self.village_may_read)


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the sender gets. The same form again shows the PIN for 15 minutes, until the sender closes the receipt:
    phones are shared, and "Back" keeps what was typed."""

    code: str
    shows_pin: bool


def send_aspiration(
    session: Session,
    new: NewAspiration,
    *,
    key: str | None,
    network: str,
    now: datetime,
    pictures: Sequence[NewPhoto] = (),
    make_code: Callable[[], str] = new_code,
) -> Receipt:
    """Take in an aspiration with its photos (`make_code`: where codes come from).

    The same key with the same content, photos included, gives the first one's code and stores nothing. More than 30
    sends from a network in 10 minutes are accepted and marked for a look ("ditahan").
    """
    with writing(session):
        code = make_code()
        while queries.code_taken(session, code):
            code = make_code()
        content = {**asdict(new), "photos": [photo.picture.hash for photo in pictures]}
        held = idempotency.claim(session, key=key, content=content, kind="aspiration", subject_id=code, now=now)
        fresh = now - held.at < timedelta(minutes=RECEIPT_MINUTES) and not held.closed
        if held.subject_id == code:
            row = _store(session, new, code, network=network, now=now)
            photos.change(session, AspirationPhoto, row.id, PhotoChange(add=tuple(pictures)))
        return Receipt(held.subject_id, shows_pin=fresh)


def close_receipt(session: Session, *, code: str) -> None:
    """The sender has noted code and PIN: whoever sends the same form again from this phone gets neither."""
    with writing(session):
        idempotency.close(session, kind="aspiration", subject_id=code)


def _store(session: Session, new: NewAspiration, code: str, *, network: str, now: datetime) -> Aspiration:
    bucket = f"send:{network}"
    held = throttle.count(session, bucket, now=now, minutes=SEND_MINUTES) >= SEND_LIMIT
    throttle.add(session, bucket, now=now)
    today = local_day(now)
    desk = first_desk(new, has_moderator=village_has_moderator(session, new.village_code, today))
    due = load_calendar(session).add(today, VERIFY_DAYS)
    fields = {name: value for name, value in asdict(new).items() if name != "village_may_read"}
    row = Aspiration(
        **fields,
        code=code,
        village_bypassed=new.bypasses_village,
        held=held,
        state=State.RECEIVED,
        version=1,
        created_at=now,
        updated_at=now,
        desk=desk,
        desk_since=today,
        due_on=due,
    )
    session.add(row)
    session.flush()
    step = Step(visitor(today), now, detail={"desk": str(desk), "due": due.isoformat()})
    note(session, row, Verb.SEND, step, role=Role.SENDER)
    return row


def first_desk(new: NewAspiration, *, has_moderator: bool) -> Desk:
    """The village's moderator; the district when the village is by-passed or without one; the regency instead of a
    district that it is about."""
    if has_moderator and not new.bypasses_village:
        return Desk.VILLAGE
    return above_village(about_district=new.about_district)


def check_pin(session: Session, *, code: str, pin: str, server_key: str, network: str, now: datetime) -> bool:
    """Whether code and PIN belong together; raises TooMany (core.pins)."""

    def counter() -> int | None:
        row = queries.by_code(session, code)
        return row.pin_counter if row else None

    who = {"server_key": server_key, "network": network}
    with writing(session):
        return pins.check_pin(session, name=code, pin=pin, counter=counter, now=now, **who)
