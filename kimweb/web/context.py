"""What a request carries: its database session, its instant, its actor. Set up by `install()`, read through
functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import cast

from flask import Flask, current_app, g, request
from flask_login import AnonymousUserMixin
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Session

from kimweb.core import audit
from kimweb.core.actor import Actor, visitor
from kimweb.core.audit import Entry
from kimweb.core.calendar import Clock, local_day
from kimweb.core.throttle import network_of
from kimweb.core.workflow import Versioned
from kimweb.settings import Settings

_KEY = "kimweb"
ActorLoader = Callable[[], Actor]
LastChange = Callable[[Session, Actor, str], Entry | None]
"""(database, reader, id) → the newest entry of a subject, as far as this reader may read its record."""

DeskHead = Callable[[str], str]
"""The address that stands in the browser → the desk's heading and tabs as they are now, out of band; "" elsewhere."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Endpoints of features to which the web layer leads people, whichever feature has them.

    `account` shows which roles one holds; `sign_in` takes `lanjut`, where to go on to; `prove`, where a sender shows
    code and PIN, takes `code`.
    """

    desk: str
    account: str
    sign_in: str
    prove: str


class Context:
    """What the factory hands to the web layer."""

    def __init__(
        self,
        *,
        settings: Settings,
        clock: Clock,
        database: SQLAlchemy,
        load_actor: ActorLoader,
        addresses: Addresses,
        last_change: Mapping[str, LastChange],
        desk_head: DeskHead,
    ) -> None:
        """`load_actor` makes the request's actor; accounts know how, and the factory introduces them. `last_change`: by
        the kind under which the record knows a subject. `desk_head`: what a decision made in place changes beside its
        row."""
        self.settings = settings
        self.clock = clock
        self.database = database
        self.load_actor = load_actor
        self.addresses = addresses
        self.last_change = last_change
        self.desk_head = desk_head


def install(app: Flask, context: Context) -> None:
    """Give the app its context."""
    app.extensions[_KEY] = context


def _context() -> Context:
    return cast(Context, current_app.extensions[_KEY])


def settings() -> Settings:
    """The app's settings."""
    return _context().settings


def addresses() -> Addresses:
    """Where desk, sign-in and the sender's proof are."""
    return _context().addresses


def last_change(kind: str, subject_id: str) -> Entry | None:
    """The newest entry of a subject, as far as this request's actor may read its record."""
    read = _context().last_change.get(kind)
    return read(db_session(), actor(), subject_id) if read else None


def changed_by_reader(subject: Versioned) -> bool:
    """Whether the newest change of a subject was made by whoever asks: in another tab, or on another phone."""
    newest = audit.last(db_session(), subject.audit_kind, subject.audit_id)
    return newest is not None and newest.actor_id is not None and newest.actor_id == actor().user_id


def desk_head(address: str) -> str:
    """The desk's heading and tabs as they are now, for htmx to put in place; "" when `address` is no desk."""
    return _context().desk_head(address)


def db_session() -> Session:
    """The request's database session."""
    return _context().database.session()


def now() -> datetime:
    """The request's instant (aware, UTC), the same from its first to its last line."""
    if "now" not in g:
        g.now = _context().clock()
    return cast(datetime, g.now)


def today() -> date:
    """The request's day in Asia/Jakarta."""
    return local_day(now())


def actor() -> Actor:
    """Who asks, loaded once per request."""
    if "actor" not in g:
        g.actor = _context().load_actor()
    return cast(Actor, g.actor)


def actor_or_nobody() -> Actor:
    """Who asks; a visitor where the database cannot tell just now, so that the page of an error can still be made."""
    try:
        return actor()
    except Exception:  # whatever broke is already being reported
        nobody = g.actor = visitor(today())
        g._login_user = AnonymousUserMixin()  # where Flask-Login keeps it: its own context processor asks too
        return nobody


def network() -> str:
    """A keyed hash of the network the request comes from, for throttles."""
    return network_of(request.remote_addr, settings().secret_key)
