"""Search: Indonesian words by their stems, newest first, the same on both databases, whatever is typed."""

from __future__ import annotations

from datetime import timedelta
from time import perf_counter

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from kimweb.announcements import actions as announcements
from kimweb.announcements.models import Announcement, Urgency
from kimweb.announcements.models import State as AnnouncementState
from kimweb.aspirations import actions as aspirations
from kimweb.aspirations.models import State as AspirationState
from kimweb.core import search, stemming
from kimweb.core.db import writing
from kimweb.core.search import SearchEntry
from kimweb.core.workflow import Step
from kimweb.news import actions as news
from kimweb.news.models import News, State
from tests.support.clock import START
from tests.support.people import ELSEWHERE, TODAY, People, proof
from tests.support.statements import counted

pytestmark = pytest.mark.database


def titles(session: Session, q: str, after: str | None = None, day: object = TODAY) -> list[str]:
    """What is found, in order."""
    session.rollback()
    return [hit.entry.title for hit in search.find(session, search.asked(q), day=TODAY, after=after).items]


@pytest.mark.parametrize(
    ("asked", "written"),
    [
        ("memperbaiki jalan rusak", "Perbaikan jalan yang rusak"),
        ("kerusakan jalan", "Jalan rusak"),
        ("pengaduan", "Diadukan warga"),
        ("bantuan", "Membantu petani"),
        ("PELAYANAN kesehatan", "Melayani yang sehat"),
        ("Jembatán", "Kabar jembatan"),
        ("RT 02", "Parit di RT 02"),
    ],
)
def test_words_are_found_in_their_other_forms(people: People, session: Session, asked: str, written: str) -> None:
    people.put(people.news(State.PUBLISHED, title=written), people.news(State.PUBLISHED, title="Panen jeruk"))
    assert titles(session, asked) == [written]


def test_all_words_must_stand_there_and_common_ones_count_for_nothing(people: People, session: Session) -> None:
    people.put(people.news(title="Jembatan lapuk", body="Di RT 02."), people.news(title="Jembatan baru", body="Kuat."))
    assert titles(session, "jembatan") == ["Jembatan baru", "Jembatan lapuk"]
    assert titles(session, "jembatan lapuk") == ["Jembatan lapuk"]
    assert titles(session, "jembatan yang lapuk itu") == ["Jembatan lapuk"]
    assert titles(session, "jembatan emas") == []
    assert titles(session, "yang di dan") == []
    assert titles(session, "") == []


def test_the_place_is_found_with_it(people: People, session: Session) -> None:
    people.put(people.news(title="Panen"), people.news(title="Panen raya", area_code=ELSEWHERE))
    assert titles(session, "panen sukarami") == ["Panen"]
    assert titles(session, "panen sekayu") == ["Panen"]
    assert titles(session, "panen lais") == ["Panen raya"]


def test_entries_follow_news_through_its_states(people: People, session: Session) -> None:
    row = people.put(people.news(State.SUBMITTED, title="Tandon air"))
    assert titles(session, "tandon") == []
    sari, budi = people.actor("sari"), people.actor("budi")
    news.publish_news(session, Step(sari, START), news_id=row.id)
    assert titles(session, "tandon") == ["Tandon air"]
    news.correct_news(session, Step(budi, START), news_id=row.id, title="Tangki air", body="Isi.")
    assert titles(session, "tandon") == ["Tandon air"], "until the correction is released"
    assert titles(session, "tangki") == []
    news.publish_news(session, Step(sari, START), news_id=row.id)
    assert titles(session, "tangki") == ["Tangki air"]
    news.withdraw_news(session, Step(sari, START, reason="Keliru."), news_id=row.id)
    assert titles(session, "tangki") == []
    assert session.scalars(sa.select(SearchEntry)).all() == []


def test_what_fails_leaves_no_entry(people: People, session: Session) -> None:
    session.add(people.news(title="Hilang lagi"))
    session.flush()
    session.rollback()
    with writing(session):
        session.add(people.news(title="Tinggal"))
    assert titles(session, "hilang") == []
    assert titles(session, "tinggal") == ["Tinggal"]


def test_of_aspirations_only_what_everybody_reads(people: People, session: Session) -> None:
    row = people.put(people.aspiration(AspirationState.RECEIVED, title="Sumur kering"))
    people.put(
        people.aspiration(AspirationState.FORWARDED, title="Sumur rahasia", hide_text=True, confirmed_at=START),
        people.aspiration(AspirationState.FORWARDED, title="Sumur kades", about_village=True, confirmed_at=START),
    )
    assert titles(session, "sumur") == []
    aspirations.forward_aspiration(session, Step(people.actor("sari"), START), code=row.code)
    assert titles(session, "sumur") == ["Sumur kering"]
    aspirations.tighten_privacy(session, Step(proof(row), START), code=row.code, hide_name=False, hide_text=True)
    assert titles(session, "sumur") == []


def test_an_announcement_is_found_from_its_first_day_on(people: People, session: Session) -> None:
    soon = Announcement(area_code="16.06", author_id=people.users["agus"].id, title="Listrik padam", body="Besok.")
    soon.state, soon.starts_on, soon.ends_on = (
        AnnouncementState.DRAFT,
        TODAY + timedelta(days=1),
        TODAY + timedelta(days=2),
    )
    soon.urgency, soon.created_at, soon.updated_at = Urgency.NORMAL, START, START
    soon.audience = []
    people.put(soon)
    announcements.publish_announcement(session, Step(people.actor("agus"), START), announcement_id=soon.id)
    words = search.asked("listrik padam")
    found = [len(search.find(session, words, day=TODAY + timedelta(days=n)).items) for n in (0, 1, 2, 30)]
    assert found == [0, 1, 1, 1]


def test_the_last_published_stands_first_and_pages_go_on(people: People, session: Session) -> None:
    people.put(*(people.news(title=f"Rapat {number:02}", body="Rapat desa.") for number in range(45)))
    words = search.asked("rapat desa")
    first = search.find(session, words, day=TODAY)
    second = search.find(session, words, day=TODAY, after=first.after)
    third = search.find(session, words, day=TODAY, after=second.after)
    seen = [hit.entry.title for page in (first, second, third) for hit in page.items]
    assert seen == [f"Rapat {number:02}" for number in range(44, -1, -1)]
    assert third.after is None
    for wrong in ("x", "-1", "9" * 40, "1~2", "²"):
        assert len(search.find(session, words, day=TODAY, after=wrong).items) == 20


@pytest.mark.parametrize(
    "hostile",
    [
        *('"', 'jalan" OR "rusak', "jalan AND NOT rusak", "NEAR(jalan rusak)", "stems:jalan", "jalan*", "^jalan"),
        *("a & b | !c", "jalan:*", "'; DROP TABLE news; --", "%", "_", "\\", "\0jalan", "("),
        *("jalan" * 20_000, "jalan " * 20_000, "\u202e", "½ ² ﷺ"),
    ],
)
def test_whatever_is_typed_is_just_words(people: People, session: Session, hostile: str) -> None:
    people.put(people.news(title="Jalan rusak"))
    begin = perf_counter()
    page = search.find(session, search.asked(hostile), day=TODAY)
    assert perf_counter() - begin < 1
    assert {hit.entry.title for hit in page.items} <= {"Jalan rusak"}


def test_what_was_looked_for_is_marked(people: People, session: Session) -> None:
    body = "Kata " * 60 + "Kami memperbaiki jalan <b>rusak</b> di RT 02 sejak Senin. " + "Kata " * 60
    people.put(people.news(title="Perbaikan jalan", body=body))
    [hit] = search.find(session, search.asked("perbaiki rusak"), day=TODAY).items
    assert [piece.text for piece in hit.title if piece.hit] == ["Perbaikan"]
    assert [piece.text for piece in hit.excerpt if piece.hit] == ["memperbaiki", "rusak"]
    text = "".join(piece.text for piece in hit.excerpt)
    assert text.startswith("… ")
    assert text.endswith(" …")
    assert len(text) < 180


def test_reindexing_gives_the_same(people: People, session: Session) -> None:
    people.put(*(people.news(title=f"Pasar {n}", published_at=START + timedelta(hours=n)) for n in (3, 1, 2)))
    people.put(people.news(State.WITHDRAWN, title="Pasar gelap"))
    with writing(session):
        session.execute(sa.delete(SearchEntry))
    assert search.is_empty(session)
    with writing(session):
        assert search.reindex(session) == 3
    assert titles(session, "pasar") == ["Pasar 3", "Pasar 2", "Pasar 1"]
    with writing(session):
        assert search.reindex(session) == 3
    assert titles(session, "pasar") == ["Pasar 3", "Pasar 2", "Pasar 1"]


def test_a_row_that_is_deleted_is_found_no_more(people: People, session: Session) -> None:
    row = people.put(people.news(title="Tamu"))
    with writing(session):
        session.delete(session.get_one(News, row.id))
    assert titles(session, "tamu") == []


def test_finding_is_one_statement(people: People, session: Session) -> None:
    people.put(*(people.news(title=f"Rapat {number}") for number in range(30)))
    with counted() as sent:
        search.find(session, search.asked("rapat"), day=TODAY)
    assert len(sent) == 1, sent


@given(st.text(max_size=200))
def test_no_text_breaks_the_stemmer(text: str) -> None:
    for word in stemming.stems(text):
        assert word.isascii()
        assert word.isalnum()


def test_the_stemmer_s_memory_is_bounded() -> None:
    assert stemming.stem.cache_info().maxsize == 50_000
