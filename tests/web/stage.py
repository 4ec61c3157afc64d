"""Everybody, and one of everything that a form can change."""

from __future__ import annotations

from typing import Any

from flask import Flask
from flask.testing import FlaskClient

from kimweb.accounts.invitations import invite
from kimweb.accounts.models import Invitation
from kimweb.accounts.queries import load_actor
from kimweb.announcements.models import State as AnnouncementState
from kimweb.areas.models import ElectionPeriod
from kimweb.areas.queries import agency_by_code, area_today
from kimweb.aspirations.models import Aspiration, Desk, State
from kimweb.clarifications.models import Clarification, ClarificationArea, Rebuttal, SeenIn
from kimweb.clarifications.models import State as ClaimState
from kimweb.core.actor import REGENCY, Role
from kimweb.core.codes import new_code, pin_for, slip_code
from kimweb.news.models import State as NewsState
from tests.conftest import SECRET_KEY
from tests.home.world import DISTRICT, ELSEWHERE, PASSWORD, VILLAGE, World, in_days
from tests.support.clock import START
from tests.support.people import FINDING
from tests.support.second import shown
from tests.web.site import browser

Fields = dict[str, Any]


class Stage:
    """Everybody, and one of everything that can be changed."""

    def __init__(self, world: World, app: Flask) -> None:
        """Fill an empty installation."""
        self.app, self.world = app, world
        self.people = {
            "budi": world.person("budi", Role.MEMBER, VILLAGE),
            "sari": world.person("sari", Role.MODERATOR, VILLAGE),
            "rahman": world.person("rahman", Role.REVIEWER, DISTRICT),
            "dewi": world.person("dewi", Role.AGENCY, agency="PUPR"),
            "agus": world.person("agus", Role.ADMIN, REGENCY),
        }

    def client(self, who: str) -> FlaskClient:
        """A browser: of a visitor, or signed in."""
        client = browser(self.app)
        if who in self.people:
            answer = client.post("/masuk/", data={"username": who, "password": PASSWORD})
            assert answer.status_code == 303
        return client

    def browser(self) -> FlaskClient:
        """A browser of nobody."""
        return browser(self.app)

    def second_code(self, steps: int = 0) -> str:
        """What the app on the admin's phone shows; `steps`: of 30 seconds later."""
        return shown(self.world.session, self.people["agus"].id, START, steps)

    def news(self, state: NewsState) -> str:
        """The address of a piece of Budi's in a state."""
        values: Fields = {"state": state, "due": in_days(2) if state is NewsState.SUBMITTED else None}
        row = self.world.news(self.people["budi"], "Gotong royong", **values)
        return f"/berita/{row.id}/"

    def watched(self, **values: Any) -> str:
        """The address of a published piece of Budi's that asks for a look."""
        return f"/berita/{self.world.news(self.people['budi'], 'Gotong royong', **values).id}/"

    def election(self) -> str:
        """The page on which a masa pemilihan stands."""
        row = ElectionPeriod(area_code=ELSEWHERE, name="Pilkades", starts_on=in_days(1), ends_on=in_days(9))
        self.world.add(row)
        return "/atur/pemilihan/"

    def announcement(self, state: AnnouncementState) -> str:
        """The address of the regency's announcement in a state."""
        row = self.world.announcement(self.people["agus"], "Pasar murah", REGENCY, state=state)
        return f"/pengumuman/{row.id}/"

    def aspiration(self, state: State, desk: Desk) -> Aspiration:
        """One in a state on a desk."""
        pupr = agency_by_code(self.world.session, "PUPR")
        assert pupr
        values: Fields = {"state": state, "desk": desk, "due": in_days(5), "agency_id": pupr.id}
        values["back_state"], values["back_desk"] = State.FORWARDED, Desk.DISTRICT
        values["hide_name"] = False
        return self.world.aspiration("Jembatan lapuk", **values)

    def claim(self, state: ClaimState, **changes: Any) -> str:
        """The address of a claim in a state, with all that a clarification says."""
        fields: Fields = {"village_code": VILLAGE, "claim": "Katanya harus ditebus.", "seen_in": SeenIn.WHATSAPP}
        fields |= {"created_at": START, "updated_at": START, "due_on": in_days(1), "published_at": START, **FINDING}
        row = Clarification(code=new_code(), state=state, version=1, **(fields | changes))
        row.audience = [ClarificationArea(area_code=VILLAGE)]
        self.world.add(row)
        return f"/cek-fakta/{row.id}/"

    def rebutted(self) -> str:
        """The address of a published one with a rebuttal that waits."""
        path = self.claim(ClaimState.PUBLISHED, open_rebuttals=1)
        number = int(path.strip("/").rpartition("/")[2])
        self.world.add(Rebuttal(clarification_id=number, at=START, text="Tidak begitu.", network="x", reply=""))
        return path

    def asker(self) -> tuple[str, FlaskClient]:
        """A claim's address, and the browser of whoever sent it."""
        client = browser(self.app)
        typed = {"claim": "Katanya listrik padam tiga hari.", "seen_in": "lisan", "key": "0" * 32}
        assert client.post("/cek-fakta/lapor/", data=typed).status_code == 303
        return client.get("/cek-fakta/lacak/").headers["Location"], client

    def slip(self) -> Invitation:
        """An invitation of the admin's for a member."""
        session = self.world.session
        who = {"actor": load_actor(session, self.people["agus"], START), "now": START, "server_key": SECRET_KEY}
        place = area_today(session, VILLAGE)
        assert place
        return invite(session, name="Joko", role=Role.MEMBER, place=place, **who)  # type: ignore[arg-type]

    def code(self) -> str:
        """The code of a new invitation."""
        return slip_code(SECRET_KEY, self.slip().nonce)

    def sender(self, row: Aspiration) -> FlaskClient:
        """The browser of whoever sent it."""
        client = browser(self.app)
        pin = pin_for(SECRET_KEY, row.code, row.pin_counter)
        assert client.post("/aspirasi/lacak/", data={"code": row.code, "pin": pin}).status_code == 303
        return client
