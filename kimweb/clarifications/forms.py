"""Forms of Cek Fakta: shape and validation only."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlsplit

from wtforms import BooleanField, Field, RadioField, SelectField
from wtforms.validators import Optional, ValidationError

from kimweb.areas.forms import AreasField
from kimweb.clarifications.models import Clarification, Correction, Declined, SeenIn, Verdict
from kimweb.clarifications.sending import MOST_PHOTOS
from kimweb.clarifications.texts import Source, Text
from kimweb.clarifications.words import REASONS, SEEN_IN, VERDICT_CHOICES
from kimweb.clarifications.workflow import ADDRESS_ROOM, FORWARD_MAX
from kimweb.core.i18n import N_, Sentence
from kimweb.web.forms import AtMost, Filled, Form, LineField, StateForm, TextField, clean_line
from kimweb.web.photos import PhotosField, PhotosForm

MOST_SOURCES = 3
SOURCE_MAX = 200


class LinkField(LineField):
    """An address on the web; `https://` is put before one that was typed without."""

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Take the first value; whatever is no address of a page is refused by `pre_validate`."""
        super().process_formdata(valuelist)
        if self.data and not re.match(r"[A-Za-z][A-Za-z0-9+.-]*:", self.data):
            self.data = f"https://{self.data}"

    def pre_validate(self, _form: Any) -> None:
        """http and https only: nothing else may ever be pressed."""
        if self.data and not is_link(self.data):
            raise ValidationError(N_("Belum terbaca sebagai alamat. Salin dari peramban, atau kosongkan."))


def is_link(text: str) -> bool:
    """Whether this is an address that may stand behind a link."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and "." in parts.netloc and " " not in text


class ClaimForm(PhotosForm):
    """What somebody heard, and where. `village`: a code, a name, or nothing."""

    claim = TextField(
        "Apa yang beredar",
        validators=[Filled("Masih kosong. Tulis kabarnya seperti yang Anda dengar atau baca."), AtMost(2000)],
    )
    seen_in = RadioField(
        "Dari mana", choices=[(value.value, word) for value, word in SEEN_IN.items()], default=SeenIn.WHATSAPP.value
    )
    link = LinkField("Alamatnya", validators=[AtMost(500)])
    village = LineField("Desa", validators=[AtMost(80)])
    photos = PhotosField("Foto atau tangkapan layar", most=MOST_PHOTOS)
    key = LineField()
    sure = LineField()
    """Whether the sender has seen what is answered already, and sends it all the same."""


class SourcesField(Field):
    """Where it can be checked: up to three, each with what it is and where it stands. `data`: the filled ones."""

    data: tuple[Source, ...]

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Pair titles and places; a pair without either is not there."""
        titles, places = (valuelist[:MOST_SOURCES], valuelist[MOST_SOURCES : 2 * MOST_SOURCES])
        pairs = zip(titles, places, strict=False)
        self.data = tuple(Source(title, where) for title, where in pairs if title or where)

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Read the two lists of inputs, which go by names of their own."""
        self.process_errors: list[str] = []
        self.data = tuple(Source(**one) for one in data or ())
        if formdata is not None:
            typed = [self._typed(formdata, name) for name in ("source_title", "source_where")]
            self.process_formdata([*typed[0], *typed[1]])

    @staticmethod
    def _typed(formdata: Any, name: str) -> list[str]:
        found = [clean_line(text) for text in formdata.getlist(name)]
        return [*found, *[""] * MOST_SOURCES][:MOST_SOURCES]

    def slots(self) -> list[Source]:
        """As many as the page offers."""
        return [*self.data, *[Source("", "")] * MOST_SOURCES][:MOST_SOURCES]

    def pre_validate(self, _form: Any) -> None:
        """Each with both parts, and neither too long."""
        if any(not (one.title and one.where) for one in self.data):
            raise ValidationError(N_("Tulis untuk setiap sumber: judulnya, dan alamat atau kantor dengan tanggalnya."))
        if any(len(one.title) > SOURCE_MAX or len(one.where) > SOURCE_MAX for one in self.data):
            raise ValidationError(Sentence(N_("Sumber paling banyak %(most)d huruf."), most=SOURCE_MAX))


class TextForm(StateForm):
    """What a clarification says. Whether it is complete, the action asks when it is proposed."""

    title = LineField("Judul", validators=[AtMost(120)])
    verdict = RadioField(
        "Kesimpulan",
        choices=[(value.value, word) for value, word in VERDICT_CHOICES.items()],
        validators=[Optional()],
    )
    claimed = TextField("Yang beredar", validators=[AtMost(2000)])
    truth = TextField("Yang benar", validators=[AtMost(4000)])
    sources = SourcesField("Sumber")
    forward = TextField("Teks untuk diteruskan", validators=[AtMost(FORWARD_MAX - ADDRESS_ROOM)])

    def text(self) -> Text:
        """What was typed, once it is valid."""
        return Text(
            title=self.title.data or "",
            verdict=Verdict(self.verdict.data) if self.verdict.data else None,
            claimed=self.claimed.data or "",
            truth=self.truth.data or "",
            forward=self.forward.data or "",
            sources=self.sources.data,
        )


class ExamineForm(TextForm):
    """What was found out, for whom, and what officials note for each other."""

    areas = AreasField("Untuk siapa", validate_choice=False)
    shows_photo = BooleanField("Foto")
    notes = TextField("Catatan dalam", validators=[AtMost(4000)])


class CorrectForm(TextForm):
    """A correction: the new text, what changes, and why."""

    change = LineField("Yang diperbaiki", validators=[AtMost(200)])
    why = LineField("Mengapa", validators=[AtMost(300)])


class PublishForm(StateForm):
    """Propose or release; `verdict` may name what is meant."""

    verdict = SelectField(
        "Kesimpulan", choices=[(value.value, value.value) for value in Verdict], validators=[Optional()]
    )


class DeclineForm(StateForm):
    """Why it is not examined, and words to the sender; `answer`: number or address of what answered it."""

    reason = SelectField(
        "Alasan", choices=[(value.value, word) for value, word in REASONS.items()], default=Declined.UNCLEAR.value
    )
    answer = LineField("Cek fakta yang menjawab", validators=[AtMost(120)])
    text = TextField("Penjelasan", validators=[AtMost(500)])

    def answer_id(self) -> int | None:
        """The number in what was typed: 31, or the end of an address."""
        numbers = re.findall(r"[0-9]{1,9}", (self.answer.data or "")[:120])
        return int(numbers[-1]) if numbers else None


class RebutForm(Form):
    """What somebody says against it."""

    text = TextField("Apa yang keliru", validators=[Filled("Masih kosong. Tulis apa yang keliru."), AtMost(1500)])
    key = LineField()


class ReplyForm(StateForm):
    """What an official makes of a rebuttal."""

    outcome = SelectField("Keputusan", choices=[("terima", "terima"), ("simpan", "simpan")], default="terima")
    text = TextField("Tanggapan", validators=[AtMost(1500)])


def filled(row: Clarification | Correction) -> dict[str, Any]:
    """What stands, for the fields of a form."""
    said = {name: getattr(row, name) for name in ("title", "claimed", "truth", "forward", "sources")}
    return {**said, "verdict": row.verdict.value if row.verdict else None}
