"""Many slips at once: a file of people, the moderators of a district, and the sheet to print."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, redirect, request
from werkzeug.wrappers import Response

from kimweb.accounts import csvfile, directory, invitations, inviting_many, slips
from kimweb.accounts.invitation_forms import DistrictForm
from kimweb.accounts.inviting_many import AlreadyOpen, Sending
from kimweb.accounts.models import Invitation
from kimweb.accounts.people_file import example_csv
from kimweb.areas import queries as areas
from kimweb.core.codes import slip_code
from kimweb.core.errors import Invalid, NotAllowed
from kimweb.core.idempotency import new_key
from kimweb.core.permissions import Permission
from kimweb.web import context
from kimweb.web.access import allow
from kimweb.web.files import file_to_keep
from kimweb.web.htmx import render_page


def register(bp: Blueprint) -> None:
    """Put the pages on the blueprint of people."""
    bp.route("/undangan/berkas/", methods=["GET", "POST"])(allow(Permission.ACCOUNT_IMPORT)(import_people))
    bp.get("/undangan/contoh.csv")(allow(Permission.ACCOUNT_IMPORT)(example))
    bp.route("/undangan/kecamatan/", methods=["GET", "POST"])(allow(Permission.ACCOUNT_MANAGE)(invite_district))
    bp.get("/undangan/lembar/<string(length=12):batch>/")(allow(Permission.ACCOUNT_INVITE)(sheet))


def import_people() -> Response:
    """Invite everybody in a CSV file, or nobody; on to the sheet of slips."""
    if request.method == "GET":
        return _import_page()
    db, who, sent = context.db_session(), context.actor(), request.form.get
    key, data = context.settings().secret_key, _file_sent()
    try:
        sending = Sending(sent("key"), csvfile.read(data), sent("choice") or "")
        batch = inviting_many.invite_file(db, actor=who, now=context.now(), server_key=key, sending=sending)
    except Invalid as error:
        return _import_page(list(error.fields.values()))
    except AlreadyOpen as error:
        values = {"key": sent("key") or new_key(), "content": data.decode("utf-8-sig")}
        return render_page("accounts/import_again.html", status=422, count=error.count, of=error.of, **values)
    return redirect(f"/orang/undangan/lembar/{batch}/", 303)


def _file_sent() -> bytes:
    """The file, or what a page that asked about it sends back."""
    file = request.files.get("file")
    return file.stream.read(csvfile.MAX_BYTES + 1) if file else request.form.get("content", "").encode()


def _import_page(faults: Sequence[str] = ()) -> Response:
    return render_page("accounts/import.html", status=422 if faults else 200, faults=faults, key=new_key())


def example() -> Response:
    """A file to fill in: a line for a moderator of each village and ward, without the name."""
    return file_to_keep(example_csv(areas.villages(context.db_session())), name="contoh.csv", mimetype="text/csv")


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
    shown = slip.is_open(now) and slips.may_show_code(db, context.actor(), slip, now)
    return slip_code(context.settings().secret_key, slip.nonce) if shown else ""


def sheet(batch: str) -> Response:
    """All slips of one file that still work, to print and cut; and the list of all."""
    rows = slips.sheet(context.db_session(), context.actor(), batch)
    codes = {row.id: code for row in rows if (code := code_of(row))}
    still_open = {row.id for row in rows if row.is_open(context.now())}
    return render_page("accounts/sheet.html", rows=rows, codes=codes, open=still_open)
