"""Picking what can be understood out of reports that must never be refused whole.

An inference server sends its report once. Each function here gives what it understands, None for what it does
not, and adds the reason to `Notes`, so that nothing is dropped silently.
"""

import math
import re
from collections.abc import Iterable, Iterator
from typing import Any, cast

import msgspec

from sightline.domain.limits import Limits
from sightline.domain.moment import AHEAD, EARLIEST, SECOND
from sightline.domain.report import Detection, Problem

LARGEST_CONFIDENCE = 65536.0
"""Beyond it a confidence is nonsense, and exact totals of it would overflow."""
LARGEST_CLASS_ID = 2**31 - 1
EXCERPT = 2000
"""Characters of an excerpt."""

_WRITTEN_KEY = re.compile(r'"api_key"\s*:\s*("(\\.|[^"\\])*"?|[^,}\]]*)', re.IGNORECASE)


class Notes:
    """What could not be understood of one record, and where; each kind of trouble once."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.found: dict[str, str] = {}

    def add(self, path: str, reason: str) -> None:
        self.found.setdefault(reason, self.where + path)

    def problem(self, door: str, *, kept: bool, raw: bytes, keys: Iterable[str | None]) -> Problem:
        """One problem that tells everything; it points at the first place."""
        (_, where), *_ = self.found.items()
        return Problem(
            door=door, where=where, reason="; ".join(self.found), kept=kept, excerpt=excerpt(raw, keys)
        )


def text(value: object, path: str, notes: Notes, limits: Limits) -> str | None:
    if value is None:
        return None
    if not isinstance(value, str):
        notes.add(path, "is not text")
    elif "\0" in value:
        notes.add(path, "holds a NUL character")
    elif len(value) > limits.value:
        notes.add(path, f"is longer than {limits.value} characters")
    else:
        return value
    return None


def inference_id(value: object, path: str, notes: Notes, limits: Limits) -> str | None:
    found = text(value, path, notes, limits)
    if not found:
        notes.add(path, "a record without an inference_id cannot be joined with anything")
    elif len(found.encode()) > limits.inference_id:
        notes.add(path, f"is longer than {limits.inference_id} bytes")
    else:
        return found
    return None


def number(value: object, path: str, notes: Notes) -> float | None:
    if value is None:
        return None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return as_float(value, path, notes)
    notes.add(path, "is not a number")
    return None


def as_float(value: float, path: str, notes: Notes) -> float | None:
    try:
        return float(value)
    except OverflowError:
        notes.add(path, "is not a finite number")
        return None


def duration(value: object, path: str, notes: Notes) -> float | None:
    """Seconds."""
    seconds = number(value, path, notes)
    if seconds is not None and seconds < 0:
        notes.add(path, "is less than no time")
        return None
    return seconds


def confidence(value: object, path: str, notes: Notes) -> float | None:
    found = number(value, path, notes)
    if found is not None and abs(found) > LARGEST_CONFIDENCE:
        notes.add(path, "is no confidence")
        return None
    return found


def moment(value: object, path: str, notes: Notes, received: int) -> int | None:
    """Unix seconds, also as text -> microseconds; None before 1970 or more than a day ahead of `received`.

    The receipt time is not put in its place: every replay of a record would get a time, and so an identity, of
    its own. With None the store reads the receipt time, while replays stay equal.
    """
    if isinstance(value, str):
        try:
            value = float(value)
        except ValueError:
            value = math.nan
    if (
        value is None
        or isinstance(value, bool)
        or not isinstance(value, (int, float))
        or not math.isfinite(value)
    ):
        notes.add(path, "is not a time in unix seconds")
        return None
    found = round(value * SECOND)
    if EARLIEST <= found <= received + AHEAD:
        return found
    notes.add(path, "lies before 1970 or more than a day ahead of this server's clock")
    return None


def tags(value: object, path: str, notes: Notes, limits: Limits) -> list[str] | None:
    """Without empty ones: an inference server that was given no tags sends `[""]`."""
    if value is None:
        return None
    if not isinstance(value, list):
        notes.add(path, "is not a list")
        return None
    found = [text(tag, path, notes, limits) for tag in value]
    return [tag for tag in found if tag] or None


def size(value: object, path: str, notes: Notes) -> int | None:
    """Pixels."""
    found = number(value, path, notes)
    if found is not None and not 0 < found < 2**31:
        notes.add(path, "is no size in pixels")
        return None
    return None if found is None else int(found)


def mapping(value: object, path: str, notes: Notes) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    if value is not None:
        notes.add(path, "is not an object")
    return {}


def elements(value: object, path: str, notes: Notes) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects of a list, or the one object that stands in its place, each with its path."""
    if isinstance(value, dict):
        yield path, value
    elif isinstance(value, list):
        for index, element in enumerate(value):
            if isinstance(element, dict):
                yield f"{path}[{index}]", element
            else:
                notes.add(f"{path}[{index}]", "is not an object")
    elif value is not None:
        notes.add(path, "is neither a list nor an object")


def predictions(value: object, path: str, notes: Notes, limits: Limits) -> Iterator[Detection]:
    """A list of predictions, or the object by class name of multi-label classification."""
    if isinstance(value, dict):
        if "segmentation_mask" in value:
            return  # the masks of a semantic segmentation: an answer without single detections
        for name, scores in value.items():
            found = mapping(scores, f"{path}.*", notes)
            yield from _detection({**found, "class": name}, f"{path}.*", notes, limits)
        return
    for where, prediction in elements(value, path, notes):
        yield from _detection(prediction, where, notes, limits)


def _detection(found: dict[str, Any], path: str, notes: Notes, limits: Limits) -> Iterable[Detection]:
    name = text(found.get("class"), f"{path}.class", notes, limits)
    if name is None:
        notes.add(f"{path}.class", "a prediction without the name of its class was left out")
        return ()
    return (
        Detection(
            class_name=name,
            confidence=confidence(found.get("confidence"), f"{path}.confidence", notes),
            x=number(found.get("x"), f"{path}.x", notes),
            y=number(found.get("y"), f"{path}.y", notes),
            width=number(found.get("width"), f"{path}.width", notes),
            height=number(found.get("height"), f"{path}.height", notes),
            class_id=_class_id(found.get("class_id"), f"{path}.class_id", notes),
            detection_id=text(found.get("detection_id"), f"{path}.detection_id", notes, limits),
            points=_points(found.get("points"), f"{path}.points", notes),
            keypoints=_keypoints(found.get("keypoints"), f"{path}.keypoints", notes, limits),
            mask=_mask(found.get("rle", found.get("mask")), f"{path}.rle", notes, limits),
        ),
    )


def _class_id(value: object, path: str, notes: Notes) -> int | None:
    found = number(value, path, notes)
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
        found = [number(part, path, notes) for part in pair]
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
            "x": number(point.get("x"), f"{where}.x", notes),
            "y": number(point.get("y"), f"{where}.y", notes),
            "confidence": confidence(point.get("confidence"), f"{where}.confidence", notes),
            "class": text(point.get("class"), f"{where}.class", notes, limits),
        }
        for where, point in elements(value, path, notes)
    ]


def _mask(value: object, path: str, notes: Notes, limits: Limits) -> dict[str, Any] | None:
    if value is None:
        return None
    found = mapping(value, path, notes)
    counts = found.get("counts")
    written = isinstance(counts, str) and len(counts) <= 64 * limits.value
    if _whole(found.get("size")) and (written or _whole(counts)):
        return {"size": found["size"], "counts": counts}
    notes.add(path, "is not a run-length encoded mask")
    return None


def _whole(value: object) -> bool:
    return isinstance(value, list) and all(type(part) is int and 0 <= part < 2**31 for part in value)


def excerpt(raw: bytes, keys: Iterable[str | None]) -> str:
    """The start of a record as it came, without api keys."""
    try:
        written = msgspec.json.encode(_without_keys(msgspec.json.decode(raw))).decode()
    except (msgspec.MsgspecError, UnicodeError, OverflowError, RecursionError):
        written = _WRITTEN_KEY.sub('"api_key":"…"', bytes(raw[: 8 * EXCERPT]).decode(errors="replace"))
    for key in keys:
        if key:
            escaped = msgspec.json.encode(key).decode()[1:-1]
            written = written.replace(key, "…").replace(escaped, "…")
    return written[:EXCERPT]


def _without_keys(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            name: _without_keys(part)
            for name, part in value.items()
            if name.lower().replace("_", "").replace("-", "") != "apikey"
        }
    if isinstance(value, list):
        return [_without_keys(part) for part in value]
    return value
