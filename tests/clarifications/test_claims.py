"""Handing a claim in, with nothing but forms: code and PIN, once, what is answered already, followed for 15 minutes."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from kimweb.clarifications import actions
from kimweb.clarifications.models import Clarification, ClarificationPhoto, Declined, State, Verdict
from kimweb.core.codes import pin_for
from kimweb.core.db import writing
from kimweb.core.workflow import Step
from tests.conftest import SECRET_KEY
from tests.support.clock import START, FrozenClock
from tests.support.html import problems
from tests.support.people import LUMPATAN, SUKARAMI, People, day
from tests.support.pictures import jpeg
from tests.web.reading import forms_in

CLAIM = "Katanya listrik padam tiga hari penuh mulai besok malam."
FORM = "/cek-fakta/lapor/"


def send(client: FlaskClient, **changed: Any) -> TestResponse:
    """Fill in the form that stands there, and send it."""
    form = next(form for form in forms_in(client.get(FORM).text) if form.action == FORM)
    return client.post(FORM, data={**form.fields, "claim": CLAIM, "seen_in": "whatsapp", **changed})


def claims(session: Session) -> list[Clarification]:
    """What came in."""
    session.rollback()
    return list(session.scalars(sa.select(Clarification).order_by(Clarification.id)))


def slip(client: FlaskClient) -> tuple[str, str]:
    """Code and PIN of the receipt."""
    text = client.get("/cek-fakta/lapor/selesai/").text
    found = [re.search(rf'id="{name}">([^<]+)<', text) for name in ("kode", "pin")]
    assert all(found), text
    return tuple(each[1] for each in found if each)  # type: ignore[return-value]


@pytest.mark.database
def test_a_claim_gets_code_and_pin_and_is_followed_with_them(
    client: FlaskClient, session: Session, clock: FrozenClock
) -> None:
    client.set_cookie("desa", SUKARAMI)
    text = client.get(FORM).text
    assert "Bawaslu" in text.partition("<form")[0]
    answer = send(client, link="contoh.example/x")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/cek-fakta/lapor/selesai/")
    code, pin = slip(client)
    [row] = claims(session)
    assert (row.code, row.state, row.village_code, row.link) == (
        code,
        State.RECEIVED,
        SUKARAMI,
        "https://contoh.example/x",
    )
    assert (row.due_on, pin) == (day(1), pin_for(SECRET_KEY, f"clarification:{code}", 0))
    page = client.get("/cek-fakta/lacak/", follow_redirects=True)
    assert page.request.path == f"/cek-fakta/{row.id}/"
    assert CLAIM in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    clock.advance(minutes=16)
    assert client.get(f"/cek-fakta/{row.id}/").status_code == 404
    typed = client.post("/cek-fakta/lacak/", data={"code": code.lower(), "pin": pin})
    assert typed.headers["Location"] == f"/cek-fakta/{row.id}/"
    assert client.post("/cek-fakta/lacak/", data={"code": code, "pin": "00000000"}).status_code in (303, 422)
    client.post("/cek-fakta/lacak/keluar")
    assert client.post("/cek-fakta/lacak/", data={"code": code, "pin": "00000000"}).status_code == 422
    assert client.get(f"/cek-fakta/{row.id}/").status_code == 404


def test_the_pin_of_an_aspiration_opens_no_claim_with_the_same_code(client: FlaskClient, session: Session) -> None:
    send(client)
    [row] = claims(session)
    client.post("/cek-fakta/lacak/keluar")
    wrong = {"code": row.code, "pin": pin_for(SECRET_KEY, row.code, 0)}
    assert client.post("/cek-fakta/lacak/", data=wrong).status_code == 422
    assert client.post("/aspirasi/lacak/", data=wrong).status_code == 422


@pytest.mark.database
def test_the_same_form_twice_is_one_claim(client: FlaskClient, session: Session) -> None:
    for _ in range(2):
        send(client, key="a" * 32)
        assert slip(client)[0]
    assert len(claims(session)) == 1
    client.post("/cek-fakta/lacak/keluar")
    send(client, key="a" * 32)
    assert client.get("/cek-fakta/lapor/selesai/").status_code == 404
    assert len(claims(session)) == 1


def test_many_from_one_network_are_taken_in_and_marked(client: FlaskClient, session: Session) -> None:
    for number in range(31):
        assert client.post(FORM, data={"claim": f"Kabar {number}", "seen_in": "lisan"}).status_code == 303
    assert [row.held for row in claims(session)] == [False] * 30 + [True]


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"claim": " "}, "Masih kosong"),
        ({"link": "javascript:alert(1)"}, "Belum terbaca sebagai alamat"),
        ({"link": "data:text/html,x"}, "Belum terbaca sebagai alamat"),
        ({"link": "javascript://contoh.example/%0aalert(1)"}, "Belum terbaca sebagai alamat"),
        ({"seen_in": "radio"}, "Pilih satu dari daftar"),
        ({"village": "Entahlah"}, "Tidak ada desa dengan nama ini"),
    ],
)
def test_what_is_wrong_comes_back_with_what_was_typed(
    client: FlaskClient, session: Session, changed: dict[str, str], sentence: str
) -> None:
    typed = {"claim": 'Kata "kami" <b>', "link": "", **changed}
    answer = send(client, **typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert changed.get("claim") or "Kata &#34;kami&#34; &lt;b&gt;" in answer.text
    assert claims(session) == []
    assert problems(answer.text) == []


@pytest.mark.database
def test_what_answers_it_already_is_shown_first_and_nothing_typed_is_lost(
    client: FlaskClient, session: Session, people: People
) -> None:
    known = people.put(people.claim(State.PUBLISHED))
    hidden = people.put(people.claim(State.EXAMINED, title="Beras bantuan ditebus, rahasia"))
    typed = {
        "claim": "Beras BANTUAN harus ditebus? <i>",
        "link": "https://contoh.example/a?b=1&c=2",
        "village": LUMPATAN,
    }
    page = send(client, **typed)
    assert page.status_code == 200
    assert claims(session) == [known, hidden]
    assert f'href="/cek-fakta/{known.id}/">Ini menjawab saya' in page.text
    assert "rahasia" not in page.text
    assert problems(page.text) == []
    form = next(form for form in forms_in(page.text) if form.action == FORM)
    assert client.post(FORM, data=form.fields).status_code == 303
    row = claims(session)[-1]
    assert (row.claim, row.link) == (typed["claim"], typed["link"])
    assert row.village_code == LUMPATAN
    part = client.get("/cek-fakta/mirip/", query_string={"claim": "beras bantuan"})
    assert known.title in part.text
    assert "<html" not in part.text
    assert known.title not in client.get("/cek-fakta/mirip/", query_string={"claim": "beras % _"}).text


def test_with_a_photo_it_is_taken_in_at_once_and_only_desks_and_sender_see_it(
    client: FlaskClient, session: Session, people: People
) -> None:
    people.put(people.claim(State.PUBLISHED))
    form = next(form for form in forms_in(client.get(f"{FORM}?foto=ya").text) if form.action == FORM)
    sent = {"claim": "Beras bantuan harus ditebus", "photos": (BytesIO(jpeg(320, 240)), "a.jpg")}
    answer = client.post(FORM, data={**form.fields, "seen_in": "lisan", **sent}, content_type="multipart/form-data")
    assert answer.status_code == 303, answer.text
    row = claims(session)[-1]
    path = client.get("/cek-fakta/lacak/").headers["Location"]
    found = re.search(r'href="(/cek-fakta/foto/[0-9a-f]{64}/)"', client.get(path).text)
    assert found
    assert client.get(found[1]).status_code == 200
    client.post("/cek-fakta/lacak/keluar")
    assert client.get(found[1]).status_code == 404
    with writing(session):
        known = sa.update(Clarification).where(Clarification.id == row.id)
        session.execute(known.values(state=State.PUBLISHED, verdict=Verdict.FALSE))
    assert client.get(found[1]).status_code == 404
    with writing(session):
        session.execute(sa.update(ClarificationPhoto).values(shown=True))
    assert client.get(found[1]).status_code == 200


def test_the_sender_reads_why_it_is_not_examined(client: FlaskClient, session: Session, people: People) -> None:
    known = people.put(people.claim(State.PUBLISHED))
    send(client)
    row = claims(session)[-1]
    step = Step(people.actor("agus"), START, reason="Lihat jawaban itu.")
    told: dict[str, Any] = {"clarification_id": row.id, "why": Declined.ANSWERED, "answer_id": known.id}
    actions.decline(session, step, **told)
    text = client.get(f"/cek-fakta/{row.id}/").text
    assert "Sudah dijawab" in text
    assert "Lihat jawaban itu." in text
    assert f'href="/cek-fakta/{known.id}/"' in text
    assert problems(text) == []
