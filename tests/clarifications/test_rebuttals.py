"""What anybody says against a clarification: taken in, throttled, decided on by the desk, shown with the reply."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.clarifications import rebutting
from kimweb.clarifications.models import Abstention, Clarification, Rebuttal, State
from kimweb.core import audit
from kimweb.core.errors import Invalid, InvalidTransition, NotAllowed, NotFound
from tests.clarifications.test_two_people import step
from tests.support.clock import START
from tests.support.people import EVERYBODY, People, day
from tests.web.reading import forms_in

pytestmark = pytest.mark.database


@pytest.fixture
def row(people: People) -> Clarification:
    """A published one."""
    found: Clarification = people.put(people.claim(State.PUBLISHED))
    return found


def rebut(session: Session, row: Clarification, text: str = "Tidak begitu.", **changed: Any) -> None:
    """Somebody contradicts."""
    said = {"key": None, "network": "n1", "now": START} | changed
    rebutting.rebut(session, clarification_id=row.id, text=text, **said)


def all_of(session: Session) -> list[Rebuttal]:
    """What is kept."""
    return list(session.scalars(sa.select(Rebuttal).order_by(Rebuttal.id)))


def answer(
    session: Session, people: People, name: str, row: Clarification, *, accepted: bool, text: str = "Baik."
) -> None:
    """Somebody decides on the first one."""
    which = {"clarification_id": row.id, "rebuttal_id": all_of(session)[0].id}
    rebutting.answer_rebuttal(session, step(people, name), **which, accepted=accepted, text=text)


def test_anybody_contradicts_by_a_form_and_the_desk_gets_it(
    client: FlaskClient, session: Session, people: People, row: Clarification
) -> None:
    page = f"/cek-fakta/{row.id}/bantah/"
    form = forms_in(client.get(page).text)[0]
    for _ in range(2):  # a second tap
        sent = client.post(form.action, data={**form.fields, "text": "Di RT kami <b>lain</b>."})
        assert sent.headers["Location"] == f"{page}?terkirim=1"
    session.rollback()
    session.refresh(row)
    assert (len(all_of(session)), row.open_rebuttals, row.due_on) == (1, 1, day(1))
    assert "RT kami" not in client.get(f"/cek-fakta/{row.id}/").text
    assert client.post(form.action, data={"text": " "}).status_code == 422


@pytest.mark.parametrize("state", [state for state in State if state is not State.PUBLISHED])
def test_only_what_is_published_is_contradicted(session: Session, people: People, state: State) -> None:
    with pytest.raises(NotFound):
        rebut(session, people.put(people.claim(state)))


def test_a_network_that_floods_is_marked_and_keeps_five(session: Session, people: People, row: Clarification) -> None:
    for number in range(8):
        rebut(session, row, f"Nomor {number}")
    rebut(session, row, "Dari tempat lain", network="n2")
    session.refresh(row)
    assert ([one.text for one in all_of(session)][-2:], row.open_rebuttals) == (["Nomor 4", "Dari tempat lain"], 6)
    others = [people.put(people.claim(State.PUBLISHED)) for _ in range(25)]
    for other in others:
        rebut(session, other)
    assert [one.held for one in all_of(session)][-4:] == [False, True, True, True]


def test_accepted_it_stands_on_the_page_with_the_reply_and_else_inside(
    client: FlaskClient, session: Session, people: People, row: Clarification
) -> None:
    rebut(session, row, "Uang bensin tetap diminta.")
    answer(session, people, "rahman", row, accepted=True, text="Itu tidak boleh.")
    text = client.get(f"/cek-fakta/{row.id}/").text
    assert text.index("Uang bensin tetap diminta.") < text.index("Itu tidak boleh.")
    assert (row.open_rebuttals, row.due_on) == (0, None)
    entry = audit.last(session, "clarification", str(row.id))
    assert entry is not None
    assert (entry.verb, entry.detail["accepted"]) == ("tanggapan", True)
    with pytest.raises(InvalidTransition):
        answer(session, people, "agus", row, accepted=False)


def test_not_accepted_it_stays_inside_with_its_reason(
    client: FlaskClient, session: Session, people: People, row: Clarification
) -> None:
    rebut(session, row, "Menghina seseorang.")
    with pytest.raises(Invalid):
        answer(session, people, "rahman", row, accepted=False, text="")
    answer(session, people, "rahman", row, accepted=False, text="Menyebut nama orang.")
    text = client.get(f"/cek-fakta/{row.id}/").text
    assert "Menghina" not in text
    assert "Menyebut nama" not in text


def test_the_desk_decides_and_nobody_else(session: Session, people: People, row: Clarification) -> None:
    rebut(session, row)
    people.put(Abstention(clarification_id=row.id, user_id=people.users["rahman"].id, at=START))
    for name in set(EVERYBODY) - {"agus"}:
        with pytest.raises(NotAllowed):
            answer(session, people, name, row, accepted=True)
    answer(session, people, "agus", row, accepted=True)
