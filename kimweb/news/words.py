"""What the verbs and states of village news are called in the interface (product.md decides)."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask
from flask_babel import gettext
from markupsafe import Markup, escape

from kimweb.core.i18n import N_
from kimweb.core.worddiff import Kind, Part
from kimweb.news import forms, policy
from kimweb.news.models import State, Verb
from kimweb.news.queries import REPORTS_COUNT, Release
from kimweb.news.workflow import is_complete
from kimweb.web import context
from kimweb.web.words import add_verbs, role_name

VERBS: dict[str, str] = {
    Verb.SUBMIT: N_("diajukan"),
    Verb.PUBLISH: N_("diterbitkan"),
    Verb.WITHDRAW: N_("ditarik"),
    Verb.RETURN: N_("dikembalikan"),
    Verb.RESTORE: N_("ditampilkan lagi"),
    Verb.CORRECT: N_("diperbaiki, menunggu moderator"),
    Verb.KEEP: N_("tetap tayang sesudah dilaporkan"),
    Verb.SECOND: N_("dilihat kecamatan"),
    "delete": N_("dihapus"),
}
STATES = {
    State.DRAFT: N_("Draf"),
    State.SUBMITTED: N_("Menunggu moderator"),
    State.RETURNED: N_("Dikembalikan"),
    State.PUBLISHED: N_("Terbit"),
    State.REVISING: N_("Perbaikan menunggu moderator"),
    State.WITHDRAWN: N_("Ditarik"),
}


SHOWN_AROUND = 90
"""Characters of unchanged text that stand before and after a change."""


def marked(parts: Sequence[Part]) -> Markup:
    """A change as readable text: what goes and what comes is marked by element and by word (text browsers show neither
    strokes nor colours); long unchanged stretches are cut in the middle."""
    return Markup("").join(_marked(part) for part in parts)


def _marked(part: Part) -> Markup:
    words = part.text.strip()
    before, after = part.text.partition(words)[::2] if words else (part.text, "")
    if part.kind is Kind.SAME:
        return _lines(before + _shortened(words) + after)
    name = gettext("hapus:") if part.kind is Kind.GONE else gettext("tambah:")
    tag = Markup("del") if part.kind is Kind.GONE else Markup("ins")
    body = Markup("<{0}><small>{1}</small> {2}</{0}>").format(tag, name, _lines(words))
    return Markup("{} {}").format(body, _lines(after)) if after else Markup(" {} ").format(body)


def _shortened(text: str) -> str:
    if len(text) <= 2 * SHOWN_AROUND + 20:
        return text
    return text[:SHOWN_AROUND].rsplit(" ", 1)[0] + " … " + text[-SHOWN_AROUND:].split(" ", 1)[-1]


def _lines(text: str) -> Markup:
    return Markup("<br>\n").join(escape(line) for line in text.split("\n"))


def who_wrote(release: Release) -> str:
    """Who wrote what stands, and who released it."""
    names = {"writer": role_name(release.writer), "role": role_name(release.releaser)}
    if release.own and release.later:
        told = gettext("Perbaikan terakhir ditulis dan diterbitkan orang yang sama: %(role)s.", **names)
    elif release.own:
        told = gettext("Ditulis dan diterbitkan orang yang sama: %(role)s.", **names)
    elif release.later:
        told = gettext("Perbaikan terakhir ditulis %(writer)s, diperiksa %(role)s.", **names)
    else:
        told = gettext("Ditulis %(writer)s, diperiksa %(role)s.", **names)
    return str(told)


def install(app: Flask) -> None:
    """Register the verbs, filters and questions."""
    add_verbs(app, VERBS)
    app.jinja_env.filters["news_state"] = lambda state: gettext(STATES[state])
    app.jinja_env.filters["news_title"] = lambda news: news.title or gettext("(tanpa judul)")
    app.jinja_env.filters["marked"] = marked
    app.jinja_env.filters["who_wrote"] = who_wrote
    app.jinja_env.tests["complete"] = is_complete
    app.jinja_env.tests["in_election"] = lambda area_code: policy.in_election(context.actor(), area_code)
    app.jinja_env.tests["reported"] = lambda news: news.reports >= REPORTS_COUNT
    app.jinja_env.globals.update(
        held_back=lambda news: policy.held_back(context.actor(), news),
        return_reasons=lambda: _choices(forms.RETURN_REASONS),
    )


def _choices(reasons: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("", gettext("Pilih alasan")), *((code, gettext(text)) for code, text in reasons)]
