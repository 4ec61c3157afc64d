"""Forms of aspirations: shape and validation only."""

from __future__ import annotations

import re
from typing import Any

from flask_babel import gettext
from wtforms import BooleanField, IntegerField, RadioField, SelectField, SelectMultipleField
from wtforms.validators import NumberRange, Optional, ValidationError

from kimweb.aspirations.models import AnswerKind, Kind, RejectReason
from kimweb.aspirations.words import ANSWERS, KIND_CHOICES, REJECTIONS
from kimweb.core.i18n import N_
from kimweb.core.paging import MAX_ID
from kimweb.web.forms import AtMost, DayField, Filled, LineField, StateForm, TextField
from kimweb.web.photos import PhotosField, PhotosForm

ABOUT = (
    ("desa", N_("Ini tentang pengurus KIM, perangkat desa atau kepala desa")),
    ("kecamatan", N_("Ini tentang kecamatan")),
)


def _phone(_form: Any, field: Any) -> None:
    digits = re.sub(r"[\s.\-()+]", "", field.data or "")
    if not digits:
        return
    if not digits.isdigit():
        raise ValidationError("Tulis angka saja, misalnya 0812 0000 0123.")
    if len(digits) < 9:
        raise ValidationError(gettext("Baru %(num)d angka. Periksa lagi, atau kosongkan.", num=len(digits)))
    if len(digits) > 15:
        raise ValidationError("Terlalu banyak angka. Periksa lagi, atau kosongkan.")


class SendForm(PhotosForm):
    """One aspiration. `village` is a code, or a name that the view looks up."""

    village = LineField("Desa", validators=[Filled("Masih kosong. Tulis nama desanya."), AtMost(80)])
    kind = RadioField(
        "Apa yang dikirim", choices=[(k.value, w) for k, w in KIND_CHOICES.items()], default=Kind.ASPIRATION.value
    )
    category = SelectField("Bidang", coerce=str, validators=[Filled("Pilih satu bidang. Kalau ragu, pilih Lain-lain.")])
    title = LineField(
        "Tentang apa",
        validators=[Filled("Masih kosong. Cukup satu kalimat, misalnya “Jembatan RT 02 lapuk”."), AtMost(120)],
    )
    body = TextField("Ceritakan", validators=[Filled("Masih kosong. Apa yang terjadi, sejak kapan?"), AtMost(4000)])
    place = LineField("Di mana", validators=[AtMost(120)])
    photos = PhotosField("Foto")
    about = SelectMultipleField("Ini tentang siapa", choices=list(ABOUT), validators=[Optional()])
    hide_name = BooleanField("Nama", default=True)
    hide_text = BooleanField("Isi")
    village_may_read = BooleanField("Desa boleh membaca")
    name = LineField("Nama", validators=[AtMost(80)])
    phone = LineField("Nomor telepon", validators=[AtMost(20), _phone])
    key = LineField()


class TextForm(StateForm):
    """A question, a reply, or what is still missing."""

    text = TextField("Tulisan", validators=[AtMost(2000)])


class ForwardForm(StateForm):
    """Which photos everybody may see (ids); none unless ticked."""

    photos = SelectMultipleField("Foto", coerce=int, validate_choice=False, choices=[])


class AssignForm(StateForm):
    """Which agency, and how many working days."""

    agency = IntegerField("Dinas", validators=[Optional(), NumberRange(1, MAX_ID)])
    days = IntegerField("Waktu", validators=[Optional()])


class AnswerForm(TextForm):
    """An answer of one of the five kinds."""

    kind = SelectField(
        "Macam jawaban", choices=[(k.value, w) for k, w in ANSWERS.items()], default=AnswerKind.DONE.value
    )
    date = DayField("Tanggal")


class RejectForm(StateForm):
    """One of the three reasons, and words to the sender."""

    reason = SelectField(
        "Alasan", choices=[(k.value, w) for k, w in REJECTIONS.items()], default=RejectReason.UNCLEAR.value
    )
    text = TextField("Penjelasan", validators=[AtMost(500)])


class MergeForm(StateForm):
    """Into which one."""

    target = LineField("Kode", validators=[AtMost(40)])


class CloseForm(StateForm):
    """Done ("Beres"), perhaps with a rating."""

    rating = IntegerField("Nilai", validators=[Optional()])


class PrivacyForm(StateForm):
    """What to hide from now on."""

    hide_name = BooleanField("Nama")
    hide_text = BooleanField("Isi")
