"""Engine, declarative base and transactions, the same for SQLite and PostgreSQL.

SQLite: `BEGIN IMMEDIATE` for writers, plain `BEGIN` for readers; in the default deferred mode concurrent
read-modify-write loses updates without an error. PostgreSQL: READ COMMITTED, and writers lock what they read to change
(`FOR UPDATE`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from enum import Enum as PyEnum
from pathlib import Path
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Dialect, Engine
from sqlalchemy.orm import DeclarativeBase, Session

WRITE = "kimweb_write"
BUSY_TIMEOUT_MS = 10_000
_ROOT = Path(__file__).resolve().parents[2]


class UtcDateTime(sa.types.TypeDecorator[datetime]):
    """An instant: aware in Python, UTC in the database (SQLite keeps it without a zone)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _values(enum: type[PyEnum]) -> list[str]:
    return [str(member.value) for member in enum]


class Base(DeclarativeBase):
    """What every model inherits; Alembic reads `Base.metadata`."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcDateTime(),
        PyEnum: sa.Enum(PyEnum, native_enum=False, length=32, values_callable=_values, validate_strings=True),
        dict[str, Any]: sa.JSON(),
    }


def make_engine(url: str) -> Engine:
    """An engine for `url` with this project's transactions and pragmas."""
    engine = sa.create_engine(url, **engine_options(url))
    prepare(engine)
    return engine


def engine_options(url: str) -> dict[str, Any]:
    """Pool and connection options for `url`."""
    if url.startswith("sqlite"):
        return {"connect_args": {"timeout": BUSY_TIMEOUT_MS / 1000}}
    return {"pool_pre_ping": True}


def prepare(engine: Engine) -> None:
    """Attach the SQLite recipe to an engine; nothing to do on PostgreSQL."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
        event.listen(engine, "begin", _begin)


def _set_pragmas(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # we emit BEGIN ourselves
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=FULL", f"busy_timeout={BUSY_TIMEOUT_MS}", "foreign_keys=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITE, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def writing(session: Session) -> Iterator[None]:
    """One write transaction: commits at the end, rolls back on an error; inside another one it joins that.

    A reading transaction that is still open ends first, and what it loaded is read anew: a decision is never made on
    rows from before the lock.
    """
    if session.info.get(WRITE):
        yield
        return
    if session.in_transaction():
        session.rollback()
    session.info[WRITE] = True
    try:
        session.connection(execution_options={WRITE: True})
        yield
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info.pop(WRITE, None)


def insert_for(session: Session) -> Callable[[Any], Any]:
    """The database's own INSERT, which knows ON CONFLICT."""
    return sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert


def changed(session: Session, statement: sa.Update | sa.Delete) -> int:
    """Execute a change of many rows and say how many it changed. Needs a write transaction."""
    result = session.execute(statement, execution_options={"synchronize_session": False})
    return int(getattr(result, "rowcount", 0))


def lock(session: Session, name: str) -> None:
    """Let one transaction at a time pass for `name`, until it ends; on SQLite every writer is alone already."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(name, 0))))


def migrate(url: str) -> None:
    """Bring the database at `url` to the newest schema (alembic upgrade head). Safe to call again."""
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(_ROOT / "migrations"))
    config.attributes["url"] = url
    command.upgrade(config, "head")
