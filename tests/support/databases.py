"""A database per test: copied from a template that each worker process migrates and fills once."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from pytest_postgresql import factories
from pytest_postgresql.executors import NoopExecutor
from pytest_postgresql.janitor import DatabaseJanitor
from sqlalchemy.orm import Session

from kimweb.areas.actions import load_reference
from kimweb.core.db import make_engine, migrate
from tests.support.clock import START

HOST = os.environ.get("KIMWEB_TEST_POSTGRES_HOST", "")
PORT = os.environ.get("KIMWEB_TEST_POSTGRES_PORT", "0")
USER = os.environ.get("KIMWEB_TEST_POSTGRES_USER", "kimweb")
_numbers = count(1)


def load(url: str) -> None:
    """The areas, agencies and categories, and the holidays of three years."""
    engine = make_engine(url)
    with Session(engine) as session:
        load_reference(session, now=START)
    engine.dispose()  # on SQLite the last connection to close also folds the WAL into the file


def _postgresql_url(host: str, port: str | int, user: str, dbname: str) -> str:
    return f"postgresql+psycopg://{user}@{host}:{port}/{dbname}"


def _migrate_postgresql(*, host: str, port: str | int, user: str, dbname: str, **_unused: object) -> None:
    migrate(_postgresql_url(host, port, user, dbname))


def _load_postgresql(*, host: str, port: str | int, user: str, dbname: str, **_unused: object) -> None:
    load(_postgresql_url(host, port, user, dbname))


# Fixtures; they connect only when asked for, which is after `require_postgresql`.
postgresql_bare = factories.postgresql_noproc(
    host=HOST or "127.0.0.1", port=PORT, user=USER, dbname="kimweb_bare_", load=[_migrate_postgresql]
)
postgresql_filled = factories.postgresql_noproc(
    depends_on="postgresql_bare", dbname="kimweb_filled_", load=[_load_postgresql]
)


def require_postgresql() -> None:
    """Fail, never skip, where bin/test did not start a server."""
    if not HOST:
        raise RuntimeError("This test needs the PostgreSQL that bin/test starts: bin/test --only-pytest PATH")


@contextmanager
def postgresql_copy(server: NoopExecutor) -> Iterator[str]:
    """The URL of a new copy of the template; dropped at the end, whoever is still connected."""
    assert server.template_dbname
    name = f"{server.dbname}_{next(_numbers)}"
    with DatabaseJanitor(
        user=server.user, host=server.host, port=server.port, dbname=name, template_dbname=server.template_dbname
    ):
        yield _postgresql_url(server.host, server.port, server.user, name)


def sqlite_copy(template: Path, folder: Path) -> str:
    """The URL of a new copy of the template file, in `folder`."""
    path = folder / "kimweb.db"
    shutil.copyfile(template, path)
    return f"sqlite:///{path}"
