"""The registry of groups: one KIM an area at most, its stage, and what it did."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kimweb.areas.models import CODE, Area, area_key
from kimweb.core.db import Base

DORMANT_AFTER_DAYS = 60


class Stage(StrEnum):
    """How far a KIM has come; dormant (tidur) is derived, never stored."""

    SOCIALISED = "sosialisasi"
    DELIBERATED = "musyawarah"
    ELECTED = "pengurus_terpilih"
    DECREED = "sk_terbit"
    REGISTERED = "terdaftar"
    ACTIVE = "aktif"


class ActivityKind(StrEnum):
    """ADINDA, the six kinds of a KIM's work."""

    ACCESS = "akses"
    DISCUSSION = "diskusi"
    IMPLEMENTATION = "implementasi"
    NETWORKING = "networking"
    DISSEMINATION = "diseminasi"
    ASPIRATION = "aspirasi"


class Kim(Base):
    """The group of one area. An area without a row has none yet ("belum ada")."""

    __tablename__ = "kims"

    area_code: Mapped[str] = mapped_column(CODE, area_key(), primary_key=True)
    stage: Mapped[Stage]
    stage_since: Mapped[date]

    area: Mapped[Area] = relationship(lazy="raise_on_sql")


class Activity(Base):
    """Something that a KIM did on a day."""

    __tablename__ = "kim_activities"
    __table_args__ = (sa.Index("ix_kim_activities_area_day", "area_code", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(CODE, area_key())
    kind: Mapped[ActivityKind]
    day: Mapped[date]
    note: Mapped[str] = mapped_column(sa.String(300))
    attendance: Mapped[int | None]
    logged_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
