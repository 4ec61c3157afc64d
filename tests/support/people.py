"""The personas in the real areas, and what they wrote: rows put down directly, as fast as the database takes them.

Budi and Wati are members and Sari the moderator in Sukarami; nobody moderates Lumpatan next door, so Rahman, the
district's reviewer, steps in there. Siti (moderator) and Rina (reviewer) sit in the neighbouring district.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.accounts.models import Absence, RoleGrant, User
from kimweb.accounts.passwords import Passwords
from kimweb.accounts.queries import load_actor
from kimweb.areas.models import Agency
from kimweb.aspirations.models import Aspiration, Desk, Kind
from kimweb.aspirations.models import State as AspirationState
from kimweb.clarifications.models import Clarification, ClarificationArea, SeenIn, Verdict
from kimweb.clarifications.models import State as ClaimState
from kimweb.core.actor import REGENCY, Actor, Holding, Role, visitor
from kimweb.core.codes import ALPHABET
from kimweb.core.db import writing
from kimweb.news.models import News
from kimweb.news.models import State as NewsState
from tests.support.clock import START

SUKARAMI, LUMPATAN, WARD = "16.06.01.2001", "16.06.01.2002", "16.06.01.1009"
SEKAYU, LAIS = "16.06.01", "16.06.02"
ELSEWHERE = "16.06.02.2001"
TODAY = START.date()
PASSWORD = "kata-sandi-untuk-uji"
_HASH = Passwords((1, 8, 1)).hash(PASSWORD)
_ROLES: dict[str, tuple[Role, str]] = {
    "budi": (Role.MEMBER, SUKARAMI),
    "wati": (Role.MEMBER, SUKARAMI),
    "sari": (Role.MODERATOR, SUKARAMI),
    "siti": (Role.MODERATOR, ELSEWHERE),
    "rahman": (Role.REVIEWER, SEKAYU),
    "rina": (Role.REVIEWER, LAIS),
    "dewi": (Role.AGENCY, "PUPR"),
    "tono": (Role.AGENCY, "DINKES"),
    "camat": (Role.AGENCY, f"KEC-{SEKAYU}"),
    "kades": (Role.AGENCY, f"DESA-{SUKARAMI}"),
    "agus": (Role.ADMIN, REGENCY),
}
EVERYBODY = ("visitor", *_ROLES, "nobody")
_ONCE_PUBLIC = (NewsState.PUBLISHED, NewsState.REVISING, NewsState.WITHDRAWN)
SYSTEM = Actor(day=TODAY, holdings=frozenset({Holding(Role.SYSTEM, REGENCY)}))


def day(offset: int) -> date:
    """Calendar days from today (negative: before)."""
    return TODAY + timedelta(days=offset)


def code_of(number: int) -> str:
    """The n-th of a row of valid codes."""
    digits = "".join(ALPHABET[number // 30**power % 30] for power in range(5, -1, -1))
    return f"{digits[:3]}-{digits[3:]}"


def proof(row: Aspiration | Clarification, on: date = TODAY) -> Actor:
    """The visitor who proved, by code and PIN, to have sent it."""
    return visitor(on, [row.proof])


@dataclass
class People:
    """Everybody by name, and a place to put down what they wrote."""

    session: Session
    users: dict[str, User] = field(default_factory=dict)
    agencies: dict[str, int] = field(default_factory=dict)
    numbers: Any = field(default_factory=lambda: count(1))

    def gather(self) -> People:
        """Make the accounts; each signed in just now. "nobody" has an account and no role."""
        self.agencies = {row.code: row.id for row in self.session.scalars(sa.select(Agency))}
        with writing(self.session):
            for name in (*_ROLES, "nobody"):
                self.users[name] = self._account(name)
            self.session.add_all(self.users.values())
            self.session.flush()
            for name, (role, place) in _ROLES.items():
                self.session.add(self._grant(name, role, place))
        return self

    def _account(self, name: str) -> User:
        return User(username=name, name=name.title(), password_hash=_HASH, created_at=START, signed_in_at=START)

    def _grant(self, name: str, role: Role, place: str) -> RoleGrant:
        agency = self.agencies.get(place)
        area = None if agency else place
        return RoleGrant(user_id=self.users[name].id, role=role, area_code=area, agency_id=agency, starts_on=day(-100))

    def put(self, *rows: Any) -> Any:
        """Keep rows; returns the first."""
        with writing(self.session):
            self.session.add_all(rows)
        return rows[0]

    def actor(self, name: str, at: datetime = START, proofs: frozenset[str] = frozenset()) -> Actor:
        """Who acts, with what counts at `at`; "visitor" has no account."""
        if name == "visitor":
            return visitor(at.date(), proofs)
        return load_actor(self.session, self.users[name], at, proofs)

    def away(self, name: str, stand_in: str, days: int = 2) -> None:
        """Somebody is away from today on, and a colleague of the same place stands in."""
        pair = [self.users[each].id for each in (name, stand_in)]
        self.put(
            *(RoleGrant(user_id=each, role=Role.MEMBER, area_code=WARD, starts_on=day(-9)) for each in pair),
            Absence(user_id=pair[0], stand_in_id=pair[1], starts_on=TODAY, ends_on=day(days)),
        )

    def news(self, state: NewsState = NewsState.PUBLISHED, **changes: Any) -> News:
        """A piece by Budi, not kept yet."""
        fields: dict[str, Any] = {
            "author_id": self.users["budi"].id,
            "area_code": SUKARAMI,
            "title": "Jalan poros RT 03 selesai dicor",
            "body": "Selesai hari Senin.",
            "state": state,
            "version": 1,
            "created_at": START,
            "updated_at": START,
            "due_on": day(2) if state in (NewsState.SUBMITTED, NewsState.REVISING) else None,
            "published_at": START if state in _ONCE_PUBLIC else None,
        }
        return News(**(fields | changes))

    def aspiration(self, state: AspirationState = AspirationState.RECEIVED, **changes: Any) -> Aspiration:
        """An anonymous complaint from Sukarami in some state, on the desk where that state lies, not kept yet."""
        return Aspiration(
            **(_aspiration(state, self.agencies["PUPR"]) | {"code": code_of(next(self.numbers))} | changes)
        )

    def claim(self, state: ClaimState = ClaimState.RECEIVED, **changes: Any) -> Clarification:
        """A claim from Sukarami in some state, not kept yet. Who examined and released it is not told."""
        open_, standing = state in (ClaimState.RECEIVED, ClaimState.EXAMINED), state is ClaimState.PUBLISHED
        fields: dict[str, Any] = {
            "code": code_of(next(self.numbers)),
            "village_code": SUKARAMI,
            "claim": "Katanya beras bantuan harus ditebus.",
            "seen_in": SeenIn.WHATSAPP,
            "state": state,
            "version": 1,
            "created_at": START,
            "updated_at": START,
            "due_on": day(1) if open_ else None,
            "published_at": START if standing or state is ClaimState.WITHDRAWN else None,
        }
        if state is not ClaimState.RECEIVED:
            fields |= FINDING
        row = Clarification(**(fields | changes))
        row.audience = [ClarificationArea(area_code=SUKARAMI)]
        return row


FINDING: dict[str, Any] = {
    "title": "Beras bantuan gratis, tidak perlu ditebus",
    "verdict": Verdict.FALSE,
    "claimed": "Beras bantuan harus ditebus lima puluh ribu.",
    "truth": "Beras bantuan gratis, diambil di kantor desa.",
    "forward": "CEK FAKTA: SALAH",
    "sources": [{"title": "Surat Dinas Sosial", "where": "Dinas Sosial, 16 November 2026"}],
}
_DESKS = {
    AspirationState.RECEIVED: Desk.VILLAGE,
    AspirationState.ASKED: Desk.SENDER,
    AspirationState.FORWARDED: Desk.DISTRICT,
    AspirationState.ASSIGNED: Desk.AGENCY,
    AspirationState.ANSWERED: Desk.SENDER,
}


def _aspiration(state: AspirationState, agency: int) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "village_code": SUKARAMI,
        "kind": Kind.COMPLAINT,
        "category_code": "jalan",
        "title": "Jembatan RT 02 lapuk",
        "body": "Papannya patah sejak Senin.",
        "name": "Yanti",
        "phone": "081200000123",
        "hide_name": True,
        "hide_text": False,
        "about_village": False,
        "about_district": False,
        "village_bypassed": False,
        "state": state,
        "version": 1,
        "created_at": START,
        "updated_at": START,
        "desk": _DESKS.get(state, Desk.NOBODY),
        "desk_since": TODAY,
        "due_on": day(2) if state in _DESKS else None,
        "confirmed_at": None if state in (AspirationState.RECEIVED, AspirationState.ASKED) else START,
    }
    if state is AspirationState.ASKED:
        fields |= {"back_state": AspirationState.RECEIVED, "back_desk": Desk.VILLAGE, "days_left": 2}
    if state is AspirationState.ASSIGNED:
        fields |= {"agency_id": agency, "days": 14}
    if state in (AspirationState.ANSWERED, AspirationState.DONE, AspirationState.LAPSED):
        answered = {"back_state": AspirationState.ASSIGNED, "back_desk": Desk.AGENCY}
        fields |= answered | {"agency_id": agency, "days": 14}
    return fields


def enter(client: FlaskClient, name: str, password: str = PASSWORD) -> FlaskClient:
    """Sign in."""
    answer = client.post("/masuk/", data={"username": name, "password": password})
    assert answer.status_code == 303, answer.text
    return client
