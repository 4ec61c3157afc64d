"""Taking in what readers report of a published piece: part of actions."""

from __future__ import annotations

import hashlib
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.core import throttle
from kimweb.core.db import changed, writing
from kimweb.core.errors import Invalid
from kimweb.core.i18n import N_
from kimweb.news import queries
from kimweb.news.models import NewsReport

REPORT_LIMIT, REPORT_MINUTES = 30, 10
"""Per network: hundreds of people share one operator address (delivery.md), and none of them is locked out by one."""
KEPT_PER_NETWORK = 5
"""How many reports of one piece from one network are kept; one of them counts."""


def report_news(session: Session, *, news_id: int, reason: str, network: str, now: datetime) -> None:
    """Note a reader's report. One a piece and network counts; more are taken in and do not. Nothing disappears by
    itself. Raises NotFound (not published), Invalid (no reason) and TooMany."""
    with writing(session):
        news = queries.public_news(session, news_id)
        if not reason:
            sentence = N_("Pilih satu, atau tulis apa yang salah.")
            raise Invalid("Belum ada alasannya.", {"reason": sentence})
        throttle.take(session, f"report:{network}", now=now, limit=REPORT_LIMIT, minutes=REPORT_MINUTES)
        mark = hashlib.sha256(f"{news_id}:{network}".encode()).hexdigest()[:16]
        earlier = queries.reports_from(session, news_id, mark)
        if len(earlier) >= KEPT_PER_NETWORK:
            return
        session.add(NewsReport(news_id=news_id, at=now, reason=reason, network=mark, counted=not earlier))
        news.reports += not earlier


def forget(session: Session, *, before: datetime) -> int:
    """Remove the reports until `before` that a desk has answered; returns how many. Needs a write transaction."""
    answered = NewsReport.handled_at.is_not(None), NewsReport.at <= before
    return changed(session, sa.delete(NewsReport).where(*answered))
