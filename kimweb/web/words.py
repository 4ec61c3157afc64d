"""One word for one thing: what roles, states, verbs and kinds are called in the interface (product.md decides)."""

from __future__ import annotations

from flask import Flask
from flask_babel import gettext

from kimweb.core.actor import Role
from kimweb.core.i18n import N_

ROLES = {
    Role.MEMBER: N_("Anggota KIM"),
    Role.MODERATOR: N_("Moderator KIM"),
    Role.REVIEWER: N_("Peninjau Kecamatan"),
    Role.AGENCY: N_("Petugas OPD"),
    Role.ADMIN: N_("Admin Dinkominfo"),
    Role.SENDER: N_("Pengirim"),
    Role.SYSTEM: N_("Sistem"),
}

VERBS = {
    "create": N_("dibuat"),
    "edit": N_("diubah"),
    "pengajuan": N_("diajukan"),
    "publikasi": N_("diterbitkan"),
    "penarikan": N_("ditarik"),
    "pengembalian": N_("dikembalikan"),
    "pengiriman": N_("dikirim"),
    "penerusan": N_("diteruskan"),
    "pertanyaan": N_("diminta keterangan"),
    "keterangan": N_("diberi keterangan"),
    "penugasan": N_("ditugaskan"),
    "jawaban": N_("dijawab"),
    "penolakan": N_("ditolak"),
    "penyelesaian": N_("dinyatakan beres"),
    "pembukaan": N_("dibuka lagi"),
    "privasi": N_("disembunyikan oleh pengirim"),
    "penutupan": N_("ditutup tanpa kabar"),
    "penggabungan": N_("digabung"),
}

NEWS_STATES = {
    "draft": N_("Draf"),
    "submitted": N_("Menunggu moderator"),
    "returned": N_("Dikembalikan"),
    "published": N_("Terbit"),
    "withdrawn": N_("Ditarik"),
}


def news_state(state: str) -> str:
    """A state of news or of an announcement as the interface calls it."""
    return str(gettext(NEWS_STATES[state]))


def role_name(role: Role) -> str:
    """A role as the interface calls it."""
    return str(gettext(ROLES[role]))


def verb_name(verb: str) -> str:
    """What was done, as history says it."""
    return str(gettext(VERBS[verb]))


def install(app: Flask) -> None:
    """Register the filters."""
    # Not `_()` for what is not a literal: Jinja's newstyle gettext would take it for markup and for a format.
    app.jinja_env.filters["t"] = lambda text: gettext(str(text)) if text else ""
    app.jinja_env.filters["role_name"] = role_name
    app.jinja_env.filters["verb_name"] = verb_name
    app.jinja_env.filters["news_state"] = news_state
