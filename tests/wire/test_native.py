"""Native records: strict, whole or not at all."""

import json
from typing import Any
from uuid import UUID

import pytest

from sightline.domain.errors import BadRequest, SightlineError, TooLarge
from sightline.domain.limits import Limits
from sightline.domain.moment import SECOND
from sightline.domain.report import Detection, Kind, Report
from sightline.domain.value import Attachment
from sightline.wire import native

NOW = 1_795_434_000 * SECOND


def sent(*inferences: object) -> bytes:
    return json.dumps({"inferences": list(inferences)}).encode()


def decode(body: bytes, *, limits: Limits | None = None, lines: bool = False) -> native.Records:
    return native.decode(body, received=NOW, limits=limits or Limits(), lines=lines)


def refusal(body: bytes, *, limits: Limits | None = None, lines: bool = False) -> SightlineError:
    with pytest.raises((BadRequest, TooLarge)) as caught:
        decode(body, limits=limits, lines=lines)
    return caught.value


WHOLE: dict[str, Any] = {
    "inference_id": "i-1",
    "time": "2026-11-23T11:00:00Z",
    "model": "parts/3",
    "task": "object-detection",
    "device": "edge-12",
    "source": "line",
    "tags": ["night"],
    "threshold": "best",
    "latency": 0.12,
    "error": "out of memory",
    "image": {"width": 640, "height": 480},
    "detections": [{"class": "scratch", "confidence": 0.9, "x": 10, "y": 20, "width": 5, "height": 5}],
    "metadata": {"line": 7, "shift name": "night"},
}
REPORT = Report(
    kind=Kind.NATIVE,
    inference_id="i-1",
    time=1_795_431_600 * SECOND,
    model="parts/3",
    task="object-detection",
    device="edge-12",
    source="line",
    tags=["night"],
    threshold="best",
    latency=0.12,
    error="out of memory",
    image_width=640,
    image_height=480,
    detections=[Detection("scratch", 0.9, 10.0, 20.0, 5.0, 5.0)],
)


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (sent(WHOLE), False),
        (b" \n" + json.dumps([WHOLE]).encode(), False),
        (b"\r\n" + json.dumps(WHOLE).encode() + b"\r\n\n", True),
    ],
)
def test_three_ways_to_send_one(body: bytes, lines: bool) -> None:
    found = decode(body, lines=lines)
    assert found.reports == [REPORT]
    assert found.attachments == [
        Attachment(["i-1"], "line", "7"),
        Attachment(["i-1"], "shift name", "night"),
    ]
    assert found.inference_ids == ["i-1"]


def test_ids_are_made_where_absent() -> None:
    found = decode(sent({"model": "parts/3", "metadata": {"line": 7}}, {"model": "parts/3"}))
    first, second = found.inference_ids
    assert UUID(first).version == UUID(second).version == 4
    assert first != second
    assert found.attachments == [Attachment([first], "line", "7")]
    assert found.reports[0] == Report(kind=Kind.NATIVE, inference_id=first, model="parts/3")


def test_equal_values_are_attached_together_and_the_last_one_holds() -> None:
    values = [("a", 1), ("b", 1), ("a", 2), ("c", 2), ("a", 1)]
    found = decode(sent(*({"inference_id": i, "model": "m", "metadata": {"f": v}} for i, v in values)))
    assert found.attachments == [Attachment(["a", "b"], "f", "1"), Attachment(["c"], "f", "2")]


def test_nothing_to_record() -> None:
    assert decode(sent()) == decode(b"[]") == decode(b"", lines=True) == native.Records([], [])


@pytest.mark.parametrize(
    "time", ["2026-11-23T12:00:00+01:00", "2026-11-23 11:00:00", 1_795_431_600, 1795431600.0]
)
def test_forms_of_time(time: object) -> None:
    assert decode(sent({**WHOLE, "time": time})).reports == [REPORT]


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"time": "yesterday"}, "time"),
        ({"time": "-7d"}, "time"),
        ({"time": 1e300}, "time"),
        ({"time": -1}, "time"),
        ({"time": "1969-12-31T23:59:59Z"}, "time"),
        ({"time": NOW / SECOND + 86_401}, "time"),
        ({"time": True}, "time"),
        ({"model": ""}, "model"),
        ({"model": None}, "model"),
        ({"inference_id": ""}, "inference_id"),
        ({"inference_id": "a\0"}, "inference_id"),
        ({"inference_id": 7}, "inference_id"),
        ({"source": "a\0"}, "source"),
        ({"threshold": "a\0"}, "threshold"),
        ({"tags": ["a", "b\0"]}, "tags[1]"),
        ({"tags": "a"}, "tags"),
        ({"latency": -0.1}, "latency"),
        ({"latency": "0.1"}, "latency"),
        ({"image": {"width": 0}}, "image.width"),
        ({"image": {"width": 2**31}}, "image.width"),
        ({"detections": [{"class": "a"}, {"class": 7}]}, "detections[1].class"),
        ({"detections": [{"confidence": 0.9}]}, "detections[0].class"),
        ({"detections": [{"class": "a", "confidence": 1e300}]}, "detections[0].confidence"),
        ({"detections": [{"class": "a", "class_id": 2**40}]}, "detections[0].class_id"),
        ({"metadata": {"a": {}}}, "metadata.a"),
        ({"metadata": {"a b": []}}, 'metadata["a b"]'),
        ({"metadata": {"": 1}}, 'metadata[""]'),
        ({"metadata": []}, "metadata"),
    ],
)
def test_one_bad_element_refuses_all_and_is_named(changes: dict[str, Any], where: str) -> None:
    error = refusal(sent(WHOLE, {**WHOLE, **changes}))
    assert (error.status, error.where) == (400, f"$.inferences[1].{where}")
    array = json.dumps([WHOLE, {**WHOLE, **changes}]).encode()
    assert refusal(array).where == f"$[1].{where}"
    lines = b"\n".join(json.dumps(one).encode() for one in (WHOLE, {**WHOLE, **changes}))
    assert refusal(lines, lines=True).where == f"line 2: $.{where}"


def test_a_misspelt_member_is_refused() -> None:
    error = refusal(sent({"model": "parts/3", "latncy": 1}))
    assert (error.where, error.message) == ("$.inferences[0]", "Object contains unknown field `latncy`")


def test_a_malformed_line_is_named() -> None:
    error = refusal(json.dumps(WHOLE).encode() + b"\n\n{]\n", lines=True)
    assert error.where == "line 3, column 2"


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"inference_id": "abcdefghi"}, "inference_id"),
        ({"source": "x" * 200}, "source"),
        ({"metadata": {"abcdefghi": 1}}, "metadata.abcdefghi"),
        ({"metadata": {"a": "x" * 200}}, "metadata.a"),
    ],
)
def test_limits(changes: dict[str, Any], where: str) -> None:
    limits = Limits(name=8, value=100, inference_id=8)
    error = refusal(sent({"model": "parts/3", **changes}), limits=limits)
    assert (error.status, error.where) == (413, f"$.inferences[0].{where}")


@pytest.mark.parametrize(("body", "lines"), [(sent(WHOLE, WHOLE), False), (b"{}\n{}", True)])
def test_too_many(body: bytes, lines: bool) -> None:
    assert refusal(body, limits=Limits(entries=1), lines=lines).status == 413
