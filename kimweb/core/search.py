"""What everybody can read, found by its words: the newest first, the same on SQLite and PostgreSQL.

One table holds an entry for each thing that is published, with its words brought to their stems by us
(`core.stemming`); FTS5 on SQLite and `tsvector('simple')` on PostgreSQL index that one column. A feature says once,
with `watch`, what of its rows is found; entries then follow the rows in the same transaction, whichever action
changes them. Ids grow as things are published, so the newest first needs no sorting.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Mapped, Session, mapped_column

from kimweb.core import stemming
from kimweb.core.db import Base
from kimweb.core.paging import MAX_ID, Page, cut

QUERY_MAX, QUERY_WORDS = 200, 12
"""Characters that are read of what somebody typed, and words that are looked for."""
EXCERPT = 160
"""Characters of an excerpt."""
_BATCH = 500
"""Rows that `reindex` holds at once."""
_TOUCHED = "kimweb_search_touched"
_areas = sa.table("areas", sa.column("code"), sa.column("name"))


class SearchEntry(Base):
    """One published thing. `from_on`: the day from which on it is found (none: at once)."""

    __tablename__ = "search_entries"
    __table_args__ = (sa.UniqueConstraint("kind", "subject"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(sa.String(16))
    subject: Mapped[str] = mapped_column(sa.String(16))
    area_code: Mapped[str] = mapped_column(sa.String(13), sa.ForeignKey("areas.code", onupdate="CASCADE"), index=True)
    published_at: Mapped[datetime]
    from_on: Mapped[date | None]
    title: Mapped[str] = mapped_column(sa.String(120))
    text: Mapped[str] = mapped_column(sa.Text)
    stems: Mapped[str] = mapped_column(sa.Text)


@dataclass(frozen=True, slots=True)
class Found:
    """What of a row is found."""

    subject: str
    area_code: str
    published_at: datetime
    title: str
    text: str
    from_on: date | None = None


Finder = Callable[[Any], Found | None]
"""What of a row is found just now; None: nothing, it is not public."""


@dataclass(frozen=True, slots=True)
class Watched:
    """A model whose rows are found. `subject`: the row's name in its address; `order`: when it was
    published, in SQL."""

    kind: str
    found: Finder
    subject: Callable[[Any], str]
    order: sa.ColumnElement[Any]


_WATCHED: dict[type, Watched] = {}


def watch(model: type, watched: Watched) -> None:
    """From now on the entries follow the rows of a model, in every session of this process."""
    _WATCHED[model] = watched


# ------------------------------------------------------------------ entries follow their rows


@event.listens_for(Session, "after_flush")
def _touch(session: Session, _context: object) -> None:
    touched = session.info.setdefault(_TOUCHED, {})
    for row in (*session.new, *session.dirty, *session.deleted):
        if type(row) in _WATCHED:
            touched[id(row)] = (row, row in session.deleted)


def _follow(session: Session) -> None:
    session.flush()
    touched = session.info.pop(_TOUCHED, {}).values()
    if touched:
        _write(session, [(row, None if gone else _WATCHED[type(row)].found(row)) for row, gone in touched])
        session.flush()
        session.info.pop(_TOUCHED, None)


event.listen(Session, "before_commit", _follow, insert=True)  # (the record takes its head's lock last)


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, _previous: object) -> None:
    session.info.pop(_TOUCHED, None)


def _write(session: Session, rows: Iterable[tuple[Any, Found | None]]) -> None:
    rows = list(rows)
    codes = {code for _, found in rows if found for code in (found.area_code, found.area_code[:8])}
    names = dict(session.execute(sa.select(_areas.c.code, _areas.c.name).where(_areas.c.code.in_(codes))).all())
    for row, found in rows:
        watched = _WATCHED[type(row)]
        own = SearchEntry.kind == watched.kind, SearchEntry.subject == watched.subject(row)
        entry = session.scalar(sa.select(SearchEntry).where(*own))
        if found is None:
            if entry is not None:
                session.delete(entry)
            continue
        if entry is None:
            entry = SearchEntry(kind=watched.kind, subject=found.subject)
            session.add(entry)
        _fill(entry, found, names)


def _fill(entry: SearchEntry, found: Found, names: dict[str, str]) -> None:
    for name in ("area_code", "published_at", "title", "text", "from_on"):
        setattr(entry, name, getattr(found, name))
    places = [names.get(code, "") for code in (found.area_code, found.area_code[:8])]
    entry.stems = " ".join(stemming.stems(" ".join((found.title, *places, found.text))))


def is_empty(session: Session) -> bool:
    """Whether there is no entry at all."""
    return session.scalar(sa.select(SearchEntry.id).limit(1)) is None


def reindex(session: Session) -> int:
    """Write every entry anew, the oldest first; returns how many there are. Needs a write transaction."""
    session.execute(sa.delete(SearchEntry))
    keys: list[tuple[datetime, type, Any]] = []
    for model, watched in _WATCHED.items():
        rows = session.execute(
            sa.select(watched.order, sa.inspect(model).primary_key[0]).where(watched.order.is_not(None))
        )
        keys += [(at, model, key) for at, key in rows]
    keys.sort(key=lambda each: each[0])
    for begin in range(0, len(keys), _BATCH):
        batch = _load(session, keys[begin : begin + _BATCH])
        _write(session, [(row, _WATCHED[type(row)].found(row)) for row in batch])
        session.flush()
        session.expunge_all()
    return session.scalar(sa.select(sa.func.count()).select_from(SearchEntry)) or 0


def _load(session: Session, keys: Sequence[tuple[datetime, type, Any]]) -> list[Any]:
    """These rows, in this order; one statement a model."""
    rows: dict[tuple[type, Any], Any] = {}
    for model in {model for _at, model, _key in keys}:
        key: sa.ColumnElement[Any] = sa.inspect(model).primary_key[0]
        wanted = [each for _at, kind, each in keys if kind is model]
        found: Sequence[Any] = session.scalars(sa.select(model).where(key.in_(wanted))).all()
        rows |= {(model, row.id): row for row in found}
    return [rows[model, each] for _at, model, each in keys]


# ------------------------------------------------------------------ asking


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters, and whether they are what was looked for."""

    text: str
    hit: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry as a page shows it."""

    entry: SearchEntry
    title: tuple[Piece, ...]
    excerpt: tuple[Piece, ...]


def asked(text: str) -> tuple[str, ...]:
    """The stems that are looked for: of the first 200 characters at most 12, each once."""
    return tuple(dict.fromkeys(stemming.stems(text[:QUERY_MAX])))[:QUERY_WORDS]


def find(session: Session, words: Sequence[str], *, day: date, after: str | None = None) -> Page[Hit]:
    """The entries in which all these stems stand, the last published first (one statement; none without a word)."""
    if not words:
        return Page([])
    query = sa.select(SearchEntry).where(
        _matches(session, words),
        sa.or_(SearchEntry.from_on.is_(None), SearchEntry.from_on <= day),
    )
    if after and after.isascii() and after.isdigit() and len(after) < 11 and int(after) <= MAX_ID:
        query = query.where(SearchEntry.id < int(after))
    page = cut(session.scalars(query.order_by(SearchEntry.id.desc()).limit(21)).all(), lambda row: str(row.id))
    return Page([_hit(entry, frozenset(words)) for entry in page.items], page.after)


def _matches(session: Session, words: Sequence[str]) -> sa.ColumnElement[bool]:
    """Stems are letters and digits alone: no operator of either database can stand in them."""
    if session.get_bind().dialect.name == "sqlite":
        fts = sa.text("SELECT rowid FROM search_words WHERE search_words MATCH :search_words")
        quoted = " ".join(f'"{word}"' for word in words)
        return SearchEntry.id.in_(fts.bindparams(search_words=quoted).columns(sa.column("rowid", sa.Integer)))
    vector = sa.func.to_tsvector(sa.literal_column("'simple'"), SearchEntry.stems)
    return vector.bool_op("@@")(sa.func.plainto_tsquery(sa.literal_column("'simple'"), " ".join(words)))


def _hit(entry: SearchEntry, words: frozenset[str]) -> Hit:
    return Hit(entry, tuple(_pieces(entry.title, words)), tuple(_pieces(_excerpt(entry.text, words), words)))


_TOKEN = re.compile(r"[^\W_]+")


def _is_hit(word: str, words: frozenset[str]) -> bool:
    return any(found in words for found in stemming.stems(word))


def _excerpt(text: str, words: frozenset[str]) -> str:
    """Some 160 characters around the first word that was looked for, cut between words."""
    flat = " ".join(text.split())
    first = next((match.start() for match in _TOKEN.finditer(flat[:4_000]) if _is_hit(match[0], words)), 0)
    begin = 0 if first < EXCERPT // 2 else flat.rfind(" ", 0, first - EXCERPT // 4) + 1
    end = len(flat) if len(flat) - begin <= EXCERPT else flat.rfind(" ", begin + 1, begin + EXCERPT)
    end = end if end > begin else begin + EXCERPT
    return ("… " if begin else "") + flat[begin:end] + (" …" if end < len(flat) else "")


def _pieces(text: str, words: frozenset[str]) -> list[Piece]:
    pieces, at = list[Piece](), 0
    for match in _TOKEN.finditer(text):
        if _is_hit(match[0], words):
            pieces += [Piece(text[at : match.start()], hit=False), Piece(match[0], hit=True)]
            at = match.end()
    pieces.append(Piece(text[at:], hit=False))
    return [piece for piece in pieces if piece.text]
