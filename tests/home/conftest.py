"""Fixtures of this room."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from tests.home.world import World


@pytest.fixture
def world(session: Session) -> World:
    """What can be added to an empty installation."""
    return World(session)
