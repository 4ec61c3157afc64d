"""What an old→new table means for the areas that are there: pure planning, nothing is read or written here.

All lines hold at the same moment, so a swap of two codes and a code that is used again work. Where the table cannot be
meant (a merger, an unknown old code, a file older than the data) an Invalid says so.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from kimweb.areas.csvfile import AreaRow, RecodeRow
from kimweb.areas.models import AreaKind
from kimweb.areas.names import fold, spellings
from kimweb.core.errors import Invalid


@dataclass(frozen=True, slots=True)
class Place:
    """An area as the database holds it before an import."""

    code: str
    name: str
    kind: AreaKind
    parent_code: str | None
    search_name: str

    def is_called(self, name: str) -> bool:
        """Whether `name` is one of its spellings, former names included."""
        return fold(name) in spellings(self.search_name)


@dataclass(slots=True)
class Plan:
    """`moves`: codes to change, old to new, all at once. `trail`: every old code whose address leads to a new one."""

    moves: dict[str, str] = field(default_factory=dict)
    trail: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Sides:
    table_name: str
    table: Mapping[str, RecodeRow]
    file: Mapping[str, AreaRow]
    live: Mapping[str, Place]
    recorded: Mapping[str, str]

    def fault(self, row: RecodeRow, what: str) -> Invalid:
        return Invalid(f"{self.table_name}, baris {row.line}: {what}")


def plan_recodes(
    *,
    table_name: str,
    table: Mapping[str, RecodeRow],
    file: Mapping[str, AreaRow],
    live: Mapping[str, Place],
    recorded: Mapping[str, str],
) -> Plan:
    """Which codes change. `live`: the areas by code; `recorded`: earlier recodes, each leads to its last code.

    A line that was applied before is passed over, so the same import can run again. A district's line takes its
    villages along: each keeps its last group, unless the table has its own line for it. Raises Invalid, naming file and
    line.
    """
    sides = _Sides(table_name, table, file, live, recorded)
    plan = Plan()
    for row in table.values():
        _plan_line(sides, row, plan)
    for old, new in list(plan.moves.items()):
        if live[old].kind is AreaKind.DISTRICT:
            _plan_villages(sides, table[old], new, plan)
    return plan


def check_age(
    file_name: str,
    file: Mapping[str, AreaRow],
    live: Mapping[str, Place],
    recorded: Mapping[str, str],
    targets: Collection[str],
) -> None:
    """Refuse a file from before a recode: it would set up the villages again under their old codes. Raises Invalid."""
    for code, new in recorded.items():
        row = file.get(code)
        if row is None or code in live or code in targets:
            continue
        if live[new].is_called(row.name):
            what = f"kode {code} ({row.name}) sudah diganti menjadi {new}; berkas ini lebih lama daripada data."
            raise Invalid(f"{file_name}, baris {row.line}: {what}")


def _plan_line(sides: _Sides, row: RecodeRow, plan: Plan) -> None:
    new = _end(sides, row)
    if new not in sides.file:
        raise sides.fault(row, f"kode baru {new} tidak ada di berkas wilayah.")
    if sides.recorded.get(row.old) == new:
        _check_applied(sides, row, new)
    elif row.old in sides.live:
        _check_reuse(sides, row, new)
        plan.moves[row.old] = plan.trail[row.old] = new
    elif new in sides.live or any(other.new == row.old for other in sides.table.values()):
        plan.trail[row.old] = new
    else:
        raise sides.fault(row, f"kode lama {row.old} tidak ada di data.")


def _end(sides: _Sides, row: RecodeRow) -> str:
    """Where a line leads, through lines that follow it when the code between is no longer in the file."""
    new = row.new
    for _ in sides.table:
        if new in sides.file or new not in sides.table:
            break
        new = sides.table[new].new
    return new


def _check_reuse(sides: _Sides, row: RecodeRow, new: str) -> None:
    """A code that stays in the file must belong to another area there."""
    place, kept = sides.live[row.old], sides.file.get(row.old)
    if kept is not None and place.is_called(kept.name) and not place.is_called(sides.file[new].name):
        raise sides.fault(row, f"berkas wilayah masih memakai kode {row.old} untuk {kept.name}, bukan {new}.")


def _check_applied(sides: _Sides, row: RecodeRow, new: str) -> None:
    """A line that seems applied, yet whose names stand crosswise: the file means another exchange of the same codes."""
    reused, moved = sides.live.get(row.old), sides.live[new]
    name = sides.file[new].name
    if reused is not None and reused.is_called(name) and not moved.is_called(name):
        raise sides.fault(
            row, f"{row.old} sudah pernah diganti menjadi {new}, tetapi namanya tidak cocok dengan berkas."
        )


def _plan_villages(sides: _Sides, row: RecodeRow, district: str, plan: Plan) -> None:
    for place in sides.live.values():
        old, new = place.code, district + place.code[8:]
        if place.parent_code != row.old or old in sides.table:
            continue
        there, here = sides.file.get(new), sides.file.get(old)
        if there is not None and place.is_called(there.name):
            if new in plan.moves.values():
                raise sides.fault(row, f"dua kode lama menuju {new}.")
            plan.moves[old] = plan.trail[old] = new
        elif here is None or not place.is_called(here.name):
            raise sides.fault(row, f"{place.name} ({old}) ikut pindah ke mana? Tambahkan baris untuk kode itu.")
