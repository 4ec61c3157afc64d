"""Who sees and may do what with an announcement."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.announcements import policy
from kimweb.announcements.models import Announcement, State
from kimweb.announcements.policy import Office
from kimweb.core.actor import REGENCY, Role
from kimweb.core.permissions import Permission
from tests.announcements.cast import DANAU_CALA, LAIS, SEKAYU, SUKARAMI, Cast, day, put

pytestmark = pytest.mark.database
WRITE, PUBLISH = Permission.ANNOUNCEMENT_WRITE, Permission.ANNOUNCEMENT_PUBLISH
PHOTO = Permission.ANNOUNCEMENT_PHOTO

# Who sees what is not published: the office, the admin; the author while it is a draft.
SEES_UNPUBLISHED = {"district": {"rahman", "agus"}, "regency": {"agus"}, "agency": {"dewi", "agus"}}
MAY = {
    ("district", WRITE): {"rahman": Role.REVIEWER},
    ("regency", WRITE): {"agus": Role.ADMIN},
    ("agency", WRITE): {"dewi": Role.AGENCY},
    ("district", PUBLISH): {"rahman": Role.REVIEWER, "agus": Role.ADMIN},
    ("regency", PUBLISH): {"agus": Role.ADMIN},
    ("agency", PUBLISH): {"agus": Role.ADMIN},
}


def test_only_published_ones_are_public_and_sql_says_the_same_as_python(session: Session, cast: Cast) -> None:
    rows = {(office, state): put(session, cast, office, state) for office, state in product(cast.offices, State)}
    for name, actor in cast.people.items():
        found = set(session.scalars(sa.select(Announcement.id).where(policy.visible_to(actor))))
        for (office, state), row in rows.items():
            expected = state is State.PUBLISHED or name in SEES_UNPUBLISHED[office]
            assert policy.can_see(actor, row) is expected, (name, office, state)
            assert (row.id in found) is expected, (name, office, state)


def test_what_is_published_for_later_is_seen_by_office_and_admin_until_then(session: Session, cast: Cast) -> None:
    for office in cast.offices:
        coming = put(session, cast, office, starts_on=day(1), ends_on=day(2))
        for name, actor in cast.people.items():
            for on, public in ((day(0), False), (day(1), True)):
                who = replace(actor, day=on)
                expected = public or name in SEES_UNPUBLISHED[office]
                found = session.scalars(sa.select(Announcement.id).where(policy.visible_to(who)))
                assert policy.can_see(who, coming) is expected, (name, office, on)
                assert (coming.id in set(found)) is expected, (name, office, on)


def test_an_author_who_left_the_office_sees_the_own_draft_but_not_a_withdrawn_one(session: Session, cast: Cast) -> None:
    draft, withdrawn = put(session, cast, "regency", State.DRAFT), put(session, cast, "regency", State.WITHDRAWN)
    for row in (draft, withdrawn):
        row.author_id = cast["budi"].user_id or 0
    session.commit()
    found = set(session.scalars(sa.select(Announcement.id).where(policy.visible_to(cast["budi"]))))
    assert found == {draft.id}
    assert policy.can_see(cast["budi"], draft)
    assert not policy.can_see(cast["budi"], withdrawn)


def test_the_office_writes_and_the_admin_or_the_own_district_publishes(session: Session, cast: Cast) -> None:
    rows = {office: put(session, cast, office, State.DRAFT) for office in cast.offices}
    for (office, permission), expected in MAY.items():
        found = {name: policy.authority(actor, permission, rows[office]) for name, actor in cast.people.items()}
        assert {name: role for name, role in found.items() if role} == expected, (office, permission)


def test_a_reviewer_publishes_only_what_stays_inside_the_district(session: Session, cast: Cast) -> None:
    row = put(session, cast, "district", State.DRAFT)
    row.audience[0].area_code = LAIS
    assert policy.authority(cast["rahman"], PUBLISH, row) is None
    assert policy.authority(cast["agus"], PUBLISH, row) is Role.ADMIN


def test_other_permissions_mean_nothing_to_an_announcement(session: Session, cast: Cast) -> None:
    row = put(session, cast, "regency", State.DRAFT)
    for permission in set(Permission) - {WRITE, PUBLISH, PHOTO}:
        assert not any(policy.authority(actor, permission, row) for actor in cast.people.values())


def test_in_whose_name_one_may_write(session: Session, cast: Cast) -> None:
    expected = {
        "rahman": (Office(SEKAYU),),
        "rina": (Office(LAIS),),
        "agus": (Office(REGENCY),),
        "dewi": (Office(REGENCY, cast.pupr),),
    }
    for name, actor in cast.people.items():
        if name != "tono":
            assert policy.speaking_for(actor) == expected.get(name, ()), name


def test_a_reviewer_addresses_the_own_district_admin_and_agencies_everything(cast: Cast) -> None:
    reviewers = {REGENCY: set(), SEKAYU: {"rahman"}, SUKARAMI: {"rahman"}, LAIS: {"rina"}, DANAU_CALA: {"rina"}}
    for area, also in reviewers.items():
        found = {
            name
            for name, actor in cast.people.items()
            if any(office.addresses(area) for office in policy.speaking_for(actor))
        }
        assert found == {"agus", "dewi", "tono"} | also, area
