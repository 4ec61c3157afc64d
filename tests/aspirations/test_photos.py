"""Photos that villagers send: never described by them, private until a desk shows them, covered where needed."""

from __future__ import annotations

import re
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import encode_multipart as encoded

from kimweb.aspirations.models import Aspiration, AspirationPhoto, Desk, State
from kimweb.core import audit
from kimweb.core.photos import COVERED, DESCRIBED, Photo
from tests.support.forms import send, token_of
from tests.support.html import problems
from tests.support.people import SUKARAMI, People, enter
from tests.support.pictures import from_a_phone, jpeg, with_photo
from tests.support.server import Server

PATH = "/aspirasi/kirim/"
pytestmark = pytest.mark.usefixtures("in_memory")
TYPED = {"village": SUKARAMI, "kind": "pengaduan", "category": "jalan", "title": "Jembatan lapuk", "body": "Patah."}


def files(*contents: bytes) -> list[Any]:
    """As a browser sends one input with several files."""
    return [(BytesIO(content), f"IMG_{number}.jpg", "image/jpeg") for number, content in enumerate(contents)]


def key_of(client: FlaskClient) -> str:
    return str(re.findall(r'name="key" value="([0-9a-f]{32})"', client.get(PATH).text)[0])


def links(session: Session) -> list[AspirationPhoto]:
    session.rollback()
    return list(session.scalars(sa.select(AspirationPhoto).order_by(AspirationPhoto.position, AspirationPhoto.id)))


@pytest.mark.database
def test_a_villager_sends_two_without_describing_them(client: FlaskClient, people: People, session: Session) -> None:
    page = client.get(f"{PATH}?foto=ya").text
    assert 'enctype="multipart/form-data"' in page
    assert 'name="alt"' not in page
    answer = client.post(PATH, data=TYPED | {"key": key_of(client), "photos": files(jpeg(), from_a_phone())})
    assert answer.status_code == 303
    assert [(link.alt, link.shown) for link in links(session)] == [("", False)] * 2
    assert client.get("/aspirasi/kirim/selesai/").status_code == 200


def test_photos_are_asked_for_only_where_the_sender_wants_to(client: FlaskClient, people: People) -> None:
    """Without them the form stays urlencoded: the budget of a sent form (delivery.md)."""
    plain, way = client.get(f"{PATH}?desa={SUKARAMI}").text, f"{PATH}?foto=ya&amp;desa={SUKARAMI}"
    assert "multipart" not in plain
    assert 'type="file"' not in plain
    assert f'<a href="{way}">Dengan foto</a>' in plain
    asked = client.get(way.replace("&amp;", "&")).text
    assert 'type="file"' in asked
    assert f'<option value="{SUKARAMI}">' in asked
    assert f'<a href="{PATH}?desa={SUKARAMI}">Tanpa foto</a>' in asked
    assert problems(asked) == []


def test_the_mended_form_keeps_whether_it_takes_photos(client: FlaskClient, people: People) -> None:
    typed = TYPED | {"title": "", "key": key_of(client)}
    plain = client.post(PATH, data=typed)
    photos = client.post(PATH, data=typed, content_type="multipart/form-data")
    assert plain.status_code == photos.status_code == 422
    assert ("multipart" in plain.text, "multipart" in photos.text) == (False, True)
    assert not [page for page in (plain, photos) if "foto</a>" in page.text], "(the way over would lose what was typed)"


@pytest.mark.parametrize("photos", [[], [(BytesIO(b""), "", "application/octet-stream")], None])
def test_the_form_works_without_photos(client: FlaskClient, people: People, session: Session, photos: Any) -> None:
    data = TYPED | {"key": key_of(client)} | ({} if photos is None else {"photos": photos})
    assert client.post(PATH, data=data).status_code == 303
    assert session.query(Aspiration).count() == 1
    assert session.query(Photo).count() == 0


@pytest.mark.database
def test_the_same_form_again_makes_nothing_twice(client: FlaskClient, people: People, session: Session) -> None:
    key, sent = key_of(client), jpeg()
    for _ in range(3):
        assert client.post(PATH, data=TYPED | {"key": key, "photos": files(sent)}).status_code == 303
    assert session.query(Aspiration).count() == session.query(Photo).count() == len(links(session)) == 1
    client.post(PATH, data=TYPED | {"key": key, "photos": files(sent, jpeg(seed=3))})
    session.rollback()
    assert session.query(Aspiration).count() == 2, "other photos make it another submission"


@pytest.mark.parametrize(
    ("photos", "typed", "sentence"),
    [
        ([jpeg(400, 300, n) for n in range(4)], {}, "Paling banyak 3 foto."),
        ([b"%PDF-1.7"], {}, "Ini bukan foto"),
        ([jpeg(), b""], {}, "File ini kosong"),
        ([jpeg()], {"title": ""}, "Pilih lagi fotonya"),
        ([jpeg()], {"village": "Mekar Jaya"}, "Pilih lagi fotonya"),
    ],
)
def test_a_form_that_fails_keeps_the_text(
    client: FlaskClient, people: People, session: Session, photos: list[bytes], typed: dict[str, str], sentence: str
) -> None:
    answer = client.post(PATH, data=TYPED | typed | {"key": key_of(client), "photos": files(*photos)})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "Patah." in answer.text
    assert problems(answer.text) == []
    assert session.query(Photo).count() == session.query(Aspiration).count() == 0


# ------------------------------------------------------------------ shown or not


def received(people: People, session: Session) -> tuple[Aspiration, list[AspirationPhoto]]:
    row = people.put(people.aspiration(State.RECEIVED, desk=Desk.VILLAGE))
    for seed in (1, 2):
        with_photo(session, f"/aspirasi/{row.code}/", jpeg(640, 480, seed))
    return row, links(session)


@pytest.mark.database
def test_only_what_the_desk_ticks_becomes_public(client: FlaskClient, people: People, session: Session) -> None:
    row, (first, second) = received(people, session)
    page = f"/aspirasi/{row.code}/"
    enter(client, "sari")
    text = client.get(page).text
    assert "Bisa ditebak siapa pengirimnya?" in text
    assert text.count('name="photos"') == 2
    assert "checked" not in text
    assert client.get("/meja/").text.count('name="photos"') == 2
    assert send(client, f"{page}penerusan", on=page, photos=[str(second.id)]).status_code == 303
    assert [link.shown for link in links(session)] == [False, True]
    assert audit.history(session, "aspiration", row.code)[-1].detail["photos_shown"] == 1
    client.delete_cookie("kim")
    text = client.get(page).text
    assert f"/foto/{second.hash}/" in text
    assert f"/foto/{first.hash}/" not in text
    assert client.get(f"/foto/{first.hash}-480.webp").status_code == 404
    public = client.get(f"/foto/{second.hash}-480.webp")
    assert public.headers["Cache-Control"] == "public, max-age=86400, immutable"


def test_without_a_tick_none_becomes_public(client: FlaskClient, people: People, session: Session) -> None:
    row, _links = received(people, session)
    page = f"/aspirasi/{row.code}/"
    enter(client, "sari")
    assert send(client, f"{page}penerusan", on=page).status_code == 303
    assert [link.shown for link in links(session)] == [False, False]
    client.delete_cookie("kim")
    assert "/foto/" not in client.get(page).text


def test_somebody_elses_photo_is_not_shown_by_a_forged_tick(
    client: FlaskClient, people: People, session: Session
) -> None:
    row, own = received(people, session)
    other = people.put(people.aspiration(State.RECEIVED, desk=Desk.VILLAGE, village_bypassed=True))
    with_photo(session, f"/aspirasi/{other.code}/", jpeg(640, 480, 7))
    page = f"/aspirasi/{row.code}/"
    enter(client, "sari")
    ticked = [str(link.id) for link in links(session)]
    assert send(client, f"{page}penerusan", on=page, photos=ticked).status_code == 303
    assert {link.id for link in links(session) if link.shown} == {link.id for link in own}


@pytest.mark.database
def test_the_desk_covers_a_part_before_it_shows(client: FlaskClient, people: People, session: Session) -> None:
    row, (first, _second) = received(people, session)
    before, path = first.hash, f"/aspirasi/{row.code}/foto/{first.id}/"
    enter(client, "sari")
    assert path in client.get(f"/aspirasi/{row.code}/").text
    assert problems(client.get(path).text) == []
    assert send(client, f"{path}penyamaran", on=path, cells=["C3", "C4"]).status_code == 303
    assert before not in {link.hash for link in links(session)}
    assert session.get(Photo, before) is None
    assert audit.history(session, "aspiration", row.code)[-1].verb == COVERED
    assert "bagian foto ditutup" in client.get(f"/aspirasi/{row.code}/").text.lower()


@pytest.mark.database
def test_the_desk_may_write_what_is_seen_and_take_it_away_again(
    client: FlaskClient, people: People, session: Session
) -> None:
    row, (first, _second) = received(people, session)
    path = f"/aspirasi/{row.code}/foto/{first.id}/"
    enter(client, "sari")
    for words in ("Papan jembatan patah", ""):
        assert send(client, f"{path}uraian", on=path, alt=words).status_code == 303
        assert links(session)[0].alt == words
        assert ("Foto: Papan jembatan patah, " in client.get(f"/aspirasi/{row.code}/").text) is bool(words)
    entry = audit.history(session, "aspiration", row.code)[-1]
    assert (entry.verb, entry.detail) == (DESCRIBED, {"photo": first.id})


@pytest.mark.database
def test_an_overlooked_face_is_covered_once_everybody_sees_it(
    client: FlaskClient, people: People, session: Session
) -> None:
    """Whatever desk it lies on, or none: by whoever is on its way, from the village up."""
    row = people.put(people.aspiration(State.DONE))
    path = with_photo(session, f"/aspirasi/{row.code}/", shown=True)
    page = f"/aspirasi/{row.code}/"
    for who, status in (("sari", 200), ("rahman", 200), ("agus", 200), ("siti", 403), ("dewi", 403), ("budi", 403)):
        enter(client, who)
        assert client.get(path).status_code == status, who
        assert (path in client.get(page).text) is (status == 200), who
    enter(client, "sari")
    before = links(session)[0].hash
    assert send(client, f"{path}penyamaran", on=path, cells=["A1"]).status_code == 303
    client.delete_cookie("kim")
    assert client.get(f"/foto/{before}-480.webp").status_code == 404
    assert client.get(f"/foto/{links(session)[0].hash}-480.webp").status_code == 200
    assert "bagian foto ditutup" not in client.get(page).text.lower()


@pytest.mark.parametrize(
    ("who", "status"), [("sari", 200), ("siti", 404), ("rahman", 403), ("dewi", 403), ("kades", 403), ("budi", 403)]
)
def test_who_covers_and_describes_before_it_is_shown(
    client: FlaskClient, people: People, session: Session, who: str, status: int
) -> None:
    row, (first, _second) = received(people, session)
    enter(client, who)
    path = f"/aspirasi/{row.code}/foto/{first.id}/"
    assert client.get(path).status_code == status
    for noun, typed in (("uraian", {"alt": "Jembatan"}), ("penyamaran", {"cells": "A1"})):
        session.rollback()
        version = session.scalars(sa.select(Aspiration.version).where(Aspiration.id == row.id)).one()
        fields = {"csrf_token": token_of(client), "version": str(version), **typed}
        assert client.post(f"{path}{noun}", data=fields).status_code == (303 if status == 200 else status)


# ------------------------------------------------------------------ at once, on a real server


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any) -> None:
        """A 303 is the answer."""


_NO_REDIRECT = urllib.request.build_opener(_Stay)


def _upload(server: str, number: int, large: list[bytes]) -> int:
    """Send one with three photographs of 12 megapixels, as a browser without cookies does; the status."""
    values: dict[str, Any] = {**TYPED, "title": f"Jembatan {number}"}
    photos = [FileStorage(BytesIO(content), f"{at}.jpg", "photos") for at, content in enumerate(large)]
    boundary, body = encoded(MultiDict([*values.items(), *(("photos", photo) for photo in photos)]))
    headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Sec-Fetch-Site": "same-origin"}
    request = urllib.request.Request(server + PATH, body, headers)  # noqa: S310 (our own server)
    try:
        with _NO_REDIRECT.open(request, timeout=60) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def test_many_at_once_stay_bounded_and_reading_goes_on(live_server: Server, people: People, session: Session) -> None:
    """A server of four threads: whoever does not fit into the line is told so (503), and pages are still read."""
    waits, large = [], [jpeg(4000, 3000, seed) for seed in (1, 2, 3)]
    with ThreadPoolExecutor(5) as pool:
        sending = [pool.submit(_upload, live_server.url, number, large) for number in range(4)]
        while not all(future.done() for future in sending):
            start = time.perf_counter()
            with urllib.request.urlopen(f"{live_server.url}/bantuan/", timeout=60) as page:  # noqa: S310
                assert page.status == 200
            waits.append(time.perf_counter() - start)
    statuses = [future.result() for future in sending]
    assert set(statuses) <= {303, 503}, statuses
    assert 303 in statuses
    session.rollback()
    assert session.query(Aspiration).count() == statuses.count(303)
    assert session.query(Photo).count() == 3
    assert max(waits) < 30, waits
