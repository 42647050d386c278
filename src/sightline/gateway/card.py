"""The card of a local model: what `model.json` beside its ONNX file says."""

import re
from typing import Literal

import msgspec

from sightline.domain.errors import BadRequest
from sightline.gateway.heads import Head

Task = Literal["object-detection", "classification"]

_MODEL_ID = re.compile(r"[A-Za-z0-9_-]{1,64}/[A-Za-z0-9_-]{1,64}")


class Card(msgspec.Struct, frozen=True):
    model_id: str
    """`project/version`."""
    task: Task
    classes: list[str]
    """In the order of the network's outputs."""
    head: Head
    width: int
    height: int
    """Of the network's input, pixels."""
    resize: Literal["letterbox", "stretch"]
    normalise: Literal["none", "imagenet"]
    """After the division by 255: nothing, or ImageNet's mean and deviation."""

    @property
    def project(self) -> str:
        return self.model_id.partition("/")[0]

    @property
    def version(self) -> str:
        return self.model_id.partition("/")[2]


def is_model_id(model_id: str) -> bool:
    return _MODEL_ID.fullmatch(model_id) is not None


def check_model_id(model_id: str) -> str:
    """The id itself, or `BadRequest`."""
    if not is_model_id(model_id):
        raise BadRequest(
            f"{model_id[:140]!r} is not a model's id",
            where="model_id",
            hint="write project/version, such as parts/1, in letters, digits, hyphens and underscores",
        )
    return model_id


def check_classes(classes: list[str]) -> list[str]:
    """The names without surrounding space; `BadRequest` where one is empty, long or said twice."""
    names = [name.strip() for name in classes]
    if not names or len(names) > 10_000:
        raise BadRequest("a model has 1 to 10,000 classes", where="classes")
    for index, name in enumerate(names):
        if not name or len(name) > 256:
            raise BadRequest("a class needs a name of 1 to 256 characters", where=f"classes[{index}]")
        if name in names[:index]:
            raise BadRequest(f"the class {name!r} is there twice", where=f"classes[{index}]")
    return names
