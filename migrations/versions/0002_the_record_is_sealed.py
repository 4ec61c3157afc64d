"""The record is append-only, its texts go by a written erasure only; the second factor

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# docs/decisions/0012. A later migration that copies one of these tables on SQLite (batch mode) makes them anew.
_SQLITE = {
    "audit_entries_no_update": "BEFORE UPDATE ON audit_entries",
    "audit_entries_no_delete": "BEFORE DELETE ON audit_entries",
    "audit_texts_no_update": "BEFORE UPDATE ON audit_texts",
    "audit_texts_erasure_only": "BEFORE DELETE ON audit_texts "
    "WHEN NOT EXISTS (SELECT 1 FROM audit_erasures WHERE seq = OLD.seq)",
    "audit_erasures_no_update": "BEFORE UPDATE ON audit_erasures",
    "audit_erasures_no_delete": "BEFORE DELETE ON audit_erasures",
    "audit_head_forward": "BEFORE UPDATE ON audit_head WHEN NEW.id <> OLD.id OR NEW.seq <= OLD.seq",
    "audit_head_no_delete": "BEFORE DELETE ON audit_head",
}
_FUNCTIONS = {
    "kimweb_refuse": "RAISE EXCEPTION '% is append-only', TG_TABLE_NAME;",
    "kimweb_erasure_only": "IF NOT EXISTS (SELECT 1 FROM audit_erasures WHERE seq = OLD.seq) THEN "
    "RAISE EXCEPTION 'audit_texts: entry % has no written erasure', OLD.seq; END IF; RETURN OLD;",
    "kimweb_forward": "IF NEW.id <> OLD.id OR NEW.seq <= OLD.seq THEN "
    "RAISE EXCEPTION 'audit_head only moves forward'; END IF; RETURN NEW;",
}
_POSTGRESQL = {
    ("audit_entries", "append_only"): "BEFORE UPDATE OR DELETE OR TRUNCATE {} FOR EACH STATEMENT {}refuse()",
    ("audit_texts", "append_only"): "BEFORE UPDATE OR TRUNCATE {} FOR EACH STATEMENT {}refuse()",
    ("audit_texts", "erasure_only"): "BEFORE DELETE {} FOR EACH ROW {}erasure_only()",
    ("audit_erasures", "append_only"): "BEFORE UPDATE OR DELETE OR TRUNCATE {} FOR EACH STATEMENT {}refuse()",
    ("audit_head", "forward"): "BEFORE UPDATE {} FOR EACH ROW {}forward()",
    ("audit_head", "kept"): "BEFORE DELETE OR TRUNCATE {} FOR EACH STATEMENT {}refuse()",
}


def upgrade() -> None:
    op.create_table(
        "audit_erasures",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["audit_entries.seq"], name=op.f("fk_audit_erasures_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_audit_erasures")),
    )
    op.create_table(
        "second_factors",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("salt", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_second_factors_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
    )
    with op.batch_alter_table("recovery_codes", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_recovery_codes_user_id"), ["user_id"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        for name, when in _SQLITE.items():
            op.execute(f"CREATE TRIGGER {name} {when} BEGIN SELECT RAISE(ABORT, 'the record is append-only'); END")
        return
    for name, body in _FUNCTIONS.items():
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body} END $$")
    for (table, name), when in _POSTGRESQL.items():
        op.execute(f"CREATE TRIGGER {table}_{name} " + when.format(f"ON {table}", "EXECUTE FUNCTION kimweb_"))


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in _SQLITE:
            op.execute(f"DROP TRIGGER {name}")
    else:
        for table, name in _POSTGRESQL:
            op.execute(f"DROP TRIGGER {table}_{name} ON {table}")
        for name in _FUNCTIONS:
            op.execute(f"DROP FUNCTION {name}()")
    with op.batch_alter_table("recovery_codes", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_recovery_codes_user_id"))

    op.drop_table("recovery_codes")
    op.drop_table("second_factors")
    op.drop_table("audit_erasures")
