"""Measures through time, split by a name if asked."""

from typing import Annotated

import msgspec

from sightline.questions.scope import ScopeParameters
from sightline.store.duckdb.session import Session


class SeriesParameters(ScopeParameters, frozen=True, kw_only=True):
    bucket: str = ""
    """`1m`, `5m`, `1h`, `1d` …; chosen when empty."""
    split: str = ""
    top: Annotated[int, msgspec.Meta(ge=1, le=50)] = 8


class SeriesItem(msgspec.Struct, frozen=True):
    """One list entry a bucket; None where nothing tells."""

    value: str | None
    inferences: list[int]
    detections: list[int]
    confidence: list[float | None]
    latency_p50: list[float | None]
    latency_p95: list[float | None]
    errors: list[int]


class SeriesAnswer(msgspec.Struct, frozen=True):
    bucket: str
    buckets: list[str]
    """Their starts."""
    split: str | None
    items: list[SeriesItem]


def ask(session: Session, parameters: SeriesParameters) -> SeriesAnswer:
    raise NotImplementedError
