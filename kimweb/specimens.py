"""One specimen of each kind of row, place and person: what docs/permissions.md is computed from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from kimweb.accounts.policy import gives, sits_in_agency
from kimweb.announcements import models as announcements
from kimweb.announcements import policy as announcement_policy
from kimweb.announcements.workflow import TRANSITIONS as announcement_table
from kimweb.areas.policy import can_edit_reference
from kimweb.aspirations import models as aspirations
from kimweb.aspirations import policy as aspiration_policy
from kimweb.aspirations.workflow import TRANSITIONS as aspiration_table
from kimweb.clarifications import models as clarifications
from kimweb.clarifications import policy as clarification_policy
from kimweb.clarifications.workflow import TRANSITIONS as clarification_table
from kimweb.core.actor import REGENCY, Actor, Holding, Role
from kimweb.core.permissions import Permission
from kimweb.news import models as news
from kimweb.news import policy as news_policy
from kimweb.news.workflow import TRANSITIONS as news_table
from kimweb.web.permissions import FAR, NEAR, OWN, Case, Matrix, by_policy

_PLACES = {OWN: "16.06.01.2001", NEAR: "16.06.01.2002", FAR: "16.06.02.2001"}
_DAY = date(2026, 11, 18)
_THEIRS, _OTHERS = 1, 2
"""Ids: of the agency to which something is assigned, or of the person who wrote it; and of another one."""


def _actor(*holdings: Holding, user_id: int | None = _OTHERS, proofs: Sequence[str] = ()) -> Actor:
    return Actor(day=_DAY, user_id=user_id, holdings=frozenset(holdings), proofs=frozenset(proofs))


def _people() -> dict[str, Actor]:
    village, district = _PLACES[OWN], _PLACES[OWN][:8]
    stepping_in = (Holding(Role.REVIEWER, district), Holding(Role.MODERATOR, village, by=Role.REVIEWER))
    return {
        "visitor": _actor(user_id=None),
        "member": _actor(Holding(Role.MEMBER, village)),
        "moderator": _actor(Holding(Role.MODERATOR, village)),
        "reviewer": _actor(Holding(Role.REVIEWER, district)),
        "reviewer, village without moderator": _actor(*stepping_in),
        "agency": _actor(Holding(Role.AGENCY, agency_id=_THEIRS)),
        "another agency": _actor(Holding(Role.AGENCY, agency_id=_OTHERS)),
        "admin": _actor(Holding(Role.ADMIN, REGENCY)),
    }


def matrices() -> list[Matrix]:
    """The matrix of each feature: role × verb × place, from its policy and table."""
    flows = [_news_matrix(), _announcement_matrix(), _aspiration_matrix(), _clarification_matrix()]
    return [*flows, _reference_matrix(), _account_matrix()]


def _news_matrix() -> Matrix:
    writers = {"member, the author": (Role.MEMBER, _THEIRS), "moderator, the author": (Role.MODERATOR, _THEIRS)}
    authors = {name: _actor(Holding(role, _PLACES[OWN]), user_id=who) for name, (role, who) in writers.items()}

    def rows(state: news.State, **values: Any) -> dict[str, Any]:
        fields = {"author_id": _THEIRS, "state": state, **values}
        return {place: news.News(area_code=code, **fields) for place, code in _PLACES.items()}

    def in_election(permission: Permission) -> Callable[[Actor, Any], bool]:
        ask = by_policy(news_policy.authority, permission)
        return lambda actor, row: ask(replace(actor, elections=frozenset({REGENCY})), row)

    cases = [Case("see", str(state), None, rows(state), news_policy.can_see) for state in news.State]
    for (state, verb), step in news_table.items():
        ask = by_policy(news_policy.authority, step.permission)
        cases.append(Case(verb, str(state), step.permission, rows(state), ask))
    mends = by_policy(news_policy.authority, Permission.NEWS_PHOTO)
    cases += [Case("foto", str(state), Permission.NEWS_PHOTO, rows(state), mends) for state in news.State]
    for (state, verb), step in news_table.items():
        if verb in (news.Verb.PUBLISH, news.Verb.RESTORE):
            own, what = rows(state, by_moderator=True), f"{state}, a moderator's own, masa pemilihan"
            cases.append(Case(verb, what, step.permission, own, in_election(step.permission)))
    return Matrix("News", {**authors, **_people()}, cases)


def _announcement_matrix() -> Matrix:
    def rows(state: announcements.State, kind: str) -> dict[str, Any]:
        found = {}
        for place, code in _PLACES.items():
            office = code[:8] if kind == "a district's" else REGENCY
            row = announcements.Announcement(area_code=office, author_id=_THEIRS, state=state, starts_on=_DAY)
            row.agency_id = _THEIRS if kind == "an agency's" else None
            row.audience = [announcements.AnnouncementArea(area_code=code[:8])]
            found[place] = row
        return found

    cases = []
    for kind in ("the regency's", "a district's", "an agency's"):
        mends = by_policy(announcement_policy.authority, Permission.ANNOUNCEMENT_PHOTO)
        for state in announcements.State:
            cases.append(Case("see", f"{kind}, {state}", None, rows(state, kind), announcement_policy.can_see))
            cases.append(Case("foto", f"{kind}, {state}", Permission.ANNOUNCEMENT_PHOTO, rows(state, kind), mends))
        ask = by_policy(announcement_policy.authority, Permission.ANNOUNCEMENT_WRITE)
        draft = announcements.State.DRAFT
        cases.append(Case("ubah", f"{kind}, {draft}", Permission.ANNOUNCEMENT_WRITE, rows(draft, kind), ask))
        for (state, verb), step in announcement_table.items():
            ask = by_policy(announcement_policy.authority, step.permission)
            cases.append(Case(verb, f"{kind}, {state}", step.permission, rows(state, kind), ask))
    return Matrix("Announcements", _people(), cases)


def _aspiration_matrix() -> Matrix:
    desk, state = aspirations.Desk, aspirations.State
    where = {
        state.RECEIVED: (desk.VILLAGE, desk.DISTRICT, desk.REGENCY),
        state.FORWARDED: (desk.DISTRICT, desk.REGENCY),
        state.ASSIGNED: (desk.AGENCY,),
        state.LAPSED: (desk.NOBODY,),
    }

    def rows(at: aspirations.State, on: aspirations.Desk, *, late: bool, kind: str = "") -> dict[str, Any]:
        secret, about_village = kind == ", secret", kind == ", about the village"
        found = {}
        for place, code in _PLACES.items():
            row = aspirations.Aspiration(code="H4T-9QC", village_code=code, state=at, desk=on, hide_text=secret)
            row.hide_name, row.about_village, row.about_district = True, about_village, on is desk.REGENCY
            row.village_bypassed = on is not desk.VILLAGE and bool(kind)
            row.desk_since = _DAY
            row.confirmed_at = None if at is state.RECEIVED else datetime(2026, 11, 16, tzinfo=UTC)
            row.due_on = _DAY - timedelta(days=1) if late else _DAY
            row.agency_id = _THEIRS if on is desk.AGENCY else None
            found[place] = row
        return found

    def named(at: aspirations.State, on: aspirations.Desk, late: bool) -> str:
        return f"{at}, desk {on}" + (", late" if late else "")

    cases = [
        Case("see", named(at, on, False) + kind, None, rows(at, on, late=False, kind=kind), see)
        for see in (aspiration_policy.can_see,)
        for at, desks in where.items()
        for on in desks
        for kind in (("", ", secret") if on is desk.VILLAGE else ("", ", secret", ", about the village"))
    ]
    mends = by_policy(aspiration_policy.authority, Permission.ASPIRATION_PHOTO)
    cases += [
        Case("foto", named(at, on, False), Permission.ASPIRATION_PHOTO, rows(at, on, late=False), mends)
        for at, desks in where.items()
        for on in desks
    ]
    for (at, verb), step in aspiration_table.items():
        ask = by_policy(aspiration_policy.authority, step.permission)
        for on in where.get(at, (desk.SENDER,)):
            for late in (False, True) if at in where and on is not desk.NOBODY else (False,):
                cases.append(Case(verb, named(at, on, late), step.permission, rows(at, on, late=late), ask))
    others = {"sender (code and PIN)": _actor(user_id=None, proofs=["aspiration:H4T-9QC"])}
    others["system"] = _actor(Holding(Role.SYSTEM, REGENCY), user_id=None)
    return Matrix("Aspirations", {**_people(), **others}, cases)


def _clarification_matrix() -> Matrix:
    def rows(state: clarifications.State, proposer: int | None = None, *, village: bool = True) -> dict[str, Any]:
        found = {}
        for place, code in _PLACES.items():
            row = clarifications.Clarification(code="H4T-9QC", village_code=code if village else None, state=state)
            row.proposed_by = proposer
            found[place] = row
        return found

    see = clarification_policy.can_see
    cases = [Case("see", str(state), None, rows(state), see) for state in clarifications.State]
    received = clarifications.State.RECEIVED
    cases.append(Case("see", f"{received}, of no village", None, rows(received, village=False), see))
    for (state, verb), step in clarification_table.items():
        ask = by_policy(clarification_policy.authority, step.permission)
        cases.append(Case(verb, str(state), step.permission, rows(state), ask))
        if verb is clarifications.Verb.PUBLISH:
            own = f"{state}, what they proposed themselves"
            cases.append(Case(verb, own, step.permission, rows(state, _OTHERS), ask))
    published = rows(clarifications.State.PUBLISHED)
    for name, permission in (("foto", Permission.CLARIFICATION_PHOTO), ("tanggapan", Permission.CLARIFICATION_REPLY)):
        ask = by_policy(clarification_policy.authority, permission)
        cases.append(Case(name, str(clarifications.State.PUBLISHED), permission, published, ask))
    sender = {"sender (code and PIN)": _actor(user_id=None, proofs=["clarification:H4T-9QC"])}
    return Matrix("Cek Fakta", {**_people(), **sender}, cases)


def _reference_matrix() -> Matrix:
    nothing = dict.fromkeys(_PLACES)
    edits = Case(
        "edit", "reference data", Permission.REFERENCE_EDIT, nothing, lambda who, _row: can_edit_reference(who)
    )
    return Matrix("Agencies, categories, holidays", _people(), [edits])


def _account_matrix() -> Matrix:
    def seats(role: Role) -> dict[str, Holding]:
        if sits_in_agency(role):
            return dict.fromkeys(_PLACES, Holding(role, agency_id=_THEIRS))
        cut = {Role.REVIEWER: 8, Role.ADMIN: 5}.get(role, 13)
        return {place: Holding(role, code[:cut]) for place, code in _PLACES.items()}

    def may(actor: Actor, seat: Holding) -> bool:
        return gives(actor, seat) is not None

    roles = (Role.MEMBER, Role.MODERATOR, Role.REVIEWER, Role.AGENCY, Role.ADMIN)
    cases = [Case("give or end", f"role {role}", Permission.ACCOUNT_INVITE, seats(role), may) for role in roles]
    return Matrix("Roles: by invitation, and on a person's page", _people(), cases)
