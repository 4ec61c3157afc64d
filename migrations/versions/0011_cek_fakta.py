"""Cek Fakta: claims, clarifications, corrections, rebuttals

Revision ID: 0011
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "clarifications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=7), nullable=False),
        sa.Column("pin_counter", sa.Integer(), nullable=False),
        sa.Column("village_code", sa.String(length=13), nullable=True),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column(
            "seen_in",
            sa.Enum("whatsapp", "facebook", "tiktok", "lisan", "lainnya", name="seenin", native_enum=False, length=32),
            nullable=False,
        ),
        sa.Column("link", sa.String(length=500), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "masuk", "diperiksa", "terbit", "tidak_diperiksa", "ditarik", name="state", native_enum=False, length=32
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column(
            "declined",
            sa.Enum(
                "opini",
                "pemilu",
                "bukan_layanan",
                "tidak_jelas",
                "sudah_dijawab",
                name="declined",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("answer_id", sa.Integer(), nullable=True),
        sa.Column("proposed_by", sa.Integer(), nullable=True),
        sa.Column(
            "examined_role",
            sa.Enum(
                "member",
                "moderator",
                "reviewer",
                "agency",
                "admin",
                "sender",
                "system",
                name="role",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column(
            "released_role",
            sa.Enum(
                "member",
                "moderator",
                "reviewer",
                "agency",
                "admin",
                "sender",
                "system",
                name="role",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("open_rebuttals", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum("salah", "menyesatkan", "belum_terbukti", "benar", name="verdict", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("claimed", sa.Text(), nullable=False),
        sa.Column("truth", sa.Text(), nullable=False),
        sa.Column("forward", sa.Text(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["answer_id"], ["clarifications.id"], name=op.f("fk_clarifications_answer_id")),
        sa.ForeignKeyConstraint(["proposed_by"], ["users.id"], name=op.f("fk_clarifications_proposed_by")),
        sa.ForeignKeyConstraint(
            ["village_code"], ["areas.code"], name=op.f("fk_clarifications_village_code"), onupdate="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarifications")),
        sa.UniqueConstraint("code", name=op.f("uq_clarifications_code")),
    )
    with op.batch_alter_table("clarifications", schema=None) as batch_op:
        batch_op.create_index("ix_clarifications_due", ["due_on", "id"], unique=False)
        batch_op.create_index("ix_clarifications_state_published", ["state", "published_at", "id"], unique=False)
        batch_op.create_index(batch_op.f("ix_clarifications_village_code"), ["village_code"], unique=False)

    op.create_table(
        "clarification_abstentions",
        sa.Column("clarification_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["clarification_id"],
            ["clarifications.id"],
            name=op.f("fk_clarification_abstentions_clarification_id"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_clarification_abstentions_user_id")),
        sa.PrimaryKeyConstraint("clarification_id", "user_id", name=op.f("pk_clarification_abstentions")),
    )
    op.create_table(
        "clarification_areas",
        sa.Column("clarification_id", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(length=13), nullable=False),
        sa.ForeignKeyConstraint(
            ["area_code"], ["areas.code"], name=op.f("fk_clarification_areas_area_code"), onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["clarification_id"],
            ["clarifications.id"],
            name=op.f("fk_clarification_areas_clarification_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("clarification_id", "area_code", name=op.f("pk_clarification_areas")),
    )
    with op.batch_alter_table("clarification_areas", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clarification_areas_area_code"), ["area_code"], unique=False)

    op.create_table(
        "clarification_corrections",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clarification_id", sa.Integer(), nullable=False),
        sa.Column("change", sa.Text(), nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum("salah", "menyesatkan", "belum_terbukti", "benar", name="verdict", native_enum=False, length=32),
            nullable=True,
        ),
        sa.Column("claimed", sa.Text(), nullable=False),
        sa.Column("truth", sa.Text(), nullable=False),
        sa.Column("forward", sa.Text(), nullable=False),
        sa.Column("sources", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["clarification_id"],
            ["clarifications.id"],
            name=op.f("fk_clarification_corrections_clarification_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification_corrections")),
    )
    with op.batch_alter_table("clarification_corrections", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_clarification_corrections_clarification_id"), ["clarification_id"], unique=False
        )

    op.create_table(
        "clarification_photos",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("alt", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["hash"], ["photos.hash"], name=op.f("fk_clarification_photos_hash")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["clarifications.id"], name=op.f("fk_clarification_photos_owner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification_photos")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("clarification_photos", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_clarification_photos_hash"), ["hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_clarification_photos_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "clarification_rebuttals",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("clarification_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("network", sa.String(length=16), nullable=False),
        sa.Column("held", sa.Boolean(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "decided_role",
            sa.Enum(
                "member",
                "moderator",
                "reviewer",
                "agency",
                "admin",
                "sender",
                "system",
                name="role",
                native_enum=False,
                length=32,
            ),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(
            ["clarification_id"], ["clarifications.id"], name=op.f("fk_clarification_rebuttals_clarification_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_clarification_rebuttals")),
    )
    with op.batch_alter_table("clarification_rebuttals", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_clarification_rebuttals_clarification_id"), ["clarification_id"], unique=False
        )


def downgrade() -> None:
    with op.batch_alter_table("clarification_rebuttals", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clarification_rebuttals_clarification_id"))

    op.drop_table("clarification_rebuttals")
    with op.batch_alter_table("clarification_photos", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clarification_photos_owner_id"))
        batch_op.drop_index(batch_op.f("ix_clarification_photos_hash"))

    op.drop_table("clarification_photos")
    with op.batch_alter_table("clarification_corrections", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clarification_corrections_clarification_id"))

    op.drop_table("clarification_corrections")
    with op.batch_alter_table("clarification_areas", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clarification_areas_area_code"))

    op.drop_table("clarification_areas")
    op.drop_table("clarification_abstentions")
    with op.batch_alter_table("clarifications", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_clarifications_village_code"))
        batch_op.drop_index("ix_clarifications_state_published")
        batch_op.drop_index("ix_clarifications_due")

    op.drop_table("clarifications")
