"""The form for everybody: the village by name, mistakes that keep what was typed, and hostile input."""

from __future__ import annotations

import re
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from kimweb.app import MAX_BODY_BYTES
from kimweb.areas.models import Area
from kimweb.aspirations.models import Aspiration, State
from tests.support.forms import IN_PLACE, resend, send
from tests.support.html import form_fields, problems
from tests.support.people import SUKARAMI, People, enter

PATH = "/aspirasi/kirim/"
TYPED = {
    "village": SUKARAMI,
    "kind": "pengaduan",
    "category": "jalan",
    "title": "Jembatan RT 02 lapuk",
    "body": "Papannya patah.\n\nSejak Senin.",
    "place": "Dekat surau",
    "about": "desa",
    "hide_text": "1",
    "name": "Yanti",
    "phone": "0812 0000 0123",
}


def _send(client: FlaskClient, **changes: Any) -> TestResponse:
    key = re.findall(r'name="key" value="([0-9a-f]{32})"', client.get(PATH).text)[0]
    return client.post(PATH, data={**TYPED, "key": key, **changes})


def _rows(session: Session) -> list[Aspiration]:
    session.rollback()
    return list(session.scalars(sa.select(Aspiration).order_by(Aspiration.id)))


def test_the_form_names_112_first_and_is_valid(client: FlaskClient, people: People) -> None:
    page = client.get(PATH)
    assert page.text.index("tel:112") < page.text.index("<form")
    assert problems(page.text) == []
    assert "Set-Cookie" not in page.headers
    assert page.headers["Cache-Control"] == "private, no-cache"
    assert "hide_name" in form_fields(page.text, PATH)
    assert "hide_text" not in form_fields(page.text, PATH)


@pytest.mark.database
def test_everything_that_was_sent_is_kept(client: FlaskClient, people: People, session: Session) -> None:
    assert _send(client, about=["desa", "kecamatan"]).status_code == 303
    row = _rows(session)[0]
    assert (row.kind.value, row.category_code, row.title, row.body, row.place, row.name, row.phone) == (
        "pengaduan",
        *(TYPED[name] for name in ("category", "title", "body", "place", "name", "phone")),
    )
    assert (row.hide_name, row.hide_text, row.about_village, row.about_district, row.village_bypassed) == (
        False,  # a box that is not ticked is not sent
        True,
        True,
        True,
        True,
    )


# ------------------------------------------------------------------ which village


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (SUKARAMI, SUKARAMI),
        ("16.06.01.1009", "16.06.01.1009"),
        ("lumpatan", "16.06.01.2002"),
        ("  LUMPATAN  ", "16.06.01.2002"),
    ],
)
def test_a_village_is_known_by_code_or_by_a_name_that_is_its_own(
    client: FlaskClient, people: People, session: Session, typed: str, code: str
) -> None:
    assert _send(client, village=typed).status_code == 303
    assert _rows(session)[0].village_code == code


def test_a_name_that_several_have_offers_them_with_their_districts(
    client: FlaskClient, people: People, session: Session
) -> None:
    answer = _send(client, village="Mekar Jaya")
    assert answer.status_code == 422
    assert problems(answer.text) == []
    offered = re.findall(r'name="village" value="([^"]+)">Mekar Jaya, Kec\. ', answer.text)
    assert sorted(offered) == sorted(session.scalars(sa.select(Area.code).where(Area.name == "Mekar Jaya")))
    assert len(offered) == 4
    fields = form_fields(answer.text, PATH)
    assert {name: fields[name].strip() for name in ("title", "body", "place", "name", "phone")} == {
        name: TYPED[name] for name in ("title", "body", "place", "name", "phone")
    }
    assert resend(client, answer.text, PATH, village=offered[2], about="desa").status_code == 303
    assert _rows(session)[0].village_code == offered[2]


def test_a_name_with_its_district_is_clear(client: FlaskClient, people: People, session: Session) -> None:
    parent = sa.orm.aliased(Area)
    query = sa.select(Area.code, parent.name).join(parent, Area.parent.of_type(parent)).where(Area.name == "Mekar Jaya")
    for code, district in session.execute(query).all():
        for typed in (f"Mekar Jaya, Kec. {district}", f"mekar jaya, {district.lower()}"):
            assert _send(client, village=typed).status_code == 303, typed
            assert _rows(session)[-1].village_code == code


@pytest.mark.parametrize(
    "typed", ["Entah Berantah", "%", "_", "'", "16.06.01", "16.06", "99.99.99.9999", "\0", "x" * 80]
)
def test_an_unknown_village_is_a_mistake_at_the_field(
    client: FlaskClient, people: People, session: Session, typed: str
) -> None:
    answer = _send(client, village=typed)
    assert answer.status_code == 422
    assert problems(answer.text) == []
    assert 'id="village"' in answer.text
    assert TYPED["title"] in answer.text
    assert _rows(session) == []


# ------------------------------------------------------------------ mistakes


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", " \t "),
        ("title", "x" * 121),
        ("body", ""),
        ("body", "x" * 4001),
        ("category", ""),
        ("category", "entah"),
        ("phone", "0812 abc"),
        ("phone", "0812"),
        ("phone", "0" * 17),
        ("place", "x" * 121),
        ("name", "x" * 81),
        ("kind", "entah"),
        ("about", "presiden"),
        ("village", ""),
    ],
)
def test_a_mistake_stands_at_its_field_and_everything_typed_stays(
    client: FlaskClient, people: People, session: Session, field: str, value: str
) -> None:
    answer = _send(client, **{field: value})
    assert answer.status_code == 422
    assert problems(answer.text) == []
    assert f'href="#{field}"' in answer.text
    assert "Not a valid" not in answer.text
    assert "is not a valid" not in answer.text
    fields = form_fields(answer.text, PATH)
    for name in set(TYPED) - {field, "about"}:
        assert fields[name].strip() == TYPED[name], name
    if field not in ("category", "kind", "about", "village"):
        assert fields[field].strip() == value.strip()
    assert re.fullmatch("[0-9a-f]{32}", fields["key"])
    assert _rows(session) == []


def test_a_form_without_a_category_is_told_to_choose_one(client: FlaskClient, people: People) -> None:
    fields = {name: value for name, value in TYPED.items() if name != "category"}
    answer = client.post(PATH, data=fields)
    assert answer.status_code == 422
    assert 'name="category" aria-invalid="true"' in answer.text
    assert "Not a valid" not in answer.text


def test_an_empty_post_and_a_strange_one_are_only_mistakes(client: FlaskClient, people: People) -> None:
    for data in ({}, {"x": "y"}, {"title": ["a", "b"]}):
        answer = client.post(PATH, data=data)
        assert answer.status_code == 422
        assert problems(answer.text) == []
    assert client.post(PATH, data=b"\xff\xfe%%%", content_type="application/x-www-form-urlencoded").status_code == 422
    assert client.post(PATH, data=b"{}", content_type="application/json").status_code == 422


def test_a_body_that_is_too_large_gets_the_sites_own_page(
    client: FlaskClient, people: People, session: Session
) -> None:
    for size in (MAX_BODY_BYTES + 1, 3 * MAX_BODY_BYTES):
        answer = client.post(PATH, data=TYPED | {"body": "x" * size})
        assert answer.status_code == 413
        assert problems(answer.text) == []
        assert "Kiriman terlalu besar" in answer.text
    assert client.post(PATH, data={"x" * 2000 + str(n): "" for n in range(5)}).status_code == 422
    assert _rows(session) == []


@pytest.mark.database
@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Lam\0pu pa\x08dam", "Lampu padam"),
        ("Lampu\u202epadam 😀 e\u0301", "Lampupadam 😀 é"),
        ("\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"), "😀"),
        ("\ufdd0\uffff\ue000Lampu", "Lampu"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("{{ 7*7 }} {% raw %}", "{{ 7*7 }} {% raw %}"),
        ("𝕃𝕒𝕞𝕡𝕦 " + "z\u0335" * 20, "𝕃𝕒𝕞𝕡𝕦 " + "z\u0335" * 20),
    ],
)
def test_odd_letters_are_kept_as_text_and_hostile_ones_dropped(
    client: FlaskClient, people: People, session: Session, typed: str, kept: str
) -> None:
    assert _send(client, title=typed, body=typed, place=typed, name=typed, hide_text="").status_code == 303
    row = _rows(session)[0]
    assert (row.title, row.body, row.place, row.name) == (kept,) * 4
    row.state, row.confirmed_at, row.village_bypassed = State.FORWARDED, row.created_at, False
    session.commit()
    for path in ("/", f"/aspirasi/{row.code}/", "/aspirasi/", f"/aspirasi/?wilayah={SUKARAMI}"):
        page = client.get(path)
        assert page.status_code == 200
        assert problems(page.text) == []
        assert "<script>alert" not in page.text
    enter(client, "rahman")
    assert problems(client.get(f"/aspirasi/{row.code}/").text) == []


# ------------------------------------------------------------------ a desk's mistakes


@pytest.mark.parametrize(
    ("state", "who", "noun", "typed", "field"),
    [
        (State.RECEIVED, "sari", "pertanyaan", {"text": "  "}, "text"),
        (State.FORWARDED, "rahman", "penugasan", {"agency": "", "days": "14"}, "agency"),
        (State.FORWARDED, "rahman", "penugasan", {"agency": "entah", "days": "14"}, "agency"),
        (State.FORWARDED, "rahman", "penggabungan", {"target": "ZZZ-ZZZ"}, "target"),
        (State.FORWARDED, "rahman", "penolakan", {"reason": "tidak_jelas", "text": "x" * 501}, "text"),
        (State.ASSIGNED, "dewi", "jawaban", {"kind": "dijadwalkan", "text": "Pekan depan.", "date": ""}, "date"),
        (State.ASSIGNED, "dewi", "jawaban", {"kind": "dijadwalkan", "text": "Kapan?", "date": "besok"}, "date"),
        (State.ASSIGNED, "dewi", "pengembalian", {"reason": "x" * 501}, "reason"),
    ],
)
@pytest.mark.parametrize("in_place", [False, True])
def test_a_change_that_is_refused_comes_back_open_with_what_was_typed(
    client: FlaskClient,
    people: People,
    state: State,
    who: str,
    noun: str,
    typed: dict[str, str],
    field: str,
    in_place: bool,
) -> None:
    row = people.put(people.aspiration(state))
    enter(client, who)
    path = f"/aspirasi/{row.code}/{noun}"
    on, headers = ("/meja/", IN_PLACE) if in_place else (f"/aspirasi/{row.code}/", None)
    answer = send(client, path, on=on, headers=headers, **typed)
    assert answer.status_code == 422
    assert ("<html" in answer.text) is not in_place
    assert "<details open>" in answer.text
    assert 'role="alert"' in answer.text
    assert re.search(rf'name="{field}"[^>]* aria-invalid="true"', answer.text)
    fields = form_fields(answer.text, path)
    for name in ("text", "reason", "target"):
        if typed.get(name, "").strip():
            assert fields[name].strip() == typed[name]
    people.session.rollback()
    assert people.session.get_one(Aspiration, row.id).state is state
