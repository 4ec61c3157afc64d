"""The states of a claim (product.md, flow 4) as a table."""

from __future__ import annotations

from kimweb.clarifications.models import State, Verb
from kimweb.core.permissions import Permission as P
from kimweb.core.workflow import Table, to

ANSWER_DAYS = 1
"""Working days until the first answer: the goal that the desk shows; also of what waits on a published one."""
FORWARD_MAX = 500
"""Characters of the text to pass on, with the page's address."""
ADDRESS_ROOM = 80
"""Of these, what is kept free for the address."""

TRANSITIONS: Table[State, Verb] = {
    (State.RECEIVED, Verb.TAKE): to(State.EXAMINED, by=P.CLARIFICATION_TAKE),
    (State.RECEIVED, Verb.DECLINE): to(State.DECLINED, by=P.CLARIFICATION_DECLINE),
    (State.RECEIVED, Verb.ABSTAIN): to(State.RECEIVED, by=P.CLARIFICATION_ABSTAIN),
    (State.EXAMINED, Verb.EXAMINE): to(State.EXAMINED, by=P.CLARIFICATION_EXAMINE),
    (State.EXAMINED, Verb.DECLINE): to(State.DECLINED, by=P.CLARIFICATION_DECLINE),
    (State.EXAMINED, Verb.PUBLISH): to(State.EXAMINED, State.PUBLISHED, by=P.CLARIFICATION_PUBLISH),
    (State.EXAMINED, Verb.ABSTAIN): to(State.EXAMINED, by=P.CLARIFICATION_ABSTAIN),
    (State.PUBLISHED, Verb.CORRECT): to(State.PUBLISHED, by=P.CLARIFICATION_CORRECT),
    (State.PUBLISHED, Verb.PUBLISH): to(State.PUBLISHED, by=P.CLARIFICATION_PUBLISH),
    (State.PUBLISHED, Verb.ABSTAIN): to(State.PUBLISHED, by=P.CLARIFICATION_ABSTAIN),
    (State.PUBLISHED, Verb.WITHDRAW): to(State.WITHDRAWN, by=P.CLARIFICATION_WITHDRAW, reason=True),
}
"""PUBLISH is what two people do: the first proposes, the second releases; the same again for a correction."""
