"""The admin's page of masa pemilihan."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from kimweb.areas import elections, forms, queries
from kimweb.core.errors import Invalid
from kimweb.core.i18n import N_
from kimweb.core.permissions import Permission
from kimweb.web import context
from kimweb.web.access import allow
from kimweb.web.htmx import done, render_page


def register(bp: Blueprint) -> None:
    """Put the pages on the blueprint of reference data."""
    bp.route("/pemilihan/", methods=["GET", "POST"])(allow(Permission.REFERENCE_EDIT)(periods))
    bp.post("/pemilihan/<id:election_id>/penghapusan")(allow(Permission.REFERENCE_EDIT)(end_period))


def periods() -> Response:
    """What runs, what is to come and what is over, and a form for one more."""
    form, status = forms.ElectionForm(), 200
    if request.method == "POST":
        status = _add(form)
    if status == 303:
        return done(N_("Masa pemilihan ditambahkan."), to="/atur/pemilihan/")
    db, today = context.db_session(), context.today()
    rows, over = queries.elections_from(db, today), queries.elections_before(db, today)
    return render_page("areas/elections.html", status=status, rows=rows, over=over, form=form, today=today)


def _add(form: forms.ElectionForm) -> int:
    """303: added; 422: refused, with the sentence at its field."""
    if not form.validate():
        return 422
    try:
        elections.add_election(
            context.db_session(),
            actor=context.actor(),
            now=context.now(),
            area=form.area.data or "",
            name=form.name.data or "",
            first=form.first.data or context.today(),
            last=form.last.data or context.today(),
        )
    except Invalid as error:
        form.blame(error.fields)
        return 422
    return 303


def end_period(election_id: int) -> Response:
    """End one now, or take it off the list."""
    elections.end_election(context.db_session(), actor=context.actor(), now=context.now(), election_id=election_id)
    return done(N_("Masa pemilihan berakhir sekarang."), to="/atur/pemilihan/")
