"""Photos of the demonstration, drawn here: flat shapes and grain, the same every time, nobody's but ours."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from io import BytesIO
from random import Random
from typing import Any

from PIL import Image, ImageChops, ImageDraw

from kimweb.core import pictures
from kimweb.core.photos import NO_CHANGE, NewPhoto, PhotoChange

WIDTH, HEIGHT, HORIZON = 960, 720, 300
STONES, EARTH, WOOD = (168, 162, 152), (142, 110, 76), (108, 82, 58)
Pen = ImageDraw.ImageDraw


@cache
def picture(name: str) -> pictures.Picture:
    """A scene by the name that texts give it ("jalan", "tandon", …), as if somebody had sent it."""
    image = Image.new("RGB", (WIDTH, HEIGHT), (108, 142, 70))
    dice = Random(name)  # nosec B311 # the same picture each time
    pen = ImageDraw.Draw(image)
    for y in range(HORIZON):
        pen.line((0, y, WIDTH, y), (150 + y // 5, 190 + y // 8, 222 + y // 20))
    for _ in range(70):
        _tree(pen, dice.randrange(-20, WIDTH), HORIZON + dice.randrange(-6, 8), dice.randrange(18, 46), dice)
    _SCENES[name](pen, dice)
    out, small = BytesIO(), (WIDTH // 3, HEIGHT // 3)
    grain = Image.frombytes("L", small, dice.randbytes(small[0] * small[1])).resize(image.size)
    grain = grain.point([107 + value // 6 for value in range(256)])  # (as of a cheap telephone)
    ImageChops.overlay(image, Image.merge("RGB", [grain] * 3)).save(out, "JPEG", quality=85)
    return pictures.clean(out.getvalue())


def photo_of(text: dict[str, Any]) -> PhotoChange:
    """The photo that a text names, with its words; nothing for a text without."""
    return PhotoChange((NewPhoto(picture(text["photo"]), text["alt"]),)) if "photo" in text else NO_CHANGE


def _tree(pen: Pen, x: float, y: float, size: float, dice: Random) -> None:
    shade = dice.randrange(-18, 18)
    pen.rectangle((x - size / 14, y - size, x + size / 14, y), WOOD)
    for _ in range(5):
        left, top, wide = x + dice.uniform(-0.6, 0.2) * size, y - dice.uniform(1.0, 1.7) * size, size * 0.6
        pen.ellipse((left, top, left + wide, top + wide), (58 + shade, 98 + shade, 52 + shade))


def _road(pen: Pen, dice: Random, surface: tuple[int, int, int] = STONES) -> None:
    """A road between trees, to the horizon."""
    pen.polygon([(455, HORIZON), (500, HORIZON), (1010, HEIGHT), (-90, HEIGHT)], (150, 118, 78))
    pen.polygon([(462, HORIZON), (493, HORIZON), (900, HEIGHT), (20, HEIGHT)], surface)
    for near in (1.6**far for far in range(7)):
        for side in (-1, 1):
            _tree(pen, 478 + side * (34 + 17 * near), HORIZON + 9 * near, 24 * near**0.75 + 10, dice)


def _holes(pen: Pen, dice: Random) -> None:
    """The same road, of earth, with puddles."""
    _road(pen, dice, EARTH)
    for x, y, wide in ((420, 620, 250), (560, 500, 130), (400, 440, 90), (500, 385, 46), (250, 690, 160)):
        pen.ellipse((x - wide / 2, y - wide / 7, x + wide / 2, y + wide / 7), (96, 76, 56))
        pen.ellipse((x - wide / 2.4, y - wide / 10, x + wide / 2.4, y + wide / 10), (156, 172, 178))


def _tank(pen: Pen, _dice: Random) -> None:
    """A water tank on a stand, and its tap over a bucket."""
    pen.polygon([(180, 700), (260, 520), (720, 520), (800, 700)], STONES)
    for x in (330, 470, 610):
        pen.rectangle((x, 290, x + 22, 600), WOOD)
    pen.rounded_rectangle((310, 90, 650, 300), 40, (232, 138, 44))
    for y in (140, 190, 240):
        pen.line((312, y, 648, y), (198, 112, 32), 5)
    pen.line([(650, 270), (710, 270), (710, 560), (750, 560), (750, 580)], (70, 84, 96), 14)
    pen.polygon([(742, 580), (758, 580), (764, 690), (736, 690)], (170, 206, 224))
    pen.polygon([(700, 640), (800, 640), (786, 712), (714, 712)], (44, 96, 170))


def _bridge(pen: Pen, dice: Random) -> None:
    """A wooden bridge; planks are missing."""
    pen.polygon([(440, HORIZON), (520, HORIZON), (870, HEIGHT), (90, HEIGHT)], (70, 62, 46))
    for far in set(range(1, 24)) - {14, 15, 19}:
        y, half, tint = HORIZON + 0.75 * far**2, 40 + 0.62 * far**2, dice.randrange(-14, 14)
        plank = [(480 - half, y), (480 + half, y), (485 + half, y + 1.3 * far), (475 - half, y + 1.3 * far)]
        pen.polygon(plank, (158 + tint, 122 + tint, 82 + tint))
    for side in (-1, 1):
        pen.line([(480 + side * 42, HORIZON - 30), (480 + side * 400, 520)], WOOD, 14)
        for x, top in ((80, 300), (150, 330), (240, 380), (350, 440)):
            pen.rectangle((473 + side * x, top - 20, 487 + side * x, top + 90), WOOD)


def _market(pen: Pen, _dice: Random) -> None:
    """Three stalls with awnings, and sacks of rice."""
    pen.polygon([(0, 520), (WIDTH, 480), (WIDTH, HEIGHT), (0, HEIGHT)], (186, 164, 128))
    for x, colour in ((40, (196, 62, 52)), (350, (48, 112, 168)), (660, (222, 172, 52))):
        for post in (x + 10, x + 250):
            pen.rectangle((post, 330, post + 10, 600), WOOD)
        for left in range(x, x + 270, 45):
            shade = colour if (left - x) % 2 else (240, 236, 226)
            pen.polygon([(left + 20, 240), (left + 65, 240), (left + 45, 345), (left, 345)], shade)
        pen.rectangle((x + 6, 480, x + 264, 600), EARTH)
        for left in range(x + 14, x + 260, 62):
            pen.rounded_rectangle((left, 410, left + 54, 482), 18, (238, 230, 210))


_SCENES: dict[str, Callable[[Pen, Random], None]] = {
    "jalan": _road, "lubang": _holes, "tandon": _tank, "jembatan": _bridge, "pasar": _market,
}  # fmt: skip
