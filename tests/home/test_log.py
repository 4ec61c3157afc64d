"""The public log of moderation: what was done, by which role, when and why; never who, never a hidden word."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.announcements import actions as announcements
from kimweb.areas import elections
from kimweb.areas.models import ElectionPeriod
from kimweb.aspirations import actions as aspirations
from kimweb.aspirations.models import State as AspirationState
from kimweb.core.workflow import Step
from kimweb.news import actions as news
from kimweb.news.models import News, State
from tests.home.world import World
from tests.support.clock import START
from tests.support.html import problems
from tests.support.people import ELSEWHERE, LUMPATAN, SEKAYU, SUKARAMI, People, day, enter
from tests.support.statements import Statements

SECRET = "Pak Rahasia dari RT 09"


@pytest.fixture
def people(session: Session) -> People:
    """Everybody with an account."""
    return People(session).gather()


def _step(people: People, name: str, reason: str = "") -> Step:
    return Step(people.actor(name), START, reason=reason)


def _withdrawn(people: People, session: Session, reason: str = "Tanggalnya salah.", **values: Any) -> News:
    row = people.put(people.news(title=f"Judul {SECRET}", body=SECRET, **values))
    by = {SUKARAMI: "sari", LUMPATAN: "rahman", ELSEWHERE: "siti"}[row.area_code]
    return news.withdraw_news(session, _step(people, by, reason), news_id=row.id)


@pytest.mark.database
def test_a_withdrawn_piece_says_so_at_its_address_and_never_what_it_said(
    client: FlaskClient, people: People, session: Session
) -> None:
    row = _withdrawn(people, session, reason="Tanggalnya <b>salah</b>.")
    for browser in (client, enter(client.application.test_client(), "siti")):
        answer = browser.get(f"/berita/{row.id}/")
        assert answer.status_code == 410
        assert problems(answer.text) == []
        assert "Berita ini sudah ditarik" in answer.text
        assert "Tanggalnya &lt;b&gt;salah&lt;/b&gt;." in answer.text
        assert "Ditarik Moderator KIM, Rabu 18 November, 09.00." in answer.text
        assert f"/catatan/?wilayah={SUKARAMI}" in answer.text
        assert "Rahasia" not in answer.text
        assert "Sari" not in answer.text
    own = enter(client.application.test_client(), "budi").get(f"/berita/{row.id}/")
    assert (own.status_code, SECRET in own.text) == (200, True)
    assert f"/catatan/?wilayah={SUKARAMI}" in own.text


@pytest.mark.parametrize("state", [State.DRAFT, State.SUBMITTED, State.RETURNED])
def test_what_was_never_published_has_no_such_page(client: FlaskClient, people: People, state: State) -> None:
    assert client.get(f"/berita/{people.put(people.news(state)).id}/").status_code == 404
    assert client.get("/berita/999999/").status_code == 404


@pytest.mark.database
def test_the_log_tells_what_was_done_by_which_role_when_and_why(
    client: FlaskClient, people: People, session: Session
) -> None:
    _withdrawn(people, session, reason="Alasan satu.")
    back = _withdrawn(people, session, reason="Alasan dua.")
    news.restore_news(session, _step(people, "rahman", "Alasan tiga."), news_id=back.id)
    news.keep_news(session, _step(people, "agus", "Alasan empat."), news_id=back.id)
    news.correct_news(session, _step(people, "budi"), news_id=back.id, title="T", body="B")
    news.return_news(session, _step(people, "sari", "Alasan lima."), news_id=back.id)
    own = people.put(people.news(State.SUBMITTED, author_id=people.users["sari"].id, title="Karya sendiri"))
    news.publish_news(session, _step(people, "sari"), news_id=own.id)
    page = client.get("/catatan/").text
    assert problems(page) == []
    told = [
        "Berita diterbitkan penulisnya sendiri",
        "Karya sendiri",
        "Perbaikan berita dikembalikan",
        "Alasan lima.",
        "Berita tetap tayang sesudah dilaporkan pembaca",
        "Alasan empat.",
        "Admin Dinkominfo",
        "Berita ditampilkan lagi",
        "Alasan tiga.",
        "Peninjau Kecamatan",
        "Alasan dua.",
        "Berita ditarik",
        "Alasan satu.",
        "Moderator KIM",
    ]
    at = [page.index(text) for text in told if text not in ("Moderator KIM", "Berita ditarik")]
    assert at == sorted(at), "the newest first"
    assert all(text in page for text in told)
    for person in people.users.values():
        assert person.name not in page or person.name in ("Nobody",)


def test_what_happens_before_publishing_stays_inside(client: FlaskClient, people: People, session: Session) -> None:
    row = people.put(people.news(State.SUBMITTED))
    news.return_news(session, _step(people, "sari", SECRET), news_id=row.id)
    news.submit_news(session, _step(people, "budi"), news_id=row.id)
    news.publish_news(session, _step(people, "sari"), news_id=row.id)
    page = client.get("/catatan/").text
    assert "Belum ada catatan di sini" in page
    assert SECRET not in page


@pytest.mark.database
def test_a_merger_is_told_with_what_is_public_of_it(client: FlaskClient, people: People, session: Session) -> None:
    into = people.put(people.aspiration(AspirationState.ANSWERED))
    rows = {
        "public": people.put(people.aspiration(AspirationState.FORWARDED, title="Boleh dibaca")),
        "secret": people.put(people.aspiration(AspirationState.FORWARDED, title=SECRET, hide_text=True)),
        "about": people.put(
            people.aspiration(AspirationState.FORWARDED, title=SECRET, about_village=True, village_bypassed=True)
        ),
    }
    for row in rows.values():
        aspirations.merge_aspiration(
            session, _step(people, "rahman", "kata untuk meja saja"), code=row.code, target=into.code
        )
    page = client.get("/catatan/").text
    assert "Boleh dibaca" in page
    assert into.code in page
    assert "antara 16 November dan 22 November" in page, "of an anonymous one the week only"
    for hidden in (SECRET, "kata untuk meja saja", rows["secret"].code, rows["about"].code, "09.00"):
        assert hidden not in page, hidden


def test_withdrawn_announcements_are_told(client: FlaskClient, people: People, session: Session) -> None:
    row = World(session).announcement(people.users["rahman"], SECRET, SEKAYU, area_code=SEKAYU)
    announcements.withdraw_announcement(session, _step(people, "rahman", "Acaranya batal."), announcement_id=row.id)
    page = client.get("/catatan/").text
    assert "Pengumuman ditarik" in page
    assert "Acaranya batal." in page
    assert SECRET not in page


@pytest.mark.database
def test_it_is_filtered_by_place_and_paged_without_losing_a_line(
    client: FlaskClient, people: People, session: Session
) -> None:
    for number in range(23):
        _withdrawn(people, session, reason=f"Alasan {number:02d}.")
        _withdrawn(people, session, reason="Dari tempat lain.", area_code=ELSEWHERE)
    _withdrawn(people, session, reason="Dari tetangga.", area_code=LUMPATAN)
    for place, neighbours in ((SUKARAMI, 0), (SEKAYU, 1)):
        seen: list[str] = []
        path: str | None = f"/catatan/?wilayah={place}"
        pages = 0
        while path:
            page = client.get(path).text
            pages += 1
            assert "Dari tempat lain." not in page
            assert "Rahasia" not in page, "the title of what is withdrawn may be the harm"
            seen += re.findall(r"Alasan: (Alasan \d\d|Dari tetangga)", page)
            following = re.search(r'href="([^"]+)">Catatan sebelumnya', page)
            path = following[1].replace("&amp;", "&") if following else None
        assert pages == 2
        assert seen == ["Dari tetangga"] * neighbours + [f"Alasan {number:02d}" for number in range(22, -1, -1)]
    assert client.get("/catatan/?wilayah=99.99").status_code == 404
    for cursor in ("x", "-1", "9" * 30, "1~2", ""):
        assert client.get("/catatan/", query_string={"sesudah": cursor}).status_code == 200


@pytest.mark.database
def test_it_takes_as_many_statements_for_fifty_lines_as_for_one(
    client: FlaskClient, people: People, session: Session, statements: Callable[[], AbstractContextManager[Statements]]
) -> None:
    _withdrawn(people, session)
    client.get("/catatan/")
    with statements() as few:
        client.get("/catatan/")
    for _ in range(25):
        _withdrawn(people, session)
        _withdrawn(people, session, area_code=LUMPATAN)
    with statements() as many:
        client.get("/catatan/")
    assert len(few) == len(many) <= 5, (few, many)


@pytest.mark.parametrize("path", ["/tentang/", "/berita/", f"/berita/?wilayah={SUKARAMI}"])
def test_the_log_is_linked(client: FlaskClient, people: People, path: str) -> None:
    assert 'href="/catatan/' in client.get(path).text


def test_the_form_says_that_everybody_reads_the_reason(client: FlaskClient, people: People) -> None:
    row = people.put(people.news())
    page = enter(client, "sari").get(f"/berita/{row.id}/").text
    assert "Tampil untuk semua orang, di alamat berita ini dan di catatan moderasi." in page


# ------------------------------------------------------------------ the way to a place, and masa pemilihan


def test_a_place_is_found_by_its_name(client: FlaskClient, people: People, session: Session) -> None:
    _withdrawn(people, session, reason="Alasan di sini.")
    _withdrawn(people, session, reason="Alasan di tempat lain.", area_code=ELSEWHERE)
    one = client.get("/catatan/?q=sukarami, sekayu").text
    assert "Alasan di sini." in one
    assert "Alasan di tempat lain." not in one
    assert 'value="sukarami, sekayu"' in one
    several = client.get("/catatan/?q=mekar").text
    assert "Ada beberapa. Pilih satu:" in several
    assert several.count('<a href="/catatan/?wilayah=') > 1
    assert "Alasan di" not in several
    none = client.get("/catatan/?q=xyzzy").text
    assert "Tidak ada desa atau kecamatan dengan nama itu." in none
    for page in (one, several, none):
        assert problems(page) == []


@pytest.mark.parametrize(
    ("path", "link"),
    [
        (f"/desa/{SUKARAMI}/", f"/catatan/?wilayah={SUKARAMI}"),
        (f"/kecamatan/{SEKAYU}/", f"/catatan/?wilayah={SEKAYU}"),
        ("/privasi/", "/catatan/"),
    ],
)
def test_pages_of_places_and_privacy_lead_to_the_log(client: FlaskClient, path: str, link: str) -> None:
    assert f'<a href="{link}">Catatan moderasi' in client.get(path).text


def test_the_intro_names_everything_that_is_listed(client: FlaskClient) -> None:
    page = client.get("/catatan/").text
    for word in (
        "ditarik",
        "ditampilkan lagi",
        "dikembalikan",
        "digabung",
        "tetap tayang",
        "penulisnya sendiri",
        "masa",
    ):
        assert word in page


def _election(people: People, session: Session, area: str, name: str, first: int = 0) -> ElectionPeriod:
    days = {"first": day(first), "last": day(9)}
    return elections.add_election(session, actor=people.actor("agus"), now=START, area=area, name=name, **days)


@pytest.mark.database
def test_masa_pemilihan_is_told_where_it_binds_from_its_beginning_to_its_end(
    client: FlaskClient, people: People, session: Session
) -> None:
    row = _election(people, session, SEKAYU, "Pilkada <b>")
    _election(people, session, ELSEWHERE, "Pilkades Lain")
    line = "Pilkada &lt;b&gt;, sampai Jumat 27 November: di sini tidak ada berita calon dan partai"
    for path in (f"/desa/{SUKARAMI}/", f"/kecamatan/{SEKAYU}/"):
        page = client.get(path).text
        assert line in page
        assert "Pilkades Lain" not in page
        assert problems(page) == []
    assert "Masa pemilihan" not in client.get(f"/kecamatan/{ELSEWHERE[:8]}/").text
    for path in ("/catatan/", f"/catatan/?wilayah={SEKAYU}", f"/catatan/?wilayah={SUKARAMI}"):
        page = client.get(path).text
        assert "Masa pemilihan ditetapkan" in page
        assert "Pilkada &lt;b&gt;: dari 18 November sampai 27 November" in page
        assert ("Pilkades Lain" in page) is (path == "/catatan/")
        assert problems(page) == []
    elections.end_election(session, actor=people.actor("agus"), now=START, election_id=row.id)
    assert line not in client.get(f"/desa/{SUKARAMI}/").text
    assert "Masa pemilihan dihentikan" in client.get(f"/catatan/?wilayah={SUKARAMI}").text


def test_before_and_after_it_a_village_says_nothing_of_it(client: FlaskClient, people: People) -> None:
    for first, last in ((1, 9), (-9, -1)):
        people.put(ElectionPeriod(area_code=SUKARAMI, name="Pilkades", starts_on=day(first), ends_on=day(last)))
    assert "Masa pemilihan" not in client.get(f"/desa/{SUKARAMI}/").text


def test_the_admin_finds_what_is_over_folded_away(client: FlaskClient, people: People) -> None:
    people.put(ElectionPeriod(area_code=SUKARAMI, name="Pilkades 2025", starts_on=day(-300), ends_on=day(-200)))
    page = enter(client, "agus").get("/atur/pemilihan/").text
    assert "Yang sudah lewat (1)" in " ".join(page.split())
    assert page.index("<details") < page.index("Pilkades 2025")
    assert problems(page) == []
