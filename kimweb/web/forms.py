"""The base of all forms: shape and validation only, sentences in plain Indonesian, hostile characters dropped."""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import Any, ClassVar

from flask import request
from flask_babel import gettext
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, IntegerField, PasswordField, StringField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined] # (the stubs are of 3.2)
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import TextInput

from kimweb.core.i18n import N_

_MONTHS = (
    "januari", "februari", "maret", "april", "mei", "juni",
    "juli", "agustus", "september", "oktober", "november", "desember",
)  # fmt: skip

_TURNING = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Directional embeddings, overrides and isolates: one left open turns the rest of a page around."""


MARKS_MAX = 30
_TWO_MARKS = frozenset("\u0344\u0f73\u0f75\u0f81")
"""Marks that fall into two when they are taken apart; three of them do not even say that they are marks."""


def clean_line(text: str | None) -> str:
    """One line: control characters gone, white space folded, normal form C."""
    return re.sub(r"\s+", " ", clean_text(text)).strip()


def clean_text(text: str | None) -> str:
    """Several lines: `\\n` only, no other control characters (NUL would not go into PostgreSQL), at most one blank
    line."""
    value = (text or "").replace("\r\n", "\n").replace("\r", "\n")
    value = "".join(c for c in value if c == "\n" or not _dropped(c))
    value = unicodedata.normalize("NFC", _few_marks(value))
    lines = [line.rstrip() for line in value.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n ")


def _dropped(character: str) -> bool:
    """Control characters, halves of pairs, private and unassigned ones; and what turns the direction of the rest."""
    return unicodedata.category(character) in ("Cc", "Cs", "Co", "Cn") or character in _TURNING


def _few_marks(text: str) -> str:
    """At most 30 marks on one letter (Stream-Safe Text, UAX 15): bringing more into normal form takes time that grows
    with the square of their number, 14 seconds for 100 KB."""
    kept, run = [], 0
    for character in text:
        marks = 2 if character in _TWO_MARKS else int(unicodedata.combining(character) > 0)
        run = run + marks if marks else 0
        if run <= MARKS_MAX:
            kept.append(character)
    return "".join(kept)


class Filled:
    """Something must be there; says `sentence` when not."""

    field_flags: ClassVar[dict[str, Any]] = {"required": True}

    def __init__(self, sentence: str) -> None:
        """`sentence`: what is missing and what would do."""
        self.sentence = sentence

    def __call__(self, _form: Any, field: Field) -> None:
        """Raise when the field holds nothing."""
        if field.data is None or (isinstance(field.data, str | list) and not field.data):
            raise ValidationError(self.sentence)


class AtMost:
    """At most `limit` characters."""

    def __init__(self, limit: int) -> None:
        """`limit` in characters."""
        self.limit = limit
        self.field_flags = {"maxlength": limit}

    def __call__(self, _form: Any, field: Field) -> None:
        """Raise when the field is longer."""
        length = len(field.data or "")
        if length > self.limit:
            sentence = gettext(
                "Terlalu panjang: %(length)d huruf, paling banyak %(limit)d.", length=length, limit=self.limit
            )
            raise ValidationError(sentence)


class LineField(StringField):
    """One line of text."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the first value, cleaned."""
        self.data = clean_line(valuelist[0] if valuelist else "")


class TextField(StringField):
    """Several lines of text."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the first value, cleaned."""
        self.data = clean_text(valuelist[0] if valuelist else "")


class DayField(Field):
    """A day, as browsers send it (2026-11-28) and as people write it (28-11-2026, 28/11/2026, 28 November 2026)."""

    widget = TextInput()
    data: date | None

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        return self.data.isoformat() if self.data else ""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Read the day, or raise the sentence that says how to write one."""
        text = clean_line(valuelist[0] if valuelist else "")
        self.data = parse_day(text) if text else None
        if text and self.data is None:
            raise ValueError(N_("Belum terbaca sebagai tanggal. Tulis seperti 28-11-2026."))


def parse_day(text: str) -> date | None:
    """A day out of what somebody typed; None when it is none."""
    parts = re.split(r"[\s./-]+", text[:40].strip().lower())
    if len(parts) != 3:
        return None
    year, month, day = parts if len(parts[0]) == 4 else reversed(parts)
    number = next((i for i, name in enumerate(_MONTHS, 1) if len(month) >= 3 and name.startswith(month)), 0)
    try:
        return date(int(year), number or int(month), int(day))
    except (ValueError, OverflowError):
        return None


_CHOOSE, _NUMBER = N_("Pilih satu dari daftar."), N_("Tulis angka saja.")
_WTFORMS = {
    "Not a valid choice.": _CHOOSE,
    "Invalid Choice: could not coerce.": _CHOOSE,
    "Invalid choice(s): one or more data inputs could not be coerced.": _CHOOSE,
    "'%(value)s' is not a valid choice for this field.": _CHOOSE,
    "Not a valid integer value.": _NUMBER,
}


class _Sentences:
    """What WTForms itself says about a value that none of our pages offered."""

    def gettext(self, message: str) -> str:
        return _WTFORMS.get(message, message)

    def ngettext(self, one: str, _several: str, _number: int) -> str:
        return _WTFORMS.get(one, one)


class Form(FlaskForm):  # type: ignore[misc]
    """Base form. The token is checked before any form is read (kimweb.web.security), not by the form."""

    class Meta(FlaskForm.Meta):  # type: ignore[misc]
        """No token field of its own; choices are written as pairs, and handed over as WTForms 3.3 wants them."""

        csrf = False

        def get_translations(self, _form: Any) -> Any:
            """WTForms' own sentences in Indonesian."""
            return _Sentences()

        def wrap_formdata(self, form: Any, formdata: Any) -> Any:
            """Fields as a browser sends them: never JSON, never what came as a file."""
            if formdata is None or isinstance(formdata, MultiDict):
                return formdata
            return (request.form or None) if request.method == "POST" else None

        def bind_field(self, form: Any, unbound_field: Any, options: Any) -> Any:
            """Bind, with `choices=[(value, label), …]` made into SelectChoice (pairs end with WTForms 3.4)."""
            choices = unbound_field.kwargs.get("choices")
            if isinstance(choices, list | tuple) and all(isinstance(pair, tuple) for pair in choices):
                fresh = [SelectChoice(value=value, label=label) for value, label in choices]
                unbound_field.kwargs = {**unbound_field.kwargs, "choices": fresh}
            return super().bind_field(form, unbound_field, options)

    def problems(self) -> list[tuple[str, str, str]]:
        """What is wrong: (field's id, its label, the sentence), in the form's order."""
        return [(field.id, str(field.label.text), field.errors[0]) for field in self if field.errors]

    def has_secrets(self) -> bool:
        """Whether a field comes back emptied: what stood in it is never sent to a browser again."""
        return any(isinstance(field, PasswordField) for field in self)

    def blame(self, fields: dict[str, str]) -> None:
        """Put sentences that an action raised (Invalid) at their fields."""
        for name, sentence in fields.items():
            if name in self._fields:
                self._fields[name].errors = [sentence]


class StateForm(Form):
    """What every state change carries: the version its page was made from."""

    version = IntegerField(validators=[Optional()])


class ReasonForm(StateForm):
    """A state change with a reason."""

    reason = TextField(validators=[AtMost(500)])


class TrackForm(Form):
    """Code and PIN, with which whoever sent something follows it."""

    code = LineField("Kode", validators=[Filled("Masih kosong. Kodenya seperti H4T-9QC."), AtMost(40)])
    pin = LineField("PIN", validators=[Filled("Masih kosong. PIN-nya 8 angka."), AtMost(40)])
