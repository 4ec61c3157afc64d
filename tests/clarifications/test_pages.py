"""What stands where: the list, one clarification with all that belongs to it, places, desk, log; bytes, statements."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.clarifications import actions, rebutting
from kimweb.clarifications.models import ClarificationArea, State
from kimweb.core.workflow import Step
from tests.clarifications.test_two_people import BETTER, correct, step
from tests.support.clock import START
from tests.support.html import problems
from tests.support.people import ELSEWHERE, LAIS, SEKAYU, SUKARAMI, People, enter
from tests.support.statements import Statements
from tests.web.cases import form_of
from tests.web.site import browser

BUDGET = 5_000
"""Bytes of a page with its headers (delivery.md)."""
Counting = Callable[[], AbstractContextManager[Statements]]
EVIL = '<script>alert(1)</script>"><img src=x onerror=alert(1)>{{ 7*7 }}'


def read(client: FlaskClient, path: str) -> str:
    """A page that is valid and within the budget."""
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert problems(answer.text) == []
    weight = len(gzip.compress(answer.data, 9)) + sum(len(k) + len(v) + 4 for k, v in answer.headers)
    assert weight < BUDGET, (path, weight)
    return answer.text


def test_a_clarification_says_its_verdict_in_words_and_all_that_belongs_to_it(
    client: FlaskClient, people: People
) -> None:
    row = people.put(people.claim(State.PUBLISHED, notes="Rahasia petugas.", claim="Kata warga sendiri."))
    text = read(client, f"/cek-fakta/{row.id}/")
    for words in ("Kabar salah", row.title, row.claimed, row.truth, "Surat Dinas Sosial", "Bagikan ke WhatsApp"):
        assert words in text
    for words in ("Rahasia petugas.", "Kata warga sendiri.", row.code, 'name="version"'):
        assert words not in text


@pytest.mark.database
def test_the_list_and_the_pages_of_places_show_what_is_addressed_to_them(client: FlaskClient, people: People) -> None:
    rows = {}
    for code in (SUKARAMI, SEKAYU, LAIS, "16.06"):
        row = people.claim(State.PUBLISHED, title=f"Judul untuk {code}.")
        row.audience = [ClarificationArea(area_code=code)]
        rows[code] = people.put(row)
    shown = {
        "/": {"16.06"},
        f"/desa/{SUKARAMI}/": {"16.06", SEKAYU, SUKARAMI},
        f"/kecamatan/{SEKAYU}/": {"16.06", SEKAYU},
        f"/desa/{ELSEWHERE}/": {"16.06", LAIS},
    }
    for path, wanted in shown.items():
        text = client.get(path).text
        found = {code for code in rows if f"Judul untuk {code}." in text}
        assert found <= wanted, path
        assert len(found) == min(2, len(wanted)), path
    every = read(client, "/cek-fakta/")
    here = read(client, f"/cek-fakta/?wilayah={SUKARAMI}")
    assert all(f"Judul untuk {code}." in every for code in rows)
    assert {code for code in rows if f"Judul untuk {code}." in here} == {"16.06", SEKAYU, SUKARAMI}


@pytest.mark.database
def test_the_list_pages_and_takes_as_many_statements_for_many(
    client: FlaskClient, people: People, statements: Counting
) -> None:
    people.put(people.claim(State.PUBLISHED))
    counts = []
    for _ in range(2):
        for path in ("/cek-fakta/", f"/desa/{SUKARAMI}/", "/cek-fakta/1/"):
            with statements() as sent:
                assert client.get(path).status_code == 200
            counts.append(len(sent))
        people.put(*(people.claim(State.PUBLISHED, title=f"Nomor {number}.") for number in range(44)))
    assert counts[:3] == counts[3:]
    path, seen = "/cek-fakta/", 0
    while path:
        text = client.get(path).text
        seen += text.count('<li id="fakta-')
        path = text.partition('href="/cek-fakta/?sesudah=')[2].partition('"')[0]
        path = f"/cek-fakta/?sesudah={path}" if path else ""
    assert seen == 89


def test_no_word_of_anybody_becomes_code(app: Flask, client: FlaskClient, people: People, session: Session) -> None:
    words = dict.fromkeys(("title", "claimed", "truth", "claim", "notes", "forward"), EVIL)
    source = [{"title": EVIL, "where": "javascript:alert(1)"}]
    rows = [people.put(people.claim(state, **words, sources=source)) for state in (State.PUBLISHED, State.EXAMINED)]
    rebutting.rebut(session, clarification_id=rows[0].id, text=EVIL, key=None, network="x", now=START)
    rahman = enter(browser(app), "rahman")
    for who, path in (
        (client, f"/cek-fakta/{rows[0].id}/"),
        (client, "/cek-fakta/"),
        (client, f"/desa/{SUKARAMI}/"),
        (rahman, f"/cek-fakta/{rows[0].id}/"),
        (rahman, f"/cek-fakta/{rows[1].id}/"),
        (rahman, f"/cek-fakta/{rows[1].id}/periksa/"),
        (rahman, f"/cek-fakta/{rows[0].id}/perbaiki/"),
        (rahman, "/meja/"),
    ):
        answer = who.get(path)
        assert answer.status_code == 200
        assert problems(answer.text) == [], path
        for bad in ("<script>alert", "<img src=x", 'href="javascript:'):
            assert bad not in answer.text, path


@pytest.mark.database
def test_a_correction_stands_there_with_what_was_written_before(
    client: FlaskClient, people: People, session: Session
) -> None:
    row = people.put(people.claim(State.PUBLISHED))
    before = row.truth
    correct(session, people, "rahman", row)
    waiting = read(client, f"/cek-fakta/{row.id}/")
    assert BETTER.truth not in waiting
    assert before in waiting
    actions.publish(session, step(people, "agus"), clarification_id=row.id)
    text = read(client, f"/cek-fakta/{row.id}/")
    assert "Perbaikan 18 November:" in text
    assert "Ada sumber baru." in text
    assert text.index(BETTER.truth) < text.index(before)
    assert "Menyesatkan" in text
    log = read(client, "/catatan/")
    assert "Cek fakta diperbaiki" in log
    assert "Ada sumber baru." in log


@pytest.mark.database
def test_a_withdrawn_one_says_so_and_stands_in_the_log(client: FlaskClient, people: People, session: Session) -> None:
    row = people.put(people.claim(State.PUBLISHED, title="Judul yang ditarik"))
    who = Step(people.actor("agus"), START, reason="Sumbernya keliru.")
    actions.withdraw(session, who, clarification_id=row.id)
    gone = client.get(f"/cek-fakta/{row.id}/")
    assert gone.status_code == 410
    assert "Sumbernya keliru." in gone.text
    assert row.title not in gone.text
    log = read(client, "/catatan/")
    assert "Cek fakta ditarik" in log
    assert "Sumbernya keliru." in log
    assert row.title not in log
    assert row.title not in client.get("/cek-fakta/").text


def test_a_proposal_and_what_was_not_published_stand_in_no_log(
    client: FlaskClient, people: People, session: Session
) -> None:
    row = people.put(people.claim(State.EXAMINED))
    for name in ("rahman", "agus"):
        actions.publish(session, step(people, name), clarification_id=row.id)
    assert "Cek fakta" not in client.get("/catatan/").text.partition("<footer")[0]


def test_an_official_takes_writes_and_proposes_and_another_one_releases(
    app: Flask, client: FlaskClient, people: People, session: Session
) -> None:
    row = people.put(people.claim())
    rahman, agus = (enter(browser(app), name) for name in ("rahman", "agus"))
    path = f"/cek-fakta/{row.id}/"

    def press(who: FlaskClient, page: str, noun: str, **typed: object) -> str:
        form = form_of(who.get(page).text, noun)
        answer = who.post(form.action, data={**form.fields, **typed})
        assert answer.status_code == 303, answer.text
        return str(answer.headers["Location"])

    assert press(rahman, "/meja/", "/pengambilan") == "/meja/"
    said: dict[str, Any] = {"title": "Gratis", "verdict": "salah", "claimed": "Ditebus.", "truth": "Tidak ditebus."}
    said |= {"source_title": ["Surat", "", ""], "source_where": ["Dinas Sosial, 2 November 2026", "", ""]}
    press(rahman, f"{path}periksa/", "/hasil", **said)
    assert "Belum terbit. Begini tampilnya nanti." in read_any(rahman, path)
    press(rahman, path, "/publikasi")
    assert "Menunggu orang kedua" in read_any(rahman, path)
    assert 'action="/cek-fakta/' not in rahman.get("/meja/").text
    assert client.get(path).status_code == 404
    press(agus, "/meja/", "/publikasi")
    text = read(client, path)
    assert "Diperiksa Peninjau Kecamatan, diterbitkan Admin Dinkominfo" in text
    assert "CEK FAKTA: SALAH" in text


def read_any(client: FlaskClient, path: str) -> str:
    """A valid page of an official's, whatever it weighs; never kept."""
    answer = client.get(path)
    assert answer.status_code == 200
    assert problems(answer.text) == []
    assert answer.headers["Cache-Control"] == "private, no-store"
    return answer.text
