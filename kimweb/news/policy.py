"""Who may see and do what with village news: the only room of this feature that compares roles."""

from __future__ import annotations

import sqlalchemy as sa

from kimweb.core.actor import Actor, Role, covered, covers
from kimweb.core.permissions import Permission
from kimweb.news.models import News, State

_PUBLIC = (State.PUBLISHED,)
_REVIEWABLE = (State.SUBMITTED, State.RETURNED, State.PUBLISHED, State.WITHDRAWN)


def authority(actor: Actor, permission: Permission, news: News) -> Role | None:
    """By which role the actor may do this to the piece; None when not at all.

    A member writes and submits their own; the village's moderator (the district's reviewer where there is none)
    returns and publishes, their own pieces too; moderator, reviewer and admin withdraw.
    """
    match permission:
        case Permission.NEWS_WRITE:
            own = actor.user_id is not None and actor.user_id == news.author_id
            return writing_role(actor, news.area_code) if own else None
        case Permission.NEWS_REVIEW:
            return _moderating_role(actor, news.area_code)
        case Permission.NEWS_WITHDRAW:
            above = actor.first((Role.REVIEWER, Role.ADMIN), on=news.area_code)
            return _moderating_role(actor, news.area_code) or above
        case _:
            return None


def _moderating_role(actor: Actor, area_code: str) -> Role | None:
    """By which role the actor moderates the KIM of just this area: a district's KIM is not above its villages' KIMs."""
    return actor.first((Role.MODERATOR,), on=area_code) if area_code in reviewing_areas(actor) else None


def writing_role(actor: Actor, area_code: str) -> Role | None:
    """By which role the actor writes for the KIM of an area: an own role on just this area."""
    if area_code not in writing_areas(actor):
        return None
    return Role.MODERATOR if area_code in actor.areas(Role.MODERATOR) - _stepped(actor) else Role.MEMBER


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
    return news.state in _PUBLIC


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
    ways: list[sa.ColumnElement[bool]] = [News.state.in_(_PUBLIC)]
    if actor.user_id is not None:
        ways.append(News.author_id == actor.user_id)
    above = sorted(actor.areas(Role.REVIEWER, Role.ADMIN))
    own = sorted(reviewing_areas(actor))
    if above or own:
        inside = sa.or_(News.area_code.in_(own), covered(News.area_code, above))
        ways.append(sa.and_(News.state.in_(_REVIEWABLE), inside))
    return sa.or_(*ways)
