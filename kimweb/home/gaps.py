"""Where roles are missing: villages with a KIM but without a moderator, districts without a reviewer."""

from __future__ import annotations

from werkzeug.wrappers import Response

from kimweb.accounts.directory import districts_without_reviewer
from kimweb.core.permissions import Permission
from kimweb.home.blueprint import bp
from kimweb.kims.queries import unmoderated
from kimweb.web import context
from kimweb.web.access import allow
from kimweb.web.htmx import render_page


@bp.get("/orang/kosong/")
@allow(Permission.ACCOUNT_IMPORT)
def gaps() -> Response:
    """Every empty seat, with the way to fill it."""
    db, day = context.db_session(), context.today()
    return render_page("home/gaps.html", kims=unmoderated(db, day), districts=districts_without_reviewer(db, day))
