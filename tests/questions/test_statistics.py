"""Roboflow's statistics equal a plain-Python computation of its rules, to the last digit."""

import statistics as plain
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sightline.domain.errors import BadRequest
from sightline.domain.moment import DAY, SECOND, write_moment
from sightline.domain.report import Detection, Kind, Report
from sightline.questions import statistics
from sightline.store.workspace import Workspace
from sightline.store.write import Write
from sightline.wire.statistics import decode

NOW = 1_795_000_000_000_000
DEPLOYMENTS = {Kind.NATIVE: "native", Kind.GATEWAY: "hosted", Kind.PINGBACK_FULL: "self-hosted"}

numbers = st.one_of(st.just(0.0), st.floats(1e-8, 1), st.integers(0, 100).map(lambda percent: percent / 100))
detections = st.lists(st.builds(Detection, st.sampled_from(["a", "b", "c"]), st.none() | numbers), max_size=4)
reports = st.lists(
    st.builds(
        Report,
        kind=st.sampled_from(sorted(DEPLOYMENTS)),
        inference_id=st.uuids().map(str),
        time=st.integers(NOW - 3 * DAY, NOW - 1),
        model=st.sampled_from(["parts/1", "parts/2", "screws/7", "sam"]),
        latency=st.none() | numbers,
        error=st.none() | st.just("out of memory"),
        server_version=st.sampled_from([None, "0.15.3", "0.16.0"]),
        detections=detections,
    ),
    max_size=25,
    unique_by=lambda report: report.inference_id,
)


def prediction_rows(found: list[Report]) -> list[dict[str, Any]]:
    rows = []
    for report in found:
        common = {
            "id": report.inference_id,
            "model": (report.model or "").partition("/")[0],
            "error": report.error is not None,
            "deployment": DEPLOYMENTS[report.kind],
            "version": report.server_version,
        }
        rows += [
            common
            | {"class": detection.class_name, "confidence": detection.confidence, "time": report.latency}
            for detection in report.detections or []
        ]
        if not report.detections:
            rows.append(common | {"class": "", "confidence": 0.0, "time": 0.0})
    return rows


def mean(rows: list[dict[str, Any]], name: str) -> float | None:
    told = [row[name] for row in rows if row[name] is not None]
    return plain.mean(told) if told else None


def distinct(rows: list[dict[str, Any]]) -> int | None:
    return len({row["id"] for row in rows}) or None


def errors(rows: list[dict[str, Any]]) -> int | None:
    return len({row["id"] for row in rows if row["error"]}) or None


def expected(current: list[dict[str, Any]], previous: list[dict[str, Any]]) -> dict[str, Any]:
    groups: dict[tuple[str, str], tuple[list[Any], list[Any]]] = defaultdict(lambda: ([], []))
    for place, rows in enumerate((current, previous)):
        for row in rows:
            groups[row["model"], row["class"]][place].append(row)
    lines = []
    for (model, name), (now, before) in sorted(groups.items()):
        told = [row["confidence"] for row in now if row["confidence"] is not None]
        lines.append(
            {
                "model_name": model,
                "predicted_class": name,
                "num_inferences": distinct(now),
                "prev_num_inferences": distinct(before),
                "num_errors": errors(now),
                "prev_num_errors": errors(before),
                "avg_confidence": mean(now, "confidence"),
                "prev_avg_confidence": mean(before, "confidence"),
                "avg_response_time": mean(now, "time"),
                "prev_avg_response_time": mean(before, "time"),
                "median_confidence": plain.median(told) if told else None,
                "class_count": len(now) or None,
                "deployment_types": ",".join(sorted({row["deployment"] for row in now or before})),
                "inference_server_versions": ",".join(
                    sorted({row["version"] for row in now or before if row["version"]})
                ),
                "model_num_inferences": distinct([row for row in current if row["model"] == model]),
                "prev_model_num_inferences": distinct([row for row in previous if row["model"] == model]),
            }
        )
    return {
        "num_inferences": distinct(current) or 0,
        "prev_num_inferences": distinct(previous) or 0,
        "num_errors": errors(current) or 0,
        "prev_num_errors": errors(previous) or 0,
        "avg_confidence": mean(current, "confidence") or 0.0,
        "prev_avg_confidence": mean(previous, "confidence") or 0.0,
        "avg_response_time": mean(current, "time") or 0.0,
        "prev_avg_response_time": mean(previous, "time") or 0.0,
        "inference_stats": lines,
    }


def answered(workspace: Workspace, **asked: str) -> dict[str, Any]:
    """`asked` as in the query of a request."""
    found = decode(asked, now=NOW)
    parameters = statistics.StatisticsParameters(start=found.start, end=found.end, models=found.models)
    with workspace.session() as session:
        answer = statistics.ask(session, parameters)
    return msgspec.to_builtins(answer)


@settings(deadline=None, max_examples=25)
@given(
    found=reports, hours=st.integers(1, 60), chosen=st.sampled_from(["", "parts", "parts/2,sam", "nobody"])
)
def test_to_the_last_digit(found: list[Report], hours: int, chosen: str) -> None:
    start = NOW - hours * 3600 * SECOND
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder))
        try:
            workspace.submit(Write(reports=found)).result()
            answer = answered(workspace, startTime=write_moment(start), modelNames=chosen)
        finally:
            workspace.close()
    names = chosen.split(",")
    picked = [
        report
        for report in found
        if not chosen or report.model in names or (report.model or "").partition("/")[0] in names
    ]
    assert answer == expected(
        prediction_rows([report for report in picked if report.time is not None and start <= report.time]),
        prediction_rows(
            [
                report
                for report in picked
                if report.time is not None and 2 * start - NOW <= report.time < start
            ]
        ),
    )


def test_an_empty_workspace_answers_zeros(open_workspace: Any) -> None:
    assert answered(open_workspace()) == expected([], [])


def test_times_as_documented(open_workspace: Any) -> None:
    workspace = open_workspace()
    # NOW is 2026-11-18 11:06:40.
    report = Report(Kind.NATIVE, "a", time=NOW - SECOND, detections=[])
    workspace.submit(Write(reports=[report])).result()
    asked = {"startTime": "2026-11-18 00:00:00", "endTime": "2026-11-19 00:00:00"}
    assert answered(workspace, **asked)["num_inferences"] == 1
    assert answered(workspace)["num_inferences"] == 1


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"startTime": "18/11/2026"}, "startTime"),
        ({"endTime": "soon"}, "endTime"),
        ({"startTime": "2026-11-19", "endTime": "2026-11-18"}, "startTime"),
    ],
)
def test_odd_times_are_named(open_workspace: Any, asked: dict[str, str], where: str) -> None:
    with pytest.raises(BadRequest) as caught:
        answered(open_workspace(), **asked)
    assert caught.value.where == where
