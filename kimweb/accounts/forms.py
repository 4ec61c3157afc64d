"""Forms of sign-in and of the own account."""

from __future__ import annotations

from wtforms import PasswordField, SelectField
from wtforms.validators import Optional

from kimweb.web.forms import AtMost, DayField, Filled, Form, LineField


class SignInForm(Form):
    """Username and password."""

    username = LineField("Nama pengguna", validators=[Filled("Masih kosong. Tulis nama pengguna Anda."), AtMost(64)])
    password = PasswordField("Kata sandi", validators=[Filled("Masih kosong. Tulis kata sandi Anda."), AtMost(200)])


class PasswordForm(Form):
    """A new password; the old one is asked for."""

    old = PasswordField("Kata sandi lama", validators=[Filled("Masih kosong."), AtMost(200)])
    new = PasswordField("Kata sandi baru", validators=[Filled("Masih kosong. Paling sedikit 8 huruf."), AtMost(200)])


class AbsenceForm(Form):
    """Away from, until, and who stands in."""

    starts_on = DayField("Mulai", validators=[Filled("Masih kosong. Tulis tanggal pertama.")])
    ends_on = DayField("Sampai", validators=[Filled("Masih kosong. Tulis tanggal terakhir.")])
    stand_in = SelectField("Pengganti", coerce=str, validators=[Optional()])


class SessionForm(Form):
    """Which sign-in to end."""

    device = LineField("Perangkat", validators=[AtMost(64)])


class PrepareForm(Form):
    """Begin to set up the second factor."""

    password = PasswordField("Kata sandi", validators=[Filled("Masih kosong. Tulis kata sandi Anda."), AtMost(200)])


class CodeForm(Form):
    """A code from the app, or one from paper."""

    code = LineField("Kode", validators=[Filled("Masih kosong. Tulis kode 6 angka dari aplikasi."), AtMost(40)])


class ForgotForm(Form):
    """Whose password was forgotten."""

    username = LineField("Nama pengguna", validators=[Filled("Masih kosong. Tulis nama pengguna Anda."), AtMost(64)])


class AddressForm(PrepareForm):
    """An own e-mail address; the password is asked for."""

    address = LineField("Alamat email", validators=[Filled("Masih kosong. Tulis alamat email Anda."), AtMost(254)])


class RemoveForm(PrepareForm):
    """Turn the second factor off."""

    code = LineField("Kode", validators=[Filled("Masih kosong. Tulis kode 6 angka dari aplikasi."), AtMost(40)])
