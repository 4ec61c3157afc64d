"""Who may see and do what with village news: the only room of this feature that compares roles."""

from __future__ import annotations

import sqlalchemy as sa

from kimweb.core.actor import Actor, Role, covered, covers
from kimweb.core.permissions import Permission
from kimweb.news.models import News, State

PUBLIC = (State.PUBLISHED, State.REVISING)
"""What everybody reads: of a piece that is being corrected, what was published."""
_REVIEWABLE = (State.SUBMITTED, State.RETURNED, *PUBLIC, State.WITHDRAWN)


def authority(actor: Actor, permission: Permission, news: News) -> Role | None:
    """By which role the actor may do this to the piece; None when not at all.

    A member writes and submits their own; the village's moderator (the district's reviewer where there is none)
    returns and publishes, their own pieces too; moderator, reviewer and admin withdraw and restore. In a masa
    pemilihan nobody releases what they wrote themselves: of a moderator's own, the district's reviewer decides.
    """
    own = actor.user_id is not None and actor.user_id == news.author_id
    written = actor.user_id is not None and actor.user_id == news.text_by
    barred = written and in_election(actor, news.area_code)
    match permission:
        case Permission.NEWS_WRITE:
            return writing_role(actor, news.area_code) if own else None
        case Permission.NEWS_CORRECT:
            return (writing_role(actor, news.area_code) if own else None) or _moderating_role(actor, news.area_code)
        case Permission.NEWS_REVIEW:
            return _releasing_role(actor, news)
        case Permission.NEWS_PUBLISH:
            return None if barred else _releasing_role(actor, news)
        case Permission.NEWS_WITHDRAW:
            return _withdrawing_role(actor, news)
        case Permission.NEWS_RESTORE:
            return None if barred else _withdrawing_role(actor, news)
        case Permission.NEWS_PHOTO:
            return _mending_role(actor, news)
        case Permission.NEWS_SECOND:
            return None if written else actor.first((Role.REVIEWER,), on=news.area_code)
        case _:
            return None


def in_election(actor: Actor, area_code: str) -> bool:
    """Whether it is masa pemilihan in the area today."""
    return any(covers(area, area_code) for area in actor.elections)


def held_back(actor: Actor, news: News) -> bool:
    """Whether the actor may not release this only because they wrote it, and it is masa pemilihan."""
    moderates = _moderating_role(actor, news.area_code) is not None
    return moderates and actor.user_id == news.text_by and in_election(actor, news.area_code)


def adds_to_own(actor: Actor, news: News) -> bool:
    """Whether the actor would add words to what they wrote themselves and others read or decide on, in a masa
    pemilihan; author and whoever wrote what stands both count."""
    own = actor.user_id in (news.author_id, news.standing_by)
    return own and in_election(actor, news.area_code)


def _releasing_role(actor: Actor, news: News) -> Role | None:
    """By which role the actor decides on what waits: the moderator; in a masa pemilihan, on what the KIM's own
    moderator wrote, the district's reviewer too."""
    role = _moderating_role(actor, news.area_code)
    if role is None and news.by_moderator and in_election(actor, news.area_code):
        return actor.first((Role.REVIEWER,), on=news.area_code)
    return role


def _withdrawing_role(actor: Actor, news: News) -> Role | None:
    above = actor.first((Role.REVIEWER, Role.ADMIN), on=news.area_code)
    return _moderating_role(actor, news.area_code) or above


def _mending_role(actor: Actor, news: News) -> Role | None:
    """By which role the actor covers parts of its photos and writes what they show: the author while they write; then
    who decides on it, also once it stands; of one that was withdrawn, who may show it again."""
    if news.state in (State.DRAFT, State.RETURNED):
        return authority(actor, Permission.NEWS_WRITE, news)
    return _withdrawing_role(actor, news) if news.state is State.WITHDRAWN else _releasing_role(actor, news)


def _moderating_role(actor: Actor, area_code: str) -> Role | None:
    """By which role the actor moderates the KIM of just this area: a district's KIM is not above its villages' KIMs."""
    return actor.first((Role.MODERATOR,), on=area_code) if area_code in reviewing_areas(actor) else None


def writing_role(actor: Actor, area_code: str) -> Role | None:
    """By which role the actor writes for the KIM of an area: an own role on just this area."""
    if area_code not in writing_areas(actor):
        return None
    return Role.MODERATOR if area_code in actor.areas(Role.MODERATOR) - _stepped(actor) else Role.MEMBER


def writes_as_moderator(role: Role) -> bool:
    """Whether what is written by this role was written by the KIM's moderator (or who steps in)."""
    return role is not Role.MEMBER


def writing_areas(actor: Actor) -> frozenset[str]:
    """The areas for whose KIM the actor may write; not where the actor only steps in for a moderator."""
    return actor.areas(Role.MEMBER) | (actor.areas(Role.MODERATOR) - _stepped(actor))


def _stepped(actor: Actor) -> frozenset[str]:
    return actor.steps_in_for(Role.MODERATOR)


def reviewing_areas(actor: Actor) -> frozenset[str]:
    """The areas whose submitted pieces wait on the actor's desk."""
    return actor.areas(Role.MODERATOR)


def is_public(news: News) -> bool:
    """Whether everybody reads it."""
    return news.state in PUBLIC


def can_see(actor: Actor, news: News) -> bool:
    """Published pieces are for everybody; the author sees their own; once submitted, moderator, reviewer and admin
    too."""
    if is_public(news) or (actor.user_id is not None and actor.user_id == news.author_id):
        return True
    inside = any(covers(area, news.area_code) for area in actor.areas(Role.REVIEWER, Role.ADMIN))
    return news.state in _REVIEWABLE and (inside or news.area_code in reviewing_areas(actor))


def can_read_record(actor: Actor, news: News) -> bool:
    """Whether the actor reads what was done to the piece and why: its author, and whoever may withdraw it."""
    return any(authority(actor, right, news) for right in (Permission.NEWS_WRITE, Permission.NEWS_WITHDRAW))


def visible_to(actor: Actor) -> sa.ColumnElement[bool]:
    """The same as `can_see`, in SQL."""
    ways: list[sa.ColumnElement[bool]] = [News.state.in_(PUBLIC)]
    if actor.user_id is not None:
        ways.append(News.author_id == actor.user_id)
    above = sorted(actor.areas(Role.REVIEWER, Role.ADMIN))
    own = sorted(reviewing_areas(actor))
    if above or own:
        inside = sa.or_(News.area_code.in_(own), covered(News.area_code, above))
        ways.append(sa.and_(News.state.in_(_REVIEWABLE), inside))
    return sa.or_(*ways)


def waits_on(actor: Actor) -> sa.ColumnElement[bool]:
    """SQL: what waits for the actor's decision: what they review, but in a masa pemilihan not their own; and what the
    moderators of their district wrote in one."""
    ways: list[sa.ColumnElement[bool]] = []
    own = sorted(reviewing_areas(actor))
    text_by = sa.func.coalesce(News.changed_by_id, News.written_by_id, News.author_id)
    in_time = covered(News.area_code, actor.elections)
    ways.append(sa.and_(News.area_code.in_(own), ~sa.and_(in_time, text_by == actor.user_id)))
    above = covered(News.area_code, actor.areas(Role.REVIEWER))
    ways.append(sa.and_(News.by_moderator, above, in_time, text_by != actor.user_id))
    return sa.and_(News.state.in_([State.SUBMITTED, State.REVISING]), sa.or_(*ways))


def answers_reports_of(actor: Actor) -> sa.ColumnElement[bool]:
    """SQL: the published pieces whose readers' reports wait on the actor's desk, the moderator's and the reviewer's;
    a correction that waits takes none of them away."""
    inside = covered(News.area_code, actor.areas(Role.REVIEWER))
    own = News.area_code.in_(sorted(reviewing_areas(actor)))
    return sa.and_(News.state.in_(PUBLIC), sa.or_(inside, own))


def second_eyes_of(actor: Actor) -> sa.ColumnElement[bool]:
    """SQL: what was published by whoever wrote it, in the actor's district, and was not looked at yet."""
    inside = covered(News.area_code, actor.areas(Role.REVIEWER))
    unseen = sa.and_(News.self_published, News.seen_at.is_(None), News.state == State.PUBLISHED)
    return sa.and_(unseen, inside, sa.func.coalesce(News.written_by_id, News.author_id) != actor.user_id)


def can_read_reports(actor: Actor, news: News) -> bool:
    """Whether the actor reads what readers reported: whoever may withdraw the piece."""
    return authority(actor, Permission.NEWS_WITHDRAW, news) is not None


def can_read_changes(actor: Actor, news: News) -> bool:
    """Whether the actor sees what a change would change: its author, and whoever reviews or may withdraw the piece."""
    return can_read_record(actor, news) or authority(actor, Permission.NEWS_REVIEW, news) is not None
