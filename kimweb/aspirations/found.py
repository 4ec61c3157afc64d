"""What search finds of aspirations: what everybody reads of them, never who sent one or when."""

from __future__ import annotations

from kimweb.aspirations import policy
from kimweb.aspirations.models import Aspiration
from kimweb.core.search import Found, Watched, watch


def found(row: Aspiration) -> Found | None:
    """What is found of an aspiration; None unless everybody reads it."""
    if not policy.is_public(row) or row.confirmed_at is None:
        return None
    return Found(row.code, row.village_code, row.confirmed_at, row.title, f"{row.body}\n{row.place}")


watch(Aspiration, Watched(Aspiration.audit_kind, found, lambda row: row.code, Aspiration.confirmed_at.expression))
