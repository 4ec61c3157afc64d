"""A small town on a real server, and persons with browsers."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import BrowserContext, ViewportSize, expect
from sqlalchemy.orm import Session

from tests.browser.looks import Looks
from tests.browser.people import Comes, Person
from tests.browser.town import Town, settle
from tests.support.people import PASSWORD
from tests.support.server import Server

expect.set_options(timeout=15_000)  # a bound for what hangs

KEYPAD: ViewportSize = {"width": 240, "height": 320}
PHONE: ViewportSize = {"width": 360, "height": 640}
LAPTOP: ViewportSize = {"width": 1280, "height": 800}
SCREENS = {"budi": PHONE, "sari": PHONE, "wati": PHONE}
"""Whoever is not named here works in an office."""


@pytest.fixture
def town(live_server: Server, session: Session) -> Town:
    """The real areas, and the personas with their roles; nothing is written yet."""
    return settle(live_server.url, session)


@pytest.fixture
def looks() -> Iterator[Looks]:
    """Fails the test when a page does not keep what every page owes."""
    looks = Looks()
    yield looks
    assert not looks.problems, "\n".join(sorted(set(looks.problems)))


@pytest.fixture
def scripted() -> bool:
    """Whether browsers run JavaScript; a test module that wants them without says so."""
    return True


@pytest.fixture
def comes(town: Town, looks: Looks, scripted: bool, new_context: Callable[..., BrowserContext]) -> Comes:
    """Lets persons of the town come, each with a browser of their own."""

    def come(username: str = "", /) -> Person:
        screen = SCREENS.get(username, LAPTOP) if username else KEYPAD
        page = new_context(java_script_enabled=scripted).new_page()
        page.set_viewport_size(screen)
        person = Person(page, town.url, looks, scripted)
        return person.sign_in(username, PASSWORD) if username else person

    return come
