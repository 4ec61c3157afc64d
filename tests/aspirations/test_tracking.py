"""Code and PIN: the receipt, the cookie, and guessing."""

from __future__ import annotations

import re
from http.cookies import SimpleCookie
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.aspirations.models import Aspiration, State
from kimweb.aspirations.sending import check_pin
from kimweb.core.codes import pin_for
from kimweb.core.db import writing
from kimweb.core.errors import TooMany
from kimweb.settings import Settings
from tests.conftest import SECRET_KEY
from tests.support.clock import START, FrozenClock
from tests.support.forms import send
from tests.support.html import problems
from tests.support.people import SUKARAMI, People, code_of

WRONG = "Kode dan PIN tidak cocok."
ELSEWHERE = {"REMOTE_ADDR": "203.0.113.9"}


@pytest.fixture
def row(people: People) -> Aspiration:
    """A secret one: nobody but its sender and its desk sees it."""
    found: Aspiration = people.put(people.aspiration(State.FORWARDED, hide_text=True))
    return found


@pytest.fixture
def pin(row: Aspiration, settings: Settings) -> str:
    """Its PIN."""
    return pin_for(settings.secret_key, row.code, 0)


def _receipt(page: str) -> tuple[str, str]:
    code, number = re.search(r'id="kode">([^<]+)<', page), re.search(r'id="pin">([^<]+)<', page)
    assert code
    assert number
    return code[1], number[1]


def _try(client: FlaskClient, code: str, pin: str, **more: Any) -> tuple[int, str]:
    answer = client.post("/aspirasi/lacak/", data={"code": code, "pin": pin}, **more)
    return answer.status_code, answer.headers.get("Location", answer.text)


def test_the_receipt_shows_code_and_pin_to_the_sending_browser_for_15_minutes(
    app: Flask, client: FlaskClient, people: People, settings: Settings, clock: FrozenClock
) -> None:
    fields: dict[str, Any] = {"village": SUKARAMI, "category": "jalan", "title": "Judul", "body": "Isi"}
    answer = send(client, "/aspirasi/kirim/", on="/aspirasi/kirim/", **fields)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/aspirasi/kirim/selesai/")
    page = client.get("/aspirasi/kirim/selesai/")
    assert problems(page.text) == []
    code, number = _receipt(page.text)
    assert number == pin_for(settings.secret_key, code, 0)
    assert "no-store" in page.headers["Cache-Control"]
    other = app.test_client().get("/aspirasi/kirim/selesai/")
    assert (other.status_code, code in other.text) == (404, False)
    clock.advance(minutes=15)
    late = client.get("/aspirasi/kirim/selesai/")
    assert (late.status_code, number in late.text) == (404, False)


@pytest.mark.database
def test_the_same_form_sent_twice_gives_the_same_code_and_pin_and_a_stranger_neither(
    app: Flask, client: FlaskClient, people: People
) -> None:
    page = client.get("/aspirasi/kirim/")
    assert "ETag" not in page.headers
    key = re.findall(r'name="key" value="([0-9a-f]{32})"', page.text)[0]
    fields = {"village": SUKARAMI, "category": "jalan", "title": "Judul", "body": "Isi", "key": key}
    receipts = set()
    for _ in range(2):
        client.post("/aspirasi/kirim/", data=fields)
        receipts.add(_receipt(client.get("/aspirasi/kirim/selesai/").text))
    assert len(receipts) == 1
    stranger = app.test_client()
    fields["key"] = re.findall(r'name="key" value="([0-9a-f]{32})"', stranger.get("/aspirasi/kirim/").text)[0]
    assert fields["key"] != key
    stranger.post("/aspirasi/kirim/", data=fields)
    code, number = _receipt(stranger.get("/aspirasi/kirim/selesai/").text)
    mine = receipts.pop()
    assert code != mine[0]
    assert number != mine[1]


@pytest.mark.database
def test_code_and_pin_open_it_as_people_type_them(client: FlaskClient, row: Aspiration, pin: str) -> None:
    assert client.get(f"/aspirasi/{row.code}/").status_code == 404
    typed = row.code.lower().replace("-", " ")
    assert _try(client, typed, f"{pin[:4]} {pin[4:]}") == (303, f"/aspirasi/{row.code}/")
    page = client.get(f"/aspirasi/{row.code}/")
    assert page.status_code == 200
    assert row.body in page.text
    assert client.get("/aspirasi/lacak/").headers["Location"] == f"/aspirasi/{row.code}/"


def test_a_network_guesses_a_hundred_times_whatever_the_code(session: Session, row: Aspiration, pin: str) -> None:
    guess: dict[str, Any] = {"server_key": SECRET_KEY, "now": START}
    for number in range(100):
        assert not check_pin(session, code=code_of(number), pin="0", network="n0", **guess)
    with pytest.raises(TooMany):
        check_pin(session, code=row.code, pin=pin, network="n0", **guess)
    assert check_pin(session, code=row.code, pin=pin, network="another", **guess)


def test_a_wrong_pin_and_an_unknown_code_get_the_same_answer(client: FlaskClient, row: Aspiration, pin: str) -> None:
    answers = {
        _try(client, code, number)[1].replace(f'"{code}"', "").replace(f'"{number}"', "")
        for code, number in ((row.code, "00000000"), ("ZZZ-ZZZ", pin), ("ZZZ-ZZZ", "00000000"))
    }
    assert len(answers) == 1
    assert WRONG in answers.pop()
    assert _try(client, "not a code", pin)[0] == 422
    assert client.get_cookie("lacak", path="/aspirasi/") is None


@pytest.mark.database
def test_after_five_wrong_guesses_this_network_waits_for_this_code_and_nobody_else_does(
    app: Flask, client: FlaskClient, people: People, row: Aspiration, pin: str, clock: FrozenClock
) -> None:
    sender = app.test_client()
    assert _try(sender, row.code, pin)[0] == 303
    for _ in range(5):
        assert _try(client, row.code, "00000000")[0] == 422
    closed = client.post("/aspirasi/lacak/", data={"code": row.code, "pin": pin})
    assert closed.status_code == 429
    assert problems(closed.text) == []
    assert pin not in closed.text
    assert 0 < int(closed.headers["Retry-After"]) <= 15 * 60
    assert _try(client, "ZZZ-ZZZ", "00000000")[0] == 422
    assert _try(app.test_client(), row.code, pin, environ_overrides=ELSEWHERE)[0] == 303
    assert sender.get(f"/aspirasi/{row.code}/").status_code == 200
    token = {"code": row.code, "pin": pin}
    again = sender.post("/aspirasi/lacak/", data=token, headers={"Sec-Fetch-Site": "same-origin"})
    assert again.status_code == 303
    clock.advance(minutes=15)
    assert _try(client, row.code, pin)[0] == 303


def test_a_new_pin_makes_the_old_one_useless(
    client: FlaskClient, people: People, row: Aspiration, pin: str, settings: Settings
) -> None:
    with writing(people.session):
        row.pin_counter = 1
    assert _try(client, row.code, pin)[0] == 422
    assert _try(client, row.code, pin_for(settings.secret_key, row.code, 1))[0] == 303


def test_the_cookie_is_short_lived_narrow_and_only_ours(
    app: Flask, client: FlaskClient, row: Aspiration, pin: str, clock: FrozenClock
) -> None:
    answer = client.post("/aspirasi/lacak/", data={"code": row.code, "pin": pin})
    cookie = SimpleCookie(answer.headers["Set-Cookie"])["lacak"]
    assert (cookie["path"], cookie["max-age"], cookie["samesite"]) == ("/aspirasi/", "900", "Lax")
    assert cookie["httponly"]
    value = cookie.value
    for made_up in (value[:-1] + ("A" if value[-1] != "A" else "B"), "x", "", value.split(".")[0], f"{row.code}.x"):
        stranger = app.test_client()
        stranger.set_cookie("lacak", made_up, path="/aspirasi/")
        assert stranger.get(f"/aspirasi/{row.code}/").status_code == 404, made_up
    copied = app.test_client()
    copied.set_cookie("lacak", value, path="/aspirasi/")
    assert copied.get(f"/aspirasi/{row.code}/").status_code == 200
    clock.advance(minutes=15)  # the browser may keep it: the server does not
    assert copied.get(f"/aspirasi/{row.code}/").status_code == 404


def test_leaving_forgets_it_on_a_shared_phone(client: FlaskClient, row: Aspiration, pin: str) -> None:
    _try(client, row.code, pin)
    send(client, "/aspirasi/lacak/keluar", on=f"/aspirasi/{row.code}/")
    assert client.get(f"/aspirasi/{row.code}/").status_code == 404


def test_a_visitor_without_proof_who_wants_to_change_something_is_asked_for_the_pin(
    client: FlaskClient, people: People
) -> None:
    public = people.put(people.aspiration(State.ANSWERED))
    for noun in ("penyelesaian", "pembukaan", "privasi", "keterangan"):
        answer = client.post(f"/aspirasi/{public.code}/{noun}", data={"text": "x"})
        assert answer.status_code in (303, 400), noun
        assert people.session.get_one(Aspiration, public.id).version == 1
