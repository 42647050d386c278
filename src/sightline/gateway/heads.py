"""Heads: what a network's raw outputs mean, as boxes, scores and classes.

yolov8      [1, 4 + classes, n]     centre, size, scores                       YOLOv8, v9, v11
yolov5      [1, n, 5 + classes]     centre, size, objectness, scores           YOLOv5, v7
end-to-end  [1, n, 6]               corners, score, class; nothing to suppress YOLOv10, v26
rf-detr     [1, n, 4], [1, n, c]    centre, size in 0..1; logits, sigmoid      RF-DETR, RT-DETR, Deformable DETR
detr        [1, n, 4], [1, n, c]    the same; softmax, the last is "nothing"   DETR
softmax     [1, classes]            scores or logits                           classification
"""

from collections.abc import Callable, Sequence
from typing import Literal, NamedTuple

import numpy as np

from sightline.domain.errors import BadRequest
from sightline.gateway.boxes import Array

Head = Literal["yolov8", "yolov5", "end-to-end", "rf-detr", "detr", "softmax"]


class Candidates(NamedTuple):
    """What a detection head proposes, before thresholds."""

    corners: Array
    """[n, 4] in pixels of the model's input."""
    scores: Array
    """[n]: of the best class."""
    classes: Array
    """[n]: index of the best class."""
    suppressed: bool
    """No two of them say the same: suppression would only lose some."""


Shape = Sequence[int | str | None]


def recognise(task: str, classes: int, names: Sequence[str], shapes: Sequence[Shape]) -> Head:
    """The head of a network by its outputs; `BadRequest` says what was seen where it is none of ours."""
    last = [shape[-1] if shape else None for shape in shapes]
    if task == "classification":
        return "softmax"
    if len(shapes) >= 2 and 4 in last:
        logits = next((index for index, size in enumerate(last) if size != 4), 0)
        return "detr" if last[logits] == classes + 1 and names[logits] != "labels" else "rf-detr"
    if shapes and len(shapes[0]) == 3:
        _, middle, end = shapes[0]
        if middle == 4 + classes:
            return "yolov8"
        if end == 5 + classes:
            return "yolov5"
        if end == 6:
            return "end-to-end"
    seen = ", ".join(f"{name} {list(shape)}" for name, shape in zip(names, shapes, strict=True))
    raise BadRequest(
        f"no known detection head with {classes} classes has these outputs: {seen}",
        hint="check the number of classes; YOLOv5/v8/v10/v11, RF-DETR and DETR heads are known",
    )


def read(head: Head, outputs: Sequence[Array], width: int, height: int) -> Candidates:
    """The raw outputs of a detection network whose input is `width` x `height`."""
    return _READERS[head]([np.asarray(output, dtype=np.float32) for output in outputs], width, height)


def scores(outputs: Sequence[Array]) -> Array:
    """The class scores of a classification network, adding up to 1."""
    raw = np.asarray(outputs[0], dtype=np.float32).reshape(-1)
    if raw.min() >= 0 and abs(float(raw.sum()) - 1) < 1e-3:
        return raw
    return _softmax(raw)


def _yolov8(outputs: Sequence[Array], _width: int, _height: int) -> Candidates:
    rows = outputs[0][0].T
    return _best(_corners(rows[:, :4]), rows[:, 4:])


def _yolov5(outputs: Sequence[Array], _width: int, _height: int) -> Candidates:
    rows = outputs[0][0]
    return _best(_corners(rows[:, :4]), rows[:, 4:5] * rows[:, 5:])


def _end_to_end(outputs: Sequence[Array], _width: int, _height: int) -> Candidates:
    rows = outputs[0][0]
    return Candidates(rows[:, :4], rows[:, 4], rows[:, 5].astype(int), suppressed=True)


def _rf_detr(outputs: Sequence[Array], width: int, height: int) -> Candidates:
    boxes, logits = _pair(outputs, width, height)
    return _best(boxes, 1 / (1 + np.exp(-logits)), suppressed=True)


def _detr(outputs: Sequence[Array], width: int, height: int) -> Candidates:
    boxes, logits = _pair(outputs, width, height)
    return _best(boxes, _softmax(logits)[:, :-1], suppressed=True)


def _pair(outputs: Sequence[Array], width: int, height: int) -> tuple[Array, Array]:
    boxes = next(output for output in outputs if output.shape[-1] == 4)
    logits = next(output for output in outputs if output is not boxes)
    return _corners(boxes[0]) * np.array([width, height] * 2, dtype=np.float32), logits[0]


def _best(corners: Array, by_class: Array, *, suppressed: bool = False) -> Candidates:
    classes = by_class.argmax(axis=1)
    return Candidates(corners, by_class[np.arange(len(by_class)), classes], classes, suppressed)


def _corners(centred: Array) -> Array:
    centre, half = centred[:, :2], centred[:, 2:4] / 2
    return np.concatenate([centre - half, centre + half], axis=1)


def _softmax(logits: Array) -> Array:
    raised = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


_READERS: dict[Head, Callable[[Sequence[Array], int, int], Candidates]] = {
    "yolov8": _yolov8,
    "yolov5": _yolov5,
    "end-to-end": _end_to_end,
    "rf-detr": _rf_detr,
    "detr": _detr,
}
