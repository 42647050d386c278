"""Recording behind the answer: what is queued is stored, what there is no room for is counted."""

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from sightline.domain.errors import Busy
from sightline.domain.report import Kind, Report
from sightline.gateway import recorder as module
from sightline.gateway.card import Card
from sightline.gateway.recorder import Item, Recorder, Seen
from sightline.gateway.runner import Runner
from sightline.gateway.shelf import Shelf
from sightline.store.picture import PictureLimits
from sightline.store.workspace import Workspace


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace(tmp_path / "acme")
    yield opened
    opened.close()


def item(workspace: Workspace, number: int, size: int = 10) -> Item:
    report = Report(Kind.GATEWAY, f"inference-{number}", time=number, model="parts/1")
    return Item(workspace, lambda: Seen(report), size, "key test")


def count(workspace: Workspace) -> int:
    with workspace.session() as session:
        return int(session.row("SELECT count(*) FROM inferences")[0])


def lost(registry: CollectorRegistry) -> dict[str, float]:
    return {
        sample.labels["reason"]: sample.value
        for metric in registry.collect()
        for sample in metric.samples
        if sample.name == "sightline_gateway_unrecorded_total"
    }


def test_what_waits_is_stored_at_the_end(workspace: Workspace) -> None:
    registry = CollectorRegistry()

    async def work() -> None:
        recorder = Recorder(PictureLimits(), registry)
        for number in range(500):
            recorder.record(item(workspace, number))
        await recorder.close()

    asyncio.run(work())
    assert count(workspace) == 500
    assert registry.get_sample_value("sightline_gateway_recorded_total") == 500
    assert lost(registry) == {}


@pytest.mark.parametrize(("size", "room"), [(10, module.ITEMS), (module.BYTES // 4, 4)])
def test_what_there_is_no_room_for_is_counted(workspace: Workspace, size: int, room: int) -> None:
    registry = CollectorRegistry()

    async def work() -> None:
        recorder = Recorder(PictureLimits(), registry)
        for number in range(room + 7):  # the worker has had no turn yet
            recorder.record(item(workspace, number, size))
        await recorder.close()

    asyncio.run(work())
    assert count(workspace) == room
    assert lost(registry) == {"queue full": 7}


def test_a_store_that_is_closed_costs_only_the_record(workspace: Workspace) -> None:
    registry = CollectorRegistry()
    workspace.close()

    async def work() -> None:
        recorder = Recorder(PictureLimits(), registry)
        recorder.record(item(workspace, 1))
        await recorder.drained()
        await recorder.close()

    asyncio.run(work())
    assert lost(registry) == {"store refused": 1}


def test_a_model_takes_so_many_requests_and_no_more(tmp_path: Path, network: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("sightline.gateway.runner.WAITING", 2)
    shelf = Shelf(tmp_path / "models")
    card: Card = shelf.add("a/1", network({"scores": [[0.5, 0.5]]}), "classification", ["x", "y"])
    release = threading.Event()

    async def work() -> None:
        runner = Runner()
        running = [asyncio.create_task(runner.run(shelf, card, lambda _: release.wait(30))) for _ in range(2)]
        await asyncio.sleep(0)
        with pytest.raises(Busy, match="2 requests wait for a/1 already"):
            await runner.run(shelf, card, lambda _: True)
        release.set()
        assert await asyncio.gather(*running) == [True, True]
        assert await runner.run(shelf, card, lambda _: True)
        assert [found.model_id for found in runner.loaded(shelf)] == ["a/1"]
        runner.close()

    asyncio.run(work())
