"""What officials change: one small view a noun (product.md, Addresses), and the pages on which texts are written."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from flask import Blueprint
from werkzeug.wrappers import Response

from kimweb.clarifications import actions, forms, mending, pages, policy, queries, rebutting
from kimweb.clarifications.models import Clarification, Declined, State, Verb, Verdict
from kimweb.core.errors import Conflict, Invalid, InvalidTransition, NotAllowed
from kimweb.core.i18n import N_
from kimweb.core.permissions import Permission
from kimweb.core.workflow import Step
from kimweb.web import context, photo_page
from kimweb.web.access import allow
from kimweb.web.forms import ReasonForm, StateForm
from kimweb.web.htmx import done
from kimweb.web.refused import checked

F = TypeVar("F", bound=StateForm)
_HERE = "/cek-fakta/<id:clarification_id>/"


def _read(form: F, reason: str = "") -> tuple[F, Step]:
    """The form, checked, and the step that it stands for."""
    checked(form)
    said = form.reason.data or "" if isinstance(form, ReasonForm) else reason
    return form, Step(context.actor(), context.now(), form.version.data, said)


def _done(row: Clarification, message: str) -> Response:
    return done(message, to=f"/cek-fakta/{row.id}/", title=row.title or N_("Kabar dari warga"))


def take(clarification_id: int) -> Response:
    """Begin to examine it."""
    _form, step = _read(StateForm())
    row = actions.take_claim(context.db_session(), step, clarification_id=clarification_id)
    return done(N_("Anda memeriksa kabar ini."), to=f"/cek-fakta/{row.id}/periksa/", title=N_("Kabar dari warga"))


def abstain(clarification_id: int) -> Response:
    """Keep out of it."""
    _form, step = _read(StateForm())
    row = actions.abstain(context.db_session(), step, clarification_id=clarification_id)
    return _done(row, N_("Dicatat. Anda tidak lagi ikut memutuskan kabar ini."))


def publish(clarification_id: int) -> Response:
    """Propose it, or release what somebody else proposed."""
    form, step = _read(forms.PublishForm())
    verdict = Verdict(form.verdict.data) if form.verdict.data else None
    row = actions.publish(context.db_session(), step, clarification_id=clarification_id, verdict=verdict)
    return _done(row, N_("Diusulkan. Orang kedua yang menerbitkan.") if row.proposed_by else N_("Sudah terbit."))


def decline(clarification_id: int) -> Response:
    """Do not examine it, with a reason."""
    form = forms.DeclineForm()
    checked(form)
    _form, step = _read(form, form.text.data or "")
    why, answer = Declined(form.reason.data), form.answer_id()
    row = actions.decline(context.db_session(), step, clarification_id=clarification_id, why=why, answer_id=answer)
    return _done(row, N_("Tidak diperiksa. Pengirim membaca alasannya."))


def withdraw(clarification_id: int) -> Response:
    """Take it off all pages, with a reason."""
    _form, step = _read(ReasonForm())
    return _done(actions.withdraw(context.db_session(), step, clarification_id=clarification_id), N_("Sudah ditarik."))


def answer_rebuttal(clarification_id: int, rebuttal_id: int) -> Response:
    """Let a rebuttal stand on the page with a reply, or keep it inside with a reason."""
    form, step = _read(forms.ReplyForm())
    row = rebutting.answer_rebuttal(
        context.db_session(),
        step,
        clarification_id=clarification_id,
        rebuttal_id=rebuttal_id,
        accepted=form.outcome.data == "terima",
        text=form.text.data or "",
    )
    return _done(row, N_("Bantahan sudah ditanggapi."))


def _examining(clarification_id: int) -> Clarification:
    """One whose text this official may write now."""
    row = queries.visible_clarification(context.db_session(), context.actor(), clarification_id)
    return _writable(row, Permission.CLARIFICATION_EXAMINE, State.EXAMINED)


def _correcting(clarification_id: int) -> Clarification:
    row = queries.visible_clarification(context.db_session(), context.actor(), clarification_id)
    return _writable(row, Permission.CLARIFICATION_CORRECT, State.PUBLISHED)


def _writable(row: Clarification, permission: Permission, state: State) -> Clarification:
    if policy.authority(context.actor(), permission, row) is None:
        raise NotAllowed("Anda tidak memegang meja ini.")
    if row.state is not state:
        raise InvalidTransition("not written in this state")
    return row


def examine_page(clarification_id: int) -> Response:
    """Where it is written down."""
    row = _examining(clarification_id)
    return pages.examine_page(row, *pages.examine_form(row))


def examine(clarification_id: int) -> Response:
    """Keep what was found out; the page then shows how it will stand, with the button that proposes it."""
    row = _examining(clarification_id)
    form, choice = pages.examine_form(row)
    if not form.validate():
        return pages.examine_page(row, form, choice)
    step = Step(context.actor(), context.now(), form.version.data)
    rest: dict[str, Any] = {"notes": form.notes.data or "", "shows_photo": bool(form.shows_photo.data)}
    rest |= {"text": form.text(), "areas": form.areas.data or ()}
    try:
        row = actions.examine(context.db_session(), step, clarification_id=row.id, **rest)
    except Invalid as error:
        form.blame(error.fields)
        return pages.examine_page(row, form, choice)
    except Conflict:
        fresh = queries.visible_clarification(context.db_session(), context.actor(), clarification_id)
        return pages.examine_page(fresh, form, choice, status=409)
    return done(N_("Tersimpan. Begini tampilnya nanti."), to=f"/cek-fakta/{row.id}/")


def correct_page(clarification_id: int) -> Response:
    """Where a correction is written."""
    row = _correcting(clarification_id)
    return pages.correct_page(row, pages.correct_form(row))


def correct(clarification_id: int) -> Response:
    """Propose a correction."""
    row = _correcting(clarification_id)
    form = pages.correct_form(row)
    if not form.validate():
        return pages.correct_page(row, form)
    step = Step(context.actor(), context.now(), form.version.data)
    told = {"change": form.change.data or "", "why": form.why.data or ""}
    try:
        row = actions.correct(context.db_session(), step, clarification_id=row.id, text=form.text(), **told)
    except Invalid as error:
        form.blame(error.fields)
        return pages.correct_page(row, form)
    except Conflict:
        fresh = queries.visible_clarification(context.db_session(), context.actor(), clarification_id)
        return pages.correct_page(fresh, form, status=409)
    return _done(row, N_("Perbaikan diusulkan. Orang kedua yang menerbitkan."))


_NOUNS: tuple[tuple[str, Permission, Callable[..., Response]], ...] = (
    (Verb.TAKE, Permission.CLARIFICATION_TAKE, take),
    (Verb.ABSTAIN, Permission.CLARIFICATION_ABSTAIN, abstain),
    (Verb.PUBLISH, Permission.CLARIFICATION_PUBLISH, publish),
    (Verb.DECLINE, Permission.CLARIFICATION_DECLINE, decline),
    (Verb.WITHDRAW, Permission.CLARIFICATION_WITHDRAW, withdraw),
    ("bantahan/<id:rebuttal_id>/tanggapan", Permission.CLARIFICATION_REPLY, answer_rebuttal),
)
_PHOTOS = photo_page.Flow(
    address=_HERE,
    permission=Permission.CLARIFICATION_PHOTO,
    find=queries.visible_clarification,
    check=mending.check_mendable,
    mend=mending.mend_photo,
    place=lambda row: row.village,
    alt_form=photo_page.AltForm,
)


def register(bp: Blueprint) -> None:
    """Put every noun on the blueprint, `POST` only, the pages on which texts are written, and the photo's."""
    for noun, permission, view in _NOUNS:
        bp.post(f"{_HERE}{noun}")(allow(permission)(_keeping(noun, view)))
    for path, noun, permission, page, view in (
        ("periksa/", Verb.EXAMINE, Permission.CLARIFICATION_EXAMINE, examine_page, examine),
        ("perbaiki/", Verb.CORRECT, Permission.CLARIFICATION_CORRECT, correct_page, correct),
    ):
        bp.get(f"{_HERE}{path}")(allow(permission)(page))
        bp.post(f"{_HERE}{noun}")(allow(permission)(view))
    photo_page.register(bp, _PHOTOS)


def _keeping(noun: str, view: Callable[..., Response]) -> Callable[..., Response]:
    """A change that is refused for its input comes back with what was typed."""
    name = noun.replace("<id:rebuttal_id>/", "")

    @wraps(view)
    def kept(clarification_id: int, **more: int) -> Response:
        try:
            return view(clarification_id, **more)
        except Invalid as error:
            about = f"{name}-{more['rebuttal_id']}" if more else name
            return pages.refused_change(clarification_id, about, error)

    return kept
