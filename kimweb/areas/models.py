"""Areas (regency, districts, villages and wards), the agencies that answer, and the categories of aspirations."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kimweb.core.db import Base

CODE = sa.String(13)


class AreaKind(StrEnum):
    """The level of an area; wards (kelurahan) stand beside villages (desa)."""

    REGENCY = "kabupaten"
    DISTRICT = "kecamatan"
    WARD = "kelurahan"
    VILLAGE = "desa"


LOWEST = (AreaKind.VILLAGE, AreaKind.WARD)
"""The areas in which people live: each has a page of its own, and an office."""


class AgencyKind(StrEnum):
    """What kind of office answers."""

    REGENCY = "opd"
    DISTRICT = "kecamatan"
    VILLAGE = "desa"


def area_key() -> sa.ForeignKey:
    """A foreign key to an area that follows when the area is recoded."""
    return sa.ForeignKey("areas.code", onupdate="CASCADE")


class Area(Base):
    """A place with its Kemendagri code, which nests by prefix: 16.06 > 16.06.01 > 16.06.01.2001."""

    __tablename__ = "areas"

    code: Mapped[str] = mapped_column(CODE, primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    kind: Mapped[AreaKind]
    parent_code: Mapped[str | None] = mapped_column(CODE, area_key(), index=True)
    postal_code: Mapped[str | None] = mapped_column(sa.String(5))
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    search_name: Mapped[str] = mapped_column(sa.String(400))

    parent: Mapped[Area | None] = relationship(remote_side=[code], lazy="raise_on_sql")


class AreaRecode(Base):
    """An old code that a later decree replaced; its addresses lead to the new one."""

    __tablename__ = "area_recodes"

    old_code: Mapped[str] = mapped_column(CODE, primary_key=True)
    new_code: Mapped[str] = mapped_column(CODE, area_key())
    at: Mapped[datetime]


class Agency(Base):
    """An office that answers aspirations: a regency OPD, a district office, a village government."""

    __tablename__ = "agencies"

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(32), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    kind: Mapped[AgencyKind]
    area_code: Mapped[str] = mapped_column(CODE, area_key(), index=True)
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    area: Mapped[Area] = relationship(lazy="raise_on_sql")

    audit_kind = "agency"

    @property
    def audit_id(self) -> str:
        """The id under which the record knows this row."""
        return str(self.id)


class Category(Base):
    """What an aspiration may be about, with a plain example and the agency that usually answers."""

    __tablename__ = "categories"

    code: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    example: Mapped[str] = mapped_column(sa.String(160))
    agency_id: Mapped[int | None] = mapped_column(sa.ForeignKey("agencies.id"))
    position: Mapped[int]
    active: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)

    agency: Mapped[Agency | None] = relationship(lazy="raise_on_sql")

    audit_kind = "category"

    @property
    def audit_id(self) -> str:
        """The id under which the record knows this row."""
        return self.code


class ElectionPeriod(Base):
    """A masa pemilihan of an area and all below it (product.md, flow 2), both days included."""

    __tablename__ = "election_periods"
    __table_args__ = ({"sqlite_autoincrement": True},)  # the record names an ended one by its id

    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(CODE, area_key(), index=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    starts_on: Mapped[date]
    ends_on: Mapped[date] = mapped_column(index=True)

    area: Mapped[Area] = relationship(lazy="raise_on_sql")

    audit_kind = "election"
