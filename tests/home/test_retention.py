"""What is kept for a time goes when the time is over: counted first, recorded, safe to repeat."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.accounts.models import Invitation, UserSession
from kimweb.aspirations.models import Aspiration, State
from kimweb.core import audit
from kimweb.core.chain import verify
from kimweb.core.db import writing
from kimweb.core.idempotency import Submission
from kimweb.core.throttle import Attempt
from kimweb.home.retention import KINDS, retain
from kimweb.news.models import NewsReport
from kimweb.news.models import State as NewsState
from kimweb.settings import KEEP_DAYS
from tests.support.clock import START
from tests.support.people import People, day

pytestmark = pytest.mark.database


def slip(user_id: int, nonce: str, **values: datetime) -> Invitation:
    """A slip for a password, given long ago and valid for a long time."""
    long_ago, dates = START - timedelta(days=3000), {"expires_at": START + timedelta(days=7), **values}
    slip = Invitation(nonce=nonce, code_hash=nonce, name="Budi", user_id=user_id, invited_by=user_id, **dates)
    slip.created_at = long_ago
    return slip


@pytest.fixture
def kept(session: Session) -> People:
    """One of each kind that is old enough by default, and one that is a day too young."""
    people = People(session).gather()
    budi = people.users["budi"].id
    piece = people.put(people.news(NewsState.PUBLISHED))
    report = {"news_id": piece.id, "reason": "Salah.", "network": "x", "counted": True}
    rows: list[object] = []
    for extra in (0, -1):
        ago = {kind: START - timedelta(days=days + extra) for kind, days in KEEP_DAYS.items()}
        rows += [
            people.aspiration(State.DONE, desk_since=day(-KEEP_DAYS["identity"] - extra)),
            UserSession(token_hash=f"{extra}", user_id=budi, created_at=START, seen_at=ago["sessions"], device=""),
            Attempt(bucket="pin", at=ago["attempts"]),
            Submission(key_hash=f"{extra}", content_hash="x", kind="a", subject_id="a", at=ago["keys"], closed=False),
            NewsReport(at=ago["reports"], handled_at=START, **report),
            slip(budi, f"used {extra}", used_at=ago["slips"]),
        ]
    rows.append(slip(budi, "open"))
    people.put(*rows, people.aspiration(State.RECEIVED, desk_since=day(-3000)))
    return people


def _names(session: Session) -> list[tuple[str, str]]:
    session.rollback()
    query = sa.select(Aspiration.name, Aspiration.phone).order_by(Aspiration.id)
    return [(name, phone) for name, phone in session.execute(query)]


def _counts(session: Session, **more: bool) -> dict[str, int]:
    return {row.kind: row.count for row in retain(session, days=KEEP_DAYS, now=START, **more)}


def test_what_is_old_goes_and_what_is_young_stays(kept: People, session: Session) -> None:
    assert _counts(session) == dict.fromkeys(KINDS, 1)
    known = ("Yanti", "081200000123")
    assert _names(session) == [("", ""), known, known]
    assert [row.token_hash for row in session.scalars(sa.select(UserSession))] == ["-1"]
    assert [row.key_hash for row in session.scalars(sa.select(Submission))] == ["-1"]
    assert session.scalar(sa.select(sa.func.count()).select_from(Attempt)) == 1
    assert [row.nonce for row in session.scalars(sa.select(Invitation).order_by(Invitation.id))] == ["used -1", "open"]
    assert list(session.scalars(sa.select(NewsReport.handled_at))) == [START]


def test_reports_that_no_desk_was_asked_about_go_too_and_count_no_longer(session: Session) -> None:
    """Two readers are too few for a desk, and what they wrote may name people."""
    people = People(session).gather()
    piece, other = people.put(people.news(reports=3)), people.put(people.news(reports=1))
    ages = [(piece, 91, True), (piece, 91, True), (piece, 91, False), (piece, 89, True), (other, 89, True)]
    for about, days, counted in ages:
        at = START - timedelta(days=days)
        people.put(NewsReport(news_id=about.id, at=at, reason="Pak X.", network="x", counted=counted))
    assert _counts(session)["reports"] == 3
    for row in (piece, other):
        session.refresh(row)
    assert (piece.reports, other.reports) == (1, 1)
    assert session.scalar(sa.select(sa.func.count(NewsReport.id))) == 2


def test_a_dry_run_says_the_same_and_changes_nothing(kept: People, session: Session) -> None:
    entries = verify(session).entries
    assert _counts(session, dry_run=True) == dict.fromkeys(KINDS, 1)
    assert len(_names(session)) == 3
    assert ("", "") not in _names(session)
    assert verify(session).entries == entries
    assert _counts(session) == dict.fromkeys(KINDS, 1)


def test_it_is_recorded_once_and_repeating_it_is_safe(kept: People, session: Session) -> None:
    _counts(session)
    assert _counts(session) == dict.fromkeys(KINDS, 0)
    for kind in KINDS:
        entries = audit.history(session, "retention", kind)
        assert [(entry.verb, entry.detail["removed"]) for entry in entries] == [("retain", 1)]
    assert verify(session).problems == []


def test_one_kind_that_fails_keeps_none_of_the_others_from_going(
    kept: People, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each kind is a transaction of its own."""

    def broken(session: Session, _before: object) -> int:
        session.execute(sa.update(Aspiration).values(name="half"))
        raise ZeroDivisionError

    monkeypatch.setattr("kimweb.home.retention.KINDS", {**KINDS, "keys": ("kunci", broken)})
    with pytest.raises(ZeroDivisionError):
        retain(session, days=KEEP_DAYS, now=START)
    assert [name for name, _phone in _names(session)] == ["", "Yanti", "Yanti"]


@pytest.mark.parametrize("days", [{"identity": 10}, {"identity": 9_999}])
def test_the_time_is_a_setting(kept: People, session: Session, days: dict[str, int]) -> None:
    gone = retain(session, days={**KEEP_DAYS, **days}, now=START)
    assert gone[0].count == (2 if days["identity"] == 10 else 0)


def test_a_closed_one_without_a_name_is_left_alone(kept: People, session: Session) -> None:
    with writing(session):
        session.execute(sa.update(Aspiration).values(name="", phone=""))
    assert _counts(session)["identity"] == 0


@pytest.mark.parametrize("how", ["used_at", "withdrawn_at", "expires_at"])
def test_a_slip_goes_by_whichever_ended_it(session: Session, how: str) -> None:
    people = People(session).gather()
    limit = START - timedelta(days=KEEP_DAYS["slips"])
    budi = people.users["budi"].id
    people.put(slip(budi, "old", **{how: limit}), slip(budi, "young", **{how: limit + timedelta(days=1)}))
    assert _counts(session)["slips"] == 1
    assert [row.nonce for row in session.scalars(sa.select(Invitation))] == ["young"]
