"""The page on which one photo is mended, the same in all flows: parts are covered, and what it shows is written.

It has two small forms: a grid of boxes to tick over the picture, and a line for the words in its place.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, request
from werkzeug.wrappers import Response
from wtforms import SelectMultipleField

from kimweb.core import pictures
from kimweb.core.errors import NotAllowed
from kimweb.core.i18n import N_
from kimweb.core.permissions import Permission
from kimweb.core.photos import ALT_MAX, Mended, PhotoLink, file_of, one_of
from kimweb.core.workflow import Step
from kimweb.web import context
from kimweb.web.access import allow
from kimweb.web.forms import AtMost, Filled, LineField, StateForm
from kimweb.web.htmx import done, render_page


class CoverForm(StateForm):
    """The cells that are ticked, A1 to F8."""

    cells = SelectMultipleField(
        "Bagian yang ditutup",
        choices=[(cell, cell) for cell in sorted(pictures.CELLS)],
        validators=[Filled(N_("Centang paling sedikit satu kotak."))],
    )


class AltForm(StateForm):
    """What a photo shows; a villager's may go without."""

    alt = LineField("Apa yang tampak", validators=[AtMost(ALT_MAX)])


class NeededAltForm(AltForm):
    """What a photo shows, which an official's photo must say."""

    alt = LineField(
        "Apa yang tampak",
        validators=[
            Filled(N_("Masih kosong. Tulis apa yang tampak, cukup beberapa kata.")),
            AtMost(ALT_MAX),
        ],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """What a feature brings. `address`: of its rows, whose arguments `find(session, actor, …)` and the action
    `mend(session, step, …, photo_id=, to=)` take; `check(actor, row)` raises NotAllowed, and so
    does `check_words` where covering is up to the actor and the words are not; `place(row)`: whose masthead stands
    above."""

    address: str
    permission: Permission
    find: Callable[..., Any]
    check: Callable[..., Any]
    mend: Callable[..., Any]
    place: Callable[[Any], Any]
    alt_form: type[AltForm] = NeededAltForm
    check_words: Callable[..., Any] | None = None


def register(bp: Blueprint, flow: Flow) -> None:
    """Put the page and its two forms on the blueprint of a feature."""

    def photo(photo_id: int, **row: Any) -> Response:
        """The photo under its grid, and its words."""
        return _page(flow, *_found(flow, photo_id, row))

    def cover(photo_id: int, **row: Any) -> Response:
        """Make the ticked parts black."""
        (subject, link), form = _found(flow, photo_id, row), CoverForm()
        if not form.validate():
            return _page(flow, subject, link, cover=form)
        view = file_of(context.db_session(), link.hash, pictures.FileKind.WEBP, pictures.SIZES[-1])
        picture = pictures.cover(view.content, form.cells.data or ())
        return _mend(flow, form, picture, N_("Sudah ditutup. Foto yang lama dihapus."), photo_id=photo_id, **row)

    def describe(photo_id: int, **row: Any) -> Response:
        """Write what it shows."""
        (subject, link), form = _found(flow, photo_id, row), flow.alt_form()
        if flow.check_words:
            flow.check_words(context.actor(), subject)
        if not form.validate():
            return _page(flow, subject, link, words=form)
        return _mend(flow, form, form.alt.data or "", N_("Keterangan foto tersimpan."), photo_id=photo_id, **row)

    here, marked = f"{flow.address}foto/<id:photo_id>/", allow(flow.permission)
    bp.get(here, endpoint="photo")(marked(photo))
    bp.post(f"{here}penyamaran", endpoint="cover")(marked(cover))
    bp.post(f"{here}uraian", endpoint="describe")(marked(describe))


def _found(flow: Flow, photo_id: int, row: dict[str, Any]) -> tuple[Any, PhotoLink]:
    subject = flow.find(context.db_session(), context.actor(), **row)
    link = one_of(subject.photos, photo_id)
    flow.check(context.actor(), subject)
    return subject, link


def _mend(flow: Flow, form: StateForm, to: Mended, message: str, **which: Any) -> Response:
    step = Step(context.actor(), context.now(), form.version.data)
    subject = flow.mend(context.db_session(), step, to=to, **which)
    return done(message, to=_back(), title=subject.title)


def _offers_words(flow: Flow, subject: Any) -> bool:
    try:
        if flow.check_words:
            flow.check_words(context.actor(), subject)
    except NotAllowed:
        return False
    return True


def _back() -> str:
    """Where the row stands."""
    return request.path.partition("foto/")[0]


def _page(
    flow: Flow, subject: Any, link: PhotoLink, *, cover: CoverForm | None = None, words: AltForm | None = None
) -> Response:
    """The page; with a form that was refused, what was typed in it (422)."""
    view = file_of(context.db_session(), link.hash, pictures.FileKind.JPEG, pictures.SIZES[-1])
    width, height = pictures.grid_size(view.width, view.height)
    return render_page(
        "components/mend.html",
        status=422 if cover or words else 200,
        cover=cover or CoverForm(formdata=None),
        words=words or flow.alt_form(formdata=None, data={"alt": link.alt}),
        offers_words=_offers_words(flow, subject),
        photo=link,
        subject=subject,
        area=flow.place(subject),
        back=_back(),
        columns=pictures.COLUMNS,
        rows=list(pictures.ROWS),
        width=width,
        height=height,
    )
