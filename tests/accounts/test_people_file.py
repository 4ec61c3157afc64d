"""The admin's file of people: all or nobody, and faults that name their line."""

from __future__ import annotations

import contextlib
import re
from io import BytesIO
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from kimweb.accounts import csvfile, invitations
from kimweb.accounts.models import Invitation
from kimweb.areas.models import LOWEST, Area
from kimweb.core import audit
from kimweb.core.actor import Role
from kimweb.core.codes import slip_code
from kimweb.core.db import writing
from kimweb.core.errors import Invalid
from tests.conftest import SECRET_KEY
from tests.support.clock import START
from tests.support.html import form_fields, problems
from tests.support.people import SEKAYU, SUKARAMI, People, enter

HEAD = "nama,peran,kode\n"
GOOD = f"{HEAD}Joko,anggota,{SUKARAMI}\nSri Wahyuni,moderator,{SUKARAMI}\nEko,peninjau,{SEKAYU}\nIin,petugas,pupr\n"
PATH = "/orang/undangan/berkas/"


def rows(text: str) -> list[tuple[str, Role, str]]:
    return [(row.name, row.role, row.code) for row in csvfile.read(text.encode()).rows]


def faults(data: bytes) -> list[str]:
    try:
        return list(csvfile.read(data).faults.values())
    except Invalid as refused:
        return list(refused.fields.values())


def upload(client: FlaskClient, text: str | bytes, fields: dict[str, str] | None = None) -> Any:
    data = text.encode() if isinstance(text, str) else text
    fields = fields or form_fields(client.get(PATH).text, PATH)
    return client.post(PATH, data=fields | {"file": (BytesIO(data), "orang.csv")})


EXPECTED = [
    ("Joko", Role.MEMBER, SUKARAMI),
    ("Sri Wahyuni", Role.MODERATOR, SUKARAMI),
    ("Eko", Role.REVIEWER, SEKAYU),
    ("Iin", Role.AGENCY, "PUPR"),
]


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        "\ufeff" + GOOD,
        GOOD.replace(",", ";"),
        GOOD.replace("\n", "\r\n"),
        GOOD.replace("nama,peran,kode", " Nama ,PERAN,Kode"),
        GOOD.replace("moderator,", "Moderator KIM , ").replace("Joko", '"  Joko "') + "\n,,\n",
    ],
)
def test_a_file_is_read_as_spreadsheets_write_it(text: str) -> None:
    assert rows(text) == EXPECTED


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "Baris pertama harus"),
        ("Joko,anggota,1\n", "Baris pertama harus"),
        (HEAD, "1 sampai 1.000 orang"),
        (HEAD + "Joko,anggota\n", "Baris 2: harus tiga kolom"),
        (HEAD + "A,anggota,1\n,anggota,1\n", "Baris 3: nama kosong"),
        (HEAD + "x" * 81 + ",anggota,1\n", "Baris 2: nama kosong"),
        (HEAD + "Jo\u202eko,anggota,1\n", "Baris 2: nama kosong"),
        (HEAD + "Joko,raja,1\n", "Baris 2: peran tidak dikenal"),
        (HEAD + "Joko,,1\n", "Baris 2: peran tidak dikenal"),
        (HEAD + "Joko,anggota,\n", "Baris 2: kode kosong"),
        (HEAD + "Joko,anggota,1\n" * 1001, "1 sampai 1.000 orang"),
    ],
)
def test_what_is_wrong_is_named_by_its_line(text: str, says: str) -> None:
    found = faults(text.encode())
    assert len(found) == 1
    assert found[0].startswith(says) or says in found[0]


def test_files_that_are_none_are_refused() -> None:
    assert "200 kB" in faults(b"x" * 200_001)[0]
    for data in ("Jos\u00e9".encode("latin-1"), GOOD.encode("utf-16"), b"\x89PNG\r\n\x1a\n"):
        assert "UTF-8" in faults(data)[0]
    assert len(csvfile.read((HEAD + "Joko,anggota,1\n" * 1000).encode()).rows) == 1000


@given(st.binary(max_size=300))
def test_no_file_breaks_the_reader(data: bytes) -> None:
    for each in (data, HEAD.encode() + data):
        with contextlib.suppress(Invalid):
            read = csvfile.read(each)
            assert read.rows or read.faults


@pytest.mark.database
def test_a_file_becomes_a_sheet_of_slips(client: FlaskClient, people: People, session: Session) -> None:
    enter(client, "agus")
    answer = upload(client, GOOD)
    assert answer.status_code == 303
    sheet = answer.headers["Location"]
    assert re.fullmatch(r"/orang/undangan/lembar/[0-9a-f]{12}/", sheet)
    text = client.get(sheet).text
    assert problems(text) == []
    slips = session.scalars(sa.select(Invitation).order_by(Invitation.id)).all()
    assert [(slip.name, slip.role) for slip in slips] == [(name, role) for name, role, _ in EXPECTED]
    codes = [slip_code(SECRET_KEY, slip.nonce) for slip in slips]
    assert re.findall(r'class="big">([^<]+)<', text) == codes
    assert text.count("<svg") == 4
    assert [entry.verb for slip in slips for entry in audit.history(session, "invitation", str(slip.id))] == [
        "invite"
    ] * 4
    guest = client.application.test_client()
    data = {"username": "joko", "password": "hujan di sungai"}
    assert guest.post(f"/undangan/{codes[0]}/", data=data).status_code == 303
    text = client.get(sheet).text
    assert re.findall(r'class="big">([^<]+)<', text) == codes[1:]
    assert (text.count("sudah dipakai"), text.count("belum dipakai")) == (1, 3)
    assert client.get("/orang/undangan/").text.count(sheet) == 3
    enter(client, "sari")
    assert client.get(sheet).status_code == 200  # hers alone
    assert "Eko" not in client.get(sheet).text


def test_all_or_nobody(client: FlaskClient, people: People, session: Session) -> None:
    enter(client, "agus")
    wrong = GOOD + f"Ani,anggota,16.06.01.9999\nAri,peninjau,{SUKARAMI}\nAyu,petugas,{SUKARAMI}\n"
    answer = upload(client, wrong)
    assert answer.status_code == 422
    assert problems(answer.text) == []
    for says in ("Baris 6: kode “16.06.01.9999” tidak dikenal.", "Baris 7: peran itu tidak ada", "Baris 8: peran itu"):
        assert says in answer.text
    assert session.scalars(sa.select(Invitation)).all() == []
    assert upload(client, b"").status_code == 422


def test_a_cell_of_html_stays_text(client: FlaskClient, people: People) -> None:
    enter(client, "agus")
    answer = upload(client, HEAD + f"<script>alert(1)</script>,anggota,{SUKARAMI}\n=1+1,anggota,{SUKARAMI}\n")
    text = client.get(answer.headers["Location"]).text
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)" in text
    assert "<script" not in upload(client, HEAD + "A,anggota,<script>\n").text


def test_a_file_goes_no_further_than_whoever_sends_it(people: People, session: Session) -> None:
    lines = [csvfile.Row(2, "Joko", Role.MODERATOR, "16.06.02.2001")]
    with pytest.raises(Invalid) as refused:
        invitations.seats_of(session, actor=people.actor("rahman"), rows=lines, faults={})
    assert "Anda tidak memberi peran itu" in refused.value.fields["2"]


def test_every_wrong_line_is_told_at_once(client: FlaskClient, people: People) -> None:
    """What the file itself shows, and what only the places tell, in the order of the lines."""
    enter(client, "agus")
    lines = f"Joko,anggota,{SUKARAMI}\nAni,raja,{SUKARAMI}\nAri,anggota,16.06.01.9999\n,anggota,{SUKARAMI}\n"
    found = re.findall(r"<li><p>(Baris \d+: \w+)", upload(client, HEAD + lines).text)
    assert found == ["Baris 3: peran", "Baris 4: kode", "Baris 5: nama"]
    answer = upload(client, HEAD + "Joko,raja,1\n" * 130)
    assert len(re.findall(r"Baris \d+:", answer.text)) == 100
    assert "Dan 30 baris lain." in answer.text


@pytest.mark.database
def test_a_double_send_shows_the_first_sheet(client: FlaskClient, people: People, session: Session) -> None:
    enter(client, "agus")
    fields = form_fields(client.get(PATH).text, PATH)
    first, second = (upload(client, GOOD, fields).headers["Location"] for _ in range(2))
    assert first == second
    assert len(session.scalars(sa.select(Invitation)).all()) == 4
    other = upload(client, f"{HEAD}Lain,anggota,{SUKARAMI}\n", fields)
    assert other.headers["Location"] != first  # another file, from a form that came back


@pytest.mark.database
@pytest.mark.parametrize(("choice", "made"), [("belum", ["Baru"]), ("semua", ["Joko", "Baru"])])
def test_slips_that_are_open_already_are_told_before_new_ones_are_made(
    client: FlaskClient, people: People, session: Session, choice: str, made: list[str]
) -> None:
    enter(client, "agus")
    upload(client, f"{HEAD}joko,anggota,{SUKARAMI}\n")
    file = f"{HEAD}Joko,anggota,{SUKARAMI}\nBaru,anggota,{SUKARAMI}\n"
    asked = upload(client, "\ufeff" + file)
    assert (asked.status_code, problems(asked.text)) == (422, [])
    assert "1 dari 2 sudah punya slip yang terbuka." in asked.text
    assert len(session.scalars(sa.select(Invitation)).all()) == 1
    fields = form_fields(asked.text, PATH) | {"choice": choice}
    sheets = [client.post(PATH, data=fields).headers["Location"] for _ in range(2)]
    assert sheets[0] == sheets[1]
    session.rollback()
    assert [slip.name for slip in session.scalars(sa.select(Invitation).order_by(Invitation.id))][1:] == made


def test_a_file_of_people_who_all_have_slips_offers_only_all_again(client: FlaskClient, people: People) -> None:
    enter(client, "agus")
    upload(client, GOOD)
    asked = upload(client, GOOD)
    assert "4 dari 4 sudah" in asked.text
    assert "Buat hanya yang belum" not in asked.text
    fields = form_fields(asked.text, PATH) | {"choice": "belum"}
    answer = client.post(PATH, data=fields)
    assert (answer.status_code, "Semua orang di berkas ini sudah" in answer.text) == (422, True)


def test_a_slip_that_was_withdrawn_stands_in_nobodys_way(client: FlaskClient, people: People, session: Session) -> None:
    enter(client, "agus")
    upload(client, f"{HEAD}Joko,anggota,{SUKARAMI}\n")
    with writing(session):
        session.scalars(sa.select(Invitation)).one().withdrawn_at = START
    assert upload(client, f"{HEAD}Joko,anggota,{SUKARAMI}\n").status_code == 303


def test_the_example_has_every_village_and_is_read_when_some_names_are_filled_in(
    client: FlaskClient, people: People, session: Session
) -> None:
    enter(client, "agus")
    answer = client.get("/orang/undangan/contoh.csv")
    assert answer.headers["Content-Disposition"] == "attachment; filename=contoh.csv"
    text = answer.data.decode("utf-8-sig")
    villages = session.scalars(sa.select(Area).where(Area.kind.in_(LOWEST))).all()
    assert len(text.splitlines()) == len(villages) + 1
    line = f";moderator;{SUKARAMI};Sukarami, Kec. Sekayu\r\n"
    assert line in text
    assert "1 sampai 1.000 orang" in upload(client, text).text  # nobody filled in
    assert upload(client, text.replace(line, "Sri" + line)).status_code == 303
    session.rollback()
    slip = session.scalars(sa.select(Invitation)).one()
    assert (slip.name, slip.role, slip.area_code) == ("Sri", Role.MODERATOR, SUKARAMI)
    assert enter(client, "rahman").get("/orang/undangan/contoh.csv").status_code == 403


@pytest.mark.parametrize(
    ("place", "role", "means"),
    [
        ("Sukarami Kec. Sekayu", "anggota", SUKARAMI),
        ('"desa sukarami, kec. sekayu"', "anggota", SUKARAMI),
        ("kec. Lais", "peninjau", "16.06.02"),
        ("Lais", "peninjau", "16.06.02"),
        ("Sukar", "anggota", "tidak dikenal"),
        ("Mekar Jaya", "anggota", "ada beberapa “MEKAR JAYA”. Tulis kodenya."),
    ],
)
def test_a_place_may_be_named(
    client: FlaskClient, people: People, session: Session, place: str, role: str, means: str
) -> None:
    """By its whole name: a part of one might mean another village."""
    enter(client, "agus")
    answer = upload(client, f"{HEAD}Joko,{role},{place}\n")
    slip = session.scalars(sa.select(Invitation)).one_or_none()
    assert slip.area_code == means if slip else means in answer.text


def test_an_example_never_breaks_inside_a_code(client: FlaskClient, people: People) -> None:
    """240 px hold 20 letters: a line may break after a comma, and a code is shorter than that."""
    example = enter(client, "agus").get(PATH).text.split("<blockquote>")[1].split("</blockquote>")[0]
    assert max(len(word) for line in example.split("<br>") for word in line.split()) < 20
