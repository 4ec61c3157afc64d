"""Pages that explain, the choice of language, and what machines ask."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.core.actor import Role
from kimweb.core.db import writing
from kimweb.home.health import newest_revisions
from kimweb.kims.models import DORMANT_AFTER_DAYS, Activity, ActivityKind, Kim, Stage
from kimweb.kims.queries import STAGE_WORDS, kim_of
from tests.home.world import DISTRICT, TODAY, VILLAGE, WARD, World, in_days
from tests.support.clock import FrozenClock
from tests.support.html import problems

EXPLAINING = ("/tentang/", "/privasi/", "/bantuan/")
OFFICERS = "/bantuan/petugas/"
PUBLIC = ("/", "/desa/", "/desa/?q=mekar", "/desa/?q=xyzzy", f"/kecamatan/{DISTRICT}/", f"/desa/{VILLAGE}/")


@pytest.mark.parametrize("path", [*EXPLAINING, OFFICERS, *PUBLIC])
@pytest.mark.parametrize("language", ["id", "en"])
def test_a_public_page_is_valid_linked_and_small(client: FlaskClient, path: str, language: str) -> None:
    client.set_cookie("bahasa", language)
    page = client.get(path, headers={"Accept-Encoding": "gzip"})
    head = sum(len(name) + len(value) + 4 for name, value in page.headers) + 17
    assert page.status_code == 200
    assert head + len(page.data) <= 5000, (head, len(page.data))
    text = client.get(path).text
    assert problems(text) == []
    assert len(re.findall(r"<h1[ >]", text)) == 1
    assert "style=" not in text
    assert set(EXPLAINING) <= set(re.findall(r'href="([^"]+)"', text))


@pytest.mark.parametrize("path", [*EXPLAINING, OFFICERS])
def test_links_of_explaining_pages_lead_somewhere(client: FlaskClient, path: str) -> None:
    for link in set(re.findall(r'href="(/[^"#]*)"', client.get(path).text)):
        assert client.get(link).status_code in (200, 303), link


def test_the_privacy_page_names_every_cookie_that_we_set(client: FlaskClient, app: Flask) -> None:
    text = client.get("/privasi/").text
    for name in ("desa", "bahasa", app.config["TRACKING_COOKIE_NAME"], app.config["SESSION_COOKIE_NAME"]):
        assert f"<b>{name}</b>" in text
    assert "UU 27/2022" in text


@pytest.mark.parametrize("language", ["en", "id"])
def test_the_language_is_kept_in_a_cookie(client: FlaskClient, language: str) -> None:
    answer = client.post("/bahasa/", data={"bahasa": language})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/bantuan/")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith(f"bahasa={language};")
    assert {"HttpOnly", "SameSite=Lax", "Max-Age=31536000", "Path=/"} <= set(cookie.split("; "))
    assert f'<html lang="{language}">' in client.get("/bantuan/").text


@pytest.mark.parametrize("language", ["", "jv", "en\x00"])
def test_an_unknown_language_is_refused(client: FlaskClient, language: str) -> None:
    answer = client.post("/bahasa/", data={"bahasa": language})
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (422, False)


@pytest.mark.parametrize("path", ["/bahasa/", f"/desa/{VILLAGE}/pilihan"])
def test_another_site_changes_neither_language_nor_village(client: FlaskClient, path: str) -> None:
    answer = client.post(path, data={"bahasa": "en"}, headers={"Sec-Fetch-Site": "cross-site"})
    assert (answer.status_code, "Set-Cookie" in answer.headers) == (403, False)


def test_healthz_answers_without_the_database(client: FlaskClient, statements: object) -> None:
    with statements() as sent:  # type: ignore[operator]
        answer = client.get("/healthz")
    assert (answer.status_code, answer.text, answer.headers["Cache-Control"]) == (200, "ok", "no-store")
    assert len(sent) == 0


@pytest.mark.database
def test_readyz_knows_whether_the_database_is_migrated(client: FlaskClient, session: Session) -> None:
    ready = client.get("/readyz")
    assert (ready.status_code, ready.text, ready.headers["Cache-Control"]) == (200, "ok", "no-store")
    with writing(session):
        session.execute(sa.text("UPDATE alembic_version SET version_num = '0000'"))
    behind = client.get("/readyz")
    assert (behind.status_code, behind.headers["Cache-Control"]) == (503, "no-store")
    assert "The database is at 0000" in behind.text
    with writing(session):
        session.execute(sa.text("DROP TABLE alembic_version"))
    empty = client.get("/readyz")
    assert (empty.status_code, "never migrated" in empty.text) == (503, True)


def test_there_is_one_newest_migration(app: Flask) -> None:
    assert len(newest_revisions(Path(app.root_path) / "migrations")) == 1


def test_robots_are_asked_to_leave_the_desks(client: FlaskClient) -> None:
    answer = client.get("/robots.txt")
    assert (answer.status_code, answer.mimetype) == (200, "text/plain")
    assert "Disallow: /meja/" in answer.text


@pytest.mark.database
@pytest.mark.parametrize("quiet", [0, DORMANT_AFTER_DAYS - 1, DORMANT_AFTER_DAYS])
def test_a_kim_sleeps_after_sixty_days_without_activity(session: Session, quiet: int) -> None:
    last = TODAY - timedelta(days=quiet)
    _found(session, Stage.ACTIVE, in_days(-200), last, in_days(-100), in_days(3))
    kim = kim_of(session, VILLAGE, TODAY)
    assert (kim.stage, kim.word) == (Stage.ACTIVE, "aktif")
    assert kim.quiet_since == (last if quiet >= DORMANT_AFTER_DAYS else None)


def test_a_kim_that_never_did_anything_sleeps_from_the_day_it_became_active(session: Session) -> None:
    _found(session, Stage.ACTIVE, in_days(-61))
    assert kim_of(session, VILLAGE, TODAY).quiet_since == in_days(-61)


def test_a_kim_that_is_not_active_yet_does_not_sleep(session: Session) -> None:
    _found(session, Stage.DECREED, in_days(-300))
    assert not kim_of(session, VILLAGE, TODAY).dormant


def _found(session: Session, stage: Stage, since: object, *days: object) -> None:
    with writing(session):
        session.add(Kim(area_code=VILLAGE, stage=stage, stage_since=since))
        session.add_all(Activity(area_code=VILLAGE, kind=ActivityKind.ACCESS, day=day, note="Rapat") for day in days)


def test_every_stage_has_a_word() -> None:
    assert set(STAGE_WORDS) == set(Stage)


@pytest.mark.database
def test_a_villages_page_says_how_its_kim_stands(client: FlaskClient, world: World, clock: FrozenClock) -> None:
    def said() -> str:
        return client.get(f"/desa/{VILLAGE}/").text

    assert "Belum ada KIM di desa ini: aspirasi langsung ke kecamatan." in said()
    assert "Belum ada KIM di kelurahan ini" in client.get(f"/desa/{WARD}/").text
    _found(world.session, Stage.ACTIVE, in_days(-10), TODAY)
    assert "tanpa moderator: aspirasi langsung ke kecamatan" in said()
    world.person("sari", Role.MODERATOR, VILLAGE)
    assert ">aktif</b> sejak 8 November" in said()
    assert "langsung ke kecamatan" not in said()
    clock.advance(days=DORMANT_AFTER_DAYS)
    assert ">tidur</b> Tidak ada kegiatan tercatat sejak 18 November 2026" in said()
