"""From the sending form to an aspiration: which village was meant, which categories there are."""

from __future__ import annotations

from collections.abc import Sequence

from kimweb.areas.models import LOWEST, Area
from kimweb.areas.queries import area_today, categories_active, find_area, near_areas
from kimweb.aspirations import forms
from kimweb.aspirations.models import Kind
from kimweb.aspirations.sending import NewAspiration
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


def category_choices() -> list[tuple[str, str]]:
    """The categories to choose from."""
    rows = categories_active(context.db_session())
    return [("", N_("Pilih"))] + [(row.code, row.name) for row in rows]


def aspiration_of(form: forms.SendForm, village_code: str) -> NewAspiration:
    """What the form says."""
    about = form.about.data or []
    return NewAspiration(
        village_code=village_code,
        kind=Kind(form.kind.data),
        category_code=form.category.data,
        title=form.title.data or "",
        body=form.body.data or "",
        place=form.place.data or "",
        name=form.name.data or "",
        phone=form.phone.data or "",
        hide_name=bool(form.hide_name.data) or not form.name.data,  # no name is as anonymous as a hidden one
        hide_text=bool(form.hide_text.data),
        about_village="desa" in about,
        about_district="kecamatan" in about,
        village_may_read=bool(form.village_may_read.data),
    )
