"""Autosave: what an author types is found again, once, and never over what was changed elsewhere."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session, joinedload
from werkzeug.test import TestResponse

from kimweb.accounts.models import RoleGrant
from kimweb.core import audit
from kimweb.core.actor import Role
from kimweb.core.errors import Conflict
from kimweb.core.idempotency import new_key
from kimweb.core.workflow import Step
from kimweb.news import actions
from kimweb.news.autosaving import autosave_new, autosave_news
from kimweb.news.models import News, NewsRevision, State
from tests.support.clock import START
from tests.support.forms import IN_PLACE
from tests.support.html import form_fields, problems
from tests.support.people import LUMPATAN, SUKARAMI, People, day, enter
from tests.support.together import engine_on, together

WRITE, TYPING = "/berita/tulis/", "/berita/draf"
TYPED = {"title": "Jalan poros", "body": "Mulai dicor."}


def form_of(client: FlaskClient, path: str = WRITE) -> dict[str, str]:
    return form_fields(client.get(path).text, path)


def typing(client: FlaskClient, form: dict[str, str], to: str = TYPING, **typed: str) -> TestResponse:
    """What static/js/draft.js sends."""
    return client.post(to, data=form | TYPED | typed, headers=IN_PLACE)


def pieces(session: Session) -> list[News]:
    session.rollback()
    query = sa.select(News).order_by(News.id).options(joinedload(News.author))
    return list(session.scalars(query.execution_options(populate_existing=True)))


def revisions(session: Session) -> list[str]:
    session.rollback()
    return list(session.scalars(sa.select(NewsRevision.body).order_by(NewsRevision.id)))


def verbs(session: Session, row: News) -> list[str]:
    session.rollback()
    return [entry.verb for entry in audit.history(session, row.audit_kind, row.audit_id)]


# ------------------------------------------------------------------ a new piece


@pytest.mark.database
def test_however_often_it_is_one_draft_one_revision_and_one_entry(
    client: FlaskClient, people: People, session: Session
) -> None:
    form = form_of(enter(client, "budi"))
    for body in ("Mulai", "Mulai dicor.", "Mulai dicor.", "Mulai dicor hari Senin."):
        answer = typing(client, form, body=body)
        assert answer.status_code == 200
    (row,) = pieces(session)
    assert (row.state, row.title, row.body, row.version) == (State.DRAFT, "Jalan poros", "Mulai dicor hari Senin.", 3)
    assert revisions(session) == ["Mulai dicor hari Senin."]
    assert verbs(session, row) == ["create"]
    assert "Tersimpan otomatis 09.00" in answer.text
    assert f'data-at="/berita/{row.id}/ubah/"' in answer.text
    assert len(answer.data) < 150


@pytest.mark.database
@pytest.mark.parametrize("words", [{}, {"body": "Mulai dicor hari Senin."}])
@pytest.mark.parametrize(("button", "state"), [("simpan", State.DRAFT), ("ajukan", State.SUBMITTED)])
def test_the_button_goes_on_with_the_draft_and_a_second_tap_too(
    client: FlaskClient, people: People, session: Session, words: dict[str, str], button: str, state: State
) -> None:
    form = form_of(enter(client, "budi"))
    typing(client, form)
    sent = form | TYPED | words | {"langsung": button}
    assert [client.post(WRITE, data=sent).status_code for _ in range(2)] == [303, 303]
    (row,) = pieces(session)
    assert (row.state, row.body) == (state, words.get("body", TYPED["body"]))
    assert revisions(session) == [row.body]
    assert verbs(session, row) == ["create", "edit", *(["pengajuan"] if button == "ajukan" else [])]


def test_an_autosave_that_comes_after_the_button_changes_nothing(
    client: FlaskClient, people: People, session: Session
) -> None:
    form = form_of(enter(client, "budi"))
    typing(client, form, body="Mulai")
    client.post(WRITE, data=form | TYPED | {"langsung": "simpan"})
    assert typing(client, form, body="Mulai").status_code == 409
    assert [row.body for row in pieces(session)] == [TYPED["body"]]
    other = form_of(client)
    client.post(WRITE, data=other | TYPED | {"langsung": "ajukan"})
    assert typing(client, other, body="Mulai").status_code == 409
    assert [row.state for row in pieces(session)] == [State.DRAFT, State.SUBMITTED]


@pytest.mark.database
def test_a_button_beside_an_autosave_makes_one_piece(people: People, session: Session, database_url: str) -> None:
    step, key = Step(people.actor("budi"), START), new_key()
    with engine_on(database_url) as engine:

        def save(index: int) -> str:
            act = actions.write_news if index else autosave_new
            with Session(engine) as own:
                try:
                    act(own, step, area_code=SUKARAMI, **TYPED, key=key)
                except Conflict:
                    return "the button was first" if not index else "refused"
            return "kept"

        assert "refused" not in together(2, save)
    assert len(pieces(session)) == 1


def test_another_form_is_another_draft_and_another_persons_key_finds_nothing(
    client: FlaskClient, people: People, session: Session
) -> None:
    form = form_of(enter(client, "budi"))
    typing(client, form)
    typing(client, form_of(client))
    wati = enter(client.application.test_client(), "wati")
    typing(wati, form_of(wati) | {"key": form["key"]}, body="Dari Wati.")
    typing(client, form)
    assert [(row.author.name, row.body) for row in pieces(session)] == [
        ("Budi", TYPED["body"]),
        ("Budi", TYPED["body"]),
        ("Wati", "Dari Wati."),
    ]


def test_nothing_typed_makes_nothing(client: FlaskClient, people: People, session: Session) -> None:
    answer = typing(enter(client, "budi"), form_of(client), title=" ", body="\n")
    assert (answer.status_code, "Tersimpan" in answer.text) == (200, False)
    assert pieces(session) == []


def test_without_a_key_nothing_is_kept(client: FlaskClient, people: People, session: Session) -> None:
    form = form_of(enter(client, "budi")) | {"key": "x"}
    assert typing(client, form).status_code == 422
    assert pieces(session) == []


def test_a_draft_without_a_title_is_found_continued_and_deleted_but_not_handed_in(
    client: FlaskClient, people: People, session: Session
) -> None:
    typing(enter(client, "budi"), form_of(client), title="")
    (row,) = pieces(session)
    here = f"/berita/{row.id}/"
    assert "(tanpa judul)" in client.get("/berita/").text
    assert "(tanpa judul)" in client.get("/meja/").text
    page = client.get(here).text
    assert "<h1>(tanpa judul)</h1>" in page
    assert "Judul atau isinya masih kosong." in page
    assert here + "pengajuan" not in page
    assert form_fields(client.get(here + "ubah/").text, here + "ubah/")["body"] == TYPED["body"]
    token = form_of(client)["csrf_token"]
    refused = client.post(here + "pengajuan", data={"csrf_token": token})
    assert (refused.status_code, problems(refused.text)) == (422, [])
    assert "Judul atau isinya masih kosong." in refused.text
    assert [piece.state for piece in pieces(session)] == [State.DRAFT]
    asked = client.get(here + "hapus/").text
    assert "(tanpa judul)" in asked
    assert client.post(here + "penghapusan", data=form_fields(asked, here + "penghapusan")).status_code == 303
    assert pieces(session) == []


def test_after_the_draft_was_deleted_the_open_form_begins_another(
    client: FlaskClient, people: People, session: Session
) -> None:
    form = form_of(enter(client, "budi"))
    typing(client, form)
    (row,) = pieces(session)
    actions.delete_draft(session, Step(people.actor("budi"), START), news_id=row.id)
    for body in ("Lagi", "Lagi."):
        assert typing(client, form, body=body).status_code == 200
    assert [row.body for row in pieces(session)] == ["Lagi."]


def test_another_village_may_be_chosen_after_the_first_autosave(
    client: FlaskClient, people: People, session: Session
) -> None:
    role = {"role": Role.MEMBER, "area_code": LUMPATAN, "starts_on": day(-100)}
    people.put(RoleGrant(user_id=people.users["budi"].id, **role))
    form = form_of(enter(client, "budi"))
    typing(client, form, area=SUKARAMI)
    typing(client, form, area=LUMPATAN)
    assert [row.area_code for row in pieces(session)] == [LUMPATAN]
    client.post(WRITE, data=form | TYPED | {"area": SUKARAMI, "langsung": "ajukan"})
    assert [(row.area_code, row.state) for row in pieces(session)] == [(SUKARAMI, State.SUBMITTED)]
    assert typing(client, form_of(client), area="16.06.02.2001").status_code == 403


# ------------------------------------------------------------------ a draft or returned piece


@pytest.mark.database
@pytest.mark.parametrize("state", [State.DRAFT, State.RETURNED])
def test_changing_a_piece_is_one_revision_and_one_entry_too(
    client: FlaskClient, people: People, session: Session, state: State
) -> None:
    row = people.put(people.news(state))
    here = f"/berita/{row.id}/"
    form = form_of(enter(client, "budi"), here + "ubah/")
    for body in ("Satu", "Satu dua", "Satu dua", "Satu dua tiga"):
        assert typing(client, form, here + "draf", body=body).status_code == 200, "its own versions are not stale to it"
    (row,) = pieces(session)
    assert (row.state, row.body, row.version) == (state, "Satu dua tiga", 4)
    assert revisions(session) == ["Satu dua tiga"]
    assert verbs(session, row) == ["edit"]
    answer = client.post(here + "ubah/", data=form | TYPED | {"langsung": "ajukan"})
    assert answer.status_code == 303
    assert [piece.state for piece in pieces(session)] == [State.SUBMITTED]
    assert revisions(session) == [TYPED["body"]]


def test_the_next_form_is_the_next_revision(client: FlaskClient, people: People, session: Session) -> None:
    row = people.put(people.news(State.DRAFT))
    here = f"/berita/{row.id}/"
    enter(client, "budi")
    for body in ("Pagi", "Siang"):
        form = form_of(client, here + "ubah/")
        for more in (".", ".."):
            typing(client, form, here + "draf", body=body + more)
    assert revisions(session) == ["Pagi..", "Siang.."]
    assert verbs(session, row) == ["edit", "edit"]


def test_what_was_changed_in_another_tab_is_told_and_stays(
    client: FlaskClient, people: People, session: Session
) -> None:
    row = people.put(people.news(State.DRAFT))
    here = f"/berita/{row.id}/"
    enter(client, "budi")
    one, two = form_of(client, here + "ubah/"), form_of(client, here + "ubah/")
    assert typing(client, one, here + "draf", body="Tab satu.").status_code == 200
    told = typing(client, two, here + "draf", body="Tab dua.")
    assert told.status_code == 409
    assert "Belum tersimpan: sudah diubah di tab atau HP lain." in told.text
    assert 'id="tersimpan"' in told.text
    assert [piece.body for piece in pieces(session)] == ["Tab satu."]
    stale = client.post(here + "ubah/", data=two | TYPED | {"body": "Tab dua.", "langsung": "simpan"})
    assert stale.status_code == 409
    assert "Tab satu." in stale.text
    assert 'id="draf"' not in stale.text, "what was changed elsewhere is replaced by a button only"
    again = form_fields(stale.text, here + "ubah/")
    assert client.post(here + "ubah/", data=again | {"langsung": "simpan"}).status_code == 303
    assert [piece.body for piece in pieces(session)] == ["Tab dua."]


def test_a_new_piece_that_was_changed_elsewhere_is_not_overwritten(
    client: FlaskClient, people: People, session: Session
) -> None:
    form = form_of(enter(client, "budi"))
    typing(client, form)
    (row,) = pieces(session)
    here = f"/berita/{row.id}/"
    other = form_of(client, here + "ubah/")
    typing(client, other, here + "draf", body="Dari tab lain.")
    assert typing(client, form, body="Dari sini.").status_code == 409
    pressed = client.post(WRITE, data=form | TYPED | {"body": "Dari sini.", "langsung": "simpan"})
    assert pressed.status_code == 409
    assert "Dari sini." in pressed.text
    assert [piece.body for piece in pieces(session)] == ["Dari tab lain."]


def test_a_form_without_a_version_is_stale(people: People, session: Session) -> None:
    row = people.put(people.news(State.DRAFT))
    with pytest.raises(Conflict):
        autosave_news(session, Step(people.actor("budi"), START), news_id=row.id, title="A", body="B", key=new_key())


def test_an_emptied_form_leaves_what_was_kept(client: FlaskClient, people: People, session: Session) -> None:
    row = people.put(people.news(State.DRAFT))
    here = f"/berita/{row.id}/"
    form = form_of(enter(client, "budi"), here + "ubah/")
    assert typing(client, form, here + "draf", title="", body="").status_code == 200
    assert [piece.version for piece in pieces(session)] == [1]


@pytest.mark.parametrize("where", ["new", "old"])
@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"title": "a" * 121}, "Judul: Terlalu panjang: 121 huruf, paling banyak 120."),
        ({"body": "a" * 10_001}, "Isi berita: Terlalu panjang: 10001 huruf, paling banyak 10000."),
    ],
)
def test_what_is_too_long_is_told_and_not_kept(
    client: FlaskClient, people: People, session: Session, where: str, typed: dict[str, str], sentence: str
) -> None:
    row = people.put(people.news(State.DRAFT))
    enter(client, "budi")
    old = where == "old"
    form = form_of(client, f"/berita/{row.id}/ubah/" if old else WRITE)
    answer = typing(client, form, f"/berita/{row.id}/draf" if old else TYPING, **typed)
    assert answer.status_code == 422
    assert f"Belum tersimpan. {sentence}" in answer.text
    assert [(piece.id, piece.version) for piece in pieces(session)] == [(row.id, 1)]


# ------------------------------------------------------------------ who, and when


@pytest.mark.parametrize(
    ("name", "state", "status"),
    [
        ("budi", State.SUBMITTED, 409),
        ("budi", State.PUBLISHED, 409),
        ("budi", State.REVISING, 409),
        ("budi", State.WITHDRAWN, 409),
        ("wati", State.DRAFT, 404),
        ("wati", State.PUBLISHED, 403),
        ("sari", State.DRAFT, 404),
        ("sari", State.RETURNED, 403),
        ("siti", State.RETURNED, 404),
        ("agus", State.RETURNED, 403),
        ("visitor", State.DRAFT, 403),
    ],
)
def test_nobody_else_and_nothing_else_is_changed(
    client: FlaskClient, people: People, session: Session, name: str, state: State, status: int
) -> None:
    row = people.put(people.news(state))
    if name != "visitor":
        enter(client, name)
    page = client.get("/akun/" if name != "visitor" else f"/masuk/?lanjut={WRITE}").text
    token = form_fields(page, "/keluar/") if name != "visitor" else {}
    data = {**token, **TYPED, "key": new_key(), "version": "1"}
    answer = client.post(f"/berita/{row.id}/draf", data=data, headers=IN_PLACE)
    assert answer.status_code == (400 if name == "visitor" else status)
    assert 'id="tersimpan"' not in answer.text or status == 409
    assert [(piece.body, piece.version) for piece in pieces(session)] == [("Selesai hari Senin.", 1)]


@pytest.mark.parametrize("name", ["rahman", "agus", "dewi", "nobody"])
def test_who_does_not_write_begins_nothing(client: FlaskClient, people: People, session: Session, name: str) -> None:
    token = form_fields(enter(client, name).get("/akun/").text, "/keluar/")
    assert typing(client, token | {"key": new_key()}).status_code == 403
    assert pieces(session) == []


def test_without_a_token_or_from_elsewhere_nothing_is_kept(
    client: FlaskClient, people: People, session: Session
) -> None:
    row = people.put(people.news(State.DRAFT))
    form = form_of(enter(client, "budi"))
    for to in (TYPING, f"/berita/{row.id}/draf"):
        data = {**form, **TYPED, "version": "1"}
        assert client.post(to, data=data | {"csrf_token": ""}, headers=IN_PLACE).status_code == 400
        foreign = IN_PLACE | {"Sec-Fetch-Site": "cross-site"}
        assert client.post(to, data=data, headers=foreign).status_code == 403
    assert [(piece.id, piece.version) for piece in pieces(session)] == [(row.id, 1)]


def test_an_ended_session_is_told_from_a_kept_text(client: FlaskClient, people: People, session: Session) -> None:
    form = form_of(enter(client, "budi"))
    out = {"csrf_token": form_fields(client.get("/akun/").text, "/keluar/")["csrf_token"]}
    client.post("/keluar/", data=out)
    answer = typing(client, form)
    assert answer.status_code in (400, 403), "draft.js says so in the line"
    assert 'id="tersimpan"' not in answer.text
    assert pieces(session) == []


def test_a_correction_is_not_kept_by_itself(client: FlaskClient, people: People) -> None:
    row = people.put(people.news())
    page = enter(client, "budi").get(f"/berita/{row.id}/perbaiki/").text
    assert 'id="draf"' not in page
    assert "draft.js" not in page


def test_the_clock_of_a_revision_is_that_of_its_last_word(people: People, session: Session) -> None:
    key, budi = new_key(), people.actor("budi")
    for minute in (0, 5):
        step = Step(budi, START + timedelta(minutes=minute))
        autosave_new(session, step, area_code=SUKARAMI, title="A", body=f"{minute}", key=key)
    (row,) = session.scalars(sa.select(NewsRevision)).all()
    assert row.at - START == timedelta(minutes=5)
    (piece,) = session.scalars(sa.select(News)).all()
    (entry,) = audit.history(session, piece.audit_kind, piece.audit_id)
    assert entry.detail == {"autosave": True}
