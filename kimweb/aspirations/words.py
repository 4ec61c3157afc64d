"""What kinds, states, desks and answers are called in the interface (product.md decides)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Flask
from flask_babel import gettext

from kimweb.areas.models import Agency
from kimweb.aspirations import policy, timeline
from kimweb.aspirations.models import SENDER_ERASED, AnswerKind, Aspiration, Desk, Kind, RejectReason, State, Verb
from kimweb.aspirations.workflow import above_village
from kimweb.core.audit import Entry
from kimweb.core.i18n import N_
from kimweb.web.words import add_verbs, role_name, verb_name

KINDS = {
    Kind.ASPIRATION: N_("Aspirasi"),
    Kind.COMPLAINT: N_("Pengaduan"),
    Kind.INFORMATION: N_("Permintaan informasi"),
}
KIND_CHOICES = {
    Kind.ASPIRATION: N_("Aspirasi: usul atau harapan"),
    Kind.COMPLAINT: N_("Pengaduan: ada yang tidak beres"),
    Kind.INFORMATION: N_("Permintaan informasi"),
}
STATES = {
    State.RECEIVED: N_("Masuk"),
    State.ASKED: N_("Butuh keterangan"),
    State.FORWARDED: N_("Diteruskan"),
    State.ASSIGNED: N_("Ditugaskan"),
    State.ANSWERED: N_("Dijawab"),
    State.DONE: N_("Selesai"),
    State.LAPSED: N_("Ditutup tanpa kabar"),
    State.REJECTED: N_("Ditolak"),
    State.MERGED: N_("Digabung"),
}
DESKS = {
    Desk.VILLAGE: N_("Moderator KIM"),
    Desk.DISTRICT: N_("Peninjau Kecamatan"),
    Desk.REGENCY: N_("Dinas Kominfo"),
    Desk.AGENCY: N_("Dinas"),
    Desk.SENDER: N_("Pengirim"),
    Desk.NOBODY: N_("Tidak di meja siapa pun"),
}
ANSWERS = {
    AnswerKind.DONE: N_("Sudah dikerjakan"),
    AnswerKind.SCHEDULED: N_("Dijadwalkan"),
    AnswerKind.IMPOSSIBLE: N_("Tidak dapat dikerjakan"),
    AnswerKind.INFORMATION: N_("Informasi"),
    AnswerKind.OUTSIDE: N_("Diteruskan ke luar kabupaten"),
}
REJECTIONS = {
    RejectReason.UNCLEAR: N_("Tidak jelas"),
    RejectReason.ANSWERED_BEFORE: N_("Sudah dijawab"),
    RejectReason.VIOLATES: N_("Melanggar aturan"),
}
VERBS = {
    Verb.SEND: N_("dikirim"),
    Verb.FORWARD: N_("diteruskan"),
    Verb.ASK: N_("diminta keterangan"),
    Verb.REPLY: N_("diberi keterangan"),
    Verb.ASSIGN: N_("ditugaskan"),
    Verb.HAND_BACK: N_("dikembalikan"),
    Verb.ANSWER: N_("dijawab"),
    Verb.REJECT: N_("ditolak"),
    Verb.CLOSE: N_("dinyatakan beres"),
    Verb.REOPEN: N_("dibuka lagi"),
    Verb.TIGHTEN: N_("disembunyikan oleh pengirim"),
    Verb.LAPSE: N_("ditutup tanpa kabar"),
    Verb.MERGE: N_("digabung"),
}
DAYS = {
    5: N_("5 hari kerja: informasi"),
    14: N_("14 hari kerja: tanpa periksa lapangan"),
    60: N_("60 hari kerja: dengan periksa lapangan"),
}


_DOTS = {State.DONE: " done", State.ANSWERED: " done", State.ASSIGNED: " now", State.FORWARDED: " now"}


def desk_of(row: Aspiration) -> str:
    """On whose desk it lies: an agency by its name, the others by their role."""
    if row.desk is Desk.AGENCY and row.agency is not None:
        return row.agency.name
    return str(gettext(DESKS[row.desk]))


def level_above(row: Aspiration) -> str:
    """What lies above the village for this one: the district, or past it the regency."""
    district = above_village(about_district=row.about_district) is Desk.DISTRICT
    return str(gettext("kecamatan") if district else gettext("kabupaten"))


def step_name(entry: Entry) -> str:
    """What a step of the path is called. A village's question that stayed silent was passed on, not closed."""
    if entry.verb == Verb.LAPSE and entry.after == State.FORWARDED:
        return str(gettext("Diteruskan karena pengirim diam"))
    return verb_name(entry.verb).capitalize()


def step_by(entry: Entry) -> str:
    """After the name of a step: to which agency it went, or who did it."""
    agency = entry.detail.get("agency")
    if entry.verb == Verb.ASSIGN:
        return f" {gettext('ke %(agency)s', agency=agency)}"
    if entry.verb == Verb.SEND:
        return ""
    if agency and policy.speaks_for_agency(entry.role):
        return f" {gettext('oleh %(agency)s', agency=agency)}"
    return ", " + role_name(entry.role)


def brief(row: Aspiration) -> str:
    """Beside the state in a list: whose turn it is, or who answered."""
    if row.desk in (Desk.SENDER, Desk.NOBODY):
        return row.agency.name if row.agency is not None else ""
    return desk_of(row)


def office_choices(agencies: Sequence[Agency], row: Aspiration) -> list[tuple[object, str]]:
    """The offices to which this one may be assigned."""
    chosen = [(agency.id, agency.name) for agency in agencies if policy.may_answer(agency.area_code, row)]
    return [("", gettext("Pilih")), *chosen]


def install(app: Flask) -> None:
    """Register the filters and lists of this feature's words."""
    add_verbs(app, {str(verb): word for verb, word in VERBS.items()} | {SENDER_ERASED: N_("data pengirim dihapus")})
    for name, words in (
        ("kind_name", KINDS),
        ("aspiration_state", STATES),
        ("answer_name", ANSWERS),
    ):
        app.jinja_env.filters[name] = _translated(words)
    app.jinja_env.filters.update(
        brief=brief,
        desk_of=desk_of,
        office_choices=office_choices,
        rejection_code_name=lambda code: gettext(REJECTIONS[RejectReason(code)]),
        level_above=level_above,
        seen_by=lambda row, actor: timeline.sees(actor, row),
        step_by=step_by,
        step_name=step_name,
        state_dot=lambda state: _DOTS.get(state, ""),
        week=timeline.week,
    )
    app.jinja_env.globals.update(
        answer_choices=lambda: _choices(ANSWERS),
        rejection_choices=lambda: _choices(REJECTIONS),
        day_choices=lambda: _choices(DAYS),
    )


def _translated(words: Mapping[Any, str]) -> Callable[[Any], str]:
    return lambda value: gettext(words[value])


def _choices(words: Mapping[Any, str]) -> list[tuple[Any, str]]:
    return [(value, gettext(text)) for value, text in words.items()]
