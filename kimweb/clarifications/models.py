"""Cek Fakta: claims that people hand in, what officials find out about them, and what is said against that."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kimweb.areas.models import CODE, Area, area_key
from kimweb.core.actor import REGENCY, Role
from kimweb.core.db import Base
from kimweb.core.photos import PhotoLink


class State(StrEnum):
    """received → examined → published, or not examined, with a reason (product.md, flow 4)."""

    RECEIVED = "masuk"
    EXAMINED = "diperiksa"
    PUBLISHED = "terbit"
    DECLINED = "tidak_diperiksa"
    WITHDRAWN = "ditarik"


class Verb(StrEnum):
    """What can be done to a claim; the nouns of the addresses."""

    SEND = "pengiriman"
    TAKE = "pengambilan"
    EXAMINE = "hasil"
    PUBLISH = "publikasi"
    DECLINE = "penyisihan"
    CORRECT = "ralat"
    WITHDRAW = "penarikan"
    ABSTAIN = "pengunduran"


class SeenIn(StrEnum):
    """Where somebody met the claim."""

    WHATSAPP = "whatsapp"
    FACEBOOK = "facebook"
    TIKTOK = "tiktok"
    SPOKEN = "lisan"
    OTHER = "lainnya"


class Verdict(StrEnum):
    """What came out."""

    FALSE = "salah"
    MISLEADING = "menyesatkan"
    UNPROVEN = "belum_terbukti"
    TRUE = "benar"


class Declined(StrEnum):
    """Why a claim is not examined."""

    OPINION = "opini"
    ELECTION = "pemilu"
    NO_SERVICE = "bukan_layanan"
    UNCLEAR = "tidak_jelas"
    ANSWERED = "sudah_dijawab"


class Finding:
    """What a clarification says. `sources`: a title, and where it stands (an address, or an office and a day)."""

    title: Mapped[str] = mapped_column(sa.String(120), default="")
    verdict: Mapped[Verdict | None]
    claimed: Mapped[str] = mapped_column(sa.Text, default="")
    truth: Mapped[str] = mapped_column(sa.Text, default="")
    forward: Mapped[str] = mapped_column(sa.Text, default="")
    """The short text to pass on; the page's address is put below it when it is shown."""
    sources: Mapped[list[dict[str, Any]]] = mapped_column(sa.JSON, default=list)


class Clarification(Finding, Base):
    """One claim and what was found out about it. Its code is for whoever sent it, its id for everybody."""

    __tablename__ = "clarifications"
    __table_args__ = (
        sa.Index("ix_clarifications_state_published", "state", "published_at", "id"),
        sa.Index("ix_clarifications_due", "due_on", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(7), unique=True)
    pin_counter: Mapped[int] = mapped_column(default=0)
    village_code: Mapped[str | None] = mapped_column(CODE, area_key(), index=True)
    """Where it goes round, if the sender says so: whose district examines it. None: the regency."""
    claim: Mapped[str] = mapped_column(sa.Text)
    """What was handed in, word for word; never published."""
    seen_in: Mapped[SeenIn]
    link: Mapped[str] = mapped_column(sa.String(500), default="")
    held: Mapped[bool] = mapped_column(default=False)
    """Many came from one network in a short time: have a look first."""
    state: Mapped[State]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    due_on: Mapped[date | None]
    """Until when a desk should do something; None: nothing waits."""
    notes: Mapped[str] = mapped_column(sa.Text, default="")
    """What officials note for each other; never published."""
    declined: Mapped[Declined | None]
    answer_id: Mapped[int | None] = mapped_column(sa.ForeignKey("clarifications.id"))
    """The clarification that answered it already."""
    proposed_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    """Who proposed what waits for a second person; None: nothing waits for one."""
    examined_role: Mapped[Role | None]
    released_role: Mapped[Role | None]
    published_at: Mapped[datetime | None]
    open_rebuttals: Mapped[int] = mapped_column(default=0)

    village: Mapped[Area | None] = relationship(lazy="raise_on_sql")
    answer: Mapped[Clarification | None] = relationship(lazy="raise_on_sql", remote_side=[id], viewonly=True)
    audience: Mapped[list[ClarificationArea]] = relationship(
        back_populates="clarification", lazy="raise_on_sql", cascade="all, delete-orphan"
    )
    abstentions: Mapped[list[Abstention]] = relationship(lazy="raise_on_sql", cascade="all, delete-orphan")
    corrections: Mapped[list[Correction]] = relationship(
        lazy="raise_on_sql", order_by="Correction.id", cascade="all, delete-orphan"
    )
    rebuttals: Mapped[list[Rebuttal]] = relationship(lazy="raise_on_sql", order_by="Rebuttal.id", viewonly=True)
    photos: Mapped[list[ClarificationPhoto]] = relationship(
        lazy="raise_on_sql", order_by="ClarificationPhoto.position", viewonly=True
    )

    audit_kind = "clarification"

    @property
    def audit_id(self) -> str:
        """The id under which the record knows this row."""
        return str(self.id)

    @property
    def audit_area(self) -> str:
        """The area to which the record books this row."""
        return self.village_code or REGENCY

    @property
    def proof(self) -> str:
        """What an actor holds who proved to have sent this one; what its PIN is derived from."""
        return f"clarification:{self.code}"


class ClarificationArea(Base):
    """One addressed area: the regency, a district with all its villages, or a single village."""

    __tablename__ = "clarification_areas"

    clarification_id: Mapped[int] = mapped_column(
        sa.ForeignKey("clarifications.id", ondelete="CASCADE"), primary_key=True
    )
    area_code: Mapped[str] = mapped_column(CODE, area_key(), primary_key=True, index=True)

    clarification: Mapped[Clarification] = relationship(back_populates="audience", lazy="raise_on_sql")
    area: Mapped[Area] = relationship(lazy="raise_on_sql")


class Abstention(Base):
    """An official whom the claim concerns, and who keeps out of it."""

    __tablename__ = "clarification_abstentions"

    clarification_id: Mapped[int] = mapped_column(
        sa.ForeignKey("clarifications.id", ondelete="CASCADE"), primary_key=True
    )
    user_id: Mapped[int] = mapped_column(sa.ForeignKey("users.id"), primary_key=True)
    at: Mapped[datetime]


class Correction(Finding, Base):
    """A correction of what stands. Its text: the new one while it waits; once released, the one that stood before."""

    __tablename__ = "clarification_corrections"

    id: Mapped[int] = mapped_column(primary_key=True)
    clarification_id: Mapped[int] = mapped_column(sa.ForeignKey("clarifications.id", ondelete="CASCADE"), index=True)
    change: Mapped[str] = mapped_column(sa.Text)
    why: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[datetime]
    released_at: Mapped[datetime | None]


class Rebuttal(Base):
    """What somebody says against a clarification. It stands on the page once it is accepted, with the reply."""

    __tablename__ = "clarification_rebuttals"

    id: Mapped[int] = mapped_column(primary_key=True)
    clarification_id: Mapped[int] = mapped_column(sa.ForeignKey("clarifications.id"), index=True)
    at: Mapped[datetime]
    text: Mapped[str] = mapped_column(sa.Text)
    network: Mapped[str] = mapped_column(sa.String(16))
    """A hash of the network and the clarification: what came from the same place, and not from where."""
    held: Mapped[bool] = mapped_column(default=False)
    accepted: Mapped[bool | None]
    """None: nobody decided yet."""
    reply: Mapped[str] = mapped_column(sa.Text, default="")
    """The office's reply on the page; of one that was not accepted the reason, for officials."""
    decided_at: Mapped[datetime | None]
    decided_role: Mapped[Role | None]


class ClarificationPhoto(PhotoLink, Base):
    """The picture of a claim; only for sender and desks until a clarification is published that shows it."""

    __tablename__ = "clarification_photos"

    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("clarifications.id", ondelete="CASCADE"), index=True)
    shown: Mapped[bool] = mapped_column(default=False)
    """Whether everybody sees it who sees the clarification."""

    @property
    def href(self) -> str:
        """Where the picture stands: where the cookie reaches that code and PIN earn."""
        return f"/cek-fakta{super().href}"
