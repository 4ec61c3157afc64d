"""A forgotten password: the way over people always, and by mail for officials, where mail is configured."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.accounts import actions, password_links
from kimweb.accounts.models import EmailAddress, PasswordLink, RoleGrant, User, UserSession
from kimweb.accounts.passwords import Passwords
from kimweb.accounts.queries import user_by_username
from kimweb.core import audit
from kimweb.core.chain import verify
from kimweb.core.db import writing
from kimweb.core.errors import Invalid
from kimweb.core.outbox import Waiting
from tests.support.clock import START, FrozenClock
from tests.support.html import problems
from tests.support.people import EVERYBODY, PASSWORD, People, day, enter
from tests.support.postbox import Postbox
from tests.support.second import CHEAP, shown, turn_on
from tests.support.statements import counted
from tests.support.together import engine_on, together
from tests.web.site import browser

PAGE, SENT, OVER = "/masuk/lupa/", "/masuk/lupa/terkirim/", "Tautan tidak berlaku"
ADDRESS, NEW = "dewi@example.go.id", "hujan turun di sungai musi"
Work = Callable[[], None]


@pytest.fixture(autouse=True)
def address(people: People) -> EmailAddress:
    """Dewi's, which counts."""
    dewi = people.users["dewi"].id
    row = EmailAddress(user_id=dewi, address=ADDRESS, nonce="x", asked_at=START, confirmed_at=START)
    people.put(row)
    return row


def ask(client: FlaskClient, name: str = "dewi", **more: Any) -> tuple[int, str]:
    """Fill in the form; the answer's status and where it leads."""
    answer = client.post(PAGE, data={"username": name}, **more)
    return answer.status_code, answer.headers.get("Location", "")


@pytest.fixture
def link(mail_client: FlaskClient, box: Postbox, work: Work) -> str:
    """The path in the mail that Dewi got."""
    ask(mail_client)
    work()
    return box.link()


def verbs(session: Session, user_id: int) -> list[str]:
    session.rollback()
    return [entry.verb for entry in audit.history(session, "user", str(user_id))]


# ------------------------------------------------------------------ the whole way


@pytest.mark.database
def test_an_official_gets_a_new_password_by_mail(
    mailing: Flask, mail_client: FlaskClient, people: People, session: Session, box: Postbox, work: Work
) -> None:
    signed_in = enter(browser(mailing), "dewi")
    page = mail_client.get(PAGE)
    assert (page.status_code, problems(page.text)) == (200, [])
    assert ask(mail_client, " Dewi ") == (303, SENT)
    assert problems(mail_client.get(SENT).text) == []
    work()
    (letter,) = box.letters
    assert letter["To"] == ADDRESS
    assert "dewi" in box.texts()[0]
    link = box.link()
    page = mail_client.get(link)
    assert (page.status_code, page.headers["Cache-Control"], problems(page.text)) == (200, "private, no-store", [])
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "Kode kedua" not in page.text  # she has none
    answer = mail_client.post(link, data={"password": NEW})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/undangan/selesai/")
    assert signed_in.get("/meja/").status_code == 303
    session.rollback()
    assert session.scalars(sa.select(UserSession)).all() == []
    enter(browser(mailing), "dewi", NEW)
    assert browser(mailing).post("/masuk/", data={"username": "dewi", "password": PASSWORD}).status_code == 422
    work()
    assert [letter["To"] for letter in box.letters] == [ADDRESS, ADDRESS]
    assert "diganti lewat email pada 18-11-2026 09:00 WIB" in box.texts()[1]
    assert verbs(session, people.users["dewi"].id)[-3:] == ["password_link", "password_by_mail", "sign_in"]
    assert verify(session).problems == []


def test_the_second_factor_is_still_asked_for(
    mailing: Flask, mail_client: FlaskClient, people: People, session: Session, box: Postbox, work: Work
) -> None:
    dewi = turn_on(session, "dewi", PASSWORD, START)
    ask(mail_client)
    work()
    assert "Kode kedua tetap ditanyakan" in mail_client.get(box.link()).text
    assert mail_client.post(box.link(), data={"password": NEW}).status_code == 303
    client = browser(mailing)
    answer = client.post("/masuk/", data={"username": "dewi", "password": NEW})
    assert answer.headers["Location"] == "/masuk/kode/"
    assert client.get("/meja/").status_code == 303
    assert client.post("/masuk/kode/", data={"code": shown(session, dewi, START)}).headers["Location"] == "/meja/"


# ------------------------------------------------------------------ asking


@pytest.mark.parametrize("name", [*EVERYBODY[1:], "entah", "a@b", "x" * 64])
def test_the_answer_is_the_same_whoever_is_asked_for(
    mail_client: FlaskClient, people: People, session: Session, box: Postbox, work: Work, name: str
) -> None:
    """… and so are the steps: who it is, and whether there is an address, is looked up by the worker."""
    with counted() as known:
        assert ask(mail_client) == (303, SENT)
    with counted() as other:
        assert ask(mail_client, name) == (303, SENT)
    assert [_shape(statement) for statement in other] == [_shape(statement) for statement in known]
    work()
    assert {letter["To"] for letter in box.letters} == {ADDRESS}
    assert len(box.letters) == (2 if name == "dewi" else 1)
    assert session.scalars(sa.select(Waiting)).all() == []


def _shape(statement: str) -> str:
    return " ".join(str(statement).split()[:4])


@pytest.mark.parametrize("how", ["not confirmed", "removed", "no official", "closed"])
def test_nothing_is_mailed_to_whom_it_does_not_belong(
    mail_client: FlaskClient, people: People, session: Session, box: Postbox, work: Work, how: str
) -> None:
    dewi = people.users["dewi"].id
    with writing(session):
        row = session.get_one(EmailAddress, dewi)
        if how == "not confirmed":
            row.confirmed_at = None
        elif how == "removed":
            session.delete(row)
        elif how == "no official":
            session.execute(sa.update(RoleGrant).where(RoleGrant.user_id == dewi).values(ends_on=day(-1)))
        else:
            session.get_one(User, dewi).active = False
    assert ask(mail_client) == (303, SENT)
    work()
    assert box.letters == []
    assert session.scalars(sa.select(PasswordLink)).all() == []


def test_a_network_that_asks_again_and_again_waits_and_signs_in_all_the_same(
    mailing: Flask, mail_client: FlaskClient, clock: FrozenClock
) -> None:
    assert [ask(mail_client)[0] for _ in range(6)] == [303] * 5 + [429]
    assert ask(mail_client, "rahman")[0] == 303
    assert ask(mail_client, environ_overrides={"REMOTE_ADDR": "203.0.113.9"})[0] == 303
    enter(browser(mailing), "dewi")
    clock.advance(hours=1)
    assert ask(mail_client)[0] == 303


def test_an_account_gets_three_mails_an_hour_from_wherever_they_are_asked_for(
    mail_client: FlaskClient, box: Postbox, work: Work, clock: FrozenClock
) -> None:
    """Nobody hears of it: a refusal would tell that the name exists."""
    for number in range(6):
        assert ask(mail_client, environ_overrides={"REMOTE_ADDR": f"203.0.113.{number}"}) == (303, SENT)
    work()
    assert len(box.letters) == 3
    clock.advance(hours=1)
    ask(mail_client)
    work()
    assert len(box.letters) == 4


def test_what_was_asked_for_an_hour_ago_is_not_mailed_any_more(
    mail_client: FlaskClient, box: Postbox, work: Work, clock: FrozenClock
) -> None:
    ask(mail_client)
    clock.advance(hours=1)
    work()
    assert box.letters == []


def test_a_mail_that_is_not_taken_comes_later_with_a_link_that_works(
    mail_client: FlaskClient, box: Postbox, work: Work, clock: FrozenClock
) -> None:
    box.refuses = 2
    ask(mail_client)
    for _ in range(3):
        work()
        clock.advance(minutes=6)
    assert len(box.letters) == 1
    assert mail_client.get(box.link()).status_code == 200


# ------------------------------------------------------------------ the link


def test_opening_the_link_changes_nothing(mail_client: FlaskClient, session: Session, link: str) -> None:
    before = session.execute(sa.select(PasswordLink.__table__)).all()
    for _ in range(3):
        assert mail_client.get(link).status_code == 200
        assert mail_client.head(link).status_code == 200
    session.rollback()
    assert session.execute(sa.select(PasswordLink.__table__)).all() == before


def test_the_database_holds_no_link(session: Session, link: str) -> None:
    token = link.rstrip("/").rpartition("/")[2]
    assert len(token) >= 43
    (row,) = session.scalars(sa.select(PasswordLink))
    assert row.token_hash == actions.token_hash(token)
    for table in (PasswordLink, Waiting, audit.AuditEntry):
        assert token not in repr(session.execute(sa.select(table.__table__)).all())


def test_a_link_works_once(mail_client: FlaskClient, link: str) -> None:
    assert mail_client.post(link, data={"password": NEW}).status_code == 303
    answer = mail_client.post(link, data={"password": "lain lagi sama sekali"})
    assert (answer.status_code, OVER in answer.text, problems(answer.text)) == (422, True, [])
    page = mail_client.get(link)
    assert (page.status_code, OVER in page.text, problems(page.text)) == (404, True, [])


@pytest.mark.database
def test_of_two_who_use_a_link_at_once_one_wins(
    mail_client: FlaskClient, session: Session, link: str, database_url: str
) -> None:
    token = link.rstrip("/").rpartition("/")[2]
    with engine_on(database_url) as engine:

        def use(number: int) -> bool:
            hasher = Passwords(CHEAP)
            with Session(engine) as own:
                try:
                    password_links.set_password(
                        own, token=token, password=f"{NEW} {number}", passwords=hasher, now=START
                    )
                except Invalid:
                    return False
                return True

        assert sum(together(2, use)) == 1


@pytest.mark.parametrize("how", ["late", "password", "address", "removed", "no official", "closed", "made up"])
def test_what_voids_a_link(
    mail_client: FlaskClient, session: Session, people: People, clock: FrozenClock, link: str, how: str
) -> None:
    dewi = people.users["dewi"].id
    session.rollback()
    with writing(session):
        row, user = session.get_one(EmailAddress, dewi), session.get_one(User, dewi)
        if how == "late":
            clock.advance(hours=1)
        elif how == "password":
            user.password_hash = Passwords(CHEAP).hash(PASSWORD)  # the same one again: it was set anew
        elif how == "address":
            row.address = "lain@example.go.id"
        elif how == "removed":
            session.delete(row)
        elif how == "no official":
            session.execute(sa.update(RoleGrant).where(RoleGrant.user_id == dewi).values(ends_on=day(-1)))
        elif how == "closed":
            user.active = False
        else:
            link = f"{PAGE}{'A' * 43}/"
    assert mail_client.get(link).status_code == 404
    assert mail_client.post(link, data={"password": NEW}).status_code == 422
    assert "password_by_mail" not in verbs(session, dewi)


def test_a_link_works_for_an_hour(mail_client: FlaskClient, clock: FrozenClock, link: str) -> None:
    clock.set(START + timedelta(minutes=59, seconds=59))
    assert mail_client.post(link, data={"password": NEW}).status_code == 303


@pytest.mark.parametrize("password", ["", "pendek", "password123", "dewi", "x" * 129])
def test_the_new_password_keeps_to_the_rules(
    mail_client: FlaskClient, session: Session, link: str, password: str
) -> None:
    answer = mail_client.post(link, data={"password": password})
    assert answer.status_code == 422
    assert problems(answer.text) == []
    assert 'aria-invalid="true"' in answer.text
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert mail_client.post(link, data={"password": NEW}).status_code == 303, "the link is still good"


def test_old_links_are_cleared_away(
    mail_client: FlaskClient, session: Session, work: Work, clock: FrozenClock, link: str
) -> None:
    clock.advance(hours=2)
    ask(mail_client)
    work()
    session.rollback()
    assert len(session.scalars(sa.select(PasswordLink)).all()) == 1


# ------------------------------------------------------------------ without mail: nothing of it anywhere


def test_without_mail_the_page_says_whom_to_ask_and_nothing_else(client: FlaskClient, session: Session) -> None:
    assert f'href="{PAGE}"' in client.get("/masuk/").text
    page = client.get(PAGE)
    assert (page.status_code, problems(page.text)) == (200, [])
    for says in ("Minta slip baru kepada orang di atas Anda", "Dinas Kominfo Kabupaten Musi Banyuasin, Sekayu"):
        assert says in page.text
    assert '<a href="/desa/">Cari desa</a>' in page.text
    assert "email" not in page.text.lower()
    assert f'action="{PAGE}"' not in page.text


def test_without_mail_nothing_of_it_is_anywhere(client: FlaskClient, people: People, session: Session) -> None:
    with writing(session):
        session.execute(sa.delete(EmailAddress))
    enter(client, "agus")
    for path in ("/akun/", "/akun/data/", "/privasi/", "/bantuan/", "/masuk/lupa/", "/akun/kode-kedua/"):
        page = client.get(path).text.lower()
        assert "email" not in page.replace('type="email"', ""), path
    for path in (SENT, "/akun/email/", f"{PAGE}{'A' * 43}/", f"/akun/email/tautan/{'0' * 40}/"):
        assert client.get(path).status_code == 404, path
    token = {"username": "agus", "address": "a@example.go.id", "password": PASSWORD}
    for path in (
        PAGE,
        "/akun/email/",
        "/akun/email/penghapusan",
        f"{PAGE}{'A' * 43}/",
        f"/akun/email/tautan/{'0' * 40}/",
    ):
        assert client.post(path, data=token).status_code in (400, 404), path
    assert session.scalars(sa.select(Waiting)).all() == []
    assert user_by_username(session, "agus") is not None
