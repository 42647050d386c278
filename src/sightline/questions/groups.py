"""Measures by one or two names: built-ins or metadata fields."""

from typing import Annotated, Literal

import msgspec

from sightline.questions.scope import ScopeParameters
from sightline.store.duckdb.session import Session

Measure = Literal[
    "inferences", "detections", "confidence", "confidence_median", "latency_p50", "latency_p95", "errors"
]


class GroupsParameters(ScopeParameters, frozen=True, kw_only=True):
    by: str
    """One or two names, comma-separated."""
    limit: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 50
    order: Measure = "inferences"
    direction: Literal["descending", "ascending"] = "descending"


class GroupItem(msgspec.Struct, frozen=True):
    values: list[str | None]
    """One a name of `by`; None is "without"."""
    inferences: int
    share: float
    """Of the inferences of the segment."""
    detections: int
    confidence: float | None
    confidence_median: float | None
    """Median over detections."""
    latency_p50: float | None
    latency_p95: float | None
    errors: int


class OtherGroups(msgspec.Struct, frozen=True):
    """The groups beyond `limit`, folded into one."""

    inferences: int
    share: float
    detections: int
    confidence: float | None
    errors: int


class GroupsAnswer(msgspec.Struct, frozen=True):
    by: list[str]
    total_groups: int
    inferences: int
    items: list[GroupItem]
    other: OtherGroups | None


def ask(session: Session, parameters: GroupsParameters) -> GroupsAnswer:
    raise NotImplementedError
