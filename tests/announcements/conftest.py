"""People, and how they sign in and send forms."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from tests.announcements.cast import PASSWORD, Cast, gather

Send = Callable[..., TestResponse]


@pytest.fixture
def cast(session: Session) -> Cast:
    """Everyone with an account."""
    return gather(session)


@pytest.fixture
def sign_in(client: FlaskClient, cast: Cast) -> Callable[[str], None]:
    """`sign_in("rahman")`."""

    def enter(name: str) -> None:
        answer = client.post("/masuk/", data={"username": name, "password": PASSWORD})
        assert answer.status_code == 303, answer.text

    return enter


@pytest.fixture
def send(client: FlaskClient) -> Send:
    """`send(path, form_on=path, title=…)`: post with the token of a page that was read."""

    def post(path: str, *, form_on: str, headers: dict[str, str] | None = None, **fields: object) -> TestResponse:
        token = re.search(r'name="csrf_token" value="([^"]+)"', client.get(form_on).text)
        assert token, form_on
        return client.post(path, data={"csrf_token": token[1], **fields}, headers=headers)

    return post
