"""Phone and recovery codes are gone: the admin removes the second factor, with a reason; the person is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.accounts import second_factor
from kimweb.accounts.models import RecoveryCode, SecondFactor, UserSession
from kimweb.app import create_app
from kimweb.cli import main
from kimweb.core import audit
from kimweb.core.chain import verify
from kimweb.core.errors import InvalidTransition, NotAllowed, NotFound
from kimweb.settings import Settings
from tests.support.clock import START, FrozenClock
from tests.support.forms import send
from tests.support.html import form_fields, problems
from tests.support.people import EVERYBODY, PASSWORD, People, enter
from tests.support.second import turn_on

REASON = "HP dicuri, sudah bertemu di kantor."
TOLD = "Kode kedua Anda dihapus oleh admin pada"


def _page(people: People, name: str) -> str:
    return f"/orang/{people.users[name].id}/"


def _rows(session: Session) -> int:
    session.rollback()
    found = [session.scalar(sa.select(sa.func.count()).select_from(table)) for table in (SecondFactor, RecoveryCode)]
    return sum(number or 0 for number in found)


@pytest.mark.database
def test_the_admin_removes_it_and_the_person_sees_when(client: FlaskClient, people: People, session: Session) -> None:
    dewi = turn_on(session, "dewi", PASSWORD, START)
    people.put(UserSession(token_hash="x", user_id=dewi, created_at=START, seen_at=START, device=""))
    page = _page(people, "dewi")
    answer = send(enter(client, "agus"), f"{page}kode-kedua", on=page, reason=REASON)
    assert (answer.status_code, answer.headers["Location"]) == (303, page)
    assert _rows(session) == 0
    assert session.scalars(sa.select(UserSession).where(UserSession.user_id == dewi)).all() == []
    last = audit.last(session, "user", str(dewi))
    assert last is not None
    assert (last.verb, last.actor_id, last.text) == ("second_factor_reset", people.users["agus"].id, REASON)
    assert verify(session).problems == []
    theirs = enter(client.application.test_client(), "dewi")  # the password is enough now
    for path in ("/akun/", "/akun/kode-kedua/"):
        text = theirs.get(path).text
        assert problems(text) == []
        assert TOLD in text
        assert REASON not in text
    assert REASON not in client.get(page).text
    assert f"{page}kode-kedua" not in client.get(page).text


def test_it_is_told_for_thirty_days_or_until_it_is_on_again(
    client: FlaskClient, people: People, session: Session, clock: FrozenClock
) -> None:
    for name in ("dewi", "sari"):
        turn_on(session, name, PASSWORD, START)
        user_id = people.users[name].id
        second_factor.reset(session, actor=people.actor("agus"), user_id=user_id, reason=REASON, now=START)
    turn_on(session, "sari", PASSWORD, START)
    dewi, sari = people.users["dewi"].id, people.users["sari"].id
    assert second_factor.reset_at(session, sari, clock()) is None
    assert second_factor.reset_at(session, dewi, clock.advance(days=29)) == START
    assert second_factor.reset_at(session, dewi, clock.advance(days=1)) is None


def test_without_a_reason_nothing_happens(client: FlaskClient, people: People, session: Session) -> None:
    turn_on(session, "dewi", PASSWORD, START)
    page = _page(people, "dewi")
    answer = send(enter(client, "agus"), f"{page}kode-kedua", on=page, reason="  ")
    assert answer.status_code == 422
    assert problems(answer.text) == []
    assert _rows(session) == 11


@pytest.mark.parametrize("who", [name for name in EVERYBODY if name != "wati"])
def test_nobody_but_an_admin_removes_it(who: str, client: FlaskClient, people: People, session: Session) -> None:
    """Whom they may otherwise give a new password: Sari the members, Rahman the district's KIMs."""
    wati = turn_on(session, "wati", PASSWORD, START)
    page = _page(people, "wati")
    fields = {"reason": REASON}
    if who != "visitor":
        enter(client, who)
        fields |= form_fields(client.get("/akun/").text, "/keluar/")
        assert (f"{page}kode-kedua" in client.get(page).text) is (who == "agus")
    status = {"agus": 303, "visitor": 400}.get(who, 403)  # (a visitor has no token)
    answer = client.post(f"{page}kode-kedua", data=fields)
    assert answer.status_code == status
    assert (_rows(session) == 0) is (who == "agus")
    if who != "agus":
        with pytest.raises((NotAllowed, NotFound)):
            second_factor.reset(session, actor=people.actor(who), user_id=wati, reason=REASON, now=START)


def test_nobody_removes_their_own_and_a_stand_in_no_admin_s(people: People, session: Session) -> None:
    agus = turn_on(session, "agus", PASSWORD, START)
    people.away("agus", "rina")
    for who in ("agus", "rina"):
        with pytest.raises(NotAllowed):
            second_factor.reset(session, actor=people.actor(who), user_id=agus, reason=REASON, now=START)
    assert _rows(session) == 11


def test_where_there_is_none_there_is_nothing_to_remove(client: FlaskClient, people: People, session: Session) -> None:
    page = _page(people, "dewi")
    assert "kode-kedua" not in enter(client, "agus").get(page).text
    user_id = people.users["dewi"].id
    with pytest.raises(InvalidTransition):
        second_factor.reset(session, actor=people.actor("agus"), user_id=user_id, reason=REASON, now=START)


def test_where_it_is_required_no_role_counts_until_it_is_set_up_anew(
    settings: Settings, clock: FrozenClock, people: People, session: Session
) -> None:
    dewi = turn_on(session, "dewi", PASSWORD, START)
    second_factor.reset(session, actor=people.actor("agus"), user_id=dewi, reason=REASON, now=START)
    app = create_app(replace(settings, second_factor="required"), clock=clock)
    client = enter(app.test_client(), "dewi")
    assert client.get("/meja/").headers["Location"] == "/akun/kode-kedua/"
    assert TOLD in client.get("/akun/kode-kedua/").text
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


@pytest.mark.database
def test_the_only_admin_s_is_removed_by_a_command(
    settings: Settings,
    people: People,
    session: Session,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("KIMWEB_INSTANCE", str(settings.instance))
    monkeypatch.setenv("KIMWEB_DATABASE_URL", settings.database_url)
    agus = turn_on(session, "agus", PASSWORD, START)
    assert main(["forget-second-factor", "Agus"]) == 0
    assert "Kode kedua Agus dihapus" in capsys.readouterr().out
    assert _rows(session) == 0
    last = audit.last(session, "user", str(agus))
    assert last is not None
    assert (last.verb, last.actor_id, last.detail) == ("second_factor_reset", None, {"by": "command"})
    for name, sentence in (("agus", "tidak memakai kode kedua"), ("entah", "Tidak ada akun bernama entah")):
        assert main(["forget-second-factor", name]) == 1
        assert sentence in capsys.readouterr().err
