"""Pingbacks: every form of a record, and what becomes of odd ones."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sightline.domain.errors import BadRequest
from sightline.domain.limits import Limits
from sightline.domain.moment import DAY, SECOND
from sightline.domain.report import Detection, Heartbeat, Kind, Problem, Report
from sightline.wire import pingback
from sightline.wire.pingback import Record

NOW = 1_795_434_000 * SECOND
REQUEST_TIME = 1_795_433_927.4024475
TIME = 1_795_433_927_402_448
KEY = "the-secret-key"


def result(*, request: object = None, **inference: object) -> dict[str, Any]:
    return {
        "request_time": REQUEST_TIME,
        "inference": {
            "inference_id": "i-1",
            "inference_server_version": "1.8.3",
            "inference_server_id": "2UqH80",
            "request": request
            or {
                "api_key": KEY,
                "source": "external",
                "source_info": "external",
                "model_id": "parts/1",
                "model_type": None,
                "confidence": 0.4,
            },
            "response": [{"predictions": [{"class": "dog", "confidence": 0.9}], "time": 0.12}],
            **inference,
        },
    }


def ping(*results: object, **members: object) -> dict[str, Any]:
    return {
        "api_key": KEY,
        "timestamp": "1795433900",
        "device_id": "edge-12",
        "inference_server_id": "2UqH80",
        "inference_server_version": "1.8.3",
        "tags": [""],
        "hostname": "vm",
        "processor": "",
        "inference_results": list(results),
        **members,
    }


def decode(sent: object, limits: Limits | None = None) -> pingback.Pingback:
    return pingback.decode(json.dumps(sent).encode(), received=NOW, limits=limits or Limits())


def record(one: object, limits: Limits | None = None) -> Record:
    (found,) = decode(ping(one), limits).records()
    return found


def report(one: object) -> Report:
    found = record(one)
    assert found.problem is None
    assert found.report is not None
    return found.report


def kept_despite(one: object, where: str, reason: str) -> Report:
    """The report of a record that is stored although something of it was not understood."""
    found = record(one)
    assert found.report is not None
    assert found.problem is not None
    assert (found.problem.where, found.problem.reason) == (f"$.inference_results[0].{where}", reason)
    assert found.problem.kept
    return found.report


def test_the_tiny_form() -> None:
    assert record(result()) == Record(
        key=KEY,
        index=0,
        report=Report(
            kind=Kind.PINGBACK_TINY,
            inference_id="i-1",
            time=TIME,
            model="parts/1",
            source="external",
            source_info="external",
            device="edge-12",
            server="2UqH80",
            server_version="1.8.3",
            threshold=0.4,
            latency=0.12,
            detections=[Detection("dog", 0.9)],
        ),
    )


def test_the_heartbeat() -> None:
    found = decode(ping(tags=["line-7", "", "night"]))
    assert found.key == KEY
    assert found.problems == []
    assert found.records() == []
    assert found.heartbeat == Heartbeat(
        device="edge-12",
        server="2UqH80",
        server_version="1.8.3",
        tags=["line-7", "night"],
        started=1_795_433_900 * SECOND,
        system={"hostname": "vm"},
    )


@pytest.mark.parametrize("tags", [[""], [], None])
def test_no_tags(tags: object) -> None:
    found = decode(ping(result(), tags=tags))
    assert found.heartbeat is not None
    assert found.heartbeat.tags is None
    assert found.records()[0].report == report(result())


def test_a_device_without_id_is_its_host() -> None:
    found = decode(ping(result(), device_id=None))
    assert found.heartbeat is not None
    assert found.heartbeat.device == "vm"
    (one,) = found.records()
    assert one.report is not None
    assert one.report.device == "vm"
    assert decode(ping(device_id="", hostname=None)).heartbeat is None


FULL_REQUEST = {"id": "i-1", "api_key": KEY, "model_id": "parts/1", "confidence": 0.4, "start": None}
BOX = {
    "x": 100.0,
    "y": 75,
    "width": 50.0,
    "height": 74.5,
    "confidence": 0.9,
    "class": "scratch",
    "class_id": 2,
}


def full(*predictions: dict[str, Any], **element: object) -> dict[str, Any]:
    response = [{"inference_id": "i-1", "time": 0.06, "predictions": list(predictions), **element}]
    return result(request=FULL_REQUEST, response=response)


def test_the_full_form() -> None:
    found = report(full({**BOX, "detection_id": "d-1", "tracker_id": None, "parent_id": None}))
    assert found.kind is Kind.PINGBACK_FULL
    assert found.detections == [
        Detection("scratch", 0.9, 100.0, 75.0, 50.0, 74.5, class_id=2, detection_id="d-1"),
    ]


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (
            {"points": [{"x": 1, "y": 2.5}, {"x": 3, "y": 4}]},
            {"points": [[1.0, 2.5], [3.0, 4.0]]},
        ),
        (
            {"keypoints": [{"x": 1, "y": 2, "confidence": 0.5, "class_id": 0, "class": "nose"}]},
            {"keypoints": [{"x": 1.0, "y": 2.0, "confidence": 0.5, "class": "nose"}]},
        ),
        (
            {"mask_format": "rle", "rle": {"size": [4, 6], "counts": "0:3"}},
            {"mask": {"size": [4, 6], "counts": "0:3"}},
        ),
        ({"rle": {"size": [4, 6], "counts": [1, 23]}}, {"mask": {"size": [4, 6], "counts": [1, 23]}}),
    ],
)
def test_polygons_keypoints_and_masks(sent: dict[str, Any], kept: dict[str, Any]) -> None:
    (found,) = report(full({**BOX, **sent})).detections or []
    assert found == Detection("scratch", 0.9, 100.0, 75.0, 50.0, 74.5, class_id=2, **kept)


def test_an_old_server_sends_one_object_as_response() -> None:
    element = {"predictions": [BOX], "time": 0.06, "image": {"width": 640, "height": 480}}
    found = report(result(request=FULL_REQUEST, response=element))
    assert found.kind is Kind.PINGBACK_FULL
    assert (found.latency, found.image_width, found.image_height) == (0.06, 640, 480)
    assert [detection.class_name for detection in found.detections or []] == ["scratch"]


def test_several_images_are_one_inference() -> None:
    response = [
        {"predictions": [{"class": "dog", "confidence": 0.9}]},
        {"predictions": [{"class": "cat", "confidence": 0.5}], "time": 0.2},
        {"predictions": [], "time": 0.3},
    ]
    found = report(result(response=response))
    assert found.latency == 0.2
    assert found.detections == [Detection("dog", 0.9), Detection("cat", 0.5)]


def test_several_labels_are_an_object_by_class() -> None:
    predictions = {"dog": {"confidence": 0.9, "class_id": 0}, "cat": {"confidence": 0.1, "class_id": 1}}
    found = report(result(response=[{"predictions": predictions, "predicted_classes": ["dog"], "time": 0.1}]))
    assert found.detections == [Detection("dog", 0.9, class_id=0), Detection("cat", 0.1, class_id=1)]


@pytest.mark.parametrize(
    ("response", "detections"),
    [
        ([], []),
        ([{"predictions": [], "time": 0.1}], []),
        (None, None),
        ([{"result": "SN-77", "time": 0.1}], None),
        ([{"predictions": {"segmentation_mask": "aGk=", "class_map": {"0": "road"}}}], []),
    ],
)
def test_results_without_detections(response: object, detections: object) -> None:
    assert report(result(response=response)).detections == detections


def test_an_absent_response() -> None:
    one = result()
    del one["inference"]["response"]
    found = report(one)
    assert (found.detections, found.latency) == (None, None)


@pytest.mark.parametrize("confidence", [0.4, 1, "best", "default", None])
def test_thresholds(confidence: object) -> None:
    assert report(result(request={"model_id": "parts/1", "confidence": confidence})).threshold == confidence


def test_each_record_goes_to_its_own_key() -> None:
    requests = [
        {"api_key": "key-A"},
        {"api_key": None},
        {"api_key": ""},
        {"api_key": 7},
        {"model_id": "parts/1"},
    ]
    found = decode(ping(*(result(request=request) for request in requests)))
    assert [one.key for one in found.records()] == ["key-A", KEY, KEY, KEY, KEY]


def test_a_pingback_without_a_key() -> None:
    assert decode(ping(result(), api_key=None)).key is None
    assert [one.key for one in decode(ping(result(request={"model_id": "m"}), api_key=None)).records()] == [
        None
    ]


@pytest.mark.parametrize(
    ("request_time", "reason"),
    [
        (None, "is not a time in unix seconds"),
        (True, "is not a time in unix seconds"),
        ("soon", "is not a time in unix seconds"),
        ("nan", "is not a time in unix seconds"),
        ([], "is not a time in unix seconds"),
        (10**400, "is not a time in unix seconds"),
        (-1, "lies before 1970 or more than a day ahead of this server's clock"),
        (NOW / SECOND + 86_401, "lies before 1970 or more than a day ahead of this server's clock"),
        (1e308, "lies before 1970 or more than a day ahead of this server's clock"),
        (REQUEST_TIME * 1000, "lies before 1970 or more than a day ahead of this server's clock"),
    ],
)
def test_odd_times_count_from_the_receipt(request_time: object, reason: str) -> None:
    sent = {**result(), "request_time": request_time}
    assert kept_despite(sent, "request_time", reason).time is None


def test_an_odd_time_is_the_same_odd_time_in_a_replay() -> None:
    sent = json.dumps(ping({**result(), "request_time": -5})).encode()
    first, again = (pingback.decode(sent, received=NOW + later).records() for later in (0, DAY))
    assert first == again


def test_a_time_written_as_text() -> None:
    assert report({**result(), "request_time": str(REQUEST_TIME)}).time == TIME


@pytest.mark.parametrize("confidence", ["high", True, 65_537, -1e300, [0.9]])
def test_odd_confidences_cost_no_detection(confidence: object) -> None:
    predictions = [{"class": "dog", "confidence": confidence}, {"class": "cat", "confidence": 0.5}]
    found = record(result(response=[{"predictions": predictions, "time": 0.1}]))
    assert found.report is not None
    assert found.report.detections == [Detection("dog", None), Detection("cat", 0.5)]
    assert found.problem is not None
    assert found.problem.kept
    assert found.problem.where.endswith(".response[0].predictions[0].confidence")


def test_null_confidences_are_ordinary() -> None:
    assert report(result(response=[{"predictions": [{"class": "dog", "confidence": None}]}])).detections == [
        Detection("dog", None)
    ]


@pytest.mark.parametrize(
    ("changes", "where", "reason"),
    [
        ({"response": 7}, "response", "is neither a list nor an object"),
        ({"response": [7]}, "response[0]", "is not an object"),
        (
            {"response": [{"predictions": "none"}]},
            "response[0].predictions",
            "is neither a list nor an object",
        ),
        ({"response": [{"time": -1}]}, "response[0].time", "is less than no time"),
        ({"response": [{"time": "0.1"}]}, "response[0].time", "is not a number"),
        ({"inference_server_id": 7}, "inference_server_id", "is not text"),
        ({"request": [1]}, "request", "is not an object"),
        ({"request": {"model_id": 7}}, "request.model_id", "is not text"),
        ({"request": {"source": "a\0"}}, "request.source", "holds a NUL character"),
        ({"request": {"model_id": "m" * 9000}}, "request.model_id", "is longer than 8192 characters"),
        ({"request": {"confidence": [0.4]}}, "request.confidence", "is not a number"),
    ],
)
def test_odd_members_are_left_out_and_told(changes: dict[str, Any], where: str, reason: str) -> None:
    kept_despite(result(**changes), f"inference.{where}", reason)


@pytest.mark.parametrize("prediction", [{"confidence": 0.9}, {"class": 7}, {"class": None}, {"class": "a\0"}])
def test_a_prediction_without_class_is_told(prediction: dict[str, Any]) -> None:
    found = record(result(response=[{"predictions": [prediction, {"class": "cat"}]}]))
    assert found.report is not None
    assert found.report.detections == [Detection("cat")]
    assert found.problem is not None
    assert found.problem.reason.endswith("a prediction without the name of its class was left out")


@pytest.mark.parametrize(
    "one",
    [
        None,
        7,
        [],
        {},
        {"inference": None},
        {"inference": {"inference_id": None}},
        result(inference_id=""),
        result(inference_id=7),
        result(inference_id="a\0b"),
        result(inference_id="ü" * 600),
        {"request_time": 1e999},
    ],
)
def test_what_cannot_be_understood_costs_no_other_record(one: object) -> None:
    sent = json.dumps(ping(result(), one, result(inference_id="i-2"))).replace("Infinity", "1e999").encode()
    first, odd, last = pingback.decode(sent, received=NOW).records()
    assert first.report == report(result())
    assert last.report is not None
    assert last.report.inference_id == "i-2"
    assert odd.report is None
    assert odd.problem is not None
    assert not odd.problem.kept
    assert odd.problem.door == "pingback"
    assert odd.problem.where.startswith("$.inference_results[1]")


def test_bytes_that_are_not_text() -> None:
    sent = json.dumps(ping(result(), result(inference_id="XX"))).encode().replace(b"XX", b"\xff")
    good, bad = pingback.decode(sent, received=NOW).records()
    assert good.report is not None
    assert bad.report is None
    assert bad.problem is not None
    assert KEY not in bad.problem.excerpt


def test_half_a_surrogate_pair_costs_no_report() -> None:
    found = decode(ping(result(inference_id="cut \ud83d")))
    assert [one.report and one.report.inference_id for one in found.records()] == ["cut \ufffd"]
    assert [problem.where for problem in found.problems] == ["$"]


def test_depth_in_parts_that_nobody_reads_is_harmless() -> None:
    deep = json.loads("[" * 200 + "]" * 200)
    assert report({**result(), "more": deep}) == report(result())


@pytest.mark.parametrize("results", [{}, "x", 7])
def test_results_that_are_no_list(results: object) -> None:
    found = decode(ping(inference_results=results))
    assert found.heartbeat is not None
    assert [problem.where for problem in found.problems] == ["$.inference_results"]


@pytest.mark.parametrize("members", [{"inference_results": None}, {}])
def test_results_that_are_absent(members: dict[str, Any]) -> None:
    found = decode({"api_key": KEY, "device_id": "edge-12", **members})
    assert found.problems == []
    assert found.heartbeat == Heartbeat(device="edge-12")


def test_more_records_than_the_limit() -> None:
    found = decode(ping(result(), result(), result()), Limits(entries=2))
    assert len(found.records()) == 2
    assert [problem.where for problem in found.problems] == ["$.inference_results[2]"]


@pytest.mark.parametrize("sent", [b"", b"[]", b"null", b'"x"', b"{", b'{"api_key": NaN}', b"\xff"])
def test_only_a_body_that_is_no_object_is_refused(sent: bytes) -> None:
    with pytest.raises(BadRequest):
        pingback.decode(sent, received=NOW)


def test_a_refused_record_is_shown_without_its_key() -> None:
    found = decode(ping(result(request={"api_key": "other-key", "source": f"{KEY} other-key"})))
    problem = found.refused(found.records()[0], "its api key is not known")
    assert (problem.where, problem.reason, problem.kept) == (
        "$.inference_results[0]",
        "its api key is not known",
        False,
    )
    assert "i-1" in problem.excerpt
    assert KEY not in problem.excerpt
    assert "other-key" not in problem.excerpt


@pytest.mark.parametrize("name", ["api_key", "apiKey", "API-Key"])
def test_keys_of_any_form_are_left_out_of_excerpts(name: str) -> None:
    problem = record(result(inference_id="", request={name: ["hidden"], "note": "shown"})).problem
    assert problem is not None
    assert "shown" in problem.excerpt
    assert "hidden" not in problem.excerpt


def test_excerpts_are_short() -> None:
    problem = record({"inference": {"note": "ü" * 9000}}).problem
    assert isinstance(problem, Problem)
    assert len(problem.excerpt) == 2000


CONFIDENCES = st.none() | st.floats(-70_000, 70_000) | st.integers(-2, 2)
NAMES = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
PREDICTIONS = st.fixed_dictionaries(
    {"class": NAMES, "confidence": CONFIDENCES},
    optional={"x": st.floats(0, 9), "class_id": st.integers(), "detection_id": NAMES | st.none()},
)
RESULTS = st.builds(
    lambda predictions, latency, request, inference_id: result(
        request=request,
        inference_id=inference_id,
        response=[{"predictions": predictions, "time": latency}],
    ),
    st.lists(PREDICTIONS, max_size=3),
    st.none() | st.floats(-1, 1),
    st.fixed_dictionaries({"model_id": NAMES}, optional={"confidence": CONFIDENCES | NAMES, "id": NAMES}),
    NAMES,
)


@given(RESULTS)
def test_the_straight_way_and_the_careful_way_agree(one: dict[str, Any]) -> None:
    straight = record(one)
    # A mask is decoded the careful way wherever it stands; this one is nobody's.
    careful = record({**one, "note": {"rle": 0}})
    assert straight.report == careful.report
    assert (straight.problem is None) == (careful.problem is None)


@given(st.lists(RESULTS, max_size=8), st.integers(1, 4))
def test_slices_make_the_whole(results: list[dict[str, Any]], size: int) -> None:
    found = decode(ping(*results))
    slices = [found.records(start, start + size) for start in range(0, len(found), size)]
    assert [one for part in slices for one in part] == found.records()
    assert [one.index for one in found.records()] == list(range(len(results)))
