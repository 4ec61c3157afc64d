"""What changed between two texts, word by word: readable, exact, and fast whatever somebody typed."""

from __future__ import annotations

from time import perf_counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimweb.core.worddiff import Kind, Part, word_diff


def test_a_changed_word_stands_beside_what_it_replaces() -> None:
    parts = word_diff("Rapat hari Sabtu di balai desa.", "Rapat hari Minggu di balai desa.")
    assert parts == [
        Part(Kind.SAME, "Rapat hari"),
        Part(Kind.GONE, " Sabtu"),
        Part(Kind.NEW, " Minggu"),
        Part(Kind.SAME, " di balai desa."),
    ]


@given(st.text("ab \n", max_size=60), st.text("ab \n", max_size=60))
def test_both_texts_can_be_read_out_of_the_parts(before: str, after: str) -> None:
    parts = word_diff(before, after)
    old = "".join(part.text for part in parts if part.kind is not Kind.NEW)
    new = "".join(part.text for part in parts if part.kind is not Kind.GONE)
    assert (old, new) == (before.rstrip(), after.rstrip())


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a " * 5000, "b " + "a " * 4999),
        ("a b " * 2500, "b a " * 2500),
        ("".join(f"{n % 97} " for n in range(3500)), "".join(f"{n * 7 % 97} " for n in range(3500))),
        (" ".join(f"kata{n}" for n in range(1200)), " ".join(f"kata{n}" for n in range(1200, 0, -1))),
        ("x" * 100_000, "y" * 100_000),
    ],
)
def test_a_text_made_to_be_slow_is_not(before: str, after: str) -> None:
    """10,000 characters at most are typed."""
    begin = perf_counter()
    word_diff(before, after)
    assert perf_counter() - begin < 2


def test_what_would_take_too_long_to_compare_is_shown_as_replaced() -> None:
    before, after = ("x " + "".join(f"{n * step % 100} " for n in range(5000)) for step in (1, 7))
    kinds = [part.kind for part in word_diff(before, after)]
    assert [kind for kind in kinds if kind is not Kind.SAME] == [Kind.GONE, Kind.NEW]
