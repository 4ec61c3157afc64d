"""The verbs of an aspiration on its way, one transaction each, the same from views and commands."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import date, timedelta

from sqlalchemy.orm import Session

from kimweb.aspirations import policy, queries
from kimweb.aspirations.models import (
    AnswerKind,
    Aspiration,
    Desk,
    Message,
    MessageKind,
    RejectReason,
    State,
    Verb,
)
from kimweb.aspirations.workflow import CLASSES, SENDER_DAYS, TRANSITIONS, VERIFY_DAYS, above_village
from kimweb.core.actor import Role
from kimweb.core.calendar import load_calendar, local_day
from kimweb.core.db import writing
from kimweb.core.errors import Invalid, NotAllowed
from kimweb.core.i18n import N_
from kimweb.core.permissions import Permission
from kimweb.core.workflow import Step, advance, check_version, note, permitted, touch

PROMISE_MAX_DAYS = 731
"""What is promised for later than in two years is no promise."""


def forward_aspiration(session: Session, step: Step, *, code: str, photos: Collection[int] = ()) -> Aspiration:
    """Confirm text, privacy and photos as they will appear, and pass it on: to the district, or past it to the
    regency. Of the photos everybody sees those that are named (ids)."""
    with writing(session):
        row = queries.aspiration_for_update(session, step.actor, code)
        desk = above_village(about_district=row.about_district)
        shown = [photo for photo in row.photos if photo.id in photos]
        detail = {"photos_shown": len(shown)} if row.photos else {}
        _move(session, step, row, Verb.FORWARD, desk=desk, days=VERIFY_DAYS, detail=detail)
        for photo in shown:
            photo.shown = True
        _confirm(row, step)
    return row


def ask_sender(session: Session, step: Step, *, code: str, text: str) -> Aspiration:
    """Ask the sender something; the desk's clock stands still until the reply."""
    with writing(session):
        row = _ready(session, step, code, Verb.ASK)
        if not text:
            raise Invalid("Pertanyaan masih kosong.", {"text": N_("Masih kosong. Tulis apa yang ditanyakan.")})
        back = (row.state, row.desk)
        today = local_day(step.now)
        left = max(load_calendar(session).left(today, row.due_on), 1) if row.due_on else VERIFY_DAYS
        role = _move(session, step, row, Verb.ASK, desk=Desk.SENDER, days=SENDER_DAYS)
        row.back_state, row.back_desk, row.days_left = *back, left
        _say(session, step, row, MessageKind.QUESTION, role, text)
    return row


def reply_to_question(session: Session, step: Step, *, code: str, text: str) -> Aspiration:
    """The sender's reply: back to the desk that asked, which goes on with the days it had left."""
    with writing(session):
        row = _ready(session, step, code, Verb.REPLY)
        if not text:
            raise Invalid("Keterangan masih kosong.", {"text": N_("Masih kosong. Cukup satu kalimat.")})
        desk = row.back_desk or above_village(about_district=row.about_district)
        role = _move(session, step, row, Verb.REPLY, desk=desk, days=row.days_left or 1, target=row.back_state)
        _say(session, step, row, MessageKind.REPLY, role, text)
    return row


def assign_aspiration(
    session: Session, step: Step, *, code: str, agency_id: int | None, days: int | None
) -> Aspiration:
    """Give it to an agency, with 5, 14 or 60 working days. Never to the office that it is about.

    Confirms what appears when nobody has yet (a village's question that stayed silent); the page says so.
    """
    with writing(session):
        row = _ready(session, step, code, Verb.ASSIGN)
        if days not in CLASSES:
            raise Invalid("Waktu belum dipilih.", {"days": N_("Pilih 5, 14 atau 60 hari kerja.")})
        agency = queries.assignable_agency(session, step.actor, agency_id) if agency_id else None
        if agency is None or not policy.may_answer(agency.area_code, row):
            raise Invalid(
                "Dinas belum dipilih.", {"agency": N_("Pilih dinas yang akan menjawab, bukan yang diadukan.")}
            )
        detail = {"agency": agency.name, "days": days}
        _move(session, step, row, Verb.ASSIGN, desk=Desk.AGENCY, days=days, detail=detail)
        row.agency_id, row.agency, row.days = agency.id, agency, days
        _confirm(row, step)
    return row


def hand_back(session: Session, step: Step, *, code: str) -> Aspiration:
    """The agency gives it back to the district, with a reason (`step.reason`)."""
    with writing(session):
        row = queries.aspiration_for_update(session, step.actor, code)
        desk = above_village(about_district=row.about_district)
        _move(session, step, row, Verb.HAND_BACK, desk=desk, days=VERIFY_DAYS)
        row.agency_id, row.agency, row.days = None, None, None
    return row


def answer_aspiration(
    session: Session, step: Step, *, code: str, kind: AnswerKind, text: str, promised_on: date | None = None
) -> Aspiration:
    """Answer it. What is scheduled needs its day; every answer needs a sentence."""
    wrong: dict[str, str] = {}
    if not text:
        wrong["text"] = N_("Masih kosong. Tulis jawabannya untuk warga.")
    today = local_day(step.now)
    latest = today + timedelta(days=PROMISE_MAX_DAYS)
    if kind is AnswerKind.SCHEDULED and (promised_on is None or not today <= promised_on <= latest):
        wrong["date"] = N_("Tulis tanggalnya: hari ini atau sesudahnya, paling lama dua tahun lagi.")
    with writing(session):
        row = _ready(session, step, code, Verb.ANSWER)
        if wrong:
            raise Invalid("Jawaban belum lengkap.", wrong)
        back = (row.state, row.desk)
        role = _move(session, step, row, Verb.ANSWER, desk=Desk.SENDER, days=SENDER_DAYS, detail={"kind": str(kind)})
        row.back_state, row.back_desk = back
        _confirm(row, step)
        _say(session, step, row, MessageKind.ANSWER, role, text, answer=kind, promised_on=promised_on)
    return row


def reject_aspiration(session: Session, step: Step, *, code: str, why: RejectReason) -> Aspiration:
    """Reject it for one of the three reasons; `step.reason` may explain it to the sender.

    One that violates the rules is no longer shown to the public.
    """
    with writing(session):
        row = queries.aspiration_for_update(session, step.actor, code)
        _move(session, step, row, Verb.REJECT, desk=Desk.NOBODY, days=None, detail={"why": str(why)})
        row.reject_reason = why
    return row


def merge_aspiration(session: Session, step: Step, *, code: str, target: str) -> Aspiration:
    """Merge it into another of the same village that everybody may read and that was not merged itself."""
    with writing(session):
        queries.lock_in_order(session, [code, target])
        row = _ready(session, step, code, Verb.MERGE)
        into = queries.by_code(session, target)
        fits = into is not None and into.id != row.id and into.village_code == row.village_code
        if into is None or not fits or into.state is State.MERGED or not policy.is_public(into):
            hint = N_("Tulis kode aspirasi lain dari desa yang sama, yang sudah tampil untuk umum.")
            raise Invalid("Tidak bisa digabung ke sana.", {"target": hint})
        _move(session, step, row, Verb.MERGE, desk=Desk.NOBODY, days=None, detail={"target": into.code})
        row.target_id = into.id
    return row


def close_aspiration(session: Session, step: Step, *, code: str, rating: int | None = None) -> Aspiration:
    """The sender says "Beres", perhaps with a rating from 1 to 5."""
    with writing(session):
        row = queries.aspiration_for_update(session, step.actor, code)
        _move(session, step, row, Verb.CLOSE, desk=Desk.NOBODY, days=None)
        row.rating = rating if rating in range(1, 6) else None
    return row


def reopen_aspiration(session: Session, step: Step, *, code: str, text: str) -> Aspiration:
    """The sender says "Belum": back to whoever answered. One that was closed in silence: within 90 days."""
    with writing(session):
        row = _ready(session, step, code, Verb.REOPEN)
        if not text:
            raise Invalid("Belum ditulis apa yang kurang.", {"text": N_("Masih kosong. Tulis apa yang belum beres.")})
        state = row.back_state if row.back_state in (State.FORWARDED, State.ASSIGNED) else State.FORWARDED
        desk = row.back_desk or above_village(about_district=row.about_district)
        days = row.days if desk is Desk.AGENCY and row.days else VERIFY_DAYS
        role = _move(session, step, row, Verb.REOPEN, desk=desk, days=days, target=state)
        _say(session, step, row, MessageKind.REOPENING, role, text)
    return row


def lapse_aspiration(session: Session, step: Step, *, code: str) -> Aspiration:
    """The system closes what stayed silent: a village's question passes on to the district, all else is closed."""
    with writing(session):
        row = queries.aspiration_for_update(session, step.actor, code)
        if row.state is State.ASKED and row.back_desk is Desk.VILLAGE:
            desk = above_village(about_district=row.about_district)
            _move(session, step, row, Verb.LAPSE, desk=desk, days=VERIFY_DAYS, target=State.FORWARDED)
        else:
            _move(session, step, row, Verb.LAPSE, desk=Desk.NOBODY, days=None, target=State.LAPSED)
    return row


def tighten_privacy(session: Session, step: Step, *, code: str, hide_name: bool, hide_text: bool) -> Aspiration:
    """The sender hides name or text; what is hidden stays hidden. A text made secret goes past the village from then
    on: what lies on its desk moves up, with three fresh days."""
    with writing(session):
        row = queries.aspiration_for_update(session, step.actor, code)
        role = policy.authority(step.actor, Permission.ASPIRATION_TIGHTEN, row)
        if role is None:
            raise NotAllowed("Hanya pengirimnya yang mengubah ini.")
        check_version(row, step.version)
        if not (hide_name and not row.hide_name) and not (hide_text and not row.hide_text):
            hint = N_("Centang dulu apa yang disembunyikan.")
            raise Invalid("Belum ada yang dipilih.", {"hide_name": hint})
        if hide_text and not row.hide_text:
            _past_the_village(session, step, row)
        row.hide_name = row.hide_name or hide_name
        row.hide_text = row.hide_text or hide_text
        touch(row, step.now)
        told = replace(step, detail={"name": row.hide_name, "text": row.hide_text})
        note(session, row, Verb.TIGHTEN, told, role=role, before=row.state)
    return row


def _past_the_village(session: Session, step: Step, row: Aspiration) -> None:
    above = above_village(about_district=row.about_district)
    row.village_bypassed = True
    if row.desk is Desk.VILLAGE:
        today = local_day(step.now)
        row.desk, row.desk_since, row.due_on = above, today, load_calendar(session).add(today, VERIFY_DAYS)
    if row.back_desk is Desk.VILLAGE:
        row.back_desk = above


def _confirm(row: Aspiration, step: Step) -> None:
    """Text and privacy were looked at as they appear: from now on it is public, unless its text is secret."""
    row.confirmed_at = row.confirmed_at or step.now


def _ready(session: Session, step: Step, code: str, verb: Verb) -> Aspiration:
    """The row, locked, once it is clear that the step may be done to it: only then its input is looked at."""
    row = queries.aspiration_for_update(session, step.actor, code)
    permitted(row, verb, step, table=TRANSITIONS, authority=lambda p: policy.authority(step.actor, p, row))
    return row


def _move(
    session: Session,
    step: Step,
    row: Aspiration,
    verb: Verb,
    *,
    desk: Desk,
    days: int | None,
    target: State | None = None,
    detail: Mapping[str, object] | None = None,
) -> Role:
    """Advance the state and lay the row on its next desk, due in `days` working days (None: nobody's)."""
    today = local_day(step.now)
    calendar = load_calendar(session)
    due = calendar.add(today, days) if days else None
    told = {
        "from": str(row.desk),
        "used": calendar.used(row.desk_since, today),
        "desk": str(desk),
        "due": due.isoformat() if due else None,
        "agency": row.agency.name if row.desk is Desk.AGENCY and row.agency else "",
        **(detail or {}),
    }
    role = advance(
        session,
        row,
        verb,
        replace(step, detail=told),
        table=TRANSITIONS,
        authority=lambda permission: policy.authority(step.actor, permission, row),
        target=target,
    )
    row.desk, row.desk_since, row.due_on = desk, today, due
    return role


def _say(
    session: Session,
    step: Step,
    row: Aspiration,
    kind: MessageKind,
    role: Role,
    text: str,
    *,
    answer: AnswerKind | None = None,
    promised_on: date | None = None,
) -> None:
    session.add(
        Message(
            aspiration_id=row.id,
            at=step.now,
            kind=kind,
            role=role,
            author_id=step.actor.user_id if role is not Role.SENDER else None,
            agency_id=row.agency_id if policy.speaks_for_agency(role) else None,
            text=text,
            answer_kind=answer,
            promised_on=promised_on if answer is AnswerKind.SCHEDULED else None,
        )
    )
