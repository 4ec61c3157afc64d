"""The second factor: set up, asked for, used once whichever worker it reaches, required where the setting says so."""

from __future__ import annotations

import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.accounts import second_factor
from kimweb.accounts.models import RecoveryCode, SecondFactor, User, UserSession
from kimweb.accounts.second_factor import recovery_codes, secret_of
from kimweb.app import create_app
from kimweb.core import audit
from kimweb.core.db import writing
from kimweb.settings import Settings
from tests.conftest import SECRET_KEY
from tests.support import server
from tests.support.clock import START, FrozenClock
from tests.support.forms import send
from tests.support.html import form_fields, problems
from tests.support.people import PASSWORD, People, enter
from tests.support.second import shown, turn_on
from tests.support.together import together

PAGE, CODE = "/akun/kode-kedua/", "/masuk/kode/"


def begin(client: FlaskClient, name: str = "agus", onward: str = "") -> Any:
    """The password step."""
    return client.post("/masuk/", data={"username": name, "password": PASSWORD, "lanjut": onward})


def record(session: Session, user_id: int) -> list[audit.Entry]:
    session.rollback()
    return audit.history(session, "user", str(user_id))


def verbs(session: Session, user_id: int) -> list[str]:
    return [entry.verb for entry in record(session, user_id)]


# ------------------------------------------------------------------ setting it up


@pytest.mark.database
def test_it_is_set_up_from_the_account_page(client: FlaskClient, people: People, session: Session) -> None:
    agus = people.users["agus"].id
    enter(client, "agus")
    assert f'href="{PAGE}"' in client.get("/akun/").text
    answer = send(client, PAGE + "persiapan", on=PAGE, password=PASSWORD)
    assert (answer.status_code, answer.headers["Location"]) == (303, PAGE)
    page = client.get(PAGE)
    assert problems(page.text) == []
    assert '<svg width="' in page.text
    secret = secret_of(SECRET_KEY, session.get_one(SecondFactor, agus).salt)
    assert " ".join(secret[start : start + 4] for start in range(0, 32, 4)) in page.text
    assert begin(client.application.test_client()).headers["Location"] == "/meja/"  # does not count yet
    answer = send(client, PAGE, on=PAGE, code=" 12 34 56 ")
    assert answer.status_code == 422
    assert problems(answer.text) == []
    assert 'name="code" aria-invalid="true"' in answer.text
    assert send(client, PAGE, on=PAGE, code=shown(session, agus, START)).status_code == 303
    page = client.get(PAGE)
    assert problems(page.text) == []
    for code in recovery_codes(SECRET_KEY, session.get_one(SecondFactor, agus).salt):
        assert code in page.text
    assert secret[:4] + " " + secret[4:8] not in page.text
    assert "second_factor_on" in verbs(session, agus)
    assert begin(client.application.test_client()).headers["Location"] == CODE


def test_turning_it_on_ends_the_sessions_that_began_without_it(
    app: Flask, client: FlaskClient, people: People, session: Session
) -> None:
    other = enter(app.test_client(), "agus")
    enter(client, "agus")
    send(client, PAGE + "persiapan", on=PAGE, password=PASSWORD)
    send(client, PAGE, on=PAGE, code=shown(session, people.users["agus"].id, START))
    assert client.get("/meja/").status_code == 200
    assert other.get("/meja/").status_code == 303


def test_a_borrowed_phone_sets_nothing_up(client: FlaskClient, people: People, session: Session) -> None:
    enter(client, "agus")
    answer = send(client, PAGE + "persiapan", on=PAGE, password="salah-salah")
    assert answer.status_code == 422
    assert session.scalars(sa.select(SecondFactor)).all() == []


def test_a_key_is_shown_only_to_the_sign_in_that_proved_the_password(
    app: Flask, client: FlaskClient, people: People, session: Session
) -> None:
    """Whoever borrows another phone that is signed in reads no key there, and asks for one as if none were waiting."""
    borrowed = enter(app.test_client(), "agus")
    enter(client, "agus")
    send(client, PAGE + "persiapan", on=PAGE, password=PASSWORD)
    first = secret_of(SECRET_KEY, session.get_one(SecondFactor, people.users["agus"].id).salt)[:4]
    assert f"<b>{first} " in client.get(PAGE).text
    page = borrowed.get(PAGE).text
    assert problems(page) == []
    assert f"<b>{first} " not in page
    assert "<svg" not in page
    send(borrowed, PAGE + "persiapan", on=PAGE, password=PASSWORD)
    assert "<svg" in borrowed.get(PAGE).text
    assert "<svg" not in client.get(PAGE).text  # its key counts no more


def test_the_account_page_says_that_it_is_on_and_how_many_codes_are_left(
    client: FlaskClient, people: People, session: Session
) -> None:
    enter(client, "agus")
    assert "Kode kedua aktif" not in client.get("/akun/").text
    send(client, PAGE + "persiapan", on=PAGE, password=PASSWORD)
    assert "Kode kedua aktif" not in client.get("/akun/").text  # not confirmed
    send(client, PAGE, on=PAGE, code=shown(session, people.users["agus"].id, START))
    with writing(session):
        session.scalars(sa.select(RecoveryCode)).first().used_at = START  # type: ignore[union-attr]
    page = client.get("/akun/").text
    assert problems(page) == []
    assert "Kode kedua aktif</b>, 9 kode kertas tersisa" in page
    assert f'href="{PAGE}"' in page


def test_the_recovery_codes_are_shown_for_ten_minutes(
    client: FlaskClient, people: People, session: Session, clock: FrozenClock
) -> None:
    enter(client, "agus")
    send(client, PAGE + "persiapan", on=PAGE, password=PASSWORD)
    send(client, PAGE, on=PAGE, code=shown(session, people.users["agus"].id, START))
    code = recovery_codes(SECRET_KEY, session.get_one(SecondFactor, people.users["agus"].id).salt)[0]
    clock.advance(minutes=9)
    assert code in client.get(PAGE).text
    clock.advance(minutes=1)
    assert code not in client.get(PAGE).text


@pytest.mark.parametrize(("name", "offered"), [("budi", False), ("nobody", False), ("sari", True), ("dewi", True)])
def test_it_is_offered_to_moderators_and_above(client: FlaskClient, people: People, name: str, offered: bool) -> None:
    enter(client, name)
    page = client.get(PAGE)
    assert (page.status_code, problems(page.text)) == (200, [])
    assert (f'action="{PAGE}persiapan"' in page.text) is offered
    assert (f'href="{PAGE}"' in client.get("/akun/").text) is offered
    token = form_fields(client.get("/akun/").text, "/keluar/")
    answer = client.post(PAGE + "persiapan", data=token | {"password": PASSWORD})
    assert answer.status_code == (303 if offered else 403)


def test_the_database_alone_opens_nothing(people: People, session: Session) -> None:
    """Neither the secret nor a code on paper stands there in any form that gives it away."""
    agus = turn_on(session, "agus", PASSWORD, START)
    salt = session.get_one(SecondFactor, agus).salt
    kept = repr(session.execute(sa.select(SecondFactor.__table__)).all())
    kept += repr(session.execute(sa.select(RecoveryCode.__table__)).all())
    for secret in (secret_of(SECRET_KEY, salt), *recovery_codes(SECRET_KEY, salt)):
        assert secret.replace("-", "") not in kept.replace("-", "")
    assert secret_of("another key", salt) != secret_of(SECRET_KEY, salt)
    assert len({*recovery_codes(SECRET_KEY, salt)}) == 10


# ------------------------------------------------------------------ signing in


@pytest.fixture
def agus(people: People, session: Session) -> int:
    """The admin's number; his second factor is on."""
    return turn_on(session, "agus", PASSWORD, START)


@pytest.mark.database
def test_the_password_alone_begins_no_session(client: FlaskClient, agus: int, session: Session) -> None:
    answer = begin(client, onward="/berita/")
    assert (answer.status_code, answer.headers["Location"]) == (303, CODE)
    cookie = SimpleCookie(answer.headers["Set-Cookie"])["kode"]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"], cookie["max-age"]) == (
        True,
        "Lax",
        "/masuk/",
        "300",
    )
    assert session.scalars(sa.select(UserSession)).all() == []
    assert client.get("/meja/").headers["Location"] == "/masuk/?lanjut=/meja/"
    page = client.get(CODE)
    assert problems(page.text) == []
    assert page.headers["Cache-Control"] == "private, no-store"
    answer = client.post(CODE, data={"code": shown(session, agus, START)})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/berita/")
    assert client.get("/meja/").status_code == 200
    assert client.get_cookie("kode", path="/masuk/") is None
    assert record(session, agus)[-1].detail == {"second": "app"}


def test_a_wrong_code_opens_nothing_and_is_recorded(client: FlaskClient, agus: int, session: Session) -> None:
    begin(client)
    for wrong in ("000000", "12345", "kode", "\u0661\u0662\u0663\u0664\u0665\u0666"):
        answer = client.post(CODE, data={"code": wrong})
        assert answer.status_code == 422
        assert problems(answer.text) == []
    assert client.post(CODE, data={"code": ""}).status_code == 422
    assert verbs(session, agus).count("code_refused") == 4
    assert client.get("/meja/").status_code == 303


@pytest.mark.parametrize(("steps", "taken"), [(-2, False), (-1, False), (0, True), (1, True), (2, False)])
def test_a_clock_that_is_half_a_minute_off_is_fine(
    client: FlaskClient, agus: int, session: Session, steps: int, taken: bool
) -> None:
    """The code of 30 seconds ago was used up when it was turned on."""
    begin(client)
    answer = client.post(CODE, data={"code": shown(session, agus, START, steps)})
    assert (answer.status_code == 303) is taken


@pytest.mark.database
def test_a_code_works_once_and_none_before_it_works_any_more(
    app: Flask, client: FlaskClient, agus: int, session: Session
) -> None:
    newest, older = shown(session, agus, START, 1), shown(session, agus, START)
    begin(client)
    assert client.post(CODE, data={"code": newest}).status_code == 303
    thief = app.test_client()
    begin(thief)
    for code in (newest, older):
        assert thief.post(CODE, data={"code": code}).status_code == 422
    assert thief.get("/meja/").status_code == 303


@pytest.mark.database
def test_a_recovery_code_works_once(app: Flask, client: FlaskClient, agus: int, session: Session) -> None:
    code = recovery_codes(SECRET_KEY, session.get_one(SecondFactor, agus).salt)[3]
    begin(client)
    assert client.post(CODE, data={"code": f" {code.lower().replace('-', ' ')} "}).status_code == 303
    thief = app.test_client()
    begin(thief)
    assert thief.post(CODE, data={"code": code}).status_code == 422
    assert "Sisa kode cadangan: 9." in client.get(PAGE).text
    assert record(session, agus)[-2].detail == {"second": "paper"}


def test_a_recovery_code_of_somebody_else_is_none(
    client: FlaskClient, agus: int, people: People, session: Session
) -> None:
    dewi = turn_on(session, "dewi", PASSWORD, START)
    begin(client)
    code = recovery_codes(SECRET_KEY, session.get_one(SecondFactor, dewi).salt)[0]
    assert client.post(CODE, data={"code": code}).status_code == 422


@pytest.mark.database
def test_five_wrong_codes_close_it_for_this_network_only(
    client: FlaskClient, agus: int, session: Session, clock: FrozenClock
) -> None:
    begin(client)
    answers = [client.post(CODE, data={"code": f"{n:06}"}).status_code for n in range(6)]
    assert answers == [422] * 5 + [429]
    closed = client.post(CODE, data={"code": shown(session, agus, clock())})
    assert (closed.status_code, closed.headers["Retry-After"], problems(closed.text)) == (429, "900", [])
    for says in ("Coba lagi pukul 09.16.", "kode dari kertas juga menunggu", "Minta Dinas Kominfo"):
        assert says in closed.text
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "203.0.113.9"}}
    assert client.post(CODE, data={"code": shown(session, agus, clock())}, **elsewhere).status_code == 303
    clock.advance(minutes=15)
    begin(client)
    assert client.post(CODE, data={"code": shown(session, agus, clock())}).status_code == 303


def test_after_five_minutes_the_password_is_asked_for_again(
    client: FlaskClient, agus: int, session: Session, clock: FrozenClock
) -> None:
    begin(client)
    clock.advance(minutes=5)
    for answer in (client.get(CODE), client.post(CODE, data={"code": shown(session, agus, clock())})):
        assert (answer.status_code, answer.headers["Location"]) == (303, "/masuk/")
    assert client.get("/meja/").status_code == 303


def test_another_password_or_an_account_that_is_closed_voids_the_first_half(
    client: FlaskClient, agus: int, people: People, session: Session
) -> None:
    kept = people.users["agus"].password_hash
    for password, active in (("x", True), (kept, False)):
        begin(client)
        _change(session, agus, password, active)
        answer = client.post(CODE, data={"code": shown(session, agus, START)})
        assert (answer.status_code, answer.headers["Location"]) == (303, "/masuk/")
        _change(session, agus, kept, True)
    assert session.scalars(sa.select(UserSession)).all() == []


def _change(session: Session, user_id: int, password_hash: str, active: bool) -> None:
    with writing(session):
        user = session.get_one(User, user_id)
        user.password_hash, user.active = password_hash, active


@pytest.mark.parametrize("value", ["", "x", "WzEsIngiLCIvIiw5OTk5OTk5OTk5XQ.AAAA", "\u00e9"])
def test_a_made_up_first_half_is_none(client: FlaskClient, agus: int, session: Session, value: str) -> None:
    client.set_cookie("kode", value, path="/masuk/")
    assert client.post(CODE, data={"code": shown(session, agus, START)}).headers["Location"] == "/masuk/"


# ------------------------------------------------------------------ turning it off


@pytest.mark.parametrize(
    ("password", "right", "status"), [(PASSWORD, True, 303), ("x", True, 422), (PASSWORD, False, 422)]
)
def test_turning_it_off_asks_for_password_and_code(
    client: FlaskClient, agus: int, session: Session, password: str, right: bool, status: int
) -> None:
    begin(client)
    client.post(CODE, data={"code": shown(session, agus, START)})
    code = shown(session, agus, START, 1) if right else "000000"
    answer = send(client, PAGE + "penghapusan", on=PAGE, password=password, code=code)
    assert answer.status_code == status
    assert status == 303 or problems(answer.text) == []
    assert ("second_factor_off" in verbs(session, agus)) is (status == 303)
    assert begin(client.application.test_client()).headers["Location"] == ("/meja/" if status == 303 else CODE)
    assert len(session.scalars(sa.select(RecoveryCode)).all()) == (0 if status == 303 else 10)


def test_what_is_on_is_not_prepared_again(client: FlaskClient, agus: int, session: Session) -> None:
    begin(client)
    client.post(CODE, data={"code": shown(session, agus, START)})
    token = form_fields(client.get(PAGE).text, "/keluar/")
    assert client.post(PAGE + "persiapan", data=token | {"password": PASSWORD}).status_code == 409
    assert client.post(PAGE, data=token | {"code": shown(session, agus, START, 1)}).status_code == 409


# ------------------------------------------------------------------ required


@pytest.fixture
def strict(settings: Settings, clock: FrozenClock, people: People) -> Iterator[Flask]:
    """The application where the second factor is required."""
    app = create_app(replace(settings, second_factor="required"), clock=clock)
    yield app
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.mark.parametrize("name", ["rahman", "dewi", "agus"])
def test_where_it_is_required_a_role_counts_only_once_it_is_set_up(
    strict: Flask, session: Session, people: People, name: str
) -> None:
    client = strict.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    enter(client, name)
    row = people.put(people.aspiration(about_village=True))
    for path in ("/meja/", "/atur/", "/pengumuman/tulis/"):
        assert client.get(path).headers["Location"] == PAGE
    assert client.post(f"/aspirasi/{row.code}/penerusan").headers["Location"] == PAGE
    assert row.title not in client.get(f"/aspirasi/{row.code}/").text
    assert "wajib memakai kode kedua" in client.get(PAGE).text
    assert client.get("/akun/").status_code == 200
    send(client, PAGE + "persiapan", on=PAGE, password=PASSWORD)
    send(client, PAGE, on=PAGE, code=shown(session, people.users[name].id, START))
    assert client.get("/meja/").status_code == 200


@pytest.mark.parametrize("name", ["budi", "sari"])
def test_members_and_moderators_need_none(strict: Flask, name: str) -> None:
    assert enter(strict.test_client(), name).get("/meja/").status_code == 200


def test_signing_out_stays_possible(strict: Flask) -> None:
    client = strict.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    enter(client, "agus")
    assert send(client, "/keluar/", on=PAGE).headers["Location"] == "/"


# ------------------------------------------------------------------ two processes at once


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any) -> None:
        return None


def _post(url: str, data: dict[str, str], cookie: str = "") -> tuple[int, str, str]:
    """A POST to a real server: status, where it leads, what cookie it sets."""
    headers = {"Sec-Fetch-Site": "same-origin", "Cookie": cookie}
    body = urllib.parse.urlencode(data).encode()
    request = urllib.request.Request(url, body, headers)  # noqa: S310 (always http on loopback)
    try:
        answer: Any = urllib.request.build_opener(_NoRedirect).open(request, timeout=30)
    except urllib.error.HTTPError as error:
        answer = error
    with answer:
        return answer.status, answer.headers.get("Location", ""), answer.headers.get("Set-Cookie", "")


@pytest.mark.database
@pytest.mark.parametrize("paper", [False, True], ids=["app", "paper"])
def test_a_code_that_reaches_two_processes_at_once_is_taken_once(
    settings: Settings, people: People, session: Session, tmp_path: Path, paper: bool
) -> None:
    """Two gunicorn workers, five browsers that know the password, one code."""
    agus = turn_on(session, "agus", PASSWORD, datetime.now(UTC) - timedelta(minutes=5))
    env = server.environment(
        tmp_path, KIMWEB_DATABASE_URL=settings.database_url, KIMWEB_SECRET_KEY=SECRET_KEY, WEB_CONCURRENCY="2"
    )
    with server.serve(env, tmp_path / "server.log", workers=2) as running:
        answer = _post(running.url + "/masuk/", {"username": "agus", "password": PASSWORD})
        assert (answer[0], answer[1]) == (303, CODE)
        cookie = answer[2].split(";")[0]
        salt = session.get_one(SecondFactor, agus).salt
        code = recovery_codes(SECRET_KEY, salt)[0] if paper else shown(session, agus, datetime.now(UTC))
        answers = together(5, lambda _index: _post(running.url + CODE, {"code": code}, cookie))
    assert sorted(status for status, _onward, _cookie in answers) == [303, 422, 422, 422, 422]
    assert verbs(session, agus).count("sign_in") == 1
    assert len(session.scalars(sa.select(UserSession)).all()) == 1
    assert second_factor.CODE_LIMIT == 5


@pytest.mark.database
def test_codes_that_were_refused_are_told_at_the_next_sign_in(
    client: FlaskClient, agus: int, session: Session, clock: FrozenClock
) -> None:
    told, flashed = "kode kedua ditolak sejak Rabu 18 November, 09.00", "kode kedua yang ditolak sejak Anda"
    begin(client)
    for wrong in ("000000", "12345"):
        client.post(CODE, data={"code": wrong})
    clock.advance(minutes=30)
    begin(client)
    landed = client.post(CODE, data={"code": shown(session, agus, clock())}, follow_redirects=True)
    assert flashed in landed.text
    page = client.get("/akun/").text
    assert f"2 {told}" in page
    assert problems(page) == []
    for again in (1, 2):  # told until the next sign-in, and no more after it
        clock.advance(minutes=30 * again)
        client.delete_cookie("kim")
        begin(client)
        landed = client.post(CODE, data={"code": shown(session, agus, clock())}, follow_redirects=True)
        assert flashed not in landed.text
        assert told not in client.get("/akun/").text
