"""The town in which the flows are walked: the personas, the real areas, and a look into the database."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from babel.dates import format_date
from sqlalchemy.orm import Session

from kimweb.accounts.models import RoleGrant, User
from kimweb.aspirations.models import Aspiration
from kimweb.core.calendar import load_calendar, local_day, system_clock
from kimweb.core.db import writing
from tests.support.people import People


@dataclass(frozen=True)
class Town:
    """A server, its people, and its rows as they are now."""

    url: str
    session: Session
    people: People

    def aspiration(self, code: str) -> Aspiration:
        """The row of an aspiration, as it is now."""
        self.session.rollback()
        return self.session.scalars(sa.select(Aspiration).where(Aspiration.code == code)).one()

    def newest_aspiration(self) -> Aspiration:
        """The one that was sent last."""
        self.session.rollback()
        return self.session.scalars(sa.select(Aspiration).order_by(Aspiration.id.desc()).limit(1)).one()

    def until(self, code: str, days: int) -> str:
        """The day until which an aspiration lies on its desk, as pages write it: `days` working days after it came."""
        row = self.aspiration(code)
        assert row.due_on == load_calendar(self.session).add(row.desk_since, days)
        return weekday(row.due_on)

    def grant(self, username: str, **fields: object) -> None:
        """Give somebody one more role."""
        since = local_day(system_clock()) - timedelta(days=100)
        with writing(self.session):
            self.session.add(RoleGrant(user_id=self.people.users[username].id, starts_on=since, **fields))


def settle(url: str, session: Session) -> Town:
    """Bring the personas, who signed in just now: this server runs on the real clock."""
    people, now = People(session).gather(), system_clock()
    with writing(session):
        session.execute(sa.update(User).values(created_at=now, signed_in_at=now))
        session.execute(sa.update(RoleGrant).values(starts_on=local_day(now) - timedelta(days=100)))
    return Town(url, session, people)


def weekday(day: date) -> str:
    """Selasa 24 November."""
    return str(format_date(day, "EEEE d MMMM", locale="id"))
