"""What of an aspiration is only kept for a time: who sent it."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.aspirations.models import Aspiration, Desk
from kimweb.core.db import changed, writing


def forget_senders(session: Session, *, closed_before: date) -> int:
    """Take name and telephone from aspirations that are closed (on nobody's desk) since that day or earlier; returns of
    how many. What was asked and answered stays."""
    with writing(session):
        closed = Aspiration.desk == Desk.NOBODY, Aspiration.desk_since <= closed_before
        known = sa.or_(Aspiration.name != "", Aspiration.phone != "")
        return changed(session, sa.update(Aspiration).where(*closed, known).values(name="", phone=""))
