"""docs/permissions.md: who may do what, computed from the routes and from the policies with real rows.

Knows no feature: the caller brings each one's verbs, policy and specimens (`kimweb.cli`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import Flask
from werkzeug.routing import Rule

from kimweb.core.actor import Actor, Role
from kimweb.core.permissions import GRANTED_TO, Permission
from kimweb.web.access import access_of

OWN, NEAR, FAR = "own", "near", "far"
"""Where a specimen lies: in the village 16.06.01.2001, in another village of the district, in another district."""
_REACH = {
    (): "–",
    (OWN,): "own village",
    (OWN, NEAR): "own district",
    (OWN, NEAR, FAR): "everywhere",
    (NEAR, FAR): "not the own village",
    (FAR,): "other districts",
}
Authority = Callable[[Actor, Permission, Any], Role | None]


@dataclass(frozen=True)
class Case:
    """One line of a feature's matrix: a verb (or "see") on a kind of row, one specimen a place.

    `permission` is only told; `allowed` decides.
    """

    verb: str
    what: str
    permission: Permission | None
    specimens: Mapping[str, Any]
    allowed: Callable[[Actor, Any], bool]


@dataclass(frozen=True)
class Matrix:
    """A feature's matrix: its lines, and the people in its columns, each with a heading."""

    title: str
    people: Mapping[str, Actor]
    cases: Sequence[Case]


def by_policy(authority: Authority, permission: Permission) -> Callable[[Actor, Any], bool]:
    """Whether a policy gives anybody's authority for `permission` on a row."""
    return lambda actor, row: authority(actor, permission, row) is not None


def routes(app: Flask) -> list[tuple[str, str, Permission | str | None]]:
    """Every route: method, address, and what it says about access; by address."""

    def lines(rule: Rule) -> Iterator[tuple[str, str, Permission | str | None]]:
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            yield method, rule.rule, access_of(app.view_functions[rule.endpoint])

    found = [line for rule in app.url_map.iter_rules() for line in lines(rule)]
    return sorted(found, key=lambda line: (line[1], line[0]))


def reach(case: Case, actor: Actor) -> str:
    """In words, in which places the actor may do it."""
    places = tuple(place for place in (OWN, NEAR, FAR) if case.allowed(actor, case.specimens[place]))
    return _REACH.get(places, ", ".join(places))


def document(app: Flask, matrices: Iterable[Matrix]) -> str:
    """The whole page, in Markdown."""
    parts = [_HEAD, "## Routes\n", *_route_table(app)]
    for matrix in matrices:
        parts += [f"\n## {matrix.title}\n", *_matrix_table(matrix)]
    return "\n".join(parts) + "\n"


_HEAD = """# Who may do what

Made by `python -m kimweb permissions > docs/permissions.md`; a test fails when this page differs from the code.
A permission says which roles may do something at all (`kimweb/core/permissions.py`); each feature's `policy.py` decides
on which row. Rows that somebody does not see are a 404 for them, whatever stands here.

The matrices below are computed from the policies with rows of the village 16.06.01.2001. Everybody in the columns holds
the role for that village, its district, or the regency, and is asked about a row of the own village, of another village
in the same district, and of another district: *own village* is the first only, *own district* the first two,
*everywhere* all.
"""


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _rule(columns: int) -> str:
    return "|" + "---|" * columns


def _route_table(app: Flask) -> Iterator[str]:
    yield _row(["method", "address", "permission", "roles that hold it"])
    yield _rule(4)
    for method, address, access in routes(app):
        roles = ", ".join(sorted(GRANTED_TO[access])) if isinstance(access, Permission) else "everybody"
        yield _row([method, f"`{address}`", str(access), roles])


def _matrix_table(matrix: Matrix) -> Iterator[str]:
    yield _row(["verb", "row", "permission", *matrix.people])
    yield _rule(3 + len(matrix.people))
    for case in matrix.cases:
        cells = [reach(case, actor) for actor in matrix.people.values()]
        yield _row([f"`{case.verb}`", case.what, str(case.permission or "–"), *cells])
