"""A change of state that was refused for its input: its form comes back with what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import request

from kimweb.core.errors import Invalid
from kimweb.web.forms import Form


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


def checked(form: Form) -> None:
    """Raise Invalid, with a sentence for each field, where the form's shape is wrong."""
    if not form.validate():
        raise Invalid("Perbaiki dulu.", {name: str(errors[0]) for name, errors in form.errors.items() if name})
