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
from kimweb.core import audit
from kimweb.core.actor import Role
from kimweb.core.codes import slip_code
from kimweb.core.errors import Invalid
from tests.conftest import SECRET_KEY
from tests.support.clock import START
from tests.support.html import form_fields, problems
from tests.support.people import SEKAYU, SUKARAMI, People, enter

HEAD = "nama,peran,kode\n"
GOOD = f"{HEAD}Joko,anggota,{SUKARAMI}\nSri Wahyuni,moderator,{SUKARAMI}\nEko,peninjau,{SEKAYU}\nIin,petugas,pupr\n"
PATH = "/orang/undangan/berkas/"


def rows(text: str) -> list[tuple[str, Role, str]]:
    return [(row.name, row.role, row.code) for row in csvfile.read(text.encode())]


def faults(data: bytes) -> list[str]:
    with pytest.raises(Invalid) as refused:
        csvfile.read(data)
    return list(refused.value.fields.values())


def upload(client: FlaskClient, text: str | bytes) -> Any:
    data = text.encode() if isinstance(text, str) else text
    fields: dict[str, Any] = dict(form_fields(client.get(PATH).text, PATH))
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
    assert len(csvfile.read((HEAD + "Joko,anggota,1\n" * 1000).encode())) == 1000
    many = faults((HEAD + "Joko,raja,1\n" * 50).encode())
    assert len(many) == 10


@given(st.binary(max_size=300))
def test_no_file_breaks_the_reader(data: bytes) -> None:
    for each in (data, HEAD.encode() + data):
        with contextlib.suppress(Invalid):
            assert csvfile.read(each)


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
        invitations.invite_all(session, actor=people.actor("rahman"), now=START, server_key=SECRET_KEY, rows=lines)
    assert "Anda tidak memberi peran itu" in refused.value.fields["2"]
