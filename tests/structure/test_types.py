"""Law 9: types, and words that say what a function does."""

from __future__ import annotations

import ast
import re
import tomllib
from typing import Any

import pytest

from tests.structure.source import ROOT, Module, at, module, modules

CONFIG: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mypy"]
BLANKET = re.compile(r"#\s*type:\s*ignore(?!\[)|#\s*mypy:|#\s*noqa(?!:)|#\s*nosec(?!\s+B\d{3} # \w)")
FRAMEWORK = {"visit_", "process_"}
"""Methods whose meaning is the library's."""


def weakened(config: dict[str, Any]) -> list[str]:
    """What would let untyped code pass."""
    wrong = [] if config.get("strict") is True else ["not strict"]
    loose = ("ignore_errors", "follow_imports", "disable_error_code", "exclude", "allow_untyped_defs")
    for part in (config, *config.get("overrides", [])):
        wrong += [name for name in loose if part.get(name)]
        if part.get("disallow_untyped_defs") is False:
            wrong.append("disallow_untyped_defs")
    wrong += ["ignore_missing_imports for all"] if config.get("ignore_missing_imports") else []
    named = [name for part in config.get("overrides", []) for name in part["module"]]
    return wrong + [f"override for {name}" for name in named if name.startswith(("*", "kimweb", "tests"))]


def test_mypy_is_strict_without_exceptions() -> None:
    assert weakened(CONFIG) == []
    assert {"kimweb", "tests"} <= set(CONFIG["files"])


@pytest.mark.parametrize(
    "config",
    [
        {},
        {"strict": True, "ignore_missing_imports": True},
        {"strict": True, "overrides": [{"module": ["kimweb.news"], "disallow_untyped_defs": False}]},
    ],
)
def test_a_weaker_mypy_is_noticed(config: dict[str, Any]) -> None:
    assert weakened(config)


def test_no_ignore_without_a_code() -> None:
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for folder in ("kimweb", "tests", "bench")
        for path in (ROOT / folder).rglob("*.py")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if BLANKET.search(line) and path.name != "test_types.py"
    ]
    assert wrong == []


def undocumented(found: Module) -> list[str]:
    """Public modules, classes, functions and methods without a docstring."""
    wrong = [] if ast.get_docstring(found.tree) or not found.tree.body else [f"{found.name}: module"]
    for node in found.tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            wrong += [] if ast.get_docstring(node) else [f"{at(found, node)} {node.name}"]
            wrong += [line for method in node.body for line in _silent(found, method)]
        wrong += _silent(found, node)
    return wrong


def _silent(found: Module, node: ast.stmt) -> list[str]:
    if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
        return []
    stub = len(node.body) == 1 and isinstance(node.body[0], ast.Expr) and ast.unparse(node.body[0]) == "..."
    known = node.name.startswith(tuple(FRAMEWORK))
    return [] if ast.get_docstring(node) or stub or known else [f"{at(found, node)} {node.name}"]


def test_everything_public_says_what_it_is() -> None:
    assert [line for found in modules() for line in undocumented(found)] == []


def test_a_silent_function_is_noticed() -> None:
    text = (
        '"""A room."""\ndef act() -> None:\n    x = 1\n\nclass Row:\n    """A row."""\n    def go(self) -> None: pass\n'
    )
    assert undocumented(module(text)) == ["news/made_up.py:2 act", "news/made_up.py:7 go"]


def test_files_stay_small() -> None:
    """About 300 lines: past that, ask what room is missing."""
    sizes = {str(p.relative_to(ROOT)): len(p.read_text().splitlines()) for p in (ROOT / "kimweb").rglob("*.py")}
    assert {name: lines for name, lines in sizes.items() if lines > 310} == {}
    sizes = {str(p.relative_to(ROOT)): len(p.read_text().splitlines()) for p in (ROOT / "templates").rglob("*.html")}
    assert {name: lines for name, lines in sizes.items() if lines > 90} == {}


def test_no_function_is_a_house_of_its_own() -> None:
    """About 25 lines; nothing above 60, signature and docstring included."""
    long = [
        f"{at(found, node)} {node.name}: {(node.end_lineno or 0) - node.lineno + 1}"
        for found in modules()
        for node in ast.walk(found.tree)
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= 60
    ]
    assert long == []


def test_actions_take_their_subjects_by_name() -> None:
    """Keyword-only arguments on actions: `publish_news(session, step, news_id=7)`."""
    wrong = [
        f"{at(found, node)} {node.name}"
        for found in modules()
        if found.room in ("actions", "sending")
        for node in found.tree.body
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_")
        if node.args.args and node.args.args[0].arg == "session" and len(node.args.args) > 2
    ]
    assert wrong == []
