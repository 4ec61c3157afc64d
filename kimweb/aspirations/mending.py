"""Mending a photo that a villager sent: covering faces and number plates, writing what it shows; part of actions."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kimweb.aspirations import policy, queries
from kimweb.aspirations.models import Aspiration
from kimweb.core import photos
from kimweb.core.actor import Actor, Role
from kimweb.core.db import writing
from kimweb.core.errors import NotAllowed
from kimweb.core.permissions import Permission
from kimweb.core.photos import Mended
from kimweb.core.workflow import Step


def check_mendable(actor: Actor, row: Aspiration) -> Role:
    """By which role the actor mends its photos; raises NotAllowed."""
    role = policy.authority(actor, Permission.ASPIRATION_PHOTO, row)
    if role is None:
        raise NotAllowed("Fotonya hanya diubah meja yang memegang aspirasi ini.")
    return role


def mend_photo(session: Session, step: Step, *, code: str, photo_id: int, to: Mended) -> Aspiration:
    """Cover parts of a photo, or describe it. Raises NotFound, NotAllowed, Conflict."""
    with writing(session):
        row = queries.aspiration_for_update(session, step.actor, code)
        photos.mend(session, step, row, photo_id, to, check=check_mendable)
    return row
