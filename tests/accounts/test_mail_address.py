"""An official's own address: confirmed by a link mailed to it before it counts, theirs to remove, erased with them."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.accounts.erasing import erase_user
from kimweb.accounts.models import EmailAddress, PasswordLink
from kimweb.core import audit
from kimweb.core.audit import AuditEntry, AuditText
from kimweb.core.outbox import Waiting
from tests.support.clock import START, FrozenClock
from tests.support.forms import send
from tests.support.html import form_fields, problems
from tests.support.people import PASSWORD, People, enter
from tests.support.postbox import Postbox
from tests.web.site import browser

PAGE, ADDRESS = "/akun/email/", "dewi@example.go.id"


def put(client: FlaskClient, address: str = ADDRESS, password: str = PASSWORD) -> int:
    """Fill in the form for an own address."""
    return send(client, PAGE, on=PAGE, address=address, password=password).status_code


def kept(session: Session) -> list[tuple[str, bool]]:
    session.rollback()
    return [(row.address, row.confirmed_at is not None) for row in session.scalars(sa.select(EmailAddress))]


@pytest.mark.database
def test_an_address_counts_once_the_link_in_its_mail_was_used(
    mail_client: FlaskClient, people: People, session: Session, box: Postbox, work: Callable[[], None]
) -> None:
    enter(mail_client, "dewi")
    assert f'href="{PAGE}"' in mail_client.get("/akun/").text
    assert problems(mail_client.get(PAGE).text) == []
    assert put(mail_client) == 303
    assert kept(session) == [(ADDRESS, False)]
    assert "Belum dipastikan" in mail_client.get(PAGE).text
    work()
    assert [letter["To"] for letter in box.letters] == [ADDRESS]
    link = box.link()
    page = mail_client.get(link)
    assert (page.status_code, page.headers["Cache-Control"], problems(page.text)) == (200, "private, no-store", [])
    assert kept(session) == [(ADDRESS, False)], "scanners of mail open links: reading changes nothing"
    assert send(mail_client, link, on=link).status_code == 303
    assert kept(session) == [(ADDRESS, True)]
    assert mail_client.get(link).status_code == 404, "it was used"
    assert problems(mail_client.get(PAGE).text) == []
    verbs = [entry.verb for entry in audit.history(session, "user", str(people.users["dewi"].id))]
    assert verbs[-2:] == ["address_asked", "address_confirmed"]


def test_neither_the_record_nor_the_outbox_holds_an_address_or_a_secret(
    mail_client: FlaskClient, people: People, session: Session, box: Postbox, work: Callable[[], None]
) -> None:
    put(enter(mail_client, "dewi"))
    waiting = repr(session.execute(sa.select(Waiting.__table__)).all())
    assert f"'{people.users['dewi'].id}'" in waiting
    assert "@" not in waiting
    work()
    token = box.link().rstrip("/").rpartition("/")[2]
    for table in (AuditEntry, AuditText, EmailAddress, Waiting):
        found = repr(session.execute(sa.select(table.__table__)).all())
        assert token not in found
        assert table is EmailAddress or "@" not in found


def test_the_link_confirms_nothing_for_anybody_else(
    mailing: Flask, mail_client: FlaskClient, session: Session, box: Postbox, work: Callable[[], None]
) -> None:
    """Somebody mistyped: the stranger whose mailbox it is cannot make themselves at home in the account."""
    put(enter(mail_client, "dewi"))
    work()
    link = box.link()
    assert browser(mailing).get(link).headers["Location"] == f"/masuk/?lanjut={link}"
    other = enter(browser(mailing), "agus")
    assert other.get(link).status_code == 404
    assert other.post(link, data=form_fields(other.get("/akun/").text, "/keluar/")).status_code == 404
    assert kept(session) == [(ADDRESS, False)]


@pytest.mark.parametrize("how", ["late", "another address", "made up"])
def test_an_old_link_confirms_nothing(
    mail_client: FlaskClient,
    session: Session,
    box: Postbox,
    work: Callable[[], None],
    clock: FrozenClock,
    how: str,
) -> None:
    put(enter(mail_client, "dewi"))
    work()
    link = box.link()
    if how == "late":
        clock.advance(days=1)
    elif how == "another address":
        put(mail_client, "lain@example.go.id")
    else:
        link = PAGE + "0" * 40 + "/"
    assert mail_client.get(link).status_code == 404
    token = form_fields(mail_client.get("/akun/").text, "/keluar/")
    assert mail_client.post(link, data=token).status_code == 404
    assert [counts for _, counts in kept(session)] == [False]


@pytest.mark.parametrize(("address", "password"), [("dewi", PASSWORD), (ADDRESS, "salah-salah"), ("", PASSWORD)])
def test_a_wrong_address_or_password_is_refused_and_nothing_mailed(
    mail_client: FlaskClient, session: Session, box: Postbox, work: Callable[[], None], address: str, password: str
) -> None:
    enter(mail_client, "dewi")
    answer = send(mail_client, PAGE, on=PAGE, address=address, password=password)
    assert answer.status_code == 422
    assert problems(answer.text) == []
    assert password not in answer.text
    work()
    assert (kept(session), box.letters) == ([], [])


def test_an_account_fills_nobodys_mailbox(
    mail_client: FlaskClient, people: People, session: Session, clock: FrozenClock
) -> None:
    enter(mail_client, "dewi")
    assert [put(mail_client, f"x{number}@example.go.id") for number in range(6)] == [303] * 5 + [429]
    clock.advance(hours=1)
    assert put(mail_client) == 303


@pytest.mark.parametrize(
    ("name", "may"), [("budi", False), ("sari", False), ("nobody", False), ("rahman", True), ("agus", True)]
)
def test_it_is_for_officials(mail_client: FlaskClient, session: Session, people: People, name: str, may: bool) -> None:
    enter(mail_client, name)
    assert (f'href="{PAGE}"' in mail_client.get("/akun/").text) is may
    page = mail_client.get(PAGE).text
    assert problems(page) == []
    assert ('name="address"' in page) is may
    fields = form_fields(mail_client.get("/akun/").text, "/keluar/") | {"address": ADDRESS, "password": PASSWORD}
    assert mail_client.post(PAGE, data=fields).status_code == (303 if may else 403)


def test_whoever_is_no_official_any_more_can_still_remove_it(
    mail_client: FlaskClient, session: Session, people: People
) -> None:
    people.put(EmailAddress(user_id=people.users["budi"].id, address=ADDRESS, nonce="x", asked_at=START))
    enter(mail_client, "budi")
    assert f'href="{PAGE}"' in mail_client.get("/akun/").text
    assert send(mail_client, f"{PAGE}penghapusan", on=PAGE).status_code == 303
    assert kept(session) == []
    assert audit.history(session, "user", str(people.users["budi"].id))[-1].verb == "address_removed"
    assert f'href="{PAGE}"' not in mail_client.get("/akun/").text


def test_it_is_own_data_and_goes_with_the_person(mail_client: FlaskClient, session: Session, people: People) -> None:
    put(enter(mail_client, "dewi"))
    data = "/akun/data/"
    assert ADDRESS in mail_client.get(data).text
    found = json.loads(send(mail_client, f"{data}unduhan", on=data).text)
    assert found["email"]["address"] == ADDRESS
    dewi = people.users["dewi"].id
    people.put(PasswordLink(user_id=dewi, token_hash="x", mark="x", expires_at=START))
    assert erase_user(session, username="dewi", texts=False, now=START)["alamat email"] == 1
    assert kept(session) == []
    assert session.scalars(sa.select(PasswordLink)).all() == []
