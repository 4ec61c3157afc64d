"""Moderation of news: revisions, readers' reports, second pair of eyes, masa pemilihan

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # plain ADD COLUMN: on SQLite rebuilding `news` would drop it under whatever refers to it
    op.add_column("news", sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("news", sa.Column("corrected_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("news", sa.Column("changed_by_id", sa.Integer(), nullable=True))
    op.add_column("news", sa.Column("by_moderator", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("news", sa.Column("reports", sa.Integer(), server_default="0", nullable=False))
    op.create_index("ix_audit_entries_verb", "audit_entries", ["verb", "seq"], unique=False)
    op.create_table(
        "news_revisions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("news_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["users.id"], name=op.f("fk_news_revisions_by_id")),
        sa.ForeignKeyConstraint(["news_id"], ["news.id"], name=op.f("fk_news_revisions_news_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news_revisions")),
    )
    op.create_index("ix_news_revisions_news", "news_revisions", ["news_id", "id"], unique=False)
    op.create_table(
        "news_reports",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("news_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("network", sa.String(length=16), nullable=False),
        sa.Column("counted", sa.Boolean(), nullable=False),
        sa.Column("handled_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["news_id"], ["news.id"], name=op.f("fk_news_reports_news_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news_reports")),
    )
    op.create_index("ix_news_reports_news", "news_reports", ["news_id", "id"], unique=False)
    op.create_table(
        "election_periods",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area_code", sa.String(length=13), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=False),
        sa.ForeignKeyConstraint(
            ["area_code"], ["areas.code"], name=op.f("fk_election_periods_area_code"), onupdate="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_election_periods")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_election_periods_area_code", "election_periods", ["area_code"], unique=False)
    op.create_index("ix_election_periods_ends_on", "election_periods", ["ends_on"], unique=False)
    # what stands is each piece's first revision; whatever left its author was handed in
    op.execute(
        "INSERT INTO news_revisions (news_id, at, by_id, title, body, submitted_at) "
        "SELECT id, updated_at, author_id, title, body, CASE WHEN state = 'draft' THEN NULL ELSE updated_at END "
        "FROM news ORDER BY id"
    )


def downgrade() -> None:
    for table in ("election_periods", "news_reports", "news_revisions"):
        op.drop_table(table)
    op.drop_index("ix_audit_entries_verb", table_name="audit_entries")
    with op.batch_alter_table("news", schema=None) as batch_op:
        for column in ("reports", "by_moderator", "changed_by_id", "corrected_at", "seen_at"):
            batch_op.drop_column(column)
