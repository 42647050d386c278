"""Roboflow's upload of a picture: a form with the parts `file` and, maybe, `metadata`; tags and the id in the query."""

from collections.abc import Sequence

import msgspec

from sightline.domain.errors import BadRequest, SightlineError
from sightline.domain.limits import Limits
from sightline.domain.report import Problem
from sightline.domain.value import Attachment
from sightline.wire import image_input
from sightline.wire.image_input import read_form
from sightline.wire.metadata import check_name, value_of

DOOR = "upload"
TAGS = "upload_tags"
"""The field that an upload's tags become, separated by commas."""
_EXCERPT = 2000

_MEMBERS = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Upload(msgspec.Struct):
    picture: bytes
    attachments: list[Attachment] = []
    """The tags and metadata of the picture, for the inference that it belongs to."""
    problems: list[Problem] = []
    """What of them could not be kept. The picture is kept all the same: its client does not send it again."""


def decode(
    body: bytes, content_type: str, *, inference_id: str, tags: Sequence[str], limits: Limits
) -> Upload:
    """`BadRequest` without a picture. Without an `inference_id` there is nothing to attach tags and metadata to."""
    given = image_input.read_body(body, content_type)
    if given.url is not None:
        raise BadRequest("send the image itself, not an address", where="body")
    found = Upload(given.data)
    values: dict[str, msgspec.Raw] = {}
    if kept := [tag for tag in tags if tag]:
        values[TAGS] = msgspec.Raw(msgspec.json.encode(",".join(kept)))
    if metadata := _metadata(body, content_type):
        try:
            values |= _MEMBERS.decode(metadata)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            found.problems.append(_problem("metadata", "the metadata is no JSON object", metadata))
    for name, raw in values.items():
        try:
            where = f"metadata.{name}"
            if not inference_id:
                raise BadRequest("no inference_id is given to attach it to", where=where)
            attachment = Attachment(
                [inference_id], check_name(name, where, limits), value_of(raw, where, limits)
            )
        except SightlineError as error:
            found.problems.append(_problem(where, error.message, bytes(raw)))
        else:
            found.attachments.append(attachment)
    return found


def annotation(body: bytes, image: str) -> Problem:
    """Annotations come in many formats and say again what the inference's own detections say; they are not kept."""
    return _problem(
        f"annotate/{image[:80]}", "annotations are not kept: detections come with their inference", body
    )


def _metadata(body: bytes, content_type: str) -> bytes:
    if not content_type.lower().startswith("multipart/form-data"):
        return b""
    return read_form(body, content_type).texts.get("metadata", b"").strip()


def _problem(where: str, reason: str, raw: bytes) -> Problem:
    excerpt = raw[:_EXCERPT].decode("utf-8", "replace").replace("\0", "")
    return Problem(door=DOOR, where=where, reason=reason, excerpt=excerpt)
