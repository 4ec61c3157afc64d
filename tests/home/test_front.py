"""The front page, the choice of a village, and the pages of places."""

from __future__ import annotations

import gzip
import re
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.announcements.models import Urgency
from kimweb.areas.models import Area, AreaKind, AreaRecode
from kimweb.aspirations.models import Desk, State
from kimweb.core.actor import REGENCY, Role
from kimweb.core.db import writing
from kimweb.home.queries import NOTICES_SHOWN
from tests.home.world import DISTRICT, ELSEWHERE, VILLAGE, WARD, World, in_order
from tests.support.clock import START

pytestmark = pytest.mark.database


def _choose(client: FlaskClient, code: str) -> Any:
    return client.post(f"/desa/{code}/pilihan")


def test_without_a_village_the_front_page_offers_the_choice_and_the_news_of_all(
    client: FlaskClient, world: World
) -> None:
    budi = world.person("budi", Role.MEMBER, VILLAGE)
    world.news(budi, "Jembatan dibuka")
    world.news(budi, "Panen raya", area_code=ELSEWHERE)
    world.announcement(budi, "Untuk semua", REGENCY)
    world.announcement(budi, "Hanya satu desa", VILLAGE)
    world.aspiration("Lampu mati")
    page = client.get("/")
    assert page.status_code == 200
    assert in_order(page.text, "<h1>Pilih desa Anda</h1>", 'action="/desa/"', 'name="q"', 'href="/desa/"')
    assert in_order(page.text, "Untuk semua", 'href="/aspirasi/kirim/"', 'href="/aspirasi/lacak/"', "Panen raya")
    assert "Jembatan dibuka" in page.text
    assert "Lampu mati" in page.text
    assert "Hanya satu desa" not in page.text
    assert "Cookie" in page.headers["Vary"]
    assert "Set-Cookie" not in page.headers


def test_an_emergency_stands_above_the_choice(client: FlaskClient, world: World) -> None:
    agus = world.person("agus", Role.ADMIN, REGENCY)
    world.announcement(agus, "Jadwal layanan", REGENCY)
    world.announcement(agus, "Air Musi naik", REGENCY, urgency=Urgency.EMERGENCY)
    assert in_order(client.get("/").text, "Air Musi naik", "Pilih desa Anda", "Jadwal layanan")


def test_choosing_a_village_sets_the_cookie_and_leads_to_its_page(client: FlaskClient, world: World) -> None:
    budi = world.person("budi", Role.MEMBER, VILLAGE)
    world.news(budi, "Jembatan dibuka")
    world.news(budi, "Panen raya", area_code=ELSEWHERE)
    answer = _choose(client, VILLAGE)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"desa={VILLAGE};")
    assert {"HttpOnly", "SameSite=Lax", "Max-Age=31536000", "Path=/"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    page = client.get("/").text
    assert "Jembatan dibuka" in page
    assert "Panen raya" not in page
    assert f'href="/desa/{VILLAGE}/"' in page
    assert "Jadikan desa saya" not in page


def test_the_cookie_is_secure_where_the_settings_say_so(client: FlaskClient, app: Flask) -> None:
    context = app.extensions["kimweb"]
    context.settings = replace(context.settings, secure_cookies=True)
    assert "Secure" in _choose(client, WARD).headers["Set-Cookie"]


@pytest.mark.parametrize("code", ["16.06.99.2001", DISTRICT, REGENCY, "lais", "16.06.01.2001'--", "1" * 500, "é"])
def test_a_cookie_that_names_no_village_leads_to_the_regencys_page(client: FlaskClient, code: str) -> None:
    client.set_cookie("desa", code)
    page = client.get("/")
    assert (page.status_code, "Pilih desa Anda" in page.text) == (200, True)


@pytest.mark.parametrize("code", ["16.06.99.2001", DISTRICT, REGENCY])
def test_only_villages_and_wards_can_be_chosen(client: FlaskClient, code: str) -> None:
    answer = _choose(client, code)
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (404, False)


def test_a_recoded_village_is_followed_by_address_and_by_cookie(client: FlaskClient, session: Session) -> None:
    with writing(session):
        session.add(AreaRecode(old_code="16.06.03.2999", new_code=VILLAGE, at=START))
    moved = client.get("/desa/16.06.03.2999/")
    assert (moved.status_code, moved.headers["Location"]) == (301, f"/desa/{VILLAGE}/")
    client.set_cookie("desa", "16.06.03.2999")
    page = client.get("/")
    assert f'href="/desa/{VILLAGE}/"' in page.text
    assert page.headers["Set-Cookie"].startswith(f"desa={VILLAGE};")
    assert _choose(client, "16.06.03.2999").headers["Set-Cookie"].startswith(f"desa={VILLAGE};")


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [
        (f"/desa/{DISTRICT}/", f"/kecamatan/{DISTRICT}/"),
        (f"/kecamatan/{VILLAGE}/", f"/desa/{VILLAGE}/"),
        (f"/desa/{REGENCY}/", "/desa/"),
        (f"/kecamatan/{REGENCY}/", "/desa/"),
    ],
)
def test_an_area_of_another_level_leads_to_its_own_page(client: FlaskClient, asked: str, leads_to: str) -> None:
    answer = client.get(asked)
    assert (answer.status_code, answer.headers["Location"]) == (301, leads_to)


@pytest.mark.parametrize("path", ["/desa/16.06.99.2001/", "/kecamatan/16.06.99/", "/desa/bukan-kode/"])
def test_an_unknown_place_is_a_404_with_a_search(client: FlaskClient, path: str) -> None:
    page = client.get(path)
    assert page.status_code == 404
    assert 'name="q"' in page.text


def test_every_village_and_ward_is_reached_in_two_steps(client: FlaskClient, session: Session) -> None:
    reached: set[str] = set()
    districts = re.findall(r'href="(/kecamatan/[\d.]+/)"', client.get("/desa/").text)
    assert len(districts) == len(set(districts)) == 15
    for path in districts:
        reached |= set(re.findall(r'href="/desa/([\d.]+)/"', client.get(path).text))
    lowest = sa.select(Area.code).where(Area.kind.in_([AreaKind.VILLAGE, AreaKind.WARD]))
    assert reached == set(session.scalars(lowest))
    assert len(reached) == 242


def test_the_list_of_districts_counts_villages_and_wards(client: FlaskClient) -> None:
    assert re.search(
        rf'href="/kecamatan/{DISTRICT}/">Sekayu</a><div class="meta">\d+ desa, \d+ kelurahan<',
        client.get("/desa/").text,
    )


@pytest.mark.parametrize("q", ["mekar jaya", "MEKARJAYA", " mekar  jaya "])
def test_a_search_names_each_village_with_its_district(client: FlaskClient, q: str) -> None:
    page = client.get("/desa/", query_string={"q": q}).text
    found = re.findall(r'href="/desa/[\d.]+/">Mekar Jaya</a><div class="meta">Desa, Kec\. ([^<]+)<', page)
    assert len(found) == len(set(found)) == 4


def test_a_search_without_a_result_says_what_to_try(client: FlaskClient) -> None:
    page = client.get("/desa/", query_string={"q": "<b>xyzzy"}).text
    assert "Tidak ada desa" in page
    assert "Coba sebagian namanya" in page
    assert "&lt;b&gt;xyzzy" in page
    assert "/kecamatan/16.06.01/" in page


@pytest.mark.parametrize("q", ["", "   ", "\x00", "%", "a" * 5000, "💧"])
def test_any_search_is_answered(client: FlaskClient, q: str) -> None:
    assert client.get("/desa/", query_string={"q": q}).status_code == 200


def test_a_villages_page_shows_what_concerns_it_the_most_urgent_first(client: FlaskClient, world: World) -> None:
    agus, budi = world.person("agus", Role.ADMIN, REGENCY), world.person("budi", Role.MEMBER, VILLAGE)
    world.announcement(agus, "Biasa untuk semua", REGENCY)
    world.announcement(agus, "Penting untuk kecamatan", DISTRICT, urgency=Urgency.IMPORTANT)
    world.announcement(agus, "Darurat untuk desa", VILLAGE, urgency=Urgency.EMERGENCY)
    world.announcement(agus, "Untuk desa lain", ELSEWHERE, urgency=Urgency.EMERGENCY)
    world.news(budi, "Jembatan dibuka")
    world.aspiration("Lampu mati")
    for state in (State.RECEIVED, State.FORWARDED):
        world.aspiration("Masih jalan", state=state, desk=Desk.DISTRICT, due=START.date(), confirmed_at=START)
    page = client.get(f"/desa/{VILLAGE}/").text
    assert in_order(page, "Darurat untuk desa", "Penting untuk kecamatan", "Biasa untuk semua", "Kirim aspirasi")
    assert in_order(page, "Jadikan desa saya", "Jembatan dibuka", "Lampu mati", "2 sedang dikerjakan", "Belum ada KIM")
    assert f'href="/aspirasi/kirim/?desa={VILLAGE}"' in page
    assert f'action="/desa/{VILLAGE}/pilihan"' in page
    assert "Untuk desa lain" not in page


def test_a_districts_page_shows_its_announcements_places_news_and_answers(client: FlaskClient, world: World) -> None:
    agus, budi = world.person("agus", Role.ADMIN, REGENCY), world.person("budi", Role.MEMBER, VILLAGE)
    world.announcement(agus, "Untuk kecamatan", DISTRICT)
    world.news(budi, "Jembatan dibuka")
    world.news(budi, "Panen raya", area_code=ELSEWHERE)
    world.aspiration("Lampu mati")
    page = client.get(f"/kecamatan/{DISTRICT}/").text
    assert in_order(page, "Kec. Sekayu", "Untuk kecamatan", f"/desa/{VILLAGE}/", f"/desa/{WARD}/", "Jembatan dibuka")
    assert "Lampu mati" in page
    assert "Panen raya" not in page


@pytest.mark.parametrize("path", ["/", "/desa/", f"/kecamatan/{DISTRICT}/", f"/desa/{VILLAGE}/", "/desa/?q=mekar"])
def test_a_place_takes_as_many_statements_for_fifty_rows_as_for_one(
    client: FlaskClient, world: World, session: Session, statements: Any, path: str
) -> None:
    people = [world.person(f"budi{number}", Role.MEMBER, VILLAGE) for number in range(3)]

    def fill(number: int, code: str) -> None:
        world.news(people[number % 3], "Jembatan dibuka", area_code=code)
        world.aspiration("Lampu mati", village_code=code)
        world.announcement(people[number % 3], "Untuk semua", REGENCY)

    fill(0, VILLAGE)
    client.get(path)
    with statements() as few:
        client.get(path)
    villages = session.scalars(sa.select(Area.code).where(Area.kind == AreaKind.VILLAGE).limit(30)).all()
    for number, code in enumerate([*villages, *[VILLAGE] * 19]):
        fill(number, code)
    with statements() as many:
        client.get(path)
    assert len(few) == len(many) <= 9, many


def test_pages_of_places_stay_in_the_budget(client: FlaskClient, world: World) -> None:
    agus = world.person("agus", Role.ADMIN, REGENCY)
    words = "Jadwal imunisasi polio di balai desa pindah hari Sabtu karena jalan poros diperbaiki"
    for number in range(9):
        world.announcement(
            agus, f"{words} {number}", REGENCY, body=f"{words}. {words[::-1]} {number}.", phone="081200000119"
        )
        world.news(agus, f"{words[number:]} berita {number}")
        world.aspiration(f"{words[number:]} usul {number}")
    for path in ("/", "/desa/", "/desa/?q=mekar", f"/kecamatan/{DISTRICT}/", f"/desa/{VILLAGE}/"):
        page = client.get(path, headers={"Accept-Encoding": "gzip"})
        head = sum(len(name) + len(value) + 4 for name, value in page.headers) + 17
        assert head + len(page.data) <= 5000, (path, head, len(page.data))
        notices = gzip.decompress(page.data).count(b'id="pengumuman-')
        assert notices == (0 if path.startswith("/desa/?") or path == "/desa/" else NOTICES_SHOWN)
    assert f'href="/pengumuman/?wilayah={VILLAGE}">Semua pengumuman' in client.get(f"/desa/{VILLAGE}/").text
