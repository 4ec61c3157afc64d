"""Signing in and out: the same answer for every mistake, and sessions that the server can end."""

from __future__ import annotations

import threading
from dataclasses import replace
from http.cookies import SimpleCookie
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from kimweb.accounts import actions
from kimweb.accounts.models import User, UserSession
from kimweb.app import create_app
from kimweb.core import audit
from kimweb.core.db import writing
from kimweb.settings import Settings
from tests.support.clock import START, FrozenClock
from tests.support.forms import send
from tests.support.html import form_fields, problems
from tests.support.people import PASSWORD, People, enter

WRONG = "Nama pengguna atau kata sandi tidak cocok."


def _sign_in(client: FlaskClient, name: str, password: str, **more: Any) -> Any:
    return client.post("/masuk/", data={"username": name, "password": password}, **more)


def _sessions(session: Session) -> int:
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(UserSession)) or 0


@pytest.mark.database
def test_the_right_password_opens_the_desk(client: FlaskClient, people: People, session: Session) -> None:
    answer = _sign_in(client, " BUDI ", PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/meja/")
    assert client.get("/meja/").status_code == 200
    entries = audit.history(session, "user", str(people.users["budi"].id))
    assert [entry.verb for entry in entries] == ["sign_in"]
    assert client.get("/masuk/").headers["Location"] == "/meja/"


def test_a_wrong_password_and_an_unknown_or_inactive_name_get_the_same_answer(
    client: FlaskClient, people: People, session: Session
) -> None:
    with writing(session):
        people.users["wati"].active = False
    bodies = set()
    for name, password in (("budi", "salah-salah"), ("entah", PASSWORD), ("wati", PASSWORD), ("wati", "salah-salah")):
        answer = _sign_in(client, name, password)
        assert answer.status_code == 422
        assert WRONG in answer.text
        assert f'value="{name}"' in answer.text
        assert password not in answer.text
        assert problems(answer.text) == []
        bodies.add(answer.text.replace(f'value="{name}"', ""))
    assert len(bodies) == 1
    assert _sessions(session) == 0


@pytest.mark.parametrize(("name", "password", "field"), [("", PASSWORD, "username"), ("budi", "", "password")])
def test_an_empty_field_is_named(client: FlaskClient, people: People, name: str, password: str, field: str) -> None:
    answer = _sign_in(client, name, password)
    assert answer.status_code == 422
    assert f'name="{field}" aria-invalid="true"' in answer.text


@pytest.mark.database
def test_odd_names_are_only_wrong(client: FlaskClient, people: People) -> None:
    for name in ("bu\0di", "budi\u200b", "😀" * 40, "x" * 64, "x" * 10_000, "budi' OR 1=1 --", "%", "İ" * 32):
        assert _sign_in(client, name, "salah\0salah").status_code == 422, name


def test_only_the_whole_password_fits(client: FlaskClient, people: People, session: Session, app: Flask) -> None:
    longest = "p" * actions.PASSWORD_MAX
    enter(client, "budi")
    send(client, "/akun/kata-sandi", on="/akun/", old=PASSWORD, new=longest)
    assert _sign_in(app.test_client(), "budi", longest + "x").status_code == 422
    assert _sign_in(app.test_client(), "budi", longest).status_code == 303


@pytest.mark.database
def test_after_ten_failures_a_name_is_closed_for_this_network_only(
    client: FlaskClient, people: People, clock: FrozenClock
) -> None:
    for _ in range(10):
        assert _sign_in(client, "budi", "salah-salah").status_code == 422
    closed = _sign_in(client, "budi", PASSWORD)
    assert closed.status_code == 429
    assert problems(closed.text) == []
    assert int(closed.headers["Retry-After"]) == 15 * 60
    assert PASSWORD not in closed.text
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.9"}}
    other = client.application.test_client()
    assert _sign_in(other, "budi", PASSWORD, **elsewhere).status_code == 303
    assert _sign_in(client.application.test_client(), "wati", PASSWORD).status_code == 303
    clock.advance(minutes=15)
    assert _sign_in(client, "budi", PASSWORD).status_code == 303


# ------------------------------------------------------------------ sessions


def test_signing_out_kills_every_copy_of_the_cookie(app: Flask, client: FlaskClient, people: People) -> None:
    enter(client, "budi")
    cookie = client.get_cookie("kim")
    assert cookie is not None
    thief = app.test_client()
    thief.set_cookie("kim", cookie.value)
    assert thief.get("/meja/").status_code == 200
    answer = send(client, "/keluar/", on="/meja/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    for browser in (client, thief):
        assert browser.get("/meja/").headers["Location"] == "/masuk/?lanjut=/meja/"


def test_signing_out_needs_a_post_with_a_token(client: FlaskClient, people: People) -> None:
    enter(client, "budi")
    assert client.get("/keluar/").status_code == 405
    assert client.post("/keluar/").status_code == 400
    assert client.get("/meja/").status_code == 200


def test_an_unused_session_ends_after_72_hours_and_a_used_one_after_7_days(
    client: FlaskClient, people: People, clock: FrozenClock
) -> None:
    enter(client, "budi")
    clock.advance(hours=72, minutes=-1)
    assert client.get("/meja/").status_code == 200
    clock.advance(hours=71)
    assert client.get("/meja/").status_code == 200  # the look before counted as use
    clock.advance(hours=24)
    assert client.get("/meja/").status_code == 200
    clock.advance(hours=1, minutes=1)
    assert client.get("/meja/").status_code == 303  # 7 days in all

    enter(client, "budi")
    clock.advance(hours=72)
    assert client.get("/meja/").status_code == 303


def test_use_is_noted_at_most_every_five_minutes(
    client: FlaskClient, people: People, session: Session, clock: FrozenClock
) -> None:
    enter(client, "budi")
    seen = []
    for minutes in (4, 1, 4, 2):
        clock.advance(minutes=minutes)
        client.get("/berita/")
        session.rollback()
        seen.append((session.scalars(sa.select(UserSession.seen_at)).one() - START).total_seconds() / 60)
    assert seen == [0, 5, 5, 11]


def test_a_page_is_served_even_when_its_use_cannot_be_noted(
    client: FlaskClient, people: People, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(client, "budi")
    clock.advance(minutes=10)

    def locked(*_args: object, **_values: object) -> None:
        raise OperationalError("UPDATE", {}, Exception("database is locked"))

    monkeypatch.setattr(actions, "touch_session", locked)
    assert client.get("/meja/").status_code == 200


def test_somebody_who_is_made_inactive_is_out_at_the_next_request(
    client: FlaskClient, people: People, session: Session
) -> None:
    enter(client, "budi")
    with writing(session):
        session.get_one(User, people.users["budi"].id).active = False
    assert client.get("/meja/").status_code == 303


@pytest.mark.parametrize("value", ["", "x", "eyJfdXNlcl9pZCI6IjEifQ.AAAAAA.xxxx", "\u00e9" * 9])
def test_a_made_up_cookie_is_nobody(client: FlaskClient, people: People, value: str) -> None:
    client.set_cookie("kim", value)
    assert client.get("/meja/").status_code == 303


def test_the_database_keeps_only_a_hash_of_the_token(client: FlaskClient, people: People, session: Session) -> None:
    enter(client, "budi")
    with client.session_transaction() as kept:
        token = kept["_user_id"]
    row = session.scalars(sa.select(UserSession)).one()
    assert row.token_hash == actions.token_hash(token)
    assert token not in (row.token_hash, row.device)
    assert len(token) >= 43


@pytest.mark.parametrize("secure", [True, False])
def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(
    settings: Settings, clock: FrozenClock, people: People, secure: bool
) -> None:
    app = create_app(replace(settings, secure_cookies=secure), clock=clock)
    answer = _sign_in(app.test_client(), "budi", PASSWORD)
    cookie = SimpleCookie(answer.headers["Set-Cookie"])["kim"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert bool(cookie["secure"]) is secure
    assert cookie["path"] == "/"
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def test_public_pages_set_no_cookie(client: FlaskClient, people: People) -> None:
    for path in ("/", "/berita/", "/masuk/", "/aspirasi/", "/aspirasi/kirim/", "/aspirasi/lacak/"):
        assert "Set-Cookie" not in client.get(path).headers, path


# ------------------------------------------------------------------ onward


@pytest.mark.parametrize(
    ("onward", "leads_to"),
    [
        ("/berita/tulis/", "/berita/tulis/"),
        ("/aspirasi/?wilayah=16.06.01", "/aspirasi/?wilayah=16.06.01"),
        ("", "/meja/"),
        ("//evil.example/", "/meja/"),
        ("///evil.example/", "/meja/"),
        ("/\\evil.example/", "/meja/"),
        ("\\\\evil.example/", "/meja/"),
        ("/x\\..\\evil", "/meja/"),
        ("http://evil.example/", "/meja/"),
        ("https:evil.example", "/meja/"),
        ("javascript:alert(1)", "/meja/"),
        ("evil.example", "/meja/"),
        (" //evil.example", "/meja/"),
        ("/\t/evil.example", "/meja/"),
        ("/\n/evil.example", "/meja/"),
        ("/\r\nSet-Cookie: x=1", "/meja/"),
        ("/\0/evil.example", "/meja/"),
        ("/\u2028/evil.example", "/meja/"),
    ],
)
def test_the_way_on_never_leaves_the_site(client: FlaskClient, people: People, onward: str, leads_to: str) -> None:
    page = client.get("/masuk/", query_string={"lanjut": onward})
    assert form_fields(page.text, "/masuk/")["lanjut"] == leads_to
    answer = client.post("/masuk/", data={"username": "budi", "password": PASSWORD, "lanjut": onward})
    assert (answer.status_code, answer.headers["Location"]) == (303, leads_to)


def test_after_a_mistake_the_way_on_is_kept(client: FlaskClient, people: People) -> None:
    answer = client.post("/masuk/", data={"username": "budi", "password": "x", "lanjut": "/berita/tulis/"})
    assert form_fields(answer.text, "/masuk/")["lanjut"] == "/berita/tulis/"


def test_signing_in_begins_a_fresh_session_row(
    client: FlaskClient, people: People, session: Session, clock: FrozenClock
) -> None:
    clock.advance(hours=1)
    enter(client, "budi")
    first = client.get_cookie("kim")
    enter(client, "budi")
    second = client.get_cookie("kim")
    assert first
    assert second
    assert first.value != second.value
    assert _sessions(session) == 1  # the earlier one of this browser has ended
    assert session.scalars(sa.select(User.signed_in_at).where(User.username == "budi")).one() == clock()


def test_in_a_storm_of_sign_ins_whoever_does_not_get_a_turn_is_told_so_at_once(
    client: FlaskClient, people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = threading.BoundedSemaphore(1)
    full.acquire()
    monkeypatch.setattr("kimweb.accounts.passwords._IN_LINE", full)
    answer = client.post("/masuk/", data={"username": "budi", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "60")
    assert "Sedang penuh" in answer.text
    assert PASSWORD not in answer.text
