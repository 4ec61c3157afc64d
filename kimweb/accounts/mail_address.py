"""An official's own e-mail address: asked for, confirmed by a link that was mailed to it, removed."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from kimweb.accounts import policy, proving, queries
from kimweb.accounts.models import EmailAddress
from kimweb.accounts.passwords import Passwords
from kimweb.core import audit, outbox, throttle
from kimweb.core.actor import Actor, Role
from kimweb.core.db import writing
from kimweb.core.errors import Invalid, NotAllowed, NotFound
from kimweb.core.i18n import N_
from kimweb.core.mail import is_address

CONFIRM = "confirm_address"
"""The outbox's kind; its subject is the account's number."""
LIFE = timedelta(days=1)
MAILS, MINUTES = 5, 60
"""How many of these mails an account may cause in an hour: nobody's mailbox is filled from here."""


def token_of(server_key: str, row: EmailAddress) -> str:
    """What the link holds (160 bits): derived from the row, and another one when the address changes."""
    told = f"address\0{row.user_id}\0{row.nonce}\0{row.address}"
    return hmac.new(server_key.encode(), told.encode(), hashlib.sha256).hexdigest()[:40]


def is_open(row: EmailAddress, now: datetime) -> bool:
    """Whether the link that was mailed still works."""
    return row.confirmed_at is None and now - row.asked_at < LIFE


def ask(session: Session, *, actor: Actor, address: str, password: str, passwords: Passwords, now: datetime) -> None:
    """Take in an address, in the place of an earlier one, and have the link mailed. It counts once that was used.

    Raises NotAllowed, Invalid, and TooMany after 5 in an hour.
    """
    if not policy.may_use_mail(actor):
        raise NotAllowed("Alamat email hanya untuk peninjau, petugas OPD dan admin.")
    if not is_address(address):
        raise Invalid("Alamat belum benar.", {"address": N_("Belum benar. Tulis seperti nama@contoh.go.id.")})
    mark = proving.prove(session, actor=actor, password=password, passwords=passwords, now=now)
    throttle.take(session, f"address:{actor.user_id}", now=now, limit=MAILS, minutes=MINUTES)
    with writing(session):
        user = queries.own_account(session, actor)
        proving.check_mark(user, mark)
        row = queries.email_address(session, user.id)
        if row is None:
            row = EmailAddress(user_id=user.id)
            session.add(row)
        row.address, row.nonce, row.asked_at, row.confirmed_at = address, secrets.token_hex(16), now, None
        outbox.enqueue(session, kind=CONFIRM, subject=str(user.id), now=now)
        _record(session, user.id, "address_asked", now)


def confirm(session: Session, *, actor: Actor, token: str, server_key: str, now: datetime) -> None:
    """The link was used by whoever signed in: the address counts. Raises NotFound for any other link."""
    with writing(session):
        user = queries.own_account(session, actor)
        row = queries.email_address(session, user.id)
        if row is None or not fits(row, token, server_key, now):
            raise NotFound("Tautan ini tidak berlaku.")
        row.confirmed_at = now
        _record(session, user.id, "address_confirmed", now)


def fits(row: EmailAddress, token: str, server_key: str, now: datetime) -> bool:
    """Whether this is the link that was mailed last, and still works."""
    return is_open(row, now) and hmac.compare_digest(token_of(server_key, row).encode(), token.encode())


def remove(session: Session, *, actor: Actor, now: datetime) -> None:
    """Forget the own address. Raises NotFound."""
    with writing(session):
        user = queries.own_account(session, actor)
        row = queries.email_address(session, user.id)
        if row is None:
            raise NotFound("Tidak ada alamat email.")
        session.delete(row)
        _record(session, user.id, "address_removed", now)


def _record(session: Session, user_id: int, verb: str, now: datetime) -> None:
    """The record never holds the address."""
    audit.record(session, audit.Entry(now, "user", str(user_id), verb, Role.SYSTEM, actor_id=user_id))
