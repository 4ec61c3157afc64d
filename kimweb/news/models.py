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
    """draft → submitted → published, or returned with a reason; published → withdrawn with a reason."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Verb(StrEnum):
    """What can be done to a piece; the nouns of the addresses (product.md, Addresses)."""

    SUBMIT = "pengajuan"
    RETURN = "pengembalian"
    PUBLISH = "publikasi"
    WITHDRAW = "penarikan"


class News(Base):
    """A piece of news of one village (or of a district's KIM)."""

    __tablename__ = "news"
    __table_args__ = (
        sa.Index("ix_news_state_published", "state", "published_at", "id"),
        sa.Index("ix_news_area_state_published", "area_code", "state", "published_at"),
        sa.Index("ix_news_state_due", "state", "due_on", "id"),
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
    """Whether its own author published it; its page says so."""

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


class NewsPhoto(PhotoLink, Base):
    """A photo of a piece; whoever sees the piece sees it."""

    __tablename__ = "news_photos"

    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("news.id", ondelete="CASCADE"), index=True)
