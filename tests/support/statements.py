"""Counts the SQL that a block of code sends, on every engine of this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

from sqlalchemy import Engine, event

_NOT_COUNTED = ("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE", "ROLLBACK")
_WRITES = ("BEGIN IMMEDIATE", "INSERT", "UPDATE", "DELETE")


class Statements(list[str]):
    """The statements sent, in order; `len()` is their number."""

    def __repr__(self) -> str:
        return f"{len(self)} statements:\n" + "\n".join(" ".join(text.split()) for text in self)


def counted() -> AbstractContextManager[Statements]:
    """`with counted() as sent:` … `assert len(sent) == 3, sent`."""
    return _noting(lambda statement: not statement.startswith(_NOT_COUNTED))


def written() -> AbstractContextManager[Statements]:
    """What changes something, and on SQLite the beginning of each write transaction, empty ones too."""
    return _noting(lambda statement: statement.startswith(_WRITES))


@contextmanager
def _noting(wanted: Callable[[str], bool]) -> Iterator[Statements]:
    sent = Statements()

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if wanted(statement):
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)
