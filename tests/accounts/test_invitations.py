"""Slips: who may give them, what they open, and that each works once."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from kimweb.accounts import csvfile, directory, granting, invitations, policy, slips
from kimweb.accounts.models import Invitation, RoleGrant, User, UserSession
from kimweb.accounts.passwords import Passwords
from kimweb.areas.models import Agency, Area
from kimweb.core import audit
from kimweb.core.actor import REGENCY, Holding, Role
from kimweb.core.codes import ALPHABET, clean_slip, slip_code, slip_hash
from kimweb.core.db import writing
from kimweb.core.errors import Invalid, NotAllowed, NotFound
from tests.conftest import SECRET_KEY
from tests.support.clock import START, FrozenClock
from tests.support.forms import send
from tests.support.html import problems
from tests.support.people import (
    ELSEWHERE,
    EVERYBODY,
    LAIS,
    LUMPATAN,
    PASSWORD,
    SEKAYU,
    SUKARAMI,
    TODAY,
    WARD,
    People,
    day,
    enter,
)
from tests.support.together import engine_on, together

NEW = "hujan turun di sungai musi"
HASHER = Passwords((1, 8, 1))
REFUSED = "Kode ini tidak bisa dipakai"


def place_of(session: Session, code: str) -> Area | Agency:
    return directory.places_by_code(session)[code]


def invites(people: People, who: str, role: Role = Role.MEMBER, code: str = SUKARAMI, **more: Any) -> Invitation:
    session, at = people.session, more.pop("at", START)
    return invitations.invite(
        session,
        actor=people.actor(who, at),
        now=at,
        server_key=SECRET_KEY,
        name=more.pop("name", "Joko"),
        role=role,
        place=place_of(session, code),
    )


def code_of(slip: Invitation) -> str:
    return slip_code(SECRET_KEY, slip.nonce)


def uses(client: FlaskClient, code: str, username: str = "joko", password: str = NEW) -> Any:
    return client.post(f"/undangan/{code}/", data={"username": username, "password": password})


def verbs(session: Session, kind: str, subject_id: int) -> list[str]:
    session.rollback()
    return [entry.verb for entry in audit.history(session, kind, str(subject_id))]


# ------------------------------------------------------------------ who invites whom, as a grid

PLACES = {
    "own village": SUKARAMI,
    "next village": LUMPATAN,
    "ward": WARD,
    "own district": SEKAYU,
    "other village": ELSEWHERE,
    "other district": LAIS,
    "regency": REGENCY,
    "agency": "PUPR",
}
HELD_ON = {
    Role.MEMBER: {"own village", "next village", "ward", "own district", "other village", "other district"},
    Role.MODERATOR: {"own village", "next village", "ward", "own district", "other village", "other district"},
    Role.REVIEWER: {"own district", "other district"},
    Role.AGENCY: {"agency"},
    Role.ADMIN: {"regency"},
}
IN_SEKAYU = {"own village", "next village", "ward", "own district"}
GIVES: dict[str, dict[Role, set[str]]] = {
    "sari": {Role.MEMBER: {"own village"}},
    "siti": {Role.MEMBER: {"other village"}},
    "rahman": {Role.MEMBER: IN_SEKAYU, Role.MODERATOR: IN_SEKAYU},
    "rina": {role: {"other village", "other district"} for role in (Role.MEMBER, Role.MODERATOR)},
    "agus": HELD_ON,
}


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_invites_whom(who: str, people: People, session: Session) -> None:
    allowed = set()
    for role in HELD_ON:
        for place, code in PLACES.items():
            try:
                invites(people, who, role, code)
            except (NotAllowed, Invalid):
                continue
            allowed.add((role, place))
    assert allowed == {(role, place) for role, places in GIVES.get(who, {}).items() for place in places}
    session.rollback()
    assert len(session.scalars(sa.select(Invitation)).all()) == len(allowed)


@pytest.mark.parametrize("who", ["budi", "dewi", "camat", "kades", "nobody"])
def test_who_gives_no_role_has_no_page_of_people(who: str, client: FlaskClient, people: People) -> None:
    enter(client, who)
    for path in ("/orang/", "/orang/undang/", "/orang/undangan/", "/orang/undangan/berkas/", "/orang/kosong/"):
        assert client.get(path).status_code == 403, path
    assert 'href="/orang/"' not in client.get("/akun/").text


@pytest.mark.parametrize("who", ["sari", "rahman"])
def test_only_the_admin_imports_and_sees_what_is_missing(who: str, client: FlaskClient, people: People) -> None:
    enter(client, who)
    assert 'href="/orang/"' in client.get("/meja/").text
    for path in ("/orang/undangan/berkas/", "/orang/kosong/"):
        assert client.get(path).status_code == 403, path


def test_a_reviewer_who_steps_in_as_moderator_invites_as_reviewer(people: People, session: Session) -> None:
    slip = invites(people, "rahman", Role.MEMBER, LUMPATAN)
    assert audit.history(session, "invitation", str(slip.id))[0].role is Role.REVIEWER


def test_no_stand_in_makes_an_admin(people: People, session: Session) -> None:
    people.away("agus", "dewi")
    assert Holding(Role.ADMIN, REGENCY) in people.actor("dewi").holdings
    with pytest.raises(NotAllowed):
        invites(people, "dewi", Role.ADMIN, REGENCY)
    rows = [csvfile.Row(2, "Joko", Role.ADMIN, REGENCY)]
    with pytest.raises(Invalid):
        invitations.seats_of(session, actor=people.actor("dewi"), rows=rows, faults={})
    assert invites(people, "dewi", Role.REVIEWER, SEKAYU)


def test_no_stand_in_reads_the_code_that_makes_an_admin(client: FlaskClient, people: People, session: Session) -> None:
    agus = people.actor("agus")
    people.put(RoleGrant(user_id=people.users["rina"].id, role=Role.ADMIN, area_code=REGENCY, starts_on=TODAY))
    rows = [csvfile.Row(2, "Joko", Role.ADMIN, REGENCY), csvfile.Row(3, "Ratna", Role.MEMBER, SUKARAMI)]
    seats = invitations.seats_of(session, actor=agus, rows=rows, faults={})
    batch = invitations.invite_all(session, actor=agus, now=START, server_key=SECRET_KEY, seats=seats)
    hidden = [invites(people, "agus", Role.ADMIN, REGENCY), password_slip(people, "agus", "rina")]
    shown = [invites(people, "agus", Role.REVIEWER, SEKAYU), password_slip(people, "agus", "rahman")]
    people.away("agus", "dewi")
    enter(client, "dewi")
    for slip in hidden + shown:
        page = client.get(f"/orang/undangan/{slip.id}/").text
        assert problems(page) == []
        assert (code_of(slip) in page, "Kodenya hanya ditampilkan kepada Agus" in page) == (
            slip in shown,
            slip in hidden,
        )
    sheet = client.get(f"/orang/undangan/lembar/{batch}/").text
    assert problems(sheet) == []
    admins, members = slips.sheet(session, agus, batch)
    assert code_of(admins) not in sheet
    assert code_of(members) in sheet
    assert "Kodenya pada Agus." in sheet
    enter(client, "agus")
    assert all(code_of(slip) in client.get(f"/orang/undangan/{slip.id}/").text for slip in hidden + shown)
    enter(client, "rina")  # admin by a grant of her own
    assert code_of(hidden[0]) in client.get(f"/orang/undangan/{hidden[0].id}/").text


def test_what_is_seen_is_the_same_in_python_and_in_sql(people: People, session: Session) -> None:
    for role, places in HELD_ON.items():
        for place in places:
            invites(people, "agus", role, PLACES[place])
    password_slip(people, "sari", "budi")
    password_slip(people, "agus", "rahman")
    session.rollback()
    slips, users = session.scalars(sa.select(Invitation)).all(), session.scalars(sa.select(User)).all()
    for who in EVERYBODY:
        actor = people.actor(who)
        seen = set(session.scalars(sa.select(Invitation.id).where(policy.visible_invitations(actor))))
        assert seen == {slip.id for slip in slips if policy.can_see_invitation(actor, slip)}, who
        found = set(session.scalars(sa.select(User.id).where(policy.visible_people(actor))))
        grants = {user.id: directory.every_grant(session, user.id) for user in users}
        assert found == {user.id for user in users if policy.can_see_person(actor, grants[user.id])}, who


# ------------------------------------------------------------------ the code


def test_a_code_is_derived_and_only_its_hash_is_kept(people: People, session: Session) -> None:
    slip = invites(people, "sari")
    code = code_of(slip)
    assert re.fullmatch(rf"[{ALPHABET}]{{3}}-[{ALPHABET}]{{3}}-[{ALPHABET}]{{4}}", code)
    assert slip.code_hash == slip_hash(SECRET_KEY, code) != slip_hash("x" * 40, code)
    assert slip_code("x" * 40, slip.nonce) != code
    row = session.execute(sa.text("SELECT * FROM invitations")).one()
    assert code not in map(str, row)
    assert clean_slip(code.lower().replace("-", " ")) == clean_slip(code.replace("-", "")) == code
    assert [clean_slip(text) for text in ("", "H4T-9QC", code + "2", code[:-1] + "0", "x" * 900)] == [""] * 5


# ------------------------------------------------------------------ accepting


@pytest.mark.database
def test_an_invitation_becomes_an_account_with_its_role_and_a_session(
    app: Flask, client: FlaskClient, people: People, session: Session
) -> None:
    enter(client, "sari")
    answer = send(client, "/orang/undang/", on="/orang/undang/", name="Joko", role="member", place=SUKARAMI)
    assert answer.status_code == 303
    slip_page = client.get(answer.headers["Location"]).text
    assert problems(slip_page) == []
    code = re.search(r'class="big">([^<]+)<', slip_page)
    assert code
    assert "Rabu 25 November, 09.00" in slip_page

    guest = app.test_client()
    guest.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    answer = guest.post("/undangan/", data={"code": code[1].lower().replace("-", " ")})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/undangan/{code[1]}/")
    page = guest.get(answer.headers["Location"])
    assert "Sari mengundang Anda menjadi" in page.text
    assert "Anggota KIM</b>, Sukarami, Kec. Sekayu" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert problems(page.text) == []
    answer = uses(guest, code[1], " Joko.Sukarami ")
    assert (answer.status_code, answer.headers["Location"]) == (303, "/meja/")
    assert guest.get("/berita/tulis/").status_code == 200

    session.rollback()
    user = session.scalars(sa.select(User).where(User.username == "joko.sukarami")).one()
    grant = session.scalars(sa.select(RoleGrant).where(RoleGrant.user_id == user.id)).one()
    assert (user.name, grant.role, grant.area_code, grant.starts_on, grant.ends_on) == (
        "Joko",
        Role.MEMBER,
        SUKARAMI,
        TODAY,
        None,
    )
    slip = session.scalars(sa.select(Invitation)).one()
    assert (slip.used_at, slip.used_by) == (START, user.id)
    assert verbs(session, "invitation", slip.id) == ["invite", "accept"]
    assert verbs(session, "user", user.id) == ["create", "grant", "sign_in"]
    detail = str([entry.detail for entry in audit.history(session, "invitation", str(slip.id))])
    assert "Joko" not in detail
    enter(app.test_client(), "joko.sukarami", NEW)


def test_whoever_is_signed_in_on_that_phone_is_signed_out_first(client: FlaskClient, people: People) -> None:
    slip = invites(people, "sari")
    enter(client, "sari")
    kept = client.get_cookie("kim")
    assert uses(client, code_of(slip)).status_code == 303
    assert "Akun Joko" in client.get("/akun/").text
    assert kept
    client.set_cookie("kim", kept.value)
    assert client.get("/meja/").status_code == 303


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"username": ""}, "username"),
        ({"username": "a b"}, "username"),
        ({"username": "sari"}, "username"),
        ({"password": ""}, "password"),
        ({"password": "7 huruf"}, "password"),
        ({"password": "x" * 129}, "password"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_uses_nothing_up(
    client: FlaskClient, people: People, typed: dict[str, str], field: str
) -> None:
    code = code_of(invites(people, "sari"))
    answer = uses(client, code, **({"username": "joko"} | typed))
    assert answer.status_code == 422
    assert problems(answer.text) == []
    assert f'name="{field}" aria-invalid="true"' in answer.text
    assert "7 huruf" not in answer.text
    assert uses(client, code).status_code == 303


def test_extra_fields_give_no_other_role(client: FlaskClient, people: People, session: Session) -> None:
    data = {
        "username": "joko",
        "password": NEW,
        "role": "admin",
        "area_code": REGENCY,
        "place": REGENCY,
        "name": "Raja",
    }
    assert client.post(f"/undangan/{code_of(invites(people, 'sari'))}/", data=data).status_code == 303
    session.rollback()
    user = session.scalars(sa.select(User).where(User.username == "joko")).one()
    grants = session.scalars(sa.select(RoleGrant).where(RoleGrant.user_id == user.id)).all()
    assert (user.name, [(grant.role, grant.area_code) for grant in grants]) == ("Joko", [(Role.MEMBER, SUKARAMI)])


# ------------------------------------------------------------------ codes that do not work


def dead_codes(people: People, clock: FrozenClock) -> dict[str, str]:
    """One of each kind, at the clock's time."""
    old, used, withdrawn = (invites(people, "sari", name=name) for name in ("Lama", "Pakai", "Tarik"))
    with writing(people.session):
        people.session.get_one(Invitation, used.id).used_at = START
        people.session.get_one(Invitation, withdrawn.id).withdrawn_at = START
    clock.advance(days=7)
    return {
        "unknown": "222-222-2222",
        "malformed": "PENDEK",
        "used": code_of(used),
        "expired": code_of(old),
        "withdrawn": code_of(withdrawn),
    }


@pytest.mark.database
def test_every_code_that_does_not_work_gets_the_same_answer(
    client: FlaskClient, people: People, session: Session, clock: FrozenClock
) -> None:
    codes = dead_codes(people, clock)
    pages: dict[str, set[str]] = {}
    for kind, code in codes.items():
        for answer, status in (
            (client.get(f"/undangan/{code}/"), 404),
            (client.post("/undangan/", data={"code": code}), 422),
            (uses(client, code), 422),
        ):
            assert answer.status_code == status, kind
            assert REFUSED in answer.text
            assert problems(answer.text) == []
            pages.setdefault(str(answer.request.method) + str(status), set()).add(answer.text.replace(code, "KODE"))
    assert {how: len(texts) for how, texts in pages.items()} == {"GET404": 1, "POST422": 1}
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(User)) == len(people.users)


def test_a_slip_works_until_its_very_last_moment(client: FlaskClient, people: People, clock: FrozenClock) -> None:
    code = code_of(invites(people, "sari"))
    clock.advance(days=6, hours=23, minutes=59)
    assert client.get(f"/undangan/{code}/").status_code == 200
    clock.advance(minutes=1)
    assert client.get(f"/undangan/{code}/").status_code == 404


def test_a_code_that_was_used_is_dead_for_a_second_person(app: Flask, client: FlaskClient, people: People) -> None:
    code = code_of(invites(people, "sari"))
    assert uses(client, code).status_code == 303
    again = uses(app.test_client(), code, "joko2")
    assert (again.status_code, REFUSED in again.text) == (422, True)
    assert app.test_client().get(f"/undangan/{code}/").status_code == 404


@pytest.mark.database
def test_of_many_at_the_same_moment_exactly_one_wins(database_url: str, people: People, session: Session) -> None:
    code, number = code_of(invites(people, "sari")), 4

    with engine_on(database_url) as engine:

        def take(index: int) -> bool:
            with Session(engine, expire_on_commit=False) as own:
                try:
                    invitations.accept(
                        own,
                        server_key=SECRET_KEY,
                        typed=code,
                        username=f"joko{index}",
                        password=NEW,
                        passwords=_Hasher(),  # type: ignore[arg-type]
                        network="n",
                        device="",
                        now=START,
                    )
                except Invalid:
                    return False
                return True

        assert sum(together(number, take)) == 1
    session.rollback()
    assert session.scalar(sa.select(sa.func.count()).select_from(User)) == len(people.users) + 1
    assert session.scalar(sa.select(sa.func.count()).select_from(UserSession)) == 1


class _Hasher:
    """Hashes without waiting in line: here everybody comes at once."""

    def hash(self, password: str) -> str:
        return HASHER._hasher.hash(password)


@pytest.mark.database
def test_two_who_choose_the_same_name_at_once_are_both_answered(
    database_url: str, people: People, session: Session
) -> None:
    codes = [code_of(invites(people, "sari")) for _ in range(2)]
    with engine_on(database_url) as engine:

        def take(index: int) -> str:
            values: dict[str, Any] = {"passwords": _Hasher(), "network": "n", "device": "", "now": START}
            with Session(engine, expire_on_commit=False) as own:
                try:
                    invitations.accept(
                        own, server_key=SECRET_KEY, typed=codes[index], username="joko", password=NEW, **values
                    )
                except Invalid as error:
                    return ",".join(error.fields)
                return "in"

        assert sorted(together(2, take)) == ["in", "username"]


@pytest.mark.database
def test_wrong_codes_are_throttled_by_network_and_right_ones_count_for_nothing(
    app: Flask, client: FlaskClient, people: People, clock: FrozenClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(invitations, "WRONG_LIMIT", 5)
    code = code_of(invites(people, "sari"))
    for _ in range(20):
        assert client.post("/undangan/", data={"code": code}).status_code == 303
    answers = [client.post("/undangan/", data={"code": f"222-222-222{n}"}).status_code for n in range(2, 9)]
    assert answers == [422] * 5 + [429] * 2
    assert [client.get(f"/undangan/{code}/").status_code, uses(client, code).status_code] == [429, 429]
    other = app.test_client()
    other.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    assert other.get(f"/undangan/{code}/").status_code == 200
    enter(client, "sari")  # signing in is not locked by it
    clock.advance(minutes=16)
    assert uses(client, code).status_code == 303


# ------------------------------------------------------------------ what a slip rests on


@pytest.mark.database
@pytest.mark.parametrize("how", ["ended", "inactive"])
def test_a_slip_dies_with_the_role_of_who_gave_it(
    how: str, client: FlaskClient, people: People, session: Session
) -> None:
    code = code_of(invites(people, "sari"))
    assert client.get(f"/undangan/{code}/").status_code == 200
    with writing(session):
        if how == "ended":
            session.execute(
                sa.update(RoleGrant).where(RoleGrant.user_id == people.users["sari"].id).values(ends_on=day(-1))
            )
        else:
            session.execute(sa.update(User).where(User.username == "sari").values(active=False))
    assert client.get(f"/undangan/{code}/").status_code == 404
    assert uses(client, code).status_code == 422


# ------------------------------------------------------------------ a new password


def password_slip(people: People, who: str, whose: str, at: Any = START) -> Invitation:
    return invitations.issue_password_slip(
        people.session, actor=people.actor(who, at), now=at, server_key=SECRET_KEY, user_id=people.users[whose].id
    )


ABOVE = {
    "sari": {"budi", "wati"},
    "siti": set[str](),
    "rahman": {"budi", "wati", "sari"},
    "rina": {"siti"},
    "agus": set(EVERYBODY) - {"visitor", "agus"},
}


@pytest.mark.parametrize("who", EVERYBODY)
def test_who_gives_whom_a_new_password(who: str, people: People) -> None:
    allowed = set()
    for whose in people.users:
        try:
            password_slip(people, who, whose)
        except (NotFound, NotAllowed):
            continue
        allowed.add(whose)
    assert allowed == ABOVE.get(who, set())


@pytest.mark.parametrize(
    ("role", "place"), [(Role.ADMIN, REGENCY), (Role.REVIEWER, SEKAYU), (Role.MODERATOR, SUKARAMI), (Role.MEMBER, LAIS)]
)
def test_nobody_takes_over_an_account_that_holds_more_than_they_give(
    role: Role, place: str, people: People, client: FlaskClient
) -> None:
    slip = password_slip(people, "sari", "budi")
    code = code_of(slip)
    people.put(RoleGrant(user_id=people.users["budi"].id, role=role, area_code=place, starts_on=day(3)))
    with pytest.raises(NotAllowed):
        password_slip(people, "sari", "budi")
    assert client.post(f"/undangan/{code}/", data={"password": NEW}).status_code == 422
    enter(client, "sari")
    assert "Buat slip kata sandi" not in client.get(f"/orang/{people.users['budi'].id}/").text


def test_a_stand_in_of_somebody_higher_is_not_taken_over_either(people: People, session: Session) -> None:
    people.away("rahman", "budi")
    with pytest.raises(NotAllowed):
        password_slip(people, "sari", "budi")
    assert session.scalars(sa.select(Invitation)).all() == []


@pytest.mark.database
def test_a_new_password_ends_every_session_and_changes_no_role(
    app: Flask, client: FlaskClient, people: People, session: Session
) -> None:
    phone = enter(app.test_client(), "budi")
    before = [
        (grant.id, grant.role, grant.ends_on) for grant in directory.every_grant(session, people.users["budi"].id)
    ]
    enter(client, "sari")
    path = f"/orang/{people.users['budi'].id}/"
    answer = send(client, path + "kata-sandi", on=path)
    assert answer.status_code == 303
    text = client.get(answer.headers["Location"]).text
    code = re.search(r'class="big">([^<]+)<', text)
    assert code
    assert "nama pengguna budi" in text
    guest = app.test_client()
    page = guest.get(f"/undangan/{code[1]}/").text
    assert problems(page) == []
    assert 'name="username"' not in page
    answer = guest.post(f"/undangan/{code[1]}/", data={"password": NEW, "username": "raja", "role": "admin"})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/undangan/selesai/")
    assert problems(guest.get("/undangan/selesai/").text) == []
    assert guest.get("/meja/").status_code == 303  # not signed in by it: a second factor is still asked for
    assert phone.get("/meja/").status_code == 303
    assert app.test_client().post("/masuk/", data={"username": "budi", "password": PASSWORD}).status_code == 422
    enter(app.test_client(), "budi", NEW)
    session.rollback()
    after = directory.every_grant(session, people.users["budi"].id)
    assert [(grant.id, grant.role, grant.ends_on) for grant in after] == before
    slip = session.scalars(sa.select(Invitation)).one()
    assert verbs(session, "invitation", slip.id) == ["reset", "accept"]
    assert guest.post(f"/undangan/{code[1]}/", data={"password": NEW}).status_code == 422


def test_a_second_slip_ends_the_first(client: FlaskClient, people: People) -> None:
    first, second = (code_of(password_slip(people, "sari", "budi")) for _ in range(2))
    assert [client.get(f"/undangan/{code}/").status_code for code in (first, second)] == [404, 200]


# ------------------------------------------------------------------ withdrawing


@pytest.mark.database
def test_an_open_slip_is_withdrawn_once(client: FlaskClient, people: People, session: Session) -> None:
    slip = invites(people, "sari")
    enter(client, "sari")
    path = f"/orang/undangan/{slip.id}/"
    assert code_of(slip) in client.get(path).text
    answer = send(client, path + "pembatalan", on=path)
    assert answer.status_code == 303
    page = client.get(path).text
    assert code_of(slip) not in page
    assert "Sudah ditarik" in page
    assert client.get(f"/undangan/{code_of(slip)}/").status_code == 404
    token = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert token
    assert client.post(path + "pembatalan", data={"csrf_token": token[1]}).status_code == 409
    assert verbs(session, "invitation", slip.id) == ["invite", "withdraw"]


def test_the_code_of_a_used_or_expired_slip_is_not_shown(
    app: Flask, client: FlaskClient, people: People, clock: FrozenClock
) -> None:
    used, old = invites(people, "sari"), invites(people, "sari")
    assert uses(app.test_client(), code_of(used)).status_code == 303
    enter(client, "sari")
    page = client.get(f"/orang/undangan/{used.id}/").text
    assert ("Sudah dipakai" in page, code_of(used) in page) == (True, False)
    clock.advance(hours=24 * 7 - 1)
    client.get("/meja/")
    clock.advance(hours=1)
    enter(app.test_client(), "sari")
    page = enter(client, "sari").get(f"/orang/undangan/{old.id}/").text
    assert ("Sudah lewat 7 hari" in page, code_of(old) in page) == (True, False)


@pytest.mark.parametrize("who", ["siti", "rina"])
def test_a_foreign_slip_is_not_there(who: str, client: FlaskClient, people: People) -> None:
    member, moderator = invites(people, "sari"), invites(people, "rahman", Role.MODERATOR)
    reset = password_slip(people, "sari", "budi")
    enter(client, who)
    form = client.get("/orang/undang/").text
    token = re.search(r'name="csrf_token" value="([^"]+)"', form)
    assert token
    for slip in (member, moderator, reset):
        assert client.get(f"/orang/undangan/{slip.id}/").status_code == 404
        path = f"/orang/undangan/{slip.id}/pembatalan"
        assert client.post(path, data={"csrf_token": token[1]}).status_code == 404
    assert "Joko" not in client.get("/orang/").text
    answer = client.post(
        "/orang/undang/", data={"csrf_token": token[1], "name": "X", "role": "member", "place": SUKARAMI}
    )
    assert answer.status_code == 403


def test_an_admin_role_is_never_ended_by_a_stand_in_or_for_oneself(people: People, session: Session) -> None:
    grant = directory.every_grant(session, people.users["agus"].id)[0]
    people.away("agus", "dewi")
    values: dict[str, Any] = {"now": START, "user_id": people.users["agus"].id, "grant_id": grant.id, "seen": ""}
    with pytest.raises(NotAllowed):
        granting.end_role(session, actor=people.actor("dewi"), last_day=None, **values)
    for last in (None, TODAY, TODAY + timedelta(days=30)):
        with pytest.raises(Invalid):
            granting.end_role(session, actor=people.actor("agus"), last_day=last, **values)


@pytest.mark.parametrize(("who", "role"), [("sari", Role.MODERATOR), ("rahman", Role.REVIEWER), ("agus", Role.ADMIN)])
def test_the_record_says_by_which_role_a_password_slip_was_withdrawn(
    people: People, session: Session, who: str, role: Role
) -> None:
    people.put(RoleGrant(user_id=people.users["sari"].id, role=Role.REVIEWER, area_code=LAIS, starts_on=TODAY))
    for slip in (password_slip(people, who, "budi"), invites(people, who)):
        invitations.withdraw(session, actor=people.actor(who), now=START, invitation_id=slip.id)
        session.rollback()
        entry = audit.history(session, "invitation", str(slip.id))[-1]
        assert (entry.verb, entry.role) == ("withdraw", role)


# ------------------------------------------------------------------ a whole district

DISTRICT = "/orang/undangan/kecamatan/"


@pytest.mark.database
@pytest.mark.parametrize("who", ["agus", "rahman"])
def test_one_slip_for_each_village_of_a_district_that_has_no_moderator(
    who: str, client: FlaskClient, people: People, session: Session
) -> None:
    invites(people, "agus", Role.MODERATOR, LUMPATAN)
    people.put(RoleGrant(user_id=people.users["wati"].id, role=Role.MODERATOR, area_code=WARD, starts_on=day(5)))
    session.rollback()
    enter(client, who)
    page = client.get(DISTRICT).text
    assert problems(page) == []
    answer = send(client, DISTRICT, on=DISTRICT, district=SEKAYU)
    assert answer.status_code == 303
    session.rollback()
    slips = session.scalars(sa.select(Invitation).where(Invitation.batch.is_not(None))).all()
    villages = set(session.scalars(sa.select(Area.code).where(Area.parent_code == SEKAYU)))
    assert {slip.area_code for slip in slips} == villages - {SUKARAMI, LUMPATAN, WARD}
    assert {slip.role for slip in slips} == {Role.MODERATOR}
    assert all(slip.name.startswith("Moderator KIM ") for slip in slips)
    sheet = client.get(answer.headers["Location"]).text
    assert sheet.count('class="qr"') == len(slips)
    again = send(client, DISTRICT, on=DISTRICT, district=SEKAYU)
    assert again.status_code == 422
    assert problems(again.text) == []
    assert "undangannya masih terbuka" in again.text


@pytest.mark.parametrize(("who", "statuses"), [("sari", (403, 403)), ("rina", (200, 403)), ("budi", (403, 403))])
def test_who_invites_no_foreign_district(
    who: str, statuses: tuple[int, int], client: FlaskClient, people: People, session: Session
) -> None:
    enter(client, who)
    page = client.get(DISTRICT)
    assert page.status_code == statuses[0]
    assert "Sekayu" not in page.text
    token = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/akun/").text)
    assert token
    assert client.post(DISTRICT, data={"csrf_token": token[1], "district": SEKAYU}).status_code == statuses[1]
    assert session.scalars(sa.select(Invitation)).all() == []
