"""Under which names the site is asked for, and whose word is believed about where a request came from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from kimweb.app import create_app
from kimweb.core.throttle import Attempt, network_of
from kimweb.settings import Settings
from tests.conftest import SECRET_KEY
from tests.support.clock import FrozenClock
from tests.support.html import problems

Maker = Callable[..., Flask]
OURS = "kim.example.go.id"


@pytest.fixture
def make(settings: Settings, clock: FrozenClock) -> Iterator[Maker]:
    """`make(hosts=…, proxies=…)`: the application with these settings."""
    made: list[Flask] = []

    def maker(**values: Any) -> Flask:
        made.append(create_app(replace(settings, **values), clock=clock))
        return made[-1]

    yield maker
    for app in made:
        with app.app_context():
            app.extensions["sqlalchemy"].engine.dispose()


@pytest.mark.parametrize("host", [OURS, f"{OURS}:8443", "desa.kim.example.go.id"])
def test_a_host_of_ours_is_served(make: Maker, host: str) -> None:
    app = make(hosts=(OURS, ".kim.example.go.id"))
    assert app.test_client().get("/bantuan/", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost", f"{OURS}.evil.example", f"evil{OURS}", "127.0.0.1", "a b"]
)
@pytest.mark.parametrize("path", ["/bantuan/", "/masuk/", "/berita", "/tidak-ada/"])
def test_any_other_host_gets_a_page_of_ours_that_names_it_nowhere(make: Maker, host: str, path: str) -> None:
    answer = make(hosts=(OURS,)).test_client().get(path, headers={"Host": host})
    assert answer.status_code == 400
    assert problems(answer.text) == []
    assert "Location" not in answer.headers
    assert "Content-Security-Policy" in answer.headers
    assert "evil" not in answer.text + str(answer.headers)


def test_a_post_to_another_host_changes_nothing(make: Maker, session: Session) -> None:
    client = make(hosts=(OURS,)).test_client()
    answer = client.post("/masuk/", data={"username": "budi", "password": "x"}, headers={"Host": "evil.example"})
    assert answer.status_code == 400
    assert session.scalars(sa.select(Attempt)).all() == []


def test_without_the_setting_every_name_is_served(make: Maker) -> None:
    assert make().test_client().get("/bantuan/", headers={"Host": "10.0.0.7:8000"}).status_code == 200


# ------------------------------------------------------------------ proxies


@pytest.mark.parametrize(
    ("proxies", "forwarded", "counted"),
    [
        (0, "203.0.113.9", "127.0.0.1"),  # nobody is believed
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "198.51.100.1, 203.0.113.9", "203.0.113.9"),  # the first one was made up by whoever asked
        (2, "198.51.100.1, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
    ],
)
def test_only_our_own_proxies_are_believed_about_the_network(
    make: Maker, session: Session, proxies: int, forwarded: str, counted: str
) -> None:
    client = make(proxies=proxies).test_client()
    client.post("/masuk/", data={"username": "budi", "password": "x"}, headers={"X-Forwarded-For": forwarded})
    bucket = session.scalars(sa.select(Attempt.bucket)).one()
    assert bucket == f"sign-in:budi:{network_of(counted, SECRET_KEY)}"


def test_no_proxy_names_the_host(make: Maker) -> None:
    for proxies in (0, 1):
        client = make(hosts=(OURS,), proxies=proxies).test_client()
        headers = {"Host": "evil.example", "X-Forwarded-Host": OURS}
        assert client.get("/bantuan/", headers=headers).status_code == 400
