"""Our own source, parsed once: what the structure tests look through."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
KIMWEB = ROOT / "kimweb"
FEATURES = ("areas", "accounts", "kims", "news", "announcements", "aspirations", "clarifications", "home")
ON_THE_WEB = frozenset(
    (
        *(
            "blueprint",
            "changes",
            "claim_pages",
            "desk",
            "devices",
            "election_pages",
            "forms",
            "gallery",
            "searching",
            "gaps",
            "health",
            "invitation_forms",
        ),
        *(
            "invited",
            "log",
            "login",
            "mail_pages",
            "own_data_views",
            "pages",
            "people_file",
            "places",
            "roster",
            "second_pages",
            "sheets",
        ),
        *("tracking", "views", "words"),
    )
)
"""Rooms that know a request. All others know neither Flask nor kimweb.web, the extras too."""


@dataclass(frozen=True)
class Module:
    """A parsed file. `name`: its path under kimweb/ ("news/views.py")."""

    name: str
    tree: ast.Module

    @property
    def feature(self) -> str:
        """The folder in which it stands; "" at the top."""
        return self.name.rpartition("/")[0]

    @property
    def room(self) -> str:
        """The file's name without ending."""
        return self.name.rpartition("/")[2].removesuffix(".py")


@cache
def modules() -> tuple[Module, ...]:
    """Every Python file of kimweb/."""
    paths = sorted(KIMWEB.rglob("*.py"))
    return tuple(Module(str(path.relative_to(KIMWEB)), ast.parse(path.read_text(encoding="utf-8"))) for path in paths)


def module(text: str, name: str = "news/made_up.py") -> Module:
    """A module that a test makes up, to see a guard fail."""
    return Module(name, ast.parse(text))


def imports(tree: ast.AST) -> Iterator[str]:
    """The dotted names that a tree imports (`from a import b` gives a.b)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def at(found: Module, node: ast.AST) -> str:
    """Where a node stands, for messages: `news/views.py:12`."""
    return f"{found.name}:{getattr(node, 'lineno', 0)}"


def calls(tree: ast.AST, *names: str) -> Iterator[ast.Call]:
    """Calls of a function or method with one of these names, whatever it is called on."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
            if name in names:
                yield node


def public_functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    """The public functions at a module's top level."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node
