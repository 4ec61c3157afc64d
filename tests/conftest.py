"""Fixtures for every room: a database, the app, a clock, a server, a browser. tests/support/ tells how they work."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import werkzeug.test
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import BrowserContext, Page
from sqlalchemy.orm import Session

from kimweb.app import create_app
from kimweb.core.db import make_engine, migrate
from kimweb.settings import Settings
from tests.support import databases, server
from tests.support.browser import CHROMIUM, FLAGS, BrowserWatch
from tests.support.clock import FrozenClock
from tests.support.databases import postgresql_bare, postgresql_filled  # noqa: F401 (fixtures)
from tests.support.statements import Statements, counted

DEMO_PASSWORD = "kata-sandi-untuk-uji"
SECRET_KEY = "not a secret: the same in every test of this project"


@pytest.hookimpl(trylast=True)  # so that ids end in [sqlite] or [postgresql]
def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Each test with a database runs on SQLite; marked `database`, on PostgreSQL too."""
    if "database_url" in metafunc.fixturenames:
        both = any(metafunc.definition.iter_markers("database"))
        metafunc.parametrize("database_url", ["sqlite", "postgresql"] if both else ["sqlite"], indirect=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whichever test comes first loads the demonstration, which takes half a minute on an idle machine."""
    for item in items:
        if "demo_template" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.timeout(300))


# ---------------------------------------------------------------- database and app


@pytest.fixture(scope="session")
def sqlite_bare(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file without a row; copy it, never open it."""
    path = tmp_path_factory.mktemp("bare") / "kimweb.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def sqlite_filled(sqlite_bare: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file with areas, agencies, categories and holidays; copy it, never open it."""
    folder = tmp_path_factory.mktemp("filled")
    databases.load(databases.sqlite_copy(sqlite_bare, folder))
    return folder / "kimweb.db"


@pytest.fixture
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database of this test's own: migrated, with areas, agencies, categories and holidays, and nobody in it.

    Marked `bare`: migrated, and nothing else.
    """
    template = "bare" if request.node.get_closest_marker("bare") else "filled"
    if request.param == "sqlite":
        yield databases.sqlite_copy(request.getfixturevalue(f"sqlite_{template}"), tmp_path)
        return
    databases.require_postgresql()
    with databases.postgresql_copy(request.getfixturevalue(f"postgresql_{template}")) as url:
        yield url


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """Settings for `database_url`, with password hashes that cost next to nothing."""
    return Settings(
        instance=tmp_path,
        database_url=database_url,
        migrate_url=database_url,
        secret_key=SECRET_KEY,
        argon2=(1, 8, 1),
    )


@pytest.fixture
def clock() -> FrozenClock:
    """Wednesday 2026-11-18, 09:00 in Jakarta, until `clock.advance(days=…, hours=…)`."""
    return FrozenClock()


@pytest.fixture
def app(settings: Settings, clock: FrozenClock) -> Iterator[Flask]:
    """The application on `database_url` and `clock`; an error in a view reaches the test."""
    app = create_app(settings, clock=clock)
    app.testing = True
    yield app
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without JavaScript: it keeps cookies, and says that its requests come from our own pages."""
    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


@pytest.fixture
def session(database_url: str) -> Iterator[Session]:
    """A session beside the app's own. To see what the app wrote since the last look: `session.rollback()` first."""
    engine = make_engine(database_url)
    with Session(engine, expire_on_commit=False) as session:
        yield session
    engine.dispose()


@pytest.fixture
def statements() -> Callable[[], AbstractContextManager[Statements]]:
    """`with statements() as sent: client.get("/")`, then `assert len(sent) == 3, sent`."""
    return counted


@pytest.fixture
def in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large uploads are made in memory: the test client leaves its temporary files open, which fails some later
    test."""
    made = partial(werkzeug.test.stream_encode_multipart, use_tempfile=False)
    monkeypatch.setattr(werkzeug.test, "stream_encode_multipart", made)


# ---------------------------------------------------------------- servers


@pytest.fixture
def live_server(settings: Settings, tmp_path: Path) -> Iterator[server.Server]:
    """A real gunicorn on this test's database (and the real clock): `.url`, `.kimweb("init")`."""
    env = server.environment(
        settings.instance,
        KIMWEB_DATABASE_URL=settings.database_url,
        KIMWEB_MIGRATE_URL=settings.migrate_url,
        KIMWEB_SECRET_KEY=settings.secret_key,
    )
    with server.serve(env, tmp_path / "server.log") as running:
        yield running


@pytest.fixture(scope="session")
def demo_template(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """An instance folder with the demonstration, made by whichever worker comes first."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "demo-template"
    with (folder.parent / "demo-template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            making = folder.with_suffix(".making")
            env = server.environment(making, KIMWEB_DEMO_PASSWORD=DEMO_PASSWORD)
            server.kimweb(env, "init")
            server.kimweb(env, "demo")
            making.rename(folder)
    return folder


@pytest.fixture(scope="session")
def demo_server(demo_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[server.Server]:
    """A real gunicorn with the demonstration, one per worker; whoever changes something leaves it changed.

    Accounts: budi, sari, rahman, dewi, agus, with DEMO_PASSWORD.
    """
    folder = tmp_path_factory.mktemp("demo")
    shutil.copytree(demo_template, folder, dirs_exist_ok=True)
    env = server.environment(folder, KIMWEB_DEMO_PASSWORD=DEMO_PASSWORD)
    with server.serve(env, folder / "server.log") as running:
        yield running


@pytest.fixture(scope="session")
def demo_password() -> str:
    """The password of every account on `demo_server`."""
    return DEMO_PASSWORD


# ---------------------------------------------------------------- browser (pytest-playwright's fixtures, made ours)


@pytest.fixture(scope="session")
def base_url() -> None:
    """Tests name their server. (The plugin's own fixture is written in a way that pytest 10 refuses.)"""


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's Chromium, which never calls home."""
    return {"executable_path": CHROMIUM, "headless": True, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args: dict[str, Any]) -> dict[str, Any]:
    """A small phone in Sekayu."""
    small = {"viewport": {"width": 360, "height": 640}, "locale": "id-ID", "timezone_id": "Asia/Jakarta"}
    return browser_context_args | small


@pytest.fixture
def browser_watch() -> Iterator[BrowserWatch]:
    """Fails the test when a page complained; `browser_watch.expect("status of 404")` where that is wanted."""
    watch = BrowserWatch()
    yield watch
    assert not watch.complaints, "\n".join(watch.complaints)


@pytest.fixture
def new_context(
    browser_watch: BrowserWatch, new_context: Callable[..., BrowserContext]
) -> Callable[..., BrowserContext]:
    """Makes one more person's browser, watched like the others."""

    def make(**arguments: Any) -> BrowserContext:
        context = new_context(**arguments)
        context.set_default_timeout(15_000)
        browser_watch.watch(context)
        return context

    return make


@pytest.fixture
def page_nojs(new_context: Callable[..., BrowserContext]) -> Page:
    """A page in a browser without JavaScript."""
    return new_context(java_script_enabled=False).new_page()
