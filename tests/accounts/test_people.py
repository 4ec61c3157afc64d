"""The people under somebody: the lists, one person's page, roles that begin and end, and what is missing."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.accounts import directory, granting, seats
from kimweb.accounts.models import RoleGrant, User
from kimweb.core import audit
from kimweb.core.actor import REGENCY, Role
from kimweb.core.db import writing
from kimweb.core.errors import Conflict, Invalid, NotAllowed, NotFound
from kimweb.kims.models import Kim, Stage
from tests.support.clock import START, FrozenClock
from tests.support.forms import send
from tests.support.html import form_fields, problems
from tests.support.people import ELSEWHERE, EVERYBODY, LUMPATAN, SEKAYU, SUKARAMI, TODAY, People, day, enter
from tests.support.together import engine_on, together

ROWS = '<li><a href="/orang/'


def page_of(people: People, name: str) -> str:
    return f"/orang/{people.users[name].id}/"


def shown(text: str) -> set[str]:
    """Who stands in a list of people."""
    return {part.split(">")[1].split("<")[0].lower() for part in text.split(ROWS)[1:] if part[0].isdigit()}


def own(session: Session, people: People, name: str) -> RoleGrant:
    session.rollback()
    return directory.every_grant(session, people.users[name].id)[0]


# ------------------------------------------------------------------ lists


SEES = {
    "sari": {"budi", "wati"},
    "siti": set[str](),
    "rahman": {"budi", "wati", "sari"},
    "rina": {"siti"},
    "agus": set(EVERYBODY) - {"visitor"},
}


@pytest.mark.parametrize("who", SEES)
def test_everybody_sees_just_the_people_under_them(who: str, client: FlaskClient, people: People) -> None:
    enter(client, who)
    page = client.get("/orang/").text
    assert problems(page) == []
    assert shown(page) == SEES[who]
    for name in people.users:
        answer = client.get(page_of(people, name))
        assert answer.status_code == (200 if name in SEES[who] else 404), name
        assert problems(answer.text) == []


@pytest.mark.database
@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?q=UD", {"budi"}),
        ("?q=%25", set[str]()),
        ("?peran=moderator", {"sari", "siti"}),
        ("?peran=admin", {"agus"}),
        (f"?wilayah={SEKAYU}", {"budi", "wati", "sari", "rahman", "camat", "kades"}),
        (f"?wilayah={SEKAYU}&peran=member", {"budi", "wati"}),
        (f"?wilayah={ELSEWHERE}", {"siti"}),
    ],
)
def test_the_admin_narrows_the_list(query: str, found: set[str], client: FlaskClient, people: People) -> None:
    enter(client, "agus")
    assert shown(client.get(f"/orang/{query}").text) == found


@pytest.mark.parametrize("query", ["?peran=raja", "?sesudah=x", "?sesudah=-1", "?sesudah=99999999999999", "?q=%00"])
def test_a_made_up_query_gets_a_list(query: str, client: FlaskClient, people: People) -> None:
    enter(client, "agus")
    assert client.get(f"/orang/{query}").status_code == 200
    assert client.get(f"/orang/undangan/{query}").status_code == 200
    assert client.get("/orang/?wilayah=16.06.99").status_code == 404


@pytest.mark.database
def test_the_list_goes_on_page_by_page_and_names_nobody_twice(client: FlaskClient, people: People) -> None:
    users = [
        User(username=f"orang{n:02}", name=f"Orang {n % 7}", password_hash="-", created_at=START) for n in range(45)
    ]
    people.put(*users)
    enter(client, "agus")
    path: str | None = "/orang/?q=orang"
    ids: list[str] = []
    while path:
        text = client.get(path).text
        ids += [part.split("/")[0] for part in text.split(ROWS)[1:] if part[0].isdigit()]
        after = text.split("sesudah=")
        path = "/orang/?q=orang&sesudah=" + after[1].split('"')[0] if len(after) > 1 else None
    assert len(ids) == len(set(ids)) == 45


def test_the_admin_reads_what_each_did_last_and_nobody_else_does(
    app: Flask, client: FlaskClient, people: People
) -> None:
    enter(app.test_client(), "budi")
    enter(client, "agus")
    assert "Akun: masuk, 18 November" in client.get("/orang/?q=budi").text
    assert "Akun: masuk, Rabu 18 November, 09.00" in client.get(page_of(people, "budi")).text
    enter(client, "sari")
    assert "Akun: masuk" not in client.get("/orang/").text + client.get(page_of(people, "budi")).text


# ------------------------------------------------------------------ roles begin and end


@pytest.mark.database
def test_a_role_that_is_ended_allows_nothing_at_the_next_request(
    app: Flask, client: FlaskClient, people: People, session: Session
) -> None:
    budi = enter(app.test_client(), "budi")
    assert budi.get("/berita/tulis/").status_code == 200
    enter(client, "sari")
    path, grant = page_of(people, "budi"), own(session, people, "budi")
    answer = send(client, f"{path}peran/{grant.id}/pengakhiran", on=path)
    assert answer.status_code == 303
    refused = budi.get("/berita/tulis/")
    assert (refused.status_code, problems(refused.text)) == (403, [])
    assert "Minta kepada moderator, peninjau kecamatan, atau Dinas Kominfo." in refused.text
    assert '<a class="button" href="/akun/">' in refused.text
    page = client.get(path).text
    assert "sudah berakhir" in page
    assert "Akhiri peran ini" not in page
    session.rollback()
    entry = audit.history(session, "user", str(people.users["budi"].id))[-1]
    assert (entry.verb, entry.role, entry.actor_id, entry.area_code, entry.detail["until"]) == (
        "revoke",
        Role.MODERATOR,
        people.users["sari"].id,
        SUKARAMI,
        (TODAY - timedelta(days=1)).isoformat(),
    )


def test_a_role_ends_after_the_day_that_was_written(
    app: Flask, client: FlaskClient, people: People, session: Session, clock: FrozenClock
) -> None:
    budi = enter(app.test_client(), "budi")
    enter(client, "rahman")
    path, grant = page_of(people, "budi"), own(session, people, "budi")
    address = f"{path}peran/{grant.id}/pengakhiran"
    refused = send(client, address, on=path, last_day="17-11-2026")
    assert refused.status_code == 422
    assert problems(refused.text) == []
    assert "Hari ini atau sesudahnya" in refused.text
    stale = form_fields(client.get(path).text, address)
    assert send(client, address, on=path, last_day="18-11-2026").status_code == 303
    assert client.post(address, data=stale | {"last_day": "30-11-2026"}).status_code == 409
    assert "sampai 18 November" in client.get(path).text
    assert budi.get("/berita/tulis/").status_code == 200
    clock.advance(hours=15)
    assert budi.get("/berita/tulis/").status_code == 403


ENDS = {
    "sari": {"budi", "wati"},
    "siti": set[str](),
    "rahman": {"budi", "wati", "sari"},
    "rina": {"siti"},
    "agus": set(EVERYBODY) - {"visitor", "nobody", "agus"},
}


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_ends_whose_role(who: str, people: People, session: Session) -> None:
    allowed = set()
    for name, user in people.users.items():
        grants = directory.every_grant(session, user.id)
        values: dict[str, Any] = {"now": START, "last_day": day(9), "seen": "", "user_id": user.id}
        try:
            granting.end_role(session, actor=people.actor(who), grant_id=grants[0].id if grants else 1, **values)
        except (NotFound, NotAllowed, Invalid):
            continue
        allowed.add(name)
    assert allowed == ENDS.get(who, set())


def test_a_role_is_ended_only_under_its_own_person(people: People, session: Session) -> None:
    wati = own(session, people, "wati")
    values: dict[str, Any] = {"actor": people.actor("sari"), "now": START, "last_day": None, "seen": ""}
    with pytest.raises(NotFound):
        granting.end_role(session, user_id=people.users["budi"].id, grant_id=wati.id, **values)
    granting.end_role(session, user_id=people.users["wati"].id, grant_id=wati.id, **values)
    values["seen"] = day(-1).isoformat()
    with pytest.raises(Conflict):
        granting.end_role(session, user_id=people.users["wati"].id, grant_id=wati.id, **values)


@pytest.mark.database
def test_two_admins_who_end_each_other_leave_one(database_url: str, people: People, session: Session) -> None:
    for name in ("rahman", "rina"):
        people.put(RoleGrant(user_id=people.users[name].id, role=Role.ADMIN, area_code=REGENCY, starts_on=TODAY))
    pair = [(name, own(session, people, name).id) for name in ("rahman", "rina")]
    actors = {name: people.actor(name) for name, _ in pair}
    with engine_on(database_url) as engine:

        def end(index: int) -> bool:
            (mine, _), (other, grant) = pair[index], pair[1 - index]
            values: dict[str, Any] = {"now": START, "last_day": None, "seen": ""}
            with Session(engine, expire_on_commit=False) as own_session:
                try:
                    granting.end_role(
                        own_session,
                        actor=actors[mine],
                        user_id=people.users[other].id,
                        grant_id=grant,
                        **values,
                    )
                except (Invalid, NotAllowed):
                    return False
                return True

        assert sum(together(2, end)) == 1


def test_the_own_last_admin_role_stays_and_the_form_says_why(
    client: FlaskClient, people: People, session: Session
) -> None:
    enter(client, "agus")
    path, grant = page_of(people, "agus"), own(session, people, "agus")
    answer = send(client, f"{path}peran/{grant.id}/pengakhiran", on=path)
    assert answer.status_code == 422
    assert "peran admin Anda yang terakhir" in answer.text
    people.put(RoleGrant(user_id=people.users["agus"].id, role=Role.ADMIN, area_code=REGENCY, starts_on=TODAY))
    assert send(client, f"{path}peran/{grant.id}/pengakhiran", on=path).status_code == 303


@pytest.mark.database
def test_a_role_is_given_from_a_day_until_a_day(
    client: FlaskClient, people: People, session: Session, clock: FrozenClock
) -> None:
    enter(client, "rahman")
    path = page_of(people, "budi")
    values: dict[str, Any] = {
        "role": "moderator",
        "place": LUMPATAN,
        "starts_on": "20-11-2026",
        "ends_on": "21-11-2026",
    }
    assert send(client, path + "peran", on=path, **values).status_code == 303
    counts = []
    for _ in range(5):
        counts.append(LUMPATAN in people.actor("budi", clock()).areas(Role.MODERATOR))
        clock.advance(days=1)
    assert counts == [False, False, True, True, False]
    session.rollback()
    entry = audit.history(session, "user", str(people.users["budi"].id))[-1]
    assert (entry.verb, entry.role, entry.detail["role"], entry.detail["area"]) == (
        "grant",
        Role.REVIEWER,
        "moderator",
        LUMPATAN,
    )


def test_a_role_is_not_given_beyond_ones_reach_nor_to_oneself_nor_twice(
    client: FlaskClient, people: People, session: Session
) -> None:
    enter(client, "rahman")
    path = page_of(people, "budi")
    fields = form_fields(client.get(path).text, path + "peran")
    for role, place, status in (
        ("moderator", ELSEWHERE, 403),
        ("reviewer", SEKAYU, 422),
        ("admin", REGENCY, 422),
        ("member", SUKARAMI, 422),
        ("member", "tidak ada", 422),
    ):
        answer = client.post(path + "peran", data=fields | {"role": role, "place": place})
        assert answer.status_code == status, (role, place)
    mine = page_of(people, "agus")
    enter(client, "agus")
    assert "Beri peran ini" not in client.get(mine).text
    fields = form_fields(client.get(path).text, path + "peran") | {"role": "reviewer", "place": SEKAYU}
    assert client.post(mine + "peran", data=fields).status_code == 403
    assert client.post(path + "peran", data=fields | {"ends_on": "17-11-2026"}).status_code == 422
    assert client.post(path + "peran", data=fields).status_code == 303
    assert len(directory.every_grant(session, people.users["budi"].id)) == 2


def test_a_moderator_gives_no_role_to_an_account(client: FlaskClient, people: People) -> None:
    enter(client, "sari")
    path = page_of(people, "budi")
    text = client.get(path).text
    assert "Beri peran ini" not in text
    token = form_fields(text, path + "kata-sandi")
    assert client.post(path + "peran", data=token | {"role": "member", "place": SUKARAMI}).status_code == 403


@pytest.mark.parametrize("who", ["siti", "rina"])
def test_a_foreign_person_is_not_there(who: str, client: FlaskClient, people: People, session: Session) -> None:
    grant = own(session, people, "budi")
    enter(client, who)
    token = form_fields(client.get("/orang/undang/").text, "/orang/undang/")
    path = page_of(people, "budi")
    nouns = ["kata-sandi", f"peran/{grant.id}/pengakhiran"] + (["peran"] if who == "rina" else [])
    data = token | {"role": "member", "place": ELSEWHERE}
    for noun in nouns:
        assert client.post(path + noun, data=data).status_code == 404, noun


# ------------------------------------------------------------------ places, and what is missing


@pytest.mark.parametrize(
    ("role", "typed", "code"),
    [
        (Role.MEMBER, SUKARAMI, SUKARAMI),
        (Role.MEMBER, "sukarami, kec. sekayu", SUKARAMI),
        (Role.REVIEWER, "Sekayu", SEKAYU),
        (Role.REVIEWER, "kecamatan lais", "16.06.02"),
        (Role.AGENCY, "pupr", "PUPR"),
        (Role.AGENCY, "KEC-16.06.01", "KEC-16.06.01"),
        (Role.ADMIN, "", REGENCY),
        (Role.ADMIN, "apa saja", REGENCY),
    ],
)
def test_a_place_is_found_as_people_write_it(role: Role, typed: str, code: str, session: Session) -> None:
    assert seats.find_place(session, role, typed).code == code


@pytest.mark.parametrize(
    ("role", "typed", "says"),
    [
        (Role.MEMBER, "Mekar Jaya", "Ada beberapa: Mekar Jaya, Kec."),
        (Role.REVIEWER, SUKARAMI, "Peran ini tidak ada di tempat itu"),
        (Role.MEMBER, "", "Tidak ditemukan"),
        (Role.AGENCY, "", "Tidak ditemukan"),
        (Role.AGENCY, "x\x00", "Tidak ditemukan"),
        (Role.MEMBER, "entah", "Tidak ditemukan"),
    ],
)
def test_a_place_that_is_not_clear_is_asked_again(role: Role, typed: str, says: str, session: Session) -> None:
    with pytest.raises(Invalid) as refused:
        seats.find_place(session, role, typed)
    assert says in refused.value.fields["place"]


@pytest.mark.database
def test_the_admin_sees_where_roles_are_missing(client: FlaskClient, people: People, session: Session) -> None:
    for code in (SUKARAMI, LUMPATAN, ELSEWHERE):
        people.put(Kim(area_code=code, stage=Stage.ACTIVE, stage_since=TODAY))
    with writing(session):
        session.execute(sa.update(User).where(User.username == "siti").values(signed_in_at=START - timedelta(days=20)))
    enter(client, "agus")
    text = client.get("/orang/kosong/").text
    assert problems(text) == []
    assert "13 kecamatan tanpa peninjau" in text
    assert "2 KIM tanpa moderator" in text
    assert f'href="/orang/undang/?peran=moderator&amp;wilayah={LUMPATAN}"' in text
    assert f'href="/orang/?wilayah={ELSEWHERE}"' in text
    form = client.get(f"/orang/undang/?peran=moderator&wilayah={LUMPATAN}").text
    assert (form_fields(form, "/orang/undang/") | {"csrf_token": ""}) == {
        "csrf_token": "",
        "name": "",
        "role": "moderator",
        "place": LUMPATAN,
    }


def test_a_dated_admin_ends_no_other_admins_role(people: People, session: Session) -> None:
    """Tomorrow there would be none."""
    dated = RoleGrant(user_id=people.users["rahman"].id, role=Role.ADMIN, area_code=REGENCY, starts_on=TODAY)
    dated.ends_on = day(1)
    people.put(dated)
    agus, values = own(session, people, "agus"), {"now": START, "last_day": None, "seen": ""}
    ending: dict[str, Any] = values | {"user_id": people.users["agus"].id, "grant_id": agus.id}
    with pytest.raises(Invalid) as refused:
        granting.end_role(session, actor=people.actor("rahman"), **ending)
    assert "berbatas waktu" in refused.value.fields["last_day"]
    assert own(session, people, "agus").ends_on is None
    people.put(RoleGrant(user_id=people.users["rahman"].id, role=Role.ADMIN, area_code=REGENCY, starts_on=TODAY))
    granting.end_role(session, actor=people.actor("rahman"), **ending)


@pytest.mark.parametrize(
    ("begins", "says"),
    [
        (-1, "sejak 17 November, sampai 17 November"),
        (0, "sejak 18 November, dicabut pada hari yang sama"),
        (1, "mulai 19 November, dibatalkan sebelum mulai"),
    ],
)
def test_a_role_that_was_ended_at_once_is_told_in_words(
    client: FlaskClient, people: People, begins: int, says: str
) -> None:
    """By its dates it ended yesterday, also when it began today or tomorrow."""
    grant = RoleGrant(user_id=people.users["budi"].id, role=Role.MODERATOR, area_code=LUMPATAN, starts_on=day(begins))
    people.put(grant)
    enter(client, "agus")
    path = page_of(people, "budi")
    assert send(client, f"{path}peran/{grant.id}/pengakhiran", on=path).status_code == 303
    assert says in client.get(path).text
    assert says in enter(client, "budi").get("/akun/data/").text


def test_a_role_does_not_end_before_it_begins(client: FlaskClient, people: People, session: Session) -> None:
    grant = RoleGrant(user_id=people.users["budi"].id, role=Role.MODERATOR, area_code=LUMPATAN, starts_on=day(5))
    people.put(grant)
    enter(client, "rahman")
    path = page_of(people, "budi")
    address = f"{path}peran/{grant.id}/pengakhiran"
    answer = send(client, address, on=path, last_day="20-11-2026")
    assert answer.status_code == 422
    assert "Lebih awal dari hari pertama" in answer.text
    assert send(client, address, on=path, last_day="23-11-2026").status_code == 303


# ------------------------------------------------------------------ asking to be erased, and a name that is wrong


ABOVE = {
    "sari": {"budi", "wati"},
    "siti": set[str](),
    "rahman": {"budi", "wati", "sari"},
    "rina": {"siti"},
    "agus": set(EVERYBODY) - {"visitor", "agus"},
}


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_corrects_whose_name(who: str, people: People, session: Session) -> None:
    allowed = set()
    for name, user in people.users.items():
        try:
            granting.correct_name(session, actor=people.actor(who), now=START, user_id=user.id, name=f"{name} B.")
        except (NotFound, NotAllowed):
            continue
        allowed.add(name)
    assert allowed == ABOVE.get(who, set())


@pytest.mark.database
def test_a_name_is_corrected_and_the_record_keeps_neither(
    client: FlaskClient, people: People, session: Session
) -> None:
    enter(client, "sari")
    path = page_of(people, "budi")
    assert send(client, path + "kata-sandi", on=path).status_code == 303
    refused = send(client, path + "nama", on=path, name=" ")
    assert refused.status_code == 422
    assert problems(refused.text) == []
    for _ in range(2):
        assert send(client, path + "nama", on=path, name="Budi  Santoso").status_code == 303
    assert "<h1>Budi Santoso</h1>" in client.get(path).text
    assert "Budi Santoso</a>" in client.get("/orang/undangan/").text
    session.rollback()
    found = [entry for entry in audit.history(session, "user", str(people.users["budi"].id)) if entry.verb == "name"]
    assert [(entry.role, entry.actor_id, entry.text, entry.detail) for entry in found] == [
        (Role.MODERATOR, people.users["sari"].id, None, {})
    ]


@pytest.mark.database
def test_the_admin_reads_who_asked_to_be_erased_until_when_to_answer(
    app: Flask, client: FlaskClient, people: People, session: Session, clock: FrozenClock
) -> None:
    for name, hours in (("wati", 0), ("budi", 31)):
        clock.advance(hours=hours)
        theirs = enter(app.test_client(), name)
        assert send(theirs, "/akun/data/penghapusan", on="/akun/data/").status_code == 303
    clock.advance(hours=1)
    enter(client, "agus")
    page = client.get("/orang/").text
    assert problems(page) == []
    wati, budi = page.index("tersisa 40 jam"), page.index("tersisa 71 jam")
    assert wati < budi, "the longest waiting first"
    assert "2 orang meminta akunnya dihapus" in client.get("/meja/").text
    one = client.get(page_of(people, "budi")).text
    assert problems(one) == []
    assert "kimweb erase-user budi" in one
    assert "erase-user" not in client.get(page_of(people, "sari")).text
    clock.advance(hours=41)
    assert "lewat batas 3 x 24 jam" in client.get("/orang/").text
    with writing(session):
        session.execute(sa.update(User).where(User.username.in_(["budi", "wati"])).values(active=False))
    assert "akunnya dihapus" not in client.get("/orang/").text + client.get("/meja/").text


@pytest.mark.parametrize("who", ["sari", "rahman"])
def test_nobody_else_reads_who_asked_to_be_erased(who: str, client: FlaskClient, people: People) -> None:
    with writing(people.session):
        people.session.get_one(User, people.users["budi"].id).erasure_asked_at = START
    enter(client, who)
    pages = [client.get(path).text for path in ("/orang/", "/meja/", page_of(people, "budi"))]
    assert not [page for page in pages if "akunnya dihapus" in page or "erase-user" in page]
