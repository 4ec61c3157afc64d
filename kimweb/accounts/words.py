"""What is done with accounts as the interface calls it, and the QR code of a slip."""

from __future__ import annotations

from datetime import datetime, timedelta

import segno
from flask import Flask
from flask_babel import gettext
from markupsafe import Markup

from kimweb.accounts.devices import device_parts
from kimweb.accounts.erasing import ANSWER_HOURS, NAMELESS
from kimweb.accounts.models import RoleGrant
from kimweb.core.i18n import N_
from kimweb.web import context
from kimweb.web.filters import short_day
from kimweb.web.words import add_verbs, verb_name

_VERBS = {
    "sign_in": N_("masuk"),
    "sign_out": N_("keluar"),
    "password": N_("kata sandi diganti"),
    "absence": N_("berhalangan dicatat"),
    "grant": N_("peran diberikan"),
    "revoke": N_("peran diakhiri"),
    "invite": N_("diundang"),
    "reset": N_("slip kata sandi dibuat"),
    "withdraw": N_("ditarik"),
    "accept": N_("sudah dipakai"),
    "second_factor_on": N_("kode kedua diaktifkan"),
    "second_factor_off": N_("kode kedua dimatikan"),
    "second_factor_reset": N_("kode kedua dihapus admin"),
    "code_refused": N_("kode kedua ditolak"),
    "address_asked": N_("alamat email dicatat"),
    "address_confirmed": N_("alamat email dipastikan"),
    "address_removed": N_("alamat email dihapus"),
    "password_link": N_("tautan kata sandi dikirim"),
    "password_by_mail": N_("kata sandi diganti lewat email"),
    "export": N_("data sendiri diunduh"),
    "export_people": N_("daftar orang diunduh"),
    "erasure_asked": N_("penghapusan diminta"),
    "name": N_("nama diperbaiki"),
}
_KINDS = {
    "user": N_("Akun"),
    "invitation": N_("Undangan"),
    "news": N_("Berita"),
    "announcement": N_("Pengumuman"),
    "aspiration": N_("Aspirasi"),
    "agency": N_("Instansi"),
    "category": N_("Bidang"),
    "holiday": N_("Hari libur"),
}
"""What the record's kinds of subjects are called; only the admin reads them here."""


def deed_name(kind: str, verb: str) -> str:
    """What somebody did, in two words: "Berita: terbit"."""
    thing = gettext(_KINDS[kind]) if kind in _KINDS else kind
    return f"{thing}: {verb_name(verb)}"


def device_name(user_agent: str) -> str:
    """A sign-in's device: "Chrome di Android"; as much of it as can be told."""
    browser, system = device_parts(user_agent)
    if browser and system:
        return str(gettext("%(browser)s di %(system)s", browser=browser, system=system))
    return browser or system or str(gettext("Perangkat tanpa nama"))


def person_name(name: str) -> str:
    """Somebody's name; in the reader's language that there is none any more."""
    return str(gettext(NAMELESS)) if name == NAMELESS else name


def grant_term(grant: RoleGrant) -> str:
    """From when until when a role runs: "sejak 1 Mei, sampai 3 Juni"; a role that was ended at once on its first day,
    or before it, ended the day before by its dates, and is told in words."""
    first = short_day(grant.starts_on)
    if grant.ends_on is None:
        return str(gettext("sejak %(day)s", day=first))
    if grant.ends_on >= grant.starts_on:
        return str(gettext("sejak %(day)s, sampai %(last)s", day=first, last=short_day(grant.ends_on)))
    if grant.ends_on == grant.starts_on - timedelta(days=1):
        return str(gettext("sejak %(day)s, dicabut pada hari yang sama", day=first))
    return str(gettext("mulai %(day)s, dibatalkan sebelum mulai", day=first))


def hours_left(asked: datetime) -> int:
    """Full hours that are left to answer somebody who asked to be erased; negative: so many too late."""
    over = context.now() - asked
    return int((timedelta(hours=ANSWER_HOURS) - over).total_seconds() // 3600)


def qr(address: str) -> Markup:
    """An address as QR code: inline SVG, black on white, with the quiet border that readers need.

    One of the eight masks, whichever: choosing the prettiest takes five times as long, and a sheet has 1,000 of them.
    """
    code = segno.make(address, error="m", micro=False, mask=3)
    svg = code.svg_inline(border=4, omitsize=True, light="#fff")
    return Markup(svg)  # noqa: S704  # nosec B704 # only figures come out of it


def install(app: Flask) -> None:
    """Register the words and the filters."""
    add_verbs(app, _VERBS)
    app.jinja_env.filters["deed_name"] = deed_name
    app.jinja_env.filters["device_name"] = device_name
    app.jinja_env.filters["person_name"] = person_name
    app.jinja_env.filters["grant_term"] = grant_term
    app.jinja_env.filters["hours_left"] = hours_left
    app.jinja_env.filters["qr"] = qr
