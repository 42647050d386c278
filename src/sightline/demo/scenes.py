"""What one camera sees at one moment, and what the line knows about it: a report and its metadata."""

import math
from collections.abc import Callable
from random import Random

from sightline.demo import world
from sightline.demo.album import SIZE, Shot
from sightline.domain.moment import DAY, SECOND
from sightline.domain.report import Detection, Kind, Report
from sightline.domain.value import IMAGE_FIELD
from sightline.gateway.example.drawing import Truth

THRESHOLD = 0.4
_OUTLINE = tuple((math.cos(step * math.tau / 10), math.sin(step * math.tau / 10)) for step in range(10))
_ERRORS = ("camera did not answer within 2 s", "image is truncated", "out of memory on the device")


Shoot = Callable[[Random, str | None, float], Shot]
"""A picture of a part with a fault (or none) through a lens so dirty, 0 to 1."""


class Scenes:
    """`now` is the moment the story is told from, which fixes when things go wrong; at `started` the cameras go on."""

    def __init__(self, random: Random, now: int, shoot: Shoot, *, started: int) -> None:
        self._shoot = shoot
        self._random = random
        self._now = now
        self._clock = world.Clock()
        self._failing_since = world.tuesday_night(now)
        self._operators: dict[tuple[str, int], str] = {}
        # Far fewer parts than seconds: numbers of the history and of each later start never meet.
        self._serial = started // SECOND - 1_025_000_000

    def see(self, camera: world.Camera, moment: int) -> tuple[Report, dict[str, str]]:
        random = self._random
        _, hour = self._clock.of(moment)
        shift = world.shift_of(hour)
        failing = camera.line == world.FAILING_LINE and moment >= self._failing_since
        metadata = {"location": camera.location, "line": camera.line, "shift": shift}
        error = random.choice(_ERRORS) if random.random() < 0.003 else None
        detections: list[Detection] | None = None
        if error is None:
            detections = self._detections(camera, moment, metadata)
        if random.random() < 0.8:
            metadata["operator"] = self._operator(camera, moment, shift)
        if camera.location == "texas":  # the others have no sensors yet
            warmth = 58 + 5 * math.sin((hour - 9) * math.tau / 24) + (15 if failing else 0)
            metadata["temperature"] = f"{random.gauss(warmth, 2.5):.1f}"
        if camera.model is world.PARTS:
            self._serial += 1
            metadata["serial_number"] = f"SN-{self._serial}"
        latency = camera.model.latency * random.lognormvariate(0, 0.25)
        if camera.line == world.SLOW_LINE and shift == "late":
            latency *= 2.6
        width, height = SIZE if camera.model is world.PARTS else (camera.width, camera.height)
        report = Report(
            kind=Kind.GATEWAY if camera.hosted else Kind.PINGBACK_FULL,
            inference_id=self._id(),
            time=moment,
            model=camera.model.name,
            task=camera.model.task,
            source="external",
            device=camera.device,
            server=camera.server,
            server_version=camera.server_version,
            threshold=THRESHOLD,
            latency=round(latency, 4),
            error=error,
            image_width=width,
            image_height=height,
            detections=detections,
        )
        return report, metadata

    def _detections(self, camera: world.Camera, moment: int, metadata: dict[str, str]) -> list[Detection]:
        """What the model answers; `passed` and `expected_color` go to the metadata."""
        random, model = self._random, camera.model
        dirt = world.dirt(camera, moment, self._now)
        level = model.confidence + camera.skill - 0.33 * dirt
        if model is world.COLOR:
            expected = random.choice(world.COLORS)
            seen = random.choice(world.COLORS) if random.random() < model.fault_rate else expected
            metadata["expected_color"] = expected
            metadata["passed"] = "true" if seen == expected else "false"
            return [Detection(seen, self._confidence(level))]
        fault = self.fault(camera, moment)
        metadata["passed"] = "true" if fault is None else "false"
        if model is world.PARTS:
            shot = self._shoot(random, fault, dirt)
            metadata[IMAGE_FIELD] = shot.sha256
            found = [self._seen(truth, self._confidence(level)) for truth in shot.truths]
        else:
            classes = [random.choice(model.things) for _ in range(random.randint(1, 3))]
            classes += [] if fault is None else [fault]
            found = [self._detection(camera, name, self._confidence(level)) for name in classes]
        return [detection for detection in found if (detection.confidence or 0) >= THRESHOLD]

    def fault(self, camera: world.Camera, moment: int) -> str | None:
        """What is wrong with the part in front of the camera, if anything."""
        random, model = self._random, camera.model
        screws = camera.line == world.FAILING_LINE and model is world.PARTS and moment >= self._failing_since
        if random.random() >= (0.38 if screws else model.fault_rate):
            return None
        return "missing_screw" if screws else random.choice(model.faults)

    def _seen(self, truth: Truth, confidence: float) -> Detection:
        """A box as a model finds it: nearly right."""
        random = self._random
        left, top, right, bottom = (corner + random.gauss(0, 1.2) for corner in truth[1:])
        return Detection(
            truth.name,
            confidence,
            round((left + right) / 2, 1),
            round((top + bottom) / 2, 1),
            round(abs(right - left), 1),
            round(abs(bottom - top), 1),
        )

    def _detection(self, camera: world.Camera, name: str, confidence: float) -> Detection:
        random = self._random
        fault = name in camera.model.faults
        width = round(camera.width * random.uniform(0.03, 0.09 if fault else 0.3), 1)
        height = round(camera.height * random.uniform(0.03, 0.09 if fault else 0.3), 1)
        x = round(random.uniform(width / 2, camera.width - width / 2), 1)
        y = round(random.uniform(height / 2, camera.height - height / 2), 1)
        points = None
        if camera.model is world.WELDS:
            points = [
                [round(x + across * width / 2, 1), round(y + down * height / 2, 1)]
                for across, down in _OUTLINE
            ]
        return Detection(name, confidence, x, y, width, height, points=points)

    def _confidence(self, level: float) -> float:
        return round(min(0.995, max(0.05, self._random.gauss(level, 0.06))), 3)

    def _operator(self, camera: world.Camera, moment: int, shift: str) -> str:
        """One operator a line, shift and day."""
        key = (camera.line + shift, moment // DAY)
        known = self._operators.get(key)
        if known is None:
            known = self._operators[key] = self._random.choice(world.OPERATORS[camera.location])
        return known

    def _id(self) -> str:
        digits = f"{self._random.getrandbits(128):032x}"
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
