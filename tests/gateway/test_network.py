"""Every kind of head, from a picture to detections in its pixels."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from sightline.domain.errors import BadRequest
from sightline.domain.report import Detection
from sightline.gateway.network import Network, describe

Make = Callable[..., Path]
CLASSES = ["bolt", "scratch"]
# A box with centre (32, 32) and size (16, 8) of an input of 64 x 64; a picture of 128 x 128 is twice as large.
PICTURE = Image.new("RGB", (128, 128), "white")
WANTED = (64.0, 64.0, 32.0, 16.0)


def look(file: Path, **given: Any) -> list[Detection]:
    network = Network(describe(file, "parts/1", "object-detection", CLASSES), file)
    return network.look(PICTURE, **{"confidence": 0.4, "overlap": 0.3, "limit": 300, **given})


def box(detection: Detection) -> tuple[float, ...]:
    return tuple(
        round(float(value or 0), 3) for value in (detection.x, detection.y, detection.width, detection.height)
    )


def yolov8(*rows: list[float]) -> dict[str, Any]:
    empty = [0.0] * 6
    return {"output0": np.array([[*rows, *[empty] * (20 - len(rows))]]).transpose(0, 2, 1)}


def logit(share: float) -> float:
    return float(np.log(share / (1 - share)))


HEADS = {
    "yolov8": yolov8([32, 32, 16, 8, 0.1, 0.9]),
    "yolov5": {"output0": [[[32, 32, 16, 8, 0.9, 0.05, 1.0], *[[0.0] * 7] * 9]]},
    "end-to-end": {"output0": [[[24, 28, 40, 36, 0.9, 1], *[[0.0] * 6] * 9]]},
    "rf-detr": {
        "dets": [[[0.5, 0.5, 0.25, 0.125], [0.1, 0.1, 0.1, 0.1]]],
        "labels": [[[logit(0.2), logit(0.9), -9.0], [-9.0, -9.0, -9.0]]],
    },
    "detr": {
        "logits": [[[0.0, float(np.log(18)), 0.0], [0.0, 0.0, 9.0]]],
        "pred_boxes": [[[0.5, 0.5, 0.25, 0.125], [0.1, 0.1, 0.1, 0.1]]],
    },
}


@pytest.mark.parametrize("head", HEADS)
def test_a_head_is_recognised_and_read(network: Make, head: str) -> None:
    file = network(HEADS[head])
    assert describe(file, "parts/1", "object-detection", CLASSES).head == head
    (found,) = look(file)
    assert (found.class_name, found.class_id) == ("scratch", 1)
    assert found.confidence == pytest.approx(0.9, abs=1e-4)
    assert box(found) == pytest.approx(WANTED)


def test_the_letterbox_is_taken_off(network: Make) -> None:
    """A wide picture is laid into a square input with grey above and below."""
    file = network(yolov8([32, 32, 16, 8, 0.9, 0.1]))
    found = Network(describe(file, "a/1", "object-detection", CLASSES), file).look(
        Image.new("RGB", (640, 320)), confidence=0.4, overlap=0.3, limit=300
    )
    assert box(found[0]) == (320.0, 160.0, 160.0, 80.0)


def test_thresholds_limits_and_filters(network: Make) -> None:
    file = network(
        yolov8(
            [16, 16, 8, 8, 0.9, 0.0],
            [17, 16, 8, 8, 0.8, 0.0],  # overlaps the first
            [16, 16, 8, 8, 0.0, 0.7],  # overlaps it too, but is of another class
            [48, 48, 8, 8, 0.6, 0.0],
        )
    )
    assert [found.confidence for found in look(file)] == pytest.approx([0.9, 0.7, 0.6])
    assert len(look(file, confidence=0.65)) == 2
    assert len(look(file, overlap=0.95)) == 4
    assert len(look(file, limit=1)) == 1
    assert len(look(file, class_agnostic=True)) == 2
    assert [found.class_name for found in look(file, classes=["scratch"])] == ["scratch"]
    assert look(file, classes=["nothing like it"]) == []


def test_a_classifier_tells_its_classes_best_first(network: Make) -> None:
    file = network({"scores": [[logit(0.8), logit(0.2)]]})
    card = describe(file, "colour/2", "classification", CLASSES)
    found = Network(card, file).look(PICTURE, confidence=0.01, overlap=0.3, limit=300)
    assert [one.class_name for one in found] == ["bolt", "scratch"]
    assert sum(one.confidence or 0 for one in found) == pytest.approx(1)
    assert found[0].x is None
    already = network({"scores": [[0.3, 0.7]]})
    found = Network(describe(already, "colour/2", "classification", CLASSES), already).look(
        PICTURE, confidence=0.5, overlap=0.3, limit=300
    )
    assert [(one.class_name, one.confidence) for one in found] == [("scratch", pytest.approx(0.7))]


def test_sizes_that_a_model_leaves_open_are_given(network: Make) -> None:
    file = network(yolov8([32, 32, 16, 8, 0.1, 0.9]), height="height", width="width")
    card = describe(file, "a/1", "object-detection", CLASSES, size=96)
    assert (card.width, card.height) == (96, 96)


def test_what_cannot_be_a_model_is_refused(network: Make, tmp_path: Path) -> None:
    bad = tmp_path / "bad.onnx"
    bad.write_bytes(b"not a model")
    with pytest.raises(BadRequest, match="cannot load"):
        describe(bad, "a/1", "object-detection", CLASSES)
    with pytest.raises(BadRequest, match=r"no known detection head with 2 classes .* output0 \[1, 9, 30\]"):
        describe(network({"output0": np.zeros((1, 9, 30))}), "a/1", "object-detection", CLASSES)
    with pytest.raises(BadRequest, match="3 classes; 2 are named"):
        describe(network({"scores": [[0.1, 0.2, 0.7]]}), "a/1", "classification", CLASSES)
    with pytest.raises(BadRequest, match="twice"):
        describe(network(HEADS["yolov8"]), "a/1", "object-detection", ["a", "a"])
    with pytest.raises(BadRequest, match="not a model's id"):
        describe(network(HEADS["yolov8"]), "../../etc", "object-detection", CLASSES)
