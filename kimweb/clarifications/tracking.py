"""What a browser proved of a claim: the cookie that code and PIN (or sending) earn, and the PIN itself."""

from __future__ import annotations

from kimweb.clarifications.models import Clarification
from kimweb.core.codes import pin_for
from kimweb.web import context
from kimweb.web.tracking import Tracker

TRACKER = Tracker(kind="clarification", path="/cek-fakta/", salt="lacak-kabar")


def pin_of(row: Clarification) -> str:
    """The PIN of a claim, derived anew."""
    return pin_for(context.settings().secret_key, row.proof, row.pin_counter)
