"""From a form to a village: which one was meant by what was typed."""

from __future__ import annotations

from collections.abc import Sequence

from kimweb.areas.finding import find_area, near_areas
from kimweb.areas.models import LOWEST, Area
from kimweb.areas.queries import area_today
from kimweb.core.i18n import N_
from kimweb.web import context


def chosen(code: str | None) -> Area | None:
    """The village or ward behind a code, also an old one, with its district; None for anything else."""
    area = area_today(context.db_session(), code) if code else None
    return area if area is not None and area.kind in LOWEST else None


def resolve(text: str) -> tuple[Area | None, Sequence[Area]]:
    """The village that was meant by a code or a name ("Mekar Jaya", "Mekar Jaya, Kec. Keluang"), and the candidates
    where the name fits several, or nearly one."""
    found, candidates = find_area(context.db_session(), text, LOWEST)
    if found is not None or candidates or not text:
        return found, candidates
    return None, [hit for hit in near_areas(context.db_session(), text) if hit.kind in LOWEST]


def which_one(candidates: Sequence[Area]) -> str:
    """The sentence for a village that is not clear yet."""
    if candidates:
        return N_("Pilih desa yang dimaksud dari daftar di bawah.")
    return N_("Tidak ada desa dengan nama ini di Musi Banyuasin. Periksa ejaannya.")
