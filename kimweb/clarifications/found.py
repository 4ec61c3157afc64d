"""What search finds of Cek Fakta: what was published, never the claim as it was handed in, nor where from."""

from __future__ import annotations

from kimweb.clarifications import policy
from kimweb.clarifications.models import Clarification
from kimweb.core.actor import REGENCY
from kimweb.core.search import Found, Watched, watch


def found(row: Clarification) -> Found | None:
    """What is found of a clarification; None unless everybody reads it."""
    if not policy.is_public(row) or row.published_at is None:
        return None
    return Found(str(row.id), REGENCY, row.published_at, row.title, f"{row.claimed}\n{row.truth}")


watch(
    Clarification,
    Watched(Clarification.audit_kind, found, lambda row: str(row.id), Clarification.published_at.expression),
)
