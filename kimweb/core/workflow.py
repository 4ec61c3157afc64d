"""State machines as tables, and `advance()`, the sole writer of a state column."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy.orm import Session

from kimweb.core import audit
from kimweb.core.actor import Actor, Role
from kimweb.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed
from kimweb.core.i18n import N_
from kimweb.core.permissions import Permission

S = TypeVar("S", bound=StrEnum)
V = TypeVar("V", bound=StrEnum)


@dataclass(frozen=True)
class Transition(Generic[S]):
    """Where a verb leads from a state. With several targets the action says which one."""

    to: tuple[S, ...]
    permission: Permission
    needs_reason: bool = False


def to(*states: S, by: Permission, reason: bool = False) -> Transition[S]:
    """A row of a table: `to(State.PUBLISHED, by=Permission.NEWS_REVIEW)`."""
    return Transition(states, by, reason)


Table = Mapping[tuple[S, V], Transition[S]]
Authority = Callable[[Permission], Role | None]


class Versioned(Protocol):
    """What a form was made from, in some version."""

    version: Any

    @property
    def audit_kind(self) -> str: ...
    @property
    def audit_id(self) -> str: ...


class Stateful(Versioned, Protocol):
    """What `advance()` needs of a row."""

    state: Any
    updated_at: Any

    @property
    def audit_area(self) -> str | None: ...


@dataclass(frozen=True, slots=True)
class Step:
    """Who does something, when, by whose authority, and from which version of the form (None: not from a form)."""

    actor: Actor
    now: datetime
    version: int | None = None
    reason: str = ""
    detail: dict[str, Any] = field(default_factory=dict)


def possible(subject: Stateful, table: Table[S, V], authority: Authority) -> frozenset[V]:
    """The verbs that the table knows from this state and the policy permits: what a page may offer."""
    return frozenset(
        verb
        for (state, verb), transition in table.items()
        if state == subject.state and authority(transition.permission) is not None
    )


def check_version(subject: Versioned, version: int | None) -> None:
    """Refuse a form that was made from an older version of the row (call it under the lock)."""
    if version is not None and version != subject.version:
        raise Conflict("Sudah diubah orang lain.", kind=subject.audit_kind, subject_id=subject.audit_id)


def touch(subject: Stateful, now: datetime) -> None:
    """Mark a row as changed: forms made before this moment are stale."""
    subject.version += 1
    subject.updated_at = now


def permitted(
    subject: Stateful, verb: V, step: Step, *, table: Table[S, V], authority: Authority
) -> tuple[Transition[S], Role]:
    """The first three checks of `advance()`, for an action that has more to check before it moves the subject."""
    check_version(subject, step.version)
    transition = table.get((subject.state, verb))
    if transition is None:
        raise InvalidTransition(f"'{verb}' is not possible from '{subject.state}'")
    role = authority(transition.permission)
    if role is None:
        raise NotAllowed("Anda tidak memegang meja ini.")
    return transition, role


def advance(
    session: Session,
    subject: Stateful,
    verb: V,
    step: Step,
    *,
    table: Table[S, V],
    authority: Authority,
    target: S | None = None,
) -> Role:
    """Move `subject` along `verb`, and record it. Call it under the row's lock, inside `writing()`.

    Checks, in this order: the version of the form (Conflict), the table (InvalidTransition), the permission
    (NotAllowed), the reason (Invalid). Returns the role by whose authority it happened.
    """
    transition, role = permitted(subject, verb, step, table=table, authority=authority)
    reason = step.reason.strip()
    if transition.needs_reason and not reason:
        raise Invalid("Alasan masih kosong.", {"reason": N_("Masih kosong. Tulis alasannya, cukup satu kalimat.")})
    after = transition.to[0] if target is None else target
    if after not in transition.to:
        raise InvalidTransition(f"'{verb}' does not lead to '{after}'")
    before, subject.state = subject.state, after
    touch(subject, step.now)
    note(session, subject, verb, step, role=role, before=before)
    return role


def note(session: Session, subject: Stateful, verb: str, step: Step, *, role: Role, before: str | None = None) -> None:
    """Hand over the entry of what was just done to a subject; its state now is the entry's `after`.

    `before`: its state until then; None for what was just made.
    """
    audit.record(
        session,
        audit.Entry(
            at=step.now,
            kind=subject.audit_kind,
            subject_id=subject.audit_id,
            verb=verb,
            role=role,
            actor_id=step.actor.user_id,
            area_code=subject.audit_area,
            before=before,
            after=subject.state,
            detail=step.detail,
            text=step.reason.strip() or None,
        ),
    )
