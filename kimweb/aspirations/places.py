"""From the sending form to an aspiration: which village was meant, which categories there are."""

from __future__ import annotations

from collections.abc import Sequence

from kimweb.areas.models import Area, AreaKind
from kimweb.areas.queries import area_by_code, search_areas
from kimweb.aspirations import forms, queries
from kimweb.aspirations.models import Kind
from kimweb.aspirations.sending import NewAspiration
from kimweb.core.i18n import N_
from kimweb.web import context

_PLACES = (AreaKind.VILLAGE, AreaKind.WARD)


def chosen(code: str | None) -> Area | None:
    """The village or ward behind a code, with its district; None for anything else."""
    area = area_by_code(context.db_session(), code) if code else None
    return area if area is not None and area.kind in _PLACES else None


def resolve(text: str) -> tuple[Area | None, Sequence[Area]]:
    """The village that was meant by a code or a name ("Mekar Jaya", "Mekar Jaya, Kec. Keluang"), and the candidates
    where the name fits several."""
    area = chosen(text)
    if area is not None or not text:
        return area, []
    name = text.split(",")[0].strip().casefold()
    found = [hit for hit in search_areas(context.db_session(), text, limit=12) if hit.kind in _PLACES]
    exact = [hit for hit in found if hit.name.casefold() == name]
    best = exact or found
    return (best[0], []) if len(best) == 1 else (None, best)


def which_one(candidates: Sequence[Area]) -> str:
    """The sentence for a village that is not clear yet."""
    if candidates:
        return N_("Ada beberapa. Pilih satu dari daftar di bawah.")
    return N_("Tidak ada desa dengan nama ini di Musi Banyuasin. Periksa ejaannya.")


def category_choices() -> list[tuple[str, str]]:
    """The categories to choose from, each with its plain example."""
    rows = queries.active_categories(context.db_session())
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
