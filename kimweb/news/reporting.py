"""Taking in what readers report of a published piece: part of actions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.core import throttle
from kimweb.core.db import changed, lock, writing
from kimweb.core.errors import Invalid
from kimweb.core.i18n import N_
from kimweb.news import queries
from kimweb.news.models import News, NewsReport

REPORT_LIMIT, REPORT_MINUTES = 30, 10
"""Per network: what comes on top is taken in and does not count. A village may stand behind one address (delivery.md):
nobody is turned away."""
KEPT_PER_NETWORK = 5
"""How many reports of one piece from one network are kept besides those that count."""
COUNTED_PER_NETWORK = queries.REPORTS_COUNT
"""So many devices behind one address put a piece first on the desk, and no more of them count."""
FRESH = timedelta(hours=1)
"""For so long a device that was not seen before is not told from one that threw its cookie away."""


@dataclass(frozen=True, slots=True)
class Device:
    """A reader's device: 128 random bits, and since when it holds them (a new one: now)."""

    mark: str
    since: datetime


def report_news(session: Session, *, news_id: int, reason: str, network: str, device: Device, now: datetime) -> None:
    """Note a reader's report. A device counts once a piece; behind one network three do, and one not seen before only
    when none there counted within the last hour. The others are taken in and do not count. Nothing disappears by
    itself. Raises NotFound (not published) and Invalid (no reason)."""
    with writing(session):
        news = queries.public_news(session, news_id)
        if not reason:
            sentence = N_("Pilih satu, atau tulis apa yang salah.")
            raise Invalid("Belum ada alasannya.", {"reason": sentence})
        row = NewsReport(news_id=news_id, at=now, reason=reason)
        row.network, row.device = _mark(news_id, network), _mark(news_id, device.mark)
        earlier = queries.reports_like(session, row)
        row.counted = not _floods(session, network, now) and _counts(row, earlier, known=device.since <= now - FRESH)
        beside = [one for one in earlier if one.network == row.network and not one.counted]
        if row.counted or len(beside) < KEPT_PER_NETWORK:
            session.add(row)
            news.reports += row.counted


def _mark(news_id: int, what: str) -> str:
    return hashlib.sha256(f"{news_id}:{what}".encode()).hexdigest()[:16]


def _floods(session: Session, network: str, now: datetime) -> bool:
    bucket = f"report:{network}"
    lock(session, bucket)
    full = throttle.count(session, bucket, now=now, minutes=REPORT_MINUTES) >= REPORT_LIMIT
    if not full:
        throttle.add(session, bucket, now=now)
    return full


def _counts(row: NewsReport, earlier: Sequence[NewsReport], *, known: bool) -> bool:
    counted = [one for one in earlier if one.counted]
    if any(one.device == row.device for one in counted) or len(counted) >= COUNTED_PER_NETWORK:
        return False
    return known or all(one.at <= row.at - FRESH for one in counted)


def forget(session: Session, *, before: datetime) -> int:
    """Remove the reports until `before`, answered or not (their words may name people); returns how many. What was not
    answered counts no longer. Needs a write transaction."""
    lost, left = queries.counted_until(before), queries.counted_after(before)
    lowered = sa.update(News).where(News.id.in_(lost)).values(reports=left)
    session.execute(lowered, execution_options={"synchronize_session": False})
    return changed(session, sa.delete(NewsReport).where(NewsReport.at <= before))
