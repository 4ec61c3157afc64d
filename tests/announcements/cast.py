"""The people and the announcements of these tests."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.accounts import actions as accounts
from kimweb.accounts.passwords import Passwords
from kimweb.accounts.queries import load_actor
from kimweb.announcements import actions
from kimweb.announcements.actions import Content
from kimweb.announcements.models import Announcement, State, Urgency
from kimweb.announcements.policy import Office
from kimweb.areas.models import Agency
from kimweb.core.actor import REGENCY, Actor, Role, visitor
from kimweb.core.workflow import Step
from tests.support.clock import START

PASSWORD = "kata-sandi-untuk-uji"
TODAY = START.date()
SEKAYU, LAIS = "16.06.01", "16.06.02"
SUKARAMI, LUMPATAN, KAYU_ARA, DANAU_CALA = "16.06.01.2001", "16.06.01.2002", "16.06.01.1009", "16.06.02.2001"
EVERYWHERE, IN_SEKAYU, IN_LAIS = 242, 14, 16


@dataclass(frozen=True)
class Cast:
    """Everyone, by name, and the agency for which Dewi writes."""

    people: dict[str, Actor]
    pupr: int

    def __getitem__(self, name: str) -> Actor:
        return self.people[name]

    @property
    def offices(self) -> dict[str, tuple[str, Office]]:
        """An office of each kind, and who writes in its name."""
        return {
            "district": ("rahman", Office(SEKAYU)),
            "regency": ("agus", Office(REGENCY)),
            "agency": ("dewi", Office(REGENCY, self.pupr)),
        }


def gather(session: Session) -> Cast:
    """Make accounts and roles; Rina reviews the neighbouring district, Tono works for another agency."""
    agencies = {row.code: row.id for row in session.scalars(sa.select(Agency))}
    password_hash = Passwords((1, 8, 1)).hash(PASSWORD)
    roles: list[tuple[str, Role, dict[str, Any]]] = [
        ("budi", Role.MEMBER, {"area_code": SUKARAMI}),
        ("sari", Role.MODERATOR, {"area_code": SUKARAMI}),
        ("rahman", Role.REVIEWER, {"area_code": SEKAYU}),
        ("rina", Role.REVIEWER, {"area_code": LAIS}),
        ("dewi", Role.AGENCY, {"agency_id": agencies["PUPR"]}),
        ("tono", Role.AGENCY, {"agency_id": agencies["DINKES"]}),
        ("agus", Role.ADMIN, {"area_code": REGENCY}),
    ]
    people = {"warga": visitor(TODAY)}
    for name, role, place in roles:
        user = accounts.create_user(session, username=name, name=name.title(), password_hash=password_hash, now=START)
        accounts.grant_role(session, user=user, role=role, now=START, **place)
        people[name] = load_actor(session, user, START)
    return Cast(people, agencies["PUPR"])


def content(**changes: Any) -> Content:
    """An announcement for Sekayu, from today for a week."""
    values: dict[str, Any] = {
        "title": "Imunisasi polio Sabtu ini",
        "body": "Bawa buku KIA.",
        "urgency": Urgency.NORMAL,
        "starts_on": TODAY,
        "ends_on": TODAY + timedelta(days=7),
        "areas": (SEKAYU,),
    }
    return Content(**(values | changes))


def put(
    session: Session, cast: Cast, office: str = "regency", state: State = State.PUBLISHED, **changes: Any
) -> Announcement:
    """An announcement of an office, in a state that it reached through the actions."""
    author, speaks_for = cast.offices[office]
    row = actions.write_announcement(session, Step(cast[author], START), office=speaks_for, content=content(**changes))
    agus = cast["agus"]
    if state is not State.DRAFT:
        actions.publish_announcement(session, Step(agus, START), announcement_id=row.id)
    if state is State.WITHDRAWN:
        actions.withdraw_announcement(session, Step(agus, START, reason="Salah tanggal."), announcement_id=row.id)
    return row


def day(offset: int) -> date:
    """A day counted from today."""
    return TODAY + timedelta(days=offset)
