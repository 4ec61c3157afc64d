"""One word for one thing: what roles and verbs are called in the interface (product.md decides).

Each feature brings the words of its own states, kinds and verbs (`words.py`); the factory lets it install them.
"""

from __future__ import annotations

from collections.abc import Mapping

from flask import Flask, current_app
from flask_babel import gettext

from kimweb.core.actor import Role
from kimweb.core.i18n import N_, Sentence
from kimweb.core.photos import COVERED, DESCRIBED
from kimweb.web import context

ROLES = {
    Role.MEMBER: N_("Anggota KIM"),
    Role.MODERATOR: N_("Moderator KIM"),
    Role.REVIEWER: N_("Peninjau Kecamatan"),
    Role.AGENCY: N_("Petugas OPD"),
    Role.ADMIN: N_("Admin Dinkominfo"),
    Role.SENDER: N_("Pengirim"),
    Role.SYSTEM: N_("Sistem"),
}

_VERBS = "kimweb_verbs"


def add_verbs(app: Flask, verbs: Mapping[str, str]) -> None:
    """Say what a feature's verbs are called in histories. A verb that several features share has one word in all."""
    app.extensions.setdefault(_VERBS, {}).update(verbs)


def translated(text: object) -> str:
    """A marked message in the reader's language, as the filter `t`; "" for nothing.

    Not `_()` for what is not a literal: Jinja's newstyle gettext would take it for markup and for a format.
    """
    if isinstance(text, Sentence):
        return str(gettext(text.message, **text.values))
    return str(gettext(str(text))) if text else ""


def role_name(role: Role) -> str:
    """A role as the interface calls it."""
    return str(gettext(ROLES[role]))


def verb_name(verb: str) -> str:
    """What was done, as history says it."""
    return str(gettext(current_app.extensions[_VERBS].get(verb, verb)))


def install(app: Flask) -> None:
    """Register the filters, and the verbs of everything that is written."""
    add_verbs(app, {"create": N_("dibuat"), "edit": N_("diubah")})
    add_verbs(app, {COVERED: N_("bagian foto ditutup"), DESCRIBED: N_("keterangan foto ditulis")})
    app.jinja_env.filters["t"] = translated
    app.jinja_env.filters["role_name"] = role_name
    app.jinja_env.filters["verb_name"] = verb_name
    app.jinja_env.tests["changed_by_reader"] = context.changed_by_reader
