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


def needs_second_factor(actor: Actor) -> bool:
    """Whether the actor's roles ask for a code beside the password, where the setting says so: reviewers, agencies and
    admins, and whoever stands in for one."""
    return actor.has_any((Role.REVIEWER, Role.AGENCY, Role.ADMIN))


def may_use_second_factor(actor: Actor) -> bool:
    """Whether it is offered: to those, and to moderators."""
    return needs_second_factor(actor) or actor.has_any((Role.MODERATOR,))


ROLE_ORDER = (Role.ADMIN, Role.REVIEWER, Role.AGENCY, Role.MODERATOR, Role.MEMBER)
"""Widest first: by which role a desk is named."""
