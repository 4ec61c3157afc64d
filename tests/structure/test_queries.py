"""Law 5, as far as source shows it: selects stand in queries, relationships never load by accident."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Mapper, RelationshipProperty, relationship

import kimweb.models
from kimweb.core.db import Base
from tests.structure.source import KIMWEB, Module, at, calls, module, modules

ASK = {"queries", "policy"}
ALSO = {
    "accounts/own_data.py": "queries: what is stored about one person",
    "areas/audience.py": "queries: who is addressed, for all that is told to some areas",
    "areas/importing.py": "an import's view of what stands, row by row under its lock",
    "areas/recoding.py": "the same",
    "areas/shipped.py": "the same, for the files that come with the program",
    "accounts/directory.py": "queries: the people under somebody, and their places",
    "accounts/slips.py": "queries: slips, and whether one still counts",
    "areas/finding.py": "queries: from what was typed to areas",
    "accounts/seats.py": "queries: from what was typed to the place of a role",
    "cli.py": "commands",
}
HOUSES = ("core", "demo")
"""Folders that bring their own tables, or load the demonstration."""


def selects(found: Module) -> list[str]:
    if found.room in ASK or found.name in ALSO or found.feature.split("/")[0] in HOUSES:
        return []
    return [at(found, call) for call in calls(found.tree, "select", "query", "text") if _is_sql(call)]


def _is_sql(call: object) -> bool:
    import ast

    function = call.func if isinstance(call, ast.Call) else None
    if isinstance(function, ast.Attribute):
        return ast.unparse(function.value) in ("sa", "session", "db", "sqlalchemy")
    return isinstance(function, ast.Name) and function.id == "select"


def test_selects_stand_in_queries() -> None:
    found = [line for each in modules() for line in selects(each)]
    # health asks which migration the database carries: a table that no feature owns
    assert [line for line in found if not line.startswith("home/health.py")] == []


@pytest.mark.parametrize("line", ["sa.select(News)", "select(News)", "session.query(News)", "sa.text('SELECT 1')"])
def test_a_select_in_a_view_is_noticed(line: str) -> None:
    assert selects(module(line, "news/views.py")) == ["news/views.py:1"]


def lazy_relationships(mappers: object) -> list[str]:
    """Relationships that would load, one statement a row, when somebody touches them."""
    found: list[str] = []
    for mapper in mappers:  # type: ignore[attr-defined]
        if isinstance(mapper, Mapper):
            found += [str(prop) for prop in mapper.relationships if _loads(prop)]
    return found


def _loads(prop: RelationshipProperty[object]) -> bool:
    return prop.lazy != "raise_on_sql"


def test_relationships_raise_instead_of_loading() -> None:
    mappers = list(Base.registry.mappers)
    assert sum(len(mapper.relationships) for mapper in mappers) > 10
    assert lazy_relationships(mappers) == []


def test_a_lazy_relationship_is_noticed() -> None:
    assert _loads(relationship("News"))
    assert not _loads(relationship("News", lazy="raise_on_sql"))


def test_every_model_is_known_to_migrations() -> None:
    listed = {name for name in vars(kimweb.models) if not name.startswith("_")}
    assert {path.parent.name for path in KIMWEB.glob("*/models.py")} <= listed
