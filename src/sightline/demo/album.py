"""Pictures of parts on a belt, drawn once and shown by many inferences: good, faulty, and through a dirty lens."""

import io
from random import Random
from typing import NamedTuple

from sightline.gateway.example.drawing import HEIGHT, WIDTH, Scene, Truth, draw
from sightline.store.images import Images
from sightline.store.picture import PictureLimits, decode

SIZE = (WIDTH, HEIGHT)
DIRTIEST = 4
_FAULTS = (None, "missing_screw", "scratch")


class Shot(NamedTuple):
    sha256: str
    truths: list[Truth]


class Album:
    """Shots by what is wrong in them and how dirty the lens is (0 to `DIRTIEST`)."""

    def __init__(self, images: Images, random: Random) -> None:
        self._shots: dict[tuple[str | None, int], list[Shot]] = {}
        for dirt in range(DIRTIEST + 1):
            for fault in _FAULTS:
                for _ in range(8 if dirt == 0 else 2):
                    data, truths = snapshot(random, fault, dirt / DIRTIEST)
                    sha256 = images.keep(data, decode(data, PictureLimits()))
                    self._shots.setdefault((fault, dirt), []).append(Shot(sha256, truths))

    def pick(self, random: Random, fault: str | None, dirt: float) -> Shot:
        """`dirt` is 0 to 1."""
        return random.choice(self._shots[fault, round(dirt * DIRTIEST)])


def snapshot(random: Random, fault: str | None, dirt: float) -> tuple[bytes, list[Truth]]:
    """One picture as JPEG, and what is in it. `dirt` is 0 to 1."""
    scene = Scene(
        parts=random.choice((1, 1, 2)),
        scratched=fault == "scratch",
        screws_missing=fault == "missing_screw",
        light=1.0 - 0.4 * dirt,
        blur=3.6 * dirt,
    )
    drawn, truths = draw(random, scene)
    file = io.BytesIO()
    drawn.save(file, "JPEG", quality=82)
    return file.getvalue(), truths
