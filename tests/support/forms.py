"""Filling in a form that stands on a page, as a browser without JavaScript does."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.support.html import form_fields

IN_PLACE = {"HX-Request": "true", "HX-Request-Type": "partial"}
"""What htmx sends when a button on the desk is pressed."""


def send(
    client: FlaskClient,
    action: str,
    *,
    on: str,
    headers: dict[str, str] | None = None,
    **typed: Any,
) -> TestResponse:
    """Read the page `on`, fill in its form with this `action`, and send it."""
    page = client.get(on)
    assert page.status_code == 200, (on, page.status_code)
    fields = {**form_fields(page.text, action), **typed}
    return client.post(action, data=fields, headers=headers)


def token_of(client: FlaskClient) -> str:
    """The token of whoever is signed in, to send what no page offers."""
    return form_fields(client.get("/akun/").text, "/keluar/")["csrf_token"]


def resend(client: FlaskClient, page: str, action: str, **typed: Any) -> TestResponse:
    """Send a form that came back on a page that was refused."""
    return client.post(action, data=form_fields(page, action) | typed)
