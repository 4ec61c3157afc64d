"""Forms of announcements: shape and validation only."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date, timedelta
from typing import Any

from wtforms import Field, IntegerField, RadioField, SelectField
from wtforms.validators import Optional, ValidationError

from kimweb.announcements.actions import MOST_PHOTOS, Content, day_problems
from kimweb.announcements.models import Announcement, Urgency
from kimweb.areas.forms import AreasField
from kimweb.core.i18n import N_
from kimweb.web.forms import AtMost, DayField, Filled, LineField, TextField
from kimweb.web.photos import PhotosField, PhotosForm

STANDS_DAYS = 7
"""For how many days a new announcement stands when nobody says otherwise."""

URGENCIES = (
    (Urgency.NORMAL.value, N_("Biasa: kabar dan jadwal layanan")),
    (Urgency.IMPORTANT.value, N_("Penting: ada yang harus disiapkan atau didatangi warga")),
    (Urgency.EMERGENCY.value, N_("Darurat: bahaya bagi jiwa atau rumah, warga harus bertindak sekarang")),
)


class OneOf:
    """The value must be one of the field's choices; says `sentence` when not."""

    def __init__(self, sentence: str) -> None:
        """`sentence`: what to choose."""
        self.sentence = sentence

    def __call__(self, _form: Any, field: RadioField) -> None:
        """Raise for anything that was not offered."""
        if field.data not in [value for value, *_ in field.iter_choices()]:
            raise ValidationError(self.sentence)


def _phone(_form: Any, field: Field) -> None:
    text = field.data or ""
    digits = sum(c.isdigit() for c in text)
    if text and not (re.fullmatch(r"\+?[0-9 ().-]+", text, re.ASCII) and 3 <= digits <= 15):
        raise ValidationError(N_("Belum terbaca sebagai nomor. Tulis angkanya saja, misalnya 0812 0000 0119."))


class AnnouncementForm(PhotosForm):
    """What an announcement says, to whom, how urgently, and from when until when."""

    office = SelectField("Atas nama", coerce=str, validate_choice=False, validators=[Optional()])
    title = LineField("Judul", validators=[Filled("Masih kosong. Sebutkan apa, dan kapan atau di mana."), AtMost(120)])
    body = TextField("Isi pengumuman", validators=[Filled("Masih kosong. Cukup beberapa kalimat."), AtMost(5_000)])
    urgency = RadioField("Seberapa mendesak", validate_choice=False, validators=[OneOf("Pilih satu dari tiga.")])
    areas = AreasField("Untuk siapa", validate_choice=False)
    starts_on = DayField("Tampil mulai", validators=[Filled("Masih kosong. Tulis hari pertamanya.")])
    ends_on = DayField("Tampil sampai", validators=[Filled("Masih kosong. Tulis hari terakhirnya.")])
    event_on = DayField("Hari acara", validators=[Optional()])
    event_time = LineField("Jam acara", validators=[AtMost(40)])
    event_place = LineField("Tempat acara", validators=[AtMost(120)])
    phone = LineField("Nomor yang bisa ditelepon", validators=[AtMost(20), _phone])
    photos = PhotosField("Foto", most=MOST_PHOTOS, asks_alt=True)
    version = IntegerField(validators=[Optional()])

    def offer(self, *, offices: list[tuple[str, str]], areas: Collection[str]) -> None:
        """What can be chosen: urgencies, offices (key, name), and the codes that these may address."""
        self.urgency.choices = list(URGENCIES)
        self.office.choices = offices
        self.areas.offered = areas

    def validate_ends_on(self, field: Field) -> None:
        """Not before the first day, and not too late."""
        if self.starts_on.data and field.data:
            problems = day_problems(self.starts_on.data, field.data)
            if problems:
                raise ValidationError(problems["ends_on"])

    def content(self) -> Content:
        """What was typed, once it is valid."""
        return Content(
            title=self.title.data or "",
            body=self.body.data or "",
            urgency=Urgency(self.urgency.data),
            starts_on=_given(self.starts_on.data),
            ends_on=_given(self.ends_on.data),
            areas=tuple(self.areas.data or ()),
            event_on=self.event_on.data,
            event_time=self.event_time.data or "",
            event_place=self.event_place.data or "",
            phone=self.phone.data or "",
            pictures=self.photo_change(),
        )


def _given(day: date | None) -> date:
    if day is None:
        raise ValueError("the form was not validated")
    return day


def blank_form(*, today: date, area_code: str) -> AnnouncementForm:
    """A new announcement: normal, from today for a week, to the whole area of the office."""
    start = {"urgency": Urgency.NORMAL.value, "starts_on": today, "ends_on": today + timedelta(days=STANDS_DAYS)}
    return AnnouncementForm(data={**start, "areas": [area_code]})


def filled_form(announcement: Announcement) -> AnnouncementForm:
    """The form of a draft (audience loaded)."""
    return AnnouncementForm(obj=announcement, data={"areas": [row.area_code for row in announcement.audience]})
