"""Announcements: what regency, district or agency tells, to whom, how urgently, and until when."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kimweb.accounts.models import User
from kimweb.areas.models import CODE, Agency, Area, area_key
from kimweb.core.db import Base
from kimweb.core.photos import PhotoLink


class State(StrEnum):
    """draft → published → withdrawn with a reason."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Verb(StrEnum):
    """What can be done to an announcement; the nouns of the addresses."""

    PUBLISH = "publikasi"
    WITHDRAW = "penarikan"


class Urgency(StrEnum):
    """How loud an announcement is."""

    NORMAL = "biasa"
    IMPORTANT = "penting"
    EMERGENCY = "darurat"


URGENCY_ORDER = {Urgency.EMERGENCY: 0, Urgency.IMPORTANT: 1, Urgency.NORMAL: 2}


class Announcement(Base):
    """One announcement. It stands from `starts_on` through `ends_on` (both count, Asia/Jakarta)."""

    __tablename__ = "announcements"
    __table_args__ = (sa.Index("ix_announcements_state_ends", "state", "ends_on"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    area_code: Mapped[str] = mapped_column(CODE, area_key(), index=True)
    """The office that speaks: the regency's or a district's code."""
    agency_id: Mapped[int | None] = mapped_column(sa.ForeignKey("agencies.id"))
    """The agency in whose name it speaks, when it is not the regency or the district itself."""
    title: Mapped[str] = mapped_column(sa.String(120))
    body: Mapped[str] = mapped_column(sa.Text)
    urgency: Mapped[Urgency]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    event_on: Mapped[date | None]
    event_time: Mapped[str] = mapped_column(sa.String(40), default="")
    event_place: Mapped[str] = mapped_column(sa.String(120), default="")
    phone: Mapped[str] = mapped_column(sa.String(20), default="")
    """A number to call, shown as a button."""
    state: Mapped[State]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    published_at: Mapped[datetime | None]

    author: Mapped[User] = relationship(lazy="raise_on_sql")
    area: Mapped[Area] = relationship(lazy="raise_on_sql")
    agency: Mapped[Agency | None] = relationship(lazy="raise_on_sql")
    audience: Mapped[list[AnnouncementArea]] = relationship(
        back_populates="announcement", lazy="raise_on_sql", cascade="all, delete-orphan"
    )
    photos: Mapped[list[AnnouncementPhoto]] = relationship(
        lazy="raise_on_sql", order_by="AnnouncementPhoto.position", viewonly=True
    )

    audit_kind = "announcement"

    @property
    def audit_id(self) -> str:
        """The id under which the record knows this row."""
        return str(self.id)

    @property
    def audit_area(self) -> str:
        """The area to which the record books this row."""
        return self.area_code


class AnnouncementArea(Base):
    """One addressed area: the regency, a district with all its villages, or a single village."""

    __tablename__ = "announcement_areas"

    announcement_id: Mapped[int] = mapped_column(
        sa.ForeignKey("announcements.id", ondelete="CASCADE"), primary_key=True
    )
    area_code: Mapped[str] = mapped_column(CODE, area_key(), primary_key=True, index=True)

    announcement: Mapped[Announcement] = relationship(back_populates="audience", lazy="raise_on_sql")
    area: Mapped[Area] = relationship(lazy="raise_on_sql")


class AnnouncementPhoto(PhotoLink, Base):
    """The picture of an announcement; whoever sees the announcement sees it."""

    __tablename__ = "announcement_photos"

    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("announcements.id", ondelete="CASCADE"), index=True)
