"""From what somebody typed to the place on which a role is held."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from kimweb.accounts import policy
from kimweb.areas import names
from kimweb.areas import queries as areas
from kimweb.areas.models import Agency, Area, AreaKind
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
    found = _agencies(session, typed) if policy.sits_in_agency(role) else _areas(session, typed, role)
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


def _areas(session: Session, typed: str, role: Role) -> Sequence[Area]:
    """What fits the role; else what does not, to say so."""
    for kinds in (policy.kinds_of(role), tuple(AreaKind)):
        found, candidates = areas.find_area(session, typed, kinds)
        if found is not None or candidates:
            return [found] if found is not None else candidates
    return []


def _agencies(session: Session, typed: str) -> Sequence[Agency]:
    by_code = areas.agency_by_code(session, typed.upper()[:32])
    return [by_code] if by_code is not None else areas.agency_list(session, q=typed)[:10] if typed else []


def _full_name(place: Area | Agency) -> str:
    return names.full_name(place) if isinstance(place, Area) else place.name
