"""Names of areas as people type them, and the names of the offices that each area has."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from kimweb.areas.models import LOWEST, AgencyKind, Area, AreaKind

SEARCH_MAX = 400
_ROMAN = {"i": "1", "ii": "2", "iii": "3"}
_LEVEL_WORD = re.compile(r"^\s*(?:desa|kelurahan|kel\.?|kecamatan|kec\.?)\s+(?=\S)", re.IGNORECASE)
_DISTRICT_FIRST = re.compile(r"^\s*kec(?:amatan)?\b\.?\s*(?=\w)", re.IGNORECASE)
_DISTRICT_MARK = re.compile(r"[,(]|\bkec(?:amatan)?\b\.?", re.IGNORECASE)
_OFFICE_PREFIX = {AreaKind.DISTRICT: "KEC", AreaKind.VILLAGE: "DESA", AreaKind.WARD: "KEL"}
OFFICE_CODE = re.compile(r"(?:KEC|DESA|KEL)-")
"""How the code of an office begins that the import makes; the admin cannot give such a code."""


def fold(text: str) -> str:
    """A name without case, accents, spaces and punctuation, only a-z and 0-9; the words I, II, III become 1, 2, 3.

    "Lumpatan II" and "lumpatan 2" are the same then, and LIKE finds the same on SQLite and PostgreSQL.
    """
    return "".join(_ROMAN.get(word, word) for word in _words(text))


def _words(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.findall(r"[a-z0-9]+", plain)


def split_query(text: str) -> tuple[str, str]:
    """What was typed, as folded name and folded district or "": "Desa Mekar Jaya, Kec. Lais" is mekarjaya, lais."""
    name, *rest = _DISTRICT_MARK.split(_LEVEL_WORD.sub("", text), maxsplit=1)
    district = fold(_DISTRICT_MARK.sub(" ", rest[0])) if rest else ""
    return (fold(name), district) if fold(name) else (district, "")


def kinds_named(text: str) -> tuple[AreaKind, ...]:
    """The levels that the first word leaves: "Kec. Lais" a district, "Desa Lais" a village or ward (people call a ward
    desa too), "Lais" any."""
    if _DISTRICT_FIRST.match(text):
        return (AreaKind.DISTRICT,)
    return LOWEST if _LEVEL_WORD.match(text) else tuple(AreaKind)


def search_name(name: str, others: Iterable[str] = ()) -> str:
    """The folded name and other spellings as `|name|other|`, at most 400 characters (the last ones fall away).

    Each with its roman numerals as well, for who writes them without a space: `|lumpatan2|lumpatanii|`.
    """
    text = "|"
    for part in dict.fromkeys(form for given in (name, *others) for form in (fold(given), "".join(_words(given)))):
        if part and len(text) + len(part) + 1 <= SEARCH_MAX:
            text += part + "|"
    return text


def spellings(text: str) -> list[str]:
    """The folded spellings in a `search_name`, the name first."""
    return [part for part in text.split("|") if part]


def full_name(area: Area) -> str:
    """The name of an area (parent loaded) that tells it from others of that name: "Kec. Lais", "Lais, Kec. Lais"."""
    if area.kind is AreaKind.DISTRICT:
        return f"Kec. {area.name}"
    return f"{area.name}, Kec. {area.parent.name}" if area.parent is not None and area.kind in LOWEST else area.name


def office_code(kind: AreaKind, code: str) -> str | None:
    """The code of an area's own office (KEC-16.06.01, DESA-16.06.01.2001, KEL-16.06.01.1009); the regency has none."""
    prefix = _OFFICE_PREFIX.get(kind)
    return f"{prefix}-{code}" if prefix else None


def office_name(kind: AreaKind, name: str, district: str) -> str:
    """The name of an area's own office; village names repeat, so a village's and a ward's name their district."""
    if kind is AreaKind.DISTRICT:
        return f"Kantor Kecamatan {name}"
    title = "Kelurahan" if kind is AreaKind.WARD else "Pemerintah Desa"
    return f"{title} {name}, Kec. {district}"[:120]


def office_kind(kind: AreaKind) -> AgencyKind:
    """A ward's office counts with the village governments."""
    return AgencyKind.DISTRICT if kind is AreaKind.DISTRICT else AgencyKind.VILLAGE
