"""From a form to a village: which one was meant by what was typed."""

from __future__ import annotations

from collections.abc import Sequence

from kimweb.areas.models import LOWEST, Area
from kimweb.areas.queries import area_today, near_areas, search_areas
from kimweb.core.i18n import N_
from kimweb.web import context


def chosen(code: str | None) -> Area | None:
    """The village or ward behind a code, also an old one, with its district; None for anything else."""
    area = area_today(context.db_session(), code) if code else None
    return area if area is not None and area.kind in LOWEST else None


def resolve(text: str) -> tuple[Area | None, Sequence[Area]]:
    """The village that was meant by a code or a name ("Mekar Jaya", "Mekar Jaya, Kec. Keluang"), and the candidates
    where the name fits several, or nearly one."""
    area = chosen(text)
    if area is not None or not text:
        return area, []
    name = text.split(",")[0].strip().casefold()
    found = [hit for hit in search_areas(context.db_session(), text, limit=12) if hit.kind in LOWEST]
    exact = [hit for hit in found if hit.name.casefold() == name]
    best = exact or found
    if not best:
        near = near_areas(context.db_session(), text)
        return None, [hit for hit in near if hit.kind in LOWEST]
    return (best[0], []) if len(best) == 1 else (None, best)


def which_one(candidates: Sequence[Area]) -> str:
    """The sentence for a village that is not clear yet."""
    if candidates:
        return N_("Pilih desa yang dimaksud dari daftar di bawah.")
    return N_("Tidak ada desa dengan nama ini di Musi Banyuasin. Periksa ejaannya.")
