"""One inference as the API shows it."""

from collections.abc import Sequence
from typing import Any

import msgspec

from sightline.domain.moment import write_moment
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


_COLUMNS = (
    "inference_id, time, model_id, task, device, server, source, tags, deployment, threshold, latency, error, "
    "image_width, image_height, detection_count, confidence, detections"
)
_detections = msgspec.json.Decoder(list[Detection])


def items(session: Session, numbers: Sequence[int]) -> list[InferenceItem]:
    """The inferences of these numbers, in this order."""
    if not numbers:
        return []
    metadata = values(session, numbers)
    # The bounds let whole row groups be skipped.
    rows = session.rows(
        f"SELECT number, {_COLUMNS} FROM inferences WHERE number IN ({_written(numbers)}) "
        f"AND number BETWEEN {min(numbers):d} AND {max(numbers):d}"
    )
    found = {row[0]: _item(row[1:], metadata.get(row[0], {}), session.image.name) for row in rows}
    return [found[number] for number in numbers]


def values(session: Session, numbers: Sequence[int]) -> dict[int, dict[str, str]]:
    """What is attached to each inference now, by field name; a picture's hash under the name of the image field."""
    known = [session.image, *session.fields.values()]
    columns = [field for field in known if field.has_column]
    found: dict[int, dict[str, str]] = {number: {} for number in numbers}
    if columns:
        rows = session.rows(
            f"SELECT number, {', '.join(field.column for field in columns)} FROM inferences "
            f"WHERE number IN ({_written(numbers)}) AND number BETWEEN {min(numbers):d} AND {max(numbers):d}"
        )
        for number, *texts in rows:
            found[number] = {
                field.name: text for field, text in zip(columns, texts, strict=True) if text is not None
            }
    names = {field.number: field.name for field in known}
    laid = session.rows(
        "SELECT number, field, arg_max(struct_pack(value := value), sequence).value FROM overlay "
        f"WHERE number IN ({_written(numbers)}) GROUP BY number, field"
    )
    for number, field, value in laid:
        if value is None:
            found[number].pop(names[field], None)
        else:
            found[number][names[field]] = value
    return found


def _written(numbers: Sequence[int]) -> str:
    return ", ".join(f"{number:d}" for number in numbers)


def _item(row: tuple[Any, ...], metadata: dict[str, str], image: str) -> InferenceItem:
    (inference_id, time, model, task, device, server, source, tags, deployment, threshold, latency, error) = (
        row[:12]
    )
    width, height, count, confidence, detections = row[12:]
    return InferenceItem(
        inference_id=inference_id,
        time=write_moment(time),
        model=model,
        task=task,
        device=device,
        server=server,
        source=source,
        tags=tags or [],
        deployment=deployment,
        threshold=threshold,
        latency=latency,
        error=error,
        image=ImageItem(width=width, height=height, stored=image in metadata),
        detection_count=count,
        confidence=confidence,
        detections=_detections.decode(detections),
        metadata={name: metadata[name] for name in sorted(metadata) if name != image},
    )
