"""What search finds of news: what everybody reads."""

from __future__ import annotations

from kimweb.core.search import Found, Watched, watch
from kimweb.news import policy
from kimweb.news.models import News


def found(news: News) -> Found | None:
    """What is found of a piece; None unless everybody reads it."""
    if not policy.is_public(news) or news.published_at is None:
        return None
    return Found(str(news.id), news.area_code, news.published_at, news.title, news.body)


watch(News, Watched(News.audit_kind, found, lambda row: str(row.id), News.published_at.expression))
