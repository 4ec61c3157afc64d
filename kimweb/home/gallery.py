"""A photo's own page and its files: for whoever sees what it belongs to."""

from __future__ import annotations

from flask import Response as FlaskResponse
from flask import request
from werkzeug.wrappers import Response

from kimweb.core import pictures
from kimweb.core.errors import NotFound
from kimweb.core.photos import Showing, file_of
from kimweb.core.pictures import FileKind
from kimweb.home import queries
from kimweb.home.blueprint import bp
from kimweb.web import context, photos
from kimweb.web.access import public
from kimweb.web.htmx import render_page

_NAME = "string(length=64):picture"
_ALSO, _CLAIMS = "/aspirasi", "/cek-fakta"
"""Under these, too, for whoever sent it: the cookie that code and PIN earn reaches no further."""
_FILE = '<any("240", "480"):size>.<any("webp", "jpg"):kind>'


def _showing(picture: str) -> Showing:
    """The place where this reader sees it, a public one first; a stranger's photo is not there (404)."""
    found = queries.photo_showings(context.db_session(), context.actor(), picture)
    if not found:
        raise NotFound("Foto ini tidak ada.")
    return found[0]


@bp.get(f"/foto/<{_NAME}>/")
@bp.get(f"{_ALSO}/foto/<{_NAME}>/")
@bp.get(f"{_CLAIMS}/foto/<{_NAME}>/")
@public
def photo(picture: str) -> Response:
    """The picture, with the way back to what it belongs to."""
    place, view = _showing(picture), pictures.SIZES[-1]
    files = {str(kind): file_of(context.db_session(), picture, kind, view) for kind in FileKind}
    return render_page("home/photo.html", address=request.path.rstrip("/"), files=files, place=place)


@bp.get(f"/foto/<{_NAME}>-{_FILE}")
@bp.get(f"{_ALSO}/foto/<{_NAME}>-{_FILE}")
@bp.get(f"{_CLAIMS}/foto/<{_NAME}>-{_FILE}")
@public
def photo_file(picture: str, size: str, kind: str) -> Response:
    """One encoding of it."""
    place = _showing(picture)
    return photos.answer(file_of(context.db_session(), picture, FileKind(kind), int(size)), is_public=place.public)


@bp.get(f"/foto/<{_NAME}>-kisi.jpg")
@public
def photo_grid(picture: str) -> Response:
    """The picture under a grid, for whoever covers parts of it."""
    if not context.actor().signed_in:
        raise NotFound("Foto ini tidak ada.")
    _showing(picture)
    view = file_of(context.db_session(), picture, FileKind.WEBP, pictures.SIZES[-1])
    return photos.kept_as(FlaskResponse(pictures.with_grid(view.content), mimetype="image/jpeg"), is_public=False)
