"""What verdicts, states and reasons of Cek Fakta are called (product.md decides), and what is passed on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import Flask
from flask_babel import gettext

from kimweb.clarifications import actions, policy, texts
from kimweb.clarifications.models import Clarification, Correction, Declined, SeenIn, State, Verb, Verdict
from kimweb.clarifications.rebutting import ANSWERED
from kimweb.core.i18n import N_
from kimweb.web.filters import address
from kimweb.web.words import add_verbs

VERDICTS = {
    Verdict.FALSE: N_("Kabar salah"),
    Verdict.MISLEADING: N_("Menyesatkan"),
    Verdict.UNPROVEN: N_("Belum terbukti"),
    Verdict.TRUE: N_("Kabar benar"),
}
MEANINGS = {
    Verdict.FALSE: N_("Yang beredar itu tidak benar."),
    Verdict.MISLEADING: N_("Ada benarnya, tetapi dipotong atau dicampur sehingga keliru."),
    Verdict.UNPROVEN: N_("Belum ada bukti yang cukup. Jangan diteruskan dulu."),
    Verdict.TRUE: N_("Yang beredar itu benar."),
}
VERDICT_CHOICES = {
    Verdict.FALSE: N_("Salah: tidak benar"),
    Verdict.MISLEADING: N_("Menyesatkan: ada benarnya, tetapi keliru"),
    Verdict.UNPROVEN: N_("Belum terbukti: buktinya belum cukup"),
    Verdict.TRUE: N_("Benar"),
}
SIGNS = {Verdict.FALSE: "×", Verdict.MISLEADING: "!", Verdict.UNPROVEN: "?", Verdict.TRUE: "="}
"""A sign beside the word, of the oldest fonts; the form of its box tells them apart as well (static/css/fact.css)."""
STATES = {
    State.RECEIVED: N_("Masuk"),
    State.EXAMINED: N_("Sedang diperiksa"),
    State.PUBLISHED: N_("Terbit"),
    State.DECLINED: N_("Tidak diperiksa"),
    State.WITHDRAWN: N_("Ditarik"),
}
SEEN_IN = {
    SeenIn.WHATSAPP: N_("WhatsApp"),
    SeenIn.FACEBOOK: N_("Facebook"),
    SeenIn.TIKTOK: N_("TikTok"),
    SeenIn.SPOKEN: N_("Dari mulut ke mulut"),
    SeenIn.OTHER: N_("Tempat lain"),
}
REASONS = {
    Declined.OPINION: N_("Ini pendapat, bukan kabar yang bisa diperiksa"),
    Declined.ELECTION: N_("Tentang pemilu: laporkan ke Bawaslu"),
    Declined.NO_SERVICE: N_("Bukan tentang layanan, keamanan, kesehatan, bantuan atau penipuan"),
    Declined.UNCLEAR: N_("Tidak jelas apa yang dikabarkan"),
    Declined.ANSWERED: N_("Sudah dijawab"),
}
VERBS = {
    Verb.SEND: N_("dikirim"),
    Verb.TAKE: N_("mulai diperiksa"),
    Verb.EXAMINE: N_("hasil pemeriksaan disimpan"),
    Verb.PUBLISH: N_("diterbitkan"),
    Verb.DECLINE: N_("tidak diperiksa"),
    Verb.CORRECT: N_("perbaikan diusulkan"),
    Verb.WITHDRAW: N_("ditarik"),
    Verb.ABSTAIN: N_("petugas mengundurkan diri"),
    ANSWERED: N_("bantahan ditanggapi"),
}


def forward_text(row: Clarification) -> str:
    """The text to pass on, with the page's address below it."""
    return f"{row.forward}\n{address(f'/cek-fakta/{row.id}/')}"


def deed(entry: Any) -> str:
    """What an entry did, where the same verb does two things: the first of two people proposes."""
    if entry.verb == Verb.PUBLISH and entry.detail.get("proposed"):
        return str(gettext("diusulkan terbit"))
    if entry.verb == Verb.PUBLISH and entry.detail.get("correction"):
        return str(gettext("perbaikan diterbitkan"))
    return str(gettext(VERBS.get(entry.verb, entry.verb)))


def waiting_correction(row: Clarification) -> Correction | None:
    """The correction that waits for its second person."""
    return actions.waiting_correction(row)


def install(app: Flask) -> None:
    """Register the filters and lists of this feature's words."""
    add_verbs(app, {str(verb): word for verb, word in VERBS.items()})
    for name, words in (
        ("verdict_name", VERDICTS),
        ("verdict_meaning", MEANINGS),
        ("claim_state", STATES),
        ("seen_in_name", SEEN_IN),
        ("declined_name", REASONS),
    ):
        app.jinja_env.filters[name] = _translated(words)
    app.jinja_env.filters.update(
        verdict_sign=SIGNS.__getitem__,
        forward_text=forward_text,
        fact_deed=deed,
        waiting_correction=waiting_correction,
        proposal=texts.proposal,
        abstained=lambda row, actor: policy.abstains(actor, row),
        proposed_by_me=lambda row, actor: policy.proposed_it(actor, row),
        shown_photos=lambda row, actor: [photo for photo in row.photos if policy.can_see_photo(actor, row, photo)],
    )
    app.jinja_env.globals.update(declined_choices=lambda: [(value, gettext(text)) for value, text in REASONS.items()])


def _translated(words: Mapping[Any, str]) -> Callable[[Any], str]:
    return lambda value: gettext(words[value])
