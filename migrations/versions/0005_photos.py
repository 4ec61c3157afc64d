"""Photos of news, announcements and aspirations

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "photos",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_photos")),
    )
    op.create_table(
        "photo_files",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.Enum("webp", "jpg", name="filekind", native_enum=False, length=32), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["hash"], ["photos.hash"], name=op.f("fk_photo_files_hash"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("hash", "kind", "size", name=op.f("pk_photo_files")),
    )
    op.create_table(
        "news_photos",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("alt", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["hash"], ["photos.hash"], name=op.f("fk_news_photos_hash")),
        sa.ForeignKeyConstraint(["owner_id"], ["news.id"], name=op.f("fk_news_photos_owner_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_news_photos")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("news_photos", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_news_photos_hash"), ["hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_news_photos_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "announcement_photos",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("alt", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["hash"], ["photos.hash"], name=op.f("fk_announcement_photos_hash")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["announcements.id"], name=op.f("fk_announcement_photos_owner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_announcement_photos")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("announcement_photos", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_announcement_photos_hash"), ["hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_announcement_photos_owner_id"), ["owner_id"], unique=False)

    op.create_table(
        "aspiration_photos",
        sa.Column("owner_id", sa.Integer(), nullable=False),
        sa.Column("shown", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("alt", sa.String(length=120), nullable=False),
        sa.ForeignKeyConstraint(["hash"], ["photos.hash"], name=op.f("fk_aspiration_photos_hash")),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["aspirations.id"], name=op.f("fk_aspiration_photos_owner_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_aspiration_photos")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("aspiration_photos", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_aspiration_photos_hash"), ["hash"], unique=False)
        batch_op.create_index(batch_op.f("ix_aspiration_photos_owner_id"), ["owner_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("aspiration_photos", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_aspiration_photos_owner_id"))
        batch_op.drop_index(batch_op.f("ix_aspiration_photos_hash"))

    op.drop_table("aspiration_photos")
    with op.batch_alter_table("announcement_photos", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_announcement_photos_owner_id"))
        batch_op.drop_index(batch_op.f("ix_announcement_photos_hash"))

    op.drop_table("announcement_photos")
    with op.batch_alter_table("news_photos", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_news_photos_owner_id"))
        batch_op.drop_index(batch_op.f("ix_news_photos_hash"))

    op.drop_table("news_photos")
    op.drop_table("photo_files")
    op.drop_table("photos")
