"""A change of state that was refused for its input: its form comes back with what was typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from flask import request
from werkzeug.wrappers import Response

from kimweb.core.errors import Invalid
from kimweb.web.forms import Form
from kimweb.web.htmx import is_partial


@dataclass(frozen=True, slots=True)
class Refused:
    """Which noun was refused, what was typed, and the sentence at each field ("": at none of them)."""

    noun: str = ""
    typed: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


NOTHING = Refused()


def refused(noun: str, error: Invalid) -> Refused:
    """What the page needs to show the form of `noun` again."""
    return Refused(noun, dict(request.form.items()), error.fields or {"": str(error)})


def brought_back(
    noun: str, error: Invalid, *, page: Callable[[Refused], Response], row: Callable[[Refused], Response]
) -> Response:
    """422: the page (on the desk: the row) with the form open, what was typed in it, and what is wrong at its field."""
    response = (row if is_partial() else page)(refused(noun, error))
    response.status_code = 422
    return response


def checked(form: Form) -> None:
    """Raise Invalid, with a sentence for each field, where the form's shape is wrong."""
    if not form.validate():
        raise Invalid("Perbaiki dulu.", {name: str(errors[0]) for name, errors in form.errors.items() if name})
