"""Models and their classes, most inferences first."""

import msgspec

from sightline.questions.scope import ScopeParameters
from sightline.store.duckdb.session import Session


class ModelsParameters(ScopeParameters, frozen=True, kw_only=True):
    pass


class ClassItem(msgspec.Struct, frozen=True, rename={"class_name": "class"}):
    class_name: str
    inferences: int
    """That contain the class."""
    detections: int
    confidence: float | None
    share: float
    """Of the model's detections."""


class ModelItem(msgspec.Struct, frozen=True):
    model: str | None
    project: str | None
    version: str | None
    task: str | None
    inferences: int
    previous_inferences: int
    share: float
    """Of all inferences in the period."""
    detections: int
    confidence: float | None
    latency: float | None
    errors: int
    first_seen: str | None
    """In the period; None when the model was seen in the period before only."""
    last_seen: str | None
    classes: list[ClassItem]


class ModelsAnswer(msgspec.Struct, frozen=True):
    items: list[ModelItem]


def ask(session: Session, parameters: ModelsParameters) -> ModelsAnswer:
    raise NotImplementedError
