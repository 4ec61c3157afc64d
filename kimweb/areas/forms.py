"""Forms of the admin's reference data: shape and validation only."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from wtforms import BooleanField, IntegerField, SelectField, SelectMultipleField
from wtforms.validators import ValidationError

from kimweb.areas.models import AgencyKind
from kimweb.core.calendar import HolidayKind
from kimweb.core.i18n import N_
from kimweb.web.forms import AtMost, DayField, Filled, Form, LineField, StateForm

AGENCY_KINDS = {
    AgencyKind.REGENCY: N_("OPD kabupaten"),
    AgencyKind.DISTRICT: N_("Kantor kecamatan"),
    AgencyKind.VILLAGE: N_("Desa dan kelurahan"),
}
HOLIDAY_KINDS = {
    HolidayKind.LOCAL: N_("Libur daerah"),
    HolidayKind.NATIONAL: N_("Libur nasional"),
    HolidayKind.JOINT_LEAVE: N_("Cuti bersama"),
}


class NumberField(IntegerField):
    """A whole number; says how to write one."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the number, or raise the sentence."""
        text = str(valuelist[0]).strip() if valuelist else ""
        self.data = int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
        if self.data is None:
            raise ValueError(N_("Tulis dengan angka, misalnya 5."))


class AreasField(SelectMultipleField):
    """Who is addressed: the codes of the areas that are ticked, each once; what is no code is dropped. The rule is the
    action's; this bounds their number."""

    offered: Collection[str] = ()

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take every value that has the form of a code."""
        self.data = sorted({value for value in valuelist if re.fullmatch(r"[0-9.]{5,13}", value, re.ASCII)})

    def pre_validate(self, _form: Any) -> None:
        """At least one area, and only those that were offered."""
        if not self.data:
            raise ValidationError(N_("Belum ada yang dituju. Centang paling sedikit satu."))
        if not set(self.data) <= set(self.offered):
            raise ValidationError(N_("Di luar wilayah pengirim. Pilih dari daftar."))


class AgencyForm(StateForm):
    """An agency's name, and whether it is used."""

    name = LineField("Nama", validators=[Filled("Masih kosong. Tulis nama lengkapnya."), AtMost(120)])
    active = BooleanField("Dipakai")


class NewAgencyForm(Form):
    """A new regency agency."""

    name = LineField("Nama", validators=[Filled("Masih kosong. Tulis nama lengkapnya."), AtMost(120)])
    code = LineField("Kode", validators=[Filled("Masih kosong. Tulis singkatannya, misalnya DINKES."), AtMost(32)])


class CategoryForm(StateForm):
    """What villagers choose when they send an aspiration."""

    name = LineField("Nama", validators=[Filled("Masih kosong. Cukup dua tiga kata."), AtMost(80)])
    example = LineField("Contoh", validators=[Filled("Masih kosong. Tulis satu dua contoh."), AtMost(160)])
    agency = SelectField("Biasanya dijawab oleh", coerce=str, validate_choice=False)
    position = NumberField("Urutan")
    active = BooleanField("Dipakai", default=True)

    def agency_id(self) -> int | None:
        """The chosen agency's id; None: no one agency, 0: what is no id (the action refuses it)."""
        text = self.agency.data or ""
        if not text:
            return None
        return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0


class HolidayForm(Form):
    """An off day."""

    day = DayField("Tanggal", validators=[Filled("Masih kosong. Tulis seperti 28-11-2026.")])
    name = LineField("Keterangan", validators=[Filled("Masih kosong. Tulis nama hari liburnya."), AtMost(120)])
    kind = SelectField("Jenis", coerce=str, validate_choice=False)

    def __init__(self, **values: Any) -> None:
        """The kinds to choose from, a local day first."""
        super().__init__(**values)
        self.kind.choices = [(str(kind), text) for kind, text in HOLIDAY_KINDS.items()]

    def holiday_kind(self) -> HolidayKind:
        """The chosen kind; a local day when none was."""
        return next((kind for kind in HolidayKind if kind == self.kind.data), HolidayKind.LOCAL)


class ElectionForm(Form):
    """A masa pemilihan."""

    area = LineField("Wilayah", validators=[Filled("Masih kosong. Tulis nama atau kode wilayahnya."), AtMost(80)])
    name = LineField("Pemilihan apa", validators=[Filled("Masih kosong. Misalnya “Pilkades 2027”."), AtMost(120)])
    first = DayField("Hari pertama", validators=[Filled("Masih kosong. Tulis seperti 28-11-2026.")])
    last = DayField("Hari terakhir", validators=[Filled("Masih kosong. Tulis seperti 28-11-2026.")])
