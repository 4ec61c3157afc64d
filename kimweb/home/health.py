"""What machines ask: alive, ready, and which addresses a search engine leaves alone."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import sqlalchemy as sa
from alembic.config import Config
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from kimweb.home.blueprint import bp
from kimweb.web import context
from kimweb.web.access import public

_ROBOTS = "User-agent: *\nDisallow: /meja/\nDisallow: /akun/\nDisallow: /masuk/\nDisallow: /aspirasi/lacak/\n"


def _text(body: str, status: int = 200) -> Response:
    return Response(body, status, {"Cache-Control": "no-store"}, mimetype="text/plain")


@bp.get("/healthz")
@public
def healthz() -> Response:
    """The process answers. Asks nobody else."""
    return _text("ok")


@bp.get("/readyz")
@public
def readyz() -> Response:
    """The database answers and is at the newest migration; else 503 with a sentence."""
    problem = unready(context.db_session(), Path(current_app.root_path) / "migrations")
    return _text(problem, 503) if problem else _text("ok")


@bp.get("/robots.txt")
@public
def robots() -> Response:
    """Desks and sign-in are nothing to find."""
    return Response(_ROBOTS, mimetype="text/plain")


def unready(session: Session, migrations: Path) -> str:
    """Why the database cannot be used, in a sentence for whoever runs the server; "" when it can."""
    try:
        found = set(session.scalars(sa.text("SELECT version_num FROM alembic_version")))
    except SQLAlchemyError:
        session.rollback()
        return "The database does not answer, or was never migrated: run `kimweb init`."
    newest = newest_revisions(migrations)
    if found == newest:
        return ""
    return f"The database is at {_names(found)}, the code needs {_names(newest)}: run `kimweb init`."


def _names(revisions: set[str] | frozenset[str]) -> str:
    return ", ".join(sorted(revisions)) or "no migration"


@lru_cache(maxsize=4)
def newest_revisions(migrations: Path) -> frozenset[str]:
    """The revisions that a migrated database carries."""
    config = Config()
    config.set_main_option("script_location", str(migrations))
    return frozenset(ScriptDirectory.from_config(config).get_heads())
