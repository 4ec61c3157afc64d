"""What people and attackers send, and what becomes of it: small, clean pictures within the budget, or a sentence."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from PIL import Image

from kimweb.core import pictures
from kimweb.core.errors import Busy
from kimweb.core.pictures import HEADERS, BadPicture, FileKind, Picture, clean
from tests.support.pictures import (
    BLUE,
    GREEN,
    RED,
    SECRET,
    YELLOW,
    corners,
    from_a_phone,
    gif_that_is_a_page,
    gray_16_bit,
    jpeg,
    jpeg_of_many_scans,
    near,
    notes,
    png_of,
    png_with_notes,
    read,
    saved,
    scene,
    see_through,
)

NEVER_ABOVE = {240: 6_000, 480: 20_000}
GOALS = {240: 3_600, 480: 9_000}
PHP = b"<?php system($_GET['x']); ?>"


def view(picture: Picture) -> Image.Image:
    return read(picture.file(FileKind.JPEG, 480))


TAKEN: dict[str, Callable[[], bytes]] = {
    "a photograph, 12 megapixels": lambda: saved(scene(4000, 3000), "JPEG", quality=85),
    "EXIF with place, turned": from_a_phone,
    "CMYK": lambda: saved(scene().convert("CMYK"), "JPEG"),
    "gray JPEG": lambda: saved(scene().convert("L"), "JPEG"),
    "PNG with notes": png_with_notes,
    "PNG, RGBA": lambda: saved(corners().convert("RGBA"), "PNG"),
    "palette, transparent": see_through,
    "16 bit": gray_16_bit,
    "1 bit": lambda: saved(Image.new("1", (90, 90)), "PNG"),
    "WebP": lambda: saved(scene(), "WEBP", quality=80, exif=notes(6)),
    "animated WebP": lambda: saved(corners(), "WEBP", save_all=True, append_images=[Image.new("RGB", (800, 600))]),
    "PHP in a comment": lambda: saved(corners(), "JPEG", comment=PHP),
    "1 MB appended": lambda: jpeg() + SECRET * 90_000,
    "a page appended": lambda: jpeg() + b"<html><script>alert(1)</script>",
    "noise": lambda: saved(Image.frombytes("RGB", (700, 900), os.urandom(700 * 900 * 3)), "PNG"),
    "one pixel": lambda: saved(Image.new("RGB", (1, 1)), "PNG"),
    "16 megapixels, whole": lambda: png_of(4000, 4000),
    "49 megapixels, JPEG": lambda: saved(Image.new("RGB", (8000, 6200), RED), "JPEG"),
}
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "kosong"),
    "more than 8 MB": (lambda: jpeg() + b"\0" * pictures.MAX_BYTES, "8 MB"),
    "truncated JPEG": (lambda: jpeg()[:20_000], "rusak"),
    "truncated PNG": (lambda: png_with_notes()[:-200], "rusak"),
    "truncated WebP": (lambda: saved(scene(), "WEBP")[:-3000], "rusak"),
    "only the first bytes": (lambda: b"\xff\xd8\xff\xe0", "rusak"),
    "bomb, 30,000 x 30,000": (lambda: png_of(30_000, 30_000), "terlalu besar"),
    "25 megapixels, whole": (lambda: png_of(5_000, 5_000), "terlalu besar"),
    "21,000 px long": (lambda: png_of(21_000, 300), "terlalu besar"),
    "thin as a thread": (lambda: png_of(2_000, 3), "panjang dan tipis"),
    "SVG named .jpg": (lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>', "bukan foto"),
    "a renamed PDF": (lambda: b"%PDF-1.7\n%\xe2\xe3\n", "bukan foto"),
    "a page": (lambda: b"<!DOCTYPE html><p>x", "bukan foto"),
    "a GIF that is a page": (gif_that_is_a_page, "bukan foto"),
    "a GIF": (lambda: saved(corners(), "GIF"), "bukan foto"),
    "a GIF header before a script": (lambda: b"GIF89a=1;alert(1)//" + b" " * 99, "bukan foto"),
    "thousands of scans": (jpeg_of_many_scans, "rusak"),
    "25 megapixels, progressive": (
        lambda: saved(Image.new("RGB", (6_000, 4_200), RED), "JPEG", progressive=True),
        "terlalu besar",
    ),
    "a JPEG that is a PDF": (lambda: saved(corners(), "JPEG", comment=b"%PDF-1.4 obj"), "bukan foto"),
    "HEIC": (lambda: b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 99, "HEIC"),
    "AVIF": (lambda: saved(corners(), "AVIF"), "bukan foto"),
    "TIFF": (lambda: saved(corners(), "TIFF"), "bukan foto"),
    "BMP": (lambda: saved(corners(), "BMP"), "bukan foto"),
    "a program": (lambda: b"\x7fELF" + b"\0" * 99, "bukan foto"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_what_is_taken_keeps_the_budget_and_carries_nothing_but_pixels(name: str) -> None:
    picture = clean(TAKEN[name]())
    assert {(file.kind, file.size) for file in picture.files} == {
        (kind, size) for kind in FileKind for size in (240, 480)
    }
    for file in picture.files:
        assert len(file.content) + HEADERS <= NEVER_ABOVE[file.size]
        assert file.width <= file.size
        assert file.height <= file.size * 3 // 2
        image = read(file)
        assert (image.format, image.mode, image.size) == (
            "WEBP" if file.kind == "webp" else "JPEG", "RGB", (file.width, file.height)
        )  # fmt: skip
        assert not image.getexif()
        assert not {"exif", "xmp", "comment", "icc_profile", "transparency"} & image.info.keys()
        assert getattr(image, "n_frames", 1) == 1
        assert not [part for part in (SECRET, PHP, b"<html", b"<script") if part in file.content]


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_is_told_why(name: str) -> None:
    make, word = REFUSED[name]
    sent = make()
    start = time.perf_counter()
    with pytest.raises(BadPicture) as refused:
        clean(sent)
    assert word in str(refused.value)
    assert time.perf_counter() - start < 2, "it was decoded before it was refused"


def test_a_photograph_keeps_the_goal() -> None:
    for file in clean(jpeg(4000, 3000)).files:
        assert len(file.content) + HEADERS <= GOALS[file.size]
        assert max(file.width, file.height) == file.size


@pytest.mark.parametrize("orientation", [3, 6, 8])
def test_it_stands_upright(orientation: int) -> None:
    image = view(clean(from_a_phone(orientation)))
    assert (image.width, image.height) == (480, 360)
    where = {(40, 40): RED, (440, 40): GREEN, (40, 320): BLUE, (440, 320): YELLOW}
    assert all(near(image.getpixel(at), colour) for at, colour in where.items())


def test_what_is_transparent_becomes_white() -> None:
    image = view(clean(see_through()))
    assert near(image.getpixel((40, 40)), RED)
    assert near(image.getpixel((250, 150)), (255, 255, 255))


def test_sixteen_bits_keep_light_and_dark() -> None:
    image = view(clean(gray_16_bit()))
    assert near(image.getpixel((40, 50)), (31, 31, 31))
    assert near(image.getpixel((160, 50)), (234, 234, 234))


def test_of_an_animation_the_first_frame_stays() -> None:
    sent = saved(Image.new("RGB", (200, 150), RED), "WEBP", save_all=True, append_images=[Image.new("RGB", (200, 150))])
    assert near(view(clean(sent)).getpixel((100, 75)), RED)


def test_cmyk_keeps_its_colours() -> None:
    image = view(clean(saved(corners().convert("CMYK"), "JPEG", quality=95)))
    assert near(image.getpixel((40, 40)), RED, 60)


def test_the_same_pixels_have_the_same_name() -> None:
    sent = png_with_notes()
    assert clean(sent).hash == clean(sent + SECRET).hash == clean(saved(corners(), "PNG")).hash
    assert clean(sent).hash != clean(saved(corners(799), "PNG")).hash


def test_covered_cells_are_black_and_nothing_else_is() -> None:
    before = clean(saved(corners(), "JPEG", quality=95))
    after = pictures.cover(before.file(FileKind.WEBP, 480).content, ["A1", "F8", "Z9"])
    for kind in FileKind:
        for size in (240, 480):
            image = read(after.file(kind, size))
            width, height = image.size
            assert near(image.getpixel((width // 24, height // 32)), (0, 0, 0), 12)
            assert near(image.getpixel((width - width // 24, height - height // 32)), (0, 0, 0), 12)
            assert near(image.getpixel((width // 4, height // 4)), RED)
    assert after.hash != before.hash


def test_the_grid_is_a_jpeg_of_the_size_that_the_page_says() -> None:
    view = clean(saved(corners(60, 40), "PNG")).file(FileKind.WEBP, 480)
    content = pictures.with_grid(view.content)
    assert read(pictures.File(FileKind.JPEG, 480, 0, 0, content)).size == pictures.grid_size(view.width, view.height)


# ------------------------------------------------------------------ at once


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Decoding that takes a while; how many were at it, at each start."""
    at_it, seen, plain = [0], [], pictures._fresh
    guard = threading.Lock()

    def fresh(sent: bytes) -> Image.Image:
        with guard:
            at_it[0] += 1
            seen.append(at_it[0])
        time.sleep(0.3)
        image = plain(sent)
        with guard:
            at_it[0] -= 1
        return image

    monkeypatch.setattr(pictures, "_fresh", fresh)
    return seen


def test_one_at_a_time_a_few_wait_and_the_rest_are_told_so(slow: list[int]) -> None:
    sent = jpeg(400, 300)

    def send(_number: int) -> str:
        try:
            return clean(sent).hash
        except Busy:
            return "busy"

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(send, range(8)))
    assert answers.count("busy") == 5
    assert slow == [1, 1, 1]
    assert clean(sent).hash in answers, "the line is open again"


def test_a_refused_picture_leaves_the_line(slow: list[int]) -> None:
    for _ in range(4):
        with pytest.raises(BadPicture):
            clean(jpeg()[:9_000])
