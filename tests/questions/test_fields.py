"""The list of fields and the values of one: exact at any moment, folded or not, in few statements."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from sightline.domain.errors import BadRequest, NotFound
from sightline.domain.moment import HOUR
from sightline.domain.report import Kind, Report
from sightline.domain.value import Attachment, type_of
from sightline.questions import fields, values
from sightline.store.duckdb.session import Session
from sightline.store.workspace import Workspace
from sightline.store.write import Write

NOW = 1_795_000_000_000_000
OPEN = Callable[..., Workspace]


class CountingSession(Session):
    """Knows how many statements were asked through it."""

    statements = 0

    def rows(self, *arguments: Any, **options: Any) -> list[tuple[Any, ...]]:
        self.statements += 1
        return super().rows(*arguments, **options)

    def row(self, *arguments: Any, **options: Any) -> tuple[Any, ...]:
        self.statements += 1
        return super().row(*arguments, **options)


def listed(workspace: Workspace, **asked: Any) -> fields.FieldsAnswer:
    with workspace.session() as session:
        return fields.ask(session, fields.FieldsParameters(now=NOW, **asked))


def of(workspace: Workspace, name: str, prefix: str = "", limit: int = 100) -> list[tuple[str, int]]:
    with workspace.session() as session:
        answer = values.ask(session, values.ValuesParameters(name=name, prefix=prefix, limit=limit))
    return [(item.value, item.count) for item in answer.items]


def attach(workspace: Workspace, field: str, value: str | None, *ids: str) -> None:
    workspace.submit(Write(attachments=[Attachment(list(ids), field, value)])).result()


def record(workspace: Workspace, count: int, first: int = 0) -> list[str]:
    ids = [f"id-{place}" for place in range(first, first + count)]
    made = [Report(Kind.NATIVE, id_, time=NOW - HOUR - place, detections=[]) for place, id_ in enumerate(ids)]
    workspace.submit(Write(reports=made)).result()
    return ids


@pytest.mark.parametrize(
    "narrowing", [{}, {"start": "-30d"}, {"filter": "shift:night"}, {"filter": "has:note", "start": "-6d"}]
)
def test_every_field_is_counted(factory: Any, narrowing: dict[str, str]) -> None:
    answer = listed(factory.workspace, **narrowing)
    found = [
        known
        for known in factory.inferences
        if ("shift" not in narrowing.get("filter", "") or known.metadata["shift"] == "night")
        and ("note" not in narrowing.get("filter", "") or "note" in known.metadata)
        and known.time >= (NOW - 6 * 24 * HOUR if narrowing.get("start") == "-6d" else 0)
        and (known.time >= NOW - 7 * 24 * HOUR or narrowing.get("start") == "-30d" or not narrowing)
    ]
    assert answer.inferences == len(found)
    assert {item.name for item in answer.items} == {"line", "shift", "temperature", "class", "note"}
    for item in answer.items:
        counts = Counter(known.metadata[item.name] for known in found if item.name in known.metadata)
        assert item.inferences == counts.total()
        assert item.coverage == pytest.approx(counts.total() / len(found))
        assert item.distinct == len(counts)
        assert [(top.value, top.count) for top in item.top_values] == sorted(
            counts.items(), key=lambda pair: (-pair[1], pair[0])
        )[:10]
        types: Counter[str] = Counter()
        for value, count in counts.items():
            types[type_of(value)] += count
        assert item.types == types
        assert item.type == (types.most_common(1)[0][0] if types else "text")
        assert item.first_seen <= item.last_seen


def test_counts_hold_at_any_moment(open_workspace: OPEN) -> None:
    """Attached, replaced, removed, folded or not."""
    workspace = open_workspace()
    ids = record(workspace, 100)
    attach(workspace, "line", "1", *ids)
    assert of(workspace, "line") == [("1", 100)]
    assert workspace.settle(seconds=60)
    assert of(workspace, "line") == [("1", 100)]
    attach(workspace, "line", "2", *ids[:40])
    attach(workspace, "line", "3", *ids[30:50])
    attach(workspace, "line", None, *ids[90:])
    expected = [("1", 40), ("2", 30), ("3", 20)]
    for _ in range(2):
        assert of(workspace, "line") == expected
        for narrowing in (
            {},
            {"start": "-1d"},
            {"filter": "detections:0"},
            {"filter": "has:line OR detections:0"},
        ):
            (item,) = listed(workspace, **narrowing).items
            assert (item.inferences, item.distinct, item.coverage) == (90, 3, 0.9)
            assert [(top.value, top.count) for top in item.top_values] == expected
        (item,) = listed(workspace, filter="-line:2").items
        assert [(top.value, top.count) for top in item.top_values] == [("1", 40), ("3", 20)]
        assert workspace.settle(seconds=60)


def test_values_that_wait_are_not_counted(open_workspace: OPEN) -> None:
    workspace = open_workspace()
    attach(workspace, "line", "1", "nobody")
    (item,) = listed(workspace).items
    assert (item.inferences, item.distinct, item.coverage) == (0, 0, 0.0)


def test_look_alikes(open_workspace: OPEN) -> None:
    workspace = open_workspace()
    record(workspace, 1)
    for name in ("my_location", "My Location", "line"):
        attach(workspace, name, "1", "id-0")
    assert {item.name: item.look_alikes for item in listed(workspace).items} == {
        "My Location": ["my_location"],
        "my_location": ["My Location"],
        "line": [],
    }


def test_the_type_is_what_most_values_read_as(open_workspace: OPEN) -> None:
    workspace = open_workspace()
    record(workspace, 6)
    for place, value in enumerate(["1", "2.5", "3e2", "red", "true", "2026-11-18"]):
        attach(workspace, "mixed", value, f"id-{place}")
    (item,) = listed(workspace).items
    assert item.type == "number"
    assert item.types == {"number": 3, "text": 1, "boolean": 1, "timestamp": 1}


@pytest.mark.parametrize("narrowing", [{}, {"start": "-1d"}])
def test_a_thousand_fields_take_no_more_statements_than_one(
    open_workspace: OPEN, narrowing: dict[str, str]
) -> None:
    workspace = open_workspace()
    record(workspace, 1)
    asked = []
    for many in (1, 1000):
        attachments = [Attachment(["id-0"], f"field {place}", "1") for place in range(many)]
        workspace.submit(Write(attachments=attachments)).result()
        with workspace.session() as session:
            session.__class__ = CountingSession
            answer = fields.ask(session, fields.FieldsParameters(now=NOW, **narrowing))
            asked.append(session.statements)  # type: ignore[attr-defined]  # its class was changed above
        assert len(answer.items) == many
    assert asked[0] == asked[1] <= 5


def test_very_many_values_are_not_added_up(open_workspace: OPEN, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = open_workspace()
    ids = record(workspace, 200)
    workspace.submit(
        Write(attachments=[Attachment([id_], "serial", f"SN-{place}") for place, id_ in enumerate(ids)])
    ).result()
    assert workspace.settle(seconds=60)
    monkeypatch.setattr(fields, "_COUNTED", 100)
    (item,) = listed(workspace).items
    assert (item.inferences, item.distinct, item.type) == (200, 200, "text")
    assert len(item.top_values) == 10


def test_values_by_prefix(factory: Any) -> None:
    counts = Counter(known.metadata["line"] for known in factory.inferences)
    with_one = {value: count for value, count in counts.items() if value.startswith("1")}
    assert of(factory.workspace, "line", "1") == sorted(
        with_one.items(), key=lambda pair: (-pair[1], pair[0])
    )
    assert of(factory.workspace, "note", "X,") == [
        ("x,y", sum(k.metadata.get("note") == "x,y" for k in factory.inferences))
    ]
    with factory.workspace.session() as session:
        assert values.ask(session, values.ValuesParameters(name="line", limit=1)).more
        assert not values.ask(session, values.ValuesParameters(name="line", limit=1000)).more


def test_values_of_no_field(factory: Any) -> None:
    with factory.workspace.session() as session:
        with pytest.raises(NotFound) as caught:
            values.ask(session, values.ValuesParameters(name="lines"))
        assert "line" in (caught.value.hint or "")
        with pytest.raises(BadRequest):
            values.ask(session, values.ValuesParameters(name="line", limit=0))
