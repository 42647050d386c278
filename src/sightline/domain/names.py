"""Names: which slugs a workspace may bear, and which field names look alike."""

import re
import unicodedata

from sightline.domain.errors import BadRequest

_SLUG = re.compile(r"[A-Za-z0-9_-]{1,64}")

RESERVED_SLUGS = frozenset(
    {
        "api", "app", "apiproxy", "assets", "clip", "dataset", "docs", "doctr", "easy_ocr", "gaze", "healthz", "infer",
        "inference", "inference-stats", "info", "metrics", "model", "models", "notebook", "ocr", "openapi",
        "ort", "proxy", "readyz", "ready", "sam", "sam2", "sam3", "serverless", "session", "static", "usage", "v2",
        "vision-events", "webrtc_plans", "workflows", "yolo_world",
    }
)  # fmt: skip
"""First path segments that our own and an inference server's routes use."""


def check_slug(slug: str) -> str:
    """The slug itself, or `BadRequest` that says why a workspace may not bear it."""
    if not _SLUG.fullmatch(slug):
        raise BadRequest(
            f"{slug!r} cannot be a workspace's slug",
            hint="use 1 to 64 letters, digits, hyphens and underscores",
        )
    if slug.lower() in RESERVED_SLUGS:
        raise BadRequest(f"{slug!r} is the start of one of Sightline's own paths", hint="choose another slug")
    return slug


def likeness(name: str) -> str:
    """Field names with equal likeness differ only in case, spacing or punctuation: `my_location`, `My Location`."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in folded if character.isalnum()) or folded
