"""Inferences recorded natively: `{"inferences": [...]}`, a bare array, or NDJSON with one inference a line.

Strict: one element that cannot be understood refuses the whole request, and the error names it.
"""

import math
from uuid import uuid4

import msgspec

from sightline.domain.errors import BadRequest, TooLarge
from sightline.domain.limits import DEFAULT, Limits
from sightline.domain.moment import AHEAD, EARLIEST, SECOND
from sightline.domain.report import Detection, Kind, Report
from sightline.domain.value import Attachment, timestamp_of
from sightline.wire import json
from sightline.wire.metadata import check_id, check_name, value_of
from sightline.wire.predictions import LARGEST_CLASS_ID, LARGEST_CONFIDENCE


class Image(msgspec.Struct, forbid_unknown_fields=True):
    """Pixels."""

    width: int | None = None
    height: int | None = None


class Inference(msgspec.Struct, forbid_unknown_fields=True):
    """One inference as a client records it. Unknown members are refused: they may be misspelt ones."""

    model: str
    inference_id: str | None = None
    time: str | float | None = None
    """ISO 8601 (UTC where it names no zone) or unix seconds; the receipt time where absent."""
    task: str | None = None
    device: str | None = None
    server: str | None = None
    source: str | None = None
    source_info: str | None = None
    tags: list[str] | None = None
    threshold: float | str | None = None
    latency: float | None = None
    """Seconds."""
    error: str | None = None
    image: Image | None = None
    detections: list[Detection] | None = None
    metadata: dict[str, msgspec.Raw] | None = None


class Records(msgspec.Struct, frozen=True):
    reports: list[Report]
    """In the order in which they were sent."""
    attachments: list[Attachment]
    """Their metadata: one attachment for each distinct field and value."""

    @property
    def inference_ids(self) -> list[str]:
        return [report.inference_id for report in self.reports]


class _Body(msgspec.Struct, forbid_unknown_fields=True):
    inferences: list[Inference]
    api_key: str | None = None


_OBJECT = msgspec.json.Decoder(_Body)
_ARRAY = msgspec.json.Decoder(list[Inference])
_LINE = msgspec.json.Decoder(Inference)


def decode(body: bytes, *, received: int, limits: Limits = DEFAULT, lines: bool = False) -> Records:
    """`lines`: the body is NDJSON. `received`: microseconds. Ids are made where absent.

    `BadRequest` and `TooLarge` name the offending element.
    """
    values: dict[tuple[str, str], str] = {}
    reports = []
    for where, inference in _inferences(body, limits, lines=lines):
        report = _report(inference, where, received, limits)
        reports.append(report)
        for name, raw in (inference.metadata or {}).items():
            path = json.member(f"{where}.metadata", name)
            # Of several values in one request the last one holds.
            values[report.inference_id, check_name(name, path, limits)] = value_of(raw, path, limits)
    ids: dict[tuple[str, str], list[str]] = {}
    for (inference_id, name), value in values.items():
        ids.setdefault((name, value), []).append(inference_id)
    attachments = [
        Attachment(inference_ids=found, field=name, value=value) for (name, value), found in ids.items()
    ]
    return Records(reports=reports, attachments=attachments)


def _inferences(body: bytes, limits: Limits, *, lines: bool) -> list[tuple[str, Inference]]:
    if lines:
        written = [(number, line) for number, line in enumerate(body.split(b"\n"), 1) if line.strip()]
        _check_count(len(written), limits, "the body")
        return [
            (f"line {number}: $", json.decode(line, _LINE, limits, line=number)) for number, line in written
        ]
    if body.lstrip(b" \t\r\n").startswith(b"["):
        found, path = json.decode(body, _ARRAY, limits), "$"
    else:
        found, path = json.decode(body, _OBJECT, limits).inferences, "$.inferences"
    _check_count(len(found), limits, path)
    return [(f"{path}[{index}]", inference) for index, inference in enumerate(found)]


def _check_count(count: int, limits: Limits, where: str) -> None:
    if count > limits.entries:
        raise TooLarge(f"more than {limits.entries} inferences", where=where, hint="send several requests")


def _report(inference: Inference, where: str, received: int, limits: Limits) -> Report:
    texts = {
        name: _text(getattr(inference, name), f"{where}.{name}", limits)
        for name in ("model", "task", "device", "server", "source", "source_info", "error")
    }
    if not inference.model:
        raise BadRequest("the model is empty", where=f"{where}.model")
    if inference.latency is not None and inference.latency < 0:
        raise BadRequest("a latency is not less than 0 seconds", where=f"{where}.latency")
    image = inference.image or Image()
    for name, size in (("width", image.width), ("height", image.height)):
        if size is not None and not 0 < size < 2**31:
            raise BadRequest("it is no size in pixels", where=f"{where}.image.{name}")
    for index, tag in enumerate(inference.tags or ()):
        _text(tag, f"{where}.tags[{index}]", limits)
    for index, detection in enumerate(inference.detections or ()):
        _check_detection(detection, f"{where}.detections[{index}]", limits)
    threshold = inference.threshold
    if isinstance(threshold, str):
        _text(threshold, f"{where}.threshold", limits)
    inference_id = inference.inference_id
    return Report(
        kind=Kind.NATIVE,
        inference_id=str(uuid4())
        if inference_id is None
        else check_id(inference_id, f"{where}.inference_id", limits),
        time=None if inference.time is None else _moment(inference.time, f"{where}.time", received),
        tags=inference.tags,
        threshold=threshold,
        latency=inference.latency,
        image_width=image.width,
        image_height=image.height,
        detections=inference.detections,
        **texts,
    )


def _text(value: str | None, where: str, limits: Limits) -> str | None:
    if value is not None:
        if len(value.encode()) > limits.value:
            raise TooLarge(f"the text is longer than {limits.value} bytes", where=where)
        json.check_text(value, where)
    return value


def _moment(time: str | float, where: str, received: int) -> int:
    if isinstance(time, str):
        moment = timestamp_of(time)
    else:
        moment = round(time * SECOND) if math.isfinite(time * SECOND) else None
    if moment is None:
        raise BadRequest("it is not a time", where=where, hint="write 2026-11-23T14:00:00Z, or unix seconds")
    if not EARLIEST <= moment <= received + AHEAD:
        raise BadRequest("it lies before 1970 or more than a day in the future", where=where)
    return moment


def _check_detection(detection: Detection, where: str, limits: Limits) -> None:
    _text(detection.class_name, f"{where}.class", limits)
    _text(detection.detection_id, f"{where}.detection_id", limits)
    if detection.confidence is not None and abs(detection.confidence) > LARGEST_CONFIDENCE:
        raise BadRequest(f"a confidence is not beyond {LARGEST_CONFIDENCE:g}", where=f"{where}.confidence")
    if detection.class_id is not None and abs(detection.class_id) > LARGEST_CLASS_ID:
        raise BadRequest("it is no number of a class", where=f"{where}.class_id")
