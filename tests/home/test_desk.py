"""The desk: what waits for whom, in which order, page by page."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.announcements.models import State as AnnouncementState
from kimweb.areas.queries import agency_by_code
from kimweb.aspirations.models import Desk
from kimweb.aspirations.models import State as AspirationState
from kimweb.clarifications.models import Clarification, SeenIn
from kimweb.clarifications.models import State as ClaimState
from kimweb.core import audit
from kimweb.core.actor import REGENCY, Role
from kimweb.core.codes import new_code
from kimweb.core.db import writing
from kimweb.home.waiting import DESK_PAGE
from kimweb.news.models import State
from tests.home.world import DISTRICT, ELSEWHERE, TODAY, VILLAGE, World, enter, in_days, in_order
from tests.support.clock import START
from tests.support.html import form_fields

pytestmark = pytest.mark.database

_ROW = re.compile(r'<h2><a href="/(?:berita|aspirasi|pengumuman)/[^"]+">([^<]+)</a></h2>')


def _titles(page: str) -> list[str]:
    return [title.strip() for title in _ROW.findall(page)]


def _heading(page: str) -> str:
    found = re.search(r"<h1>([^<]+)</h1>", page)
    assert found
    return found[1]


def test_a_visitor_is_led_to_the_sign_in(client: FlaskClient) -> None:
    answer = client.get("/meja/")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/masuk/?lanjut=/meja/")


def test_the_flows_are_mixed_by_due_day_then_flow_then_age(client: FlaskClient, world: World) -> None:
    budi, sari = world.person("budi", Role.MEMBER, VILLAGE), world.person("sari", Role.MODERATOR, VILLAGE)
    world.news(budi, "Nanti", due=in_days(7))
    world.news(budi, "Berita hari ini", due=TODAY)
    world.aspiration("Aspirasi hari ini", due=TODAY)
    world.aspiration("Aspirasi hari ini juga", due=TODAY)
    world.aspiration("Jumat", due=in_days(2))
    world.news(budi, "Lewat", due=in_days(-1))
    world.news(budi, "Minggu", due=in_days(4))
    page = enter(client, sari).get("/meja/").text
    order = ["Lewat", "Aspirasi hari ini", "Aspirasi hari ini juga", "Berita hari ini", "Jumat", "Minggu", "Nanti"]
    assert _titles(page) == order
    assert _heading(page) == "1 lewat batas, 3 habis hari ini"
    assert in_order(page, "<h2>Lewat batas</h2>", "<h2>Hari ini</h2>", "<h2>Minggu ini</h2>", "<h2>Nanti</h2>")
    assert in_order(page, "Meja Sari", "Moderator KIM, Sukarami", "Semua 7", "Aspirasi 3", "Berita 4")


@pytest.mark.parametrize("address", ["http://[", "http://localhost:x/meja/", "//", "x" * 3000])
def test_a_decision_counts_wherever_the_browser_says_it_stands(client: FlaskClient, world: World, address: str) -> None:
    sari = world.person("sari", Role.MODERATOR, VILLAGE)
    row = world.news(sari, "Panen jeruk")
    enter(client, sari)
    fields = form_fields(client.get(f"/berita/{row.id}/").text, f"/berita/{row.id}/penarikan")
    headers = {"HX-Request": "true", "HX-Current-URL": address}
    answer = client.post(f"/berita/{row.id}/penarikan", data={**fields, "reason": "Salah"}, headers=headers)
    assert answer.status_code < 400


def test_a_tab_shows_one_flow(client: FlaskClient, world: World) -> None:
    budi, sari = world.person("budi", Role.MEMBER, VILLAGE), world.person("sari", Role.MODERATOR, VILLAGE)
    world.news(budi, "Berita satu", due=in_days(2))
    world.aspiration("Aspirasi satu", due=TODAY)
    enter(client, sari)
    news = client.get("/meja/?alur=berita").text
    assert (_titles(news), _heading(news)) == (["Berita satu"], "1 menunggu")
    assert 'href="/meja/?alur=berita" aria-current="page"' in news
    assert _titles(client.get("/meja/?alur=aspirasi").text) == ["Aspirasi satu"]
    assert _titles(client.get("/meja/?alur=lainnya").text) == ["Aspirasi satu", "Berita satu"]
    assert _titles(client.get("/meja/?alur=pengumuman").text) == []


def test_drafts_of_announcements_have_no_day_and_come_last(client: FlaskClient, world: World) -> None:
    rahman = world.person("rahman", Role.REVIEWER, DISTRICT)
    world.announcement(
        rahman, "Draf", DISTRICT, area_code=DISTRICT, state=AnnouncementState.DRAFT, starts_on=in_days(-9)
    )
    far = {"desk": Desk.DISTRICT, "state": AspirationState.FORWARDED}
    world.aspiration("Jauh", due=in_days(90), **far)
    page = enter(client, rahman).get("/meja/").text
    assert _titles(page) == ["Jauh", "Draf"]
    assert in_order(page, "Jauh", "<h2>Tanpa batas</h2>", "Draf")
    assert in_order(page, "Semua 2", "Aspirasi 1", "Pengumuman 1")


def test_nobody_sees_what_waits_for_others(client: FlaskClient, world: World) -> None:
    budi = world.person("budi", Role.MEMBER, VILLAGE)
    world.person("sari", Role.MODERATOR, VILLAGE)
    siti = world.person("siti", Role.MODERATOR, ELSEWHERE)
    rahman = world.person("rahman", Role.REVIEWER, DISTRICT)
    dewi = world.person("dewi", Role.AGENCY, agency="PUPR")
    agus = world.person("agus", Role.ADMIN, REGENCY)
    world.news(world.person("wati", Role.MEMBER, VILLAGE), "Berita satu", due=in_days(2))
    world.aspiration("Aspirasi satu", due=in_days(2))
    for user in (budi, siti, rahman, dewi, agus):
        page = enter(client, user).get("/meja/").text
        assert _titles(page) == [], user.username
        assert _heading(page) == "Tidak ada yang menunggu Anda"
        assert "Semua sudah diurus" in page
        client.post("/keluar/", data={"csrf_token": _token(page)})


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found
    return found[1]


def test_an_agency_finds_its_own_work_under_its_name(client: FlaskClient, world: World) -> None:
    dewi = world.person("dewi", Role.AGENCY, agency="PUPR")
    grant = {"desk": Desk.AGENCY, "state": AspirationState.ASSIGNED}
    offices = [agency_by_code(world.session, code) for code in ("PUPR", f"KEC-{DISTRICT}")]
    for office in offices:
        assert office is not None
        world.aspiration(f"Untuk {office.code}", due=in_days(5), agency_id=office.id, **grant)
    page = enter(client, dewi).get("/meja/").text
    assert _titles(page) == ["Untuk PUPR"]
    assert in_order(page, "Meja Dewi", "Dinas Pekerjaan Umum", "Untuk PUPR")


def test_pages_neither_lose_nor_repeat_a_row(client: FlaskClient, world: World) -> None:
    budi, rahman = world.person("budi", Role.MEMBER, VILLAGE), world.person("rahman", Role.REVIEWER, DISTRICT)
    expected: list[tuple[int, date, int, str]] = []
    for number in range(20):
        due = in_days(number % 4)
        district = {"desk": Desk.DISTRICT, "state": AspirationState.FORWARDED}
        world.aspiration(f"Aspirasi {number}", due=due, **district)
        world.news(budi, f"Berita {number}", due=due)
        expected += [(0, due, 0, f"Aspirasi {number}"), (0, due, 1, f"Berita {number}")]
    draft = {"area_code": DISTRICT, "state": AnnouncementState.DRAFT}
    for number in range(25):
        world.announcement(rahman, f"Draf {number}", DISTRICT, **draft)
        expected.append((1, TODAY, 2, f"Draf {number}"))
    enter(client, rahman)
    seen, path, sizes = [], "/meja/", []
    while path:
        page = client.get(path).text
        seen += _titles(page)
        sizes.append(len(_titles(page)))
        found = re.search(r'href="([^"]+)">Berikutnya<', page)
        path = found[1].replace("&amp;", "&") if found else ""
    assert seen == [title for *_rest, title in sorted(expected, key=lambda row: row[:3])]
    assert sizes == [DESK_PAGE, DESK_PAGE, 5]


def test_a_page_that_shows_only_urgent_rows_counts_all(client: FlaskClient, world: World) -> None:
    budi, sari = world.person("budi", Role.MEMBER, VILLAGE), world.person("sari", Role.MODERATOR, VILLAGE)
    for number in range(DESK_PAGE + 1):
        world.news(budi, f"Berita {number}", due=TODAY)
    assert _heading(enter(client, sari).get("/meja/").text) == "31 menunggu"


@pytest.mark.parametrize(
    "cursor", ["x", "~~", "2026-11-18~berita~x", "2026-11-18~lain~1", "kemarin~berita~1", "9" * 900]
)
def test_a_cursor_made_by_hand_leads_to_the_first_page(client: FlaskClient, world: World, cursor: str) -> None:
    budi, sari = world.person("budi", Role.MEMBER, VILLAGE), world.person("sari", Role.MODERATOR, VILLAGE)
    world.news(budi, "Berita satu", due=TODAY)
    page = enter(client, sari).get("/meja/", query_string={"sesudah": cursor})
    assert (page.status_code, _titles(page.text)) == (200, ["Berita satu"])


def test_a_member_finds_returned_pieces_first_with_the_last_reason(client: FlaskClient, world: World) -> None:
    budi = world.person("budi", Role.MEMBER, VILLAGE)
    world.news(budi, "Draf", state=State.DRAFT)
    world.news(budi, "Diajukan", due=TODAY)
    back = world.news(budi, "Kembali", state=State.RETURNED)
    world.news(world.person("wati", Role.MEMBER, VILLAGE), "Milik orang lain", state=State.DRAFT)
    for reason in ("Terlalu pendek", "Sebutkan tempatnya"):
        _returned(world.session, back.audit_id, reason)
    _returned(world.session, back.audit_id, "Bukan ini", kind="announcement")
    page = enter(client, budi).get("/meja/").text
    assert _heading(page) == "1 berita perlu diperbaiki"
    assert in_order(page, "Tulisan saya", "Kembali", "Sebutkan tempatnya", "Perbaiki", "Draf", "Lanjutkan", "Diajukan")
    for foreign in ("Terlalu pendek", "Bukan ini", "Milik orang lain"):
        assert foreign not in page


def _returned(session: Session, subject_id: str, reason: str, kind: str = "news") -> None:
    with writing(session):
        entry = audit.Entry(
            at=START, kind=kind, subject_id=subject_id, verb="pengembalian", role=Role.MODERATOR, text=reason
        )
        audit.record(session, entry)


def test_a_moderators_own_submitted_piece_stands_once(client: FlaskClient, world: World) -> None:
    sari = world.person("sari", Role.MODERATOR, VILLAGE)
    world.news(sari, "Tulisan Sari", due=in_days(2))
    assert _titles(enter(client, sari).get("/meja/").text) == ["Tulisan Sari"]


def _claim(number: int, code: str) -> Clarification:
    row = Clarification(code=new_code(), village_code=code, claim=f"Kabar {number}", seen_in=SeenIn.SPOKEN)
    row.state, row.created_at, row.updated_at, row.due_on = ClaimState.RECEIVED, START, START, in_days(-2)
    return row


@pytest.mark.parametrize("role", [Role.MODERATOR, Role.REVIEWER, Role.ADMIN])
def test_the_desk_takes_as_many_statements_for_fifty_rows_as_for_one(
    client: FlaskClient, world: World, session: Session, statements: Any, role: Role
) -> None:
    place = {Role.MODERATOR: VILLAGE, Role.REVIEWER: DISTRICT, Role.ADMIN: REGENCY}[role]
    user = world.person("orang", role, place)
    people = [world.person(f"budi{number}", Role.MEMBER, VILLAGE) for number in range(3)]
    desk = {Role.MODERATOR: Desk.VILLAGE, Role.REVIEWER: Desk.DISTRICT, Role.ADMIN: Desk.REGENCY}[role]

    def fill(number: int) -> None:
        code = VILLAGE if role is Role.MODERATOR else f"{DISTRICT}.{2001 + number % 5}"
        world.news(people[number % 3], "Berita", due=in_days(2), area_code=code)
        world.aspiration("Aspirasi", due=in_days(2), village_code=code, desk=desk)
        draft = {"area_code": DISTRICT, "state": AnnouncementState.DRAFT}
        world.announcement(people[number % 3], "Draf", DISTRICT, **draft)
        world.add(_claim(number, code))
        world.news(user, "Tulisan", state=State.RETURNED, area_code=code)

    fill(0)
    enter(client, user).get("/meja/")
    with statements() as few:
        client.get("/meja/")
    for number in range(1, 51):
        fill(number)
    with statements() as many:
        page = client.get("/meja/")
    assert "Berikutnya" in page.text
    assert len(few) == len(many) <= 28, (few, many)
