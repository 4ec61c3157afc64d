"""Forms of village news: shape and validation only."""

from __future__ import annotations

from wtforms import IntegerField, SelectField
from wtforms.validators import Optional

from kimweb.web.forms import AtMost, Filled, LineField, TextField
from kimweb.web.photos import PhotosField, PhotosForm


class NewsForm(PhotosForm):
    """Title, body and photos, and the KIM for which it is written when there are several."""

    area = SelectField("Untuk KIM", coerce=str, validators=[Optional()])
    title = LineField("Judul", validators=[Filled("Masih kosong. Sebutkan apa dan di mana."), AtMost(120)])
    body = TextField("Isi berita", validators=[Filled("Masih kosong. Cukup beberapa kalimat."), AtMost(10_000)])
    photos = PhotosField("Foto", asks_alt=True)
    version = IntegerField(validators=[Optional()])
