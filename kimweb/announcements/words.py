"""What the verbs and states of announcements are called, and how they name who speaks."""

from __future__ import annotations

from typing import Protocol

from flask import Flask
from flask_babel import gettext

from kimweb.announcements.models import State, Verb
from kimweb.areas.models import Agency, Area, AreaKind
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


def install(app: Flask) -> None:
    """Register the verbs and the filters."""
    add_verbs(app, VERBS)
    app.jinja_env.filters.update(
        announcement_state=lambda state: gettext(STATES[state]),
        speaker=speaker,
    )
