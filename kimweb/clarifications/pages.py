"""The page of one claim or clarification, its row on a desk, and the forms in which its text is written."""

from __future__ import annotations

from typing import Any

from werkzeug.wrappers import Response

from kimweb.areas.audience import AudienceChoice, audience_choice
from kimweb.clarifications import forms, policy, queries
from kimweb.clarifications.actions import waiting_correction
from kimweb.clarifications.models import Clarification
from kimweb.core.calendar import load_calendar
from kimweb.core.errors import Invalid
from kimweb.web import context
from kimweb.web.htmx import render_page
from kimweb.web.refused import NOTHING, Refused, brought_back


def page_of(row: Clarification, *, refused: Refused = NOTHING) -> Response:
    """The page of one, for this reader."""
    db, who = context.db_session(), context.actor()
    return render_page(
        "clarifications/show.html",
        fact=row,
        role=policy.desk_role(who, row),
        is_sender=row.proof in who.proofs,
        inside=policy.can_read_inside(who, row),
        history=queries.record_for(db, who, row),
        explanation=queries.explanation(db, who, row),
        refused=refused,
    )


def withdrawn_page(clarification_id: int) -> Response:
    """What a reader sees of one that was withdrawn: that it was, when and why, never what it said (410)."""
    row, entry = queries.withdrawn(context.db_session(), clarification_id)
    return render_page("clarifications/withdrawn.html", status=410, fact=row, entry=entry)


def refused_change(clarification_id: int, noun: str, error: Invalid) -> Response:
    """422: the page (on the desk: the row) with the form open, what was typed in it, and what is wrong at its field."""
    db, who = context.db_session(), context.actor()
    fact = queries.visible_clarification(db, who, clarification_id)

    def row(why: Refused) -> Response:
        left = load_calendar(db).left(who.day, fact.due_on) if fact.due_on else 0
        fragment = "clarifications/_desk_row.html"
        return render_page(fragment, fragment, fact=fact, left=left, refused=why)

    return brought_back(noun, error, page=lambda why: page_of(fact, refused=why), row=row)


def examine_form(row: Clarification) -> tuple[forms.ExamineForm, AudienceChoice]:
    """The form of what was found out, with what is kept (or was just typed), and whom this official may address."""
    standing = [place.area_code for place in row.audience]
    kept = {"areas": standing, "notes": row.notes, "shows_photo": any(photo.shown for photo in row.photos)}
    form = forms.ExamineForm(data={**forms.filled(row), **kept})
    choice = audience_choice(context.db_session(), policy.addressable(context.actor(), row))
    form.areas.offered = choice.codes() | set(standing)
    return form, choice


def examine_page(row: Clarification, form: forms.ExamineForm, choice: AudienceChoice, *, status: int = 200) -> Response:
    """Where the text is written; 409: it changed meanwhile, and what was typed stays."""
    status = 422 if form.errors and status == 200 else status
    values: dict[str, Any] = {"form": form, "choice": choice, "stale": status == 409}
    return render_page("clarifications/examine.html", status=status, fact=row, **values)


def correct_form(row: Clarification) -> forms.CorrectForm:
    """The form of a correction: what stands, or the correction that waits already."""
    waiting = waiting_correction(row)
    told = {"change": waiting.change, "why": waiting.why} if waiting else {}
    return forms.CorrectForm(data={**forms.filled(waiting or row), **told})


def correct_page(row: Clarification, form: forms.CorrectForm, *, status: int = 200) -> Response:
    """Where a correction is written."""
    status = 422 if form.errors and status == 200 else status
    return render_page("clarifications/correct.html", status=status, fact=row, form=form, stale=status == 409)
