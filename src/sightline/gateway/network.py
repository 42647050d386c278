"""One ONNX network with its card: a picture in, detections out. Needs the extra `sightline[models]`."""

import os
import uuid
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
from PIL import Image

from sightline.domain.errors import BadRequest
from sightline.domain.report import Detection
from sightline.gateway import heads
from sightline.gateway.boxes import Array, Fit, suppress
from sightline.gateway.card import Card, Task, check_classes, check_model_id

_MEAN = np.array([0.485, 0.456, 0.406], dtype=np.float32)
_DEVIATION = np.array([0.229, 0.224, 0.225], dtype=np.float32)
_GREY = (114, 114, 114)
_CANDIDATES = 30_000
"""At most this many boxes go into suppression, best first."""


def open_session(model: Path) -> onnxruntime.InferenceSession:
    """Load an ONNX file; `BadRequest` where it is none."""
    options = onnxruntime.SessionOptions()
    # Half of the cores: the store and the server live here too.
    options.intra_op_num_threads = max(1, (os.cpu_count() or 2) // 2)
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        return onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise BadRequest(f"ONNX Runtime cannot load the model: {str(error)[:300]}") from error


def describe(model: Path, model_id: str, task: Task, classes: list[str], *, size: int | None = None) -> Card:
    """The card of an ONNX file, after a look at an empty picture. `size`: input pixels, if the file leaves it open."""
    session = open_session(model)
    entry = session.get_inputs()[0]
    if len(entry.shape) != 4 or entry.shape[1] not in (3, "3"):
        raise BadRequest(f"the model's input is {entry.shape}; [1, 3, height, width] is needed")
    height, width = (
        given if isinstance(given, int) and given > 0 else size or 640 for given in entry.shape[2:]
    )
    outputs = session.get_outputs()
    names = check_classes(classes)
    blank = np.zeros((1, 3, height, width), dtype=_dtype(entry))
    try:
        answers = session.run(None, {entry.name: blank})
    except Exception as error:
        raise BadRequest(
            f"the model fails on an empty picture of {width} x {height}: {str(error)[:300]}"
        ) from error
    head = heads.recognise(task, len(names), [output.name for output in outputs], [a.shape for a in answers])
    if head == "softmax" and answers[0].reshape(-1).shape[0] != len(names):
        raise BadRequest(f"the model tells {answers[0].reshape(-1).shape[0]} classes; {len(names)} are named")
    yolo = head in ("yolov8", "yolov5", "end-to-end")
    return Card(
        model_id=check_model_id(model_id),
        task=task,
        classes=names,
        head=head,
        width=width,
        height=height,
        resize="letterbox" if yolo else "stretch",
        normalise="none" if yolo else "imagenet",
    )


class Network:
    """Not thread-safe: one thread at a time may `look`."""

    def __init__(self, card: Card, model: Path) -> None:
        self.card = card
        self._session = open_session(model)
        self._entry = self._session.get_inputs()[0]

    def look(
        self,
        picture: Image.Image,
        *,
        confidence: float,
        overlap: float,
        limit: int,
        classes: list[str] | None = None,
        class_agnostic: bool = False,
    ) -> list[Detection]:
        """What is in an RGB picture, most confident first. Boxes are pixels of the picture, `x`, `y` their centre."""
        pixels, fit = self._laid(picture)
        outputs = self._session.run(None, {self._entry.name: pixels})
        if self.card.task == "classification":
            return self._classified(heads.scores(outputs), confidence)
        found = heads.read(self.card.head, outputs, self.card.width, self.card.height)
        chosen = found.scores >= confidence
        chosen &= found.classes < len(self.card.classes)
        if classes is not None:
            wanted = [index for index, name in enumerate(self.card.classes) if name in classes]
            chosen &= np.isin(found.classes, wanted)
        order = np.flatnonzero(chosen)
        order = order[np.argsort(-found.scores[order], kind="stable")][:_CANDIDATES]
        corners, scores, indices = found.corners[order], found.scores[order], found.classes[order]
        if found.suppressed:
            kept = list(range(min(limit, len(order))))
        else:
            groups = np.zeros_like(indices) if class_agnostic else indices
            kept = suppress(corners, scores, groups, threshold=overlap, limit=limit)
        placed = fit.back(corners, picture.width, picture.height)
        return [self._detection(int(indices[k]), float(scores[k]), placed[k].tolist()) for k in kept]

    def _detection(self, index: int, confidence: float, corners: list[float]) -> Detection:
        left, top, right, bottom = corners
        return Detection(
            class_name=self.card.classes[index],
            class_id=index,
            confidence=confidence,
            x=(left + right) / 2,
            y=(top + bottom) / 2,
            width=right - left,
            height=bottom - top,
            detection_id=str(uuid.uuid4()),
        )

    def _classified(self, scores: Array, confidence: float) -> list[Detection]:
        order = [int(index) for index in np.argsort(-scores, kind="stable") if scores[index] >= confidence]
        return [
            Detection(class_name=self.card.classes[index], class_id=index, confidence=float(scores[index]))
            for index in order
        ]

    def _laid(self, picture: Image.Image) -> tuple[Array, Fit]:
        card = self.card
        if card.resize == "letterbox":
            scale = min(card.width / picture.width, card.height / picture.height)
            width, height = max(1, round(picture.width * scale)), max(1, round(picture.height * scale))
            left, top = (card.width - width) // 2, (card.height - height) // 2
            sheet = Image.new("RGB", (card.width, card.height), _GREY)
            sheet.paste(picture.resize((width, height), Image.Resampling.BILINEAR), (left, top))
            fit = Fit(width / picture.width, height / picture.height, left, top)
        else:
            sheet = picture.resize((card.width, card.height), Image.Resampling.BILINEAR)
            fit = Fit(card.width / picture.width, card.height / picture.height, 0, 0)
        pixels = np.asarray(sheet, dtype=np.float32) / 255
        if card.normalise == "imagenet":
            pixels = (pixels - _MEAN) / _DEVIATION
        return np.ascontiguousarray(pixels.transpose(2, 0, 1)[None], dtype=_dtype(self._entry)), fit


def _dtype(entry: Any) -> type[np.floating[Any]]:
    if entry.type == "tensor(float)":
        return np.float32
    if entry.type == "tensor(float16)":
        return np.float16
    raise BadRequest(f"the model's input is of {entry.type}; float or float16 is needed")
