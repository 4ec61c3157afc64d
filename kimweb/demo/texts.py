"""The demonstration's words, from the TOML files beside this module, with their places filled in."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from kimweb.areas.models import Area

_FOLDER = Path(__file__).parent / "texts"
_DAYS = ("Senin", "Selasa", "Rabu", "Kamis", "Jumat", "Sabtu", "Minggu")
_MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip


@cache
def entries(name: str) -> list[dict[str, Any]]:
    """The entries of `news`, `announcements`, `aspirations` or `clarifications`."""
    table = tomllib.loads((_FOLDER / f"{name}.toml").read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = table[name.removesuffix("s") if name != "news" else "news"]
    return found


@cache
def phrases() -> dict[str, Any]:
    """Reasons and the notes of activities."""
    return tomllib.loads((_FOLDER / "phrases.toml").read_text(encoding="utf-8"))


@cache
def given_names() -> list[str]:
    """Names of people who do not exist."""
    names: list[str] = tomllib.loads((_FOLDER / "people.toml").read_text(encoding="utf-8"))["given"]
    return names


def day_name(day: date) -> str:
    """Sabtu 28 November."""
    return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]}"


@dataclass(frozen=True)
class Filler:
    """Values for one text's placeholders, the same throughout the text."""

    values: dict[str, str]

    @classmethod
    def of(cls, area: Area, day: date, dice: Random) -> Filler:
        """For a text of `area` written on `day`."""
        district = area.parent.name if area.parent is not None else area.name
        return cls(
            {
                "desa": area.name,
                "kec": district,
                "dusun": dice.choice(["I", "II", "III", "IV"]),
                "rt": f"{dice.randint(1, 12):02d}",
                "hari_tanggal": day_name(day + timedelta(days=dice.randint(2, 9))),
                "kemarin": day_name(day - timedelta(days=dice.randint(1, 3))),
                "jumlah": str(dice.randint(8, 60)),
                "harga": f"{dice.randint(9, 14)}.{dice.randint(0, 19) * 50:03d}",
            }
        )

    def fill(self, text: str, **replaced: str) -> str:
        """The text with every placeholder filled."""
        return text.format_map(self.values | replaced).strip()


def fitting(name: str, area_code: str) -> list[dict[str, Any]]:
    """The entries that make sense in an area."""
    return [entry for entry in entries(name) if area_code in entry.get("villages", [area_code])]
