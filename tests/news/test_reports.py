"""Readers' reports: no account, one a piece and network counts, three put it first on the desk, nothing disappears."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.core import audit
from kimweb.core.errors import Invalid, NotFound, TooMany
from kimweb.core.workflow import Step
from kimweb.news import actions, queries
from kimweb.news.models import News, NewsReport, State, Verb
from kimweb.news.reporting import KEPT_PER_NETWORK, REPORT_LIMIT, report_news
from tests.support.clock import START, FrozenClock
from tests.support.forms import IN_PLACE, send
from tests.support.html import form_fields, problems
from tests.support.people import ELSEWHERE, People, enter


def _report(session: Session, row: News, *networks: str, reason: str = "Isinya tidak benar.") -> None:
    for network in networks:
        report_news(session, news_id=row.id, reason=reason, network=network, now=START)


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
    assert (row.reports, session.scalar(sa.select(sa.func.count(NewsReport.id)))) == (1, KEPT_PER_NETWORK)


def test_one_network_cannot_be_followed_across_pieces(people: People, session: Session) -> None:
    first, second = people.put(people.news()), people.put(people.news())
    _report(session, first, "a")
    _report(session, second, "a")
    assert len(set(session.scalars(sa.select(NewsReport.network)))) == 2


def test_a_village_behind_one_address_is_not_locked_out_and_a_flood_is(people: People, session: Session) -> None:
    rows = [people.put(people.news()) for _ in range(REPORT_LIMIT + 1)]
    for row in rows[:-1]:
        _report(session, row, "village")
    with pytest.raises(TooMany):
        _report(session, rows[-1], "village")
    _report(session, rows[-1], "another")
    assert [row.reports for row in rows] == [1] * len(rows)


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


# ------------------------------------------------------------------ a second pair of eyes


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
