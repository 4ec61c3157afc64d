"""Mending the picture of an announcement: covering parts of it, writing what it shows; part of actions."""

from __future__ import annotations

from sqlalchemy.orm import Session

from kimweb.announcements import policy, queries
from kimweb.announcements.models import Announcement
from kimweb.core import photos
from kimweb.core.actor import Actor, Role
from kimweb.core.db import writing
from kimweb.core.errors import NotAllowed
from kimweb.core.permissions import Permission
from kimweb.core.photos import Mended
from kimweb.core.workflow import Step


def check_mendable(actor: Actor, announcement: Announcement) -> Role:
    """By which role the actor mends its picture; raises NotAllowed."""
    role = policy.authority(actor, Permission.ANNOUNCEMENT_PHOTO, announcement)
    if role is None:
        raise NotAllowed("Fotonya diubah kantor yang menulis selama draf, dan sesudahnya oleh yang menerbitkan.")
    return role


def mend_photo(session: Session, step: Step, *, announcement_id: int, photo_id: int, to: Mended) -> Announcement:
    """Cover parts of the picture, or describe it anew. Raises NotFound, NotAllowed, Conflict."""
    with writing(session):
        announcement = queries.announcement_for_update(session, step.actor, announcement_id)
        photos.mend(session, step, announcement, photo_id, to, check=check_mendable)
    return announcement
