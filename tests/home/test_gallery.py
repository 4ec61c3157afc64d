"""A photo's page and its files: for whoever sees what it belongs to, and for nobody else."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.announcements.models import Announcement, AnnouncementArea, AnnouncementPhoto, Urgency
from kimweb.announcements.models import State as AnnouncementState
from kimweb.aspirations import policy as aspirations_policy
from kimweb.aspirations.models import Aspiration, AspirationPhoto, Desk
from kimweb.aspirations.models import State as AspirationState
from kimweb.core.actor import REGENCY
from kimweb.core.codes import pin_for
from kimweb.core.db import writing
from kimweb.core.photos import Photo, PhotoFile
from kimweb.core.workflow import Step
from kimweb.news import actions as news_actions
from kimweb.news.models import State as NewsState
from kimweb.news.policy import PUBLIC as NEWS_PUBLIC
from tests.conftest import SECRET_KEY
from tests.support.clock import START
from tests.support.html import problems
from tests.support.people import EVERYBODY, TODAY, People, enter
from tests.support.pictures import jpeg, with_photo
from tests.web.site import browser

DAY = "public, max-age=86400, immutable"


@pytest.fixture
def people(session: Session) -> People:
    """Everybody with an account."""
    return People(session).gather()


def newest(session: Session) -> str:
    """The picture that was put down last (the tests put down one)."""
    session.rollback()
    return session.scalars(sa.select(Photo.hash)).one()


def addresses(picture: str) -> list[str]:
    return [f"/foto/{picture}/", *(f"/foto/{picture}-{size}.{kind}" for size in (240, 480) for kind in ("webp", "jpg"))]


@pytest.mark.database
def test_a_public_photo_is_kept_for_a_day_and_runs_nothing(
    client: FlaskClient, people: People, session: Session
) -> None:
    row = people.put(people.news(NewsState.PUBLISHED))
    with_photo(session, f"/berita/{row.id}/", alt="Jalan & <b>warga</b>")
    picture = newest(session)
    page, *files = [client.get(path) for path in addresses(picture)]
    assert page.status_code == 200
    assert problems(page.text) == []
    assert "Jalan &amp; &lt;b&gt;warga&lt;/b&gt;" in page.text
    assert f'href="/berita/{row.id}/"' in page.text
    for file in files:
        kind, size = file.request.path.rpartition(".")[2], int(file.request.path[-8:].split("-")[-1].split(".")[0])
        stored = session.get(PhotoFile, (picture, kind, size))
        assert stored
        assert file.data == stored.content
        assert file.headers["Content-Type"] == ("image/webp" if kind == "webp" else "image/jpeg")
        assert file.headers["Cache-Control"] == DAY
        assert file.headers["X-Content-Type-Options"] == "nosniff"
        assert file.headers["Content-Security-Policy"] == "default-src 'none';sandbox"
        assert "Set-Cookie" not in file.headers
        head = sum(len(name) + len(value) + 4 for name, value in file.headers) + 40
        assert head + len(file.data) <= (6_000 if size == 240 else 20_000)
    view = session.get(PhotoFile, (picture, "jpg", 480))
    assert view
    assert f'width="{view.width}" height="{view.height}"' in page.text


@pytest.mark.database
def test_after_a_day_a_browser_asks_whether_it_may_still_show_it(
    client: FlaskClient, people: People, session: Session
) -> None:
    """A few bytes (304) while it may; a 404 as soon as the piece is withdrawn, whatever the browser holds."""
    row = people.put(people.news(NewsState.PUBLISHED))
    with_photo(session, f"/berita/{row.id}/")
    path = addresses(newest(session))[-2]
    tag = client.get(path).headers["ETag"]
    held = client.get(path, headers={"If-None-Match": tag})
    assert (held.status_code, held.data, held.headers["Cache-Control"]) == (304, b"", DAY)
    assert client.get(path, headers={"If-None-Match": '"other"'}).status_code == 200
    step = Step(people.actor("sari"), START, reason="Ada wajah anak.")
    news_actions.withdraw_news(session, step, news_id=row.id)
    gone = client.get(path, headers={"If-None-Match": tag})
    assert (gone.status_code, gone.headers["Cache-Control"]) == (404, "private, no-store")
    seen = enter(client, "sari").get(path, headers={"If-None-Match": tag})
    assert (seen.status_code, seen.headers["Cache-Control"]) == (200, "private, no-store")


@pytest.mark.parametrize(
    "path", ["/foto/x/", f"/foto/{'0' * 64}/", f"/foto/{'0' * 64}-480.webp", f"/foto/{'0' * 64}-481.webp",
             f"/foto/{'0' * 64}-480.png", f"/foto/{'0' * 64}-kisi.jpg", f"/foto/{'%00' * 64}-480.jpg"]
)  # fmt: skip
def test_what_is_no_photo_is_a_404(client: FlaskClient, people: People, path: str) -> None:
    assert client.get(path).status_code == 404


def clients(app: Flask, people: People) -> dict[str, FlaskClient]:
    found = {name: browser(app) for name in EVERYBODY}
    for name in EVERYBODY:
        if name != "visitor":
            enter(found[name], name)
    return found


@pytest.mark.parametrize("state", list(NewsState))
def test_a_photo_of_news_is_seen_by_whoever_sees_the_piece(
    app: Flask, people: People, session: Session, state: NewsState
) -> None:
    row = people.put(people.news(state))
    with_photo(session, f"/berita/{row.id}/")
    picture, seen = newest(session), []
    for name, client in clients(app, people).items():
        answers = [client.get(path) for path in addresses(picture)]
        row_seen = client.get(f"/berita/{row.id}/").status_code == 200
        assert {answer.status_code for answer in answers} == {200 if row_seen else 404}, name
        if row_seen and state not in NEWS_PUBLIC:
            assert {answer.headers["Cache-Control"] for answer in answers} == {"private, no-store"}
        seen.append(name) if row_seen else None
    assert (len(seen) == len(EVERYBODY)) is (state in NEWS_PUBLIC)
    assert "budi" in seen
    assert ("visitor" in seen) is (state in NEWS_PUBLIC)


@pytest.mark.parametrize(
    ("state", "begins"), [*((state, 0) for state in AnnouncementState), (AnnouncementState.PUBLISHED, 1)]
)
def test_a_photo_of_an_announcement_is_seen_by_whoever_sees_it(
    app: Flask, people: People, session: Session, state: AnnouncementState, begins: int
) -> None:
    """One that begins tomorrow is not public before."""
    day = TODAY + timedelta(days=begins)
    public = state is AnnouncementState.PUBLISHED and not begins
    row = Announcement(author_id=people.users["agus"].id, area_code=REGENCY, title="Pasar murah", body="Sabtu.")
    row.urgency, row.starts_on, row.ends_on, row.state = Urgency.NORMAL, day, day, state
    row.created_at = row.updated_at = START
    row.audience = [AnnouncementArea(area_code=REGENCY)]
    people.put(row)
    news = people.put(people.news(NewsState.DRAFT))
    with_photo(session, f"/berita/{news.id}/")
    picture = newest(session)
    with writing(session):
        session.execute(sa.text("delete from news_photos"))
        session.add(AnnouncementPhoto(owner_id=row.id, hash=picture, position=1, alt="Pasar"))
    for name, client in clients(app, people).items():
        row_seen = client.get(f"/pengumuman/{row.id}/").status_code == 200
        answers = [client.get(path) for path in addresses(picture)]
        assert {answer.status_code for answer in answers} == {200 if row_seen else 404}, name
        assert row_seen is (public or name == "agus"), name
        if row_seen and not public:
            assert {answer.headers["Cache-Control"] for answer in answers} == {"private, no-store"}


BY_PASSED: dict[str, object] = {"desk": Desk.DISTRICT, "village_bypassed": True, "about_village": True}
CASES: list[tuple[str, AspirationState, dict[str, object], bool]] = [
    ("masuk", AspirationState.RECEIVED, {"desk": Desk.VILLAGE}, False),
    ("by-passed", AspirationState.RECEIVED, BY_PASSED, False),
    ("confirmed, not ticked", AspirationState.FORWARDED, {"confirmed_at": START}, False),
    ("confirmed, ticked", AspirationState.FORWARDED, {"confirmed_at": START}, True),
    ("secret, ticked", AspirationState.FORWARDED, {"confirmed_at": START, "hide_text": True}, True),
    ("assigned, ticked", AspirationState.ASSIGNED, {"confirmed_at": START}, True),
]  # fmt: skip


@pytest.mark.parametrize(("name", "state", "values", "shown"), CASES, ids=[case[0] for case in CASES])
def test_a_photo_of_an_aspiration_is_for_its_desks_until_it_is_shown(
    app: Flask,
    people: People,
    session: Session,
    name: str,
    state: AspirationState,
    values: dict[str, object],
    shown: bool,
) -> None:
    row: Aspiration = people.put(people.aspiration(state, **{"confirmed_at": None, **values}))
    with_photo(session, f"/aspirasi/{row.code}/", jpeg(), shown=shown)
    picture = newest(session)
    link = session.scalars(sa.select(AspirationPhoto)).one()
    everybody = shown and aspirations_policy.is_public(row)
    seen = set()
    for who, client in clients(app, people).items():
        answers = [client.get(before + path) for before in ("", "/aspirasi") for path in addresses(picture)]
        actor = people.actor(who)
        expected = aspirations_policy.can_see(actor, row) and aspirations_policy.can_see_photo(actor, row, link)
        assert {answer.status_code for answer in answers} == {200 if expected else 404}, who
        if expected:
            seen.add(who)
            cache = answers[1].headers["Cache-Control"]
            assert cache == ((DAY if who == "visitor" else DAY.replace("public", "private")) if everybody
                             else "private, no-store"), who  # fmt: skip
    assert ("visitor" in seen) is everybody
    assert "budi" not in seen or everybody
    sender = browser(app)
    pin = pin_for(SECRET_KEY, row.code, row.pin_counter)
    assert sender.post("/aspirasi/lacak/", data={"code": row.code, "pin": pin}).status_code == 303
    assert {sender.get(f"/aspirasi{path}").status_code for path in addresses(picture)} == {200}
    page = sender.get(f"/aspirasi/{row.code}/").text
    assert sender.get(re.findall(r'href="([a-z/]*/foto/[^"]*)"', page)[0]).status_code == 200


def test_the_grid_is_for_those_who_signed_in(app: Flask, people: People, session: Session) -> None:
    row = people.put(people.news(NewsState.PUBLISHED))
    with_photo(session, f"/berita/{row.id}/")
    path = f"/foto/{newest(session)}-kisi.jpg"
    answers = {name: client.get(path) for name, client in clients(app, people).items() if name in ("visitor", "sari")}
    assert {name: answer.status_code for name, answer in answers.items()} == {"visitor": 404, "sari": 200}
    assert answers["sari"].headers["Cache-Control"] == "private, no-store"
