"""The verbs of announcements, one transaction each, the same from views and commands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from kimweb.announcements import policy, queries
from kimweb.announcements.models import Announcement, AnnouncementArea, AnnouncementPhoto, State, Urgency, Verb
from kimweb.announcements.policy import Office
from kimweb.announcements.workflow import EDITABLE, LONGEST_DAYS, TRANSITIONS
from kimweb.areas.audience import outermost
from kimweb.areas.queries import areas_with_codes
from kimweb.core import photos
from kimweb.core.actor import Actor, Role
from kimweb.core.calendar import local_day
from kimweb.core.db import writing
from kimweb.core.errors import Invalid, InvalidTransition, NotAllowed
from kimweb.core.i18n import N_
from kimweb.core.permissions import Permission
from kimweb.core.photos import NO_CHANGE, PhotoChange
from kimweb.core.workflow import Step, advance, check_version, note, touch


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What an announcement says, to whom (codes; redundant ones do not hurt), and on which days (both count)."""

    title: str
    body: str
    urgency: Urgency
    starts_on: date
    ends_on: date
    areas: tuple[str, ...]
    event_on: date | None = None
    event_time: str = ""
    event_place: str = ""
    phone: str = ""
    pictures: PhotoChange = NO_CHANGE


MOST_PHOTOS = 1
_PLAIN = ("title", "body", "urgency", "starts_on", "ends_on", "event_on", "event_time", "event_place", "phone")


def day_problems(starts_on: date, ends_on: date) -> dict[str, str]:
    """What is wrong with the days on which an announcement stands: field → sentence."""
    if ends_on < starts_on:
        return {"ends_on": N_("Lebih awal dari hari mulai. Periksa tanggalnya.")}
    if (ends_on - starts_on).days > LONGEST_DAYS:
        return {"ends_on": N_("Terlalu lama. Paling lama 366 hari sejak mulai.")}
    return {}


def _check(session: Session, content: Content, office: Office) -> tuple[str, ...]:
    """The audience in its shortest form; raises Invalid at `areas` or `ends_on`."""
    problems = day_problems(content.starts_on, content.ends_on)
    areas = outermost(content.areas)
    known = {area.code for area in areas_with_codes(session, areas)}
    if not areas:
        problems["areas"] = N_("Belum ada yang dituju. Centang paling sedikit satu.")
    elif not all(code in known and office.addresses(code) for code in areas):
        problems["areas"] = N_("Di luar wilayah pengirim. Pilih dari daftar.")
    if problems:
        raise Invalid("Pengumuman belum bisa disimpan.", problems)
    return areas


def write_announcement(session: Session, step: Step, *, office: Office, content: Content) -> Announcement:
    """A new draft in an office's name. Raises NotAllowed (not the actor's office) and Invalid (days, audience)."""
    role = policy.writing_role(step.actor, office)
    if role is None or step.actor.user_id is None or office not in policy.speaking_for(step.actor):
        raise NotAllowed("Anda tidak menulis atas nama kantor ini.")
    with writing(session):
        areas = _check(session, content, office)
        announcement = Announcement(
            author_id=step.actor.user_id,
            area_code=office.area_code,
            agency_id=office.agency_id,
            state=State.DRAFT,
            version=1,
            created_at=step.now,
            updated_at=step.now,
            audience=[AnnouncementArea(area_code=code) for code in areas],
        )
        _fill(announcement, content)
        session.add(announcement)
        session.flush()
        _record(session, announcement, _pictured(session, step, announcement, content), "create", role)
    return announcement


def edit_announcement(session: Session, step: Step, *, announcement_id: int, content: Content) -> Announcement:
    """Change a draft of one's own office. Raises NotFound, NotAllowed, Conflict, InvalidTransition, Invalid."""
    with writing(session):
        announcement = queries.announcement_for_update(session, step.actor, announcement_id)
        check_version(announcement, step.version)
        role = check_editable(step.actor, announcement)
        areas = _check(session, content, policy.office_of(announcement))
        _fill(announcement, content)
        kept = {row.area_code: row for row in announcement.audience}
        announcement.audience = [kept.get(code) or AnnouncementArea(area_code=code) for code in areas]
        touch(announcement, step.now)
        _record(session, announcement, _pictured(session, step, announcement, content), "edit", role)
    return announcement


def _pictured(session: Session, step: Step, announcement: Announcement, content: Content) -> Step:
    """The step, telling what became of the announcement's picture."""
    photos.change(session, AnnouncementPhoto, announcement.id, content.pictures, most=MOST_PHOTOS)
    return replace(step, detail={**step.detail, **content.pictures.told})


def check_editable(actor: Actor, announcement: Announcement) -> Role:
    """By which role the actor may edit it now; raises NotAllowed, InvalidTransition."""
    role = policy.authority(actor, Permission.ANNOUNCEMENT_WRITE, announcement)
    if role is None:
        raise NotAllowed("Hanya kantor yang menulisnya yang mengubah pengumuman ini.")
    if announcement.state not in EDITABLE:
        raise InvalidTransition("an announcement is edited as a draft")
    return role


def publish_announcement(session: Session, step: Step, *, announcement_id: int) -> Announcement:
    """Bring a draft to its audience; it stands from `starts_on`. Raises Invalid when its end has passed."""
    with writing(session):
        announcement = _move(session, step, announcement_id, Verb.PUBLISH)
        if announcement.ends_on < local_day(step.now):
            raise Invalid(
                "Pengumuman ini sudah lewat.", {"ends_on": N_("Hari terakhirnya sudah lewat. Ubah dulu tanggalnya.")}
            )
        announcement.published_at = step.now
    return announcement


def withdraw_announcement(session: Session, step: Step, *, announcement_id: int) -> Announcement:
    """Take a published announcement off all pages, with a reason (`step.reason`)."""
    with writing(session):
        return _move(session, step, announcement_id, Verb.WITHDRAW)


def _move(session: Session, step: Step, announcement_id: int, verb: Verb) -> Announcement:
    announcement = queries.announcement_for_update(session, step.actor, announcement_id)
    advance(
        session,
        announcement,
        verb,
        step,
        table=TRANSITIONS,
        authority=lambda permission: policy.authority(step.actor, permission, announcement),
    )
    return announcement


def _fill(announcement: Announcement, content: Content) -> None:
    for name in _PLAIN:
        setattr(announcement, name, getattr(content, name))


def _record(session: Session, announcement: Announcement, step: Step, verb: str, role: Role) -> None:
    areas = sorted(row.area_code for row in announcement.audience)
    note(session, announcement, verb, replace(step, detail={**step.detail, "areas": areas}), role=role)
