"""The desk: what waits for whoever is signed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kimweb.accounts.models import RoleGrant
from kimweb.accounts.policy import ROLE_ORDER
from kimweb.accounts.queries import grants_of
from kimweb.aspirations import queries as aspirations
from kimweb.core.actor import Actor
from kimweb.core.calendar import load_calendar
from kimweb.core.paging import Page
from kimweb.core.permissions import Permission
from kimweb.home import queries, waiting
from kimweb.home.blueprint import bp
from kimweb.home.waiting import DeskRow, Flow, Group
from kimweb.news import policy as news_policy
from kimweb.news import queries as news_queries
from kimweb.news.models import News, State
from kimweb.news.revisions import changes_of
from kimweb.web import context
from kimweb.web.access import allow
from kimweb.web.htmx import render_page
from kimweb.web.refused import NOTHING


@bp.get("/meja/")
@allow(Permission.DESK_SEE)
def desk() -> Response:
    """What waits, the most urgent first; of one flow with `?alur=`."""
    db, actor, asked = context.db_session(), context.actor(), request.args.get("alur")
    flow = next((one for one in Flow if one == asked), None)
    after = waiting.read_place(request.args.get("sesudah"))
    counts = waiting.counts(db, actor)
    page = waiting.rows(db, actor, load_calendar(db), flow=flow, after=after)
    own = own_pieces(db, actor) if after is None and flow in (None, Flow.NEWS) else []
    news_first = after is None and flow in (None, Flow.NEWS)
    reported, second = news_queries.watched(db, actor) if news_first else ([], [])
    values: dict[str, Any] = {
        "reported": reported,
        "second": second,
        "reports": news_queries.reports_of(db, [*reported, *second]),
        "changes": changes_of(db, [row.subject for row in page.items if row.flow is Flow.NEWS]),
        "agencies": aspirations.assignable(db, actor),
        "refused": NOTHING,
        "role": _widest(grants_of(db, actor.user_id or 0, actor.day)),
        "reasons": queries.return_reasons(db, own),
        "headline": headline(page, counts[flow] if flow else sum(counts.values()), own, reported, first=after is None),
    }
    shown, groups = tabs(counts, flow), waiting.grouped(page.items)
    return render_page(
        "home/desk.html", flow=flow, counts=counts, shown=shown, groups=groups, after=page.after, own=own, **values
    )


def own_pieces(db: Session, actor: Actor) -> Sequence[News]:
    """The actor's unfinished pieces, returned ones first; not those that wait on the same desk anyway."""
    reviewed = news_policy.reviewing_areas(actor)
    pieces = news_queries.mine(db, actor)
    waiting_here = (State.SUBMITTED, State.REVISING)
    return [
        piece
        for piece in pieces
        if piece.state not in waiting_here or piece.area_code not in reviewed or news_policy.held_back(actor, piece)
    ]


def headline(page: Page[DeskRow], total: int, own: Sequence[News], reported: Sequence[News], *, first: bool) -> str:
    """The one sentence above the rows. What readers reported, what is late and what ends today is named while the page
    shows all of it."""
    late, today = (sum(row.group is group for row in page.items) for group in (Group.LATE, Group.TODAY))
    whole = first and (page.after is None or late + today < len(page.items))
    if whole and (late or today or reported):
        parts = [_("%(count)d dilaporkan pembaca", count=len(reported)) if reported else ""]
        parts.append(_("%(count)d lewat batas", count=late) if late else "")
        parts.append(_("%(count)d habis hari ini", count=today) if today else "")
        return ", ".join(part for part in parts if part)
    if total:
        return str(ngettext("%(num)d menunggu", "%(num)d menunggu", total))
    returned = sum(piece.state is State.RETURNED for piece in own)
    if returned:
        return str(ngettext("%(num)d berita perlu diperbaiki", "%(num)d berita perlu diperbaiki", returned))
    return str(_("Tidak ada yang menunggu Anda"))


def _widest(grants: Sequence[RoleGrant]) -> RoleGrant | None:
    """The grant by which the desk is named."""
    return min(grants, key=lambda grant: ROLE_ORDER.index(grant.role), default=None)


def tabs(counts: Mapping[Flow, int], flow: Flow | None) -> list[Flow]:
    """The flows with something in them, and the one that is open."""
    return [one for one in Flow if counts[one] or one is flow]
