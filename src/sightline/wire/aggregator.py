"""Reports of the workflow block *Model Monitoring Inference Aggregator*: the best detection of each class.

Like a pingback such a report is sent once, so only a body that is no JSON object raises.
"""

from typing import Any

import msgspec

from sightline.domain.limits import DEFAULT, Limits
from sightline.domain.moment import AHEAD, EARLIEST, HOUR, MINUTE
from sightline.domain.report import Detection, Kind, Problem, Report
from sightline.domain.value import timestamp_of
from sightline.wire import lenient, predictions
from sightline.wire.lenient import Notes

DOOR = "aggregator"
FARTHEST_ZONE = 14 * HOUR
ZONE_STEP = 15 * MINUTE
TOLERANCE = 2 * MINUTE
"""How far a clock may be wrong for its time to pass for a zone's local time."""


class Aggregation(msgspec.Struct, frozen=True):
    key: str | None
    """The key in the body, where there is one; the block sends it in the query."""
    reports: list[Report]
    problems: list[Problem]


def decode(body: bytes, *, received: int, limits: Limits = DEFAULT) -> Aggregation:
    """One report for each (inference_id, model); `received` in microseconds.

    `BadRequest` if the body is no JSON object.
    """
    notes = Notes("$")
    found, results = lenient.top(body, notes, limits)
    key = lenient.key(found)

    def text(name: str) -> str | None:
        return lenient.text(found.get(name), f".{name}", notes, limits) or None

    common = Report(
        kind=Kind.AGGREGATOR,
        inference_id="",
        time=_moment(found.get("timestamp"), received, notes),
        source=text("source"),
        source_info=text("source_info"),
        device=text("device_id") or text("hostname"),
        server=text("inference_server_id"),
        server_version=text("inference_server_version"),
        tags=lenient.tags(found.get("tags"), ".tags", notes, limits),
    )
    problems = notes.problems(DOOR)
    reports: dict[tuple[str, str | None], Report] = {}
    for index, raw in enumerate(results):
        item_notes = Notes(f"$.inference_results[{index}]")
        report = _report(lenient.record(raw, item_notes), common, item_notes, limits)
        if report is not None:
            _add(report, reports)
        if item_notes.found:
            kept = report is not None
            problems.append(item_notes.problem(DOOR, kept=kept, raw=bytes(raw), keys=(key,)))
    return Aggregation(key=key, reports=list(reports.values()), problems=problems)


def _add(report: Report, reports: dict[tuple[str, str | None], Report]) -> None:
    place = (report.inference_id, report.model)
    known = reports.get(place)
    if known is not None:
        detections = (known.detections or []) + (report.detections or [])
        report = msgspec.structs.replace(known, task=known.task or report.task, detections=detections)
    reports[place] = report


def _report(item: dict[str, Any] | None, common: Report, notes: Notes, limits: Limits) -> Report | None:
    if item is None:
        return None
    inference_id = lenient.inference_id(item.get("inference_id"), ".inference_id", notes, limits)
    if inference_id is None:
        return None
    class_name = lenient.text(item.get("class_name"), ".class_name", notes, limits)
    confidence = predictions.confidence(item.get("confidence"), ".confidence", notes)
    return msgspec.structs.replace(
        common,
        inference_id=inference_id,
        model=lenient.text(item.get("model_id"), ".model_id", notes, limits) or None,
        task=lenient.text(item.get("model_type"), ".model_type", notes, limits) or None,
        detections=[Detection(class_name=class_name, confidence=confidence)] if class_name else [],
    )


def _moment(value: object, received: int, notes: Notes) -> int | None:
    """The block sends local time without a zone: what is off by a zone's difference from ours tells nothing."""
    if value is None:
        return None
    moment = timestamp_of(value) if isinstance(value, str) else None
    if moment is None:
        notes.add(".timestamp", "is not an ISO 8601 time")
        return None
    if not EARLIEST <= moment <= received + AHEAD:
        notes.add(".timestamp", "lies before 1970 or more than a day ahead of this server's clock")
        return None
    steps = round((moment - received) / ZONE_STEP)
    off = abs(moment - received - steps * ZONE_STEP)
    local = steps != 0 and off <= TOLERANCE and abs(moment - received) <= FARTHEST_ZONE + TOLERANCE
    return None if local else moment
