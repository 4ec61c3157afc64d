"""Several writers at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy.engine import Engine

from kimweb.core.db import make_engine

T = TypeVar("T")
HANG_SECONDS = 60


def together(number: int, work: Callable[[int], T]) -> list[T]:
    """What `work(0)` … `work(number - 1)` return, all begun at the same moment; the first error is raised."""
    ready = threading.Barrier(number, timeout=HANG_SECONDS)

    def begin(index: int) -> T:
        ready.wait()
        return work(index)

    with ThreadPoolExecutor(number) as pool:
        return [future.result(HANG_SECONDS) for future in [pool.submit(begin, index) for index in range(number)]]


@contextmanager
def engine_on(url: str) -> Iterator[Engine]:
    """An engine for several sessions."""
    engine = make_engine(url)
    yield engine
    engine.dispose()
