"""What the verbs and states of village news are called in the interface (product.md decides)."""

from __future__ import annotations

from flask import Flask
from flask_babel import gettext

from kimweb.core.i18n import N_
from kimweb.news.models import State, Verb
from kimweb.web.words import add_verbs

VERBS: dict[str, str] = {
    Verb.SUBMIT: N_("diajukan"),
    Verb.PUBLISH: N_("diterbitkan"),
    Verb.WITHDRAW: N_("ditarik"),
    Verb.RETURN: N_("dikembalikan"),
}
STATES = {
    State.DRAFT: N_("Draf"),
    State.SUBMITTED: N_("Menunggu moderator"),
    State.RETURNED: N_("Dikembalikan"),
    State.PUBLISHED: N_("Terbit"),
    State.WITHDRAWN: N_("Ditarik"),
}


def install(app: Flask) -> None:
    """Register the verbs and the filter."""
    add_verbs(app, VERBS)
    app.jinja_env.filters["news_state"] = lambda state: gettext(STATES[state])
