"""Doors that an attack found open, each tried again: what ends with a role, with a password, and with a count."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.accounts import actions, directory, granting, password_links, second_factor
from kimweb.accounts.models import Invitation, RoleGrant, User, UserSession
from kimweb.accounts.passwords import Passwords
from kimweb.accounts.proving import password_mark
from kimweb.accounts.queries import village_has_moderator
from kimweb.core.actor import REGENCY, Role
from kimweb.core.db import writing
from kimweb.core.errors import Invalid, TooMany
from tests.accounts.test_invitations import code_of, invites, password_slip
from tests.conftest import SECRET_KEY
from tests.support.clock import START
from tests.support.people import PASSWORD, SUKARAMI, TODAY, WARD, People, day
from tests.support.second import turn_on

NEW = "hujan turun di sungai musi"


def ends(people: People, name: str, role: Role) -> None:
    """Their role ends at once."""
    own = RoleGrant.user_id == people.users[name].id, RoleGrant.role == role
    with writing(people.session):
        people.session.execute(sa.update(RoleGrant).where(*own).values(ends_on=day(-1)))


@pytest.mark.database
def test_whoever_left_the_village_stands_in_for_nobody(people: People, session: Session) -> None:
    actor = people.actor("sari")
    stand_in = people.users["budi"].id
    actions.set_absence(session, actor=actor, starts_on=TODAY, ends_on=day(3), stand_in_id=stand_in, now=START)
    assert SUKARAMI in people.actor("budi").areas(Role.MODERATOR)
    assert village_has_moderator(session, SUKARAMI, TODAY)
    ends(people, "budi", Role.MEMBER)
    assert people.actor("budi").holdings == frozenset()
    assert not village_has_moderator(session, SUKARAMI, TODAY), "the district steps in"


def test_a_slip_of_a_former_admin_makes_no_admin(client: FlaskClient, people: People, session: Session) -> None:
    """They stand in for another admin all the same."""
    people.put(RoleGrant(user_id=people.users["dewi"].id, role=Role.ADMIN, area_code=REGENCY, starts_on=day(-3)))
    slip = invites(people, "dewi", Role.ADMIN, REGENCY)
    people.away("agus", "dewi")
    ends(people, "dewi", Role.ADMIN)
    assert people.actor("dewi").holds(Role.ADMIN, on=REGENCY)
    assert client.get(f"/undangan/{code_of(slip)}/").status_code == 404
    typed = {"username": "joko", "password": NEW}
    assert client.post(f"/undangan/{code_of(slip)}/", data=typed).status_code == 422
    session.rollback()
    assert session.scalar(sa.select(User).where(User.username == "joko")) is None


def test_a_password_that_was_changed_ends_every_other_way_to_one(
    client: FlaskClient, people: People, session: Session
) -> None:
    slip = password_slip(people, "sari", "budi")
    budi = people.actor("budi")
    values: dict[str, Any] = {"passwords": Passwords((1, 8, 1)), "keep": "x", "now": START}
    actions.change_password(session, actor=budi, old=PASSWORD, new=NEW, **values)
    assert client.get(f"/undangan/{code_of(slip)}/").status_code == 404
    answer = client.post(f"/undangan/{code_of(slip)}/", data={"password": "orang lain masuk lewat sini"})
    assert answer.status_code == 422
    session.rollback()
    assert session.get_one(Invitation, slip.id).withdrawn_at is not None


def test_a_slip_takes_no_username_as_password(client: FlaskClient, people: People) -> None:
    with writing(people.session):
        people.users["budi"].username = "budi-sukarami"
    slip = password_slip(people, "sari", "budi")
    answer = client.post(f"/undangan/{code_of(slip)}/", data={"password": "Budi-Sukarami"})
    assert answer.status_code == 422
    assert "Isinya hanya nama pengguna" in answer.text


class Overtaken(Passwords):
    """While it hashes, without any lock, the password is changed from elsewhere."""

    def __init__(self, people: People, name: str) -> None:
        super().__init__((1, 8, 1))
        self.people, self.name = people, name

    def verify(self, password_hash: str | None, password: str) -> bool:
        """The old one fits, and does not count any more."""
        fits = super().verify(password_hash, password)
        with Session(self.people.session.get_bind()) as other, writing(other):
            other.get_one(User, self.people.users[self.name].id).password_hash = self.hash(NEW)
        return fits


@pytest.mark.database
def test_no_session_begins_with_a_password_that_was_changed_meanwhile(people: People, session: Session) -> None:
    session.commit()
    typed: dict[str, Any] = {"username": "budi", "password": PASSWORD, "network": "n", "device": "d", "now": START}
    with pytest.raises(Invalid):
        actions.sign_in(session, passwords=Overtaken(people, "budi"), **typed)
    session.rollback()
    assert session.scalars(sa.select(UserSession)).all() == []


@pytest.mark.database
def test_nothing_is_changed_with_a_password_that_was_changed_meanwhile(people: People, session: Session) -> None:
    agus = people.actor("agus")
    session.commit()
    hasher = Overtaken(people, "agus")
    with pytest.raises(Invalid):
        actions.change_password(
            session, actor=agus, old=PASSWORD, new="kalimat yang lain lagi", passwords=hasher, keep="", now=START
        )
    session.rollback()
    assert hasher.verify(session.get_one(User, agus.user_id).password_hash, NEW)
    with pytest.raises(Invalid):
        second_factor.prepare(session, actor=agus, password=NEW, passwords=Overtaken(people, "agus"), now=START)


def test_fifty_wrong_codes_from_wherever_close_it_everywhere(people: People, session: Session) -> None:
    agus = turn_on(session, "agus", PASSWORD, START)
    mark = password_mark(session.get_one(User, agus))
    waiting = actions.Halfway(agus, mark)
    tried: list[type[Exception]] = []
    for number in range(52):
        guard = second_factor.Guard(SECRET_KEY, f"network{number}")
        with pytest.raises((Invalid, TooMany)) as refused:
            second_factor.finish_sign_in(session, waiting=waiting, code="000000", guard=guard, device="", now=START)
        tried.append(refused.type)
    assert tried == [Invalid] * 50 + [TooMany] * 2


def test_a_network_asks_for_a_hundred_names_an_hour(people: People, session: Session) -> None:
    for number in range(100):
        password_links.ask(session, username=f"nama{number}", network="n", now=START)
    with pytest.raises(TooMany):
        password_links.ask(session, username="dewi", network="n", now=START)
    password_links.ask(session, username="dewi", network="other", now=START)


def test_an_absence_until_the_end_of_time_is_told_to_be_too_long(people: People, session: Session) -> None:
    last = TODAY.replace(year=9999, month=12, day=31)
    for first in (TODAY, last):
        with pytest.raises(Invalid):
            actions.set_absence(
                session, actor=people.actor("sari"), starts_on=first, ends_on=last, stand_in_id=None, now=START
            )


def test_what_may_be_given_is_asked_in_one_place(people: People, session: Session) -> None:
    people.away("agus", "dewi")
    assert not granting.may_make_admins(session, people.actor("dewi"))
    held = directory.holdings_of(session, people.users["agus"], START)
    assert any(directory.may_give(session, people.actor("dewi"), each) is None for each in held)
    assert all(directory.may_give(session, people.actor("agus"), each) is not None for each in held)
    assert WARD in people.actor("dewi").areas(Role.MEMBER)
