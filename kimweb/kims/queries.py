"""Selects about the groups themselves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from kimweb.accounts.queries import has_moderator, is_moderator_named
from kimweb.areas.models import Area
from kimweb.core.i18n import N_
from kimweb.kims.models import DORMANT_AFTER_DAYS, Activity, Kim, Stage

STAGE_WORDS: Mapping[Stage, str] = {
    Stage.SOCIALISED: N_("sosialisasi"),
    Stage.DELIBERATED: N_("musyawarah"),
    Stage.ELECTED: N_("pengurus terpilih"),
    Stage.DECREED: N_("SK terbit"),
    Stage.REGISTERED: N_("terdaftar"),
    Stage.ACTIVE: N_("aktif"),
}
"""What the stages are called in the interface (product.md, flow 5)."""


@dataclass(frozen=True, slots=True)
class KimSummary:
    """How the KIM of one area stands on a day.

    `stage`: None, there is none yet. `quiet_since`: the last day on which something was logged (or the day it became
    active, when nothing ever was), once that is 60 days ago: it is dormant ("tidur"). `moderated`: whether somebody
    moderates it; if nobody does, its work goes to the district.
    """

    stage: Stage | None
    stage_since: date | None
    quiet_since: date | None
    moderated: bool

    @property
    def dormant(self) -> bool:
        """Whether it sleeps: derived, never stored."""
        return self.quiet_since is not None

    @property
    def word(self) -> str:
        """The stage as the interface calls it, untranslated; "" when there is no KIM."""
        return STAGE_WORDS[self.stage] if self.stage is not None else ""


def kim_of(session: Session, area_code: str, day: date) -> KimSummary:
    """How the KIM of an area stands on `day` (one statement)."""
    last = sa.select(sa.func.max(Activity.day)).where(Activity.area_code == Area.code, Activity.day <= day)
    query = (
        sa.select(Kim.stage, Kim.stage_since, last.scalar_subquery(), has_moderator(sa.literal(area_code), day))
        .select_from(Area)
        .outerjoin(Kim, Kim.area_code == Area.code)
        .where(Area.code == area_code)
    )
    found = session.execute(query).one_or_none()
    if found is None:
        return KimSummary(None, None, None, moderated=False)
    stage, since, last_day, moderated = found
    return KimSummary(stage, since, _quiet_since(stage, since, last_day, day), moderated=bool(moderated))


def _quiet_since(stage: Stage | None, since: date | None, last_day: date | None, day: date) -> date | None:
    """Only an active KIM falls asleep: before that its stage says how far it is."""
    if stage is not Stage.ACTIVE or since is None:
        return None
    quiet = max(last_day, since) if last_day else since
    return quiet if day - quiet >= timedelta(days=DORMANT_AFTER_DAYS) else None


def unmoderated(session: Session, day: date) -> Sequence[tuple[Area, bool]]:
    """The areas with a KIM that nobody moderates on `day`, by district; and whether somebody holds the role all the
    same, but is silent or away (one statement)."""
    query = (
        sa.select(Area, is_moderator_named(Area.code, day))
        .join(Kim, Kim.area_code == Area.code)
        .where(~has_moderator(Area.code, day))
        .options(joinedload(Area.parent))
        .order_by(Area.code)
    )
    return [(area, bool(named)) for area, named in session.execute(query)]
