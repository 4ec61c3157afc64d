"""Who acts: a frozen value, made once per request or command, that policies read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

import sqlalchemy as sa

REGENCY = "16.06"


class Role(StrEnum):
    """What a person may be (product.md, People), and the two that nobody is granted: the sender and the system."""

    MEMBER = "member"
    MODERATOR = "moderator"
    REVIEWER = "reviewer"
    AGENCY = "agency"
    ADMIN = "admin"
    SENDER = "sender"
    SYSTEM = "system"


def covers(area: str, code: str) -> bool:
    """Whether the area `area` is `code` or lies above it. Codes nest by prefix (Permendagri 58/2021): 16.06 >
    16.06.01 > 16.06.01.2001."""
    return code == area or code.startswith(area + ".")


def covered(column: sa.SQLColumnExpression[str], areas: Iterable[str]) -> sa.ColumnElement[bool]:
    """The same in SQL: whether the code in `column` is one of `areas` or lies below one; without areas, none is."""
    return sa.or_(sa.false(), *(sa.or_(column == area, column.startswith(area + ".")) for area in sorted(areas)))


def containing(code: str) -> list[str]:
    """The codes of an area and of all it lies in: 16.06.01 → 16.06.01, 16.06, 16."""
    parts = code.split(".")
    return [".".join(parts[:length]) for length in range(len(parts), 0, -1)]


def district_of(code: str) -> str:
    """The district's code (8 characters) of a village's or a district's own code."""
    return code[:8]


@dataclass(frozen=True, slots=True)
class Holding:
    """One role held today, on an area or on an agency.

    `by`: the role that really acts, where one steps in for an empty desk (a reviewer as a village's moderator).
    """

    role: Role
    area_code: str | None = None
    agency_id: int | None = None
    by: Role | None = None


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts, with the roles that count on `day` (Asia/Jakarta).

    `holdings` holds what was granted, what comes from standing in for somebody, and for a reviewer the moderator's
    role in the villages of the district that are without one (product.md, People). `proofs` names what the actor proved
    to have sent, by code and PIN: `aspiration:H4T-9QC`.
    """

    day: date
    user_id: int | None = None
    name: str = ""
    holdings: frozenset[Holding] = field(default_factory=frozenset)
    proofs: frozenset[str] = field(default_factory=frozenset)
    elections: frozenset[str] = field(default_factory=frozenset)
    """The areas that are in a masa pemilihan on `day` (product.md, flow 2)."""
    absences: bool = False
    """Whether the actor is away on `day`, or stands in for somebody who is. For pages that say so; what may be done
    stands in `holdings`."""

    @property
    def signed_in(self) -> bool:
        """Whether there is an account behind this actor."""
        return self.user_id is not None

    def areas(self, *roles: Role) -> frozenset[str]:
        """The areas on which one of `roles` is held."""
        return frozenset(h.area_code for h in self.holdings if h.role in roles and h.area_code is not None)

    def agencies(self) -> frozenset[int]:
        """The agencies for which the actor answers."""
        return frozenset(h.agency_id for h in self.holdings if h.role is Role.AGENCY and h.agency_id is not None)

    def holds(self, role: Role, *, on: str) -> bool:
        """Whether `role` is held on an area that is or contains `on`."""
        return any(covers(area, on) for area in self.areas(role))

    def first(self, roles: Iterable[Role], *, on: str) -> Role | None:
        """The first of `roles` that is held on an area that is or contains `on`; where one steps in, the role that
        acts."""
        for role in roles:
            found = [h for h in self.holdings if h.role is role and h.area_code and covers(h.area_code, on)]
            if found:
                own = any(h.by is None for h in found)
                return role if own else found[0].by
        return None

    def steps_in_for(self, role: Role) -> frozenset[str]:
        """The areas on which `role` is only held because its desk is empty."""
        return frozenset(h.area_code for h in self.holdings if h.role is role and h.by and h.area_code) - frozenset(
            h.area_code for h in self.holdings if h.role is role and h.by is None and h.area_code
        )

    def has_any(self, roles: Iterable[Role], *, stepping_in: bool = True) -> bool:
        """Whether one of `roles` is held anywhere; without `stepping_in`, as one's own."""
        wanted = set(roles)
        return any(h.role in wanted and (stepping_in or h.by is None) for h in self.holdings)


def visitor(day: date, proofs: Iterable[str] = ()) -> Actor:
    """Somebody without an account."""
    return Actor(day=day, proofs=frozenset(proofs))
