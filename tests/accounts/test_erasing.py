"""Erasing a person: what names them goes, the record's chain still fits, and doing it again harms nothing."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.accounts import actions
from kimweb.accounts.erasing import NAMELESS, erase_user, forget_sessions
from kimweb.accounts.invitations import issue_password_slip
from kimweb.accounts.models import Absence, Invitation, RoleGrant, User, UserSession
from kimweb.core import audit
from kimweb.core.actor import Role
from kimweb.core.audit import AuditText
from kimweb.core.chain import verify
from kimweb.core.db import make_engine, writing
from kimweb.core.errors import NotFound
from tests.conftest import SECRET_KEY
from tests.support import databases
from tests.support.clock import START
from tests.support.people import PASSWORD, TODAY, People, day, enter

pytestmark = pytest.mark.database


def _texts(session: Session, *entries: tuple[str, str, int]) -> None:
    """Entries with a text: (kind, subject, who wrote it)."""
    with writing(session):
        for kind, subject, by in entries:
            entry = audit.Entry(START, kind, subject, "x", Role.MODERATOR, actor_id=by, text=f"{kind} {subject}")
            audit.record(session, entry)


def test_a_person_is_erased_and_the_chain_still_fits(
    app: Flask, client: FlaskClient, people: People, session: Session
) -> None:
    sari, budi = people.users["sari"].id, people.users["budi"].id
    enter(client, "sari")
    people.put(Absence(user_id=budi, stand_in_id=sari, starts_on=TODAY, ends_on=day(2)))
    _texts(session, ("user", str(sari), budi), ("news", "7", sari), ("news", "8", budi))
    actor = people.actor("rahman")
    for user_id in (sari, budi):
        issue_password_slip(session, actor=actor, now=START, server_key=SECRET_KEY, user_id=user_id)
    gone = erase_user(session, username="Sari", texts=False, now=START)
    assert session.scalars(sa.select(Invitation.name)).all() == ["Budi"]
    assert gone == {
        "peran diakhiri": 1,
        "perangkat": 1,
        "kode cadangan": 0,
        "kode kedua": 0,
        "slip": 1,
        "teks catatan": 1,
    }
    session.rollback()
    user = session.get_one(User, sari, populate_existing=True)
    assert (user.username, user.name, user.active) == (f"terhapus-{sari}", NAMELESS, False)
    assert [row.text for row in session.scalars(sa.select(AuditText).order_by(AuditText.seq))] == ["news 7", "news 8"]
    assert session.scalars(sa.select(RoleGrant.ends_on).where(RoleGrant.user_id == sari)).one() == day(-1)
    assert session.scalars(sa.select(Absence.stand_in_id)).one() is None
    assert client.get("/meja/").status_code == 303
    for name in ("sari", f"terhapus-{sari}"):
        answer = app.test_client().post("/masuk/", data={"username": name, "password": PASSWORD})
        assert answer.status_code == 422
    report = verify(session)
    assert (report.problems, report.erased) == ([], 1)
    assert audit.history(session, "user", str(sari))[-1].detail == {"removed": gone}


def test_the_reasons_that_somebody_wrote_go_when_that_is_asked_for(people: People, session: Session) -> None:
    sari, budi = people.users["sari"].id, people.users["budi"].id
    _texts(session, ("news", "7", sari), ("news", "8", budi))
    assert erase_user(session, username="sari", texts=True, now=START)["teks catatan"] == 1
    assert [row.text for row in session.scalars(sa.select(AuditText))] == ["news 8"]
    assert verify(session).problems == []


def test_erasing_again_and_erasing_nobody_changes_nothing(people: People, session: Session) -> None:
    erase_user(session, username="sari", texts=False, now=START)
    entries = verify(session).entries
    for name in ("sari", "entah", "x" * 99):
        with pytest.raises(NotFound):
            erase_user(session, username=name, texts=True, now=START)
    assert verify(session).entries == entries


def test_after_a_restore_the_same_command_erases_again(sqlite_filled: Path, tmp_path: Path) -> None:
    """An older backup brings the person back; the erasures since then are given again (docs/install.md)."""
    url, backup, engines = databases.sqlite_copy(sqlite_filled, tmp_path), tmp_path / "backup.db", []

    def opened(url: str) -> Session:
        engines.append(make_engine(url))
        return Session(engines[-1], expire_on_commit=False)

    with opened(url) as session:
        sari = People(session).gather().users["sari"].id
        _texts(session, ("user", str(sari), sari))
        session.rollback()
        with closing(sqlite3.connect(tmp_path / "kimweb.db")) as connection:
            connection.execute("VACUUM INTO ?", [str(backup)])
        erase_user(session, username="sari", texts=True, now=START)
    with opened(f"sqlite:///{backup}") as session:
        assert (session.get_one(User, sari).name, len(session.scalars(sa.select(AuditText)).all())) == ("Sari", 1)
        erase_user(session, username="sari", texts=True, now=START)
        session.rollback()
        assert session.get_one(User, sari, populate_existing=True).name == NAMELESS
        assert session.scalars(sa.select(AuditText)).all() == []
        assert verify(session).problems == []
    for engine in engines:
        engine.dispose()


def test_a_free_name_can_be_taken_again(people: People, session: Session) -> None:
    erase_user(session, username="sari", texts=False, now=START)
    assert actions.create_user(session, username="sari", name="Sari", password_hash="x", now=START).active


def test_old_sign_ins_go(client: FlaskClient, people: People, session: Session) -> None:
    enter(client, "budi")
    assert forget_sessions(session, before=START - timedelta(seconds=1)) == 0
    assert forget_sessions(session, before=START) == 1
    assert session.scalars(sa.select(UserSession)).all() == []


def test_the_end_of_an_absence_is_an_entry_as_its_begin_is(people: People, session: Session) -> None:
    actor = people.actor("sari")
    actions.end_absence(session, actor=actor, now=START)  # none there: nothing happened
    actions.set_absence(session, actor=actor, starts_on=TODAY, ends_on=TODAY, stand_in_id=None, now=START)
    actions.end_absence(session, actor=actor, now=START)
    verbs = [entry.verb for entry in audit.history(session, "user", str(people.users["sari"].id))]
    assert verbs == ["absence", "absence_end"]


def test_whoever_reads_english_reads_in_english_that_an_account_is_gone(
    app: Flask, client: FlaskClient, people: People, session: Session
) -> None:
    erase_user(session, username="sari", texts=False, now=START)
    page = enter(client, "agus").get(f"/orang/{people.users['sari'].id}/").text
    assert "<h1>(akun dihapus)</h1>" in page
    with app.test_request_context(headers={"Cookie": "bahasa=en"}):
        filters = app.jinja_env.filters
        assert filters["person_name"](NAMELESS) == filters["t"](NAMELESS)
        assert filters["person_name"]("Berita") == "Berita", "a name is never translated"
