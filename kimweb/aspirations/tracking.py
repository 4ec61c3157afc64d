"""What a browser proved of an aspiration: the cookie that code and PIN (or sending) earn, and the PIN itself."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kimweb.aspirations import queries
from kimweb.core.codes import pin_for
from kimweb.web import context
from kimweb.web.tracking import Tracker

TRACKER = Tracker(kind="aspiration", path="/aspirasi/", salt="lacak")
tracked_code, sent_code, proofs = TRACKER.tracked_code, TRACKER.sent_code, TRACKER.proofs
remember, forget = TRACKER.remember, TRACKER.forget


def pin_of(session: Session, code: str) -> str | None:
    """The PIN of an aspiration, derived anew; None for an unknown code."""
    row = queries.by_code(session, code)
    return pin_for(context.settings().secret_key, code, row.pin_counter) if row else None
