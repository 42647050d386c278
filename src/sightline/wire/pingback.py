"""Pingbacks: an inference server's sign of life and all its inferences of the last minute.

A report is sent once and never again, so nothing in it is refused for being odd: what cannot be understood
becomes a `Problem`, and everything else is kept. Only a body that is no JSON object raises.

A report can hold megabytes. `decode` finds where each record begins and ends; `Pingback.records(start, stop)`
decodes some of them, so that a server can do something else between two slices.
"""

from typing import Any

import msgspec

from sightline.domain.limits import DEFAULT, Limits
from sightline.domain.moment import AHEAD, EARLIEST, SECOND
from sightline.domain.report import Detection, Heartbeat, Kind, Problem, Report
from sightline.wire import lenient, predictions
from sightline.wire.lenient import Notes

DOOR = "pingback"


class Sender(msgspec.Struct, frozen=True):
    """Who reports: what the records of one pingback have in common."""

    device: str | None = None
    server: str | None = None
    server_version: str | None = None
    tags: list[str] | None = None


class Record(msgspec.Struct, frozen=True):
    """One record: the key it belongs to, its report if it could be understood, and what could not."""

    key: str | None
    """The record's own key, or else that of the whole pingback."""
    index: int
    report: Report | None
    problem: Problem | None = None


class Pingback(msgspec.Struct, frozen=True):
    """A report whose records are decoded when they are asked for."""

    key: str | None
    heartbeat: Heartbeat | None
    """None where neither a device nor a host name was sent."""
    problems: list[Problem]
    """What could not be understood outside of the records."""
    sender: Sender
    received: int
    limits: Limits
    results: list[msgspec.Raw]
    """The records as they came; api keys are still in them."""

    def __len__(self) -> int:
        return len(self.results)

    def records(self, start: int = 0, stop: int | None = None) -> list[Record]:
        """The records from `start` up to but not including `stop`. Never raises."""
        stop = len(self.results) if stop is None else min(stop, len(self.results))
        return [_record(self, index) for index in range(start, stop)]

    def refused(self, record: Record, reason: str) -> Problem:
        """The problem of a record that was understood, but cannot be stored, such as for its unknown key."""
        where = f"$.inference_results[{record.index}]"
        excerpt = lenient.excerpt(bytes(self.results[record.index]), (self.key, record.key))
        return Problem(door=DOOR, where=where, reason=reason, excerpt=excerpt)


def decode(body: bytes, *, received: int, limits: Limits = DEFAULT) -> Pingback:
    """`BadRequest` if the body is no JSON object. `received`: microseconds since the epoch."""
    notes = Notes("$")
    values, results = lenient.top(body, notes, limits)
    key = lenient.key(values)

    def text(name: str) -> str | None:
        return lenient.text(values.get(name), f".{name}", notes, limits) or None

    system = {name: text(name) for name in lenient.SYSTEM}
    sender = Sender(
        device=text("device_id") or system["hostname"],
        server=text("inference_server_id"),
        server_version=text("inference_server_version"),
        tags=lenient.tags(values.get("tags"), ".tags", notes, limits),
    )
    started = values.get("timestamp")
    heartbeat = (
        None
        if sender.device is None
        else Heartbeat(
            device=sender.device,
            server=sender.server,
            server_version=sender.server_version,
            tags=sender.tags,
            started=None if started is None else lenient.moment(started, ".timestamp", notes, received),
            system={name: told for name, told in system.items() if told} or None,
        )
    )
    return Pingback(
        key=key,
        heartbeat=heartbeat,
        problems=notes.problems(DOOR),
        sender=sender,
        received=received,
        limits=limits,
        results=results,
    )


# Common records decode straight into these; any other goes through `_understood`, which says what is odd.


class _Request(msgspec.Struct):
    api_key: str | None = None
    id: str | msgspec.UnsetType | None = msgspec.UNSET
    source: str | None = None
    source_info: str | None = None
    model_id: str | None = None
    model_type: str | None = None
    confidence: float | str | None = None


class _Element(msgspec.Struct):
    predictions: list[Detection] | None = None
    time: float | None = None
    inference_id: str | msgspec.UnsetType | None = msgspec.UNSET
    image: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET


class _Inference(msgspec.Struct):
    inference_id: str
    request: _Request
    response: list[_Element]
    inference_server_id: str | None = None
    inference_server_version: str | None = None


class _Result(msgspec.Struct):
    request_time: float
    inference: _Inference


_RESULT = msgspec.json.Decoder(_Result)


def _record(pingback: Pingback, index: int) -> Record:
    raw = bytes(pingback.results[index])
    # A mask is looked for by its name, because unknown members are passed over.
    if b'"rle"' not in raw and not (b"\\" in raw and b"\\u0000" in raw):
        try:
            result = _RESULT.decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
            pass  # `_understood` tells what it is
        else:
            report = _common(result, len(raw), pingback)
            if report is not None:
                return Record(
                    key=result.inference.request.api_key or pingback.key, index=index, report=report
                )
    return _understood(raw, pingback, index)


def _common(result: _Result, size: int, pingback: Pingback) -> Report | None:
    """None where something of it is unusual. `size`: bytes of the record; no text of it can be longer."""
    inference, sender, limits = result.inference, pingback.sender, pingback.limits
    request, response = inference.request, inference.response
    moment = result.request_time * SECOND
    latency = next((element.time for element in response if element.time is not None), None)
    if (
        not inference.inference_id
        or (size > min(limits.value, limits.inference_id) and _has_long_text(result, limits))
        or not EARLIEST <= moment <= pingback.received + AHEAD
        or (latency is not None and latency < 0)
        or any(element.image is not msgspec.UNSET for element in response)
    ):
        return None
    detections = [detection for element in response for detection in element.predictions or ()]
    for detection in detections:
        if (
            (detection.confidence is not None and abs(detection.confidence) > predictions.LARGEST_CONFIDENCE)
            or (detection.class_id is not None and abs(detection.class_id) > predictions.LARGEST_CLASS_ID)
            or detection.points is not None
            or detection.keypoints is not None
            or detection.mask is not None
        ):
            return None
    told = not response or any(element.predictions is not None for element in response)
    full = (
        request.id is not msgspec.UNSET
        or any(element.inference_id is not msgspec.UNSET for element in response)
        or any(detection.x is not None for detection in detections)
    )
    return Report(
        kind=Kind.PINGBACK_FULL if full else Kind.PINGBACK_TINY,
        inference_id=inference.inference_id,
        time=round(moment),
        model=request.model_id or None,
        task=request.model_type or None,
        source=request.source or None,
        source_info=request.source_info or None,
        device=sender.device,
        server=inference.inference_server_id or sender.server,
        server_version=inference.inference_server_version or sender.server_version,
        tags=sender.tags,
        threshold=None if request.confidence == "" else request.confidence,
        latency=latency,
        detections=detections if told else None,
    )


def _has_long_text(result: _Result, limits: Limits) -> bool:
    inference = result.inference
    texts = [
        inference.inference_server_id,
        inference.inference_server_version,
        *msgspec.structs.astuple(inference.request),
        *(
            text
            for element in inference.response
            for detection in element.predictions or ()
            for text in (detection.class_name, detection.detection_id)
        ),
    ]
    too_long = any(isinstance(text, str) and len(text) > limits.value for text in texts)
    return too_long or len(inference.inference_id.encode()) > limits.inference_id


def _understood(raw: bytes, pingback: Pingback, index: int) -> Record:
    notes = Notes(f"$.inference_results[{index}]")
    result = lenient.record(raw, notes)
    inference = lenient.mapping((result or {}).get("inference"), ".inference", notes)
    request = lenient.mapping(inference.get("request"), ".inference.request", notes)
    key = lenient.key(request) or pingback.key
    report = None if result is None else _report(result, inference, request, pingback, notes)
    if not notes.found:
        return Record(key=key, index=index, report=report)
    return Record(
        key=key,
        index=index,
        report=report,
        problem=notes.problem(DOOR, kept=report is not None, raw=raw, keys=(pingback.key, key)),
    )


def _report(
    result: dict[str, Any],
    inference: dict[str, Any],
    request: dict[str, Any],
    pingback: Pingback,
    notes: Notes,
) -> Report | None:
    inference_id = lenient.inference_id(
        inference.get("inference_id"), ".inference.inference_id", notes, pingback.limits
    )
    if inference_id is None:
        return None

    def text(source: dict[str, Any], name: str, path: str) -> str | None:
        return lenient.text(source.get(name), f"{path}.{name}", notes, pingback.limits) or None

    response = list(lenient.elements(inference.get("response"), ".inference.response", notes))
    detections = [
        detection
        for path, element in response
        for detection in predictions.detections_of(
            element.get("predictions"), f"{path}.predictions", notes, pingback.limits
        )
    ]
    told = inference.get("response") == [] or any(
        element.get("predictions") is not None for _, element in response
    )
    latencies = [lenient.duration(element.get("time"), f"{path}.time", notes) for path, element in response]
    images = [
        (path, element["image"]) for path, element in response if isinstance(element.get("image"), dict)
    ]
    path, image = images[0] if images else ("", {})
    full = (
        "id" in request
        or any("inference_id" in element for _, element in response)
        or any(detection.x is not None for detection in detections)
    )
    threshold = request.get("confidence")
    sender = pingback.sender
    return Report(
        kind=Kind.PINGBACK_FULL if full else Kind.PINGBACK_TINY,
        inference_id=inference_id,
        time=lenient.moment(result.get("request_time"), ".request_time", notes, pingback.received),
        model=text(request, "model_id", ".inference.request"),
        task=text(request, "model_type", ".inference.request"),
        source=text(request, "source", ".inference.request"),
        source_info=text(request, "source_info", ".inference.request"),
        device=sender.device,
        server=text(inference, "inference_server_id", ".inference") or sender.server,
        server_version=text(inference, "inference_server_version", ".inference") or sender.server_version,
        tags=sender.tags,
        threshold=text(request, "confidence", ".inference.request")
        if isinstance(threshold, str)
        else lenient.number(threshold, ".inference.request.confidence", notes),
        latency=next((latency for latency in latencies if latency is not None), None),
        image_width=lenient.size(image.get("width"), f"{path}.image.width", notes),
        image_height=lenient.size(image.get("height"), f"{path}.image.height", notes),
        detections=detections if told else None,
    )
