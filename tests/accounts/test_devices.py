"""Devices as people name them."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from kimweb.accounts.devices import device_parts
from kimweb.accounts.words import device_name
from tests.support.people import PASSWORD, People

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
AGENTS = [
    (f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/156.0.0.0 Mobile Safari/537.36", "Chrome di Android"),
    (f"Mozilla/5.0 (Linux; Android 10; K) {WEBKIT} Chrome/156.0 Mobile Safari/537.36 OPR/90.0", "Opera di Android"),
    (
        f"Mozilla/5.0 (Linux; Android 13; SM-A045F) {WEBKIT} SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36",
        "Samsung Internet di Android",
    ),
    ("Opera/9.80 (Android; Opera Mini/36.2/191.249; U; id) Presto/2.12.423 Version/12.16", "Opera Mini di Android"),
    ("Opera/9.80 (J2ME/MIDP; Opera Mini/7.1/191.249; U; id) Presto/2.12", "Opera Mini di Java"),
    ("Mozilla/5.0 (Mobile; Nokia 8110 4G; rv:48.0) Gecko/48.0 Firefox/48.0 KAIOS/2.5", "Firefox di KaiOS"),
    ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox di Windows"),
    (f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) {WEBKIT} Chrome/156.0 Safari/537.36 Edg/156.0", "Edge di Windows"),
    (
        "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148 Safari/604.1",
        "Safari di iPhone",
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/18.5 Safari/605.1.15",
        "Safari di Mac",
    ),
    (f"Mozilla/5.0 (X11; Linux x86_64) {WEBKIT} Chrome/156.0 Safari/537.36", "Chrome di Linux"),
    ("w3m/0.5.3+git20230121", "w3m"),
    ("Lynx/2.9.0dev.12 libwww-FM/2.14", "Lynx"),
    ("Dalvik/2.1.0 (Linux; U; Android 12)", "Android"),
    ("curl/8.5", "Perangkat tanpa nama"),
    ("", "Perangkat tanpa nama"),
]


@pytest.mark.parametrize(("agent", "name"), AGENTS)
def test_a_device_is_named_as_a_person_would(agent: str, name: str, app: Flask) -> None:
    with app.test_request_context():
        assert device_name(agent) == name


@given(st.text(max_size=300))
def test_no_text_breaks_it(text: str) -> None:
    assert all(isinstance(part, str) for part in device_parts(text))


def test_the_account_page_names_devices_and_not_their_agents(client: FlaskClient, people: People) -> None:
    client.post("/masuk/", data={"username": "budi", "password": PASSWORD}, headers={"User-Agent": AGENTS[0][0]})
    page = client.get("/akun/").text
    assert "Chrome di Android" in page
    assert "Mozilla" not in page
