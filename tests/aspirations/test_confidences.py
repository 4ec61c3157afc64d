"""What the public, and the next person at a shared phone, must not learn."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.aspirations import actions, timeline
from kimweb.aspirations.models import AnswerKind, Aspiration, Desk, Message, RejectReason, State
from kimweb.core.actor import Role, visitor
from kimweb.core.workflow import Step
from tests.support.clock import FrozenClock
from tests.support.forms import send
from tests.support.html import form_fields
from tests.support.people import SUKARAMI, SYSTEM, TODAY, People, day, enter, proof

WORDS = "Pengirimnya Yanti dari RT 2"
FORM: dict[str, Any] = {
    "village": SUKARAMI,
    "kind": "pengaduan",
    "category": "jalan",
    "title": "Bansos dipotong",
    "body": "Dipotong dua kali.",
    "hide_name": "1",
    "hide_text": "1",
}


def _step(people: People, who: str, **more: Any) -> Step:
    return Step(people.actor(who), FrozenClock()(), **more)


# ------------------------------------------------------------------ words between desks


def _handed_back(people: People, row: Aspiration, session: Session) -> None:
    actions.hand_back(session, _step(people, "dewi", reason=WORDS), code=row.code)


def _rejected(people: People, row: Aspiration, session: Session) -> None:
    step = _step(people, "rahman", reason=WORDS)
    actions.reject_aspiration(session, step, code=row.code, why=RejectReason.UNCLEAR)


def _asked(people: People, row: Aspiration, session: Session) -> None:
    actions.ask_sender(session, _step(people, "rahman"), code=row.code, text=WORDS)


@pytest.mark.parametrize(
    ("state", "change"),
    [(State.ASSIGNED, _handed_back), (State.FORWARDED, _rejected), (State.FORWARDED, _asked)],
)
def test_what_desks_and_sender_write_to_each_other_the_public_does_not_read(
    client: FlaskClient, people: People, session: Session, state: State, change: Any
) -> None:
    row = people.put(people.aspiration(state))
    change(people, row, session)
    assert WORDS not in client.get(f"/aspirasi/{row.code}/").text
    assert WORDS in enter(client.application.test_client(), "rahman").get(f"/aspirasi/{row.code}/").text
    assert all(entry.text is None for entry in timeline.steps(session, row, visitor(TODAY)))


@pytest.mark.parametrize("who", ["visitor", "budi", "siti"])
def test_a_stale_form_tells_a_stranger_nothing(
    client: FlaskClient, people: People, session: Session, clock: FrozenClock, who: str
) -> None:
    row = people.put(people.aspiration(State.ASSIGNED))
    clock.advance(minutes=41)
    actions.hand_back(session, Step(people.actor("dewi"), clock(), reason=WORDS), code=row.code)
    if who == "visitor":  # holds a cookie of an aspiration of their own
        send(client, "/aspirasi/kirim/", on="/aspirasi/kirim/", **FORM)
        noun, on = "pembukaan", "/aspirasi/kirim/selesai/"
    else:
        enter(client, who)
        noun, on = "pertanyaan", "/akun/"
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(on).text)
    assert token
    answer = client.post(f"/aspirasi/{row.code}/{noun}", data={"csrf_token": token[1], "version": "1", "text": "x"})
    assert answer.status_code in (403, 409)
    assert WORDS not in answer.text
    assert f"{clock():%M}:" not in answer.text
    assert "dikembalikan" not in answer.text


def test_a_stale_form_tells_whoever_reads_the_record_what_changed(
    client: FlaskClient, people: People, session: Session, clock: FrozenClock
) -> None:
    row = people.put(people.aspiration(State.RECEIVED))
    enter(client, "sari")
    fields = form_fields(client.get(f"/aspirasi/{row.code}/").text, f"/aspirasi/{row.code}/penerusan")
    actions.forward_aspiration(session, Step(people.actor("sari"), clock()), code=row.code)
    answer = client.post(f"/aspirasi/{row.code}/penerusan", data=fields)
    assert answer.status_code == 409
    assert "diteruskan, Moderator KIM" in answer.text


# ------------------------------------------------------------------ the path says who did what


def test_a_silent_question_of_the_village_was_passed_on_and_not_closed(
    client: FlaskClient, people: People, session: Session, clock: FrozenClock
) -> None:
    row = people.put(people.aspiration(State.ASKED, back_state=State.RECEIVED, back_desk=Desk.VILLAGE))
    actions.lapse_aspiration(session, Step(SYSTEM, clock()), code=row.code)
    page = enter(client, "rahman").get(f"/aspirasi/{row.code}/").text
    assert "Diteruskan karena pengirim diam" in page
    assert "Ditutup tanpa kabar" not in page


@pytest.mark.parametrize(("who", "named"), [("dewi", "Dijawab</b> oleh "), ("agus", "Dijawab</b>, Admin Dinkominfo")])
def test_the_path_names_whoever_answered(
    client: FlaskClient, people: People, session: Session, who: str, named: str
) -> None:
    row = people.put(people.aspiration(State.ASSIGNED, due_on=day(-1)))
    step = _step(people, who)
    actions.answer_aspiration(session, step, code=row.code, kind=AnswerKind.DONE, text="Sudah.")
    assert named in client.get(f"/aspirasi/{row.code}/").text
    role = session.scalars(sa.select(Message.role).where(Message.aspiration_id == row.id)).one()
    assert role is (Role.AGENCY if who == "dewi" else Role.ADMIN)


# ------------------------------------------------------------------ secret later


@pytest.mark.parametrize("state", [State.RECEIVED, State.ASKED])
def test_a_text_made_secret_later_leaves_the_village(
    people: People, session: Session, clock: FrozenClock, state: State
) -> None:
    more = {"back_state": State.RECEIVED, "back_desk": Desk.VILLAGE} if state is State.ASKED else {}
    row = people.put(people.aspiration(state, **more))
    step = Step(proof(row), clock())
    actions.tighten_privacy(session, step, code=row.code, hide_name=False, hide_text=True)
    assert row.village_bypassed
    assert Desk.VILLAGE not in (row.desk, row.back_desk)
    assert row.state is state


# ------------------------------------------------------------------ lists


def test_the_cursor_of_the_list_is_a_code_and_says_nothing_about_time(client: FlaskClient, people: People) -> None:
    rows = [people.put(people.aspiration(State.FORWARDED)) for _ in range(25)]
    first = client.get("/aspirasi/").text
    cursor = re.search(r'sesudah=([^"&]+)"', first)
    assert cursor
    assert cursor[1] in {row.code for row in rows}
    second = client.get(f"/aspirasi/?sesudah={cursor[1]}").text
    shown = [set(re.findall(r'href="/aspirasi/([0-9A-Z]{3}-[0-9A-Z]{3})/"', page)) for page in (first, second)]
    assert (len(shown[0]), len(shown[1]), shown[0] & shown[1]) == (20, 5, set())


@pytest.mark.parametrize("hidden", [{"hide_text": True}, {"about_village": True}, {"confirmed_at": None}])
def test_a_cursor_that_is_not_public_leads_to_the_first_page(
    client: FlaskClient, people: People, hidden: dict[str, Any]
) -> None:
    people.put(people.aspiration(State.FORWARDED))
    secret = people.put(people.aspiration(State.FORWARDED, **hidden))
    assert client.get(f"/aspirasi/?sesudah={secret.code}").text == client.get("/aspirasi/?sesudah=ZZZ-ZZZ").text


def test_what_is_about_the_village_is_never_public(client: FlaskClient, people: People) -> None:
    row = people.put(people.aspiration(State.ANSWERED, about_village=True, village_bypassed=True))
    assert row.confirmed_at
    for path in ("/aspirasi/", f"/desa/{SUKARAMI}/", f"/aspirasi/?wilayah={SUKARAMI}"):
        assert row.title not in client.get(path).text
    sari = enter(client.application.test_client(), "sari")
    assert sari.get(f"/aspirasi/{row.code}/").status_code == 404
    assert enter(client.application.test_client(), "rahman").get(f"/aspirasi/{row.code}/").status_code == 200


# ------------------------------------------------------------------ a shared phone


def test_whoever_sends_the_same_form_again_after_the_sender_left_gets_no_pin(
    app: Flask, client: FlaskClient, people: People
) -> None:
    fields = form_fields(client.get("/aspirasi/kirim/").text, "/aspirasi/kirim/") | FORM
    client.post("/aspirasi/kirim/", data=fields)
    page = client.get("/aspirasi/kirim/selesai/").text
    pin = re.search(r'id="pin">(\d{8})<', page)
    assert pin
    left = client.post("/aspirasi/lacak/keluar", data=form_fields(page, "/aspirasi/lacak/keluar"))
    assert left.headers["Clear-Site-Data"] == '"cache"'
    for browser in (client, app.test_client()):
        browser.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        answer = browser.post("/aspirasi/kirim/", data=fields, follow_redirects=True)
        assert answer.status_code == 404
        assert pin[1] not in answer.text
        assert "Kiriman yang sama tidak masuk dua kali." in answer.text


def test_a_cookie_that_code_and_pin_earned_shows_no_pin_and_does_not_renew_itself(
    client: FlaskClient, people: People, settings: Any
) -> None:
    from kimweb.core.codes import pin_for

    row = people.put(people.aspiration())
    pin = pin_for(settings.secret_key, row.code, 0)
    assert client.post("/aspirasi/lacak/", data={"code": row.code, "pin": pin}).status_code == 303
    earned = client.get_cookie("lacak", path="/aspirasi/")
    assert client.get("/aspirasi/kirim/selesai/").status_code == 404
    page = client.get(f"/aspirasi/{row.code}/").text
    token = form_fields(page, "/aspirasi/lacak/keluar")
    client.post("/aspirasi/lacak/", data=token | {"code": row.code, "pin": "00000000"})
    later = client.get_cookie("lacak", path="/aspirasi/")
    assert earned
    assert later
    assert earned.value == later.value


def test_a_refused_form_is_not_kept_by_the_browser(client: FlaskClient, people: People) -> None:
    refused = client.post("/aspirasi/kirim/", data=FORM | {"title": ""})
    assert refused.status_code == 422
    assert refused.headers["Cache-Control"] == "private, no-store"
    assert client.get("/aspirasi/kirim/").headers["Cache-Control"] == "private, no-cache"
    assert "no-store" in enter(client, "budi").get("/aspirasi/kirim/").headers["Cache-Control"]


def test_the_address_of_one_that_is_not_shown_says_how_its_sender_opens_it(client: FlaskClient, people: People) -> None:
    row = people.put(people.aspiration())
    hidden, unknown = (client.get(f"/aspirasi/{code}/") for code in (row.code, "ZZZ-ZZZ"))
    assert (hidden.status_code, unknown.status_code) == (404, 404)
    assert hidden.text.replace(row.code, "ZZZ-ZZZ") == unknown.text
    assert f'href="/aspirasi/lacak/?code={row.code}"' in hidden.text
    assert 'name="q"' in hidden.text
