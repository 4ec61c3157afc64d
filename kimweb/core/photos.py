"""Photos in the database: each picture once, named by its content, in the transaction of what it belongs to.

Each feature has a table of links (`PhotoLink`) between its rows and these pictures; a picture that nothing links to any
more is deleted with its last link.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from dataclasses import replace as altered
from typing import Any, ClassVar, Protocol, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, declared_attr, mapped_column, relationship

from kimweb.core.actor import Actor, Role
from kimweb.core.db import Base, insert_for, lock
from kimweb.core.errors import Invalid, NotFound
from kimweb.core.i18n import N_, Sentence
from kimweb.core.pictures import SIZES, FileKind, Picture
from kimweb.core.workflow import Stateful, Step, check_version, note, touch

MOST = 3
"""Photos on one thing (issue 3)."""
ALT_MAX = 120
COVERED, DESCRIBED = "foto_ditutup", "foto_diterangkan"
"""Verbs in the record: parts of a photo were covered, and the uncovered one is gone; other words stand in its place."""
Mended = Picture | str
"""What a photo is mended to: another picture, in which parts are covered, or other words in its place."""


class Photo(Base):
    """A picture, named by the SHA-256 of its encodings."""

    __tablename__ = "photos"

    hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    weight: Mapped[int]
    """Bytes of the view in WebP: what a reader is told before opening it."""


class PhotoFile(Base):
    """One encoding of a picture."""

    __tablename__ = "photo_files"

    hash: Mapped[str] = mapped_column(sa.ForeignKey("photos.hash", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[FileKind] = mapped_column(primary_key=True)
    size: Mapped[int] = mapped_column(primary_key=True)
    """What it is called in its address: 240 or 480. A small picture is narrower."""
    width: Mapped[int]
    height: Mapped[int]
    content: Mapped[bytes]


class PhotoLink:
    """What each feature's table of links has; it adds `owner_id`, the foreign key to its own rows."""

    __table_args__: ClassVar[Any] = {"sqlite_autoincrement": True}  # the record names a dropped one by its id

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int]
    hash: Mapped[str] = mapped_column(sa.ForeignKey("photos.hash"), index=True)
    position: Mapped[int]
    alt: Mapped[str] = mapped_column(sa.String(ALT_MAX), default="")

    @declared_attr
    def photo(self) -> Mapped[Photo]:
        """The picture."""
        return relationship(Photo, lazy="raise_on_sql")

    @property
    def weight(self) -> int:
        """Bytes of the view (photo loaded)."""
        return self.photo.weight

    @property
    def href(self) -> str:
        """Where the picture stands."""
        return f"/foto/{self.hash}/"


L = TypeVar("L", bound=PhotoLink)


@dataclass(frozen=True, slots=True)
class NewPhoto:
    """A picture that was just sent, and the words in its place."""

    picture: Picture
    alt: str = ""


@dataclass(frozen=True, slots=True)
class PhotoChange:
    """What a form does to the photos of a row: adds some, takes some away (ids of links)."""

    add: tuple[NewPhoto, ...] = ()
    drop: frozenset[int] = frozenset()

    @property
    def told(self) -> dict[str, Any]:
        """What the record says about it; nothing when nothing changes."""
        counts = {"photos_added": len(self.add), "photos_dropped": len(self.drop)}
        return {name: count for name, count in counts.items() if count}

    @property
    def hashes(self) -> list[str]:
        """What is added, as one form's content is told from another's."""
        return [photo.picture.hash for photo in self.add]


NO_CHANGE = PhotoChange()


@dataclass(frozen=True, slots=True)
class Showing:
    """A place where a reader may see a picture. `public`: everybody may."""

    public: bool
    alt: str
    href: str
    title: str


def store(session: Session, picture: Picture) -> None:
    """Keep a picture, once however often it comes. Needs a write transaction."""
    lock(session, "photos")  # until the link to it stands, nobody deletes it as unused
    insert = insert_for(session)
    view = picture.file(FileKind.WEBP, SIZES[-1])
    row = {"hash": picture.hash, "weight": len(view.content)}
    session.execute(insert(Photo).values(**row).on_conflict_do_nothing())
    for file in picture.files:
        size = {"size": file.size, "width": file.width, "height": file.height}
        values = {"hash": picture.hash, "kind": file.kind, "content": file.content, **size}
        session.execute(insert(PhotoFile).values(**values).on_conflict_do_nothing())


def change(session: Session, links: type[L], owner_id: int, wanted: PhotoChange, *, most: int = MOST) -> None:
    """Add and take away photos of a row (flushed). The same picture stands on it once. Raises Invalid at `photos` when
    there would be more than `most`. Needs a write transaction and the row's lock."""
    if not wanted.told:
        return
    lock(session, "photos")
    query = sa.select(links).where(links.owner_id == owner_id).order_by(links.position)
    before = session.scalars(query.execution_options(populate_existing=True)).all()
    kept = [link for link in before if link.id not in wanted.drop]
    fresh = _once(wanted.add, {link.hash for link in kept})
    if len(kept) + len(fresh) > most:
        raise Invalid("Fotonya terlalu banyak.", {"photos": too_many(most)})
    for link in before:
        if link not in kept:
            session.delete(link)
    session.flush()
    last = max((link.position for link in kept), default=0)
    for position, new in enumerate(fresh, last + 1):
        store(session, new.picture)
        values = {"hash": new.picture.hash, "position": position, "alt": new.alt}
        session.add(_link(links, owner_id=owner_id, **values))
    session.flush()
    forget_unused(session, {link.hash for link in before})


def _link(links: Any, **values: Any) -> Any:
    """A new row of a feature's table; it has its constructor from Base."""
    return links(**values)


def _once(photos: Sequence[NewPhoto], known: set[str]) -> list[NewPhoto]:
    found: dict[str, NewPhoto] = {}
    for photo in photos:
        if photo.picture.hash not in known:
            found.setdefault(photo.picture.hash, photo)
    return list(found.values())


def too_many(most: int) -> Sentence:
    """The sentence for more photos than fit."""
    return Sentence(N_("Paling banyak %(most)d foto."), most=most)


def replace(session: Session, link: PhotoLink, picture: Picture) -> None:
    """Let a link show another picture, and delete the one before when nothing else uses it. Needs a write
    transaction."""
    store(session, picture)
    before, link.hash = link.hash, picture.hash
    session.flush()
    forget_unused(session, {before})


class Pictured(Stateful, Protocol):
    """A row with photos."""

    photos: Any


def mend(
    session: Session,
    step: Step,
    row: Pictured,
    photo_id: int,
    to: Mended,
    *,
    check: Callable[[Actor, Any], Role],
) -> None:
    """Let one photo of a row show another picture, or other words, and record that, never the words. `check`: by which
    role the actor may. Raises NotFound, Conflict, and what `check` raises. Needs a write transaction and the row's
    lock."""
    check_version(row, step.version)
    role, link = check(step.actor, row), one_of(row.photos, photo_id)
    if isinstance(to, str):
        link.alt = to
    else:
        replace(session, link, to)
    touch(row, step.now)
    told = altered(step, detail={**step.detail, "photo": photo_id})
    note(session, row, DESCRIBED if isinstance(to, str) else COVERED, told, role=role, before=row.state)


def forget_unused(session: Session, hashes: Collection[str]) -> None:
    """Delete those of these pictures to which nothing links. Needs a write transaction."""
    lock(session, "photos")
    used = [sa.exists().where(links.hash == Photo.hash) for links in _every_link()]
    where = Photo.hash.in_(sorted(hashes)), sa.not_(sa.or_(sa.false(), *used))
    for found in session.scalars(sa.select(Photo.hash).where(*where)).all():
        session.execute(sa.delete(PhotoFile).where(PhotoFile.hash == found))
        session.execute(sa.delete(Photo).where(Photo.hash == found))


def _every_link() -> list[type[PhotoLink]]:
    return [mapper.class_ for mapper in Base.registry.mappers if issubclass(mapper.class_, PhotoLink)]


def drop_all(session: Session, links: type[L], owner_id: int) -> None:
    """Take every photo away from a row that goes. Needs a write transaction and the row's lock."""
    query = sa.select(links.hash).where(links.owner_id == owner_id)
    hashes = set(session.scalars(query).all())
    session.execute(sa.delete(links).where(links.owner_id == owner_id))
    if hashes:
        forget_unused(session, hashes)


def file_of(session: Session, picture: str, kind: FileKind, size: int) -> PhotoFile:
    """One encoding, whoever asks; raises NotFound."""
    row = session.get(PhotoFile, (picture, kind, size))
    if row is None:
        raise NotFound("Foto ini tidak ada.")
    return row


def one_of(links: Sequence[L], link_id: int) -> L:
    """The link with this id among those of a row; raises NotFound."""
    for link in links:
        if link.id == link_id:
            return link
    raise NotFound("Foto ini tidak ada.")
