"""How an office writes, publishes and withdraws, and what stands there when something is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.accounts import actions as accounts
from kimweb.accounts.queries import user_by_username
from kimweb.announcements import actions, queries
from kimweb.announcements.models import State
from kimweb.core.actor import REGENCY, Role
from kimweb.core.workflow import Step
from tests.announcements.cast import (
    DANAU_CALA,
    EVERYWHERE,
    IN_SEKAYU,
    KAYU_ARA,
    LAIS,
    LUMPATAN,
    SEKAYU,
    SUKARAMI,
    Cast,
    content,
    day,
    put,
)
from tests.announcements.conftest import Send
from tests.support.clock import START
from tests.support.forms import IN_PLACE
from tests.support.forms import send as fill_in
from tests.support.html import form_fields, problems
from tests.support.statements import Statements

SignIn = Callable[[str], None]
WRITE = "/pengumuman/tulis/"


def _fields(**changes: object) -> dict[str, object]:
    """What a person types."""
    typed: dict[str, object] = {
        "title": "Imunisasi polio",
        "body": "Bawa buku KIA.",
        "urgency": "penting",
        "areas": [SUKARAMI],
        "starts_on": "18-11-2026",
        "ends_on": "25 November 2026",
        "event_on": "",
        "event_time": "",
        "event_place": "",
        "phone": "",
    }
    return typed | changes


def _checked(html: str) -> set[str]:
    return set(re.findall(r'name="areas" value="([^"]+)" checked', html))


def test_rahman_writes_sees_it_as_it_will_appear_and_publishes(
    client: FlaskClient, session: Session, sign_in: SignIn, send: Send
) -> None:
    sign_in("rahman")
    fields = _fields(urgency="darurat", areas=[SUKARAMI, KAYU_ARA], phone="112", event_on="2026-11-21")
    answer = send(WRITE, form_on=WRITE, **fields)
    assert answer.status_code == 303
    preview = client.get(answer.location).text
    assert "Akan tampil di 2 desa dan kelurahan:" in preview
    assert "Kayu Ara dan Sukarami (Kec. Sekayu)" in preview
    assert "tampil merah dan paling atas" in preview
    assert "Telepon 112" in preview
    assert "Imunisasi polio" not in client.get(f"/desa/{SUKARAMI}/").text
    published = send(f"{answer.location}publikasi", form_on=answer.location, version=1)
    assert published.location == answer.location
    assert "Imunisasi polio" in client.get(f"/desa/{SUKARAMI}/").text
    assert "Imunisasi polio" in client.get(f"/desa/{KAYU_ARA}/").text
    assert "Imunisasi polio" not in client.get(f"/desa/{LUMPATAN}/").text


def test_the_form_begins_with_the_whole_area_of_the_office(client: FlaskClient, sign_in: SignIn) -> None:
    for name, code in (("rahman", SEKAYU), ("agus", REGENCY), ("dewi", REGENCY)):
        sign_in(name)
        html = client.get(WRITE).text
        assert _checked(html) == {code}, name
        assert 'value="2026-11-18"' in html
        assert 'value="2026-11-25"' in html
        assert html.count('name="areas"') == (1 + IN_SEKAYU if name == "rahman" else 1 + 15 + EVERYWHERE)
        client.delete_cookie("kim")


@pytest.mark.parametrize(
    ("wrong", "field", "sentence"),
    [
        ({"title": " "}, "title", "Masih kosong."),
        ({"title": "x" * 121}, "title", "Terlalu panjang"),
        ({"body": ""}, "body", "Masih kosong."),
        ({"urgency": "heboh"}, "urgency", "Pilih satu dari tiga."),
        ({"areas": []}, "areas", "Belum ada yang dituju."),
        ({"areas": [DANAU_CALA]}, "areas", "Di luar wilayah pengirim."),
        ({"areas": [SUKARAMI, "16.06"]}, "areas", "Di luar wilayah pengirim."),
        ({"areas": ["\0", "x" * 99]}, "areas", "Belum ada yang dituju."),
        ({"starts_on": "besok"}, "starts_on", "Belum terbaca sebagai tanggal."),
        ({"starts_on": ""}, "starts_on", "Masih kosong."),
        ({"ends_on": "17-11-2026"}, "ends_on", "Lebih awal dari hari mulai."),
        ({"ends_on": "20-11-2027"}, "ends_on", "Terlalu lama."),
        ({"event_on": "32-13-2026"}, "event_on", "Belum terbaca sebagai tanggal."),
        ({"phone": "12"}, "phone", "Belum terbaca sebagai nomor."),
        ({"phone": "tanya pak RT"}, "phone", "Belum terbaca sebagai nomor."),
        ({"phone": "08120000011900000"}, "phone", "Belum terbaca sebagai nomor."),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_what_was_typed_stays(
    client: FlaskClient, sign_in: SignIn, send: Send, wrong: dict[str, object], field: str, sentence: str
) -> None:
    sign_in("rahman")
    answer = send(WRITE, form_on=WRITE, **_fields(**({"body": "Bawa <buku> KIA.", "phone": "112"} | wrong)))
    html = answer.text
    assert answer.status_code == 422
    assert "<title>Perbaiki dulu" in html
    assert "1 hal perlu diperbaiki" in html
    assert sentence in html
    assert f'<a href="#{field}"' in html
    assert f'id="{field}"' in html
    if field != "body":
        assert "Bawa &lt;buku&gt; KIA." in html
    if "areas" not in wrong:
        assert _checked(html) == {SUKARAMI}
    if wrong.get("starts_on"):
        assert 'value="besok"' in html


def test_thousands_of_made_up_areas_do_not_reach_the_database(
    sign_in: SignIn, send: Send, statements: Callable[[], AbstractContextManager[Statements]]
) -> None:
    sign_in("rahman")
    with statements() as sent:
        refused = send(WRITE, form_on=WRITE, **_fields(areas=[f"16.06.01.{number:04}" for number in range(2000)]))
    assert refused.status_code == 422
    assert max(map(len, sent)) < 4000


def test_members_and_visitors_do_not_write(client: FlaskClient, sign_in: SignIn) -> None:
    assert client.get(WRITE).location == "/masuk/?lanjut=/pengumuman/tulis/"
    for name in ("budi", "sari"):
        sign_in(name)
        assert client.get(WRITE).status_code == 403
        client.delete_cookie("kim")


def test_dewi_drafts_for_the_whole_regency_and_the_admin_releases_it(
    client: FlaskClient, session: Session, cast: Cast, sign_in: SignIn, send: Send
) -> None:
    sign_in("dewi")
    address = send(WRITE, form_on=WRITE, **_fields(areas=[REGENCY, SEKAYU, SUKARAMI])).location
    preview = client.get(address).text
    assert f"Akan tampil di {EVERYWHERE} desa dan kelurahan:" in preview
    assert "Menunggu Admin Dinkominfo" in preview
    assert "/publikasi" not in preview
    assert send(f"{address}publikasi", form_on=address, version=1).status_code == 403
    client.delete_cookie("kim")
    sign_in("agus")
    headers = {"HX-Request": "true"}
    done = send(f"{address}publikasi", form_on=address, version=1, dari="meja", headers=headers)
    assert done.status_code == 200
    assert done.text.lstrip().startswith("<article")
    assert "Sudah terbit." in done.text
    session.rollback()
    row = queries.visible_announcement(session, cast["warga"], int(address.split("/")[2]))
    assert [place.area_code for place in row.audience] == [REGENCY]


def test_who_answers_for_several_offices_chooses_one(
    client: FlaskClient, session: Session, cast: Cast, sign_in: SignIn, send: Send
) -> None:
    rahman = user_by_username(session, "rahman")
    assert rahman
    accounts.grant_role(session, user=rahman, role=Role.AGENCY, agency_id=cast.pupr, now=START)
    sign_in("rahman")
    html = client.get(WRITE).text
    assert '<option value="16.06.01">Kecamatan Sekayu</option>' in html
    key = f"16.06:{cast.pupr}"
    row_of_agency = send(WRITE, form_on=WRITE, **_fields(office=key, areas=[LAIS]))
    assert "Dinas Pekerjaan Umum" in client.get(row_of_agency.location).text
    refused = send(WRITE, form_on=WRITE, **_fields(office="16.06.01", areas=[LAIS]))
    assert refused.status_code == 422
    assert "Di luar wilayah pengirim." in refused.text


def test_a_draft_is_mended_and_a_stale_form_keeps_its_text(
    client: FlaskClient, session: Session, cast: Cast, sign_in: SignIn, send: Send
) -> None:
    row = put(session, cast, "district", State.DRAFT, areas=(SUKARAMI, LUMPATAN))
    edit = f"/pengumuman/{row.id}/ubah/"
    sign_in("rahman")
    assert _checked(client.get(edit).text) == {SUKARAMI, LUMPATAN}
    assert send(edit, form_on=edit, version=1, **_fields(title="Mended")).status_code == 303
    stale = send(edit, form_on=edit, version=1, **_fields(title="Tulisan kedua", areas=[KAYU_ARA]))
    assert stale.status_code == 409
    assert "Tulisan kedua" in stale.text
    assert "<b>Mended</b>" in stale.text
    assert _checked(stale.text) == {KAYU_ARA}
    assert 'name="version" value="2"' in stale.text


def test_only_the_office_edits_and_only_a_draft(
    client: FlaskClient, session: Session, cast: Cast, sign_in: SignIn
) -> None:
    draft, published = put(session, cast, "district", State.DRAFT), put(session, cast, "district")
    sign_in("rahman")
    assert client.get(f"/pengumuman/{published.id}/ubah/").status_code == 409
    client.delete_cookie("kim")
    sign_in("agus")
    assert client.get(f"/pengumuman/{draft.id}/ubah/").status_code == 403
    client.delete_cookie("kim")
    sign_in("rina")
    assert client.get(f"/pengumuman/{draft.id}/ubah/").status_code == 404


def test_a_state_change_meets_a_stranger_a_stale_page_and_an_ended_draft(
    client: FlaskClient, session: Session, cast: Cast, sign_in: SignIn, send: Send
) -> None:
    row = put(session, cast, "district", State.DRAFT)
    address = f"/pengumuman/{row.id}/publikasi"
    sign_in("rina")
    assert send(address, form_on=WRITE, version=1).status_code == 404
    assert send("/pengumuman/4711/publikasi", form_on=WRITE, version=1).status_code == 404
    client.delete_cookie("kim")
    sign_in("rahman")
    assert send(address, form_on=WRITE, version=9).status_code == 409
    assert client.post(address, data={"version": 1}).status_code == 400
    ended = put(session, cast, "district", State.DRAFT, starts_on=day(-3), ends_on=day(-1))
    refused = send(f"/pengumuman/{ended.id}/publikasi", form_on=WRITE, version=1)
    assert refused.status_code == 422
    assert "Hari terakhirnya sudah lewat." in refused.text


@pytest.mark.parametrize("in_place", [True, False])
def test_a_refused_publish_brings_its_form_back(
    client: FlaskClient, session: Session, cast: Cast, sign_in: SignIn, in_place: bool
) -> None:
    """On the desk in the row, elsewhere on the page; the row's form can be sent again."""
    row = put(session, cast, "district", State.DRAFT, starts_on=day(-3), ends_on=day(-1))
    path, page = f"/pengumuman/{row.id}/publikasi", f"/pengumuman/{row.id}/"
    sign_in("rahman")
    on, headers = ("/meja/", IN_PLACE) if in_place else (page, None)
    answer = fill_in(client, path, on=on, headers=headers)
    assert answer.status_code == 422
    assert answer.text.count("Hari terakhirnya sudah lewat. Ubah dulu tanggalnya.") == 1
    fields = form_fields(answer.text, path)
    if in_place:
        assert answer.text.lstrip().startswith(f'<article class="row" id="pengumuman-{row.id}">')
        assert "<details open>" in answer.text
        assert f'hx-post="{path}"' in answer.text
        assert fields["dari"] == "meja"
    else:
        assert problems(answer.text) == []
        assert "<title>Perbaiki dulu: " in answer.text
    step = Step(cast["rahman"], START)
    actions.edit_announcement(session, step, announcement_id=row.id, content=content(areas=(SUKARAMI,)))
    assert client.post(path, data=fields | {"version": 2}, headers=headers).status_code == (200 if in_place else 303)


def test_a_withdrawn_one_is_gone_for_visitors_and_keeps_its_reason_for_the_office(
    client: FlaskClient, session: Session, cast: Cast, sign_in: SignIn, send: Send
) -> None:
    row = put(session, cast, "district")
    page = f"/pengumuman/{row.id}/"
    sign_in("rahman")
    assert send(f"{page}penarikan", form_on=page, version=2, reason=" ").status_code == 422
    assert send(f"{page}penarikan", form_on=page, version=2, reason="Hujan <deras>").status_code == 303
    html = client.get(page).text
    assert "Hujan &lt;deras&gt;" in html
    assert "Ditarik" in html
    client.delete_cookie("kim")
    assert client.get(page).status_code == 404
    assert "Imunisasi" not in client.get("/pengumuman/").text


def test_the_desk_holds_the_draft_with_its_button(
    client: FlaskClient, session: Session, cast: Cast, sign_in: SignIn
) -> None:
    row = put(session, cast, "agency", State.DRAFT)
    for name, may in (("agus", True), ("dewi", False)):
        sign_in(name)
        html = client.get("/meja/").text
        assert f'id="pengumuman-{row.id}"' in html
        assert (f'hx-post="/pengumuman/{row.id}/publikasi"' in html) is may
        client.delete_cookie("kim")


def test_coming_ones_and_drafts_are_listed_for_their_office_alone(
    client: FlaskClient, session: Session, cast: Cast, sign_in: SignIn
) -> None:
    actions.write_announcement(
        session, Step(cast["rahman"], START), office=cast.offices["district"][1], content=content(title="Konsep")
    )
    coming = put(session, cast, "district", title="Besok", starts_on=day(1), ends_on=day(2))
    for name, listed in (("rahman", True), ("agus", False), ("rina", False)):
        sign_in(name)
        html = client.get("/pengumuman/").text
        assert ("Konsep" in html, "Besok" in html) == (listed, listed), name
        client.delete_cookie("kim")
    assert client.get(f"/pengumuman/{coming.id}/").status_code == 404
    sign_in("rahman")
    assert "Tampil mulai Kamis 19 November." in client.get(f"/pengumuman/{coming.id}/").text
