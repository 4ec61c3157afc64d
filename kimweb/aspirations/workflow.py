"""The states of an aspiration (product.md, flow 3) as a table, and how long each desk has.

Deadlines follow SP4N-LAPOR!: 3 working days to verify, 5/14/60 to follow up, 10 to close.
"""

from __future__ import annotations

from kimweb.aspirations.models import Desk, State, Verb
from kimweb.core.permissions import Permission as P
from kimweb.core.workflow import Table, to

VERIFY_DAYS = 3
SENDER_DAYS = 10
CLASSES = (5, 14, 60)
"""Working days an agency has: information; without a field check; with one."""


def above_village(*, about_district: bool) -> Desk:
    """The desk above the village: the district's, or past it the regency's."""
    return Desk.REGENCY if about_district else Desk.DISTRICT


TRANSITIONS: Table[State, Verb] = {
    (State.RECEIVED, Verb.FORWARD): to(State.FORWARDED, by=P.ASPIRATION_FORWARD),
    (State.RECEIVED, Verb.ASK): to(State.ASKED, by=P.ASPIRATION_ASK),
    (State.RECEIVED, Verb.REJECT): to(State.REJECTED, by=P.ASPIRATION_REJECT),
    (State.ASKED, Verb.REPLY): to(State.RECEIVED, State.FORWARDED, State.ASSIGNED, by=P.ASPIRATION_REPLY),
    (State.ASKED, Verb.LAPSE): to(State.FORWARDED, State.LAPSED, by=P.ASPIRATION_LAPSE),
    (State.FORWARDED, Verb.ASSIGN): to(State.ASSIGNED, by=P.ASPIRATION_ASSIGN),
    (State.FORWARDED, Verb.ASK): to(State.ASKED, by=P.ASPIRATION_ASK),
    (State.FORWARDED, Verb.ANSWER): to(State.ANSWERED, by=P.ASPIRATION_ANSWER),
    (State.FORWARDED, Verb.REJECT): to(State.REJECTED, by=P.ASPIRATION_REJECT),
    (State.FORWARDED, Verb.MERGE): to(State.MERGED, by=P.ASPIRATION_MERGE),
    (State.ASSIGNED, Verb.HAND_BACK): to(State.FORWARDED, by=P.ASPIRATION_HAND_BACK, reason=True),
    (State.ASSIGNED, Verb.ASK): to(State.ASKED, by=P.ASPIRATION_ASK),
    (State.ASSIGNED, Verb.ANSWER): to(State.ANSWERED, by=P.ASPIRATION_ANSWER),
    (State.ANSWERED, Verb.CLOSE): to(State.DONE, by=P.ASPIRATION_CLOSE),
    (State.ANSWERED, Verb.REOPEN): to(State.FORWARDED, State.ASSIGNED, by=P.ASPIRATION_REOPEN),
    (State.ANSWERED, Verb.LAPSE): to(State.LAPSED, by=P.ASPIRATION_LAPSE),
    (State.LAPSED, Verb.REOPEN): to(State.FORWARDED, State.ASSIGNED, by=P.ASPIRATION_REOPEN),
}
