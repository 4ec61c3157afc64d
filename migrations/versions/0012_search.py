"""What everybody can read, with its words brought to their stems, and the index of each database over them.

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_FTS = (
    "CREATE VIRTUAL TABLE search_words "
    "USING fts5(stems, content='search_entries', content_rowid='id', tokenize='ascii')"
)
_GONE = "INSERT INTO search_words(search_words, rowid, stems) VALUES ('delete', old.id, old.stems);"
_NEW = "INSERT INTO search_words(rowid, stems) VALUES (new.id, new.stems);"
_TRIGGERS = {
    "search_words_in": f"AFTER INSERT ON search_entries BEGIN {_NEW} END",
    "search_words_out": f"AFTER DELETE ON search_entries BEGIN {_GONE} END",
    "search_words_anew": f"AFTER UPDATE OF stems ON search_entries BEGIN {_GONE} {_NEW} END",
}


def upgrade() -> None:
    """Make the table; `kimweb init` fills it."""
    op.create_table(
        "search_entries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("subject", sa.String(length=16), nullable=False),
        sa.Column("area_code", sa.String(length=13), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=True),
        sa.Column("title", sa.String(length=120), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("stems", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["area_code"], ["areas.code"], name=op.f("fk_search_entries_area_code"), onupdate="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entries")),
        sa.UniqueConstraint("kind", "subject", name=op.f("uq_search_entries_kind_subject")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_search_entries_area_code"), "search_entries", ["area_code"])
    if op.get_bind().dialect.name == "sqlite":
        op.execute(_FTS)
        for name, what in _TRIGGERS.items():
            op.execute(f"CREATE TRIGGER {name} {what}")
    else:
        words = sa.text("to_tsvector('simple', stems)")
        op.create_index("ix_search_words", "search_entries", [words], postgresql_using="gin")


def downgrade() -> None:
    """Take it away."""
    if op.get_bind().dialect.name == "sqlite":
        for name in _TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
        op.execute("DROP TABLE search_words")
    op.drop_table("search_entries")
