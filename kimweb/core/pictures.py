"""From what somebody sent to small, clean pictures: the kind by content, fresh pixels, a few kilobytes.

Nothing of the sent file is kept but its pixels: no EXIF, no place, no colour profile, no comment, no appended bytes.
"""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from math import sqrt

from PIL import Image, ImageDraw, ImageFont, ImageOps

from kimweb.core.errors import Busy, KimError
from kimweb.core.i18n import N_

MAX_BYTES = 8 * 1024 * 1024
"""Of one file as it is sent (issue 3)."""
MAX_SIDE, MAX_PIXELS, MAX_PIXELS_WHOLE = 20_000, 50_000_000, 16_000_000
"""Checked before decoding. A JPEG is decoded at a fraction of its size; what must be decoded whole (4 bytes a pixel in
memory; a progressive JPEG too) may have fewer pixels."""
MAX_SCANS = 100
"""Of a JPEG; a progressive one has about ten, and each takes milliseconds, however empty."""


class FileKind(StrEnum):
    """The kinds in which a picture is kept; also the ending of its address."""

    WEBP = "webp"
    JPEG = "jpg"


SIZES = (240, 480)
"""Widths in pixels: the thumbnail and the view. A picture that is smaller is not enlarged."""
HEADERS = 400
"""Bytes of response headers, which count into the budget."""
GOAL: Mapping[int, int] = {240: 3_600 - HEADERS, 480: 9_000 - HEADERS}
LIMIT: Mapping[int, int] = {240: 6_000 - HEADERS, 480: 20_000 - HEADERS}
"""Bytes of a file (delivery.md, Budget): what is aimed at, and what is never passed."""
_RUNGS: tuple[int, ...] = (70, 60, 50, 40, 32, 24, 16)
_POOR = 32
"""Qualities in the order in which they are tried; from the poor one down the limit is enough."""

COLUMNS, ROWS = "ABCDEF", range(1, 9)
CELLS = frozenset(f"{column}{row}" for column in COLUMNS for row in ROWS)
"""The grid in which a picture is covered: A1 is the upper left corner."""

_AT_ONCE = threading.BoundedSemaphore(1)
"""One picture at a time in a process: with two workers half of the cores stay free for reading pages."""
_IN_LINE = threading.BoundedSemaphore(3)
"""The one that is worked on and two that wait; the others are told so, and their threads go on reading."""
_LONGEST_WAIT = 20.0
"""Seconds."""


class BadPicture(KimError):
    """What was sent is no picture that can be taken; the message says why and what would do."""


@dataclass(frozen=True, slots=True)
class File:
    """One encoding. `size` is what it is called (240, 480), `width` × `height` what it measures."""

    kind: FileKind
    size: int
    width: int
    height: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture in all its encodings, named by what they hold."""

    hash: str
    files: tuple[File, ...]

    def file(self, kind: FileKind, size: int) -> File:
        """One of the encodings."""
        return next(file for file in self.files if (file.kind, file.size) == (kind, size))


def clean(sent: bytes) -> Picture:
    """A clean picture of what was sent. Raises BadPicture, and Busy when too many come at once."""
    _check_bytes(sent)
    with _turn():
        return _encoded(_fresh(sent))


def cover(stored: bytes, cells: Collection[str]) -> Picture:
    """A picture of our own (an encoding) once more, with cells of the grid filled with flat black. Raises Busy."""
    with _turn():
        image = _opened(stored).convert("RGB")
        draw = ImageDraw.Draw(image)
        for cell in sorted(CELLS & set(cells)):
            draw.rectangle(_box(image.size, cell), fill=(0, 0, 0))
        return _encoded(image)


def with_grid(stored: bytes) -> bytes:
    """A JPEG of a picture of our own with the grid and the cells' names on it. Raises Busy."""
    with _turn():
        image = _opened(stored).convert("RGB")
        image = image.resize(grid_size(*image.size))
        draw, font = ImageDraw.Draw(image), ImageFont.load_default(14)
        for cell in sorted(CELLS):
            left, top, right, bottom = _box(image.size, cell)
            draw.rectangle((left, top, right, bottom), outline=(255, 255, 255))
            draw.text((left + 3, top + 2), cell, (255, 255, 255), font, stroke_width=2, stroke_fill=(0, 0, 0))
        return _saved(image, FileKind.JPEG, 60)


def grid_size(width: int, height: int) -> tuple[int, int]:
    """What a picture measures under its grid: wide enough to read the names of the cells."""
    return SIZES[-1], max(SIZES[-1] * height // width, len(ROWS) * 16)


@contextmanager
def _turn() -> Iterator[None]:
    if not _IN_LINE.acquire(blocking=False):
        raise Busy("Sedang banyak foto yang masuk.")
    try:
        if not _AT_ONCE.acquire(timeout=_LONGEST_WAIT):
            raise Busy("Sedang banyak foto yang masuk.")
        try:
            yield
        finally:
            _AT_ONCE.release()
    finally:
        _IN_LINE.release()


# ------------------------------------------------------------------ what was sent

_FORMATS = ("JPEG", "PNG", "WEBP")  # (JPEG finds MPO, of phones with two lenses, by itself)
_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")
_APPLE = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")
_BROKEN = N_("Foto ini rusak atau terpotong. Ambil atau kirim lagi.")
_OTHER_LANGUAGE = re.compile(r"<\s*(?:!doctype|html|head|body|script|iframe|svg)|%PDF-", re.IGNORECASE | re.ASCII)
"""What a browser or a reader of documents would take the file for: it looks into the first 1,445 bytes at most."""


def _check_bytes(sent: bytes) -> None:
    """Refuse by size and by the first bytes, before any decoder sees it."""
    if not sent:
        raise BadPicture(N_("File ini kosong. Pilih fotonya lagi."))
    if len(sent) > MAX_BYTES:
        raise BadPicture(N_("Lebih besar dari 8 MB. Kecilkan dulu, atau ambil fotonya lagi."))
    if sent[4:8] == b"ftyp" and sent[8:12] in _APPLE:
        raise BadPicture(
            N_("Foto HEIC belum bisa dibaca. Di iPhone: Pengaturan, Kamera, Format, pilih Paling Kompatibel.")
        )
    if sent.count(b"\xff\xda") > MAX_SCANS:
        raise BadPicture(_BROKEN)
    known = sent.startswith(_STARTS) or (sent[:4] == b"RIFF" and sent[8:12] == b"WEBP")
    if not known or _OTHER_LANGUAGE.search(sent[:1445].decode("latin-1")):
        raise BadPicture(N_("Ini bukan foto. Kirim JPEG, PNG atau WebP."))


_TOO_MANY = N_("Ukuran gambarnya terlalu besar. Kecilkan dulu sebelum dikirim.")


def _opened(content: bytes) -> Image.Image:
    """Its header, read; no pixel is decoded yet."""
    return Image.open(BytesIO(content), formats=_FORMATS)


def _fresh(sent: bytes) -> Image.Image:
    """New pixels: upright, RGB on white, at most as large as the view."""
    try:
        image = _opened(sent)
        _check_pixels(image)
        image.draft("RGB", (SIZES[-1] * 2, SIZES[-1] * 2))
        image.load()
        return _upright(_small(image), _orientation(image))
    except BadPicture:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise BadPicture(_TOO_MANY) from error
    except MemoryError as error:
        raise BadPicture(_TOO_MANY) from error
    except Exception as error:  # (decoders of hostile bytes raise whatever they like; none of it is our fault)
        raise BadPicture(_BROKEN) from error


def _check_pixels(image: Image.Image) -> None:
    whole = image.format not in ("JPEG", "MPO") or "progressive" in image.info
    most = MAX_PIXELS_WHOLE if whole else MAX_PIXELS
    if max(image.size) > MAX_SIDE or image.width * image.height > most:
        raise BadPicture(_TOO_MANY)
    if min(image.size) < 1 or max(image.size) > 100 * min(image.size):
        raise BadPicture(N_("Gambar ini terlalu panjang dan tipis untuk ditampilkan."))


def _orientation(image: Image.Image) -> int:
    try:
        return int(image.getexif().get(0x0112, 1))
    except Exception:  # (a broken note about the camera is no reason to refuse its picture)
        return 1


def _small(image: Image.Image) -> Image.Image:
    """RGB on white, shrunk: reduced first where that is possible, so that large ones need little more memory."""
    longest = 2 * SIZES[-1]
    if image.mode in ("RGB", "L", "CMYK", "RGBA", "LA"):
        image.thumbnail((longest, longest), Image.Resampling.LANCZOS, reducing_gap=2.0)
    if image.mode.startswith("I"):
        image = image.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    see_through = image.mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info
    image = image.convert("RGBA" if see_through else "RGB")
    image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
    fresh = Image.new("RGB", image.size, (255, 255, 255))
    fresh.paste(image, mask=image.getchannel("A") if see_through else None)
    return fresh


_TURNS = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


# ------------------------------------------------------------------ what is kept


def _encoded(image: Image.Image) -> Picture:
    files = tuple(_within_budget(image, kind, size) for size in SIZES for kind in FileKind)
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.kind} {file.size} {len(file.content)}\n".encode() + file.content)
    return Picture(digest.hexdigest(), files)


def _within_budget(image: Image.Image, kind: FileKind, size: int) -> File:
    """The best encoding that keeps the goal; one that keeps the limit where only a poor one would keep the goal; a
    smaller one where none does. What is far off is not tried step by step: noise must not take all day."""
    fits, rungs, far_off = _sized(image, size), _RUNGS, False
    while True:
        content = b""
        for quality in rungs:
            if far_off and quality > _POOR:
                continue
            content = _saved(fits, kind, quality)
            if len(content) <= (GOAL if quality > _POOR else LIMIT)[size]:
                return File(kind, size, fits.width, fits.height, content)
            far_off = len(content) > 3 * GOAL[size]
        shrink = min(0.9, sqrt(LIMIT[size] / len(content)))
        shrunk = max(1, round(fits.width * shrink)), max(1, round(fits.height * shrink))
        fits, rungs = fits.resize(shrunk, Image.Resampling.LANCZOS), _RUNGS[-1:]


def _sized(image: Image.Image, size: int) -> Image.Image:
    """At most `size` wide and half as much again high."""
    return ImageOps.contain(image, (size, size * 3 // 2)) if _larger(image, size) else image


def _larger(image: Image.Image, size: int) -> bool:
    return image.width > size or image.height > size * 3 // 2


def _saved(image: Image.Image, kind: FileKind, quality: int) -> bytes:
    out = BytesIO()
    if kind is FileKind.WEBP:
        image.save(out, "WEBP", quality=quality, method=4)
    else:
        image.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()


def _box(size: tuple[int, int], cell: str) -> tuple[int, int, int, int]:
    """The corners of a cell, inclusive; neighbours meet without a gap."""
    width, height = size
    column, row = COLUMNS.index(cell[0]), int(cell[1:]) - 1
    left, right = column * width // len(COLUMNS), (column + 1) * width // len(COLUMNS)
    top, bottom = row * height // len(ROWS), (row + 1) * height // len(ROWS)
    return left, top, max(left, right - 1), max(top, bottom - 1)
