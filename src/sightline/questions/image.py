"""The picture of one inference: its content hash, and what was found in it."""

import msgspec

from sightline.domain.errors import NotFound
from sightline.domain.report import Detection
from sightline.domain.value import IMAGE_FIELD
from sightline.questions.item import items, values
from sightline.store.duckdb.session import Session


class ImageParameters(msgspec.Struct, frozen=True, kw_only=True):
    inference_id: str


class ImageAnswer(msgspec.Struct, frozen=True):
    sha256: str
    width: int | None
    height: int | None
    """Of the picture that the model saw, as it was reported."""
    detections: list[Detection]


def ask(session: Session, parameters: ImageParameters) -> ImageAnswer:
    """Of several inferences of one id the newest. Raises `NotFound`."""
    numbers = session.numbers(parameters.inference_id)
    if not numbers:
        raise NotFound(f"no inference {parameters.inference_id[:80]!r} has arrived")
    number = max(numbers)
    sha256 = values(session, [number])[number].get(IMAGE_FIELD)
    if sha256 is None:
        raise NotFound(
            f"no image of {parameters.inference_id[:80]!r} is stored",
            hint="PUT one to this path, or let the workspace keep images: PUT images/policy",
        )
    (item,) = items(session, [number])
    return ImageAnswer(
        sha256=sha256, width=item.image.width, height=item.image.height, detections=item.detections
    )
