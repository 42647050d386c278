"""The demo's factories: who makes what where, with which camera, and the four things that go wrong.

1. Line 7 starts failing on a Tuesday night at 22:00: screws are missing, and the line runs hot.
2. The lens of camera edge-05 gets dirty: over two weeks its confidence sinks.
3. Camera edge-14 goes silent three days ago, while its line keeps attaching serial numbers to ids that never arrive.
4. Late shifts of line 3 run slow: its server is shared.

Factories keep the clock of the machine that runs the demo, so that Tuesday night is the viewer's Tuesday night.
"""

from datetime import UTC, datetime, timedelta

import msgspec

from sightline.domain.moment import DAY, HOUR, SECOND

SLUG = "acme"
NAME = "Acme Motors"
DAYS = 30
"""How far back the history goes."""

FAILING_LINE = "7"
DIRTY_CAMERA = "edge-05"
SILENT_CAMERA = "edge-14"
SLOW_LINE = "3"

COLORS = ("blue", "red", "white", "black", "silver")
OPERATORS = {
    "michigan": ("alice", "amir", "bea", "carl", "dana", "emil"),
    "ohio": ("fay", "george", "hana", "ivan", "june", "kofi"),
    "texas": ("bob", "lena", "marco", "nora", "oscar", "priya"),
}


class Model(msgspec.Struct, frozen=True):
    name: str
    task: str
    things: tuple[str, ...]
    """What it sees on a good part."""
    faults: tuple[str, ...]
    """What makes a part fail."""
    fault_rate: float
    confidence: float
    latency: float
    """Seconds, typical."""


PARTS = Model(
    "parts/1",
    "object-detection",
    ("red_part", "blue_part", "yellow_part"),
    ("missing_screw", "scratch"),
    0.03,
    0.90,
    0.042,
)
SURFACE = Model(
    "surface/4", "object-detection", ("panel",), ("scratch", "dent", "paint_run"), 0.05, 0.86, 0.061
)
WELDS = Model("welds/5", "instance-segmentation", ("weld",), ("porosity", "crack"), 0.025, 0.83, 0.118)
COLOR = Model("paint-color/2", "classification", COLORS, (), 0.012, 0.94, 0.021)
MODELS = (PARTS, SURFACE, WELDS, COLOR)


class Camera(msgspec.Struct, frozen=True):
    device: str
    location: str
    line: str
    model: Model
    width: int
    height: int
    server: str
    server_version: str
    skill: float
    """Added to the confidence of its model."""
    pace: float
    """How busy it is, compared with the others."""
    hosted: bool
    """Its inferences come through the gateway; those of others by their inference server's pingback."""


def _cameras() -> tuple[Camera, ...]:
    stations = {
        "michigan": {"1": (WELDS, SURFACE, COLOR), "2": (SURFACE, PARTS, COLOR), "3": (PARTS, WELDS)},
        "ohio": {"4": (PARTS, SURFACE, COLOR), "5": (WELDS, SURFACE, PARTS), "6": (SURFACE, COLOR)},
        "texas": {"7": (PARTS, SURFACE, COLOR), "8": (PARTS, WELDS, SURFACE), "9": (WELDS, COLOR)},
    }
    placed = [
        (location, line, model)
        for location, lines in stations.items()
        for line, models in lines.items()
        for model in models
    ]
    return tuple(
        Camera(
            device=f"edge-{number:02}",
            location=location,
            line=line,
            model=model,
            width=(1280, 1920)[number % 2],
            height=(960, 1080)[number % 2],
            server=f"{location[:2].upper()}{number:02}x{line}",
            server_version="1.5.0" if location == "michigan" else "1.8.3",
            skill=(number * 7 % 5 - 2) * 0.008,
            pace=0.8 + (number * 5 % 7) * 0.07,
            hosted=location == "texas",
        )
        for number, (location, line, model) in enumerate(placed, start=1)
    )


CAMERAS = _cameras()
"""24 of them, three factories with three lines each."""


class Clock:
    """What time it is in the factories, for moments in microseconds; each hour is worked out once."""

    def __init__(self) -> None:
        self._hours: dict[int, tuple[int, int]] = {}

    def of(self, moment: int) -> tuple[int, int]:
        """Day of the week (0 is Monday) and hour of the day."""
        hour = moment // HOUR
        known = self._hours.get(hour)
        if known is None:
            local = datetime.fromtimestamp(hour * HOUR // SECOND, tz=UTC).astimezone()
            known = self._hours[hour] = (local.weekday(), local.hour)
        return known


def shift_of(hour: int) -> str:
    if 6 <= hour < 14:
        return "early"
    return "late" if 14 <= hour < 22 else "night"


def tuesday_night(now: int) -> int:
    """The last Tuesday, 22:00, that is at least eight hours ago: when line 7 starts failing."""
    local = datetime.fromtimestamp(now // SECOND, tz=UTC).astimezone()
    night = local.replace(hour=22, minute=0, second=0, microsecond=0)
    while night.weekday() != 1 or night > local - timedelta(hours=8):
        night -= timedelta(days=1)
    return round(night.timestamp()) * SECOND


def silent_since(now: int) -> int:
    return now - 3 * DAY


def dirt(camera: Camera, moment: int, now: int) -> float:
    """How dirty its lens is, 0 to 1."""
    if camera.device != DIRTY_CAMERA:
        return 0.0
    return min(1.0, max(0.0, 1 - (now - moment) / (14 * DAY)))


def busyness(camera: Camera, weekday: int, hour: int) -> float:
    """How much a camera sees in an hour, compared with the busiest: shifts, breaks, weekends."""
    day = (1.0, 1.0, 1.02, 1.0, 0.92, 0.35, 0.12)[weekday]
    shift = {"early": 1.0, "late": 0.86, "night": 0.42}[shift_of(hour)]
    breaks = 0.7 if hour in (6, 10, 14, 18, 22) else 1.0
    return camera.pace * day * shift * breaks
