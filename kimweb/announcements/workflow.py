"""The states of announcements (product.md, flow 1) as a table."""

from __future__ import annotations

from kimweb.announcements.models import State, Verb
from kimweb.core.permissions import Permission
from kimweb.core.workflow import Table, to

TRANSITIONS: Table[State, Verb] = {
    (State.DRAFT, Verb.PUBLISH): to(State.PUBLISHED, by=Permission.ANNOUNCEMENT_PUBLISH),
    (State.PUBLISHED, Verb.WITHDRAW): to(State.WITHDRAWN, by=Permission.ANNOUNCEMENT_PUBLISH, reason=True),
}

EDITABLE = (State.DRAFT,)
"""What people have read is not rewritten: it is withdrawn, and a new one is written."""

LONGEST_DAYS = 366
"""For how many days an announcement may stand."""
