"""Mending the picture of a claim: covering names and faces, writing what it shows; part of actions."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kimweb.clarifications import policy, queries
from kimweb.clarifications.models import Clarification
from kimweb.core import photos
from kimweb.core.actor import Actor, Role
from kimweb.core.db import writing
from kimweb.core.errors import NotAllowed
from kimweb.core.permissions import Permission
from kimweb.core.photos import Mended
from kimweb.core.workflow import Step


def check_mendable(actor: Actor, row: Clarification) -> Role:
    """By which role the actor mends its picture; raises NotAllowed."""
    role = policy.authority(actor, Permission.CLARIFICATION_PHOTO, row)
    if role is None:
        raise NotAllowed("Fotonya hanya diubah meja yang memeriksa kabar ini.")
    return role


def mend_photo(session: Session, step: Step, *, clarification_id: int, photo_id: int, to: Mended) -> Clarification:
    """Cover parts of the picture, or describe it. Raises NotFound, NotAllowed, Conflict."""
    with writing(session):
        row = queries.clarification_for_update(session, step.actor, clarification_id)
        photos.mend(session, step, row, photo_id, to, check=check_mendable)
    return row
