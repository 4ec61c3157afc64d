"""Posts from elsewhere: told by Sec-Fetch-Site, else Origin, else Referer; and what happens when nothing tells."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from kimweb.aspirations.models import Aspiration
from kimweb.core.idempotency import new_key
from tests.support.html import form_fields, problems
from tests.support.people import SUKARAMI, People, enter

TYPED = {
    "village": SUKARAMI,
    "kind": "pengaduan",
    "category": "jalan",
    "title": "Jembatan RT 02 lapuk",
    "body": "Papannya patah.\nSejak Senin.",
}


@pytest.fixture
def plain(app: Flask, people: People) -> FlaskClient:
    """A browser that sends none of the three headers on its own."""
    return app.test_client()


def _send(client: FlaskClient, headers: dict[str, str] | None = None, **more: str) -> TestResponse:
    return client.post("/aspirasi/kirim/", data=TYPED | {"key": new_key()} | more, headers=headers)


def _count(session: Session) -> int:
    session.rollback()
    return session.scalar(sa.select(sa.func.count()).select_from(Aspiration)) or 0


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "same-origin"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://localhost"},
        {"Referer": "http://localhost/aspirasi/kirim/"},  # w3m and lynx
        {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
        {},
    ],
)
def test_a_form_of_ours_is_taken(plain: FlaskClient, session: Session, headers: dict[str, str]) -> None:
    assert _send(plain, headers).status_code == 303
    assert _count(session) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Sec-Fetch-Site": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "http://localhost:81"},
        {"Origin": "null", "Referer": "http://localhost/"},
        {"Referer": "https://evil.example/http://localhost/"},
        {"Referer": "http://localhost@evil.example/"},
    ],
)
def test_a_form_of_somebody_else_is_refused(plain: FlaskClient, session: Session, headers: dict[str, str]) -> None:
    answer = _send(plain, headers)
    assert answer.status_code == 403
    assert problems(answer.text) == []
    assert "Set-Cookie" not in answer.headers
    assert _count(session) == 0


def test_where_nothing_tells_a_browser_that_follows_something_needs_a_token_and_keeps_its_text(
    plain: FlaskClient, session: Session
) -> None:
    assert _send(plain).status_code == 303  # and now it holds the tracking cookie
    refused = _send(plain, title="Yang kedua & <b>lain</b>")
    assert refused.status_code == 400
    assert problems(refused.text) == []
    fields = form_fields(refused.text, "/aspirasi/kirim/")
    for name, value in (TYPED | {"title": "Yang kedua & <b>lain</b>"}).items():
        assert fields[name].strip() == value, name
    assert re.fullmatch(r"[0-9a-f]{32}", fields["key"])
    assert _count(session) == 1
    again = plain.post("/aspirasi/kirim/", data=fields)
    assert (again.status_code, again.headers["Location"]) == (303, "/aspirasi/kirim/selesai/")
    assert _count(session) == 2


def test_a_signed_in_post_needs_its_token_whatever_the_headers_say(client: FlaskClient, people: People) -> None:
    row = people.put(people.aspiration())
    enter(client, "sari")
    path = f"/aspirasi/{row.code}/pertanyaan"
    refused = client.post(path, data={"text": "Di mana tepatnya?", "version": "1"})
    assert refused.status_code == 400
    fields = form_fields(refused.text, path)
    assert fields["text"].strip() == "Di mana tepatnya?"
    assert client.post(path, data=fields).status_code == 303


def test_a_token_of_another_session_is_refused_and_the_text_kept(
    app: Flask, client: FlaskClient, people: People
) -> None:
    row = people.put(people.aspiration())
    stolen = form_fields(enter(app.test_client(), "budi").get("/akun/").text, "/keluar/")
    enter(client, "sari")
    answer = client.post(f"/aspirasi/{row.code}/pertanyaan", data=stolen | {"text": "Di mana?"})
    assert answer.status_code == 400
    assert "Di mana?" in answer.text


def test_a_foreign_page_cannot_follow_with_the_readers_cookie(client: FlaskClient, people: People) -> None:
    _send(client)
    code = re.findall(r'id="kode">([^<]+)', client.get("/aspirasi/kirim/selesai/").text)[0]
    for noun in ("privasi", "pembukaan", "penyelesaian", "keterangan"):
        answer = client.post(f"/aspirasi/{code}/{noun}", data={"text": "x"}, headers={"Sec-Fetch-Site": "cross-site"})
        assert answer.status_code == 403


def test_the_public_form_ignores_a_session_that_ran_out(client: FlaskClient, people: People, session: Session) -> None:
    client.set_cookie("kim", "stale")
    assert _send(client).status_code == 303
    assert _count(session) == 1
