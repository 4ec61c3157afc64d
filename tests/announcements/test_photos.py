"""The picture of an announcement: one, with its words."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from kimweb.announcements.models import Announcement, AnnouncementPhoto, State
from kimweb.core import audit
from kimweb.core.photos import COVERED, DESCRIBED, Photo
from tests.announcements.cast import Cast, put
from tests.support import forms
from tests.support.html import problems
from tests.support.pictures import jpeg, with_photo
from tests.web.cases import form_of

pytestmark = pytest.mark.usefixtures("in_memory")
WRITE = "/pengumuman/tulis/"
TYPED: dict[str, Any] = {"title": "Pasar murah", "body": "Sabtu.", "starts_on": "18-11-2026", "ends_on": "25-11-2026"}


def photo(seed: int) -> Any:
    return (BytesIO(jpeg(640, 480, seed)), "a.jpg", "image/jpeg")


def send(client: FlaskClient, path: str, **typed: Any) -> TestResponse:
    return client.post(path, data=form_of(client.get(path).text, "", path).fields | typed)


@pytest.mark.database
def test_one_picture_with_its_words_is_kept_and_changed(
    client: FlaskClient, session: Session, cast: Cast, sign_in: Callable[[str], None]
) -> None:
    sign_in("agus")
    assert send(client, WRITE, **TYPED, photos=photo(1), alt="").status_code == 422
    assert send(client, WRITE, **TYPED, photos=[photo(1), photo(2)], alt="Pasar").status_code == 422
    assert send(client, WRITE, **TYPED, photos=photo(1), alt="Pasar").status_code == 303
    session.rollback()
    row = session.scalars(sa.select(Announcement).order_by(Announcement.id.desc())).first()
    assert row
    first = session.scalars(sa.select(AnnouncementPhoto)).one()
    assert "Foto: Pasar, " in client.get(f"/pengumuman/{row.id}/").text
    path = f"/pengumuman/{row.id}/ubah/"
    assert problems(client.get(path).text) == []
    answer = send(client, path, **TYPED, photos=photo(2), alt="Beras")
    assert answer.status_code == 422
    assert "Paling banyak 1 foto." in answer.text
    answer = send(client, path, **TYPED, photos=photo(2), alt="Beras", drop_photos=str(first.id))
    assert answer.status_code == 303
    session.rollback()
    assert [link.alt for link in session.scalars(sa.select(AnnouncementPhoto))] == ["Beras"]
    assert session.query(Photo).count() == 1


@pytest.mark.database
@pytest.mark.parametrize("state", [State.DRAFT, State.PUBLISHED])
def test_the_picture_is_covered_and_described_before_and_after_publishing(
    client: FlaskClient, session: Session, cast: Cast, sign_in: Callable[[str], None], state: State
) -> None:
    row = put(session, cast, "district", state)
    path = with_photo(session, f"/pengumuman/{row.id}/", alt="IMG 1234")
    before = session.scalars(sa.select(Photo.hash)).one()
    sign_in("rahman")
    assert path in client.get(f"/pengumuman/{row.id}/").text
    assert problems(client.get(path).text) == []
    assert forms.send(client, f"{path}uraian", on=path, alt="").status_code == 422
    assert forms.send(client, f"{path}uraian", on=path, alt="Beras di balai desa").status_code == 303
    assert forms.send(client, f"{path}penyamaran", on=path, cells=["A1"]).status_code == 303
    session.rollback()
    link = session.scalars(sa.select(AnnouncementPhoto)).one()
    assert link.alt == "Beras di balai desa"
    assert set(session.scalars(sa.select(Photo.hash))) == {link.hash} != {before}
    assert client.get(f"/foto/{before}-480.webp").status_code == 404
    entries = audit.history(session, "announcement", str(row.id))[-2:]
    assert [entry.verb for entry in entries] == [DESCRIBED, COVERED]
    assert [entry.detail for entry in entries] == [{"photo": link.id}] * 2
    assert "Keterangan foto ditulis" in client.get(f"/pengumuman/{row.id}/").text


NAMES = ("budi", "sari", "rahman", "rina", "dewi", "tono", "agus")
MEND = {
    ("district", State.DRAFT): {"rahman", "agus"},
    ("district", State.PUBLISHED): {"rahman", "agus"},
    ("agency", State.DRAFT): {"dewi", "agus"},
    ("agency", State.PUBLISHED): {"agus"},
    ("regency", State.PUBLISHED): {"agus"},
    ("regency", State.WITHDRAWN): set(),
}


@pytest.mark.parametrize(("office", "state"), MEND)
def test_who_covers_and_describes_it(
    client: FlaskClient,
    session: Session,
    cast: Cast,
    sign_in: Callable[[str], None],
    office: str,
    state: State,
) -> None:
    row = put(session, cast, office, state)
    page = f"/pengumuman/{row.id}/"
    path = with_photo(session, page)
    for name in NAMES:
        sign_in(name)
        may = name in MEND[office, state]
        seen, status = client.get(page).status_code == 200, client.get(path).status_code
        assert status in ((200,) if may else (403, 404)), name
        assert (seen and path in client.get(page).text) is may, name
        for noun, typed in (("uraian", {"alt": "Jalan"}), ("penyamaran", {"cells": "A1"})):
            session.rollback()
            version = session.scalars(sa.select(Announcement.version).where(Announcement.id == row.id)).one()
            fields = {"csrf_token": forms.token_of(client), "version": str(version), **typed}
            assert (client.post(f"{path}{noun}", data=fields).status_code == 303) is may, (name, noun)
