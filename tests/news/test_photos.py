"""Photos of village news: described by whoever writes, kept through mistakes, covered by the moderator."""

from __future__ import annotations

import re
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.core import audit, pictures
from kimweb.core.photos import COVERED, DESCRIBED, Photo
from kimweb.news.models import News, NewsPhoto, State
from tests.support.forms import send, token_of
from tests.support.html import form_fields, problems
from tests.support.people import People, enter
from tests.support.pictures import from_a_phone, jpeg, near, read, with_photo

WRITE = "/berita/tulis/"
pytestmark = pytest.mark.usefixtures("in_memory")
TYPED: dict[str, Any] = {"title": "Jalan selesai", "body": "Selesai dicor."}


def files(*contents: bytes) -> list[Any]:
    """As a browser sends three inputs, those left empty too."""
    named = [(BytesIO(content), f"foto{number}.jpg", "image/jpeg") for number, content in enumerate(contents)]
    return named + [(BytesIO(b""), "", "application/octet-stream")] * (3 - len(named))


def links(session: Session) -> list[NewsPhoto]:
    session.rollback()
    return list(session.scalars(sa.select(NewsPhoto).order_by(NewsPhoto.position)))


def version_of(session: Session, row: News) -> int:
    session.rollback()
    return session.scalars(sa.select(News.version).where(News.id == row.id)).one()


def write(client: FlaskClient, *contents: bytes, alt: list[str], **typed: Any) -> Any:
    return send(client, WRITE, on=WRITE, **(TYPED | typed), photos=files(*contents), alt=[*alt, "", "", ""][:3])


@pytest.mark.database
def test_three_photos_come_with_their_words(client: FlaskClient, people: People, session: Session) -> None:
    enter(client, "budi")
    sent = [jpeg(800, 600, 1), from_a_phone(), jpeg(800, 600, 2)]
    assert write(client, *sent, alt=["Jalan", "Empat warna", "Warga"]).status_code == 303
    assert [link.alt for link in links(session)] == ["Jalan", "Empat warna", "Warga"]
    page = client.get(f"/berita/{session.query(News).one().id}/").text
    assert page.count('href="/foto/') == 3
    assert "<img" not in page
    assert "Foto: Empat warna, " in page
    assert problems(page) == []


def test_a_photo_without_words_is_refused_and_the_text_stays(
    client: FlaskClient, people: People, session: Session
) -> None:
    enter(client, "budi")
    answer = write(client, jpeg(), jpeg(seed=2), alt=["Jalan"])
    assert answer.status_code == 422
    assert problems(answer.text) == []
    assert "Tulis apa yang tampak di setiap foto" in answer.text
    assert 'value="Jalan selesai"' in answer.text
    assert 'value="Jalan"' in answer.text
    assert session.query(News).count() == session.query(Photo).count() == 0


@pytest.mark.parametrize(
    ("sent", "typed", "sentence"),
    [
        (jpeg(), {"title": ""}, "Pilih lagi fotonya"),
        (b"<svg/>", {}, "Ini bukan foto"),
        (jpeg()[:9_000], {}, "rusak atau terpotong"),
        (b"\0" * (8 * 1024 * 1024 + 1), {}, "Lebih besar dari 8 MB"),
    ],
)
def test_what_is_wrong_is_said_at_the_photos(
    client: FlaskClient, people: People, session: Session, sent: bytes, typed: dict[str, str], sentence: str
) -> None:
    enter(client, "budi")
    answer = write(client, sent, alt=["Jalan"], **typed)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Selesai dicor." in answer.text
    assert problems(answer.text) == []
    assert session.query(Photo).count() == 0


def test_a_browser_that_leaves_out_empty_inputs_keeps_words_and_photos_together(
    client: FlaskClient, people: People, session: Session
) -> None:
    enter(client, "budi")
    photo = (BytesIO(jpeg()), "a.jpg", "image/jpeg")
    send(client, WRITE, on=WRITE, **TYPED, photos=photo, alt=["", "Jalan", ""])
    assert [link.alt for link in links(session)] == ["Jalan"]


def test_editing_adds_and_takes_away_up_to_three(client: FlaskClient, people: People, session: Session) -> None:
    enter(client, "budi")
    write(client, jpeg(seed=1), jpeg(seed=2), alt=["Satu", "Dua"], langsung="simpan")
    path = f"/berita/{session.query(News).one().id}/ubah/"
    first = links(session)[0]
    photos, alt = files(jpeg(seed=3), jpeg(seed=4)), ["Tiga", "Empat", ""]
    answer = send(client, path, on=path, **TYPED, photos=photos, alt=alt)
    assert answer.status_code == 422
    assert "Paling banyak 3 foto." in answer.text
    photos = files(jpeg(seed=3), jpeg(seed=4))
    answer = send(client, path, on=path, **TYPED, photos=photos, alt=alt, drop_photos=str(first.id))
    assert answer.status_code == 303
    assert [link.alt for link in links(session)] == ["Dua", "Tiga", "Empat"]
    assert session.query(Photo).count() == 3
    entry = audit.history(session, "news", str(session.query(News).one().id))[-1]
    assert entry.detail == {"photos_added": 2, "photos_dropped": 1}


def test_the_same_form_again_is_stale_and_makes_nothing_twice(
    client: FlaskClient, people: People, session: Session
) -> None:
    enter(client, "budi")
    row = people.put(people.news(State.DRAFT))
    path = f"/berita/{row.id}/ubah/"
    for status in (303, 409):
        again = {**TYPED, "photos": files(jpeg()), "alt": ["Jalan", "", ""], "version": "1"}
        answer = send(client, path, on=path, **again)
        assert answer.status_code == status
    assert "Pilih lagi fotonya" in answer.text
    assert len(links(session)) == 1


@pytest.mark.database
def test_a_second_tap_keeps_each_photo_once(client: FlaskClient, people: People, session: Session) -> None:
    enter(client, "budi")
    fields = form_fields(client.get(WRITE).text, WRITE) | TYPED
    for _ in range(2):
        data = fields | {"photos": files(jpeg()), "alt": ["Jalan", "", ""]}
        assert client.post(WRITE, data=data, content_type="multipart/form-data").status_code == 303
    assert session.query(News).count() == session.query(Photo).count() == len(links(session)) == 1


@pytest.mark.database
def test_a_deleted_draft_takes_its_photos_along_but_not_those_of_others(
    client: FlaskClient, people: People, session: Session
) -> None:
    enter(client, "budi")
    write(client, jpeg(seed=1), jpeg(seed=2), alt=["Satu", "Dua"], langsung="simpan")
    write(client, jpeg(seed=1), alt=["Satu"], title="Yang lain", langsung="simpan")
    drafts = session.scalars(sa.select(News).order_by(News.id)).all()
    page = f"/berita/{drafts[0].id}/hapus/"
    assert send(client, f"/berita/{drafts[0].id}/penghapusan", on=page).status_code == 303
    [kept] = links(session)
    assert kept.owner_id == session.query(News).one().id
    assert set(session.scalars(sa.select(Photo.hash))) == {kept.hash}


def test_a_correction_leaves_the_photos_as_they_are(client: FlaskClient, people: People, session: Session) -> None:
    row = people.put(people.news(State.PUBLISHED))
    with_photo(session, f"/berita/{row.id}/", alt="Warga")
    [before] = links(session)
    enter(client, "budi")
    page = f"/berita/{row.id}/perbaiki/"
    text = client.get(page).text
    assert "multipart" not in text
    assert 'type="file"' not in text
    assert "drop_photos" not in text
    more: dict[str, Any] = {
        "photos": (BytesIO(jpeg(320, 240, 5)), "a.jpg"),
        "alt": "Lain",
        "drop_photos": str(before.id),
    }
    answer = send(client, f"/berita/{row.id}/perbaikan", on=page, **TYPED, **more)
    assert answer.status_code == 303
    assert [link.id for link in links(session)] == [before.id]
    assert "Foto: Warga, " in client.get(f"/berita/{row.id}/").text


def test_other_forms_still_take_no_more_than_text(client: FlaskClient, people: People) -> None:
    enter(client, "budi")
    row = people.put(people.news(State.DRAFT))
    page = f"/berita/{row.id}/"
    answer = send(client, f"{page}pengajuan", on=page, photos=(BytesIO(jpeg(3000, 2000)), "a.jpg"))
    assert answer.status_code == 413
    assert "Kiriman terlalu besar" in answer.text


def test_more_than_three_times_eight_megabytes_get_the_sites_own_page(client: FlaskClient, people: People) -> None:
    enter(client, "budi")
    answer = write(client, *[b"\0" * (8 * 1024 * 1024 + 300_000)] * 3, alt=["a", "b", "c"])
    assert answer.status_code == 413
    assert "Fotonya terlalu besar" in answer.text
    assert problems(answer.text) == []


# ------------------------------------------------------------------ what an error page cannot bring back

GONE = "Fotonya tidak tersimpan, harus dipilih lagi."


def stale(client: FlaskClient, path: str, **fields: Any) -> Any:
    """Sent with a token of yesterday's page."""
    answer = client.post(path, data={**TYPED, "csrf_token": "old", "langsung": "ajukan", **fields})
    assert answer.status_code == 400
    assert problems(answer.text) == []
    return answer


def test_a_stale_form_is_sent_again_with_photos_chosen_anew(
    client: FlaskClient, people: People, session: Session
) -> None:
    enter(client, "budi")
    answer = stale(client, WRITE, photos=files(jpeg(), jpeg(seed=2)), alt=["Jalan", "Warga", ""])
    assert GONE in answer.text
    assert answer.text.count('type="file"') == 3
    again = form_fields(answer.text, WRITE) | {"photos": files(jpeg(), jpeg(seed=2)), "alt": ["Jalan", "Warga", ""]}
    assert 'value="Warga"' in answer.text
    assert client.post(WRITE, data=again, content_type="multipart/form-data").status_code == 303
    assert [link.alt for link in links(session)] == ["Jalan", "Warga"]
    assert session.query(News).one().state is State.SUBMITTED


def test_a_stale_form_without_photos_says_nothing_about_them(client: FlaskClient, people: People) -> None:
    enter(client, "budi")
    answer = stale(client, WRITE, photos=files(), alt=["", "", ""])
    assert GONE not in answer.text
    assert 'type="file"' not in answer.text
    assert "Keterangan foto" not in answer.text
    row = people.put(people.news(State.DRAFT))
    assert GONE not in stale(client, f"/berita/{row.id}/pengajuan", photos=files(jpeg(320, 240))).text, (
        "(it takes none)"
    )


@pytest.mark.parametrize(("sent", "said"), [([jpeg()], True), ([], False)])
def test_whoever_is_signed_out_is_told_beside_the_way_in(
    client: FlaskClient, people: People, sent: list[bytes], said: bool
) -> None:
    answer = stale(client, WRITE, photos=files(*sent), alt=["Jalan", "Warga", ""])
    assert "Anda sudah keluar." in answer.text
    assert "Jalan\nWarga</textarea>" in answer.text
    assert (GONE in answer.text) is said


# ------------------------------------------------------------------ covering


@pytest.mark.database
def test_the_moderator_covers_a_part_and_the_uncovered_one_is_gone(
    client: FlaskClient, people: People, session: Session
) -> None:
    row = people.put(people.news(State.SUBMITTED))
    path = with_photo(session, f"/berita/{row.id}/", alt="Warga")
    before = links(session)[0].hash
    enter(client, "sari")
    assert path in client.get(f"/berita/{row.id}/").text
    page = client.get(path)
    assert problems(page.text) == []
    assert page.text.count('type="checkbox"') == 48
    assert client.get(f"/foto/{before}-kisi.jpg").mimetype == "image/jpeg"
    assert send(client, f"{path}penyamaran", on=path, cells=["A1", "B2"]).status_code == 303
    [link] = links(session)
    assert link.hash != before
    assert link.alt == "Warga"
    assert set(session.scalars(sa.select(Photo.hash))) == {link.hash}
    assert client.get(f"/foto/{before}-480.webp").status_code == 404
    entry = audit.history(session, "news", str(row.id))[-1]
    assert (entry.verb, entry.actor_id, entry.detail) == (COVERED, people.users["sari"].id, {"photo": link.id})
    view = client.get(f"/foto/{link.hash}-480.jpg").data
    covered = pictures.File(pictures.FileKind.JPEG, 480, 480, 360, view)
    assert near(read(covered).getpixel((20, 15)), (0, 0, 0), 12)


def test_a_form_from_before_the_cover_is_stale(client: FlaskClient, people: People, session: Session) -> None:
    row = people.put(people.news(State.SUBMITTED))
    path = with_photo(session, f"/berita/{row.id}/")
    enter(client, "sari")
    fields = form_fields(client.get(path).text, f"{path}penyamaran")
    assert client.post(f"{path}penyamaran", data=fields | {"cells": "A1"}).status_code == 303
    assert client.post(f"{path}penyamaran", data=fields | {"cells": "A2"}).status_code == 409
    answer = client.post(f"{path}uraian", data=fields | {"alt": "Warga"})
    assert answer.status_code == 409
    assert "Warga</textarea>" in answer.text
    assert [link.alt for link in links(session)] == [""]


@pytest.mark.database
def test_the_words_in_its_place_are_written_anew_and_told_nowhere(
    client: FlaskClient, people: People, session: Session
) -> None:
    row = people.put(people.news(State.SUBMITTED))
    path = with_photo(session, f"/berita/{row.id}/", alt="IMG 1234")
    enter(client, "sari")
    page = client.get(path).text
    assert 'value="IMG 1234"' in page
    answer = send(client, f"{path}uraian", on=path, alt=" ")
    assert answer.status_code == 422
    assert problems(answer.text) == []
    assert "Tulis apa yang tampak" in answer.text
    assert send(client, f"{path}uraian", on=path, alt="x" * 121).status_code == 422
    assert send(client, f"{path}uraian", on=path, alt="Warga & <b>jalan</b>").status_code == 303
    [link] = links(session)
    assert link.alt == "Warga & <b>jalan</b>"
    assert "Foto: Warga &amp; &lt;b&gt;jalan&lt;/b&gt;, " in client.get(f"/berita/{row.id}/").text
    entry = audit.history(session, "news", str(row.id))[-1]
    assert (entry.verb, entry.actor_id, entry.detail) == (DESCRIBED, people.users["sari"].id, {"photo": link.id})
    assert entry.text is None


@pytest.mark.parametrize(
    ("who", "state", "status"),
    [
        ("sari", State.SUBMITTED, 200),
        ("sari", State.PUBLISHED, 200),
        ("sari", State.REVISING, 200),
        ("sari", State.RETURNED, 403),
        ("sari", State.DRAFT, 404),
        ("sari", State.WITHDRAWN, 200),
        ("budi", State.DRAFT, 200),
        ("budi", State.RETURNED, 200),
        ("budi", State.PUBLISHED, 403),
        ("budi", State.WITHDRAWN, 403),
        ("wati", State.DRAFT, 404),
        ("wati", State.PUBLISHED, 403),
        ("agus", State.PUBLISHED, 403),
        ("agus", State.WITHDRAWN, 200),
        ("siti", State.SUBMITTED, 404),
        ("siti", State.PUBLISHED, 403),
        ("budi", State.SUBMITTED, 403),
        ("rahman", State.SUBMITTED, 403),
        ("dewi", State.SUBMITTED, 403),
    ],
)
def test_who_covers_and_describes_what(
    client: FlaskClient, people: People, session: Session, who: str, state: State, status: int
) -> None:
    row = people.put(people.news(state))
    path = with_photo(session, f"/berita/{row.id}/")
    enter(client, who)
    assert client.get(path).status_code == status
    assert (path in client.get(f"/berita/{row.id}/").text) is (status == 200)
    for noun, typed in (("uraian", {"alt": "Jalan"}), ("penyamaran", {"cells": "A1"})):
        fields = {"csrf_token": token_of(client), "version": str(version_of(session, row)), **typed}
        assert client.post(f"{path}{noun}", data=fields).status_code == (303 if status == 200 else status)
    other = people.put(people.news(state))
    assert client.get(path.replace(f"/{row.id}/foto", f"/{other.id}/foto")).status_code in (404, 403)


# ------------------------------------------------------------------ every field beside its words


def test_fields_are_numbered_onward_from_what_stands_there(
    client: FlaskClient, people: People, session: Session
) -> None:
    enter(client, "budi")
    write(client, jpeg(seed=1), jpeg(seed=2), alt=["Satu", "Dua"], langsung="simpan")
    path = f"/berita/{session.query(News).one().id}/ubah/"
    page = client.get(path).text
    assert "Paling banyak 3, masing-masing" in page
    assert re.findall(r"<b>(Foto \d)</b>", page) == ["Foto 3"]
    send(client, path, on=path, photos=files(jpeg(seed=3))[:1], alt=["Tiga"], langsung="simpan")
    page = client.get(path).text
    assert re.findall(r"<b>(Foto[^<]*)</b>", page)[1:] == ["Foto pengganti: centang dulu yang dihapus"]
    assert [link.alt for link in links(session)] == ["Satu", "Dua", "Tiga"]
    again: dict[str, Any] = {
        "photos": files(jpeg(seed=4))[:1],
        "alt": ["Empat"],
        "drop_photos": str(links(session)[0].id),
    }
    assert send(client, path, on=path, langsung="simpan", **again).status_code == 303
    assert [link.alt for link in links(session)] == ["Dua", "Tiga", "Empat"]


def test_the_words_of_the_second_of_two_fields_stay_its_own(
    client: FlaskClient, people: People, session: Session
) -> None:
    enter(client, "budi")
    write(client, jpeg(seed=1), alt=["Satu"], langsung="simpan")
    path = f"/berita/{session.query(News).one().id}/ubah/"
    empty, photo = files()[0], files(jpeg(seed=2))[0]
    answer = send(client, path, on=path, title="", photos=[empty, photo], alt=["", "Kedua"])
    assert answer.status_code == 422
    assert re.findall(r'id="photos-(\d)-alt"[^>]*value="([^"]*)"', answer.text) == [("2", ""), ("3", "Kedua")]
    empty, photo = files()[0], files(jpeg(seed=2))[0]
    assert send(client, path, on=path, photos=[empty, photo], alt=["", "Kedua"], langsung="simpan").status_code == 303
    assert [link.alt for link in links(session)] == ["Satu", "Kedua"]


@pytest.mark.parametrize("typed", [{"title": ""}, {}])
def test_a_form_that_comes_back_says_beside_the_fields_that_the_photos_went(
    client: FlaskClient, people: People, typed: dict[str, str]
) -> None:
    enter(client, "budi")
    answer = write(client, jpeg(), alt=[""], **typed)
    assert answer.status_code == 422
    fields = answer.text.split('<fieldset id="photos"')[1].split("</fieldset>")[0]
    assert "Pilih lagi fotonya: peramban tidak menyimpannya." in fields
    assert "Tulis apa yang tampak di setiap foto" in fields
    assert problems(answer.text) == []


def test_words_without_a_photo_are_refused_and_not_dropped(
    client: FlaskClient, people: People, session: Session
) -> None:
    enter(client, "budi")
    answer = write(client, jpeg(), alt=["Jalan", "Warga"])
    assert answer.status_code == 422
    assert "Ada keterangan tanpa foto." in answer.text
    assert 'value="Warga"' in answer.text
    assert session.query(News).count() == 0


def test_what_is_no_photo_is_told_in_the_same_answer_as_missing_words(client: FlaskClient, people: People) -> None:
    enter(client, "budi")
    answer = write(client, b"<svg/>", jpeg(), alt=["Satu"])
    assert answer.status_code == 422
    for sentence in ("Ini bukan foto", "Tulis apa yang tampak di setiap foto"):
        assert answer.text.count(sentence) == 2, "above the form, and at the field"
    assert "2 hal perlu diperbaiki" in answer.text
    assert problems(answer.text) == []
