"""What desks and senders change: one small view a noun (product.md, Addresses)."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import TypeVar

from flask import Blueprint
from werkzeug.wrappers import Response

from kimweb.aspirations import actions, forms, mending, pages, queries
from kimweb.aspirations.models import AnswerKind, Aspiration, RejectReason
from kimweb.core.codes import clean_code
from kimweb.core.errors import Invalid
from kimweb.core.i18n import N_
from kimweb.core.permissions import Permission
from kimweb.core.workflow import Step
from kimweb.web import context, photo_page
from kimweb.web.access import allow
from kimweb.web.forms import ReasonForm, StateForm
from kimweb.web.htmx import done
from kimweb.web.refused import checked

F = TypeVar("F", bound=StateForm)


def _read(form: F) -> tuple[F, Step]:
    """The form, checked, and the step that it stands for."""
    checked(form)
    reason = form.reason.data or "" if isinstance(form, ReasonForm) else ""
    return form, Step(context.actor(), context.now(), form.version.data, reason)


def _done(row: Aspiration, message: str) -> Response:
    """On to the aspiration, or to the desk when its new place is no longer visible from here."""
    seen = queries.is_visible(context.db_session(), context.actor(), row.code)
    return done(message, to=f"/aspirasi/{row.code}/" if seen else "/meja/", title=row.title if seen else "")


def forward(code: str) -> Response:
    """Confirm it as it appears, with the photos that are ticked, and pass it on."""
    form, step = _read(forms.ForwardForm())
    shown = frozenset(form.photos.data or ())
    return _done(actions.forward_aspiration(context.db_session(), step, code=code, photos=shown), N_("Diteruskan."))


def ask(code: str) -> Response:
    """Ask the sender something."""
    form, step = _read(forms.TextForm())
    row = actions.ask_sender(context.db_session(), step, code=code, text=form.text.data or "")
    return _done(row, N_("Pertanyaan terkirim ke pengirim."))


def reply(code: str) -> Response:
    """The sender's reply."""
    form, step = _read(forms.TextForm())
    row = actions.reply_to_question(context.db_session(), step, code=code, text=form.text.data or "")
    return _done(row, N_("Keterangan Anda sudah sampai di meja yang bertanya."))


def assign(code: str) -> Response:
    """Give it to an agency."""
    form, step = _read(forms.AssignForm())
    agency, days = form.agency.data, form.days.data
    row = actions.assign_aspiration(context.db_session(), step, code=code, agency_id=agency, days=days)
    return _done(row, N_("Ditugaskan."))


def hand_back(code: str) -> Response:
    """The agency gives it back, with a reason."""
    _form, step = _read(ReasonForm())
    return _done(actions.hand_back(context.db_session(), step, code=code), N_("Dikembalikan dengan alasan."))


def answer(code: str) -> Response:
    """Answer it."""
    form, step = _read(forms.AnswerForm())
    kind, text, day = AnswerKind(form.kind.data), form.text.data or "", form.date.data
    row = actions.answer_aspiration(context.db_session(), step, code=code, kind=kind, text=text, promised_on=day)
    return _done(row, N_("Jawaban terkirim ke warga."))


def reject(code: str) -> Response:
    """Reject it with one of three reasons and words to the sender."""
    form, step = _read(forms.RejectForm())
    why = RejectReason(form.reason.data)
    step = Step(step.actor, step.now, step.version, form.text.data or "")
    return _done(
        actions.reject_aspiration(context.db_session(), step, code=code, why=why), N_("Ditolak dengan alasan.")
    )


def merge(code: str) -> Response:
    """Merge it into another of the same village."""
    form, step = _read(forms.MergeForm())
    target = clean_code(form.target.data or "")
    row = actions.merge_aspiration(context.db_session(), step, code=code, target=target)
    return _done(row, N_("Digabung."))


def close(code: str) -> Response:
    """The sender says it is done ("Beres")."""
    form, step = _read(forms.CloseForm())
    row = actions.close_aspiration(context.db_session(), step, code=code, rating=form.rating.data)
    return _done(row, N_("Terima kasih. Dicatat sebagai selesai."))


def reopen(code: str) -> Response:
    """The sender says it is not done ("Belum")."""
    form, step = _read(forms.TextForm())
    row = actions.reopen_aspiration(context.db_session(), step, code=code, text=form.text.data or "")
    return _done(row, N_("Dibuka lagi, kembali ke meja yang menjawab."))


def tighten(code: str) -> Response:
    """Hide name or text from now on."""
    form, step = _read(forms.PrivacyForm())
    hide = {"hide_name": bool(form.hide_name.data), "hide_text": bool(form.hide_text.data)}
    return _done(actions.tighten_privacy(context.db_session(), step, code=code, **hide), N_("Sudah disembunyikan."))


_NOUNS: tuple[tuple[str, Permission, Callable[[str], Response]], ...] = (
    ("penerusan", Permission.ASPIRATION_FORWARD, forward),
    ("pertanyaan", Permission.ASPIRATION_ASK, ask),
    ("keterangan", Permission.ASPIRATION_REPLY, reply),
    ("penugasan", Permission.ASPIRATION_ASSIGN, assign),
    ("pengembalian", Permission.ASPIRATION_HAND_BACK, hand_back),
    ("jawaban", Permission.ASPIRATION_ANSWER, answer),
    ("penolakan", Permission.ASPIRATION_REJECT, reject),
    ("penggabungan", Permission.ASPIRATION_MERGE, merge),
    ("penyelesaian", Permission.ASPIRATION_CLOSE, close),
    ("pembukaan", Permission.ASPIRATION_REOPEN, reopen),
    ("privasi", Permission.ASPIRATION_TIGHTEN, tighten),
)


_PHOTOS = photo_page.Flow(
    address="/aspirasi/<code:code>/",
    permission=Permission.ASPIRATION_PHOTO,
    find=queries.visible_aspiration,
    check=mending.check_mendable,
    mend=mending.mend_photo,
    place=lambda row: row.village,
    alt_form=photo_page.AltForm,
)


def register(bp: Blueprint) -> None:
    """Put every noun on the blueprint, `POST` only, and the page on which a photo is mended."""
    for noun, permission, view in _NOUNS:
        bp.post(f"/aspirasi/<code:code>/{noun}")(allow(permission)(_keeping(noun, view)))
    photo_page.register(bp, _PHOTOS)


def _keeping(noun: str, view: Callable[[str], Response]) -> Callable[[str], Response]:
    """A change that is refused for its input comes back with what was typed."""

    @wraps(view)
    def kept(code: str) -> Response:
        try:
            return view(code)
        except Invalid as error:
            return pages.refused_change(code, noun, error)

    return kept
