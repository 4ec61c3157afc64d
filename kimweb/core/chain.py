"""Reading the whole record and saying what does not fit: changed, removed, reordered or appended entries and texts."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session

from kimweb.core.audit import GENESIS, AuditEntry, AuditHead, AuditText, chain_hash
from kimweb.core.erasure import KIND, VERB

BATCH = 1_000
STRETCH_MAX = 24
"""In how many entries side by side that do not fit an exchange is looked for (the work grows as its cube)."""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with one entry, in a sentence."""

    seq: int
    sentence: str


@dataclass(slots=True)
class Report:
    """What a walk over the chain found. `head`: "seq:hash", to be kept elsewhere and compared one day."""

    entries: int = 0
    texts: int = 0
    erased: int = 0
    head: str = f"0:{GENESIS}"
    problems: list[Problem] = field(default_factory=list)

    def say(self, seq: int, sentence: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(seq, sentence))


@dataclass(slots=True)
class _Walk:
    """Where the walk stands."""

    report: Report
    expected: int = 1
    previous: str = GENESIS
    before_stretch: str = GENESIS
    stretch: list[AuditEntry] = field(default_factory=list)
    without_text: set[int] = field(default_factory=set)
    erased: set[int] = field(default_factory=set)


def verify(session: Session, *, anchor: str = "", progress: Callable[[int], None] = lambda _count: None) -> Report:
    """Walk the chain from its first entry, reading a thousand at a time.

    `anchor`: "seq:hash" noted earlier, which must still stand: the chain alone cannot show that somebody who may do
    everything rewrote all of it. `progress` hears how many entries were read.
    """
    walk = _Walk(Report())
    for row, text in _rows(session):
        _follow(walk, row)
        _check_text(walk, row, text)
        if anchor and anchor.split(":")[0] == str(row.seq) and anchor != f"{row.seq}:{row.hash}":
            walk.report.say(row.seq, "tidak sama dengan catatan yang disimpan di luar: rantai ditulis ulang.")
        walk.report.entries += 1
        if walk.report.entries % BATCH == 0:
            progress(walk.report.entries)
    _end_stretch(walk)
    _check_head(walk, session, anchor)
    _check_missing_texts(walk, session)
    walk.report.problems.sort(key=lambda problem: problem.seq)
    return walk.report


def _rows(session: Session) -> Iterator[tuple[AuditEntry, AuditText | None]]:
    query = (
        sa.select(AuditEntry, AuditText)
        .outerjoin(AuditText, AuditText.seq == AuditEntry.seq)
        .order_by(AuditEntry.seq)
        .execution_options(yield_per=BATCH)
    )
    return ((row, text) for row, text in session.execute(query))


def _follow(walk: _Walk, row: AuditEntry) -> None:
    """Whether an entry follows the one before it."""
    gap = row.seq - walk.expected
    if gap > 0:
        _end_stretch(walk)
        last = f" sampai {row.seq - 1}" if gap > 1 else ""
        walk.report.say(walk.expected, f"hilang{last}: dihapus.")
    elif chain_hash(walk.previous, row) != row.hash:
        if not walk.stretch:
            walk.before_stretch = walk.previous
        walk.stretch.append(row)
    else:
        _end_stretch(walk)
    walk.expected, walk.previous = row.seq + 1, row.hash


def _end_stretch(walk: _Walk) -> None:
    """Say what is wrong with entries that stand side by side and do not fit."""
    rows, walk.stretch = walk.stretch, []
    origins = _origins(rows, walk.before_stretch) if len(rows) <= STRETCH_MAX else {}
    for row in rows:
        origin = origins.get(row.seq)
        if origin is not None:
            walk.report.say(row.seq, f"tertukar tempat: ini disegel sebagai entri {origin}.")
        else:
            note = f" atau entri {row.seq - 1} ditulis ulang" if row.seq > 1 else ""
            walk.report.say(row.seq, f"tidak cocok dengan segelnya: isinya diubah{note}, atau ditulis dengan tangan.")


def _origins(rows: list[AuditEntry], before: str) -> dict[int, int]:
    """Which of the entries were sealed at another's place: with its number, each fits one of the hashes there."""
    hashes = {row.hash for row in rows}
    return {
        row.seq: other.seq
        for row in rows
        for other in rows
        if other.seq != row.seq and any(_sealed(row, other.seq, start) in hashes for start in {before, *hashes})
    }


def _sealed(row: AuditEntry, seq: int, previous: str) -> str:
    values = {column.key: getattr(row, column.key) for column in sa.inspect(AuditEntry).column_attrs}
    return chain_hash(previous, AuditEntry(**(values | {"seq": seq})))


def _check_text(walk: _Walk, row: AuditEntry, text: AuditText | None) -> None:
    if row.kind == KIND and row.verb == VERB:
        walk.erased.update(row.detail.get("entries", ()))
    if text is None:
        if row.text_digest is not None:
            walk.without_text.add(row.seq)
        return
    walk.report.texts += 1
    digest = hashlib.sha256((text.salt + text.text).encode()).hexdigest()
    if digest != row.text_digest:
        walk.report.say(row.seq, "teksnya bukan yang disegel: diubah atau ditambahkan.")


def _check_missing_texts(walk: _Walk, session: Session) -> None:
    walk.report.erased = len(walk.without_text & walk.erased)
    for seq in sorted(walk.without_text - walk.erased):
        walk.report.say(seq, "teksnya hilang tanpa penghapusan yang tercatat.")
    entries = sa.select(AuditEntry.seq)
    for seq in session.scalars(sa.select(AuditText.seq).where(AuditText.seq.not_in(entries))):
        walk.report.say(seq, "ada teks tanpa entri.")


def _check_head(walk: _Walk, session: Session, anchor: str) -> None:
    head, last = session.scalars(sa.select(AuditHead)).one_or_none(), walk.expected - 1
    seq, sealed = (head.seq, head.hash) if head else (0, GENESIS)
    walk.report.head = f"{seq}:{sealed}"
    if last > seq:
        walk.report.say(seq + 1, f"sampai {last} ditambahkan dengan tangan: kepala rantai berhenti di {seq}.")
    elif last < seq:
        walk.report.say(last + 1, f"sampai {seq} hilang dari ujung rantai: dihapus.")
    elif sealed != walk.previous:
        walk.report.say(seq, "kepala rantai tidak cocok dengan entri terakhir: salah satunya diubah.")
    if anchor and (not anchor.split(":")[0].isdecimal() or int(anchor.split(":")[0]) > last):
        walk.report.say(last + 1, f"catatan di luar menyebut {anchor[:80]}, yang tidak ada di sini.")
