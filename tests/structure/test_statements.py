"""Law 5: each list page sends the same number of statements for one row and for fifty."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.structure import crowd
from tests.support.statements import Statements, counted
from tests.web.site import browser

LISTS = [
    ("warga", path)
    for path in (
        "/",
        "/desa/",
        "/desa/?q=sukarami",
        f"/kecamatan/{crowd.DISTRICT}/",
        f"/desa/{crowd.VILLAGE}/",
        "/berita/",
        f"/berita/?wilayah={crowd.DISTRICT}",
        "/aspirasi/",
        f"/aspirasi/?wilayah={crowd.VILLAGE}",
        "/catatan/",
        f"/catatan/?wilayah={crowd.DISTRICT}",
        "/cek-fakta/",
        f"/cek-fakta/?wilayah={crowd.DISTRICT}",
        "/pengumuman/",
        f"/pengumuman/?wilayah={crowd.DISTRICT}",
    )
] + [
    *(("sari", path) for path in ("/meja/", "/meja/?alur=berita", "/berita/", "/akun/")),
    *(("budi", path) for path in ("/meja/", "/berita/")),
    *(("rahman", path) for path in ("/meja/", "/meja/?alur=aspirasi", "/meja/?alur=cek-fakta", "/pengumuman/")),
    *(("dewi", path) for path in ("/meja/", "/pengumuman/")),
    *(("agus", path) for path in ("/meja/", "/meja/?alur=pengumuman", "/pengumuman/")),
    *(("agus", path) for path in ("/orang/", "/orang/?peran=moderator", "/orang/undangan/", "/orang/kosong/")),
    ("agus", "/orang/undangan/lembar/0123456789ab/"),
    ("rahman", "/orang/"),
    ("sari", "/orang/undangan/"),
    *(("agus", path) for path in ("/atur/", "/atur/instansi/?jenis=semua", "/atur/bidang/", "/atur/libur/")),
]
FIXED = ("/desa/", "/atur/", "/akun/", "/orang/kosong/")
"""Lists of what every installation has alike: areas, agencies, off days, own sessions."""
Sent = dict[tuple[str, str], Statements]
MOST = 28
"""Statements that no page needs more of: the desk, which mixes four flows, each with what its rows show."""


@pytest.fixture
def measured(
    app: Flask, session: Session
) -> tuple[dict[tuple[str, str], Statements], dict[tuple[str, str], Statements]]:
    """What each list sent with one row of everything, and with fifty-one; each showed more the second time."""
    staff = crowd.people(session)
    clients: dict[str, Any] = {"warga": browser(app)}
    for name, user in staff.items():
        clients[name] = browser(app)
        data = {"username": user.username, "password": crowd.PASSWORD}
        assert clients[name].post("/masuk/", data=data).status_code == 303
    found, rows = [], []
    for number, base in ((1, 0), (50, 1)):
        crowd.put(session, number, staff, begin=base)
        seen = {each: _sent(clients[each[0]], each[1]) for each in LISTS}
        found.append({each: sent for each, (sent, _) in seen.items()})
        rows.append({each: number for each, (_, number) in seen.items()})
    same = [each for each in LISTS if rows[0][each] >= rows[1][each] and each[1] not in FIXED]
    assert [each for each in same if not each[1].startswith(FIXED[:2])] == []
    return found[0], found[1]


def _sent(client: Any, path: str) -> tuple[Statements, int]:
    """The statements, and the number of rows shown."""
    with counted() as sent:
        answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return sent, answer.text.count("<li") + answer.text.count("<article")


def test_one_row_or_fifty_each_list_sends_the_same_statements(
    measured: tuple[Sent, Sent],
) -> None:
    one, fifty = measured
    grown = {each: (one[each], fifty[each]) for each in LISTS if len(one[each]) != len(fifty[each])}
    assert not grown, "\n".join(f"{each}: {before!r}\nthen {after!r}" for each, (before, after) in grown.items())
    assert {each: len(sent) for each, sent in fifty.items() if len(sent) > MOST} == {}


def test_a_list_that_asks_once_a_row_is_noticed(
    app: Flask, session: Session, statements: Callable[[], AbstractContextManager[Statements]]
) -> None:
    """What law 5 is against: a property that is loaded when a template touches it raises here instead."""
    import sqlalchemy as sa
    from sqlalchemy.exc import InvalidRequestError

    from kimweb.news.models import News

    crowd.put(session, 2, crowd.people(session))
    session.expunge_all()
    row = session.scalars(sa.select(News)).first()
    assert row is not None
    with statements() as sent, pytest.raises(InvalidRequestError):
        _ = row.author.name
    assert len(sent) == 0
