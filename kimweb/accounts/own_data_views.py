"""The pages on which people see, take along and have erased what is stored about them."""

from __future__ import annotations

import json

from flask import Blueprint
from werkzeug.wrappers import Response

from kimweb.accounts import actions, exporting
from kimweb.accounts.own_data import as_document, own_data
from kimweb.core.i18n import N_
from kimweb.core.permissions import Permission
from kimweb.web import context
from kimweb.web.access import allow
from kimweb.web.files import file_to_keep
from kimweb.web.htmx import done, render_page


def register(bp: Blueprint) -> None:
    """Put the pages on the blueprint of accounts."""
    bp.get("/akun/data/")(allow(Permission.ACCOUNT_OWN)(data_page))
    bp.post("/akun/data/unduhan")(allow(Permission.ACCOUNT_OWN)(download))
    bp.post("/akun/data/penghapusan")(allow(Permission.ACCOUNT_OWN)(ask_erasure))


def data_page() -> Response:
    """What is stored about me."""
    return render_page("accounts/own_data.html", data=own_data(context.db_session(), context.actor().user_id or 0))


def download() -> Response:
    """The same as a file. A POST: taking data along is recorded."""
    db, who = context.db_session(), context.actor()
    exporting.export_own(db, actor=who, now=context.now())
    document = as_document(own_data(db, who.user_id or 0, entries=None))
    content = json.dumps(document, ensure_ascii=False, indent=1).encode()
    return file_to_keep(content, name="kim-web-data-saya.json", mimetype="application/json")


def ask_erasure() -> Response:
    """Ask that the account be erased; the admin does it."""
    actions.ask_erasure(context.db_session(), actor=context.actor(), now=context.now())
    return done(N_("Permintaan tercatat. Dinas Kominfo menghubungi Anda dalam 3 x 24 jam."), to="/akun/data/")
