"""The demonstration's stage: its dice, its places, its people, and the queue of what happens when."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy.orm import Session

from kimweb.accounts.models import User
from kimweb.areas.models import Agency, Area
from kimweb.core.actor import REGENCY, Actor, Holding, Role, district_of
from kimweb.core.calendar import JAKARTA, WorkingCalendar, local_day
from kimweb.core.workflow import Step

DAYS = 182

Happening = Callable[[datetime], None]


@dataclass
class World:
    """Everything that the parts of the demonstration share."""

    session: Session
    random: Random
    now: datetime
    calendar: WorkingCalendar
    villages: Sequence[Area]
    districts: Sequence[Area]
    agencies: dict[str, Agency]
    admin: User = field(init=False)
    reviewers: dict[str, User] = field(default_factory=dict)
    officers: dict[str, User] = field(default_factory=dict)
    moderators: dict[str, User] = field(default_factory=dict)
    members: dict[str, list[User]] = field(default_factory=dict)
    empty_since: dict[str, date] = field(default_factory=dict)
    """Villages whose moderator is silent, or away without a stand-in, and from which day on the desk counts as
    empty."""
    _queue: list[tuple[datetime, int, Happening]] = field(default_factory=list)
    _count: int = 0

    @property
    def today(self) -> date:
        """The day on which the demonstration is loaded (Asia/Jakarta)."""
        return local_day(self.now)

    def plan(self, at: datetime, happening: Happening) -> None:
        """Let something happen at an instant; what lies in the future does not happen."""
        if at < self.now:
            self._count += 1
            heapq.heappush(self._queue, (at, self._count, happening))

    def run(self, progress: Callable[[int], None]) -> None:
        """Let everything happen in its order; happenings may plan more."""
        done = 0
        while self._queue:
            at, _serial, happening = heapq.heappop(self._queue)
            happening(at)
            done += 1
            if done % 1000 == 0:
                progress(done)

    def at_hour(self, day: date, first: int = 7, last: int = 20) -> datetime:
        """Some minute of a day."""
        clock = time(self.random.randint(first, last), self.random.randint(0, 59), self.random.randint(0, 59))
        return datetime.combine(day, clock, tzinfo=JAKARTA)

    def at_office(self, since: datetime, days: int) -> datetime:
        """Some office minute on the `days`-th working day after `since` (0: the same day, later)."""
        if days < 1:
            return since + timedelta(minutes=self.random.randint(20, 200))
        return self.at_hour(self.calendar.add(local_day(since), days), 8, 15)

    def some_day(self, *, recent: float = 1.4) -> date:
        """A day of the last six months; `recent` above 1 prefers the last weeks."""
        return self.today - timedelta(days=int(DAYS * self.random.random() ** recent))

    def step(self, actor: Actor, at: datetime, reason: str = "") -> Step:
        """Somebody does something at an instant."""
        return Step(actor, at, None, reason)

    def moderator(self, code: str, at: datetime) -> Actor:
        """The village's moderator, or the district's reviewer who steps in."""
        user = self.moderators.get(code)
        if user is not None and local_day(at) < self.empty_since.get(code, date.max):
            return _actor(user, at, Holding(Role.MODERATOR, code))
        return self.reviewer(code, at, Holding(Role.MODERATOR, code, by=Role.REVIEWER))

    def member(self, code: str, at: datetime) -> Actor:
        """One of the village's members (the moderator where there is no other)."""
        people = self.members.get(code) or [self.moderators[code]]
        role = Role.MEMBER if self.members.get(code) else Role.MODERATOR
        return _actor(self.random.choice(people), at, Holding(role, code))

    def reviewer(self, code: str, at: datetime, *more: Holding) -> Actor:
        """The reviewer of the district in which `code` lies."""
        district = district_of(code)
        return _actor(self.reviewers[district], at, Holding(Role.REVIEWER, district), *more)

    def officer(self, agency: Agency, at: datetime) -> Actor:
        """Whoever answers for an agency."""
        user = self.officers.get(agency.code, self.admin)
        return _actor(user, at, Holding(Role.AGENCY, None, agency.id))

    def regency(self, at: datetime) -> Actor:
        """The admin."""
        return _actor(self.admin, at, Holding(Role.ADMIN, REGENCY))

    def sender(self, code: str, at: datetime) -> Actor:
        """Whoever sent the aspiration `code`."""
        return Actor(day=local_day(at), proofs=frozenset({f"aspiration:{code}"}))

    def system(self, at: datetime) -> Actor:
        """What happens by itself."""
        return Actor(day=local_day(at), holdings=frozenset({Holding(Role.SYSTEM, REGENCY)}))


def _actor(user: User, at: datetime, *holdings: Holding) -> Actor:
    return Actor(day=local_day(at), user_id=user.id, name=user.name, holdings=frozenset(holdings))
