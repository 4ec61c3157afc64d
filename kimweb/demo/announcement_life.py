"""Half a year of announcements by regency, agencies and districts; some stand today, a few are drafts."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from kimweb.announcements import actions
from kimweb.announcements.actions import Content
from kimweb.announcements.models import Urgency
from kimweb.announcements.policy import Office
from kimweb.areas.models import Area
from kimweb.core.actor import REGENCY, Actor
from kimweb.core.calendar import local_day
from kimweb.core.photos import NO_CHANGE
from kimweb.demo import scenes
from kimweb.demo.people import HOME
from kimweb.demo.texts import Filler, day_name, entries
from kimweb.demo.world import World

PER_DISTRICT = 5


def plan_announcements(world: World, regency: Area) -> None:
    """Plan them all; on the personas' village one of each urgency stands today."""
    texts = entries("announcements")
    wide = [text for text in texts if text["scope"] == "regency"]
    local = [text for text in texts if text["scope"] != "regency" and text["urgency"] != "darurat"]
    local.sort(key=lambda text: "photo" not in text)  # (the personas' district is the first)
    loud = [text for text in texts if text["scope"] != "regency" and text["urgency"] == "darurat"]
    for number, text in enumerate(wide):
        day = world.some_day(recent=0.9) if number % 6 else world.today - timedelta(days=1 + number % 5)
        Notice(world, regency, text, world.at_hour(day, 7, 16))
    for position, district in enumerate(world.districts):
        for number in range(PER_DISTRICT):
            text = local[(position * PER_DISTRICT + number) % len(local)]
            day = world.some_day(recent=0.9) if number else world.today - timedelta(days=1 + position % 4)
            Notice(world, district, text, world.at_hour(day, 7, 16))
    for number, text in enumerate(loud):
        district = world.districts[(number * 4) % len(world.districts)]
        Notice(world, district, text, world.now - timedelta(hours=3 + 9 * number), days=2 + number % 2)
    home = next(area for area in world.districts if HOME.startswith(area.code))
    draft = local[7 % len(local)]
    Notice(world, home, draft, world.now - timedelta(hours=2), publish=False)


class Notice:
    """One announcement and its way."""

    def __init__(
        self,
        world: World,
        area: Area,
        text: dict[str, Any],
        at: datetime,
        *,
        days: int | None = None,
        publish: bool = True,
    ) -> None:
        """`area`: who speaks; `days`: how long it stands (default: as its text says)."""
        self.world, self.area, self.text = world, area, text
        self.days, self.publishes = days or int(text["days"]), publish
        world.plan(at, self.write)

    def write(self, at: datetime) -> None:
        """Written, and mostly published at once."""
        world, text, day = self.world, self.text, local_day(at)
        filler = Filler.of(self.area, day, world.random)
        happens = day + timedelta(days=world.random.randint(2, max(2, min(self.days, 9))))
        filled = {"hari_tanggal": day_name(happens)}
        content = Content(
            title=filler.fill(text["title"], **filled)[:120],
            body=filler.fill(text["body"], **filled),
            urgency=Urgency(text["urgency"]),
            starts_on=day,
            ends_on=day + timedelta(days=self.days),
            areas=self._audience(),
            event_on=happens if "event_time" in text else None,
            event_time=text.get("event_time", ""),
            event_place=filler.fill(text.get("event_place", "")),
            pictures=scenes.photo_of(text) if HOME.startswith(self.area.code) else NO_CHANGE,
            phone="112" if text["urgency"] == "darurat" else "",
        )
        office, actor = self._speaker(at)
        written = actions.write_announcement(world.session, world.step(actor, at), office=office, content=content)
        if self.publishes:
            releasing = world.regency(at) if self.area.code == REGENCY else actor
            actions.publish_announcement(world.session, world.step(releasing, at), announcement_id=written.id)

    def _speaker(self, at: datetime) -> tuple[Office, Actor]:
        if self.area.code != REGENCY:
            return Office(self.area.code, None), self.world.reviewer(self.area.code, at)
        agency = self.world.agencies.get(self.text["agency"])
        if agency is not None and agency.code in self.world.officers:
            return Office(REGENCY, agency.id), self.world.officer(agency, at)
        return Office(REGENCY, None), self.world.regency(at)

    def _audience(self) -> tuple[str, ...]:
        if self.text["scope"] != "villages" or self.area.code == REGENCY:
            return (self.area.code,)
        inside = [area.code for area in self.world.villages if area.code.startswith(self.area.code + ".")]
        chosen = self.world.random.sample(inside, k=min(len(inside), self.world.random.randint(2, 5)))
        return tuple({*chosen, HOME} if HOME.startswith(self.area.code) else chosen)
