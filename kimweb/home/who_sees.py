"""Who sees what of an aspiration, as `/privasi/` tells it; tests/home/test_who_sees.py compares it with the policy."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kimweb.core.i18n import N_

EVERYBODY = N_("semua orang")
SENDER = N_("Anda sendiri")
VILLAGE = N_("moderator desa")
DISTRICT = N_("kecamatan")
AGENCY = N_("dinas yang ditugasi")
REGENCY = N_("Dinas Kominfo")
DESKS = (SENDER, VILLAGE, DISTRICT, AGENCY, REGENCY)
ABOVE = (SENDER, DISTRICT, AGENCY, REGENCY)


@dataclass(frozen=True, slots=True)
class Line:
    """One thing under one setting, and who sees it; `setting`: a message, as the page says it."""

    thing: str
    setting: str
    seen_by: tuple[str, ...]


NAME, PHONE, TEXT, PHOTO = N_("Nama"), N_("Nomor telepon"), N_("Isi"), N_("Foto")
SHOWN, HIDDEN = N_("nama ditampilkan"), N_("nama disembunyikan")
WAITING, FORWARDED = N_("belum diteruskan"), N_("sesudah diteruskan")
SECRET, SECRET_LATE = N_("rahasia"), N_("rahasia, tenggatnya lewat")
ABOUT_VILLAGE, ABOUT_DISTRICT = N_("tentang perangkat desa"), N_("tentang kecamatan, belum diteruskan")
TICKED, UNTICKED = N_("dicentang meja yang meneruskan"), N_("tidak dicentang, atau belum diteruskan")

LINES: Sequence[Line] = (
    Line(NAME, SHOWN, (EVERYBODY,)),
    Line(NAME, HIDDEN, ABOVE),
    Line(PHONE, SHOWN, DESKS),
    Line(PHONE, HIDDEN, ABOVE),
    Line(TEXT, WAITING, (SENDER, VILLAGE, DISTRICT, REGENCY)),
    Line(TEXT, FORWARDED, (EVERYBODY,)),
    Line(TEXT, SECRET, (SENDER, DISTRICT, AGENCY)),
    Line(TEXT, SECRET_LATE, ABOVE),
    Line(TEXT, ABOUT_VILLAGE, ABOVE),
    Line(TEXT, ABOUT_DISTRICT, (SENDER, VILLAGE, REGENCY)),
    Line(PHOTO, UNTICKED, DESKS),
    Line(PHOTO, TICKED, (EVERYBODY,)),
)
