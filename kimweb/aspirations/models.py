"""Aspirations: what a villager sends up, on whose desk it lies until when, and what was said on the way."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from kimweb.accounts.models import User
from kimweb.areas.models import CODE, Agency, Area, Category, area_key
from kimweb.core.actor import Role
from kimweb.core.db import Base
from kimweb.core.photos import PhotoLink


class Kind(StrEnum):
    """What is sent."""

    ASPIRATION = "aspirasi"
    COMPLAINT = "pengaduan"
    INFORMATION = "informasi"


class State(StrEnum):
    """The states of product.md, flow 3."""

    RECEIVED = "masuk"
    ASKED = "butuh_keterangan"
    FORWARDED = "diteruskan"
    ASSIGNED = "ditugaskan"
    ANSWERED = "dijawab"
    DONE = "selesai"
    LAPSED = "ditutup"
    REJECTED = "ditolak"
    MERGED = "digabung"


class Verb(StrEnum):
    """What can be done to an aspiration; the nouns of the addresses. LAPSE is the system's."""

    SEND = "pengiriman"
    FORWARD = "penerusan"
    ASK = "pertanyaan"
    REPLY = "keterangan"
    ASSIGN = "penugasan"
    HAND_BACK = "pengembalian"
    ANSWER = "jawaban"
    REJECT = "penolakan"
    CLOSE = "penyelesaian"
    REOPEN = "pembukaan"
    TIGHTEN = "privasi"
    LAPSE = "penutupan"
    MERGE = "penggabungan"


SENDER_ERASED = "erase_sender"
"""Verb in the record: the sender's data went, at the sender's request; no desk does that."""


class Desk(StrEnum):
    """On whose desk it lies: data beside the state."""

    VILLAGE = "desa"
    DISTRICT = "kecamatan"
    REGENCY = "kabupaten"
    AGENCY = "opd"
    SENDER = "pengirim"
    NOBODY = "selesai"


class AnswerKind(StrEnum):
    """The five kinds of an answer."""

    DONE = "dikerjakan"
    SCHEDULED = "dijadwalkan"
    IMPOSSIBLE = "tidak_dapat"
    INFORMATION = "informasi"
    OUTSIDE = "ke_luar"


class RejectReason(StrEnum):
    """Why an aspiration may be rejected."""

    UNCLEAR = "tidak_jelas"
    ANSWERED_BEFORE = "sudah_dijawab"
    VIOLATES = "melanggar"


class MessageKind(StrEnum):
    """What was said between a desk and the sender."""

    QUESTION = "pertanyaan"
    REPLY = "keterangan"
    ANSWER = "jawaban"
    REOPENING = "pembukaan"


class Aspiration(Base):
    """One aspiration. Private until `confirmed_at`; its code is its public name."""

    __tablename__ = "aspirations"
    __table_args__ = (
        sa.Index("ix_aspirations_village_created", "village_code", "created_at"),
        sa.Index("ix_aspirations_desk_due", "desk", "due_on", "id"),
        sa.Index("ix_aspirations_public", "confirmed_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(7), unique=True)
    pin_counter: Mapped[int] = mapped_column(default=0)
    village_code: Mapped[str] = mapped_column(CODE, area_key())
    kind: Mapped[Kind]
    category_code: Mapped[str] = mapped_column(sa.ForeignKey("categories.code", onupdate="CASCADE"))
    title: Mapped[str] = mapped_column(sa.String(120))
    body: Mapped[str] = mapped_column(sa.Text)
    place: Mapped[str] = mapped_column(sa.String(120), default="")
    name: Mapped[str] = mapped_column(sa.String(80), default="")
    phone: Mapped[str] = mapped_column(sa.String(20), default="")
    hide_name: Mapped[bool]
    hide_text: Mapped[bool]
    about_village: Mapped[bool]
    about_district: Mapped[bool]
    village_bypassed: Mapped[bool]
    """Nobody in the village sees it, not even in a count."""
    held: Mapped[bool] = mapped_column(default=False)
    """Many sends came from one network in a short time ("ditahan"): have a look first."""
    entered_by: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    state: Mapped[State]
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    """When text and privacy were confirmed as they appear."""
    reject_reason: Mapped[RejectReason | None]
    desk: Mapped[Desk]
    desk_since: Mapped[date]
    due_on: Mapped[date | None]
    agency_id: Mapped[int | None] = mapped_column(sa.ForeignKey("agencies.id"), index=True)
    days: Mapped[int | None]
    """The class chosen when assigning: 5, 14 or 60 working days."""
    back_state: Mapped[State | None]
    back_desk: Mapped[Desk | None]
    """Where it returns to from the sender's desk: who asked, or who answered."""
    days_left: Mapped[int | None]
    """Working days that the asking desk had left; they run on when the sender has replied."""
    rating: Mapped[int | None]
    target_id: Mapped[int | None] = mapped_column(sa.ForeignKey("aspirations.id"))
    """Into which one it was merged."""

    village: Mapped[Area] = relationship(lazy="raise_on_sql")
    category: Mapped[Category] = relationship(lazy="raise_on_sql")
    agency: Mapped[Agency | None] = relationship(lazy="raise_on_sql")
    messages: Mapped[list[Message]] = relationship(
        back_populates="aspiration", lazy="raise_on_sql", order_by="Message.id"
    )
    photos: Mapped[list[AspirationPhoto]] = relationship(
        lazy="raise_on_sql", order_by="AspirationPhoto.position", viewonly=True
    )

    audit_kind = "aspiration"

    @property
    def audit_id(self) -> str:
        """The id under which the record knows this row."""
        return self.code

    @property
    def audit_area(self) -> str:
        """The area to which the record books this row."""
        return self.village_code

    @property
    def proof(self) -> str:
        """What an actor holds who proved to have sent this one."""
        return f"aspiration:{self.code}"


class Message(Base):
    """Something said between a desk and the sender: a question, a reply, an answer, what is still missing."""

    __tablename__ = "aspiration_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    aspiration_id: Mapped[int] = mapped_column(sa.ForeignKey("aspirations.id"), index=True)
    at: Mapped[datetime]
    kind: Mapped[MessageKind]
    role: Mapped[Role]
    author_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    agency_id: Mapped[int | None] = mapped_column(sa.ForeignKey("agencies.id"))
    text: Mapped[str] = mapped_column(sa.Text)
    answer_kind: Mapped[AnswerKind | None]
    promised_on: Mapped[date | None]

    aspiration: Mapped[Aspiration] = relationship(back_populates="messages", lazy="raise_on_sql")
    agency: Mapped[Agency | None] = relationship(lazy="raise_on_sql")
    author: Mapped[User | None] = relationship(lazy="raise_on_sql")


class AspirationPhoto(PhotoLink, Base):
    """A photo that a villager sent; only for sender and desks until a desk that confirms the text shows it."""

    __tablename__ = "aspiration_photos"

    owner_id: Mapped[int] = mapped_column(sa.ForeignKey("aspirations.id", ondelete="CASCADE"), index=True)
    shown: Mapped[bool] = mapped_column(default=False)
    """Whether everybody sees it who sees the aspiration."""

    @property
    def href(self) -> str:
        """Where the picture stands: where the cookie reaches that code and PIN earn."""
        return f"/aspirasi{super().href}"
