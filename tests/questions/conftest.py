"""A small factory: a workspace, and the same inferences as plain Python, to be counted again without any SQL."""

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from sightline.domain.moment import DAY, HOUR
from sightline.domain.report import Detection, Kind, Report
from sightline.domain.value import Attachment
from sightline.questions import facets, search
from sightline.store.workspace import Workspace
from sightline.store.write import Write

NOW = 1_795_000_000_000_000
OPEN = Callable[..., Workspace]


class Known(msgspec.Struct):
    """An inference as the tests know it."""

    id: str
    time: int
    model: str | None
    device: str | None
    latency: float | None
    error: str | None
    tags: list[str]
    detections: list[tuple[str, float | None]]
    metadata: dict[str, str]

    @property
    def confidences(self) -> list[float]:
        return [confidence for _, confidence in self.detections if confidence is not None]


class Factory(msgspec.Struct):
    workspace: Workspace
    inferences: list[Known]

    def __repr__(self) -> str:
        return "factory"

    def ask(self, question: Any, parameters: Any) -> Any:
        with self.workspace.session() as session:
            return question.ask(session, parameters)


def draw(count: int, seed: int = 7) -> list[Known]:
    """Inferences of 12 days; most fields are on all, `serial` is rare, `note` stays in the overlay."""
    dice = random.Random(seed)
    found = []
    for place in range(count):
        detections = [
            (
                dice.choice(["scratch", "dent", "ok"]),
                None if dice.random() < 0.1 else round(dice.uniform(0.2, 1), 3),
            )
            for _ in range(dice.choice([0, 1, 1, 2, 3]))
        ]
        metadata = {"line": str(dice.randint(1, 12)), "shift": dice.choice(["day", "night"])}
        if dice.random() < 0.5:
            metadata["temperature"] = str(round(dice.gauss(60, 10), 1))
        if dice.random() < 0.3:
            metadata["class"] = dice.choice(["A", "B"])
        if dice.random() < 0.05:
            metadata["note"] = dice.choice(["late", "x,y", "(other)"])
        found.append(
            Known(
                id=f"id-{place}",
                time=NOW - 1 - dice.randrange(12 * DAY) if place else NOW - 2 * HOUR,
                model=dice.choice(["parts/1", "parts/2", "screws/1", None]),
                device=dice.choice(["edge-1", "edge-2", None]),
                latency=None if dice.random() < 0.2 else round(dice.uniform(0.01, 0.5), 4),
                error="out of memory" if dice.random() < 0.05 else None,
                tags=dice.sample(["night", "beta"], dice.randint(0, 2)),
                detections=detections,
                metadata=metadata,
            )
        )
    return found


def reports(inferences: list[Known]) -> list[Report]:
    return [
        Report(
            Kind.NATIVE,
            known.id,
            time=known.time,
            model=known.model,
            device=known.device,
            latency=known.latency,
            error=known.error,
            tags=known.tags,
            detections=[Detection(name, confidence) for name, confidence in known.detections],
        )
        for known in inferences
    ]


def attachments(inferences: list[Known]) -> list[Attachment]:
    by_value: dict[tuple[str, str], list[str]] = {}
    for known in inferences:
        for field, value in known.metadata.items():
            by_value.setdefault((field, value), []).append(known.id)
    return [Attachment(ids, field, value) for (field, value), ids in by_value.items()]


def fill(workspace: Workspace, inferences: list[Known]) -> None:
    """Values that were replaced since, then all that holds; the last fifth comes after the rest was folded."""
    early = inferences[: len(inferences) * 4 // 5]
    old = [Attachment([known.id for known in inferences[::3]], "line", "99")]
    workspace.submit(Write(reports=reports(inferences), attachments=old)).result()
    workspace.submit(Write(attachments=attachments(early), actor="a test")).result()
    assert workspace.settle(seconds=60)
    workspace.submit(Write(attachments=attachments(inferences[len(early) :]), actor="a test")).result()


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Budgets of time are for servers; a test machine may be slow."""
    monkeypatch.setattr(facets, "_MILLISECONDS", 60_000)
    monkeypatch.setattr(search, "_TOTAL_MILLISECONDS", 60_000)


@pytest.fixture(scope="session")
def factory(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Factory]:
    """Nobody writes to it."""
    inferences = draw(400)
    workspace = Workspace(tmp_path_factory.mktemp("factory"))
    fill(workspace, inferences)
    yield Factory(workspace, inferences)
    workspace.close()


@pytest.fixture(scope="session")
def sure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Factory]:
    """As `factory`, smaller, and every detection has a confidence. Nobody writes to it."""
    inferences = draw(120, seed=8)
    for known in inferences:
        known.detections = [
            (name, 0.5 if confidence is None else confidence) for name, confidence in known.detections
        ]
    workspace = Workspace(tmp_path_factory.mktemp("sure"))
    fill(workspace, inferences)
    yield Factory(workspace, inferences)
    workspace.close()


@pytest.fixture
def open_workspace(tmp_path: Path) -> Iterator[OPEN]:
    opened: list[Workspace] = []

    def open_(name: str = "acme") -> Workspace:
        workspace = Workspace(tmp_path / name)
        opened.append(workspace)
        return workspace

    yield open_
    for workspace in opened:
        workspace.close()
