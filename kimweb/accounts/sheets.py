"""Many slips at once: a file of people, the moderators of a district, and the sheet to print."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from kimweb.accounts import csvfile, directory, invitations
from kimweb.accounts.invitation_forms import DistrictForm
from kimweb.accounts.models import Invitation
from kimweb.core.codes import slip_code
from kimweb.core.errors import Invalid, NotAllowed
from kimweb.core.permissions import Permission
from kimweb.web import context
from kimweb.web.access import allow
from kimweb.web.htmx import render_page


def register(bp: Blueprint) -> None:
    """Put the pages on the blueprint of people."""
    bp.route("/undangan/berkas/", methods=["GET", "POST"])(allow(Permission.ACCOUNT_IMPORT)(import_people))
    bp.route("/undangan/kecamatan/", methods=["GET", "POST"])(allow(Permission.ACCOUNT_MANAGE)(invite_district))
    bp.get("/undangan/lembar/<string(length=12):batch>/")(allow(Permission.ACCOUNT_INVITE)(sheet))


def import_people() -> Response:
    """Invite everybody in a CSV file, or nobody; on to the sheet of slips."""
    faults: list[str] = []
    if request.method == "POST":
        file, who, now = request.files.get("file"), context.actor(), context.now()
        try:
            rows = csvfile.read(file.stream.read(csvfile.MAX_BYTES + 1) if file else b"")
            key = context.settings().secret_key
            batch = invitations.invite_all(context.db_session(), actor=who, now=now, server_key=key, rows=rows)
        except Invalid as error:
            faults = list(error.fields.values())
        else:
            return redirect(f"/orang/undangan/lembar/{batch}/", 303)
    return render_page("accounts/import.html", status=422 if faults else 200, faults=faults)


def invite_district() -> Response:
    """A slip for a moderator of each village of a district that has none; on to the sheet of slips."""
    db, who, key = context.db_session(), context.actor(), context.settings().secret_key
    districts, status = directory.districts_to_invite(db, who), 200
    if not districts:
        raise NotAllowed("Moderator satu kecamatan diundang peninjau atau admin.")
    form = DistrictForm(districts)
    if request.method == "POST":
        code = form.district.data or ""
        try:
            batch = invitations.invite_district(db, actor=who, now=context.now(), server_key=key, district=code)
        except Invalid as error:
            form.blame(error.fields)
            status = 422
        else:
            return redirect(f"/orang/undangan/lembar/{batch}/", 303)
    return render_page("accounts/invite_district.html", status=status, form=form)


def code_of(slip: Invitation) -> str:
    """The code of a slip that still works, for who may read it; "" else."""
    db, now = context.db_session(), context.now()
    shown = slip.is_open(now) and directory.may_show_code(db, context.actor(), slip, now)
    return slip_code(context.settings().secret_key, slip.nonce) if shown else ""


def sheet(batch: str) -> Response:
    """All slips of one file that still work, to print and cut; and the list of all."""
    rows = directory.sheet(context.db_session(), context.actor(), batch)
    codes = {row.id: code for row in rows if (code := code_of(row))}
    still_open = {row.id for row in rows if row.is_open(context.now())}
    return render_page("accounts/sheet.html", rows=rows, codes=codes, open=still_open)
