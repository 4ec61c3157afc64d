"""What may stand in an address: ids that fit the database, area codes, aspiration codes."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import BaseConverter, IntegerConverter, ValidationError

from kimweb.core.codes import clean_code
from kimweb.core.paging import MAX_ID


class IdConverter(IntegerConverter):
    """A row's id: 1 to MAX_ID."""

    def to_python(self, value: str) -> int:
        """The number, or no match."""
        number = int(value) if len(value) <= 10 else 0
        if not 0 < number <= MAX_ID:
            raise ValidationError
        return number


class AreaConverter(BaseConverter):
    """A Kemendagri code: 16.06, 16.06.01 or 16.06.01.2001."""

    regex = r"\d\d\.\d\d(?:\.\d\d(?:\.\d{4})?)?"


class CodeConverter(BaseConverter):
    """An aspiration's code, also as people type it (h4t9qc)."""

    regex = r"[0-9A-Za-z]{3}[-. ]?[0-9A-Za-z]{3}"

    def to_python(self, value: str) -> str:
        """The code in its written form, or no match."""
        code = clean_code(value)
        if not code:
            raise ValidationError
        return code


def install(app: Flask) -> None:
    """Register `<id:…>`, `<area:…>` and `<code:…>`."""
    app.url_map.converters.update(id=IdConverter, area=AreaConverter, code=CodeConverter)
