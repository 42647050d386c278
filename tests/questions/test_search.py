"""The list: its orders, its pages while others write, its cursor."""

from collections.abc import Callable
from typing import Any

import pytest

from sightline.domain.errors import BadRequest, FilterError
from sightline.domain.moment import HOUR
from sightline.domain.report import Detection, Kind, Report
from sightline.questions import search
from sightline.store.workspace import Workspace
from sightline.store.write import Write

NOW = 1_795_000_000_000_000
OPEN = Callable[..., Workspace]


def page(workspace: Workspace, **asked: Any) -> search.SearchAnswer:
    with workspace.session() as session:
        return search.ask(session, search.SearchParameters(now=NOW, **asked))


def key(known: Any, order: str) -> tuple[Any, ...]:
    """Sorts as `order` should; None last."""
    match order:
        case "newest":
            return (-known.time,)
        case "oldest":
            return (known.time,)
    sign = -1 if order.startswith("-") else 1
    told = known.confidences
    value = known.latency if order.endswith("latency") else (sum(told) / len(told) if told else None)
    return (value is None, sign * round(value or 0, 9))


@pytest.mark.parametrize("order", ["newest", "oldest", "confidence", "-confidence", "latency", "-latency"])
def test_pages_join_to_the_whole_list(factory: Any, order: Any) -> None:
    by_id = {known.id: known for known in factory.inferences}
    ids: list[str] = []
    cursor: str | None = ""
    pages = 0
    while cursor is not None:
        answer = page(factory.workspace, start="-30d", order=order, limit=37, cursor=cursor)
        assert answer.total == search.Total(len(factory.inferences), exact=True)
        ids += [item.inference_id for item in answer.items]
        cursor = answer.next_cursor
        pages += 1
    assert pages == 11
    assert len(ids) == len(set(ids)) == len(factory.inferences)
    keys = [key(by_id[inference_id], order) for inference_id in ids]
    assert keys == sorted(keys)


def test_pages_stay_still_while_others_write(open_workspace: OPEN) -> None:
    """Of what was there at the first page, nothing is left out or shown twice."""
    workspace = open_workspace()

    made = 0

    def add(count: int) -> set[str]:
        nonlocal made
        # All of one moment and one latency, so that every page ends amid equals.
        ids = {f"id-{made + number}" for number in range(count)}
        made += count
        reports = [
            Report(Kind.NATIVE, id_, time=NOW - HOUR, latency=0.1, detections=[]) for id_ in sorted(ids)
        ]
        workspace.submit(Write(reports=reports)).result()
        return ids

    there = add(50)
    for order in ("newest", "oldest", "latency", "-latency"):
        seen: list[str] = []
        later: set[str] = set()
        cursor: str | None = ""
        while cursor is not None:
            answer = page(workspace, order=order, limit=7, cursor=cursor)
            seen += [item.inference_id for item in answer.items]
            cursor = answer.next_cursor
            if len(later) < 12:
                later |= add(3)
        assert len(seen) == len(set(seen))
        assert there <= set(seen) <= there | later
        there |= later


def test_an_item_shows_all_that_is_known(factory: Any) -> None:
    known = next(
        known for known in factory.inferences if "note" in known.metadata and len(known.detections) > 1
    )
    (item,) = page(factory.workspace, start="-30d", filter=f"id:{known.id}").items
    assert item.inference_id == known.id
    assert item.metadata == known.metadata
    assert list(item.metadata) == sorted(known.metadata)
    assert [(found.class_name, found.confidence) for found in item.detections] == known.detections
    assert (item.model, item.device, item.latency, item.error) == (
        known.model,
        known.device,
        known.latency,
        known.error,
    )
    assert item.deployment == "native"
    assert not item.image.stored


def test_without_a_match(factory: Any) -> None:
    answer = page(factory.workspace, filter="line:none")
    assert answer.items == []
    assert answer.next_cursor is None
    assert answer.total == search.Total(0, exact=True)
    assert answer.sentence == "line is none"


def test_a_count_that_takes_too_long_is_estimated(factory: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_TOTAL_MILLISECONDS", 0)
    monkeypatch.setattr(search, "_ESTIMATE_MILLISECONDS", 60_000)
    monkeypatch.setattr(search, "_OF_SLICE", 1)
    answer = page(factory.workspace, start="-13d", filter="shift:night", limit=5)
    count = sum(known.metadata["shift"] == "night" for known in factory.inferences)
    # A slice that is the whole of its part makes the estimate the count itself.
    assert answer.total.value == pytest.approx(count, abs=1)
    assert len(answer.items) == 5


@pytest.mark.parametrize("cursor", ["nonsense", "!!!", "W10", "e30", "\u00e9"])
def test_a_cursor_that_is_none(factory: Any, cursor: str) -> None:
    with pytest.raises(BadRequest) as caught:
        page(factory.workspace, cursor=cursor)
    assert caught.value.where == "cursor"


@pytest.mark.parametrize("other", [{"order": "latency"}, {"filter": "line:7"}])
def test_a_cursor_of_another_list(factory: Any, other: dict[str, Any]) -> None:
    cursor = page(factory.workspace, limit=1).next_cursor
    with pytest.raises(BadRequest, match="another order or filter"):
        page(factory.workspace, limit=1, cursor=cursor, **other)


@pytest.mark.parametrize(
    ("asked", "where"),
    [
        ({"limit": 0}, "limit"),
        ({"limit": 1001}, "limit"),
        ({"order": "best"}, "order"),
        ({"start": "yesterday"}, "start"),
        ({"end": "later"}, "end"),
        ({"start": "-1h", "end": "-2h"}, "start"),
        ({"start": "1969-12-31"}, "start"),
        ({"end": "9999-01-01", "start": "2000-01-01"}, "start"),
    ],
)
def test_odd_parameters_are_named(factory: Any, asked: dict[str, Any], where: str) -> None:
    with pytest.raises(BadRequest) as caught:
        page(factory.workspace, **asked)
    assert caught.value.where == where


def test_a_filter_that_cannot_be_read(factory: Any) -> None:
    with pytest.raises(FilterError):
        page(factory.workspace, filter="lin:7")


def test_detections_come_back_whole(open_workspace: OPEN) -> None:
    workspace = open_workspace()
    detection = Detection("scratch", 0.5, x=1.5, y=2, width=3, height=4, class_id=7, points=[[0.0, 1.0]])
    workspace.submit(
        Write(reports=[Report(Kind.NATIVE, "a", time=NOW - HOUR, detections=[detection])])
    ).result()
    assert page(workspace).items[0].detections == [detection]
