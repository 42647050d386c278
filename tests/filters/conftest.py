"""A small real database of inferences, and a way to find ids in it by a filter."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.resources import files
from typing import Any

import duckdb
import msgspec
import pytest

from sightline.domain.merge import split_model
from sightline.domain.value import IMAGE_FIELD, timestamp_of
from sightline.filters import Condition, condition

NOW = timestamp_of("2026-11-23T14:00:00Z") or 0

COLUMNS = (
    "number", "inference_id", "time", "received", "model_id", "model", "version", "task", "source", "device",
    "server", "tags", "latency", "error", "deployment", "detection_count", "confidence", "classes", "confidences",
    "detections", "f0",
)  # fmt: skip


class Row(msgspec.Struct):
    """An inference as a test writes it down."""

    id: str
    model: str | None = None
    time: str = "2026-11-23T12:00:00Z"
    task: str | None = None
    source: str | None = None
    device: str | None = None
    server: str | None = None
    tags: list[str] | None = None
    latency: float | None = None
    error: str | None = None
    deployment: str = "self-hosted"
    detections: list[tuple[str, float | None]] = []
    image: str | None = None
    metadata: dict[str, str] = {}


class Column(msgspec.Struct):
    column: str


class Database:
    """Inferences in the real schema, with a column for each of their metadata fields."""

    def __init__(self, rows: Sequence[Row], fields: Sequence[str] = ()) -> None:
        self.connection = duckdb.connect()
        self.connection.execute(
            files("sightline.store.duckdb").joinpath("schema.sql").read_text(encoding="utf-8")
        )
        names = dict.fromkeys([*fields, *(name for row in rows for name in row.metadata)])
        self.fields: Mapping[str, Column] = {
            name: Column(f"f{number}") for number, name in enumerate(names, 1)
        }
        for field in self.fields.values():
            self.connection.execute(f"ALTER TABLE inferences ADD COLUMN {field.column} VARCHAR")
        columns = [*COLUMNS, *(field.column for field in self.fields.values())]
        marks = ", ".join("?" for _ in columns)
        self.connection.executemany(
            f"INSERT INTO inferences ({', '.join(columns)}) VALUES ({marks})",
            [self._cells(number, row) for number, row in enumerate(rows)],
        )

    def _cells(self, number: int, row: Row) -> list[Any]:
        time = timestamp_of(row.time)
        told = [confidence for _, confidence in row.detections if confidence is not None]
        return [
            number, row.id, time, time, row.model, *split_model(row.model), row.task, row.source, row.device,
            row.server, row.tags, row.latency, row.error, row.deployment, len(row.detections),
            sum(told) / len(told) if told else None, [name for name, _ in row.detections],
            [confidence for _, confidence in row.detections], json.dumps(row.detections), row.image,
            *(row.metadata.get(name) for name in self.fields),
        ]  # fmt: skip

    def condition(self, text: str) -> Condition:
        return condition(text, self.fields, now=NOW)

    def find(self, text: str) -> list[str]:
        """The ids that a filter finds, in the order the rows were given."""
        found = self.condition(text)
        assert found.fields <= {*self.fields, IMAGE_FIELD}
        rows = self.connection.execute(
            f"SELECT i.inference_id FROM inferences AS i WHERE {found.where} ORDER BY i.number",
            found.parameters,
        ).fetchall()
        return [row[0] for row in rows]


@pytest.fixture(scope="session")
def make_database() -> Iterator[Callable[..., Database]]:
    made: list[Database] = []

    def make(rows: Sequence[dict[str, Any]], fields: Sequence[str] = ()) -> Database:
        made.append(Database([Row(**row) for row in rows], fields))
        return made[-1]

    yield make
    for database in made:
        database.connection.close()


FACTORY: list[dict[str, Any]] = [
    {
        "id": "a1", "model": "parts/3", "time": "2026-11-23T13:30:00Z", "task": "object-detection",
        "source": "external", "device": "edge-12", "server": "s1", "tags": ["night", "fast"], "latency": 0.1,
        "detections": [("scratch", 0.4), ("dent", 0.9)], "image": "ab12",
        "metadata": {
            "location": "texas", "line": "7", "passed": "false", "operator": "bob", "serial_number": "SN-7701",
            "temperature": "71.5", "shift name": "night", "produced": "2026-11-23T10:00:00Z",
        },
    },
    {
        "id": "a2", "model": "parts/4", "time": "2026-11-23T12:00:00Z", "task": "object-detection",
        "device": "edge-12", "server": "s1", "tags": [], "latency": 0.25, "detections": [("scratch", 0.9)],
        "metadata": {
            "location": "ohio", "line": "7.0", "passed": "True", "operator": "Bob", "serial_number": "sn-7702",
            "temperature": "-3", "shift name": "day", "produced": "2026-11-22",
        },
    },
    {
        "id": "a3", "model": "parts", "time": "2026-11-23T11:00:00Z", "device": "edge-13", "latency": 0.2,
        "detections": [("scratch", 0.9), ("dent", 0.3)], "error": "CUDA out of memory",
        "metadata": {"location": "texas", "line": "8", "passed": "true", "temperature": "warm",
                     "produced": "2026-11-23 12:30:00+02:00"},
    },
    {
        "id": "a4", "model": "labels/1", "time": "2026-11-20T00:00:00Z", "task": "classification",
        "source": "internal", "device": "Edge-14", "tags": ["night"], "deployment": "workflow",
        "detections": [("ok", None)], "error": "true",
        "metadata": {"location": "Texas", "line": "07", "passed": "TRUE", "temperature": "1e999",
                     "serial_number": "100%_done", "class": "premium", "produced": "yesterday"},
    },
    {
        "id": "a5", "deployment": "native",
        "metadata": {"location": "münchen", "note": 'said "hi"\\', "temperature": " 72 ", "has": "x",
                     "time": "08:00", "metadata.odd": "1", "line": "line, 7 (b)"},
    },
    {"id": "bare", "time": "2026-11-23T14:00:00Z", "model": "hub/vit-b", "detections": [("dent", 0.5), ("dent", 0.6)]},
    {"id": "3f2c-9 x", "time": "2026-10-01T00:00:00Z", "latency": 1.5, "tags": ["día"], "metadata": {"line": ""}},
]  # fmt: skip


@pytest.fixture(scope="session")
def factory(make_database: Callable[..., Database]) -> Database:
    return make_database(FACTORY)
