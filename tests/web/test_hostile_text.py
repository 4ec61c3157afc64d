"""What people write stays text, in every field and on every page; what a form does not ask for is not taken."""

from __future__ import annotations

from datetime import timedelta
from html.parser import HTMLParser
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy.orm import Session

from kimweb.accounts import invitations
from kimweb.accounts.models import Absence, RoleGrant, User
from kimweb.accounts.queries import load_actor
from kimweb.areas.models import Agency, Area, Category, ElectionPeriod
from kimweb.aspirations.models import AnswerKind, Aspiration, Desk, Message, MessageKind, State
from kimweb.core.actor import REGENCY, Role
from kimweb.core.codes import pin_for
from kimweb.core.db import writing
from kimweb.core.workflow import Step
from kimweb.news import actions as news_actions
from kimweb.news import reporting as news_reporting
from kimweb.news.models import News
from kimweb.news.models import State as NewsState
from kimweb.news.reporting import Device
from tests.conftest import SECRET_KEY
from tests.home.world import DISTRICT, ELSEWHERE, PASSWORD, VILLAGE, World, enter, in_days
from tests.support.clock import START
from tests.support.forms import send
from tests.support.html import form_fields
from tests.support.pictures import saved, with_photo
from tests.web.cases import form_of
from tests.web.site import browser, follow

CORPUS = (
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "' onmouseover='alert(1)",
    "<svg/onload=alert(1)>",
    "javascript:alert(1)",
    "</title><script>alert(1)</script>",
    "</textarea><script>alert(1)</script>",
    "{{ 7 * 7 }}{% raw %}${7*7}<%= 7*7 %>",
    "<iframe srcdoc='<script>alert(1)</script>'>",
    "&lt;script&gt;&#60;b&#62;",
    "--><!--<style>*{display:none}</style>",
    "<a href=javascript:alert(1) target=_blank>x</a>",
)
SENT = ("title", "body", "place", "name", "phone", "village")
FORBIDDEN = {"iframe", "img", "object", "embed", "base", "frame", "math", "template", "audio", "video"}


class _Inert(HTMLParser):
    """Collects what could act."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at an element."""
        values = {name: value or "" for name, value in attrs}
        own_script = tag == "script" and values.get("src", "").startswith("/static/")
        own_picture = tag == "img" and values.get("src", "").startswith("/foto/")
        own_code = tag == "svg" and values.get("class") == "segno"
        ours = own_script or own_picture or own_code
        wrong = (tag in FORBIDDEN or tag in ("script", "svg")) and not ours
        wrong |= any(name.startswith("on") or name in ("style", "srcdoc") for name in values)
        for name in ("href", "src", "action", "formaction", "hx-get", "hx-post"):
            wrong |= values.get(name, "").strip().lower().startswith(("javascript:", "vbscript:", "data:text"))
        if wrong:
            self.found.append(self.get_starttag_text() or tag)


def acting(text: str) -> list[str]:
    """What on a page is more than text, links and forms of ours."""
    parser = _Inert()
    parser.feed(text)
    return parser.found


@pytest.mark.parametrize("payload", [entry for entry in CORPUS if "<" in entry])
def test_a_payload_that_is_not_escaped_is_noticed(payload: str) -> None:
    text = f'<p title="{payload}">{payload}</p>'
    assert acting(text) or payload.startswith(("&lt;", "--", "{{"))


def _plant(world: World) -> tuple[list[Aspiration], dict[str, User]]:
    """A payload in every field that somebody writes, in rows of each kind that pages show."""
    people = {
        "sari": world.person("sari", Role.MODERATOR, VILLAGE),
        "rahman": world.person("rahman", Role.REVIEWER, DISTRICT),
        "dewi": world.person("dewi", Role.AGENCY, agency="PUPR"),
        "agus": world.person("agus", Role.ADMIN, REGENCY),
    }
    sari, sent = people["sari"], []
    pupr = world.session.scalars(sa.select(Agency).where(Agency.code == "PUPR")).one()
    for number, payload in enumerate(CORPUS):
        text = f"{payload} {number}"
        world.news(sari, text[:120], body=text)
        world.news(sari, text[:120], body=text, due=in_days(2))
        event = {"event_on": in_days(2), "event_time": text[:40], "event_place": text[:120], "phone": payload[:20]}
        world.announcement(people["agus"], text[:120], REGENCY, body=text, **event)
        values: dict[str, Any] = {"body": text, "place": text, "name": text[:80], "phone": "0812", "hide_name": False}
        waits = world.aspiration(text[:120], due=in_days(3), **values)
        answered = world.aspiration(text[:120], agency_id=pupr.id, days=14, **values)
        common: dict[str, Any] = {"at": START, "role": Role.AGENCY, "author_id": sari.id, "text": text}
        world.add(Message(aspiration_id=answered.id, kind=MessageKind.ANSWER, answer_kind=AnswerKind.DONE, **common))
        sent += [waits, answered]
        _moderated(world, people, text)
    with writing(world.session):
        for row in sent:
            row.due_on = row.due_on or in_days(9)
        world.session.get_one(User, sari.id).name = CORPUS[1]
        world.session.get_one(Agency, pupr.id).name = CORPUS[0]
        world.session.scalars(sa.select(Category)).all()[0].name = CORPUS[3]
    return sent, people


def _moderated(world: World, people: dict[str, User], text: str) -> None:
    """Reasons, reports, differences, the words of a photo, the names on a slip and of a masa pemilihan."""
    session, sari = world.session, people["sari"]
    budi = session.scalar(sa.select(User).where(User.username == "budi")) or world.person("budi", Role.MEMBER, VILLAGE)
    by_sari, by_budi = (Step(load_actor(session, user, START), START, reason=text) for user in (sari, budi))
    piece = world.news(budi, text[:120], body=text)
    for name in "abc":
        device = Device(name, START)
        news_reporting.report_news(session, news_id=piece.id, reason=text, network=name, device=device, now=START)
    with_photo(session, f"/berita/{piece.id}/", saved(Image.new("RGB", (12, 9)), "PNG"), alt=text[:120])
    news_actions.correct_news(session, by_budi, news_id=piece.id, title=f"{text}!"[:120], body=f"{text} {text}")
    gone = world.news(budi, text[:120], body=text)
    news_actions.withdraw_news(session, by_sari, news_id=gone.id)
    back = world.news(budi, text[:120], body=text, due=in_days(2))
    news_actions.return_news(session, by_sari, news_id=back.id)
    place = session.scalars(sa.select(Area).where(Area.code == VILLAGE)).one()
    agus = load_actor(session, people["agus"], START)
    given: dict[str, Any] = {"name": text[:80], "role": Role.MEMBER, "place": place, "server_key": SECRET_KEY}
    invitations.invite(session, actor=agus, now=START, **given)
    world.add(ElectionPeriod(area_code=ELSEWHERE, name=text[:80], starts_on=in_days(-1), ends_on=in_days(1)))


@pytest.mark.timeout(240)
def test_a_stored_payload_is_inert_in_every_field_on_every_page(app: Flask, session: Session) -> None:
    sent, people = _plant(World(session))
    readers: list[tuple[str, FlaskClient, list[str]]] = [("warga", browser(app), ["/", "/berita/", "/aspirasi/"])]
    for name, user in people.items():
        desks = ["/meja/", "/berita/", "/pengumuman/", "/akun/", "/catatan/", f"/aspirasi/{sent[0].code}/"]
        desks += ["/orang/undangan/", "/atur/pemilihan/"] if name == "agus" else []
        readers.append((name, enter(browser(app), user), desks))
    pin = pin_for(SECRET_KEY, sent[1].code, sent[1].pin_counter)
    sender = browser(app)
    assert sender.post("/aspirasi/lacak/", data={"code": sent[1].code, "pin": pin}).status_code == 303
    readers.append(("pengirim", sender, [f"/aspirasi/{sent[1].code}/"]))
    asked = [page for who, client, starts in readers for page in follow(app, who, client, starts)]
    pages = [page for page in asked if page.is_html]
    assert [page.path for page in asked if page.response.status_code >= 500] == []
    assert {f"{page.who} {page.path}": wrong for page in pages if (wrong := acting(page.text))} == {}
    seen = "".join(page.text for page in pages)
    assert seen.count("&lt;script&gt;alert(1)&lt;/script&gt;") > 20
    assert "{{ 7 * 7 }}" in seen
    assert "{% raw %}${7*7}" in seen
    read = {page.path for page in pages}
    for path in ("/catatan/", "/orang/undangan/", "/atur/pemilihan/"):
        assert path in read, "what was planted there was read"
    assert any(path.startswith("/foto/") for path in read)


@pytest.mark.parametrize("payload", CORPUS)
def test_a_payload_that_comes_straight_back_is_inert(client: FlaskClient, payload: str) -> None:
    """Searches, refused forms, addresses that are none."""
    answers = [
        client.get("/desa/", query_string={"q": payload}),
        client.get("/masuk/", query_string={"lanjut": payload}),
        client.get("/aspirasi/lacak/", query_string={"code": payload, "kode": payload}),
        client.get("/aspirasi/", query_string={"wilayah": payload, "sesudah": payload, "q": payload}),
        client.get("/" + payload),
        client.post("/masuk/", data={"username": payload, "password": payload, "lanjut": payload}),
        client.post("/aspirasi/lacak/", data={"code": payload, "pin": payload}),
        client.post(
            "/aspirasi/kirim/", data=dict.fromkeys(("title", "body", "place", "name", "phone", "village"), payload)
        ),
    ]
    assert [wrong for answer in answers if (wrong := acting(answer.text))] == []


# ------------------------------------------------------------------ extra fields

EXTRA = {
    "id": "1",
    "user_id": "1",
    "author_id": "1",
    "author": "1",
    "role": "admin",
    "state": "published",
    "active": "1",
    "area_code": "16.06",
    "version": "999",
    "created_at": "2020-01-01",
    "published_at": "2020-01-01",
    "password_hash": "x",
    "is_admin": "1",
}


def test_fields_that_a_form_does_not_ask_for_are_not_taken(client: FlaskClient, session: Session) -> None:
    world = World(session)
    agus, budi = world.person("agus", Role.ADMIN, REGENCY), world.person("budi", Role.MEMBER, VILLAGE)
    enter(client, budi)
    extra: dict[str, Any] = {**EXTRA, "author_id": str(agus.id), "user_id": str(agus.id)}
    form = form_of(client.get("/berita/tulis/").text, "", "/berita/tulis/")
    typed = {**form.fields, **extra, "title": "Jalan", "body": "Isi.", "langsung": "simpan"}
    assert client.post("/berita/tulis/", data=typed).status_code == 303
    days: dict[str, Any] = {"starts_on": "18-11-2026", "ends_on": "20-11-2026"}
    assert send(client, "/akun/berhalangan", on="/akun/", **days, **extra).status_code == 303
    fresh: dict[str, Any] = {"old": PASSWORD, "new": "hujan di sungai musi"}
    assert send(client, "/akun/kata-sandi", on="/akun/", **fresh, **extra).status_code == 303
    session.rollback()
    session.expire_all()
    piece = session.scalars(sa.select(News)).one()
    assert (piece.author_id, piece.state, piece.area_code) == (budi.id, NewsState.DRAFT, VILLAGE)
    assert (piece.created_at, piece.published_at) == (START, None)
    assert session.scalars(sa.select(Absence.user_id)).one() == budi.id
    grants = session.execute(sa.select(RoleGrant.user_id, RoleGrant.role).order_by(RoleGrant.id)).all()
    assert [tuple(row) for row in grants] == [(agus.id, Role.ADMIN), (budi.id, Role.MEMBER)]
    kept = session.get_one(User, agus.id)
    enter(browser(client.application), kept)  # the admin's password is still the admin's


def test_a_sender_sets_no_state_and_no_desk(client: FlaskClient, session: Session) -> None:
    page = client.get(f"/aspirasi/kirim/?desa={VILLAGE}").text
    extra = {**EXTRA, "state": "answered", "desk": "selesai", "confirmed_at": "2020-01-01", "rating": "5"}
    typed = {"title": "Jembatan", "body": "Lapuk.", "category": World(session).category()}
    answer = client.post("/aspirasi/kirim/", data={**form_fields(page, "/aspirasi/kirim/"), **extra, **typed})
    assert answer.status_code == 303
    session.rollback()
    row = session.scalars(sa.select(Aspiration)).one()
    assert (row.state, row.desk, row.confirmed_at, row.rating) == (
        State.RECEIVED,
        Desk.DISTRICT,
        None,
        None,
    )  # nobody moderates
    assert START - row.created_at < timedelta(minutes=1)


# ------------------------------------------------------------------ unknown names


@pytest.mark.parametrize("name", ["budi", "entah", "x" * 40])
def test_a_known_and_an_unknown_name_cost_the_same_one_hash(
    client: FlaskClient, session: Session, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Time is not measured on a shared machine; what takes it is counted."""
    World(session).person("budi", Role.MEMBER, VILLAGE)
    client.post("/masuk/", data={"username": "siapa", "password": "salah"})  # (makes the hash that nobody has)
    asked: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, hashed: Any, password: Any) -> Any:
        asked.append(str(hashed).rsplit("$", 2)[0])
        return verify(self, hashed, password)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    assert client.post("/masuk/", data={"username": name, "password": "salah-salah"}).status_code == 422
    assert asked == ["$argon2id$v=19$m=8,t=1,p=1"]
