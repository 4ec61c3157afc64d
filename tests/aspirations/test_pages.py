"""What each reader finds on the page of an aspiration: product.md, "Who sees what"."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.aspirations import queries
from kimweb.aspirations.models import AnswerKind, Aspiration, Desk, Message, MessageKind, State
from kimweb.core import audit
from kimweb.core.actor import Role
from kimweb.core.codes import pin_for
from kimweb.core.db import writing
from kimweb.settings import Settings
from tests.support.clock import START
from tests.support.html import problems
from tests.support.people import ELSEWHERE, SUKARAMI, People, day, enter
from tests.support.statements import Statements

NAME, PHONE, HOUR, WEEK = "Yanti Warga", "0812 0000 0123", "07.43", "antara 16 November dan 22 November"
BODY, QUESTION, ANSWER = "Papannya patah.", "Di mana tepatnya?", "Sudah kami ganti."
Reader = Callable[[str, Aspiration], tuple[int, str]]


@pytest.fixture
def read(client: FlaskClient, people: People, settings: Settings) -> Reader:
    """`read("sari", row)`: status and text of the page as she sees it."""

    def page(name: str, row: Aspiration) -> tuple[int, str]:
        browser = client.application.test_client()
        browser.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
        if name == "sender":
            pin = pin_for(settings.secret_key, row.code, 0)
            browser.post("/aspirasi/lacak/", data={"code": row.code, "pin": pin})
        elif name != "visitor":
            enter(browser, name)
        answer = browser.get(f"/aspirasi/{row.code}/")
        if answer.status_code == 200:
            assert problems(answer.text) == []
        return answer.status_code, answer.text

    return page


def _put(people: People, state: State = State.ASSIGNED, **changes: Any) -> Aspiration:
    """With a question, an answer, and a record at 07.43 in Jakarta."""
    at = START.replace(hour=7, minute=43)
    row: Aspiration = people.put(people.aspiration(state, body=BODY, name=NAME, created_at=at, **changes))
    messages = [
        Message(aspiration_id=row.id, at=at, kind=MessageKind.QUESTION, role=Role.MODERATOR, text=QUESTION),
        Message(
            aspiration_id=row.id,
            at=at,
            kind=MessageKind.ANSWER,
            role=Role.AGENCY,
            text=ANSWER,
            answer_kind=AnswerKind.DONE,
        ),
    ]
    people.put(*messages)
    with writing(people.session):
        entry = audit.Entry(at=at, kind="aspiration", subject_id=row.code, verb="pengiriman", role=Role.SENDER)
        audit.record(people.session, entry)
    return row


def _sees(text: str) -> dict[str, bool]:
    return {
        "name": NAME in text,
        "phone": PHONE in text,
        "hour": HOUR in text,
        "week": WEEK in text,
        "body": BODY in text,
        "question": QUESTION in text,
        "answer": ANSWER in text,
    }


def _only(*what: str) -> dict[str, bool]:
    return {name: name in what for name in ("name", "phone", "hour", "week", "body", "question", "answer")}


@pytest.mark.parametrize(
    ("name", "sees"),
    [
        ("visitor", _only("body", "answer", "week")),
        ("budi", _only("body", "answer", "week")),
        ("nobody", _only("body", "answer", "week")),
        ("siti", _only("body", "answer", "week")),
        ("rina", _only("body", "answer", "week")),
        ("tono", _only("body", "answer", "week")),
        ("sari", _only("body", "answer", "week", "question")),  # no longer on her desk
        ("rahman", _only("body", "answer", "question", "hour", "name", "phone")),
        ("dewi", _only("body", "answer", "question", "hour", "name", "phone")),
        ("agus", _only("body", "answer", "question", "hour", "name", "phone")),
        ("sender", _only("body", "answer", "question", "hour", "name", "phone")),
    ],
)
def test_an_anonymous_one(people: People, read: Reader, name: str, sees: dict[str, bool]) -> None:
    status, text = read(name, _put(people))
    assert status == 200
    assert _sees(text) == sees
    assert ("anonim" in text) is True


def test_on_her_desk_the_moderator_sees_the_hour_but_never_the_hidden_name(people: People, read: Reader) -> None:
    status, text = read("sari", _put(people, State.RECEIVED))
    assert status == 200
    assert _sees(text) == _only("body", "answer", "question", "hour")


def test_where_the_name_is_shown_everybody_reads_it_and_the_village_the_telephone(people: People, read: Reader) -> None:
    row = _put(people, hide_name=False)
    for name in ("visitor", "budi"):
        seen = _sees(read(name, row)[1])
        assert (seen["name"], seen["phone"], seen["hour"]) == (True, False, True), name
    for name in ("sari", "rahman"):
        assert _sees(read(name, row)[1])["phone"], name


def test_a_village_government_that_answers_never_sees_who_asked(people: People, read: Reader) -> None:
    village, district = people.agencies[f"DESA-{SUKARAMI}"], people.agencies["KEC-16.06.01"]
    seen = _sees(read("kades", _put(people, agency_id=village))[1])
    assert (seen["name"], seen["phone"], seen["question"], seen["hour"]) == (False, False, True, True)
    seen = _sees(read("camat", _put(people, agency_id=district))[1])
    assert (seen["name"], seen["phone"]) == (True, True)


def test_a_secret_is_read_by_the_desks_on_its_way_only(people: People, read: Reader) -> None:
    row = _put(people, hide_text=True, village_bypassed=True)
    got = {name: read(name, row)[0] for name in ("visitor", "budi", "sari", "siti", "rina", "tono", "agus")}
    assert set(got.values()) == {404}, got
    assert {name: read(name, row)[0] for name in ("sender", "rahman", "dewi")} == dict.fromkeys(
        ("sender", "rahman", "dewi"), 200
    )


def test_what_passes_the_village_by_is_in_no_list_and_no_count_there(
    client: FlaskClient, people: People, session: Session
) -> None:
    _put(people, State.RECEIVED, about_village=True, village_bypassed=True, desk=Desk.DISTRICT)
    assert queries.count_waiting(session, people.actor("sari")) == 0
    assert queries.count_waiting(session, people.actor("rahman")) == 1
    desk = enter(client, "sari").get("/meja/").text
    assert BODY not in desk
    assert "Aspirasi 1" not in desk
    assert queries.count_open_public(session, within=SUKARAMI) == 0


def test_the_sender_finds_what_may_be_done_and_others_do_not(people: People, read: Reader) -> None:
    row = _put(people, State.ANSWERED)
    path = f'action="/aspirasi/{row.code}/penyelesaian"'
    assert path in read("sender", row)[1]
    for name in ("visitor", "dewi", "rahman", "sari"):
        assert path not in read(name, row)[1]


def test_a_code_is_found_as_people_type_it_and_an_unknown_one_is_a_helpful_404(
    client: FlaskClient, people: People
) -> None:
    row = _put(people)
    assert client.get(f"/aspirasi/{row.code.lower().replace('-', '')}/").status_code == 200
    for code in ("ZZZ-ZZZ", "zzzzzz"):
        answer = client.get(f"/aspirasi/{code}/")
        assert answer.status_code == 404
        assert 'action="/desa/"' in answer.text


def _many(people: People, number: int) -> list[Aspiration]:
    places = [SUKARAMI, ELSEWHERE, *(f"16.06.01.{2001 + n}" for n in range(8))]
    offices = list(people.agencies.values())[:7]
    rows = []
    for n in range(number):
        states = (State.FORWARDED, State.ASSIGNED, State.ANSWERED, State.DONE)
        row = people.aspiration(states[n % 4], village_code=places[n % 10])
        row.agency_id = offices[n % 7] if row.agency_id else None
        rows.append(row)
    return rows


@pytest.mark.database
def test_the_list_takes_as_many_statements_for_fifty_as_for_one(
    client: FlaskClient, people: People, statements: Callable[[], AbstractContextManager[Statements]]
) -> None:
    people.put(*_many(people, 1))
    client.get("/aspirasi/")
    with statements() as few:
        client.get("/aspirasi/")
    people.put(*_many(people, 50))
    with statements() as many:
        page = client.get("/aspirasi/").text
    assert page.count('<a href="/aspirasi/') > 20
    assert len(few) == len(many) <= 2, (few, many)


@pytest.mark.database
@pytest.mark.parametrize("name", ["sari", "rahman", "dewi", "agus"])
def test_a_desk_takes_as_many_statements_for_fifty_as_for_one(
    people: People, session: Session, statements: Callable[[], AbstractContextManager[Statements]], name: str
) -> None:
    states = {"sari": State.RECEIVED, "rahman": State.FORWARDED, "dewi": State.ASSIGNED, "agus": State.FORWARDED}
    desk = {"desk": Desk.REGENCY} if name == "agus" else {}
    actor = people.actor(name)
    counts = []
    for number in (1, 50):
        people.put(*(people.aspiration(states[name], due_on=day(n % 5), **desk) for n in range(number)))
        session.expunge_all()
        with statements() as sent:
            rows = queries.waiting(session, actor, after=None, limit=100)
            assert all((row.village.parent, row.category, row.messages, row.agency) is not None for row in rows)
        counts.append(len(sent))
        assert [row.due_on for row in rows] == sorted(row.due_on for row in rows if row.due_on)
    assert len(rows) == 51
    assert counts[0] == counts[1] <= 3


@pytest.mark.database
def test_pages_of_the_list_neither_lose_nor_repeat_one(client: FlaskClient, people: People) -> None:
    odd = START + timedelta(microseconds=123_457)
    rows = [people.aspiration(State.FORWARDED, confirmed_at=odd + timedelta(microseconds=n // 3)) for n in range(47)]
    people.put(*rows)
    seen: list[str] = []
    path: str | None = "/aspirasi/"
    while path:
        page = client.get(path).text.split('<div id="aspirasi-daftar">')[1].split("</div>\n</main>")[0]
        seen += re.findall(r'<li id="([0-9A-Z]{3}-[0-9A-Z]{3})">', page)
        head = page.split('">Aspirasi sebelumnya')[0] if ">Aspirasi sebelumnya" in page else ""
        path = head.rpartition('href="')[2].replace("&amp;", "&") or None
    assert seen == [row.code for row in sorted(rows, key=lambda row: (row.confirmed_at or odd, row.id), reverse=True)]
