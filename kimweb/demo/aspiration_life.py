"""Half a year of aspirations: sent, checked, asked about, assigned, answered, and what their senders say."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from kimweb.areas.models import Area
from kimweb.aspirations import actions, mending, queries, sending
from kimweb.aspirations.models import AnswerKind, Desk, Kind, RejectReason
from kimweb.core.calendar import local_day
from kimweb.core.codes import ALPHABET
from kimweb.core.photos import NewPhoto
from kimweb.core.workflow import Step
from kimweb.demo import scenes
from kimweb.demo.people import HOME
from kimweb.demo.texts import Filler, day_name, entries, fitting, given_names
from kimweb.demo.world import World

PER_VILLAGE = (0, 1, 2, 2, 3, 3, 4, 5)
FRESH_AT_HOME_HOURS = (110, 70, 30, 9, 2)
"""Sari's desk: sent so many hours ago, not yet checked."""
WAITING_DAYS = (13, 9, 6, 4, 3, 2, 1)
"""Rahman's and Dewi's desks: how many days ago they were sent; the oldest are late."""


def plan_aspirations(world: World) -> None:
    """Plan the aspirations of every village and ward."""
    for area in world.villages:
        texts = fitting("aspirations", area.code)
        world.random.shuffle(texts)
        count = world.random.choice(PER_VILLAGE) if area.code != HOME else 10
        for text in texts[:count]:
            Way(world, area, text, world.at_hour(world.some_day(recent=1.25), 6, 21))
        if area.code == HOME:
            for text, hours in zip(_plain(texts[count:]), FRESH_AT_HOME_HOURS, strict=False):
                Way(world, area, text, world.now - timedelta(hours=hours), waits_for="check")
            waiting, shown = (text for text in entries("aspirations") if "photo" in text)
            Way(world, area, waiting, world.now - timedelta(hours=5), waits_for="check", photo=True)
            Way(world, area, shown, world.now - timedelta(days=16), photo=True)
    _fill_desks(world)


def _plain(texts: list[dict[str, Any]]) -> list[dict[str, Any]]:
    odd = {"about", "reject_reason", "question", "agency_return"}
    return [text for text in texts if not odd & set(text)]


def _fill_desks(world: World) -> None:
    """In the personas' district a handful lies with the reviewer, and in all of it a dozen with Dinas PUPR."""
    near = [area for area in world.villages if area.code.startswith(HOME[:8] + ".")]
    roads = [text for text in _plain(entries("aspirations")) if text.get("agency") == "PUPR"]
    for number, days in enumerate(WAITING_DAYS):
        for position, wanted in enumerate(("decide", "answer")):
            area = near[(number * 3 + position) % len(near)]
            texts = roads if wanted == "answer" else _plain(fitting("aspirations", area.code))
            text = texts[(number * 11 + position) % len(texts)]
            Way(world, area, text, world.now - timedelta(days=days, hours=number), waits_for=wanted)


class Way:
    """One aspiration and its way."""

    def __init__(
        self,
        world: World,
        area: Area,
        text: dict[str, Any],
        at: datetime,
        *,
        waits_for: str = "",
        photo: bool = False,
    ) -> None:
        """`waits_for`: the step ("check", "decide", "answer") that has not been taken yet. `photo`: sent with the one
        that the text names."""
        self.photos = (NewPhoto(scenes.picture(text["photo"])),) if photo else ()
        self.world, self.area, self.text, self.waits_for = world, area, text, waits_for
        self.filler = Filler.of(area, local_day(at), world.random)
        self.code, self.asked, self.reopened = "", False, False
        world.plan(at, self.send)

    def send(self, at: datetime) -> None:
        """A villager sends it."""
        world, text, dice = self.world, self.text, self.world.random.random()
        new = sending.NewAspiration(
            village_code=self.area.code,
            kind=Kind(text["kind"]),
            category_code=text["category"],
            title=self.filler.fill(text["title"])[:120],
            body=self.filler.fill(text["body"]),
            place=self.filler.fill(text.get("place", ""))[:120],
            name=world.random.choice(given_names()) if dice < 0.6 else "",
            phone=f"0812 0000 0{world.random.randint(100, 999)}" if dice < 0.4 else "",
            hide_name=dice > 0.35,
            hide_text=dice > 0.95 and not self.photos,
            about_village=text.get("about") == "desa",
            about_district=text.get("about") == "kecamatan",
        )
        more: dict[str, Any] = {"pictures": self.photos, "make_code": self._code}
        self.code = sending.send_aspiration(world.session, new, key=None, network=self.area.code, now=at, **more).code
        self._plan(at, [0, 1, 1, 2, 3, 5], self.check)

    def check(self, at: datetime) -> None:
        """The first desk asks, or confirms it as it will appear."""
        if "question" in self.text and not self.asked and self.world.random.random() < 0.4:
            self.ask(at)
            return
        step = self._step(self._checker(at), at)
        actions.forward_aspiration(self.world.session, step, code=self.code, photos=self._shown(step))
        self._plan(at, [0, 1, 2, 2, 3, 4], self.decide)

    def _shown(self, step: Step) -> list[int]:
        """The photos that everybody will see, each with words in its place now."""
        if not self.photos:
            return []
        row = queries.visible_aspiration(self.world.session, step.actor, self.code)
        for photo in row.photos:
            told = {"photo_id": photo.id, "to": self.text["alt"]}
            mending.mend_photo(self.world.session, step, code=self.code, **told)
        return [photo.id for photo in row.photos]

    def ask(self, at: datetime) -> None:
        """A question back to the sender; some never reply."""
        self.asked = True
        text = self.filler.fill(self.text["question"])
        actions.ask_sender(self.world.session, self._step(self._checker(at), at), code=self.code, text=text)
        if self.world.random.random() < 0.8:
            self._plan(at, [0, 1, 2, 5], self.reply)
        else:
            self._plan(at, [11], self.lapse)

    def reply(self, at: datetime) -> None:
        """The sender replies."""
        text = self.filler.fill(self.text["reply"])
        step = self._step(self.world.sender(self.code, at), at)
        actions.reply_to_question(self.world.session, step, code=self.code, text=text)
        self._plan(at, [0, 1, 2], self.check)

    def decide(self, at: datetime) -> None:
        """The district (or the regency) rejects, answers itself, or assigns."""
        world, step = self.world, self._step(self._decider(at), at)
        if "reject_reason" in self.text:
            why = RejectReason(self.text["reject_reason"].replace(" ", "_"))
            told = self._step(self._decider(at), at, self.filler.fill(self.text["answer"]))
            actions.reject_aspiration(world.session, told, code=self.code, why=why)
            return
        agency = world.agencies.get(self.text.get("agency", ""))
        if agency is None or agency.code not in world.officers:
            self._answer(at, step.actor)
            return
        days = int(self.text["days"])
        actions.assign_aspiration(world.session, step, code=self.code, agency_id=agency.id, days=days)
        if "agency_return" in self.text and world.random.random() < 0.4:
            self._plan(at, [1, 2], self.hand_back)
            return
        late = world.random.random() < 0.12
        self._plan(at, [days + 3] if late else [max(1, days // 4), max(2, days // 2), days - 1], self.answer)

    def hand_back(self, at: datetime) -> None:
        """The agency says that it is not theirs."""
        reason = self.filler.fill(self.text["agency_return"])
        agency = self.world.agencies[self.text["agency"]]
        step = self._step(self.world.officer(agency, at), at, reason)
        actions.hand_back(self.world.session, step, code=self.code)
        self.text = {name: value for name, value in self.text.items() if name != "agency_return"}
        self._plan(at, [1, 2, 3], self.decide)

    def answer(self, at: datetime) -> None:
        """The agency answers."""
        self._answer(at, self.world.officer(self.world.agencies[self.text["agency"]], at))

    def _answer(self, at: datetime, actor: Any) -> None:
        kind, promised = AnswerKind(self.text["answer_kind"]), None
        if kind is AnswerKind.SCHEDULED:
            promised = local_day(at) + timedelta(days=self.world.random.randint(7, 25))
        text = self.filler.fill(self.text["answer"], hari_tanggal=_told(promised, at))
        actions.answer_aspiration(
            self.world.session, self._step(actor, at), code=self.code, kind=kind, text=text, promised_on=promised
        )
        self._hear_the_sender(at)

    def _hear_the_sender(self, at: datetime) -> None:
        dice = self.world.random.random()
        if "still_broken" in self.text and not self.reopened and dice < 0.3:
            self._plan(at, [1, 3, 6], self.reopen)
        elif dice < 0.72:
            self._plan(at, [0, 1, 2, 4], self.close)
        else:
            self._plan(at, [11], self.lapse)

    def reopen(self, at: datetime) -> None:
        """Not done ("Belum"): back to whoever answered."""
        self.reopened = True
        text = self.filler.fill(self.text["still_broken"])
        actions.reopen_aspiration(
            self.world.session, self._step(self.world.sender(self.code, at), at), code=self.code, text=text
        )
        agency = self.world.agencies.get(self.text.get("agency", ""))
        again = self.answer if agency is not None and agency.code in self.world.officers else self.decide
        self._plan(at, [2, 5, 9], again)

    def close(self, at: datetime) -> None:
        """Done ("Beres"), perhaps with a rating."""
        rating = self.world.random.choice([None, 3, 5, 5])
        step = self._step(self.world.sender(self.code, at), at)
        actions.close_aspiration(self.world.session, step, code=self.code, rating=rating)

    def lapse(self, at: datetime) -> None:
        """Nobody said anything in time."""
        row = actions.lapse_aspiration(self.world.session, self._step(self.world.system(at), at), code=self.code)
        if row.desk is not Desk.NOBODY:
            self._plan(at, [1, 2], self.decide)

    def _checker(self, at: datetime) -> Any:
        row = queries.by_code(self.world.session, self.code)
        if row is not None and row.desk is Desk.VILLAGE:
            return self.world.moderator(self.area.code, at)
        return self._decider(at)

    def _decider(self, at: datetime) -> Any:
        if self.text.get("about") == "kecamatan":
            return self.world.regency(at)
        return self.world.reviewer(self.area.code, at)

    def _step(self, actor: Any, at: datetime, reason: str = "") -> Any:
        return self.world.step(actor, at, reason)

    def _plan(self, at: datetime, days: list[int], happening: Any) -> None:
        if happening.__name__ == self.waits_for:
            return
        if self.waits_for:
            days = [0]
        self.world.plan(self.world.at_office(at, self.world.random.choice(days)), happening)

    def _code(self) -> str:
        letters = "".join(self.world.random.choice(ALPHABET) for _ in range(6))
        return f"{letters[:3]}-{letters[3:]}"


def _told(promised: date | None, at: datetime) -> str:
    return day_name(promised or local_day(at) + timedelta(days=5))
