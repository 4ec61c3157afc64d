"""Picture files as people and attackers send them, made with Pillow; and photos put down beside rows."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from io import BytesIO
from typing import Any

import sqlalchemy as sa
from PIL import Image, ImageDraw
from PIL.PngImagePlugin import PngInfo
from sqlalchemy.orm import Session

from kimweb.announcements.models import AnnouncementPhoto
from kimweb.aspirations.models import Aspiration, AspirationPhoto
from kimweb.clarifications.models import ClarificationPhoto
from kimweb.core import photos, pictures
from kimweb.core.db import writing
from kimweb.news.models import NewsPhoto

RED, GREEN, BLUE, YELLOW = (200, 30, 30), (30, 160, 60), (30, 60, 200), (230, 210, 40)
SECRET = b"Yanti, RT 02"
"""What a file carries besides its pixels, and what must be gone."""


def corners(width: int = 800, height: int = 600) -> Image.Image:
    """Red, green, blue, yellow: upper left, upper right, lower left, lower right."""
    image = Image.new("RGB", (width, height), RED)
    draw = ImageDraw.Draw(image)
    draw.rectangle((width // 2, 0, width, height // 2), fill=GREEN)
    draw.rectangle((0, height // 2, width // 2, height), fill=BLUE)
    draw.rectangle((width // 2, height // 2, width, height), fill=YELLOW)
    return image


@cache
def scene(width: int = 1600, height: int = 1200, seed: int = 1) -> Image.Image:
    """Something as detailed as a photograph: soft shapes under grain."""
    soft = Image.effect_mandelbrot((width // 4, height // 4), (-2.0 + seed / 50, -1.5, 1.0, 1.5), 60)
    grain = Image.effect_noise((width // 2, height // 2), 40)
    pair = [part.convert("RGB").resize((width, height)) for part in (soft, grain)]
    return Image.blend(pair[0], pair[1], 0.3)


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The file."""
    out = BytesIO()
    image.save(out, kind, **options)
    return out.getvalue()


def jpeg(width: int = 1600, height: int = 1200, seed: int = 1) -> bytes:
    """A photograph."""
    return saved(scene(width, height, seed), "JPEG", quality=85)


def notes(orientation: int = 1) -> Image.Exif:
    """EXIF with camera, name and place (2°53' S, 103°50' E)."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x010E] = orientation, "Kamera", SECRET.decode()
    exif.get_ifd(0x8825).update({1: "S", 2: (2.0, 53.0, 10.0), 3: "E", 4: (103.0, 50.0, 4.0)})
    return exif


def from_a_phone(orientation: int = 6) -> bytes:
    """A JPEG with camera, place and a note in its EXIF, a colour profile, a comment, and to be turned."""
    turned = {6: Image.Transpose.ROTATE_90, 3: Image.Transpose.ROTATE_180, 8: Image.Transpose.ROTATE_270}
    image = corners().transpose(turned[orientation])
    return saved(image, "JPEG", quality=90, exif=notes(orientation), comment=SECRET, icc_profile=b"\0" * 128 + SECRET)


def png_with_notes() -> bytes:
    """A PNG that says something in its text chunks."""
    said = PngInfo()
    said.add_text("Comment", SECRET.decode())
    said.add_itxt("XML:com.adobe.xmp", f"<x:xmpmeta>{SECRET.decode()}</x:xmpmeta>")
    return saved(corners(), "PNG", pnginfo=said)


def see_through() -> bytes:
    """A palette with a transparent colour: a red square on nothing."""
    image = Image.new("P", (300, 200), 0)
    image.putpalette([0, 0, 0, *RED])
    image.paste(1, (0, 0, 100, 100))
    return saved(image, "PNG", transparency=0)


def gray_16_bit() -> bytes:
    """16 bits a pixel, half dark and half bright."""
    row = struct.pack("<200H", *([8_000] * 100 + [60_000] * 100))
    return saved(Image.frombytes("I;16", (200, 100), row * 100), "PNG")


def jpeg_of_many_scans() -> bytes:
    """A progressive JPEG whose last scan comes 3,000 times: small in bytes, minutes when decoded at full size."""
    whole = saved(corners(), "JPEG", progressive=True)
    at = whole.rindex(b"\xff\xda")
    return whole[:-2] + whole[at:-2] * 3_000 + whole[-2:]


def png_of(width: int, height: int) -> bytes:
    """A PNG of one colour whose pixels, a bit each, are as good as nothing: small in bytes, huge when decoded."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    squeeze, row = zlib.compressobj(9), b"\0" * (1 + (width + 7) // 8)
    rows = b"".join(squeeze.compress(row) for _ in range(height)) + squeeze.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


def gif_that_is_a_page() -> bytes:
    """A GIF that decodes, and whose comment stands first and is a page with a script."""
    whole = saved(Image.new("P", (8, 8)), "GIF")
    page = b"<html><script>alert(1)</script>"
    at = 13 + 3 * 2 ** ((whole[10] & 7) + 1)
    return whole[:at] + b"\x21\xfe" + bytes([len(page)]) + page + b"\0" + whole[at:]


def read(file: pictures.File) -> Image.Image:
    """What we keep, decoded."""
    image = Image.open(BytesIO(file.content))
    image.load()
    return image


def near(pixel: Any, colour: tuple[int, int, int], most: int = 40) -> bool:
    """Whether a pixel is about that colour."""
    return all(abs(int(a) - b) <= most for a, b in zip(pixel, colour, strict=False))


def with_photo(session: Session, address: str, sent: bytes | None = None, *, alt: str = "", shown: bool = False) -> str:
    """Put a photo down beside what stands at this address; returns the address where it is mended."""
    picture = pictures.clean(sent or jpeg(640, 480))
    flow, name = address.strip("/").split("/")
    with writing(session):
        photos.store(session, picture)
        values: dict[str, Any] = {"hash": picture.hash, "position": 1, "alt": alt}
        if flow == "berita":
            link: Any = NewsPhoto(owner_id=int(name), **values)
        elif flow == "pengumuman":
            link = AnnouncementPhoto(owner_id=int(name), **values)
        elif flow == "cek-fakta":
            link = ClarificationPhoto(owner_id=int(name), shown=shown, **values)
        else:
            owner = session.scalars(sa.select(Aspiration.id).where(Aspiration.code == name)).one()
            link = AspirationPhoto(owner_id=owner, shown=shown, **values)
        session.add(link)
    return f"{address}foto/{link.id}/"
