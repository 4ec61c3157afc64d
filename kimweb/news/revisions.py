"""What a change would change: the words between the text that was judged last and the one that waits."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from kimweb.core.worddiff import Part, word_diff
from kimweb.news import queries
from kimweb.news.models import News, NewsRevision, State


@dataclass(frozen=True, slots=True)
class Change:
    """What waits, as parts of title and body."""

    title: Sequence[Part]
    body: Sequence[Part]


def changes_of(session: Session, pieces: Sequence[News]) -> Mapping[int, Change]:
    """What changed in each piece since a moderator looked at it the last time (one statement, for all); one that is
    handed in for the first time has nothing to compare with."""
    handed_in = queries.handed_in_of(session, pieces)
    found = {piece.id: _change(piece, handed_in.get(piece.id, ())) for piece in pieces}
    return {news_id: change for news_id, change in found.items() if change is not None}


def _change(news: News, handed_in: Sequence[NewsRevision]) -> Change | None:
    if news.state is State.REVISING and handed_in:
        before: News | NewsRevision = news
    elif news.state is State.SUBMITTED and len(handed_in) == 2:
        before = handed_in[0]
    else:
        return None
    after = handed_in[-1]
    return Change(word_diff(before.title, after.title), word_diff(before.body, after.body))
