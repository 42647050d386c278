"""The picture of one inference: its content hash, and what was found in it."""

import msgspec

from sightline.domain.errors import NotFound
from sightline.domain.report import Detection
from sightline.domain.value import IMAGE_FIELD
from sightline.questions.item import items
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
    """Also of an inference that has not arrived; of several of one id the newest. Raises `NotFound`."""
    inference_id = parameters.inference_id
    rows = session.rows(
        f"SELECT value FROM {session.log_of(inference_id)} WHERE field = $image ORDER BY sequence DESC LIMIT 1",
        {"inference_id": inference_id, "image": IMAGE_FIELD},
    )
    if not rows or rows[0][0] is None:
        raise NotFound(
            f"no image of {inference_id[:80]!r} is stored",
            hint="PUT one to this path, or let the workspace keep images: PUT images/policy",
        )
    found = items(session, session.numbers(inference_id)[-1:])
    if not found:
        return ImageAnswer(sha256=rows[0][0], width=None, height=None, detections=[])
    (item,) = found
    return ImageAnswer(
        sha256=rows[0][0], width=item.image.width, height=item.image.height, detections=item.detections
    )
