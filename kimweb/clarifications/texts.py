"""What a clarification says, as actions take it, keep it, and ask whether it is complete."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kimweb.clarifications.models import Clarification, Correction, Finding, Verdict
from kimweb.clarifications.workflow import ADDRESS_ROOM, FORWARD_MAX
from kimweb.core.errors import Invalid
from kimweb.core.i18n import N_, Sentence

_LABELS = {
    Verdict.FALSE: "SALAH",
    Verdict.MISLEADING: "MENYESATKAN",
    Verdict.UNPROVEN: "BELUM TERBUKTI",
    Verdict.TRUE: "BENAR",
}
_FIELDS = ("title", "verdict", "claimed", "truth", "forward", "sources")


@dataclass(frozen=True, slots=True)
class Source:
    """Where it can be checked: what it is, and its address or the office and the day."""

    title: str
    where: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """What a form says about a claim."""

    title: str = ""
    verdict: Verdict | None = None
    claimed: str = ""
    truth: str = ""
    forward: str = ""
    sources: tuple[Source, ...] = ()


def put(text: Text, row: Clarification | Correction) -> None:
    """Let a row say this; where the text to pass on is left empty, one is made."""
    row.title, row.verdict, row.claimed, row.truth = text.title, text.verdict, text.claimed, text.truth
    row.sources = [{"title": source.title, "where": source.where} for source in text.sources]
    row.forward = text.forward or proposal(row)


def proposal(row: Finding) -> str:
    """The text to pass on that is proposed; "" while the verdict or what is true is open. People forward it in
    Indonesian, whatever language its examiner reads."""
    if row.verdict is None or not row.truth:
        return ""
    head = f"CEK FAKTA: {_LABELS[row.verdict]}\n{row.title}\n"
    room = FORWARD_MAX - ADDRESS_ROOM - len(head)
    line = " ".join(row.truth.split())
    if len(line) > room:
        line = line[: room - 1].rsplit(" ", 1)[0] + "…"
    return head + line


def swap(row: Clarification, correction: Correction) -> None:
    """Let the correction's text stand, and the correction keep the one that stood before."""
    for name in _FIELDS:
        new = getattr(correction, name)
        setattr(correction, name, getattr(row, name))
        setattr(row, name, new)


def differs(one: Finding, other: Finding) -> bool:
    """Whether two of them say something else."""
    return any(getattr(one, name) != getattr(other, name) for name in _FIELDS)


def check(row: Finding, more: dict[str, Any] | None = None) -> None:
    """Raise Invalid, with a sentence at each field, while something is missing. `more`: other fields' sentences."""
    wrong: dict[str, str] = {}
    if not row.title:
        wrong["title"] = N_("Masih kosong. Tulis yang benar dalam satu kalimat.")
    if row.verdict is None:
        wrong["verdict"] = N_("Pilih satu kesimpulan.")
    if not row.claimed:
        wrong["claimed"] = N_("Masih kosong. Tulis apa yang beredar.")
    if not row.truth:
        wrong["truth"] = N_("Masih kosong. Tulis apa yang benar.")
    if not row.sources:
        wrong["sources"] = N_("Belum ada sumber. Tulis paling sedikit satu.")
    if len(row.forward) > FORWARD_MAX - ADDRESS_ROOM:
        most = FORWARD_MAX - ADDRESS_ROOM
        wrong["forward"] = Sentence(N_("Terlalu panjang untuk diteruskan. Paling banyak %(most)d huruf."), most=most)
    wrong |= more or {}
    if wrong:
        raise Invalid("Belum bisa diusulkan.", wrong)
