"""Marks sentences for the message catalogue in rooms that know no request; pages translate them when they show them."""

from __future__ import annotations

LANGUAGES = ("id", "en")
"""Indonesian is the language of the source; the others have a catalogue."""


def N_(message: str) -> str:
    """Mark a message for extraction; returns it unchanged."""
    return message


class Sentence(str):
    """A marked message with its values put in: a string in Indonesian, which pages translate and fill anew."""

    __slots__ = ("message", "values")
    message: str
    values: dict[str, object]

    def __new__(cls, message: str, **values: object) -> Sentence:
        """`message` with `%(name)s` for each value: `Sentence("%(code)s sudah dipakai.", code="PUPR")`."""
        self = super().__new__(cls, message % values)
        self.message, self.values = message, values
        return self
