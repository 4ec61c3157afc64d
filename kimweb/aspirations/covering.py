"""Covering parts of a photo (faces, number plates) before everybody sees it; part of actions."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from kimweb.aspirations import policy, queries
from kimweb.aspirations.models import Aspiration
from kimweb.core import photos
from kimweb.core.actor import Actor, Role
from kimweb.core.db import writing
from kimweb.core.errors import NotAllowed
from kimweb.core.permissions import Permission
from kimweb.core.pictures import Picture
from kimweb.core.workflow import Step, check_version, note, touch


def check_coverable(actor: Actor, row: Aspiration) -> Role:
    """By which role the actor covers parts of its photos: who sits at its desk, village or above; else NotAllowed."""
    role = policy.authority(actor, Permission.ASPIRATION_FORWARD, row)
    if role is None:
        raise NotAllowed("Hanya meja yang memegang aspirasi ini yang menutup bagian foto.")
    return role


def cover_photo(session: Session, step: Step, *, code: str, photo_id: int, picture: Picture) -> Aspiration:
    """Let a photo show `picture`, in which parts are covered; the one before is deleted when nothing else uses it.
    Raises NotFound, NotAllowed, Conflict."""
    with writing(session):
        row = queries.aspiration_for_update(session, step.actor, code)
        check_version(row, step.version)
        role = check_coverable(step.actor, row)
        photos.replace(session, photos.one_of(row.photos, photo_id), picture)
        touch(row, step.now)
        told = replace(step, detail={**step.detail, "photo": photo_id})
        note(session, row, photos.COVERED, told, role=role, before=row.state)
    return row
