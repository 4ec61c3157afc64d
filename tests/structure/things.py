"""What addresses name: some of each kind, who sees each, and who may change it, as the policies say.

`tests/structure/test_matrix.py` asks every route for every one of these as everybody. A new feature adds one function
to KINDS; most need one call of `flow`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

import sqlalchemy as sa
from PIL import Image

from kimweb.accounts import directory, password_links
from kimweb.accounts import policy as account_policy
from kimweb.accounts.mail_address import token_of
from kimweb.accounts.models import EmailAddress, Invitation, RoleGrant, User
from kimweb.announcements import models as announcement_models
from kimweb.announcements import policy as announcement_policy
from kimweb.areas.models import Agency, ElectionPeriod
from kimweb.aspirations import models as aspiration_models
from kimweb.aspirations import policy as aspiration_policy
from kimweb.clarifications import models as claim_models
from kimweb.clarifications import policy as claim_policy
from kimweb.core.actor import REGENCY, Actor, Role
from kimweb.core.calendar import Holiday
from kimweb.core.codes import slip_code, slip_hash
from kimweb.core.permissions import Permission
from kimweb.news import models as news_models
from kimweb.news import policy as news_policy
from tests.conftest import SECRET_KEY
from tests.support.clock import START
from tests.support.people import ELSEWHERE, LUMPATAN, SEKAYU, SUKARAMI, People, day
from tests.support.pictures import saved, with_photo

NOWHERE = 999_999
"""An id that no row has."""
Sees = Callable[[Actor], bool]
May = Callable[[Actor, Permission], bool]


def everybody(_actor: Actor) -> bool:
    """Seen by all."""
    return True


def nobody(_actor: Actor) -> bool:
    """Not there."""
    return False


@dataclass(frozen=True)
class Thing:
    """One thing that addresses name.

    `at`: the address up to its first argument, or a whole rule that shows less than the others. `may`: who may do what
    that changes it, else all who see it. `mark`: a word that stands on pages only where the thing is seen. `instead`:
    what an endpoint says instead of 404.
    """

    name: str
    at: str
    arguments: Mapping[str, Any]
    sees: Sees = everybody
    may: May | None = None
    mark: str = ""
    instead: Mapping[str, int] = field(default_factory=dict)


_numbers = count(100)


def mark() -> str:
    """A word that stands nowhere else."""
    return f"zx{next(_numbers)}q"


def flow(
    at: str, argument: str, rows: Mapping[str, Any], policy: Any, *, key: str = "id", missing: Any = NOWHERE
) -> Iterator[Thing]:
    """Rows of a flow by what they are, whose title is their mark; and one that does not exist. `policy`: has `can_see`
    and `authority`."""
    for name, row in rows.items():
        yield Thing(name, at, {argument: getattr(row, key)}, _seen(policy, row), _allowed(policy, row), row.title)
    yield Thing("one that is not there", at, {argument: missing}, nobody)


def _seen(policy: Any, row: Any) -> Sees:
    return lambda actor: bool(policy.can_see(actor, row))


def _allowed(policy: Any, row: Any) -> May:
    return lambda actor, permission: policy.authority(actor, permission, row) is not None


# ------------------------------------------------------------------ the kinds


def news(people: People) -> Iterator[Thing]:
    """A piece in each state, one of another district, and one of a village without a moderator."""
    state = news_models.State
    rows = {f"news, {each}": people.news(each, title=mark()) for each in state}
    siti = people.users["siti"].id
    rows["news, of another district"] = people.news(state.SUBMITTED, title=mark(), area_code=ELSEWHERE, author_id=siti)
    rows["news, of a village without moderator"] = people.news(state.SUBMITTED, title=mark(), area_code=LUMPATAN)
    people.put(*rows.values())
    yield from flow("/berita/", "news_id", rows, news_policy)
    for name, row in rows.items():
        published = everybody if news_policy.is_public(row) else nobody
        for rule in ("/berita/<id:news_id>/lapor/", "/berita/<id:news_id>/laporan"):
            yield Thing(f"{name}, to report", rule, {"news_id": row.id}, published)
    pictured = {name: (rows[name], rows[name].id) for name in ("news, draft", "news, submitted", "news, published")}
    yield from _photos(people, "/berita/", "news_id", pictured, news_policy)


def aspirations(people: People) -> Iterator[Thing]:
    """One in each state, secret ones, those about an office, one that violates the rules, one of another district."""
    state, desk = aspiration_models.State, aspiration_models.Desk
    about_district = {"about_district": True, "desk": desk.REGENCY, "village_bypassed": True, "confirmed_at": None}
    kinds: dict[str, tuple[aspiration_models.State, dict[str, Any]]] = {f"{each}": (each, {}) for each in state}
    kinds |= {
        "secret, received": (state.RECEIVED, {"hide_text": True}),
        "secret, assigned": (state.ASSIGNED, {"hide_text": True, "village_bypassed": True}),
        "about the village": (state.FORWARDED, {"about_village": True, "village_bypassed": True}),
        "about the district": (state.FORWARDED, about_district),
        "a violation": (state.REJECTED, {"reject_reason": aspiration_models.RejectReason.VIOLATES}),
        "of another district": (state.RECEIVED, {"village_code": ELSEWHERE}),
    }
    rows = {
        f"aspiration, {name}": people.aspiration(at, title=mark(), **values) for name, (at, values) in kinds.items()
    }
    people.put(*rows.values())
    yield from flow("/aspirasi/", "code", rows, aspiration_policy, key="code", missing="999-999")
    sent = ("aspiration, secret, received", "aspiration, diteruskan", "aspiration, about the village")
    pictured = {name: (rows[name], rows[name].code) for name in sent}
    yield from _photos(people, "/aspirasi/", "code", pictured, aspiration_policy)


def announcements(people: People) -> Iterator[Thing]:
    """Of regency, district and agency; drafts, standing, coming and withdrawn ones."""
    state = announcement_models.State
    agus, rahman, dewi = (people.users[name].id for name in ("agus", "rahman", "dewi"))
    dinas = {"agency_id": people.agencies["PUPR"], "author_id": dewi}
    district = {"area_code": SEKAYU, "author_id": rahman}
    kinds: dict[str, dict[str, Any]] = {
        "the regency's draft": {"author_id": agus},
        "the regency's": {"author_id": agus, "state": state.PUBLISHED},
        "the regency's, coming": {"author_id": agus, "state": state.PUBLISHED, "starts_on": day(3)},
        "the regency's, withdrawn": {"author_id": agus, "state": state.WITHDRAWN},
        "a district's draft": district,
        "a district's, withdrawn": district | {"state": state.WITHDRAWN},
        "an agency's draft": dinas,
        "an agency's, withdrawn": dinas | {"state": state.WITHDRAWN},
    }
    rows = {f"announcement, {name}": _announcement(**values) for name, values in kinds.items()}
    people.put(*rows.values())
    yield from flow("/pengumuman/", "announcement_id", rows, announcement_policy)
    chosen = ("announcement, the regency's draft", "announcement, the regency's", "announcement, an agency's draft")
    pictured = {name: (rows[name], rows[name].id) for name in chosen}
    yield from _photos(people, "/pengumuman/", "announcement_id", pictured, announcement_policy)
    for row in rows.values():
        people.session.refresh(row)
        people.session.refresh(row, ["audience"])


def clarifications(people: People) -> Iterator[Thing]:
    """A claim in each state, one of another district, one of no village; a rebuttal that waits and one that does not
    stand on its page; photos that are shown and that are not."""
    state = claim_models.State
    rows = {f"claim, {each}": people.claim(each, claim=mark(), title=mark()) for each in state}
    rows["claim, of another district"] = people.claim(claim=mark(), title=mark(), village_code=ELSEWHERE)
    rows["claim, of no village"] = people.claim(state.EXAMINED, claim=mark(), title=mark(), village_code=None)
    people.put(*rows.values())
    for name, row in rows.items():
        seen, allowed = _seen(claim_policy, row), _allowed(claim_policy, row)
        yield Thing(name, "/cek-fakta/", {"clarification_id": row.id}, seen, allowed, row.title)
        public = everybody if claim_policy.is_public(row) else nobody
        for rule in ("bantah/", "bantahan"):
            at = f"/cek-fakta/<id:clarification_id>/{rule}"
            yield Thing(f"{name}, to contradict", at, {"clarification_id": row.id}, public)
    yield Thing("no claim", "/cek-fakta/", {"clarification_id": NOWHERE}, nobody)
    for rule in ("bantah/", "bantahan"):
        yield Thing("no claim", f"/cek-fakta/<id:clarification_id>/{rule}", {"clarification_id": NOWHERE}, nobody)
    standing = rows["claim, terbit"]
    rebuttal = claim_models.Rebuttal(clarification_id=standing.id, at=START, text=mark(), network="x", reply="")
    people.put(rebuttal)
    seen, allowed = _seen(claim_policy, standing), _allowed(claim_policy, standing)
    about = {"clarification_id": standing.id, "rebuttal_id": rebuttal.id}
    yield Thing("rebuttal", "/cek-fakta/", about, seen, allowed)

    def reads(actor: Actor) -> bool:
        return claim_policy.desk_role(actor, standing) is not None

    yield Thing("words of a rebuttal", "/nowhere/", {}, reads, mark=rebuttal.text)
    yield Thing("no rebuttal", "/cek-fakta/", {**about, "rebuttal_id": NOWHERE}, nobody)
    pictured = {name: (rows[name], rows[name].id) for name in ("claim, masuk", "claim, terbit", "claim, of no village")}
    yield from _photos(people, "/cek-fakta/", "clarification_id", pictured, claim_policy)
    for row in rows.values():
        people.session.refresh(row)
        people.session.refresh(row, ["abstentions"])


def _announcement(**values: Any) -> announcement_models.Announcement:
    fields: dict[str, Any] = {"area_code": REGENCY, "state": announcement_models.State.DRAFT, "starts_on": day(0)}
    fields |= {"body": "Isi.", "urgency": announcement_models.Urgency.NORMAL, "ends_on": day(7), "version": 1}
    fields |= {"created_at": START, "updated_at": START, "title": mark()}
    row = announcement_models.Announcement(**(fields | values))
    row.audience = [announcement_models.AnnouncementArea(area_code=SEKAYU)]
    return row


def _photos(
    people: People, at: str, argument: str, rows: Mapping[str, tuple[Any, Any]], policy: Any
) -> Iterator[Thing]:
    """A photo on each row: its file for whoever sees it, its covering for the row's desk, and never under another."""
    links = []
    for name, (row, key) in rows.items():
        sent = saved(Image.new("RGB", (next(_numbers), 16)), "PNG")
        link = int(with_photo(people.session, f"{at}{key}/", sent).rstrip("/").rpartition("/")[2])
        links.append(link)
        sees, may = _seen(policy, row), _allowed(policy, row)
        yield Thing(f"photo of {name}", at, {argument: key, "photo_id": link}, sees, may)
        yield from _files(people, f"photo of {name}", link, row, sees)
    for (name, (_row, key)), other in zip(rows.items(), [*links[1:], NOWHERE], strict=True):
        yield Thing(f"photo of something else than {name}", at, {argument: key, "photo_id": other}, nobody)


_FORM = '<string(length=64):picture>-<any("240", "480"):size>.<any("webp", "jpg"):kind>'
_GRID = "/foto/<string(length=64):picture>-kisi.jpg"


def _files(people: People, name: str, link_id: int, row: Any, sees: Sees) -> Iterator[Thing]:
    if isinstance(row, aspiration_models.Aspiration):
        link: Any = people.session.get_one(aspiration_models.AspirationPhoto, link_id)
        whole = _photo_seen(row, link, aspiration_policy)
    elif isinstance(row, claim_models.Clarification):
        link = people.session.get_one(claim_models.ClarificationPhoto, link_id)
        whole = _photo_seen(row, link, claim_policy)
    else:
        kind = news_models.NewsPhoto if isinstance(row, news_models.News) else announcement_models.AnnouncementPhoto
        link, whole = people.session.get_one(kind, link_id), sees
    for at in ("/foto/", "/aspirasi/foto/", "/cek-fakta/foto/"):
        yield Thing(name, at, {"picture": link.hash}, whole)
        yield Thing(name, at, {"picture": link.hash, "size": "240", "kind": "webp"}, whole)
    yield Thing(f"{name}, under its grid", _GRID, {"picture": link.hash}, lambda who: who.signed_in and whole(who))


def _photo_seen(row: Any, link: Any, policy: Any) -> Sees:
    return lambda actor: policy.can_see(actor, row) and policy.can_see_photo(actor, row, link)


def no_photo(_people: People) -> Iterator[Thing]:
    """A picture that nobody sent."""
    for at in ("/foto/", "/aspirasi/foto/", "/cek-fakta/foto/"):
        yield Thing("no photo", at, {"picture": "0" * 64}, nobody)
        yield Thing("no photo", at, {"picture": "0" * 64, "size": "240", "kind": "webp"}, nobody)
    yield Thing("no photo, under its grid", _GRID, {"picture": "0" * 64}, nobody)


def people_and_roles(people: People) -> Iterator[Thing]:
    """Every account, with its first role; Wati holds one more, which only the admin gives."""
    wati = people.users["wati"].id
    more = {"role": Role.AGENCY, "agency_id": people.agencies["DINKES"], "starts_on": day(-1)}
    people.put(RoleGrant(user_id=wati, **more))
    other = directory.every_grant(people.session, people.users["siti"].id)[0].id
    for name, user in people.users.items():
        grants = directory.every_grant(people.session, user.id)
        sees, about = _person_seen(grants), {"user_id": user.id}
        yield Thing(f"account of {name}", "/orang/", about, sees, _above(people, name))
        # (whether a role may be given depends on the role: tests/accounts/test_people.py)
        yield Thing(f"account of {name}, to give it a role", "/orang/<id:user_id>/peran", about, sees)
        if grants and name != "siti":
            first, wrong = {**about, "grant_id": grants[-1].id}, {**about, "grant_id": other}
            yield Thing(f"role of {name}", "/orang/", first, sees, _ends(grants[-1]))
            yield Thing(f"role of another under {name}", "/orang/", wrong, nobody)
    for at in ("/orang/", "/orang/<id:user_id>/peran"):
        yield Thing("nobody's account", at, {"user_id": NOWHERE}, nobody)


def _person_seen(grants: Iterable[RoleGrant]) -> Sees:
    return lambda actor: account_policy.can_see_person(actor, grants)


def _above(people: People, name: str) -> May:
    user = people.users[name]

    def may(actor: Actor, _permission: Permission) -> bool:
        held = directory.holdings_of(people.session, user, START)
        return user.id == actor.user_id or account_policy.is_above(actor, held)

    return may


def _ends(grant: RoleGrant) -> May:
    return lambda actor, _permission: account_policy.can_end(actor, grant)


def slips(people: People) -> Iterator[Thing]:
    """Invitations that are open, used and withdrawn, of each level; and a slip for a password."""
    kinds: dict[str, dict[str, Any]] = {
        "for a member": {"role": Role.MEMBER, "area_code": SUKARAMI},
        "for a moderator": {"role": Role.MODERATOR, "area_code": SUKARAMI},
        "for a reviewer": {"role": Role.REVIEWER, "area_code": SEKAYU},
        "elsewhere": {"role": Role.MEMBER, "area_code": ELSEWHERE},
        "for a password": {"user_id": people.users["budi"].id, "invited_by": people.users["sari"].id},
        "that was used": {"role": Role.MEMBER, "area_code": SUKARAMI, "used_at": START},
        "that was withdrawn": {"role": Role.MEMBER, "area_code": SUKARAMI, "withdrawn_at": START},
        "that is too old": {"role": Role.MEMBER, "area_code": SUKARAMI, "expires_at": START},
    }
    rows = {f"slip {name}": _slip(people, number, **values) for number, (name, values) in enumerate(kinds.items())}
    people.put(*rows.values())
    refused = {"invited.accept": 422}
    for name, row in rows.items():
        sees = _slip_seen(row)
        yield Thing(name, "/orang/undangan/", {"invitation_id": row.id}, sees, mark=row.name)
        if row.batch:
            yield Thing(f"sheet with a {name}", "/orang/undangan/lembar/", {"batch": row.batch}, sees)
        code, works = {"code": slip_code(SECRET_KEY, row.nonce)}, row.is_open(START)
        reads, shown = (everybody, row.name) if works else (nobody, "")
        yield Thing(f"code of a {name}", "/undangan/", code, reads, None, shown, refused)
    yield Thing("no slip", "/orang/undangan/", {"invitation_id": NOWHERE}, nobody)
    yield Thing("no sheet", "/orang/undangan/lembar/", {"batch": "f" * 12}, nobody)
    yield Thing("no code", "/undangan/", {"code": "222-222-2222"}, nobody, None, "", refused)


def _slip(people: People, number: int, **values: Any) -> Invitation:
    nonce = f"{number:032x}"
    row = Invitation(nonce=nonce, code_hash=slip_hash(SECRET_KEY, slip_code(SECRET_KEY, nonce)), name=mark())
    row.batch, row.created_at = None if "user_id" in values else f"{number:012x}", START
    row.expires_at = START + timedelta(days=7)
    row.invited_by = people.users["agus"].id
    for name, value in values.items():
        setattr(row, name, value)
    return row


def _slip_seen(row: Invitation) -> Sees:
    return lambda actor: account_policy.can_see_invitation(actor, row)


def mailed(people: People) -> Iterator[Thing]:
    """Mailed links: to a new password, for whoever has the mail; to confirm an address, for whoever asked."""
    rahman = people.users["rahman"]
    asked = EmailAddress(user_id=rahman.id, address="rahman@example.go.id", nonce="a", asked_at=START)
    # somebody who does not walk, for whoever does forgets the own address
    mega = people.put(User(username="mega", name="Mega", password_hash="", created_at=START))
    address = EmailAddress(user_id=mega.id, address="mega@example.go.id", nonce="b", asked_at=START, confirmed_at=START)
    people.put(asked, address, RoleGrant(user_id=mega.id, role=Role.REVIEWER, area_code=SEKAYU, starts_on=day(-1)))
    link = password_links.make(people.session, username="mega", now=START)
    assert link
    own, refused = token_of(SECRET_KEY, asked), {"mail.set_password": 422}
    rahman_id = rahman.id
    yield Thing("link to a new password", "/masuk/lupa/", {"token": link.token})
    yield Thing("no link", "/masuk/lupa/", {"token": "x" * 43}, nobody, instead=refused)
    yield Thing("link to an address", "/akun/email/tautan/", {"token": own}, lambda actor: actor.user_id == rahman_id)
    yield Thing("no link to an address", "/akun/email/tautan/", {"token": "x" * 40}, nobody)


def places(_people: People) -> Iterator[Thing]:
    """Villages and districts: everybody's."""
    yield Thing("a village", "/desa/", {"code": SUKARAMI})
    yield Thing("a district", "/kecamatan/", {"code": SEKAYU})
    yield Thing("no village", "/desa/", {"code": "16.06.99.2001"}, nobody)
    yield Thing("no district", "/kecamatan/", {"code": "16.06.99"}, nobody)


def reference(people: People) -> Iterator[Thing]:
    """Agencies, categories, off days, masa pemilihan: whoever gets in edits all of them."""
    period = ElectionPeriod(area_code=ELSEWHERE, name="Pilkades", starts_on=day(1), ends_on=day(9))
    people.put(period)
    agency = people.session.scalars(sa.select(Agency.id).order_by(Agency.id).limit(1)).one()
    holiday = people.session.scalars(sa.select(Holiday.day).order_by(Holiday.day.desc()).limit(1)).one()
    for at, name, there, missing in (
        ("/atur/instansi/", "agency_id", agency, NOWHERE),
        ("/atur/bidang/", "code", "jalan", "tidak-ada"),
        ("/atur/libur/", "day", holiday.isoformat(), "2020-02-30"),
        ("/atur/libur/", "day", holiday.isoformat(), "2020-02-20"),
        ("/atur/pemilihan/", "election_id", period.id, NOWHERE),
    ):
        yield Thing(f"{name} {there}", at, {name: there})
        yield Thing(f"{name} that is not there", at, {name: missing}, nobody)


def files(_people: People) -> Iterator[Thing]:
    """Our own files."""
    yield Thing("a file", "/static/", {"filename": "css/base.css"})
    yield Thing("no file", "/static/", {"filename": "../wsgi.py"}, nobody)


KINDS: tuple[Callable[[People], Iterator[Thing]], ...] = (
    news,
    aspirations,
    announcements,
    clarifications,
    no_photo,
    people_and_roles,
    slips,
    mailed,
    places,
    reference,
    files,
)


def things(people: People) -> list[Thing]:
    """Put all of them down; what policies are asked about is read once and loads nothing later."""
    found: list[Thing] = []
    for kind in KINDS:
        found += kind(people)
        for row in list(people.session):
            if sa.inspect(row).expired:
                people.session.refresh(row)
        people.session.expunge_all()
    people.session.rollback()
    return found
