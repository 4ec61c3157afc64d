"""The demonstration's people and groups: five personas, and those who hold the other desks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from kimweb.accounts.models import Absence, RoleGrant, User
from kimweb.accounts.queries import SILENT_AFTER_DAYS
from kimweb.areas.models import Agency
from kimweb.core.actor import REGENCY, Role
from kimweb.demo.texts import given_names, phrases
from kimweb.demo.world import DAYS, World
from kimweb.kims.models import Activity, ActivityKind, Kim, Stage

HOME = "16.06.01.2001"
"""Sukarami, Kec. Sekayu: where Budi and Sari live."""
KIMS = 110

STAGES = (
    (Stage.ACTIVE, 74),
    (Stage.REGISTERED, 12),
    (Stage.DECREED, 9),
    (Stage.ELECTED, 7),
    (Stage.DELIBERATED, 4),
    (Stage.SOCIALISED, 4),
)


@dataclass(frozen=True)
class Persona:
    """One of the five, as README and `kimweb demo` tell of them."""

    name: str
    told: str


PERSONAS = {
    "budi": Persona("Budi", "Anggota KIM Sukarami, Kec. Sekayu"),
    "sari": Persona("Sari", "Moderator KIM Sukarami, Kec. Sekayu"),
    "rahman": Persona("Rahman", "Peninjau Kecamatan Sekayu"),
    "dewi": Persona("Dewi", "Petugas Dinas PUPR"),
    "agus": Persona("Agus", "Admin Dinkominfo"),
}


class Cast:
    """Makes accounts, all with one password; a row each, no hash computed twice."""

    def __init__(self, world: World, password_hash: str) -> None:
        """`password_hash`: of the demonstration's password."""
        self.world = world
        self.password_hash = password_hash
        self.names = [name for name in given_names() if name.lower() not in PERSONAS]
        self.used = 0

    def person(
        self, username: str, name: str, role: Role, *, area: str | None = None, agency: Agency | None = None
    ) -> User:
        """An account with one role, held for longer than the demonstration tells of."""
        world, since = self.world, self.world.today - timedelta(days=DAYS + 30)
        user = User(
            username=username,
            name=name,
            password_hash=self.password_hash,
            active=True,
            created_at=world.at_hour(since),
            signed_in_at=world.now - timedelta(hours=world.random.randint(1, 60)),
        )
        world.session.add(user)
        world.session.flush()
        grant = RoleGrant(
            user_id=user.id, role=role, area_code=area, agency_id=agency.id if agency else None, starts_on=since
        )
        world.session.add(grant)
        return user

    def stranger(self, role: Role, *, area: str | None = None, agency: Agency | None = None) -> User:
        """Somebody whose name the dice choose."""
        name = self.names[self.used % len(self.names)]
        self.used += 1
        return self.person(f"{name.lower()}.{self.used:03d}", name, role, area=area, agency=agency)


def cast_people(world: World, password_hash: str, agency_codes: set[str]) -> None:
    """Fill every desk: admin, reviewers, agencies, and the KIMs' moderators and members."""
    cast = Cast(world, password_hash)
    world.admin = cast.person("agus", "Agus", Role.ADMIN, area=REGENCY)
    for district in world.districts:
        own = district.code == "16.06.01"
        world.reviewers[district.code] = (
            cast.person("rahman", "Rahman", Role.REVIEWER, area=district.code)
            if own
            else cast.stranger(Role.REVIEWER, area=district.code)
        )
    for code in sorted(agency_codes):
        agency = world.agencies[code]
        world.officers[code] = (
            cast.person("dewi", "Dewi", Role.AGENCY, agency=agency)
            if code == "PUPR"
            else cast.stranger(Role.AGENCY, agency=agency)
        )
    for kim, stage in zip(_kim_villages(world), _stages(), strict=True):
        _found_kim(world, cast, kim, stage)


def _kim_villages(world: World) -> list[str]:
    codes = [area.code for area in world.villages if area.code != HOME]
    world.random.shuffle(codes)
    return [HOME, *sorted(codes[: KIMS - 1])]


def _stages() -> list[Stage]:
    return [stage for stage, count in STAGES for _ in range(count)]


def _found_kim(world: World, cast: Cast, code: str, stage: Stage) -> None:
    since = world.today - timedelta(days=world.random.randint(20, 700))
    world.session.add(Kim(area_code=code, stage=stage, stage_since=since))
    if code == HOME:
        world.moderators[code] = cast.person("sari", "Sari", Role.MODERATOR, area=code)
        world.members[code] = [cast.person("budi", "Budi", Role.MEMBER, area=code)]
        log_activities(world, code, dormant=False)
        return
    if stage in (Stage.SOCIALISED, Stage.DELIBERATED):
        return
    world.moderators[code] = cast.stranger(Role.MODERATOR, area=code)
    world.members[code] = [cast.stranger(Role.MEMBER, area=code) for _ in range(world.random.randint(1, 3))]
    dice = world.random.random()
    if dice < 0.10:
        _fall_silent(world, code)
    elif dice < 0.16:
        _go_away(world, code)
    log_activities(world, code, dormant=dice < 0.10 or dice > 0.88)


def _fall_silent(world: World, code: str) -> None:
    """A moderator who has not signed in for weeks: the village counts as without one."""
    silent = world.random.randint(20, 90)
    world.moderators[code].signed_in_at = world.now - timedelta(days=silent)
    world.empty_since[code] = world.today - timedelta(days=silent - SILENT_AFTER_DAYS - 1)


def _go_away(world: World, code: str) -> None:
    """A moderator on leave; every second one has a stand-in."""
    begins = world.today - timedelta(days=world.random.randint(1, 6))
    stand_in = world.members[code][0] if world.random.random() < 0.5 else None
    absence = Absence(
        user_id=world.moderators[code].id,
        stand_in_id=stand_in.id if stand_in else None,
        starts_on=begins,
        ends_on=begins + timedelta(days=world.random.randint(8, 15)),
    )
    world.session.add(absence)
    if stand_in is None:
        world.empty_since[code] = begins


def log_activities(world: World, code: str, *, dormant: bool) -> None:
    """What a KIM did in half a year; a dormant one nothing for more than 60 days."""
    notes = phrases()["activities"]
    newest = 65 if dormant else 0
    for _ in range(world.random.randint(4, 9) if dormant else world.random.randint(8, 18)):
        kind = world.random.choice(list(ActivityKind))
        day: date = world.today - timedelta(days=world.random.randint(newest, DAYS))
        activity = Activity(
            area_code=code,
            kind=kind,
            day=day,
            note=world.random.choice(notes[kind]),
            attendance=world.random.randint(6, 70),
            logged_by=world.moderators[code].id,
        )
        world.session.add(activity)
