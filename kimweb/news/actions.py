"""The verbs of village news, one transaction each, the same from views and commands."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.core import idempotency, photos
from kimweb.core.actor import Actor, Role
from kimweb.core.calendar import load_calendar, local_day
from kimweb.core.db import writing
from kimweb.core.errors import Invalid, InvalidTransition, NotAllowed
from kimweb.core.i18n import N_
from kimweb.core.permissions import Permission
from kimweb.core.photos import NO_CHANGE, PhotoChange
from kimweb.core.workflow import Step, advance, check_version, note, permitted, touch
from kimweb.news import own_versions, policy, queries
from kimweb.news.models import News, NewsPhoto, NewsReport, NewsRevision, State, Verb
from kimweb.news.texts import create, keep_revision, rewrite
from kimweb.news.workflow import EDITABLE, REVIEW_DAYS, TRANSITIONS, is_complete


def write_news(
    session: Session,
    step: Step,
    *,
    area_code: str,
    title: str,
    body: str,
    submit: bool = False,
    key: str | None = None,
    pictures: PhotoChange = NO_CHANGE,
) -> News:
    """A new draft for the KIM of an area, or with `submit` handed in at once. Raises NotAllowed when the actor does not
    write for it.

    The same `key` with the same words is the same piece: a second tap makes no second draft, and hands in the first one
    where it asks for that. What the form's autosave began is that piece too, with other words as well; Conflict where
    it was changed elsewhere since. Invalid where the piece was deleted since.
    """
    role = check_writing(step.actor, area_code)
    with writing(session):
        content = {"by": step.actor.user_id, "area": area_code, "title": title, "body": body, "photos": pictures.hashes}
        form = own_versions.form_of(session, step.actor, key=key, now=step.now)
        same = idempotency.claim(session, key=key, content=content, kind=News.audit_kind, subject_id="", now=step.now)
        news = own_versions.earlier(session, step.actor, same)
        if news is None:
            news = own_versions.continued(session, step.actor, form, key=key)
            if news is None:
                news = create(session, _told(step, pictures), role, area_code=area_code, title=title, body=body)
                photos.change(session, NewsPhoto, news.id, pictures)
                form.subject_id = news.audit_id
            else:
                news.area_code = area_code
                _change(session, step, news, role, title=title, body=body, pictures=pictures, own=True)
            same.subject_id = news.audit_id
        return _handed_in(session, step, news) if submit and news.state in EDITABLE else news


def check_writing(actor: Actor, area_code: str) -> Role:
    """By which role the actor writes for the KIM of an area; raises NotAllowed."""
    role = policy.writing_role(actor, area_code)
    if role is None or actor.user_id is None:
        raise NotAllowed("Anda tidak menulis untuk KIM desa ini.")
    return role


def check_editable(actor: Actor, news: News) -> Role:
    """By which role the actor edits it. Refuses (NotAllowed, InvalidTransition) whoever did not write the piece, and a
    piece that is on its way."""
    role = policy.authority(actor, Permission.NEWS_WRITE, news)
    if role is None:
        raise NotAllowed("Hanya penulisnya yang mengubah berita ini.")
    if news.state not in EDITABLE:
        raise InvalidTransition("a piece is edited as a draft or when returned")
    return role


def edit_news(
    session: Session,
    step: Step,
    *,
    news_id: int,
    title: str,
    body: str,
    submit: bool = False,
    key: str | None = None,
    pictures: PhotoChange = NO_CHANGE,
) -> News:
    """Change an own draft or returned piece, and with `submit` hand it in. Raises NotFound, NotAllowed, Conflict (but
    not over what the autosave of the form with this `key` made), InvalidTransition, Invalid (too many photos)."""
    with writing(session):
        news = queries.news_for_update(session, step.actor, news_id)
        own = own_versions.made(session, news, key=key)
        if not own:
            check_version(news, step.version)
        role = check_editable(step.actor, news)
        _change(session, step, news, role, title=title, body=body, pictures=pictures, own=own)
        return _handed_in(session, step, news) if submit else news


def _change(
    session: Session,
    step: Step,
    news: News,
    role: Role,
    *,
    title: str,
    body: str,
    pictures: PhotoChange,
    own: bool,
) -> None:
    rewrite(session, step, news, title=title, body=body, own=own)
    photos.change(session, NewsPhoto, news.id, pictures)
    touch(news, step.now)
    note(session, news, "edit", _told(step, pictures), role=role, before=news.state)


def _told(step: Step, pictures: PhotoChange) -> Step:
    return replace(step, detail={**step.detail, **pictures.told})


def check_deletable(actor: Actor, news: News) -> Role:
    """By which role the actor deletes it. Refuses as `check_editable`, and what was handed in once."""
    role = check_editable(actor, news)
    if news.state is not State.DRAFT:
        raise InvalidTransition("only a draft is deleted; what was handed in stays")
    return role


def may_correct(actor: Actor, news: News) -> bool:
    """Whether the actor may propose a correction now. Raises NotAllowed to whom it is not up."""
    if policy.authority(actor, Permission.NEWS_CORRECT, news) is None:
        raise NotAllowed("Hanya penulis atau moderatornya yang memperbaiki berita ini.")
    return (news.state, Verb.CORRECT) in TRANSITIONS


def delete_draft(session: Session, step: Step, *, news_id: int) -> None:
    """Remove an own draft that was never handed in, with its revisions and photos. The record keeps that there was
    one."""
    with writing(session):
        news = queries.news_for_update(session, step.actor, news_id)
        check_version(news, step.version)
        role = check_deletable(step.actor, news)
        note(session, news, "delete", step, role=role, before=news.state)
        session.execute(sa.delete(NewsRevision).where(NewsRevision.news_id == news_id))
        photos.drop_all(session, NewsPhoto, news_id)
        session.delete(news)


def _handed_in(session: Session, step: Step, news: News) -> News:
    return submit_news(session, replace(step, version=news.version), news_id=news.id)


def submit_news(session: Session, step: Step, *, news_id: int) -> News:
    """Hand a piece to the village's moderator, with three working days. Raises Invalid while title or text are
    empty."""
    with writing(session):
        news, role = _move(session, step, news_id, Verb.SUBMIT)
        if not is_complete(news):
            raise Invalid(
                "Judul atau isinya masih kosong.",
                {"title": N_("Judul atau isinya masih kosong. Lengkapi dulu, lalu kirim.")},
            )
        revision = queries.newest_revision(session, news_id)
        if revision is None or revision.submitted_at is not None:  # (handed in again as it was)
            revision = keep_revision(session, step, news_id, news.title, news.body)
        revision.submitted_at = step.now
        _wait(session, step, news, role)
    return news


def _wait(session: Session, step: Step, news: News, role: Role) -> None:
    news.due_on = load_calendar(session).add(local_day(step.now), REVIEW_DAYS)
    news.by_moderator = policy.writes_as_moderator(role)


def correct_news(session: Session, step: Step, *, news_id: int, title: str, body: str) -> News:
    """Propose a correction of a published piece: what was published stands until the moderator releases it. Raises
    Invalid when nothing would change."""
    with writing(session):
        news = queries.news_for_update(session, step.actor, news_id)
        permitted(news, Verb.CORRECT, step, table=TRANSITIONS, authority=_authority(step.actor, news))
        if (news.title, news.body) == (title, body):
            raise Invalid("Belum ada yang berubah.", {"body": N_("Belum ada yang berubah. Perbaiki dulu, lalu kirim.")})
        news, role = _move(session, step, news_id, Verb.CORRECT)
        keep_revision(session, step, news_id, title, body).submitted_at = step.now
        news.changed_by_id = step.actor.user_id
        _wait(session, step, news, role)
    return news


def return_news(session: Session, step: Step, *, news_id: int) -> News:
    """Give a piece, or a correction of a published one, back with a reason (`step.reason`)."""
    with writing(session):
        news, _role = _move(session, step, news_id, Verb.RETURN)
        news.due_on, news.changed_by_id = None, None
    return news


def publish_news(session: Session, step: Step, *, news_id: int) -> News:
    """Publish a submitted piece, or release a correction; what its own writer publishes is marked so."""
    with writing(session):
        news = queries.news_for_update(session, step.actor, news_id)
        correcting, own = news.state is State.REVISING, news.text_by == step.actor.user_id
        if policy.held_back(step.actor, news):
            raise NotAllowed("Masa pemilihan: tulisan sendiri diterbitkan Peninjau Kecamatan.")
        _move(session, replace(step, detail={**step.detail, "self": own}), news_id, Verb.PUBLISH)
        if correcting:
            _take_over(session, news)
            news.corrected_at = step.now
        else:
            news.published_at = step.now
        news.written_by_id, news.changed_by_id, news.due_on = news.text_by, None, None
        news.self_published, news.seen_at = own, None
    return news


def _take_over(session: Session, news: News) -> None:
    """What the correction says stands from now on."""
    revision = queries.newest_revision(session, news.id)
    if revision is not None:
        news.title, news.body = revision.title, revision.body


def withdraw_news(session: Session, step: Step, *, news_id: int) -> News:
    """Take a published piece down, with a reason (`step.reason`) that everybody reads. A correction that waits goes
    with it."""
    with writing(session):
        news, _role = _move(session, step, news_id, Verb.WITHDRAW)
        news.due_on, news.changed_by_id = None, None
        _answer_reports(session, step, news)
        return news


def restore_news(session: Session, step: Step, *, news_id: int) -> News:
    """Show a withdrawn piece again, with a reason (`step.reason`) that everybody reads."""
    with writing(session):
        return _move(session, step, news_id, Verb.RESTORE)[0]


def keep_news(session: Session, step: Step, *, news_id: int) -> News:
    """What readers reported stays, with a reason (`step.reason`) that everybody reads; later reports count anew."""
    with writing(session):
        told = replace(step, detail=_reported(session, step, news_id))
        news, _role = _move(session, told, news_id, Verb.KEEP)
        _answer_reports(session, step, news)
        return news


def _reported(session: Session, step: Step, news_id: int) -> dict[str, object]:
    return {"reports": queries.news_for_update(session, step.actor, news_id).reports}


def _answer_reports(session: Session, step: Step, news: News) -> None:
    news.reports = 0
    open_ones = NewsReport.news_id == news.id, NewsReport.handled_at.is_(None)
    session.execute(sa.update(NewsReport).where(*open_ones).values(handled_at=step.now))


def second_news(session: Session, step: Step, *, news_id: int) -> News:
    """The district looked at what a moderator published of their own."""
    with writing(session):
        news, _role = _move(session, step, news_id, Verb.SECOND)
        news.seen_at = step.now
        return news


def _move(session: Session, step: Step, news_id: int, verb: Verb) -> tuple[News, Role]:
    news = queries.news_for_update(session, step.actor, news_id)
    return news, advance(session, news, verb, step, table=TRANSITIONS, authority=_authority(step.actor, news))


def _authority(actor: Actor, news: News) -> Callable[[Permission], Role | None]:
    return lambda permission: policy.authority(actor, permission, news)
