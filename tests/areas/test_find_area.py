"""One area behind what was typed: exact names first, the level word decides, and several are told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from kimweb.accounts import seats
from kimweb.areas import elections, finding
from kimweb.areas.models import LOWEST, AreaKind
from kimweb.core.actor import REGENCY, Actor, Holding, Role
from kimweb.core.errors import Invalid
from tests.support.clock import START

ADMIN = Actor(day=START.date(), user_id=None, holdings=frozenset({Holding(Role.ADMIN, REGENCY)}))
ANY = tuple(AreaKind)


@pytest.mark.database
@pytest.mark.parametrize(
    ("typed", "kinds", "code"),
    [
        ("Kec. Lais", ANY, "16.06.02"),
        ("kec.lais", ANY, "16.06.02"),
        ("Kecamatan Keluang", ANY, "16.06.08"),
        ("Kec. Sungai Lilin", ANY, "16.06.07"),
        ("Kec. Bayung Lencir", ANY, "16.06.09"),
        ("Plakat Tinggi", ANY, "16.06.10"),
        ("Desa Lais", ANY, "16.06.02.2005"),
        ("Lais, Kec. Lais", ANY, "16.06.02.2005"),
        ("Lais", (AreaKind.DISTRICT,), "16.06.02"),
        ("Lais", LOWEST, "16.06.02.2005"),
        ("Desa Keluang", ANY, "16.06.08.1015"),
        (" 16.06.02 ", ANY, "16.06.02"),
        ("Lais Utara", ANY, "16.06.02.2015"),
    ],
)
def test_an_area_is_found_by_its_exact_name_and_level(
    session: Session, typed: str, kinds: tuple[AreaKind, ...], code: str
) -> None:
    found, candidates = finding.find_area(session, typed, kinds)
    assert found is not None, [area.code for area in candidates]
    assert found.code == code
    assert candidates == []


@pytest.mark.parametrize(
    ("typed", "kinds", "codes"),
    [
        ("Lais", ANY, {"16.06.02", "16.06.02.2005"}),
        ("Kec. Lais", LOWEST, set[str]()),
        ("16.06.02", LOWEST, set[str]()),
        ("Entah", ANY, set[str]()),
        ("", ANY, set[str]()),
    ],
)
def test_what_names_several_or_none_finds_none(
    session: Session, typed: str, kinds: tuple[AreaKind, ...], codes: set[str]
) -> None:
    found, candidates = finding.find_area(session, typed, kinds)
    assert (found, {area.code for area in candidates}) == (None, codes)


@pytest.mark.parametrize("typed", ["Kec. Lais", "kec. keluang", "Kecamatan Sungai Lilin", "Kec. Bayung Lencir"])
def test_a_masa_pemilihan_is_set_for_a_district_by_its_name(session: Session, typed: str) -> None:
    day = START.date()
    found = elections.add_election(session, actor=ADMIN, now=START, area=typed, name="Pilkada", first=day, last=day)
    assert len(found.area_code) == len("16.06.02")


def test_a_name_of_several_places_is_asked_again_with_their_codes(session: Session) -> None:
    day = START.date() + timedelta(days=1)
    with pytest.raises(Invalid) as refused:
        elections.add_election(session, actor=ADMIN, now=START, area="Lais", name="Pilkada", first=day, last=day)
    for told in ("Kec. Lais (16.06.02)", "Lais, Kec. Lais (16.06.02.2005)"):
        assert told in str(refused.value.fields["area"])


def test_a_role_is_given_on_the_district_that_was_meant(session: Session) -> None:
    assert seats.find_place(session, Role.REVIEWER, "Lais").code == "16.06.02"
    assert seats.find_place(session, Role.MEMBER, "Kec. Lais").code == "16.06.02"
    assert seats.find_place(session, Role.MEMBER, "Desa Lais").code == "16.06.02.2005"
