"""Draws pictures of parts on a conveyor belt: what the example model is trained on and what the demo looks at.

A part is a coloured plate with a screw in each corner. It may be scratched, and screws may be missing. The same seed
draws the same picture.
"""

import math
from random import Random
from typing import NamedTuple

from PIL import Image, ImageDraw, ImageEnhance, ImageFilter

WIDTH, HEIGHT = 640, 480
COLOURS = {"red": (176, 48, 44), "blue": (40, 82, 158), "yellow": (206, 164, 38)}

Point = tuple[float, float]


class Truth(NamedTuple):
    """What is in the picture: a class and its box, corners in pixels."""

    name: str
    left: float
    top: float
    right: float
    bottom: float


class Scene(NamedTuple):
    """What a picture shows. None means: let the dice decide."""

    parts: int | None = None
    colour: str | None = None
    scratched: bool | None = None
    screws_missing: bool | None = None
    light: float = 1.0
    """1 is a well-lit line; below 0.5 the lamp is failing."""
    blur: float = 0.0
    """Radius in pixels, as of a lens that gets dirty or loose."""


def draw(dice: Random, scene: Scene | None = None) -> tuple[Image.Image, list[Truth]]:
    """One picture, 640 x 480, RGB, and the truth about it."""
    scene = scene or Scene()
    picture = _belt(dice)
    truths: list[Truth] = []
    count = dice.choice([1, 1, 2, 2, 3]) if scene.parts is None else scene.parts
    for slot in range(count):
        truths += _part(picture, dice, scene, slot, count)
    shade = scene.light * dice.uniform(0.8, 1.15)
    picture = ImageEnhance.Brightness(picture).enhance(shade)
    picture = ImageEnhance.Contrast(picture).enhance(dice.uniform(0.85, 1.15))
    picture = picture.filter(ImageFilter.GaussianBlur(scene.blur + dice.uniform(0.2, 0.9)))
    grain = Image.frombytes("L", (WIDTH, HEIGHT), dice.randbytes(WIDTH * HEIGHT)).convert("RGB")
    return Image.blend(picture, grain, dice.uniform(0.02, 0.07)), truths


def _belt(dice: Random) -> Image.Image:
    base = dice.randint(70, 120)
    picture = Image.new("RGB", (WIDTH, HEIGHT), (base, base, base + 4))
    pen = ImageDraw.Draw(picture)
    for seam in range(dice.randint(0, 40), WIDTH, dice.randint(28, 44)):
        pen.line([(seam, 0), (seam, HEIGHT)], fill=(base - 10,) * 3, width=2)
    for edge in (0, HEIGHT - 34):
        pen.rectangle([0, edge, WIDTH, edge + 34], fill=(base // 2,) * 3)
    for _ in range(dice.randint(2, 9)):  # oil
        x, y, radius = dice.uniform(0, WIDTH), dice.uniform(50, HEIGHT - 50), dice.uniform(3, 14)
        pen.ellipse([x - radius, y - radius, x + radius, y + radius * 0.7], fill=(base - 22,) * 3)
    lamp = Image.radial_gradient("L").resize((WIDTH * 2, HEIGHT * 2))
    left, top = dice.randint(0, WIDTH), dice.randint(0, HEIGHT)
    shadow = lamp.crop((left, top, left + WIDTH, top + HEIGHT)).point(lambda value: value * 0.35)
    return Image.composite(Image.new("RGB", (WIDTH, HEIGHT)), picture, shadow)


def _part(picture: Image.Image, dice: Random, scene: Scene, slot: int, count: int) -> list[Truth]:
    """Draws one part upright on a sheet of its own, then turns and lays it on the belt."""
    width, height = dice.uniform(120, 170), dice.uniform(90, 140)
    angle = math.radians(dice.uniform(-25, 25))
    room = WIDTH / count
    centre = (room * (slot + 0.5) + dice.uniform(-0.1, 0.1) * room, dice.uniform(130, HEIGHT - 130))

    def laid(point: Point) -> Point:
        x, y = point[0] - width / 2, point[1] - height / 2
        return (
            centre[0] + x * math.cos(angle) - y * math.sin(angle),
            centre[1] + x * math.sin(angle) + y * math.cos(angle),
        )

    colour = dice.choice(sorted(COLOURS)) if scene.colour is None else scene.colour
    paint = tuple(min(255, max(0, round(part * dice.uniform(0.85, 1.15)))) for part in COLOURS[colour])
    pen = ImageDraw.Draw(picture)
    corners = [laid(corner) for corner in ((0, 0), (width, 0), (width, height), (0, height))]
    pen.polygon([(x + 5, y + 7) for x, y in corners], fill=(36, 36, 38))
    pen.polygon(corners, fill=paint, outline=tuple(part // 2 for part in paint), width=3)
    hub = laid((width / 2, height / 2))
    pen.ellipse(
        _around(hub, min(width, height) * dice.uniform(0.14, 0.2)),
        fill=tuple(part * 2 // 3 for part in paint),
    )
    truths = [_boxed(f"{colour}_part", corners)]

    inset = 18.0
    screws = [
        (inset, inset),
        (width - inset, inset),
        (width - inset, height - inset),
        (inset, height - inset),
    ]
    missing: set[int] = set()
    if dice.random() < 0.35 if scene.screws_missing is None else scene.screws_missing:
        missing = set(dice.sample(range(4), dice.choice([1, 1, 2])))
    for index, spot in enumerate(screws):
        if index in missing:
            pen.ellipse(_around(laid(spot), 9), fill=(18, 18, 20), outline=(60, 60, 62))
            truths.append(Truth("missing_screw", *_around(laid(spot), 11)))
        else:
            pen.ellipse(_around(laid(spot), 9), fill=(188, 190, 194), outline=(90, 90, 92))
            turn = dice.uniform(0, math.pi)
            x, y = laid(spot)
            dx, dy = 7 * math.cos(turn), 7 * math.sin(turn)
            pen.line([(x - dx, y - dy), (x + dx, y + dy)], fill=(70, 70, 74), width=3)

    if dice.random() < 0.35 if scene.scratched is None else scene.scratched:
        truths.append(_scratch(pen, dice, [laid(point) for point in _stroke(dice, width, height)]))
    return truths


def _stroke(dice: Random, width: float, height: float) -> list[Point]:
    """A jagged line across the face of a part."""
    start = (dice.uniform(30, width * 0.45), dice.uniform(28, height - 28))
    length, heading = dice.uniform(35, width * 0.5), dice.uniform(-0.9, 0.9)
    return [
        (
            start[0] + length * step / 4 * math.cos(heading) + dice.uniform(-2, 2),
            min(height - 8, max(8, start[1] + length * step / 4 * math.sin(heading) + dice.uniform(-2, 2))),
        )
        for step in range(5)
    ]


def _scratch(pen: ImageDraw.ImageDraw, dice: Random, points: list[Point]) -> Truth:
    shine = dice.randint(215, 245)
    pen.line(points, fill=(shine, shine, shine), width=dice.choice([2, 3, 4]), joint="curve")
    return _boxed("scratch", points, margin=4)


def _around(centre: Point, radius: float) -> tuple[float, float, float, float]:
    return (centre[0] - radius, centre[1] - radius, centre[0] + radius, centre[1] + radius)


def _boxed(name: str, points: list[Point], *, margin: float = 0) -> Truth:
    across, down = [x for x, _ in points], [y for _, y in points]
    return Truth(
        name,
        max(0.0, min(across) - margin),
        max(0.0, min(down) - margin),
        min(float(WIDTH), max(across) + margin),
        min(float(HEIGHT), max(down) + margin),
    )
