"""What the verbs and states of announcements are called, and how they name who speaks and who is addressed."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Protocol

from babel.lists import format_list
from flask import Flask
from flask_babel import get_locale, gettext, ngettext

from kimweb.announcements.models import AnnouncementArea, State, Verb
from kimweb.areas.models import LOWEST, Agency, Area, AreaKind
from kimweb.core.i18n import N_
from kimweb.web.words import add_verbs

VERBS: dict[str, str] = {Verb.PUBLISH: N_("diterbitkan"), Verb.WITHDRAW: N_("ditarik")}
STATES = {State.DRAFT: N_("Draf"), State.PUBLISHED: N_("Terbit"), State.WITHDRAWN: N_("Ditarik")}


class Speaking(Protocol):
    """An announcement or a `NamedOffice`, with area and agency loaded."""

    @property
    def area(self) -> Area: ...
    @property
    def agency(self) -> Agency | None: ...


def speaker(office: Speaking) -> str:
    """Who speaks: the agency, the district, or the regency's Dinas Kominfo."""
    if office.agency is not None:
        return office.agency.name
    if office.area.kind is AreaKind.DISTRICT:
        return str(gettext("Kecamatan %(name)s", name=office.area.name))
    return str(gettext("Dinas Kominfo %(name)s", name=office.area.name))


def audience(rows: Iterable[AnnouncementArea]) -> str:
    """Everyone addressed (areas and parents loaded): "Kec. Lais; Ulak Teberau dan Karang Waru (Kec. Lawang Wetan)"."""
    areas = _ordered(rows)
    parts = [_name(area) for area in areas if area.kind in (AreaKind.REGENCY, AreaKind.DISTRICT)]
    lowest = [area for area in areas if area.kind in LOWEST]
    for district, villages in groupby(lowest, key=_district):
        parts.append(f"{_listed([area.name for area in villages])} ({_district_name(district)})")
    return _listed(parts) if len(parts) == len(areas) else "; ".join(parts)


def audience_brief(rows: Iterable[AnnouncementArea]) -> str:
    """The first one addressed and how many more: "Kec. Lais dan 2 lagi"."""
    areas = _ordered(rows)
    if not areas:
        return ""
    first, more = _name(areas[0]), len(areas) - 1
    if areas[0].kind in LOWEST:
        first = f"{first}, {_district_name(_district(areas[0]))}"
    return ngettext("%(name)s dan %(num)d lagi", "%(name)s dan %(num)d lagi", more, name=first) if more else first


def _ordered(rows: Iterable[AnnouncementArea]) -> list[Area]:
    """The regency, districts by name, then villages by district and name."""
    return sorted((row.area for row in rows), key=lambda area: (len(area.code) > 8, _district(area), area.name))


def _district(area: Area) -> str:
    return area.parent.name if area.kind in LOWEST and area.parent else ""


def _district_name(name: str) -> str:
    return str(gettext("Kec. %(name)s", name=name))


def _name(area: Area) -> str:
    if area.kind is AreaKind.REGENCY:
        return str(gettext("Seluruh %(name)s", name=area.name))
    return _district_name(area.name) if area.kind is AreaKind.DISTRICT else area.name


def _listed(parts: list[str]) -> str:
    return format_list(parts, locale=str(get_locale() or "id"))


def install(app: Flask) -> None:
    """Register the verbs and the filters."""
    add_verbs(app, VERBS)
    app.jinja_env.filters.update(
        announcement_state=lambda state: gettext(STATES[state]),
        audience=audience,
        audience_brief=audience_brief,
        speaker=speaker,
    )
