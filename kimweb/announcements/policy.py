"""Who may see and do what with announcements: the only room of this feature that compares roles."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from kimweb.announcements.models import Announcement, State
from kimweb.core.actor import REGENCY, Actor, Role, covered, covers
from kimweb.core.permissions import Permission


@dataclass(frozen=True, slots=True)
class Office:
    """In whose name an announcement speaks: the regency, a district, or an agency (its area is always the regency)."""

    area_code: str
    agency_id: int | None = None

    @property
    def key(self) -> str:
        """What stands for it in a form: `16.06.01`, `16.06:12`."""
        return self.area_code if self.agency_id is None else f"{self.area_code}:{self.agency_id}"

    def addresses(self, area_code: str) -> bool:
        """Whether it may address an area: a district itself and its villages, regency and agencies everything."""
        return covers(self.area_code, area_code)


def office_of(announcement: Announcement) -> Office:
    """The office that speaks in an announcement."""
    return Office(announcement.area_code, announcement.agency_id)


def speaking_for(actor: Actor) -> tuple[Office, ...]:
    """The offices in whose name the actor may write: regency, districts, agencies, in this order."""
    areas = sorted(actor.areas(Role.ADMIN) | actor.areas(Role.REVIEWER))
    return (*map(Office, areas), *(Office(REGENCY, agency) for agency in sorted(actor.agencies())))


def writing_role(actor: Actor, office: Office) -> Role | None:
    """By which role the actor writes in an office's name; None when not at all."""
    if office.agency_id is not None:
        return Role.AGENCY if office.agency_id in actor.agencies() else None
    return next((role for role in (Role.ADMIN, Role.REVIEWER) if office.area_code in actor.areas(role)), None)


def authority(actor: Actor, permission: Permission, announcement: Announcement) -> Role | None:
    """By which role the actor may do this to the announcement (audience loaded); None when not at all.

    The office's own people write. The admin publishes and withdraws everything, and so releases the agencies' drafts; a
    reviewer what the own district says to the own district.
    """
    match permission:
        case Permission.ANNOUNCEMENT_WRITE:
            return writing_role(actor, office_of(announcement))
        case Permission.ANNOUNCEMENT_PUBLISH:
            return _publishing_role(actor, announcement)
        case Permission.ANNOUNCEMENT_PHOTO:
            return _mending_role(actor, announcement)
        case _:
            return None


def _publishing_role(actor: Actor, announcement: Announcement) -> Role | None:
    if actor.holds(Role.ADMIN, on=announcement.area_code):
        return Role.ADMIN
    office = office_of(announcement)
    own = office.agency_id is None and office.area_code in actor.areas(Role.REVIEWER)
    inside = all(office.addresses(row.area_code) for row in announcement.audience)
    return Role.REVIEWER if own and inside else None


def _mending_role(actor: Actor, announcement: Announcement) -> Role | None:
    """By which role the actor covers parts of its picture and writes what it shows: the office while it is a draft, and
    whoever may publish it then and once it stands."""
    if announcement.state is State.WITHDRAWN:
        return None
    own = writing_role(actor, office_of(announcement)) if announcement.state is State.DRAFT else None
    return own or _publishing_role(actor, announcement)


def is_public(announcement: Announcement, day: date) -> bool:
    """Whether everybody reads it on that day: from its first day on."""
    return announcement.state is State.PUBLISHED and announcement.starts_on <= day


def can_see(actor: Actor, announcement: Announcement) -> bool:
    """Published ones are for everybody from their first day on, before it for office and admin; drafts for author,
    office and admin; withdrawn ones for office and admin."""
    if is_public(announcement, actor.day) or actor.holds(Role.ADMIN, on=announcement.area_code):
        return True
    if writing_role(actor, office_of(announcement)) is not None:
        return True
    own = actor.user_id is not None and actor.user_id == announcement.author_id
    return own and announcement.state is State.DRAFT


def can_read_record(actor: Actor, announcement: Announcement) -> bool:
    """Whether the actor reads what was done to the announcement: its office, and whoever may publish it."""
    rights = (Permission.ANNOUNCEMENT_WRITE, Permission.ANNOUNCEMENT_PUBLISH)
    return any(authority(actor, right, announcement) for right in rights)


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The same as `can_see`, in SQL."""
    begun = sa.and_(Announcement.state == State.PUBLISHED, Announcement.starts_on <= actor.day)
    ways = [begun, of_own_offices(actor), _under_admin(actor)]
    if actor.user_id is not None:
        ways.append(sa.and_(Announcement.state == State.DRAFT, Announcement.author_id == actor.user_id))
    return sa.or_(*ways)


def of_own_offices(actor: Actor) -> sa.ColumnElement[bool]:
    """SQL: what is said in the name of one of the actor's offices."""
    areas = sorted(actor.areas(Role.ADMIN) | actor.areas(Role.REVIEWER))
    return sa.or_(
        sa.and_(Announcement.agency_id.is_(None), Announcement.area_code.in_(areas)),
        Announcement.agency_id.in_(sorted(actor.agencies())),
    )


def waiting_for(actor: Actor) -> sa.ColumnElement[bool]:
    """SQL: drafts on the actor's desk: one's own, and for the admin those of the agencies, to be released."""
    own = sa.and_(Announcement.author_id == actor.user_id, of_own_offices(actor))
    release = sa.and_(Announcement.agency_id.is_not(None), _under_admin(actor))
    return sa.and_(Announcement.state == State.DRAFT, sa.or_(own, release))


def _under_admin(actor: Actor) -> sa.ColumnElement[bool]:
    return covered(Announcement.area_code, actor.areas(Role.ADMIN))
