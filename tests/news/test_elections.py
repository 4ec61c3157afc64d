"""Masa pemilihan: nobody publishes what they wrote, the district's reviewer does; everybody who writes is told."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.accounts.models import Absence, RoleGrant
from kimweb.areas import elections
from kimweb.areas.models import ElectionPeriod
from kimweb.core import audit
from kimweb.core.actor import REGENCY, Role
from kimweb.core.db import writing
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
WHY = "Masa pemilihan: tulisan Moderator KIM diterbitkan Peninjau Kecamatan."


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


_AUTHORS = {"wati": "member", "sari": "moderator", "budi": "stand-in", "budi before": "member", "rahman": "reviewer"}
_RELEASES = {
    # who may, out of a masa pemilihan and in one: by who acts for the moderator, whose piece
    ("moderator", "wati"): ({"sari"}, {"sari"}),
    ("moderator", "sari"): ({"sari"}, {"rahman", "camat"}),
    ("moderator", "budi"): ({"sari"}, {"rahman", "camat"}),
    ("moderator", "budi before"): ({"sari"}, {"sari"}),
    ("moderator", "rahman"): ({"sari"}, {"sari"}),
    ("stand-in", "wati"): ({"sari", "budi"}, {"sari", "budi"}),
    ("stand-in", "sari"): ({"sari", "budi"}, {"rahman", "camat"}),
    ("stand-in", "budi"): ({"sari", "budi"}, {"rahman", "camat"}),
    ("stand-in", "budi before"): ({"sari", "budi"}, {"sari"}),
    ("stand-in", "rahman"): ({"sari", "budi"}, {"sari", "budi"}),
    ("reviewer", "wati"): ({"sari", "rahman", "camat"}, {"sari", "rahman", "camat"}),
    ("reviewer", "sari"): ({"sari", "rahman", "camat"}, {"rahman", "camat"}),
    ("reviewer", "budi"): ({"sari", "rahman", "camat"}, {"rahman", "camat"}),
    ("reviewer", "budi before"): ({"sari", "rahman", "camat"}, {"sari", "rahman", "camat"}),
    ("reviewer", "rahman"): ({"sari", "rahman", "camat"}, {"sari", "camat"}),
}


def _acting(people: People, acts: str) -> None:
    """Sari moderates; or is away and Budi, a member, stands in; or was silent for long and the reviewers step in."""
    if acts == "stand-in":
        away = {"starts_on": day(-1), "ends_on": day(1)}
        people.put(Absence(user_id=people.users["sari"].id, stand_in_id=people.users["budi"].id, **away))
    if acts == "reviewer":
        with writing(people.session):
            people.users["sari"].signed_in_at = START - timedelta(days=30)


@pytest.mark.database
@pytest.mark.parametrize(("acts", "whose"), _RELEASES)
@pytest.mark.parametrize("election", [False, True])
def test_who_releases_whose_while_who_acts(
    people: People, session: Session, acts: str, whose: str, election: bool
) -> None:
    people.put(RoleGrant(user_id=people.users["camat"].id, role=Role.REVIEWER, area_code=SEKAYU, starts_on=day(-1)))
    writer, role = people.users[whose.split()[0]].id, Role[_AUTHORS[whose].upper().replace("STAND-IN", "MODERATOR")]
    values = {"changed_by_id": writer} if whose == "rahman" else {"author_id": writer}
    values["by_moderator"] = policy.writes_as_moderator(role)
    row = people.put(people.news(State.REVISING if whose == "rahman" else State.SUBMITTED, **values))
    _acting(people, acts)
    if election:
        _set(people)
    may = _RELEASES[acts, whose][election]
    for name in EVERYBODY:
        who = people.actor(name)
        assert (policy.authority(who, Permission.NEWS_PUBLISH, row) is not None) is (name in may), name
        assert [one.id for one in queries.waiting(session, who, after=None, limit=9)] == [row.id] * (name in may), name
        moderates = SUKARAMI in policy.reviewing_areas(who)
        assert policy.held_back(who, row) is (moderates and name not in may), name


def test_a_stand_in_is_not_offered_what_the_moderator_wrote(
    client: FlaskClient, people: People, session: Session
) -> None:
    row, budis, watis = (
        people.put(people.news(State.SUBMITTED, author_id=people.users[name].id, by_moderator=name == "sari"))
        for name in ("sari", "budi", "wati")
    )
    _acting(people, "stand-in")
    _set(people)
    enter(client, "budi")
    desk, page = client.get("/meja/").text, client.get(f"/berita/{row.id}/").text
    assert [f"/berita/{one.id}/publikasi" in desk for one in (row, budis, watis)] == [False, False, True]
    assert WHY in page
    assert f"/berita/{row.id}/publikasi" not in page
    assert "tulisan sendiri diterbitkan orang lain." in client.get(f"/berita/{budis.id}/").text
    with pytest.raises(NotAllowed, match="Masa pemilihan"):
        actions.publish_news(session, Step(people.actor("budi"), START), news_id=row.id)
    actions.publish_news(session, Step(people.actor("rahman"), START), news_id=row.id)


def test_what_a_stand_in_writes_is_the_moderators(people: People, session: Session) -> None:
    _acting(people, "stand-in")
    for name, counts in (("budi", True), ("sari", True), ("wati", False)):
        step = Step(people.actor(name), START)
        row = actions.write_news(session, step, area_code=SUKARAMI, title="Judul", body="Isi", submit=True)
        assert row.by_moderator is counts, name


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
    assert (entry.verb, entry.detail["name"], entry.detail["last"]) == ("end", "Pilkades", day(-1).isoformat())


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


# ------------------------------------------------------------------ what the moderator reads about what she wrote


def test_in_it_a_moderators_own_piece_goes_to_the_district_by_name(client: FlaskClient, people: People) -> None:
    row = _own(people, State.DRAFT)
    enter(client, "sari")
    paths = (f"/berita/{row.id}/", f"/berita/{row.id}/ubah/", "/berita/tulis/")
    assert all("Kirim ke moderator" in client.get(path).text for path in paths)
    _set(people)
    for path in paths:
        page = client.get(path).text
        assert "Kirim ke Peninjau Kecamatan" in page
        assert "Kirim ke moderator" not in page
    budi = enter(client.application.test_client(), "budi").get("/berita/tulis/").text
    assert "Kirim ke moderator" in budi, "a member's piece is the moderator's to decide"
    assert send(client, f"/berita/{row.id}/pengajuan", on=f"/berita/{row.id}/").status_code == 303
    page = client.get(f"/berita/{row.id}/").text
    assert "Terkirim ke Peninjau Kecamatan." in page
    assert "Menunggu Peninjau Kecamatan" in page
    assert "Diperiksa Peninjau Kecamatan paling lambat Senin 23 November." in " ".join(page.split())
    assert "moderator paling lambat" not in page
    assert "Menunggu Peninjau Kecamatan" in client.get("/berita/").text


@pytest.mark.parametrize("election", [False, True])
def test_ones_own_piece_is_taken_back_and_not_returned(
    client: FlaskClient, people: People, session: Session, election: bool
) -> None:
    if election:
        _set(people)
    row, budis = _own(people), people.put(people.news(State.SUBMITTED))
    enter(client, "sari")
    assert "Kembalikan</summary>" in client.get(f"/berita/{budis.id}/").text
    page = client.get(f"/berita/{row.id}/").text
    assert "Kembalikan" not in page
    assert "Ambil lagi untuk diubah" in page
    assert problems(page) == []
    assert send(client, f"/berita/{row.id}/pengembalian", on=f"/berita/{row.id}/").status_code == 303
    session.rollback()
    entry = audit.last(session, "news", row.audit_id)
    assert entry is not None
    assert (entry.after, entry.text) == ("returned", "Diambil lagi oleh penulisnya.")
