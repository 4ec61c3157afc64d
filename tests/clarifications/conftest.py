"""Fixtures of this room."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.support.people import People


@pytest.fixture
def people(session: Session) -> People:
    """Everybody with an account."""
    return People(session).gather()
