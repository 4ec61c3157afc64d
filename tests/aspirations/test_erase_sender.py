"""At the sender's request: who sent an aspiration goes, what the public sees stays, and the chain still fits."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.aspirations.erasing import REMOVED, erase_sender
from kimweb.aspirations.models import Aspiration, AspirationPhoto, Message, MessageKind, State
from kimweb.aspirations.timeline import steps
from kimweb.core import audit
from kimweb.core.actor import Role, visitor
from kimweb.core.audit import AuditText
from kimweb.core.chain import verify
from kimweb.core.db import writing
from kimweb.core.errors import NotFound
from kimweb.core.photos import Photo
from tests.support.clock import START
from tests.support.people import SUKARAMI, TODAY, People
from tests.support.pictures import jpeg, with_photo

pytestmark = pytest.mark.database


@pytest.fixture
def sent(people: People, session: Session) -> str:
    """A public aspiration of Yanti's, with a photo for everybody and one for the desks, a reply and an answer."""
    row = people.put(people.aspiration(State.ANSWERED, place="RT 02"))
    for seed, shown in ((1, True), (2, False)):
        with_photo(session, f"/aspirasi/{row.code}/", jpeg(640, 480, seed=seed), shown=shown)
    said = ((MessageKind.REPLY, "Dekat rumah saya."), (MessageKind.ANSWER, "Sudah diperbaiki."))
    for kind, text in said:
        people.put(Message(aspiration_id=row.id, at=START, kind=kind, role=Role.SYSTEM, text=text))
    with writing(session):
        for by, text in ((None, "kata pengirim"), (people.users["sari"].id, "alasan meja")):
            values: dict[str, Any] = {"actor_id": by, "area_code": SUKARAMI, "text": text}
            audit.record(session, audit.Entry(START, "aspiration", row.code, "x", Role.SYSTEM, **values))
    return str(row.code)


def again(session: Session) -> Aspiration:
    session.rollback()
    session.expunge_all()
    return session.scalars(sa.select(Aspiration)).one()


def texts(session: Session) -> list[str]:
    return list(session.scalars(sa.select(Message.text).order_by(Message.id)))


def test_name_telephone_and_hidden_photos_go(client: FlaskClient, sent: str, session: Session) -> None:
    gone = erase_sender(session, code=sent.lower(), text=False, now=START)
    assert gone == {"nama": 1, "telepon": 1, "foto": 1}
    row = again(session)
    assert (row.name, row.phone, row.title, row.place) == ("", "", "Jembatan RT 02 lapuk", "RT 02")
    assert (row.state, row.version) == (State.ANSWERED, 2)
    assert session.scalars(sa.select(AspirationPhoto.shown)).all() == [True]
    assert len(session.scalars(sa.select(Photo.hash)).all()) == 1
    assert texts(session) == ["Dekat rumah saya.", "Sudah diperbaiki."]
    entry = audit.last(session, "aspiration", sent)
    assert entry is not None
    assert (entry.verb, entry.role, entry.detail) == ("erase_sender", Role.SYSTEM, {"removed": gone})
    assert verify(session).problems == []
    assert client.get(f"/aspirasi/{sent}/").status_code == 200
    told = {entry.verb for entry in steps(session, again(session), visitor(TODAY))}
    assert told == {"x"}, "the public does not read that the sender asked"


def test_what_was_written_goes_only_when_that_is_asked_for(client: FlaskClient, sent: str, session: Session) -> None:
    gone = erase_sender(session, code=sent, text=True, now=START)
    assert gone == {"nama": 1, "telepon": 1, "foto": 1, "teks": 1, "balasan": 1, "teks catatan": 1}
    row = again(session)
    assert (row.title, row.body, row.place) == (REMOVED, REMOVED, "")
    assert texts(session) == [REMOVED, "Sudah diperbaiki."]
    assert session.scalars(sa.select(AuditText.text)).all() == ["alasan meja"]
    report = verify(session)
    assert (report.problems, report.erased) == ([], 1)
    assert "Jembatan" not in client.get(f"/aspirasi/{sent}/").text
    assert erase_sender(session, code=sent, text=True, now=START)["balasan"] == 0


def test_an_unknown_code_erases_nothing(sent: str, session: Session) -> None:
    with pytest.raises(NotFound):
        erase_sender(session, code="XXX-XXX", text=True, now=START)
    assert again(session).name == "Yanti"
