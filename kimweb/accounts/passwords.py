"""Passwords: argon2id, few at a time, so that a storm of sign-ins never takes all cores."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from kimweb.core.errors import Busy

_AT_ONCE = threading.BoundedSemaphore(1)
"""One hash at a time in a process: with two workers half of the cores stay free for reading pages."""
_IN_LINE = threading.BoundedSemaphore(2)
"""The one that hashes and one that waits: in a storm the others are told so, and their threads go on reading."""


_COMMON = Path(__file__).with_name("data") / "common-passwords.txt"


@lru_cache(maxsize=1)
def common() -> frozenset[str]:
    """Passwords that many people choose, here and elsewhere, in lower case; each 8 characters or longer."""
    return frozenset(_COMMON.read_text(encoding="utf-8").split())


@contextmanager
def _turn() -> Iterator[None]:
    if not _IN_LINE.acquire(blocking=False):
        raise Busy("Sedang banyak yang masuk.")
    try:
        with _AT_ONCE:
            yield
    finally:
        _IN_LINE.release()


@lru_cache(maxsize=4)
def passwords(parameters: tuple[int, int, int]) -> Passwords:
    """The one hasher of this process for a set of parameters."""
    return Passwords(parameters)


class Passwords:
    """Hashes and checks with one set of argon2id parameters."""

    def __init__(self, parameters: tuple[int, int, int]) -> None:
        """`parameters`: time cost, memory in KiB, parallelism."""
        time_cost, memory, parallelism = parameters
        self._hasher = PasswordHasher(time_cost=time_cost, memory_cost=memory, parallelism=parallelism)
        self._nobody = self.hash("nobody")

    def hash(self, password: str) -> str:
        """The argon2id hash of a password. Raises Busy in a storm."""
        with _turn():
            return self._hasher.hash(password)

    def verify(self, password_hash: str | None, password: str) -> bool:
        """Whether the password fits; an unknown account (None) costs the same time. Raises Busy in a storm."""
        try:
            with _turn():
                self._hasher.verify(password_hash or self._nobody, password)
        except (VerificationError, InvalidHashError):
            return False
        return password_hash is not None
