"""Alembic's entry: the models' metadata against KIMWEB_MIGRATE_URL (or the URL that `kimweb.core.db.migrate` hands
over)."""

from typing import Any, Literal

from alembic import context

import kimweb.models  # noqa: F401 (fills Base.metadata)
from kimweb.core.db import WRITE, Base, UtcDateTime, make_engine
from kimweb.settings import Settings


def render_item(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write our own column type into a migration as what it is in the database."""
    return "sa.DateTime(timezone=True)" if kind == "type" and isinstance(item, UtcDateTime) else False


def include_name(name: str | None, kind: str, _parents: Any) -> bool:
    """Leave the index of search alone: each database has one of its own kind (0012)."""
    return not (kind in ("table", "index") and str(name).startswith(("search_words", "ix_search_words")))


def run() -> None:
    """Run the migrations in one transaction, on SQLite in batch mode."""
    url = context.config.attributes.get("url") or Settings.from_env().migrate_url
    engine = make_engine(url)
    with engine.connect().execution_options(**{WRITE: True}) as connection:
        context.configure(
            connection=connection,
            target_metadata=Base.metadata,
            render_as_batch=connection.dialect.name == "sqlite",
            render_item=render_item,
            include_name=include_name,
        )
        with context.begin_transaction():
            context.run_migrations()
        connection.commit()
    engine.dispose()


run()
