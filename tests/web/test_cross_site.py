"""Who may post: every route that is not a GET, and every way in which a browser says where a request comes from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kimweb.app import create_app
from kimweb.settings import Settings
from kimweb.web.access import PUBLIC, access_of
from tests.conftest import SECRET_KEY
from tests.support import databases

FOREIGN = "Kiriman ini datang dari situs lain."
US, THEM = "http://localhost", "https://evil.example"
SAMPLE = {"path": "x", "id": "1", "code": "H4T-9QC", "area": "16.06.01.2001", "string": "JALAN-0000", "any": "240"}
Headers = dict[str, str]
OURS: list[Headers] = [
    {"Sec-Fetch-Site": "same-origin"},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-origin", "Origin": "null"},
    {"Origin": US},
    {"Referer": f"{US}/berita/"},
    {"Origin": US, "Referer": f"{THEM}/"},
]
THEIRS: list[Headers] = [
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": ""},
    {"Sec-Fetch-Site": "made-up"},
    {"Sec-Fetch-Site": "cross-site", "Origin": US},
    {"Origin": THEM},
    {"Origin": "null"},
    {"Origin": "http://localhost:81"},
    {"Origin": "http://localhost.evil.example"},
    {"Referer": f"{THEM}/{US}/"},
    {"Referer": "http://localhost@evil.example/"},
    {"Origin": THEM, "Referer": f"{US}/"},
]
SENT: dict[str, tuple[Headers, Headers]] = {
    "Chromium 156": (
        {"Sec-Fetch-Site": "same-origin", "Origin": US, "Referer": f"{US}/berita/tulis/"},
        {"Sec-Fetch-Site": "cross-site", "Origin": THEM, "Referer": f"{THEM}/"},
    ),
    "Firefox 153": (
        {"Referer": f"{US}/berita/tulis/", "Origin": US, "Sec-Fetch-Site": "same-origin"},
        {"Origin": THEM, "Referer": f"{THEM}/", "Sec-Fetch-Site": "cross-site"},
    ),
    "over http, where they send no Sec-Fetch": (
        {"Origin": US, "Referer": f"{US}/berita/tulis/"},
        {"Origin": THEM, "Referer": f"{THEM}/"},
    ),
    "w3m 0.5.3": ({"Referer": f"{US}/berita/tulis/"}, {"Referer": f"{THEM}/"}),
    "Lynx 2.9.0": ({"Referer": f"{US}/berita/tulis/"}, {"Referer": f"{THEM}/kait.html"}),
}
"""What browsers sent in November 2026 with a form of a page of ours (policy same-origin), and with one of another site
that posts here: noted by a server that wrote down what came."""
SAYING = [*((headers, True) for headers in OURS), *((headers, False) for headers in THEIRS)]


@pytest.fixture(scope="module")
def site(sqlite_filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """One application for the whole truth table; the rows it asks for do not exist."""
    folder = tmp_path_factory.mktemp("cross-site")
    url = databases.sqlite_copy(sqlite_filled, folder)
    app = create_app(Settings(instance=folder, database_url=url, secret_key=SECRET_KEY, argon2=(1, 8, 1)))
    app.testing = True
    yield app
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def changing(app: Flask) -> list[tuple[str, str, bool]]:
    """Every route that is not a GET: method, an address, and whether it is public."""
    found = []
    for rule in app.url_map.iter_rules():
        path = re.sub(r"<(\w+)[^>]*>", lambda part: SAMPLE[part[1]], rule.rule)
        for method in sorted((rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}):
            found.append((method, path, access_of(app.view_functions[rule.endpoint]) == PUBLIC))
    return found


def refused_as_foreign(client: FlaskClient, method: str, path: str, headers: Headers) -> bool:
    answer = client.open(path, method=method, headers=headers)
    return answer.status_code == 403 and FOREIGN in answer.text


@pytest.mark.parametrize(("headers", "ours"), SAYING, ids=[str(headers) for headers, _ in SAYING])
def test_every_change_must_come_from_our_own_pages(site: Flask, headers: Headers, ours: bool) -> None:
    routes = changing(site)
    wrong = [
        f"{method} {path}"
        for method, path, _ in routes
        if refused_as_foreign(site.test_client(), method, path, headers) == ours
    ]
    assert wrong == []
    assert len(routes) >= 30


@pytest.mark.parametrize("browser", SENT)
def test_what_browsers_really_send_is_told_apart_on_every_route(site: Flask, browser: str) -> None:
    own, foreign = SENT[browser]
    for method, path, _ in changing(site):
        assert not refused_as_foreign(site.test_client(), method, path, own), f"{method} {path}"
        assert refused_as_foreign(site.test_client(), method, path, foreign), f"{method} {path}"


@pytest.mark.parametrize("cookie", [None, "kim", "lacak"])
def test_a_browser_that_says_nothing_needs_a_token_as_soon_as_it_holds_a_session(
    site: Flask, cookie: str | None
) -> None:
    for method, path, is_public in changing(site):
        client = site.test_client()
        if cookie:
            client.set_cookie(cookie, "x", path="/")
        answer = client.open(path, method=method)
        asked = answer.status_code == 400 and "Belum terkirim" in answer.text
        assert asked == (cookie is not None or not is_public), f"{method} {path}: {answer.status_code}"


def test_a_valid_token_is_enough_for_a_browser_that_says_nothing(site: Flask) -> None:
    client = site.test_client()
    form = client.post("/keluar/", headers={"Sec-Fetch-Site": "same-origin"}).text
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)
    assert token
    answer = client.post("/bahasa/", data={"bahasa": "en", "csrf_token": token[1]})
    assert answer.status_code == 303
    assert client.post("/bahasa/", data={"bahasa": "en", "csrf_token": token[1] + "x"}).status_code == 400


def test_a_token_of_somebody_else_is_none(site: Flask) -> None:
    one, other = site.test_client(), site.test_client()
    tokens = []
    for client in (one, other):
        form = client.post("/keluar/", headers={"Sec-Fetch-Site": "same-origin"}).text
        found = re.search(r'name="csrf_token" value="([^"]+)"', form)
        assert found
        tokens.append(found[1])
    assert other.post("/bahasa/", data={"bahasa": "en", "csrf_token": tokens[0]}).status_code == 400


def test_reading_is_never_refused(site: Flask) -> None:
    for headers in THEIRS:
        assert site.test_client().get("/tentang/", headers=headers).status_code == 200


def test_nothing_may_be_read_from_another_site(site: Flask) -> None:
    answer = site.test_client().get("/", headers={"Origin": THEM})
    assert not [name for name, _ in answer.headers if name.startswith("Access-Control")]


# ------------------------------------------------------------------ the name under which we are called


@pytest.mark.parametrize("path", ["/meja/", "/akun/", "/berita", "/desa", "/kecamatan/16.06.01.2001/", "/desa/16.06/"])
def test_a_redirect_stays_here_whatever_host_was_asked_for(site: Flask, path: str) -> None:
    answer = site.test_client().get(path, headers={"Host": "evil.example"})
    assert answer.status_code in (301, 303, 308)
    assert answer.headers["Location"].startswith("/")
    assert not answer.headers["Location"].startswith("//")


@pytest.mark.parametrize("host", ["", "evil.example:99999", "a b", "[", "x" * 3000, "evil.example/x?"])
def test_a_broken_host_is_no_error_of_ours(site: Flask, host: str) -> None:
    answer = site.test_client().get("/tentang/", headers={"Host": host})
    assert answer.status_code in (200, 400)
    assert "Traceback" not in answer.text
