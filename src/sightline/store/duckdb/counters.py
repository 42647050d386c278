"""The hourly counters: deltas appended with every transaction, folded together by maintenance.

Totals are exact integers in units of 2^-80, so that additions commute and counters that were added to and taken from a
million times still equal a fresh count, to the last bit.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import duckdb

from sightline.domain.moment import HOUR
from sightline.domain.report import Inference
from sightline.store.duckdb.rows import insert

UNIT = 2**80
"""Units in 1.0 of a total. Exact for every double from 2^-27 up to 2^16."""

_COUNTED: dict[str, dict[str, str]] = {
    "hourly": {"hour": "BIGINT", "model_id": "VARCHAR", "device": "VARCHAR"},
    "hourly_classes": {"hour": "BIGINT", "model_id": "VARCHAR", "class": "VARCHAR"},
    "value_counts": {"field": "INTEGER", "value": "VARCHAR"},
}
_MEASURES = {
    "hourly": (
        "inferences",
        "detections",
        "confident",
        "confidence_total",
        "timed",
        "latency_total",
        "errors",
    ),
    "hourly_classes": ("inferences", "detections", "confident", "confidence_total"),
    "value_counts": ("inferences",),
}


def units(number: float) -> int:
    return round(number * UNIT)


def count_inferences(
    connection: duckdb.DuckDBPyConnection, added: Iterable[Inference], removed: Iterable[Inference]
) -> None:
    """Append what some inferences add to the counters and others take from them."""
    hourly: dict[tuple[int, str | None, str | None], list[int]] = {}
    classes: dict[tuple[int, str | None, str], list[int]] = {}
    for sign, inferences in ((1, added), (-1, removed)):
        for inference in inferences:
            _count(hourly, classes, inference, sign)
    _append(connection, "hourly", hourly)
    _append(connection, "hourly_classes", classes)


def count_values(connection: duckdb.DuckDBPyConnection, counts: Mapping[tuple[int, str], int]) -> None:
    """Append how many inferences bear a (field, value) more than before."""
    _append(connection, "value_counts", {key: [count] for key, count in counts.items()})


def _count(
    hourly: dict[tuple[int, str | None, str | None], list[int]],
    classes: dict[tuple[int, str | None, str], list[int]],
    inference: Inference,
    sign: int,
) -> None:
    hour = inference.time - inference.time % HOUR
    total = hourly.setdefault((hour, inference.model_id, inference.device), [0] * 7)
    total[0] += sign
    total[1] += sign * len(inference.detections)
    if inference.latency is not None:
        total[4] += sign
        total[5] += sign * units(inference.latency)
    if inference.error is not None:
        total[6] += sign
    seen = set()
    for detection in inference.detections:
        name = detection.class_name
        of_class = classes.setdefault((hour, inference.model_id, name), [0] * 4)
        if name not in seen:
            seen.add(name)
            of_class[0] += sign
        of_class[1] += sign
        if detection.confidence is not None:
            confidence = sign * units(detection.confidence)
            total[2] += sign
            total[3] += confidence
            of_class[2] += sign
            of_class[3] += confidence


def _append(
    connection: duckdb.DuckDBPyConnection, table: str, counted: Mapping[tuple[Any, ...], Sequence[int]]
) -> None:
    columns = dict.fromkeys(_MEASURES[table], "HUGEINT")
    rows = [(*key, *map(str, measures)) for key, measures in counted.items() if any(measures)]
    insert(connection, table, {**_COUNTED[table], **columns}, rows)


def compact(connection: duckdb.DuckDBPyConnection, table: str) -> int:
    """Fold the deltas of a counter table together; returns the rows that are left."""
    key, measures = _COUNTED[table], _MEASURES[table]
    folded = ", ".join(f"sum({name}) AS {name}" for name in measures)
    kept = " OR ".join(f"{name} != 0" for name in measures)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE folded AS SELECT * FROM "
        f"(SELECT {', '.join(key)}, {folded} FROM {table} GROUP BY ALL) WHERE {kept}"
    )
    connection.execute(f"DELETE FROM {table}")
    connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM folded")
    (left,) = connection.execute("SELECT count(*) FROM folded").fetchone() or (0,)
    connection.execute("DROP TABLE folded")
    return int(left)


COUNTERS = tuple(_COUNTED)
