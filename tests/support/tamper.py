"""What somebody does who holds the database itself: take the record's triggers away, then change what stands there."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

SEALED = ("audit_entries", "audit_texts", "audit_erasures", "audit_head")


def unseal(session: Session) -> None:
    """Take the triggers away, in the open transaction."""
    if session.get_bind().dialect.name == "sqlite":
        names = session.scalars(sa.text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).all()
        for name in names:
            session.execute(sa.text(f"DROP TRIGGER {name}"))
        session.execute(sa.text("PRAGMA defer_foreign_keys = ON"))
        return
    for table in SEALED:
        session.execute(sa.text(f"ALTER TABLE {table} DISABLE TRIGGER ALL"))
