"""From the sending form to an aspiration: what the form says, which categories there are."""

from __future__ import annotations

from kimweb.areas.queries import categories_active
from kimweb.aspirations import forms
from kimweb.aspirations.models import Kind
from kimweb.aspirations.sending import NewAspiration
from kimweb.core.i18n import N_
from kimweb.web import context


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
