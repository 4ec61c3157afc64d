"""The demonstration in this process, its people, and every page that they can reach by following links."""

from __future__ import annotations

import shutil
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from kimweb.app import create_app
from kimweb.aspirations.models import Aspiration, State
from kimweb.core.codes import pin_for
from kimweb.core.db import Base
from kimweb.demo.people import HOME
from kimweb.news.models import News
from kimweb.news.models import State as NewsState
from kimweb.settings import Settings
from tests.support.statements import written
from tests.web.reading import Form, forms_in, links_in

STAFF = ("budi", "sari", "rahman", "dewi", "agus")
VISITOR, SENDER = "warga", "pengirim"
SENDERS = (State.RECEIVED, State.ASKED, State.ANSWERED, State.LAPSED)
"""States in which a sender's page differs."""
DRAFT = 'Draf <b>Budi</b> & "kawan" {{ 7 * 7 }}'
"""The title of a draft of Budi's, in words that must never become code."""
SAME_KIND = 3
"""How many pages of one kind (the same route and the same names in its query) a crawl opens."""


def browser(app: Flask) -> FlaskClient:
    """A client that says that its requests come from our own pages."""
    client = app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return client


@dataclass(frozen=True)
class SeenPage:
    """A page that somebody opened by following a link from `via`."""

    who: str
    path: str
    via: str
    response: TestResponse
    text: str

    @property
    def forms(self) -> list[Form]:
        """Its forms."""
        return forms_in(self.text)

    @property
    def is_html(self) -> bool:
        """Whether it is a page at all."""
        return self.response.mimetype == "text/html" and self.response.status_code == 200


@dataclass
class Crawl:
    """Everything that everybody saw, what was written meanwhile, and a hash of every table before and after."""

    pages: list[SeenPage] = field(default_factory=list)
    written: list[str] = field(default_factory=list)
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)

    def of(self, who: str) -> list[SeenPage]:
        """What one of them saw."""
        return [page for page in self.pages if page.who == who]

    @property
    def html(self) -> list[SeenPage]:
        """The pages proper."""
        return [page for page in self.pages if page.is_html]


def table_hashes(session: Session) -> dict[str, str]:
    """A hash of every table's rows."""
    found = {}
    for table in Base.metadata.sorted_tables:
        rows = session.execute(sa.select(table).order_by(*table.primary_key.columns)).all()
        found[table.name] = sha256(repr(rows).encode()).hexdigest()
    return found


def kind_of(app: Flask, path: str) -> tuple[str, str]:
    """What makes two pages the same kind: the route, and the names in the query."""
    parts = urlsplit(path)
    try:
        endpoint = app.url_map.bind("localhost").match(parts.path)[0]
    except Exception:  # (whatever the router raises: the crawl then opens it and sees)
        endpoint = parts.path
    return endpoint, ",".join(sorted(pair.split("=")[0] for pair in parts.query.split("&")))


def follow(app: Flask, who: str, client: FlaskClient, starts: list[str]) -> Iterator[SeenPage]:
    """Open the starts and what they link to, breadth first, at most SAME_KIND pages of a kind."""
    waiting, known, kinds = deque((start, "") for start in starts), set(starts), Counter[tuple[str, str]]()
    while waiting:
        path, via = waiting.popleft()
        kind = kind_of(app, path)
        if kinds[kind] >= SAME_KIND and path not in starts:
            continue
        kinds[kind] += 1
        response = client.get(path)
        page = SeenPage(who, path, via, response, response.text)
        yield page
        for link in [*links_in(page.text), *([page.response.location] if page.response.location else [])]:
            if link not in known:
                known.add(link)
                waiting.append((link, path))


@pytest.fixture(scope="session")
def demo_site(demo_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """The application in this process on a copy of the demonstration; only for reading, and for signing in."""
    folder = tmp_path_factory.mktemp("site")
    shutil.copytree(demo_template, folder, dirs_exist_ok=True)
    env = {"KIMWEB_INSTANCE": str(folder), "KIMWEB_ARGON2": "1,8,1", "KIMWEB_SECOND_FACTOR": "offered"}
    app = create_app(Settings.from_env(env))
    app.testing = True
    yield app
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def session_of(app: Flask) -> Session:
    """A session on an app's database, beside its requests."""
    with app.app_context():
        return Session(app.extensions["sqlalchemy"].engine, expire_on_commit=False)


def _withdrawn(app: Flask) -> str:
    """The address of a withdrawn piece of the home village."""
    with session_of(app) as session:
        query = sa.select(News.id).where(News.state == NewsState.WITHDRAWN, News.area_code == HOME)
        return f"/berita/{session.scalars(query.order_by(News.id.desc()).limit(1)).one()}/"


def _sender(app: Flask, state: State) -> tuple[FlaskClient, str]:
    """Somebody who proved with code and PIN to have sent an aspiration in this state; and its address."""
    with session_of(app) as session:
        query = sa.select(Aspiration).where(Aspiration.state == state, ~(Aspiration.hide_name & Aspiration.hide_text))
        row = session.scalars(query.order_by(Aspiration.id.desc()).limit(1)).one()
    client = browser(app)
    pin = pin_for(app.config["SECRET_KEY"], row.code, row.pin_counter)
    answer = client.post("/aspirasi/lacak/", data={"code": row.code, "pin": pin})
    assert answer.status_code == 303, answer.text
    return client, f"/aspirasi/{row.code}/"


@pytest.fixture(scope="session")
def people(demo_site: Flask, demo_password: str) -> dict[str, FlaskClient]:
    """The visitor and the five personas, signed in, by name; Budi has begun to write something."""
    found = {VISITOR: browser(demo_site)}
    for name in STAFF:
        found[name] = browser(demo_site)
        answer = found[name].post("/masuk/", data={"username": name, "password": demo_password})
        assert answer.status_code == 303, answer.text
    form = forms_in(found["budi"].get("/berita/tulis/").text)[0]
    typed = {**form.fields, "title": DRAFT, "body": f"{DRAFT}\n\nIsi.", "langsung": "simpan"}
    assert found["budi"].post("/berita/tulis/", data=typed).status_code == 303
    return found


@pytest.fixture(scope="session")
def crawl(demo_site: Flask, people: dict[str, FlaskClient]) -> Crawl:
    """Everything that everybody reaches by following links, read once."""
    found, senders = Crawl(), [_sender(demo_site, state) for state in SENDERS]
    with session_of(demo_site) as session:
        found.before = table_hashes(session)
        session.rollback()
        with written() as found.written:
            for who, client in people.items():
                starts = (
                    ["/", "/desa/?q=mekar"] if who == VISITOR else ["/meja/", "/berita/", "/pengumuman/", "/akun/", "/"]
                )
                # (what is withdrawn says so to the public, with 410: tests/home/test_log.py)
                withdrawn = [_withdrawn(demo_site)] if who in ("budi", "sari", "rahman", "agus") else []
                found.pages += follow(demo_site, who, client, starts + withdrawn)
            for client, path in senders:
                found.pages += follow(demo_site, SENDER, client, [path, "/aspirasi/kirim/selesai/"])
        found.after = table_hashes(session)
    return found
