"""Every metadata, pingback and aggregator body that real clients sent is decoded whole, with nothing refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from sightline.domain.moment import SECOND
from sightline.domain.report import Kind
from sightline.wire import aggregator, metadata, pingback

CAPTURES = Path(__file__).parents[1] / "data" / "captures"


def requests(path: str) -> list[Any]:
    """The captured POST requests whose path ends so, as (body, moment of receipt), named by their file."""
    found = []
    for file in sorted(CAPTURES.glob("*.json")):
        capture = json.loads(file.read_text())
        if not isinstance(capture, dict):
            continue  # a summary, without requests
        for number, request in enumerate(capture.get("requests", ())):
            matches = (
                request["path"].endswith(path) if path != "/inference-stats" else request["path"] == path
            )
            if request["method"] == "POST" and matches:
                body, received = request["body"]["json"], round(request["ts"] * SECOND)
                found.append(pytest.param(body, received, id=f"{file.stem}-{number}"))
    return found


METADATA = requests("/inference-stats/metadata")
PINGBACKS = requests("/inference-stats")
AGGREGATED = requests("/acme/inference-stats")


def test_there_is_something_to_replay() -> None:
    assert len(METADATA) >= 12
    assert len(PINGBACKS) >= 30
    assert len(AGGREGATED) >= 2


@pytest.mark.parametrize(("body", "received"), METADATA)
def test_metadata(body: dict[str, Any], received: int) -> None:
    assert received
    key, attachments = metadata.decode(json.dumps(body).encode())
    assert key == body.get("api_key")
    assert [
        {"inference_ids": one.inference_ids, "field_name": one.field, "field_value": one.value}
        for one in attachments
    ] == body["data"]


@pytest.mark.parametrize(("body", "received"), PINGBACKS)
def test_pingback(body: dict[str, Any], received: int) -> None:
    found = pingback.decode(json.dumps(body).encode(), received=received)
    assert found.key == body["api_key"]
    assert found.problems == []
    assert found.heartbeat is not None
    assert found.heartbeat.device == body["device_id"]
    assert found.heartbeat.started == int(body["timestamp"]) * SECOND
    assert found.heartbeat.tags == ([tag for tag in body["tags"] if tag] or None)
    records = found.records()
    assert len(records) == len(body["inference_results"])
    for record, result in zip(records, body["inference_results"], strict=True):
        request, response = result["inference"]["request"], result["inference"]["response"]
        assert record.problem is None
        assert record.key == request["api_key"]
        report = record.report
        assert report is not None
        assert report.kind is (Kind.PINGBACK_FULL if "id" in request else Kind.PINGBACK_TINY)
        assert report.inference_id == result["inference"]["inference_id"]
        assert report.time == round(result["request_time"] * SECOND)
        assert (report.model, report.task, report.threshold) == (
            request["model_id"],
            request["model_type"],
            request["confidence"],
        )
        assert (report.source, report.source_info) == (request["source"], request["source_info"])
        assert (report.device, report.server) == (body["device_id"], body["inference_server_id"])
        assert report.server_version == body["inference_server_version"]
        assert report.latency == (response[0]["time"] if response else None)
        predictions = [prediction for element in response for prediction in element["predictions"]]
        assert report.detections is not None
        assert [
            (
                one.class_name,
                one.confidence,
                one.x,
                one.y,
                one.width,
                one.height,
                one.class_id,
                one.detection_id,
            )
            for one in report.detections
        ] == [
            tuple(
                prediction.get(name)
                for name in ("class", "confidence", "x", "y", "width", "height", "class_id", "detection_id")
            )
            for prediction in predictions
        ]


@pytest.mark.parametrize(("body", "received"), AGGREGATED)
def test_aggregator(body: dict[str, Any], received: int) -> None:
    found = aggregator.decode(json.dumps(body).encode(), received=received)
    assert found.key is None
    assert found.problems == []
    assert [
        (report.inference_id, report.model, report.task, detection.class_name, detection.confidence)
        for report in found.reports
        for detection in report.detections or ()
    ] == [
        (one["inference_id"], one["model_id"], one["model_type"], one["class_name"], one["confidence"])
        for one in body["inference_results"]
    ]
    for report in found.reports:
        # The machine's clock was the server's, and its zone was UTC.
        assert report.time is not None
        assert abs(report.time - received) < SECOND
        assert (report.kind, report.device) == (Kind.AGGREGATOR, body["hostname"])
