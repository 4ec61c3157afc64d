"""The way of an aspiration: deadlines, pauses, returns, endings, and what a sender may tighten."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from kimweb.aspirations import actions, policy, queries
from kimweb.aspirations.models import AnswerKind, Aspiration, Desk, RejectReason, State
from kimweb.core import audit
from kimweb.core.actor import Role
from kimweb.core.calendar import load_calendar, local_day
from kimweb.core.errors import Conflict, Invalid, NotAllowed, NotFound
from kimweb.core.workflow import Step
from tests.support.clock import START, FrozenClock
from tests.support.people import LAIS, LUMPATAN, SEKAYU, SUKARAMI, SYSTEM, TODAY, People, day, proof


def _step(people: People, who: str | Aspiration, at: FrozenClock, **more: Any) -> Step:
    actor = people.actor(who, at()) if isinstance(who, str) else proof(who, local_day(at()))
    return Step(actor, at(), **more)


def _answer(session: Session, step: Step, row: Aspiration, text: str = "Sudah.") -> Aspiration:
    return actions.answer_aspiration(session, step, code=row.code, kind=AnswerKind.DONE, text=text)


@pytest.mark.database
def test_from_the_village_to_a_contented_sender(people: People, session: Session, clock: FrozenClock) -> None:
    row = people.put(people.aspiration())
    where: list[tuple[State, Desk, date | None]] = []

    def now(changed: Aspiration) -> None:
        where.append((changed.state, changed.desk, changed.due_on))

    now(actions.forward_aspiration(session, _step(people, "sari", clock), code=row.code))
    assert row.confirmed_at == clock()
    pupr = people.agencies["PUPR"]
    step = _step(people, "rahman", clock)
    now(actions.assign_aspiration(session, step, code=row.code, agency_id=pupr, days=60))
    now(_answer(session, _step(people, "dewi", clock), row))
    now(actions.close_aspiration(session, _step(people, row, clock), code=row.code, rating=4))
    assert where == [
        (State.FORWARDED, Desk.DISTRICT, date(2026, 11, 23)),
        (
            State.ASSIGNED,
            Desk.AGENCY,
            date(2027, 2, 17),
        ),  # 60 working days over Christmas, New Year and two more holidays
        (State.ANSWERED, Desk.SENDER, date(2026, 12, 2)),
        (State.DONE, Desk.NOBODY, None),
    ]
    assert (row.rating, row.version) == (4, 5)
    roles = [entry.role for entry in audit.history(session, "aspiration", row.code)]
    assert roles == [Role.MODERATOR, Role.REVIEWER, Role.AGENCY, Role.SENDER]


@pytest.mark.database
def test_nothing_is_public_before_the_village_forwarded_it(
    people: People, session: Session, clock: FrozenClock
) -> None:
    row, secret = people.put(people.aspiration()), people.put(people.aspiration(hide_text=True))
    assert not policy.is_public(row)
    assert queries.public_page(session, within=None, after=None).items == []
    for each in (row, secret):
        actions.forward_aspiration(session, _step(people, "sari", clock), code=each.code)
    assert [each.code for each in queries.public_page(session, within=None, after=None).items] == [row.code]
    for end in (State.ANSWERED, State.DONE, State.LAPSED, State.REJECTED, State.MERGED):
        people.put(people.aspiration(end, hide_text=True))
    assert [each.code for each in queries.public_page(session, within=None, after=None).items] == [row.code]
    assert queries.answered_public(session, within=SUKARAMI, limit=9) == []
    assert queries.count_open_public(session, within=SUKARAMI) == 1


def test_what_is_about_the_district_goes_on_to_the_regency(
    people: People, session: Session, clock: FrozenClock
) -> None:
    row = people.put(people.aspiration(about_district=True))
    actions.forward_aspiration(session, _step(people, "sari", clock), code=row.code)
    assert row.desk is Desk.REGENCY


@pytest.mark.database
def test_the_desks_days_stand_still_while_the_sender_is_asked(
    people: People, session: Session, clock: FrozenClock
) -> None:
    row = people.put(people.aspiration(State.ASSIGNED, due_on=date(2026, 11, 30)))  # 8 working days
    actions.ask_sender(session, _step(people, "dewi", clock), code=row.code, text="Di mana tepatnya?")
    assert (row.state, row.desk, row.days_left, row.due_on) == (State.ASKED, Desk.SENDER, 8, date(2026, 12, 2))
    clock.advance(days=9)  # Friday 27 November
    actions.reply_to_question(session, _step(people, row, clock), code=row.code, text="Dekat surau.")
    assert (row.state, row.desk, row.due_on) == (State.ASSIGNED, Desk.AGENCY, date(2026, 12, 9))
    session.refresh(row, ["messages"])
    assert [(m.kind.value, m.role) for m in row.messages] == [
        ("pertanyaan", Role.AGENCY),
        ("keterangan", Role.SENDER),
    ]
    assert row.messages[1].author_id is None


def test_a_desk_that_asks_too_late_gets_one_day_after_the_reply(
    people: People, session: Session, clock: FrozenClock
) -> None:
    row = people.put(people.aspiration(due_on=day(-5)))
    actions.ask_sender(session, _step(people, "sari", clock), code=row.code, text="?")
    actions.reply_to_question(session, _step(people, row, clock), code=row.code, text="!")
    assert (row.desk, row.due_on) == (Desk.VILLAGE, day(1))


@pytest.mark.parametrize(
    ("name", "state", "back", "days"),
    [
        ("dewi", State.ASSIGNED, (State.ASSIGNED, Desk.AGENCY), 14),
        ("rahman", State.FORWARDED, (State.FORWARDED, Desk.DISTRICT), 3),
    ],
)
@pytest.mark.parametrize("silent", [False, True])
def test_reopened_it_returns_to_whoever_answered_with_its_days(
    people: People,
    session: Session,
    clock: FrozenClock,
    name: str,
    state: State,
    back: tuple[State, Desk],
    days: int,
    silent: bool,
) -> None:
    row = people.put(people.aspiration(state))
    _answer(session, _step(people, name, clock), row)
    if silent:
        clock.advance(days=20)
        actions.lapse_aspiration(session, Step(SYSTEM, clock()), code=row.code)
        assert (row.state, row.desk, row.due_on, row.rating) == (State.LAPSED, Desk.NOBODY, None, None)
    actions.reopen_aspiration(session, _step(people, row, clock), code=row.code, text="Masih rusak.")
    assert (row.state, row.desk) == back
    assert row.due_on == load_calendar(session).add(clock().date(), days)
    assert row.desk_since == clock().date()


@pytest.mark.database
def test_what_was_closed_in_silence_is_reopened_within_90_days_only(
    people: People, session: Session, clock: FrozenClock
) -> None:
    rows = [people.put(people.aspiration(State.LAPSED)) for _ in range(2)]
    clock.advance(days=90)
    actions.reopen_aspiration(session, _step(people, rows[0], clock), code=rows[0].code, text="Belum.")
    clock.advance(days=1)
    with pytest.raises(NotAllowed):
        actions.reopen_aspiration(session, _step(people, rows[1], clock), code=rows[1].code, text="Belum.")


@pytest.mark.parametrize(
    ("asked_by", "to"),
    [
        ((State.RECEIVED, Desk.VILLAGE), (State.FORWARDED, Desk.DISTRICT)),
        ((State.FORWARDED, Desk.DISTRICT), (State.LAPSED, Desk.NOBODY)),
        ((State.ASSIGNED, Desk.AGENCY), (State.LAPSED, Desk.NOBODY)),
        ((State.RECEIVED, Desk.DISTRICT), (State.LAPSED, Desk.NOBODY)),
    ],
)
def test_a_question_that_nobody_answers(
    people: People, session: Session, asked_by: tuple[State, Desk], to: tuple[State, Desk]
) -> None:
    row = people.put(people.aspiration(State.ASKED, back_state=asked_by[0], back_desk=asked_by[1]))
    actions.lapse_aspiration(session, Step(SYSTEM, START), code=row.code)
    assert (row.state, row.desk) == to
    assert not policy.is_public(row)


@pytest.mark.database
def test_handed_back_the_agency_no_longer_holds_it(people: People, session: Session, clock: FrozenClock) -> None:
    row = people.put(people.aspiration(State.ASSIGNED, hide_text=True))
    with pytest.raises(Invalid):
        actions.hand_back(session, _step(people, "dewi", clock, reason=" "), code=row.code)
    actions.hand_back(session, _step(people, "dewi", clock, reason="Jalan provinsi."), code=row.code)
    assert (row.state, row.desk, row.agency_id, row.days) == (State.FORWARDED, Desk.DISTRICT, None, None)
    with pytest.raises(NotFound):
        queries.visible_aspiration(session, people.actor("dewi"), row.code)


@pytest.mark.parametrize(("why", "public"), [(RejectReason.VIOLATES, False), (RejectReason.UNCLEAR, True)])
def test_only_what_violates_the_rules_is_hidden_when_rejected(
    people: People, session: Session, clock: FrozenClock, why: RejectReason, public: bool
) -> None:
    row = people.put(people.aspiration(State.FORWARDED))
    confirmed = row.confirmed_at
    actions.reject_aspiration(session, _step(people, "rahman", clock, reason="Kata kasar."), code=row.code, why=why)
    assert policy.is_public(row) is public
    assert (row.reject_reason, row.confirmed_at) == (why, confirmed)
    assert policy.can_see(proof(row), row)


@pytest.mark.parametrize(
    ("office", "about", "may"),
    [
        ("PUPR", "nobody", True),
        ("PUPR", "village", True),
        (f"KEC-{SEKAYU}", "village", True),
        (f"DESA-{SUKARAMI}", "village", False),
        (f"DESA-{LUMPATAN}", "village", True),
        (f"KEC-{LAIS}", "nobody", False),  # an office of another district has no business here
        ("nothing", "nobody", False),
    ],
)
def test_it_is_assigned_within_reach_and_never_to_the_office_it_is_about(
    people: People, session: Session, clock: FrozenClock, office: str, about: str, may: bool
) -> None:
    row = people.put(people.aspiration(State.FORWARDED, about_village=about == "village"))
    agency = people.agencies.get(office, 99_999)
    step = _step(people, "rahman", clock)
    if may:
        actions.assign_aspiration(session, step, code=row.code, agency_id=agency, days=5)
        assert (row.agency_id, row.days, row.desk) == (agency, 5, Desk.AGENCY)
        return
    with pytest.raises(Invalid) as refused:
        actions.assign_aspiration(session, step, code=row.code, agency_id=agency, days=5)
    assert list(refused.value.fields) == ["agency"]


@pytest.mark.parametrize("days", [None, 0, 3, 6, 61, -5])
def test_only_three_classes_of_days_can_be_chosen(
    people: People, session: Session, clock: FrozenClock, days: int | None
) -> None:
    row, step = people.put(people.aspiration(State.FORWARDED)), _step(people, "rahman", clock)
    with pytest.raises(Invalid):
        actions.assign_aspiration(session, step, code=row.code, agency_id=people.agencies["PUPR"], days=days)


def test_a_promise_needs_its_day_and_every_answer_a_sentence(
    people: People, session: Session, clock: FrozenClock
) -> None:
    row = people.put(people.aspiration(State.ASSIGNED))
    step, late, kinds = _step(people, "dewi", clock), TODAY - timedelta(days=1), AnswerKind
    for kind, text, promised, wrong in (
        (kinds.DONE, "", None, ["text"]),
        (kinds.SCHEDULED, "Pekan depan.", None, ["date"]),
        (kinds.SCHEDULED, "", late, ["text", "date"]),
    ):
        with pytest.raises(Invalid) as refused:
            actions.answer_aspiration(session, step, code=row.code, kind=kind, text=text, promised_on=promised)
        assert list(refused.value.fields) == wrong
    actions.answer_aspiration(session, step, code=row.code, kind=kinds.SCHEDULED, text="Hari ini.", promised_on=TODAY)
    session.refresh(row, ["messages"])
    assert (row.messages[0].promised_on, row.messages[0].agency_id) == (TODAY, people.agencies["PUPR"])


def test_a_stale_form_is_stale_before_anything_else_is_wrong_with_it(
    people: People, session: Session, clock: FrozenClock
) -> None:
    row = people.put(people.aspiration(State.FORWARDED))
    step = _step(people, "rahman", clock, version=9)
    with pytest.raises(Conflict):
        actions.ask_sender(session, step, code=row.code, text="")
    with pytest.raises(Conflict):
        actions.assign_aspiration(session, step, code=row.code, agency_id=None, days=None)
    with pytest.raises(Conflict):
        actions.merge_aspiration(session, step, code=row.code, target="")
    with pytest.raises(NotAllowed):  # forbidden before anything is wrong with the input
        actions.merge_aspiration(session, _step(people, "dewi", clock), code=row.code, target="")
