"""Counts the SQL that a block of code sends, on every engine of this process."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, event

_NOT_COUNTED = ("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK")


class Statements(list[str]):
    """The statements sent, in order; `len()` is their number."""

    def __repr__(self) -> str:
        return f"{len(self)} statements:\n" + "\n".join(" ".join(text.split()) for text in self)


@contextmanager
def counted() -> Iterator[Statements]:
    """`with counted() as sent:` … `assert len(sent) == 3, sent`."""
    sent = Statements()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(_NOT_COUNTED):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)
