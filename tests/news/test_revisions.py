"""Revisions: each change is kept, the moderator sees what changed, and what is published changes only when released."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.core.errors import Invalid, NotAllowed
from kimweb.core.worddiff import Kind
from kimweb.core.workflow import Step
from kimweb.news import actions
from kimweb.news.models import News, NewsRevision, State
from kimweb.news.revisions import changes_of
from tests.support.clock import START
from tests.support.forms import send
from tests.support.html import form_fields, problems
from tests.support.people import SUKARAMI, People, enter

HOSTILE = "<script>alert(1)</script>{{7*7}}"


def _step(people: People, name: str, reason: str = "", hours: int = 0) -> Step:
    return Step(people.actor(name), START + timedelta(hours=hours), reason=reason)


def _returned(people: People, session: Session, title: str = "Rapat", body: str = "Rapat hari Sabtu.") -> News:
    row = actions.write_news(session, _step(people, "budi"), area_code=SUKARAMI, title=title, body=body, submit=True)
    return actions.return_news(session, _step(people, "sari", "Hari apa?"), news_id=row.id)


def _published(people: People, session: Session) -> News:
    row = actions.write_news(
        session, _step(people, "budi"), area_code=SUKARAMI, title="Rapat", body="Rapat hari Sabtu.", submit=True
    )
    return actions.publish_news(session, _step(people, "sari"), news_id=row.id)


@pytest.mark.database
def test_every_saved_change_is_kept_with_who_and_when(people: People, session: Session) -> None:
    row = actions.write_news(session, _step(people, "budi"), area_code=SUKARAMI, title="A", body="satu")
    for number, body in enumerate(("dua", "dua", "tiga"), 1):
        actions.edit_news(session, _step(people, "budi", hours=number), news_id=row.id, title="A", body=body)
    found = session.scalars(sa.select(NewsRevision).order_by(NewsRevision.id)).all()
    assert [(rev.body, rev.at - START) for rev in found] == [
        ("satu", timedelta(0)),
        ("dua", timedelta(hours=1)),
        ("tiga", timedelta(hours=3)),
    ]
    assert {rev.by_id for rev in found} == {people.users["budi"].id}


@pytest.mark.database
def test_the_moderator_sees_what_changed_since_the_last_time(people: People, session: Session) -> None:
    row = _returned(people, session)
    first = actions.submit_news(session, _step(people, "budi"), news_id=row.id)
    assert [part.kind for part in changes_of(session, [first])[row.id].body] == [Kind.SAME], "nothing was mended"
    actions.return_news(session, _step(people, "sari", "Hari apa?"), news_id=row.id)
    actions.edit_news(session, _step(people, "budi"), news_id=row.id, title="Rapat", body="Rapat hari Ahad.")
    actions.edit_news(
        session, _step(people, "budi"), news_id=row.id, title="Rapat", body="Rapat hari Minggu.", submit=True
    )
    parts = changes_of(session, [row])[row.id].body
    assert [(part.kind, part.text.strip()) for part in parts] == [
        (Kind.SAME, "Rapat hari"),
        (Kind.GONE, "Sabtu."),
        (Kind.NEW, "Minggu."),
    ]


def test_the_change_stands_on_desk_and_page_in_words_and_stays_text(
    client: FlaskClient, people: People, session: Session
) -> None:
    row = _returned(people, session)
    body = f"Rapat hari {HOSTILE}."
    actions.edit_news(session, _step(people, "budi"), news_id=row.id, title="Rapat", body=body, submit=True)
    enter(client, "sari")
    for path in ("/meja/", f"/berita/{row.id}/"):
        page = client.get(path).text
        assert problems(page) == []
        assert "<del><small>hapus:</small> Sabtu.</del>" in page
        assert "<ins><small>tambah:</small> &lt;script&gt;alert(1)" in page
        assert "<script>alert" not in page
        assert "{{7*7}}" in page


@pytest.mark.database
def test_a_correction_shows_only_once_it_is_released(people: People, session: Session) -> None:
    row = _published(people, session)
    actions.correct_news(session, _step(people, "budi"), news_id=row.id, title="Rapat desa", body="Rapat hari Minggu.")
    assert (row.state, row.title, row.body) == (State.REVISING, "Rapat", "Rapat hari Sabtu.")
    with pytest.raises(NotAllowed):
        actions.publish_news(session, _step(people, "budi"), news_id=row.id)
    actions.publish_news(session, _step(people, "sari", hours=2), news_id=row.id)
    assert (row.state, row.title, row.body) == (State.PUBLISHED, "Rapat desa", "Rapat hari Minggu.")
    assert (row.published_at, row.corrected_at) == (START, START + timedelta(hours=2))
    assert row.self_published is False


@pytest.mark.database
def test_a_correction_that_is_returned_or_withdrawn_leaves_what_stood(people: People, session: Session) -> None:
    row = _published(people, session)
    change = {"title": "Rapat", "body": "Rapat di rumah Pak X."}
    actions.correct_news(session, _step(people, "budi"), news_id=row.id, **change)
    actions.return_news(session, _step(people, "sari", "Menyebut nama."), news_id=row.id)
    assert (row.state, row.body, row.due_on, row.corrected_at) == (State.PUBLISHED, "Rapat hari Sabtu.", None, None)
    actions.correct_news(session, _step(people, "budi"), news_id=row.id, **change)
    actions.withdraw_news(session, _step(people, "rahman", "Salah."), news_id=row.id)
    actions.restore_news(session, _step(people, "rahman", "Benar."), news_id=row.id)
    assert (row.state, row.body, row.changed_by_id) == (State.PUBLISHED, "Rapat hari Sabtu.", None)


def test_a_correction_without_a_change_is_refused(people: People, session: Session) -> None:
    row = _published(people, session)
    with pytest.raises(Invalid):
        actions.correct_news(session, _step(people, "budi"), news_id=row.id, title=row.title, body=row.body)
    assert row.state is State.PUBLISHED


def test_a_moderator_who_releases_their_own_correction_is_marked(people: People, session: Session) -> None:
    row = _published(people, session)
    actions.correct_news(session, _step(people, "sari"), news_id=row.id, title="Rapat", body="Minggu.")
    actions.publish_news(session, _step(people, "sari"), news_id=row.id)
    assert row.self_published is True


def test_visitors_read_the_old_text_until_then_and_the_day_of_the_correction_after(
    client: FlaskClient, people: People, session: Session
) -> None:
    row = _published(people, session)
    visitor = client.application.test_client()
    enter(client, "budi")
    page = client.get(f"/berita/{row.id}/perbaiki/").text
    assert problems(page) == []
    assert form_fields(page, f"/berita/{row.id}/perbaikan")["body"] == "Rapat hari Sabtu."
    answer = send(client, f"/berita/{row.id}/perbaikan", on=f"/berita/{row.id}/perbaiki/", body="Rapat hari Minggu.")
    assert answer.status_code == 303
    for path in ("/", "/berita/", f"/desa/{SUKARAMI}/"):
        assert f"/berita/{row.id}/" in visitor.get(path).text, "still listed"
    before = visitor.get(f"/berita/{row.id}/").text
    assert "Rapat hari Sabtu." in before
    assert "Minggu" not in before
    assert "Diperbaiki" not in before
    own = client.get(f"/berita/{row.id}/").text
    assert "Yang tampil untuk warga masih yang lama." in own
    assert problems(own) == []
    session.rollback()
    actions.publish_news(session, _step(people, "sari"), news_id=row.id)
    after = visitor.get(f"/berita/{row.id}/").text
    assert "Rapat hari Minggu." in after
    assert "Diperbaiki 18 November" in after


def test_after_a_return_the_form_holds_what_was_proposed_and_why(
    client: FlaskClient, people: People, session: Session
) -> None:
    row = _published(people, session)
    actions.correct_news(session, _step(people, "budi"), news_id=row.id, title="Rapat", body="Usulan saya.")
    actions.return_news(session, _step(people, "sari", "Sebut harinya."), news_id=row.id)
    page = enter(client, "budi").get(f"/berita/{row.id}/perbaiki/").text
    assert form_fields(page, f"/berita/{row.id}/perbaikan")["body"] == "Usulan saya."
    assert "Sebut harinya." in page


@pytest.mark.parametrize(("name", "status"), [("wati", 403), ("rahman", 403), ("sari", 200), ("budi", 200)])
def test_who_corrects(client: FlaskClient, people: People, name: str, status: int) -> None:
    row = people.put(people.news())
    assert enter(client, name).get(f"/berita/{row.id}/perbaiki/").status_code == status
    token = form_fields(client.get("/akun/").text, "/akun/kata-sandi")["csrf_token"]
    empty = client.post(f"/berita/{row.id}/perbaikan", data={"csrf_token": token})
    assert empty.status_code == (422 if status == 200 else 403)  # whoever may not gets no form either


def test_the_public_note_tells_a_correction_from_the_first_publication(
    client: FlaskClient, people: People, session: Session
) -> None:
    row = people.put(people.news(State.SUBMITTED))
    actions.publish_news(session, Step(people.actor("sari"), START), news_id=row.id)
    actions.correct_news(session, Step(people.actor("budi"), START), news_id=row.id, title="Lain", body="Lain.")
    actions.publish_news(session, Step(people.actor("sari"), START), news_id=row.id)
    told = re.findall(r'<li class="done"><b>([^<]+)</b>', client.get(f"/berita/{row.id}/").text)
    assert told == ["Diterbitkan", "Perbaikan diterbitkan"]


def test_what_is_handed_in_again_says_until_when_it_is_looked_at(
    client: FlaskClient, people: People, session: Session
) -> None:
    budi = people.actor("budi")
    row = actions.write_news(session, Step(budi, START), area_code=SUKARAMI, title="Satu", body="Satu.", submit=True)
    actions.return_news(session, Step(people.actor("sari"), START, reason="Kapan?"), news_id=row.id)
    actions.edit_news(session, Step(budi, START), news_id=row.id, title="Satu", body="Dua.", submit=True)
    page = " ".join(enter(client, "budi").get(f"/berita/{row.id}/").text.split())
    assert "Yang berubah sejak terakhir diperiksa" in page
    assert "Belum tampil untuk warga. Diperiksa moderator paling lambat Senin 23 November." in page


def test_a_form_that_the_author_outran_in_another_tab_says_so(
    client: FlaskClient, people: People, session: Session
) -> None:
    row = people.put(people.news(State.DRAFT))
    enter(client, "budi")
    path = f"/berita/{row.id}/ubah/"
    fields = form_fields(client.get(path).text, path) | {"title": "Judul", "body": "Isi"}
    answers = [client.post(path, data=fields | {"key": "", "body": f"Isi {number}"}) for number in range(2)]
    assert [answer.status_code for answer in answers] == [303, 409]
    assert "Sudah Anda ubah di tempat lain pukul" in answers[1].text
    assert "orang lain" not in answers[1].text
