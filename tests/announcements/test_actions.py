"""Writing, changing, publishing and withdrawing, as the personas."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product

import pytest
from sqlalchemy.orm import Session

from kimweb.announcements import actions, queries
from kimweb.announcements.models import Announcement, State, Urgency, Verb
from kimweb.announcements.policy import Office
from kimweb.areas.audience import outermost
from kimweb.core import audit
from kimweb.core.actor import REGENCY, Role
from kimweb.core.errors import Conflict, Invalid, InvalidTransition, KimError, NotAllowed, NotFound
from kimweb.core.workflow import Step
from tests.announcements.cast import DANAU_CALA, LAIS, LUMPATAN, SEKAYU, SUKARAMI, Cast, content, day, put
from tests.support.clock import START, FrozenClock

pytestmark = pytest.mark.database

DO: dict[Verb, Callable[..., Announcement]] = {
    Verb.PUBLISH: actions.publish_announcement,
    Verb.WITHDRAW: actions.withdraw_announcement,
}
LEADS = {(State.DRAFT, Verb.PUBLISH): State.PUBLISHED, (State.PUBLISHED, Verb.WITHDRAW): State.WITHDRAWN}
DECIDES = {"district": {"rahman", "agus"}, "regency": {"agus"}, "agency": {"agus"}}
SEES_UNPUBLISHED = {"district": {"rahman", "agus"}, "regency": {"agus"}, "agency": {"dewi", "agus"}}


def _outcome(office: str, state: State, verb: Verb, name: str) -> type[KimError] | State:
    if state is not State.PUBLISHED and name not in SEES_UNPUBLISHED[office]:
        return NotFound
    if (state, verb) not in LEADS:
        return InvalidTransition
    return LEADS[state, verb] if name in DECIDES[office] else NotAllowed


@pytest.mark.parametrize("office", list(DECIDES))
def test_every_state_verb_and_person_refusals_too(session: Session, cast: Cast, office: str) -> None:
    for state, verb, (name, actor) in product(State, Verb, cast.people.items()):
        row = put(session, cast, office, state)
        expected, step = _outcome(office, state, verb, name), Step(actor, START, row.version, "Salah tanggal.")
        before = len(audit.history(session, "announcement", str(row.id)))
        if isinstance(expected, State):
            assert DO[verb](session, step, announcement_id=row.id).state is expected, (verb, name)
        else:
            with pytest.raises(expected):
                DO[verb](session, step, announcement_id=row.id)
        done = len(audit.history(session, "announcement", str(row.id))) - before
        assert done == isinstance(expected, State), (state, verb, name)


def test_each_office_writes_a_draft_and_the_record_knows_by_which_role(session: Session, cast: Cast) -> None:
    for office, role in (("district", Role.REVIEWER), ("regency", Role.ADMIN), ("agency", Role.AGENCY)):
        row = put(session, cast, office, State.DRAFT)
        (entry,) = audit.history(session, "announcement", str(row.id))
        assert (row.state, entry.verb, entry.role, entry.after) == (State.DRAFT, "create", role, State.DRAFT)
        assert entry.detail == {"areas": [SEKAYU]}


def test_nobody_writes_in_the_name_of_an_office_that_is_not_theirs(session: Session, cast: Cast) -> None:
    offices = [Office(SEKAYU), Office(LAIS), Office(REGENCY), Office(REGENCY, cast.pupr), Office(SEKAYU, cast.pupr)]
    own = {("rahman", offices[0]), ("rina", offices[1]), ("agus", offices[2]), ("dewi", offices[3])}
    for (name, actor), office in product(cast.people.items(), offices):
        if (name, office) not in own:
            with pytest.raises(NotAllowed):
                actions.write_announcement(session, Step(actor, START), office=office, content=content())


def test_a_reviewer_cannot_address_another_district_nor_nobody(session: Session, cast: Cast) -> None:
    row, step = put(session, cast, "district", State.DRAFT), Step(cast["rahman"], START)
    for areas in [(LAIS,), (DANAU_CALA,), (REGENCY,), (SUKARAMI, DANAU_CALA), (), ("16.06.01.9999",)]:
        wrong = content(areas=areas)
        with pytest.raises(Invalid) as error:
            actions.write_announcement(session, step, office=Office(SEKAYU), content=wrong)
        assert list(error.value.fields) == ["areas"]
        with pytest.raises(Invalid):
            actions.edit_announcement(session, step, announcement_id=row.id, content=wrong)


@pytest.mark.parametrize(
    ("chosen", "kept"),
    [
        ((SEKAYU, SUKARAMI, LUMPATAN), (SEKAYU,)),
        ((SUKARAMI, REGENCY, LAIS), (REGENCY,)),
        ((DANAU_CALA, SUKARAMI, SUKARAMI), (SUKARAMI, DANAU_CALA)),
        ((LAIS, SUKARAMI), (SUKARAMI, LAIS)),
        ((), ()),
    ],
)
def test_a_wider_area_makes_the_areas_inside_it_superfluous(chosen: tuple[str, ...], kept: tuple[str, ...]) -> None:
    assert outermost(chosen) == kept


def test_an_edit_replaces_text_and_audience_and_is_recorded(session: Session, cast: Cast) -> None:
    row = put(session, cast, "district", State.DRAFT, areas=(SUKARAMI, LUMPATAN))
    new = content(title="Baru", urgency=Urgency.EMERGENCY, areas=(LUMPATAN, "16.06.01.1009"))
    step = Step(cast["rahman"], START, row.version)
    actions.edit_announcement(session, step, announcement_id=row.id, content=new)
    session.expunge_all()
    found = queries.visible_announcement(session, cast["rahman"], row.id)
    assert (found.title, found.urgency, found.version) == ("Baru", Urgency.EMERGENCY, 2)
    assert {place.area_code for place in found.audience} == {LUMPATAN, "16.06.01.1009"}
    assert [entry.verb for entry in audit.history(session, "announcement", str(row.id))] == ["create", "edit"]


def test_only_the_office_edits_and_only_a_draft(session: Session, cast: Cast) -> None:
    draft, published = put(session, cast, "district", State.DRAFT), put(session, cast, "district")
    with pytest.raises(NotAllowed):  # the admin publishes a district's words, but does not change them
        actions.edit_announcement(session, Step(cast["agus"], START), announcement_id=draft.id, content=content())
    with pytest.raises(NotFound):
        actions.edit_announcement(session, Step(cast["rina"], START), announcement_id=draft.id, content=content())
    with pytest.raises(InvalidTransition):
        actions.edit_announcement(session, Step(cast["rahman"], START), announcement_id=published.id, content=content())


def test_a_stale_form_changes_nothing(session: Session, cast: Cast) -> None:
    row = put(session, cast, "district", State.DRAFT)
    rahman = cast["rahman"]
    actions.edit_announcement(session, Step(rahman, START, 1), announcement_id=row.id, content=content(title="Satu"))
    with pytest.raises(Conflict):
        actions.edit_announcement(session, Step(rahman, START, 1), announcement_id=row.id, content=content(title="Dua"))
    with pytest.raises(Conflict):
        actions.publish_announcement(session, Step(rahman, START, 1), announcement_id=row.id)
    found = queries.visible_announcement(session, rahman, row.id)
    assert (found.title, found.state, found.version) == ("Satu", State.DRAFT, 2)


def test_publishing_notes_the_moment(session: Session, cast: Cast) -> None:
    assert put(session, cast, "district", State.DRAFT).published_at is None
    assert put(session, cast, "district").published_at == START


def test_what_has_ended_in_jakarta_is_not_published(session: Session, cast: Cast) -> None:
    row, clock = put(session, cast, "regency", State.DRAFT, ends_on=day(0)), FrozenClock()
    clock.advance(hours=15)  # midnight in Jakarta, 17:00 UTC of the same day
    with pytest.raises(Invalid) as error:
        actions.publish_announcement(session, Step(cast["agus"], clock()), announcement_id=row.id)
    assert list(error.value.fields) == ["ends_on"]
    found = queries.visible_announcement(session, cast["agus"], row.id)
    assert (found.state, found.version, found.published_at) == (State.DRAFT, 1, None)
    assert [entry.verb for entry in audit.history(session, "announcement", str(row.id))] == ["create"]
    clock.advance(minutes=-1)
    actions.publish_announcement(session, Step(cast["agus"], clock()), announcement_id=row.id)


def test_a_withdrawal_needs_a_reason_and_keeps_it(session: Session, cast: Cast) -> None:
    row = put(session, cast, "regency")
    with pytest.raises(Invalid) as error:
        actions.withdraw_announcement(session, Step(cast["agus"], START, reason="  "), announcement_id=row.id)
    assert list(error.value.fields) == ["reason"]
    actions.withdraw_announcement(session, Step(cast["agus"], START, reason="Hujan."), announcement_id=row.id)
    assert audit.history(session, "announcement", str(row.id))[-1].text == "Hujan."


def test_it_stands_for_a_day_at_least_and_for_366_at_most(session: Session, cast: Cast) -> None:
    for ends, fine in [(0, True), (-1, False), (366, True), (367, False)]:
        assert bool(actions.day_problems(day(0), day(ends))) is not fine
        if not fine:
            with pytest.raises(Invalid):
                put(session, cast, "regency", State.DRAFT, starts_on=day(0), ends_on=day(ends))
