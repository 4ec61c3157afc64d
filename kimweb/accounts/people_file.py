"""The file that says who holds what, and the one in which to write whom to invite."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flask_babel import gettext as _

from kimweb.accounts.csvfile import EXAMPLE_HEADER
from kimweb.accounts.models import RoleGrant, User
from kimweb.areas.models import Area
from kimweb.areas.names import full_name
from kimweb.areas.words import place_name
from kimweb.core.calendar import local_day
from kimweb.core.table_file import Cell, as_csv
from kimweb.web.words import role_name


def people_csv(rows: Sequence[tuple[User, RoleGrant | None]]) -> bytes:
    """One line a role, also for whoever holds none (places loaded)."""
    header = [
        _("Nama"),
        _("Nama pengguna"),
        _("Peran"),
        _("Tempat"),
        _("Mulai"),
        _("Sampai"),
        _("Terakhir masuk"),
    ]
    return as_csv(header, (list(_line(user, grant)) for user, grant in rows))


def example_csv(villages: Sequence[Area]) -> bytes:
    """A line a village for the import to read: role and code are there, the name is missing. In Indonesian always,
    since the import reads that (districts loaded)."""
    return as_csv(EXAMPLE_HEADER, (("", "moderator", area.code, full_name(area)) for area in villages))


def _line(user: User, grant: RoleGrant | None) -> Iterator[Cell]:
    yield from (user.name, user.username)
    if grant is None:
        yield from ("", "", None, None)
    else:
        place = grant.agency.name if grant.agency else place_name(grant.area) if grant.area else ""
        yield from (role_name(grant.role), place, grant.starts_on, grant.ends_on)
    yield local_day(user.signed_in_at) if user.signed_in_at else None
