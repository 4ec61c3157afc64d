"""Code and PIN together: whether they fit, and how often somebody may try."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from kimweb.core import throttle
from kimweb.core.codes import pin_matches
from kimweb.core.db import writing

GUESSES, GUESSES_ALL, GUESS_MINUTES = 5, 100, 15
"""Wrong PINs of a network for a code, and for all codes: a whole village may sit behind it."""


def check_pin(
    session: Session,
    *,
    name: str,
    pin: str,
    counter: Callable[[], int | None],
    server_key: str,
    network: str,
    now: datetime,
) -> bool:
    """Whether a PIN belongs to `name` (what it was derived from) and its counter (None: there is no such thing). After
    5 wrong guesses for a name, or 100 for all, from a network in 15 minutes: TooMany; other networks are not touched,
    so nobody can lock a public code for others."""
    with writing(session):
        many = throttle.take(session, f"pin:{network}", now=now, limit=GUESSES_ALL, minutes=GUESS_MINUTES)
        attempt = throttle.take(session, f"pin:{name}:{network}", now=now, limit=GUESSES, minutes=GUESS_MINUTES)
        known = counter()
        fits = pin_matches(server_key, name, known or 0, pin) and known is not None
        if fits:
            throttle.give_back(session, attempt, many)
    return fits
