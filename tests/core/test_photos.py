"""Photos in the database: once each, with what they belong to, and gone with their last link."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.core import photos, pictures
from kimweb.core.db import writing
from kimweb.core.errors import Invalid
from kimweb.core.photos import NewPhoto, Photo, PhotoChange, PhotoFile
from kimweb.news.models import News, NewsPhoto
from tests.support.people import People
from tests.support.pictures import jpeg
from tests.support.together import engine_on, together

pytestmark = pytest.mark.database
ONE, TWO, THREE, FOUR = (pictures.clean(jpeg(320, 240, seed)) for seed in range(4))


@pytest.fixture
def people(session: Session) -> People:
    """Everybody with an account."""
    return People(session).gather()


def change(session: Session, news: News, *add: pictures.Picture, drop: tuple[int, ...] = ()) -> list[NewsPhoto]:
    """Add and take away; returns what stands there then."""
    wanted = PhotoChange(tuple(NewPhoto(picture, "Jalan") for picture in add), frozenset(drop))
    with writing(session):
        photos.change(session, NewsPhoto, news.id, wanted)
    return list(session.scalars(sa.select(NewsPhoto).where(NewsPhoto.owner_id == news.id).order_by(NewsPhoto.position)))


def kept(session: Session) -> set[str]:
    """The pictures in the database; each with all its encodings."""
    session.rollback()
    names = set(session.scalars(sa.select(Photo.hash)))
    counts = session.execute(sa.select(PhotoFile.hash, sa.func.count()).group_by(PhotoFile.hash)).all()
    assert {(name, count) for name, count in counts} == {(name, 4) for name in names}
    return names


def test_the_same_picture_is_kept_once_and_goes_with_its_last_link(session: Session, people: People) -> None:
    first, second = people.put(people.news()), people.put(people.news())
    [a] = change(session, first, ONE, ONE)
    [b, _c] = change(session, second, ONE, TWO)
    assert kept(session) == {ONE.hash, TWO.hash}
    change(session, first, drop=(a.id,))
    assert kept(session) == {ONE.hash, TWO.hash}
    change(session, second, drop=(b.id,))
    assert kept(session) == {TWO.hash}


def test_more_than_three_are_refused_and_leave_nothing(session: Session, people: People) -> None:
    news = people.put(people.news())
    links = change(session, news, ONE, TWO, THREE)
    assert [link.position for link in links] == [1, 2, 3]
    with pytest.raises(Invalid) as refused:
        change(session, news, FOUR)
    assert str(refused.value.fields["photos"]) == "Paling banyak 3 foto."
    assert kept(session) == {ONE.hash, TWO.hash, THREE.hash}
    links = change(session, news, FOUR, drop=(links[0].id,))
    assert [link.hash for link in links] == [TWO.hash, THREE.hash, FOUR.hash]
    assert ONE.hash not in kept(session)


def test_somebody_elses_link_is_not_taken_away(session: Session, people: People) -> None:
    first, second = people.put(people.news()), people.put(people.news())
    [link] = change(session, first, ONE)
    change(session, second, TWO, drop=(link.id,))
    assert kept(session) == {ONE.hash, TWO.hash}


def test_what_it_belongs_to_fails_and_so_does_the_photo(session: Session, people: People) -> None:
    news = people.put(people.news())
    with pytest.raises(ZeroDivisionError), writing(session):
        _changed_and_failed(session, news)
    assert kept(session) == set()


def _changed_and_failed(session: Session, news: News) -> float:
    photos.change(session, NewsPhoto, news.id, PhotoChange((NewPhoto(ONE),)))
    return 1 / 0


def test_the_same_picture_at_the_same_moment_is_kept_once(session: Session, people: People, database_url: str) -> None:
    rows = [people.put(people.news()).id for _ in range(6)]
    session.rollback()
    with engine_on(database_url) as engine:

        def add(index: int) -> None:
            with Session(engine) as own, writing(own):
                photos.change(own, NewsPhoto, rows[index], PhotoChange((NewPhoto(ONE), NewPhoto(TWO))))

        together(6, add)
    assert kept(session) == {ONE.hash, TWO.hash}
    assert session.query(NewsPhoto).count() == 12


def test_who_takes_away_the_last_and_who_adds_the_next_do_not_meet(
    session: Session, people: People, database_url: str
) -> None:
    for _round in range(5):
        going, coming = people.put(people.news()), people.put(people.news())
        [link] = change(session, going, ONE)
        session.rollback()
        with engine_on(database_url) as engine:

            def work(index: int, going: int = going.id, coming: int = coming.id, drop: int = link.id) -> None:
                wanted = PhotoChange(drop=frozenset({drop})) if index else PhotoChange((NewPhoto(ONE),))
                with Session(engine) as own, writing(own):
                    photos.change(own, NewsPhoto, going if index else coming, wanted)

            together(2, work)
        assert kept(session) == {ONE.hash}
