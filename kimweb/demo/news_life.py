"""Half a year of village news: written, returned, mended, published, now and then withdrawn."""

from __future__ import annotations

from collections import deque
from datetime import datetime, timedelta
from typing import Any

from kimweb.areas.models import Area
from kimweb.core.actor import Actor
from kimweb.core.calendar import local_day
from kimweb.core.errors import KimError
from kimweb.core.photos import NO_CHANGE
from kimweb.demo import scenes
from kimweb.demo.people import HOME
from kimweb.demo.texts import Filler, fitting, phrases
from kimweb.demo.world import World
from kimweb.news import actions, reporting
from kimweb.news.models import News


def plan_news(world: World) -> None:
    """Plan the pieces of every KIM; fresh ones wait on Sari's desk."""
    for area in (area for area in world.villages if area.code in world.moderators):
        texts = fitting("news", area.code)
        world.random.shuffle(texts)
        if area.code == HOME:
            texts.sort(key=lambda text: "photo" not in text)
        chosen = deque(texts)
        for number in range(world.random.randint(2, 7) if area.code != HOME else 9):
            day = world.some_day() if area.code != HOME else world.today - timedelta(days=3 + 5 * number)
            Piece(world, area, chosen.popleft(), world.at_hour(day))
        if area.code == HOME:
            for hours in (50, 21, 4):
                Piece(world, area, chosen.popleft(), world.now - timedelta(hours=hours), waits=True)
            for number, what in enumerate((Reported, Corrected, Withdrawn, Own)):
                what(world, area, texts[-1 - number], world.at_hour(world.today - timedelta(days=6 + number)))


class Piece:
    """One piece of news and its way."""

    def __init__(self, world: World, area: Area, text: dict[str, Any], at: datetime, *, waits: bool = False) -> None:
        """`waits`: stays on the moderator's desk."""
        self.world, self.area, self.text, self.waits = world, area, text, waits
        self.filler = Filler.of(area, local_day(at), world.random)
        self.news: News | None = None
        self.author = self.written_by(at)
        world.plan(at, self.write)

    def written_by(self, at: datetime) -> Actor:
        """One of the village's members."""
        return self.world.member(self.area.code, at)

    def write(self, at: datetime) -> None:
        """Written; mostly handed in at once."""
        world = self.world
        title = self.filler.fill(self.text["title"])[:120]
        body = self.filler.fill(self.text["body"])
        photos = scenes.photo_of(self.text) if self.area.code == HOME else NO_CHANGE  # not one picture everywhere
        written: dict[str, Any] = {"area_code": self.area.code, "title": title, "body": body, "pictures": photos}
        self.news = actions.write_news(world.session, world.step(self.author, at), **written)
        if self.waits or world.random.random() > 0.05:
            world.plan(at + timedelta(minutes=world.random.randint(3, 40)), self.submit)

    def submit(self, at: datetime) -> None:
        """On the moderator's desk."""
        world = self.world
        actions.submit_news(world.session, world.step(self.author, at), news_id=self._id)
        if self.waits:
            return
        returned = "return_reason" in self.text and world.random.random() < 0.45
        later = world.at_office(at, world.random.choice([0, 0, 1, 1, 2, 3]))
        world.plan(later, self.send_back if returned else self.publish)

    def send_back(self, at: datetime) -> None:
        """Returned with a reason; mended the next day."""
        world = self.world
        reason = self.filler.fill(self.text.get("return_reason") or world.random.choice(phrases()["return_reasons"]))
        step = world.step(world.moderator(self.area.code, at), at, reason)
        actions.return_news(world.session, step, news_id=self._id)
        self.text = {**self.text, "return_reason": None}
        self.text.pop("return_reason")
        world.plan(world.at_hour(local_day(at) + timedelta(days=world.random.randint(1, 3))), self.submit)

    def publish(self, at: datetime) -> None:
        """For everybody to read; a few are withdrawn later."""
        world = self.world
        step = world.step(world.moderator(self.area.code, at), at)
        actions.publish_news(world.session, step, news_id=self._id)
        if "withdraw_reason" in self.text and world.random.random() < 0.5:
            world.plan(at + timedelta(days=world.random.randint(1, 9)), self.withdraw)

    def withdraw(self, at: datetime) -> None:
        """Taken down with a reason."""
        world = self.world
        reason = self.filler.fill(self.text["withdraw_reason"])
        step = world.step(world.moderator(self.area.code, at), at, reason)
        actions.withdraw_news(world.session, step, news_id=self._id)

    @property
    def _id(self) -> int:
        if self.news is None:
            raise KimError("the piece is not written yet")
        return self.news.id


class Moderated(Piece):
    """A piece of the home village to which something happens once it is published, for every button of the desks."""

    def write(self, at: datetime) -> None:
        """Written, handed in, and published the next morning."""
        super().write(at)
        self.news = actions.submit_news(self.world.session, self.world.step(self.author, at), news_id=self._id)
        self.world.plan(self.world.at_office(at, 1), self.publish)

    def submit(self, at: datetime) -> None:
        """Done already."""

    def publish(self, at: datetime) -> None:
        """Published, and then what each one is for."""
        step = self.world.step(self.world.moderator(self.area.code, at), at)
        actions.publish_news(self.world.session, step, news_id=self._id)
        self.world.plan(at + timedelta(hours=5), self.afterwards)

    def afterwards(self, at: datetime) -> None:
        """What happens to it then."""


class Reported(Moderated):
    """Three readers say that something is wrong: first on the desk."""

    def afterwards(self, at: datetime) -> None:
        """Three reports, from three networks."""
        for number, reason in enumerate(phrases()["report_reasons"]):
            who = f"demo{number}"
            reporting.report_news(
                self.world.session,
                news_id=self._id,
                reason=reason,
                network=who,
                device=reporting.Device(who, since=at),
                now=at,
            )


class Corrected(Moderated):
    """Its author proposes a correction, which waits."""

    def afterwards(self, at: datetime) -> None:
        """One sentence more."""
        news = self.news
        if news is not None:
            body = f"{news.body}\n\n{phrases()['correction']}"
            step = self.world.step(self.author, at)
            actions.correct_news(self.world.session, step, news_id=news.id, title=news.title, body=body)


class Withdrawn(Moderated):
    """Taken down: its address says why."""

    def afterwards(self, at: datetime) -> None:
        """With a reason that everybody reads."""
        step = self.world.step(self.world.moderator(self.area.code, at), at, phrases()["withdraw_reason"])
        actions.withdraw_news(self.world.session, step, news_id=self._id)


class Own(Moderated):
    """The moderator's own: the district's reviewer gives it a second look."""

    def written_by(self, at: datetime) -> Actor:
        """The moderator."""
        return self.world.moderator(self.area.code, at)
