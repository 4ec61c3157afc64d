"""Made-up people and what they wrote, for tests of pages that mix the flows. Areas and agencies are the real ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.accounts.models import RoleGrant, User
from kimweb.accounts.passwords import Passwords
from kimweb.announcements.models import Announcement, AnnouncementArea, Urgency
from kimweb.announcements.models import State as AnnouncementState
from kimweb.areas.queries import agency_by_code, categories_active
from kimweb.aspirations.models import Aspiration, Desk, Kind
from kimweb.aspirations.models import State as AspirationState
from kimweb.core.actor import REGENCY, Role
from kimweb.core.calendar import local_day
from kimweb.core.codes import new_code
from kimweb.core.db import writing
from kimweb.news.models import News
from kimweb.news.models import State as NewsState
from tests.support.clock import START

VILLAGE, WARD, DISTRICT = "16.06.01.2001", "16.06.01.1009", "16.06.01"
ELSEWHERE = "16.06.02.2001"
TODAY = local_day(START)  # a Wednesday
PASSWORD = "kata sandi uji"
_HASH = Passwords((1, 8, 1)).hash(PASSWORD)


def in_days(days: int) -> date:
    """Calendar days from today (negative: before)."""
    return TODAY + timedelta(days=days)


@dataclass
class World:
    """Adds one thing at a time, each in its own transaction."""

    session: Session

    def add(self, row: Any) -> Any:
        """Keep a row."""
        with writing(self.session):
            self.session.add(row)
        return row

    def person(self, username: str, role: Role, area: str | None = None, *, agency: str = "") -> User:
        """Somebody with one role, who signed in just now."""
        office = agency_by_code(self.session, agency) if agency else None
        user: User = self.add(
            User(username=username, name=username.title(), password_hash=_HASH, created_at=START, signed_in_at=START)
        )
        grant = RoleGrant(user_id=user.id, role=role, area_code=area, starts_on=in_days(-100))
        grant.agency_id = office.id if office else None
        self.add(grant)
        return user

    def news(self, author: User, title: str, *, due: date | None = None, **values: Any) -> News:
        """A piece: submitted when it has a due day, else published now."""
        state = NewsState.SUBMITTED if due else NewsState.PUBLISHED
        fields = {"area_code": VILLAGE, "body": "Isi.", "state": state, "created_at": START, "updated_at": START}
        if not due:
            fields["published_at"] = START
        row: News = self.add(News(author_id=author.id, title=title, due_on=due, **(fields | values)))
        return row

    def aspiration(self, title: str, *, due: date | None = None, **values: Any) -> Aspiration:
        """An aspiration on the village's desk when it has a due day, else answered and public."""
        waiting = {"state": AspirationState.RECEIVED, "desk": Desk.VILLAGE}
        answered = {"state": AspirationState.ANSWERED, "desk": Desk.SENDER, "confirmed_at": START}
        fields: dict[str, Any] = {
            "village_code": VILLAGE,
            "kind": Kind.COMPLAINT,
            "category_code": self.category(),
            "body": "Isi.",
            "hide_name": True,
            "hide_text": False,
            "about_village": False,
            "about_district": False,
            "village_bypassed": False,
            "created_at": START,
            "updated_at": START,
            "desk_since": TODAY,
        }
        fields |= (waiting if due else answered) | values
        row: Aspiration = self.add(Aspiration(code=new_code(), title=title, due_on=due, **fields))
        return row

    def category(self) -> str:
        """Some category."""
        return categories_active(self.session)[0].code

    def announcement(self, author: User, title: str, *to: str, **values: Any) -> Announcement:
        """What stands for a week, addressed to `to`."""
        fields: dict[str, Any] = {
            "area_code": REGENCY,
            "body": "Isi.",
            "urgency": Urgency.NORMAL,
            "starts_on": TODAY,
            "ends_on": in_days(7),
            "state": AnnouncementState.PUBLISHED,
            "created_at": START,
            "updated_at": START,
            "published_at": START,
        }
        row = Announcement(author_id=author.id, title=title, **(fields | values))
        row.audience = [AnnouncementArea(area_code=code) for code in to]
        found: Announcement = self.add(row)
        return found


def enter(client: FlaskClient, user: User) -> FlaskClient:
    """Sign in."""
    answer = client.post("/masuk/", data={"username": user.username, "password": PASSWORD})
    assert answer.status_code == 303, answer.text
    return client


def in_order(text: str, *parts: str) -> bool:
    """Whether the parts stand in the text in this order."""
    at = -1
    for part in parts:
        at = text.find(part, at + 1)
        if at < 0:
            return False
    return True
