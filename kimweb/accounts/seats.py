"""From what somebody typed to the place on which a role is held."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy.orm import Session

from kimweb.accounts import policy
from kimweb.areas import finding, names
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
        found, candidates = finding.find_area(session, typed, kinds)
        if found is not None or candidates:
            return [found] if found is not None else candidates
    return []


def _agencies(session: Session, typed: str) -> Sequence[Agency]:
    by_code = areas.agency_by_code(session, typed.upper()[:32])
    return [by_code] if by_code is not None else areas.agency_list(session, q=typed)[:10] if typed else []


class Places:
    """Many places at once, in memory: by code, or by the whole name of an area."""

    def __init__(self, by_code: Mapping[str, Area | Agency]) -> None:
        """`by_code`: every place, areas with their parents."""
        self._by_code = by_code
        self._by_name: dict[str, list[Area]] = defaultdict(list)
        for place in by_code.values():
            if isinstance(place, Area):
                self._by_name[names.fold(place.name)].append(place)

    def find(self, role: Role, typed: str) -> Sequence[Area | Agency]:
        """What a code or a name means ("Lais, Kec. Lais"): the one place, or several; none where it is unknown."""
        if (by_code := self._by_code.get(typed.upper())) is not None:
            return [by_code]
        (name, district), kinds = names.split_query(typed), names.kinds_named(typed)
        found = [area for area in self._by_name[name] if area.kind in kinds and _lies_in(area, district)]
        fitting = [area for area in found if policy.holding_on(role, area) is not None]
        return fitting or found


def _lies_in(area: Area, district: str) -> bool:
    return not district or (area.parent is not None and names.fold(area.parent.name) == district)


def _full_name(place: Area | Agency) -> str:
    return names.full_name(place) if isinstance(place, Area) else place.name
