"""Who is addressed: the regency, districts, villages; the same for everything that is told to some of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.areas import names
from kimweb.areas.models import LOWEST, Area, AreaKind
from kimweb.core.actor import REGENCY, covered, covers, district_of


def above(area_code: str) -> list[str]:
    """An area and what lies above it."""
    return sorted({REGENCY, district_of(area_code), area_code})


def outermost(codes: Iterable[str]) -> tuple[str, ...]:
    """The codes that are not already reached by another one: a district makes its villages superfluous."""
    wanted = set(codes)
    return tuple(sorted(code for code in wanted if not any(covers(other, code) for other in wanted - {code})))


def audience_size(session: Session, codes: Iterable[str]) -> int:
    """How many villages and wards are reached by these areas, each counted once."""
    wanted = sorted(set(codes))
    inside = sa.true() if REGENCY in wanted else sa.or_(Area.code.in_(wanted), Area.parent_code.in_(wanted))
    query = sa.select(sa.func.count()).select_from(Area)
    return session.scalar(query.where(Area.kind.in_(LOWEST), inside)) or 0


@dataclass(frozen=True, slots=True)
class DistrictChoice:
    """A district that can be addressed, and its villages and wards by name."""

    district: Area
    villages: Sequence[Area]


@dataclass(frozen=True, slots=True)
class AudienceChoice:
    """What can be addressed: everything at once (only inside the regency), districts, their villages."""

    whole: Area | None
    districts: Sequence[DistrictChoice]

    def codes(self) -> frozenset[str]:
        """Every code that can be chosen."""
        found = {area.code for each in self.districts for area in (each.district, *each.villages)}
        return frozenset(found | ({self.whole.code} if self.whole else set()))


def audience_choice(session: Session, inside_of: Iterable[str]) -> AudienceChoice:
    """What can be addressed inside of these areas, for a form (one statement)."""
    inside = covered(Area.code, set(inside_of))
    areas = sorted(session.scalars(sa.select(Area).where(inside)), key=_by_name)
    below: dict[str | None, list[Area]] = {}
    for area in areas:
        below.setdefault(area.parent_code, []).append(area)
    districts = [area for area in areas if area.kind is AreaKind.DISTRICT]
    whole = next((area for area in areas if area.kind is AreaKind.REGENCY), None)
    return AudienceChoice(whole, [DistrictChoice(each, below.get(each.code, [])) for each in districts])


def _by_name(area: Area) -> tuple[str, str]:
    return names.fold(area.name), area.code
