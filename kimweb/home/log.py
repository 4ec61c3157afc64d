"""The public log of moderation: what was withdrawn, returned, merged, by which role, when and why; and when it was masa
pemilihan."""

from __future__ import annotations

from flask import Flask, request
from flask_babel import gettext
from werkzeug.wrappers import Response

from kimweb.areas.finding import near_areas, search_areas
from kimweb.areas.models import ElectionPeriod
from kimweb.areas.queries import QUERY_MAX, area_asked
from kimweb.aspirations.models import Aspiration
from kimweb.clarifications.models import Clarification
from kimweb.clarifications.models import Verb as ClarificationVerb
from kimweb.core.i18n import N_
from kimweb.home import queries
from kimweb.home.blueprint import bp
from kimweb.home.queries import LogLine
from kimweb.news.models import News, Verb
from kimweb.web import context
from kimweb.web.access import public
from kimweb.web.forms import clean_line
from kimweb.web.htmx import render_page

_NEWS = {
    Verb.WITHDRAW: N_("Berita ditarik"),
    Verb.RESTORE: N_("Berita ditampilkan lagi"),
    Verb.KEEP: N_("Berita tetap tayang sesudah dilaporkan pembaca"),
    Verb.RETURN: N_("Perbaikan berita dikembalikan"),
    Verb.PUBLISH: N_("Berita diterbitkan penulisnya sendiri"),
}
_ELECTIONS = {"add": N_("Masa pemilihan ditetapkan"), "end": N_("Masa pemilihan dihentikan")}


@bp.get("/catatan/")
@public
def log() -> Response:
    """The log, everywhere or of one area (`?wilayah=`), the newest first. `?q=` looks for the area by its name, as
    `/desa/` does."""
    db, q = context.db_session(), clean_line(request.args.get("q", ""))[:QUERY_MAX]
    found = (search_areas(db, q) or near_areas(db, q)) if q else []
    area = found[0] if len(found) == 1 else area_asked(db, request.args.get("wilayah"))
    after = request.args.get("sesudah", "")
    seq = int(after) if after.isascii() and after.isdecimal() and len(after) < 10 else None
    page = queries.moderation_log(db, within=area.code if area else None, after=seq)
    return render_page("home/log.html", "home/_log.html", page=page, area=area, q=q, found=found)


def what(line: LogLine) -> str:
    """What was done to what."""
    if line.entry.kind == News.audit_kind:
        return str(gettext(_NEWS[Verb(line.entry.verb)]))
    if line.entry.kind == ElectionPeriod.audit_kind:
        return str(gettext(_ELECTIONS[line.entry.verb]))
    if line.entry.kind == Aspiration.audit_kind:
        return str(gettext("Aspirasi digabung"))
    if line.entry.kind == Clarification.audit_kind:
        withdrawn = line.entry.verb == ClarificationVerb.WITHDRAW
        return str(gettext("Cek fakta ditarik") if withdrawn else gettext("Cek fakta diperbaiki"))
    return str(gettext("Pengumuman ditarik"))


def install(app: Flask) -> None:
    """Register the filter."""
    app.jinja_env.filters["log_what"] = what
