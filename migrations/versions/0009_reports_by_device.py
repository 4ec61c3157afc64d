"""News: who wrote what stands; readers' reports: of which device

Revision ID: 0009
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # plain ADD COLUMN: on SQLite rebuilding `news` would drop it under whatever refers to it
    op.add_column("news", sa.Column("written_by_id", sa.Integer(), nullable=True))
    op.add_column("news_reports", sa.Column("device", sa.String(length=16), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("news_reports", schema=None) as batch_op:
        batch_op.drop_column("device")
    with op.batch_alter_table("news", schema=None) as batch_op:
        batch_op.drop_column("written_by_id")
