"""The errors that actions raise. Views let them pass; `kimweb.web.errors` turns each into its page."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime


class KimError(Exception):
    """Base of all errors that a person may meet.

    `str(error)` is a sentence in plain Indonesian (of InvalidTransition: a word to developers, the page has its own).
    """


class NotFound(KimError):
    """What was asked for does not exist, or is invisible to the actor (404 in both cases)."""


class NotAllowed(KimError):
    """The actor sees the subject but may not do this to it (403)."""


class InvalidTransition(KimError):
    """The subject's state does not know this verb (409: somebody was faster, or a form was replayed)."""


class Conflict(KimError):
    """The form was made from an older version of the subject (409).

    `kind` and `subject_id` name the subject for a look into its history.
    """

    def __init__(self, message: str, *, kind: str, subject_id: str) -> None:
        super().__init__(message)
        self.kind = kind
        self.subject_id = subject_id


class Invalid(KimError):
    """The input breaks a rule that a form alone cannot check (422). `fields` maps a field's name to its sentence."""

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields = dict(fields or {})


class TooMany(KimError):
    """A throttle is closed until `until` (aware, UTC) (429)."""

    def __init__(self, message: str, *, until: datetime) -> None:
        super().__init__(message)
        self.until = until


class Busy(KimError):
    """503: too much at once; the same again in a moment."""
