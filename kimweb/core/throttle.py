"""Counting in the database, the same for all workers: who tried how often.

A bucket names what is counted and for whom (`pin:H4T-9QC:<network>`); a network is a keyed hash, never an address.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from kimweb.core.db import Base, changed, lock, writing
from kimweb.core.errors import TooMany

KEPT_DAYS = 30
"""How long an attempt is kept at most; `kimweb retain` removes them after a day (delivery.md), or as it is set."""


class Attempt(Base):
    """One counted attempt."""

    __tablename__ = "attempts"

    id: Mapped[int] = mapped_column(primary_key=True)
    bucket: Mapped[str] = mapped_column(sa.String(120))
    at: Mapped[datetime] = mapped_column(index=True)

    __table_args__ = (sa.Index("ix_attempts_bucket_at", "bucket", "at"),)


def network_of(address: str | None, server_key: str) -> str:
    """A short keyed hash of the network (IPv4: the address; IPv6: its /64) that an address belongs to."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        text = "unknown"
    else:
        mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None  # a socket on [::]
        text = str(mapped or (ipaddress.ip_network((parsed, 64), strict=False) if parsed.version == 6 else parsed))
    return hmac.new(server_key.encode(), b"network\0" + text.encode(), hashlib.sha256).hexdigest()[:16]


def count(session: Session, bucket: str, *, now: datetime, minutes: int) -> int:
    """How many attempts the last `minutes` saw."""
    since = now - timedelta(minutes=minutes)
    query = sa.select(sa.func.count()).where(Attempt.bucket == bucket, Attempt.at > since)
    return session.scalar(query) or 0


def closed_until(session: Session, bucket: str, *, now: datetime, limit: int, minutes: int) -> datetime | None:
    """When the bucket opens again (aware, UTC), or None while fewer than `limit` attempts stand in the last
    `minutes`."""
    since = now - timedelta(minutes=minutes)
    query = sa.select(Attempt.at).where(Attempt.bucket == bucket, Attempt.at > since).order_by(Attempt.at.desc())
    recent = session.scalars(query.limit(limit)).all()
    return recent[-1] + timedelta(minutes=minutes) if len(recent) >= limit else None


def add(session: Session, bucket: str, *, now: datetime) -> Attempt:
    """Count one attempt, and forget whatever retention left lying for too long. Needs a write transaction."""
    forget(session, before=now - timedelta(days=KEPT_DAYS))
    attempt = Attempt(bucket=bucket, at=now)
    session.add(attempt)
    return attempt


def forget(session: Session, *, before: datetime) -> int:
    """Forget the attempts until `before`; returns how many there were. Needs a write transaction."""
    return changed(session, sa.delete(Attempt).where(Attempt.at <= before))


def take(session: Session, bucket: str, *, now: datetime, limit: int, minutes: int) -> int:
    """Count one attempt before it is made, or raise TooMany; returns its id. Attempts at the same moment are counted
    one after the other, so that many at once win nothing."""
    with writing(session):
        lock(session, bucket)
        until = closed_until(session, bucket, now=now, limit=limit, minutes=minutes)
        if until:
            raise TooMany("Terlalu banyak percobaan.", until=until)
        attempt = add(session, bucket, now=now)
        session.flush()
        return attempt.id


def give_back(session: Session, *attempt_ids: int) -> None:
    """Uncount attempts: what they stand for succeeded."""
    with writing(session):
        session.execute(sa.delete(Attempt).where(Attempt.id.in_(attempt_ids)))
