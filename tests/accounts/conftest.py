"""Fixtures of this room."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.app import create_app
from kimweb.settings import Settings
from tests.support.clock import FrozenClock
from tests.support.people import People
from tests.support.postbox import Postbox, deliver, mail_on, postbox
from tests.web.site import browser


@pytest.fixture
def people(session: Session) -> People:
    """Everybody with an account."""
    return People(session).gather()


@pytest.fixture
def box() -> Iterator[Postbox]:
    """A real SMTP server."""
    with postbox() as running:
        yield running


@pytest.fixture
def mailing(settings: Settings, clock: FrozenClock, people: People, box: Postbox) -> Iterator[Flask]:
    """The application where mail is configured."""
    app = create_app(mail_on(settings, box), clock=clock)
    app.testing = True
    yield app
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def mail_client(mailing: Flask) -> FlaskClient:
    """A browser on it."""
    return browser(mailing)


@pytest.fixture
def work(session: Session, box: Postbox, clock: FrozenClock) -> Callable[[], None]:
    """Do what waits, as the worker does."""
    return lambda: deliver(session, box, clock)
