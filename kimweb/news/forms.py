"""Forms of village news: shape and validation only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from wtforms import IntegerField, SelectField
from wtforms.validators import Optional, ValidationError

from kimweb.core.i18n import N_
from kimweb.core.idempotency import is_key
from kimweb.web.forms import AtMost, Filled, Form, LineField, StateForm, TextField
from kimweb.web.photos import PhotosField, PhotosForm

RETURN_REASONS = (
    ("tempat", N_("Judul belum menyebut apa dan di mana.")),
    ("waktu", N_("Belum jelas kapan, dan siapa yang perlu tahu.")),
    ("sumber", N_("Belum jelas dari siapa kabarnya.")),
    ("pribadi", N_("Menyebut nama atau nomor orang tanpa izin.")),
    ("bahasa", N_("Bahasanya kasar atau menuduh.")),
    ("pemilu", N_("Memuat calon atau partai.")),
)
TAKEN_BACK = N_("Diambil lagi oleh penulisnya.")
REPORT_REASONS = (
    ("salah", N_("Isinya tidak benar.")),
    ("lama", N_("Sudah tidak berlaku.")),
    ("pribadi", N_("Menyebut data pribadi orang.")),
    ("kasar", N_("Kasar, menghina atau menuduh.")),
    ("pemilu", N_("Kampanye calon atau partai.")),
)


class CorrectionForm(Form):
    """Title and body, and the KIM for which it is written when there are several. A correction leaves photos alone."""

    area = SelectField("Untuk KIM", coerce=str, validators=[Optional()])
    title = LineField("Judul", validators=[Filled("Masih kosong. Sebutkan apa dan di mana."), AtMost(120)])
    body = TextField("Isi berita", validators=[Filled("Masih kosong. Cukup beberapa kalimat."), AtMost(10_000)])
    version = IntegerField(validators=[Optional()])
    key = LineField()


class NewsForm(CorrectionForm, PhotosForm):
    """A piece as its author writes it, with photos."""

    photos = PhotosField("Foto", asks_alt=True)


class AutosaveForm(StateForm):
    """What stands in a piece's form while somebody types: half done is right, too long is not."""

    area = SelectField("Untuk KIM", coerce=str, validators=[Optional()])
    title = LineField("Judul", validators=[AtMost(120)])
    body = TextField("Isi berita", validators=[AtMost(10_000)])
    key = LineField("Kunci")

    def validate_key(self, field: LineField) -> None:
        """Without a key each autosave would be another draft."""
        if not is_key(field.data):
            raise ValidationError(N_("Muat ulang halaman ini."))

    def typed(self) -> dict[str, str]:
        """What is kept, and under which key."""
        return {"title": self.title.data or "", "body": self.body.data or "", "key": self.key.data or ""}


class _ChosenReasonForm(StateForm):
    """A reason out of a list, own words, or both; `reason` alone is enough."""

    why = SelectField("Alasan", coerce=str, default="", validate_choice=False)
    reason = TextField("Dengan kata sendiri", validators=[AtMost(500)])
    reasons: Sequence[tuple[str, str]] = ()

    def __init__(self, **values: Any) -> None:
        """The reasons to choose from."""
        super().__init__(**values)
        self.why.choices = [("", N_("Pilih alasan")), *self.reasons]

    def words(self) -> str:
        """The chosen sentence, and the own words after it."""
        chosen = dict(self.reasons).get(self.why.data or "", "")
        return " ".join(part for part in (chosen, self.reason.data or "") if part)


class ReturnForm(_ChosenReasonForm):
    """Why a piece goes back to its author, who may be the one that takes it back."""

    reasons = RETURN_REASONS

    def words(self) -> str:
        """The same, and the sentence of a button that offers no choice."""
        return TAKEN_BACK if self.why.data == "sendiri" else super().words()


class ReportForm(_ChosenReasonForm):
    """What a reader finds wrong with a published piece."""

    reasons = REPORT_REASONS
