"""The pages of village news: writing, handing in, returning, publishing, and what goes wrong on the way."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.core.db import writing
from kimweb.news.models import News, State
from tests.support.clock import START, FrozenClock
from tests.support.forms import IN_PLACE, resend, send
from tests.support.html import form_fields, problems
from tests.support.people import ELSEWHERE, SUKARAMI, People, enter
from tests.support.statements import Statements

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(2)>{{7*7}}'


def _fresh(session: Session, row: News) -> News:
    session.rollback()
    session.refresh(row)
    return row


# ------------------------------------------------------------------ writing


def test_budi_writes_a_draft_and_hands_it_in(client: FlaskClient, people: People, session: Session) -> None:
    enter(client, "budi")
    answer = send(client, "/berita/tulis/", on="/berita/tulis/", title="Judul", body="Isi", langsung="simpan")
    row = session.query(News).one()
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/berita/{row.id}/")
    assert (row.state, row.area_code) == (State.DRAFT, SUKARAMI)
    answer = send(client, f"/berita/{row.id}/pengajuan", on=f"/berita/{row.id}/")
    assert answer.status_code == 303
    assert _fresh(session, row).state is State.SUBMITTED
    assert client.get(f"/berita/{row.id}/ubah/").status_code == 409


def test_writing_and_handing_in_is_one_button(client: FlaskClient, people: People, session: Session) -> None:
    enter(client, "budi")
    send(client, "/berita/tulis/", on="/berita/tulis/", title="Judul", body="Isi", langsung="ajukan")
    assert session.query(News).one().state is State.SUBMITTED


@pytest.mark.parametrize(
    ("typed", "wrong"),
    [
        ({"title": "", "body": "Isi yang lama ditulis"}, "title"),
        ({"title": "Judul yang baik", "body": " \n "}, "body"),
        ({"title": "J" * 121, "body": "Isi"}, "title"),
        ({"title": "Judul", "body": "x" * 10_001}, "body"),
    ],
)
def test_a_form_that_fails_keeps_what_was_typed_and_marks_the_field(
    client: FlaskClient, people: People, session: Session, typed: dict[str, Any], wrong: str
) -> None:
    enter(client, "budi")
    answer = send(client, "/berita/tulis/", on="/berita/tulis/", **typed)
    assert answer.status_code == 422
    assert problems(answer.text) == []
    fields = form_fields(answer.text, "/berita/tulis/")
    assert {name: fields[name].strip() for name in typed} == {name: value.strip() for name, value in typed.items()}
    assert f'name="{wrong}" aria-invalid="true"' in answer.text
    assert f'id="{wrong}-e"' in answer.text
    assert session.query(News).all() == []


def test_only_the_author_mends_and_only_a_draft_or_a_returned_piece(
    client: FlaskClient, people: People, session: Session
) -> None:
    rows = {state: people.put(people.news(state)) for state in State}
    enter(client, "budi")
    got = {state: client.get(f"/berita/{row.id}/ubah/").status_code for state, row in rows.items()}
    assert got == dict.fromkeys(State, 409) | {State.DRAFT: 200, State.RETURNED: 200}
    client.post("/keluar/", data=form_fields(client.get("/akun/").text, "/keluar/"))
    enter(client, "wati")
    got = {state: client.get(f"/berita/{row.id}/ubah/").status_code for state, row in rows.items()}
    assert got == dict.fromkeys(State, 404) | {State.PUBLISHED: 403, State.REVISING: 403}


def test_a_stale_form_keeps_the_text_and_shows_what_stands_now(
    client: FlaskClient, people: People, session: Session
) -> None:
    row = people.put(people.news(State.DRAFT))
    path = f"/berita/{row.id}/ubah/"
    enter(client, "budi")
    page = client.get(path).text
    with writing(session):
        row.title, row.body, row.version = "Dari telepon lain", "Sudah ditambah di telepon lain.", 2
    stale = client.post(path, data=form_fields(page, path) | {"title": "Dari sini", "body": "Ditulis di sini."})
    assert stale.status_code == 409
    assert problems(stale.text) == []
    for text in ("Dari sini", "Ditulis di sini.", "Dari telepon lain", "Sudah ditambah di telepon lain."):
        assert text in stale.text
    assert _fresh(session, row).title == "Dari telepon lain"
    again = client.post(path, data=form_fields(stale.text, path) | {"langsung": "simpan"})
    assert again.status_code == 303
    assert (_fresh(session, row).title, row.version) == ("Dari sini", 3)


# ------------------------------------------------------------------ the moderator's decisions


def test_a_return_without_a_reason_brings_the_form_back_with_its_mistake(
    client: FlaskClient, people: People, session: Session
) -> None:
    row = people.put(people.news(State.SUBMITTED))
    enter(client, "sari")
    path = f"/berita/{row.id}/pengembalian"
    answer = send(client, path, on=f"/berita/{row.id}/", reason="  ")
    assert answer.status_code == 422
    assert problems(answer.text) == []
    assert '<details open><summary class="button second">Kembalikan' in answer.text
    assert f'aria-invalid="true" aria-describedby="kembali-{row.id}-e"' in answer.text
    assert _fresh(session, row).state is State.SUBMITTED
    assert resend(client, answer.text, path, reason="Sebutkan tempatnya.").status_code == 303
    assert _fresh(session, row).state is State.RETURNED


def test_a_reason_that_is_too_long_comes_back_as_typed(client: FlaskClient, people: People, session: Session) -> None:
    states = {"pengembalian": State.SUBMITTED, "penarikan": State.PUBLISHED}
    rows = {noun: people.put(people.news(state)) for noun, state in states.items()}
    enter(client, "sari")
    for noun, row in rows.items():
        answer = send(client, f"/berita/{row.id}/{noun}", on=f"/berita/{row.id}/", reason="panjang " * 70)
        assert answer.status_code == 422
        assert problems(answer.text) == []
        assert ("panjang " * 70).strip() in answer.text
        assert "Terlalu panjang" in answer.text
    assert [_fresh(session, row).state for row in rows.values()] == [State.SUBMITTED, State.PUBLISHED]


def test_on_the_desk_a_refused_return_gives_the_row_back_with_its_form(
    client: FlaskClient, people: People, session: Session
) -> None:
    row = people.put(people.news(State.SUBMITTED))
    enter(client, "sari")
    path = f"/berita/{row.id}/pengembalian"
    answer = send(client, path, on="/meja/", headers=IN_PLACE, reason="")
    assert answer.status_code == 422
    assert answer.text.lstrip().startswith(f'<article class="row" id="berita-{row.id}">')
    assert "<html" not in answer.text
    assert form_fields(answer.text, path)["dari"] == "meja"
    assert f'hx-post="{path}"' in answer.text
    assert "aria-invalid" in answer.text
    done = client.post(path, data=form_fields(answer.text, path) | {"reason": "Kabur."}, headers=IN_PLACE)
    assert done.status_code == 200
    assert "Dikembalikan kepada penulisnya." in done.text


def test_a_replayed_publish_is_a_409_that_shows_what_happened(
    client: FlaskClient, people: People, session: Session
) -> None:
    row = people.put(people.news(State.SUBMITTED))
    enter(client, "sari")
    path = f"/berita/{row.id}/publikasi"
    fields = form_fields(client.get(f"/berita/{row.id}/").text, path)
    assert client.post(path, data=fields).status_code == 303
    again = client.post(path, data=fields)
    assert again.status_code == 409
    assert problems(again.text) == []
    assert "Diterbitkan" in again.text or "diterbitkan" in again.text
    assert f'href="/berita/{row.id}/"' in again.text
    assert _fresh(session, row).version == 2


def test_a_decision_on_text_that_changed_meanwhile_is_refused_and_the_reason_kept(
    client: FlaskClient, people: People, session: Session
) -> None:
    row = people.put(people.news(State.SUBMITTED))
    enter(client, "sari")
    path = f"/berita/{row.id}/pengembalian"
    fields = form_fields(client.get(f"/berita/{row.id}/").text, path)
    with writing(session):
        row.version = 2
    answer = client.post(path, data=fields | {"reason": "Alasan yang panjang ditulis"})
    assert answer.status_code == 409
    assert "Alasan yang panjang ditulis" in answer.text
    assert _fresh(session, row).state is State.SUBMITTED


def test_a_piece_of_another_village_does_not_exist_for_its_moderator(client: FlaskClient, people: People) -> None:
    rows = [people.put(people.news(state)) for state in State if state not in (State.PUBLISHED, State.REVISING)]
    enter(client, "siti")
    token = form_fields(client.get("/akun/").text, "/keluar/")
    for row in rows:
        # (the withdrawn one was put down without its entry; one that was really withdrawn: test_log.py)
        assert client.get(f"/berita/{row.id}/").status_code == 404
        for noun in ("publikasi", "pengembalian", "penarikan", "pengajuan"):
            answer = client.post(f"/berita/{row.id}/{noun}", data=token | {"reason": "x"})
            assert answer.status_code == 404, (row.state, noun)
    assert 'action="/desa/"' in client.get(f"/berita/{rows[0].id}/").text
    assert client.post("/berita/999999/publikasi", data=token).status_code == 404


# ------------------------------------------------------------------ reading


def test_hostile_text_stays_text_on_every_page(client: FlaskClient, people: People) -> None:
    values: dict[str, Any] = {"title": HOSTILE[:120], "body": HOSTILE + "\n\n" + HOSTILE}
    published = people.put(people.news(**values))
    people.put(people.news(State.SUBMITTED, **values))
    draft = people.put(people.news(State.DRAFT, **values))
    pages = [client.get(path).text for path in ("/", f"/desa/{SUKARAMI}/", "/berita/", f"/berita/{published.id}/")]
    enter(client, "budi")
    pages += [client.get(path).text for path in ("/berita/", f"/berita/{draft.id}/", f"/berita/{draft.id}/ubah/")]
    pages.append(enter(client.application.test_client(), "sari").get("/meja/").text)
    for page in pages:
        assert "<script>alert" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)" in page
        assert "{{7*7}}" in page
        assert problems(page) == []


@pytest.mark.database
def test_the_list_takes_as_many_statements_for_fifty_pieces_as_for_one(
    client: FlaskClient, people: People, statements: Callable[[], AbstractContextManager[Statements]]
) -> None:
    people.put(people.news())
    client.get("/berita/")
    with statements() as few:
        client.get("/berita/")
    authors = [people.users[name].id for name in ("budi", "wati", "sari", "siti")]
    places = [SUKARAMI, ELSEWHERE, *(f"16.06.01.{2001 + number}" for number in range(8)), "16.06.01"]
    people.put(*(people.news(author_id=authors[n % 4], area_code=places[n % 11]) for n in range(50)))
    with statements() as many:
        page = client.get("/berita/").text
    assert page.count("<li id=") == 20
    assert len(few) == len(many) <= 2, (few, many)


@pytest.mark.database
def test_pages_of_the_list_neither_lose_nor_repeat_a_piece(client: FlaskClient, people: People) -> None:
    """Also where many appear in one microsecond, or in instants that a float cannot hold."""
    odd = START + timedelta(microseconds=123_457)
    rows = [people.news(published_at=odd + timedelta(microseconds=n // 3)) for n in range(47)]
    people.put(*rows)
    seen: list[int] = []
    path: str | None = f"/berita/?wilayah={SUKARAMI}"
    while path:
        page = client.get(path).text
        seen += [int(part.split('"')[0]) for part in page.split('<li id="berita-')[1:]]
        tail = page.split('">Berita sebelumnya')[0] if ">Berita sebelumnya" in page else ""
        path = tail.rpartition('href="')[2].replace("&amp;", "&") or None
    assert seen == [row.id for row in sorted(rows, key=lambda row: (row.published_at or odd, row.id), reverse=True)]


@pytest.mark.database
def test_a_cursor_made_by_hand_leads_to_some_page(client: FlaskClient, people: People) -> None:
    nines = "9" * 20
    for cursor in ("x", "~", "1~x", "x~1", f"1~-{nines}", f"{'9' * 400}~1", f"-{'9' * 18}~1", f"1~{nines}", "9" * 5000):
        for path in ("/berita/", "/aspirasi/"):
            assert client.get(path, query_string={"sesudah": cursor}).status_code == 200, cursor


def test_who_reviews_it_until_when_stands_on_a_submitted_piece(
    client: FlaskClient, people: People, clock: FrozenClock
) -> None:
    row = people.put(people.news(State.SUBMITTED))
    page = enter(client, "budi").get(f"/berita/{row.id}/").text
    assert "Diperiksa moderator paling lambat Jumat 20 November." in page
    assert "pengembalian" not in page
