"""Every endpoint says who may enter: `@allow(Permission)` or `@public`. One that says nothing is closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from flask import Flask, current_app, request, url_for

from kimweb.core.actor import Actor, Role
from kimweb.core.errors import KimError, NotAllowed
from kimweb.core.permissions import GRANTED_TO, NOT_WHEN_STEPPING_IN, Permission
from kimweb.web import context

PUBLIC = "public"
_MARK = "kimweb_access"
F = TypeVar("F", bound=Callable[..., Any])


def allow(permission: Permission) -> Callable[[F], F]:
    """Only for actors who hold `permission` somewhere; the feature's policy decides on which row."""

    def mark(view: F) -> F:
        setattr(view, _MARK, permission)
        return view

    return mark


def public(view: F) -> F:
    """For everybody. A public POST ignores the session, and so needs no token (delivery.md, "Cross-site posts")."""
    setattr(view, _MARK, PUBLIC)
    return view


def access_of(view: Callable[..., Any] | None) -> Permission | str | None:
    """What an endpoint says about access."""
    return getattr(view, _MARK, None)


def may(actor: Actor, permission: Permission) -> bool:
    """Whether the actor holds `permission` anywhere at all."""
    if permission is Permission.ACCOUNT_OWN:
        return actor.signed_in
    granted = GRANTED_TO[permission]
    stepping_in = permission not in NOT_WHEN_STEPPING_IN
    return actor.has_any(granted, stepping_in=stepping_in) or (Role.SENDER in granted and bool(actor.proofs))


class NotIdentified(KimError):
    """Whoever asks must first show who they are, at `where`; `sender`: by code and PIN, not by signing in."""

    def __init__(self, where: str, *, sender: bool) -> None:
        """`where`: the address of that page."""
        super().__init__("Masuk dulu.")
        self.where = where
        self.sender = sender


class NoRole(NotAllowed):
    """Whoever asks is signed in, and holds no role for this: perhaps it ended in the meantime."""


def check() -> None:
    """Refuse this request's endpoint to whom it is closed. Raises NotIdentified and NotAllowed."""
    access = access_of(current_app.view_functions.get(request.endpoint or ""))
    if request.endpoint is None or access == PUBLIC:
        return
    if not isinstance(access, Permission):
        raise NotAllowed("Halaman ini tertutup.")
    who = context.actor()
    if may(who, access):
        return
    if Role.SENDER in GRANTED_TO[access]:
        code = (request.view_args or {}).get("code")
        raise NotIdentified(url_for(context.addresses().prove, code=code), sender=True)
    if who.signed_in:
        raise NoRole("Akun Anda tidak memegang peran untuk halaman ini.")
    onward = request.path if request.method == "GET" else None
    raise NotIdentified(url_for(context.addresses().sign_in, lanjut=onward), sender=False)


def install(app: Flask) -> None:
    """Check every request, and mark Flask's own static files as public."""
    public(app.view_functions["static"])
    app.before_request(check)
