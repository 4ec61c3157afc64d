"""The own account: password, absence, devices; also for somebody without any role."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.accounts import actions
from kimweb.accounts.models import Absence, User, UserSession
from kimweb.core import audit
from kimweb.core.actor import Role
from kimweb.core.errors import Invalid
from tests.support.clock import START
from tests.support.forms import send
from tests.support.html import form_fields, problems
from tests.support.people import PASSWORD, SUKARAMI, TODAY, People, day, enter

NEW = "hujan turun di sungai musi"


# ------------------------------------------------------------------ password


@pytest.mark.database
def test_a_new_password_counts_at_once_and_ends_every_other_session(
    app: Flask, client: FlaskClient, people: People, session: Session
) -> None:
    other = enter(app.test_client(), "budi")
    enter(client, "budi")
    answer = send(client, "/akun/kata-sandi", on="/akun/", old=PASSWORD, new=NEW)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/akun/")
    assert "Kata sandi diganti" in client.get("/akun/").text
    assert other.get("/akun/").status_code == 303
    assert app.test_client().post("/masuk/", data={"username": "budi", "password": PASSWORD}).status_code == 422
    enter(app.test_client(), "budi", NEW)
    assert "password" in [entry.verb for entry in audit.history(session, "user", str(people.users["budi"].id))]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"old": "salah", "new": NEW}, "old"),
        ({"old": "", "new": NEW}, "old"),
        ({"old": PASSWORD, "new": ""}, "new"),
        ({"old": PASSWORD, "new": "7 huruf"}, "new"),
        ({"old": PASSWORD, "new": "x" * 129}, "new"),
        ({"old": PASSWORD, "new": "x" * 300}, "new"),
    ],
)
def test_a_password_that_will_not_do_changes_nothing(
    app: Flask, client: FlaskClient, people: People, typed: dict[str, Any], field: str
) -> None:
    other = enter(app.test_client(), "budi")
    enter(client, "budi")
    answer = send(client, "/akun/kata-sandi", on="/akun/", **typed)
    assert answer.status_code == 422
    assert problems(answer.text) == []
    assert f'name="{field}" aria-invalid="true"' in answer.text
    assert "<details open>" in answer.text
    for secret in filter(None, typed.values()):
        assert f'value="{secret}"' not in answer.text
    assert other.get("/akun/").status_code == 200
    enter(app.test_client(), "budi")


@pytest.mark.database
def test_a_borrowed_phone_guesses_no_password(client: FlaskClient, people: People) -> None:
    enter(client, "budi")
    wrong: list[dict[str, Any]] = [{"old": f"salah {n}", "new": "baru sekali"} for n in range(11)]
    answers = [send(client, "/akun/kata-sandi", on="/akun/", **typed).status_code for typed in wrong]
    assert answers == [422] * 10 + [429]
    enter(client.application.test_client(), "budi")  # signing in is not locked by it


# ------------------------------------------------------------------ absence


@pytest.mark.database
def test_an_absence_is_written_down_and_ended_from_the_account_page(
    client: FlaskClient, people: People, session: Session
) -> None:
    enter(client, "sari")
    stand_in = str(people.users["budi"].id)
    answer = send(
        client, "/akun/berhalangan", on="/akun/", starts_on="18 Nov 2026", ends_on="20-11-2026", stand_in=stand_in
    )
    assert answer.status_code == 303
    row = session.scalars(sa.select(Absence)).one()
    assert (row.starts_on, row.ends_on, row.stand_in_id) == (TODAY, date(2026, 11, 20), people.users["budi"].id)
    page = client.get("/akun/").text
    assert "Rabu 18 November" in page
    assert "digantikan Budi" in page
    assert send(client, "/akun/kembali", on="/akun/").status_code == 303
    session.rollback()
    assert session.scalars(sa.select(Absence)).all() == []


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"starts_on": "", "ends_on": "20-11-2026"}, "starts_on"),
        ({"starts_on": "besok pagi", "ends_on": "20-11-2026"}, "starts_on"),
        ({"starts_on": "20-11-2026", "ends_on": "31-02-2026"}, "ends_on"),
        ({"starts_on": "20-11-2026", "ends_on": "19-11-2026"}, "ends_on"),
        ({"starts_on": "20-11-2026", "ends_on": "21-11-2026", "stand_in": "99999"}, "stand_in"),
        ({"starts_on": "20-11-2026", "ends_on": "21-11-2026", "stand_in": "1 OR 1"}, "stand_in"),
    ],
)
def test_a_wrong_absence_keeps_what_was_typed_and_says_what_would_do(
    client: FlaskClient, people: People, session: Session, typed: dict[str, Any], field: str
) -> None:
    enter(client, "sari")
    answer = send(client, "/akun/berhalangan", on="/akun/", **typed)
    assert answer.status_code == 422
    assert problems(answer.text) == []
    fields = form_fields(answer.text, "/akun/berhalangan")
    assert {name: fields[name] for name in ("starts_on", "ends_on")} == {n: typed[n] for n in ("starts_on", "ends_on")}
    assert f'name="{field}" aria-invalid="true"' in answer.text
    assert "Not a valid" not in answer.text
    assert session.scalars(sa.select(Absence)).all() == []


def test_only_colleagues_stand_in(client: FlaskClient, people: People) -> None:
    page = enter(client, "sari").get("/akun/").text
    offered = page.split('<select id="stand_in"')[1].split("</select>")[0]
    assert [name for name in ("Budi", "Wati", "Siti", "Rahman", "Dewi", "Sari") if name in offered] == ["Budi", "Wati"]


# ------------------------------------------------------------------ devices


def test_another_device_is_signed_out_from_here(
    app: Flask, client: FlaskClient, people: People, session: Session
) -> None:
    other = enter(app.test_client(), "budi")
    enter(client, "budi")
    page = client.get("/akun/").text
    assert page.count("Perangkat ini") == 1
    answer = client.post("/akun/perangkat", data=form_fields(page, "/akun/perangkat"))
    assert answer.status_code == 303
    assert other.get("/akun/").status_code == 303
    assert client.get("/akun/").status_code == 200


@pytest.mark.parametrize("device", ["", "x", "0" * 64, "\0"])
def test_an_unknown_device_is_a_404(client: FlaskClient, people: People, device: str) -> None:
    enter(client, "budi")
    assert _end(client, device).status_code == 404


def test_nobody_ends_the_sessions_of_others(app: Flask, client: FlaskClient, people: People, session: Session) -> None:
    sari = enter(app.test_client(), "sari")
    enter(client, "budi")
    hashes = session.execute(sa.select(UserSession.token_hash).where(UserSession.user_id == people.users["sari"].id))
    assert _end(client, hashes.scalar_one()).status_code == 404
    assert sari.get("/akun/").status_code == 200


def _end(client: FlaskClient, device: str) -> Any:
    token = form_fields(client.get("/akun/").text, "/keluar/")
    return client.post("/akun/perangkat", data=token | {"device": device})


# ------------------------------------------------------------------ without a role


def test_somebody_without_a_role_lands_on_their_account_and_can_use_it(client: FlaskClient, people: People) -> None:
    answer = client.post("/masuk/", data={"username": "nobody", "password": PASSWORD})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/akun/")
    page = client.get("/akun/")
    assert page.status_code == 200
    assert problems(page.text) == []
    assert "Belum ada peran." in page.text
    assert 'href="/meja/"' not in page.text
    assert client.get("/masuk/").headers["Location"] == "/akun/"
    assert client.get("/meja/").status_code == 403
    assert send(client, "/akun/kata-sandi", on="/akun/", old=PASSWORD, new=NEW).status_code == 303
    assert (
        send(client, "/akun/berhalangan", on="/akun/", starts_on="18-11-2026", ends_on="19-11-2026").status_code == 303
    )
    assert send(client, "/keluar/", on="/akun/").status_code == 303


def test_a_visitor_is_led_to_the_sign_in_and_back(client: FlaskClient, people: People) -> None:
    assert client.get("/akun/").headers["Location"] == "/masuk/?lanjut=/akun/"


# ------------------------------------------------------------------ making accounts


@pytest.mark.parametrize(
    "name", ["", "ab", "x" * 33, "budi santoso", "-budi", "budi-", "bu/di", "búdi", "bu\0di", "budi\n"]
)
def test_a_malformed_username_is_refused(people: People, session: Session, name: str) -> None:
    if name == "budi\n":  # white space around it is no mistake: it is only taken
        name = "Budi \n"
    with pytest.raises(Invalid) as refused:
        actions.create_user(session, username=name, name="X", password_hash="x", now=START)
    assert list(refused.value.fields) == ["username"]


def test_an_account_and_its_role_are_recorded_with_who_gave_them(people: People, session: Session) -> None:
    agus = people.users["agus"].id
    user = actions.create_user(session, username="Ani.2", name=" Ani ", password_hash="x", now=START, by=agus)
    actions.grant_role(session, user=user, role=Role.MEMBER, area_code=SUKARAMI, now=START, by=agus)
    entries = audit.history(session, "user", str(user.id))
    assert [(entry.verb, entry.actor_id) for entry in entries] == [("create", agus), ("grant", agus)]
    assert session.execute(sa.select(User.username, User.name).where(User.id == user.id)).one() == ("ani.2", "Ani")


# ------------------------------------------------------------------ who stands in for whom


def _away(people: People, who: str, stand_in: str, first: int = 0, last: int = 2) -> None:
    ids = {"user_id": people.users[who].id, "stand_in_id": people.users[stand_in].id}
    people.put(Absence(starts_on=day(first), ends_on=day(last), **ids))


@pytest.mark.database
def test_both_sides_read_at_desk_and_account_who_stands_in_and_until_when(
    client: FlaskClient, people: People, session: Session
) -> None:
    _away(people, "sari", "budi")
    enter(client, "budi")
    assert "menggantikan Sari sampai 20 November" in client.get("/meja/").text
    own = client.get("/akun/").text
    assert "<b>Pengganti Sari</b>, sampai Jumat 20 November" in own
    assert problems(own) == []
    sari = enter(client.application.test_client(), "sari")
    for path in ("/meja/", "/akun/"):
        page = sari.get(path).text
        assert "Sampai Jumat 20 November Anda digantikan Budi." in page
        assert page.count("Saya sudah kembali") == 1
        assert problems(page) == []
    assert send(sari, "/akun/kembali", on="/meja/").status_code == 303
    assert "menggantikan" not in client.get("/meja/").text
    assert "Saya sudah kembali" not in sari.get("/meja/").text


@pytest.mark.parametrize(("stand_in", "first", "last"), [("siti", 0, 2), ("budi", 1, 2), ("budi", -2, -1)])
def test_who_may_not_act_for_the_absent_is_not_called_a_stand_in(
    client: FlaskClient, people: People, stand_in: str, first: int, last: int
) -> None:
    _away(people, "sari", stand_in, first, last)
    enter(client, stand_in)
    assert "menggantikan" not in client.get("/meja/").text
    assert "<b>Pengganti S" not in client.get("/akun/").text
    sari = enter(client.application.test_client(), "sari").get("/meja/").text
    assert ("Saya sudah kembali" in sari) is (first <= 0 <= last)


# ------------------------------------------------------------------ what a refused form promises, and the menu


def test_a_refused_form_promises_no_password(client: FlaskClient, people: People) -> None:
    enter(client, "budi")
    answer = send(client, "/akun/kata-sandi", on="/akun/", old="", new=NEW)
    assert "Yang sudah Anda tulis tetap ada, kecuali kata sandi." in answer.text
    answer = send(client, "/akun/berhalangan", on="/akun/", starts_on="", ends_on="20-11-2026")
    assert "Yang sudah Anda tulis tetap ada.</div>" in answer.text.replace("\n", "").replace("<ul", "</div><ul")


@pytest.mark.parametrize("name", ["budi", "sari", "rahman", "dewi", "agus", "nobody"])
def test_the_menus_numbers_have_no_gaps(client: FlaskClient, people: People, name: str) -> None:
    menu = enter(client, name).get("/akun/").text.split('<footer id="menu"')[1]
    links = menu.count("<li><a ")
    keys = "".join(re.findall(r'accesskey="(\d)"', menu))
    assert keys == "1234567890"[:links]
    assert links >= 6
