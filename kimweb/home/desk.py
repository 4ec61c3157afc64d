"""The desk: what waits for whoever is signed in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kimweb.accounts.directory import asked_erasure
from kimweb.accounts.models import RoleGrant
from kimweb.accounts.policy import ROLE_ORDER
from kimweb.accounts.queries import absences_today, grants_of
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
from kimweb.web.access import allow, may
from kimweb.web.htmx import render_page
from kimweb.web.refused import NOTHING


@dataclass(frozen=True, slots=True)
class Pile:
    """What waits, as one page of the desk shows it."""

    flow: Flow | None
    counts: Mapping[Flow, int]
    page: Page[DeskRow]
    own: Sequence[News]
    reported: Sequence[News]
    second: Sequence[News]
    few: Sequence[News]
    first: bool

    def head(self) -> dict[str, Any]:
        """What its heading and tabs need."""
        total = self.counts[self.flow] if self.flow else sum(self.counts.values())
        line = headline(self.page, total, self.own, self.reported, first=self.first)
        return {"shown": tabs(self.counts, self.flow), "flow": self.flow, "counts": self.counts, "headline": line}


def pile(db: Session, actor: Actor, asked: Mapping[str, str]) -> Pile:
    """What waits, the most urgent first; of one flow with `alur`, from a place on with `sesudah`."""
    flow = next((one for one in Flow if one == asked.get("alur")), None)
    after = waiting.read_place(asked.get("sesudah"))
    news_first = after is None and flow in (None, Flow.NEWS)
    reported, second, few = news_queries.watched(db, actor) if news_first else ([], [], [])
    return Pile(
        flow=flow,
        counts=waiting.counts(db, actor),
        page=waiting.rows(db, actor, load_calendar(db), flow=flow, after=after),
        own=own_pieces(db, actor) if news_first else [],
        reported=reported,
        second=second,
        few=few,
        first=after is None,
    )


@bp.get("/meja/")
@allow(Permission.DESK_SEE)
def desk() -> Response:
    """What waits, the most urgent first; of one flow with `?alur=`."""
    db, actor = context.db_session(), context.actor()
    found = pile(db, actor, request.args)
    rows = found.page.items
    away, stands_in = absences_today(db, actor)
    changing = [*found.reported, *found.second, *(row.subject for row in rows if row.flow is Flow.NEWS)]
    values: dict[str, Any] = {
        **found.head(),
        "away": away,
        "stands_in": stands_in,
        "agencies": aspirations.assignable(db, actor),
        "refused": NOTHING,
        "role": _widest(grants_of(db, actor.user_id or 0, actor.day)),
        "reasons": queries.return_reasons(db, found.own),
        "own": found.own,
        "asked": asked_erasure(db, actor),
        "reported": found.reported,
        "second": found.second,
        "few": found.few,
        "reports": news_queries.reports_of(db, [*found.reported, *found.second]),
        "changes": changes_of(db, changing),
    }
    return render_page("home/desk.html", groups=waiting.grouped(rows), after=found.page.after, **values)


def head_now(address: str) -> str:
    """The desk's heading and tabs after a decision, for the desk that stands in the browser at `address`; "" for any
    other page, or where the desk is closed to whoever asks."""
    try:
        parts = urlsplit(address)
    except ValueError:  # the decision counts, whatever the browser says about where it stands
        return ""
    if parts.path != url_for("home.desk") or not may(context.actor(), Permission.DESK_SEE):
        return ""
    found = pile(context.db_session(), context.actor(), dict(parse_qsl(parts.query)))
    head = render_template("home/_desk_head.html", in_place=True, **found.head())
    return Markup(head)  # noqa: S704  # nosec B704 # our template, which escapes


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
