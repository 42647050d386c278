"""Aggregator reports: flat items, local times, and devices that do not say who they are."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from sightline.domain.errors import BadRequest
from sightline.domain.moment import DAY, HOUR, MINUTE, SECOND
from sightline.domain.report import Detection, Kind, Report
from sightline.wire import aggregator

NOW = 1_795_434_000 * SECOND


def item(**changes: object) -> dict[str, Any]:
    return {
        "model_id": "parts/1",
        "class_name": "dog",
        "confidence": 0.9,
        "inference_id": "i-1",
        "model_type": "object-detection",
        **changes,
    }


def written(moment: int) -> str:
    return datetime.fromtimestamp(moment / SECOND, UTC).replace(tzinfo=None).isoformat()


def decode(*items: object, **members: object) -> aggregator.Aggregation:
    sent = {
        "timestamp": written(NOW),
        "source": "workflow",
        "source_info": "ModelMonitoringInferenceAggregatorBlockV1",
        "inference_results": list(items),
        "device_id": None,
        "inference_server_version": "1.8.3",
        "hostname": "vm",
        **members,
    }
    return aggregator.decode(json.dumps(sent).encode(), received=NOW)


def test_a_report() -> None:
    assert decode(item()) == aggregator.Aggregation(
        key=None,
        reports=[
            Report(
                kind=Kind.AGGREGATOR,
                inference_id="i-1",
                time=NOW,
                model="parts/1",
                task="object-detection",
                source="workflow",
                source_info="ModelMonitoringInferenceAggregatorBlockV1",
                device="vm",
                server_version="1.8.3",
                detections=[Detection("dog", 0.9)],
            )
        ],
        problems=[],
    )


def test_items_of_one_inference_and_model_are_one_report() -> None:
    items = [
        item(model_type=None),
        item(inference_id="i-2"),
        item(class_name="cat", confidence=0.5),
        item(model_id="other/1"),
    ]
    reports = decode(*items).reports
    assert [(one.inference_id, one.model, one.task) for one in reports] == [
        ("i-1", "parts/1", "object-detection"),
        ("i-2", "parts/1", "object-detection"),
        ("i-1", "other/1", "object-detection"),
    ]
    assert reports[0].detections == [Detection("dog", 0.9), Detection("cat", 0.5)]


@pytest.mark.parametrize("class_name", ["", None])
def test_no_class_is_an_inference_without_detections(class_name: str | None) -> None:
    assert decode(item(class_name=class_name)).reports[0].detections == []


def test_the_device_is_its_id_where_there_is_one() -> None:
    assert decode(item(), device_id="edge-12").reports[0].device == "edge-12"


@pytest.mark.parametrize(
    ("difference", "known"),
    [
        (0, True),
        (5 * SECOND, True),
        (-90 * SECOND, True),
        (-7 * MINUTE, True),
        (HOUR, False),
        (-5 * HOUR - 30 * MINUTE, False),
        (5 * HOUR + 45 * MINUTE + 119 * SECOND, False),
        (14 * HOUR, False),
        (-15 * MINUTE + 121 * SECOND, True),
        (-3 * DAY, True),
        (DAY + SECOND, False),
    ],
)
def test_a_zone_s_local_time_is_no_time(difference: int, known: bool) -> None:
    (report,) = decode(item(), timestamp=written(NOW + difference)).reports
    assert report.time == (NOW + difference if known else None)


def test_a_time_with_a_zone() -> None:
    (report,) = decode(item(), timestamp=written(NOW + 2 * HOUR) + "+02:00").reports
    assert report.time == NOW


@pytest.mark.parametrize("timestamp", ["yesterday", 7, "1969-12-31T23:59:59", written(NOW + 2 * DAY)])
def test_odd_times_are_told(timestamp: object) -> None:
    found = decode(item(), timestamp=timestamp)
    assert found.reports[0].time is None
    assert [(problem.where, problem.kept) for problem in found.problems] == [("$.timestamp", True)]


@pytest.mark.parametrize("odd", [None, 7, {}, item(inference_id=""), item(inference_id=None)])
def test_items_without_identity_are_told(odd: object) -> None:
    found = decode(item(), odd)
    assert [one.inference_id for one in found.reports] == ["i-1"]
    (problem,) = found.problems
    assert (problem.door, problem.kept) == ("aggregator", False)
    assert problem.where.startswith("$.inference_results[1]")


def test_odd_confidences_are_told() -> None:
    found = decode(item(confidence="high"))
    assert found.reports[0].detections == [Detection("dog", None)]
    assert [(problem.where, problem.kept) for problem in found.problems] == [
        ("$.inference_results[0].confidence", True)
    ]


def test_a_key_in_the_body_is_found_and_shown_nowhere_else() -> None:
    found = decode({"api_key": "the-key", "note": "the-key"}, api_key="the-key")
    assert found.key == "the-key"
    assert "the-key" not in repr(found.problems)


@pytest.mark.parametrize("sent", [b"", b"[]", b"{"])
def test_only_a_body_that_is_no_object_is_refused(sent: bytes) -> None:
    with pytest.raises(BadRequest):
        aggregator.decode(sent, received=NOW)
