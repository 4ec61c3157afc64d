"""Masa pemilihan: nobody publishes what they wrote, the district's reviewer does; everybody who writes is told."""

from __future__ import annotations

from itertools import product

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.accounts.models import RoleGrant
from kimweb.areas import elections
from kimweb.areas.models import ElectionPeriod
from kimweb.core import audit
from kimweb.core.actor import REGENCY, Role
from kimweb.core.errors import InvalidTransition, NotAllowed, NotFound
from kimweb.core.permissions import Permission
from kimweb.core.workflow import Step
from kimweb.news import actions, policy, queries
from kimweb.news.models import News, NewsPhoto, State
from tests.support.clock import START
from tests.support.forms import send, token_of
from tests.support.html import problems
from tests.support.people import EVERYBODY, LAIS, LUMPATAN, SEKAYU, SUKARAMI, People, day, enter
from tests.support.pictures import with_photo

NOTICE = "Jangan memuat calon dan partai. Laporan pemilu ke Bawaslu."
WHY = "Masa pemilihan: tulisan sendiri diterbitkan Peninjau Kecamatan."


def _set(people: People, area: str = SUKARAMI, first: int = -1, last: int = 1) -> ElectionPeriod:
    row: ElectionPeriod = people.put(
        ElectionPeriod(area_code=area, name="Pilkades", starts_on=day(first), ends_on=day(last))
    )
    return row


def _own(people: People, state: State = State.SUBMITTED) -> News:
    """A piece by Sari, the moderator."""
    row: News = people.put(people.news(state, author_id=people.users["sari"].id, by_moderator=True))
    return row


@pytest.mark.database
@pytest.mark.parametrize(
    ("area", "first", "last", "binds"),
    [
        (SUKARAMI, -1, 1, True),
        (SUKARAMI, 0, 0, True),
        (SEKAYU, -1, 1, True),
        (REGENCY, -1, 1, True),
        (SUKARAMI, 1, 9, False),
        (SUKARAMI, -9, -1, False),
        (LUMPATAN, -1, 1, False),
        (LAIS, -1, 1, False),
    ],
)
def test_it_binds_its_area_and_all_below_on_its_days(
    people: People, session: Session, area: str, first: int, last: int, binds: bool
) -> None:
    _set(people, area, first, last)
    step = Step(people.actor("sari"), START)
    row = _own(people)
    if binds:
        with pytest.raises(NotAllowed, match="Masa pemilihan"):
            actions.publish_news(session, step, news_id=row.id)
    else:
        actions.publish_news(session, step, news_id=row.id)
    assert (row.state is State.PUBLISHED) is not binds


@pytest.mark.database
@pytest.mark.parametrize("election", [False, True])
def test_who_releases_what_in_and_out_of_it(people: People, session: Session, election: bool) -> None:
    """Everybody × whose piece × what waits."""
    if election:
        _set(people)
    pieces: dict[str, dict[str, object]] = {
        "Budi's": {},
        "Sari's": {"author_id": people.users["sari"].id, "by_moderator": True},
        "Sari's change of Budi's": {"changed_by_id": people.users["sari"].id, "by_moderator": True},
        "Budi's change": {"changed_by_id": people.users["budi"].id},
    }
    for name, (whose, values) in product(EVERYBODY, pieces.items()):
        state = State.REVISING if "change" in whose else State.SUBMITTED
        row = people.put(people.news(state, **values))
        saris = whose.startswith("Sari")
        may = {"rahman"} if election and saris else {"sari"}
        try:
            actions.publish_news(session, Step(people.actor(name), START), news_id=row.id)
        except (NotFound, NotAllowed):
            assert name not in may, (name, whose)
        else:
            assert name in may, (name, whose)
            entry = audit.last(session, "news", row.audit_id)
            assert entry is not None
            assert entry.role is (Role.REVIEWER if name == "rahman" else Role.MODERATOR)


@pytest.mark.database
@pytest.mark.parametrize("election", [False, True])
def test_what_waits_on_a_desk_is_what_can_be_decided_there(people: People, session: Session, election: bool) -> None:
    if election:
        _set(people)
    _own(people)
    people.put(people.news(State.SUBMITTED))
    people.put(people.news(State.SUBMITTED, area_code=LUMPATAN, by_moderator=True))
    people.put(people.news(State.REVISING, changed_by_id=people.users["sari"].id, by_moderator=True))
    rows = session.scalars(sa.select(News)).all()
    for name in EVERYBODY:
        who = people.actor(name)
        waits = {row.id for row in queries.waiting(session, who, after=None, limit=99)}
        can = {row.id for row in rows if policy.authority(who, Permission.NEWS_PUBLISH, row)}
        assert waits == can, name


def test_restoring_is_no_way_round(people: People, session: Session) -> None:
    row = _own(people, State.WITHDRAWN)
    _set(people)
    step = Step(people.actor("sari"), START, reason="Sudah benar.")
    with pytest.raises(NotAllowed):
        actions.restore_news(session, step, news_id=row.id)
    actions.restore_news(session, Step(people.actor("rahman"), START, reason="Benar."), news_id=row.id)


def test_restoring_asks_whoever_wrote_what_stands(people: People, session: Session) -> None:
    """Of Budi's piece stands what Sari wrote; of Sari's, what another moderator wrote."""
    tono = people.users["nobody"]
    people.put(RoleGrant(user_id=tono.id, role=Role.MODERATOR, area_code=SUKARAMI, starts_on=day(-1)))
    by_sari = people.put(people.news(State.WITHDRAWN, written_by_id=people.users["sari"].id))
    by_other = people.put(people.news(State.WITHDRAWN, author_id=people.users["sari"].id, written_by_id=tono.id))
    _set(people)
    sari, other = (Step(people.actor(name), START, reason="Sudah benar.") for name in ("sari", "nobody"))
    for barred, row in ((sari, by_sari), (other, by_other)):
        with pytest.raises(NotAllowed):
            actions.restore_news(session, barred, news_id=row.id)
    actions.restore_news(session, other, news_id=by_sari.id)
    actions.restore_news(session, sari, news_id=by_other.id)


def test_pages_say_so_and_why(client: FlaskClient, people: People) -> None:
    row, budis = _own(people), people.put(people.news(State.SUBMITTED))
    enter(client, "sari")
    assert NOTICE not in client.get("/berita/tulis/").text
    _set(people)
    page = client.get("/berita/tulis/").text
    assert NOTICE in page
    assert problems(page) == []
    review = client.get(f"/berita/{row.id}/").text
    assert WHY in review
    assert NOTICE in review
    assert 'publikasi"' not in review
    assert problems(review) == []
    desk = client.get("/meja/").text
    assert NOTICE in desk
    assert f"/berita/{budis.id}/publikasi" in desk
    assert f"/berita/{row.id}/publikasi" not in desk
    assert "Tulisan saya" in desk, "her own waits for the district, and she sees that it does"
    rahman = enter(client.application.test_client(), "rahman").get("/meja/").text
    assert f"/berita/{row.id}/publikasi" in rahman
    assert f"/berita/{budis.id}/publikasi" not in rahman
    assert NOTICE not in client.application.test_client().get(f"/desa/{SUKARAMI}/").text


# ------------------------------------------------------------------ set by the admin


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("16.06.01", SEKAYU),
        ("16.06", REGENCY),
        ("Sekayu", None),
        ("Sukarami, Kec. Sekayu", SUKARAMI),
        ("Mekar Jaya", None),
        ("Tidak Ada", None),
    ],
)
def test_the_admin_sets_it_for_a_place(
    client: FlaskClient, people: People, session: Session, typed: str, code: str | None
) -> None:
    enter(client, "agus")
    page = "/atur/pemilihan/"
    fields = {"area": typed, "name": "Pilkada", "first": "18-11-2026", "last": "27-11-2026"}
    token = client.get(page).text.split('name="csrf_token" value="')[1].split('"')[0]
    answer = client.post(page, data={"csrf_token": token, **fields})
    found = session.scalars(sa.select(ElectionPeriod)).all()
    if not found:
        assert (answer.status_code, code) == (422, None), typed
        assert problems(answer.text) == []
        assert typed in answer.text
        return
    assert answer.status_code == 303
    assert code in (None, found[0].area_code)
    entry = audit.last(session, "election", str(found[0].id))
    assert entry is not None
    assert (entry.verb, entry.role, entry.area_code) == ("add", Role.ADMIN, found[0].area_code)
    shown = client.get(page).text
    assert "Sedang berjalan" in shown
    assert problems(shown) == []


@pytest.mark.parametrize(("first", "left"), [(-3, 1), (0, 0), (2, 0)])
def test_the_admin_ends_it_at_once(
    client: FlaskClient, people: People, session: Session, first: int, left: int
) -> None:
    row = _set(people, SUKARAMI, first, 9)
    enter(client, "agus")
    path = f"/atur/pemilihan/{row.id}/penghapusan"
    assert send(client, path, on="/atur/pemilihan/").status_code == 303
    session.rollback()
    assert session.scalar(sa.select(sa.func.count(ElectionPeriod.id))) == left
    assert people.actor("sari").elections == frozenset()
    entry = audit.last(session, "election", str(row.id))
    assert entry is not None
    assert (entry.verb, entry.detail["name"]) == ("end", "Pilkades")


@pytest.mark.parametrize("name", [name for name in EVERYBODY if name not in ("agus", "visitor")])
def test_nobody_else_sets_or_ends_it(client: FlaskClient, people: People, session: Session, name: str) -> None:
    row = _set(people)
    with pytest.raises(NotAllowed):
        elections.end_election(session, actor=people.actor(name), now=START, election_id=row.id)
    assert enter(client, name).get("/atur/pemilihan/").status_code == 403


def test_a_piece_that_does_not_wait_is_no_matter_of_elections(people: People, session: Session) -> None:
    _set(people)
    row = _own(people, State.PUBLISHED)
    with pytest.raises(InvalidTransition):
        actions.publish_news(session, Step(people.actor("rahman"), START), news_id=row.id)


# ------------------------------------------------------------------ words of photos


@pytest.mark.parametrize(
    ("whose", "state", "who", "election", "may"),
    [
        ("sari's", State.PUBLISHED, "sari", True, False),
        ("sari's", State.REVISING, "sari", True, False),
        ("sari's", State.PUBLISHED, "rahman", True, True),
        ("sari's", State.PUBLISHED, "tono", True, True),
        ("sari's", State.PUBLISHED, "sari", False, True),
        ("budi's", State.PUBLISHED, "sari", True, True),
        ("corrected by sari", State.PUBLISHED, "sari", True, False),
        ("corrected by sari", State.PUBLISHED, "sari", False, True),
    ],
)
def test_a_photos_words_are_no_way_round(
    client: FlaskClient, people: People, session: Session, whose: str, state: State, who: str, election: bool, may: bool
) -> None:
    sari, tono = people.users["sari"].id, people.users["nobody"]
    people.put(RoleGrant(user_id=tono.id, role=Role.MODERATOR, area_code=SUKARAMI, starts_on=day(-1)))
    values: dict[str, dict[str, object]] = {
        "sari's": {"author_id": sari, "by_moderator": True},
        "budi's": {},
        "corrected by sari": {"written_by_id": sari, "by_moderator": True},
    }
    if state is State.REVISING:
        values[whose]["changed_by_id"] = tono.id
    row = people.put(people.news(state, **values[whose]))
    path = with_photo(session, f"/berita/{row.id}/", alt="Warga")
    if election:
        _set(people)
    enter(client, "nobody" if who == "tono" else who)
    page = client.get(path)
    assert page.status_code == 200, "covering is up to them"
    assert (f'action="{path}uraian"' in page.text) is may
    assert problems(page.text) == []
    fields = {"csrf_token": token_of(client), "version": str(row.version)}
    for words, status in (("", 422 if may else 403), ("Pilih nomor satu", 303 if may else 403)):
        assert client.post(f"{path}uraian", data=fields | {"alt": words}).status_code == status
    session.rollback()
    assert [link.alt for link in session.scalars(sa.select(NewsPhoto))] == ["Pilih nomor satu" if may else "Warga"]
