"""What the record's entries about accounts are called in the interface."""

from __future__ import annotations

from flask import Flask

from kimweb.core.i18n import N_
from kimweb.web.words import add_verbs

VERBS = {
    "sign_in": N_("masuk"),
    "sign_out": N_("keluar"),
    "password": N_("kata sandi diganti"),
    "grant": N_("peran diberikan"),
    "absence": N_("berhalangan dicatat"),
    "export": N_("data sendiri diunduh"),
    "erasure_asked": N_("penghapusan diminta"),
}


def install(app: Flask) -> None:
    """Register the words."""
    add_verbs(app, VERBS)
