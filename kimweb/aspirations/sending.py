"""Sending an aspiration: what comes in, and on whose desk it falls first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from kimweb.accounts.queries import village_has_moderator
from kimweb.aspirations import queries
from kimweb.aspirations.models import Aspiration, Desk, Kind, State, Verb
from kimweb.aspirations.workflow import VERIFY_DAYS
from kimweb.core import audit, idempotency, throttle
from kimweb.core.actor import Role
from kimweb.core.calendar import load_calendar, local_day
from kimweb.core.codes import new_code
from kimweb.core.db import writing

SEND_LIMIT = 30
SEND_MINUTES = 10


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


def send_aspiration(
    session: Session,
    new: NewAspiration,
    *,
    key: str | None,
    network: str,
    now: datetime,
    make_code: Callable[[], str] = new_code,
) -> str:
    """Take in an aspiration; returns its code (`make_code`: where codes come from).

    The same key with the same content gives the first one's code and stores nothing. More than 30 sends from a
    network in 10 minutes are accepted and marked for a look ("ditahan").
    """
    with writing(session):
        code = make_code()
        while queries.code_taken(session, code):
            code = make_code()
        held_by = idempotency.claim(session, key=key, content=asdict(new), kind="aspiration", subject_id=code, now=now)
        if held_by != code:
            return held_by
        _store(session, new, code, network=network, now=now)
    return code


def _store(session: Session, new: NewAspiration, code: str, *, network: str, now: datetime) -> None:
    bucket = f"send:{network}"
    held = throttle.count(session, bucket, now=now, minutes=SEND_MINUTES) >= SEND_LIMIT
    throttle.add(session, bucket, now=now, keep_minutes=SEND_MINUTES)
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
    audit.record(
        session,
        audit.Entry(
            at=now,
            kind=row.audit_kind,
            subject_id=code,
            verb=Verb.SEND,
            role=Role.SENDER,
            area_code=new.village_code,
            after=State.RECEIVED,
            detail={"desk": str(desk), "due": due.isoformat()},
        ),
    )


def first_desk(new: NewAspiration, *, has_moderator: bool) -> Desk:
    """The village's moderator; the district when the village is by-passed or without one; the regency instead of a
    district that it is about."""
    if has_moderator and not new.bypasses_village:
        return Desk.VILLAGE
    return Desk.REGENCY if new.about_district else Desk.DISTRICT
