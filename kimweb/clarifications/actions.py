"""The verbs of a claim, one transaction each, the same from views and commands."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace
from datetime import date

from sqlalchemy.orm import Session

from kimweb.areas.audience import outermost
from kimweb.areas.queries import areas_with_codes
from kimweb.clarifications import policy, queries, texts
from kimweb.clarifications.models import (
    Abstention,
    Clarification,
    ClarificationArea,
    Correction,
    Declined,
    State,
    Verb,
    Verdict,
)
from kimweb.clarifications.texts import Text
from kimweb.clarifications.workflow import ANSWER_DAYS, TRANSITIONS
from kimweb.core.actor import Role, covers
from kimweb.core.calendar import load_calendar, local_day
from kimweb.core.db import writing
from kimweb.core.errors import Invalid, InvalidTransition
from kimweb.core.i18n import N_
from kimweb.core.workflow import Step, advance, permitted


def take_claim(session: Session, step: Step, *, clarification_id: int) -> Clarification:
    """Begin to examine it; the claim's own village is addressed until somebody chooses others."""
    with writing(session):
        row = queries.clarification_for_update(session, step.actor, clarification_id)
        _move(session, step, row, Verb.TAKE)
        _address(session, row, [row.audit_area])
    return row


def abstain(session: Session, step: Step, *, clarification_id: int) -> Clarification:
    """The actor is concerned and keeps out of it from now on; the own proposal falls."""
    with writing(session):
        row = queries.clarification_for_update(session, step.actor, clarification_id)
        mine, correction = policy.proposed_it(step.actor, row), waiting_correction(row)
        _move(session, step, row, Verb.ABSTAIN)
        row.abstentions.append(Abstention(user_id=step.actor.user_id, at=step.now))
        if mine:
            row.proposed_by = None
        if mine and correction:
            row.corrections.remove(correction)
            row.due_on = row.due_on if row.open_rebuttals else None
    return row


def examine(
    session: Session,
    step: Step,
    *,
    clarification_id: int,
    text: Text,
    areas: Collection[str],
    notes: str = "",
    shows_photo: bool = False,
) -> Clarification:
    """Keep what was found out so far. What was proposed before no longer is: people release what they read."""
    with writing(session):
        row = queries.clarification_for_update(session, step.actor, clarification_id)
        _move(session, step, row, Verb.EXAMINE)
        texts.put(text, row)
        row.notes, row.proposed_by = notes, None
        _choose(session, step, row, areas)
        for photo in row.photos:
            photo.shown = shows_photo
    return row


def publish(session: Session, step: Step, *, clarification_id: int, verdict: Verdict | None = None) -> Clarification:
    """The first of two people proposes it, with the verdict; the second one releases it, the same for a correction.

    Raises Invalid when something is missing, or when the second one names another verdict.
    """
    with writing(session):
        row = queries.clarification_for_update(session, step.actor, clarification_id)
        permitted(row, Verb.PUBLISH, step, table=TRANSITIONS, authority=lambda p: policy.authority(step.actor, p, row))
        if row.proposed_by is not None:
            _release(session, step, row, verdict)
        elif row.state is State.EXAMINED:
            _propose(session, step, row, verdict)
        else:
            raise InvalidTransition("no correction waits")
    return row


def _propose(session: Session, step: Step, row: Clarification, verdict: Verdict | None) -> None:
    if verdict is not None and verdict is not row.verdict:
        row.verdict = verdict
        row.forward = texts.proposal(row)
    nobody = {} if row.audience else {"areas": N_("Belum ada yang dituju. Centang paling sedikit satu.")}
    texts.check(row, nobody)
    told = replace(step, detail={"proposed": True, "verdict": str(row.verdict)})
    role = _move(session, told, row, Verb.PUBLISH, State.EXAMINED)
    row.proposed_by, row.examined_role = step.actor.user_id, role


def _release(session: Session, step: Step, row: Clarification, verdict: Verdict | None) -> None:
    correction = waiting_correction(row)
    proposed = correction.verdict if correction else row.verdict
    if verdict is not None and verdict is not proposed:
        raise Invalid("Kesimpulannya lain dari yang diusulkan.", {"verdict": N_("Lain dari yang diusulkan.")})
    if correction is None:
        role = _move(session, replace(step, detail={"verdict": str(proposed)}), row, Verb.PUBLISH, State.PUBLISHED)
        row.published_at = step.now
    else:
        number = sum(one.released_at is not None for one in row.corrections) + 1
        told = replace(step, reason=correction.why, detail={"correction": number, "verdict": str(proposed)})
        role = _move(session, told, row, Verb.PUBLISH, State.PUBLISHED)
        texts.swap(row, correction)
        correction.released_at = step.now
    row.proposed_by, row.released_role = None, role
    row.due_on = row.due_on if row.open_rebuttals else None


def waiting_correction(row: Clarification) -> Correction | None:
    """The correction that waits for its second person (corrections loaded)."""
    if row.state is not State.PUBLISHED:
        return None
    return next((one for one in row.corrections if one.released_at is None), None)


def correct(session: Session, step: Step, *, clarification_id: int, text: Text, change: str, why: str) -> Clarification:
    """Propose a correction of what stands: the new text, what changes and why. It replaces one that waits already."""
    with writing(session):
        row = queries.clarification_for_update(session, step.actor, clarification_id)
        permitted(row, Verb.CORRECT, step, table=TRANSITIONS, authority=lambda p: policy.authority(step.actor, p, row))
        correction = waiting_correction(row) or Correction(at=step.now)
        texts.put(text, correction)
        correction.change, correction.why, correction.at = change, why, step.now
        texts.check(correction, _explained(change, why))
        if not texts.differs(correction, row):
            raise Invalid("Belum ada yang berubah.", {"truth": N_("Masih sama dengan yang terbit.")})
        row.examined_role = _move(session, step, row, Verb.CORRECT)
        if correction not in row.corrections:
            row.corrections.append(correction)
        row.proposed_by = step.actor.user_id
        row.due_on = row.due_on or _due_day(session, step)
    return row


def _explained(change: str, why: str) -> dict[str, str]:
    wrong = {}
    if not change:
        wrong["change"] = N_("Masih kosong. Tulis apa yang diperbaiki.")
    if not why:
        wrong["why"] = N_("Masih kosong. Tulis mengapa diperbaiki.")
    return wrong


def decline(
    session: Session, step: Step, *, clarification_id: int, why: Declined, answer_id: int | None = None
) -> Clarification:
    """Do not examine it, for one of the reasons; `answer_id`: of the published one that answered it already.
    `step.reason` may explain it to the sender."""
    with writing(session):
        row = queries.clarification_for_update(session, step.actor, clarification_id)
        permitted(row, Verb.DECLINE, step, table=TRANSITIONS, authority=lambda p: policy.authority(step.actor, p, row))
        answer = session.get(Clarification, answer_id) if answer_id and why is Declined.ANSWERED else None
        if why is Declined.ANSWERED and (answer is None or not policy.is_public(answer)):
            sentence = N_("Tulis nomor atau alamat cek fakta yang sudah terbit.")
            raise Invalid("Belum jelas yang mana.", {"answer": sentence})
        _move(session, replace(step, detail={"why": str(why)}), row, Verb.DECLINE)
        row.declined, row.answer_id = why, answer.id if answer else None
        row.proposed_by, row.due_on = None, None
    return row


def withdraw(session: Session, step: Step, *, clarification_id: int) -> Clarification:
    """Take a published one off all pages, with a reason (`step.reason`)."""
    with writing(session):
        row = queries.clarification_for_update(session, step.actor, clarification_id)
        _move(session, step, row, Verb.WITHDRAW)
        row.proposed_by, row.due_on = None, None
    return row


def _due_day(session: Session, step: Step) -> date:
    """Until when a desk should do something about what comes in now."""
    return load_calendar(session).add(local_day(step.now), ANSWER_DAYS)


def _choose(session: Session, step: Step, row: Clarification, codes: Collection[str]) -> None:
    """Address these areas. A reviewer adds only areas of the own district; what the regency chose may stay."""
    areas = outermost(codes)
    known = {area.code for area in areas_with_codes(session, areas)}
    standing = {place.area_code for place in row.audience}
    own = policy.addressable(step.actor, row)
    inside = all(code in standing or any(covers(area, code) for area in own) for code in areas)
    if not known.issuperset(areas) or not inside:
        raise Invalid("Di luar wilayah Anda.", {"areas": N_("Di luar wilayah pengirim. Pilih dari daftar.")})
    _address(session, row, areas)


def _address(session: Session, row: Clarification, codes: Iterable[str]) -> None:
    kept = {place.area_code: place for place in row.audience}
    row.audience = [kept.get(code) or ClarificationArea(area_code=code) for code in codes]
    session.flush()


def _move(session: Session, step: Step, row: Clarification, verb: Verb, target: State | None = None) -> Role:
    return advance(
        session,
        row,
        verb,
        step,
        table=TRANSITIONS,
        authority=lambda permission: policy.authority(step.actor, permission, row),
        target=target,
    )
