"""From what somebody typed to the place on which a role is held."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from kimweb.accounts import policy
from kimweb.areas import names
from kimweb.areas import queries as areas
from kimweb.areas.models import LOWEST, Agency, Area
from kimweb.core.actor import REGENCY, Role
from kimweb.core.errors import Invalid
from kimweb.core.i18n import N_, Sentence

SHOWN = 4
"""How many places of the same name are told."""


def find_place(session: Session, role: Role, typed: str) -> Area | Agency:
    """The place of a role by its code, or by its name ("Mekar Jaya, Kec. Lais"; "Dinas PUPR"). Raises Invalid, and says
    which ones are meant when there are several."""
    if policy.sits_on_regency(role):
        typed = REGENCY
    found = _agencies(session, typed) if policy.sits_in_agency(role) else _areas(session, typed)
    fitting = [place for place in found if policy.holding_on(role, place) is not None]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        told = "; ".join(f"{_full_name(place)} ({place.code})" for place in fitting[:SHOWN])
        sentence: str = Sentence(N_("Ada beberapa: %(places)s. Tulis kodenya saja."), places=told)
    elif found:
        sentence = N_("Peran ini tidak ada di tempat itu. Pilih yang lain.")
    else:
        sentence = N_("Tidak ditemukan. Tulis nama atau kodenya, misalnya “Sukarami, Kec. Sekayu” atau PUPR.")
    raise Invalid("Tempatnya belum jelas.", {"place": sentence})


def _areas(session: Session, typed: str) -> Sequence[Area]:
    by_code = areas.area_today(session, typed)
    if by_code is not None:
        return [by_code]
    found = areas.search_areas(session, typed, 10)
    name = names.split_query(typed)[0]
    return [area for area in found if name in names.spellings(area.search_name)] or found


def _agencies(session: Session, typed: str) -> Sequence[Agency]:
    by_code = areas.agency_by_code(session, typed.upper()[:32])
    return [by_code] if by_code is not None else areas.agency_list(session, q=typed)[:10] if typed else []


def _full_name(place: Area | Agency) -> str:
    if isinstance(place, Area) and place.kind in LOWEST and place.parent is not None:
        return f"{place.name}, Kec. {place.parent.name}"
    return place.name
