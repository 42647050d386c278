"""One inference as the API shows it."""

from collections.abc import Sequence

import msgspec

from sightline.domain.report import Detection
from sightline.store.duckdb.session import Session


class ImageItem(msgspec.Struct, frozen=True):
    width: int | None
    height: int | None
    stored: bool


class InferenceItem(msgspec.Struct, frozen=True):
    inference_id: str
    time: str
    model: str | None
    task: str | None
    device: str | None
    server: str | None
    source: str | None
    tags: list[str]
    deployment: str
    threshold: str | None
    latency: float | None
    error: str | None
    image: ImageItem
    detection_count: int
    confidence: float | None
    detections: list[Detection]
    metadata: dict[str, str]


def items(session: Session, numbers: Sequence[int]) -> list[InferenceItem]:
    """The inferences of these numbers, in this order."""
    raise NotImplementedError
