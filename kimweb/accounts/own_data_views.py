"""The pages on which people see, take along and have erased what is stored about them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from flask import Blueprint, Flask, current_app
from werkzeug.wrappers import Response

from kimweb.accounts import actions, exporting
from kimweb.accounts.own_data import OwnText, OwnTexts, as_document, own_data
from kimweb.core.i18n import N_
from kimweb.core.permissions import Permission
from kimweb.web import context
from kimweb.web.access import allow
from kimweb.web.files import file_to_keep
from kimweb.web.htmx import done, render_page

_KEY = "own_texts"


def register(bp: Blueprint) -> None:
    """Put the pages on the blueprint of accounts."""
    bp.get("/akun/data/")(allow(Permission.ACCOUNT_OWN)(data_page))
    bp.post("/akun/data/unduhan")(allow(Permission.ACCOUNT_OWN)(download))
    bp.post("/akun/data/penghapusan")(allow(Permission.ACCOUNT_OWN)(ask_erasure))


def install(app: Flask, texts: OwnTexts) -> None:
    """Tell the app where it finds what a person wrote: that lies in rooms above this one."""
    app.extensions[_KEY] = texts


def _texts() -> Mapping[str, Sequence[OwnText]]:
    sources: OwnTexts = current_app.extensions[_KEY]
    db, who = context.db_session(), context.actor()
    return {kind: written_by(db, who.user_id or 0) for kind, written_by in sources.items()}


def data_page() -> Response:
    """What is stored about me."""
    data = own_data(context.db_session(), context.actor().user_id or 0)
    texts = {kind: _counted(written) for kind, written in _texts().items()}
    return render_page("accounts/own_data.html", data=data, texts=texts)


def _counted(written: Sequence[OwnText]) -> tuple[int, int]:
    """How many drafts, and how many that others were shown."""
    drafts = sum(text.draft for text in written)
    return drafts, len(written) - drafts


def download() -> Response:
    """The same as a file. A POST: taking data along is recorded."""
    db, who = context.db_session(), context.actor()
    exporting.export_own(db, actor=who, now=context.now())
    document = as_document(own_data(db, who.user_id or 0, entries=None), _texts())
    content = json.dumps(document, ensure_ascii=False, indent=1).encode()
    return file_to_keep(content, name="kim-web-data-saya.json", mimetype="application/json")


def ask_erasure() -> Response:
    """Ask that the account be erased; the admin does it."""
    actions.ask_erasure(context.db_session(), actor=context.actor(), now=context.now())
    return done(N_("Permintaan tercatat. Dinas Kominfo menghubungi Anda dalam 3 x 24 jam."), to="/akun/data/")
