"""Whatever is sent, each door answers with values or with an error of the caller's, and keeps no key."""

import json
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.domain.errors import SightlineError
from sightline.domain.moment import SECOND
from sightline.domain.report import Report
from sightline.wire import aggregator, metadata, native, pingback

NOW = 1_795_434_000 * SECOND
KEY = "the-secret-key"
MEMBERS = [
    "api_key", "class", "class_name", "confidence", "counts", "data", "detections", "device_id", "field_name",
    "field_value", "height", "hostname", "id", "image", "inference", "inference_id", "inference_ids",
    "inference_results", "inference_server_id", "inferences", "keypoints", "latency", "mask", "metadata", "model",
    "model_id", "model_type", "points", "predictions", "request", "request_time", "response", "rle", "size",
    "source", "tags", "threshold", "time", "timestamp", "width", "x", "y",
]  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["i-1", "parts/1", 0.5, 10**400, 1e308, "2026-11-23T11:00:00", "\ud800", "a\0"])
)
ANYTHING = st.recursive(
    SCALARS,
    lambda parts: (
        st.lists(parts, max_size=4)
        | st.dictionaries(st.sampled_from(MEMBERS) | st.text(max_size=4), parts, max_size=6)
    ),
    max_leaves=40,
)
OBJECTS = st.dictionaries(st.sampled_from(MEMBERS) | st.text(max_size=4), ANYTHING, max_size=6)

DOORS: dict[str, Callable[[bytes], object]] = {
    "metadata": metadata.decode,
    "pingback": lambda body: pingback.decode(body, received=NOW).records(),
    "aggregator": lambda body: aggregator.decode(body, received=NOW),
    "native": lambda body: native.decode(body, received=NOW),
    "lines": lambda body: native.decode(body, received=NOW, lines=True),
}
doors = pytest.mark.parametrize("door", DOORS.values(), ids=DOORS)


def check(door: Callable[[bytes], object], body: bytes) -> None:
    refusal = None
    try:
        door(body)
    except SightlineError as error:
        refusal = error
    assert refusal is None or (400 <= refusal.status < 500 and refusal.where)


def storable(report: Report | None) -> bool:
    return msgspec.json.decode(msgspec.json.encode(report), type=Report | None) == report


@doors
@given(ANYTHING)
def test_any_json(door: Callable[[bytes], object], sent: Any) -> None:
    check(door, json.dumps(sent).encode())


@doors
@given(st.binary() | st.text(alphabet='{}[]":,\\u0d8 \n').map(str.encode))
def test_any_bytes(door: Callable[[bytes], object], sent: bytes) -> None:
    check(door, sent)


@doors
@pytest.mark.parametrize("opening", [b"[", b'{"inference_results":', b'{"data":['])
def test_very_deep(door: Callable[[bytes], object], opening: bytes) -> None:
    check(door, opening * 100_000)


NATIVE = st.fixed_dictionaries(
    {"model": st.just("parts/3")},
    optional={
        "inference_id": SCALARS,
        "time": SCALARS,
        "latency": SCALARS,
        "image": st.dictionaries(st.sampled_from(["width", "height"]), SCALARS),
        "detections": st.lists(
            st.fixed_dictionaries(
                {"class": st.just("a") | SCALARS},
                optional=dict.fromkeys(("x", "class_id", "points", "keypoints", "mask"), ANYTHING),
            ),
            max_size=2,
        ),
        "metadata": st.dictionaries(st.text(max_size=4), SCALARS, max_size=3),
    },
)


@given(NATIVE)
def test_native_records_can_be_stored(one: dict[str, Any]) -> None:
    try:
        found = native.decode(finite(json.dumps([one])), received=NOW)
    except SightlineError:
        return
    assert all(map(storable, found.reports))


def finite(written: str) -> bytes:
    """Words that are no JSON are written by no client that has passed the first test of its own."""
    return written.replace("-Infinity", "-1e999").replace("Infinity", "1e999").replace("NaN", "null").encode()


RECORDS = st.fixed_dictionaries(
    {
        "request_time": SCALARS,
        "inference": st.fixed_dictionaries(
            {"inference_id": st.sampled_from(["i-1", "i-2"]) | SCALARS},
            optional={
                "request": st.fixed_dictionaries(
                    {"api_key": st.just(KEY) | ANYTHING}, optional={"id": ANYTHING}
                ),
                "response": st.lists(st.dictionaries(st.sampled_from(["predictions", "time"]), ANYTHING)),
            },
        ),
    }
)
RESULTS = st.lists(RECORDS | ANYTHING | st.fixed_dictionaries({"api_key": st.just(KEY), "more": ANYTHING}))


@given(OBJECTS, RESULTS)
def test_no_pingback_that_is_an_object_is_refused(members: dict[str, Any], results: list[Any]) -> None:
    body = finite(json.dumps({**members, "api_key": KEY, "inference_results": results}))
    found = pingback.decode(body, received=NOW)
    records = found.records()
    assert len(records) == len(results)
    for record in records:
        # Each record is stored, or it is told why not.
        assert record.report is not None or (record.problem is not None and not record.problem.kept)
        assert record.problem is None or record.problem.kept == (record.report is not None)
        assert storable(record.report)
        assert KEY not in repr(record.report)
        assert KEY not in repr(record.problem)
        assert KEY not in repr(found.refused(record, "its api key is not known"))
    assert KEY not in repr((found.heartbeat, found.problems, found.sender))


@given(OBJECTS, RESULTS)
def test_no_aggregator_report_that_is_an_object_is_refused(
    members: dict[str, Any], results: list[Any]
) -> None:
    body = finite(json.dumps({**members, "api_key": KEY, "inference_results": results}))
    found = aggregator.decode(body, received=NOW)
    assert found.key == KEY
    assert all(map(storable, found.reports))
    assert KEY not in repr((found.reports, found.problems))
