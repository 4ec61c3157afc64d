"""Queries: from what somebody typed to districts, villages and wards."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from difflib import SequenceMatcher

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, contains_eager, joinedload

from kimweb.areas import names
from kimweb.areas.models import LOWEST, Area, AreaKind
from kimweb.areas.queries import QUERY_MAX, area_today

SEARCH_LIMIT = 50
CANDIDATES = 12
"""How many areas are offered where a name fits several."""
NEAR = 0.75
"""How alike (0 to 1, difflib's ratio) two spellings are at least, to be offered for one that is not found."""


def search_areas(session: Session, q: str, limit: int = 20) -> Sequence[Area]:
    """Districts, villages and wards that `q` names, each with its parent: exact first, then by beginning, then inside.

    Spelling variants and former names count; case, spaces and punctuation do not. "Mekar Jaya, Kec. Keluang" looks in
    that district only. `q` is cut at 80 characters, `limit` at 50 (one statement, none when nothing is left of `q`).
    """
    name, district = names.split_query(q[:QUERY_MAX])
    if not name:
        return []
    parent = aliased(Area)
    rank = sa.case((Area.search_name.like(f"%|{name}|%"), 0), (Area.search_name.like(f"%|{name}%"), 1), else_=2)
    query = (
        sa.select(Area)
        .join(parent, Area.parent.of_type(parent))
        .where(Area.search_name.like(f"%{name}%"))
        .options(contains_eager(Area.parent.of_type(parent)))
        .order_by(rank, sa.func.length(Area.name), Area.code)
        .limit(max(1, min(limit, SEARCH_LIMIT)))
    )
    if district:
        query = query.where(parent.search_name.like(f"%|{district}%"))
    return session.scalars(query).all()


def find_area(session: Session, text: str, kinds: Collection[AreaKind]) -> tuple[Area | None, Sequence[Area]]:
    """The area of one of these kinds that a code or a name means ("Lais, Kec. Lais", "Kec. Lais"), with its parent; or
    none, and up to twelve candidates where the name fits several.

    A name that is written so goes before another spelling of it, and that before a part of one (two statements).
    """
    by_code = area_today(session, text.strip())
    if by_code is not None:
        return (by_code, []) if by_code.kind in kinds else (None, [])
    wanted, name = set(kinds) & set(names.kinds_named(text)), names.split_query(text[:QUERY_MAX])[0]
    found = [area for area in search_areas(session, text, SEARCH_LIMIT) if area.kind in wanted]
    exact = [area for area in found if names.fold(area.name) == name]
    spelt = [area for area in found if name in names.spellings(area.search_name)]
    best = (exact or spelt or found)[:CANDIDATES]
    return (best[0], []) if len(best) == 1 else (None, best)


def near_areas(session: Session, q: str, *, limit: int = 4) -> Sequence[Area]:
    """The areas whose name, or name and district, is written nearly like `q`, the nearest first (one statement)."""
    typed = names.fold(" ".join(names.split_query(q[:QUERY_MAX])))
    query = sa.select(Area).where(Area.kind.in_([AreaKind.DISTRICT, *LOWEST])).options(joinedload(Area.parent))
    scored = [(_likeness(typed, area), area) for area in session.scalars(query)]
    near = sorted((pair for pair in scored if pair[0] >= NEAR), key=lambda pair: (-pair[0], pair[1].code))
    return [area for _, area in near[:limit]]


def _likeness(typed: str, area: Area) -> float:
    district = names.fold(area.parent.name) if area.parent is not None else ""
    spellings = names.spellings(area.search_name)
    return max(SequenceMatcher(None, typed, text).ratio() for name in spellings for text in (name, name + district))
