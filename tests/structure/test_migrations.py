"""Models and migrations say the same: whoever changes one without the other is told, on both databases."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

import kimweb.models  # noqa: F401 (fills Base.metadata)
from kimweb.core.db import Base, make_engine

pytestmark = [pytest.mark.database, pytest.mark.bare]


def _included(name: str | None, kind: str, _parents: Any) -> bool:
    """All but the index of search, which each database has of its own kind (tests/core/test_search.py)."""
    return not (kind in ("table", "index") and str(name).startswith(("search_words", "ix_search_words")))


def differences(url: str, metadata: sa.MetaData) -> list[Any]:
    """What a migration would have to change in the database at `url`, server defaults included."""
    engine = make_engine(url)
    with engine.connect() as connection:
        found = MigrationContext.configure(connection, opts={"compare_server_default": True, "include_name": _included})
        changes: list[Any] = compare_metadata(found, metadata)
    engine.dispose()
    return changes


def test_the_migrations_make_what_the_models_say(database_url: str) -> None:
    assert differences(database_url, Base.metadata) == []


def test_a_change_without_a_migration_is_noticed(database_url: str) -> None:
    other = sa.MetaData(naming_convention=Base.metadata.naming_convention)
    for table in Base.metadata.sorted_tables:
        table.to_metadata(other)
    other.tables["news"].append_column(sa.Column("subtitle", sa.String(80)))
    other.tables["areas"].c.name.type = sa.String(99)
    sa.Index("ix_users_name", other.tables["users"].c.name)
    changes = differences(database_url, other)
    kinds = {change[0] if isinstance(change, tuple) else change[0][0] for change in changes}
    assert kinds == {"add_column", "modify_type", "add_index"}


KEPT_APART = (
    "news",
    "news_photos",
    "announcement_photos",
    "aspiration_photos",
    "clarification_photos",
    "election_periods",
    "invitations",
)
"""Tables whose rows are deleted while the record or a form's key goes on naming their ids."""


@pytest.mark.parametrize("name", KEPT_APART)
def test_the_id_of_a_deleted_row_that_the_record_names_is_given_to_no_other(database_url: str, name: str) -> None:
    """PostgreSQL counts on by itself; SQLite only where table and migration say so."""
    assert Base.metadata.tables[name].dialect_options["sqlite"]["autoincrement"] is True
    engine = make_engine(database_url)
    if engine.dialect.name == "sqlite":
        with engine.connect() as connection:
            made = connection.scalar(sa.text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": name})
        assert "AUTOINCREMENT" in str(made)
    else:
        [id_] = [column for column in sa.inspect(engine).get_columns(name) if column["name"] == "id"]
        assert "nextval" in str(id_["default"])
    engine.dispose()
