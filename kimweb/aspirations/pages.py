"""The page of one aspiration and its row on a desk, also as answers to a change that was refused."""

from __future__ import annotations

from werkzeug.wrappers import Response

from kimweb.aspirations import policy, queries, timeline
from kimweb.aspirations.models import Aspiration
from kimweb.core.calendar import load_calendar
from kimweb.core.errors import Invalid
from kimweb.core.permissions import Permission
from kimweb.web import context
from kimweb.web.htmx import is_partial, render_page
from kimweb.web.refused import NOTHING, Refused, refused


def page_of(row: Aspiration, *, status: int = 200, refused: Refused = NOTHING) -> Response:
    """The page of one aspiration, for this reader."""
    db, who = context.db_session(), context.actor()
    role = policy.desk_role(who, row)
    return render_page(
        "aspirations/show.html",
        status=status,
        aspiration=row,
        steps=timeline.steps(db, row, who),
        left=load_calendar(db).left(who.day, row.due_on) if row.due_on else None,
        role=role,
        is_sender=row.proof in who.proofs,
        sees=timeline.sees(who, row),
        agencies=queries.assignable(db, who) if policy.authority(who, Permission.ASPIRATION_ASSIGN, row) else [],
        refused=refused,
    )


def refused_change(code: str, noun: str, error: Invalid) -> Response:
    """422: the page (on the desk: the row) with the form open, what was typed in it, and what is wrong at its field."""
    db, who = context.db_session(), context.actor()
    row = queries.visible_aspiration(db, who, code)
    why = refused(noun, error)
    if not is_partial():
        return page_of(row, status=422, refused=why)
    return render_page(
        "aspirations/_desk_row.html",
        "aspirations/_desk_row.html",
        status=422,
        aspiration=row,
        left=load_calendar(db).left(who.day, row.due_on) if row.due_on else 0,
        agencies=queries.assignable(db, who),
        refused=why,
    )
