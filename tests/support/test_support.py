"""The fixtures keep what they promise: otherwise every other test means less."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext, Page, Route
from sqlalchemy.orm import Session

from kimweb.areas.models import Area
from kimweb.core.calendar import JAKARTA
from kimweb.core.db import writing
from tests.support import html
from tests.support.browser import BrowserWatch
from tests.support.clock import FrozenClock
from tests.support.server import Server
from tests.support.statements import Statements


def test_the_clock_stands_still_until_it_is_moved(clock: FrozenClock) -> None:
    assert clock() == clock() == datetime(2026, 11, 18, 9, tzinfo=JAKARTA)
    assert clock.advance(days=1, hours=2) == clock() == datetime(2026, 11, 19, 11, tzinfo=JAKARTA)


@pytest.mark.database
@pytest.mark.parametrize("_time", ["first", "again"])
def test_each_test_has_a_database_of_its_own(session: Session, _time: str) -> None:
    assert session.scalar(sa.select(sa.func.count()).select_from(Area)) == 258
    with writing(session):
        session.execute(sa.text("DELETE FROM holidays"))


@pytest.mark.database
@pytest.mark.bare
def test_a_bare_database_has_its_tables_and_nothing_in_them(session: Session) -> None:
    assert session.scalar(sa.select(sa.func.count()).select_from(Area)) == 0


@pytest.mark.database
def test_the_marked_engine_is_the_one_in_use(request: pytest.FixtureRequest, app: Flask, session: Session) -> None:
    wanted = request.node.name.partition("[")[2].removesuffix("]")
    with app.app_context():
        used = app.extensions["sqlalchemy"].engine.dialect.name
    assert session.get_bind().dialect.name == used == wanted


def test_statements_are_counted(
    client: FlaskClient, statements: Callable[[], AbstractContextManager[Statements]]
) -> None:
    with statements() as sent:
        assert client.get("/healthz").status_code == 200
    assert len(sent) == 0, sent
    with statements() as sent:
        client.get("/readyz")
    assert len(sent) == 1, sent


def test_a_server_answers_on_this_tests_database(live_server: Server, page: Page) -> None:
    response = page.goto(f"{live_server.url}/desa/")
    assert response is not None
    assert response.status == 200
    assert "Sekayu" in page.content()


def test_the_demonstration_is_served_without_javascript_too(demo_server: Server, page_nojs: Page) -> None:
    page_nojs.goto(f"{demo_server.url}/")
    assert page_nojs.title()
    assert html.problems(page_nojs.content()) == []


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<script>1</script>", "Content Security Policy"),
        ("<p style='color:red'>x", "Content Security Policy"),
        ("<img src='/not-there'>", "status of 404"),
        ("<img src='http://elsewhere.invalid/'>", "request to somebody else"),
        ("<script src='/error.js'></script>", "script: it broke"),
    ],
)
def test_the_watch_sees_what_goes_wrong_in_a_browser(
    new_context: Callable[..., BrowserContext], browser_watch: BrowserWatch, body: str, complaint: str
) -> None:
    served = {"/": ("text/html", body), "/error.js": ("text/javascript", "throw Error('it broke')")}

    def answer(route: Route) -> None:
        kind, text = served.get(urlsplit(route.request.url).path, ("text/plain", ""))
        policy = "default-src 'none';script-src 'self';img-src *"
        route.fulfill(
            status=200 if text else 404, content_type=kind, body=text, headers={"Content-Security-Policy": policy}
        )

    context = new_context()
    context.route("**/*", answer)
    page = context.new_page()
    page.goto("http://127.0.0.1:1/")
    page.wait_for_load_state("networkidle")
    assert any(complaint in text for text in browser_watch.complaints), browser_watch.complaints
    browser_watch.expect("")  # everything: this test wants it


MADE_ELSEWHERE = re.compile(r"\bbrowser\.new_(?:context|page)\(|\.launch(?:_persistent_context)?\(")
"""A browser that nobody watches. The fixtures `page`, `context`, `page_nojs`, `new_context` and `comes` are watched."""


def test_no_browser_test_goes_unwatched() -> None:
    """Every violation of the CSP fails the test in which it happens, because every context is made by `new_context`."""
    unwatched = [
        path.name
        for path in (Path(__file__).parents[1]).rglob("*.py")
        if path != Path(__file__) and MADE_ELSEWHERE.search(path.read_text(encoding="utf-8"))
    ]
    assert unwatched == []
    assert MADE_ELSEWHERE.search("page = browser.new_page()")


@pytest.mark.parametrize("name", ["page", "context", "page_nojs"])
def test_the_fixtures_of_browsers_are_watched(
    request: pytest.FixtureRequest, browser_watch: BrowserWatch, name: str
) -> None:
    """Also those that come with the plugin."""
    made = request.getfixturevalue(name)
    page: Page = made.new_page() if name == "context" else made
    policy = {"Content-Security-Policy": "default-src 'none'"}
    page.route(
        "**/*", lambda route: route.fulfill(content_type="text/html", body="<p style='color:red'>x", headers=policy)
    )
    page.goto("http://127.0.0.1:1/")
    assert any("Content Security Policy" in text for text in browser_watch.complaints)
    browser_watch.expect("")  # everything: this test wants it


VALID = "<!DOCTYPE html><html lang=id><title>Judul</title><main><h1>Judul</h1>{}</main></html>"


def test_a_valid_page_has_no_problems() -> None:
    assert html.problems(VALID.format("<p>Isi <a href='/desa/'>desa</a><ul><li>satu</ul>")) == []


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("<p><div>x</div></p>", "parse error"),
        ("<p id=a>x<p id=a>y", 'id="a" stands 2 times'),
        ("<label for=x>Nama</label>", "points nowhere"),
        ("<input name=q>", "without a label"),
        ("<span><div>x</div></span>", "<div> in <span>"),
        ("<a href=/><button>x</button></a>", "<button> in <a>"),
        ("<li>x", "<li> in <main>"),
        ("<p style='color:red'>x", "carries style="),
        ("<p onclick='x()'>x", "carries onclick="),
        ("<script>1</script>", "inline <script>"),
        ("<img src=/x>", "without alt"),
        ("<h1>Lagi</h1>", "2 <h1>"),
    ],
)
def test_problems_of_a_page_are_named(body: str, problem: str) -> None:
    assert any(problem in found for found in html.problems(VALID.format(body)))


def test_a_form_is_read_as_a_browser_would_send_it() -> None:
    form = (
        "<form action=/kirim/><input type=hidden name=key value=1><textarea name=body>isi</textarea>"
        "<select name=village><option value=a>A<option value=b selected>B</select>"
        "<input type=checkbox name=no><input type=checkbox name=yes checked><button name=go>Kirim</button></form>"
    )
    assert html.form_fields(form, "/kirim/") == {"key": "1", "body": "isi", "village": "b", "yes": "on"}
