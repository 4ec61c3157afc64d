"""Codes and PINs as people write, read and type them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kimweb.core.codes import ALPHABET, clean_code, new_code, pin_for, pin_matches

KEY = "a server key of thirty-two letters"
CODES = st.text(ALPHABET, min_size=6, max_size=6).map(lambda text: f"{text[:3]}-{text[3:]}")


def test_no_letter_of_the_alphabet_is_misread() -> None:
    assert len(ALPHABET) == len(set(ALPHABET)) == 30
    assert not set("0O1IL" + "U") & set(ALPHABET)
    assert ALPHABET.upper() == ALPHABET


def test_a_new_code_is_written_in_two_groups_and_comes_back_clean() -> None:
    for code in {new_code() for _ in range(200)}:
        assert re.fullmatch(rf"[{ALPHABET}]{{3}}-[{ALPHABET}]{{3}}", code)
        assert clean_code(code) == code


@pytest.mark.parametrize(
    "typed",
    ["H4T-9QC", "h4t9qc", " h4t 9qc ", "H4T–9QC", "H4T—9QC", "h 4 t . 9 q c", "H4T.9QC", "h4t\t9qc\n", "H4T\u20109QC"],
)
def test_a_code_is_understood_as_people_type_it(typed: str) -> None:
    assert clean_code(typed) == "H4T-9QC"


@pytest.mark.parametrize(
    "typed", ["", "H4T-9Q", "H4T-9QCC", "O4T-9QC", "H4T-9Q1", "H4T_9QC", "H4T-9Qé", "🙂" * 6, "x" * 99]
)
def test_what_cannot_be_a_code_is_none(typed: str) -> None:
    assert clean_code(typed) == ""


@given(st.text(max_size=60))
def test_any_text_gives_a_code_or_nothing(typed: str) -> None:
    code = clean_code(typed)
    assert code == "" or clean_code(code) == code


@given(CODES, st.integers(0, 50))
def test_the_pin_is_eight_digits_and_derived_again_the_same(code: str, counter: int) -> None:
    pin = pin_for(KEY, code, counter)
    assert re.fullmatch(r"[0-9]{8}", pin)
    assert pin_for(KEY, code, counter) == pin
    assert pin_matches(KEY, code, counter, pin)
    assert pin_matches(KEY, code, counter, f" {pin[:4]} {pin[4:]}.")


def test_a_pin_depends_on_key_code_and_counter() -> None:
    pins = {
        pin_for(KEY, "H4T-9QC", 0),
        pin_for(KEY, "H4T-9QC", 1),
        pin_for(KEY, "H4T-9QD", 0),
        pin_for("another key", "H4T-9QC", 0),
    }
    assert len(pins) == 4


def test_the_pin_never_changes_from_one_release_to_the_next() -> None:
    """People keep it on paper for months."""
    assert (pin_for(KEY, "H4T-9QC", 0), pin_for(KEY, "H4T-9QC", 1)) == ("47981849", "65185087")


@pytest.mark.parametrize(
    "typed",
    ["", "00000000", "1234567", "abcdefgh", "\uff14\uff17\uff19\uff18\uff11\uff18\uff14\uff19", "é" * 40, "9" * 99],
)
def test_a_wrong_pin_does_not_match(typed: str) -> None:
    assert not pin_matches(KEY, "H4T-9QC", 0, typed)
