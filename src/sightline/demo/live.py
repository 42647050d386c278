"""The demo's factories go on working: inferences, values and signs of life, sent over HTTP as any client would."""

import logging
import threading
import time
from random import Random
from typing import Any

import httpx
import msgspec

from sightline.demo import world
from sightline.demo.album import Shot, snapshot
from sightline.demo.scenes import Scenes
from sightline.domain.moment import write_moment
from sightline.domain.report import Report
from sightline.domain.value import IMAGE_FIELD

PAUSE = 2.0
"""Seconds between two rounds, when all lines are busy."""
HEARTBEAT = 60.0
"""Seconds between two signs of life of a device."""

_log = logging.getLogger(__name__)


class Live:
    """From `start` to `stop`, in a thread. What fails, as while the server starts, is tried again in the next round."""

    def __init__(self, url: str, key: str, *, now: int) -> None:
        self._client = httpx.Client(base_url=url, headers={"Authorization": f"Bearer {key}"}, timeout=10.0)
        self._key = key
        self._random = Random()  # noqa: S311  # a story, not a secret
        self._scenes = Scenes(self._random, now, self._shoot, started=time.time_ns() // 1000)
        self._picture = b""
        self._clock = world.Clock()
        self._cameras = [camera for camera in world.CAMERAS if camera.device != world.SILENT_CAMERA]
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="demo", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopped.set()
        self._thread.join(timeout=15.0)
        self._client.close()

    def _run(self) -> None:
        heartbeat = 0.0
        while not self._stopped.wait(self._random.uniform(0.5, 1.5) * PAUSE):
            try:
                if time.monotonic() >= heartbeat:
                    self.beat()
                    heartbeat = time.monotonic() + HEARTBEAT
                self.work()
            except httpx.HTTPError as error:
                _log.debug("the demo's line stood still for a moment: %s", error)

    def work(self) -> None:
        """One round: each camera may have seen something, by the hour of the day."""
        now = time.time_ns() // 1000
        weekday, hour = self._clock.of(now)
        records = []
        for camera in self._cameras:
            if self._random.random() > 0.25 * world.busyness(camera, weekday, hour):
                continue
            report, metadata = self._scenes.see(camera, now)
            if camera.model is not world.PARTS or report.error or not self._infer(camera, metadata):
                records.append(_record(report, metadata))
        if records:
            self._post(f"/api/v1/{world.SLUG}/inferences", {"inferences": records})

    def _infer(self, camera: world.Camera, metadata: dict[str, str]) -> bool:
        """Have the bundled model look at the picture, and attach what the line knows. False where it does not run."""
        answer = self._client.post(
            f"/{camera.model.name}",
            params={"source": camera.device},
            files={"file": ("part.jpg", self._picture, "image/jpeg")},
        )
        if not answer.is_success:
            return False
        data = [
            {"inference_ids": [answer.json()["inference_id"]], "field_name": name, "field_value": value}
            for name, value in metadata.items()
            if name != IMAGE_FIELD
        ]
        self._post(f"/api/v1/{world.SLUG}/metadata", {"data": data})
        return True

    def beat(self) -> None:
        """A pingback without results for every device that is alive."""
        for camera in self._cameras:
            pingback = {
                "api_key": self._key,
                "timestamp": str(time.time()),
                "device_id": camera.device,
                "inference_server_id": camera.server,
                "inference_server_version": camera.server_version,
                "tags": [camera.location],
                "hostname": f"{camera.location}-line-{camera.line}",
                "inference_results": [],
            }
            self._post("/inference-stats", pingback)

    def _shoot(self, random: Random, fault: str | None, dirt: float) -> Shot:
        self._picture, truths = snapshot(random, fault, dirt)
        return Shot("", truths)

    def _post(self, path: str, body: Any) -> None:
        self._client.post(path, json=body).raise_for_status()


def _record(report: Report, metadata: dict[str, str]) -> dict[str, Any]:
    """An inference as the native API takes it."""
    return {
        "inference_id": report.inference_id,
        "time": write_moment(report.time or 0),
        "model": report.model,
        "task": report.task,
        "device": report.device,
        "source": report.source,
        "latency": report.latency,
        "error": report.error,
        "image": {"width": report.image_width, "height": report.image_height},
        "detections": msgspec.to_builtins(report.detections or []),
        "metadata": {name: value for name, value in metadata.items() if name != IMAGE_FIELD},
    }
