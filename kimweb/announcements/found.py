"""What search finds of announcements: what was published, from its first day on, also when it has ended."""

from __future__ import annotations

from kimweb.announcements import policy
from kimweb.announcements.models import Announcement
from kimweb.core.search import Found, Watched, watch


def found(announcement: Announcement) -> Found | None:
    """What is found of an announcement; None unless it was published and still stands."""
    first, at = announcement.starts_on, announcement.published_at
    if at is None or not policy.is_public(announcement, first):
        return None
    text = f"{announcement.body}\n{announcement.event_place}"
    return Found(str(announcement.id), announcement.area_code, at, announcement.title, text, first)


_at = Announcement.published_at.expression
watch(Announcement, Watched(Announcement.audit_kind, found, lambda row: str(row.id), _at))
