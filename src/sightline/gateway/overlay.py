"""Draws detections over a picture. A class has the same colour in every picture."""

import colorsys
import zlib
from collections.abc import Sequence
from typing import Any

import msgspec
from PIL import Image, ImageDraw, ImageFont

from sightline.domain.report import Detection


def draw(picture: Image.Image, detections: Sequence[Detection]) -> Image.Image:
    """A copy of an RGB picture with boxes, polygons, keypoints and labels, small ones over large."""
    drawn = picture.copy()
    pen = ImageDraw.Draw(drawn, "RGBA")
    weight = max(2, round(max(picture.size) / 320))
    font = ImageFont.load_default(max(11, round(max(picture.size) / 50)))
    for detection in sorted(detections, key=lambda found: -(found.width or 0) * (found.height or 0)):
        colour = colour_of(detection.class_name)
        if detection.points and len(detection.points) >= 3:
            outline = [(point[0], point[1]) for point in detection.points]
            pen.polygon(outline, fill=(*colour, 70))
            pen.line([*outline, outline[0]], fill=colour, width=weight)
        corners = _corners(detection)
        if corners is None:
            continue
        pen.rectangle(corners, outline=colour, width=weight)
        for point in detection.keypoints or []:
            if isinstance(x := point.get("x"), int | float) and isinstance(y := point.get("y"), int | float):
                pen.ellipse([x - weight * 2, y - weight * 2, x + weight * 2, y + weight * 2], fill=colour)
        label = detection.class_name[:60]
        if detection.confidence is not None:
            label += f" {detection.confidence:.2f}"
        left, top, right, bottom = pen.textbbox((corners[0], corners[1]), label, font=font, anchor="lb")
        raised = max(0.0, weight - top)
        pen.rectangle([left, top + raised, right + weight * 2, bottom + raised], fill=colour)
        pen.text((left + weight, bottom + raised), label, font=font, anchor="lb", fill=_ink(colour))
    return drawn


def scaled(detection: Detection, across: float, down: float) -> Detection:
    """The detection in a copy of its picture that is so many times as wide and high."""
    if across == down == 1:
        return detection
    factors = {"x": across, "width": across, "y": down, "height": down}
    moved: dict[str, Any] = {
        name: value * factor
        for name, factor in factors.items()
        if (value := getattr(detection, name)) is not None
    }
    if detection.points is not None:
        moved["points"] = [[point[0] * across, point[1] * down] for point in detection.points]
    if detection.keypoints is not None:
        moved["keypoints"] = [
            {**point, "x": (point.get("x") or 0) * across, "y": (point.get("y") or 0) * down}
            for point in detection.keypoints
        ]
    return msgspec.structs.replace(detection, **moved)


def colour_of(name: str) -> tuple[int, int, int]:
    """The colour of a class or value: red, green, blue from 0 to 255."""
    hue = zlib.crc32(name.encode("utf-8", "replace")) % 360 / 360
    red, green, blue = colorsys.hls_to_rgb(hue, 0.55, 0.85)
    return round(red * 255), round(green * 255), round(blue * 255)


def _ink(colour: tuple[int, int, int]) -> tuple[int, int, int]:
    """Black or white, whichever can be read on the colour."""
    return (0, 0, 0) if 0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2] > 140 else (255, 255, 255)


def _corners(detection: Detection) -> tuple[float, float, float, float] | None:
    x, y, width, height = detection.x, detection.y, detection.width, detection.height
    if x is None or y is None or width is None or height is None:
        return None
    half, tall = abs(width) / 2, abs(height) / 2
    return x - half, y - tall, x + half, y + tall
