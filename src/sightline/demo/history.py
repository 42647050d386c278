"""Thirty days of the demo's factories as writes for the store, oldest first."""

from collections.abc import Iterator
from random import Random

from sightline.demo import world
from sightline.demo.album import Album
from sightline.demo.scenes import Scenes
from sightline.domain.moment import DAY, HOUR, SECOND
from sightline.domain.report import Heartbeat, Problem
from sightline.domain.value import Attachment
from sightline.store.write import Write

BATCH = 20_000
"""Inferences in one write."""


def history(random: Random, album: Album, *, now: int, inferences: int) -> Iterator[Write]:
    """Exactly `inferences` of them in all; the same for the same `now` and seed."""
    scenes = Scenes(random, now, album.pick, started=now - world.DAYS * DAY)
    moments = _moments(random, now, inferences)
    for first in range(0, inferences, BATCH):
        seen = [scenes.see(camera, moment) for moment, camera in moments[first : first + BATCH]]
        yield Write(
            reports=[report for report, _ in seen],
            attachments=attachments((report.inference_id, metadata) for report, metadata in seen),
            actor="demo",
            request=f"demo-{first // BATCH}",
        )
    yield _oddities(random, now)


def attachments(metadata: Iterator[tuple[str, dict[str, str]]]) -> list[Attachment]:
    """Values of many ids, grouped so that each field and value is named once."""
    grouped: dict[tuple[str, str], list[str]] = {}
    for inference_id, values in metadata:
        for pair in values.items():
            grouped.setdefault(pair, []).append(inference_id)
    return [Attachment(ids, field, value) for (field, value), ids in grouped.items()]


def heartbeat(camera: world.Camera) -> Heartbeat:
    return Heartbeat(
        device=camera.device,
        server=camera.server,
        server_version=camera.server_version,
        tags=[camera.location],
        system={
            "platform": "Linux",
            "architecture": "aarch64",
            "hostname": f"{camera.location}-line-{camera.line}",
        },
    )


def _moments(random: Random, now: int, inferences: int) -> list[tuple[int, world.Camera]]:
    """When which camera looks, by the rhythm of the factories."""
    clock = world.Clock()
    start = now - world.DAYS * DAY
    silent = world.silent_since(now)
    cells: list[tuple[int, int]] = []
    weights: list[float] = []
    for hour in range(start, now, HOUR):
        swing = random.uniform(0.9, 1.1)
        for index, camera in enumerate(world.CAMERAS):
            if camera.device == world.SILENT_CAMERA and hour + HOUR > silent:
                continue
            cells.append((hour, index))
            weights.append(world.busyness(camera, *clock.of(hour)) * swing)
    chosen = random.choices(cells, weights, k=inferences)
    timed = sorted((min(hour + random.randrange(HOUR), now - 1), index) for hour, index in chosen)
    return [(moment, world.CAMERAS[index]) for moment, index in timed]


def _oddities(random: Random, now: int) -> Write:
    """Signs of life, values that wait for an inference that never comes, and records nobody could read."""
    silent = next(camera for camera in world.CAMERAS if camera.device == world.SILENT_CAMERA)
    waiting = []
    for number in range(24):
        metadata = {
            "location": silent.location,
            "line": silent.line,
            "serial_number": f"SN-{now // SECOND - 1_025_000_000 - number}",
        }
        waiting.append((f"{silent.device}-{now // DAY}-{random.randrange(10**9):09}", metadata))
    problems = [
        Problem(
            door="pingback",
            where="$.inference_results[3].request_time",
            reason="'yesterday' is not a time",
            excerpt='{"request_time": "yesterday", "inference": {"inference_id": "5f1d…"}}',
        ),
        Problem(
            door="pingback",
            where="$.inference_results[0].inference.inference_id",
            reason="an inference_id may not be empty",
            excerpt='{"request_time": 1795433927.2, "inference": {"inference_id": ""}}',
        ),
        Problem(
            door="aggregator",
            where="$.inference_results[1].confidence",
            reason="'high' is not a confidence; the rest was stored",
            kept=True,
            excerpt='{"class_name": "dent", "confidence": "high"}',
        ),
    ]
    return Write(
        attachments=attachments(iter(waiting)),
        heartbeats=[heartbeat(camera) for camera in world.CAMERAS if camera is not silent],
        problems=problems,
        actor="demo",
        request="demo-oddities",
    )
