"""Village news and its states."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kimweb.accounts.models import User
from kimweb.areas.models import CODE, Area, area_key
from kimweb.core.db import Base
from kimweb.core.photos import PhotoLink


class State(StrEnum):
    """draft → submitted → published, or returned with a reason; published → withdrawn with a reason, and back.

    REVISING: published, and a correction of it waits for the moderator; what was published still stands.
    """

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    REVISING = "revising"
    WITHDRAWN = "withdrawn"


class Verb(StrEnum):
    """What can be done to a piece; the nouns of the addresses (product.md, Addresses)."""

    SUBMIT = "pengajuan"
    RETURN = "pengembalian"
    PUBLISH = "publikasi"
    WITHDRAW = "penarikan"
    RESTORE = "pemulihan"
    CORRECT = "perbaikan"
    KEEP = "penetapan"
    SECOND = "pemeriksaan"


class News(Base):
    """A piece of news of one village (or of a district's KIM)."""

    __tablename__ = "news"
    __table_args__ = (
        sa.Index("ix_news_state_published", "state", "published_at", "id"),
        sa.Index("ix_news_area_state_published", "area_code", "state", "published_at"),
        sa.Index("ix_news_state_due", "state", "due_on", "id"),
        {"sqlite_autoincrement": True},  # the id of a deleted draft stands in the record: no later piece has it
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    area_code: Mapped[str] = mapped_column(CODE, area_key())
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), index=True)
    title: Mapped[str] = mapped_column(sa.String(120))
    body: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[State]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    due_on: Mapped[date | None]
    """Until when the moderator looks at it, while it is submitted."""
    published_at: Mapped[datetime | None]
    self_published: Mapped[bool] = mapped_column(default=False)
    """Whether whoever wrote what stands there published it too; its page says so."""
    seen_at: Mapped[datetime | None]
    """When the district looked at what was published so."""
    corrected_at: Mapped[datetime | None]
    """When a correction was released the last time."""
    changed_by_id: Mapped[int | None]
    """Who wrote the correction that waits (an account's id); None while none does."""
    written_by_id: Mapped[int | None]
    """Who wrote what stands (an account's id), from its release on; before that it is the author."""
    by_moderator: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    """Whether what waits was written by the KIM's own moderator; in a masa pemilihan the district releases it."""
    reports: Mapped[int] = mapped_column(default=0, server_default="0")
    """Readers' reports that count and that no desk has answered yet."""

    area: Mapped[Area] = relationship(lazy="raise_on_sql")
    author: Mapped[User] = relationship(lazy="raise_on_sql")
    photos: Mapped[list[NewsPhoto]] = relationship(lazy="raise_on_sql", order_by="NewsPhoto.position", viewonly=True)

    audit_kind = "news"

    @property
    def audit_id(self) -> str:
        """The id under which the record knows this row."""
        return str(self.id)

    @property
    def audit_area(self) -> str:
        """The area to which the record books this row."""
        return self.area_code

    @property
    def standing_by(self) -> int:
        """Who wrote what stands: the author, or whoever wrote the correction that was released last."""
        return self.written_by_id or self.author_id

    @property
    def text_by(self) -> int:
        """Who wrote what waits, or where nothing waits, what stands."""
        return self.changed_by_id or self.standing_by


class NewsRevision(Base):
    """What a piece said after one change. The newest one is what its form shows; handed in, what a moderator judges."""

    __tablename__ = "news_revisions"
    __table_args__ = (sa.Index("ix_news_revisions_news", "news_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    news_id: Mapped[int] = mapped_column(sa.ForeignKey("news.id"))
    at: Mapped[datetime]
    by_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"))
    title: Mapped[str] = mapped_column(sa.String(120))
    body: Mapped[str] = mapped_column(sa.Text)
    submitted_at: Mapped[datetime | None]
    """When it was handed in; the change that a moderator sees is the one since the hand-in before."""


class NewsReport(Base):
    """A reader says that something is wrong with a published piece."""

    __tablename__ = "news_reports"
    __table_args__ = (sa.Index("ix_news_reports_news", "news_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    news_id: Mapped[int] = mapped_column(sa.ForeignKey("news.id"))
    at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(sa.Text)
    network: Mapped[str] = mapped_column(sa.String(16))
    """A hash of piece and network: it tells a second report of the same piece, and joins nothing across pieces."""
    device: Mapped[str | None] = mapped_column(sa.String(16))
    """The same of piece and device; reports from before devices were told apart have none."""
    counted: Mapped[bool]
    handled_at: Mapped[datetime | None]
    """When a desk answered: kept it or withdrew the piece."""


class NewsPhoto(PhotoLink, Base):
    """A photo of a piece; whoever sees the piece sees it."""

    __tablename__ = "news_photos"

    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("news.id", ondelete="CASCADE"), index=True)
