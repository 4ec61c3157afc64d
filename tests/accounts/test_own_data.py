"""What is stored about me: seen, taken along, and asked to be erased (UU 27/2022)."""

from __future__ import annotations

import json
from datetime import UTC
from typing import Any

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.accounts.invitations import issue_password_slip, set_password
from kimweb.accounts.models import User
from kimweb.accounts.own_data import SHOWN, own_data
from kimweb.accounts.passwords import Passwords
from kimweb.core import audit
from kimweb.core.codes import slip_code
from kimweb.news.models import State
from tests.conftest import SECRET_KEY
from tests.support.clock import START
from tests.support.forms import send
from tests.support.html import problems
from tests.support.people import PASSWORD, People, enter
from tests.support.second import CHEAP

PAGE = "/akun/data/"


def test_the_page_shows_the_own_account_and_nothing_of_others(client: FlaskClient, people: People) -> None:
    enter(client.application.test_client(), "sari")
    page = enter(client, "budi").get(PAGE)
    assert page.status_code == 200
    assert problems(page.text) == []
    for word in ("Budi", "budi", "Anggota KIM", "Masuk"):
        assert word.lower() in page.text.lower(), word
    assert "Sari" not in page.text
    assert "no-store" in page.headers["Cache-Control"]


def test_everything_is_taken_along_without_secrets_and_that_is_recorded(
    client: FlaskClient, people: People, session: Session
) -> None:
    enter(client, "sari")
    client.application.test_client().post("/masuk/", data={"username": "sari", "password": PASSWORD})
    answer = send(client, f"{PAGE}unduhan", on=PAGE)
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == "attachment; filename=kim-web-data-saya.json"
    found = json.loads(answer.text)
    assert found["account"]["username"] == "sari"
    assert [role["role"] for role in found["roles"]] == ["moderator"]
    assert len(found["sessions"]) == 2
    assert found["second_factor_since"] is None
    assert [entry["what"] for entry in found["record"]] == ["export", "sign_in", "sign_in"]
    user = session.scalars(sa.select(User).where(User.username == "sari")).one()
    assert user.password_hash not in answer.text
    last = audit.last(session, "user", str(user.id))
    assert last is not None
    assert (last.verb, last.actor_id) == ("export", user.id)


def test_the_slips_that_somebody_used_and_gave_are_theirs_to_see(
    client: FlaskClient, people: People, session: Session
) -> None:
    """Without the names of those to whom they were given."""
    for who, whom in (("rahman", "sari"), ("sari", "budi")):
        user_id, actor = people.users[whom].id, people.actor(who)
        slip = issue_password_slip(session, actor=actor, now=START, server_key=SECRET_KEY, user_id=user_id)
        if whom == "sari":
            who_types: dict[str, Any] = {"server_key": SECRET_KEY, "network": "x", "now": START}
            typed = slip_code(SECRET_KEY, slip.nonce)
            set_password(session, typed=typed, password="hujan di sungai", passwords=Passwords(CHEAP), **who_types)
    page = enter(client, "sari", "hujan di sungai").get(PAGE).text
    assert problems(page) == []
    assert "Slip yang Anda pakai" in page
    assert "Slip terbaru yang Anda berikan" in page
    assert "Budi" not in page
    found = json.loads(send(client, f"{PAGE}unduhan", on=PAGE).text)
    at = START.astimezone(UTC).isoformat()
    given = {"for": "password", "on": "", "given_at": at, "used_at": None, "withdrawn_at": None}
    assert (found["slips_used"], found["slips_given"]) == ([given | {"used_at": at}], [given])


def test_devices_and_own_texts_are_told_and_the_file_has_the_texts(client: FlaskClient, people: People) -> None:
    hers = {"title": "Punya Wati", "author_id": people.users["wati"].id}
    people.put(people.news(State.DRAFT, title="Belum jadi"))
    people.put(people.news(title="Sudah terbit"), people.news(State.DRAFT, **hers))
    page = enter(client, "budi").get(PAGE).text
    assert problems(page) == []
    assert "1 draf, 1 berita" in page
    assert "0 draf, 0 pengumuman" in page
    assert "<small>masuk " in page
    found = json.loads(send(client, f"{PAGE}unduhan", on=PAGE).text)["texts"]
    assert [(text["kind"], text["title"], text["draft"]) for text in found] == [
        ("news", "Belum jadi", True),
        ("news", "Sudah terbit", False),
    ]
    assert all(text["body"] for text in found)


def test_the_page_is_short_where_the_file_is_whole(client: FlaskClient, people: People, session: Session) -> None:
    for _ in range(SHOWN + 5):
        enter(client, "dewi")
    user_id = people.users["dewi"].id
    assert len(own_data(session, user_id).entries) == SHOWN
    assert len(own_data(session, user_id, entries=None).entries) == own_data(session, user_id).entries_in_all
    assert own_data(session, user_id).entries_in_all >= SHOWN + 5


def test_erasure_is_asked_once_and_shown(client: FlaskClient, people: People, session: Session) -> None:
    enter(client, "budi")
    action = f"{PAGE}penghapusan"
    assert send(client, action, on=PAGE).status_code == 303
    page = client.get(PAGE).text
    assert "Anda meminta akun ini dihapus pada" in page
    assert action not in page
    user_id = people.users["budi"].id
    verbs = [entry.verb for entry in audit.history(session, "user", str(user_id))]
    assert verbs.count("erasure_asked") == 1
    assert session.get_one(User, user_id).active


def test_a_visitor_has_no_data_page(client: FlaskClient, people: People) -> None:
    assert client.get(PAGE).headers["Location"] == f"/masuk/?lanjut={PAGE}"
