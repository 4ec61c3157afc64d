"""Who may edit reference data: agencies, categories and holidays (areas are imported at the command line)."""

from __future__ import annotations

from kimweb.core.actor import REGENCY, Actor, Role
from kimweb.core.permissions import GRANTED_TO, Permission


def editor_role(actor: Actor) -> Role | None:
    """The role, held on the regency, by whose authority the actor edits reference data; None: not at all."""
    return actor.first(sorted(GRANTED_TO[Permission.REFERENCE_EDIT]), on=REGENCY)


def can_edit_reference(actor: Actor) -> bool:
    """Whether the actor edits agencies, categories and holidays: only the admin."""
    return editor_role(actor) is not None
