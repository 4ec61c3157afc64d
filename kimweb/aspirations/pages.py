"""The page of one aspiration and its row on a desk, also as answers to a change that was refused."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from kimweb.aspirations import policy, queries, timeline
from kimweb.aspirations.models import Aspiration
from kimweb.core.calendar import load_calendar
from kimweb.core.errors import Invalid
from kimweb.core.permissions import Permission
from kimweb.web import context
from kimweb.web.htmx import render_page
from kimweb.web.refused import NOTHING, Refused, brought_back


def page_of(row: Aspiration, *, refused: Refused = NOTHING) -> Response:
    """The page of one aspiration, for this reader."""
    db, who = context.db_session(), context.actor()
    role = policy.desk_role(who, row)
    return render_page(
        "aspirations/show.html",
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
    aspiration = queries.visible_aspiration(db, who, code)

    def row(why: Refused) -> Response:
        left = load_calendar(db).left(who.day, aspiration.due_on) if aspiration.due_on else 0
        values: dict[str, Any] = {"left": left, "agencies": queries.assignable(db, who), "refused": why}
        return render_page("aspirations/_desk_row.html", "aspirations/_desk_row.html", aspiration=aspiration, **values)

    return brought_back(noun, error, page=lambda why: page_of(aspiration, refused=why), row=row)
