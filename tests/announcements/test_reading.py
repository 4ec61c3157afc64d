"""What a visitor reads: the lists, one announcement, and how much that costs."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.announcements.models import Announcement, State, Urgency
from kimweb.core.actor import REGENCY
from tests.announcements.cast import (
    DANAU_CALA,
    KAYU_ARA,
    LAIS,
    LUMPATAN,
    SEKAYU,
    SUKARAMI,
    Cast,
    day,
    put,
)
from tests.support.clock import FrozenClock
from tests.support.statements import Statements

SignIn = Callable[[str], None]


def _end(session: Session, row: Announcement) -> None:
    """Make it one of last week."""
    row.starts_on, row.ends_on = day(-7), day(-1)
    session.commit()


def test_a_visitor_reads_what_stands_the_urgent_in_red_and_first(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    put(session, cast, title="Rekam KTP", areas=(REGENCY,))
    put(session, cast, title="Air naik", urgency=Urgency.EMERGENCY, phone="0812-0000-0119", areas=(SUKARAMI, LUMPATAN))
    html = client.get("/pengumuman/").text
    assert html.index("Air naik") < html.index("Rekam KTP")
    assert re.search(r'<article class="notice urgent"[^>]*>\s*<b class="tag">DARURAT</b>', html)
    assert 'href="tel:081200000119">Telepon 0812 0000 0119</a>' in html
    assert "Seluruh Musi Banyuasin, sampai 25 November" in html


def test_one_announcement_says_to_whom_by_whom_and_until_when(
    client: FlaskClient, session: Session, cast: Cast
) -> None:
    areas = (LAIS, SUKARAMI, LUMPATAN)
    row = put(session, cast, "agency", event_on=day(3), event_time="08.00", event_place="balai desa", areas=areas)
    html = client.get(f"/pengumuman/{row.id}/").text
    assert "Untuk Kec. Lais; Lumpatan dan Sukarami (Kec. Sekayu)." in html
    assert "Sabtu 21 November" in html
    assert "Pukul 08.00, balai desa" in html
    assert "Dinas Pekerjaan Umum" in html
    assert "Berlaku sampai Rabu 25 November." in html
    assert '<meta property="og:title" content="Pengumuman: Imunisasi polio Sabtu ini">' in html
    assert "https://wa.me/?text=Pengumuman%3A%20Imunisasi" in html
    assert "Catatan" not in html


def test_the_list_of_a_village_and_what_is_over(client: FlaskClient, session: Session, cast: Cast) -> None:
    put(session, cast, title="Untuk Sukarami", areas=(SUKARAMI,))
    put(session, cast, title="Untuk Danau Cala", areas=(DANAU_CALA,))
    put(session, cast, title="Besok", areas=(REGENCY,), starts_on=day(1))
    html = client.get(f"/pengumuman/?wilayah={SUKARAMI}").text
    assert "Untuk Sukarami" in html
    assert "Untuk Danau Cala" not in html
    assert "Besok" not in html
    assert "Belum ada pengumuman yang sudah lewat." in client.get("/pengumuman/?lewat=ya").text
    assert client.get("/pengumuman/?wilayah=99.99").status_code == 404


def test_after_its_end_it_is_in_the_archive_and_says_so(
    client: FlaskClient, session: Session, cast: Cast, clock: FrozenClock
) -> None:
    row = put(session, cast, title="Air naik", urgency=Urgency.EMERGENCY, starts_on=day(-9), ends_on=day(0))
    clock.advance(days=1)
    assert "Air naik" not in client.get("/pengumuman/").text
    assert "berakhir 18 November" in client.get("/pengumuman/?lewat=ya").text
    html = client.get(f"/pengumuman/{row.id}/").text
    assert "Sudah lewat" in html
    assert '"notice urgent"' not in html


@pytest.mark.parametrize("state", [State.DRAFT, State.WITHDRAWN])
def test_what_is_not_published_is_404_for_a_visitor(
    client: FlaskClient, session: Session, cast: Cast, state: State
) -> None:
    row = put(session, cast, "district", state)
    assert client.get(f"/pengumuman/{row.id}/").status_code == 404
    assert client.get("/pengumuman/4711/").status_code == 404
    assert client.get("/pengumuman/99999999999999999999/").status_code == 404


def test_markup_in_any_text_stays_text(client: FlaskClient, session: Session, cast: Cast, sign_in: SignIn) -> None:
    evil = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>"
    texts: dict[str, Any] = {"title": evil, "body": evil, "event_time": evil[:40], "event_place": evil, "phone": "112"}
    row = put(session, cast, "district", urgency=Urgency.EMERGENCY, areas=(SEKAYU,), **texts)
    draft = put(session, cast, "district", State.DRAFT, **texts)
    pages = [f"/pengumuman/{row.id}/", "/pengumuman/", f"/desa/{SUKARAMI}/"]
    html = "".join(client.get(path).text for path in pages)
    sign_in("rahman")
    pages = [f"/pengumuman/{draft.id}/", f"/pengumuman/{draft.id}/ubah/", "/meja/", "/pengumuman/"]
    html += "".join(client.get(path).text for path in pages)
    assert html.count("&lt;script&gt;") > 10
    assert "<script>" not in html
    assert "<img" not in html


def test_a_full_list_fits_the_budget(client: FlaskClient, session: Session, cast: Cast) -> None:
    for number in range(25):
        title = f"Mobil layanan kependudukan datang ke balai desa pekan {number}: siapkan kartu keluarga asli"
        put(session, cast, title=title, body=f"{number} " * 300, urgency=list(Urgency)[number % 3])
    answer = client.get("/pengumuman/", headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(answer.data).count(b"Mobil layanan") >= 20
    size = len(answer.data) + sum(len(name) + len(value) + 4 for name, value in answer.headers.items())
    assert size <= 5000, size


def test_as_many_statements_for_50_rows_as_for_one(
    client: FlaskClient,
    session: Session,
    cast: Cast,
    sign_in: SignIn,
    statements: Callable[[], AbstractContextManager[Statements]],
) -> None:
    put(session, cast, areas=(SUKARAMI, LUMPATAN))
    put(session, cast, state=State.DRAFT)
    _end(session, put(session, cast))
    paths = ["/pengumuman/", f"/pengumuman/?wilayah={SUKARAMI}", "/pengumuman/?lewat=ya", "/pengumuman/1/"]

    def count() -> list[int]:
        numbers = []
        for path in paths:
            with statements() as sent:
                assert client.get(path).status_code == 200
            numbers.append(len(sent))
        return numbers

    few = count()
    assert few == [2, 3, 2, 4]
    sign_in("agus")
    few_signed_in = count()
    for number in range(50):
        office = ("district", "regency", "agency")[number % 3]
        row = put(session, cast, office, (State.PUBLISHED, State.DRAFT)[number % 2], areas=(SUKARAMI, KAYU_ARA))
        if number % 4 == 0:
            _end(session, row)
    assert count() == few_signed_in
    client.delete_cookie("kim")
    assert count() == few
