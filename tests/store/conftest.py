"""Workspaces for the tests, and what their read model says, in a form that can be compared."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from sightline.store.duckdb.session import Session
from sightline.store.workspace import Workspace

OPEN = Callable[..., Workspace]


@pytest.fixture
def open_workspace(tmp_path: Path) -> Iterator[OPEN]:
    """Opens workspaces in folders of the test's own, and closes them at its end."""
    opened: list[Workspace] = []

    def open_(name: str = "acme", **options: Any) -> Workspace:
        workspace = Workspace(tmp_path / name, **options)
        opened.append(workspace)
        return workspace

    yield open_
    for workspace in opened:
        workspace.close()


def everything(session: Session, *, numbered: bool = True) -> dict[str, Any]:
    """The whole read model. Without `numbered`, also without what depends on the order of arrival."""
    fields = sorted(session.fields.values(), key=lambda field: field.name)
    columns = ["inference_id", "time", "model_id", "model", "version", "task", "source", "device", "server"]
    columns += [
        "server_version",
        "tags",
        "threshold",
        "latency",
        "error",
        "image_width",
        "deployment",
        "confidence",
    ]
    columns += ["detection_count", "classes", "confidences", "detections"]
    if numbered:
        columns += ["number", "received"]
    metadata = [field.column for field in fields]
    rows = session.rows(
        f"SELECT {', '.join(['f0', *columns, *metadata])} FROM {session.relation(field.name for field in fields)} AS i"
    )
    inferences = []
    counts: dict[str, dict[str, int]] = {}
    for row in rows:
        values = dict(zip([field.name for field in fields], row[1 + len(columns) :], strict=True))
        values = {name: value for name, value in values.items() if value is not None}
        inferences.append([*row[1 : 1 + len(columns)], values])
        for name, value in values.items():
            of_field = counts.setdefault(name, {})
            of_field[value] = of_field.get(value, 0) + 1
    return {
        "inferences": sorted(inferences, key=json.dumps),
        "counts": counts,
        "hourly": counters(session, "hourly", "hour, model_id, device"),
        "classes": counters(session, "hourly_classes", "hour, model_id, class"),
        "waiting": sorted(item[:3] for item in session.waiting_items(10_000)),
    }


def counters(session: Session, table: str, key: str) -> list[tuple[Any, ...]]:
    measures = "sum(inferences), sum(detections), sum(confident), sum(confidence_total)"
    if table == "hourly":
        measures += ", sum(timed), sum(latency_total), sum(errors)"
    return session.rows(
        f"SELECT {key}, {measures} FROM {table} GROUP BY ALL HAVING sum(inferences) != 0 ORDER BY ALL"
    )


def folded_counts(session: Session) -> dict[str, dict[str, int]]:
    """What the counters of values say, of the values that are in columns."""
    found: dict[str, dict[str, int]] = {}
    for name, value, count in session.rows(
        "SELECT name, value, sum(inferences) AS n FROM value_counts JOIN fields USING (field) "
        "GROUP BY name, value HAVING n != 0"
    ):
        found.setdefault(name, {})[value] = int(count)
    return found


@pytest.fixture
def read_model() -> Callable[..., dict[str, Any]]:
    return everything


@pytest.fixture
def value_counters() -> Callable[[Session], dict[str, dict[str, int]]]:
    return folded_counts
