"""docs/security.md names a test for every line, and each of them exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.structure.source import ROOT

PAGE = ROOT / "docs" / "security.md"
NODE = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows(text: str) -> list[str]:
    """The lines of the tables, without their heads."""
    return [line for line in text.splitlines() if line.startswith("| ") and not line.startswith("| requirement")]


@cache
def names_in(path: Path) -> frozenset[str]:
    """The names of the tests in a file."""
    if not path.is_file():
        return frozenset()
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(node.name for node in tree.body if isinstance(node, ast.FunctionDef) and node.name[:5] == "test_")


def wrong(text: str) -> list[str]:
    """Lines without a test, and tests that do not exist."""
    found = []
    for row in rows(text):
        named = NODE.findall(row.rstrip("| ").rpartition(" | ")[2])
        found += [] if named else [f"no test: {row}"]
        found += [f"{path}::{test}" for path, test in named if test not in names_in(ROOT / path)]
    return found


def test_every_line_names_tests_that_exist() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert len(rows(text)) > 50
    assert wrong(text) == []


@pytest.mark.parametrize(
    "row",
    [
        "| a thing | somehow | |",
        "| a thing | somehow | by looking |",
        "| a thing | `tests/core/test_chain.py::test_an_empty_record_is_whole` | none |",
        "| a thing | somehow | `tests/core/test_chain.py::test_that_was_never_written` |",
        "| a thing | somehow | `tests/core/test_nowhere.py::test_an_empty_record_is_whole` |",
    ],
)
def test_a_line_without_a_test_is_noticed(row: str) -> None:
    assert len(wrong(row)) == 1
    assert wrong("| a | b | `tests/core/test_chain.py::test_an_empty_record_is_whole` |") == []
