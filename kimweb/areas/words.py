"""What places are called in the interface: a village always with its district, since names repeat."""

from __future__ import annotations

from flask import Flask
from flask_babel import gettext

from kimweb.areas.models import LOWEST, Area


def place_name(area: Area) -> str:
    """The name of an area; of a village or ward (parent loaded) with its district's."""
    if area.kind not in LOWEST or area.parent is None:
        return area.name
    return f"{area.name}, {gettext('Kec. %(name)s', name=area.parent.name)}"


def install(app: Flask) -> None:
    """Register the filter."""
    app.jinja_env.filters["place_name"] = place_name
