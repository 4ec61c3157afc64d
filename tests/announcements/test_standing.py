"""What stands on whose page, on which day, in which order; and the lists."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.announcements import queries
from kimweb.announcements.models import Announcement, State, Urgency
from kimweb.areas.audience import audience_size
from kimweb.areas.models import Area, AreaKind
from kimweb.core.actor import REGENCY
from kimweb.core.calendar import local_day
from kimweb.core.paging import Page
from tests.announcements.cast import (
    DANAU_CALA,
    EVERYWHERE,
    IN_LAIS,
    IN_SEKAYU,
    KAYU_ARA,
    LAIS,
    LUMPATAN,
    SEKAYU,
    SUKARAMI,
    TODAY,
    Cast,
    day,
    put,
)
from tests.support.statements import Statements

pytestmark = pytest.mark.database
AUDIENCES: list[tuple[str, ...]] = [(REGENCY,), (SEKAYU,), (SUKARAMI, DANAU_CALA), (LAIS, KAYU_ARA)]
Counted = Callable[[], AbstractContextManager[Statements]]


def _titles(rows: Sequence[Announcement]) -> list[str]:
    return [row.title for row in rows]


def test_it_stands_on_the_pages_of_exactly_the_villages_addressed(session: Session, cast: Cast) -> None:
    lowest = session.scalars(sa.select(Area.code).where(Area.kind.in_([AreaKind.VILLAGE, AreaKind.WARD]))).all()
    rows = [put(session, cast, areas=areas) for areas in AUDIENCES]
    found = {code: {row.id for row in queries.standing(session, area_code=code, day=TODAY)} for code in lowest}
    for row, areas in zip(rows, AUDIENCES, strict=True):
        wanted = {code for code in lowest if code in areas or code[:8] in areas or REGENCY in areas}
        assert {code for code in lowest if row.id in found[code]} == wanted, areas
        assert audience_size(session, areas) == len(wanted)


def test_a_district_page_shows_what_the_whole_district_hears(session: Session, cast: Cast) -> None:
    for title, areas in {"a": (REGENCY,), "b": (SEKAYU,), "c": (SUKARAMI,), "d": (LAIS, LUMPATAN)}.items():
        put(session, cast, title=title, areas=areas)
    put(session, cast, title="e", state=State.DRAFT, areas=(SUKARAMI,))
    assert _titles(queries.standing(session, area_code=SEKAYU, day=TODAY)) == ["a", "b"]
    assert _titles(queries.standing(session, area_code=REGENCY, day=TODAY)) == ["a"]
    assert _titles(queries.standing(session, area_code=SUKARAMI, day=TODAY, limit=2)) == ["a", "b"]


def test_the_most_urgent_stands_first_then_what_ends_soonest(session: Session, cast: Cast) -> None:
    put(session, cast, title="biasa", ends_on=day(1))
    put(session, cast, title="penting nanti", urgency=Urgency.IMPORTANT, ends_on=day(9))
    put(session, cast, title="penting", urgency=Urgency.IMPORTANT, ends_on=day(2))
    put(session, cast, title="darurat", urgency=Urgency.EMERGENCY, ends_on=day(20))
    expected = ["darurat", "penting", "penting nanti", "biasa"]
    assert _titles(queries.standing(session, area_code=SUKARAMI, day=TODAY)) == expected
    assert _titles(queries.standing_page(session, area_code=None, day=TODAY, after=None).items) == expected


def test_it_stands_from_its_first_day_through_its_last_in_jakarta(session: Session, cast: Cast) -> None:
    put(session, cast, starts_on=day(1), ends_on=day(2))
    seen = [bool(queries.standing(session, area_code=SUKARAMI, day=day(offset))) for offset in range(4)]
    assert seen == [False, True, True, False]
    eve = datetime(2026, 11, 18, 16, 59, tzinfo=UTC)  # 23:59 in Jakarta
    assert not queries.standing(session, area_code=SUKARAMI, day=local_day(eve))
    assert queries.standing(session, area_code=SUKARAMI, day=local_day(eve.replace(hour=17, minute=0)))


def test_only_what_is_published_stands(session: Session, cast: Cast) -> None:
    put(session, cast, state=State.DRAFT)
    put(session, cast, state=State.WITHDRAWN)
    assert not queries.standing(session, area_code=SUKARAMI, day=TODAY)
    assert not queries.standing_page(session, area_code=None, day=TODAY, after=None).items
    assert not queries.archive_page(session, area_code=None, day=day(30), after=None).items


def test_each_village_and_ward_is_counted_once(session: Session) -> None:
    sizes: dict[tuple[str, ...], int] = {
        (): 0,
        (REGENCY,): EVERYWHERE,
        (REGENCY, SEKAYU, SUKARAMI): EVERYWHERE,
        (SEKAYU,): IN_SEKAYU,
        (SEKAYU, SUKARAMI, KAYU_ARA): IN_SEKAYU,
        (SEKAYU, LAIS, DANAU_CALA): IN_SEKAYU + IN_LAIS,
        (SUKARAMI, DANAU_CALA): 2,
    }
    for codes, size in sizes.items():
        assert audience_size(session, codes) == size, codes


def _walk(read: Callable[[str | None], Page[Announcement]]) -> list[str]:
    titles: list[str] = []
    after: str | None = None
    for _ in range(9):
        page = read(after)
        titles += _titles(page.items)
        after = page.after
        if after is None:
            return titles
    raise AssertionError("the pages never end")


def test_pages_hold_every_row_once(session: Session, cast: Cast) -> None:
    for number in range(45):
        urgency = list(Urgency)[number % 3]
        put(session, cast, title=f"{number:02}", urgency=urgency, starts_on=day(-9), ends_on=day(number % 5))
    whole = _walk(lambda after: queries.standing_page(session, area_code=None, day=TODAY, after=after))
    assert len(whole) == len(set(whole)) == 45
    past = _walk(lambda after: queries.archive_page(session, area_code=None, day=day(9), after=after))
    assert len(past) == len(set(past)) == 45
    assert whole == _titles(queries.standing(session, area_code=SUKARAMI, day=TODAY))


def test_a_cursor_made_by_hand_does_no_harm(session: Session, cast: Cast) -> None:
    put(session, cast)
    for after in ["", "x", "1~2", "a~b~c", "1~2026-99-99~3", "9" * 5000, "-1~2026-01-01~-5", "²~x~³"]:
        assert queries.standing_page(session, area_code=None, day=TODAY, after=after).items, after
        queries.archive_page(session, area_code=None, day=TODAY, after=after)
    for after in ["x~9", "9" * 5000 + "~1", "2026-99-99~²"]:
        assert queries.archive_page(session, area_code=None, day=day(30), after=after).items, after


def test_a_list_of_an_area_holds_what_touches_it(session: Session, cast: Cast) -> None:
    for title, areas in {"a": (REGENCY,), "b": (SEKAYU,), "c": (SUKARAMI,), "d": (LAIS,)}.items():
        put(session, cast, title=title, areas=areas)
    expected = {REGENCY: "abcd", SEKAYU: "abc", SUKARAMI: "abc", LUMPATAN: "ab", LAIS: "ad", DANAU_CALA: "ad"}
    for code, titles in expected.items():
        page = queries.standing_page(session, area_code=code, day=TODAY, after=None)
        assert _titles(page.items) == list(titles), code


def test_the_desk_holds_own_drafts_and_for_the_admin_those_of_the_agencies(session: Session, cast: Cast) -> None:
    late = put(session, cast, "agency", State.DRAFT, title="PUPR", starts_on=day(3))
    put(session, cast, "district", State.DRAFT, title="Sekayu")
    put(session, cast, "regency", State.DRAFT, title="Muba")
    put(session, cast, "regency", State.PUBLISHED)
    put(session, cast, "agency", State.WITHDRAWN)
    expected = {"rahman": ["Sekayu"], "dewi": ["PUPR"], "agus": ["Muba", "PUPR"]}
    for name, actor in cast.people.items():
        rows = queries.drafts_waiting(session, actor, after=None, limit=9)
        assert _titles(rows) == expected.get(name, []), name
        assert queries.count_drafts(session, actor) == len(rows)
    rest = queries.drafts_waiting(session, cast["agus"], after=(day(0), 2**31 - 1), limit=9)
    assert [row.id for row in rest] == [late.id]


def test_reading_takes_as_many_statements_for_50_rows_as_for_one(
    session: Session, cast: Cast, statements: Counted
) -> None:
    offices, places = ["district", "regency", "agency"], [(SUKARAMI, LUMPATAN), (LAIS, SUKARAMI), (REGENCY,)]
    agus = cast["agus"]
    reads: list[Callable[[], object]] = [
        lambda: queries.standing(session, area_code=SUKARAMI, day=TODAY),
        lambda: queries.standing_page(session, area_code=None, day=TODAY, after=None),
        lambda: queries.archive_page(session, area_code=None, day=day(30), after=None),
        lambda: queries.drafts_waiting(session, agus, after=None, limit=60),
        lambda: queries.of_own_offices(session, agus, day=TODAY, limit=60),
    ]

    def count() -> list[int]:
        numbers = []
        for read in reads:
            session.expunge_all()
            with statements() as sent:
                read()
            numbers.append(len(sent))
        return numbers

    for state in (State.PUBLISHED, State.DRAFT):
        put(session, cast, "regency", state, areas=places[0])
    few = count()
    for number in range(100):
        office = offices[number % 3]
        areas = (SUKARAMI, LUMPATAN) if office == "district" else places[number % 3]
        put(session, cast, office, (State.PUBLISHED, State.DRAFT)[number % 2], areas=areas)
    assert count() == few == [1, 2, 2, 3, 2]
