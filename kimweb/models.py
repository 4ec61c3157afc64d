"""Every model, so that `Base.metadata` is complete for migrations; and what search finds of each (`found`)."""

from kimweb.accounts import models as accounts
from kimweb.announcements import found as _announcements_found  # noqa: F401 (says what is found)
from kimweb.announcements import models as announcements
from kimweb.areas import models as areas
from kimweb.aspirations import found as _aspirations_found  # noqa: F401
from kimweb.aspirations import models as aspirations
from kimweb.clarifications import found as _clarifications_found  # noqa: F401
from kimweb.clarifications import models as clarifications
from kimweb.core import audit, calendar, erasure, idempotency, outbox, photos, search, throttle
from kimweb.kims import models as kims
from kimweb.news import found as _news_found  # noqa: F401
from kimweb.news import models as news

__all__ = [
    "accounts",
    "announcements",
    "areas",
    "aspirations",
    "audit",
    "calendar",
    "clarifications",
    "erasure",
    "idempotency",
    "kims",
    "news",
    "outbox",
    "photos",
    "search",
    "throttle",
]
