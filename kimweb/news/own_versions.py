"""Which versions of a piece a form made by its autosave: part of actions; joins their transactions.

A form that autosaves changes the piece under itself, and where the answer is lost (no signal) it does not even know. So
each load of a form has a key, and the version that its own autosave made is not stale to it. Kept among the
submissions, and forgotten with them.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from kimweb.core import idempotency
from kimweb.core.actor import Actor
from kimweb.core.errors import Conflict, Invalid, NotFound
from kimweb.core.i18n import N_
from kimweb.core.idempotency import Submission
from kimweb.news import queries
from kimweb.news.models import News
from kimweb.news.workflow import EDITABLE

_KIND = "news-form"


def form_of(session: Session, actor: Actor, *, key: str | None, now: datetime) -> Submission:
    """The form of a new piece, by its key; its `subject_id` is what the form began ("": nothing yet). Whoever comes
    second at the same moment, a tap beside an autosave, waits for the first."""
    content = {"by": actor.user_id}
    return idempotency.claim(session, key=key, content=content, kind=_KIND, subject_id="", now=now)


def earlier(session: Session, actor: Actor, same: Submission) -> News | None:
    """What the same words made when they came before; None where they come for the first time. Raises Invalid where it
    was deleted: what has its id now may be somebody else's."""
    if not same.subject_id:
        return None
    news = session.get(News, int(same.subject_id))
    if news is None or news.author_id != actor.user_id:
        raise Invalid(
            "Drafnya sudah dihapus.", {"title": N_("Draf ini sudah dihapus. Kirim lagi kalau mau menulisnya lagi.")}
        )
    return news


def begun(session: Session, actor: Actor, form: Submission) -> News | None:
    """What a form began, locked; None where that is nothing, or gone."""
    if not form.subject_id:
        return None
    try:
        return queries.news_for_update(session, actor, int(form.subject_id))
    except NotFound:
        return None


def continued(session: Session, actor: Actor, form: Submission, *, key: str | None) -> News | None:
    """The draft that the form's autosave began, when saving the form goes on with it. Raises Conflict when it was
    changed elsewhere since."""
    news = begun(session, actor, form)
    if news is None or news.state not in EDITABLE:
        return None
    own = made(session, news, key=key)
    if not own and _noted(session, news, key=key, version=1):
        raise Conflict("Sudah diubah orang lain.", kind=news.audit_kind, subject_id=news.audit_id)
    return news if own else None


def made(session: Session, news: News, *, key: str | None) -> bool:
    """Whether the form with this key made the present version by autosave."""
    return _noted(session, news, key=key, version=news.version)


def note_made(session: Session, news: News, *, key: str, now: datetime) -> None:
    """Note that the form with this key made the present version by autosave."""
    content = _version(news, news.version)
    idempotency.claim(session, key=key, content=content, kind=_KIND, subject_id=news.audit_id, now=now)


def _noted(session: Session, news: News, *, key: str | None, version: int) -> bool:
    return idempotency.claimed(session, key=key, content=_version(news, version), kind=_KIND) is not None


def _version(news: News, version: int) -> dict[str, object]:
    """By the moment it was made as well: SQLite gives the id of a deleted row to the next one."""
    return {"news": news.id, "made": news.created_at.timestamp(), "version": version}
