"""Two people release a clarification and each correction; who proposed never does, and at the same moment once."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.accounts.models import RoleGrant, User
from kimweb.accounts.queries import load_actor
from kimweb.clarifications import actions
from kimweb.clarifications.models import Clarification, Correction, State, Verdict
from kimweb.clarifications.texts import Source, Text, proposal
from kimweb.clarifications.workflow import ADDRESS_ROOM, FORWARD_MAX
from kimweb.core import audit
from kimweb.core.actor import Role
from kimweb.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed
from kimweb.core.workflow import Step
from tests.clarifications.test_grid import TEXT
from tests.support.clock import START
from tests.support.people import LAIS, SEKAYU, SUKARAMI, People, day
from tests.support.together import engine_on, together

pytestmark = pytest.mark.database


def step(people: People, name: str, version: int | None = None) -> Step:
    """Somebody acts now."""
    return Step(people.actor(name), START, version)


def examined(people: People, **changes: object) -> Clarification:
    """One that is ready to be proposed."""
    row: Clarification = people.put(people.claim(State.EXAMINED, **changes))
    return row


@pytest.mark.parametrize(("first", "second"), [("rahman", "agus"), ("agus", "rahman")])
def test_one_proposes_and_another_one_releases(people: People, session: Session, first: str, second: str) -> None:
    row = examined(people)
    actions.publish(session, step(people, first), clarification_id=row.id, verdict=Verdict.MISLEADING)
    assert (row.state, row.proposed_by, row.verdict) == (State.EXAMINED, people.users[first].id, Verdict.MISLEADING)
    assert "MENYESATKAN" in row.forward
    with pytest.raises(NotAllowed):
        actions.publish(session, step(people, first), clarification_id=row.id)
    actions.publish(session, step(people, second), clarification_id=row.id)
    assert (row.state, row.proposed_by, row.due_on, row.published_at) == (State.PUBLISHED, None, None, START)
    entries = audit.history(session, "clarification", str(row.id))
    assert [(entry.before, entry.after) for entry in entries] == [("diperiksa", "diperiksa"), ("diperiksa", "terbit")]
    assert {row.examined_role, row.released_role} == {Role.REVIEWER, Role.ADMIN}


def test_two_of_the_same_level_are_two(people: People, session: Session) -> None:
    other = people.put(User(username="ratna", name="Ratna", password_hash="", created_at=START, signed_in_at=START))
    people.put(RoleGrant(user_id=other.id, role=Role.REVIEWER, area_code=SEKAYU, starts_on=day(-9)))
    row = examined(people)
    actions.publish(session, step(people, "rahman"), clarification_id=row.id)
    actions.publish(session, Step(load_actor(session, other, START), START), clarification_id=row.id)
    assert (row.state, row.examined_role, row.released_role) == (State.PUBLISHED, Role.REVIEWER, Role.REVIEWER)


def test_the_second_one_cannot_release_something_else(people: People, session: Session) -> None:
    row = examined(people)
    actions.publish(session, step(people, "rahman"), clarification_id=row.id)
    with pytest.raises(Invalid):
        actions.publish(session, step(people, "agus"), clarification_id=row.id, verdict=Verdict.TRUE)
    stale = row.version
    actions.examine(session, step(people, "rahman"), clarification_id=row.id, text=TEXT, areas=[SUKARAMI])
    assert row.proposed_by is None
    with pytest.raises(Conflict):
        actions.publish(session, step(people, "agus", stale), clarification_id=row.id)


@pytest.mark.parametrize("field", ["title", "verdict", "claimed", "truth", "sources"])
def test_nothing_is_proposed_while_something_is_missing(people: People, session: Session, field: str) -> None:
    row = examined(people, **{field: [] if field == "sources" else None if field == "verdict" else ""})
    with pytest.raises(Invalid) as refused:
        actions.publish(session, step(people, "rahman"), clarification_id=row.id)
    assert set(refused.value.fields) == {field}
    session.refresh(row)
    assert row.proposed_by is None


def test_nothing_is_proposed_for_nobody(people: People, session: Session) -> None:
    row = people.claim(State.EXAMINED)
    row.audience = []
    people.put(row)
    with pytest.raises(Invalid) as refused:
        actions.publish(session, step(people, "rahman"), clarification_id=row.id)
    assert set(refused.value.fields) == {"areas"}


def test_who_abstains_takes_the_own_proposal_along(people: People, session: Session) -> None:
    row = examined(people)
    actions.publish(session, step(people, "rahman"), clarification_id=row.id)
    actions.abstain(session, step(people, "rahman"), clarification_id=row.id)
    assert row.proposed_by is None
    actions.publish(session, step(people, "agus"), clarification_id=row.id)
    with pytest.raises(NotAllowed):
        actions.publish(session, step(people, "rahman"), clarification_id=row.id)


def test_two_at_the_same_moment_release_once(people: People, session: Session, database_url: str) -> None:
    row = examined(people, proposed_by=people.users["budi"].id)
    actors = [people.actor("rahman"), people.actor("agus")]
    which = row.id
    session.rollback()
    with engine_on(database_url) as engine:

        def release(index: int) -> str:
            with Session(engine, expire_on_commit=False) as own:
                try:
                    actions.publish(own, Step(actors[index], START, 1), clarification_id=which)
                except (Conflict, InvalidTransition) as error:
                    return type(error).__name__
                return "released"

        assert sorted(together(2, release)) == ["Conflict", "released"]
    session.rollback()
    session.refresh(row)
    assert (row.state, row.version) == (State.PUBLISHED, 2)
    assert len(audit.history(session, "clarification", str(row.id))) == 1


# ------------------------------------------------------------------ who is addressed


@pytest.mark.parametrize(
    ("name", "areas", "fits"),
    [
        ("rahman", [SEKAYU], True),
        ("rahman", [SUKARAMI], True),
        ("rahman", [LAIS], False),
        ("rahman", ["16.06"], False),
        ("agus", ["16.06", SUKARAMI], True),
        ("agus", ["99.99"], False),
    ],
)
def test_an_official_addresses_the_own_area(
    people: People, session: Session, name: str, areas: list[str], fits: bool
) -> None:
    row = examined(people)
    changed = {"clarification_id": row.id, "text": TEXT, "areas": areas}
    if fits:
        actions.examine(session, step(people, name), **changed)  # type: ignore[arg-type]
        assert [place.area_code for place in row.audience] == areas[:1]
        return
    with pytest.raises(Invalid) as refused:
        actions.examine(session, step(people, name), **changed)  # type: ignore[arg-type]
    assert set(refused.value.fields) == {"areas"}


def test_what_the_regency_chose_may_stay(people: People, session: Session) -> None:
    row = examined(people)
    for name in ("agus", "rahman"):
        actions.examine(session, step(people, name), clarification_id=row.id, text=TEXT, areas=["16.06"])
    assert [place.area_code for place in row.audience] == ["16.06"]


# ------------------------------------------------------------------ the text to pass on


def test_the_proposed_text_fits_with_its_address() -> None:
    row = Clarification(title="T" * 120, verdict=Verdict.FALSE, truth="panjang sekali " * 90)
    assert FORWARD_MAX - ADDRESS_ROOM - 20 < len(proposal(row)) <= FORWARD_MAX - ADDRESS_ROOM
    assert proposal(row).startswith("CEK FAKTA: SALAH\nTTT")
    assert proposal(Clarification(title="T", verdict=None, truth="x")) == ""


# ------------------------------------------------------------------ corrections

BETTER = Text(
    title="Beras bantuan gratis",
    verdict=Verdict.MISLEADING,
    claimed="Harus ditebus.",
    truth="Yang ditebus adalah beras operasi pasar.",
    sources=(Source("Berita acara", "Kantor camat, 17 November 2026"),),
)


def correct(session: Session, people: People, name: str, row: Clarification) -> Clarification:
    """Somebody proposes a correction."""
    said = {"text": BETTER, "change": "Kesimpulan dan yang benar.", "why": "Ada sumber baru."}
    return actions.correct(session, step(people, name), clarification_id=row.id, **said)  # type: ignore[arg-type]


def test_a_correction_waits_for_a_second_person_and_keeps_what_stood(people: People, session: Session) -> None:
    row = people.put(people.claim(State.PUBLISHED))
    before = row.truth
    correct(session, people, "rahman", row)
    assert (row.truth, row.due_on) == (before, day(1))
    with pytest.raises(NotAllowed):
        actions.publish(session, step(people, "rahman"), clarification_id=row.id)
    actions.publish(session, step(people, "agus"), clarification_id=row.id)
    assert (row.truth, row.verdict, row.due_on) == (BETTER.truth, Verdict.MISLEADING, None)
    [kept] = session.scalars(sa.select(Correction)).all()
    assert (kept.truth, kept.verdict, kept.released_at) == (before, Verdict.FALSE, START)
    entry = audit.last(session, "clarification", str(row.id))
    assert entry is not None
    assert (entry.before, entry.after, entry.text) == ("terbit", "terbit", "Ada sumber baru.")
    assert entry.detail["correction"] == 1
    with pytest.raises(InvalidTransition):
        actions.publish(session, step(people, "agus"), clarification_id=row.id)


def test_another_one_replaces_the_correction_that_waits(people: People, session: Session) -> None:
    row = people.put(people.claim(State.PUBLISHED))
    for name in ("rahman", "agus"):
        correct(session, people, name, row)
    assert len(session.scalars(sa.select(Correction)).all()) == 1
    with pytest.raises(NotAllowed):
        actions.publish(session, step(people, "agus"), clarification_id=row.id)
    actions.abstain(session, step(people, "agus"), clarification_id=row.id)
    assert (session.scalars(sa.select(Correction)).all(), row.due_on) == ([], None)


def test_a_correction_says_what_changes_and_why_and_changes_something(people: People, session: Session) -> None:
    row = people.put(people.claim(State.PUBLISHED))
    which = {"clarification_id": row.id}
    with pytest.raises(Invalid) as refused:
        actions.correct(session, step(people, "rahman"), text=BETTER, change="", why="", **which)
    assert set(refused.value.fields) == {"change", "why"}
    session.refresh(row)
    same = Text(
        title=row.title,
        verdict=row.verdict,
        claimed=row.claimed,
        truth=row.truth,
        forward=row.forward,
        sources=tuple(Source(**source) for source in row.sources),
    )
    with pytest.raises(Invalid, match="berubah"):
        actions.correct(session, step(people, "rahman"), text=same, change="x", why="y", **which)
