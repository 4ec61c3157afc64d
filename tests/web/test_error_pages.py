"""Errors are pages of the site: what happened, what to do, and what was typed. Never a traceback."""

from __future__ import annotations

import re
import sqlite3
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from kimweb.aspirations.models import Desk
from kimweb.aspirations.models import State as AspirationState
from kimweb.core.actor import Role
from kimweb.core.codes import pin_for
from tests.conftest import SECRET_KEY
from tests.home.world import DISTRICT, PASSWORD, VILLAGE, World, enter, in_days
from tests.support.clock import FrozenClock
from tests.support.html import problems
from tests.web.reading import Form, forms_in

WRITTEN = 'Jembatan <b>RT 02</b> & "lapuk"'


@pytest.fixture
def world(session: Session) -> World:
    """What can be added to an empty installation."""
    return World(session)


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits 50 ms for a lock; stands before `client` and `app` in a test's arguments."""
    monkeypatch.setattr("kimweb.core.db.BUSY_TIMEOUT_MS", 50)


@pytest.fixture
def sari(world: World, client: FlaskClient) -> FlaskClient:
    """The moderator's browser, signed in."""
    return enter(client, world.person("sari", Role.MODERATOR, VILLAGE))


def a_page_of_ours(answer: TestResponse, status: int) -> str:
    """The text of an error page, after a look whether it is one: valid, private, without a traceback."""
    assert answer.status_code == status, answer.text
    assert problems(answer.text) == []
    for word in ("Traceback", 'File "', "sqlalchemy", "werkzeug", "OperationalError", "RuntimeError"):
        assert word not in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Content-Security-Policy" in answer.headers
    return answer.text


def test_404_helps_to_search(client: FlaskClient) -> None:
    text = a_page_of_ours(client.get("/berita/99999/"), 404)
    search = next(form for form in forms_in(text) if form.action == "/desa/")
    assert client.get("/desa/", query_string={"q": "sukarami"}).status_code == 200
    assert search.names == {"q"}


def test_403_says_that_the_role_is_missing(sari: FlaskClient) -> None:
    assert "peran" in a_page_of_ours(sari.get("/atur/"), 403)


@pytest.mark.parametrize(
    ("method", "path"),
    [("PUT", "/"), ("DELETE", "/berita/"), ("POST", "/desa/"), ("GET", "/keluar/"), ("GET", "/berita/1/publikasi")],
)
def test_405_names_what_is_allowed(client: FlaskClient, method: str, path: str) -> None:
    answer = client.open(path, method=method)
    a_page_of_ours(answer, 405)
    assert answer.headers["Allow"]


@pytest.mark.parametrize("path", ["/aspirasi/kirim/", "/masuk/", "/bahasa/"])
def test_413_is_a_page_of_ours(client: FlaskClient, path: str) -> None:
    answer = client.post(path, data={"body": "x" * 300_000})
    a_page_of_ours(answer, 413)


def test_413_holds_for_many_fields_and_for_files(client: FlaskClient) -> None:
    many = client.post("/aspirasi/kirim/", data={f"f{number}": "x" for number in range(1500)})
    assert many.status_code in (413, 422)
    import io

    for path, status in (("/masuk/", 413), ("/aspirasi/kirim/", 422)):  # (what takes photos takes larger ones)
        file = {"photo": (io.BytesIO(b"x" * 300_000), "a.jpg")}
        a_page_of_ours(client.post(path, data=file, content_type="multipart/form-data"), status)


# ------------------------------------------------------------------ what was typed is kept


def review_form(client: FlaskClient, news_id: int, noun: str) -> Form:
    return next(form for form in forms_in(client.get(f"/berita/{news_id}/").text) if form.action.endswith(noun))


def test_409_keeps_the_text_and_shows_what_changed(sari: FlaskClient, world: World) -> None:
    budi = world.person("budi", Role.MEMBER, VILLAGE)
    row = world.news(budi, "Gotong royong", due=in_days(2))
    form = review_form(sari, row.id, "pengembalian")
    publish = review_form(sari, row.id, "publikasi")
    assert sari.post(publish.action, data=publish.fields).status_code == 303
    text = a_page_of_ours(sari.post(form.action, data={**form.fields, "reason": WRITTEN}), 409)
    assert "Jembatan &lt;b&gt;RT 02&lt;/b&gt; &amp; &#34;lapuk&#34;</textarea>" in text
    assert "Diterbitkan" in text or "diterbitkan" in text
    assert "Sudah Anda ubah di tempat lain. Tulisan Anda ada di bawah." in text, "it was she herself"
    wati = enter(sari.application.test_client(), world.person("wati", Role.MODERATOR, VILLAGE))
    stale = {**form.fields, "csrf_token": review_form(wati, row.id, "penarikan").fields["csrf_token"]}
    assert "Sudah diubah orang lain." in a_page_of_ours(wati.post(form.action, data=stale), 409)
    assert f'href="/berita/{row.id}/"' in text


def test_400_keeps_the_text_and_its_form_works(sari: FlaskClient, world: World) -> None:
    budi = world.person("budi", Role.MEMBER, VILLAGE)
    row = world.news(budi, "Gotong royong", due=in_days(2))
    form = review_form(sari, row.id, "pengembalian")
    stale = {**form.fields, "csrf_token": "old", "reason": WRITTEN}
    text = a_page_of_ours(sari.post(form.action, data=stale), 400)
    again = next(each for each in forms_in(text) if each.action == form.action)
    assert again.fields["reason"] == WRITTEN
    assert again.fields["version"] == form.fields["version"]
    assert sari.post(again.action, data=again.fields).status_code == 303


@pytest.mark.parametrize("token", [None, "old"])
def test_what_was_written_before_the_session_ended_stays_beside_the_way_in(
    sari: FlaskClient, world: World, token: str | None
) -> None:
    budi = world.person("budi", Role.MEMBER, VILLAGE)
    row = world.news(budi, "Gotong royong", due=in_days(2))
    form = review_form(sari, row.id, "pengembalian")
    sari.delete_cookie("kim")
    fields = {**form.fields, "reason": WRITTEN} | ({"csrf_token": token} if token else {})
    text = a_page_of_ours(sari.post(form.action, data=fields), 400)
    assert "Anda sudah keluar." in text
    assert "Jembatan &lt;b&gt;RT 02&lt;/b&gt; &amp; &#34;lapuk&#34;</textarea>" in text
    assert 'href="/masuk/"' in text


def test_what_a_sender_wrote_after_the_time_ran_out_stays_beside_the_way_to_the_pin(
    client: FlaskClient, world: World, clock: FrozenClock
) -> None:
    row = world.aspiration("Jembatan lapuk", due=in_days(3), state=AspirationState.ASKED, desk=Desk.SENDER)
    pin = pin_for(SECRET_KEY, row.code, 0)
    client.post("/aspirasi/lacak/", data={"code": row.code, "pin": pin})
    form = next(f for f in forms_in(client.get(f"/aspirasi/{row.code}/").text) if f.action.endswith("keterangan"))
    clock.advance(minutes=16)
    text = a_page_of_ours(client.post(form.action, data={**form.fields, "text": WRITTEN}), 403)
    assert "Waktu melacak sudah habis." in text
    assert "Jembatan &lt;b&gt;RT 02&lt;/b&gt; &amp; &#34;lapuk&#34;</textarea>" in text
    assert f'href="/aspirasi/lacak/?code={row.code}"' in text


@pytest.mark.parametrize("body", [{"username": 5, "password": 5}, [1, 2, 3], "x"])
def test_json_is_no_form(client: FlaskClient, body: Any) -> None:
    for path in ("/masuk/", "/aspirasi/kirim/", "/aspirasi/lacak/"):
        a_page_of_ours(client.post(path, json=body), 422)


def test_a_file_is_no_field(client: FlaskClient) -> None:
    for path, name in (("/masuk/", "username"), ("/aspirasi/kirim/", "village"), ("/aspirasi/lacak/", "code")):
        a_page_of_ours(client.post(path, data={name: (BytesIO(b"x"), "x.txt")}), 422)


@pytest.mark.parametrize("header", ["Origin", "Referer"])
@pytest.mark.parametrize("value", ["http://[", "http://[::1", "//", "null"])
def test_an_origin_that_is_none_is_a_stranger(app: Flask, header: str, value: str) -> None:
    a_page_of_ours(app.test_client().post("/masuk/", headers={header: value}), 403)


def test_a_body_of_unknown_length_is_refused(client: FlaskClient) -> None:
    body = BytesIO(b"title=x&hide_name=1")
    more = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}
    answer = client.post("/aspirasi/kirim/", input_stream=body, environ_overrides=more)
    a_page_of_ours(answer, 411)


def test_400_never_shows_a_password(sari: FlaskClient) -> None:
    data = {"old": "rahasia-lama", "new": "rahasia-baru-1", "csrf_token": "old"}
    text = a_page_of_ours(sari.post("/akun/kata-sandi", data=data), 400)
    assert "rahasia" not in text


def test_422_of_a_change_keeps_what_was_typed(sari: FlaskClient, world: World) -> None:
    budi = world.person("budi", Role.MEMBER, VILLAGE)
    row = world.news(budi, "Gotong royong", due=in_days(2))
    form = review_form(sari, row.id, "pengembalian")
    text = a_page_of_ours(sari.post(form.action, data={**form.fields, "reason": " "}), 422)
    assert "Masih kosong" in text


def test_429_says_until_when(client: FlaskClient, world: World, clock: FrozenClock) -> None:
    row = world.aspiration("Jembatan lapuk", due=in_days(2))
    wrong = {"code": row.code, "pin": "00000000"}
    for _ in range(5):
        assert client.post("/aspirasi/lacak/", data=wrong).status_code == 422
    answer = client.post("/aspirasi/lacak/", data=wrong)
    text = a_page_of_ours(answer, 429)
    assert re.search(r"pukul 09\.1[5-6]", text)
    assert int(answer.headers["Retry-After"]) <= 15 * 60
    clock.advance(minutes=16)
    right = {"code": row.code, "pin": pin_for(SECRET_KEY, row.code, row.pin_counter)}
    assert client.post("/aspirasi/lacak/", data=right).status_code == 303


# ------------------------------------------------------------------ when something of ours breaks


def broken(*_args: Any, **_values: Any) -> Any:
    raise RuntimeError("a secret of the inside")


def locked(*_args: Any, **_values: Any) -> Any:
    raise OperationalError("SELECT secret", {}, sqlite3.OperationalError("database is locked"))


def test_500_is_a_page_without_a_traceback(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kimweb.home.queries.place_page", broken)
    assert "secret" not in a_page_of_ours(client.get("/"), 500)


def test_500_keeps_what_was_typed(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kimweb.aspirations.views.resolve", broken)
    text = a_page_of_ours(client.post("/aspirasi/kirim/", data={"body": WRITTEN, "key": "k" * 32}), 500)
    assert "Jembatan &lt;b&gt;RT 02&lt;/b&gt;" in text
    assert "k" * 32 not in text


@pytest.mark.parametrize("what", [broken, locked], ids=["500", "503"])
def test_an_error_page_needs_no_database(sari: FlaskClient, monkeypatch: pytest.MonkeyPatch, what: Any) -> None:
    """Signed in, and the database does not even say who asks: still a page of ours."""
    monkeypatch.setattr("kimweb.accounts.actions.find_session", what)
    a_page_of_ours(sari.get("/meja/"), 503 if what is locked else 500)


def test_503_while_the_database_is_locked_keeps_the_text(impatient: None, client: FlaskClient, app: Flask) -> None:
    form = next(form for form in forms_in(client.get(f"/aspirasi/kirim/?desa={VILLAGE}").text) if "body" in form.names)
    path = app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///")
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    category = re.search(r'<option value="(\w+)"', client.get("/aspirasi/kirim/").text)
    assert category
    typed = {**form.fields, "category": category[1], "title": "Jembatan", "body": WRITTEN}
    answer = client.post("/aspirasi/kirim/", data=typed)
    text = a_page_of_ours(answer, 503)
    assert "Jembatan &lt;b&gt;RT 02&lt;/b&gt;" in text
    assert answer.headers["Retry-After"]
    assert client.get("/").status_code == 200, "reading goes on"
    holder.execute("ROLLBACK")
    holder.close()
    assert client.post("/aspirasi/kirim/", data=typed).status_code == 303


def test_noting_that_a_session_is_in_use_is_never_fatal(
    impatient: None, sari: FlaskClient, app: Flask, clock: FrozenClock
) -> None:
    clock.advance(minutes=10)
    holder = sqlite3.connect(app.config["SQLALCHEMY_DATABASE_URI"].removeprefix("sqlite:///"), isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    assert sari.get("/meja/").status_code == 200
    holder.execute("ROLLBACK")
    holder.close()


def test_the_session_ends_when_it_is_over(sari: FlaskClient, clock: FrozenClock) -> None:
    clock.advance(hours=timedelta(days=8) / timedelta(hours=1))
    answer = sari.get("/meja/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/masuk/?lanjut=/meja/")
    assert sari.get(f"/kecamatan/{DISTRICT}/").status_code == 200
    assert PASSWORD not in answer.text
