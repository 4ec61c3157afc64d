"""Readers' reports: no account, a device counts once a piece, three put it first on the desk, nothing disappears."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from itsdangerous import URLSafeSerializer
from sqlalchemy.orm import Session

from kimweb.accounts.models import RoleGrant
from kimweb.core import audit
from kimweb.core.actor import Role
from kimweb.core.db import writing
from kimweb.core.errors import Invalid, NotAllowed, NotFound
from kimweb.core.idempotency import new_key
from kimweb.core.workflow import Step
from kimweb.news import actions, queries
from kimweb.news.models import News, NewsReport, State, Verb
from kimweb.news.reporting import KEPT_PER_NETWORK, REPORT_LIMIT, Device, report_news
from tests.support.clock import START, FrozenClock
from tests.support.forms import IN_PLACE, send
from tests.support.html import form_fields, problems
from tests.support.people import ELSEWHERE, SEKAYU, SUKARAMI, People, day, enter

LONG_AGO = START - timedelta(days=2)


def _report(session: Session, row: News, *networks: str, reason: str = "Isinya tidak benar.") -> None:
    """From so many networks, each time by a device that was not seen before."""
    for network in networks:
        _by(session, row, new_key(), network=network, reason=reason)


def _by(
    session: Session,
    row: News,
    device: str,
    *,
    network: str = "village",
    since: datetime | None = None,
    minutes: int = 0,
    reason: str = "Isinya tidak benar.",
) -> None:
    now = START + timedelta(minutes=minutes)
    who = Device(device, since or now)
    report_news(session, news_id=row.id, reason=reason, network=network, device=who, now=now)


@pytest.mark.database
def test_three_networks_put_it_first_on_the_desks_of_moderator_and_reviewer(people: People, session: Session) -> None:
    row, other = people.put(people.news(), people.news()), people.put(people.news())
    _report(session, row, "a", "b")
    assert queries.watched(session, people.actor("sari"))[0] == []
    _report(session, row, "c")
    _report(session, other, "a")
    for name, sees in (("sari", True), ("rahman", True), ("budi", False), ("siti", False), ("rina", False)):
        assert [piece.id for piece in queries.watched(session, people.actor(name))[0]] == [row.id] * sees, name
    assert row.state is State.PUBLISHED


@pytest.mark.database
def test_more_from_one_network_are_taken_in_and_do_not_count(people: People, session: Session) -> None:
    row = people.put(people.news())
    _report(session, row, *["a"] * 9)
    assert (row.reports, session.scalar(sa.select(sa.func.count(NewsReport.id)))) == (1, 1 + KEPT_PER_NETWORK)


@pytest.mark.database
def test_three_devices_behind_one_address_put_it_first(people: People, session: Session) -> None:
    """A village behind one proxy: phones that were seen before count at once, a new one once an hour."""
    known, new = people.put(people.news()), people.put(people.news())
    for number, count in enumerate((1, 2, 3, 3)):
        _by(session, known, f"phone {number}", since=LONG_AGO)
        assert known.reports == count, "no more than three of one network"
    for hour, count in enumerate((1, 2, 3, 3)):
        _by(session, new, f"phone {hour}", minutes=60 * hour)
        assert new.reports == count
    assert {row.id for row in queries.watched(session, people.actor("sari"))[0]} == {known.id, new.id}


@pytest.mark.database
def test_one_device_counts_once_with_its_cookie_from_elsewhere_or_with_fresh_ones(
    people: People, session: Session
) -> None:
    row, other = people.put(people.news()), people.put(people.news())
    for number in range(8):
        _by(session, row, "phone", since=LONG_AGO, network=f"network {number}", minutes=60 * number)
    assert row.reports == 1
    for number in range(8):
        _by(session, other, new_key(), minutes=7 * number)
    assert other.reports == 1


def test_neither_network_nor_device_can_be_followed_across_pieces(people: People, session: Session) -> None:
    first, second = people.put(people.news()), people.put(people.news())
    _by(session, first, "phone")
    _by(session, second, "phone")
    for mark in (NewsReport.network, NewsReport.device):
        assert len(set(session.scalars(sa.select(mark)))) == 2


@pytest.mark.database
def test_a_village_behind_one_address_is_not_locked_out_and_a_flood_does_not_count(
    people: People, session: Session
) -> None:
    rows = [people.put(people.news()) for _ in range(REPORT_LIMIT + 1)]
    for row in rows:
        _report(session, row, "village")
    assert [row.reports for row in rows] == [1] * REPORT_LIMIT + [0]
    assert session.scalar(sa.select(sa.func.count(NewsReport.id))) == len(rows), "taken in all the same"
    _report(session, rows[-1], "another")
    assert rows[-1].reports == 1
    _by(session, rows[-1], new_key(), minutes=80)
    assert rows[-1].reports == 2, "after ten minutes it counts again"


def test_a_flood_is_answered_like_everybody_else(client: FlaskClient, people: People, session: Session) -> None:
    row = people.put(people.news())
    answers = [client.post(f"/berita/{row.id}/laporan", data={"reason": "Salah."}) for _ in range(REPORT_LIMIT + 2)]
    assert {answer.status_code for answer in answers} == {303}


@pytest.mark.parametrize("state", [state for state in State if state not in (State.PUBLISHED, State.REVISING)])
def test_what_is_not_published_cannot_be_reported(people: People, session: Session, state: State) -> None:
    row = people.put(people.news(state))
    with pytest.raises(NotFound):
        _report(session, row, "a")
    with pytest.raises(Invalid):
        _report(session, people.put(people.news()), "a", reason="")


def test_a_visitor_reports_without_account_or_javascript(client: FlaskClient, people: People, session: Session) -> None:
    row = people.put(people.news())
    page = client.get(f"/berita/{row.id}/").text
    assert f'href="/berita/{row.id}/lapor/"' in page
    here, form = f"/berita/{row.id}/laporan", f"/berita/{row.id}/lapor/"
    empty = send(client, here, on=form)
    assert empty.status_code == 422
    assert problems(empty.text) == []
    taken = send(client, here, on=form, why="salah", reason="Acaranya Minggu.")
    assert (taken.status_code, taken.headers["Location"]) == (303, f"{form}?terkirim=1")
    thanks = client.get(taken.headers["Location"])
    assert "Terima kasih, laporan masuk" in thanks.text
    assert "Set-Cookie" not in thanks.headers
    alone = client.post(here, data={"reason": "Salah alamat."})
    assert alone.status_code == 303, "the field `reason` alone is enough (product.md)"
    found = session.scalars(sa.select(NewsReport.reason).order_by(NewsReport.id)).all()
    assert found == ["Isinya tidak benar. Acaranya Minggu.", "Salah alamat."]


def test_reports_are_read_at_the_desk_and_by_nobody_else(client: FlaskClient, people: People, session: Session) -> None:
    row = people.put(people.news())
    _report(session, row, "a", "b", "c", reason="Alamat <b>saya</b> bocor")
    visitor = client.application.test_client()
    assert "bocor" not in visitor.get(f"/berita/{row.id}/").text
    assert "bocor" not in enter(client.application.test_client(), "budi").get(f"/berita/{row.id}/").text
    page = enter(client, "sari").get("/meja/").text
    assert problems(page) == []
    assert page.count("Alamat &lt;b&gt;saya&lt;/b&gt; bocor") == 3
    assert "1 dilaporkan pembaca" in page


def test_the_desk_answers_tetap_tayang_with_a_reason_and_later_reports_count_anew(
    client: FlaskClient, people: People, session: Session
) -> None:
    row = people.put(people.news())
    _report(session, row, "a", "b", "c")
    enter(client, "sari")
    path = f"/berita/{row.id}/penetapan"
    refused = send(client, path, on="/meja/", headers=IN_PLACE, reason=" ")
    assert refused.status_code == 422
    assert form_fields(refused.text, path)["dari"] == "meja"
    assert send(client, path, on="/meja/", reason="Sudah dicek.").status_code == 303
    session.rollback()
    session.refresh(row)
    entry = audit.last(session, "news", row.audit_id)
    assert entry is not None
    assert (entry.verb, entry.text, entry.detail["reports"]) == (Verb.KEEP, "Sudah dicek.", 3)
    assert (row.state, row.reports) == (State.PUBLISHED, 0)
    assert "Dilaporkan pembaca" not in client.get("/meja/").text
    _report(session, row, "a")
    assert row.reports == 1


def test_withdrawing_answers_the_reports_too(people: People, session: Session) -> None:
    row = people.put(people.news())
    _report(session, row, "a", "b", "c")
    actions.withdraw_news(session, Step(people.actor("sari"), START, reason="Memang salah."), news_id=row.id)
    assert row.reports == 0
    assert session.scalar(sa.select(sa.func.count(NewsReport.id)).where(NewsReport.handled_at.is_(None))) == 0


def test_a_report_leaves_a_cookie_that_nobody_can_date_back(
    client: FlaskClient, people: People, session: Session, clock: FrozenClock
) -> None:
    rows = [people.put(people.news()) for _ in range(2)]
    for path in (f"/berita/{rows[0].id}/", f"/berita/{rows[0].id}/lapor/"):
        assert "Set-Cookie" not in client.get(path).headers, path
    assert "Set-Cookie" not in client.post(f"/berita/{rows[0].id}/laporan").headers, "(refused)"
    first = client.post(f"/berita/{rows[0].id}/laporan", data={"reason": "Salah."})
    [cookie] = first.headers.getlist("Set-Cookie")
    assert cookie.startswith("lapor=")
    for part in ("HttpOnly", "SameSite=Lax", "Path=/berita/", f"Max-Age={30 * 24 * 3600}"):
        assert part in cookie.split("; ")
    clock.advance(hours=2)
    again = client.post(f"/berita/{rows[1].id}/laporan", data={"reason": "Salah."})
    assert again.headers["Set-Cookie"].split(";")[0] == cookie.split(";")[0], "the same device, known since then"
    old = URLSafeSerializer("a key of one's own", salt="lapor").dumps(["x" * 32, 0])
    forged = client.application.test_client()
    forged.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    forged.set_cookie("lapor", old, path="/berita/")
    forged.post(f"/berita/{rows[1].id}/laporan", data={"reason": "Salah."})
    session.refresh(rows[1])
    assert rows[1].reports == 1


@pytest.mark.database
def test_a_correction_takes_no_reports_off_the_desks(people: People, session: Session) -> None:
    row = people.put(people.news())
    _report(session, row, "a", "b", "c")
    actions.correct_news(session, Step(people.actor("budi"), START), news_id=row.id, title=row.title, body="Senin.")
    for name in ("sari", "rahman"):
        assert [piece.id for piece in queries.watched(session, people.actor(name))[0]] == [row.id], name
        assert queries.count_waiting(session, people.actor(name)) == 1
        assert queries.waiting(session, people.actor(name), after=None, limit=9) == [], "one row, not two"


def test_the_row_of_one_that_is_being_corrected_shows_reports_and_change_and_takes_both_answers(
    client: FlaskClient, people: People, session: Session
) -> None:
    row = people.put(people.news())
    _report(session, row, "a", "b", "c", reason="Tanggalnya salah.")
    actions.correct_news(session, Step(people.actor("budi"), START), news_id=row.id, title=row.title, body="Senin.")
    enter(client, "sari")
    desk = client.get("/meja/").text
    assert problems(desk) == []
    assert desk.count(f'id="berita-{row.id}"') == 1
    assert desk.count("Tanggalnya salah.") == 3
    for told in ("3 laporan", "<ins><small>tambah:</small>", f"/berita/{row.id}/publikasi"):
        assert told in desk, told
    path = f"/berita/{row.id}/penetapan"
    refused = send(client, path, on="/meja/", headers=IN_PLACE, reason=" ")
    assert refused.status_code == 422
    assert "Tanggalnya salah." in refused.text
    assert send(client, path, on="/meja/", reason="Sudah dicek.").status_code == 303
    session.rollback()
    session.refresh(row)
    assert (row.state, row.reports) == (State.REVISING, 0)
    after = client.get("/meja/").text
    assert "Dilaporkan pembaca" not in after
    assert f"/berita/{row.id}/publikasi" in after
    rahman = enter(client.application.test_client(), "rahman").get("/meja/").text
    assert f'id="berita-{row.id}"' not in rahman


# ------------------------------------------------------------------ a second pair of eyes


@pytest.mark.parametrize("reports", [0, 1, 2, 3])
def test_a_few_reports_hide_no_second_look(client: FlaskClient, people: People, reports: int) -> None:
    row = people.put(people.news(author_id=people.users["sari"].id, self_published=True, reports=reports))
    enter(client, "rahman")
    desk = client.get("/meja/").text
    assert f'action="/berita/{row.id}/pemeriksaan"' in desk
    assert '<b class="tag">Diterbitkan sendiri</b>' in desk
    assert (f'action="/berita/{row.id}/penetapan"' in desk) is (reports >= 3)
    assert (f"{reports} laporan" in desk) is (reports >= 3)


@pytest.mark.database
def test_nobody_is_the_second_pair_of_eyes_of_their_own_words(people: People, session: Session) -> None:
    """The reviewer steps in for a village without a moderator, corrects a member's piece, and releases that."""
    with writing(session):
        people.users["sari"].signed_in_at = START - timedelta(days=30)
    other = people.users["nobody"]
    people.put(RoleGrant(user_id=other.id, role=Role.REVIEWER, area_code=SEKAYU, starts_on=day(-1)))
    row = people.put(people.news())
    rahman = Step(people.actor("rahman"), START)
    actions.correct_news(session, rahman, news_id=row.id, title=row.title, body="Tulisan Rahman.")
    actions.publish_news(session, rahman, news_id=row.id)
    assert (row.self_published, row.standing_by) == (True, people.users["rahman"].id)
    assert queries.watched(session, people.actor("rahman"))[1] == []
    with pytest.raises(NotAllowed):
        actions.second_news(session, rahman, news_id=row.id)
    assert [piece.id for piece in queries.watched(session, people.actor("nobody"))[1]] == [row.id]
    actions.second_news(session, Step(people.actor("nobody"), START), news_id=row.id)


@pytest.mark.database
def test_the_author_may_look_at_what_somebody_else_put_in_their_place(people: People, session: Session) -> None:
    author = people.users["rahman"].id
    row = people.put(people.news(author_id=author, self_published=True, written_by_id=people.users["sari"].id))
    assert [piece.id for piece in queries.watched(session, people.actor("rahman"))[1]] == [row.id]
    actions.second_news(session, Step(people.actor("rahman"), START), news_id=row.id)


def _line(client: FlaskClient, row: News) -> str:
    found = re.search(r"(?:Ditulis|Perbaikan terakhir ditulis) [^.<]*\.", client.get(f"/berita/{row.id}/").text)
    return found.group() if found else ""


def test_the_page_says_who_wrote_what_stands_and_who_released_it(
    client: FlaskClient, people: People, session: Session
) -> None:
    tono = people.users["nobody"]
    people.put(RoleGrant(user_id=tono.id, role=Role.MODERATOR, area_code=SUKARAMI, starts_on=day(-1)))
    budi, sari, other = (Step(people.actor(name), START) for name in ("budi", "sari", "nobody"))

    def written(who: Step, body: str) -> News:
        return actions.write_news(session, who, area_code=SUKARAMI, title="Rapat", body=body, submit=True)

    def corrected(row: News, who: Step, by: Step) -> str:
        actions.correct_news(session, who, news_id=row.id, title="Rapat", body=row.body + " Lagi.")
        actions.publish_news(session, by, news_id=row.id)
        return _line(client, row)

    row = written(budi, "Budi.")
    assert _line(client, row) == ""
    actions.publish_news(session, sari, news_id=row.id)
    assert _line(client, row) == "Ditulis Anggota KIM, diperiksa Moderator KIM."
    assert corrected(row, sari, sari) == "Perbaikan terakhir ditulis dan diterbitkan orang yang sama: Moderator KIM."
    actions.correct_news(session, budi, news_id=row.id, title="Rapat", body="Salah ketik.")
    returned = Step(people.actor("sari"), START, reason="Belum jelas.")
    assert _line(client, row).startswith("Perbaikan terakhir ditulis dan"), "what waits does not stand"
    actions.return_news(session, returned, news_id=row.id)
    assert _line(client, row).startswith("Perbaikan terakhir ditulis dan")
    assert corrected(row, other, sari) == "Perbaikan terakhir ditulis Moderator KIM, diperiksa Moderator KIM."
    assert corrected(row, budi, sari) == "Ditulis Anggota KIM, diperiksa Moderator KIM."
    own = written(sari, "Sari.")
    actions.publish_news(session, sari, news_id=own.id)
    assert _line(client, own) == "Ditulis dan diterbitkan orang yang sama: Moderator KIM."
    checked = written(sari, "Sari juga.")
    actions.publish_news(session, other, news_id=checked.id)
    assert _line(client, checked) == "Ditulis Moderator KIM, diperiksa Moderator KIM."


def test_what_its_writer_published_waits_for_a_second_look(
    client: FlaskClient, people: People, session: Session, clock: FrozenClock
) -> None:
    row = people.put(people.news(State.SUBMITTED, author_id=people.users["sari"].id))
    elsewhere = people.put(people.news(self_published=True, area_code=ELSEWHERE))
    actions.publish_news(session, Step(people.actor("sari"), START), news_id=row.id)
    assert "Diterbitkan sendiri" not in enter(client.application.test_client(), "sari").get("/meja/").text
    enter(client, "rahman")
    desk = client.get("/meja/").text
    assert problems(desk) == []
    assert f'id="berita-{row.id}"' in desk
    assert f'id="berita-{elsewhere.id}"' not in desk
    path = f"/berita/{row.id}/pemeriksaan"
    seen = client.post(path, data=form_fields(desk, path), headers=IN_PLACE)
    assert "Tercatat sudah dilihat." in seen.text
    assert "Diterbitkan sendiri" not in client.get("/meja/").text
