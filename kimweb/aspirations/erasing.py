"""What of an aspiration goes: who sent it, after a time or when the sender asks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.aspirations import policy, queries
from kimweb.aspirations.models import SENDER_ERASED, Aspiration, AspirationPhoto, Desk, Message, MessageKind
from kimweb.core import audit, erasure, photos
from kimweb.core.actor import Role
from kimweb.core.codes import clean_code
from kimweb.core.db import changed, writing
from kimweb.core.errors import NotFound
from kimweb.core.photos import PhotoChange
from kimweb.core.workflow import touch


def forget_senders(session: Session, *, closed_before: date) -> int:
    """Take name and telephone from aspirations that are closed (on nobody's desk) since that day or earlier; returns of
    how many. What was asked and answered stays."""
    with writing(session):
        closed = Aspiration.desk == Desk.NOBODY, Aspiration.desk_since <= closed_before
        known = sa.or_(Aspiration.name != "", Aspiration.phone != "")
        return changed(session, sa.update(Aspiration).where(*closed, known).values(name="", phone=""))


REMOVED = "(dihapus atas permintaan pengirim)"
_OF_SENDER = (MessageKind.REPLY, MessageKind.REOPENING)


def erase_sender(session: Session, *, code: str, text: bool, now: datetime) -> dict[str, int]:
    """Erase who sent an aspiration, at the sender's request: name, telephone, and the photos that the public does not
    see. With `text`, also what the sender wrote: title, text, place and replies, here and in the record. State, answers
    and the record's entries stay. Returns what went, by name. Raises NotFound. On PostgreSQL, where the migrating role
    is another one, only that one erases texts of the record."""
    with writing(session):
        row = queries.by_code_for_update(session, clean_code(code))
        if row is None:
            raise NotFound(f"Tidak ada aspirasi dengan kode {code[:16]}.")
        gone = {"nama": int(row.name != ""), "telepon": int(row.phone != ""), "foto": _drop_photos(session, row)}
        row.name, row.phone = "", ""
        if text:
            gone |= _erase_words(session, row, now)
        touch(row, now)
        detail = {"removed": gone}
        entry = audit.Entry(now, row.audit_kind, row.audit_id, SENDER_ERASED, Role.SYSTEM, detail=detail)
        audit.record(session, replace(entry, area_code=row.audit_area))
        return gone


def _drop_photos(session: Session, row: Aspiration) -> int:
    """Those that the public does not see; a picture that stands elsewhere too stays there."""
    drop = frozenset(link.id for link in row.photos if not policy.is_public_photo(row, link))
    photos.change(session, AspirationPhoto, row.id, PhotoChange(drop=drop))
    return len(drop)


def _erase_words(session: Session, row: Aspiration, now: datetime) -> dict[str, int]:
    row.title, row.body, row.place = REMOVED, REMOVED, ""
    said = Message.aspiration_id == row.id, Message.kind.in_(_OF_SENDER), Message.text != REMOVED
    replies = changed(session, sa.update(Message).where(*said).values(text=REMOVED))
    erased = erasure.erase_texts(
        session, seqs=queries.texts_of_sender(session, row), why=f"aspiration {row.code}", now=now
    )
    return {"teks": 1, "balasan": replies, "teks catatan": erased}
