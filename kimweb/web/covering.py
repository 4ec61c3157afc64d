"""The page on which parts of a photo are covered: the picture with a grid, and a box to tick for each of its cells."""

from __future__ import annotations

from typing import Any

from flask import request
from werkzeug.wrappers import Response
from wtforms import SelectMultipleField

from kimweb.core import pictures
from kimweb.core.i18n import N_
from kimweb.core.photos import PhotoLink, file_of
from kimweb.web import context
from kimweb.web.forms import Filled, StateForm
from kimweb.web.htmx import render_page


class CoverForm(StateForm):
    """The cells that are ticked, A1 to F8."""

    cells = SelectMultipleField(
        "Bagian yang ditutup",
        choices=[(cell, cell) for cell in sorted(pictures.CELLS)],
        validators=[Filled(N_("Centang paling sedikit satu kotak."))],
    )


def covered(link: PhotoLink, form: CoverForm) -> pictures.Picture:
    """The photo once more, with the ticked cells black. Raises Busy."""
    view = file_of(context.db_session(), link.hash, pictures.FileKind.WEBP, pictures.SIZES[-1])
    return pictures.cover(view.content, form.cells.data or ())


def page(form: CoverForm, link: PhotoLink, subject: Any, *, area: Any, back: str) -> Response:
    """The page. `subject`: the row whose version the form carries, with a title; `area`: whose masthead stands there;
    `back`: where the row stands."""
    view = file_of(context.db_session(), link.hash, pictures.FileKind.JPEG, pictures.SIZES[-1])
    width, height = pictures.grid_size(view.width, view.height)
    values: dict[str, Any] = {
        "form": form,
        "photo": link,
        "subject": subject,
        "area": area,
        "back": back,
        "action": request.path,
    }
    grid = {"columns": pictures.COLUMNS, "rows": list(pictures.ROWS), "width": width, "height": height}
    return render_page("components/cover.html", status=422 if form.errors else 200, **values, **grid)
