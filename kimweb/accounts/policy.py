"""Who may do what with an account. Own accounts only, until the admin's pages come."""

from __future__ import annotations

from kimweb.accounts.models import User
from kimweb.core.actor import Actor, Role
from kimweb.core.permissions import Permission


def authority(actor: Actor, permission: Permission, user: User) -> Role | None:
    """By which role the actor may do this to an account; None when not at all."""
    if permission is Permission.ACCOUNT_OWN and actor.user_id == user.id:
        return Role.SYSTEM
    return None


ROLE_ORDER = (Role.ADMIN, Role.REVIEWER, Role.AGENCY, Role.MODERATOR, Role.MEMBER)
"""Widest first: by which role a desk is named."""
