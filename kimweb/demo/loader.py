"""Loads the demonstration: six months of life in 242 villages and wards, deterministic, dated relative to today."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable
from datetime import datetime
from random import Random

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from kimweb.accounts.models import User
from kimweb.accounts.passwords import Passwords
from kimweb.areas.models import Agency, Area, AreaKind
from kimweb.aspirations import actions as aspiration_actions
from kimweb.aspirations import policy as aspiration_policy
from kimweb.aspirations.models import Aspiration, State
from kimweb.core.actor import REGENCY
from kimweb.core.calendar import load_calendar
from kimweb.core.db import writing
from kimweb.core.errors import Invalid
from kimweb.core.throttle import Attempt
from kimweb.demo.announcement_life import plan_announcements
from kimweb.demo.aspiration_life import plan_aspirations
from kimweb.demo.clarification_life import plan_clarifications
from kimweb.demo.news_life import plan_news
from kimweb.demo.people import PERSONAS, cast_people
from kimweb.demo.texts import entries
from kimweb.demo.world import World

__all__ = ["PERSONAS", "load", "new_password"]

SEED = 1606


def load(session: Session, *, passwords: Passwords, now: datetime, progress: Callable[[str], None]) -> str:
    """Load it all in one transaction; returns the accounts' password. Raises Invalid where there is content already."""
    password = _password()
    password_hash = passwords.hash(password)
    with writing(session):
        if session.scalar(sa.select(sa.exists().select_from(User))):
            raise Invalid("Demonstrasi hanya untuk basis data kosong; di sini sudah ada akun. Tidak ada yang diubah.")
        world = _world(session, now)
        named = {text["agency"] for name in ("aspirations", "announcements") for text in entries(name)}
        cast_people(world, password_hash, {code for code in named if code in world.agencies})
        progress("Orang dan KIM siap.")
        regency = session.scalars(sa.select(Area).where(Area.code == REGENCY).options(joinedload(Area.parent))).one()
        plan_announcements(world, regency)
        plan_news(world)
        plan_aspirations(world)
        plan_clarifications(world)
        world.run(lambda count: progress(f"{count} peristiwa."))
        _merge_some(world)
        session.execute(sa.delete(Attempt))
    return password


def _world(session: Session, now: datetime) -> World:
    areas = session.scalars(sa.select(Area).options(joinedload(Area.parent)).order_by(Area.code)).all()
    agencies = {agency.code: agency for agency in session.scalars(sa.select(Agency).order_by(Agency.code))}
    if not areas:
        raise Invalid("Wilayah belum dimuat. Jalankan dulu: kimweb init")
    return World(
        session=session,
        random=Random(SEED),  # nosec B311 # the same demonstration each time: it keeps no secret
        now=now,
        calendar=load_calendar(session),
        villages=[area for area in areas if area.kind in (AreaKind.VILLAGE, AreaKind.WARD)],
        districts=[area for area in areas if area.kind is AreaKind.DISTRICT],
        agencies=agencies,
    )


def _merge_some(world: World) -> None:
    """A district merges a few of the same village that lie on its desk into ones that everybody reads."""
    rows = world.session.scalars(sa.select(Aspiration).order_by(Aspiration.id)).all()
    merged = 0
    for row in rows:
        others = [
            other
            for other in rows
            if other.village_code == row.village_code and other.id < row.id and aspiration_policy.is_public(other)
        ]
        fits = row.state is State.FORWARDED and not row.about_district and others
        if fits and merged < 6 and others[0].state not in (State.MERGED, State.REJECTED):
            step = world.step(world.reviewer(row.village_code, world.now), world.now)
            aspiration_actions.merge_aspiration(world.session, step, code=row.code, target=others[0].code)
            merged += 1


def new_password(session: Session, *, passwords: Passwords, now: datetime) -> str:
    """Set the demonstration's password anew on all its accounts (those that share the personas' password)."""
    password = _password()
    password_hash = passwords.hash(password)
    with writing(session):
        shared = session.scalar(sa.select(User.password_hash).where(User.username == "agus"))
        if shared is None:
            raise Invalid("Di sini tidak ada demonstrasi. Jalankan: kimweb demo")
        session.execute(sa.update(User).where(User.password_hash == shared).values(password_hash=password_hash))
    return password


def _password() -> str:
    return os.environ.get("KIMWEB_DEMO_PASSWORD") or secrets.token_urlsafe(9)
