"""What can be permitted. Which role may have it at all stands here; on which row, in each feature's policy."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from kimweb.core.actor import Role


class Permission(StrEnum):
    """One permission a verb, "thing:verb"."""

    DESK_SEE = "desk:see"
    ACCOUNT_OWN = "account:own"
    ACCOUNT_INVITE = "account:invite"
    ACCOUNT_MANAGE = "account:manage"
    ACCOUNT_IMPORT = "account:import"
    ACCOUNT_RESET_FACTOR = "account:reset_factor"
    REFERENCE_EDIT = "reference:edit"
    NEWS_WRITE = "news:write"
    NEWS_REVIEW = "news:review"
    NEWS_PUBLISH = "news:publish"
    NEWS_CORRECT = "news:correct"
    NEWS_WITHDRAW = "news:withdraw"
    NEWS_RESTORE = "news:restore"
    NEWS_KEEP = "news:keep"
    NEWS_SECOND = "news:second"
    NEWS_PHOTO = "news:photo"
    ANNOUNCEMENT_WRITE = "announcement:write"
    ANNOUNCEMENT_PUBLISH = "announcement:publish"
    ANNOUNCEMENT_PHOTO = "announcement:photo"
    ASPIRATION_FORWARD = "aspiration:forward"
    ASPIRATION_PHOTO = "aspiration:photo"
    ASPIRATION_ASK = "aspiration:ask"
    ASPIRATION_REPLY = "aspiration:reply"
    ASPIRATION_ASSIGN = "aspiration:assign"
    ASPIRATION_HAND_BACK = "aspiration:hand_back"
    ASPIRATION_ANSWER = "aspiration:answer"
    ASPIRATION_REJECT = "aspiration:reject"
    ASPIRATION_MERGE = "aspiration:merge"
    ASPIRATION_CLOSE = "aspiration:close"
    ASPIRATION_REOPEN = "aspiration:reopen"
    ASPIRATION_TIGHTEN = "aspiration:tighten"
    ASPIRATION_LAPSE = "aspiration:lapse"
    CLARIFICATION_TAKE = "clarification:take"
    CLARIFICATION_EXAMINE = "clarification:examine"
    CLARIFICATION_PUBLISH = "clarification:publish"
    CLARIFICATION_DECLINE = "clarification:decline"
    CLARIFICATION_CORRECT = "clarification:correct"
    CLARIFICATION_WITHDRAW = "clarification:withdraw"
    CLARIFICATION_ABSTAIN = "clarification:abstain"
    CLARIFICATION_REPLY = "clarification:reply"
    CLARIFICATION_PHOTO = "clarification:photo"


_EVERY_DESK = frozenset({Role.MEMBER, Role.MODERATOR, Role.REVIEWER, Role.AGENCY, Role.ADMIN})
_VILLAGE_UP = frozenset({Role.MODERATOR, Role.REVIEWER, Role.ADMIN})
_DISTRICT_UP = frozenset({Role.REVIEWER, Role.ADMIN})
_SENDER = frozenset({Role.SENDER})

NOT_WHEN_STEPPING_IN = frozenset({Permission.NEWS_WRITE})
"""What a reviewer does not take over who acts as the moderator of a village without one: writing its news."""

GRANTED_TO: Mapping[Permission, frozenset[Role]] = {
    Permission.DESK_SEE: _EVERY_DESK,
    Permission.ACCOUNT_OWN: _EVERY_DESK,
    Permission.ACCOUNT_INVITE: _VILLAGE_UP,
    Permission.ACCOUNT_MANAGE: _DISTRICT_UP,
    Permission.ACCOUNT_IMPORT: frozenset({Role.ADMIN}),
    Permission.ACCOUNT_RESET_FACTOR: frozenset({Role.ADMIN}),
    Permission.REFERENCE_EDIT: frozenset({Role.ADMIN}),
    Permission.NEWS_WRITE: frozenset({Role.MEMBER, Role.MODERATOR}),
    Permission.NEWS_REVIEW: frozenset({Role.MODERATOR, Role.REVIEWER}),
    Permission.NEWS_PUBLISH: frozenset({Role.MODERATOR, Role.REVIEWER}),
    Permission.NEWS_CORRECT: frozenset({Role.MEMBER, Role.MODERATOR}),
    Permission.NEWS_WITHDRAW: _VILLAGE_UP,
    Permission.NEWS_RESTORE: _VILLAGE_UP,
    Permission.NEWS_KEEP: _VILLAGE_UP,
    Permission.NEWS_SECOND: frozenset({Role.REVIEWER}),
    Permission.NEWS_PHOTO: _VILLAGE_UP | {Role.MEMBER},
    Permission.ANNOUNCEMENT_WRITE: _DISTRICT_UP | {Role.AGENCY},
    Permission.ANNOUNCEMENT_PUBLISH: _DISTRICT_UP,
    Permission.ANNOUNCEMENT_PHOTO: _DISTRICT_UP | {Role.AGENCY},
    Permission.ASPIRATION_FORWARD: _VILLAGE_UP,
    Permission.ASPIRATION_PHOTO: _VILLAGE_UP,
    Permission.ASPIRATION_ASK: _EVERY_DESK - {Role.MEMBER},
    Permission.ASPIRATION_REPLY: _SENDER,
    Permission.ASPIRATION_ASSIGN: _DISTRICT_UP,
    Permission.ASPIRATION_HAND_BACK: frozenset({Role.AGENCY}),
    Permission.ASPIRATION_ANSWER: _DISTRICT_UP | {Role.AGENCY},
    Permission.ASPIRATION_REJECT: _DISTRICT_UP,
    Permission.ASPIRATION_MERGE: _DISTRICT_UP,
    Permission.ASPIRATION_CLOSE: _SENDER,
    Permission.ASPIRATION_REOPEN: _SENDER,
    Permission.ASPIRATION_TIGHTEN: _SENDER,
    Permission.ASPIRATION_LAPSE: frozenset({Role.SYSTEM}),
    Permission.CLARIFICATION_TAKE: _DISTRICT_UP,
    Permission.CLARIFICATION_EXAMINE: _DISTRICT_UP,
    Permission.CLARIFICATION_PUBLISH: _DISTRICT_UP,
    Permission.CLARIFICATION_DECLINE: _DISTRICT_UP,
    Permission.CLARIFICATION_CORRECT: _DISTRICT_UP,
    Permission.CLARIFICATION_WITHDRAW: _DISTRICT_UP,
    Permission.CLARIFICATION_ABSTAIN: _DISTRICT_UP,
    Permission.CLARIFICATION_REPLY: _DISTRICT_UP,
    Permission.CLARIFICATION_PHOTO: _DISTRICT_UP,
}
