"""Who holds what, as a file: the same people as in the list, harmless cells, an entry in the record."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from kimweb.accounts.models import RoleGrant, User
from kimweb.core import audit
from kimweb.core.actor import Role
from kimweb.core.db import writing
from tests.accounts.test_people import SEES
from tests.core.test_table_file import HOSTILE, harmless, rows_of
from tests.support.clock import START
from tests.support.forms import send
from tests.support.html import problems
from tests.support.people import EVERYBODY, PASSWORD, SEKAYU, SUKARAMI, People, day, enter

ACTION = "/orang/unduhan"
HEADER = ["Nama", "Nama pengguna", "Peran", "Tempat", "Mulai", "Sampai", "Terakhir masuk"]


def export(client: FlaskClient, query: str = "") -> TestResponse:
    """Press the button under a list."""
    return send(client, ACTION, on=f"/orang/{query}")


def usernames(answer: TestResponse) -> set[str]:
    """Who stands in a file."""
    header, *rows = rows_of(answer.data)
    assert header == HEADER
    return {row[1] for row in rows}


@pytest.mark.database
@pytest.mark.parametrize("who", [name for name in SEES if SEES[name]])
def test_it_holds_the_people_of_the_list(who: str, client: FlaskClient, people: People) -> None:
    answer = export(enter(client, who))
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    assert answer.headers["Content-Disposition"] == "attachment; filename=kim-web-orang-2026-11-18.csv"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert usernames(answer) == SEES[who]


@pytest.mark.parametrize("who", [name for name in EVERYBODY if name not in SEES])
def test_whoever_has_no_list_has_no_file(who: str, client: FlaskClient, people: People, session: Session) -> None:
    if who != "visitor":
        enter(client, who)
    page = client.post("/keluar/").text  # (a page with a token)
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post(ACTION, data={"csrf_token": token})
    assert answer.status_code == (303 if who == "visitor" else 403)
    assert client.get(ACTION).status_code == 405
    session.rollback()
    assert session.scalars(sa.select(audit.AuditEntry).where(audit.AuditEntry.verb == "export_people")).all() == []


@pytest.mark.database
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=UD", {"budi"}),
        ("?peran=moderator", {"sari", "siti"}),
        (f"?wilayah={SEKAYU}", {"budi", "wati", "sari", "rahman", "camat", "kades"}),
        (f"?wilayah={SEKAYU}&peran=member", {"budi", "wati"}),
    ],
)
def test_it_is_narrowed_as_the_list_is(query: str, found: set[str], client: FlaskClient, people: People) -> None:
    assert usernames(export(enter(client, "agus"), query)) == found


def test_one_line_a_role_with_place_and_days(client: FlaskClient, people: People, session: Session) -> None:
    more = {"role": Role.MODERATOR, "area_code": SUKARAMI, "starts_on": day(-3), "ends_on": day(30)}
    over = {"role": Role.MEMBER, "area_code": SUKARAMI, "starts_on": day(-9), "ends_on": day(-1)}
    people.put(*(RoleGrant(user_id=people.users["dewi"].id, **values) for values in (more, over)))
    with writing(session):
        session.get_one(User, people.users["nobody"].id).signed_in_at = None
        session.get_one(User, people.users["dewi"].id).signed_in_at = START - timedelta(hours=10)  # yesterday, 23.00
    rows = rows_of(export(enter(client, "agus")).data)
    starts = day(-100).isoformat()
    assert [row for row in rows if row[1] in ("dewi", "nobody", "rahman")] == [
        ["Dewi", "dewi", "Petugas OPD", "Dinas Pekerjaan Umum dan Penataan Ruang", starts, "", "2026-11-17"],
        ["Dewi", "dewi", "Moderator KIM", "Sukarami, Kec. Sekayu", "2026-11-15", "2026-12-18", "2026-11-17"],
        ["Nobody", "nobody", "", "", "", "", ""],
        ["Rahman", "rahman", "Peninjau Kecamatan", "Sekayu", starts, "", "2026-11-18"],
    ]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_name_never_becomes_a_formula(hostile: str, client: FlaskClient, people: People, session: Session) -> None:
    with writing(session):
        session.get_one(User, people.users["budi"].id).name = hostile
    rows = rows_of(export(enter(client, "sari")).data)
    assert {len(row) for row in rows} == {len(HEADER)}
    assert all(harmless(cell) for row in rows for cell in row)


def test_each_file_is_an_entry_that_names_nobody_who_was_searched(
    client: FlaskClient, people: People, session: Session
) -> None:
    enter(client, "agus")
    export(client, "?q=wati&peran=member")
    session.rollback()
    last = audit.last(session, "user", str(people.users["agus"].id))
    assert last is not None
    assert (last.verb, last.actor_id, last.role, last.text) == (
        "export_people",
        people.users["agus"].id,
        Role.ADMIN,
        None,
    )
    assert last.detail == {"lines": 1, "searched": True, "role": "member", "area": None}


def test_the_list_offers_it_where_somebody_stands_in_it(client: FlaskClient, people: People) -> None:
    enter(client, "agus")
    text = client.get("/orang/?q=budi").text
    assert problems(text) == []
    assert ACTION in text
    assert ACTION not in client.get("/orang/?q=tidakada").text
    assert PASSWORD not in text
