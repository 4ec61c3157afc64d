"""Forms of invitations and roles: shape and validation only."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from wtforms import PasswordField, SelectField
from wtforms.validators import Optional

from kimweb.areas.models import Area
from kimweb.core.actor import Role
from kimweb.web.forms import AtMost, DayField, Filled, Form, LineField, TextField
from kimweb.web.words import ROLES


class SeatForm(Form):
    """A role and its place; the roles to choose from are those that the actor gives."""

    role = SelectField("Peran", coerce=str, validate_choice=False)
    place = LineField("Tempat", validators=[AtMost(120)])

    def __init__(self, roles: Iterable[Role], **values: Any) -> None:
        """`roles`: what the actor gives somewhere, widest first."""
        super().__init__(**values)
        self.roles = tuple(roles)
        self.role.choices = [(str(role), ROLES[role]) for role in reversed(self.roles)]

    def chosen_role(self) -> Role | None:
        """The chosen role; None for what was not offered."""
        chosen = self.role.data
        return next((role for role in self.roles if str(role) == chosen), None)


class InviteForm(SeatForm):
    """A new person."""

    name = LineField("Nama", validators=[Filled("Masih kosong. Tulis nama orangnya."), AtMost(80)])


class DistrictForm(Form):
    """A district whose villages lack moderators."""

    district = SelectField("Kecamatan", coerce=str, validate_choice=False)

    def __init__(self, districts: Iterable[Area], **values: Any) -> None:
        """`districts`: those that the actor may choose."""
        super().__init__(**values)
        self.district.choices = [(area.code, area.name) for area in districts]


class RoleForm(SeatForm):
    """One more role for somebody, from a day and perhaps until a day."""

    starts_on = DayField("Mulai", validators=[Optional()])
    ends_on = DayField("Sampai", validators=[Optional()])


class EndForm(Form):
    """The last day of a role (empty: at once), and until when it ran on the page."""

    last_day = DayField("Hari terakhir", validators=[Optional()])
    seen = LineField(validators=[AtMost(10)])


class NameForm(Form):
    """Somebody's name, corrected."""

    name = LineField("Nama", validators=[Filled("Masih kosong. Tulis nama orangnya."), AtMost(80)])


class ResetForm(Form):
    """Why somebody's second factor is removed."""

    reason = TextField("Alasan", validators=[Filled("Masih kosong. Tulis mengapa kode keduanya dihapus."), AtMost(500)])


class CodeForm(Form):
    """A slip's code, as typed."""

    code = LineField("Kode undangan", validators=[Filled("Masih kosong. Ketik kode di slip Anda."), AtMost(60)])


class AcceptForm(Form):
    """Username and password of a new account."""

    username = LineField("Nama pengguna", validators=[Filled("Masih kosong. Pilih nama pengguna."), AtMost(64)])
    password = PasswordField("Kata sandi", validators=[Filled("Masih kosong. Paling sedikit 8 huruf."), AtMost(200)])


class NewPasswordForm(Form):
    """A new password."""

    password = PasswordField(
        "Kata sandi baru", validators=[Filled("Masih kosong. Paling sedikit 8 huruf."), AtMost(200)]
    )
