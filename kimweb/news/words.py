"""What the verbs and states of village news are called in the interface (product.md decides)."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Flask
from flask_babel import gettext
from markupsafe import Markup, escape

from kimweb.core.audit import Entry
from kimweb.core.i18n import N_
from kimweb.core.worddiff import Kind, Part
from kimweb.news import forms, policy
from kimweb.news.models import News, State, Verb
from kimweb.news.queries import REPORTS_COUNT, Release
from kimweb.news.workflow import is_complete
from kimweb.web import context
from kimweb.web.words import add_verbs, role_name, verb_name

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
ABOVE = {
    State.SUBMITTED: N_("Menunggu Peninjau Kecamatan"),
    State.REVISING: N_("Perbaikan menunggu Peninjau Kecamatan"),
}
"""The same where the district decides: in a masa pemilihan, on what the KIM's own moderator wrote."""
CORRECTIONS: dict[str, str] = {
    Verb.PUBLISH: N_("perbaikan diterbitkan"),
    Verb.RETURN: N_("perbaikan dikembalikan"),
}
"""What the same verbs are called where they decided on a correction of what stands."""


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


def left_to_district(news: News) -> bool:
    """Whether the district's reviewer decides on what waits: the KIM's own moderator wrote it, in a masa pemilihan."""
    return news.by_moderator and policy.in_election(context.actor(), news.area_code)


def for_district(area_code: str) -> bool:
    """Whether what the reader writes for the KIM of this area would be left to the district's reviewer."""
    role = policy.writing_role(context.actor(), area_code)
    by_moderator = role is not None and policy.writes_as_moderator(role)
    return by_moderator and policy.in_election(context.actor(), area_code)


def sent_to(news: News) -> str:
    """What the page says once a piece or a correction was handed in."""
    above = left_to_district(news)
    if news.state is State.REVISING:
        return N_("Perbaikan terkirim ke Peninjau Kecamatan.") if above else N_("Perbaikan terkirim ke moderator.")
    return N_("Terkirim ke Peninjau Kecamatan.") if above else N_("Terkirim ke moderator.")


def state_name(news: News) -> str:
    """How a piece stands."""
    return str(gettext(ABOVE.get(news.state, STATES[news.state]) if left_to_district(news) else STATES[news.state]))


def done_name(entry: Entry) -> str:
    """What was done, as the piece's history says it: of a correction otherwise than of the piece."""
    if entry.before == State.REVISING and entry.verb in CORRECTIONS:
        return str(gettext(CORRECTIONS[entry.verb]))
    return verb_name(entry.verb)


def install(app: Flask) -> None:
    """Register the verbs, filters and questions."""
    add_verbs(app, VERBS)
    app.jinja_env.filters["news_state"] = state_name
    app.jinja_env.filters["news_done"] = done_name
    app.jinja_env.filters["news_title"] = lambda news: news.title or gettext("(tanpa judul)")
    app.jinja_env.filters["marked"] = marked
    app.jinja_env.filters["who_wrote"] = who_wrote
    app.jinja_env.tests["complete"] = is_complete
    app.jinja_env.tests["left_to_district"] = left_to_district
    app.jinja_env.tests["for_district"] = for_district
    app.jinja_env.tests["written_here"] = lambda news: context.actor().user_id == news.text_by
    app.jinja_env.tests["in_election"] = lambda area_code: policy.in_election(context.actor(), area_code)
    app.jinja_env.tests["reported"] = lambda news: news.reports >= REPORTS_COUNT
    app.jinja_env.globals.update(
        held_back=lambda news: policy.held_back(context.actor(), news),
        return_reasons=lambda: _choices(forms.RETURN_REASONS),
    )


def _choices(reasons: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    return [("", gettext("Pilih alasan")), *((code, gettext(text)) for code, text in reasons)]
