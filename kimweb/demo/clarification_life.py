"""Some claims and what became of them: in every state, two people for each that is published."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from functools import partial
from typing import Any

from kimweb.areas.models import Area
from kimweb.clarifications import actions, queries, rebutting, sending
from kimweb.clarifications.models import Declined, SeenIn, Verdict
from kimweb.clarifications.texts import Source, Text
from kimweb.core.actor import REGENCY, Actor, district_of
from kimweb.core.calendar import JAKARTA
from kimweb.core.codes import ALPHABET
from kimweb.core.photos import NewPhoto
from kimweb.demo import scenes
from kimweb.demo.people import HOME
from kimweb.demo.texts import entries
from kimweb.demo.world import Happening, World

_STEP = timedelta(minutes=40)
"""Between two things that officials do about one claim on the same day."""
_FIRST_ANSWERED = 0
"""The text to which one that was "answered already" points."""


def plan_clarifications(world: World) -> None:
    """Plan them all, in the order of the file."""
    near = [area for area in world.villages if area.code.startswith(HOME[:8] + ".") and area.code != HOME]
    far = [area for area in world.villages if not area.code.startswith(HOME[:8])]
    home = [area for area in world.villages if area.code == HOME]
    everywhere: dict[str, list[Any]] = {"home": home, "near": near, "far": far, "none": [None]}
    questions: list[Question] = []
    for number, text in enumerate(entries("clarifications")):
        places = everywhere[text["where"]]
        questions.append(Question(world, places[number * 7 % len(places)], text, questions))


class Question:
    """One claim and its way."""

    def __init__(self, world: World, area: Area | None, text: dict[str, Any], others: list[Question]) -> None:
        """`area`: where it goes round; `others`: those before it."""
        self.world, self.area, self.text, self.others = world, area, text, others
        self.id = 0
        at = world.now - timedelta(hours=text.get("hours", 0))
        if "days" in text:  # (what is long over happened in office hours)
            at = datetime.combine(world.today - timedelta(days=text["days"]), time(8, 20), tzinfo=JAKARTA)
        world.plan(at, self.send)
        for number, act in enumerate(self._acts(), 1):
            world.plan(at + number * _STEP, act)

    def _acts(self) -> list[Happening]:
        """What officials and readers do after it came in, one after the other."""
        text, ends = self.text, self.text["ends"]
        if ends == "received":
            return []
        if ends == "declined":
            return [self.decline]
        acts: list[Happening] = [self.take, self.examine]
        if ends == "examined":
            return acts
        acts.append(partial(self.publish, first=True))
        if ends == "proposed":
            return acts
        acts.append(partial(self.publish, first=False))
        if "correction" in text:
            acts += [self.correct, partial(self.publish, first=False)]
        if "rebuttal" in text:
            acts += [self.rebut, self.reply]
        if ends == "withdrawn":
            acts.append(self.withdraw)
        if "waiting_rebuttal" in text:
            self.world.plan(self.world.now - timedelta(hours=4), partial(self.rebut, name="waiting_rebuttal"))
        return acts

    def send(self, at: datetime) -> None:
        """Somebody asks."""
        new = sending.NewClaim(
            claim=self.text["claim"],
            seen_in=SeenIn(self.text["seen_in"]),
            link=self.text.get("link", ""),
            village_code=self.area.code if self.area else None,
        )
        photos = [NewPhoto(scenes.picture(self.text["photo"]))] if "photo" in self.text else []
        more: dict[str, Any] = {"pictures": photos, "make_code": self._code}
        receipt = sending.send_claim(self.world.session, new, key=None, network=self.text["where"], now=at, **more)
        row = queries.by_code(self.world.session, receipt.code)
        self.id = row.id if row else 0

    def _code(self) -> str:
        letters = "".join(self.world.random.choice(ALPHABET) for _ in range(6))
        return f"{letters[:3]}-{letters[3:]}"

    def _official(self, at: datetime, *, first: bool) -> Actor:
        """The one who examines and proposes, or the other one."""
        own = self.text.get("first", "district") == "district"
        if self.area is not None and own is first:
            return self.world.reviewer(self.area.code, at)
        return self.world.regency(at)

    def _which(self, at: datetime, *, first: bool = True, reason: str = "") -> tuple[Any, Any]:
        return self.world.session, self.world.step(self._official(at, first=first), at, reason)

    def take(self, at: datetime) -> None:
        """Somebody begins to examine it."""
        actions.take_claim(*self._which(at), clarification_id=self.id)

    def examine(self, at: datetime) -> None:
        """What was found out is written down."""
        said = self._said(self.text.get("truth_before"))
        notes = self.text.get("notes", "Ditelepon dan dicocokkan dengan sumbernya.")
        actions.examine(*self._which(at), clarification_id=self.id, text=said, areas=self._audience(), notes=notes)

    def _said(self, truth: str | None = None) -> Text:
        text = self.text
        return Text(
            title=text.get("title", ""),
            verdict=Verdict(text["verdict"]) if "verdict" in text else None,
            claimed=text.get("claimed", ""),
            truth=(truth or text.get("truth", "")).strip(),
            sources=tuple(Source(title, where) for title, where in text.get("sources", ())),
        )

    def _audience(self) -> list[str]:
        if self.area is None or (self.text["for"] == "regency" and self.text.get("first") == "regency"):
            return [REGENCY]
        return [self.area.code if self.text["for"] == "village" else district_of(self.area.code)]

    def publish(self, at: datetime, *, first: bool) -> None:
        """It is proposed, or released by the other one. (What is for everybody, the regency widens first.)"""
        if not first and self.text["for"] == "regency" and self.text.get("first") == "district":
            self._widen(at)
        actions.publish(*self._which(at, first=first), clarification_id=self.id)

    def _widen(self, at: datetime) -> None:
        """The regency addresses everybody and proposes it anew; the district then releases it."""
        session, step = self._which(at, first=False)
        said = self._said(self.text.get("truth_before"))
        actions.examine(session, step, clarification_id=self.id, text=said, areas=[REGENCY])
        actions.publish(session, step, clarification_id=self.id)
        self.text = {**self.text, "first": "regency"}

    def correct(self, at: datetime) -> None:
        """A correction is proposed."""
        told = {"change": self.text["correction"], "why": self.text["correction_why"]}
        actions.correct(*self._which(at), clarification_id=self.id, text=self._said(), **told)

    def rebut(self, at: datetime, *, name: str = "rebuttal") -> None:
        """Somebody contradicts."""
        who: dict[str, Any] = {"key": None, "network": f"demo{self.id}", "now": at}
        rebutting.rebut(self.world.session, clarification_id=self.id, text=self.text[name], **who)

    def reply(self, at: datetime) -> None:
        """It is accepted, with a reply."""
        session, step = self._which(at)
        row = queries.visible_clarification(session, step.actor, self.id)
        said: dict[str, Any] = {"rebuttal_id": row.rebuttals[0].id, "accepted": True, "text": self.text["reply"]}
        rebutting.answer_rebuttal(session, step, clarification_id=self.id, **said)

    def decline(self, at: datetime) -> None:
        """It is not examined."""
        why = Declined(self.text["reason"])
        answer = self.others[_FIRST_ANSWERED].id if why is Declined.ANSWERED else None
        actions.decline(*self._which(at), clarification_id=self.id, why=why, answer_id=answer)

    def withdraw(self, at: datetime) -> None:
        """It is taken off all pages."""
        told = self._which(at, reason=self.text["withdrawal"])
        actions.withdraw(*told, clarification_id=self.id)
