"""Forms of village news: shape and validation only."""

from __future__ import annotations

from wtforms import IntegerField, SelectField
from wtforms.validators import Optional

from kimweb.web.forms import AtMost, Filled, Form, LineField, TextField


class NewsForm(Form):
    """Title and body, and the KIM for which it is written when there are several."""

    area = SelectField("Untuk KIM", coerce=str, validators=[Optional()])
    title = LineField("Judul", validators=[Filled("Masih kosong. Sebutkan apa dan di mana."), AtMost(120)])
    body = TextField("Isi berita", validators=[Filled("Masih kosong. Cukup beberapa kalimat."), AtMost(10_000)])
    version = IntegerField(validators=[Optional()])
