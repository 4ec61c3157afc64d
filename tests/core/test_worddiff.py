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


def _many_blocks(between: str, order: int) -> str:
    """1,000 words that stay, one that changes after each, and 60 words 40 times over, once in the other order: each
    block that stays was searched for through all of them (seconds, and the desk shows many pieces)."""
    repeated = [f"w{n}" for n in range(60)][::order] * 40
    return " ".join([*(f"k{n} {between}" for n in range(1000)), *repeated])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a " * 5000, "b " + "a " * 4999),
        ("a b " * 2500, "b a " * 2500),
        ("".join(f"{n % 97} " for n in range(3500)), "".join(f"{n * 7 % 97} " for n in range(3500))),
        (" ".join(f"kata{n}" for n in range(1200)), " ".join(f"kata{n}" for n in range(1200, 0, -1))),
        ("x" * 100_000, "y" * 100_000),
        (_many_blocks("a", 1), _many_blocks("b", -1)),
    ],
)
def test_a_text_made_to_be_slow_is_not(before: str, after: str) -> None:
    """10,000 characters at most are typed."""
    begin = perf_counter()
    word_diff(before, after)
    assert perf_counter() - begin < 1


def test_what_would_take_too_long_to_compare_is_shown_as_replaced() -> None:
    before, after = "x " + "a b " * 2500, "y " + "b a " * 2500
    kinds = [part.kind for part in word_diff(before, after)]
    assert [kind for kind in kinds if kind is not Kind.SAME] == [Kind.GONE, Kind.NEW]


def test_a_long_text_written_anew_keeps_what_stays() -> None:
    """Of 1,500 words every tenth is changed: no word between is shown as replaced."""
    words = ["yang" if n % 10 == 5 else f"kata{n}" for n in range(1500)]
    after = [f"baru{n}" if n % 10 == 0 else word for n, word in enumerate(words)]
    parts = word_diff(" ".join(words), " ".join(after))
    assert sum(len(part.text.split()) for part in parts if part.kind is Kind.GONE) == 150
