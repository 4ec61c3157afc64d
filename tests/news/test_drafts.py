"""Drafts: one tap or two is one draft; an own one can be deleted; a return names its reason from a list or freely."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.core import audit
from kimweb.news.models import News, NewsRevision, State
from tests.support.forms import send
from tests.support.html import form_fields, problems
from tests.support.people import People, enter

WRITE = "/berita/tulis/"


def _written(client: FlaskClient, **more: str) -> dict[str, str]:
    return {**form_fields(client.get(WRITE).text, WRITE), "title": "Judul", "body": "Isi", **more}


@pytest.mark.database
def test_a_second_tap_makes_no_second_draft(client: FlaskClient, people: People, session: Session) -> None:
    enter(client, "budi")
    fields = _written(client, langsung="simpan")
    answers = [client.post(WRITE, data=fields) for _ in range(2)]
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert session.scalar(sa.select(sa.func.count(News.id))) == 1
    assert session.scalar(sa.select(sa.func.count(NewsRevision.id))) == 1
    client.post(WRITE, data={**fields, "langsung": "ajukan"})
    session.rollback()
    assert [row.state for row in session.scalars(sa.select(News))] == [State.SUBMITTED]


def test_the_same_words_from_another_form_or_other_words_are_another_draft(
    client: FlaskClient, people: People, session: Session
) -> None:
    enter(client, "budi")
    fields = _written(client)
    others: list[dict[str, str]] = [{}, {"body": "Isi lain"}, {"key": "f" * 32}, {"key": "x"}, {"key": "x"}]
    for more in others:
        client.post(WRITE, data=fields | more)
    assert session.scalar(sa.select(sa.func.count(News.id))) == 5


def test_a_refused_form_keeps_its_key(client: FlaskClient, people: People) -> None:
    enter(client, "budi")
    fields = _written(client, title="")
    page = client.post(WRITE, data=fields).text
    assert form_fields(page, WRITE)["key"] == fields["key"]


def test_budi_deletes_a_draft_after_he_was_asked(client: FlaskClient, people: People, session: Session) -> None:
    enter(client, "budi")
    where = client.post(WRITE, data=_written(client)).headers["Location"]
    assert f'href="{where}hapus/"' in client.get(where).text
    asked = client.get(where + "hapus/")
    assert problems(asked.text) == []
    assert session.scalar(sa.select(sa.func.count(News.id))) == 1, "asking deletes nothing"
    session.rollback()
    assert send(client, where + "penghapusan", on=where + "hapus/").status_code == 303
    assert session.scalar(sa.select(sa.func.count(News.id))) == 0
    assert session.scalar(sa.select(sa.func.count(NewsRevision.id))) == 0
    entry = audit.last(session, "news", where.split("/")[2])
    assert entry is not None
    assert entry.verb == "delete"
    assert client.get(where).status_code == 404


@pytest.mark.parametrize(
    ("name", "state", "status"),
    [
        ("budi", State.SUBMITTED, 409),
        ("budi", State.RETURNED, 409),
        ("budi", State.PUBLISHED, 409),
        ("wati", State.DRAFT, 404),
        ("sari", State.DRAFT, 404),
        ("sari", State.SUBMITTED, 403),
    ],
)
def test_nothing_else_is_deleted(
    client: FlaskClient, people: People, session: Session, name: str, state: State, status: int
) -> None:
    row = people.put(people.news(state))
    enter(client, name)
    token = form_fields(client.get("/akun/").text, "/keluar/")
    assert client.get(f"/berita/{row.id}/hapus/").status_code == status
    assert client.post(f"/berita/{row.id}/penghapusan", data=token).status_code == status
    session.rollback()
    assert session.get(News, row.id) is not None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ({"why": "tempat"}, "Judul belum menyebut apa dan di mana."),
        ({"why": "tempat", "reason": "Dusun mana?"}, "Judul belum menyebut apa dan di mana. Dusun mana?"),
        ({"reason": "Dusun mana?"}, "Dusun mana?"),
        ({"why": "made-up", "reason": "Dusun mana?"}, "Dusun mana?"),
    ],
)
def test_a_return_names_its_reason_from_the_list_or_in_own_words(
    client: FlaskClient, people: People, session: Session, typed: dict[str, Any], kept: str
) -> None:
    row = people.put(people.news(State.SUBMITTED))
    enter(client, "sari")
    assert send(client, f"/berita/{row.id}/pengembalian", on="/meja/", **typed).status_code == 303
    entry = audit.last(session, "news", row.audit_id)
    assert entry is not None
    assert entry.text == kept


@pytest.mark.parametrize("reused", [False, True])
def test_a_form_sent_again_after_its_draft_was_deleted_says_so_and_touches_nobody_elses(
    client: FlaskClient, people: People, session: Session, reused: bool
) -> None:
    enter(client, "budi")
    fields = _written(client, langsung="ajukan")
    where = client.post(WRITE, data=fields | {"langsung": "simpan"}).headers["Location"]
    assert send(client, where + "penghapusan", on=where + "hapus/").status_code == 303
    session.rollback()
    other = people.news(State.DRAFT, author_id=people.users["sari"].id, body="Rahasia Sari.")
    if reused:  # as a database would that gives the ids of deleted rows away again
        other.id = int(where.split("/")[2])
    people.put(other)
    page = client.post(WRITE, data=fields)
    assert page.status_code == 422
    assert "Draf ini sudah dihapus." in page.text
    assert problems(page.text) == []
    session.rollback()
    assert [(row.author_id, row.state) for row in session.scalars(sa.select(News))] == [(other.author_id, State.DRAFT)]
    again = client.post(WRITE, data=form_fields(page.text, WRITE) | {"langsung": "simpan"})
    assert again.status_code == 303, "the same words, sent once more, are another piece"
    assert again.headers["Location"] != where
