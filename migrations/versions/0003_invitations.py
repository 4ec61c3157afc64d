"""Invitations, and an index for what each account did last

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_ROLES = ("member", "moderator", "reviewer", "agency", "admin", "sender", "system")


def upgrade() -> None:
    op.create_table(
        "invitations",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("role", sa.Enum(*_ROLES, name="role", native_enum=False, length=32), nullable=True),
        sa.Column("area_code", sa.String(length=13), nullable=True),
        sa.Column("agency_id", sa.Integer(), nullable=True),
        sa.Column("batch", sa.String(length=12), nullable=True),
        sa.Column("invited_by", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(user_id IS NOT NULL AND role IS NULL AND area_code IS NULL AND agency_id IS NULL) OR "
            "(user_id IS NULL AND role IS NOT NULL AND (area_code IS NULL) <> (agency_id IS NULL))",
            name=op.f("ck_invitations_person_or_account"),
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_invitations_user_id")),
        sa.ForeignKeyConstraint(
            ["area_code"], ["areas.code"], name=op.f("fk_invitations_area_code"), onupdate="CASCADE"
        ),
        sa.ForeignKeyConstraint(["agency_id"], ["agencies.id"], name=op.f("fk_invitations_agency_id")),
        sa.ForeignKeyConstraint(["invited_by"], ["users.id"], name=op.f("fk_invitations_invited_by")),
        sa.ForeignKeyConstraint(["used_by"], ["users.id"], name=op.f("fk_invitations_used_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitations")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_invitations_code_hash")),
        sqlite_autoincrement=True,
    )
    for name in ("user_id", "batch", "invited_by"):
        op.create_index(op.f(f"ix_invitations_{name}"), "invitations", [name])
    op.create_index("ix_invitations_role_area", "invitations", ["role", "area_code"])
    op.create_index("ix_audit_entries_actor", "audit_entries", ["actor_id", "seq"])


def downgrade() -> None:
    op.drop_index("ix_audit_entries_actor", "audit_entries")
    op.drop_table("invitations")
