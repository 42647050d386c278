"""Which pictures a workspace keeps, and for how long. Nothing is kept of what passes by until somebody asks for it.

Pictures that a client uploads on purpose are always stored; the choice here is about those of answered inferences.
"""

import zlib
from pathlib import Path
from typing import Annotated, Literal

import msgspec

from sightline.domain.report import Report

GIBIBYTE = 1024**3


class ImagePolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    keep: Literal["all", "failures", "sample", "none"] = "none"
    """`failures`: errors, and inferences with a detection less confident than `confidence`."""
    sample: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.05
    """The share kept by `sample`; the same inference_id is always decided alike."""
    confidence: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.5
    days: Annotated[float, msgspec.Meta(gt=0)] | None = 30
    """Days after which a picture is removed; null keeps it."""
    waiting_days: Annotated[float, msgspec.Meta(gt=0)] = 7
    """Days after which a picture is removed whose inference never came."""
    bytes: Annotated[int, msgspec.Meta(ge=0)] | None = 10 * GIBIBYTE
    """Room for pictures; the oldest go first. null: no bound."""

    def wants(self, report: Report) -> bool:
        """Whether to keep the picture of this inference."""
        match self.keep:
            case "all":
                return True
            case "none":
                return False
            case "sample":
                return zlib.crc32(report.inference_id.encode()) < self.sample * 2**32
            case "failures":
                unsure = (found.confidence or 0 for found in report.detections or [])
                return report.error is not None or any(confidence < self.confidence for confidence in unsure)


def read_policy(images: Path) -> ImagePolicy:
    """The policy of a workspace's image folder; the default where none was chosen."""
    try:
        return msgspec.json.decode((images / "policy.json").read_bytes(), type=ImagePolicy)
    except FileNotFoundError:
        return ImagePolicy()


def write_policy(images: Path, policy: ImagePolicy) -> None:
    images.mkdir(parents=True, exist_ok=True)
    part = images / ".policy.json.part"
    part.write_bytes(msgspec.json.format(msgspec.json.encode(policy)))
    part.replace(images / "policy.json")
