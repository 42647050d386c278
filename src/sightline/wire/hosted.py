"""The hosted inference protocol, v0 (`POST /project/version`) and v1 (`POST /infer/task`): requests and answers.

Both dialects are read into one `Asked`; `Answer` is what goes back, and `reports_of` what is recorded of it.
"""

from collections.abc import Mapping
from typing import Any

import msgspec

from sightline.domain.errors import BadRequest
from sightline.domain.limits import DEFAULT, Limits
from sightline.domain.report import Detection, Kind, Problem, Report
from sightline.wire import image_input, json, lenient, predictions
from sightline.wire.image_input import ImageInput
from sightline.wire.lenient import Notes

TASKS = {
    "object_detection": "object-detection",
    "classification": "classification",
    "instance_segmentation": "instance-segmentation",
    "keypoints_detection": "keypoint-detection",
    "semantic_segmentation": "semantic-segmentation",
}
"""Last segment of a v1 path -> the task's name in every answer of the registry."""

DEFAULT_CONFIDENCE, DEFAULT_OVERLAP, DEFAULT_DETECTIONS = 0.4, 0.3, 300


class Asked(msgspec.Struct, frozen=True):
    """What a client asks of a model. None where it did not say."""

    model_id: str
    image: msgspec.Raw | None = None
    """The `image` of a v1 request as it came: pictures are large, and a proxied request needs none of them."""
    confidence: float | str | None = None
    overlap: float | None = None
    max_detections: int | None = None
    class_filter: list[str] | None = None
    class_agnostic: bool = False
    inference_id: str | None = None
    api_key: str | None = None
    source: str | None = None
    source_info: str | None = None
    unmonitored: bool = False
    """The client asked that this inference be recorded nowhere."""
    visualize: bool = False
    format: str = "json"

    def images(self) -> list[ImageInput]:
        """The pictures of a v1 request."""
        return image_input.read_json(self.image or msgspec.Raw(b"null"), where="$.image")

    @property
    def threshold(self) -> float:
        """The confidence as a number; `best` and `default` are the default."""
        return self.confidence if isinstance(self.confidence, float) else DEFAULT_CONFIDENCE


class _Body(msgspec.Struct):
    model_id: str | None = None
    image: msgspec.Raw = msgspec.Raw(b"null")
    confidence: float | str | None = None
    iou_threshold: float | str | None = None
    max_detections: int | None = None
    class_filter: list[str] | None = None
    class_agnostic_nms: bool | None = None
    id: str | None = None
    api_key: str | None = None
    source: str | None = None
    source_info: str | None = None
    disable_model_monitoring: bool | None = None
    visualize_predictions: bool | None = None


class Named(msgspec.Struct):
    """The body of `POST /model/add`, `/model/remove`, `/model/clear`."""

    model_id: str | None = None
    api_key: str | None = None


_BODY = msgspec.json.Decoder(_Body, strict=False)
_NAMED = msgspec.json.Decoder(Named)


def read_v1(body: bytes, limits: Limits = DEFAULT) -> Asked:
    """`POST /infer/…`. Raises `BadRequest` that names the spot."""
    found = json.decode(body, _BODY, limits)
    for name in ("model_id", "id", "source", "source_info"):
        _check(getattr(found, name), f"$.{name}", limits.inference_id)
    if not found.model_id:
        raise BadRequest("no model is named", where="$.model_id", hint='send {"model_id": "parts/1", …}')
    return Asked(
        model_id=found.model_id,
        image=found.image,
        confidence=_share(found.confidence, "$.confidence"),
        overlap=_number(_share(found.iou_threshold, "$.iou_threshold"), "$.iou_threshold"),
        max_detections=found.max_detections,
        class_filter=found.class_filter,
        class_agnostic=bool(found.class_agnostic_nms),
        inference_id=found.id or None,
        api_key=found.api_key,
        source=found.source,
        source_info=found.source_info,
        unmonitored=bool(found.disable_model_monitoring),
        visualize=bool(found.visualize_predictions),
    )


def read_v0(model_id: str, query: Mapping[str, str], limits: Limits = DEFAULT) -> Asked:
    """The query of `POST /project/version`; its body is `image_input.read_body`'s affair."""
    _check(model_id, "model_id", limits.inference_id)
    for name in ("source", "source_info"):
        _check(query.get(name), name, limits.inference_id)
    limit = query.get("max_detections", "")
    if limit and not (limit.isascii() and limit.isdigit()):
        raise BadRequest(f"{limit[:40]!r} is not a number", where="max_detections")
    written = query.get("format", "json")
    if written not in ("json", "image", "image_and_json"):
        raise BadRequest(
            f"{written[:40]!r} is not a format", where="format", hint="json, image or image_and_json"
        )
    return Asked(
        model_id=model_id,
        confidence=_share(query.get("confidence"), "confidence"),
        overlap=_number(_share(query.get("overlap"), "overlap"), "overlap"),
        max_detections=int(limit) if limit else None,
        class_filter=[name for name in query.get("classes", "").split(",") if name] or None,
        source=query.get("source", "external"),
        source_info=query.get("source_info", "external"),
        unmonitored=query.get("disable_model_monitoring", "").lower() in ("true", "1", "yes"),
        visualize=written == "image_and_json",
        format=written,
    )


def read_named(body: bytes) -> Named:
    """What `/model/…` are sent; `/model/clear` may come without a body."""
    return json.decode(body or b"{}", _NAMED)


class Size(msgspec.Struct, frozen=True):
    width: int
    height: int


class Answer(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one picture gave. A detection's JSON is the prediction's; nulls are left out."""

    inference_id: str
    time: float
    image: Size
    predictions: list[Detection]
    top: str | None = None
    confidence: float | None = None
    visualization: str | None = None
    """Base64 of a JPEG with the predictions drawn over."""


class RegisteredModel(msgspec.Struct, frozen=True):
    model_id: str
    task_type: str
    batch_size: int
    input_height: int
    input_width: int


class Registry(msgspec.Struct, frozen=True):
    models: list[RegisteredModel]


def report_of(
    asked: Asked,
    answers: list[Answer],
    *,
    inference_id: str,
    time: int,
    latency: float | None,
    device: str | None,
    task: str | None,
) -> Report:
    """One inference, however many pictures it had: its detections are those of all, its size that of the first."""
    return Report(
        kind=Kind.GATEWAY,
        inference_id=inference_id,
        time=time,
        model=asked.model_id,
        task=task,
        source=asked.source,
        source_info=asked.source_info,
        device=device,
        threshold=DEFAULT_CONFIDENCE if asked.confidence is None else asked.confidence,
        latency=latency,
        image_width=(answers[0].image.width if answers else 0) or None,
        image_height=(answers[0].image.height if answers else 0) or None,
        detections=[found for answer in answers for found in answer.predictions],
    )


def failure_of(
    asked: Asked, error: str, *, inference_id: str, time: int, device: str | None, task: str | None
) -> Report:
    """An inference that was asked for and failed."""
    return Report(
        kind=Kind.GATEWAY,
        inference_id=inference_id,
        time=time,
        model=asked.model_id,
        task=task,
        source=asked.source,
        source_info=asked.source_info,
        device=device,
        threshold=DEFAULT_CONFIDENCE if asked.confidence is None else asked.confidence,
        error=error.replace("\0", "\N{REPLACEMENT CHARACTER}")[:2000],
    )


def device_of(source: str | None, address: str | None) -> str | None:
    """Which device asked: the source that it names, else its address. Words that clients say unasked name none."""
    if source and source not in ("external", "workflow-execution"):
        return source
    return address


def read_answers(
    body: bytes, limits: Limits = DEFAULT
) -> tuple[str | None, float | None, list[Answer], list[Problem]]:
    """Another server's answer: inference_id, seconds it took, one `Answer` a picture, and what was not understood.

    Raises `BadRequest` for what is no JSON object or list of objects.
    """
    found = json.decode(body, _ANSWERS, limits)
    notes = Notes("$")
    answers: list[Answer] = []
    inference_id: str | None = None
    times: list[float] = []
    for where, one in lenient.elements(found, "", notes):
        if "predictions" not in one:
            raise BadRequest("there are no predictions", where=f"${where}")
        if inference_id is None and one.get("inference_id") is not None:
            inference_id = lenient.inference_id(one["inference_id"], f"{where}.inference_id", notes, limits)
        seconds = lenient.duration(one.get("time"), f"{where}.time", notes)
        if seconds is not None:
            times.append(seconds)
        image = lenient.mapping(one.get("image"), f"{where}.image", notes)
        answers.append(
            Answer(
                inference_id=inference_id or "",
                time=seconds or 0.0,
                image=Size(
                    lenient.size(image.get("width"), f"{where}.image.width", notes) or 0,
                    lenient.size(image.get("height"), f"{where}.image.height", notes) or 0,
                ),
                predictions=list(
                    predictions.detections_of(_predicted(one), f"{where}.predictions", notes, limits)
                ),
            )
        )
    return inference_id, sum(times) if times else None, answers, notes.problems("gateway")


_ANSWERS = msgspec.json.Decoder(dict[str, Any] | list[Any])


def _predicted(answer: dict[str, Any]) -> object:
    """The predictions; of a multi-label classification, which tells all classes, only those that it predicts."""
    found, chosen = answer["predictions"], answer.get("predicted_classes")
    if isinstance(found, dict) and isinstance(chosen, list):
        return {name: scores for name, scores in found.items() if name in chosen}
    return found


def _share(given: float | str | None, where: str) -> float | str | None:
    """0 to 1; from 1 on it is per cent; at least 0.01. The words `best` and `default` stay."""
    if given is None or given in ("best", "default"):
        return given
    if given == "":
        return None
    try:
        value = float(given)
    except ValueError:
        raise BadRequest(f"{str(given)[:40]!r} is not a number between 0 and 1", where=where) from None
    if not 0 <= value <= 100:
        raise BadRequest(f"{given} is not between 0 and 1", where=where)
    return max(0.01, value / 100 if value > 1 else value)


def _number(given: float | str | None, where: str) -> float | None:
    if isinstance(given, str):
        raise BadRequest(f"{given!r} is not a number between 0 and 1", where=where)
    return given


def _check(text: str | None, where: str, limit: int) -> None:
    if text is not None and len(json.check_text(text, where).encode()) > limit:
        raise BadRequest(f"it is longer than {limit} bytes", where=where)
