"""Invitations and slips for a new password: giving, withdrawing and using them; each verb is one transaction."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from kimweb.accounts import actions, directory, granting, policy, queries, slips
from kimweb.accounts.csvfile import NAME_MAX, Row
from kimweb.accounts.models import Invitation, User
from kimweb.accounts.passwords import Passwords
from kimweb.accounts.record import record_slip
from kimweb.accounts.seats import Places
from kimweb.areas.models import Agency, Area
from kimweb.core import throttle
from kimweb.core.actor import Actor, Holding, Role
from kimweb.core.codes import slip_code, slip_hash
from kimweb.core.db import lock, writing
from kimweb.core.errors import Invalid, InvalidTransition, NotAllowed
from kimweb.core.i18n import N_, Sentence

LIFE = timedelta(days=7)
"""How long a slip works (issue 3)."""
FAULTS_TOLD = 100
"""How many wrong lines of a file are told at once."""
WRONG_LIMIT, WRONG_MINUTES = 100, 15
"""Wrong codes that one network may type: a whole village may sit behind it, and guessing 30**10 codes is hopeless."""
REFUSED = N_(
    "Kode ini tidak bisa dipakai: salah ketik, sudah dipakai, ditarik, atau lewat 7 hari. "
    "Periksa hurufnya, atau minta slip baru kepada yang memberi."
)


def _new_slip(server_key: str, name: str, *, by: int, now: datetime) -> Invitation:
    nonce = secrets.token_hex(16)
    return Invitation(
        nonce=nonce,
        code_hash=slip_hash(server_key, slip_code(server_key, nonce)),
        name=name,
        invited_by=by,
        created_at=now,
        expires_at=now + LIFE,
    )


def _filled(slip: Invitation, held: Holding) -> Invitation:
    slip.role, slip.area_code, slip.agency_id = held.role, held.area_code, held.agency_id
    return slip


def invite(
    session: Session, *, actor: Actor, now: datetime, server_key: str, name: str, role: Role, place: Area | Agency
) -> Invitation:
    """Invite a new person to a role on a place. Raises NotAllowed, and Invalid where nobody can hold that role."""
    held = policy.holding_on(role, place)
    if held is None:
        raise Invalid("Tempatnya tidak cocok.", {"place": N_("Peran ini tidak ada di tempat itu. Pilih yang lain.")})
    with writing(session):
        by = granting.authority_for(session, actor, held)
        slip = _filled(_new_slip(server_key, name, by=actor.user_id or 0, now=now), held)
        session.add(slip)
        session.flush()
        record_slip(session, slip, "invite", role=by, actor_id=actor.user_id, now=now)
    return slip


def seats_of(
    session: Session, *, actor: Actor, rows: Sequence[Row], faults: Mapping[int, str]
) -> list[tuple[Row, Holding]]:
    """What each line gives, on which place. `faults`: what else is wrong with the file, by line.

    Raises Invalid, whose fields name the lines that are wrong (at most a hundred, and how many more there are).
    """
    places, seats, wrong = Places(directory.places_by_code(session)), [], dict(faults)
    for row in rows:
        found = places.find(row.role, row.code)
        held = policy.holding_on(row.role, found[0]) if len(found) == 1 else None
        if held is None or directory.may_give(session, actor, held) is None:
            wrong[row.line] = _fault(row, len(found), held)
        else:
            seats.append((row, held))
    if wrong:
        told = {str(line): wrong[line] for line in sorted(wrong)[:FAULTS_TOLD]}
        if len(wrong) > FAULTS_TOLD:
            told["more"] = Sentence(N_("Dan %(count)d baris lain."), count=len(wrong) - FAULTS_TOLD)
        raise Invalid("Belum ada yang diundang.", told)
    return seats


def invite_all(
    session: Session, *, actor: Actor, now: datetime, server_key: str, seats: Sequence[tuple[Row, Holding]]
) -> str:
    """Invite everybody for whom `seats_of` found a place; returns the batch under which the slips are printed."""
    with writing(session):
        batch, slips = secrets.token_hex(6), []
        for row, held in seats:
            slips.append(_filled(_new_slip(server_key, row.name, by=actor.user_id or 0, now=now), held))
            slips[-1].batch = batch
        session.add_all(slips)
        session.flush()
        for slip in slips:
            by = policy.gives(actor, Holding(slip.role or Role.MEMBER, slip.area_code, slip.agency_id)) or Role.SYSTEM
            record_slip(session, slip, "invite", role=by, actor_id=actor.user_id, now=now)
    return batch


def invite_district(session: Session, *, actor: Actor, now: datetime, server_key: str, district: str) -> str:
    """A slip for a moderator of each village and ward of a district that has none and no open slip for one; returns the
    batch. The name on it is a placeholder: whoever uses the slip is known by the username. Raises NotAllowed for a
    district that is not the actor's, and Invalid where nobody is missing."""
    with writing(session):
        lock(session, f"invite:{district}")  # two taps at once make one sheet
        if district not in {area.code for area in directory.districts_to_invite(session, actor)}:
            raise NotAllowed("Kecamatan ini di luar wewenang Anda.")
        villages = directory.villages_to_invite(session, district, now)
        if not villages:
            sentence = N_("Semua desa di kecamatan ini sudah punya moderator, atau undangannya masih terbuka.")
            raise Invalid("Tidak ada yang diundang.", {"district": sentence})
        rows = [
            Row(line, f"Moderator KIM {village.name}"[:NAME_MAX], Role.MODERATOR, village.code)
            for line, village in enumerate(villages, 1)
        ]
        seats = seats_of(session, actor=actor, rows=rows, faults={})
        return invite_all(session, actor=actor, now=now, server_key=server_key, seats=seats)


def _fault(row: Row, found: int, held: Holding | None) -> str:
    if found > 1:
        return Sentence(N_("Baris %(line)d: ada beberapa “%(code)s”. Tulis kodenya."), line=row.line, code=row.code)
    if not found:
        return Sentence(N_("Baris %(line)d: kode “%(code)s” tidak dikenal."), line=row.line, code=row.code)
    if held is None:
        return Sentence(N_("Baris %(line)d: peran itu tidak ada di “%(code)s”."), line=row.line, code=row.code)
    return Sentence(N_("Baris %(line)d: Anda tidak memberi peran itu di “%(code)s”."), line=row.line, code=row.code)


def issue_password_slip(session: Session, *, actor: Actor, now: datetime, server_key: str, user_id: int) -> Invitation:
    """A slip with which somebody under the actor sets a new password; older ones of theirs end.

    Only for who holds nothing that the actor could not give, and never for oneself. Raises NotFound and NotAllowed.
    """
    with writing(session):
        user = directory.person(session, actor, user_id, lock=True)
        if user.id == actor.user_id:
            raise NotAllowed("Kata sandi sendiri diganti di halaman Akun.")
        if not user.active:
            raise NotAllowed("Akun ini tidak aktif.")
        by = granting.authority_over(session, actor, user, now)
        for old in queries.open_slips_of(session, user.id):
            old.withdrawn_at = now
        slip = _new_slip(server_key, user.name, by=actor.user_id or 0, now=now)
        slip.user_id = user.id
        session.add(slip)
        session.flush()
        record_slip(session, slip, "reset", role=by, actor_id=actor.user_id, now=now)
    return slip


def withdraw(session: Session, *, actor: Actor, now: datetime, invitation_id: int) -> Invitation:
    """End an unused slip. Raises NotFound, and InvalidTransition when it was used or ended already."""
    with writing(session):
        slip = slips.invitation(session, actor, invitation_id, lock=True)
        if slip.used_at is not None or slip.withdrawn_at is not None:
            raise InvalidTransition("the slip is used or withdrawn")
        slip.withdrawn_at = now
        by = _withdraws_by(session, actor, slip, now)
        record_slip(session, slip, "withdraw", role=by, actor_id=actor.user_id, now=now)
    return slip


def _withdraws_by(session: Session, actor: Actor, slip: Invitation, now: datetime) -> Role:
    """By which role: the one that gives what the slip gives, or is above the account whose password it is for. Whoever
    gave a slip ends it still when that is over, by the widest role they have."""
    owner = session.get(User, slip.user_id) if slip.user_id is not None else None
    given = policy.held(slip)
    wanted = directory.holdings_of(session, owner, now) if owner is not None else {given} if given else set()
    found = [by for held in wanted if (by := policy.gives(actor, held)) is not None]
    return min(found, key=policy.ROLE_ORDER.index, default=policy.listing_role(actor) or Role.SYSTEM)


# ------------------------------------------------------------------ using a slip


def check_code(session: Session, *, server_key: str, typed: str, network: str, now: datetime) -> Invitation:
    """The slip behind a typed code. Raises Invalid, the same sentence whatever is wrong with it, and TooMany after 100
    wrong ones from this network in 15 minutes."""
    limits = {"limit": WRONG_LIMIT, "minutes": WRONG_MINUTES}
    attempt = throttle.take(session, f"slip:{network}", now=now, **limits)
    slip = slips.usable_slip(session, server_key=server_key, typed=typed, now=now)
    if slip is None:
        raise Invalid(REFUSED, {"code": REFUSED})
    with writing(session):
        throttle.give_back(session, attempt)
    return slip


def accept(
    session: Session,
    *,
    server_key: str,
    typed: str,
    username: str,
    password: str,
    passwords: Passwords,
    network: str,
    device: str,
    now: datetime,
) -> str:
    """Use an invitation: account, role and session at once; returns the session's token. Of two at the same moment one
    wins. Raises Invalid and TooMany."""
    check_code(session, server_key=server_key, typed=typed, network=network, now=now)
    actions.check_password(password, username)
    fresh = passwords.hash(password)
    with writing(session):
        slip = slips.usable_slip(session, server_key=server_key, typed=typed, now=now, lock=True)
        held = policy.held(slip) if slip is not None else None
        if slip is None or held is None:
            raise Invalid(REFUSED, {"code": REFUSED})
        giver = slip.invited_by
        user = actions.create_user(session, username=username, name=slip.name, password_hash=fresh, now=now, by=giver)
        actions.grant_role(
            session, user=user, role=held.role, area_code=held.area_code, agency_id=held.agency_id, now=now, by=giver
        )
        slip.used_at, slip.used_by = now, user.id
        record_slip(session, slip, "accept", role=held.role, actor_id=user.id, now=now)
        return actions.begin_session(session, user=user, device=device, now=now)


def set_password(
    session: Session, *, server_key: str, typed: str, password: str, passwords: Passwords, network: str, now: datetime
) -> None:
    """Use a slip for a new password: sets just that, and ends every session of the account. Raises Invalid and
    TooMany."""
    found = check_code(session, server_key=server_key, typed=typed, network=network, now=now)
    owner = session.get(User, found.user_id or 0)
    actions.check_password(password, owner.username if owner else "")
    fresh = passwords.hash(password)
    with writing(session):
        slip = slips.usable_slip(session, server_key=server_key, typed=typed, now=now, lock=True)
        user = queries.user_for_update(session, slip.user_id or 0) if slip is not None else None
        if slip is None or user is None:
            raise Invalid(REFUSED, {"code": REFUSED})
        slip.used_at, slip.used_by = now, user.id
        actions.set_hash(session, user=user, fresh=fresh, now=now)
        record_slip(session, slip, "accept", role=Role.SYSTEM, actor_id=user.id, now=now)
