"""The states of village news (product.md, flow 2) as a table."""

from __future__ import annotations

from kimweb.core.permissions import Permission
from kimweb.core.workflow import Table, to
from kimweb.news.models import News, State, Verb

REVIEW_DAYS = 3
"""Working days in which a moderator looks at a submitted piece; the same as for an aspiration (docs/decisions)."""

TRANSITIONS: Table[State, Verb] = {
    (State.DRAFT, Verb.SUBMIT): to(State.SUBMITTED, by=Permission.NEWS_WRITE),
    (State.RETURNED, Verb.SUBMIT): to(State.SUBMITTED, by=Permission.NEWS_WRITE),
    (State.SUBMITTED, Verb.RETURN): to(State.RETURNED, by=Permission.NEWS_REVIEW, reason=True),
    (State.SUBMITTED, Verb.PUBLISH): to(State.PUBLISHED, by=Permission.NEWS_PUBLISH),
    (State.PUBLISHED, Verb.WITHDRAW): to(State.WITHDRAWN, by=Permission.NEWS_WITHDRAW, reason=True),
    (State.WITHDRAWN, Verb.RESTORE): to(State.PUBLISHED, by=Permission.NEWS_RESTORE, reason=True),
    (State.PUBLISHED, Verb.CORRECT): to(State.REVISING, by=Permission.NEWS_CORRECT),
    (State.REVISING, Verb.RETURN): to(State.PUBLISHED, by=Permission.NEWS_REVIEW, reason=True),
    (State.REVISING, Verb.PUBLISH): to(State.PUBLISHED, by=Permission.NEWS_PUBLISH),
    (State.REVISING, Verb.WITHDRAW): to(State.WITHDRAWN, by=Permission.NEWS_WITHDRAW, reason=True),
    (State.PUBLISHED, Verb.KEEP): to(State.PUBLISHED, by=Permission.NEWS_WITHDRAW, reason=True),
    (State.REVISING, Verb.KEEP): to(State.REVISING, by=Permission.NEWS_WITHDRAW, reason=True),
    (State.PUBLISHED, Verb.SECOND): to(State.PUBLISHED, by=Permission.NEWS_SECOND),
}

EDITABLE = (State.DRAFT, State.RETURNED)
"""The states in which an author writes; what is submitted lies with the moderator."""


def is_complete(news: News) -> bool:
    """Whether it can be handed in: autosave keeps what is half done."""
    return bool(news.title and news.body)
