"""What the service's own database role may do on PostgreSQL, where migrations run as another (KIMWEB_MIGRATE_URL).

The record stays out of its reach: it may add to it and read it, never change or remove (docs/decisions/0012).
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.engine import make_url

from kimweb.core.db import make_engine

APPENDED = ("audit_entries", "audit_texts", "audit_erasures")
STATEMENTS = (
    "GRANT USAGE ON SCHEMA public TO {}",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}",
    "GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {}",
    f"REVOKE UPDATE, DELETE, TRUNCATE ON {', '.join(APPENDED)} FROM {{}}",
    "REVOKE INSERT ON audit_erasures FROM {}",
    "REVOKE DELETE, TRUNCATE ON audit_head FROM {}",
    "REVOKE INSERT, UPDATE, DELETE ON alembic_version FROM {}",
)
"""In this order; {} is the service's role. docs/install.md lists them."""


def separate_role(migrate_url: str, service_url: str) -> str:
    """The service's role where it is another than the migrating one, on PostgreSQL; "" where there is but one."""
    service = make_url(service_url)
    if service.get_backend_name() != "postgresql" or service.username == make_url(migrate_url).username:
        return ""
    return service.username or ""


def grant(migrate_url: str, service_url: str) -> str:
    """Give the service's role what it needs on every table there is now; returns its name ("": nothing to do).

    Runs after each migration, as the role that owns the tables.
    """
    role = separate_role(migrate_url, service_url)
    if not role:
        return ""
    engine = make_engine(migrate_url)
    with engine.begin() as connection:
        name = connection.dialect.identifier_preparer.quote_identifier(role)
        for statement in STATEMENTS:
            connection.execute(sa.text(statement.format(name)))
    engine.dispose()
    return role
