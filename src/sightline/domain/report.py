"""Reports: what a client sends us about inferences, and what one inference looks like once they are merged.

Times are whole microseconds since the Unix epoch, UTC. Durations are seconds. Boxes are pixels of the input
image, `x` and `y` their centre. Confidences are as the model gave them, normally 0 to 1.
"""

from enum import IntEnum
from typing import Any

import msgspec


class Kind(IntEnum):
    """Who reported, richest first: of two reports of one inference the richer wins, field by field."""

    NATIVE = 1
    GATEWAY = 2
    PINGBACK_FULL = 3
    PINGBACK_TINY = 4
    AGGREGATOR = 5


DEPLOYMENTS = {
    Kind.NATIVE: "native",
    Kind.GATEWAY: "hosted",
    Kind.PINGBACK_FULL: "self-hosted",
    Kind.PINGBACK_TINY: "self-hosted",
    Kind.AGGREGATOR: "workflow",
}


class Detection(msgspec.Struct, frozen=True, omit_defaults=True, rename={"class_name": "class"}):
    """One prediction. Classification results are detections without geometry."""

    class_name: str
    confidence: float | None = None
    x: float | None = None
    y: float | None = None
    width: float | None = None
    height: float | None = None
    class_id: int | None = None
    detection_id: str | None = None
    points: list[list[float]] | None = None
    """Polygon of a segmentation, `[[x, y], …]`."""
    keypoints: list[dict[str, Any]] | None = None
    """`[{"x", "y", "confidence", "class"}, …]`"""
    mask: dict[str, Any] | None = None
    """Run-length encoded mask, `{"size": [height, width], "counts": …}`."""


class Report(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one client said about one inference. None means "did not say", never "nothing"."""

    kind: Kind
    inference_id: str
    time: int | None = None
    """When the inference ended; None where the client's format carries no time of its own."""
    model: str | None = None
    """As the client names it: `project/version`, a slug, or a core model's id."""
    task: str | None = None
    source: str | None = None
    source_info: str | None = None
    device: str | None = None
    server: str | None = None
    """Id of the inference server's process; not stable over its restarts."""
    server_version: str | None = None
    tags: list[str] | None = None
    threshold: float | str | None = None
    """The confidence asked for: a number, or the words `best` and `default`."""
    latency: float | None = None
    error: str | None = None
    image_width: int | None = None
    image_height: int | None = None
    detections: list[Detection] | None = None

    @property
    def key(self) -> tuple[str | None, int | None]:
        """Reports of one id and one family with equal keys are replays of each other."""
        return (self.model, self.time)


class Heartbeat(msgspec.Struct, frozen=True, omit_defaults=True):
    """A pingback seen as a sign of life of its device. `system` holds platform, addresses and the like."""

    device: str
    server: str | None = None
    server_version: str | None = None
    tags: list[str] | None = None
    started: int | None = None
    """When the server process started, microseconds."""
    system: dict[str, str] | None = None


class Problem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A record that could not be understood whole. `kept` tells whether the rest of it was stored."""

    door: str
    """Which format it came by: `pingback`, `aggregator`, `native` …"""
    where: str
    """JSON path in the request, such as `$.inference_results[3].request_time`."""
    reason: str
    kept: bool = False
    excerpt: str = ""
    """The start of the record as it came, without api keys; at most 2,000 characters."""


class Inference(msgspec.Struct, frozen=True):
    """One answer of one model for one request, merged of all its reports."""

    number: int
    """Internal: the sequence of the earliest of its reports. Identifies the inference inside a workspace."""
    inference_id: str
    time: int
    received: int
    model_id: str | None
    model: str | None
    version: str | None
    task: str | None
    source: str | None
    source_info: str | None
    device: str | None
    server: str | None
    server_version: str | None
    tags: list[str]
    threshold: float | str | None
    latency: float | None
    error: str | None
    image_width: int | None
    image_height: int | None
    deployment: str
    detections: list[Detection]
