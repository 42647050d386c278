"""Predictions of an inference server's response -> detections, as far as they can be understood."""

from collections.abc import Iterable, Iterator
from typing import Any, cast

from sightline.domain.limits import Limits
from sightline.domain.report import Detection
from sightline.wire import lenient
from sightline.wire.lenient import Notes

LARGEST_CONFIDENCE = 65536.0
"""Beyond it a confidence is nonsense, and exact totals of it would overflow."""
LARGEST_CLASS_ID = 2**31 - 1


def confidence(value: object, path: str, notes: Notes) -> float | None:
    found = lenient.number(value, path, notes)
    if found is not None and abs(found) > LARGEST_CONFIDENCE:
        notes.add(path, "is no confidence")
        return None
    return found


def detections_of(value: object, path: str, notes: Notes, limits: Limits) -> Iterator[Detection]:
    """A list of predictions, or the object by class name of multi-label classification."""
    if isinstance(value, dict):
        if "segmentation_mask" in value:
            return  # the masks of a semantic segmentation: an answer without single detections
        for name, scores in value.items():
            found = lenient.mapping(scores, f"{path}.*", notes)
            yield from _detection({**found, "class": name}, f"{path}.*", notes, limits)
        return
    for where, prediction in lenient.elements(value, path, notes):
        yield from _detection(prediction, where, notes, limits)


def _detection(found: dict[str, Any], path: str, notes: Notes, limits: Limits) -> Iterable[Detection]:
    name = lenient.text(found.get("class"), f"{path}.class", notes, limits)
    if name is None:
        notes.add(f"{path}.class", "a prediction without the name of its class was left out")
        return ()
    return (
        Detection(
            class_name=name,
            confidence=confidence(found.get("confidence"), f"{path}.confidence", notes),
            x=lenient.number(found.get("x"), f"{path}.x", notes),
            y=lenient.number(found.get("y"), f"{path}.y", notes),
            width=lenient.number(found.get("width"), f"{path}.width", notes),
            height=lenient.number(found.get("height"), f"{path}.height", notes),
            class_id=_class_id(found.get("class_id"), f"{path}.class_id", notes),
            detection_id=lenient.text(found.get("detection_id"), f"{path}.detection_id", notes, limits),
            points=_points(found.get("points"), f"{path}.points", notes),
            keypoints=_keypoints(found.get("keypoints"), f"{path}.keypoints", notes, limits),
            mask=_mask(found.get("rle", found.get("mask")), f"{path}.rle", notes, limits),
        ),
    )


def _class_id(value: object, path: str, notes: Notes) -> int | None:
    found = lenient.number(value, path, notes)
    if found is not None and not (abs(found) <= LARGEST_CLASS_ID and found.is_integer()):
        notes.add(path, "is no number of a class")
        return None
    return None if found is None else int(found)


def _points(value: object, path: str, notes: Notes) -> list[list[float]] | None:
    if value is None:
        return None
    points = []
    for point in value if isinstance(value, list) else [value]:
        pair = [point.get("x"), point.get("y")] if isinstance(point, dict) else point
        if not isinstance(pair, list) or len(pair) != 2:
            notes.add(path, "is not a list of points")
            return None
        found = [lenient.number(part, path, notes) for part in pair]
        if None in found:
            notes.add(path, "is not a list of points")
            return None
        points.append(cast("list[float]", found))
    return points


def _keypoints(value: object, path: str, notes: Notes, limits: Limits) -> list[dict[str, Any]] | None:
    if value is None:
        return None
    return [
        {
            "x": lenient.number(point.get("x"), f"{where}.x", notes),
            "y": lenient.number(point.get("y"), f"{where}.y", notes),
            "confidence": confidence(point.get("confidence"), f"{where}.confidence", notes),
            "class": lenient.text(point.get("class"), f"{where}.class", notes, limits),
        }
        for where, point in lenient.elements(value, path, notes)
    ]


def _mask(value: object, path: str, notes: Notes, limits: Limits) -> dict[str, Any] | None:
    if value is None:
        return None
    found = lenient.mapping(value, path, notes)
    counts = found.get("counts")
    written = isinstance(counts, str) and len(counts) <= 64 * limits.value
    if _whole(found.get("size")) and (written or _whole(counts)):
        return {"size": found["size"], "counts": counts}
    notes.add(path, "is not a run-length encoded mask")
    return None


def _whole(value: object) -> bool:
    return isinstance(value, list) and all(type(part) is int and 0 <= part < 2**31 for part in value)
