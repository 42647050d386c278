"""Roboflow's statistics about deployed models, computed by its rules.

One row a prediction; an inference without predictions is one row of class "" with confidence 0 and time 0. Every mean
is over these rows, so an inference with many objects weighs more. The period before is of equal length. A prediction
whose confidence or time nobody told is counted, but is no part of that mean.

Means are exact: totals are integers in units of 2^-80, divided once (for numbers of 2^-27 and more, and 0).
"""

from collections.abc import Iterable
from typing import Any

import msgspec

from sightline.questions import counters
from sightline.questions.scope import check_range
from sightline.store.duckdb.session import Session


class StatisticsParameters(msgspec.Struct, frozen=True, kw_only=True):
    start: int
    """Microseconds since the epoch; it counts, the end does not."""
    end: int
    models: list[str] = []
    """Project names, or `project/version`; all when empty."""


class StatisticsRow(msgspec.Struct, frozen=True):
    """One model and predicted class. None where the class was not seen in that period."""

    model_name: str
    predicted_class: str
    num_inferences: int | None
    prev_num_inferences: int | None
    num_errors: int | None
    """Inferences with an error; None where there are none."""
    prev_num_errors: int | None
    avg_confidence: float | None
    prev_avg_confidence: float | None
    avg_response_time: float | None
    prev_avg_response_time: float | None
    median_confidence: float | None
    class_count: int | None
    deployment_types: str
    inference_server_versions: str
    model_num_inferences: int | None
    prev_model_num_inferences: int | None


class StatisticsAnswer(msgspec.Struct, frozen=True):
    num_inferences: int
    prev_num_inferences: int
    num_errors: int
    prev_num_errors: int
    avg_confidence: float
    prev_avg_confidence: float
    avg_response_time: float
    prev_avg_response_time: float
    inference_stats: list[StatisticsRow]


class _Sums(msgspec.Struct, frozen=True):
    """Of the prediction rows of one model and class in one period, or of several such together."""

    count: int
    inferences: int
    errors: int
    confidence: int
    confident: int
    latency: int
    timed: int

    @property
    def avg_confidence(self) -> float | None:
        return counters.mean(self.confidence, self.confident)

    @property
    def avg_response_time(self) -> float | None:
        return counters.mean(self.latency, self.timed)

    @property
    def num_errors(self) -> int | None:
        return self.errors or None

    def __add__(self, other: "_Sums") -> "_Sums":
        both = zip(msgspec.structs.astuple(self), msgspec.structs.astuple(other), strict=True)
        return _Sums(*(one + another for one, another in both))


class _Found(msgspec.Struct, frozen=True):
    sums: _Sums
    middle: tuple[float | None, float | None]
    deployments: list[str]
    versions: list[str]

    @property
    def median(self) -> float | None:
        low, high = self.middle
        return None if low is None or high is None else (low + high) / 2


def _together(found: Iterable[_Found]) -> _Sums:
    # No constant to start from: a Struct that lives as long as the module makes DuckDB's binding complain at exit.
    return sum((one.sums for one in found), _Sums(0, 0, 0, 0, 0, 0, 0))


def ask(session: Session, parameters: StatisticsParameters) -> StatisticsAnswer:
    start, end, models = parameters.start, parameters.end, parameters.models
    check_range(start, end, names=("startTime", "endTime"))
    before = start - (end - start)
    current, previous = _found(session, start, end, models), _found(session, before, start, models)
    inferences = _inferences(session, start, end, models)
    previous_inferences = _inferences(session, before, start, models)
    totals = _together(current.values())
    previous_totals = _together(previous.values())
    return StatisticsAnswer(
        num_inferences=sum(count for count, _ in inferences.values()),
        prev_num_inferences=sum(count for count, _ in previous_inferences.values()),
        num_errors=sum(errors for _, errors in inferences.values()),
        prev_num_errors=sum(errors for _, errors in previous_inferences.values()),
        avg_confidence=totals.avg_confidence or 0.0,
        prev_avg_confidence=previous_totals.avg_confidence or 0.0,
        avg_response_time=totals.avg_response_time or 0.0,
        prev_avg_response_time=previous_totals.avg_response_time or 0.0,
        inference_stats=[
            _row(
                model,
                name,
                current.get((model, name)),
                previous.get((model, name)),
                inferences,
                previous_inferences,
            )
            for model, name in sorted(current.keys() | previous.keys())
        ],
    )


_Inferences = dict[str, tuple[int, int]]
"""By model: inferences, and those with an error."""


def _row(
    model: str,
    name: str,
    current: _Found | None,
    previous: _Found | None,
    inferences: _Inferences,
    previous_inferences: _Inferences,
) -> StatisticsRow:
    told = current or previous
    return StatisticsRow(
        model_name=model,
        predicted_class=name,
        num_inferences=current.sums.inferences if current else None,
        prev_num_inferences=previous.sums.inferences if previous else None,
        num_errors=current.sums.num_errors if current else None,
        prev_num_errors=previous.sums.num_errors if previous else None,
        avg_confidence=current.sums.avg_confidence if current else None,
        prev_avg_confidence=previous.sums.avg_confidence if previous else None,
        avg_response_time=current.sums.avg_response_time if current else None,
        prev_avg_response_time=previous.sums.avg_response_time if previous else None,
        median_confidence=current.median if current else None,
        class_count=current.sums.count if current else None,
        deployment_types=",".join(told.deployments) if told else "",
        inference_server_versions=",".join(told.versions) if told else "",
        model_num_inferences=inferences.get(model, (None,))[0],
        prev_model_num_inferences=previous_inferences.get(model, (None,))[0],
    )


def _where(start: int, end: int, models: list[str]) -> tuple[str, dict[str, Any]]:
    within = f"time >= {start:d} AND time < {end:d}"
    if not models:
        return within, {}
    return f"{within} AND (list_contains($models, model) OR list_contains($models, model_id))", {
        "models": models
    }


def _inferences(session: Session, start: int, end: int, models: list[str]) -> _Inferences:
    where, bound = _where(start, end, models)
    rows = session.rows(
        f"SELECT coalesce(model, ''), count(*), count(error) FROM inferences WHERE {where} GROUP BY ALL",
        bound,
    )
    return {model: (count, errors) for model, count, errors in rows}


def _found(session: Session, start: int, end: int, models: list[str]) -> dict[tuple[str, str], _Found]:
    """What was predicted in a period, by model and class."""
    where, bound = _where(start, end, models)
    unnested = (
        "SELECT coalesce(model, '') AS model, classes, error, deployment, server_version, "
        "unnest(CASE WHEN len(classes) > 0 THEN classes ELSE [''] END) AS class, "
        "unnest(CASE WHEN len(classes) > 0 THEN confidences ELSE [0.0] END) AS confidence, "
        "CASE WHEN len(classes) > 0 THEN latency ELSE 0 END AS latency, generate_subscripts(classes, 1) AS place "
        f"FROM inferences WHERE {where}"
    )
    first = "place IS NULL OR list_position(classes, class) = place"
    middle = "sorted[(len(sorted) + 1) // 2], sorted[len(sorted) // 2 + 1]"
    rows = session.rows(
        f"SELECT * EXCLUDE (sorted), {middle} FROM (SELECT model, class, list_sort(list(DISTINCT deployment)), "
        "list_sort(list(DISTINCT server_version) FILTER (server_version IS NOT NULL)), "
        "list(confidence ORDER BY confidence) FILTER (confidence IS NOT NULL) AS sorted, "
        f"count(*), count(*) FILTER ({first}), count(error) FILTER ({first}), "
        f"coalesce(sum({counters.exact('confidence')}), 0), count(confidence), "
        f"coalesce(sum({counters.exact('latency')}), 0), count(latency) FROM ({unnested}) GROUP BY model, class)",
        bound,
    )
    return {
        (model, name): _Found(_Sums(*map(int, sums)), (low, high), deployments, versions or [])
        for model, name, deployments, versions, *sums, low, high in rows
    }
