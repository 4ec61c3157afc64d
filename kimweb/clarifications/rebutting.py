"""Rebuttals: what anybody says against a clarification, and what an official makes of it; part of actions."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import datetime

from sqlalchemy.orm import Session

from kimweb.clarifications import policy, queries
from kimweb.clarifications.models import Clarification, Rebuttal
from kimweb.clarifications.workflow import ANSWER_DAYS
from kimweb.core import idempotency, throttle
from kimweb.core.calendar import load_calendar, local_day
from kimweb.core.db import lock, writing
from kimweb.core.errors import Invalid, InvalidTransition, NotAllowed, NotFound
from kimweb.core.i18n import N_
from kimweb.core.permissions import Permission
from kimweb.core.workflow import Step, check_version, note, touch

REBUT_LIMIT, REBUT_MINUTES = 30, 10
"""Per network: what comes on top is taken in and marked; a village may stand behind one address (delivery.md)."""
KEPT_PER_NETWORK = 5
"""How many of one network lie undecided on one clarification; the others are thanked for and not kept."""
ANSWERED = "tanggapan"
"""The record's word for a decision on a rebuttal."""


def rebut(session: Session, *, clarification_id: int, text: str, key: str | None, network: str, now: datetime) -> None:
    """Take in a rebuttal of a published one; the same form twice is one. Raises NotFound and Invalid (no text)."""
    with writing(session):
        row = queries.published_for_update(session, clarification_id)
        if not text:
            raise Invalid("Bantahan masih kosong.", {"text": N_("Masih kosong. Tulis apa yang keliru.")})
        content = {"clarification": row.id, "text": text}
        name = idempotency.new_key()
        first = idempotency.claim(session, key=key, content=content, kind="rebuttal", subject_id=name, now=now)
        mark = hashlib.sha256(f"{row.id}:{network}".encode()).hexdigest()[:16]
        if first.subject_id != name:
            return
        held = _floods(session, network, now)
        if queries.waiting_from(session, clarification_id=row.id, network=mark) >= KEPT_PER_NETWORK:
            return
        session.add(Rebuttal(clarification_id=row.id, at=now, text=text, network=mark, held=held))
        row.open_rebuttals += 1
        row.due_on = row.due_on or load_calendar(session).add(local_day(now), ANSWER_DAYS)


def _floods(session: Session, network: str, now: datetime) -> bool:
    bucket = f"rebuttal:{network}"
    lock(session, bucket)
    full = throttle.count(session, bucket, now=now, minutes=REBUT_MINUTES) >= REBUT_LIMIT
    throttle.add(session, bucket, now=now)
    return full


def answer_rebuttal(
    session: Session, step: Step, *, clarification_id: int, rebuttal_id: int, accepted: bool, text: str
) -> Clarification:
    """Let it stand on the page with the office's reply (`text`), or keep it inside with a reason."""
    with writing(session):
        row = queries.clarification_for_update(session, step.actor, clarification_id)
        rebuttal = find_rebuttal(row, rebuttal_id)
        check_version(row, step.version)
        role = policy.authority(step.actor, Permission.CLARIFICATION_REPLY, row)
        if role is None:
            raise NotAllowed("Anda tidak memegang meja ini.")
        if rebuttal.accepted is not None or not policy.is_public(row):
            raise InvalidTransition("this rebuttal was decided on already")
        if not text:
            missing = N_("Masih kosong. Tulis tanggapan atau alasannya.")
            raise Invalid("Tanggapan masih kosong.", {"text": missing})
        rebuttal.accepted, rebuttal.reply = accepted, text
        rebuttal.decided_at, rebuttal.decided_role = step.now, role
        row.open_rebuttals -= 1
        if not row.open_rebuttals and row.proposed_by is None:
            row.due_on = None
        touch(row, step.now)
        told = replace(step, detail={"rebuttal": rebuttal.id, "accepted": accepted})
        note(session, row, ANSWERED, told, role=role, before=row.state)
    return row


def find_rebuttal(row: Clarification, rebuttal_id: int) -> Rebuttal:
    """One of its rebuttals (loaded); raises NotFound."""
    for rebuttal in row.rebuttals:
        if rebuttal.id == rebuttal_id:
            return rebuttal
    raise NotFound("Bantahan ini tidak ada.")
