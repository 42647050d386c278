"""The statements of one transaction: the truth, then what a plan says of the read model."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import duckdb
import msgspec

from sightline.domain.merge import Stamped
from sightline.domain.report import Heartbeat, Inference, Problem
from sightline.store.duckdb.counters import count_inferences, count_values
from sightline.store.duckdb.rows import encoded, insert, parsed
from sightline.store.plan import Plan, StampedAttachment

INFERENCE_COLUMNS: dict[str, str] = {
    "number": "BIGINT",
    "inference_id": "VARCHAR",
    "time": "BIGINT",
    "received": "BIGINT",
    "model_id": "VARCHAR",
    "model": "VARCHAR",
    "version": "VARCHAR",
    "task": "VARCHAR",
    "source": "VARCHAR",
    "source_info": "VARCHAR",
    "device": "VARCHAR",
    "server": "VARCHAR",
    "server_version": "VARCHAR",
    "tags": "VARCHAR[]",
    "threshold": "VARCHAR",
    "latency": "DOUBLE",
    "error": "VARCHAR",
    "image_width": "INTEGER",
    "image_height": "INTEGER",
    "deployment": "VARCHAR",
    "detection_count": "INTEGER",
    "confidence": "DOUBLE",
    "classes": "VARCHAR[]",
    "confidences": "DOUBLE[]",
    "detections": "VARCHAR",
}

_encoder = msgspec.json.Encoder()


def append_truth(
    connection: duckdb.DuckDBPyConnection,
    reports: Iterable[Stamped],
    attachments: Iterable[tuple[StampedAttachment, str | None, str | None]],
    heartbeats: Iterable[tuple[int, int, Heartbeat]],
    problems: Iterable[tuple[int, int, Problem]],
) -> None:
    """`attachments` come with their actor and request."""
    insert(
        connection,
        "reports",
        {"sequence": "BIGINT", "received": "BIGINT", "inference_id": "VARCHAR", "body": "VARCHAR"},
        [
            (sequence, received, report.inference_id, _encoder.encode(report).decode())
            for sequence, received, report in reports
        ],
    )
    insert(
        connection,
        "attached_log",
        {
            "sequence": "BIGINT",
            "received": "BIGINT",
            "inference_id": "VARCHAR",
            "field": "VARCHAR",
            "value": "VARCHAR",
            "actor": "VARCHAR",
            "request": "VARCHAR",
        },
        [
            (sequence, received, inference_id, attachment.field, attachment.value, actor, request)
            for (sequence, received, attachment), actor, request in attachments
            for inference_id in dict.fromkeys(attachment.inference_ids)
        ],
    )
    insert(
        connection,
        "heartbeats",
        {
            "sequence": "BIGINT",
            "received": "BIGINT",
            "device": "VARCHAR",
            "server": "VARCHAR",
            "server_version": "VARCHAR",
            "tags": "VARCHAR[]",
            "started": "BIGINT",
            "system": "VARCHAR",
        },
        [
            (
                sequence,
                received,
                beat.device,
                beat.server,
                beat.server_version,
                beat.tags or [],
                beat.started,
                _encoder.encode(beat.system or {}).decode(),
            )
            for sequence, received, beat in heartbeats
        ],
    )
    insert(
        connection,
        "rejected",
        {
            "sequence": "BIGINT",
            "received": "BIGINT",
            "door": "VARCHAR",
            "place": "VARCHAR",
            "reason": "VARCHAR",
            "kept": "BOOLEAN",
            "excerpt": "VARCHAR",
        },
        [
            (sequence, received, found.door, found.where, found.reason, found.kept, found.excerpt)
            for sequence, received, found in problems
        ],
    )


def apply_plan(connection: duckdb.DuckDBPyConnection, plan: Plan, columns: Sequence[int]) -> None:
    """Bring the read model to what the plan says. `columns` are the fields that have a column."""
    _inherit(connection, plan.inherited, columns)
    _remove(connection, plan.removed, columns)
    _update(connection, plan.updated)
    _add(connection, plan, columns)
    count_inferences(connection, [*plan.added, *plan.updated], plan.before)


def _add(connection: duckdb.DuckDBPyConnection, plan: Plan, columns: Sequence[int]) -> None:
    """New inferences, with the values that came with them or waited for them in their columns at once. All other
    values are laid over, to be folded later; so are those of inferences that inherit some."""
    new = {inference.number for inference in plan.added} - {number for number, _ in plan.inherited}
    held = set(columns)
    latest: dict[int, dict[int, tuple[int, str | None]]] = {}
    overlaid = []
    for value in plan.overlaid:
        if value.number in new and value.field in held:
            of_number = latest.setdefault(value.number, {})
            if value.field not in of_number or of_number[value.field][0] < value.sequence:
                of_number[value.field] = (value.sequence, value.value)
        else:
            overlaid.append(value)
    present = sorted({field for values in latest.values() for field in values})
    nothing: dict[int, tuple[int, str | None]] = {}
    rows = []
    counts: Counter[tuple[int, str]] = Counter()
    for inference in plan.added:
        values = latest.get(inference.number, nothing)
        rows.append((*_row(inference), *(values[field][1] if field in values else None for field in present)))
        counts.update((field, value) for field, (_, value) in values.items() if value is not None and field)
    insert(
        connection, "inferences", {**INFERENCE_COLUMNS, **{f"f{field}": "VARCHAR" for field in present}}, rows
    )
    count_values(connection, counts)
    overlay = {"number": "BIGINT", "field": "INTEGER", "sequence": "BIGINT", "value": "VARCHAR"}
    insert(connection, "overlay", overlay, overlaid)


def _row(inference: Inference) -> tuple[Any, ...]:
    detections = inference.detections
    confidences = [found.confidence for found in detections]
    known = [confidence for confidence in confidences if confidence is not None]
    threshold = inference.threshold
    return (
        inference.number,
        inference.inference_id,
        inference.time,
        inference.received,
        inference.model_id,
        inference.model,
        inference.version,
        inference.task,
        inference.source,
        inference.source_info,
        inference.device,
        inference.server,
        inference.server_version,
        inference.tags,
        threshold if threshold is None or isinstance(threshold, str) else f"{threshold:g}",
        inference.latency,
        inference.error,
        inference.image_width,
        inference.image_height,
        inference.deployment,
        len(detections),
        sum(known) / len(known) if known else None,
        [found.class_name for found in detections],
        confidences,
        _encoder.encode(detections).decode(),
    )


def _update(connection: duckdb.DuckDBPyConnection, updated: Sequence[Inference]) -> None:
    """In place, so that the values folded into the row stay with it."""
    if not updated:
        return
    assigned = ", ".join(f"{name} = new.{name}" for name in INFERENCE_COLUMNS if name != "number")
    named = ", ".join(INFERENCE_COLUMNS)
    connection.execute(
        f"WITH new({named}) AS ({parsed(INFERENCE_COLUMNS)}) "
        f"UPDATE inferences SET {assigned} FROM new WHERE inferences.number = new.number",
        [encoded([_row(inference) for inference in updated])],
    )


def _inherit(
    connection: duckdb.DuckDBPyConnection, inherited: Sequence[tuple[int, int]], columns: Sequence[int]
) -> None:
    """Lay the values of an inference over another one of the same id; later values have higher sequences."""
    if not inherited:
        return
    pairs = parsed({"new": "BIGINT", "old": "BIGINT"})
    selects = [
        "SELECT pairs.new, field, sequence, value FROM pairs JOIN overlay ON overlay.number = pairs.old",
        *(
            f"SELECT new, {field}, 0, f{field} FROM pairs JOIN inferences ON number = old WHERE f{field} IS NOT NULL"
            for field in columns
        ),
    ]
    connection.execute(
        f"INSERT INTO overlay WITH pairs(new, old) AS ({pairs}) {' UNION ALL '.join(selects)}",
        [encoded(inherited)],
    )


def _remove(connection: duckdb.DuckDBPyConnection, removed: Sequence[int], columns: Sequence[int]) -> None:
    if not removed:
        return
    for field in columns:
        connection.execute(
            f"INSERT INTO value_counts SELECT {field}, f{field}, -count(*) FROM inferences "
            f"WHERE number IN (SELECT unnest($1)) AND f{field} IS NOT NULL GROUP BY f{field}",
            [list(removed)],
        )
    connection.execute("DELETE FROM inferences WHERE number IN (SELECT unnest($1))", [list(removed)])
    connection.execute("DELETE FROM overlay WHERE number IN (SELECT unnest($1))", [list(removed)])
