"""The admin's pages: what they show, what they refuse, and who may open them. Agus is the admin, Sari a moderator."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from kimweb.accounts import actions as accounts
from kimweb.accounts.passwords import Passwords
from kimweb.areas import actions, queries
from kimweb.core.actor import REGENCY, Actor, Holding, Role
from kimweb.core.db import writing
from kimweb.settings import Settings
from tests.support.clock import FrozenClock

PASSWORD = "sungai-musi-2026"
PAGES = (
    "/atur/",
    "/atur/instansi/",
    "/atur/instansi/tambah/",
    "/atur/instansi/1/",
    "/atur/bidang/",
    "/atur/bidang/jalan/",
    "/atur/libur/",
)


def _sign_in(client: FlaskClient, username: str) -> FlaskClient:
    answer = client.post("/masuk/", data={"username": username, "password": PASSWORD})
    assert answer.status_code == 303
    return client


@pytest.fixture
def people(session: Session, settings: Settings, clock: FrozenClock) -> None:
    """Agus and Sari, with accounts."""
    password_hash = Passwords(settings.argon2).hash(PASSWORD)
    grants = {"agus": (Role.ADMIN, REGENCY), "sari": (Role.MODERATOR, "16.06.01.2001")}
    with writing(session):
        for name, (role, area) in grants.items():
            user = accounts.create_user(
                session, username=name, name=name.title(), password_hash=password_hash, now=clock()
            )
            accounts.grant_role(session, user=user, role=role, area_code=area, now=clock())


@pytest.fixture
def agus(client: FlaskClient, people: None) -> FlaskClient:
    """Agus's browser."""
    return _sign_in(client, "agus")


def _fields(page: str) -> dict[str, str]:
    """Token and version of a page's last form that has them."""
    found = re.findall(r'name="(csrf_token|version)" value="([^"]*)"', page)
    return {name: unescape(value) for name, value in found}


def _post(client: FlaskClient, path: str, **typed: object) -> TestResponse:
    page = client.get(path).get_data(as_text=True)
    return client.post(path, data=_fields(page) | typed)


@pytest.fixture
def edit(session: Session, clock: FrozenClock, people: None) -> Callable[[str], None]:
    """Somebody else renames PUPR and the category of roads meanwhile."""
    actor = Actor(day=date(2026, 11, 18), user_id=1, holdings=frozenset({Holding(Role.ADMIN, REGENCY)}))

    def change(name: str) -> None:
        pupr = queries.agency_by_code(session, "PUPR")
        assert pupr is not None
        actions.save_agency(session, actor=actor, now=clock(), agency_id=pupr.id, name=name, active=True)
        actions.save_category(
            session, actor=actor, now=clock(), code="jalan", name=name, example="Lubang", agency_id=None, position=1,
            active=True,
        )  # fmt: skip

    return change


@pytest.mark.parametrize("path", PAGES)
def test_only_the_admin_opens_them(app: Flask, agus: FlaskClient, path: str) -> None:
    assert agus.get(path).status_code == 200
    sari = app.test_client()
    sari.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    assert sari.get(path).status_code == 303, "a visitor signs in first"
    assert _sign_in(sari, "sari").get(path).status_code == 403


@pytest.mark.parametrize("path", ["/atur/instansi/99999/", "/atur/bidang/tidak-ada/", "/atur/instansi/0/"])
def test_what_is_not_there(agus: FlaskClient, path: str) -> None:
    assert agus.get(path).status_code == 404


@pytest.mark.parametrize(
    ("query", "rows", "shown"),
    [
        ("", 32, "Dinas Pekerjaan Umum dan Penataan Ruang"),
        ("?jenis=kecamatan", 15, "Kantor Kecamatan Sekayu"),
        ("?jenis=desa", 242, "Kelurahan Soak Baru, Kec. Sekayu"),
        ("?jenis=semua", 289, "KEC-16.06.01"),
        ("?q=mekar+jaya", 4, "Pemerintah Desa Mekar Jaya, Kec. Lalan"),
        ("?q=%22%3E%3Cscript%3E", 0, "&#34;&gt;&lt;script&gt;"),
        ("?jenis=%00&q=%25", 0, "Tidak ada yang cocok"),
    ],
)
def test_agencies_are_filtered(agus: FlaskClient, query: str, rows: int, shown: str) -> None:
    page = agus.get("/atur/instansi/" + query).get_data(as_text=True)
    assert len(re.findall(r'href="/atur/instansi/\d+/"', page)) == rows
    assert shown in page


def test_an_agency_is_added_and_edited(agus: FlaskClient, session: Session) -> None:
    assert _post(agus, "/atur/instansi/tambah/", name="RSUD Sekayu", code="rsud").status_code == 303
    session.rollback()
    agency = queries.agency_by_code(session, "RSUD")
    assert agency is not None
    path = f"/atur/instansi/{agency.id}/"
    assert _post(agus, path, name="RSUD Sekayu Baru").status_code == 303, "an unchecked box switches it off"
    page = agus.get(path).get_data(as_text=True)
    assert "RSUD Sekayu Baru" in page
    assert 'name="active" value="1">' in page


@pytest.mark.parametrize(
    ("path", "typed", "field", "sentence"),
    [
        ("/atur/instansi/tambah/", {"name": "Dinas Baru", "code": "pupr"}, "code", "sudah dipakai instansi lain"),
        ("/atur/instansi/tambah/", {"name": "Dinas Baru", "code": "DESA-1"}, "code", "Tulis singkatannya"),
        ("/atur/instansi/tambah/", {"name": "", "code": "BARU"}, "name", "Masih kosong"),
        ("/atur/instansi/1/", {"name": "x" * 121}, "name", "Terlalu panjang: 121"),
        ("/atur/bidang/", {"name": "Energi", "example": "", "position": "3", "agency": ""}, "example", "Masih kosong"),
        ("/atur/bidang/", {"name": "Energi", "example": "x", "position": "tiga"}, "position", "Tulis dengan angka"),
        ("/atur/bidang/", {"name": "Energi", "example": "x", "position": "9999"}, "position", "angka 1 sampai 999"),
        ("/atur/bidang/", {"name": "Energi", "example": "x", "position": "1", "agency": "x"}, "agency", "Pilih satu"),
        ("/atur/bidang/", {"name": "Lain", "example": "x", "position": "1"}, "name", "Sudah ada bidang"),
        ("/atur/libur/", {"day": "besok", "name": "Hari jadi"}, "day", "Belum terbaca sebagai tanggal"),
        ("/atur/libur/", {"day": "25-12-2026", "name": "Hari jadi"}, "day", "sudah libur: Hari Raya Natal"),
        ("/atur/libur/", {"day": "25-12-1926", "name": "Hari jadi"}, "day", "Tahunnya antara 2025 dan 2029"),
        ("/atur/libur/", {"day": "2026-11-30", "name": ""}, "name", "Masih kosong"),
    ],
)
def test_what_is_wrong_stands_at_its_field(
    agus: FlaskClient, path: str, typed: dict[str, str], field: str, sentence: str
) -> None:
    answer = _post(agus, path, **typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422
    assert sentence in page.partition(f'<b id="{field}-e">')[2].partition("</b>")[0]
    assert all(value in page for value in typed.values()), "what was typed stays"


def test_what_is_wrong_is_said_in_english_too_with_its_values(agus: FlaskClient) -> None:
    agus.set_cookie("bahasa", "en")
    page = _post(agus, "/atur/instansi/tambah/", name="Dinas <b>", code="pupr").get_data(as_text=True)
    sentence = "PUPR is already used by another agency."
    assert f'<b id="code-e">{sentence}</b>' in page
    assert page.count(sentence) == 2, "at the field and in the summary"
    page = _post(agus, "/atur/bidang/", name="Energi", example="x", position="tiga").get_data(as_text=True)
    assert "Write it in digits, for instance 5." in page


@pytest.mark.parametrize("path", ["/atur/instansi/{pupr}/", "/atur/bidang/jalan/"])
def test_a_stale_form_keeps_both_texts(
    agus: FlaskClient, session: Session, edit: Callable[[str], None], path: str
) -> None:
    pupr = queries.agency_by_code(session, "PUPR")
    assert pupr is not None
    path = path.format(pupr=pupr.id)
    typed = {"name": "Nama kedua", "example": "Retak", "position": "1", "agency": "", "active": "1"}
    old = _fields(agus.get(path).get_data(as_text=True))
    edit("Nama pertama")
    answer = agus.post(path, data=old | typed)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 409
    assert "Nama pertama" in page
    assert 'value="Nama kedua"' in page
    again = agus.post(path, data=_fields(page) | typed)
    assert again.status_code == 303, "knowing what stands there, one may replace it"
    without = {"csrf_token": old["csrf_token"]} | typed
    assert agus.post(path, data=without).status_code == 409, "a form without its version is stale"


def test_a_category_is_added_and_edited(agus: FlaskClient, session: Session) -> None:
    typed = {"name": "Energi baru", "example": "Panel surya", "agency": "", "position": "5"}
    assert _post(agus, "/atur/bidang/", **typed).status_code == 303
    page = agus.get("/atur/bidang/energibaru/").get_data(as_text=True)
    assert 'name="active" value="1" checked' in page
    dlh = queries.agency_by_code(session, "DLH")
    assert dlh is not None
    assert _post(agus, "/atur/bidang/energibaru/", **typed | {"agency": str(dlh.id)}).status_code == 303
    session.rollback()
    row = queries.category_by_code(session, "energibaru")
    assert row is not None
    assert (row.agency_id, row.active) == (dlh.id, False)
    page = agus.get("/atur/bidang/energibaru/").get_data(as_text=True)
    assert f'<option value="{dlh.id}" selected>' in page


def test_a_holiday_is_added_and_removed(agus: FlaskClient, session: Session) -> None:
    assert _post(agus, "/atur/libur/", day="28/11/2026", name="Hari jadi", kind="daerah").status_code == 303
    page = agus.get("/atur/libur/").get_data(as_text=True)
    assert "Sabtu 28 November 2026" in page
    path = "/atur/libur/2026-11-28/penghapusan"
    assert f'action="{path}"' in page
    token = {"csrf_token": _fields(page)["csrf_token"]}
    assert agus.get(path).status_code == 405
    assert agus.post(path, data=token).status_code == 303
    for gone in (path, "/atur/libur/2026-99-99/penghapusan"):
        assert agus.post(gone, data=token).status_code == 404
    session.rollback()
    assert date(2026, 11, 28) not in {row.day for row in queries.holidays_from(session, date(2026, 1, 1))}


def test_a_post_without_its_token_changes_nothing(agus: FlaskClient, session: Session) -> None:
    assert agus.post("/atur/libur/2026-12-25/penghapusan").status_code == 400
    session.rollback()
    assert date(2026, 12, 25) in {row.day for row in queries.holidays_from(session, date(2026, 12, 1))}
