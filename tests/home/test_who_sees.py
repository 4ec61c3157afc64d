"""The table on /privasi/: what it says about name, telephone, text and photos is what the policy does."""

from __future__ import annotations

import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.areas.models import Agency
from kimweb.aspirations import policy
from kimweb.aspirations.models import Aspiration, AspirationPhoto, Desk, State
from kimweb.core.actor import Actor
from kimweb.home import who_sees as told
from kimweb.home.who_sees import LINES, Line
from tests.support.html import problems
from tests.support.people import People, day, proof

SETTINGS: dict[str, dict[str, Any]] = {
    told.SHOWN: {"hide_name": False, "state": State.ASSIGNED},
    told.HIDDEN: {"hide_name": True, "state": State.ASSIGNED},
    told.WAITING: {"state": State.RECEIVED},
    told.FORWARDED: {"state": State.FORWARDED},
    told.SECRET: {"hide_text": True, "village_bypassed": True, "state": State.FORWARDED},
    told.SECRET_LATE: {
        "hide_text": True,
        "village_bypassed": True,
        "state": State.FORWARDED,
        "due_on": day(-1),
    },
    told.ABOUT_VILLAGE: {"about_village": True, "village_bypassed": True, "state": State.FORWARDED},
    told.ABOUT_DISTRICT: {"about_district": True, "state": State.RECEIVED, "desk": Desk.REGENCY},
    told.UNTICKED: {"state": State.FORWARDED, "shown": False},
    told.TICKED: {"state": State.FORWARDED, "shown": True},
}


def sees(thing: str, actor: Actor, row: Aspiration, photo: AspirationPhoto) -> bool:
    """Whether the policy shows it."""
    if not policy.can_see(actor, row) or thing == told.TEXT:
        return policy.can_see(actor, row)
    if thing == told.PHOTO:
        return policy.can_see_photo(actor, row, photo)
    return policy.can_see_name(actor, row) if thing == told.NAME else policy.can_see_sender(actor, row)


@pytest.mark.parametrize("line", LINES, ids=lambda line: f"{line.thing}, {line.setting}")
def test_the_table_says_what_the_policy_does(session: Session, line: Line) -> None:
    people = People(session).gather()
    values = dict(SETTINGS[line.setting])
    photo = AspirationPhoto(shown=values.pop("shown", False))
    if values["state"] is not State.RECEIVED:  # what was forwarded may have been assigned
        values["agency"] = session.get_one(Agency, people.agencies["PUPR"])
    row = people.put(people.aspiration(**values))
    readers = {
        told.SENDER: proof(row),
        told.VILLAGE: people.actor("sari"),
        told.DISTRICT: people.actor("rahman"),
        told.AGENCY: people.actor("dewi"),
        told.REGENCY: people.actor("agus"),
    }
    found = {who for who, actor in readers.items() if sees(line.thing, actor, row, photo)}
    strangers = {sees(line.thing, people.actor(name), row, photo) for name in ("visitor", "siti", "rina", "nobody")}
    for_everybody = line.seen_by == (told.EVERYBODY,)
    assert found == (set(readers) if for_everybody else set(line.seen_by))
    assert strangers == {for_everybody}


def test_every_setting_stands_in_the_table() -> None:
    assert {line.setting for line in LINES} == set(SETTINGS)
    assert len({(line.thing, line.setting) for line in LINES}) == len(LINES)


def test_the_page_shows_every_line(client: FlaskClient) -> None:
    text = client.get("/privasi/").text
    assert problems(text) == []
    shown = re.findall(r"<li><p><b>(.*?)</b>(, .*?)<br>(.*?)</p></li>", text)
    assert shown == [(line.thing, f", {line.setting}", ", ".join(line.seen_by)) for line in LINES]
