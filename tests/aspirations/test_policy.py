"""Seeing and sitting at a desk: the same in Python as in SQL, over every combination that a row can be in."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from kimweb.accounts.models import RoleGrant
from kimweb.aspirations import policy
from kimweb.aspirations.models import Aspiration, Desk
from kimweb.core.actor import Actor, Role
from tests.support.clock import START
from tests.support.people import ELSEWHERE, EVERYBODY, LUMPATAN, SEKAYU, SUKARAMI, SYSTEM, TODAY, People, day

YES_NO = (False, True)
OFFICES = ("PUPR", f"KEC-{SEKAYU}", f"DESA-{SUKARAMI}")


@pytest.fixture
def rows(people: People, session: Session) -> list[Aspiration]:
    """2,304 of them."""
    flags = ("about_village", "about_district", "village_bypassed", "hide_text")
    cells = product(Desk, (SUKARAMI, LUMPATAN, ELSEWHERE), YES_NO, YES_NO, YES_NO, *([YES_NO] * 4))
    made = []
    for number, (desk, village, assigned, confirmed, late, *chosen) in enumerate(cells):
        agency = people.agencies[OFFICES[number % 3]] if assigned else None
        due = None if desk is Desk.NOBODY else day(-1) if late else TODAY
        values: dict[str, Any] = dict(zip(flags, chosen, strict=True))
        row = people.aspiration(desk=desk, village_code=village, agency_id=agency, due_on=due, **values)
        row.confirmed_at = START if confirmed else None
        made.append(row)
    people.put(*made)
    session.expunge_all()
    found = session.scalars(sa.select(Aspiration).options(joinedload(Aspiration.agency)).order_by(Aspiration.id)).all()
    assert len(found) == 2304
    return list(found)


@pytest.fixture
def actors(people: People, rows: list[Aspiration]) -> dict[str, Actor]:
    """Everybody, the senders of some rows, the system, and people with several roles."""
    several = [
        RoleGrant(user_id=people.users["wati"].id, role=Role.MODERATOR, area_code=LUMPATAN, starts_on=TODAY),
        RoleGrant(
            user_id=people.users["wati"].id, role=Role.AGENCY, agency_id=people.agencies["PUPR"], starts_on=TODAY
        ),
        RoleGrant(user_id=people.users["wati"].id, role=Role.REVIEWER, area_code=SEKAYU, starts_on=TODAY),
    ]
    people.put(*several)
    found = {name: people.actor(name) for name in EVERYBODY}
    sent = frozenset(row.proof for row in rows[::7])
    found["sender"] = Actor(day=TODAY, proofs=sent)
    found["budi, who sent some"] = people.actor("budi", proofs=sent)
    found["stranger"] = Actor(day=TODAY, proofs=frozenset({"aspiration:ZZZ-ZZZ", "news:1", ""}))
    found["system"] = SYSTEM
    return found


@pytest.mark.database
def test_seeing_and_desks_are_the_same_in_python_and_in_sql(
    session: Session, rows: list[Aspiration], actors: dict[str, Actor]
) -> None:
    for name, actor in actors.items():
        seen = set(session.scalars(sa.select(Aspiration.id).where(policy.visible_to(actor))))
        assert seen == {row.id for row in rows if policy.can_see(actor, row)}, name
        waits = set(session.scalars(sa.select(Aspiration.id).where(policy.on_desk_of(actor))))
        assert waits == {row.id for row in rows if policy.desk_role(actor, row) is not None}, name
        assert waits <= seen, name


def test_what_nobody_may_ever_see(rows: list[Aspiration], actors: dict[str, Actor]) -> None:
    """The promises of product.md, said without looking at how the policy keeps them."""
    for row, (name, actor) in product(rows, actors.items()):
        seen, public = policy.can_see(actor, row), policy.is_public(row)
        where = (name, row.id)
        assert not (public and (row.hide_text or row.about_village or row.confirmed_at is None)), where
        if public:
            assert seen, where
            continue
        if name in ("visitor", "stranger", "nobody", "budi", "tono", "rina" if row.village_code != ELSEWHERE else ""):
            assert not seen, where
        if name in ("sari", "siti") and (
            row.village_bypassed or not row.village_code.startswith(SUKARAMI if name == "sari" else ELSEWHERE)
        ):
            assert not seen, where
        if name == "rahman" and (row.about_district or not row.village_code.startswith(SEKAYU)):
            assert not seen, where
        if name in ("dewi", "camat", "kades") and row.agency_id not in actor.agencies():
            assert not seen, where
        if name == "agus" and row.hide_text and not row.about_district and row.desk in (Desk.VILLAGE, Desk.SENDER):
            assert not seen, where


def test_who_is_shown_name_and_telephone(rows: list[Aspiration], actors: dict[str, Actor]) -> None:
    never_phone = {"visitor", "stranger", "nobody", "budi", "tono"}
    for row, (name, actor) in product(rows, actors.items()):
        shown = policy.can_see_sender(actor, row)
        where = (name, row.id)
        if name in never_phone or (name in ("sari", "siti", "kades") and row.hide_name):
            assert not shown, where
        if name in ("sari", "siti") and row.village_bypassed:
            assert not shown, where
        if name in ("sender", "budi, who sent some"):
            assert shown is (row.proof in actor.proofs), where
        if name == "agus" or (name == "rahman" and not row.about_district and row.village_code.startswith(SEKAYU)):
            assert shown, where
        if name in ("dewi", "camat"):
            assert shown is (row.agency_id in actor.agencies()), where
        assert policy.can_see_name(actor, row) is (shown or not row.hide_name), where


@pytest.mark.parametrize(
    ("about", "area", "may"),
    [
        ("village", SUKARAMI, False),
        ("village", SEKAYU, True),
        ("village", "16.06", True),
        ("village", LUMPATAN, True),
        ("district", SUKARAMI, False),
        ("district", SEKAYU, False),
        ("district", "16.06", True),
        ("district", "16.06.02", True),
        ("nobody", SUKARAMI, True),
        ("nobody", SEKAYU, True),
    ],
)
def test_an_office_never_answers_what_is_about_itself(people: People, about: str, area: str, may: bool) -> None:
    row = people.aspiration(about_village=about == "village", about_district=about == "district")
    assert policy.may_answer(area, row) is may
