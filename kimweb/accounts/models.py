"""People with an account, the roles they hold, when they are away, and their sessions."""

from __future__ import annotations

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kimweb.areas.models import CODE, Agency, Area, area_key
from kimweb.core.actor import Role
from kimweb.core.db import Base


class User(Base):
    """Somebody who signs in with a username."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    username: Mapped[str] = mapped_column(sa.String(32), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    password_hash: Mapped[str] = mapped_column(sa.String(160))
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    signed_in_at: Mapped[datetime | None]
    erasure_asked_at: Mapped[datetime | None]
    """When this person asked to be erased."""

    grants: Mapped[list[RoleGrant]] = relationship(back_populates="user", lazy="raise_on_sql")


class RoleGrant(Base):
    """A role on an area or an agency, from a day, perhaps until a day (both count)."""

    __tablename__ = "role_grants"
    __table_args__ = (
        sa.CheckConstraint("(area_code IS NULL) <> (agency_id IS NULL)", name="area_or_agency"),
        sa.Index("ix_role_grants_role_area", "role", "area_code"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    role: Mapped[Role]
    area_code: Mapped[str | None] = mapped_column(CODE, area_key())
    agency_id: Mapped[int | None] = mapped_column(sa.ForeignKey("agencies.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]

    user: Mapped[User] = relationship(back_populates="grants", lazy="raise_on_sql")
    area: Mapped[Area | None] = relationship(lazy="raise_on_sql")
    agency: Mapped[Agency | None] = relationship(lazy="raise_on_sql")


class Invitation(Base):
    """A slip with a code that works once: for a new person (a role on an area or an agency), or a new password for an
    account (`user_id`). Only a keyed hash of the code is kept; `nonce` lets the server derive it again."""

    __tablename__ = "invitations"
    __table_args__ = (
        sa.CheckConstraint(
            "(user_id IS NOT NULL AND role IS NULL AND area_code IS NULL AND agency_id IS NULL) OR "
            "(user_id IS NULL AND role IS NOT NULL AND (area_code IS NULL) <> (agency_id IS NULL))",
            name="person_or_account",
        ),
        sa.Index("ix_invitations_role_area", "role", "area_code"),
        {"sqlite_autoincrement": True},  # the record names a removed one by its id
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    nonce: Mapped[str] = mapped_column(sa.String(32))
    code_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    user_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    role: Mapped[Role | None]
    area_code: Mapped[str | None] = mapped_column(CODE, area_key())
    agency_id: Mapped[int | None] = mapped_column(sa.ForeignKey("agencies.id"))
    batch: Mapped[str | None] = mapped_column(sa.String(12), index=True)
    """What came in one file, and is printed as one sheet."""
    invited_by: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    used_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    withdrawn_at: Mapped[datetime | None]

    user: Mapped[User | None] = relationship(foreign_keys=[user_id], lazy="raise_on_sql")
    inviter: Mapped[User] = relationship(foreign_keys=[invited_by], lazy="raise_on_sql")
    area: Mapped[Area | None] = relationship(lazy="raise_on_sql")
    agency: Mapped[Agency | None] = relationship(lazy="raise_on_sql")

    def is_open(self, now: datetime) -> bool:
        """Whether its code still works, as far as the slip itself tells."""
        return self.used_at is None and self.withdrawn_at is None and now < self.expires_at


class Absence(Base):
    """Away ("sedang berhalangan"): from, until (both count), and who stands in (nobody: the desk counts as empty)."""

    __tablename__ = "absences"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    stand_in_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"), index=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]

    user: Mapped[User] = relationship(foreign_keys=[user_id], lazy="raise_on_sql")
    stand_in: Mapped[User | None] = relationship(foreign_keys=[stand_in_id], lazy="raise_on_sql")


class UserSession(Base):
    """A sign-in as a row: deleting it kills every copy of its cookie. Only a hash of the cookie's token is kept."""

    __tablename__ = "user_sessions"

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    device: Mapped[str] = mapped_column(sa.String(160))

    user: Mapped[User] = relationship(lazy="raise_on_sql")


class SecondFactor(Base):
    """A person's authenticator app. Its secret is derived from the server key and `salt`, and stands nowhere
    (docs/decisions/0013); it counts once a code confirmed it."""

    __tablename__ = "second_factors"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True, autoincrement=False)
    salt: Mapped[str] = mapped_column(sa.String(32))
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    last_step: Mapped[int] = mapped_column(default=0)
    """The time step of the newest code that was taken: that one and all before it are used up."""


class RecoveryCode(Base):
    """A code on paper for when the phone is gone; only a keyed hash is kept, and each works once."""

    __tablename__ = "recovery_codes"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    code_hash: Mapped[str] = mapped_column(sa.String(64))
    used_at: Mapped[datetime | None]


class EmailAddress(Base):
    """An official's own address, for a new password when the old one is forgotten. It counts once the link that was
    mailed to it was used; the link is derived from the server key and `nonce`."""

    __tablename__ = "email_addresses"

    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True, autoincrement=False)
    address: Mapped[str] = mapped_column(sa.String(254))
    nonce: Mapped[str] = mapped_column(sa.String(32))
    asked_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class PasswordLink(Base):
    """A link that was mailed, with which a new password is set, once; then it goes. Only a hash of its token is kept.

    `mark`: of the password and the address it was made for; when either changes it works no more.
    """

    __tablename__ = "password_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    token_hash: Mapped[str] = mapped_column(sa.String(64), unique=True)
    mark: Mapped[str] = mapped_column(sa.String(64))
    expires_at: Mapped[datetime]

    user: Mapped[User] = relationship(lazy="raise_on_sql")
