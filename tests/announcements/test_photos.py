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

from kimweb.announcements.models import Announcement, AnnouncementPhoto
from kimweb.core.photos import Photo
from tests.announcements.cast import Cast
from tests.support.html import problems
from tests.support.pictures import jpeg
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
