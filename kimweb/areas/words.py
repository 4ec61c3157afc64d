"""What places are called in the interface: a village always with its district, since names repeat; and
who is addressed."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from typing import Protocol

from babel.lists import format_list
from flask import Flask
from flask_babel import get_locale, gettext, ngettext

from kimweb.areas.models import LOWEST, Area, AreaKind


class Addressed(Protocol):
    """A row that names an addressed area, loaded with its parent."""

    @property
    def area(self) -> Area: ...


def place_name(area: Area) -> str:
    """The name of an area; of a village or ward (parent loaded) with its district's."""
    if area.kind not in LOWEST or area.parent is None:
        return area.name
    return f"{area.name}, {gettext('Kec. %(name)s', name=area.parent.name)}"


def audience(rows: Iterable[Addressed]) -> str:
    """Everyone addressed (areas and parents loaded): "Kec. Lais; Ulak Teberau dan Karang Waru (Kec. Lawang Wetan)"."""
    areas = _ordered(rows)
    parts = [_name(area) for area in areas if area.kind in (AreaKind.REGENCY, AreaKind.DISTRICT)]
    lowest = [area for area in areas if area.kind in LOWEST]
    for district, villages in groupby(lowest, key=_district):
        parts.append(f"{_listed([area.name for area in villages])} ({_district_name(district)})")
    return _listed(parts) if len(parts) == len(areas) else "; ".join(parts)


def audience_brief(rows: Iterable[Addressed]) -> str:
    """The first one addressed and how many more: "Kec. Lais dan 2 lagi"."""
    areas = _ordered(rows)
    if not areas:
        return ""
    first, more = _name(areas[0]), len(areas) - 1
    if areas[0].kind in LOWEST:
        first = f"{first}, {_district_name(_district(areas[0]))}"
    return ngettext("%(name)s dan %(num)d lagi", "%(name)s dan %(num)d lagi", more, name=first) if more else first


def _ordered(rows: Iterable[Addressed]) -> list[Area]:
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
    """Register the filters."""
    app.jinja_env.filters.update(place_name=place_name, audience=audience, audience_brief=audience_brief)
